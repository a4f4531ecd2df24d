"""The records of the panels on cells, parameters, arguments, lengths, states and statements."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from lstm_shapes import Explorer, InputSizes, Run, Settings, run
from lstm_shapes.config import Question
from lstm_shapes.explorer.choices import TABS, Choices
from lstm_shapes.explorer.measurement import Measurement
from lstm_shapes.explorer.panels.arguments import arguments_view
from lstm_shapes.explorer.panels.article import article_view
from lstm_shapes.explorer.panels.cell import cell_view
from lstm_shapes.explorer.panels.lengths import MOST_SAMPLES, MOST_STEPS, lengths_view
from lstm_shapes.explorer.panels.parameters import parameters_view
from lstm_shapes.explorer.panels.states import states_view
from lstm_shapes.explorer.stage import panel_view
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.explorer.view import packed
from lstm_shapes.live.variants import unpacked

BOTH = Settings(4, 3, num_layers=2, batch_first=True, bidirectional=True)
ASKED = InputSizes(seq_len=5, batch_size=3)
PACKED = InputSizes(seq_len=5, batch_size=3, lengths=(3, 5, 2))
HUGE = 10**12
IDLE = Measurement(lambda: None, lambda error: None)


def measured(settings: Settings, sizes: InputSizes) -> Snapshot:
    return Snapshot(Question(settings, sizes), run(settings, sizes))


QUESTIONS = [
    measured(BOTH, ASKED),
    measured(replace(BOTH, batch_first=False, proj_size=2, bias=False), PACKED),
    measured(Settings(4, 1, kind="GRU"), InputSizes(1, None)),
    measured(Settings(4, 3, kind="RNN", bidirectional=True), InputSizes(40, 12)),
    measured(BOTH, InputSizes(5, 0)),
    measured(Settings(2, 30, num_layers=9), InputSizes(30, 20, lengths=[1] * 19 + [30])),
    Snapshot(Question(replace(BOTH, hidden_size=HUGE, num_layers=HUGE), InputSizes(HUGE, HUGE))),
]


@pytest.mark.parametrize(("tab", "number"), list(product(TABS, range(len(QUESTIONS)))))
def test_every_panel_is_there_whatever_is_asked(tab: str, number: int) -> None:
    choices = Choices(tab=tab, layer=7, direction="backward", time=99, start="carried", chunk=50)
    view = panel_view(QUESTIONS[number], 0, choices, IDLE)
    assert json.loads(packed(view))["tab"] == tab
    assert len(packed(view)) < 120_000


@pytest.mark.parametrize("tab", ["cell", "states", "article", "lengths"])
def test_what_would_take_long_is_not_begun(tab: str) -> None:
    snapshot = measured(BOTH, InputSizes(900, 1, lengths=[900]))
    view = panel_view(snapshot, 0, Choices(tab=tab), IDLE)
    assert view["without"].startswith("Too large to be")
    predicted = panel_view(Snapshot(Question(BOTH, PACKED)), 0, Choices(tab=tab), IDLE)
    assert predicted["without"] == "Nothing is measured without a run"


def test_the_cell_offers_only_what_there_is() -> None:
    view = cell_view(measured(BOTH, PACKED), 2, Choices(layer=9, time=9, direction="backward"))
    assert (view["layer"], view["direction"], view["time"], view["last"]) == (1, "backward", 1, 1)
    assert "zeros: it is the first step that is read" in view["says"]
    one = cell_view(measured(Settings(4, 3), ASKED), 0, Choices(direction="backward"))
    assert (one["direction"], one["directions"]) == ("forward", ("forward",))


def test_the_three_kinds_read_the_same_input() -> None:
    kinds = cell_view(measured(BOTH, ASKED), 1, Choices(time=2))["kinds"]
    assert [each["kind"] for each in kinds] == ["RNN", "GRU", "LSTM"]
    x, *others = [each["inputs"][0]["cells"] for each in kinds]
    assert all(other == x for other in others)
    assert [each["current"] for each in kinds] == [False, False, True]
    assert all(each["claim"]["holds"] for each in kinds)


def test_every_parameter_is_listed_as_measured_and_none_that_is_not_there() -> None:
    snapshot = measured(replace(BOTH, bias=False, proj_size=2), ASKED)
    view = parameters_view(snapshot)
    assert snapshot.run is not None
    listed = {p["name"]: p["shape"]["shape"] for cell in view["cells"] for p in cell["parameters"]}
    assert listed == {
        name: ",".join(map(str, each.shape))
        for name, each in snapshot.run.module.named_parameters()
    }
    assert view["agrees"]
    assert view["without"] == ["bias=False: there is no bias_ih and no bias_hh, not even zeros."]
    tampered = replace(snapshot, run=replace(snapshot.run, weights=run(BOTH, ASKED).weights))
    assert not parameters_view(tampered)["agrees"]


def test_of_many_layers_some_parameters_are_listed_and_all_are_counted() -> None:
    view = parameters_view(QUESTIONS[-1])
    assert len(view["cells"]) == 10
    assert view["left_out"].startswith("not drawn")
    assert view["measured"] is None


def test_arguments_are_measured_only_where_a_run_is_cheap() -> None:
    rows = {row["argument"]: row for row in arguments_view(measured(BOTH, ASKED))["rows"]}
    assert all(row["measured"] for row in rows.values())
    assert rows["batch_first"]["same"] == "h_n, c_n"
    assert rows["dropout"]["changed"] == []
    assert rows["bias"]["parameters"] == "480 → 384"
    assert rows["proj_size"]["link"] == "proj_size=2"
    gru = {row["argument"]: row for row in arguments_view(QUESTIONS[2])["rows"]}
    assert "is not supported by GRU" in gru["proj_size"]["why_not"]
    assert gru["proj_size"]["link"] == ""
    predicted = arguments_view(Snapshot(Question(BOTH, ASKED)))["rows"]
    assert not any(row["measured"] for row in predicted)


def test_an_argument_whose_run_is_other_than_said_is_loud(monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = measured(BOTH, ASKED)
    assert all(row["agrees"] for row in arguments_view(snapshot)["rows"])
    real = Run.shapes

    def tampered(made: Run) -> dict[str, tuple[int, ...]]:
        return real(made) | ({} if made is snapshot.run else {"h_n": (9, 9, 9)})

    monkeypatch.setattr(Run, "shapes", tampered)
    assert not any(row["agrees"] for row in arguments_view(snapshot)["rows"])


def test_lengths_are_drawn_in_part_and_none_asks_for_some(explorer: Explorer) -> None:
    view = lengths_view(QUESTIONS[5])
    assert len(view["padded"]) == len(view["unpacked"]) == MOST_SAMPLES
    assert all(len(row) == MOST_STEPS for row in view["padded"])
    assert view["more"] == 12
    none = lengths_view(measured(BOTH, ASKED))
    assert "nothing is padded" in none["without"]
    explorer._act("open", {"link": none["example"]})
    lengths = explorer.state.snapshot.question.sizes.lengths
    assert lengths is not None
    assert len(set(lengths)) > 1
    assert sorted(lengths, reverse=True) != list(lengths)


@pytest.mark.parametrize("sizes", [InputSizes(1, None), InputSizes(1, 1), InputSizes(1, 0)])
def test_the_example_of_lengths_is_always_valid(explorer: Explorer, sizes: InputSizes) -> None:
    explorer._act("open", {"link": lengths_view(measured(BOTH, sizes))["example"]})
    assert explorer.state.snapshot.problem is None
    assert explorer.state.snapshot.question.sizes.lengths is not None


HOSTILE: list[Any] = [None, -1, 3, 10**30, 1.5, "0", True, [], {}]


@pytest.mark.parametrize("value", HOSTILE, ids=repr)
def test_a_length_from_a_browser_is_taken_or_refused(explorer: Explorer, value: Any) -> None:
    explorer._act("length", {"sample": value, "length": 2})
    assert explorer.state.snapshot.status == "measured"
    explorer._act("length", {"sample": 0, "length": value})
    snapshot = explorer.state.snapshot
    assert (snapshot.status == "measured") == (value == 3)
    assert snapshot.run is not None


def test_packed_and_padded_stand_side_by_side() -> None:
    snapshot = measured(BOTH, PACKED)
    made = snapshot.run
    assert made is not None
    packed_side, padded = lengths_view(snapshot, 2)["sides"]
    expected = {"packed": made, "padded, not packed": unpacked(made)}
    for side in (packed_side, padded):
        out = expected[side["name"]].out[2]
        for i, band in enumerate(side["bands"]):
            for step, column in enumerate(band["columns"]):
                half = out[step, 3 * i : 3 * i + 3].tolist()
                assert [text for text, _ in column["cells"]] == [f"{n:.2f}" for n in half]
    assert packed_side["bands"] != padded["bands"]


def test_the_end_of_a_sample_is_marked_also_where_steps_are_left_out() -> None:
    view = lengths_view(measured(BOTH, InputSizes(40, 3, lengths=(30, 4, 1))))
    ends = [[i for i, cell in enumerate(row) if cell["last"]] for row in view["unpacked"]]
    gap = view["drawn"].index("…")
    assert ends == [[gap], [3], [0]]
    assert [token["sample"] for token in view["packed"][gap]] == [0]


def test_states_are_those_that_were_chosen() -> None:
    snapshot = measured(BOTH, ASKED)
    assert snapshot.run is not None
    carried = states_view(snapshot, 1, Choices(start="carried"))
    shown = [text for text, _ in carried["states"][0]["rows"][3]["cells"]]
    assert shown == [f"{value:.2f}" for value in snapshot.run.h_n[3, 1].tolist()]
    zeros = states_view(snapshot, 1, Choices(start="zeros", chunk=99))
    assert {text for band in zeros["apart"] for c in band["columns"] for text, _ in c["cells"]} == {
        "0.00"
    }
    assert zeros["chunks"]["at"] == 4
    single = states_view(measured(BOTH, InputSizes(1, 2)), 0, Choices())
    assert single["chunks"]["without"] == "A single step cannot be cut in two"


def test_statements_without_a_sample_offer_one() -> None:
    view = article_view(QUESTIONS[4])
    assert {row["holds"] for row in view["rows"]} == {None}
    assert all(row["link"].startswith("batch_size=3") for row in view["rows"])
    assert {row["holds"] for row in article_view(QUESTIONS[0])["rows"]} == {True, False, None}


def elsewhere(act: Callable[[], Any]) -> Any:
    """In a thread of its own, where no event loop runs: in this one there may be a browser's."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(act).result()


def test_a_measurement_of_nothing_is_not_begun(explorer: Explorer) -> None:
    explorer.state.update(batch_size=0)
    explorer.stage.choices = explorer.stage.choices | {"tab": "reproducibility"}
    explorer._act("measure", {})
    assert explorer.stage.panel["without"] == "Without a sample there is nothing to measure"
    assert explorer.stage.panel["trials"] == []


def test_padding_has_no_numbers() -> None:
    snapshot = measured(BOTH, PACKED)
    states = states_view(snapshot, 2, Choices())
    assert [column["cells"][0][0] == "" for column in states["apart"][0]["columns"]] == [
        *[False] * 2,
        *[True] * 3,
    ]
    strips = cell_view(snapshot, 2, Choices())["strips"]
    behind = strips[0]["bands"][0]["columns"][3]["cells"]
    assert [text for text, _ in behind] == ["0.00"] * 3


def test_a_measurement_is_made_when_asked_for_and_forgotten_with_its_run(
    explorer: Explorer,
) -> None:
    explorer.stage.choices = explorer.stage.choices | {"tab": "reproducibility"}
    assert explorer.stage.panel["trials"] == []
    elsewhere(lambda: explorer._act("measure", {}))
    panel = explorer.stage.panel
    assert panel["done"] == panel["total"] > 0
    assert not panel["running"]
    assert {trial["id"]: trial["equal"] for trial in panel["trials"]}["rebuilt"] == 9
    explorer.state.update(num_layers=1)
    assert explorer.stage.panel["trials"] == []
    explorer.state.update(hidden_size=10**9)
    elsewhere(lambda: explorer._act("measure", {}))
    assert explorer.stage.panel["without"] == "Nothing is measured without a run"


def test_a_measurement_draws_its_own_panel_and_no_other(
    explorer: Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    real = panel_view
    monkeypatch.setattr(
        "lstm_shapes.explorer.stage.panel_view",
        lambda *given: drawn.append(given[2].tab) or real(*given),
    )
    explorer.stage.choices = explorer.stage.choices | {"tab": "article"}
    drawn.clear()
    elsewhere(lambda: explorer._act("measure", {}))
    assert drawn == []
    explorer.stage.choices = explorer.stage.choices | {"tab": "reproducibility"}
    assert explorer.stage.panel["done"] == explorer.stage.panel["total"] > 0


def test_beside_an_event_loop_a_measurement_can_be_stopped() -> None:
    async def measure() -> tuple[int, int]:
        told: list[bool] = []
        errors: list[Exception] = []
        measurement = Measurement(lambda: told.append(measurement.running), errors.append)
        measurement.start(run(BOTH, ASKED))
        while not told:
            await asyncio.sleep(0)
        assert measurement.running
        measurement.stop()
        assert measurement.progress is not None
        done = measurement.progress.done
        for _ in range(20):
            await asyncio.sleep(0)
        assert told[-1] is False
        assert measurement.progress.done == done
        assert errors == []
        return done, measurement.progress.total

    done, total = elsewhere(lambda: asyncio.run(measure()))
    assert 0 < done < total


def test_an_error_of_a_measurement_is_shown(
    explorer: Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Any:
        raise RuntimeError("out of memory")

    async def measure() -> None:
        explorer._act("measure", {})
        for _ in range(20):
            await asyncio.sleep(0)

    monkeypatch.setattr("lstm_shapes.statements.reproducibility.call_again", fail)
    elsewhere(lambda: asyncio.run(measure()))
    assert "out of memory" in explorer.stage.view["notices"][0]["heading"]
    assert not explorer.stage.measurement.running
