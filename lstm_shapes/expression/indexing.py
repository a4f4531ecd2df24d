"""Reads what stands between the brackets of an index, and applies it."""

from __future__ import annotations

import ast
from abc import abstractmethod
from types import EllipsisType

import torch
from torch import Tensor

from lstm_shapes.expression.computing import broadcast_shape, whole_number
from lstm_shapes.expression.limits import Refusal, check_shape
from lstm_shapes.expression.scope import Pair, Part, Scope, constant
from lstm_shapes.expression.taking import Taking

Entry = int | slice | EllipsisType | Tensor | None
"""What may stand between the commas of an index."""

INDICES = ("max(dim) has indices too, which cannot be used here", "write .values or [0]")
"""Why only the values of a pair can be used, and how."""

_FAR = 2**40
"""Beyond the end of every axis, and small enough for torch to multiply it by a stride."""

_MEANT = "an integer, start:stop:step, ... or None"
_CURE = "write digits or sizes by name, joined by + - * //, a list of them, or lengths - 1"


class IndexReader(Taking):
    """Reads indices; what their entries are made of, a reader that builds on it reads."""

    @abstractmethod
    def value(self, node: ast.expr) -> Part[object]:
        """Read a part of an expression."""

    def indexed(self, node: ast.Subscript) -> Part[object]:
        """Read a value with an index behind it.

        Args:
            node: the node to read.

        Raises:
            ExpressionError: when it is evaluated: the index has an entry that is none, or is out
                of bounds.
        """
        before, span = self.value(node.value), self.span(node.slice)
        listed = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        entries = [self._entry(each) for each in listed]

        def taken(scope: Scope) -> object:
            value = before(scope)
            at = tuple(entry(scope) for entry in entries)
            if isinstance(value, (Pair, list, tuple)):
                return self.made_by(span, lambda: _one_of(value, at))
            tensor = self.tensor(node.value, value)
            return self.made_by(span, lambda: _indexed(tensor, at))

        return taken

    def _entry(self, node: ast.expr) -> Part[Entry]:
        if isinstance(node, ast.Slice):
            return self._slice(node)
        if isinstance(node, ast.Constant) and (node.value is None or node.value is ...):
            return constant(node.value)
        part = self.value(node)

        def entry(scope: Scope) -> Entry:
            value = part(scope)
            if isinstance(value, range):
                return self.made_by(self.span(node), lambda: _places(value, scope.device))
            if isinstance(value, (list, tuple)):
                return _places(self.integers(node, value), scope.device)
            if isinstance(value, Tensor) and (value.dim() or value.dtype != torch.int64):
                return value if value.dtype == torch.bool else self.places(node, value)
            return self.integer(node, value, _MEANT, _CURE)

        return entry

    def _slice(self, node: ast.Slice) -> Part[slice]:
        edges = [(each, self.value(each)) if each else None
                 for each in (node.lower, node.upper, node.step)]  # fmt: skip

        def made(scope: Scope) -> slice:
            start, stop, step = (
                None if each is None else self.integer(each[0], each[1](scope)) for each in edges
            )
            if node.step is not None and step is not None and step < 1:
                problem = f"the step is {step}, but torch takes positive steps only"
                raise self.wrong(self.span(node.step), problem, "reverse with .flip(dim)")
            return slice(_near(start), _near(stop), _near(step))

        return made


def _near(edge: int | None) -> int | None:
    """Bring the start, stop or step of a slice into bounds that torch takes.

    No axis has that many entries, so the slice means the same.
    """
    return None if edge is None else max(-_FAR, min(edge, _FAR))


def _places(numbers: range | tuple[int, ...], device: torch.device) -> Tensor:
    check_shape((len(numbers),))
    if isinstance(numbers, range) and len(numbers):
        # On the device meta this takes no memory, however many there are.
        return torch.arange(numbers.start, numbers.stop, numbers.step, device=device)
    return torch.tensor(list(numbers), dtype=torch.int64, device=device)


def _one_of(value: Pair | list[object] | tuple[object, ...], at: tuple[Entry, ...]) -> object:
    """Take one of several values by its number."""
    (entry,) = at if len(at) == 1 else (None,)
    if isinstance(value, Pair):
        if entry != 0:
            raise Refusal(*INDICES)
        return value.values
    if not isinstance(entry, (int, slice)):
        raise Refusal("one of several is taken by one integer", "write [0], or [:2] for some")
    if isinstance(entry, int) and not -len(value) <= entry < len(value):
        cure = f"use 0 to {len(value) - 1}" if value else "there is none to take"
        raise Refusal(f"there are only {len(value)} here, counted from 0", cure)
    return value[entry]


def _indexed(tensor: Tensor, at: tuple[Entry, ...]) -> Tensor:
    if any(isinstance(entry, Tensor) for entry in at):
        _check_picked(tensor, at)
    return tensor[at]


def _check_picked(tensor: Tensor, at: tuple[Entry, ...]) -> None:
    """Refuse to pick so many elements by tensors that the result would be too large."""
    picked: list[tuple[int, ...]] = []
    apart: list[Entry] = []
    for entry in at:
        if not isinstance(entry, Tensor):
            apart.append(entry)
        elif entry.dtype == torch.bool:
            picked.append((whole_number(entry.count_nonzero()),))
            apart += [slice(0, 1)] * entry.dim()
        else:
            picked.append(tuple(entry.shape))
            apart.append(slice(0, 1))
    # What the tensors pick is counted by their shapes, all other axes by a view of them.
    check_shape((tensor[tuple(apart)].numel(), broadcast_shape(*picked).numel()))
