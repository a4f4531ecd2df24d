"""How wide the parts of a drawing are, and how many steps there is room for."""

from __future__ import annotations

from typing import NamedTuple

from lstm_shapes.config import Settings
from lstm_shapes.picture.scene import FEWEST_STEPS, LARGEST_STEPS, MOST_LAYERS

MOST_CELLS = 300
"""The most cells that are drawn because there is room for them: a browser has to stay quick."""
NARROW = 560
"""Below this width there is no room for names beside the rows."""
NARROWEST, WIDEST = 240, 2400
"""The bounds of the width of a drawing, in pixels."""


class Measures(NamedTuple):
    """The widths that depend on how much room there is, in pixels.

    Attributes:
        margin: where the names of the rows start.
        left: where the first step's column starts; h_0 stands left of it, and where ``beside``
            holds, the names of the rows do.
        state: the width of h_0.
        pair: the width of h_n, and of c_n.
        after: the room between the last step and h_n, which the h_0 of the backward direction
            reaches into.
        pitch: the least distance between two steps; it is larger where there is room.
        gap: the least distance between two cells.
        beside: whether names stand beside the rows; else they are above them.
    """

    margin: int
    left: int
    state: int
    pair: int
    after: int
    pitch: int
    gap: float
    beside: bool


_WIDE = Measures(margin=10, left=142, state=50, pair=62, after=30, pitch=46, gap=15, beside=True)
_NARROW = Measures(margin=2, left=54, state=22, pair=42, after=16, pitch=30, gap=9, beside=False)


def measures_of(width: int) -> Measures:
    """The widths in a drawing.

    Args:
        width: of the drawing, in pixels.

    >>> measures_of(934).left, measures_of(340).left
    (142, 54)
    """
    return _WIDE if width >= NARROW else _NARROW


def room_for_steps(settings: Settings, width: int) -> int:
    """The pixels that are left for the steps.

    Args:
        settings: the module.
        width: of the drawing, in pixels.

    >>> room_for_steps(Settings(4, 3), 934)
    588
    """
    measures = measures_of(width)
    states = 2 if settings.kind == "LSTM" else 1
    return width - measures.left - measures.state - measures.after - states * measures.pair


def steps_that_fit(settings: Settings, width: int) -> int:
    """How many steps can be drawn side by side and still be read.

    Args:
        settings: the module.
        width: of the drawing, in pixels.

    Returns:
        A number of columns for :func:`~lstm_shapes.unroll`.

    >>> steps_that_fit(Settings(4, 3), 934), steps_that_fit(Settings(4, 3), 1560)
    (12, 26)
    """
    rows = min(settings.num_layers, MOST_LAYERS) * settings.num_directions
    most = max(FEWEST_STEPS, min(MOST_CELLS // rows, LARGEST_STEPS))
    return max(FEWEST_STEPS, min(room_for_steps(settings, width) // measures_of(width).pitch, most))
