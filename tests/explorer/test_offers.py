"""What the page offers in place of a question that is too large."""

from __future__ import annotations

import re
from typing import Any

import pytest
import torch

from lstm_shapes import Explorer


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
    (notice,) = [each for each in explorer.stage.view["notices"] if each["tone"] == "refusal"]
    assert notice["offers"]
    for offer in notice["offers"]:
        explorer.state.update(**start, **asked)
        explorer.act("open", {"link": offer["link"]})
        assert explorer.state.snapshot.run is not None, offer
        shown = dict(part.split("=") for part in re.sub(r",(?=\d)", "", offer["label"]).split(", "))
        values = explorer.state.values
        assert {name: str(values[name]) for name in shown} == shown


def test_a_two_dimensional_input_is_said_to_be_one_sequence(explorer: Explorer) -> None:
    assert explorer.stage.view["notices"] == []
    for first, moved in ((True, "x.unsqueeze(0): it is then (1, 5, 4)"), (False, "(5, 1, 4)")):
        explorer.state.update(batched=False, batch_first=first)
        (notice,) = explorer.stage.view["notices"]
        assert notice["tone"] == "remark"
        assert notice["heading"] == "A 2-D tensor is one sequence, without a batch axis"
        assert "The input (5, 4) is read as 5 steps of 4 features." in notice["text"]
        assert "no error is raised" in notice["text"]
        assert moved in notice["text"]
        made = explorer.state.snapshot.run
        assert made is not None
        # The judge: torch itself, on what the notice says to write.
        batch = made.module(made.input.unsqueeze(0 if first else 1))[0]
        torch.testing.assert_close(batch.squeeze(0 if first else 1), made.out)
