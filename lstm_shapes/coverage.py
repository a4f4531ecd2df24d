"""Measures by gradients what a vector has read: which steps, and of which samples.

This works on any module. It needs a tensor, the input that the tensor was computed from, and
autograd's graph between the two.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Sequence
from itertools import product
from typing import SupportsIndex

import torch
from torch import Tensor

from lstm_shapes.errors import ArgumentError, wrong_type
from lstm_shapes.graph import check_followed, why_no_path
from lstm_shapes.tensors import check_tensor


def coverage(
    vector: Tensor,
    inputs: Tensor,
    *,
    keep: SupportsIndex | Iterable[SupportsIndex] = (),
    together: SupportsIndex | Iterable[SupportsIndex] = -1,
) -> Tensor:
    """Find the steps of ``inputs`` that ``vector`` depends on.

    ``vector`` depends on a step if its gradient there is not zero. The gradient is that of a
    sum with random weights, so that the elements of ``vector`` do not cancel each other. Padding
    that is filled with zeros is not read, and yet it counts in a mean and may win a maximum:
    :func:`~lstm_shapes.pool_over_time` leaves it out.

    How sure the answer is: True is measured; where terms cancel, what rounding leaves of them
    counts. False means that NaN, sent back instead of a gradient, did not arrive, so that nothing
    leads there; or that the gradient is exactly zero on the way, as behind a ReLU, a mask, or a
    softmax that is saturated. Where it may have become zero for want of digits, as over some
    hundred steps in float32, or is zero everywhere, an error says so.

    Args:
        vector: a tensor of any shape that was computed from ``inputs``.
        inputs: (..., features), such as the module's input (N, L, H_in). Its ``requires_grad``
            must be set before ``vector`` is computed. Token ids have no gradient: give what the
            embedding makes of them.
        keep: an axis of ``vector``, or several, whose entries are examined one by one, each
            with backward passes of its own. All other axes are examined together.
        together: an axis of ``inputs``, or several, whose entries are examined together: the
            features, unless said otherwise. ``()`` keeps every axis apart, as for the output of a
            convolution, (N, channels, time).

    Returns:
        A tensor of booleans, True where ``vector`` depends on ``inputs``. Its axes are the kept
        axes of ``vector``, then the axes of ``inputs`` without those examined together.

    Raises:
        ArgumentTypeError: vector or inputs is not a tensor, or an axis is no int.
        ArgumentError: vector was not computed from inputs, as far as autograd has followed it:
            the message says what is missing; the gradients vanish or are NaN; or an axis is named
            twice or is not there.

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
    >>> coverage(out, x.clone())
    Traceback (most recent call last):
    ...
    lstm_shapes.errors.ArgumentError: inputs=(2, 5, 4) was made of the tensor that vector was \
computed from, and vector was not made of it: so is a clone, a slice or a transpose that is taken \
later: give the very tensor that the module was called with
    """
    vector, inputs = check_tensor("vector", vector), check_tensor("inputs", inputs)
    kept = _axes("keep", keep, "vector", vector)
    joined = _axes("together", together, "inputs", inputs)
    check_followed(vector, inputs)
    sizes = [vector.shape[axis] for axis in kept]
    shape = [size for axis, size in enumerate(inputs.shape) if axis not in joined]
    read = torch.zeros([*sizes, *shape], dtype=torch.bool, device=inputs.device)
    weights, followed = _weights(vector), vector.numel() == 0
    by_entry = weights.movedim(kept, tuple(range(len(kept))))
    for index in product(*map(range, sizes)):
        one = torch.zeros_like(weights)
        one.movedim(kept, tuple(range(len(kept))))[index] = by_entry[index]
        found = _read(vector, inputs, one, joined)
        if found is not None:
            read[index], followed = found, True
    if not followed:
        raise why_no_path(vector, inputs)
    if vector.numel() and not read.any():
        raise ArgumentError(
            "vector",
            tuple(vector.shape),
            "has a gradient of zero everywhere in inputs",
            "look for what passes none on: round(), sign(), a comparison, a product with 0, or "
            "what is saturated",
        )
    return read


def _axes(argument: str, given: object, of: str, tensor: Tensor) -> tuple[int, ...]:
    """Axes of a tensor, given as an int or several, counted from 0."""
    one = isinstance(given, Tensor) and given.dim() == 0
    listed = list(given) if isinstance(given, Iterable) and not one else [given]
    found: list[int] = []
    for each in listed:
        if isinstance(each, bool) or not isinstance(each, SupportsIndex):
            raise wrong_type(argument, each, f"give an axis of {of} as an int, or several")
        axis, axes = operator.index(each), tensor.dim()
        if not -axes <= axis < axes:
            cure = f"{of} has {axes} ax{'i' if axes == 1 else 'e'}s, counted from 0"
            cure = cure if axes else f"{of} is one number without axes: give {argument}=()"
            raise ArgumentError(argument, axis, f"is not an axis of {of}", cure)
        found.append(axis % axes)
    if len(set(found)) < len(found):
        raise ArgumentError(argument, tuple(listed), "names an axis twice", "name each axis once")
    return tuple(found)


def _read(
    vector: Tensor, inputs: Tensor, weights: Tensor, joined: tuple[int, ...]
) -> Tensor | None:
    """What some entries of a vector have read; ``None`` if no graph leads there.

    Args:
        weights: of the entries, and 0 for all others.
        joined: the axes of inputs that are examined together.
    """
    gradient = _gradient(vector, inputs, weights)
    if gradient is None:
        return None
    if gradient.isnan().any():
        raise _not_numbers(vector)
    read = _any(gradient != 0, joined)
    if read.all():
        return read
    nan = torch.full_like(weights, math.nan)
    reached = _gradient(vector, inputs, torch.where(weights != 0, nan, weights))
    unsure = _any(reached != 0, joined) & ~read if reached is not None else ~read
    if not unsure.any():
        return read
    # As large as it may be: what has become zero for want of digits may then be seen.
    large = _gradient(vector, inputs, weights * _largest(vector, inputs))
    if large is not None:
        read = read | _any((large != 0) & large.isfinite(), joined)
        unsure = unsure & ~read
    if unsure.any() and (large is None or _vanishing(large)):
        raise _vanished(vector, inputs, unsure)
    return read


def _not_numbers(vector: Tensor) -> ArgumentError:
    return ArgumentError(
        "vector",
        tuple(vector.shape),
        "has gradients that are NaN",
        "look for NaN or infinite numbers in the input, the weights and the vector",
    )


def _vanished(vector: Tensor, inputs: Tensor, unsure: Tensor) -> ArgumentError:
    """The error for gradients that may have become zero for want of digits, where they are not
    known to be zero."""
    narrow = min(vector.dtype, inputs.dtype, key=lambda dtype: torch.finfo(dtype).bits)
    return ArgumentError(
        "vector",
        tuple(vector.shape),
        f"has gradients that vanish in {str(narrow).removeprefix('torch.')}, or meet a 0: at "
        f"{int(unsure.sum())} of {unsure.numel()} places of inputs it cannot be told whether it "
        "depends on them",
        "use fewer steps"
        if narrow == torch.float64
        else "make inputs and module float64, as in x = x.detach().double().requires_grad_() and "
        "module.double()(x)",
    )


def _any(found: Tensor, joined: tuple[int, ...]) -> Tensor:
    return found.any(dim=joined) if joined else found


def _gradient(vector: Tensor, inputs: Tensor, weights: Tensor) -> Tensor | None:
    """The gradient of a weighted sum of a vector; the graph stays for further ones."""
    try:
        (gradient,) = torch.autograd.grad(
            vector, inputs, weights, retain_graph=True, allow_unused=True
        )
        return gradient.to_dense() if gradient is not None and gradient.is_sparse else gradient
    except RuntimeError as refusal:
        says = str(refusal).partition(". ")[0].partition("\n")[0]
        cure = next((cure for part, cure in _CURES.items() if part in says), _CURES[""])
        problem = f"cannot be followed back to inputs, and torch says: {says}"
        raise ArgumentError("vector", tuple(vector.shape), problem, cure) from refusal


_CURES = {
    "second time": "call coverage before backward(), or give backward() retain_graph=True",
    "inplace": "call coverage before anything changes what was computed or the weights, as "
    "optimizer.step() does",
    "checkpoint": "give checkpoint(...) use_reentrant=False",
    "cudnn": "call module.train() before the module runs, or run it under "
    "torch.backends.cudnn.flags(enabled=False)",
    "": "compute it by operations that autograd can follow back",
}
"""What to do about what torch says when a graph cannot be followed."""


def _largest(vector: Tensor, inputs: Tensor) -> float:
    """A power of 2 with which gradients are far from zero, and not yet infinite."""
    most = min(torch.finfo(vector.dtype).max, torch.finfo(inputs.dtype).max)
    return 2.0 ** int(math.log2(most) * 0.8)


def _vanishing(gradient: Tensor) -> bool:
    """Whether a gradient that was made large comes so close to zero that some of it may have
    become zero: nothing of it is left, or what is left goes down to the smallest numbers."""
    sizes = gradient.abs()
    limits = torch.finfo(sizes.dtype)
    left = sizes[sizes > 0]
    if not len(left):
        return limits.bits < 64  # in float64, made large, this takes thousands of steps
    return bool(left.min() < math.sqrt(limits.tiny))


def coverage_of_each(
    vectors: Sequence[Tensor], inputs: Sequence[Tensor]
) -> list[list[Tensor] | ArgumentError]:
    """Measure :func:`coverage` of several vectors at once, in few backward passes.

    It serves modules of torch's own operators, which can be followed backwards many times at once.

    Args:
        vectors: computed from ``inputs``, each of any shape. One without a graph has read nothing.
        inputs: each (..., features), leaves of the graph or tensors on the way.

    Returns:
        For each vector, and for each of the inputs, booleans of the shape of the input without its
        last axis; or the error of a vector whose gradients vanish or are NaN.

    Source: torch documentation, ``torch.autograd.grad``, "is_grads_batched".

    >>> lstm = torch.nn.LSTM(4, 3)
    >>> x = torch.randn(5, 2, 4, requires_grad=True)
    >>> out, _ = lstm(x)
    >>> first, last = coverage_of_each([out[0], out[-1]], [x])
    >>> first[0].any(dim=1), last[0].any(dim=1)
    (tensor([ True, False, False, False, False]), tensor([True, True, True, True, True]))
    """
    found: list[list[Tensor] | ArgumentError] = [
        [torch.zeros(x.shape[:-1], dtype=torch.bool, device=x.device) for x in inputs]
        for _ in vectors
    ]
    followed = [i for i, vector in enumerate(vectors) if vector.requires_grad and vector.numel()]
    # Each needs gradients of its own, as large as the inputs, so not too many at once.
    together = max(8, min(64, 2**22 // sum(x.numel() for x in inputs)))
    for first in range(0, len(followed), together):
        some = followed[first : first + together]
        gradients = _gradients([vectors[i] for i in some], inputs)
        if any(each.isnan().any() for row in gradients for each in row):
            # What is infinite in one of them makes NaN of zeros in all: they are followed alone.
            gradients = [_gradients([vectors[i]], inputs)[0] for i in some]
        for i, row in zip(some, gradients, strict=True):
            found[i] = _seen(vectors[i], row)
    return found


def _seen(vector: Tensor, gradients: Sequence[Tensor]) -> list[Tensor] | ArgumentError:
    """What gradients that were made large say of a vector."""
    seen = [(each != 0).any(dim=-1) for each in gradients]
    for each, read in zip(gradients, seen, strict=True):
        if each.isnan().any():
            return _not_numbers(vector)
        if not read.all() and _vanishing(each):
            return _vanished(vector, vector, ~read)
    return seen


def _gradients(vectors: Sequence[Tensor], inputs: Sequence[Tensor]) -> list[list[Tensor]]:
    """For each vector and each of the inputs, the gradient of a weighted sum, made large."""
    totals = torch.stack([(vector * _weights(vector)).sum() for vector in vectors])
    one_each = torch.eye(len(vectors), dtype=totals.dtype, device=totals.device)
    gradients = torch.autograd.grad(
        totals,
        list(inputs),
        one_each * _largest(totals, inputs[0]),
        retain_graph=True,
        allow_unused=True,
        is_grads_batched=True,
    )
    by_input = [
        torch.zeros(len(vectors), *x.shape, dtype=x.dtype, device=x.device)
        if each is None
        else each
        for x, each in zip(inputs, gradients, strict=True)
    ]
    return [list(row) for row in zip(*by_input, strict=True)]


def _weights(vector: Tensor) -> Tensor:
    """Random weights for the elements of a vector, so that none cancel each other in a sum."""
    generator = torch.Generator().manual_seed(0)
    weights = torch.rand(vector.shape, generator=generator, device="cpu") + 0.5
    return weights.to(vector.device, vector.dtype)
