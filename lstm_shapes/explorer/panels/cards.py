"""The tensor cards: input, out, h_n and c_n, each by formula and as measured."""

from __future__ import annotations

from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.explorer.view import View, shape_view
from lstm_shapes.shapes import tensor_shapes

MEANING = {
    "input": "what you pass in",
    "out": "every step, last layer",
    "h_n": "each layer's final h",
    "c_n": "each layer's final c",
}


def cards_view(snapshot: Snapshot) -> list[View]:
    """One record a card; ``shape`` is ``None`` where the module has no such tensor."""
    question = snapshot.question
    formula = tensor_shapes(question.settings, question.sizes)
    measured = snapshot.run.shapes() if snapshot.run else {}
    views: list[View] = []
    for name, meaning in MEANING.items():
        view: View = {"tensor": name, "meaning": meaning, "shape": None}
        if name in formula:
            view["shape"] = shape_view(formula[name], measured.get(name), snapshot)
        else:
            view["meaning"] = f"nn.{question.settings.kind} has no cell state"
        views.append(view)
    return views
