"""Makes the scene of a call: every slice, computed from the settings without running anything.

``picture.scene`` defines the records that are filled here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lstm_shapes.config import DIRECTIONS, Direction, InputSizes, Settings
from lstm_shapes.errors import check_int
from lstm_shapes.formula.code import Index, code_of
from lstm_shapes.formula.shapes import check_question, time_axis
from lstm_shapes.picture.scene import (
    FEWEST_STEPS,
    LARGEST_STEPS,
    MOST_LAYERS,
    MOST_PADDING,
    MOST_STEPS,
    Scene,
    Slice,
    SliceKind,
    Way,
    drawn_read,
    elide,
    key,
)

if TYPE_CHECKING:
    from torch import nn


def unroll(
    settings: Settings | nn.Module,
    sizes: InputSizes,
    sample: int = 0,
    most_steps: int = MOST_STEPS,
) -> Scene:
    """Make the picture of one call: all cells, states and steps, and what links them.

    Args:
        settings: the module: its Settings, or a module as for :meth:`Settings.of`.
        sizes: its input.
        sample: which sample to draw if the input has lengths, since each sample ends at its
            own step. It is ignored if the input has no lengths.
        most_steps: the most columns that are drawn, from 4 to 40. If more steps are read, one
            column in the middle stands for those that are left out.

    Returns:
        A scene of a few hundred slices at most. If the sequence is long or the layers are
        many, the middle is left out.

    Raises:
        ArgumentTypeError: neither Settings nor such a module, no InputSizes, or the input has
            lengths and sample is not an int.
        ArgumentError: the input has lengths, and none for such a sample; or most_steps is out
            of its bounds.

    Source: torch documentation, ``torch.nn.LSTM``, "Outputs" and its notes.

    >>> settings = Settings(4, 3, num_layers=2, batch_first=True, bidirectional=True)
    >>> picture = unroll(settings, InputSizes(seq_len=5, batch_size=3))
    >>> picture.slices["out.0.backward"].code
    'out[:, 0, 3:]'
    >>> unroll(settings, InputSizes(seq_len=1000, batch_size=3)).columns
    (0, 1, 2, 3, 4, 5, None, 995, 996, 997, 998, 999)
    >>> picture = unroll(settings, InputSizes(seq_len=5, batch_size=2, lengths=[5, 3]), sample=1)
    >>> picture.read, picture.slices["out.2.forward"].code
    ((0, 1, 2), 'out[1, 2, :3]')
    """
    settings = check_question(settings, sizes)
    check_int("most_steps", most_steps, at_least=FEWEST_STEPS, at_most=LARGEST_STEPS)
    builder = _Builder(settings, sizes, sample, most_steps)
    slices = {each.id: each for each in builder.slices()}
    return Scene(
        settings, sizes, builder.columns, builder.layers, slices, builder.sample, builder.length
    )


def _columns(seq_len: int, length: int, most: int) -> tuple[int | None, ...]:
    """The steps to draw; the sample's last step and the last of its padding are among them."""
    if seq_len <= most:
        return tuple(range(seq_len))
    room = MOST_PADDING if most > FEWEST_STEPS else 1
    padding = min(seq_len - length, room)
    behind = range(length, seq_len) if seq_len - length <= room else (length, seq_len - 1)[-room:]
    return (*elide(length, most - padding), *behind)


@dataclass
class _Builder:
    settings: Settings
    sizes: InputSizes
    of: int
    most: int

    def __post_init__(self) -> None:
        self.sample, self.length = None, self.sizes.seq_len
        if self.sizes.lengths is not None:
            check_int("sample", self.of, at_least=0, at_most=len(self.sizes.lengths) - 1)
            self.sample, self.length = self.of, self.sizes.lengths[self.of]
        self.columns = _columns(self.sizes.seq_len, self.length, self.most)
        self.read = drawn_read(self.columns, self.length)
        self.layers = elide(self.settings.num_layers, MOST_LAYERS)
        self.directions = self.settings.directions
        self.states = ("h", "c") if self.settings.kind == "LSTM" else ("h",)

    def slices(self) -> Iterator[Slice]:
        yield from self._inputs()
        below = "x"
        for layer in self.layers:
            yield from self._elided_layers(below) if layer is None else self._layer(layer, below)
            below = key(layer)
        yield from self._outputs()

    def _inputs(self) -> Iterator[Slice]:
        for step in self.columns:
            name = f"x.{key(step)}"
            held = self._at_step("input", step, None, self.settings.input_size)
            if step not in self.read:
                holds = (f"zeros.{self.settings.input_size}",)
                yield Slice(name, "x", **_at(step), padding=True, **held, holds=holds)
                continue
            yield Slice(name, "x", **_at(step), **held, holds=(name,))
            yield Slice(
                f"arrow.{name}", "arrow", **_at(step), way="up", holds=(name,), reads=(name,)
            )

    def _layer(self, layer: int, below: str) -> Iterator[Slice]:
        for direction in self.directions:
            yield from self._row(layer, direction, below)
        for step in self.read:
            cells = [f"{layer}.{direction}.{key(step)}" for direction in self.directions]
            yield Slice(
                f"arrow.{layer}.{key(step)}",
                "arrow",
                **_at(step, layer),
                way="up",
                holds=tuple(f"h.{cell}" for cell in cells),
                reads=tuple(f"cell.{cell}" for cell in cells),
                writers=tuple(f"cell.{cell}" for cell in cells),
            )

    def _row(self, layer: int, direction: Direction, below: str) -> Iterator[Slice]:
        """One direction of one layer, in the order of its steps: h_0, cells, h_n and c_n."""
        row = layer * self.settings.num_directions + DIRECTIONS.index(direction)
        steps = self.read if direction == "forward" else self.read[::-1]
        first, last = (_at(step, layer, direction) for step in (steps[0], steps[-1]))
        start, before = f"h_0.{row}", f"arrow.h_0.{row}"
        yield Slice(start, "h_0", **first, **self._row_of("h_0", row), holds=(start,))
        yield Slice(before, "arrow", **first, way="start", holds=(start,), reads=(start,))
        held: tuple[str, ...] = ()
        writers: tuple[str, ...] = ()
        for step in steps:
            place, reads = _at(step, layer, direction), (f"arrow.{below}.{key(step)}", before)
            where = f"{layer}.{direction}.{key(step)}"
            cell, held = f"cell.{where}", tuple(f"{state}.{where}" for state in self.states)
            writers = (cell,) if step is not None else ()
            yield Slice(cell, "cell", **place, holds=held, reads=reads, writers=writers)
            ends = step == steps[-1]
            before = f"arrow.h_n.{row}" if ends else f"arrow.{where}"
            way: Way = "end" if ends else "along"
            yield Slice(
                before, "arrow", **place, way=way, holds=held, reads=(cell,), writers=writers
            )
        for kind, numbers in zip(_FINAL, held, strict=False):
            final = self._row_of(kind, row) | {"holds": (numbers,), "writers": writers}
            yield Slice(f"{kind}.{row}", kind, **last, **final, reads=(before,))

    def _elided_layers(self, below: str) -> Iterator[Slice]:
        """The layers that are left out, drawn as one cell per step.

        With two directions, an upper layer has read every step through the lower one, so each
        of these cells reads its neighbours on both sides.
        """
        for place, step in enumerate(self.read):
            beside = self.read[max(place - 1, 0) : place]
            if self.settings.bidirectional:
                beside += self.read[place + 1 : place + 2]
            name = f"cell.etc.{key(step)}"
            reads = (f"arrow.{below}.{key(step)}", *(f"cell.etc.{key(each)}" for each in beside))
            elided: dict[str, Any] = {"step": step, "elided": True}
            yield Slice(name, "cell", **elided, reads=reads)
            yield Slice(f"arrow.etc.{key(step)}", "arrow", **elided, way="up", reads=(name,))

    def _outputs(self) -> Iterator[Slice]:
        width, top = self.settings.h_out, self.settings.num_layers - 1
        for step in self.columns:
            for place, direction in enumerate(self.directions):
                half = (place * width, (place + 1) * width) if self.settings.bidirectional else None
                where, read = f"{top}.{direction}.{key(step)}", step in self.read
                yield Slice(
                    f"out.{key(step)}.{direction}",
                    "out",
                    **_at(step, top, direction),
                    **self._at_step("out", step, half, width * len(self.directions)),
                    padding=not read,
                    holds=(f"h.{where}",) if read else (f"zeros.{width}",),
                    reads=(f"cell.{where}",) if read else (),
                    writers=(f"cell.{where}",) if read else (),
                )

    def _at_step(
        self, tensor: str, step: int | None, half: tuple[int, int] | None, width: int
    ) -> dict[str, Any]:
        if step is None:
            return {}
        leading = [] if self.sizes.batch_size is None else [self.sample]
        leading.insert(time_axis(self.settings, self.sizes), step)
        return _held(tensor, (*leading, half), width)

    def _row_of(self, tensor: str, row: int) -> dict[str, Any]:
        index = (row, None) if self.sizes.batch_size is None else (row, self.sample, None)
        return _held(tensor, index) | {"row": row}


_FINAL: tuple[SliceKind, SliceKind] = ("h_n", "c_n")


def _at(
    step: int | None, layer: int | None = None, direction: Direction | None = None
) -> dict[str, Any]:
    return {"layer": layer, "direction": direction, "step": step, "elided": step is None}


def _held(tensor: str, index: Index, width: int = 0) -> dict[str, Any]:
    return {"tensor": tensor, "where": index, "code": code_of(tensor, index, width)}
