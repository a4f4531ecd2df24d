"""Says in words what a slice of a scene is. Code in a sentence stands between backticks.

The sentences follow from the scene alone. What was measured on a run is said by
``statements.slices``.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from lstm_shapes.config import Direction
from lstm_shapes.formula.numbers import grouped
from lstm_shapes.formula.shapes import tensor_shapes
from lstm_shapes.picture.scene import Scene, Slice


def sentence(scene: Scene, each: Slice) -> str:
    """Say what a slice is, which cell wrote it, and what that cell had read.

    Args:
        scene: from :func:`~lstm_shapes.unroll`.
        each: one of its slices that is not elided.

    Returns:
        One sentence or two, with code between backticks.

    >>> from lstm_shapes import InputSizes, Settings, unroll
    >>> settings = Settings(4, 3, num_layers=2, batch_first=True, bidirectional=True)
    >>> picture = unroll(settings, InputSizes(seq_len=5, batch_size=3))
    >>> sentence(picture, picture.slices["h_n.1"])
    '`h_n[1]` = h of layer 0, backward, written at t = 0 after reading t = 4 → 0 of the input.'
    """
    return _Words(scene).of(each)


def axis_sentence(scene: Scene, tensor: str, axis: int) -> str:
    """Say what one axis of a tensor is: its name, symbol and size, and what the rows are.

    Args:
        scene: from :func:`~lstm_shapes.unroll`.
        tensor: a name from :func:`~lstm_shapes.tensor_shapes`, such as ``"h_n"``.
        axis: which axis, counted from 0.

    >>> from lstm_shapes import InputSizes, Settings, unroll
    >>> picture = unroll(Settings(4, 3, bidirectional=True), InputSizes(seq_len=5, batch_size=3))
    >>> axis_sentence(picture, "h_n", 0)
    'Axis 0 of `h_n`: layer × direction, D·num_layers = 2. Row k is layer k // 2, direction k % 2.'
    """
    named = tensor_shapes(scene.settings, scene.sizes)[tensor].axes[axis]
    start = f"Axis {axis} of `{tensor}`: {named.name}, {named.symbol} = {grouped(named.size)}."
    return f"{start} {_Words(scene).axis(tensor, named.name)}".strip()


def left_out(scene: Scene) -> str:
    """Say which steps and layers are not drawn.

    Args:
        scene: from :func:`~lstm_shapes.unroll`.

    Returns:
        One line; empty if everything is drawn.

    >>> from lstm_shapes import InputSizes, Settings, unroll
    >>> left_out(unroll(Settings(4, 3, num_layers=9), InputSizes(seq_len=100, batch_size=3)))
    'not drawn: t = 6 … 94 of 100 steps; 3 … 6 of 9 layers'
    """
    parts = [
        *_gaps(scene.columns, scene.sizes.seq_len, "steps", "t = "),
        *_gaps(scene.layers, scene.settings.num_layers, "layers", ""),
    ]
    return f"not drawn: {'; '.join(parts)}" if parts else ""


def _gaps(drawn: tuple[int | None, ...], count: int, what: str, start: str) -> Iterator[str]:
    shown = [each for each in drawn if each is not None]
    for one, following in pairwise(shown):
        if following > one + 1:
            missing = f"{start}{grouped(one + 1)} … {grouped(following - 1)}"
            yield f"{missing} of {grouped(count)} {what}"


class _Words:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.settings = scene.settings
        self.last = scene.length - 1
        self.top = scene.settings.num_layers - 1
        self.both = scene.settings.bidirectional
        self.states = "h and c" if scene.settings.kind == "LSTM" else "h"

    def of(self, each: Slice) -> str:
        if each.padding:
            return self._padding(each)
        ways = {"x": self._x, "h_0": self._start, "cell": self._cell, "arrow": self._arrow}
        return ways.get(each.kind, self._written)(each)

    def axis(self, tensor: str, name: str) -> str:
        """What a reader should know of an axis beyond its name and size."""
        state = tensor in ("h_n", "c_n")
        width, directions = self.settings.h_out, self.settings.num_directions
        if name == "batch":
            first = self.settings.batch_first
            moved = "puts it first" if first else "puts time before it"
            return (
                "`batch_first` does not move it here."
                if state
                else f"`batch_first={first}` {moved}."
            )
        if name == "seq":
            return "Both directions are in input order." if self.both and tensor == "out" else ""
        if name == "layer × direction":
            return f"Row k is layer k // {directions}, direction k % {directions}."
        if tensor == "out" and self.both:
            return f"`:{width}` is forward, `{width}:` is backward."
        return ""

    def _x(self, each: Slice) -> str:
        samples = self.scene.sizes.batch_size
        held = f"{self.settings.input_size} features"
        if self.scene.sample is not None:
            held = f"{held} of sample {self.scene.sample}"
        elif samples is not None:
            held = f"{grouped(samples)} sample{'s' * (samples != 1)} of {held}"
        readers = "Both cells" if self.both else "The cell"
        reads = "read" if self.both else "reads"
        return (
            f"`{each.code}` = what you pass in at t = {each.step}: {held}. "
            f"{readers} of layer 0 at t = {each.step} {reads} it."
        )

    def _padding(self, each: Slice) -> str:
        """Describe a step of x or out that is behind the end of its sample."""
        end = f"padding: sample {self.scene.sample} has {grouped(self.scene.length)} steps."
        if each.kind == "x":
            return f"`{each.code}` = {end} Packing keeps it from every cell."
        return f"`{each.code}` = zeros, {end} No cell wrote them; unpacking pads out with zeros."

    def _start(self, each: Slice) -> str:
        what = f"`{each.code}` is"
        if self.settings.kind == "LSTM":
            what = f"`{each.code}` and `{each.code.replace('h', 'c', 1)}` are"
        return (
            f"{what} what {self._of(each)} starts from at t = {each.step}. "
            "Where no initial state is given, it is zeros."
        )

    def _written(self, each: Slice) -> str:
        what = "the cell state c" if each.kind == "c_n" else "h"
        return (
            f"`{each.code}` = {what} of {self._where(each)}, written at t = {each.step} "
            f"after reading {self._read(each)}.{self._made_of_c(each)}"
        )

    def _made_of_c(self, each: Slice) -> str:
        """What c is to h; empty for what is no c."""
        final = self.scene.at("h_n", each) if each.kind == "c_n" else None
        if final is None:
            return ""
        formula = "o ⊙ tanh(c)"
        if self.settings.proj_size:
            formula = f"W_hr ({formula})"
        return (
            " c is the cell's memory: the cell hands it to its own next step, and to no other "
            f"layer. What it gives out of it is h, here `{final.code}`: `h = {formula}`, "
            "where o is the output gate. `out` holds h of every step, and no c."
        )

    def _cell(self, each: Slice) -> str:
        start = f"At t = {each.step} the cell of {self._of(each)} has read {self._read(each)}."
        holds_h, holds_c = (
            " and in ".join(f"`{code}`" for code in codes) for codes in self._returned(each)
        )
        if not holds_h:
            above = (each.layer or 0) + 1
            return f"{start} Its h goes up to layer {above}; `out` does not hold it."
        return f"{start} Its h stands in {holds_h}{', its c in ' * bool(holds_c)}{holds_c}."

    def _arrow(self, each: Slice) -> str:
        if each.layer is None:
            source = self.scene.slices[each.reads[0]]
            return f"`{source.code}` goes into layer 0 at t = {each.step}."
        if each.way == "up":
            return self._handed_up(each)
        where = self._of(each)
        if each.way == "start":
            return (
                f"The initial {self.states} go into {where} at t = {each.step}. They are zeros "
                "if they are not given."
            )
        if each.way == "end":
            finals = " and ".join(f"`{code}`" for code in self._finals(each))
            return f"{self.states} of {where} are returned after t = {each.step} as {finals}."
        following = (each.step or 0) + (1 if each.direction == "forward" else -1)
        return f"{self.states} of {where} are handed from t = {each.step} to t = {following}."

    def _handed_up(self, each: Slice) -> str:
        width, step = self.settings.h_out, each.step
        what = f"h of layer {each.layer} at t = {step}: {width} features"
        if self.both:
            what = (
                f"h of both directions of layer {each.layer} at t = {step}, side by side: "
                f"2·{width} = {2 * width} features"
            )
        if each.layer == self.top:
            return f"{what}, which go to out."
        return f"{what}, which go to layer {(each.layer or 0) + 1}.{self._dropped()}"

    def _dropped(self) -> str:
        """What dropout does between two layers, and when; empty where it is 0."""
        p = self.settings.dropout
        if not p:
            return ""
        return (
            " Dropout acts here, between two layers: it sets each of them to zero with the "
            f"probability {p:.3g}, but only in `train()`. The run shown is in `eval()`, so nothing "
            "is dropped now."
        )

    def _where(self, each: Slice) -> str:
        return f"layer {each.layer}, {each.direction}" if self.both else f"layer {each.layer}"

    def _of(self, each: Slice) -> str:
        """The same within a sentence that goes on."""
        return f"{self._where(each)}," if self.both else self._where(each)

    def _read(self, each: Slice) -> str:
        first = 0 if each.direction == "forward" else self.last
        steps = f"t = {first}" if first == each.step else f"t = {first} → {each.step}"
        source = f"layer {each.layer - 1}'s output" if each.layer else "the input"
        return f"{steps} of {source}"

    def _returned(self, cell: Slice) -> tuple[list[str], list[str]]:
        """The code of each part of out and h_n that holds the cell's h, and of c_n its c."""
        at_top, at_end = cell.layer == self.top, cell.step == self._end(cell.direction)
        out, h_n, c_n = (self.scene.at(kind, cell) for kind in ("out", "h_n", "c_n"))
        h = [out if at_top else None, h_n if at_end else None]
        c = [c_n if at_end else None]
        return [each.code for each in h if each], [each.code for each in c if each]

    def _finals(self, cell: Slice) -> list[str]:
        finals = (self.scene.at("h_n", cell), self.scene.at("c_n", cell))
        return [each.code for each in finals if each is not None]

    def _end(self, direction: Direction | None) -> int:
        return self.last if direction == "forward" else 0
