"""What the page has to say beside the picture: errors with their cure, refusals, remarks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict

from lstm_shapes.explorer.link import Link, write_link
from lstm_shapes.explorer.refusals import Problem
from lstm_shapes.explorer.state import Snapshot

Tone = Literal["error", "refusal", "remark"]

MOST_TOLD = 30
"""Parts of a link of which it is said why they were left out, one for each setting that there is;
in a flood the others are counted."""


class NoticeRecord(TypedDict):
    """One notice: ``parts`` lists what it is about, ``code`` is the module as it should be built,
    ``argument`` the control that it is about, and ``link`` what a button beside it opens; each is
    empty where there is none."""

    tone: Tone
    heading: str
    text: str
    parts: list[str]
    code: str
    argument: str
    link: str


def notices_view(snapshot: Snapshot) -> list[NoticeRecord]:
    """Notices in the order of their urgency."""
    return [*_problems(snapshot), *_refusal(snapshot), *_remarks(snapshot)]


def failure_view(error: Exception) -> NoticeRecord:
    """A mistake of this page's own."""
    return _notice(
        "error",
        f"{type(error).__name__}: {error}",
        "This is a mistake of lstm_shapes. The page shows what it showed before. "
        "Cure: please report it, with the settings that led here.",
    )


def link_view(link: Link, told: Sequence[str]) -> NoticeRecord:
    """What could not be taken of an address, or of what was typed in a field.

    Args:
        told: why, for each part of it.
    """
    if link.typed:
        kept = "Nothing was changed: the field shows what is used."
        return _notice("error", f"This cannot be taken: {told[0]}", kept)
    more = len(told) - MOST_TOLD
    parts = [*told[:MOST_TOLD], *([f"and {more:,} more"] if more > 0 else [])]
    if link.values:
        heading = "Not all of this link could be taken over"
        text = "What is listed here was left out, and the page keeps its own value in its place."
    else:
        heading = "This link cannot be read"
        text = "The page shows what it showed before. Cure: copy the link where it came from."
    return {**_notice("error", heading, text), "parts": parts}


def _notice(
    tone: Tone, heading: str, text: str, code: str = "", argument: str = "", link: str = ""
) -> NoticeRecord:
    return {
        "tone": tone,
        "heading": heading,
        "text": text,
        "parts": [],
        "code": code,
        "argument": argument,
        "link": link,
    }


def _problems(snapshot: Snapshot) -> list[NoticeRecord]:
    """A notice for each value that is refused; the first one says which shapes are shown."""
    last = "last valid ones" if snapshot.run else "last valid ones, by formula"
    shown = f" The shapes shown are the {last}."
    return [
        _problem(problem, "" if place else shown) for place, problem in enumerate(snapshot.problems)
    ]


def _problem(problem: Problem, shown: str) -> NoticeRecord:
    heading = {None: "Not valid", "": "torch takes this without a word"}.get(
        problem.torch_says, f"torch: {problem.torch_says}"
    )
    cure = f" Cure: {problem.cure}." if problem.cure else ""
    text = f"{problem.cause}.{shown}{cure}"
    link = write_link(problem.fix) if problem.fix else ""
    return _notice("error", heading, text, problem.code, problem.argument, link)


def _refusal(snapshot: Snapshot) -> list[NoticeRecord]:
    if not snapshot.refusal or snapshot.problems:
        return []
    text = "The shapes are those of the formula; nothing was allocated."
    return [_notice("refusal", f"Predicted, not run: {snapshot.refusal}", text)]


def _remarks(snapshot: Snapshot) -> list[NoticeRecord]:
    if snapshot.run is None:
        return []
    return [_notice("remark", f"torch warns: {remark}", "") for remark in snapshot.run.remarks]
