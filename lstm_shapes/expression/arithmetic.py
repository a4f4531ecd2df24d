"""Reads operators between numbers and tensors: arithmetic, comparisons and ``@``."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from lstm_shapes.expression.calls import CallReader
from lstm_shapes.expression.computing import VALUES, Number, broadcast_shape
from lstm_shapes.expression.limits import check_shape
from lstm_shapes.expression.operations import multiplied
from lstm_shapes.expression.refusals import OPERATORS
from lstm_shapes.expression.scope import Part, Scope
from lstm_shapes.expression.text import Span

_Operator = Callable[[Any, Any], Any]
_Operand = tuple[ast.expr, object]

_ARITHMETIC: Mapping[type[ast.operator], _Operator] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
}

_MASKS: Mapping[type[ast.operator], _Operator] = {
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
}

_COMPARISONS: Mapping[type[ast.cmpop], _Operator] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}

WHOLE = (torch.int64, torch.bool)
"""The types of tensors that hold whole numbers or masks, and nothing that a run computed."""


class ArithmeticReader(CallReader):
    """Reads operators and what stands on both sides of them."""

    def binary(self, node: ast.BinOp) -> Part[object]:
        """Read ``a + b`` and the like.

        Args:
            node: the node to read.

        Raises:
            ExpressionError: the operator is not in the grammar.
        """
        kind = type(node.op)
        if kind not in _ARITHMETIC and kind not in _MASKS and kind is not ast.MatMult:
            raise self.wrong(self.span(node), "this operator is not here", OPERATORS.get(kind, ""))
        left, right = self.value(node.left), self.value(node.right)

        def computed(scope: Scope) -> object:
            first, second = (node.left, left(scope)), (node.right, right(scope))
            if kind is ast.MatMult:
                factors = self.tensor(*first), self.tensor(*second)
                return self.made_by(
                    self.span(node), lambda: multiplied(scope, torch.matmul, *factors)
                )
            if kind in _MASKS:
                masks = self.mask(*first), self.mask(*second)
                return self._between(scope, self.span(node), _MASKS[kind], *masks)
            return self._arithmetic(scope, node, first, second)

        return computed

    def _arithmetic(
        self, scope: Scope, node: ast.BinOp, first: _Operand, second: _Operand
    ) -> object:
        function = _ARITHMETIC[type(node.op)]
        left, right = self._tensor_or_number(*first), self._tensor_or_number(*second)
        if not isinstance(left, Tensor) and not isinstance(right, Tensor):
            return self._of_numbers(node, function, left, right)
        for at, value in ((node.left, left), (node.right, right)):
            if isinstance(node.op, ast.FloorDiv):
                self._whole(at, value, "//", "write / instead")
        return self._between(scope, self.span(node), function, left, right)

    def _of_numbers(
        self, node: ast.BinOp, function: _Operator, left: Number, right: Number
    ) -> Number:
        try:
            made: Number = function(left, right)
        except ZeroDivisionError:
            problem = f"{self.cut(node.right)} is zero, which cannot divide a number"
            raise self.wrong(self.span(node.right), problem, "use another") from None
        except OverflowError:
            raise self.wrong(self.span(node), "this is too large", "use a smaller number") from None
        return made if isinstance(made, float) else self.in_64_bits(self.span(node), made)

    def _between(
        self,
        scope: Scope,
        span: Span,
        function: _Operator,
        left: Tensor | Number,
        right: Tensor | Number,
    ) -> Tensor:
        """Compute with two tensors, or one and a number, unless the result would be too large."""

        def combined() -> Tensor:
            shapes = [each.shape for each in (left, right) if isinstance(each, Tensor)]
            check_shape(broadcast_shape(*shapes))
            return scope.computing.combine(function, left, right)

        return self.made_by(span, combined)

    def unary(self, node: ast.UnaryOp) -> Part[object]:
        """Read ``-a``, and ``~mask``.

        Args:
            node: the node to read.

        Raises:
            ExpressionError: the operator is not in the grammar.
        """
        kind, part, span = type(node.op), self.value(node.operand), self.span(node)
        if kind is ast.Invert:
            return lambda scope: torch.logical_not(self.mask(node.operand, part(scope)))
        if kind is not ast.USub:
            raise self.wrong(span, "this operator is not here", OPERATORS.get(kind, ""))

        def negated(scope: Scope) -> object:
            value = self._tensor_or_number(node.operand, part(scope))
            if isinstance(value, Tensor):
                return self.made_by(span, lambda: scope.computing.each("neg", value))
            return -value

        return negated

    def compared(self, node: ast.Compare) -> Part[Tensor]:
        """Read a comparison, which gives a mask.

        Args:
            node: the node to read.

        Raises:
            ExpressionError: there are several, or the operator is not in the grammar. What is
                compared has to be known without a run, such as lengths; this is found when the
                part is evaluated.
        """
        span, kind = self.span(node), type(node.ops[0])
        if len(node.ops) > 1:
            cure = "write (a < b) & (b < c)"
            raise self.wrong(span, "several comparisons cannot be chained on tensors", cure)
        if kind not in _COMPARISONS:
            cure = "compare with < <= > >= == or !="
            raise self.wrong(span, "this comparison is not here", cure)
        sides = [(at, self.value(at)) for at in (node.left, node.comparators[0])]

        def made(scope: Scope) -> Tensor:
            cure = "compare lengths or torch.arange(L), as in torch.arange(L) < lengths[:, None]"
            left, right = (
                self._whole(at, self._tensor_or_number(at, part(scope)), "a comparison", cure)
                for at, part in sides
            )
            if not isinstance(left, Tensor) and not isinstance(right, Tensor):
                raise self.wrong(span, "both sides are numbers", cure)
            # Lengths and the like hold their values whatever is computed with all else.
            return self._between(Scope({}, {}, VALUES), span, _COMPARISONS[kind], left, right)

        return made

    def _whole(
        self, node: ast.expr, value: Tensor | Number, what: str, cure: str
    ) -> Tensor | Number:
        if isinstance(value, Tensor) and value.dtype not in WHOLE:
            raise self.wrong(self.span(node), f"{what} takes whole numbers, not a vector", cure)
        return value

    def _tensor_or_number(self, node: ast.expr, value: object) -> Tensor | Number:
        if isinstance(value, Tensor):
            return value
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return value
        if isinstance(value, (int, range)):
            cure = "write a number, or torch.arange(...) instead of range(...)"
            raise self.meant(node, "a tensor or a number", cure)
        return self.tensor(node, value)
