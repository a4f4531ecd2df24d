"""Asks about what the result depends on although no gradient leads there."""

from __future__ import annotations

from collections.abc import Iterable

from torch import Tensor

from lstm_shapes.explain.model.found import Found
from lstm_shapes.explain.model.nodes import Node
from lstm_shapes.explain.model.reading import Readings
from lstm_shapes.explain.model.report import ModelQuestion
from lstm_shapes.explain.model.study import Study


def frozen(study: Study, readings: Readings, found: Found) -> None:
    """Ask about what the result depends on although no gradient leads there."""
    if readings.all_sure or not readings.each:
        return
    parts = [
        {"h": "h_n", "c": "c_n", "out": "out"}[k] for k, sure in readings.sure.items() if not sure
    ]
    names = " and ".join(parts) or "out"
    cut = next(
        (
            node
            for node in study.nodes
            if node.name in ("detach", "detach_", "attribute", "data") and _touches(node, readings)
        ),
        None,
    )
    if cut is not None:
        title = f"Is it meant that {names} is read without a gradient?"
        says = (
            "Other numbers there change the result, but no gradient leads there: it was detached. "
            "What computed it does not learn from this result."
        )
        found.questions.append(ModelQuestion("frozen_states", title, says, cut.place))
    else:
        found.say_out_of_reach(
            f"Other numbers in {names} change the result, but no gradient leads there, as through "
            "an operation without one. What is read there is not judged."
        )


def _touches(node: Node, readings: Readings) -> bool:
    tensors: Iterable[Tensor | None] = (
        t for each in readings.each for t in (each.call.out, each.call.h, each.call.c)
    )
    known = {id(t) for t in tensors if t is not None}
    return any(id(each) in known for each in node.inputs)
