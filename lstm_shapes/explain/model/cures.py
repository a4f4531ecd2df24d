"""Cures as diffs of the user's own lines."""

from __future__ import annotations

import ast
import inspect
import linecache
import re
import textwrap
from collections.abc import Sequence

from torch import nn

Diff = tuple[tuple[str, ...], tuple[str, ...]]
"""Lines that are taken away, and lines that stand there instead."""


def constructor_line(model: nn.Module, path: str, module: nn.Module) -> str:
    """The line of the user's code that makes a module; empty if it is not found.

    Args:
        model: the model.
        path: where the module is in it.
        module: that module.
    """
    owner, _, name = path.rpartition(".")
    kind = type(module).__name__
    try:
        source = _class_source(type(model.get_submodule(owner)))
    except AttributeError:
        return ""
    pattern = rf"^\s*(self\.{re.escape(name)}\s*=.*\b{kind}\(.*\))\s*(#.*)?$"
    found = re.search(pattern, source, re.MULTILINE)
    return found.group(1).strip() if found else ""


def _class_source(made_of: type) -> str:
    """The text of a class; of one that was made in a notebook's cell, that of the cell."""
    try:
        return inspect.getsource(made_of)
    except (OSError, TypeError):
        code = getattr(getattr(made_of, "forward", None), "__code__", None)
        return "" if code is None else "".join(linecache.getlines(code.co_filename))


def constructor_diff(model: nn.Module, path: str, module: nn.Module, batch_first: bool) -> Diff:
    """The constructor with another batch_first, as a diff."""
    name = path.rpartition(".")[2] or "lstm"
    name = "rnn" if name.isdigit() else name
    line = constructor_line(model, path, module)
    if not line:
        return (), (f"self.{name} = nn.{type(module).__name__}(…, batch_first={batch_first})",)
    bare = re.sub(r",\s*batch_first\s*=\s*(\([^)]*\)|[^,()]+)", "", line)
    if not batch_first:
        return (line,), (bare,)
    opened = bare.rindex(")") if bare.count("(") == bare.count(")") else len(bare)
    return (line,), (f"{bare[:opened]}, batch_first=True{bare[opened:]}",)


def exchanged(before: Sequence[int], after: Sequence[int]) -> tuple[int, int] | None:
    """The two axes whose sizes a reshape exchanges, if that is all it does.

    >>> exchanged((2, 3, 4), (2, 4, 3)), exchanged((2, 3, 4), (2, 12))
    ((1, 2), None)
    """
    if len(before) != len(after):
        return None
    differ = [i for i, (a, b) in enumerate(zip(before, after, strict=True)) if a != b]
    if len(differ) != 2:
        return None
    one, other = differ
    swapped = before[one] == after[other] and before[other] == after[one]
    return (one, other) if swapped else None


def names_used(
    model: nn.Module, owner: str, but: Sequence[str] = ("__init__", "forward")
) -> set[str]:
    """The names of attributes that the methods of a module's class use.

    Args:
        model: the model.
        owner: where the module is in it.
        but: methods that do not count.
    """
    try:
        tree = ast.parse(textwrap.dedent(_class_source(type(model.get_submodule(owner)))))
    except (SyntaxError, AttributeError):
        return set()
    used: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name not in but:
            used |= {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
    return used


def names_in_forward(model: nn.Module) -> set[str]:
    """The names that a model's forward reads; its arguments are among them only if it uses them."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(type(model).forward)))
    except (OSError, TypeError, SyntaxError):
        return set()
    return {each.id for each in ast.walk(tree) if isinstance(each, ast.Name)}
