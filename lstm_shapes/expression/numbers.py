"""Reads the integers, shapes and indices in an expression.

``expression.grammar`` builds on this class and reads the tensors.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from types import EllipsisType
from typing import Any

from lstm_shapes.expression.operations import MOST_ELEMENTS
from lstm_shapes.expression.text import Part, Scope, Spots, constant

_ARITHMETIC: Mapping[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
}


class NumberReader(Spots):
    """Reads the parts of a syntax tree that are not tensors.

    >>> reader = NumberReader("N * 2")
    >>> reader.integer(ast.parse(reader.source, mode="eval").body)(Scope({}, {"N": 3}, {}))
    6
    """

    def integers(self, node: ast.expr) -> Part[tuple[int, ...]]:
        """Read a tuple or list of integers, such as a shape.

        Args:
            node: the node to read.

        Raises:
            ExpressionError: the node is not a tuple or list, or an entry is not an integer.
        """
        if not isinstance(node, (ast.Tuple, ast.List)):
            raise self.meant(node, "a tuple of integers", "write (0, 1), or (0,) for one integer")
        parts = [self.integer(each) for each in node.elts]
        return lambda scope: tuple(part(scope) for part in parts)

    def integer(self, node: ast.expr, meant: str = "an integer") -> Part[int]:
        """Read an integer: digits, a name, or integers joined by ``+``, ``-``, ``*`` and ``//``.

        Args:
            node: the node to read.
            meant: what the error says is expected here.

        Raises:
            ExpressionError: the node is something else. A name that stands for no integer,
                and a division by zero, are only found when the part is evaluated.
        """
        span = self.span(node)
        if isinstance(node, ast.Constant) and type(node.value) is int:
            return constant(self.in_64_bits(span, node.value))
        if isinstance(node, ast.Name):
            name = node
            return lambda scope: self.in_64_bits(
                span, self.named(name, "number", scope.numbers, scope.tensors)
            )
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            negated = self.integer(node.operand)
            return lambda scope: -negated(scope)
        if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
            return self._arithmetic(node)
        raise self.meant(node, meant, "write digits or sizes by name, joined by + - * //")

    def _arithmetic(self, node: ast.BinOp) -> Part[int]:
        left, right = self.integer(node.left), self.integer(node.right)
        span = self.span(node)

        def computed(scope: Scope) -> int:
            try:
                return self.in_64_bits(span, _ARITHMETIC[type(node.op)](left(scope), right(scope)))
            except ZeroDivisionError:
                problem = f"{self.cut(node.right)} is zero, which cannot divide a number"
                raise self.wrong(self.span(node.right), problem, "use another") from None

        return computed

    def index_of(self, node: ast.expr) -> Part[Any]:
        """Read what stands between the brackets of an index.

        Args:
            node: the node to read.

        Returns:
            A part whose value can index a tensor.

        Raises:
            ExpressionError: an entry is not an integer, a slice, ``...`` or ``None``.
        """
        if not isinstance(node, ast.Tuple):
            return self._index_item(node)
        parts = [self._index_item(each) for each in node.elts]
        return lambda scope: tuple(part(scope) for part in parts)

    def _index_item(self, node: ast.expr) -> Part[int | slice | EllipsisType | None]:
        if isinstance(node, ast.Slice):
            return self._slice(node)
        if isinstance(node, ast.Constant) and (node.value is None or node.value is ...):
            return constant(node.value)
        return self.integer(node, "an integer, start:stop:step, ... or None")

    def _slice(self, node: ast.Slice) -> Part[slice]:
        edges = [
            self.integer(each) if each else None for each in (node.lower, node.upper, node.step)
        ]

        def made(scope: Scope) -> slice:
            start, stop, step = (None if each is None else each(scope) for each in edges)
            if node.step is not None and step is not None and step < 1:
                problem = f"the step is {step}, but torch takes positive steps only"
                raise self.wrong(self.span(node.step), problem, "reverse with .flip(dim)")
            return slice(_near(start), _near(stop), _near(step))

        return made


def _near(edge: int | None) -> int | None:
    """Bring the start, stop or step of a slice into bounds that torch takes.

    No tensor here has more than ``MOST_ELEMENTS`` entries, so the slice means the same.
    """
    return None if edge is None else max(-MOST_ELEMENTS, min(edge, MOST_ELEMENTS))
