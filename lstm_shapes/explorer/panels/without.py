"""Whether a panel's measurements can be made while someone waits."""

from __future__ import annotations

from lstm_shapes.explorer.choices import Tab
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.explorer.twin import MEASURED
from lstm_shapes.formula.budget import OverBudget, check, estimate

WITHOUT_RUN = (
    "The module has not been run with these settings, so nothing is measured. Where the sizes are "
    "too large to be run, choose smaller ones."
)
WITHOUT_SAMPLE = "batch_size is 0, so there is nothing to measure: set batch_size to 1 or more."


def no_numbers(snapshot: Snapshot) -> str:
    """Why there is nothing to be measured; empty if there is."""
    if snapshot.run is None:
        return WITHOUT_RUN
    return "" if snapshot.run.out.numel() else WITHOUT_SAMPLE


def why_not(snapshot: Snapshot, measured: str, tab: Tab = "vectors") -> str:
    """Why nothing is measured; empty if it is.

    Args:
        measured: what would be, and how, such as ``"measured by gradients"``.
        tab: where; a run may need more for some tabs than for others.
    """
    if no_numbers(snapshot):
        return no_numbers(snapshot)
    try:
        check(estimate(snapshot.question.settings, snapshot.question.sizes), MEASURED[tab])
    except OverBudget as refusal:
        return (
            f"These sizes are too large to be {measured} while you wait: {refusal.excess}. "
            "Smaller ones are measured."
        )
    return ""
