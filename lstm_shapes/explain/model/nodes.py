"""The way from the arguments to the result: operations and calls of recurrent modules, in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from torch import Tensor

from lstm_shapes.explain.model.passes import Run
from lstm_shapes.explain.model.recorded import RecordedCall
from lstm_shapes.explain.model.report import Place
from lstm_shapes.explain.model.watch import Operation


@dataclass(frozen=True, eq=False)
class Node:
    """A step on the way.

    Attributes:
        order: sorts the nodes by time.
        inputs, outputs: the floating point tensors.
        operation: what it is, if it is an operation; its place in the list of all in ``index``.
        call: what it is, if it is a call of a recurrent module.
    """

    order: tuple[int, int]
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    operation: Operation | None = None
    index: int = -1
    call: RecordedCall | None = None

    @property
    def place(self) -> Place | None:
        """Where in the user's code it stands."""
        if self.operation is not None:
            return self.operation.place
        return self.call.place if self.call is not None else None

    @property
    def name(self) -> str:
        """The name of the operation; empty for a call."""
        return self.operation.name if self.operation is not None else ""


def nodes_of(run: Run) -> list[Node]:
    """All nodes of a run that kept its tensors, in order."""
    found = [
        Node((each.number, 0), each.inputs, (each.output,), operation=each, index=i)
        for i, each in enumerate(run.operations)
        if each.output is not None
    ]
    for call in run.calls:
        outputs = [each for each in (call.out, call.h, call.c) if each is not None]
        order = (call.after, 1 + call.number)
        found.append(Node(order, (call.x, *call.states), tuple(outputs), call=call))
    return sorted(found, key=lambda node: node.order)


def ancestors(nodes: Iterable[Node], result: Tensor) -> list[Node]:
    """The nodes that a result was made by, in order."""
    by_output: dict[int, list[Node]] = {}
    for node in nodes:
        for output in node.outputs:
            by_output.setdefault(id(output), []).append(node)
    seen: dict[int, Node] = {}
    ahead = [result]
    while ahead:
        tensor = ahead.pop()
        for node in by_output.get(id(tensor), []):
            if id(node) not in seen:
                seen[id(node)] = node
                ahead.extend(node.inputs)
    return sorted(seen.values(), key=lambda node: node.order)


def unpacked(nodes: Iterable[Node], outs: set[int]) -> set[int]:
    """The ids of some tensors, and of what they are padded to and put back in order.

    pad_packed_sequence does both, in two operations at one place of the user's code.
    """
    found = set(outs)
    for node in nodes:
        pads = node.name == "_pad_packed_sequence"
        back = node.name == "index_select" and "pad_packed_sequence" in (
            node.place.code if node.place else ""
        )
        if (pads or back) and found & {id(each) for each in node.inputs}:
            found |= {id(each) for each in node.outputs}
    return found
