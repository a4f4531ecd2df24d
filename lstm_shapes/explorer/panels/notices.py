"""What the page has to say beside the picture: errors with their cure, refusals, remarks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, TypedDict

from lstm_shapes.config import Question
from lstm_shapes.explorer.link import Link, write_link
from lstm_shapes.explorer.refusals import Problem
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.formula.numbers import grouped

if TYPE_CHECKING:
    from lstm_shapes.live.what_if import WhatIf

Tone = Literal["error", "refusal", "remark"]

MOST_TOLD = 30
"""Parts of a link of which it is said why they were left out, one for each setting that there is;
in a flood the others are counted."""


class NoticeRecord(TypedDict):
    """One notice: ``parts`` lists what it is about, ``code`` is the module as it should be built,
    ``argument`` the control that it is about, and ``link`` what a button beside it opens; each is
    empty where there is none. ``button`` is what it says if it does not apply a cure."""

    tone: Tone
    heading: str
    text: str
    parts: list[str]
    code: str
    argument: str
    link: str
    button: str


def notices_view(snapshot: Snapshot) -> list[NoticeRecord]:
    """Notices in the order of their urgency."""
    return [
        *_problems(snapshot),
        *_refusal(snapshot),
        *_left(snapshot),
        *_remarks(snapshot),
    ]


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
    parts = [*told[:MOST_TOLD], *([f"and {grouped(more)} more"] if more > 0 else [])]
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
        "button": "",
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


def _left(snapshot: Snapshot) -> list[NoticeRecord]:
    """That the call which somebody brought was left: with what, and what is still theirs."""
    own, kept = snapshot.own, snapshot.kept
    if own is None or snapshot.run is own:
        return []
    theirs = Question(own.settings, own.sizes, own.seed, own.device).values()
    values = snapshot.question.values()
    changed = [
        f"{name} = {_said(values.get(name))}, and yours is {_said(value)}"
        for name, value in theirs.items()
        if values.get(name) != value
    ]
    heading = "What if: this is no longer your call"
    notice = _notice("remark", heading, _kept(kept), link=write_link(theirs))
    return [{**notice, "parts": changed, "button": "Back to your call"}]


def _said(value: object) -> str:
    """A value as it is written in a list of changes."""
    return "not given" if value is None else str(value)


def _kept(kept: WhatIf | None) -> str:
    """What of a run is that of the call which somebody brought."""
    if kept is None:
        return ""
    if not kept.weights:
        return "Your weights do not fit it: weights and input are drawn from the seed."
    parts = ["your weights"] + (["your input"] if kept.input else [])
    said = f"It is run with {' and '.join(parts)}."
    if not kept.input:
        said += " The input is drawn from the seed: yours has too few samples or steps for it."
    if not kept.states:
        said += " It starts from zeros: your states are of too few samples for it."
    return said


def _remarks(snapshot: Snapshot) -> list[NoticeRecord]:
    if snapshot.run is None:
        return []
    return [_notice("remark", f"torch warns: {remark}", "") for remark in snapshot.run.remarks]
