"""Takes what a part of an expression gave for what is needed there, or says what is wrong.

Only when an expression is evaluated it is known what a name in it stands for, so what each part
gives is checked then.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from lstm_shapes.expression.computing import Number, whole_number
from lstm_shapes.expression.limits import check_parts
from lstm_shapes.expression.scope import Pair
from lstm_shapes.expression.text import Spots

Taker = Callable[[ast.expr, object], object]
"""Checks a value that a node gave, and gives it back as what an operation takes."""


class Taking(Spots):
    """Checks what the nodes of a syntax tree gave.

    >>> import ast
    >>> reader = Taking("out")
    >>> reader.integer(ast.parse("out", mode="eval").body, 3)
    3
    """

    def takers(self) -> dict[str, Taker]:
        """The check for each kind of argument, as ``Operation.parameters`` names them."""
        return {
            "tensor": self.tensor,
            "tensors": self.tensors,
            "rows": self.rows,
            "int": self.integer,
            "ints": self.integers,
            "dims": self.dims,
            "number": self.number,
            "bool": self.flag,
            "places": self.places,
            "mask": self.mask,
        }

    def tensor(self, node: ast.expr, value: object) -> Tensor:
        """Take a tensor."""
        if isinstance(value, Tensor):
            return value
        if isinstance(value, Pair):
            span = self.call_span(node) if isinstance(node, ast.Call) else self.span(node)
            raise self.wrong(span, "torch returns a pair here, (values, indices)", "add .values")
        if isinstance(value, (list, tuple)) and all(isinstance(each, Tensor) for each in value):
            problem = f"there are {len(value)} tensors here instead of one"
            raise self.wrong(self.span(node), problem, "take one by [0], or join them by torch.cat")
        cure = "write a name, tensor[...], tensor.method(...) or torch.function(...)"
        raise self.meant(node, "a tensor", cure)

    def tensors(self, node: ast.expr, value: object) -> list[Tensor]:
        """Take several tensors."""
        if not isinstance(value, (list, tuple)):
            name = self.cut(node)
            raise self.meant(node, "a list of tensors", f"write [a, b], or [*{name}] for its rows")
        return [self.tensor(*each) for each in self._entries(node, value)]

    def rows(self, node: ast.expr, value: object) -> Sequence[object]:
        """Take several values, or cut a tensor along its first axis into several."""
        if isinstance(value, (list, tuple)):
            return value
        tensor = self.tensor(node, value)
        return self.made_by(self.span(node), lambda: _rows(tensor))

    def integer(
        self,
        node: ast.expr,
        value: object,
        meant: str = "an integer",
        cure: str = "write digits or sizes by name, joined by + - * //",
    ) -> int:
        """Take an integer, also in a tensor without axes, such as ``lengths[0]``."""
        if isinstance(value, Tensor) and value.dtype == torch.int64 and not value.dim():
            whole = value
            return self.made_by(self.span(node), lambda: whole_number(whole))
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        raise self.meant(node, meant, cure)

    def integers(self, node: ast.expr, value: object) -> tuple[int, ...]:
        """Take several integers, such as a shape."""
        if not isinstance(value, (list, tuple)):
            cure = "write (0, 1), or (0,) for one integer"
            raise self.meant(node, "a tuple of integers", cure)
        return tuple(self.integer(*each) for each in self._entries(node, value))

    def sizes(self, node: ast.expr, value: object) -> tuple[int, ...]:
        """Take several integers, or a single one, as methods such as ``view`` do."""
        dims = self.dims(node, value)
        return (dims,) if isinstance(dims, int) else dims

    def dims(self, node: ast.expr, value: object) -> int | tuple[int, ...]:
        """Take one integer or several."""
        several = isinstance(value, (list, tuple))
        return self.integers(node, value) if several else self.integer(node, value)

    def number(self, node: ast.expr, value: object) -> Number:
        """Take an integer, or a number with a decimal point."""
        if isinstance(value, float):
            return value
        return self.integer(node, value, "a number", "write digits, such as 2, 0.5 or 1e-9")

    def flag(self, node: ast.expr, value: object) -> bool:
        """Take True or False."""
        if isinstance(value, bool):
            return value
        raise self.meant(node, "True or False", "write one of them")

    def places(self, node: ast.expr, value: object) -> Tensor:
        """Take a tensor of whole numbers, which is an index."""
        tensor = self.tensor(node, value)
        if tensor.dtype != torch.int64:
            raise self.wrong(
                self.span(node),
                "an index holds whole numbers, and these are not",
                "make it of lengths, torch.arange(N) or torch.tensor([0, 1])",
            )
        return tensor

    def mask(self, node: ast.expr, value: object) -> Tensor:
        """Take a tensor of True and False."""
        tensor = self.tensor(node, value)
        if tensor.dtype != torch.bool:
            cure = "make one by a comparison, such as torch.arange(L) < lengths[:, None]"
            raise self.meant(node, "a mask", cure)
        return tensor

    def _entries(self, node: ast.expr, values: Sequence[object]) -> list[tuple[ast.expr, object]]:
        """Each value with the node that gave it, as far as the text shows which."""
        listed = node.elts if isinstance(node, (ast.List, ast.Tuple)) else []
        if any(isinstance(each, ast.Starred) for each in listed) or len(listed) != len(values):
            listed = [node] * len(values)
        return list(zip(listed, values, strict=True))


def _rows(tensor: Tensor) -> tuple[Tensor, ...]:
    if not tensor.dim():
        raise IndexError("a tensor without axes cannot be cut")
    check_parts(tensor.size(0))
    return tensor.unbind(0)
