"""What the page has to say beside the picture: errors with their cure, refusals, remarks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, TypedDict

from lstm_shapes.config import Question
from lstm_shapes.explorer.link import Link, write_link
from lstm_shapes.explorer.refusals import Problem
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.formula.nearest import Nearest, nearest_sizes
from lstm_shapes.formula.numbers import grouped

if TYPE_CHECKING:
    from lstm_shapes.live.what_if import WhatIf

Tone = Literal["error", "refusal", "remark"]

MOST_TOLD = 30
"""Parts of a link of which it is said why they were left out, one for each setting that there is;
in a flood the others are counted."""


class OfferRecord(TypedDict):
    """One of several ways out, as a button: what it says, and the ``link`` that it opens."""

    link: str
    label: str
    argument: str


class NoticeRecord(TypedDict):
    """One notice: ``parts`` lists what it is about, ``code`` is the module as it should be built,
    ``argument`` the control that it is about, and ``link`` what a button beside it opens; each is
    empty where there is none. ``button`` is what it says if it does not apply a cure. ``offers``
    are several ways out, each enough."""

    tone: Tone
    heading: str
    text: str
    parts: list[str]
    code: str
    argument: str
    link: str
    button: str
    offers: list[OfferRecord]


def notices_view(snapshot: Snapshot) -> list[NoticeRecord]:
    """Notices in the order of their urgency."""
    return [
        *_problems(snapshot),
        *_refusal(snapshot),
        *_left(snapshot),
        *_unbatched(snapshot),
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
        "offers": [],
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
    question = snapshot.question
    offers = [_offer(found) for found in nearest_sizes(question.settings, question.sizes)]
    if offers:
        each = "Each of these is" if len(offers) > 1 else "This is"
        text += f" {each} enough to run it, and the largest that fits, rounded down:"
    notice = _notice("refusal", f"Predicted, not run: {snapshot.refusal}", text)
    return [{**notice, "offers": offers}]


def _offer(found: Nearest) -> OfferRecord:
    label = ", ".join(f"{name}={grouped(size)}" for name, size in found.sizes.items())
    return {"link": write_link(found.sizes), "label": label, "argument": found.searched}


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


def _unbatched(snapshot: Snapshot) -> list[NoticeRecord]:
    """That a 2-D input is one sequence, also where it was meant as a batch."""
    settings, sizes = snapshot.question.settings, snapshot.question.sizes
    if sizes.batch_size is not None:
        return []
    steps, features = grouped(sizes.seq_len), grouped(settings.input_size)
    count = f"{steps} step{'s' * (sizes.seq_len != 1)}"
    axis, shape = (1, f"({steps}, 1, {features})")
    if settings.batch_first:
        axis, shape = (0, f"(1, {steps}, {features})")
    text = (
        f"The input ({steps}, {features}) is read as {count} of {features} "
        f"feature{'s' * (settings.input_size != 1)}. A batch of {steps} samples that are given "
        "without a time axis has the same shape: it is read as one sequence too, and no error is "
        f"raised. To give one sample as a batch, write x.unsqueeze({axis}): it is then {shape}."
    )
    return [_notice("remark", "A 2-D tensor is one sequence, without a batch axis", text)]


def _remarks(snapshot: Snapshot) -> list[NoticeRecord]:
    if snapshot.run is None:
        return []
    return [_notice("remark", f"torch warns: {remark}", "") for remark in snapshot.run.remarks]
