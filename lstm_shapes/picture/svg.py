"""Draws a scene as SVG, for documents and for places without widgets.

The explorer's page draws the same ``Drawing`` and uses the same style sheet, ``figure.css``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from textwrap import wrap

from lstm_shapes.picture.drawing import WIDTH, Box
from lstm_shapes.picture.layout import layout
from lstm_shapes.picture.scene import Link, Scene, Slice

HERE = Path(__file__).parent

CAPTION = 130
"""The most characters in a line of the caption."""


def svg(
    scene: Scene,
    select: str = "",
    caption: str = "",
    labels: Sequence[str] = (),
    width: int = WIDTH,
) -> str:
    """Draw a scene as an SVG document with a white background.

    Args:
        scene: from :func:`~lstm_shapes.unroll`.
        select: the id or the code of a slice, such as ``"out.0.backward"`` or ``"h_n[1]"``.
            The slice and everything linked with it are highlighted; empty for none.
        caption: a text to write below the picture.
        labels: a word to write below each step, such as its token.
        width: the width of the picture, in pixels, 240 or more.

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
    lines = wrap(caption, int(CAPTION * width / WIDTH))
    height = drawing.height + 16 * len(lines) + 8
    parts = [
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
        f'height="{height}" viewBox="0 {-drawing.height} {width} {height}" role="img">'
        f"<title>Which cell wrote which slice</title><desc>{escape(caption)}</desc>"
        f"<style>{style()}</style>"
        f'<rect y="{-drawing.height}" width="100%" height="100%" style="fill:#fff;stroke:none"/>'
        f"{''.join(parts)}</svg>"
    )


@cache
def style() -> str:
    """Read the picture's style sheet, with the colours of the light theme put in.

    >>> "var(" in style()
    False
    """
    tokens = (HERE / "tokens.css").read_text(encoding="utf-8").split("}", 1)[0]
    values = dict(re.findall(r"(--ls-[\w-]+): (.+);", tokens))

    def value(match: re.Match[str]) -> str:
        # An SVG file does not have Jupyter's variables, so their fallback values are used.
        return re.sub(r"var\(--jp-[\w-]+, (.+)\)", r"\1", values[match[1]])

    rules = (HERE / "figure.css").read_text(encoding="utf-8")
    return re.sub(r"var\((--ls-[\w-]+)\)", value, rules)


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
