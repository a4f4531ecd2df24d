"""What each argument changes and what it does not, as a difference to given settings. No torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lstm_shapes.config import ARGUMENTS, InputSizes, Settings
from lstm_shapes.errors import ArgumentError
from lstm_shapes.formula.parameters import parameter_count
from lstm_shapes.formula.shapes import NamedShape, tensor_shapes

COMPARED = tuple(
    name for name, each in ARGUMENTS.items() if each.group == "module" and name != "kind"
)
"""The arguments of nn.LSTM, in the documentation's order."""

SHOWN_DROPOUT = 0.5
"""What is shown of dropout where the settings have none."""


@dataclass(frozen=True)
class ArgumentEffect:
    """One argument with another value.

    Attributes:
        argument: its name.
        value, other: as set, and what it is compared with.
        settings: with the other value; ``None`` where no other is valid.
        why_not: why there is none; empty otherwise.
        changed: by name, the shapes before and after, of those that differ in size or order.
        same: names of the tensors whose shape stays.
        parameters: how many, before and after.
    """

    argument: str
    value: object
    other: object
    settings: Settings | None
    why_not: str
    changed: Mapping[str, tuple[NamedShape, NamedShape]]
    same: tuple[str, ...]
    parameters: tuple[int, int]


def argument_effects(settings: Settings, sizes: InputSizes) -> tuple[ArgumentEffect, ...]:
    """What each argument of nn.LSTM would do to the shapes of a call, by formula.

    A switch is compared with its other position, a size with one more, dropout and proj_size
    with none, or with some where there is none.

    Source: torch documentation, ``torch.nn.LSTM``, "Parameters".

    >>> found = {each.argument: each for each in argument_effects(Settings(4, 3), InputSizes(5, 2))}
    >>> before, after = found["batch_first"].changed["out"]
    >>> before.shape, after.shape, found["batch_first"].same
    ((5, 2, 3), (2, 5, 3), ('h_n', 'c_n'))
    >>> found["bidirectional"].parameters
    (108, 216)
    """
    return tuple(_effects(settings, sizes))


def _effects(settings: Settings, sizes: InputSizes) -> Iterator[ArgumentEffect]:
    before, count = _shapes(settings, sizes), parameter_count(settings)
    for argument in COMPARED:
        value = getattr(settings, argument)
        other = _other(settings, argument)
        try:
            changed = replace(settings, **{argument: other})
        except ArgumentError as error:
            same = tuple(before)
            yield ArgumentEffect(argument, value, other, None, str(error), {}, same, (count, count))
            continue
        after = _shapes(changed, sizes)
        pairs = {name: (before[name], after[name]) for name in before}
        yield ArgumentEffect(
            argument,
            value,
            other,
            changed,
            "",
            {name: pair for name, pair in pairs.items() if pair[0] != pair[1]},
            tuple(name for name, pair in pairs.items() if pair[0] == pair[1]),
            (count, parameter_count(changed)),
        )


def _shapes(settings: Settings, sizes: InputSizes) -> dict[str, NamedShape]:
    """Those of the page's cards: the states to start from are as those at the end."""
    named = tensor_shapes(settings, sizes)
    return {name: shape for name, shape in named.items() if not name.endswith("_0")}


def _other(settings: Settings, argument: str) -> Any:
    """The value that one is compared with."""
    value = getattr(settings, argument)
    if isinstance(value, bool):
        return not value
    if argument == "dropout":
        return 0.0 if value else SHOWN_DROPOUT
    if argument == "proj_size":
        return 0 if value else max(1, settings.hidden_size - 1)
    return value + 1
