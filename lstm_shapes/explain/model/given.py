"""What a model is called with, taken apart into tensors and put together again with others."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

Value = Tensor | list[int]


@dataclass(frozen=True)
class Leaf:
    """A tensor, or a list of ints, among the arguments.

    Attributes:
        name: as it is written in the model's forward, such as ``ids`` or ``batch['x']``.
        value: a copy of it; of a PackedSequence the padded tensor, (N, L, features).
        lengths: of a PackedSequence.
        graph: whether it was computed with a gradient, by an earlier call.
    """

    name: str
    value: Value
    lengths: tuple[int, ...] = ()
    graph: bool = False

    @property
    def tensor(self) -> Tensor:
        """The value as a tensor."""
        return self.value if isinstance(self.value, Tensor) else torch.tensor(self.value)

    @property
    def floating(self) -> bool:
        """Whether it holds numbers that a gradient can flow to."""
        return isinstance(self.value, Tensor) and self.value.is_floating_point()


_Build = Callable[[Sequence[Leaf], Sequence[Value]], Any]


@dataclass(frozen=True)
class Given:
    """The arguments of a call.

    Attributes:
        leaves: the tensors in them, in order.
        parts: makes the arguments, of leaves and of the tensors that stand for them.
    """

    leaves: tuple[Leaf, ...]
    parts: Callable[[Sequence[Leaf], Sequence[Value]], tuple[tuple[Any, ...], dict[str, Any]]]

    def build(self, values: Sequence[Value]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments with other tensors in the place of the leaves."""
        return self.parts(self.leaves, values)

    def with_leaves(self, leaves: Sequence[Leaf]) -> Given:
        """The same arguments with other leaves, such as those of fewer samples."""
        return Given(tuple(leaves), self.parts)


def taken_apart(
    model: nn.Module, args: Sequence[Any], kwargs: Mapping[str, Any], dtype: torch.dtype | None
) -> Given:
    """Find the tensors in the arguments of a call, with their names; they are copied.

    Args:
        model: what is called: its forward gives the names.
        args, kwargs: what it is called with.
        dtype: floating point tensors are copied in this dtype; ``None`` keeps their own.
    """
    found = _Found([], dtype)
    names = _names(model, args, kwargs)
    positional = [found.part(value, names[i]) for i, value in enumerate(args)]
    named = {name: found.part(value, name) for name, value in kwargs.items()}

    def parts(
        leaves: Sequence[Leaf], values: Sequence[Value]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (
            tuple(each(leaves, values) for each in positional),
            {name: each(leaves, values) for name, each in named.items()},
        )

    return Given(tuple(found.leaves), parts)


def _names(model: nn.Module, args: Sequence[Any], kwargs: Mapping[str, Any]) -> list[str]:
    """The name of each positional argument; numbered where the signature does not say."""
    numbered = [f"args[{i}]" for i in range(len(args))]
    try:
        parameters = list(inspect.signature(model.forward).parameters.values())
    except (TypeError, ValueError):  # a forward without a signature
        return numbered
    known = [each.name for each in parameters if each.kind is not each.VAR_POSITIONAL]
    variadic = any(each.kind is each.VAR_POSITIONAL for each in parameters)
    return numbered if variadic else [*known[: len(args)], *numbered[len(known) :]]


@dataclass(frozen=True)
class _Found:
    leaves: list[Leaf]
    dtype: torch.dtype | None

    def part(self, value: Any, name: str) -> _Build:
        """A function that makes a value again, with other tensors in it."""
        if isinstance(value, Tensor):
            return self._leaf(Leaf(name, self._copied(value), graph=value.grad_fn is not None))
        if isinstance(value, PackedSequence):
            return self._packed(value, name)
        if _is_ints(value):
            return self._leaf(Leaf(name, list(value)), type(value))
        if isinstance(value, (tuple, list)):
            return self._listed(value, name)
        if isinstance(value, Mapping):
            parts = {key: self.part(each, f"{name}[{key!r}]") for key, each in value.items()}
            return lambda *given: _like_mapping(value, {k: p(*given) for k, p in parts.items()})
        if _holds_tensors(value):
            inside = {
                key: self.part(each, f"{name}.{key}")
                for key, each in vars(value).items()
                if isinstance(each, Tensor)
            }
            return lambda *given: _with(value, {k: p(*given) for k, p in inside.items()})
        return lambda *_: _as_it_is(value)

    def _copied(self, value: Tensor) -> Tensor:
        own = value.detach().clone()
        return own.to(self.dtype) if self.dtype and own.is_floating_point() else own

    def _leaf(self, leaf: Leaf, kind: Callable[[Any], Any] | None = None) -> _Build:
        place = len(self.leaves)
        self.leaves.append(leaf)
        return lambda _, values: kind(values[place]) if kind else values[place]

    def _packed(self, value: PackedSequence, name: str) -> _Build:
        padded, lengths = pad_packed_sequence(value, batch_first=True)
        place = len(self.leaves)
        self.leaves.append(Leaf(name, self._copied(padded), tuple(lengths.tolist())))
        presorted = value.sorted_indices is None

        def build(leaves: Sequence[Leaf], values: Sequence[Value]) -> PackedSequence:
            given = values[place]
            assert isinstance(given, Tensor)
            steps = torch.tensor(leaves[place].lengths)
            return pack_padded_sequence(given, steps, True, presorted)

        return build

    def _listed(self, value: Any, name: str) -> _Build:
        parts = [self.part(each, f"{name}[{i}]") for i, each in enumerate(value)]
        make = type(value)._make if hasattr(type(value), "_make") else type(value)
        return lambda *given: make([each(*given) for each in parts])


def _is_ints(value: Any) -> bool:
    """Whether a value is a list of lengths or the like."""
    listed = type(value) in (list, tuple) and len(value) > 0
    return listed and all(type(each) is int for each in value)


def _holds_tensors(value: Any) -> bool:
    own = getattr(value, "__dict__", {})
    return not isinstance(value, (type, nn.Module)) and any(
        isinstance(each, Tensor) for each in own.values()
    )


def _with(value: Any, parts: Mapping[str, Any]) -> Any:
    made = copy.copy(value)
    for name, each in parts.items():
        object.__setattr__(made, name, each)
    return made


def _like_mapping(value: Any, parts: dict[Any, Any]) -> Any:
    if type(value) is dict:
        return parts
    made = copy.copy(value)
    made.update(parts)
    return made


def _as_it_is(value: Any) -> Any:
    """A copy where one can be made, so that the model cannot change the user's own."""
    try:
        return copy.deepcopy(value)
    except Exception:  # whatever a user's own class raises: it is shared then
        return value


def tensors_in(value: Any, name: str = "") -> list[tuple[str, Tensor]]:
    """All floating point tensors in what a model has returned, with where they are in it.

    >>> [name for name, _ in tensors_in((torch.zeros(2), {"h": torch.zeros(1)}))]
    ['[0]', "[1]['h']"]
    """
    if isinstance(value, Tensor):
        return [(name, value)] if value.is_floating_point() else []
    if isinstance(value, PackedSequence):
        return [(name, pad_packed_sequence(value, batch_first=True)[0])]
    if isinstance(value, Mapping):
        return [one for key, each in value.items() for one in tensors_in(each, f"{name}[{key!r}]")]
    if isinstance(value, (tuple, list)):
        return [one for i, each in enumerate(value) for one in tensors_in(each, f"{name}[{i}]")]
    if _holds_tensors(value):
        return [
            one for key, each in vars(value).items() for one in tensors_in(each, f"{name}.{key}")
        ]
    return []
