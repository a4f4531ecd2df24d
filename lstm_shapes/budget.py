"""What a run would cost, and what is too much. Asked before anything is allocated.

The default limits keep one update of the explorer near a tenth of a second on one
thread of a laptop. On such a thread building a module takes 2 to 6 ns a parameter,
a matrix product about 30 ms for 10**9 multiply-adds, and one step of one cell of a
GRU or of a projected LSTM 10 µs however small it is; an explorer's update runs the
module twice, the second time layer by layer for its statements.
"""

from __future__ import annotations

from dataclasses import dataclass

from lstm_shapes.config import InputSizes, Settings
from lstm_shapes.shapes import GATES, parameter_count, tensor_shapes, weight_count

FLOAT32 = 4  # bytes of one element


@dataclass(frozen=True)
class Cost:
    """What one forward run needs.

    Attributes:
        bytes: parameters, input, states, the outputs of two layers at a time and one
            layer's gates, all in float32.
        multiply_adds: of the matrix products; element-wise work is not counted.
        cell_steps: calls of a cell: steps × layers × directions.
    """

    bytes: int
    multiply_adds: int
    cell_steps: int


@dataclass(frozen=True)
class Limits:
    """The most a run may need. The defaults are meant for interactive use."""

    bytes: int = 64 * 2**20
    multiply_adds: int = 10**9
    cell_steps: int = 4_000


INTERACTIVE = Limits()


class OverBudget(RuntimeError):
    """A run that was refused before anything was allocated.

    Attributes:
        cost: what it would have needed.
        limits: what it was held against.
    """

    def __init__(self, cost: Cost, limits: Limits) -> None:
        self.cost = cost
        self.limits = limits
        super().__init__("; ".join(_excesses(cost, limits)))


def estimate(settings: Settings, sizes: InputSizes) -> Cost:
    """What one forward run of the module on such an input needs.

    >>> cost = estimate(Settings(8192, 8192), InputSizes(seq_len=100, batch_size=32))
    >>> human_bytes(cost.bytes)
    '2.6 GiB'
    >>> cost.multiply_adds
    1717986918400
    """
    tensors = tensor_shapes(settings, sizes)
    samples = 1 if sizes.batch_size is None else sizes.batch_size
    steps = samples * sizes.seq_len
    gates = len(GATES[settings.kind]) * settings.hidden_size * settings.num_directions
    elements = (
        parameter_count(settings)
        + sum(tensor.numel for tensor in tensors.values())
        + tensors["out"].numel  # the layer below, while the last one is written
        + steps * gates
    )
    return Cost(
        bytes=FLOAT32 * elements,
        multiply_adds=sizes.tokens * weight_count(settings),
        cell_steps=sizes.seq_len * settings.num_layers * settings.num_directions,
    )


def check(cost: Cost, limits: Limits = INTERACTIVE) -> None:
    """Let a run pass, or refuse it.

    Raises:
        OverBudget: naming everything of which it would need too much.

    >>> check(estimate(Settings(4, 100_000), InputSizes(seq_len=5, batch_size=3)))
    Traceback (most recent call last):
    ...
    lstm_shapes.budget.OverBudget: needs 149 GiB (limit 64 MiB); \
needs 600,024,000,000 multiply-adds (limit 1,000,000,000)
    """
    if any(_excesses(cost, limits)):
        raise OverBudget(cost, limits)


def human_bytes(count: int) -> str:
    """A count of bytes in the largest binary unit that leaves a number above 1.

    >>> human_bytes(480), human_bytes(96 * 2**30), human_bytes(1536)
    ('480 B', '96 GiB', '1.5 KiB')
    """
    unit = 0
    while unit < len(_UNITS) - 1 and count >= 1024 ** (unit + 1):
        unit += 1
    # Integers throughout: a count may be too large for a float.
    whole, rest = divmod(count, 1024**unit)
    tenth = rest * 10 // 1024**unit
    shown = f"{whole:,}.{tenth}" if tenth and whole < 10 else f"{whole:,}"
    return f"{shown} {_UNITS[unit]}"


_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")


def _excesses(cost: Cost, limits: Limits) -> list[str]:
    found = []
    if cost.bytes > limits.bytes:
        found.append(f"needs {human_bytes(cost.bytes)} (limit {human_bytes(limits.bytes)})")
    if cost.multiply_adds > limits.multiply_adds:
        found.append(f"needs {cost.multiply_adds:,} multiply-adds (limit {limits.multiply_adds:,})")
    if cost.cell_steps > limits.cell_steps:
        found.append(f"needs {cost.cell_steps:,} cell steps (limit {limits.cell_steps:,})")
    return found
