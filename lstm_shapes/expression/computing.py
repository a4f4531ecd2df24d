"""What an expression computes with elements: on their values, or on something else.

Most operations of the grammar only move elements, such as ``view``, and do the same whatever the
elements are. All others are the methods of a :class:`Computing`, of which there are two:
:class:`Values` here, and ``Labelling`` in ``expression.labelling``, which works out where each
element of the result comes from.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor

from lstm_shapes.expression.limits import Refusal

Number = int | float
Dims = int | tuple[int, ...] | None
"""One axis, several, or all."""


def broadcast_shape(*shapes: Sequence[int]) -> torch.Size:
    """The shape of what is made of tensors element by element.

    Args:
        shapes: of the tensors.

    Raises:
        Refusal: they do not fit.

    >>> broadcast_shape((3, 1), (5,))
    torch.Size([3, 5])
    """
    try:
        return torch.Size(torch.broadcast_shapes(*shapes))  # type: ignore[no-untyped-call]
    except RuntimeError:
        problem = f"the shapes {' and '.join(str(tuple(each)) for each in shapes)} do not fit"
        cure = "from the last axis on, both need the same size, or 1"
        raise Refusal(problem, cure) from None


def whole_number(tensor: Tensor) -> int:
    """The number that a tensor without axes holds.

    Args:
        tensor: of integers.

    Raises:
        Refusal: the tensor has a shape alone, on the device meta.

    >>> whole_number(torch.tensor(3))
    3
    """
    if tensor.is_meta:
        problem = "a size that depends on values, such as lengths, is not known without a run"
        raise Refusal(problem, "write the size itself")
    return int(tensor)


class Computing(Protocol):
    """How the elements of an expression's tensors are computed."""

    def each(self, name: str, tensor: Tensor, **options: object) -> Tensor:
        """Make something of each element by itself; ``name`` is a key of ``EACH``."""

    def reduce(self, name: str, tensor: Tensor, dims: Dims, keepdim: bool) -> Tensor:
        """Make one element of many; ``name`` is a key of ``REDUCTIONS``."""

    def combine(
        self, function: Callable[..., Tensor], left: Tensor | Number, right: Tensor | Number
    ) -> Tensor:
        """Make one element of two, after broadcasting; one of them may be a number."""

    def product(self, function: Callable[..., Tensor], left: Tensor, right: Tensor) -> Tensor:
        """Multiply matrices: each element is made of a row of left and a column of right."""

    def along(self, name: str, tensor: Tensor, dim: int) -> Tensor:
        """Make each element of all along an axis; ``name`` is a key of ``ALONG``."""

    def filled(self, tensor: Tensor, mask: Tensor, value: Number) -> Tensor:
        """Put a number in the place of the elements where the mask is True."""

    def joined(
        self, function: Callable[..., Tensor], tensors: Sequence[Tensor], **options: int
    ) -> Tensor:
        """Put tensors beside each other in one."""


EACH: Mapping[str, Callable[..., Tensor]] = {
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "exp": torch.exp,
    "relu": torch.relu,
    "clamp": torch.clamp,
    "neg": torch.neg,
    "float": Tensor.float,
    "double": Tensor.double,
}
"""What is made of each element by itself."""

ALONG: Mapping[str, Callable[[Tensor, int], Tensor]] = {"softmax": torch.softmax}
"""What is made of all elements along an axis, with as many elements as before."""


def _one(name: str, dims: Dims) -> int:
    if not isinstance(dims, int):
        raise Refusal(f"{name} takes one dim", f"for several write a{name}(dim=...)")
    return dims


def _mean(tensor: Tensor, dims: Dims, keepdim: bool) -> Tensor:
    return tensor.mean() if dims is None else tensor.mean(dims, keepdim)


def _sum(tensor: Tensor, dims: Dims, keepdim: bool) -> Tensor:
    return tensor.sum() if dims is None else tensor.sum(dims, keepdim)


def _amax(tensor: Tensor, dims: Dims, keepdim: bool) -> Tensor:
    return tensor.amax(() if dims is None else dims, keepdim)


def _amin(tensor: Tensor, dims: Dims, keepdim: bool) -> Tensor:
    return tensor.amin(() if dims is None else dims, keepdim)


def _max(tensor: Tensor, dims: Dims, keepdim: bool) -> Tensor:
    return tensor.amax() if dims is None else tensor.max(_one("max", dims), keepdim).values


def _min(tensor: Tensor, dims: Dims, keepdim: bool) -> Tensor:
    return tensor.amin() if dims is None else tensor.min(_one("min", dims), keepdim).values


REDUCTIONS: Mapping[str, Callable[[Tensor, Dims, bool], Tensor]] = {
    "mean": _mean,
    "sum": _sum,
    "max": _max,
    "amax": _amax,
    "min": _min,
    "amin": _amin,
}
"""What is made of all elements along one axis, several, or all."""

EXTREMES = ("max", "amax", "min", "amin")
"""The reductions that one element wins."""

CUTS = ("relu", "clamp")
"""What is the same for all elements beyond a bound."""


@dataclass(frozen=True)
class Values:
    """Computes with values, as torch does.

    Attributes:
        all_take_part: whether maximum and minimum give the mean instead, and ``relu`` and
            ``clamp`` let every element through. Only the winner of a maximum has a gradient;
            computed like this, all elements that took part have one.
    """

    all_take_part: bool = False

    def with_all_taking_part(self) -> Values:
        """The same, for a gradient that reaches all elements that took part.

        >>> row = torch.tensor([1.0, 3.0])
        >>> VALUES.with_all_taking_part().reduce("max", row, 0, False)
        tensor(2.)
        """
        return replace(self, all_take_part=True)

    def each(self, name: str, tensor: Tensor, **options: object) -> Tensor:
        """Call torch's function of this name."""
        if self._replaces(name, CUTS, tensor):
            return tensor
        return EACH[name](tensor, **options)

    def reduce(self, name: str, tensor: Tensor, dims: Dims, keepdim: bool) -> Tensor:
        """Call torch's method of this name."""
        made = REDUCTIONS[name](tensor, dims, keepdim)
        if self._replaces(name, EXTREMES, tensor):
            return tensor.mean(() if dims is None else dims, keepdim)
        return made

    def _replaces(self, name: str, names: Sequence[str], tensor: Tensor) -> bool:
        # Whole numbers, such as lengths, have no gradient.
        return self.all_take_part and name in names and tensor.is_floating_point()

    def combine(
        self, function: Callable[..., Tensor], left: Tensor | Number, right: Tensor | Number
    ) -> Tensor:
        """Call an operator."""
        if self.all_take_part and function in (torch.maximum, torch.minimum):
            return (left + right) / 2  # type: ignore[return-value]
        return function(left, right)

    def product(self, function: Callable[..., Tensor], left: Tensor, right: Tensor) -> Tensor:
        """Call a product of matrices."""
        return function(left, right)

    def along(self, name: str, tensor: Tensor, dim: int) -> Tensor:
        """Call torch's function of this name."""
        return ALONG[name](tensor, dim)

    def filled(self, tensor: Tensor, mask: Tensor, value: Number) -> Tensor:
        """Call ``masked_fill``."""
        if self.all_take_part and math.isinf(value):
            value = 0.0  # what is to lose every maximum would make a mean infinite
        return tensor.masked_fill(mask, value)

    def joined(
        self, function: Callable[..., Tensor], tensors: Sequence[Tensor], **options: int
    ) -> Tensor:
        """Call a function of a list of tensors."""
        return function(tensors, **options)


VALUES = Values()
"""Computes what torch computes."""
