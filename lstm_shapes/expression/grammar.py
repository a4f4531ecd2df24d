"""Reads tensor expressions that a user types, such as ``out[:, -1]``, in a small grammar.

No text is evaluated as Python code. ``expression.tree`` parses it into a syntax tree, and this
file reads the tree: it calls the functions in the tables of ``expression.operations``, and
refuses everything else. A name in the text is never looked up as an attribute of an object.

An expression in this grammar gives the same values in Python after ``import torch``; ``detach()``
changes no value, and is ignored. Functions may be written without ``torch.`` here; in Python they
would have to be imported by name.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import torch
from torch import Tensor

from lstm_shapes.errors import wrong_type
from lstm_shapes.expression.arithmetic import ArithmeticReader
from lstm_shapes.expression.computing import VALUES, Computing
from lstm_shapes.expression.indexing import INDICES
from lstm_shapes.expression.limits import LONGEST
from lstm_shapes.expression.names import ABSENT, ALIASES
from lstm_shapes.expression.operations import ATTRIBUTES, CHOOSING, METHODS, OPERATIONS
from lstm_shapes.expression.refusals import LEFT_OUT, NODES, OTHERWISE
from lstm_shapes.expression.scope import Pair, Part, Scope, constant
from lstm_shapes.expression.text import ExpressionError, instead, short
from lstm_shapes.expression.tree import syntax_tree


@dataclass(frozen=True)
class Expression:
    """An expression that has been read; :func:`parse` makes it.

    Attributes:
        text: the text as it was typed, with the spaces around it.
        names: of the tensors and sizes in it.
        calls: names of the operations in it.
    """

    text: str
    names: frozenset[str] = field(repr=False, compare=False)
    calls: frozenset[str] = field(repr=False, compare=False)
    _tensor: Part[Tensor] = field(repr=False, compare=False)

    @property
    def chooses(self) -> bool:
        """Whether some elements have no gradient though they took part, as where there is a
        maximum."""
        return not self.calls.isdisjoint(CHOOSING)

    def evaluate(
        self,
        tensors: Mapping[str, Tensor],
        numbers: Mapping[str, int],
        computing: Computing = VALUES,
    ) -> Tensor:
        """Compute the tensor that the expression stands for.

        Args:
            tensors: the tensors by name.
            numbers: the integers by name, such as ``{"N": 3}``.
            computing: what is computed with elements. Another one is needed for tensors that
                hold labels instead of values.

        Returns:
            A tensor of any shape, with at most ``MOST_ELEMENTS`` elements.

        Raises:
            ExpressionError: a name is not given, torch refuses an operation, or a tensor would
                be too large, which is found before it is made.

        >>> import torch
        >>> h_n = torch.arange(12).reshape(2, 3, 2)
        >>> parse("h_n.transpose(0, 1).reshape(N, -1)").evaluate({"h_n": h_n}, {"N": 3})
        tensor([[ 0,  1,  6,  7],
                [ 2,  3,  8,  9],
                [ 4,  5, 10, 11]])
        >>> parse("h_n.view(N, -1)").evaluate({"h_n": h_n}, {"N": 5})
        Traceback (most recent call last):
        ...
        lstm_shapes.expression.text.ExpressionError: shape '[5, -1]' is invalid for input of size 12
        h_n.view(N, -1)
            ^^^^^^^^^^^
        """
        return self._tensor(Scope(tensors, numbers, computing))

    def of_sizes_alone(self) -> ExpressionError:
        """Make the error for an expression in which nothing is of the run's tensors."""
        return self.error("this holds sizes alone", "make the vector of out, h_n or c_n")

    def error(self, problem: str, cure: str) -> ExpressionError:
        """Make the error for what is wrong with the expression as a whole."""
        return ExpressionError(self.text, 0, len(self.text), problem, cure)


def parse(text: str) -> Expression:
    """Read an expression without evaluating it.

    Args:
        text: any text, such as a user typed.

    Returns:
        The expression, which can be evaluated on tensors.

    Raises:
        ExpressionError: the text is not in the grammar, or is longer than ``LONGEST``. What
            depends on the tensors, such as an unknown name, is found when it is evaluated.
        ArgumentTypeError: the text is not a str.

    Source: Python documentation, ``ast``, "Abstract grammar"; torch documentation,
    ``torch.Tensor``, for names and order of arguments.

    >>> import torch
    >>> parse("out[:, -1]").evaluate({"out": torch.tensor([[1, 2], [3, 4]])}, {})
    tensor([2, 4])
    >>> parse("out.maen(dim=1)")
    Traceback (most recent call last):
    ...
    lstm_shapes.expression.text.ExpressionError: there is no method maen here: perhaps mean
    out.maen(dim=1)
        ^^^^
    """
    if not isinstance(text, str):
        raise wrong_type("text", text, "give a str, such as 'out[:, -1]'")
    return _parse(text)


def as_expression(expression: Expression | str) -> Expression:
    """Take an expression, or the text of one.

    Args:
        expression: from :func:`parse`, or its text.

    Raises:
        ExpressionError: as :func:`parse` does.
        ArgumentTypeError: it is neither.

    >>> as_expression("out[:, -1]") == parse("out[:, -1]")
    True
    """
    if isinstance(expression, Expression):
        return expression
    if not isinstance(expression, str):
        raise wrong_type("expression", expression, "give a str, such as 'out[:, -1]'")
    return parse(expression)


@lru_cache(maxsize=256)
def _parse(text: str) -> Expression:
    if len(text) > LONGEST:
        raise ExpressionError(
            text,
            LONGEST,
            len(text),
            f"{len(text)} characters are too many",
            f"use at most {LONGEST}",
        )
    reader = _Reader(text)
    part = reader.vector(syntax_tree(reader))
    return Expression(text, frozenset(reader.names), frozenset(reader.calls), part)


class _Reader(ArithmeticReader):
    """Reads a syntax tree into parts that can be evaluated, or raises an ExpressionError."""

    def vector(self, node: ast.expr) -> Part[Tensor]:
        """Read the whole expression, which has to give a tensor that is no mask."""
        part = self.value(node)

        def whole(scope: Scope) -> Tensor:
            made = self.tensor(node, part(scope))
            if made.dtype == torch.bool:
                cure = "use it as in out.masked_fill(mask, 0)"
                raise self.wrong(self.span(node), "a mask alone is no vector", cure)
            return made

        return whole

    def value(self, node: ast.expr) -> Part[object]:
        """Read any part of an expression."""
        if isinstance(node, ast.Name):
            return self._name(node)
        if isinstance(node, ast.Constant):
            return self._constant(node)
        if isinstance(node, ast.Subscript):
            return self.indexed(node)
        if isinstance(node, ast.Attribute):
            return self._attribute(node)
        if isinstance(node, ast.Call):
            return self.call(node)
        if isinstance(node, ast.BinOp):
            return self.binary(node)
        if isinstance(node, ast.UnaryOp):
            return self.unary(node)
        if isinstance(node, ast.Compare):
            return self.compared(node)
        if isinstance(node, (ast.List, ast.Tuple)):
            return self._listed(node)
        cure = "write a name, tensor[...], tensor.method(...) or torch.function(...)"
        raise self.wrong(self.span(node), *NODES.get(type(node), ("this is not here", cure)))

    def _name(self, node: ast.Name) -> Part[object]:
        self.names.add(node.id)

        def named(scope: Scope) -> object:
            if node.id in scope.tensors:
                tensor = scope.tensors[node.id]
                return self.made_by(self.span(node), lambda: tensor)
            if node.id in scope.numbers:
                return self.in_64_bits(self.span(node), scope.numbers[node.id])
            raise self._unknown(node, scope)

        return named

    def _unknown(self, node: ast.Name, scope: Scope) -> ExpressionError:
        problem = f"there is no {short(node.id)} here"
        name = ALIASES.get(node.id, node.id)
        if name in ABSENT:
            reason, cure = ABSENT[name]
            return self.wrong(self.span(node), f"{problem}, since {reason}", cure)
        if node.id in OTHERWISE:
            return self.wrong(self.span(node), problem, OTHERWISE[node.id])
        tensors = [each for each in scope.tensors if each not in ALIASES]
        near = instead(node.id, [*scope.tensors, *scope.numbers], "name")
        both = f"{instead('', tensors, 'tensor')}; {instead('', scope.numbers, 'number')}"
        return self.wrong(self.span(node), problem, near if near.startswith("perhaps") else both)

    def _constant(self, node: ast.Constant) -> Part[object]:
        value = node.value
        if type(value) is int:
            return constant(self.in_64_bits(self.span(node), value))
        if type(value) is float and not math.isfinite(value):
            raise self.wrong(self.span(node), "this number is too large", "write torch.inf")
        return constant(value)

    def _attribute(self, node: ast.Attribute) -> Part[object]:
        if isinstance(node.value, ast.Name) and node.value.id == "torch" and node.attr == "inf":
            return constant(math.inf)
        self.refuse_foreign(node)
        span, name = self.name_span(node), node.attr
        if name != "values" and name not in ATTRIBUTES:
            raise self.wrong(span, *_no_attribute(name))
        part = self.value(node.value)

        def attribute(scope: Scope) -> object:
            value = part(scope)
            if isinstance(value, Pair):
                if name == "values":
                    return value.values
                raise self.wrong(span, *INDICES)
            if name == "values":
                raise self.wrong(span, "only max(dim) and min(dim) have values", "leave it out")
            tensor = self.tensor(node.value, value)
            return self.made_by(span, lambda: ATTRIBUTES[name](tensor))

        return attribute

    def _listed(self, node: ast.List | ast.Tuple) -> Part[list[object]]:
        parts = [
            (each.value, self.value(each.value), True)
            if isinstance(each, ast.Starred)
            else (each, self.value(each), False)
            for each in node.elts
        ]

        def listed(scope: Scope) -> list[object]:
            made: list[object] = []
            for at, part, starred in parts:
                value = part(scope)
                made += self.rows(at, value) if starred else [value]
            return made

        return listed


def _no_attribute(name: str) -> tuple[str, str]:
    """What is wrong with an attribute that is not in the grammar, and what to write instead."""
    if name in OPERATIONS:
        return f"{name} has to be called", f"write {name}(...)"
    if name == "indices":
        return INDICES
    problem = f"{short(name)} is not a method here"
    return problem, LEFT_OUT.get(name) or OTHERWISE.get(name) or instead(name, METHODS, "method")
