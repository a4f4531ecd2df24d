"""The record of the decoder: what is offered, what fits, and what is said where it does not."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from lstm_shapes import InputSizes, Question, Settings, observe
from lstm_shapes.explorer.choices import Choices
from lstm_shapes.explorer.measurement import Measurement
from lstm_shapes.explorer.panels.decoder import DecoderPanel, decoder_view
from lstm_shapes.explorer.stage import panel_view
from lstm_shapes.explorer.state import Snapshot, State
from lstm_shapes.live.decoder import decoding
from lstm_shapes.statements.greedy import greedy_steps
from tests.explorer.panels.snapshots import ASKED, BOTH, PACKED, measured, predicted

PAIRS = list(product(("same", "double", "other"), ("forward", "sum", "mean", "concat", "linear")))


def view(snapshot: Snapshot, sample: int = 0, **choices: object) -> DecoderPanel:
    return decoder_view(snapshot, sample, replace(Choices(), **choices))  # type: ignore[arg-type]


def words(panel: DecoderPanel, name: str) -> dict[str, str]:
    field = panel["combining"]["width" if name == "width" else "combine"]
    return {option["value"]: option["words"] for option in field["options"]}


@pytest.mark.parametrize("proj_size", [0, 2])
@pytest.mark.parametrize(("width", "combine"), PAIRS)
def test_what_is_marked_as_unfit_is_what_torch_refuses_and_its_cures_fit(
    width: str, combine: str, proj_size: int
) -> None:
    snapshot = measured(replace(BOTH, proj_size=proj_size), ASKED)
    panel = view(snapshot, width=width, combine=combine)
    refused = panel["refused"]
    assert ("(does not fit)" in words(panel, "combine")[combine]) == (refused is not None)
    assert (panel["started"] is None) == (panel["program"] is None) == (refused is not None)
    if refused is None:
        return
    assert refused["heading"].startswith("Expected hidden[0] size (2, 3, ")
    assert refused["cures"]
    for cure in refused["cures"]:
        mended = {"width": width, "combine": combine} | {cure["name"]: cure["value"]}
        assert view(snapshot, **mended)["refused"] is None


def test_the_shapes_are_named_and_both_sources_agree() -> None:
    started = view(measured(BOTH, PACKED))["started"]
    assert started is not None
    shown = {each["name"]: each["shape"] for each in started["shapes"]}
    assert {name: shape["shape"] for name, shape in shown.items()} == {
        "h_0": "2,3,6",
        "c_0": "2,3,6",
        "out": "3,4,6",
    }
    assert all(shape["agrees"] for shape in shown.values())
    assert [axis["name"] for axis in shown["out"]["axes"]] == ["batch", "seq", "features"]


def test_the_numbers_are_those_of_the_sample() -> None:
    snapshot = measured(BOTH, ASKED)
    assert snapshot.run is not None
    started = view(snapshot, 2)["started"]
    assert started is not None
    row = started["rows"][1]
    forward, backward = ([text for text, _ in part["cells"]] for part in row["made"]["parts"])
    assert forward == [f"{value:.2f}" for value in snapshot.run.h_n[2, 2].tolist()]
    assert backward == [f"{value:.2f}" for value in snapshot.run.h_n[3, 2].tolist()]
    assert [source["label"] for source in row["sources"]] == ["h_n[2] forward", "h_n[3] backward"]
    left = view(snapshot, width="same", combine="forward")["started"]
    assert left is not None
    assert left["rows"][0]["sources"][1]["label"] == "h_n[1] backward, left out"


def test_one_direction_has_no_directions_to_combine() -> None:
    panel = view(measured(replace(BOTH, bidirectional=False), ASKED))
    assert list(words(panel, "width")) == ["same", "other"]
    assert words(panel, "combine") == {
        "forward": "as it is: 3 features",
        "linear": "linear: any number",
    }
    assert (panel["combining"]["combine"]["chosen"], panel["refused"]) == ("forward", None)
    other = view(measured(replace(BOTH, bidirectional=False), ASKED), width="other")
    assert other["refused"] is not None
    assert [cure["value"] for cure in other["refused"]["cures"]] == ["same", "linear"]


def test_with_proj_size_it_is_said_why_there_are_two_widths() -> None:
    snapshot = measured(replace(BOTH, proj_size=2), ASKED)
    same = view(snapshot, width="same", combine="sum")
    assert words(same, "width")["double"] == "double: hidden_size 6, proj_size 4"
    assert words(same, "combine")["sum"] == "sum: 2 of h, 3 of c"
    assert same["started"] is not None
    assert same["started"]["code"].endswith("batch_first=True, proj_size=2)")
    assert same["greedy"] is not None
    assert "nn.LSTMCell has no proj_size" in same["greedy"]["about"]
    other = view(snapshot, width="other", combine="linear")
    assert "which only linear layers can make" in other["combining"]["says"]


@pytest.mark.parametrize("sizes", [ASKED, InputSizes(5, None)])
def test_the_table_tells_the_tokens_of_the_sample(sizes: InputSizes) -> None:
    snapshot, sample = measured(BOTH, sizes), 0 if sizes.batch_size is None else 2
    assert snapshot.run is not None
    greedy = view(snapshot, sample)["greedy"]
    assert greedy is not None
    written = greedy_steps(decoding(snapshot.run, "double", "concat", 5)).written[:, sample]
    assert [row["written"] for row in greedy["rows"]] == [str(int(token)) for token in written]
    read = [row["read"] for row in greedy["rows"]]
    assert read == ["0 (start)", *[row["written"] for row in greedy["rows"][:-1]]]
    assert all(claim["holds"] for claim in greedy["claims"])


def test_a_gru_has_no_c() -> None:
    panel = view(measured(replace(BOTH, kind="GRU"), ASKED))
    assert "c_0" not in panel["about"]
    assert panel["started"] is not None
    assert [each["name"] for each in panel["started"]["shapes"]] == ["h_0", "out"]


def test_the_program_of_a_large_call_has_its_own_sizes() -> None:
    asked = Question(
        Settings(100, 256, 2, bidirectional=True, batch_first=True), InputSizes(200, 64)
    )
    state = State(asked)
    assert state.wait(60)
    panel = panel_view(state.snapshot, 0, Choices(tab="decoder"), Measurement(print, print))
    assert "a smaller module of the same structure was measured" in panel["smaller"]
    assert "assert h_0.shape == (2, 64, 512)" in panel["program"]["program"]


@pytest.mark.parametrize("combine", ["sum", "concat", "linear"])
@pytest.mark.parametrize("hidden_size", [5, 10, 32, 60, 64, 256])
@pytest.mark.parametrize("decoder_size", [1, 5, 6, 10, 64])
def test_a_size_fits_a_large_call_whatever_its_twin_is(
    hidden_size: int, decoder_size: int, combine: str
) -> None:
    """On the twin, whose hidden_size is 5, other numbers would fit by accident."""
    asked = Question(Settings(4, hidden_size, bidirectional=True), InputSizes(700, 3))
    state = State(asked)
    assert state.wait(60)
    choices = Choices(
        tab="decoder",
        width="other",
        combine=combine,
        decoder_size=decoder_size,  # type: ignore[arg-type]
    )
    panel = panel_view(state.snapshot, 0, choices, Measurement(lambda: None, lambda _: None))
    assert panel["smaller"]
    fitting = {"sum": decoder_size == hidden_size, "concat": decoder_size == 2 * hidden_size}
    assert (panel["refused"] is None) == fitting.get(combine, True)
    assert panel["size_field"]["value"] == str(decoder_size)
    if panel["program"]:
        assert f"decoder = nn.LSTM(8, {decoder_size})" in panel["program"]["program"]


def test_a_brought_module_is_named_in_what_is_said_of_the_program() -> None:
    from torch import nn, randn

    own = observe(nn.LSTM(4, 3, bidirectional=True), randn(5, 2, 4))
    snapshot = Snapshot(Question(own.settings, own.sizes), own, own=own)
    program = view(snapshot)["program"]
    assert program is not None
    assert "put your own module in their place" in program["about"]


def test_without_a_run_there_are_the_choices_alone() -> None:
    panel = view(predicted(BOTH, ASKED))
    assert panel["without"].startswith("The module has not been run with these settings")
    assert words(panel, "width")["double"] == "double: hidden_size 6"
    assert panel["claims"] == []
