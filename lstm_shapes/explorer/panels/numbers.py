"""A tensor of one sample as columns of numbers: time across, features down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from lstm_shapes.config import DIRECTIONS
from lstm_shapes.formula.numbers import element, grouped

if TYPE_CHECKING:
    from torch import Tensor

MOST_COLUMNS = 8
"""Columns drawn in a strip; of a longer sequence the middle is left out, and said so."""

MOST_ROWS = 6
"""Features drawn of one direction; the rest is counted."""

STRONGEST = 0.5
"""The absolute value from which on a cell has its full colour."""

Number = tuple[str, float]
"""A number as it is written, and its strength from 0 to 1, which is its colour."""

NOTHING: Number = ("", 0)
"""What stands where there is no number."""

Source = Callable[[int], int]


class ColumnRecord(TypedDict):
    """The features of one direction at one step.

    ``key`` names the direction and the step that wrote them, so that a column can be followed
    from strip to strip; it is empty for the column that stands for those left out.
    """

    key: str
    label: str
    cells: Sequence[Number]


class BandRecord(TypedDict):
    """The columns that one direction wrote, and whether their labels are shown."""

    band: str
    columns: Sequence[ColumnRecord]
    labelled: bool


class HeatRecord(TypedDict):
    """A strip of numbers, and how many features are left out."""

    bands: Sequence[BandRecord]
    more: str


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


def in_order(halves: Iterable[Tensor]) -> list[Band]:
    """What each direction wrote, (L, features) each, in input order."""
    return [
        Band(direction, lambda at: at, half.shape[-1], half)
        for direction, half in zip(DIRECTIONS, halves, strict=False)
    ]


def strip(at: Sequence[int | None], bands: Sequence[Band], seq_len: int) -> HeatRecord:
    """Columns at these positions; a label below each band whose columns are other steps."""
    records: list[BandRecord] = []
    for band in reversed(bands):
        columns = [_column(band, each, seq_len) for each in at]
        labelled = not records or _labels(records[0]["columns"]) != _labels(columns)
        records.insert(0, {"band": band.name, "columns": columns, "labelled": labelled})
    return {"bands": records, "more": _left_out(bands)}


def vector(bands: Sequence[Band]) -> HeatRecord:
    """A single column, without time: the first position of each band."""
    records: list[BandRecord] = [
        {
            "band": band.name,
            "labelled": False,
            "columns": [{**_column(band, 0, 0), "label": ""}],
        }
        for band in bands
    ]
    return {"bands": records, "more": _left_out(bands)}


def _column(band: Band, at: int | None, seq_len: int) -> ColumnRecord:
    shown = min(band.features, MOST_ROWS)
    if at is None:
        return {"key": "", "label": "…", "cells": [NOTHING] * shown}
    step = band.source(at)
    if band.values is None:
        drawn: list[Number] = [("", STRONGEST)] * shown
    else:
        drawn = cells(band.values[at, :shown].tolist())
    return {"key": f"{band.name}.{step}", "label": _label(step, seq_len), "cells": drawn}


def _labels(columns: Iterable[ColumnRecord]) -> list[str]:
    return [column["label"] for column in columns]


def cells(numbers: Sequence[float]) -> list[Number]:
    """Numbers to two decimals, each with its strength from 0 to 1; no more than are drawn."""
    return [
        (element(number), round(min(1.0, abs(number) / STRONGEST), 2))
        for number in numbers[:MOST_ROWS]
    ]


def and_more(count: int, most: int, what: str) -> str:
    """How many are not drawn, in words; empty if all are."""
    return f"and {grouped(count - most)} more {what}" if count > most else ""


def _label(step: int, seq_len: int) -> str:
    # From five digits on there is no room for the number.
    if seq_len > 10_000 and step > seq_len // 2:
        return f"t=L-{seq_len - step}"
    return f"t={step}"


def _left_out(bands: Sequence[Band]) -> str:
    return and_more(max((band.features for band in bands), default=0), MOST_ROWS, "features")
