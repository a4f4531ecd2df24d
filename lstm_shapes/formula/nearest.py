"""The nearest sizes that can be run, for a question that is too large."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from lstm_shapes.config import InputSizes, Settings
from lstm_shapes.errors import one_each
from lstm_shapes.formula.budget import INTERACTIVE, Limits, fits

USUAL: Mapping[str, int] = MappingProxyType(
    {"hidden_size": 128, "seq_len": 64, "batch_size": 16, "num_layers": 2, "input_size": 128}
)
"""The sizes that can be made smaller, in the order in which they are offered, with one of each
that is common: together they are within the limits of a run while someone waits."""


@dataclass(frozen=True)
class Nearest:
    """Sizes that can be run, for a question that cannot.

    Attributes:
        sizes: by name, the values to set.
        searched: the one of them that is the largest that fits beside the others.
        most: that largest value; the one in ``sizes`` is it, rounded down.
    """

    sizes: Mapping[str, int]
    searched: str
    most: int


def nearest_sizes(
    settings: Settings, sizes: InputSizes, limits: Limits = INTERACTIVE
) -> tuple[Nearest, ...]:
    """Find the nearest smaller sizes at which a run is within the limits.

    One argument is changed where one is enough; where none is, those that exceed a common size
    most are set to it first, until one more is enough.

    Args:
        settings: the module.
        sizes: its input.
        limits: the most that a run may need.

    Returns:
        One for each argument that is enough; none if the question fits as it is, or if
        nothing smaller does. Nothing is allocated.

    >>> for found in nearest_sizes(Settings(4, 3), InputSizes(seq_len=100_000, batch_size=3)):
    ...     print(found.sizes)
    {'seq_len': 4000}
    >>> for found in nearest_sizes(Settings(4, 8192), InputSizes(seq_len=100_000, batch_size=3)):
    ...     print(found.sizes, found.most)
    {'seq_len': 64, 'hidden_size': 1100} 1139
    """
    if fits(settings, sizes, limits):
        return ()
    fixed: dict[str, int] = {}
    while True:
        found = tuple(_alone(settings, sizes, limits, fixed))
        over = {name: _value(settings, sizes, name) / usual for name, usual in USUAL.items()}
        largest = max(over, key=lambda name: over[name])
        if found or over[largest] <= 1:
            return found
        fixed[largest] = max(USUAL[largest], _least(settings, largest))
        if fixed[largest] == _value(settings, sizes, largest):
            return ()  # a projection holds hidden_size up
        settings, sizes = with_size(settings, sizes, largest, fixed[largest])


def with_size(
    settings: Settings, sizes: InputSizes, name: str, value: int
) -> tuple[Settings, InputSizes]:
    """The same question with another size; lengths are cut with it.

    >>> with_size(Settings(4, 3), InputSizes(5, 2, [5, 3]), "seq_len", 4)[1]
    InputSizes(seq_len=4, batch_size=2, lengths=(4, 3))
    """
    if not hasattr(sizes, name):
        changes: dict[str, Any] = {name: value}
        return replace(settings, **changes), sizes
    steps = value if name == "seq_len" else sizes.seq_len
    samples = value if name == "batch_size" else sizes.batch_size
    lengths = sizes.lengths
    if lengths is not None and samples is not None:
        lengths = one_each([min(each, steps) for each in lengths], samples, steps)
    return settings, InputSizes(steps, samples, lengths)


def _alone(
    settings: Settings, sizes: InputSizes, limits: Limits, fixed: Mapping[str, int]
) -> Iterator[Nearest]:
    """For each size that is enough alone beside those that were set, the largest that fits."""
    for name in USUAL:
        # The largest that fits is sought between one that does and one that does not.
        most, beyond = _least(settings, name), _value(settings, sizes, name)
        if most >= beyond or not fits(*with_size(settings, sizes, name, most), limits):
            continue
        least = most
        while beyond - most > 1:
            middle = (most + beyond) // 2
            if fits(*with_size(settings, sizes, name, middle), limits):
                most = middle
            else:
                beyond = middle
        yield Nearest({**fixed, name: max(least, _rounded(most))}, name, most)


def _value(settings: Settings, sizes: InputSizes, name: str) -> int:
    value: int | None = getattr(sizes if hasattr(sizes, name) else settings, name)
    return value or 0


def _least(settings: Settings, name: str) -> int:
    return settings.proj_size + 1 if name == "hidden_size" else 1


def _rounded(value: int) -> int:
    """Rounded down to two digits, or to a power of two if that is nearer."""
    unit: int = 10 ** max(0, len(str(value)) - 2)
    return max(value // unit * unit, 1 << (value.bit_length() - 1))
