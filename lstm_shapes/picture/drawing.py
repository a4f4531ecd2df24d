"""The record of a drawing: boxes, arrows, frames and labels with their places in pixels.

``picture.layout`` fills it from a scene. ``picture.svg`` and the explorer's page both draw it,
so that the static picture and the page show the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

WIDTH = 934
"""The width of a drawing where nothing else is asked for, in pixels."""


class Box(NamedTuple):
    """A slice drawn as a box.

    Attributes:
        id: the id of the slice.
        x, y: the upper left corner, in pixels.
        width, height: in pixels.
        label: the text in the box; empty if none fits.
    """

    id: str
    x: float
    y: float
    width: float
    height: float
    label: str


class Arrow(NamedTuple):
    """A slice drawn as an arrow.

    Attributes:
        id: the id of the slice.
        d: an SVG path that can be both stroked and filled.
    """

    id: str
    d: str


class Text(NamedTuple):
    """A label beside the boxes.

    Attributes:
        x, y: where its baseline stands, in pixels.
        text: the words.
        role: what the label names, such as ``"row"`` or ``"step"``; the style sheet gives each
            role its colour, its size and the side on which ``x`` is.
    """

    x: float
    y: float
    text: str
    role: str


@dataclass
class Drawing:
    """A drawing of a scene; ``y`` runs from ``-height`` at the top to 0 at the bottom.

    With the origin at the bottom, another layer on top does not move what is below it.

    Attributes:
        width, height: in pixels.
        boxes: the slices that are drawn as boxes.
        arrows: the slices that are drawn as arrows.
        frames: one SVG path for each layer drawn; it frames the layer's cells at every step.
        texts: the labels.
    """

    width: int = WIDTH
    height: float = 0
    boxes: list[Box] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
