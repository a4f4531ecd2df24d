"""A padded batch that is not packed, held against the packed one: which values differ, and why."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from lstm_shapes.again import as_padded
from lstm_shapes.config import DIRECTIONS, Direction
from lstm_shapes.evaluation import COINCIDENCE, allowed_difference
from lstm_shapes.live import Run, layer_by_layer
from lstm_shapes.packing import lengths_of
from lstm_shapes.shapes import time_axis


@dataclass(frozen=True)
class Difference:
    """How far a padded call is from the packed one, in what one cell wrote.

    Attributes:
        steps: by sample, then by step: the largest difference; ``None`` at padding.
        h_n: by sample, in the final h.
        c_n: by sample, in the final c; ``None`` for GRU and RNN.
        reason: why they differ, or do not.
    """

    layer: int
    direction: Direction
    steps: tuple[tuple[float | None, ...], ...]
    h_n: tuple[float, ...]
    c_n: tuple[float, ...] | None
    reason: str


def padded_against_packed(run: Run) -> tuple[Difference, ...]:
    """What a module makes of a padded batch that is not packed, against the packed call.

    Every layer is compared: the packed call's own with the padded call's own.

    Returns:
        One for each layer and direction, in the order of h_n.

    Raises:
        ArgumentError: the run has no lengths.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> settings = Settings(4, 3, bidirectional=True)
    >>> made = run(settings, InputSizes(seq_len=5, batch_size=2, lengths=[5, 2]))
    >>> for found in padded_against_packed(made):
    ...     print(found.direction, [max(filter(None, each), default=0) > 1e-3
    ...                             for each in found.steps], found.reason)
    forward [False, False] it has read no padding at these steps; it then reads on, to another h_n
    backward [False, True] it starts in the padding
    """
    lengths, padded = lengths_of(run), as_padded(run)
    pairs = zip(layer_by_layer(run), layer_by_layer(padded), strict=True)
    return tuple(
        _difference(i, direction, packed, other, lengths)
        for i, (packed, other) in enumerate(pairs)
        for direction in DIRECTIONS[: run.settings.num_directions]
    )


def _difference(
    layer: int, direction: Direction, packed: Run, padded: Run, lengths: list[int]
) -> Difference:
    half = DIRECTIONS.index(direction)
    time = time_axis(packed.settings, packed.sizes)
    width = packed.settings.h_out
    apart = (packed.out - padded.out).abs()[..., half * width : (half + 1) * width].amax(dim=-1)
    table = (apart if time else apart.t()).tolist()
    steps = tuple(
        tuple(each if t < length else None for t, each in enumerate(row))
        for row, length in zip(table, lengths, strict=True)
    )
    h_n = _rows_apart(packed.h_n, padded.h_n, half) or ()
    c_n = _rows_apart(packed.c_n, padded.c_n, half)
    found = [each for row in (*steps, h_n, c_n or ()) for each in row if each is not None]
    differs = any(each > allowed_difference(packed) for row in steps for each in row if each)
    reason = _why(layer, direction, packed, lengths, differs)
    if max(found) <= allowed_difference(packed) and min(lengths) < packed.sizes.seq_len:
        reason = _why_not(packed)
    return Difference(layer, direction, steps, h_n, c_n, reason)


def _rows_apart(one: Tensor | None, other: Tensor | None, row: int) -> tuple[float, ...] | None:
    if one is None or other is None:
        return None
    return tuple((one[row] - other[row]).abs().amax(dim=-1).tolist())


def _why_not(packed: Run) -> str:
    """Why there is no difference although there is padding."""
    if packed.settings.bias:
        return COINCIDENCE
    return "without a bias padding, which is zeros, leaves a cell that starts at zero there"


def _why(layer: int, direction: Direction, packed: Run, lengths: list[int], differs: bool) -> str:
    if min(lengths) == packed.sizes.seq_len:
        return "no sample has padding"
    if direction == "backward":
        return "it starts in the padding"
    if layer and packed.settings.bidirectional and differs:
        return "the backward cell below has read padding, and this one reads what it wrote"
    return "it has read no padding at these steps; it then reads on, to another h_n"
