"""Reads calls: which operation is called, and which argument is which of its parameters."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from lstm_shapes.expression.indexing import IndexReader
from lstm_shapes.expression.operations import (
    BARE,
    BUILTINS,
    FUNCTIONS,
    METHODS,
    OPERATIONS,
)
from lstm_shapes.expression.refusals import FOREIGN, IN_PLACE, LEFT_OUT, OTHERWISE
from lstm_shapes.expression.scope import Part, Scope
from lstm_shapes.expression.text import instead, short

_OPERATIONS = {**OPERATIONS, **BUILTINS}


class CallReader(IndexReader):
    """Reads calls of the operations in the tables, and refuses all others.

    Attributes:
        names, calls: those of the tensors and sizes, and of the operations, that were read so far.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.names: set[str] = set()
        self.calls: set[str] = set()

    def call(self, node: ast.Call) -> Part[object]:
        """Read a call.

        Args:
            node: the node to read.

        Raises:
            ExpressionError: there is no such operation, or its arguments are not those that it
                takes. What is wrong with their values is found when the part is evaluated.
        """
        name, receiver = self._called(node.func)
        operation = _OPERATIONS[name]
        self.calls.add(name)
        given = self._given(node, name, receiver)
        takers, span = self.takers(), self.call_span(node)
        if receiver is not None:
            takers["ints"] = self.sizes
        parts = [(takers[operation.parameters[each].rstrip("?")], at, self.value(at), each)
                 for each, at in given.items()]  # fmt: skip

        def called(scope: Scope) -> object:
            (_, first), *rest = [(each, take(at, part(scope))) for take, at, part, each in parts]
            return self.made_by(span, lambda: operation.make(scope, first, **dict(rest)))

        return called

    def _called(self, node: ast.expr) -> tuple[str, ast.expr | None]:
        """Read the name of an operation and, if it is a method, the tensor before it."""
        if isinstance(node, ast.Name):
            name, receiver, known, kind = node.id, None, [*BARE, *BUILTINS], "function"
        elif not isinstance(node, ast.Attribute):
            self.value(node)  # what is called may be refused itself, as in nn.Linear(8, 2)(out)
            raise self.meant(node, "a function or a method", "write tensor.method(...)")
        elif isinstance(node.value, ast.Name) and node.value.id == "torch":
            name, receiver, known, kind = node.attr, None, FUNCTIONS, "function"
        else:
            self.refuse_foreign(node)
            name, receiver, known, kind = node.attr, node.value, METHODS, "method"
        if name not in known:
            problem = f"there is no {kind} {short(name)} here"
            raise self.wrong(self.name_span(node), problem, _cure(name, known, kind))
        return name, receiver

    def refuse_foreign(self, node: ast.Attribute) -> None:
        """Refuse what is asked of a module or an object that is not there.

        Args:
            node: the node to read, such as ``nn.Linear``.

        Raises:
            ExpressionError: it stands behind a name in ``FOREIGN``, or deeper within ``torch``.
        """
        root: ast.expr = node
        while isinstance(root, ast.Attribute):
            inner, root = root, root.value
        if isinstance(root, ast.Name) and root.id in FOREIGN:
            raise self.wrong(self.span(root), f"there is no {root.id} here", FOREIGN[root.id])
        if isinstance(root, ast.Name) and root.id == "torch" and inner is not node:
            problem = f"there is no torch.{short(inner.attr)} here"
            raise self.wrong(self.name_span(inner), problem, FOREIGN["nn"])

    def _given(self, node: ast.Call, name: str, receiver: ast.expr | None) -> dict[str, ast.expr]:
        """Read the arguments of a call, by name, in the order of the parameters."""
        kinds = _OPERATIONS[name].parameters
        names = list(kinds)
        args = node.args
        if receiver is not None:
            args = [receiver, *_gathered(args, kinds[names[-1]])]
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
        if "keepdim" in given and "dim" not in given and name not in ("amax", "amin"):
            raise self.wrong(self.span(given["keepdim"]), "keepdim needs dim as well", "add dim")
        return {each: given[each] for each in names if each in given}

    def _keyword(
        self, keyword: ast.keyword, name: str, names: list[str], given: Mapping[str, ast.expr]
    ) -> str:
        if keyword.arg is None:
            raise self.wrong(self.span(keyword.value), "** is not in this grammar", "name the dim")
        start, _ = self.span(keyword)
        span = start, start + len(keyword.arg)
        if name in BUILTINS:
            raise self.wrong(span, f"{name} takes no names", "write the value alone")
        dim = "dim" if keyword.arg == "axis" else keyword.arg  # torch takes both names
        if dim not in names:
            cure = instead(keyword.arg, names[1:], "argument")
            raise self.wrong(span, f"{name} has no argument {short(keyword.arg)}", cure)
        if dim in given:
            raise self.wrong(span, f"{dim} is given twice", "give it once")
        return dim


def _gathered(args: list[ast.expr], kind: str) -> list[ast.expr]:
    """The integers of a method that takes them one by one, such as ``view``, as one tuple."""
    alone = len(args) == 1 and not isinstance(args[0], ast.Starred)
    if kind != "ints" or not args or alone:
        return args
    gathered = ast.copy_location(ast.Tuple(args, ast.Load()), args[0])
    gathered.end_lineno, gathered.end_col_offset = args[-1].end_lineno, args[-1].end_col_offset
    return [gathered]


def _cure(name: str, known: list[str], kind: str) -> str:
    """What to write instead of a function or method that is not there."""
    if name in LEFT_OUT:
        return LEFT_OUT[name]
    if name in OTHERWISE:
        return OTHERWISE[name]
    if name in _OPERATIONS:
        return f"write {'torch' if name in FUNCTIONS else 'tensor'}.{name}(...)"
    kept = name.rstrip("_")
    if kept != name and (kept in known or kept in OTHERWISE):
        return f"{IN_PLACE}: {OTHERWISE.get(kept, f'write {kept}')}"
    return instead(name, known, kind)
