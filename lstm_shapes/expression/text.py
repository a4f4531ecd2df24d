"""The spots of an expression's text, and what is wrong there in words."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeVar

from torch import Tensor

from lstm_shapes.errors import LARGEST
from lstm_shapes.expression.operations import METHODS, MOST_AXES, MOST_ELEMENTS, Reduction

Span = tuple[int, int]
_T = TypeVar("_T")


class ExpressionError(ValueError):
    """A text that is no expression, or one that cannot be evaluated.

    Attributes:
        text: the whole text.
        start, end: the spot in it, from start up to before end.
        problem: what is wrong there, one clause.
        cure: what to write instead, one clause; may be empty.
    """

    def __init__(self, text: str, start: int, end: int, problem: str, cure: str = "") -> None:
        self.text = text
        self.start = start
        self.end = end
        self.problem = problem
        self.cure = cure
        # The arguments as they came, so that a copy or a pickle can be made again.
        super().__init__(text, start, end, problem, cure)

    def __str__(self) -> str:
        cause = f"{self.problem}: {self.cure}" if self.cure else self.problem
        first = max(0, min(self.start - 30, len(self.text) - 70))
        # One column for each character, or the marks would stand elsewhere.
        shown = re.sub(r"[^ -~]", "?", re.sub(r"\s", " ", self.text[first : first + 70]))
        marks = "^" * max(1, min(self.end, first + 70) - self.start)
        return f"{cause}\n{shown}\n{' ' * (self.start - first)}{marks}"


@dataclass(frozen=True)
class Scope:
    """What the names in an expression stand for, and what reductions do."""

    tensors: Mapping[str, Tensor]
    numbers: Mapping[str, int]
    reductions: Mapping[str, Reduction]


Part = Callable[[Scope], _T]
"""A part of an expression, read and waiting for its values."""


class Spots:
    """A text, what stands where in its tree, and the errors that point there."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.source = text.strip()
        shift = len(text) - len(text.lstrip())
        breaks = (match.end() for match in re.finditer("\n", self.source))
        self.lines = [shift + start for start in (0, *breaks)]

    def made_by(self, span: Span, call: Callable[[], Tensor]) -> Tensor:
        """What torch makes of it, or why it does not in its own words."""
        try:
            made = call()
        except (RuntimeError, IndexError, ValueError, TypeError, OverflowError) as refusal:
            problem = str(refusal).partition("\n")[0] or type(refusal).__name__
            raise self.wrong(span, problem) from refusal
        return self.bounded(span, made)

    def bounded(self, span: Span, tensor: Tensor) -> Tensor:
        """A tensor that is not too large."""
        shape = tuple(tensor.shape)
        if len(shape) > MOST_AXES:
            problem = f"{len(shape)} axes are too many"
            raise self.wrong(span, problem, f"{MOST_AXES} are the most")
        if math.prod(size or 1 for size in shape) > MOST_ELEMENTS:
            problem = f"a tensor of shape {shape} is too large"
            raise self.wrong(span, problem, f"{MOST_ELEMENTS} elements are the most")
        return tensor

    def in_64_bits(self, span: Span, value: int) -> int:
        """A number that torch can take."""
        if abs(value) > LARGEST:
            raise self.wrong(span, "this is no integer of 64 bits", "use a smaller one")
        return value

    def named(
        self, node: ast.Name, kind: str, known: Mapping[str, _T], others: Mapping[str, object]
    ) -> _T:
        """What a name stands for."""
        if node.id in known:
            return known[node.id]
        name = short(node.id)
        problem = f"{name} is no {kind}" if node.id in others else f"there is no {name} here"
        raise self.wrong(self.span(node), problem, instead(node.id, known, kind))

    def meant(self, node: ast.expr, meant: str, cure: str) -> ExpressionError:
        """What to raise where something else should stand."""
        problem = f"{meant} is meant here, not {short(self.cut(node))}"
        return self.wrong(self.span(node), problem, cure)

    def wrong(self, span: Span, problem: str, cure: str = "") -> ExpressionError:
        """What to raise about a spot."""
        return ExpressionError(self.text, *span, problem, cure)

    def cut(self, node: ast.expr) -> str:
        """The text of a node."""
        start, end = self.span(node)
        return " ".join(self.text[start:end].split())

    def span(self, node: ast.expr | ast.keyword) -> Span:
        """Where a node stands."""
        end_line, end = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return self.lines[node.lineno - 1] + node.col_offset, self.lines[end_line - 1] + end

    def name_span(self, node: ast.expr) -> Span:
        """Of an attribute without what is before it."""
        start, end = self.span(node)
        return (end - len(node.attr), end) if isinstance(node, ast.Attribute) else (start, end)

    def call_span(self, node: ast.Call) -> Span:
        """Of a method without the tensor before it; of a function the whole."""
        return self.name_span(node.func)[0], self.span(node)[1]

    def spot(self, error: SyntaxError) -> Span:
        """Where Python's parser stopped."""
        last = len(self.text)
        if not error.lineno or not error.offset or error.lineno > len(self.lines):
            return 0, last
        start = min(self.lines[error.lineno - 1] + error.offset - 1, last)
        wide = error.end_lineno == error.lineno and (error.end_offset or 0) > error.offset
        width = (error.end_offset or 0) - error.offset if wide else 1
        return start, min(start + width, last)


def short(text: str) -> str:
    """No more of a name than can be read."""
    return text if len(text) <= 30 else f"{text[:27]}..."


def instead(name: str, known: Iterable[str], kind: str) -> str:
    """The names there are, the nearest first."""
    near = get_close_matches(name, known, n=1)
    listed = f"the {kind}s are {', '.join(known)}"
    return f"perhaps {near[0]}; {listed}" if near else listed


def methods(name: str) -> str:
    """The methods there are."""
    return instead(name, METHODS, "method")


def constant(value: _T) -> Part[_T]:
    """A part that needs no values."""
    return lambda _scope: value
