"""The operations that an expression may call, and the limits that it must keep to.

``expression.grammar`` calls what stands in these tables and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import torch
from torch import Tensor

LONGEST = 300
"""The most characters that the text of an expression may have."""

MOST_ELEMENTS = 2**20
"""The most elements that any tensor may have while an expression is evaluated. An axis of size
0 counts as 1, since a sum over that axis would give a tensor of all the other axes."""

MOST_AXES = 8
"""The most axes that any tensor may have while an expression is evaluated."""

Reduction = Callable[[Tensor, "int | None", bool], Tensor]
"""A function of a tensor, an axis (``None`` for all axes) and keepdim."""


def _max(tensor: Tensor, dim: int | None, keepdim: bool) -> Tensor:
    return tensor.amax(keepdim=keepdim) if dim is None else tensor.max(dim, keepdim).values


REDUCTIONS: Mapping[str, Reduction] = MappingProxyType(
    {
        "mean": lambda tensor, dim, keepdim: tensor.mean(dim, keepdim),
        "sum": lambda tensor, dim, keepdim: tensor.sum(dim, keepdim),
        "max": _max,
    }
)
"""The reductions of the grammar as torch computes them."""

_REDUCED = {"input": "tensor", "dim": "int?", "keepdim": "bool?"}

OPERATIONS: Mapping[str, tuple[Mapping[str, str], Callable[..., Tensor] | str]] = {
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
"""Every operation by its name, with its parameters and the function to call.

The parameters have torch's names and torch's order; a type that ends in ``?`` marks one that may
be left out. A string instead of a function names an entry of :data:`REDUCTIONS`. The first
parameter says where torch has the operation: as a method only if it is ``self``, as a function
only if it is ``tensors``, and as both if it is ``input``.
"""

FUNCTIONS = [name for name, (kinds, _) in OPERATIONS.items() if "self" not in kinds]
"""The operations that may be written ``torch.name(...)``."""

METHODS = [name for name, (kinds, _) in OPERATIONS.items() if "tensors" not in kinds]
"""The operations that may be written ``tensor.name(...)``."""

BARE = [name for name in FUNCTIONS if name not in ("sum", "max")]
"""The operations that may be written ``name(...)``; Python's own sum and max mean other things."""
