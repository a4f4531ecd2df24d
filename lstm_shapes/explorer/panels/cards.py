"""The tensor cards: input, out, h_n and c_n, each by formula, as measured, and as a block."""

from __future__ import annotations

from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.explorer.view import View, shape_view
from lstm_shapes.formula.shapes import tensor_shapes

MEANING = {
    "input": "what you pass in",
    "out": "every step, last layer",
    "h_n": "final h per layer",
    "c_n": "final c per layer",
}

LONGEST, LEAST = 38, 4
"""Pixels of the longest and of the shortest axis in a card's block."""


def cards_view(snapshot: Snapshot) -> list[View]:
    """One record a card; ``shape`` is ``None`` where the module has no such tensor."""
    question = snapshot.question
    formula = tensor_shapes(question.settings, question.sizes)
    measured = snapshot.run.shapes() if snapshot.run else {}
    largest = max(size for name in MEANING if name in formula for size in formula[name].shape)
    views: list[View] = []
    for name, meaning in MEANING.items():
        view: View = {"tensor": name, "meaning": meaning, "shape": None}
        if name in formula:
            view["shape"] = shape_view(formula[name], measured.get(name), snapshot)
            view["block"] = [_length(size, largest) for size in formula[name].shape]
        else:
            view["meaning"] = f"nn.{question.settings.kind} has no cell state"
        views.append(view)
    return views


def _length(size: int, largest: int) -> float:
    """Pixels of an axis, all tensors in one proportion; what is too small is still seen."""
    return round(max(LEAST, LONGEST * size / largest), 1) if size else 0.0
