"""What the page offers in place of a question that is too large."""

from __future__ import annotations

from typing import Any

import pytest

from lstm_shapes import Explorer
from lstm_shapes.formula.numbers import NARROW


@pytest.mark.parametrize(
    "asked",
    [
        {"hidden_size": 8_192},
        {"seq_len": 100_000},
        {"hidden_size": 8_192, "seq_len": 100_000},
        {"seq_len": 100_000, "lengths": (100_000, 5, 70_000)},
        {"batched": False, "input_size": 10**9},
    ],
)
def test_a_click_on_the_page_runs_it(explorer: Explorer, asked: dict[str, Any]) -> None:
    start = {name: value for name, value in explorer.state.values.items() if name not in asked}
    explorer.state.update(**asked)
    assert explorer.state.snapshot.run is None
    (notice,) = explorer.stage.view["notices"]
    assert notice["offers"]
    for offer in notice["offers"]:
        explorer.state.update(**start, **asked)
        explorer.act("open", {"link": offer["link"]})
        assert explorer.state.snapshot.run is not None, offer
        shown = dict(part.split("=") for part in offer["label"].replace(NARROW, "").split(", "))
        values = explorer.state.values
        assert {name: str(values[name]) for name in shown} == shown
