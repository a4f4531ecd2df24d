"""Whether a panel's measurements can be made while someone waits."""

from __future__ import annotations

from lstm_shapes.budget import OverBudget, check, estimate
from lstm_shapes.explorer.state import Snapshot


def why_not(snapshot: Snapshot, measured: str) -> str:
    """Why nothing is measured; empty if it is.

    Args:
        measured: what would be, and how, such as ``"measured by gradients"``.
    """
    if snapshot.run is None:
        return "Nothing is measured without a run"
    if snapshot.run.out.numel() == 0:
        return "Without a sample there is nothing to measure"
    from lstm_shapes.budget import READING

    try:
        check(estimate(snapshot.question.settings, snapshot.question.sizes), READING)
    except OverBudget as refusal:
        return f"Too large to be {measured} while you wait: {refusal}"
    return ""
