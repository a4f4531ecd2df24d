"""What is looked at below the picture: only what there is, whatever a browser sends."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from lstm_shapes import Explorer
from lstm_shapes.errors import ArgumentError
from lstm_shapes.explorer.choices import CHOICES, GROUPS, TABS, Choices, nearest

HOSTILE: list[Any] = [
    None,
    -1,
    0,
    5,
    10**30,
    1.5,
    "",
    "<b>",
    "x" * 10_000,
    [],
    {},
    ["module"],
    True,
]


@pytest.mark.parametrize("name", CHOICES)
@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: repr(value)[:12])
def test_what_there_is_not_becomes_what_there_was_at_the_start(name: str, value: Any) -> None:
    others = {"step": 2, "merge": "max"}
    others.pop(name, None)
    found = nearest({name: value, **others})
    start = getattr(Choices(), name)
    assert getattr(found, name) in (value, start)
    assert type(getattr(found, name)) is type(start)
    assert others.items() <= asdict(found).items()


def test_a_call_with_what_there_is_not_is_refused_by_name() -> None:
    with pytest.raises(ArgumentError, match="tab='cells' is not known: use 'directions', 'cell'"):
        Explorer(tab="cells")
    with pytest.raises(ArgumentError, match="step=5 is too large: use 4 or less"):
        Explorer(step=5)


def test_a_walk_is_handed_out_in_link_and_call(explorer: Explorer) -> None:
    explorer.stage.choices = explorer.stage.choices | {"step": 3, "way": "pair", "merge": "max"}
    assert explorer.stage.share["call"] == "Explorer(step=3, way='pair', merge='max')"
    link = explorer.stage.share["link"]
    other = Explorer()
    other.act("open", {"link": link})
    assert nearest(other.stage.choices) == Choices(step=3, way="pair", merge="max")


def test_an_expression_survives_the_link(explorer: Explorer) -> None:
    code = "torch.cat([h_n[-2], h_n[-1]], dim=-1) + '&#%<>'"
    explorer.stage.choices = explorer.stage.choices | {"tab": "vectors", "vector": code}
    other = Explorer()
    other.act("open", {"link": explorer.stage.share["link"]})
    assert nearest(other.stage.choices) == Choices(tab="vectors", vector=code)


def test_only_the_chosen_tab_is_computed(
    explorer: Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise AssertionError("nobody looks at it")

    for tab in TABS:
        if tab != "directions":
            monkeypatch.setattr(f"lstm_shapes.explorer.stage.{tab}_view", fail)
    explorer.state.update(num_layers=3)
    monkeypatch.setattr("lstm_shapes.explorer.stage.directions_view", fail)
    explorer.stage.panel_seen = False
    explorer.state.update(num_layers=4)
    assert explorer.state.snapshot.question.settings.num_layers == 4
    monkeypatch.undo()
    explorer.stage.panel_seen = True
    assert "num_layers=4" in explorer.stage.panel["about"]


def test_every_tab_stands_in_one_group() -> None:
    grouped = [tab for tabs in GROUPS.values() for tab in tabs]
    assert sorted(grouped) == sorted(TABS)
    assert all(tabs for tabs in GROUPS.values())
