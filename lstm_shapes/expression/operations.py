"""What an expression of the grammar may do: a table of tensor operations, and its limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import torch
from torch import Tensor

LONGEST = 300
"""Characters of a text."""

MOST_ELEMENTS = 2**20
"""Of any tensor on the way; axes of size 0 are not counted, a sum over one would remove it."""

MOST_AXES = 8
"""Of any tensor on the way."""

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
FUNCTIONS = [name for name, (kinds, _) in OPERATIONS.items() if "self" not in kinds]
METHODS = [name for name, (kinds, _) in OPERATIONS.items() if "tensors" not in kinds]
BARE = [name for name in FUNCTIONS if name not in ("sum", "max")]  # Python has its own
