"""What each argument of nn.LSTM changes in the shapes, and what it leaves as it is.

Each argument in turn is given another value, and the shapes before and after are compared.
The shapes come from ``formula.shapes`` and ``formula.parameters``; torch is not needed.
"""

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
"""The arguments of nn.LSTM that are compared, in the order of torch's documentation."""

SHOWN_DROPOUT = 0.5
"""The dropout that is shown in place of 0, which would have no effect."""


@dataclass(frozen=True)
class ArgumentEffect:
    """What one argument would change if it had another value.

    Attributes:
        argument: the argument's name.
        value: the value that the settings give it.
        other: the value that it is compared with.
        settings: the settings with the other value; ``None`` if nn.LSTM would refuse them.
        why_not: why the settings with the other value are refused; empty if they are valid.
        changed: by name of tensor, its shape before and after. Only tensors whose sizes or
            axes change are in it.
        same: names of the tensors whose shape does not change.
        parameters: the number of elements of all parameters, before and after.
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
    """Compute what each argument of nn.LSTM would change in the shapes of a call.

    Each argument is compared with one other value: a bool with its opposite, a size with the
    size plus one, one nonlinearity with the other. dropout and proj_size are compared with 0, or
    with a value above 0 if they are 0.

    Args:
        settings: the module to start from.
        sizes: its input.

    Returns:
        One record for each argument that the module has, in the order of torch's documentation
        of ``torch.nn.LSTM``; the nonlinearity of an RNN is the last.

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
        if argument == "nonlinearity" and settings.kind != "RNN":
            continue
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
    """The shapes of input, out, h_n and c_n; h_0 and c_0 have those of h_n and c_n."""
    named = tensor_shapes(settings, sizes)
    return {name: shape for name, shape in named.items() if not name.endswith("_0")}


def _other(settings: Settings, argument: str) -> Any:
    """The value that an argument is compared with."""
    value = getattr(settings, argument)
    if isinstance(value, bool):
        return not value
    if argument == "nonlinearity":
        return "relu" if value == "tanh" else "tanh"
    if argument == "dropout":
        return 0.0 if value else SHOWN_DROPOUT
    if argument == "proj_size":
        return 0 if value else max(1, settings.hidden_size - 1)
    return value + 1
