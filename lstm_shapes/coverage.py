"""Measures by gradients what a vector has read: which steps, and of which samples.

This works on any module. It needs a tensor, the input that the tensor was computed from, and
autograd's graph between the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import torch
from torch import Tensor

from lstm_shapes.errors import ArgumentError, ArgumentTypeError


def coverage(vector: Tensor, inputs: Tensor, *, keep: int | Sequence[int] = ()) -> Tensor:
    """Find the steps of ``inputs`` that ``vector`` depends on.

    ``vector`` depends on a step if its gradient there is not zero. The gradient is that of a
    sum with random weights, so that the elements of ``vector`` do not cancel each other. A
    gradient that underflows to zero is not found: use float64 for hundreds of steps.

    Args:
        vector: a tensor of any shape that was computed from ``inputs``.
        inputs: (..., features), such as the module's input (N, L, H_in) or the output of an
            embedding. Its ``requires_grad`` must be set before ``vector`` is computed.
        keep: an axis of ``vector``, or several, whose entries are examined one by one, each
            with a backward pass of its own. All other axes are examined together.

    Returns:
        A tensor of booleans, True where ``vector`` depends on ``inputs``. Its axes are the kept
        axes of ``vector``, then the axes of ``inputs`` without the last.

    Raises:
        ArgumentTypeError: vector or inputs is not a tensor.
        ArgumentError: vector or inputs does not require a gradient, inputs has no axes, or
            keep names an axis twice or one that vector does not have.

    Source: torch documentation, ``torch.autograd.grad``.

    >>> lstm = torch.nn.LSTM(4, 3, batch_first=True, bidirectional=True)
    >>> x = torch.randn(2, 5, 4, requires_grad=True)
    >>> out, (h_n, c_n) = lstm(x)
    >>> coverage(out[0, -1, 3:], x)  # the backward half of the last step
    tensor([[False, False, False, False,  True],
            [False, False, False, False, False]])
    >>> coverage(h_n.view(2, -1), x, keep=0).any(dim=-1)  # row 0 has read both samples
    tensor([[True, True],
            [True, True]])
    """
    kept = _axes(vector, (keep,) if isinstance(keep, int) else tuple(keep))
    _check_graph(vector, inputs)
    weighted = _weighted(vector).movedim(kept, tuple(range(len(kept))))
    sizes = weighted.shape[: len(kept)]
    read = torch.zeros(*sizes, *inputs.shape[:-1], dtype=torch.bool, device=inputs.device)
    for index in product(*map(range, sizes)):
        part = weighted[index].sum()
        (gradient,) = torch.autograd.grad(part, inputs, retain_graph=True, allow_unused=True)
        if gradient is not None:
            read[index] = (gradient != 0).any(dim=-1)
    return read


def _axes(vector: Tensor, keep: tuple[int, ...]) -> tuple[int, ...]:
    if not isinstance(vector, Tensor):
        raise ArgumentTypeError("vector", type(vector).__name__, "is no tensor", "give a tensor")
    axes = vector.dim()
    for axis in keep:
        if not -axes <= axis < axes:
            raise ArgumentError(
                "keep", axis, "is not an axis of vector", f"vector has {axes} axes, counted from 0"
            )
    kept = tuple(axis % axes for axis in keep)
    if len(set(kept)) < len(kept):
        raise ArgumentError("keep", keep, "names an axis twice", "name each axis once")
    return kept


def _check_graph(vector: Tensor, inputs: Tensor) -> None:
    if not isinstance(inputs, Tensor):
        raise ArgumentTypeError("inputs", type(inputs).__name__, "is no tensor", "give a tensor")
    if inputs.dim() == 0:
        raise ArgumentError("inputs", (), "has no axes", "give a tensor of shape (..., features)")
    if not inputs.requires_grad:
        raise ArgumentError(
            "inputs",
            tuple(inputs.shape),
            "does not require a gradient",
            "call inputs.requires_grad_() before the module runs",
        )
    if not vector.requires_grad:
        raise ArgumentError(
            "vector",
            tuple(vector.shape),
            "has no autograd graph",
            "compute it from inputs without detach() and outside torch.no_grad()",
        )


def coverage_of_each(vectors: Sequence[Tensor], inputs: Sequence[Tensor]) -> list[list[Tensor]]:
    """Measure :func:`coverage` of several vectors in a single backward pass.

    It serves modules of torch's own operators, which can be followed backwards many times at once.

    Args:
        vectors: computed from ``inputs``, each of any shape. One without a graph has read nothing.
        inputs: each (..., features), leaves of the graph or tensors on the way.

    Returns:
        For each vector, and for each of the inputs, booleans of the shape of the input without its
        last axis.

    Source: torch documentation, ``torch.autograd.grad``, "is_grads_batched".

    >>> lstm = torch.nn.LSTM(4, 3)
    >>> x = torch.randn(5, 2, 4, requires_grad=True)
    >>> out, _ = lstm(x)
    >>> first, last = coverage_of_each([out[0], out[-1]], [x])
    >>> first[0].any(dim=1), last[0].any(dim=1)
    (tensor([ True, False, False, False, False]), tensor([True, True, True, True, True]))
    """
    read = [
        [torch.zeros(x.shape[:-1], dtype=torch.bool, device=x.device) for x in inputs]
        for _ in vectors
    ]
    followed = [i for i, vector in enumerate(vectors) if vector.requires_grad and vector.numel()]
    if followed:
        totals = torch.stack([_weighted(vectors[i]).sum() for i in followed])
        one_each = torch.eye(len(followed), dtype=totals.dtype, device=totals.device)
        gradients = torch.autograd.grad(
            totals,
            list(inputs),
            one_each,
            retain_graph=True,
            allow_unused=True,
            is_grads_batched=True,
        )
        for place, gradient in enumerate(gradients):
            for row, i in enumerate(followed):
                if gradient is not None:
                    read[i][place] = (gradient[row] != 0).any(dim=-1)
    return read


def _weighted(vector: Tensor) -> Tensor:
    """A vector times random weights, so that no elements cancel each other in a sum."""
    generator = torch.Generator().manual_seed(0)
    weights = torch.rand(vector.shape, generator=generator, device="cpu") + 0.5
    return vector * weights.to(vector)
