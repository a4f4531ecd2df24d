"""What the page has to say beside the picture: errors with their cure, refusals, remarks."""

from __future__ import annotations

from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.explorer.view import View


def notices_view(snapshot: Snapshot) -> list[View]:
    """Notices in the order of their urgency; ``tone`` is error, refusal or remark."""
    return [*_problem(snapshot), *_refusal(snapshot), *_remarks(snapshot)]


def failure_view(error: Exception) -> View:
    """A mistake of this page's own."""
    return {
        "tone": "error",
        "heading": f"{type(error).__name__}: {error}",
        "text": "This is a mistake of lstm_shapes. The picture is an older one.",
        "cure": "please report it, with the settings that led here",
    }


def link_view(error: Exception) -> View:
    """An address that could not be read."""
    return {
        "tone": "error",
        "heading": f"This link cannot be read: {error}",
        "text": "The page shows what it showed before.",
        "cure": "copy the link again where it came from",
    }


def _problem(snapshot: Snapshot) -> list[View]:
    problem = snapshot.problem
    if problem is None:
        return []
    heading = {None: "Not valid", "": "torch takes this without a word"}.get(
        problem.torch_says, f"torch: {problem.torch_says}"
    )
    shown = "last valid ones" if snapshot.run else "last valid ones, by formula"
    return [
        {
            "tone": "error",
            "heading": heading,
            "text": f"{problem.cause}. The shapes shown are the {shown}.",
            "cure": problem.cure,
            "code": problem.code,
            "action": "fix" if problem.fix else "",
        }
    ]


def _refusal(snapshot: Snapshot) -> list[View]:
    if not snapshot.refusal or snapshot.problem:
        return []
    return [
        {
            "tone": "refusal",
            "heading": f"Predicted, not run: {snapshot.refusal}",
            "text": "The shapes are those of the formula; nothing was allocated.",
        }
    ]


def _remarks(snapshot: Snapshot) -> list[View]:
    if snapshot.run is None:
        return []
    return [
        {"tone": "remark", "heading": f"torch warns: {remark}", "text": ""}
        for remark in snapshot.run.remarks
    ]
