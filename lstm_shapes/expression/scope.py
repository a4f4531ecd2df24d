"""What the names in an expression stand for, and the parts that are evaluated with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import torch
from torch import Tensor

from lstm_shapes.expression.computing import VALUES, Computing

_T = TypeVar("_T")


@dataclass(frozen=True)
class Scope:
    """What the names in an expression stand for when it is evaluated.

    Attributes:
        tensors: the tensors by name.
        numbers: the integers by name.
        computing: what is computed with the elements of the tensors.
    """

    tensors: Mapping[str, Tensor]
    numbers: Mapping[str, int]
    computing: Computing = field(default=VALUES)

    @property
    def device(self) -> torch.device:
        """Where the tensors are, so that those that an expression makes are there too."""
        return next((each.device for each in self.tensors.values()), torch.device("cpu"))


Part = Callable[[Scope], _T]
"""A part of an expression that has been read; called with a scope, it gives its value."""


def constant(value: _T) -> Part[_T]:
    """Make a part whose value is the same in every scope.

    Args:
        value: the value.

    >>> constant(3)(Scope({}, {}))
    3
    """
    return lambda _scope: value


@dataclass(frozen=True)
class Pair:
    """What ``max(dim)`` and ``min(dim)`` return: a pair of which only the values can be used."""

    values: Tensor
