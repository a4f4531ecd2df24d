"""What the colours of the directions mean."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from lstm_shapes.config import Direction
from lstm_shapes.picture.svg import ARROWS


class LegendRecord(TypedDict):
    """One colour, by the direction that has it, and its meaning."""

    band: str
    words: str


def legend_records(directions: Iterable[Direction]) -> list[LegendRecord]:
    """One record for each direction."""
    return [{"band": direction, "words": ARROWS[direction]} for direction in directions]
