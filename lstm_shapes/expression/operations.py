"""The operations that an expression may call.

``expression.grammar`` calls what stands in these tables and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import torch
from torch import Tensor

from lstm_shapes.expression.computing import CUTS, EXTREMES, Dims, Number, broadcast_shape
from lstm_shapes.expression.limits import Refusal, check_parts, check_shape
from lstm_shapes.expression.scope import Pair, Scope


@dataclass(frozen=True)
class Operation:
    """One operation of the grammar.

    Attributes:
        parameters: what each parameter takes, by torch's names and in torch's order: a key of
            ``Taking.takers``, which ends in ``?`` if the parameter may be left out.
        make: makes the result of the scope and the arguments.
        written: whether torch has it as a method, as a function, or as both.
    """

    parameters: Mapping[str, str]
    make: Callable[..., object]
    written: Literal["both", "method", "function"] = "both"


def _moved(function: Callable[..., object], **parameters: str) -> Operation:
    """An operation that only moves elements, or counts them: the same whatever they are."""

    def make(_scope: Scope, tensor: Tensor, **options: Any) -> object:
        return function(tensor, **options)

    return Operation({"input": "tensor", **parameters}, make)


def _each(name: str, **parameters: str) -> Operation:
    def make(scope: Scope, tensor: Tensor, **options: object) -> Tensor:
        return scope.computing.each(name, tensor, **options)

    return Operation({"input": "tensor", **parameters}, make)


def _reduced(name: str) -> Operation:
    def make(scope: Scope, tensor: Tensor, dim: Dims = None, keepdim: bool = False) -> object:
        made = scope.computing.reduce(name, tensor, dim, keepdim)
        return Pair(made) if name in ("max", "min") and dim is not None else made

    return Operation({"input": "tensor", "dim": "dims?", "keepdim": "bool?"}, make)


def _joined(function: Callable[..., Tensor], **parameters: str) -> Operation:
    def make(scope: Scope, tensors: Sequence[Tensor], **options: int) -> Tensor:
        if not tensors:
            raise Refusal("the list is empty", "write at least one tensor in it")
        check_shape((sum(each.numel() for each in tensors),))
        return scope.computing.joined(function, tensors, **options)

    return Operation({"tensors": "tensors", **parameters}, make, "function")


def _multiplied(function: Callable[..., Tensor], other: str) -> Operation:
    def make(scope: Scope, left: Tensor, **right: Tensor) -> Tensor:
        return multiplied(scope, function, left, right[other])

    return Operation({"input": "tensor", other: "tensor"}, make)


def multiplied(
    scope: Scope, function: Callable[..., Tensor], left: Tensor, right: Tensor
) -> Tensor:
    """Multiply matrices, if neither they nor their product are too large.

    Args:
        scope: computes the product.
        function: ``torch.matmul``, or one that takes and gives the same.
        left, right: the factors.

    Raises:
        Refusal: the product would be too large, or a factor when it is repeated for the other's
            leading axes.
        RuntimeError: torch's own, where the shapes do not fit.
    """
    # On the device meta torch works out shapes, and allocates nothing.
    shape = function(*(torch.empty(each.shape, device="meta") for each in (left, right))).shape
    check_shape(shape)
    leading = broadcast_shape(left.shape[:-2], right.shape[:-2])
    for factor in (left, right):
        check_shape((*leading, *factor.shape[-2:]))
    return scope.computing.product(function, left, right)


def _chosen(function: Callable[..., Tensor]) -> Operation:
    """An operation that takes the larger, or the smaller, of each two elements."""

    def make(scope: Scope, left: Tensor, other: Tensor) -> Tensor:
        check_shape(broadcast_shape(left.shape, other.shape))
        return scope.computing.combine(function, left, other)

    return Operation({"input": "tensor", "other": "tensor"}, make)


def _softmax(scope: Scope, tensor: Tensor, dim: int) -> Tensor:
    return scope.computing.along("softmax", tensor, dim)


def _filled(scope: Scope, tensor: Tensor, mask: Tensor, value: Number) -> Tensor:
    check_shape(broadcast_shape(tensor.shape, mask.shape))
    return scope.computing.filled(tensor, mask, value)


def _unbind(tensor: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    check_parts(tensor.size(dim))
    return tensor.unbind(dim)


def _chunk(tensor: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    check_parts(min(chunks, tensor.size(dim)))
    return tensor.chunk(chunks, dim)


def _split(tensor: Tensor, split_size: int | tuple[int, ...], dim: int = 0) -> tuple[Tensor, ...]:
    if isinstance(split_size, int):
        check_parts(tensor.size(dim) // max(1, split_size))
    sizes = split_size if isinstance(split_size, int) else list(split_size)
    return torch.split(tensor, sizes, dim)


def _selected(tensor: Tensor, dim: int, index: Tensor) -> Tensor:
    check_shape((index.numel(), *tensor.select(dim, 0).shape) if tensor.size(dim) else (0,))
    return tensor.index_select(dim, index)


def _repeated(tensor: Tensor, repeats: tuple[int, ...]) -> Tensor:
    check_shape(torch.empty(tensor.shape, device="meta").repeat(repeats).shape)
    return tensor.repeat(repeats)


def _only_two_axes(tensor: Tensor) -> Tensor:
    if tensor.dim() != 2:
        problem = f"T swaps the axes of a tensor of two, and this one has {tensor.dim()}"
        raise Refusal(problem, "write .transpose(-2, -1), or name the two axes to swap")
    return tensor.transpose(0, 1)


def _size(tensor: Tensor, dim: int | None = None) -> int | tuple[int, ...]:
    return tuple(tensor.shape) if dim is None else tensor.size(dim)


def _length(tensor: Tensor) -> int:
    if not tensor.dim():
        raise Refusal("this is one number, which has no axes", "leave len(...) out")
    return tensor.size(0)


def _counted(scope: Scope, start: int, end: int | None = None, step: int = 1) -> Tensor:
    start, end = (0, start) if end is None else (start, end)
    check_shape((len(range(start, end, step)),))
    return torch.arange(start, end, step, device=scope.device)


def _listed(scope: Scope, data: tuple[int, ...]) -> Tensor:
    return torch.tensor(data, device=scope.device)


def _range(_scope: Scope, start: int, stop: int | None = None, step: int = 1) -> range:
    return range(start) if stop is None else range(start, stop, step)


def _same(tensor: Tensor) -> Tensor:
    """Nothing here is changed in place, and gradients are asked for: no copy has to be made."""
    return tensor


def _method(operation: Operation) -> Operation:
    return replace(operation, written="method")


_TWO = {"dim0": "int", "dim1": "int"}
_FROM_TO = {"source": "dims", "destination": "dims"}

OPERATIONS: Mapping[str, Operation] = {
    "cat": _joined(torch.cat, dim="int?"),
    "concat": _joined(torch.concat, dim="int?"),
    "concatenate": _joined(torch.concatenate, dim="int?"),
    "stack": _joined(torch.stack, dim="int?"),
    "hstack": _joined(torch.hstack),
    "view": _method(_moved(Tensor.view, size="ints")),
    "reshape": _moved(Tensor.reshape, shape="ints"),
    "transpose": _moved(Tensor.transpose, **_TWO),
    "swapdims": _moved(Tensor.swapdims, **_TWO),
    "swapaxes": _moved(Tensor.swapaxes, axis0="int", axis1="int"),
    "permute": _moved(Tensor.permute, dims="ints"),
    "movedim": _moved(Tensor.movedim, **_FROM_TO),
    "moveaxis": _moved(Tensor.moveaxis, **_FROM_TO),
    "t": _moved(Tensor.t),
    "flip": _moved(Tensor.flip, dims="ints"),
    "squeeze": _moved(Tensor.squeeze, dim="dims?"),
    "unsqueeze": _moved(Tensor.unsqueeze, dim="int"),
    "flatten": _moved(Tensor.flatten, start_dim="int?", end_dim="int?"),
    "expand": _method(_moved(Tensor.expand, size="ints")),
    "repeat": _method(_moved(_repeated, repeats="ints")),
    "contiguous": _method(_moved(Tensor.contiguous)),
    "clone": _moved(_same),
    "detach": _moved(_same),
    "select": _moved(Tensor.select, dim="int", index="int"),
    "narrow": _moved(Tensor.narrow, dim="int", start="int", length="int"),
    "chunk": _moved(_chunk, chunks="int", dim="int?"),
    "split": _moved(_split, split_size="dims", dim="int?"),
    "unbind": _moved(_unbind, dim="int?"),
    "gather": _moved(Tensor.gather, dim="int", index="places"),
    "index_select": _moved(_selected, dim="int", index="places"),
    "mean": _reduced("mean"),
    "sum": _reduced("sum"),
    "max": _reduced("max"),
    "amax": _reduced("amax"),
    "min": _reduced("min"),
    "amin": _reduced("amin"),
    "maximum": _chosen(torch.maximum),
    "minimum": _chosen(torch.minimum),
    "masked_fill": Operation({"input": "tensor", "mask": "mask", "value": "number"}, _filled),
    "softmax": Operation({"input": "tensor", "dim": "int"}, _softmax),
    "matmul": _multiplied(torch.matmul, "other"),
    "bmm": _multiplied(torch.bmm, "mat2"),
    "tanh": _each("tanh"),
    "sigmoid": _each("sigmoid"),
    "exp": _each("exp"),
    "relu": _each("relu"),
    "clamp": _each("clamp", min="number?", max="number?"),
    "float": _method(_each("float")),
    "double": _method(_each("double")),
    "size": _method(_moved(_size, dim="int?")),
    "arange": Operation({"start": "int", "end": "int?", "step": "int?"}, _counted, "function"),
    "tensor": Operation({"data": "ints"}, _listed, "function"),
}
"""Every operation of torch by its name."""

FUNCTIONS = [name for name, each in OPERATIONS.items() if each.written != "method"]
"""The operations that may be written ``torch.name(...)``."""

METHODS = [name for name, each in OPERATIONS.items() if each.written != "function"]
"""The operations that may be written ``tensor.name(...)``."""

BUILTINS: Mapping[str, Operation] = {
    "len": _moved(_length),
    "range": Operation({"start": "int", "stop": "int?", "step": "int?"}, _range),
    "list": Operation({"iterable": "rows"}, lambda _scope, rows: list(rows)),
    "tuple": Operation({"iterable": "rows"}, lambda _scope, rows: tuple(rows)),
}
"""Python's own functions that may be called; their arguments have no names."""

BARE = [name for name in FUNCTIONS if name not in ("sum", "max", "min")]
"""The operations that may be written ``name(...)``; Python's own sum, max and min mean other
things."""

CHOOSING = (*EXTREMES, *CUTS, "maximum", "minimum")
"""The operations after which some elements have no gradient, though they took part."""

ATTRIBUTES: Mapping[str, Callable[[Tensor], object]] = {
    "shape": _size,
    "T": _only_two_axes,
    "mT": lambda tensor: tensor.transpose(-2, -1) if tensor.dim() else tensor,
}
"""What may be written ``tensor.name``, besides ``max(dim).values``."""
