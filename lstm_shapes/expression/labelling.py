"""Computes with labels in the place of values: where each element of a result comes from.

There are two sorts of tensors in an expression. Those of the run (out, h_n, c_n, input) are
*labelled*: their elements are labels, of type int32. All others are *plain*: lengths, what
``torch.arange`` counts and masks are known without a run, hold their own values, and never have
that type. What is computed of plain tensors is plain; in what is computed of both, plain elements
count for nothing.

All that is computed is contiguous, so that ``view`` takes labels wherever it takes values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lstm_shapes.expression.computing import EXTREMES, VALUES, Dims, Number, broadcast_shape

LABEL = torch.int32
"""The type of labels."""

SEVERAL = -1
"""The label of an element that was computed from elements with different labels, as by a mean."""

NOTHING = -2
"""The label of an element that comes from none that has this coordinate, such as a number."""


@dataclass(frozen=True)
class Labelling:
    """Computes with labels of one coordinate.

    Attributes:
        places: whether an element computed of others is labelled with the place that it has
            among them, instead of with all that it is computed from. A softmax over the steps has
            an element for each step, though each is computed from all steps.

    >>> labels = torch.tensor([[0, 1], [0, 2]], dtype=LABEL)
    >>> Labelling().reduce("sum", labels, 0, False)
    tensor([ 0, -1], dtype=torch.int32)
    >>> Labelling().along("softmax", labels, 1), Labelling(places=True).along("softmax", labels, 1)
    (tensor([[-1, -1],
            [-1, -1]], dtype=torch.int32), tensor([[0, 1],
            [0, 2]], dtype=torch.int32))
    """

    places: bool = False

    def each(self, name: str, tensor: Tensor, **options: object) -> Tensor:
        """Keep the labels."""
        return tensor.contiguous() if is_labelled(tensor) else VALUES.each(name, tensor, **options)

    def reduce(self, name: str, tensor: Tensor, dims: Dims, keepdim: bool) -> Tensor:
        """Keep labels that are equal along the axes; different ones become SEVERAL."""
        if not is_labelled(tensor):
            return VALUES.reduce(name, tensor, dims, keepdim)
        if name in EXTREMES:
            VALUES.reduce(name, tensor, dims, keepdim)  # torch refuses some axes of these alone
        return common(tensor, dims, keepdim)

    def combine(
        self, function: Callable[..., Tensor], left: Tensor | Number, right: Tensor | Number
    ) -> Tensor:
        """Keep labels that are equal on both sides; different ones become SEVERAL."""
        if not any(isinstance(each, Tensor) and is_labelled(each) for each in (left, right)):
            return VALUES.combine(function, left, right)
        return self._both(_labels(left), _labels(right))

    def _both(self, left: Tensor, right: Tensor) -> Tensor:
        made = torch.where(left == right, left, SEVERAL)
        for neutral in (SEVERAL, NOTHING) if self.places else (NOTHING,):
            made = torch.where(left == neutral, right, made)
            made = torch.where(right == neutral, left, made)
        return made.contiguous()

    def product(self, function: Callable[..., Tensor], left: Tensor, right: Tensor) -> Tensor:
        """Label each element with what its row of left and its column of right have in common."""
        if not is_labelled(left) and not is_labelled(right):
            return VALUES.product(function, left, right)
        # A tensor of one axis is taken for one row on the left, and for one column on the right.
        rows = common(_labels(left), -1, keepdim=left.dim() > 1)
        columns = common(_labels(right), -2 if right.dim() > 1 else -1, keepdim=right.dim() > 1)
        if left.dim() == 1 and right.dim() > 1:
            columns = columns.squeeze(-2)
        elif right.dim() == 1 and left.dim() > 1:
            rows = rows.squeeze(-1)
        return self._both(rows, columns)

    def along(self, name: str, tensor: Tensor, dim: int) -> Tensor:
        """Label each element with what all along the axis have in common, or with its place."""
        if not is_labelled(tensor):
            return VALUES.along(name, tensor, dim)
        together = common(tensor, dim, keepdim=True).expand_as(tensor)
        return (tensor if self.places else together).contiguous()

    def filled(self, tensor: Tensor, mask: Tensor, value: Number) -> Tensor:
        """Label what is filled with NOTHING; places keep their labels."""
        if not is_labelled(tensor):
            return VALUES.filled(tensor, mask, value)
        if self.places:
            return tensor.expand(broadcast_shape(tensor.shape, mask.shape)).contiguous()
        return tensor.masked_fill(mask, NOTHING)

    def joined(
        self, function: Callable[..., Tensor], tensors: Sequence[Tensor], **options: int
    ) -> Tensor:
        """Join the labels; plain tensors have the label NOTHING."""
        if not any(is_labelled(each) for each in tensors):
            return VALUES.joined(function, tensors, **options)
        return function([_labels(each) for each in tensors], **options)


def is_labelled(tensor: Tensor) -> bool:
    """Whether the elements of a tensor are labels; the elements of all others are plain values."""
    return tensor.dtype == LABEL


def common(labels: Tensor, dims: Dims, keepdim: bool) -> Tensor:
    """Reduce labels: equal labels keep their value, and different ones become SEVERAL.

    Args:
        labels: of any shape.
        dims: the axes that are reduced.
        keepdim: whether they stay, with size 1.

    >>> common(torch.tensor([[NOTHING, 3], [3, 4]], dtype=LABEL), 1, keepdim=False)
    tensor([ 3, -1], dtype=torch.int32)
    """
    low, high = bounds(labels, dims, keepdim)
    known = torch.where(low == high, high, SEVERAL)
    return torch.where(high == NOTHING, high, known).contiguous()


def bounds(labels: Tensor, dims: Dims, keepdim: bool) -> tuple[Tensor, Tensor]:
    """Find the smallest and the largest label along axes, apart from NOTHING.

    Where there is no other label, the smallest is larger than the largest, which is NOTHING.

    Args:
        labels: of any shape.
        dims: the axes that are reduced.
        keepdim: whether they stay, with size 1.
    """
    axes = () if dims is None else dims
    if not labels.numel():
        # torch finds no maximum of nothing, though it sums it to 0.
        high = torch.full_like(labels.sum(axes, keepdim), NOTHING, dtype=LABEL)
        return high + 1, high
    low = labels.masked_fill(labels == NOTHING, torch.iinfo(LABEL).max)
    return low.amin(axes, keepdim), labels.amax(axes, keepdim)


def _labels(value: Tensor | Number) -> Tensor:
    """The labels of a tensor; of a number and of a plain tensor, NOTHING."""
    if not isinstance(value, Tensor):
        return torch.tensor(NOTHING, dtype=LABEL, device="cpu")
    return value if is_labelled(value) else torch.full_like(value, NOTHING, dtype=LABEL)
