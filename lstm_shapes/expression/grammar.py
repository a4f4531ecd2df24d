"""Reads tensor expressions that a user types, such as ``out[:, -1]``, in a small grammar.

No text is evaluated as Python code. ``expression.tree`` parses it into a syntax tree, and this
file reads the tree: it calls the functions in the tables of ``expression.operations``, and
refuses everything else. A name in the text is never looked up as an attribute of an object.

An expression in this grammar means the same in Python after ``import torch``. Functions may be
written without ``torch.`` here; in Python they would have to be imported by name.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from torch import Tensor

from lstm_shapes.expression.numbers import NumberReader
from lstm_shapes.expression.operations import (
    BARE,
    FUNCTIONS,
    LONGEST,
    METHODS,
    MOST_ELEMENTS,
    OPERATIONS,
    REDUCTIONS,
    Reduction,
)
from lstm_shapes.expression.text import (
    ExpressionError,
    Part,
    Scope,
    constant,
    instead,
    methods,
    short,
)
from lstm_shapes.expression.tree import syntax_tree

_POSITIONS = ("max(dim) has indices too, which cannot be used here", "write .values or [0]")


@dataclass(frozen=True)
class Expression:
    """An expression that has been read; :func:`parse` makes it.

    Attributes:
        text: the text as it was typed, with the spaces around it.
    """

    text: str
    _tensor: Part[Tensor] = field(repr=False, compare=False)

    def evaluate(
        self,
        tensors: Mapping[str, Tensor],
        numbers: Mapping[str, int],
        reductions: Mapping[str, Reduction] = REDUCTIONS,
    ) -> Tensor:
        """Compute the tensor that the expression stands for.

        Args:
            tensors: the tensors by name.
            numbers: the integers by name, such as ``{"N": 3}``.
            reductions: the functions that ``mean``, ``sum`` and ``max`` call; ``amax`` calls
                that of ``max``. Other functions are needed for tensors that hold labels
                instead of values. No other operation of the grammar computes with elements.

        Returns:
            A tensor of any shape, with at most ``MOST_ELEMENTS`` elements.

        Raises:
            ExpressionError: a name is not given, torch refuses an operation, or a tensor would
                be too large. A list of tensors is checked before torch joins it.

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
        return self._tensor(Scope(tensors, numbers, reductions))


def parse(text: str) -> Expression:
    """Read an expression without evaluating it.

    Args:
        text: any text, such as a user typed.

    Returns:
        The expression, which can be evaluated on tensors.

    Raises:
        ExpressionError: the text is not in the grammar, or is longer than ``LONGEST``.

    Source: Python documentation, ``ast``, "Abstract grammar"; torch documentation,
    ``torch.Tensor``, for names and order of arguments.

    >>> import torch
    >>> parse("out[:, -1]").evaluate({"out": torch.tensor([[1, 2], [3, 4]])}, {})
    tensor([2, 4])
    >>> parse("out.maen(dim=1)")
    Traceback (most recent call last):
    ...
    lstm_shapes.expression.text.ExpressionError: there is no method maen here: perhaps mean; the \
methods are view, reshape, transpose, permute, flip, squeeze, unsqueeze, flatten, contiguous, \
mean, sum, max, amax
    out.maen(dim=1)
        ^^^^
    """
    return _parse(text)


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
    return Expression(text, reader.tensor(syntax_tree(reader)))


class _Reader(NumberReader):
    """Reads a syntax tree into parts that can be evaluated, or raises an ExpressionError."""

    def tensor(self, node: ast.expr) -> Part[Tensor]:
        part, pair = self._tensor_or_pair(node)
        if pair and isinstance(node, ast.Call):
            problem = "torch returns a pair here, (values, indices)"
            raise self.wrong(self.call_span(node), problem, "add .values")
        return part

    def _tensor_or_pair(self, node: ast.expr) -> tuple[Part[Tensor], bool]:
        """Read a tensor, and say whether torch returns it in a pair (values, indices)."""
        if isinstance(node, ast.Name):
            return self._tensor_name(node), False
        if isinstance(node, ast.Subscript):
            return self._indexed(node), False
        if isinstance(node, ast.Attribute):
            return self._values(node), False
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, (ast.BinOp, ast.UnaryOp)):
            problem = "arithmetic on tensors is not in this grammar"
            cure = "for a sum of two write torch.stack([a, b]).sum(0)"
            raise self.wrong(self.span(node), problem, cure)
        cure = "write a name, tensor[...], tensor.method(...) or torch.function(...)"
        raise self.meant(node, "a tensor", cure)

    def _tensor_name(self, node: ast.Name) -> Part[Tensor]:
        def named(scope: Scope) -> Tensor:
            tensor = self.named(node, "tensor", scope.tensors, scope.numbers)
            return self.bounded(self.span(node), tensor)

        return named

    def _indexed(self, node: ast.Subscript) -> Part[Tensor]:
        part, pair = self._tensor_or_pair(node.value)
        span = self.span(node.slice)
        if pair and self.cut(node.slice) == "0":
            return part
        if pair:
            raise self.wrong(span, *_POSITIONS)
        index = self.index_of(node.slice)

        def indexed(scope: Scope) -> Tensor:
            tensor, at = part(scope), index(scope)
            return self.made_by(span, lambda: tensor[at])

        return indexed

    def _values(self, node: ast.Attribute) -> Part[Tensor]:
        part, pair = self._tensor_or_pair(node.value)
        span = self.name_span(node)
        if pair and node.attr == "values":
            return part
        if pair:
            raise self.wrong(span, *_POSITIONS)
        if node.attr in OPERATIONS:
            raise self.wrong(span, f"{node.attr} has to be called", f"write {node.attr}(...)")
        if node.attr == "values":
            raise self.wrong(span, "only max(dim) has values", "leave out .values")
        raise self.wrong(span, f"{short(node.attr)} is not a method here", methods(node.attr))

    def _call(self, node: ast.Call) -> tuple[Part[Tensor], bool]:
        name, receiver = self._called(node.func)
        kinds, function = OPERATIONS[name]
        given = self._given(node, name, receiver)
        span = self.call_span(node)
        first, *rest = [(each, self._argument(kinds[each], given[each])) for each in given]

        def called(scope: Scope) -> Tensor:
            tensor = first[1](scope)
            values = {each: part(scope) for each, part in rest}
            if isinstance(function, str):
                dim, keepdim = values.get("dim"), values.get("keepdim", False)
                return self.made_by(span, lambda: scope.reductions[function](tensor, dim, keepdim))
            return self.made_by(span, lambda: function(tensor, **values))

        return called, name == "max" and "dim" in given

    def _called(self, node: ast.expr) -> tuple[str, ast.expr | None]:
        """Read the name of an operation and, if it is a method, the tensor before it."""
        if isinstance(node, ast.Name):
            name, receiver, known, kind = node.id, None, BARE, "function"
        elif not isinstance(node, ast.Attribute):
            raise self.meant(node, "a function or a method", "write tensor.method(...)")
        elif isinstance(node.value, ast.Name) and node.value.id == "torch":
            name, receiver, known, kind = node.attr, None, FUNCTIONS, "function"
        else:
            name, receiver, known, kind = node.attr, node.value, METHODS, "method"
        if name not in known:
            cure = instead(name, known, kind)
            if name in OPERATIONS:
                cure = f"write {'torch' if name in FUNCTIONS else 'tensor'}.{name}(...)"
            problem = f"there is no {kind} {short(name)} here"
            raise self.wrong(self.name_span(node), problem, cure)
        return name, receiver

    def _given(self, node: ast.Call, name: str, receiver: ast.expr | None) -> dict[str, ast.expr]:
        """Read the arguments of a call, by name, in the order of the parameters."""
        kinds = OPERATIONS[name][0]
        names = list(kinds)
        args = node.args
        if receiver is not None:
            listed = len(args) == 1 and isinstance(args[0], (ast.Tuple, ast.List))
            if args and kinds.get(names[-1]) == "ints" and not listed:
                args = [ast.Tuple(args)]
            args = [receiver, *args]
        takes = f"it takes {', '.join(names[receiver is not None :]) or 'none'}"
        if len(args) > len(names):
            more = self.span(args[len(names)])
            raise self.wrong(more, f"{name} has no further argument", takes)
        given = dict(zip(names, args, strict=False))
        for keyword in node.keywords:
            given[self._keyword(keyword, name, names, given)] = keyword.value
        missing = [each for each in names if each not in given and "?" not in kinds[each]]
        if missing:
            raise self.wrong(self.call_span(node), f"{name} needs {missing[0]}", takes)
        if "keepdim" in given and "dim" not in given and name != "amax":
            raise self.wrong(self.span(given["keepdim"]), "keepdim needs dim as well", "add dim")
        return {each: given[each] for each in names if each in given}

    def _keyword(
        self, keyword: ast.keyword, name: str, names: list[str], given: Mapping[str, ast.expr]
    ) -> str:
        if keyword.arg is None:
            raise self.wrong(self.span(keyword.value), "** is not in this grammar")
        start, _ = self.span(keyword)
        span = start, start + len(keyword.arg)
        dim = "dim" if keyword.arg == "axis" else keyword.arg  # torch takes both names
        if dim not in names:
            cure = instead(keyword.arg, names[1:], "argument")
            raise self.wrong(span, f"{name} has no argument {short(keyword.arg)}", cure)
        if dim in given:
            raise self.wrong(span, f"{dim} is given twice", "give it once")
        return dim

    def _argument(self, kind: str, node: ast.expr) -> Part[Any]:
        readers: Mapping[str, Callable[[ast.expr], Part[Any]]] = {
            "tensor": self.tensor,
            "tensors": self._tensors,
            "int": self.integer,
            "ints": self.integers,
            "bool": self._flag,
        }
        return readers[kind.rstrip("?")](node)

    def _tensors(self, node: ast.expr) -> Part[list[Tensor]]:
        if not isinstance(node, (ast.List, ast.Tuple)):
            raise self.meant(node, "a list of tensors", "write [a, b]")
        parts = [self.tensor(each) for each in node.elts]

        def tensors(scope: Scope) -> list[Tensor]:
            made = [part(scope) for part in parts]
            if (total := sum(each.numel() for each in made)) > MOST_ELEMENTS:
                problem = f"{total} elements together are too many"
                raise self.wrong(self.span(node), problem, f"use at most {MOST_ELEMENTS}")
            return made

        return tensors

    def _flag(self, node: ast.expr) -> Part[bool]:
        if isinstance(node, ast.Constant) and isinstance(node.value, bool):
            return constant(node.value)
        raise self.meant(node, "True or False", "write one of them")
