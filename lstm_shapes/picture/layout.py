"""Gives each slice of a scene its place: boxes, arrows and labels, in pixels.

The input stands at the bottom, the layers above it, and out at the top. The result is the
record of ``picture.drawing``.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from textwrap import wrap

from lstm_shapes.config import DIRECTIONS, Direction
from lstm_shapes.formula.code import code_of
from lstm_shapes.formula.numbers import grouped
from lstm_shapes.picture.drawing import WIDTH, Arrow, Box, Drawing, Text
from lstm_shapes.picture.measures import measures_of, room_for_steps, steps_that_fit
from lstm_shapes.picture.scene import Scene, Slice, key
from lstm_shapes.picture.sentences import left_out

CELL = 27
"""The height of a cell."""
BETWEEN_ROWS = 9
PAD = 7
"""The distance of a frame from the cells in it."""
BETWEEN_LAYERS = 40
LINE = 16
"""The height of a line of words below the steps."""
LETTER = 6.6
"""The width of a letter; the font is monospaced."""

ARROWS = {"forward": "→", "backward": "←"}


def layout(scene: Scene, labels: Sequence[str] = (), width: int = WIDTH) -> Drawing:
    """Give everything in a scene a place, from the input at the bottom to out at the top.

    Args:
        scene: from :func:`~lstm_shapes.unroll`.
        labels: a word to write below each step, such as its token; fewer than steps will do.
        width: the width of the drawing, in pixels, 240 or more.

    Returns:
        A drawing in which every slice of the scene is one box or one arrow.

    >>> from lstm_shapes import InputSizes, Settings
    >>> from lstm_shapes.picture.unroll import unroll
    >>> drawing = layout(unroll(Settings(4, 3), InputSizes(seq_len=5, batch_size=3)))
    >>> [box.label for box in drawing.boxes if box.id in ("x.0", "h_n.0")]
    ['x[0]', 'h_n[0]']
    """
    return _Draughtsman(scene, labels, width).draw()


def step_label(step: int, seq_len: int) -> str:
    """Write a step in few characters; a step of 10,000 or more is counted from the end.

    Args:
        step: the step, counted from 0.
        seq_len: how many steps there are, L.

    >>> step_label(4, 5), step_label(10**12 - 2, 10**12)
    ('4', 'L-2')
    """
    return str(step) if step < 10_000 else f"L-{seq_len - step}"


class _Draughtsman:
    def __init__(self, scene: Scene, labels: Sequence[str], width: int) -> None:
        self.scene = scene
        self.labels = labels
        self.width = width
        self.drawing = Drawing(width)
        self.by = measures_of(width)
        self.pair = self.by.pair * (2 if scene.settings.kind == "LSTM" else 1)
        # A few steps do not fill the width, so that another one moves little.
        columns = max(len(scene.columns), min(5, steps_that_fit(scene.settings, width)))
        self.pitch = room_for_steps(scene.settings, width) / columns
        self.cell = self.pitch - max(self.by.gap, self.pitch * 0.37)
        self.x = {step: self.by.left + i * self.pitch for i, step in enumerate(scene.columns)}
        self.rows = CELL * len(scene.directions) + BETWEEN_ROWS * (len(scene.directions) - 1)

    def draw(self) -> Drawing:
        top, below, gap = self._inputs(), "x", PAD + 28.0
        for layer in self.scene.layers:
            bottom = top - gap
            self._verticals(below, top - (0 if below == "x" else PAD), bottom + PAD)
            top = self._elided_layers(bottom) if layer is None else self._layer(layer, bottom)
            self._joined(layer, top)
            below, gap = key(layer), BETWEEN_LAYERS
        self._verticals(below, top - PAD, top - BETWEEN_LAYERS)
        self.drawing.height = -self._outputs(top - BETWEEN_LAYERS)
        return self.drawing

    def _outputs(self, bottom: float) -> float:
        y = bottom - CELL - 6
        self._text(self.by.margin, y + 24, "out", "row")
        width = self.cell / len(self.scene.directions)
        ranges = [_range_of(self.scene, direction) for direction in self.scene.directions]
        for step in self.scene.columns:
            for i, direction in enumerate(self.scene.directions):
                each = self.scene.slices[f"out.{key(step)}.{direction}"]
                label = "…" if step is None else "0" if each.padding else ranges[i]
                text = self._fitting([label], width)
                self._box(each, self.x[step] + i * width, y + 6, width, CELL, text)
            if step is not None:
                code = self._fitting([_whole_step(self.scene, step)], self.pitch - 4)
                self._text(self.x[step] + self.cell / 2, y, code, "column")
        if self.scene.settings.bidirectional and self.by.beside:
            for i, direction in enumerate(self.scene.directions):
                arrow = ARROWS[direction]
                symbol = ":H_out" if direction == "forward" else "H_out:"
                text = self._fitting(
                    [f"{arrow} {ranges[i]}", f"{arrow} {symbol}"], self.by.left - 44
                )
                self._text(44, y + 17 + 15 * i, text, direction)
        return y - 16

    def _layer(self, layer: int, bottom: float) -> float:
        y = top = bottom - self.rows
        above = top - BETWEEN_LAYERS + 16
        self._text(
            self.by.margin,
            y + self.rows / 2 + 5 if self.by.beside else above,
            f"layer {layer}" if self.by.beside or layer < 100 else f"{layer}",
            "layer",
        )
        for direction in reversed(self.scene.directions):
            self._row(layer, direction, y)
            y += CELL + BETWEEN_ROWS
        corners = [(self.x[s] - PAD, self.x[s] + self.cell + PAD) for s in self.scene.read]
        self.drawing.frames.append(
            "".join(_frame(*ends, top - PAD, bottom + PAD) for ends in corners)
        )
        return top

    def _row(self, layer: int, direction: Direction, y: float) -> None:
        """Draw one direction of one layer: h_0, the cells of all steps, h_n and c_n."""
        settings, slices = self.scene.settings, self.scene.slices
        row = layer * settings.num_directions + DIRECTIONS.index(direction)
        steps, middle = self.scene.read, y + CELL / 2
        for step in steps:
            each = slices[f"cell.{layer}.{direction}.{key(step)}"]
            names = ["…"] if step is None else [f"h{ARROWS[direction]}", "h"]
            label = self._fitting(names, self.cell)
            self._box(each, self.x[step], y, self.cell, CELL, label)
        pair, first = self.by.pair, self.by.left
        end = self.width - self.pair - 4
        for i, kind in enumerate(("h_n", "c_n")):
            if f"{kind}.{row}" in slices:
                each = slices[f"{kind}.{row}"]
                label = self._fitting([each.code], pair - 8) or f"{kind}[{row}]"
                label = self._fitting([label, f"[{row}]", kind], pair + 2)
                self._box(each, end + i * pair, y, pair, CELL, label)
        right = self.x[steps[-1]] + self.cell + 16
        if direction == "forward":
            start = first - 16.0 - self.by.state
            path = [(start + self.by.state, middle), (self.x[steps[0]], middle)]
            final = [(right - 16, middle), (end, middle)]
        else:
            start = right
            path = [(right, middle), (right - 16, middle)]
            turn = y - PAD - 9
            final = [
                (self.x[steps[0]], middle),
                (first - 14, middle),
                (first - 14, turn),
                (end + pair / 2, turn),
                (end + pair / 2, y),
            ]
        state = slices[f"h_0.{row}"]
        width = self.by.state
        self._box(state, start, y + 3, width, CELL - 6, self._fitting([state.code, "h_0"], width))
        self._line(f"arrow.h_0.{row}", path)
        self._line(f"arrow.h_n.{row}", final)
        order = steps if direction == "forward" else steps[::-1]
        for step, following in pairwise(order):
            here, there = self.x[step], self.x[following]
            ends = (here + self.cell, there) if here < there else (here, there + self.cell)
            self._line(f"arrow.{layer}.{direction}.{key(step)}", [(x, middle) for x in ends])

    def _elided_layers(self, bottom: float) -> float:
        y = bottom - 20
        drawn = [layer for layer in self.scene.layers if layer is not None]
        hidden = self.scene.settings.num_layers - len(drawn)
        names = [f"⋮ {grouped(hidden)} layers", f"⋮ {grouped(hidden)}", "⋮"]
        self._text(self.by.margin, y + 14, self._fitting(names, self.by.left - 18), "layer")
        for step in self.scene.read:
            each = self.scene.slices[f"cell.etc.{key(step)}"]
            self._box(each, self.x[step], y, self.cell, 20, "⋮")
        self._text(self.width - self.pair / 2, y + 14, "⋮", "column")
        return y

    def _verticals(self, below: str, bottom: float, top: float) -> None:
        for step in self.scene.read:
            middle = self.x[step] + self.cell / 2
            self._line(f"arrow.{below}.{key(step)}", [(middle, bottom), (middle, top)])

    def _joined(self, layer: int | None, y: float) -> None:
        """Label what a layer hands up: the h of all its directions, side by side."""
        if layer is not None and self.by.beside:
            width = self.scene.settings.num_directions * self.scene.settings.h_out
            verb = "concat → " if self.scene.settings.bidirectional else ""
            labels = [f"{verb}{_features(width)}", f"{verb}{grouped(width)}", f"{verb}D·H_out"]
            fitting = self._fitting(labels, self.by.left - 14)
            self._text(self.by.margin, y - BETWEEN_LAYERS + 16, fitting, "note")

    def _inputs(self) -> float:
        start = self.by.left if self.by.beside else self.by.margin
        note = wrap(left_out(self.scene), int((self.width - start) / LETTER))
        words = LINE if self.labels else 0
        y = -44.0 - words - LINE * len(note) - (2 if note else 0)
        self._text(self.by.margin, y + 15, "input", "row")
        if self.by.beside:
            features = _features(self.scene.settings.input_size)
            self._text(self.by.margin, y + 31, features, "note")
        for step in self.scene.columns:
            each = self.scene.slices[f"x.{key(step)}"]
            labels = ["…"] if step is None else [each.code, "x"]
            self._box(each, self.x[step], y, self.cell, 22, self._fitting(labels, self.cell))
            name = "" if step is None else step_label(step, self.scene.sizes.seq_len)
            label = self._fitting([f"t={name}", name], self.pitch) if name else "…"
            self._text(self.x[step] + self.cell / 2, y + 38, label, "step")
            if step is not None and step < len(self.labels):
                word = self._cut(self.labels[step], self.pitch - 4)
                self._text(self.x[step] + self.cell / 2, y + 38 + words, word, "token")
        for i, line in enumerate(note):
            self._text(start, y + 56 + words + LINE * i, line, "note")
        return y

    def _fitting(self, labels: list[str], width: float) -> str:
        """The first label that fits into a width; empty if none does."""
        return next((label for label in labels if len(label) * LETTER < width), "")

    def _cut(self, word: str, width: float) -> str:
        """A word, or as much of its beginning as fits into a width."""
        most = max(2, int(width / LETTER))
        return word if len(word) <= most else f"{word[: most - 1]}…"

    def _box(
        self, each: Slice, x: float, y: float, width: float, height: float, label: str
    ) -> None:
        self.drawing.boxes.append(
            Box(each.id, round(x, 1), round(y, 1), round(width, 1), height, label)
        )

    def _line(self, name: str, points: list[tuple[float, float]]) -> None:
        self.drawing.arrows.append(Arrow(name, _arrow(points)))

    def _text(self, x: float, y: float, text: str, role: str) -> None:
        if text:
            self.drawing.texts.append(Text(round(x, 1), round(y, 1), text, role))


def _features(count: int) -> str:
    return f"{grouped(count)} feature{'s' if count > 1 else ''}"


def _range_of(scene: Scene, direction: Direction) -> str:
    """The features of out that one direction writes, written as a slice in code."""
    width = scene.settings.h_out
    if not scene.settings.bidirectional:
        return f":{width}"
    return f":{width}" if direction == "forward" else f"{width}:"


def _whole_step(scene: Scene, step: int) -> str:
    return code_of("out", (*scene.slices[f"out.{step}.forward"].where[:-1], None))


def _frame(left: float, right: float, top: float, bottom: float) -> str:
    """The SVG path of a rectangle with round corners."""
    r = 8
    return (
        f"M{left + r:.5g} {top:.5g}H{right - r:.5g}q{r} 0 {r} {r}V{bottom - r:.5g}q0 {r} -{r} {r}"
        f"H{left + r:.5g}q-{r} 0 -{r} -{r}V{top + r:.5g}q0 -{r} {r} -{r}Z"
    )


def _arrow(points: list[tuple[float, float]]) -> str:
    """The SVG path of an arrow along some points.

    The line returns along the same points, so that filling the path fills the head alone.
    """
    (x0, y0), (x1, y1) = points[-2:]
    dx, dy = (x1 > x0) - (x1 < x0), (y1 > y0) - (y1 < y0)
    tip = f"{x1 - dx:.5g} {y1 - dy:.5g}"
    there = [f"{x:.5g} {y:.5g}" for x, y in points[:-1]]
    way = "L".join([*there, tip, *there[:0:-1]])
    head = f"l{-5 * dx - 3 * dy} {3 * dx - 5 * dy}l{6 * dy} {-6 * dx}Z"
    return f"M{way}M{tip}{head}"
