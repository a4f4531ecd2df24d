"""Undo, redo and reset; links that hold what differs from the start; a slice that is gone."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from lstm_shapes import Explorer, InputSizes, Settings, unroll
from lstm_shapes.explorer.history import MOST, PAUSE, History
from lstm_shapes.explorer.selection import fitting, selectable
from tests.fake_comm import tell


def act(explorer: Explorer, action: str, **more: Any) -> None:
    tell(explorer.stage, {"action": action, **more})


def layers(explorer: Explorer) -> int:
    return explorer.state.snapshot.question.settings.num_layers


def ways(explorer: Explorer) -> dict[str, Any]:
    return {name: explorer.stage.share[name] for name in ("undo", "redo", "reset")}


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_slider_that_is_dragged_is_one_step_and_another_thing_is_another() -> None:
    clock = Clock()
    history = History({"a": 0, "b": 0}, clock)
    for a in (1, 2, 3):
        history.note({"a": a, "b": 0})
    history.note({"a": 3, "b": 1})
    clock.now = PAUSE
    history.note({"a": 3, "b": 2})
    assert [history.back()["b"] for _ in range(2)] == [1, 0]
    assert history.back() == {"a": 0, "b": 0}
    assert not history.can_go_back
    assert [history.forth()["a"] for _ in range(3)] == [3, 3, 3]
    assert not history.can_go_forth


def test_what_is_gone_back_from_is_lost_with_a_new_step_and_the_past_is_bounded() -> None:
    clock = Clock()
    history = History({"a": 0}, clock)
    for a in range(1, 2 * MOST):
        clock.now += 2 * PAUSE
        history.note({"a": a})
    history.back()
    history.note({"a": -1})
    assert history.forth() == {"a": -1}
    steps = 0
    while history.can_go_back:
        history.back()
        steps += 1
    assert steps == MOST


def test_undo_redo_and_reset_bring_back_settings_selection_and_choices(explorer: Explorer) -> None:
    assert ways(explorer) == {"undo": False, "redo": False, "reset": False}
    explorer.state.update(num_layers=3)
    explorer.select("x.1")
    explorer.stage.choices = {**explorer.stage.choices, "tab": "cell"}
    assert ways(explorer) == {"undo": True, "redo": False, "reset": True}
    act(explorer, "undo")
    assert (explorer.stage.choices["tab"], explorer.stage.selection) == ("directions", "x.1")
    act(explorer, "undo")
    assert (explorer.stage.selection, layers(explorer)) == ("h_n.3", 3)
    act(explorer, "undo")
    assert (layers(explorer), explorer.stage.share["link"]) == (2, "")
    assert ways(explorer) == {"undo": False, "redo": True, "reset": False}
    for _ in range(3):
        act(explorer, "redo")
    assert (layers(explorer), explorer.stage.choices["tab"]) == (3, "cell")
    act(explorer, "reset")
    assert (layers(explorer), explorer.stage.share["link"]) == (2, "")
    act(explorer, "undo")  # a reset by mistake
    assert (layers(explorer), explorer.stage.choices["tab"]) == (3, "cell")


def test_a_reset_right_after_a_change_is_a_step_of_its_own(explorer: Explorer) -> None:
    explorer.state.update(num_layers=3)
    act(explorer, "reset")
    explorer.state.update(num_layers=5)
    assert layers(explorer) == 5
    for expected in (2, 3, 2):
        act(explorer, "undo")
        assert layers(explorer) == expected
    assert ways(explorer) == {"undo": False, "redo": True, "reset": False}


def test_undo_takes_back_a_value_that_is_refused(explorer: Explorer) -> None:
    explorer.state.update(hidden_size=0)
    assert explorer.state.snapshot.status == "invalid"
    act(explorer, "undo")
    assert explorer.state.snapshot.status == "measured"
    act(explorer, "redo")
    assert explorer.state.snapshot.status == "invalid"


@pytest.mark.parametrize("action", ["undo", "redo", "reset"])
def test_where_there_is_nothing_to_go_to_nothing_changes(explorer: Explorer, action: str) -> None:
    before = dict(explorer.stage.share)
    act(explorer, action)
    assert explorer.stage.share["link"] == before["link"] == ""
    assert not any(ways(explorer).values())


def test_reset_of_a_call_that_was_brought_is_that_very_call() -> None:
    explorer = Explorer(torch.nn.LSTM(10, 20), torch.randn(6, 2, 10))
    own = explorer.state.snapshot.run
    explorer.state.update(num_layers=2, hidden_size=5)
    assert explorer.state.snapshot.run is not own
    act(explorer, "reset")
    assert explorer.state.snapshot.run is own


def test_a_link_names_what_differs_and_opens_the_same_from_anywhere() -> None:
    shown = Explorer(kind="GRU", select="x.0")
    assert shown.stage.share["link"] == ""
    shown.state.update(kind="LSTM", seed=7)
    assert shown.stage.share["link"] == "kind=LSTM&seed=7"
    elsewhere = Explorer(kind="GRU", select="x.0")
    elsewhere.state.update(num_layers=4, seq_len=9, batched=False, dropout=0.5)
    elsewhere.stage.choices = {**elsewhere.stage.choices, "tab": "cell", "time": 2}
    act(elsewhere, "visit", link=shown.stage.share["link"])
    assert elsewhere.state.snapshot.question == shown.state.snapshot.question
    assert elsewhere.stage.share["link"] == "kind=LSTM&seed=7"
    assert elsewhere.stage.choices == shown.stage.choices
    act(elsewhere, "visit", link="")  # the address without any: the start
    assert elsewhere.stage.share["link"] == ""
    assert elsewhere.stage.view["notices"] == []


def test_a_cure_changes_what_it_names_alone(explorer: Explorer) -> None:
    explorer.state.update(seed=7)
    act(explorer, "open", link="num_layers=3")
    assert explorer.stage.share["link"] == "num_layers=3&seed=7"


def test_an_address_that_cannot_be_read_leaves_the_page_as_it_is(explorer: Explorer) -> None:
    explorer.state.update(seed=7)
    act(explorer, "visit", link="zoom=3")
    assert explorer.stage.share["link"] == "seed=7"
    assert explorer.stage.view["notices"][0]["parts"] == ["'zoom' is no setting of this page"]


def test_a_slice_that_is_gone_gives_way_to_the_nearest_and_comes_back(explorer: Explorer) -> None:
    explorer.state.update(num_layers=1)
    assert explorer.stage.selection == "h_n.1"
    assert "select=h_n.1" in explorer.stage.share["link"]
    explorer.state.update(num_layers=2)
    assert (explorer.stage.selection, explorer.stage.share["link"]) == ("h_n.3", "")
    explorer.select("cell.1.backward.4")
    explorer.state.update(seq_len=3)
    assert explorer.stage.selection == "cell.1.backward.2"
    explorer.select("c_n.2")
    explorer.state.update(kind="GRU")
    assert explorer.stage.selection == "h_n.3"
    explorer.select("")
    explorer.state.update(num_layers=1)
    assert explorer.stage.selection == ""


@pytest.mark.parametrize("gone", ["h_n.9", "out.7.backward", "cell.3.forward.0", "zoo", "x.1.2.3"])
def test_what_fits_can_be_pinned(gone: str) -> None:
    for settings in (Settings(4, 3), Settings(4, 3, num_layers=2, bidirectional=True, kind="GRU")):
        picture = unroll(settings, InputSizes(seq_len=1, batch_size=None))
        assert fitting(gone, picture) in selectable(picture)
