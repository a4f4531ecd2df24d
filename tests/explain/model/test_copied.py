"""What "Copy as test" gives: a test that runs once its two lines are filled in."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from lstm_shapes import ArgumentTypeError, explain
from lstm_shapes.explain.model.explain import SilentBugs


class LastStep(nn.Module):
    """Reads the backward half where it has seen one step."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(4, 3, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(6, 2)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.fc(self.lstm(x)[0][:, -1])
        return out


class BothHalves(LastStep):
    """The same, cured."""

    def forward(self, x: Tensor) -> Tensor:
        _, (h_n, _) = self.lstm(x)
        out: Tensor = self.fc(torch.cat([h_n[-2], h_n[-1]], dim=-1))
        return out


def run(code: str, model: str, filled: bool = True) -> None:
    """Run a copied test as pytest does."""
    scope = {"LastStep": LastStep, "BothHalves": BothHalves, "torch": torch}
    if filled:
        code = code.replace("model = ...", f"model = {model}()")
        code = code.replace("batch = (...,)", "batch = (torch.randn(3, 5, 4),)")
    exec(compile(code, "test_copied_code.py", "exec"), scope)
    tests = [each for name, each in scope.items() if name.startswith("test_")]
    assert len(tests) == 1
    tests[0]()


@pytest.fixture(scope="module")
def code() -> str:
    return explain(LastStep(), torch.randn(3, 5, 4)).test


def test_it_fails_on_the_mistake_and_passes_on_the_cure(code: str) -> None:
    with pytest.raises(SilentBugs, match="one_step"):
        run(code, "LastStep")
    run(code, "BothHalves")


def test_what_is_meant_can_be_allowed_by_its_last_line(code: str) -> None:
    assert "it was x (3, 5, 4)" in code
    checked, allowed = "    check(model, *batch)\n", "    # check(model, *batch, allow="
    assert checked in code
    assert allowed in code
    run(code.replace(checked, "").replace(allowed, allowed.replace("# ", "")), "LastStep")


def test_left_as_it_is_it_says_what_is_missing(code: str) -> None:
    with pytest.raises(ArgumentTypeError, match=r"give an nn\.Module"):
        run(code, "", filled=False)


def test_without_findings_nothing_is_allowed() -> None:
    code = explain(BothHalves(), torch.randn(3, 5, 4)).test
    assert "def test_both_halves_has_no_silent_bugs():" in code
    assert "allow" not in code
    run(code, "BothHalves")
