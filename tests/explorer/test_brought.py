"""Somebody's own call in the explorer: shown as it is, left with a what if, and come back to."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from lstm_shapes import ArgumentError, ArgumentTypeError, Explorer
from lstm_shapes.explorer.panels.notices import NoticeRecord
from lstm_shapes.live.run import Run
from tests.fake_comm import Wire

LEFT = "What if: this is no longer your call"


@pytest.fixture
def lstm() -> nn.LSTM:
    torch.manual_seed(1)
    return nn.LSTM(4, 3, num_layers=2, batch_first=True, bidirectional=True)


@pytest.fixture
def x() -> Tensor:
    return torch.randn(2, 5, 4)


@pytest.fixture
def states() -> tuple[Tensor, Tensor]:
    return torch.randn(4, 2, 3), torch.randn(4, 2, 3)


def shown(explorer: Explorer) -> Run:
    run = explorer.state.snapshot.run
    assert run is not None
    return run


def own(*given: Any, **values: Any) -> Explorer:
    explorer = Explorer(*given, **values)
    assert explorer.state.wait(60)
    return explorer


def title(explorer: Explorer) -> str:
    """What stands above the controls."""
    (page,) = explorer.children
    return str(page.children[0].children[0].value)


def left(explorer: Explorer) -> list[NoticeRecord]:
    return [each for each in explorer.stage.view["notices"] if each["heading"] == LEFT]


def test_the_page_shows_the_call_itself(
    wire: Wire, lstm: nn.LSTM, x: Tensor, states: tuple[Tensor, Tensor]
) -> None:
    explorer = own(lstm, x, states)
    returned, (h_n, c_n) = lstm(x, states)
    for tensor, theirs in zip(
        (shown(explorer).out, shown(explorer).h_n, shown(explorer).c_n),
        (returned, h_n, c_n),
        strict=True,
    ):
        assert torch.equal(tensor, theirs)
    values = explorer.state.values
    assert (values["num_layers"], values["bidirectional"], values["batch_size"]) == (2, True, 2)
    assert "your <code>torch.nn.LSTM</code>" in title(explorer)
    assert explorer.stage.selection == "h_n.3"
    assert repr(explorer) == "Explorer(module, x, hx)"
    assert not left(explorer)


def test_nothing_is_said_to_be_zeros_where_states_were_given(
    wire: Wire, lstm: nn.LSTM, x: Tensor, states: tuple[Tensor, Tensor]
) -> None:
    for given, said in (
        ((lstm, x, states), "the states that the call was given"),
        ((lstm, x), "zeros"),
    ):
        panel = own(*given, tab="cell", time=0).stage.panel
        assert f"are {said}: it is the first step that is read" in panel["says"]


def test_states_are_held_against_a_call_without_them(
    wire: Wire, lstm: nn.LSTM, x: Tensor, states: tuple[Tensor, Tensor]
) -> None:
    panels = [
        own(*given, tab="states", start="zeros").stage.panel
        for given in ((lstm, x, states), (lstm, x))
    ]
    assert panels[0]["start"]["apart"] == panels[1]["start"]["apart"]
    assert "without the states it was given" in panels[0]["says"]
    assert "the run is the one above" in panels[1]["says"]


def test_what_only_moves_axes_keeps_every_number(wire: Wire, lstm: nn.LSTM, x: Tensor) -> None:
    explorer = own(lstm, x)
    explorer.state.update(batch_first=False)
    assert torch.equal(shown(explorer).out, lstm(x)[0].transpose(0, 1))
    (notice,) = left(explorer)
    assert notice["parts"] == ["batch_first = False, and yours is True"]
    assert notice["text"] == "It is run with your weights and your input."


def test_fewer_steps_and_samples_are_those_that_were_brought(
    wire: Wire, lstm: nn.LSTM, x: Tensor, states: tuple[Tensor, Tensor]
) -> None:
    explorer = own(lstm, x, states)
    explorer.state.update(seq_len=3)
    assert torch.equal(shown(explorer).out, lstm(x[:, :3], states)[0])
    explorer.state.update(batch_size=1)
    first = tuple(state[:, :1].contiguous() for state in states)
    torch.testing.assert_close(shown(explorer).out, lstm(x[:1, :3], first)[0].detach())
    explorer.state.update(batch_size=3)
    assert not shown(explorer).states
    assert "It starts from zeros" in left(explorer)[0]["text"]


def test_lengths_pack_the_input_that_was_brought(wire: Wire, lstm: nn.LSTM, x: Tensor) -> None:
    explorer = own(lstm, x)
    explorer.state.update(lengths=(5, 2))
    alone = lstm(x[1:, :2])[1][0].detach()
    torch.testing.assert_close(shown(explorer).h_n[:, 1:], alone)


def test_more_steps_than_were_brought_are_drawn_and_it_is_said(
    wire: Wire, lstm: nn.LSTM, x: Tensor
) -> None:
    explorer = own(lstm, x)
    explorer.state.update(seq_len=9)
    assert torch.equal(shown(explorer).weights["weight_ih_l0"], lstm.weight_ih_l0)
    assert "The input is drawn from the seed" in left(explorer)[0]["text"]


@pytest.mark.parametrize(
    "change", [{"hidden_size": 7}, {"kind": "GRU"}, {"seed": 5}, {"bias": False}]
)
def test_where_the_weights_do_not_fit_all_is_drawn(
    wire: Wire, lstm: nn.LSTM, x: Tensor, change: dict[str, Any]
) -> None:
    explorer = own(lstm, x)
    explorer.state.update(**change)
    (notice,) = left(explorer)
    assert "drawn from the seed" in notice["text"]
    (name,) = change
    assert notice["parts"][0].startswith(f"{name} = ")
    assert "your <code>" not in title(explorer)


def test_a_button_leads_back_to_it(wire: Wire, lstm: nn.LSTM, x: Tensor) -> None:
    explorer = own(lstm, x)
    first = shown(explorer)
    explorer.state.update(hidden_size=7, num_layers=1, batched=False)
    (notice,) = left(explorer)
    assert notice["button"] == "Back to your call"
    explorer.act("open", {"link": notice["link"]})
    explorer.state.wait(60)
    assert shown(explorer) is first
    assert not left(explorer)


def test_a_value_that_is_refused_keeps_the_call(wire: Wire, lstm: nn.LSTM, x: Tensor) -> None:
    explorer = own(lstm, x)
    first = shown(explorer)
    explorer.state.update(proj_size=3)
    assert shown(explorer) is first
    assert explorer.state.snapshot.status == "invalid"


@pytest.mark.parametrize("batched", [True, False])
@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_every_tab_can_be_looked_at(wire: Wire, batched: bool, dtype: torch.dtype) -> None:
    gru = nn.GRU(4, 3, num_layers=2, bidirectional=True).to(dtype)
    explorer = own(gru, torch.randn(5, 2, 4).to(dtype)[:, slice(None) if batched else 0])
    for tab in explorer.stage.page["tabs"]:
        explorer.stage.choices = {**explorer.stage.choices, "tab": tab}
        assert explorer.stage.panel["tab"] == tab
        assert {each["tone"] for each in explorer.stage.view["notices"]} <= {"remark"}


def test_words_stand_below_the_steps_of_the_sample_that_is_looked_at(
    wire: Wire, lstm: nn.LSTM, x: Tensor
) -> None:
    words = [["the", "cat", "sat", "on", "<b>"], ["a", "verylongtokenindeed", "ran"]]
    explorer = own(lstm, x, tokens=words)

    def written() -> list[str]:
        texts = ElementTree.fromstring(explorer.svg()).iter("{http://www.w3.org/2000/svg}text")
        return [each.text or "" for each in texts if each.get("class") == "ls-t-token"]

    assert written() == words[0]
    explorer.stage.sample = 1
    first, cut, last = written()
    assert (first, last) == ("a", "ran")
    assert cut.endswith("…")
    assert len(cut) > 5
    assert words[1][1].startswith(cut[:-1])
    explorer.stage.sample = 0
    explorer.state.update(seq_len=2)
    assert written() == ["the", "cat"]


@pytest.mark.parametrize(
    ("given", "named", "says"),
    [
        ((nn.LSTM(4, 3),), {}, "give its input too"),
        ((None, torch.zeros(5, 2, 4)), {}, "has no module"),
        ((nn.LSTM(4, 3), torch.zeros(5, 2, 4)), {"tokens": "abcde"}, "give a list of words"),
        ((nn.LSTM(4, 3), torch.zeros(5, 2, 4)), {"tokens": list("abcdef")}, "6 words for 5 steps"),
        ((nn.LSTM(4, 3), torch.zeros(5, 2, 4)), {"tokens": [["a"]] * 3}, "3 lists for 2 samples"),
        ((nn.Sequential(nn.LSTM(4, 3)), torch.zeros(5, 2, 4)), {}, "module"),
    ],
)
def test_what_cannot_be_shown_is_refused_by_name(
    given: tuple[Any, ...], named: dict[str, Any], says: str
) -> None:
    with pytest.raises((ArgumentError, ArgumentTypeError), match=says):
        Explorer(*given, **named)


def test_what_torch_refuses_is_torchs_own_error(lstm: nn.LSTM) -> None:
    with pytest.raises(RuntimeError, match="Expected 4, got 9"):
        Explorer(lstm, torch.zeros(2, 5, 9))
