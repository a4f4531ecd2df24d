"""The record of one cell: what is offered, and what each line holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lstm_shapes import InputSizes, Settings
from lstm_shapes.config import DIRECTIONS, Direction, Kind
from lstm_shapes.explorer.choices import Choices
from lstm_shapes.explorer.panels.cell import CellNumbers, cell_view
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.live.variants import started_from
from tests.explorer.panels.snapshots import ASKED, BOTH, PACKED, measured


def numbers(snapshot: Snapshot, sample: int, choices: Choices) -> CellNumbers:
    found = cell_view(snapshot, sample, choices)["numbers"]
    assert found is not None
    return found


def test_the_cell_offers_only_what_there_is() -> None:
    panel = cell_view(measured(BOTH, PACKED), 2, Choices(layer=9, time=9, direction="backward"))
    assert panel["layer_pick"] is not None
    assert panel["layer_pick"]["chosen"] == "1"
    assert panel["direction_pick"]["chosen"] == "backward"
    assert (panel["time_field"]["value"], panel["time_field"]["most"]) == ("1", "1")
    assert "zeros: it is the first step that is read" in panel["says"]
    one = cell_view(measured(Settings(4, 3), ASKED), 0, Choices(direction="backward"))
    assert one["direction_pick"]["values"] == ["forward"]
    assert one["direction_pick"]["chosen"] == "forward"


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("sizes", [ASKED, PACKED, InputSizes(5, None), InputSizes(1, 1)])
def test_the_forget_gate_has_nothing_to_forget_at_the_first_step_read_alone(
    kind: Kind, direction: Direction, sizes: InputSizes
) -> None:
    snapshot = measured(Settings(4, 3, kind=kind, bidirectional=True), sizes)
    for sample in range(sizes.samples):
        steps = range(sizes.steps_of(sample))
        first = steps[-1] if direction == "backward" else 0
        for time in steps:
            shown = numbers(snapshot, sample, Choices(direction=direction, time=time))
            assert bool(shown["forgets"]) == (time == first)
            lstm = shown["kinds"][-1]
            c = next(each["cells"] for each in lstm["inputs"] if each["name"] == "c'")
            assert all(text in ("0.00", "-0.00") for text, _ in c) >= (time == first)
            assert ("See t = " in shown["forgets"]) == (time == first and len(steps) > 1)


def test_the_cell_starts_where_there_is_something_to_forget() -> None:
    assert not numbers(measured(BOTH, ASKED), 0, Choices())["forgets"]
    assert "t = 1" in cell_view(measured(BOTH, ASKED), 0, Choices())["says"]
    assert numbers(measured(BOTH, InputSizes(1, 3)), 0, Choices())["forgets"]


def test_states_that_were_given_are_something_to_forget() -> None:
    made = measured(BOTH, ASKED)
    assert made.run is not None
    started = replace(made, run=started_from(made.run, "random"))
    assert not numbers(started, 0, Choices(time=0))["forgets"]


def test_of_many_layers_the_number_is_set() -> None:
    panel = cell_view(measured(Settings(4, 3, num_layers=9), ASKED), 0, Choices(layer=8))
    assert panel["layer_pick"] is None
    assert panel["layer_field"] is not None
    assert (panel["layer_field"]["value"], panel["layer_field"]["most"]) == ("8", "8")


def test_the_three_kinds_read_the_same_input() -> None:
    kinds = numbers(measured(BOTH, ASKED), 1, Choices(time=2))["kinds"]
    assert [each["kind"] for each in kinds] == ["RNN", "GRU", "LSTM"]
    x, *others = [each["inputs"][0]["cells"] for each in kinds]
    assert all(other == x for other in others)
    assert [bool(each["current"]) for each in kinds] == [False, False, True]
    assert all(each["claim"]["holds"] for each in kinds)


def test_what_the_module_does_not_return_is_named() -> None:
    assert "h and c of" in numbers(measured(BOTH, ASKED), 0, Choices())["strips_title"]
    gru = numbers(measured(Settings(4, 3, kind="GRU"), ASKED), 0, Choices())
    assert gru["strips_title"] == "What nn.GRU does not return: h of every layer and step"
    assert [strip["name"] for strip in gru["strips"]] == ["h of layer 0 at every step"]


def test_padding_has_no_numbers() -> None:
    strips = numbers(measured(BOTH, PACKED), 2, Choices())["strips"]
    behind = strips[0]["bands"][0]["columns"][3]["cells"]
    assert [text for text, _ in behind] == ["0.00"] * 3
