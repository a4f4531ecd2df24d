"""Which rows of h_n become which row of a decoder's h_0, with one sample's numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

from lstm_shapes.explorer.panels.numbers import MOST_ROWS, Number, and_more, cells

if TYPE_CHECKING:
    from torch import Tensor

    from lstm_shapes.live.decoder import Decoding


class NumbersPart(TypedDict):
    """Numbers of one row; ``band`` is the direction that wrote them."""

    band: str
    cells: Sequence[Number]


class NumbersRow(TypedDict):
    """One row of a state, of one sample; side by side where directions were."""

    label: str
    parts: Sequence[NumbersPart]
    more: str


class LayerRow(TypedDict):
    """What one layer of the decoder starts from, and the rows that it is made of."""

    sources: Sequence[NumbersRow]
    made: NumbersRow


def layer_row(made: Decoding, layer: int, sample: int) -> LayerRow:
    """One layer: the rows of h_n that belong to it, and the row of h_0 that is made of them."""
    settings = made.encoder.settings
    sources: list[NumbersRow] = []
    for i, direction in enumerate(settings.directions):
        row = layer * settings.num_directions + i
        unused = made.combine == "forward" and direction == "backward"
        label = f"h_n[{row}] {direction}{', left out' if unused else ''}"
        sources.append(_row(label, (direction,), made.encoder.h_n[row], sample))
    bands: tuple[str, ...] = ("both",)
    if made.combine == "concat":
        bands = settings.directions
    elif made.combine == "forward":
        bands = ("forward",)
    return {
        "sources": sources,
        "made": _row(f"h_0[{layer}]", bands, made.states[0][layer], sample),
    }


def _row(label: str, bands: Sequence[str], values: Tensor, sample: int) -> NumbersRow:
    """One sample of a row, (N, features) or unbatched (features,), in equal parts."""
    parts = values.reshape(-1, values.shape[-1])[sample].chunk(len(bands))
    return {
        "label": label,
        "parts": [
            {"band": band, "cells": cells(part[:MOST_ROWS].tolist())}
            for band, part in zip(bands, parts, strict=True)
        ],
        "more": and_more(len(parts[0]), MOST_ROWS, "features" + " of each" * (len(parts) > 1)),
    }
