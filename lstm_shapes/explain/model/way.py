"""The way from the arguments through the parts of a model to its result, as a few boxes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import nn

from lstm_shapes.explain.model.nodes import Node, ancestors, nodes_of
from lstm_shapes.explain.model.passes import Run, Session
from lstm_shapes.explain.model.report import Step
from lstm_shapes.recurrent import class_of

MOST_STEPS = 12
"""So many boxes are drawn; the middle of a longer way is left out."""

Began = Sequence[tuple[str, nn.Module, tuple[Any, ...]]]


def way_of(session: Session, base: Run | None, began: Began) -> tuple[Step, ...]:
    """The boxes, in order.

    Args:
        session: the copy of the model and its arguments.
        base: a run of it; ``None`` if it raised.
        began: the calls of recurrent modules that were begun.
    """
    steps = [Step(f"{leaf.name} {tuple(leaf.tensor.shape)}") for leaf in session.given.leaves[:1]]
    if base is None or not base.results:
        steps += [Step(called(path, module), recurrent=True) for path, module, _ in began]
        return _shortened(steps)
    nodes = nodes_of(base)
    result = base.results[0][1]
    parameters = {
        id(p): path
        for path, m in session.model.named_modules()
        for p in m.parameters(recurse=False)
    }
    for node in ancestors(nodes, result):
        if step := _step(node, parameters):
            steps.append(step)
    steps.append(Step(str(tuple(result.shape))))
    return _shortened(_counted(steps))


def _step(node: Node, parameters: dict[int, str]) -> Step | None:
    """The box of a step that has parameters, or takes a part of what a module returned."""
    if node.call is not None:
        return Step(called(node.call.path, node.call.module), recurrent=True)
    operation = node.operation
    if operation is None:
        return None
    paths = [parameters[id(each)] for each in operation.inputs if id(each) in parameters]
    if paths:
        return Step(paths[0] or "parameter")
    if operation.name == "__getitem__" and len(operation.arguments) > 1:
        return Step(f"[{_index(operation.arguments[1])}]")
    if operation.name in (
        "mean",
        "amax",
        "max",
        "sum",
        "cat",
        "view",
        "reshape",
        "squeeze",
        "flip",
    ):
        return Step(f"{operation.name}")
    return None


def _index(index: Any) -> str:
    """An index as it is written."""
    parts = index if isinstance(index, tuple) else (index,)
    return ", ".join(_one_index(each) for each in parts)


def _one_index(part: Any) -> str:
    if isinstance(part, slice):
        ends = ["" if end is None else str(end) for end in (part.start, part.stop)]
        return ":".join(ends)
    if part is Ellipsis:
        return "..."
    return str(part) if isinstance(part, int) else "…"


def called(path: str, module: nn.Module) -> str:
    """A recurrent module with its place in the model, its class and its sizes.

    >>> called("rnn", nn.LSTM(4, 3, bidirectional=True))
    'rnn: LSTM(4, 3, bidirectional)'
    """
    made_of = class_of(module)
    kind = made_of.__name__ if made_of is not None else type(module).__name__
    size = f"{module.input_size}, {module.hidden_size}"
    more = ", bidirectional" if getattr(module, "bidirectional", False) else ""
    return f"{path or 'model'}: {kind}({size}{more})"


def _counted(steps: Sequence[Step]) -> list[Step]:
    """The same, with steps that repeat, as in a loop, named once with their number."""
    found: list[Step] = []
    counts: dict[str, int] = {}
    for step in steps:
        counts[step.text] = counts.get(step.text, 0) + 1
        if counts[step.text] == 1:
            found.append(step)
    return [
        Step(f"{each.text} · {counts[each.text]} calls", True)
        if each.recurrent and counts[each.text] > 1
        else each
        for each in found
    ]


def _shortened(steps: Sequence[Step]) -> tuple[Step, ...]:
    if len(steps) <= MOST_STEPS:
        return tuple(steps)
    half = MOST_STEPS // 2
    return (*steps[:half], Step("…"), *steps[-half + 1 :])
