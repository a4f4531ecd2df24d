"""The text of an expression: where each part of it stands, and the errors that point there.

``expression.tree`` and ``expression.grammar`` read the text with it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import TypeVar

from torch import Tensor

from lstm_shapes.errors import LARGEST
from lstm_shapes.expression.limits import Refusal, check_shape

Span = tuple[int, int]
"""Where a part of a text starts, and where it ends: the index behind its last character."""
_T = TypeVar("_T")


class ExpressionError(ValueError):
    """A text that is not in the grammar, or an expression that cannot be evaluated.

    The message says what is wrong, and marks the place in the text below.

    Attributes:
        text: the whole text.
        start, end: where the mistake starts in the text, and the index behind its end.
        problem: what is wrong there, in one clause.
        cure: what to write instead, in one clause; it may be empty.
    """

    def __init__(self, text: str, start: int, end: int, problem: str, cure: str = "") -> None:
        self.text = text
        self.start = start
        self.end = end
        self.problem = problem
        self.cure = cure
        # copy and pickle make the error again from these arguments.
        super().__init__(text, start, end, problem, cure)

    def __str__(self) -> str:
        cause = f"{self.problem}: {self.cure}" if self.cure else self.problem
        first = max(0, min(self.start - 30, len(self.text) - 70))
        # Every character must take one column, or the marks would not stand below the spot.
        shown = re.sub(r"[^ -~]", "?", re.sub(r"\s", " ", self.text[first : first + 70]))
        marks = "^" * max(1, min(self.end, first + 70) - self.start)
        return f"{cause}\n{shown}\n{' ' * (self.start - first)}{marks}"


class Spots:
    """The text of an expression, with the place of each node of its syntax tree.

    Attributes:
        text: the text as it was typed.
        source: the text without the spaces around it, which is what Python parses.
        lines: for each line of source, the index in text at which it starts.

    >>> print(Spots("out[:, -1]").wrong((4, 9), "this is wrong", "write another index"))
    this is wrong: write another index
    out[:, -1]
        ^^^^^
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.source = text.strip()
        shift = len(text) - len(text.lstrip())
        breaks = (match.end() for match in re.finditer("\n", self.source))
        self.lines = [shift + start for start in (0, *breaks)]

    def made_by(self, span: Span, call: Callable[[], _T]) -> _T:
        """Call an operation, and give what it returns.

        Args:
            span: where the call stands in the text.
            call: a function without arguments, which may call torch.

        Raises:
            ExpressionError: the operation is refused, or torch refuses it, and its message is
                the problem; or a tensor is too large.
        """
        try:
            made = call()
            if isinstance(made, Tensor):
                check_shape(made.shape)
        except Refusal as refusal:
            raise self.wrong(span, refusal.problem, refusal.cure) from refusal
        except (RuntimeError, IndexError, ValueError, TypeError, ArithmeticError) as error:
            problem = str(error).partition("\n")[0] or type(error).__name__
            raise self.wrong(span, problem) from error
        return made

    def in_64_bits(self, span: Span, value: int) -> int:
        """Give an integer back if torch can take it.

        Args:
            span: where the integer stands in the text.
            value: any integer.

        Raises:
            ExpressionError: it does not fit into 64 bits.
        """
        if abs(value) > LARGEST:
            raise self.wrong(span, "this does not fit into 64 bits", "use a smaller number")
        return value

    def meant(self, node: ast.expr, meant: str, cure: str) -> ExpressionError:
        """Make the error for a node where something else is expected.

        Args:
            node: what stands there.
            meant: what is expected there.
            cure: what to write instead.
        """
        problem = f"{meant} is expected here, not {short(self.cut(node))}"
        return self.wrong(self.span(node), problem, cure)

    def wrong(self, span: Span, problem: str, cure: str = "") -> ExpressionError:
        """Make the error for a part of the text.

        Args:
            span: where the part stands.
            problem: what is wrong there, in one clause.
            cure: what to write instead, in one clause; it may be empty.
        """
        return ExpressionError(self.text, *span, problem, cure)

    def cut(self, node: ast.expr) -> str:
        """Give the text of a node on one line."""
        start, end = self.span(node)
        return " ".join(self.text[start:end].split())

    def span(self, node: ast.expr | ast.keyword) -> Span:
        """Say where a node stands in the text."""
        end_line, end = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return self.lines[node.lineno - 1] + node.col_offset, self.lines[end_line - 1] + end

    def name_span(self, node: ast.expr) -> Span:
        """Say where a name stands: for an attribute, without the object and the dot before it."""
        start, end = self.span(node)
        return (end - len(node.attr), end) if isinstance(node, ast.Attribute) else (start, end)

    def call_span(self, node: ast.Call) -> Span:
        """Say where a call stands, without the tensor or ``torch`` before the dot."""
        return self.name_span(node.func)[0], self.span(node)[1]

    def spot(self, error: SyntaxError) -> Span:
        """Say where Python's parser stopped; the whole text if it does not tell."""
        last = len(self.text)
        if not error.lineno or not error.offset or error.lineno > len(self.lines):
            return 0, last
        start = min(self.lines[error.lineno - 1] + error.offset - 1, last)
        wide = error.end_lineno == error.lineno and (error.end_offset or 0) > error.offset
        width = (error.end_offset or 0) - error.offset if wide else 1
        return start, min(start + width, last)


def short(text: str) -> str:
    """Cut a text to 30 characters.

    Args:
        text: any text; a longer one ends in ``...`` instead.

    >>> short("out"), len(short("out" * 100))
    ('out', 30)
    """
    return text if len(text) <= 30 else f"{text[:27]}..."


def instead(name: str, known: Iterable[str], kind: str) -> str:
    """Write a cure that gives the most similar name, or all there are if none is similar.

    Args:
        name: the name that was written.
        known: the names that could have been written.
        kind: what they are names of.

    >>> instead("outt", ["out", "h_n"], "tensor"), instead("fc", ["out", "h_n"], "tensor")
    ('perhaps out', 'the tensors are out, h_n')
    """
    names = list(known)
    near = get_close_matches(name, names, n=1)
    return f"perhaps {near[0]}" if near else f"the {kind}s are {', '.join(names) or 'none'}"
