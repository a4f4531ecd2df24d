"""A small grammar for tensor expressions that anyone may type, such as ``out[:, -1]``.

Nothing is evaluated as Python. ``ast`` parses the text, what the tables below do not name is
refused, and the rest is calls of the functions in them: no name from a text is ever looked
up in an object. What passes means in Python, after ``import torch``, what it means here;
only a function without its ``torch.`` would have to be imported.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import EllipsisType, MappingProxyType
from typing import Any, TypeVar

import torch
from torch import Tensor

from lstm_shapes.config import LARGEST

LONGEST = 300
"""Characters of a text."""

MOST_ELEMENTS = 2**20
"""Of any tensor on the way; axes of size 0 are not counted, a sum over one would remove it."""

MOST_AXES = 8
"""Of any tensor on the way."""

_DEEPEST = 60  # levels of the tree; a method call takes two

Reduction = Callable[[Tensor, "int | None", bool], Tensor]


def _max(tensor: Tensor, dim: int | None, keepdim: bool) -> Tensor:
    return tensor.amax(keepdim=keepdim) if dim is None else tensor.max(dim, keepdim).values


REDUCTIONS: Mapping[str, Reduction] = MappingProxyType(
    {
        "mean": lambda tensor, dim, keepdim: tensor.mean(dim, keepdim),
        "sum": lambda tensor, dim, keepdim: tensor.sum(dim, keepdim),
        "max": _max,
    }
)
"""What is done to values, as torch does it: of a tensor, an axis (all if ``None``), keepdim."""

_REDUCED = {"input": "tensor", "dim": "int?", "keepdim": "bool?"}

# Parameters by torch's names, in torch's order, with ? if they may be left out; and what is
# called, or whose reduction. Without "input", torch has no function ("self") or no method.
_OPERATIONS: Mapping[str, tuple[Mapping[str, str], Callable[..., Tensor] | str]] = {
    "cat": ({"tensors": "tensors", "dim": "int?"}, torch.cat),
    "concat": ({"tensors": "tensors", "dim": "int?"}, torch.concat),
    "stack": ({"tensors": "tensors", "dim": "int?"}, torch.stack),
    "view": ({"self": "tensor", "size": "ints"}, Tensor.view),
    "reshape": ({"input": "tensor", "shape": "ints"}, Tensor.reshape),
    "transpose": ({"input": "tensor", "dim0": "int", "dim1": "int"}, Tensor.transpose),
    "permute": ({"input": "tensor", "dims": "ints"}, Tensor.permute),
    "flip": ({"input": "tensor", "dims": "ints"}, Tensor.flip),
    "squeeze": ({"input": "tensor", "dim": "int?"}, Tensor.squeeze),
    "unsqueeze": ({"input": "tensor", "dim": "int"}, Tensor.unsqueeze),
    "flatten": ({"input": "tensor", "start_dim": "int?", "end_dim": "int?"}, Tensor.flatten),
    "contiguous": ({"self": "tensor"}, Tensor.contiguous),
    "mean": (_REDUCED, "mean"),
    "sum": (_REDUCED, "sum"),
    "max": (_REDUCED, "max"),
    "amax": (_REDUCED, "max"),
}
_FUNCTIONS = [name for name, (kinds, _) in _OPERATIONS.items() if "self" not in kinds]
_METHODS = [name for name, (kinds, _) in _OPERATIONS.items() if "tensors" not in kinds]
_BARE = [name for name in _FUNCTIONS if name not in ("sum", "max")]  # Python has its own

_ARITHMETIC: Mapping[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
}

# Before Python's parser sees a text. Without other characters, columns in bytes are columns
# in characters, and no two names are one to Python; "1if" would be a warning, not an error.
_REFUSED = (
    (
        re.compile(r"[^\w\s.,:()\[\]=+*/-]|[^\S \n\t]|[^\x00-\x7f]"),
        "is not in this grammar",
        "use names, integers and . , : ( ) [ ] = + - * //",
    ),
    (re.compile(r"\b\d+[A-Za-z_.]\w*"), "is no integer", "use digits alone"),
    (re.compile(r"\b_\w*"), "is not in this grammar", "no name here starts with an underscore"),
)

_Span = tuple[int, int]


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
class _Scope:
    tensors: Mapping[str, Tensor]
    numbers: Mapping[str, int]
    reductions: Mapping[str, Reduction]


_T = TypeVar("_T")
_Part = Callable[[_Scope], _T]  # a part of an expression, read and waiting for its values


@dataclass(frozen=True)
class Expression:
    """A text that is in the grammar; made by :func:`parse`.

    Attributes:
        text: as it was typed, with any space around it.
    """

    text: str
    _tensor: _Part[Tensor] = field(repr=False, compare=False)

    def evaluate(
        self,
        tensors: Mapping[str, Tensor],
        numbers: Mapping[str, int],
        reductions: Mapping[str, Reduction] = REDUCTIONS,
    ) -> Tensor:
        """The tensor that the expression means.

        Args:
            tensors: by the names that may stand for them.
            numbers: likewise.
            reductions: what ``mean``, ``sum`` and ``max`` do, for tensors of something else
                than values. ``amax`` is ``max``. Nothing else computes with elements.

        Raises:
            ExpressionError: a name that is not given, what torch refuses, and what is too
                large, before it is made.

        >>> h_n = torch.arange(12).reshape(2, 3, 2)
        >>> parse("h_n.transpose(0, 1).reshape(N, -1)").evaluate({"h_n": h_n}, {"N": 3})
        tensor([[ 0,  1,  6,  7],
                [ 2,  3,  8,  9],
                [ 4,  5, 10, 11]])
        >>> parse("h_n.view(N, -1)").evaluate({"h_n": h_n}, {"N": 5})
        Traceback (most recent call last):
        ...
        lstm_shapes.expression.ExpressionError: shape '[5, -1]' is invalid for input of size 12
        h_n.view(N, -1)
            ^^^^^^^^^^^
        """
        return self._tensor(_Scope(tensors, numbers, reductions))


def parse(text: str) -> Expression:
    """Read an expression, without any value yet.

    Args:
        text: whatever was typed.

    Raises:
        ExpressionError: it is not in the grammar.

    Source: Python documentation, ``ast``, "Abstract grammar"; torch documentation,
    ``torch.Tensor``, for names and order of arguments.

    >>> parse("out[:, -1]").evaluate({"out": torch.tensor([[1, 2], [3, 4]])}, {})
    tensor([2, 4])
    >>> parse("out.maen(dim=1)")
    Traceback (most recent call last):
    ...
    lstm_shapes.expression.ExpressionError: there is no method maen here: perhaps mean; the \
methods are view, reshape, transpose, permute, flip, squeeze, unsqueeze, flatten, contiguous, \
mean, sum, max, amax
    out.maen(dim=1)
        ^^^^
    """
    if len(text) > LONGEST:
        raise ExpressionError(
            text, LONGEST, len(text), f"{len(text)} characters are too many", f"use {LONGEST}"
        )
    reader = _Reader(text)
    return Expression(text, reader.tensor(reader.tree()))


class _Reader:
    """Makes parts of nodes, or says where and why that cannot be."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.source = text.strip()
        shift = len(text) - len(text.lstrip())
        breaks = (match.end() for match in re.finditer("\n", self.source))
        self.lines = [shift + start for start in (0, *breaks)]

    def tree(self) -> ast.expr:
        whole = (0, len(self.text))
        if not self.source:
            raise self._wrong(whole, "nothing is written here", "write a tensor, such as out")
        for pattern, problem, cure in _REFUSED:
            if found := pattern.search(self.source):
                start, end = found.start() + self.lines[0], found.end() + self.lines[0]
                shown = (
                    found[0] if found[0].isascii() and found[0].isprintable() else repr(found[0])
                )
                raise self._wrong((start, end), f"{_short(shown)} {problem}", cure)
        try:
            node = ast.parse(self.source, mode="eval").body
        except SyntaxError as error:
            raise self._wrong(self._spot(error), error.msg) from error
        except (ValueError, MemoryError, RecursionError) as error:
            raise self._wrong(whole, "Python cannot parse this") from error
        level: list[ast.AST] = [node]
        for _ in range(_DEEPEST):
            level = [child for parent in level for child in ast.iter_child_nodes(parent)]
        if level:
            raise self._wrong(whole, "this is nested too deeply", "write less at once")
        return node

    def tensor(self, node: ast.expr) -> _Part[Tensor]:
        part, pair = self._tensor_or_pair(node)
        if pair and isinstance(node, ast.Call):
            problem = "torch returns a pair here, (values, indices)"
            raise self._wrong(self._call_span(node), problem, "add .values")
        return part

    def _tensor_or_pair(self, node: ast.expr) -> tuple[_Part[Tensor], bool]:
        """A tensor, and whether torch returns it as the first of a pair."""
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
            raise self._wrong(self._span(node), problem, cure)
        cure = "write a name, tensor[...], tensor.method(...) or torch.function(...)"
        raise self._meant(node, "a tensor", cure)

    def _tensor_name(self, node: ast.Name) -> _Part[Tensor]:
        def named(scope: _Scope) -> Tensor:
            tensor = self._named(node, "tensor", scope.tensors, scope.numbers)
            return self._bounded(self._span(node), tensor)

        return named

    def _indexed(self, node: ast.Subscript) -> _Part[Tensor]:
        part, pair = self._tensor_or_pair(node.value)
        span = self._span(node.slice)
        if pair and self._cut(node.slice) == "0":
            return part
        if pair:
            raise self._wrong(span, *_POSITIONS)
        index = self._index(node.slice)

        def indexed(scope: _Scope) -> Tensor:
            tensor, at = part(scope), index(scope)
            return self._made(span, lambda: tensor[at])

        return indexed

    def _values(self, node: ast.Attribute) -> _Part[Tensor]:
        part, pair = self._tensor_or_pair(node.value)
        span = self._name_span(node)
        if pair and node.attr == "values":
            return part
        if pair:
            raise self._wrong(span, *_POSITIONS)
        if node.attr in _OPERATIONS:
            raise self._wrong(span, f"{node.attr} is not called", f"write {node.attr}(...)")
        if node.attr == "values":
            raise self._wrong(span, "only max(dim) has values", "leave it out")
        raise self._wrong(span, f"{_short(node.attr)} is no method here", _methods(node.attr))

    def _call(self, node: ast.Call) -> tuple[_Part[Tensor], bool]:
        name, receiver = self._called(node.func)
        kinds, function = _OPERATIONS[name]
        given = self._given(node, name, receiver)
        first, *rest = [(each, self._argument(kinds[each], given[each])) for each in given]

        def called(scope: _Scope) -> Tensor:
            tensor = first[1](scope)
            values = {each: part(scope) for each, part in rest}
            if isinstance(function, str):
                dim, keepdim = values.get("dim"), values.get("keepdim", False)
                return self._made(span, lambda: scope.reductions[function](tensor, dim, keepdim))
            return self._made(span, lambda: function(tensor, **values))

        span = self._call_span(node)
        return called, name == "max" and "dim" in given

    def _called(self, node: ast.expr) -> tuple[str, ast.expr | None]:
        """The name of an operation, and the tensor before it if it is a method."""
        if isinstance(node, ast.Name):
            name, receiver, known, kind = node.id, None, _BARE, "function"
        elif not isinstance(node, ast.Attribute):
            raise self._meant(node, "a function or a method", "write tensor.method(...)")
        elif isinstance(node.value, ast.Name) and node.value.id == "torch":
            name, receiver, known, kind = node.attr, None, _FUNCTIONS, "function"
        else:
            name, receiver, known, kind = node.attr, node.value, _METHODS, "method"
        if name not in known:
            cure = _instead(name, known, kind)
            if name in _OPERATIONS:
                cure = f"write {'torch' if name in _FUNCTIONS else 'tensor'}.{name}(...)"
            problem = f"there is no {kind} {_short(name)} here"
            raise self._wrong(self._name_span(node), problem, cure)
        return name, receiver

    def _given(self, node: ast.Call, name: str, receiver: ast.expr | None) -> dict[str, ast.expr]:
        """The arguments by their names, in the order of the parameters."""
        kinds = _OPERATIONS[name][0]
        names = list(kinds)
        args = node.args
        if receiver is not None:
            listed = len(args) == 1 and isinstance(args[0], (ast.Tuple, ast.List))
            if args and kinds.get(names[-1]) == "ints" and not listed:
                args = [ast.Tuple(args)]
            args = [receiver, *args]
        takes = f"it takes {', '.join(names[receiver is not None :]) or 'none'}"
        if len(args) > len(names):
            more = self._span(args[len(names)])
            raise self._wrong(more, f"{name} has no further argument", takes)
        given = dict(zip(names, args, strict=False))
        for keyword in node.keywords:
            given[self._keyword(keyword, name, names, given)] = keyword.value
        missing = [each for each in names if each not in given and "?" not in kinds[each]]
        if missing:
            raise self._wrong(self._call_span(node), f"{name} needs {missing[0]}", takes)
        if "keepdim" in given and "dim" not in given and name != "amax":
            raise self._wrong(self._span(given["keepdim"]), "keepdim needs dim", "add dim")
        return {each: given[each] for each in names if each in given}

    def _keyword(
        self, keyword: ast.keyword, name: str, names: list[str], given: Mapping[str, ast.expr]
    ) -> str:
        if keyword.arg is None:
            raise self._wrong(self._span(keyword.value), "** is not in this grammar")
        start, _ = self._span(keyword)
        span = start, start + len(keyword.arg)
        dim = "dim" if keyword.arg == "axis" else keyword.arg  # as torch itself does
        if dim not in names:
            cure = _instead(keyword.arg, names[1:], "argument")
            raise self._wrong(span, f"{name} has no argument {_short(keyword.arg)}", cure)
        if dim in given:
            raise self._wrong(span, f"{dim} is given twice", "give it once")
        return dim

    def _argument(self, kind: str, node: ast.expr) -> _Part[Any]:
        readers: Mapping[str, Callable[[ast.expr], _Part[Any]]] = {
            "tensor": self.tensor,
            "tensors": self._tensors,
            "int": self._integer,
            "ints": self._integers,
            "bool": self._flag,
        }
        return readers[kind.rstrip("?")](node)

    def _tensors(self, node: ast.expr) -> _Part[list[Tensor]]:
        if not isinstance(node, (ast.List, ast.Tuple)):
            raise self._meant(node, "a list of tensors", "write [a, b]")
        parts = [self.tensor(each) for each in node.elts]

        def tensors(scope: _Scope) -> list[Tensor]:
            made = [part(scope) for part in parts]
            if (total := sum(each.numel() for each in made)) > MOST_ELEMENTS:
                problem = f"{total} elements together are too many"
                raise self._wrong(self._span(node), problem, f"{MOST_ELEMENTS} are the most")
            return made

        return tensors

    def _flag(self, node: ast.expr) -> _Part[bool]:
        if isinstance(node, ast.Constant) and isinstance(node.value, bool):
            return _constant(node.value)
        raise self._meant(node, "True or False", "write one of them")

    def _integers(self, node: ast.expr) -> _Part[tuple[int, ...]]:
        if not isinstance(node, (ast.Tuple, ast.List)):
            raise self._meant(node, "a tuple of integers", "write (0, 1), or (0,) for one")
        parts = [self._integer(each) for each in node.elts]
        return lambda scope: tuple(part(scope) for part in parts)

    def _integer(self, node: ast.expr, meant: str = "an integer") -> _Part[int]:
        span = self._span(node)
        if isinstance(node, ast.Constant) and type(node.value) is int:
            return _constant(self._in_64_bits(span, node.value))
        if isinstance(node, ast.Name):
            name = node
            return lambda scope: self._in_64_bits(
                span, self._named(name, "number", scope.numbers, scope.tensors)
            )
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            negated = self._integer(node.operand)
            return lambda scope: -negated(scope)
        if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
            return self._arithmetic(node)
        raise self._meant(node, meant, "of digits, sizes by name, and + - * //")

    def _arithmetic(self, node: ast.BinOp) -> _Part[int]:
        left, right = self._integer(node.left), self._integer(node.right)
        span = self._span(node)

        def computed(scope: _Scope) -> int:
            try:
                return self._in_64_bits(span, _ARITHMETIC[type(node.op)](left(scope), right(scope)))
            except ZeroDivisionError:
                problem = f"{self._cut(node.right)} is zero"
                raise self._wrong(self._span(node.right), problem, "divide by another") from None

        return computed

    def _index(self, node: ast.expr) -> _Part[Any]:
        if not isinstance(node, ast.Tuple):
            return self._index_item(node)
        parts = [self._index_item(each) for each in node.elts]
        return lambda scope: tuple(part(scope) for part in parts)

    def _index_item(self, node: ast.expr) -> _Part[int | slice | EllipsisType | None]:
        if isinstance(node, ast.Slice):
            return self._slice(node)
        if isinstance(node, ast.Constant) and (node.value is None or node.value is ...):
            return _constant(node.value)
        return self._integer(node, "an integer, start:stop:step, ... or None")

    def _slice(self, node: ast.Slice) -> _Part[slice]:
        edges = [
            self._integer(each) if each else None for each in (node.lower, node.upper, node.step)
        ]

        def made(scope: _Scope) -> slice:
            start, stop, step = (None if each is None else each(scope) for each in edges)
            if node.step is not None and step is not None and step < 1:
                problem = f"the step is {step}, torch takes positive ones"
                raise self._wrong(self._span(node.step), problem, "reverse with .flip(dim)")
            return slice(_near(start), _near(stop), _near(step))

        return made

    def _made(self, span: _Span, call: Callable[[], Tensor]) -> Tensor:
        try:
            made = call()
        except (RuntimeError, IndexError, ValueError, TypeError, OverflowError) as refusal:
            problem = str(refusal).partition("\n")[0] or type(refusal).__name__
            raise self._wrong(span, problem) from refusal
        return self._bounded(span, made)

    def _bounded(self, span: _Span, tensor: Tensor) -> Tensor:
        shape = tuple(tensor.shape)
        if len(shape) > MOST_AXES:
            problem = f"{len(shape)} axes are too many"
            raise self._wrong(span, problem, f"{MOST_AXES} are the most")
        if math.prod(size or 1 for size in shape) > MOST_ELEMENTS:
            problem = f"a tensor of shape {shape} is too large"
            raise self._wrong(span, problem, f"{MOST_ELEMENTS} elements are the most")
        return tensor

    def _in_64_bits(self, span: _Span, value: int) -> int:
        if abs(value) > LARGEST:
            raise self._wrong(span, "this is no integer of 64 bits", "use a smaller one")
        return value

    def _named(
        self, node: ast.Name, kind: str, known: Mapping[str, _T], others: Mapping[str, object]
    ) -> _T:
        if node.id in known:
            return known[node.id]
        name = _short(node.id)
        problem = f"{name} is no {kind}" if node.id in others else f"there is no {name} here"
        raise self._wrong(self._span(node), problem, _instead(node.id, known, kind))

    def _meant(self, node: ast.expr, meant: str, cure: str) -> ExpressionError:
        problem = f"{meant} is meant here, not {_short(self._cut(node))}"
        return self._wrong(self._span(node), problem, cure)

    def _wrong(self, span: _Span, problem: str, cure: str = "") -> ExpressionError:
        return ExpressionError(self.text, *span, problem, cure)

    def _cut(self, node: ast.expr) -> str:
        start, end = self._span(node)
        return " ".join(self.text[start:end].split())

    def _span(self, node: ast.expr | ast.keyword) -> _Span:
        end_line, end = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return self.lines[node.lineno - 1] + node.col_offset, self.lines[end_line - 1] + end

    def _name_span(self, node: ast.expr) -> _Span:
        """Of an attribute without what is before it."""
        start, end = self._span(node)
        return (end - len(node.attr), end) if isinstance(node, ast.Attribute) else (start, end)

    def _call_span(self, node: ast.Call) -> _Span:
        """Of a method without the tensor before it; of a function the whole."""
        return self._name_span(node.func)[0], self._span(node)[1]

    def _spot(self, error: SyntaxError) -> _Span:
        last = len(self.text)
        if not error.lineno or not error.offset or error.lineno > len(self.lines):
            return 0, last
        start = min(self.lines[error.lineno - 1] + error.offset - 1, last)
        wide = error.end_lineno == error.lineno and (error.end_offset or 0) > error.offset
        width = (error.end_offset or 0) - error.offset if wide else 1
        return start, min(start + width, last)


_POSITIONS = ("of max(dim) only the values are tensors of the run", "write .values or [0]")


def _constant(value: _T) -> _Part[_T]:
    return lambda _scope: value


def _near(edge: int | None) -> int | None:
    """An edge of a slice as torch takes it: beyond any size they are all the same."""
    return None if edge is None else max(-LARGEST, min(edge, LARGEST))


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:27]}..."


def _instead(name: str, known: Iterable[str], kind: str) -> str:
    near = get_close_matches(name, known, n=1)
    listed = f"the {kind}s are {', '.join(known)}"
    return f"perhaps {near[0]}; {listed}" if near else listed


def _methods(name: str) -> str:
    return _instead(name, _METHODS, "method")
