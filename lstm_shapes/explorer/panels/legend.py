"""What the colours of the directions mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypedDict

from lstm_shapes.config import Direction

ARROWS: Mapping[Direction, str] = {"forward": "forward →", "backward": "← backward"}
"""A direction's name with the way in which it reads time."""


class LegendRecord(TypedDict):
    """One colour, by the direction that has it, and its meaning."""

    band: str
    words: str


def legend_records(directions: Iterable[Direction]) -> list[LegendRecord]:
    """One record for each direction."""
    return [{"band": direction, "words": ARROWS[direction]} for direction in directions]
