"""Draws a scene as SVG, for documents and for places without widgets.

The explorer's page draws the same ``Drawing`` and uses the same style sheet, ``figure.css``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from textwrap import wrap
from typing import Literal, NamedTuple

from lstm_shapes.config import Direction
from lstm_shapes.picture.drawing import WIDTH, Box
from lstm_shapes.picture.layout import layout
from lstm_shapes.picture.scene import Link, Scene, Slice

HERE = Path(__file__).parent

CAPTION = 130
"""The most characters in a line of the caption."""

TITLE = "Which cell wrote which slice"

ARROWS: Mapping[Direction, str] = {"forward": "forward →", "backward": "← backward"}
"""A direction's name with the way in which it reads time."""

LINKS: Mapping[Link, str] = {
    "selected": "selected",
    "wrote": "wrote it",
    "same": "same numbers",
    "read": "was read",
}
"""What each way of being lit means."""

Theme = Literal["light", "dark"]


class Key(NamedTuple):
    """One entry of the legend.

    Attributes:
        x, y: the top left corner of its box, in pixels from that of the picture.
        classes: class names of its box, as of a slice.
        link: the way in which the box is lit; empty if it is not.
        words: what it means.
    """

    x: int
    y: int
    classes: str
    link: str
    words: str


def legend(directions: Iterable[Direction], width: int = WIDTH) -> tuple[list[Key], int]:
    """The legend of a picture, and how many pixels it takes above it with the title.

    Args:
        directions: those of the picture.
        width: the picture's, in pixels.

    >>> keys, height = legend(["forward"])
    >>> [key.words for key in keys], height
    (['forward →', 'selected', 'wrote it', 'same numbers', 'was read'], 46)
    """
    entries: list[tuple[str, str, str]] = [
        *((f"ls-b-{direction}", "", ARROWS[direction]) for direction in directions),
        *(("ls-b-key", link, words) for link, words in LINKS.items()),
    ]
    keys: list[Key] = []
    x, y = 10, 26
    for classes, link, words in entries:
        needed = 44 + 7 * len(words)
        if x > 10 and x + needed > width:
            x, y = 10, y + 18
        keys.append(Key(x, y, classes, link, words))
        x += needed
    return keys, y + 20


def caption_width(width: int) -> int:
    """The most characters in a line of the caption below a picture of this width."""
    return CAPTION * width // WIDTH


def svg(
    scene: Scene,
    select: str = "",
    caption: str = "",
    labels: Sequence[str] = (),
    width: int = WIDTH,
    theme: Theme = "light",
) -> str:
    """Draw a scene as an SVG document with a title, a legend and a background.

    Args:
        scene: from :func:`~lstm_shapes.unroll`.
        select: the id or the code of a slice, such as ``"out.0.backward"`` or ``"h_n[1]"``.
            The slice and everything linked with it are highlighted; empty for none.
        caption: a text to write below the picture.
        labels: a word to write below each step, such as its token.
        width: the width of the picture, in pixels, 240 or more.
        theme: ``"light"`` or ``"dark"``.

    Returns:
        The SVG as text; it contains its own style sheet.

    Raises:
        ArgumentError: the scene has no such slice, or the slice stands for several.

    >>> from lstm_shapes import InputSizes, Settings, unroll
    >>> picture = unroll(Settings(4, 3, bidirectional=True), InputSizes(seq_len=5, batch_size=3))
    >>> svg(picture, select="h_n[1]").startswith("<svg ")
    True
    """
    links = scene.linked(scene.pick(select).id) if select else {}
    drawing = layout(scene, labels, width)
    lines = wrap(caption, caption_width(width))
    keys, head = legend(scene.directions, width)
    top = drawing.height + head
    height = top + 16 * len(lines) + 8
    parts = [
        *_head(keys, top),
        *(f'<path class="ls-frame" d="{d}"/>' for d in drawing.frames),
        *(_group(scene.slices[name], links, f'<path class="ls-wire" d="{d}"/>')
          for name, d in drawing.arrows),
        *(_group(scene.slices[box.id], links, _box(box)) for box in drawing.boxes),
        *(_text(x, y, f"ls-t-{role}", text) for x, y, text, role in drawing.texts),
        *(_text(10, 16 * (i + 1), "ls-t-note", line)
          for i, line in enumerate(lines)),
    ]  # fmt: skip
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="ls-figure" width="{width}" '
        f'height="{height}" viewBox="0 {-top} {width} {height}" role="img">'
        f"<title>{TITLE}</title><desc>{escape(caption)}</desc>"
        f"<style>{style(theme)}</style>"
        f'<rect class="ls-paper" y="{-top}" width="100%" height="100%"/>'
        f"{''.join(parts)}</svg>"
    )


def _head(keys: Iterable[Key], top: float) -> Iterator[str]:
    """The title and the legend, from ``top`` above the origin."""
    yield _text(10, 18 - top, "ls-t-title", TITLE)
    for x, y, names, link, words in keys:
        lit = f' data-link="{link}"' if link else ""
        yield f'<g class="ls-key {names}"{lit}><rect {_place(x, y - top, 12, 12)} rx="3"/></g>'
        yield _text(x + 18, y + 10 - top, "ls-t-key", words)


@cache
def style(theme: Theme = "light") -> str:
    """Read the picture's style sheet, with the colours of a theme put in.

    Args:
        theme: ``"light"`` or ``"dark"``.

    >>> "var(" in style()
    False
    >>> style("dark") == style()
    False
    """
    # The light colours are all there are; the dark ones replace most of them.
    blocks = (HERE / "tokens.css").read_text(encoding="utf-8").split("}")
    values: dict[str, str] = {}
    for block in blocks[: 1 if theme == "light" else 2]:
        values |= dict(re.findall(r"(--ls-[\w-]+): (.+);", block))

    def value(match: re.Match[str]) -> str:
        # An SVG file does not have Jupyter's variables, so their fallback values are used.
        return re.sub(r"var\(--jp-[\w-]+, (.+)\)", r"\1", values[match[1]])

    text = (HERE / "figure.css").read_text(encoding="utf-8")
    # Colours may be made of others.
    while (made := re.sub(r"var\((--ls-[\w-]+)\)", value, text)) != text:
        text = made
    return text


def _group(each: Slice, links: Mapping[str, Link], inside: str) -> str:
    link = links.get(each.id)
    lit = f' data-lit="true" data-link="{link}"' if link else ""
    # A slice that stands for several cannot be selected, and so carries no name.
    name = "" if each.elided else f' data-slice="{escape(each.code or each.id, quote=True)}"'
    return f'<g class="{classes(each)}"{name}{lit}>{inside}</g>'


def classes(each: Slice) -> str:
    """Give the class names by which the style sheet selects a slice.

    Args:
        each: a slice of a scene.

    >>> classes(Slice("out.0.backward", "out", direction="backward"))
    'ls-k-out ls-b-backward'
    """
    names = [f"ls-k-{each.kind}"]
    if each.direction:
        names.append(f"ls-b-{each.direction}")
    if each.elided:
        names.append("ls-elided")
    if each.padding:
        names.append("ls-padding")
    return " ".join(names)


def _box(box: Box) -> str:
    middle = box.x + box.width / 2
    label = _text(middle, box.y + box.height / 2 + 4, "ls-cell-label", box.label)
    return f'<rect {_place(*box[1:5])} rx="5"/>{label}'


def _place(x: float, y: float, width: float, height: float) -> str:
    return f'x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"'


def _text(x: float, y: float, name: str, text: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" class="{name}">{escape(text)}</text>'
