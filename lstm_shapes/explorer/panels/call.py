"""A call that somebody types, made for real and mended; or an error they paste, explained."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from lstm_shapes.config import Question
from lstm_shapes.errors import ArgumentError
from lstm_shapes.explorer.choices import LONGEST_CALL
from lstm_shapes.explorer.link import write_link
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.explorer.view import AxisRecord, axis_records
from lstm_shapes.formula.shapes import NamedShape, tensor_shapes
from lstm_shapes.snippet import constructor

if TYPE_CHECKING:
    from lstm_shapes.explain.call import Call
    from lstm_shapes.explain.trial import Outcome

ABOUT = (
    "Write the module, and the shape of each tensor that it is called with. The call is then made "
    "for real, with random numbers of these shapes. If torch refuses it, you see torch's message, "
    "what is wrong, and the code that mends it. Or paste an error that you have, its message or "
    "the whole traceback: if it is known, it is explained."
)
HINT = (
    "One line each, in any order: `nn.LSTM(16, 128, batch_first=True)`; `x: (32, 64, 16) float32`; "
    "`h_0: (1, 32, 128)` and `c_0: (1, 32, 128)` if states are given; `packed, lengths [5, 3, 2]` "
    "if x is packed. A dtype such as `int64` and a device such as `cuda` may follow a shape. "
    "nn.GRU, nn.RNN and the cells, such as nn.LSTMCell, are read too."
)
EXAMPLES = {
    "features on another axis": "nn.LSTM(64, 8, batch_first=True)\nx: (32, 64, 50)",
    "states moved by batch_first": "nn.LSTM(16, 8, num_layers=2, batch_first=True)\n"
    "x: (32, 50, 16)\nh_0: (32, 2, 8)\nc_0: (32, 2, 8)",
    "a smaller last batch": "nn.GRU(16, 8)\nx: (50, 20, 16)\nh_0: (1, 32, 8)",
    "token ids": "nn.LSTM(16, 8, batch_first=True)\nx: (32, 50) int64",
    "lengths on the GPU": "nn.LSTM(16, 8, batch_first=True)\nx: (3, 5, 16)\n"
    "packed, lengths [5, 3, 2] on cuda",
    "one tensor for a cell's pair": "nn.LSTMCell(16, 8)\nx: (32, 16)\nhx: (32, 8)",
}
"""What people often have, by what they would call it."""


class CallField(TypedDict):
    """The field in which a call is typed."""

    label: str
    value: str
    longest: str
    button: str
    about: str
    hint: str


class CallExample(TypedDict):
    """A button that types a call."""

    words: str
    value: str


class CallShape(TypedDict):
    """A tensor that came out."""

    name: str
    sizes: Sequence[str]
    axes: Sequence[AxisRecord]


class CallMade(TypedDict):
    """A call that torch takes, and what came out; ``link`` opens it in the explorer, if it can."""

    title: str
    call: str
    shapes: Sequence[CallShape]
    link: str
    button: str


class CallDoubt(TypedDict):
    """A question about what torch takes in silence."""

    because: str
    asks: str
    code: str


class CallRefused(TypedDict):
    """Why torch refuses a call: its message, the axis, the cause and the cure."""

    message: str
    axis: str
    cause: str
    cure: str


class CallOutcome(TypedDict):
    """What became of the call, and of each cure; ``made`` is the call that torch takes."""

    note: str
    refused: Sequence[CallRefused]
    made: CallMade | None
    doubts_title: str
    doubts: Sequence[CallDoubt]
    program_name: str
    program: str
    copy: str


class CallError(TypedDict):
    """An error that was pasted: what it says, why it came, what to do; no cure if it is not
    known."""

    message: str
    cause: str
    cure: str
    code: str


class CallPanel(TypedDict):
    """The field, some examples, and what became of the call; ``error`` explains what was pasted
    instead, ``refusal`` says why it cannot be read, and ``without`` why nothing can be made."""

    title: str
    field: CallField
    examples_title: str
    examples: Sequence[CallExample]
    refusal: str
    without: str
    outcome: CallOutcome | None
    error: CallError | None


def call_view(snapshot: Snapshot, text: str = "") -> CallPanel:
    """A typed call and what becomes of it.

    Args:
        text: the call; empty for the one that the page shows.
    """
    typed = text or _shown_call(snapshot.question)
    without = (
        "" if snapshot.torch_here else "torch is on its way: the call is made when it is here."
    )
    read = Read() if without else _read(typed)
    return {
        "title": "Your call",
        "field": {
            "label": "The module and its tensors, or an error",
            "value": typed,
            "longest": str(LONGEST_CALL),
            "button": "Make this call",
            "about": ABOUT,
            "hint": HINT,
        },
        "examples_title": "Calls that often go wrong:",
        "examples": [{"words": words, "value": value} for words, value in EXAMPLES.items()],
        "refusal": read.refusal,
        "without": without,
        "outcome": read.outcome,
        "error": read.error,
    }


def _shown_call(question: Question) -> str:
    """The call that the page shows, as text."""
    settings, sizes = question.settings, question.sizes
    lines = [constructor(settings), f"x: {tensor_shapes(settings, sizes)['input'].shape}"]
    if sizes.lengths is not None:
        lines.append(f"packed, lengths {list(sizes.lengths)} enforce_sorted=False")
    return "\n".join(lines)


class Read(NamedTuple):
    """What a text is: a call, an error, or neither."""

    outcome: CallOutcome | None = None
    error: CallError | None = None
    refusal: str = ""


_ERROR = re.compile(r"\b(?:\w*Error|Traceback|Exception|Warning)\b")


@lru_cache(maxsize=16)
def _read(text: str) -> Read:
    """What becomes of a call, what an error means, or why the text is neither."""
    from lstm_shapes.explain.errors.error import explain_error
    from lstm_shapes.explain.reading import read_call

    try:
        call = read_call(text)
    except ArgumentError as refused:
        found = explain_error(text)
        if not found.known and not _ERROR.search(text):
            return Read(refusal=str(refused))
        error: CallError = {
            "message": found.message,
            "cause": found.cause,
            "cure": found.cure,
            "code": found.code,
        }
        return Read(error=error)
    return Read(_outcome(call))


def _outcome(call: Call) -> CallOutcome:
    """What becomes of a call."""
    from lstm_shapes.explain.questions import questions
    from lstm_shapes.explain.trial import try_call

    found = try_call(call)
    last = found.mended or found
    made = last if last.shapes and (last.diagnosis is None or last is found) else None
    doubts: list[CallDoubt] = [
        {"because": doubt.because, "asks": doubt.asks, "code": doubt.code}
        for doubt in questions(call, found)
    ]
    return {
        "note": found.note,
        "refused": _refused(found),
        "made": None if made is None else _made(made, made is found),
        "doubts_title": "Torch takes this call. Was this meant?" if doubts else "",
        "doubts": doubts,
        "program_name": "the call as a program"
        if made is found
        else "the mended call, as a program",
        "program": found.program(),
        "copy": "Copy this program",
    }


def _refused(found: Outcome) -> list[CallRefused]:
    """What is wrong, one mistake after another, as the cures bring them to light."""
    records: list[CallRefused] = []
    at: Outcome | None = found
    while at is not None:
        # What torch takes all the same is a question.
        if at.diagnosis is not None and (at.message or at.how == "predicted"):
            records.append(
                {
                    "message": f"torch: {at.message}" if at.message else "This call is refused",
                    "axis": at.diagnosis.axis,
                    "cause": at.diagnosis.cause,
                    "cure": at.diagnosis.cure,
                }
            )
        elif at.message:
            says = "The cause is not known here: nothing is said that was not found."
            record: CallRefused = {
                "message": f"torch: {at.message}",
                "axis": "",
                "cause": says,
                "cure": "",
            }
            records.append(record)
        at = at.after
    return records


def _made(found: Outcome, at_once: bool) -> CallMade:
    run = "came out" if found.how != "predicted" else "would come out, by formula"
    link = _link(found.call)
    return {
        "title": f"✓ Torch takes it. What {run}:"
        if at_once
        else f"✓ Mended, and made again. What {run}:",
        "call": str(found.call),
        "shapes": [_shape(shape) for shape in found.shapes],
        "link": link,
        "button": "Show it in the picture" if link else "",
    }


def _shape(shape: NamedShape) -> CallShape:
    return {
        "name": shape.name,
        "sizes": [str(size) for size in shape.shape],
        "axes": axis_records(shape.axes),
    }


def _link(call: Call) -> str:
    """The state of the page that shows a call; empty for a cell, and for what no page shows."""
    from lstm_shapes.config import InputSizes
    from lstm_shapes.explain.cause import layout

    if call.cell:
        return ""
    try:
        laid = layout(call)
        steps = call.x.shape[laid.time or 0]
        lengths = None if call.lengths is None else tuple(map(int, call.lengths.values))
        question = Question(call.settings(), InputSizes(steps, laid.samples, lengths))
    except ArgumentError:
        return ""
    return write_link({k: v for k, v in question.values().items() if k not in ("seed", "device")})
