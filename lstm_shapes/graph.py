"""Autograd's graph: whether it leads from one tensor to another, and if it does not, why not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import torch
from torch import Tensor
from torch.autograd.graph import Node

from lstm_shapes.errors import ArgumentError


def check_followed(vector: Tensor, inputs: Tensor) -> None:
    """Refuse two tensors of which autograd has not followed how one was made of the other.

    Raises:
        ArgumentError: inputs holds integers or does not require a gradient, vector has no graph,
            or an operator without a gradient stands between the two.
    """
    if not (inputs.is_floating_point() or inputs.is_complex()):
        raise ArgumentError(
            "inputs",
            tuple(inputs.shape),
            f"holds {inputs.dtype}, and integers have no gradient",
            "give what an embedding makes of them: x = embedding(ids), then run the module on x",
        )
    for argument, given in (("vector", vector), ("inputs", inputs)):
        if given.is_meta or given.is_nested:
            problem = "holds no numbers" if given.is_meta else "is not one tensor"
            cure = "give a plain tensor on the CPU or a GPU"
            raise ArgumentError(argument, "meta" if given.is_meta else "nested", problem, cure)
    if not (vector.is_floating_point() or vector.is_complex()):
        raise ArgumentError(
            "vector",
            tuple(vector.shape),
            f"is {vector.dtype}, which has no gradient",
            "give what it was made of, such as the scores before argmax() or a comparison",
        )
    start, end = _node(inputs), _node(vector)
    if start is None:
        raise ArgumentError(
            "inputs",
            tuple(inputs.shape),
            "does not require a gradient",
            "call inputs.requires_grad_() before the module runs",
        )
    if end is None:
        raise ArgumentError(
            "vector",
            tuple(vector.shape),
            "has no autograd graph",
            "compute it from inputs without detach() and outside torch.no_grad(), after "
            "inputs.requires_grad_()",
        )
    for node in _nodes(end):
        if node.name().endswith("WarnNotImplemented") and start in _nodes(*_before(node)):
            raise ArgumentError(
                "vector",
                tuple(vector.shape),
                "was computed by an operator that has no gradient, as those of a quantized module",
                "measure the module as it was before it was quantized",
            )


def why_no_path(vector: Tensor, inputs: Tensor) -> ArgumentError:
    """The error for two tensors of which neither was made of the other, as far as can be told."""
    shape = tuple(inputs.shape)
    behind_vector, behind_inputs = _nodes(_node(vector)), _nodes(_node(inputs))
    if _node(vector) in behind_inputs:
        return ArgumentError(
            "vector",
            tuple(vector.shape),
            "is what inputs was computed from: the two are swapped",
            "give the result first, as in coverage(out, x)",
        )
    shared = next((node for node in behind_inputs if node in behind_vector), None)
    if shared is not None:
        return ArgumentError(
            "inputs",
            shape,
            "was made of the tensor that vector was computed from, and vector was not made of it: "
            "so is a clone, a slice or a transpose that is taken later",
            "give the very tensor that the module was called with",
        )
    return ArgumentError(
        "inputs",
        shape,
        "is not what vector was computed from: no graph leads from one to the other",
        "give the very tensor that the module was called with, and call its requires_grad_() "
        "before the module runs",
    )


def _node(tensor: Tensor) -> Node | None:
    """Where a tensor stands in the graph; ``None`` if it is not in it, as what is indexed under
    torch.no_grad() although it says that it requires a gradient."""
    if not tensor.requires_grad or tensor.grad_fn is not None:
        return tensor.grad_fn
    with torch.inference_mode(False), torch.enable_grad():
        behind = tensor.view_as(tensor).grad_fn
    return None if behind is None else behind.next_functions[0][0]


def _before(node: Node) -> Iterator[Node]:
    return (before for before, _ in node.next_functions if before is not None)


def _nodes(*found: Node | None) -> dict[Node, None]:
    """Some nodes and all behind them, the nearest first."""
    known: dict[Node, None] = {}
    ahead: Iterable[Node] = [node for node in found if node is not None]
    while ahead := [node for node in ahead if node not in known]:
        known |= dict.fromkeys(ahead)
        ahead = [before for node in dict.fromkeys(ahead) for before in _before(node)]
    return known
