"""What a run would cost, and whether that is too much.

The cost is computed from the settings, so a run that is too large is refused before anything
is allocated.

The default limits keep the explorer interactive. An update takes about 10 ms at the sizes
that its sliders reach, and some tenths of a second at a limit (1.4 s in the slowest case
found, an input_size of 900,000). The limits follow from these times, measured on one thread
of a server in 2026:

- The module takes 2 to 6 ns per parameter and 0.3 ms per cell to build.
- The matrix products take 30 ms for 10**9 multiply-adds.
- The element-wise work takes 12 ns per gate value.
- One step of one cell of a GRU, or of an LSTM with a projection, takes at least 10 µs.

The explorer runs the module twice: once as a whole, and once layer by layer for its
statements.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from lstm_shapes.argument import check_record
from lstm_shapes.config import InputSizes, Settings
from lstm_shapes.errors import check_int
from lstm_shapes.formula.numbers import human_bytes
from lstm_shapes.formula.parameters import GATES, parameter_count, weight_count
from lstm_shapes.formula.shapes import check_question, tensor_shapes

if TYPE_CHECKING:
    from torch import nn

FLOAT32 = 4
"""Bytes of one element; torch's default dtype is float32."""


@dataclass(frozen=True)
class Cost:
    """What one forward run needs.

    Attributes:
        bytes: the memory in bytes for the parameters, the input, the states, the output of
            every layer and the gates of one layer, all in float32.
        multiply_adds: the multiplications, each with an addition, in the matrix products.
        gate_values: how many numbers go through the sigmoid or tanh of a gate.
        cell_steps: how often a cell computes a step: steps × layers × directions.
        cells: how many cells the module has: layers × directions.
    """

    bytes: int
    multiply_adds: int
    gate_values: int
    cell_steps: int
    cells: int


@dataclass(frozen=True)
class Limits:
    """The most that a run may need; the defaults are meant for interactive use.

    Attributes:
        bytes, multiply_adds, gate_values, cell_steps, cells: the largest value that is allowed
            for the same attribute of :class:`Cost`.

    Raises:
        ArgumentTypeError: a limit is no int.
        ArgumentError: a limit is below 0.
    """

    bytes: int = 64 * 2**20
    multiply_adds: int = 10**9
    gate_values: int = 5 * 10**6
    cell_steps: int = 4_000
    cells: int = 64

    def __post_init__(self) -> None:
        for name, limit in vars(self).items():
            check_int(name, limit, at_least=0, at_most=math.inf)


INTERACTIVE = Limits()
"""The limits of a single run while someone waits."""

BY_HAND = Limits(
    bytes=16 * 2**20, multiply_adds=6 * 10**8, gate_values=15 * 10**5, cell_steps=600, cells=32
)
"""The limits of a run that is computed by hand as well, or made several times more, while someone
waits."""

READING = Limits(
    bytes=8 * 2**20, multiply_adds=10**8, gate_values=6 * 10**5, cell_steps=600, cells=32
)
"""The limits of a run of which many vectors are followed while someone waits, by gradients or by
labels of their elements."""


class OverBudget(RuntimeError):
    """A run that is too large; it is refused before anything is allocated.

    The message names each limit that the run would exceed, what the run would need, and what
    can be done.

    Attributes:
        cost: what the run would need.
        limits: the limits that it would exceed.
        excess: what it needs too much of.
        cure: what to do instead: limits that are high enough, or sizes that are small enough.
    """

    def __init__(self, cost: Cost, limits: Limits) -> None:
        self.cost, self.limits = cost, limits
        self.excess, self.cure = "; ".join(_excesses(cost, limits).values()), _cure(cost, limits)
        # The arguments as they came, so that a copy or a pickle can be made again.
        super().__init__(cost, limits)

    def __str__(self) -> str:
        return f"{self.excess}: {self.cure}"


def estimate(settings: Settings | nn.Module, sizes: InputSizes) -> Cost:
    """Compute what one forward run of a module on an input needs.

    Args:
        settings: the module: its Settings, or a module as for :meth:`Settings.of`.
        sizes: its input.

    Returns:
        The cost; nothing is allocated to compute it.

    Raises:
        ArgumentTypeError: the settings are neither Settings nor such a module, or the sizes are
            not InputSizes.

    >>> from lstm_shapes.formula.numbers import human_bytes
    >>> cost = estimate(Settings(8192, 8192), InputSizes(seq_len=100, batch_size=32))
    >>> human_bytes(cost.bytes)
    '2.5 GiB'
    >>> cost.multiply_adds
    1717986918400
    """
    return _estimate(check_question(settings, sizes), sizes)


@lru_cache(maxsize=64)
def _estimate(settings: Settings, sizes: InputSizes) -> Cost:
    tensors = tensor_shapes(settings, sizes)
    samples = 1 if sizes.batch_size is None else sizes.batch_size
    cells = settings.num_layers * settings.num_directions
    gates = len(GATES[settings.kind]) * settings.hidden_size
    elements = (
        parameter_count(settings)
        + sum(tensor.numel for tensor in tensors.values())
        + tensors["out"].numel * (settings.num_layers - 1)
        + samples * sizes.seq_len * gates * settings.num_directions
    )
    return Cost(
        bytes=FLOAT32 * elements,
        multiply_adds=sizes.tokens * weight_count(settings),
        gate_values=sizes.tokens * gates * cells,
        cell_steps=sizes.seq_len * cells,
        cells=cells,
    )


def check(cost: Cost, limits: Limits = INTERACTIVE) -> None:
    """Refuse a run whose cost exceeds the limits.

    Args:
        cost: from :func:`estimate`.
        limits: the most that the run may need.

    Raises:
        OverBudget: the cost exceeds a limit; the message names every limit exceeded.
        ArgumentTypeError: the limits are not Limits.

    >>> check(estimate(Settings(4, 3), InputSizes(seq_len=5_000, batch_size=3)))
    Traceback (most recent call last):
    ...
    lstm_shapes.formula.budget.OverBudget: needs 5,000 cell steps (limit 4,000): \
use at most 4,000 steps, or limits=Limits(cell_steps=5_000)
    """
    check_record("limits", limits, Limits)
    if _excesses(cost, limits):
        raise OverBudget(cost, limits)


_NOUNS = {
    "bytes": "",
    "multiply_adds": " multiply-adds",
    "gate_values": " gate values",
    "cell_steps": " cell steps",
    "cells": " cells",
}


def _excesses(cost: Cost, limits: Limits) -> dict[str, str]:
    """By attribute, what a run needs too much of."""
    found = {}
    for name, limit in asdict(limits).items():
        needed = getattr(cost, name)
        if needed > limit:
            write = human_bytes if name == "bytes" else "{:,}".format
            found[name] = f"needs {write(needed)}{_NOUNS[name]} (limit {write(limit)})"
    return found


def _cure(cost: Cost, limits: Limits) -> str:
    """Sizes that are small enough, or limits that are high enough, as code."""
    smaller = "smaller sizes"
    if _excesses(cost, limits).keys() == {"cell_steps"} and limits.cell_steps >= cost.cells:
        steps = limits.cell_steps // cost.cells
        smaller = f"at most {steps:,} step{'s' * (steps != 1)}"
    raised = (
        f"{name}={getattr(cost, name):_}"
        for name, enough in asdict(INTERACTIVE).items()
        if getattr(cost, name) > enough
    )
    return f"use {smaller}, or limits=Limits({', '.join(raised)})"


def fits(settings: Settings, sizes: InputSizes, limits: Limits = INTERACTIVE) -> bool:
    """Whether a run is within the limits.

    >>> fits(Settings(4, 3), InputSizes(5, 2)), fits(Settings(4, 8192), InputSizes(10**5, 2))
    (True, False)
    """
    try:
        check(estimate(settings, sizes), limits)
    except OverBudget:
        return False
    return True
