"""The limits that every expression keeps to, and how what would pass one is refused."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from lstm_shapes.errors import LARGEST

LONGEST = 300
"""The most characters that the text of an expression may have."""

MOST_ELEMENTS = 2**20
"""The most elements that any tensor may have while an expression is evaluated. An axis of size
0 counts as 1, since a sum over that axis would give a tensor of all the other axes."""

MOST_AXES = 8
"""The most axes that any tensor may have while an expression is evaluated."""

MOST_PARTS = 1000
"""The most tensors that one tensor may be cut into, as by ``chunk``."""


_most_elements = ContextVar("most_elements", default=MOST_ELEMENTS)


@contextmanager
def shapes_alone() -> Iterator[None]:
    """Let tensors be of any size, as those on the device meta are: they have a shape alone."""
    before = _most_elements.set(LARGEST)
    try:
        yield
    finally:
        _most_elements.reset(before)


class Refusal(Exception):
    """Why an operation is refused. The reader of the expression knows where it stands in the
    text, and makes an ``ExpressionError`` of it.

    Attributes:
        problem: what is wrong, in one clause.
        cure: what to write instead, in one clause.
    """

    def __init__(self, problem: str, cure: str) -> None:
        self.problem = problem
        self.cure = cure
        super().__init__(problem, cure)


def check_shape(shape: Sequence[int]) -> None:
    """Refuse a tensor that would be too large; called before it is made wherever it may be.

    Args:
        shape: of the tensor.

    Raises:
        Refusal: it has more than ``MOST_AXES`` axes or ``MOST_ELEMENTS`` elements.

    >>> check_shape((2**10, 2**11))
    Traceback (most recent call last):
    ...
    lstm_shapes.expression.limits.Refusal: ('a tensor of shape (1024, 2048) is too large', \
'use at most 1048576 elements')
    """
    if len(shape) > MOST_AXES:
        raise Refusal(f"{len(shape)} axes are too many", f"use at most {MOST_AXES}")
    if math.prod(size or 1 for size in shape) > _most_elements.get():
        problem = f"a tensor of shape {tuple(shape)} is too large"
        raise Refusal(problem, f"use at most {MOST_ELEMENTS} elements")


def check_parts(count: int) -> None:
    """Refuse to cut a tensor into too many.

    Args:
        count: how many there would be.

    Raises:
        Refusal: there would be more than ``MOST_PARTS``.
    """
    if count > MOST_PARTS:
        raise Refusal(f"{count} parts are too many", f"make at most {MOST_PARTS}")
