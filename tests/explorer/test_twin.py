"""What is too large to be measured at once is answered on a smaller twin, and that is said."""

from __future__ import annotations

from typing import Any

import pytest

from lstm_shapes import InputSizes, Question, Settings
from lstm_shapes.explorer.choices import Choices
from lstm_shapes.explorer.measurement import Measurement
from lstm_shapes.explorer.stage import panel_view
from lstm_shapes.explorer.state import State

LARGE = {
    "300 to 128 on (32, 40)": Question(
        Settings(300, 128, bidirectional=True, batch_first=True), InputSizes(40, 32)
    ),
    "100 to 256 on (64, 200)": Question(
        Settings(100, 256, 2, bidirectional=True, batch_first=True), InputSizes(200, 64)
    ),
    "with lengths": Question(
        Settings(100, 256, 2, batch_first=True), InputSizes(200, 4, [200, 150, 20, 1])
    ),
}
ALL = ("directions", "cell", "states", "decoder", "vectors", "scrambled", "article")
TWINS = {
    "300 to 128 on (32, 40)": {"vectors", "scrambled", "article"},
    "100 to 256 on (64, 200)": set(ALL),
    "with lengths": {"vectors", "scrambled", "article"},
}
"""By question, the tabs for which it is too large."""

TABS = list(ALL)


def panel(question: Question, tab: Any, vector: str = "") -> dict[str, Any]:
    state = State(question)
    assert state.wait(60)
    measurement = Measurement(lambda: None, lambda error: None)
    return panel_view(state.snapshot, 0, Choices(tab=tab, vector=vector), measurement)


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("name", list(LARGE))
def test_no_panel_is_without_an_answer(name: str, tab: str) -> None:
    made = panel(LARGE[name], tab)
    assert not made.get("without")
    if tab == "directions":
        assert made["claims"]
    assert bool(made["smaller"]) == (tab in TWINS[name])
    if made["smaller"]:
        assert "a smaller module of the same structure was measured" in made["smaller"]
        assert "nn.LSTM(2, 5" in made["smaller"]


def test_sizes_that_run_at_once_are_measured_themselves() -> None:
    small = Question(Settings(4, 3, bidirectional=True), InputSizes(5, 3))
    for tab in TABS:
        assert panel(small, tab)["smaller"] == ""


@pytest.mark.parametrize("name", list(LARGE)[:2])
def test_the_verdicts_are_those_of_the_module_itself(name: str) -> None:
    """The second judge: the same structure in the sizes of the first preset."""
    asked = LARGE[name]
    small = Question(
        Settings(4, 3, asked.settings.num_layers, bidirectional=True, batch_first=True),
        InputSizes(5, 3),
    )
    large_panel, small_panel = panel(asked, "vectors"), panel(small, "vectors")
    for large, expected in zip(large_panel["candidates"], small_panel["candidates"], strict=True):
        assert large["code"] == expected["code"]
        assert large["reading"]["sound"] == expected["reading"]["sound"], large["code"]
        names = [axis["name"] for axis in large["reading"]["axes"]]
        assert names == [axis["name"] for axis in expected["reading"]["axes"]]


def test_the_head_and_the_program_have_the_sizes_that_were_asked_for() -> None:
    linear = panel(LARGE["100 to 256 on (64, 200)"], "vectors")["head"]["linear"]
    assert (linear["layer"], linear["shape"]) == ("nn.Linear(512, 2)", "64,2")
    assert "nn.LSTM(100, 256, num_layers=2" in linear["program"]
    assert [axis["name"] for axis in linear["axes"]] == ["batch", "features"]


@pytest.mark.parametrize(
    ("code", "sound"),
    [
        ("out[:, 4 + 3]", False),
        ("out[:, :4 + 4].mean(1)", False),
        ("out[..., H_out // 2].unsqueeze(-1).mean(1)", False),
        ("torch.cat([out[:, -1, :H_out], out[:, 0, H_out:]], dim=-1)", True),
        ("out[:, 7]", False),
    ],
)
def test_an_expression_of_ones_own_is_measured_too(code: str, sound: bool) -> None:
    own = panel(LARGE["100 to 256 on (64, 200)"], "vectors", code)["own"]
    assert own["reading"]["sound"] == sound


def test_a_number_that_keeps_the_twin_large_is_told_with_its_cure() -> None:
    code = "torch.cat([out[:, -1, :256], out[:, 0, 256:]], dim=-1)"
    made = panel(LARGE["100 to 256 on (64, 200)"], "vectors", code)
    says = made["own"]["fault"]["says"]
    assert says.startswith("256 would mean something else on the smaller module")
    assert "write sizes by name" in says
    assert all(each["reading"] for each in made["candidates"])
