"""What the user's own code calls the axes of its arguments: ``seq_len, batch = x.shape``.

Code that has time first nearly always says so, in a name, in a comment, or by how it indexes.
"""

from __future__ import annotations

import ast
import inspect
import io
import re
import textwrap
import tokenize
from collections.abc import Iterator, Sequence
from typing import Literal

from torch import nn

Axis = Literal["batch", "time"]

_BATCH = {"b", "n", "bs", "bsz", "nb", "batch", "samples", "envs", "sentences"}
_TIME = {"t", "l", "s", "seq", "time", "steps", "len", "length", "sent", "frames", "timesteps"}


def named(word: str) -> Axis | None:
    """Which axis a word stands for.

    >>> named("batch_size"), named("seq_len"), named("T"), named("hidden")
    ('batch', 'time', 'time', None)
    """
    parts = set(re.split(r"[^a-z]+", re.sub(r"([a-z])([A-Z])", r"\1_\2", word).lower()))
    if parts & (_BATCH - {"n", "b"}) or (parts <= {"b", "n", "num", "size"} and parts & {"b", "n"}):
        return "batch"
    return "time" if parts & _TIME else None


def batch_axis_said(model: nn.Module, arguments: Sequence[str]) -> int | None:
    """The batch axis that the code of a model's forward names, 0 or 1; ``None`` if it says none.

    Args:
        model: its forward is read.
        arguments: the names of the arguments that are tensors.
    """
    try:
        source = textwrap.dedent(inspect.getsource(type(model).forward))
        tree = ast.parse(source)
    except (OSError, TypeError, SyntaxError):
        return None
    said = [axis for axis in _said(tree, set(arguments)) if axis is not None]
    if not said:
        said = list(_commented(source, arguments))
    return said[0] if said and len(set(said)) == 1 else None


def _said(tree: ast.AST, arguments: set[str]) -> Iterator[int | None]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                for one, value in zip(target.elts, node.value.elts, strict=False):
                    if isinstance(one, ast.Name):
                        yield _of_size(one.id, value, arguments)
            elif isinstance(target, ast.Tuple) and _sizes_of(node.value, arguments):
                yield _of_names([each.id for each in target.elts[:2] if isinstance(each, ast.Name)])
            elif isinstance(target, ast.Name):
                yield _of_size(target.id, node.value, arguments)
        if isinstance(node, ast.Call) and len(node.args) >= 3 and _makes_zeros(node):
            yield _size_axis(node.args[1], arguments)
        if isinstance(node, ast.For) and isinstance(node.iter, ast.Name):
            yield 1 if node.iter.id in arguments else None


def _of_names(names: Sequence[str]) -> int | None:
    axes = [named(each) for each in names]
    if axes[:2] == ["batch", "time"] or axes[:1] == ["batch"]:
        return 0
    return 1 if axes[:2] in (["time", "batch"], ["time"]) else 1 if axes[1:] == ["batch"] else None


def _of_size(name: str, value: ast.expr, arguments: set[str]) -> int | None:
    """Of ``batch = x.size(0)``: the batch axis."""
    axis, means = _size_axis(value, arguments), named(name)
    if axis is None or means is None:
        return None
    return axis if means == "batch" else 1 - axis


def _sizes_of(value: ast.expr, arguments: set[str]) -> bool:
    """Whether an expression is all sizes of an argument, or the first of them."""
    if isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Slice):
        if value.slice.lower is not None:
            return False
        value = value.value
    if isinstance(value, ast.Call) and not value.args:
        value = value.func
    return (
        isinstance(value, ast.Attribute)
        and value.attr in ("shape", "size")
        and ast.unparse(value.value) in arguments
    )


def _size_axis(value: ast.expr, arguments: set[str]) -> int | None:
    """Of ``x.size(1)`` or ``x.shape[1]``: the axis, if it is 0 or 1."""
    of, index = None, None
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.args:
        of, index = (value.func.value, value.args[0]) if value.func.attr == "size" else (None, None)
    elif isinstance(value, ast.Subscript) and isinstance(value.value, ast.Attribute):
        shape = value.value
        of, index = (shape.value, value.slice) if shape.attr == "shape" else (None, None)
    if of is None or ast.unparse(of) not in arguments or not isinstance(index, ast.Constant):
        return None
    return index.value if index.value in (0, 1) and type(index.value) is int else None


def _makes_zeros(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    return name in ("zeros", "new_zeros", "randn", "new_full", "empty")


def _commented(source: str, arguments: Sequence[str]) -> Iterator[int]:
    """What comments and docstrings say: ``# text = [sent len, batch size]``, ``x: (L, N, F)``."""
    for line in _comments(source):
        for name in arguments:
            found = re.search(
                rf"\b{re.escape(name)}\b[^\[(]{{0,12}}[\[(]([\w ]+),\s*([\w ]+)[,\])]", line
            )
            axes = [named(each) for each in found.groups()] if found else []
            if axes == ["batch", "time"]:
                yield 0
            elif axes == ["time", "batch"]:
                yield 1


def _comments(source: str) -> Iterator[str]:
    """The lines of comments, and of texts that stand alone."""
    alone = True
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT or (token.type == tokenize.STRING and alone):
            yield from token.string.splitlines()
        if token.type not in (tokenize.COMMENT, tokenize.NL):
            alone = token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
