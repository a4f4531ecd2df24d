"""A tensor of one sample as columns of numbers: time across, features down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lstm_shapes.config import DIRECTIONS
from lstm_shapes.explorer.view import View
from lstm_shapes.formula.numbers import grouped

if TYPE_CHECKING:
    from torch import Tensor

MOST_COLUMNS = 8
"""Columns drawn in a strip; of a longer sequence the middle is left out, and said so."""

MOST_ROWS = 6
"""Features drawn of one direction; the rest is counted."""

STRONGEST = 0.5
"""The absolute value from which on a cell has its full colour."""

Source = Callable[[int], int]


@dataclass(frozen=True)
class Band:
    """The rows of a strip that one direction wrote.

    Attributes:
        name: ``forward``, ``backward``, or ``both`` for what was made of both.
        source: the step whose numbers stand at a position.
        values: (positions, features); ``None`` where there is no run.
        features: how many there are.
    """

    name: str
    source: Source
    features: int
    values: Tensor | None = None


def of_sample(out: Tensor, sample: int, time: int) -> Tensor:
    """One sample of (L, N, features) or (N, L, features), as (steps, features).

    Args:
        time: which axis is time; no matter if unbatched.
    """
    return out if out.dim() == 2 else out.select(1 - time, sample)


def in_order(halves: Iterable[Tensor]) -> list[Band]:
    """What each direction wrote, (steps, features) each, in input order."""
    return [
        Band(direction, lambda at: at, half.shape[-1], half)
        for direction, half in zip(DIRECTIONS, halves, strict=False)
    ]


def strip(at: Sequence[int | None], bands: Sequence[Band], seq_len: int) -> View:
    """Columns at these positions; a label below each band whose columns are other steps."""
    views: list[View] = []
    for band in reversed(bands):
        columns = [_column(band, each, seq_len) for each in at]
        labelled = not views or _labels(views[0]["columns"]) != _labels(columns)
        views.insert(0, {"band": band.name, "columns": columns, "labelled": labelled})
    return {"bands": views, "more": [_left_out(band) for band in bands]}


def vector(bands: Sequence[Band]) -> View:
    """A single column, without time: the first position of each band."""
    views = [
        {"band": band.name, "labelled": False, "columns": [_column(band, 0, 0) | {"label": ""}]}
        for band in bands
    ]
    return {"bands": views, "more": [_left_out(band) for band in bands]}


def _column(band: Band, at: int | None, seq_len: int) -> View:
    shown = min(band.features, MOST_ROWS)
    if at is None:
        return {"key": "", "label": "…", "cells": [["", 0]] * shown}
    step = band.source(at)
    if band.values is None:
        drawn_cells: list[list[object]] = [["", STRONGEST]] * shown
    else:
        drawn_cells = cells(band.values[at, :shown].tolist())
    return {"key": f"{band.name}.{step}", "label": _label(step, seq_len), "cells": drawn_cells}


def _labels(columns: list[View]) -> list[str]:
    return [column["label"] for column in columns]


def cells(numbers: Sequence[float]) -> list[list[object]]:
    """Numbers to two decimals, each with its strength from 0 to 1; no more than are drawn."""
    return [
        [f"{number:.2f}", round(min(1.0, abs(number) / STRONGEST), 2)]
        for number in numbers[:MOST_ROWS]
    ]


def _label(step: int, seq_len: int) -> str:
    # From five digits on there is no room for the number.
    if seq_len > 10_000 and step > seq_len // 2:
        return f"t=L-{seq_len - step}"
    return f"t={step}"


def _left_out(band: Band) -> str:
    more = band.features - MOST_ROWS
    return f"and {grouped(more)} more features" if more > 0 else ""
