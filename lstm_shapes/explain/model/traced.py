"""Follows samples through a model: what of each tensor changes where one sample is changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor

from lstm_shapes.explain.model.watch import Digest

Verdict = Literal["untouched", "apart", "own", "mixed", "unknown"]
"""Of a tensor: no sample changes it; each sample has places of its own along an axis; it is all of
one sample; samples are mixed in it; or it could not be followed."""


@dataclass(frozen=True)
class Trace:
    """How the samples stand in a tensor.

    Attributes:
        verdict: see :data:`Verdict`.
        axis: along which the samples stand apart; -1 for none.
        order: for each followed sample, its place along the axis; -1 if it changes nothing.
        rows: how many places each sample has along the axis.
        strided: whether the samples follow each other there, step by step.
    """

    verdict: Verdict
    axis: int = -1
    order: tuple[int, ...] = ()
    rows: int = 1
    strided: bool = False

    def in_order(self, followed: Sequence[int]) -> bool:
        """Whether each sample has the place of its own number."""
        pairs = zip(self.order, followed, strict=False)
        return all(place in (-1, sample) for place, sample in pairs)


def moved(before: Digest, after: Digest) -> list[Tensor] | None:
    """For each axis, the indices at which something has changed; ``None`` for other shapes."""
    if len(before) != len(after) or any(
        a.shape != b.shape for a, b in zip(before, after, strict=True)
    ):
        return None
    return [a != b for a, b in zip(before, after, strict=True)]


def trace(
    before: Digest, changed: Sequence[Digest | None], followed: Sequence[int], samples: int
) -> Trace:
    """Say how the samples stand in a tensor.

    Args:
        before: of the tensor in the run with the user's own numbers.
        changed: of the same tensor, in runs with other numbers for one sample each.
        followed: the samples that were changed in them.
        samples: N.

    >>> x = torch.arange(12.0).view(3, 4)
    >>> y, z = x.clone(), x.clone()
    >>> y[0], z[2] = 9, 9
    >>> from lstm_shapes.explain.model.watch import digest_of as of
    >>> trace(of(x), [of(y), of(z)], [0, 2], 3)
    Trace(verdict='apart', axis=0, order=(0, 2), rows=1, strided=False)
    >>> trace(of(x.view(4, 3)), [of(y.view(4, 3)), of(z.view(4, 3))], [0, 2], 3).verdict
    'mixed'
    """
    found = [None if each is None else moved(before, each) for each in changed]
    if any(each is None for each in found):
        return Trace("unknown")
    touched = [each for each in found if each is not None and any(bool(m.any()) for m in each)]
    if not touched:
        return Trace("untouched")
    for axis in range(len(before)):
        if apart := _along(axis, touched, samples):
            places = iter(apart.order)
            order = tuple(next(places) if any(each is t for t in touched) else -1 for each in found)
            return replace(apart, order=order)
    return Trace("own") if len(touched) == 1 and samples > 1 else Trace("mixed")


def _along(axis: int, touched: Sequence[Sequence[Tensor]], samples: int) -> Trace | None:
    """The samples' places along one axis, if each has its own there and no other."""
    size = len(touched[0][axis])
    if size < samples or size % samples:
        return None
    rows = size // samples
    places = [each[axis].nonzero().flatten().tolist() for each in touched]
    if not all(places):
        return None
    for block in (True, False):
        owners = [{i // rows if block else i % samples for i in place} for place in places]
        order = tuple(min(each) for each in owners)
        if all(len(each) == 1 for each in owners) and len(set(order)) == len(order):
            return Trace("apart", axis, order, rows, not block)
    return None


def elements_changed(before: Tensor | None, after: Tensor | None) -> Tensor | None:
    """Which elements of a tensor differ; ``None`` where they cannot be compared."""
    if before is None or after is None or before.shape != after.shape:
        return None
    return torch.ne(before.detach(), after.detach())
