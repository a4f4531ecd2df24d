"""The tensor cards: input, out, h_n and c_n, each by formula, as measured, and as a block."""

from __future__ import annotations

from typing import TypedDict

from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.explorer.view import ShapeRecord, shape_view
from lstm_shapes.formula.shapes import NamedShape, tensor_shapes

MEANING = {
    "input": "what you pass in",
    "out": "every step, last layer",
    "h_n": "final h per layer",
    "c_n": "final c per layer",
}

LONGEST, LEAST = 38, 4
"""Pixels of the longest and of the shortest axis in a card's block."""


class BlockRecord(TypedDict):
    """A tensor as a block: pixels and name of each axis; ``room`` is how long one may be."""

    sides: list[float]
    names: list[str]
    room: int


class HandleRecord(TypedDict):
    """An entry of a card's shape, which can be pointed at: an axis of the tensor."""

    id: str
    slice: str
    words: str


class CardRecord(TypedDict):
    """A tensor's card; the shape and its block are missing where the module has no such
    tensor, and ``words`` is its name for who does not see it."""

    tensor: str
    meaning: str
    words: str
    shape: ShapeRecord | None
    block: BlockRecord | None
    handles: list[HandleRecord]


def cards_view(snapshot: Snapshot) -> list[CardRecord]:
    """One record a card."""
    question = snapshot.question
    formula = tensor_shapes(question.settings, question.sizes)
    measured = snapshot.run.shapes() if snapshot.run else {}
    largest = max(size for name in MEANING if name in formula for size in formula[name].shape)
    return [
        _card(name, formula[name], measured.get(name), largest, snapshot)
        if name in formula
        else _absent(name, f"nn.{question.settings.kind} has no cell state")
        for name in MEANING
    ]


def axis_id(tensor: str, axis: int) -> str:
    """How the page knows an axis of a card that can be pointed at."""
    return f"axis.{tensor}.{axis}"


def _absent(tensor: str, meaning: str) -> CardRecord:
    return {
        "tensor": tensor,
        "meaning": meaning,
        "words": "",
        "shape": None,
        "block": None,
        "handles": [],
    }


def _card(
    tensor: str,
    formula: NamedShape,
    measured: tuple[int, ...] | None,
    largest: int,
    snapshot: Snapshot,
) -> CardRecord:
    shape = shape_view(formula, measured, snapshot)
    said = [f"{axis.name} {size}" for axis, size in zip(formula.axes, shape["sizes"], strict=False)]
    return {
        "tensor": tensor,
        "meaning": MEANING[tensor],
        "words": f"{tensor}: {', '.join(said)}",
        "shape": shape,
        "block": {
            "sides": [_length(size, largest) for size in formula.shape],
            "names": [_short(axis.name) for axis in formula.axes],
            "room": LONGEST,
        },
        "handles": [
            {
                "id": axis_id(tensor, i),
                "slice": f"{tensor}.shape[{i}]",
                "words": f"{tensor}, axis {i}: {axis.name}, {axis.size}",
            }
            for i, axis in enumerate(formula.axes)
        ],
    }


def _short(name: str) -> str:
    """The name of an axis beside a block, where there is little room."""
    return "rows" if name == "layer × direction" else name


def _length(size: int, largest: int) -> float:
    """Pixels of an axis, all tensors in one proportion; what is too small is still seen."""
    return round(max(LEAST, LONGEST * size / largest), 1) if size else 0.0
