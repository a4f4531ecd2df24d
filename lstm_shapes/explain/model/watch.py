"""Watches a model while it runs: each call of a torch function and of a recurrent module.

A torch function mode sees what the model's own Python code calls. It keeps all numbers in the
dtype of the copy, whatever the model asks for, and may change what an operation returns, so that
it can be measured who reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from lstm_shapes.explain.model.place import user_place
from lstm_shapes.explain.model.report import Place

Digest = tuple[Tensor, ...]
"""For each axis of a tensor a number for each index, which changes with what stands there."""

Edit = Callable[[Tensor], Tensor]

MOST_RECORDED = 6_000
"""So many operations of one run are recorded; a longer run is watched without them."""

MOST_DIGESTED = 2**18
"""So many numbers of a tensor are looked at, to see whether any has changed."""

DROPS = {"dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout"}
"""Operations that do nothing here: what they take by chance is not unread."""

_FLOATS = {torch.float32, torch.float16, torch.bfloat16, torch.float64}


@dataclass(frozen=True)
class Operation:
    """One call of a torch function that gave a tensor.

    Attributes:
        number: its place in the order of all; the parts of one call have the same.
        part: which tensor of those it returned.
        name: of the function, such as ``view`` or ``__getitem__``.
        place: in the user's code; only in a run that keeps places.
        inputs: the tensors it was given.
        arguments: all that it was given.
        output: what it returned; only of an entry, or in a run that keeps tensors.
        entry: whether numbers come in here: integers become floating point.
        digest: of what it returned.
        leaf: of an entry, the tensor whose gradient says what is read of it.
    """

    number: int
    part: int
    name: str
    place: Place | None
    inputs: tuple[Tensor, ...]
    arguments: tuple[Any, ...]
    output: Tensor | None
    entry: bool
    digest: Digest
    leaf: Tensor | None = None


def digest_of(tensor: Tensor) -> Digest:
    """Numbers for each index of each axis, which differ if anything that stands there differs.

    >>> a, b = torch.zeros(2, 3), torch.zeros(2, 3)
    >>> b[1, 2] = 1
    >>> [(x != y).nonzero().flatten().tolist() for x, y in zip(digest_of(a), digest_of(b))]
    [[1], [2]]
    """
    if not tensor.numel() or tensor.dim() == 0:
        return (tensor.detach().double().reshape(-1)[:1],) if tensor.dim() == 0 else ()
    # Of what is large, every so many features stand for all.
    every = -(-tensor.numel() // MOST_DIGESTED)
    if every > 1 and tensor.shape[-1] >= 2 * every:
        tensor = tensor[..., ::every]
    # Weights that differ keep changes that sum to zero, as those of a softmax, from cancelling.
    weights = torch.linspace(0.5, 1.5, tensor.numel(), dtype=torch.float64, device=tensor.device)
    # asinh keeps the -1e9 of a mask from swallowing the digits of what stands beside it.
    values = tensor.detach().to(torch.float64).nan_to_num(5.0, 7.0, -7.0).asinh()
    values = values * weights.view(tensor.shape)
    axes = range(tensor.dim())
    return tuple(
        values.sum([other for other in axes if other != axis]) if len(axes) > 1 else values
        for axis in axes
    )


@dataclass(eq=False)
class Watch(TorchFunctionMode):
    """Sees and keeps what a model does in one run.

    Attributes:
        dtype: the dtype of all floating point numbers; ``None`` leaves them.
        keep: whether tensors and places are kept, for gradients; else digests alone.
        edits: changes of what operations return, by their number and part.
        operations: what was seen.
        complete: whether all operations were recorded.
        number: of the last operation.
    """

    dtype: torch.dtype | None = None
    keep: bool = False
    edits: Mapping[tuple[int, int], Edit] = field(default_factory=dict)
    operations: list[Operation] = field(default_factory=list)
    complete: bool = True
    number: int = 0
    _inside: int = 0

    def __post_init__(self) -> None:
        super().__init__()

    @property
    def is_inside(self) -> bool:
        """Whether a recurrent module is running."""
        return self._inside > 0

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Within a recurrent module: its own operations are not recorded."""
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1

    def __torch_function__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        if self.dtype is not None:
            args = tuple(map(self._promoted_dtype, args))
            kwargs = {name: self._promoted_dtype(each) for name, each in kwargs.items()}
        if getattr(func, "__name__", "") in DROPS and args and not self._inside:
            return args[0]
        result = func(*args, **kwargs)
        if self._inside:
            return result
        if isinstance(result, Tensor):
            return self._seen(func, args, kwargs, result, 0)
        if isinstance(result, (tuple, list)) and any(isinstance(each, Tensor) for each in result):
            parts = [
                self._seen(func, args, kwargs, each, i) if isinstance(each, Tensor) else each
                for i, each in enumerate(result)
            ]
            return _like(result, parts)
        return result

    def _promoted_dtype(self, value: Any) -> Any:
        return self.dtype if isinstance(value, torch.dtype) and value in _FLOATS else value

    def _seen(
        self, func: Any, args: Sequence[Any], kwargs: Mapping[str, Any], result: Tensor, part: int
    ) -> Tensor:
        if part == 0:
            self.number += 1
        number = self.number
        if not result.is_floating_point():
            return result
        if self.dtype is not None and result.dtype != self.dtype and result.dtype in _FLOATS:
            result = result.to(self.dtype)
        name = getattr(func, "__name__", "")
        if name in ("__get__", "__set__", "__set_name__"):  # an attribute, such as x.data or x.T
            name = "attribute"
        inputs = tuple(_tensors((*args, *kwargs.values())))
        entry = name == "embedding" or not any(each.is_floating_point() for each in inputs)
        leaf = None
        if entry and inputs and not result.requires_grad and torch.is_grad_enabled():
            leaf = result.detach().requires_grad_()
            result = leaf.clone()
        if edit := self.edits.get((number, part)):
            result = edit(result)
        self._record(
            name, inputs, (*args, *kwargs.items()), result, part, entry and bool(inputs), leaf
        )
        return result

    def _record(
        self,
        name: str,
        inputs: tuple[Tensor, ...],
        arguments: tuple[Any, ...],
        result: Tensor,
        part: int,
        entry: bool,
        leaf: Tensor | None,
    ) -> None:
        if len(self.operations) >= MOST_RECORDED:
            self.complete = False
            return
        keep = self.keep
        self.operations.append(
            Operation(
                self.number,
                part,
                name,
                user_place() if keep else None,
                inputs if keep else (),
                arguments if keep else (),
                result if keep or entry else None,
                entry,
                digest_of(result),
                leaf if leaf is not None else (result if entry and keep else None),
            )
        )


def _like(result: Any, parts: list[Any]) -> Any:
    """The same kind of tuple or list, with other parts; torch's named results are one each."""
    kind = type(result)
    if kind in (tuple, list):
        return kind(parts)
    return kind._make(parts) if hasattr(kind, "_make") else kind(parts)


def _tensors(values: Any) -> Iterator[Tensor]:
    """The tensors among arguments, also within lists, as those of torch.cat."""
    for value in values:
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, (tuple, list)):
            yield from _tensors(value)
