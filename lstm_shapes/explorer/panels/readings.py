"""What a vector has read: a square for every step of every sample, or where its code is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, TypedDict

from lstm_shapes.config import InputSizes
from lstm_shapes.explorer.panels.axes import ResultAxis, result_axes
from lstm_shapes.picture.scene import elide

if TYPE_CHECKING:
    from lstm_shapes.expression.text import ExpressionError
    from lstm_shapes.live.run import Run
    from lstm_shapes.statements.vectors import Reading
    from lstm_shapes.statements.verdicts import Half

MOST_SQUARES = 9
"""Steps drawn of what was read; the middle of a longer sequence is left out, and counted."""

MOST_SAMPLES = 6
"""Samples drawn of those that a row has read."""

PARTS: Mapping[str, str] = {
    "forward": "forward half",
    "backward": "backward half",
}
LAST = "the last layer's input"

SquaresRole = Literal["own", "last", "foreign"]


class SquaresRecord(TypedDict):
    """A row of squares, filled where a step was read; ``None`` stands for steps left out.

    Its role is ``own`` for the sample that is looked at, ``last`` for what the last layer reads
    of it, and ``foreign`` for another sample.
    """

    of: str
    role: SquaresRole
    squares: Sequence[bool | None]
    words: str
    label: str


class HalfRecord(TypedDict):
    """What the elements of one direction have read."""

    part: str
    title: str
    rows: Sequence[SquaresRecord]
    more: str


class ReadingRecord(TypedDict):
    """A vector that was measured: its shape, what it has read, and what is to be said of it."""

    sizes: Sequence[str]
    shape: str
    axes: Sequence[ResultAxis]
    halves: Sequence[HalfRecord]
    sound: bool
    judged: str
    verdict: str


class FaultRecord(TypedDict):
    """Code that is wrong, cut in three: before the spot, the spot, and behind it."""

    parts: Sequence[str]
    says: str


class VectorRecord(TypedDict):
    """A vector by its code, with its reading, or the fault because of which there is none."""

    code: str
    name: str
    reading: ReadingRecord | None
    fault: FaultRecord | None


def fault_record(error: ExpressionError) -> FaultRecord:
    """Where an expression is wrong, and what to write instead."""
    text, start, end = error.text, error.start, error.end
    return {
        "parts": [text[:start], text[start:end], text[end:]],
        "says": f"{error.problem}: {error.cure}" if error.cure else error.problem,
    }


def fault_of(code: str, says: str) -> FaultRecord:
    """What is wrong with an expression as a whole."""
    return {"parts": ["", code, ""], "says": says}


def vector_record(run: Run, name: str, found: Reading | ExpressionError) -> VectorRecord:
    """One vector, measured or wrong."""
    from lstm_shapes.expression.text import ExpressionError

    if isinstance(found, ExpressionError):
        return {"code": found.text, "name": name, "reading": None, "fault": fault_record(found)}
    reading = run.kept(("reading record", found.code, found.sample), lambda: _reading(run, found))
    return {"code": found.code, "name": name, "reading": reading, "fault": None}


def _reading(run: Run, found: Reading) -> ReadingRecord:
    return {
        "sizes": [str(size) for size in found.shape],
        "shape": ",".join(map(str, found.shape)),
        "axes": result_axes(run, found.code),
        "halves": [_half(half, found.sample, run.sizes) for half in found.halves],
        "sound": found.sound,
        "judged": "fit for a head" if found.sound else "not fit for a head",
        "verdict": found.verdict,
    }


def _half(half: Half, sample: int, sizes: InputSizes) -> HalfRecord:
    """The own sample's row of squares, the same of the last layer's input, and one for every
    other sample that was read."""
    own = sample if sample < len(half.read) else 0
    others = [i for i, steps in enumerate(half.read) if any(steps) and i != own]
    part = PARTS[half.part]
    length = sizes.steps_of(own)
    rows = [_row(part, half.read[own], length, f"sample {own}", "own")]
    if half.read_last is not None and not others:
        rows.append(_row(part, half.read_last[own], length, LAST, "last"))
    for i in others[:MOST_SAMPLES]:
        rows.append(_row(part, half.read[i], sizes.steps_of(i), f"sample {i}", "foreign"))
    more = len(others) - MOST_SAMPLES
    return {
        "part": half.part,
        "title": part if half.features else f"{part}: not in it",
        "rows": rows,
        "more": f"and {more} more samples" if more > 0 else "",
    }


def _row(
    part: str, steps: Sequence[bool], length: int, of: str, role: SquaresRole
) -> SquaresRecord:
    count = f"{sum(steps)} of {length}"
    words = {"own": f"{count} steps", "last": f"{count} steps at the last layer", "foreign": of}
    return {
        "of": of,
        "role": role,
        "squares": [None if at is None else steps[at] for at in elide(len(steps), MOST_SQUARES)],
        "words": words[role],
        "label": f"{part}: {count} steps of {of}",
    }
