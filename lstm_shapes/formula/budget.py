"""What a run would cost, and what is too much. Asked before anything is allocated.

The default limits keep the explorer interactive: at the sizes its sliders reach an update
takes about 10 ms, and where a limit is reached some tenths of a second (1.4 s in the
slowest case found, an input_size of 900,000). What they stand for, as seen on one thread
of a 2026 server: building takes 2 to 6 ns a parameter and 0.3 ms a cell, a matrix product
30 ms for 10**9 multiply-adds, the element-wise work 12 ns a gate value, and a step of one
cell of a GRU or of a projected LSTM 10 µs however small it is. The explorer runs the
module twice, the second time layer by layer for its statements.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from lstm_shapes.config import InputSizes, Settings
from lstm_shapes.formula.numbers import human_bytes
from lstm_shapes.formula.parameters import GATES, parameter_count, weight_count
from lstm_shapes.formula.shapes import tensor_shapes

FLOAT32 = 4  # bytes of one element


@dataclass(frozen=True)
class Cost:
    """What one forward run needs.

    Attributes:
        bytes: parameters, input, states, the output of every layer and one layer's
            gates, all in float32.
        multiply_adds: of the matrix products.
        gate_values: numbers that pass a gate's sigmoid or tanh.
        cell_steps: calls of a cell: steps × layers × directions.
        cells: layers × directions.
    """

    bytes: int
    multiply_adds: int
    gate_values: int
    cell_steps: int
    cells: int


@dataclass(frozen=True)
class Limits:
    """The most a run may need. The defaults are meant for interactive use."""

    bytes: int = 64 * 2**20
    multiply_adds: int = 10**9
    gate_values: int = 5 * 10**6
    cell_steps: int = 4_000
    cells: int = 64


INTERACTIVE = Limits()

READING = Limits(
    bytes=4 * 2**20, multiply_adds=2 * 10**7, gate_values=2 * 10**5, cell_steps=600, cells=32
)
"""The most a run may have needed to be measured further while someone waits: by gradients, by
hand, or by running it again in other ways."""


class OverBudget(RuntimeError):
    """A run that was refused before anything was allocated; says what it would need."""


def estimate(settings: Settings, sizes: InputSizes) -> Cost:
    """What one forward run of the module on such an input needs.

    >>> from lstm_shapes.formula.numbers import human_bytes
    >>> cost = estimate(Settings(8192, 8192), InputSizes(seq_len=100, batch_size=32))
    >>> human_bytes(cost.bytes)
    '2.5 GiB'
    >>> cost.multiply_adds
    1717986918400
    """
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
    """Let a run pass, or refuse it.

    Raises:
        OverBudget: naming everything of which it would need too much.

    >>> check(estimate(Settings(4, 100_000), InputSizes(seq_len=5, batch_size=3)))
    Traceback (most recent call last):
    ...
    lstm_shapes.formula.budget.OverBudget: needs 149 GiB (limit 64 MiB); \
needs 600,024,000,000 multiply-adds (limit 1,000,000,000); \
needs 6,000,000 gate values (limit 5,000,000)
    """
    excesses = _excesses(cost, limits)
    if excesses:
        raise OverBudget("; ".join(excesses))


_NOUNS = {
    "bytes": "",
    "multiply_adds": " multiply-adds",
    "gate_values": " gate values",
    "cell_steps": " cell steps",
    "cells": " cells",
}


def _excesses(cost: Cost, limits: Limits) -> list[str]:
    found = []
    for name, limit in asdict(limits).items():
        needed = getattr(cost, name)
        if needed > limit:
            write = human_bytes if name == "bytes" else "{:,}".format
            found.append(f"needs {write(needed)}{_NOUNS[name]} (limit {write(limit)})")
    return found
