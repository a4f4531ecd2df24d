"""Cures for a reshape that should have moved axes first, each tried on labels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from lstm_shapes.explain.model.cures import Diff, exchanged

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Standing:
    """Where the samples stand in what a reshape is given.

    Attributes:
        axis: along which they stand.
        rows: how many places each has there; more than one where an axis was joined with them.
        strided: whether the samples of a step follow each other there, and not the steps of one.
        samples: N.
    """

    axis: int
    rows: int
    strided: bool
    samples: int

    def labels(self, shape: Shape) -> Tensor:
        """For each number of a tensor of this shape, the sample that it belongs to."""
        places = torch.arange(shape[self.axis])
        each = places % self.samples if self.strided or self.rows == 1 else places // self.rows
        wide = [1] * len(shape)
        wide[self.axis] = -1
        return each.view(wide).expand(shape)


def samples_moved(
    code: str, name: str, before: Shape, after: Shape, standing: Standing
) -> Diff | None:
    """The line with the samples moved first; ``None`` if no such line keeps them apart.

    Args:
        code: the line.
        name: of the operation in it, such as ``view``.
        before, after: its shapes.
        standing: where the samples stand before it.

    >>> samples_moved(
    ...     "x = h_n.view(N, -1)", "view", (2, 3, 4), (3, 8), Standing(1, 1, False, 3)
    ... )
    (('x = h_n.view(N, -1)',), ('x = h_n.transpose(0, 1).reshape(N, -1)',))
    """
    labels = standing.labels(before)
    for moves, moved in _moves(labels, before, after, standing):
        if _apart(moved.reshape(after), standing.samples):
            return _written(code, name, moves, again=tuple(moved.shape) != after)
    return None


def axis_moved(code: str, name: str, before: Shape, after: Shape, new: int, old: int) -> Diff:
    """The line with an axis moved to where it is wanted before the reshape.

    Args:
        code: the line.
        name: of the operation in it.
        before, after: its shapes.
        new, old: where the axis is wanted, and where it is.
    """
    if axes := exchanged(before, after):
        return _written(code, name, f".transpose{axes}", again=False)
    return _written(code, name, f".movedim({old}, {new})", again=True)


def _moves(
    labels: Tensor, before: Shape, after: Shape, standing: Standing
) -> Iterator[tuple[str, Tensor]]:
    """What to write before the reshape, and the labels moved so."""
    if axes := exchanged(before, after):
        yield f".transpose{axes}", labels.transpose(*axes)
    axis = standing.axis
    if standing.rows > 1 and standing.strided:
        labels = labels.unflatten(axis, (-1, standing.samples))  # type: ignore[no-untyped-call]
        for place in range(labels.dim()):
            moves = f".unflatten({axis}, (-1, batch)).movedim({axis + 1}, {place})"
            yield moves, labels.movedim(axis + 1, place)
        return
    for place in range(labels.dim()):
        if place != axis:
            near = abs(place - axis) == 1
            pair = f"{min(place, axis)}, {max(place, axis)}"
            moves = f".transpose({pair})" if near else f".movedim({axis}, {place})"
            yield moves, labels.movedim(axis, place)


def _apart(labels: Tensor, samples: int) -> bool:
    """Whether each sample has places of its own along one axis: the first that has their number."""
    axes = [axis for axis, size in enumerate(labels.shape) if size == samples]
    return any(
        bool((labels.movedim(axis, 0).reshape(samples, -1) == torch.arange(samples)[:, None]).all())
        for axis in axes
    )


def _written(code: str, name: str, moves: str, again: bool) -> Diff:
    """The user's line with the axes moved; a line of our own where it holds several reshapes."""
    places = list(re.finditer(rf"\.{re.escape(name)}\(", code))
    if len(places) != 1:
        tail = f".{name}(…)" if again else ""
        return ((code,) if code else ()), (f"x = x{moves}{tail}  # instead of {name} alone",)
    start, opened = places[0].span()
    end = _closing(code, opened)
    tail = f".reshape({code[opened:end]})" if again else ""
    return (code,), (f"{code[:start]}{moves}{tail}{code[end + 1 :]}",)


def _closing(code: str, start: int) -> int:
    """Where the bracket is closed that was opened before a place."""
    depth = 1
    for i, letter in enumerate(code[start:], start):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth == 0:
            return i
    return len(code)
