"""The picture by formula: every slice of a call, which cell wrote it, what was read for it.

A scene is plain data: slices by id, each with the tensor and index that hold it, the
numbers it holds (two slices that hold the same have a key in common) and the slices it is
computed from. Nothing is run here; ``evidence`` holds a scene against a run.

A long sequence and a deep stack are elided: some slices then stand for several.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from lstm_shapes.config import (
    DIRECTIONS,
    ArgumentError,
    Direction,
    InputSizes,
    Settings,
    check_int,
)
from lstm_shapes.shapes import time_axis

SliceKind = Literal["x", "h_0", "cell", "out", "h_n", "c_n", "arrow"]
Link = Literal["selected", "wrote", "same", "read"]
Index = tuple["int | tuple[int, int] | None", ...]

MOST_STEPS = 12
"""Columns drawn: of a longer sequence the first and the last steps around one that stands
for the rest."""
MOST_PADDING = 2
"""Of those the columns of padding, where not all steps are drawn."""
MOST_LAYERS = 6
"""Layers drawn, likewise."""

CODE_NAMES = {"input": "x"}


class Slice(NamedTuple):
    """Something that can be pointed at.

    Attributes:
        id: the same whatever batch_first is, such as ``out.0.backward``.
        layer, direction, step: where it stands; of an arrow, where it starts.
        elided: whether it stands for several, and so cannot be selected.
        padding: whether it is behind the end of its sample, where no cell has been.
        tensor, where: which tensor of the call holds it, and its index there, an entry per
            axis: an int, a (start, stop), or None for the whole axis; empty if none does.
        code: the same as Python code.
        holds: keys of the numbers in it.
        reads: ids of what it is made from.
    """

    id: str
    kind: SliceKind
    layer: int | None = None
    direction: Direction | None = None
    step: int | None = None
    elided: bool = False
    padding: bool = False
    tensor: str = ""
    where: Index = ()
    code: str = ""
    holds: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scene:
    """All slices of one call, by id.

    Attributes:
        columns: steps from left to right; None stands for those left out.
        layers: from the input up; None stands for those left out.
        sample: with variable lengths the one that is drawn, since each ends at a step of its
            own; None without, where a slice holds all samples.
        length: steps that are read.
    """

    settings: Settings
    sizes: InputSizes
    columns: tuple[int | None, ...]
    layers: tuple[int | None, ...]
    slices: Mapping[str, Slice]
    sample: int | None
    length: int

    @property
    def read(self) -> tuple[int | None, ...]:
        """The columns that are read: all but padding."""
        return _read(self.columns, self.length)

    @property
    def directions(self) -> tuple[Direction, ...]:
        """Those the module has."""
        return DIRECTIONS[: self.settings.num_directions]

    def pick(self, name: str) -> Slice:
        """The slice of an id, or of code such as ``h_n[3]``.

        Raises:
            ArgumentError: there is none, or it stands for several.
        """
        coded = (each for each in self.slices.values() if each.code and each.code == name)
        found = self.slices.get(name) or next(coded, None)
        if found is None or found.elided:
            raise ArgumentError("select", name, "is not drawn", "take one of those in scene.slices")
        return found

    def linked(self, name: str) -> dict[str, Link]:
        """Everything that is lit with a slice, by id.

        Returns:
            How each is linked to it: ``selected``, the cells that ``wrote`` it, what holds
            the ``same`` numbers or a part of them, and what was ``read`` to make it.

        >>> picture = unroll(Settings(4, 3, bidirectional=True), InputSizes(5, 3))
        >>> links = picture.linked("h_n.1")
        >>> [name for name, link in links.items() if link == "wrote"]
        ['cell.0.backward.0']
        >>> links["out.0.backward"], links["x.4"]
        ('same', 'read')
        """
        chosen = self.slices[name]
        writers = [each.id for each in self.writers(name) if each.id != name]
        links: dict[str, Link] = dict.fromkeys(self._read_for([*writers, name]), "read")
        holds = set(chosen.holds)
        for each in self.slices.values():
            if holds.intersection(each.holds):
                links[each.id] = "same"
        return links | dict.fromkeys(writers, "wrote") | {name: "selected"}

    def writers(self, name: str) -> list[Slice]:
        """The cells that wrote what a slice holds; none for x and h_0."""
        found = (held.partition(".") for held in self.slices[name].holds)
        cells = [f"cell.{where}" for state, _, where in found if state in ("h", "c")]
        return [self.slices[cell] for cell in dict.fromkeys(cells)]

    def _read_for(self, names: list[str]) -> list[str]:
        """What was read to make these, directly or not."""
        seen: dict[str, None] = {}
        waiting = list(names)
        while waiting:
            for source in self.slices[waiting.pop()].reads:
                if source not in seen:
                    seen[source] = None
                    waiting.append(source)
        return list(seen)


@lru_cache(maxsize=8)
def unroll(settings: Settings, sizes: InputSizes, sample: int = 0) -> Scene:
    """The picture of one call, whatever its sizes: a few hundred slices at most.

    Args:
        sample: whose picture it is, where lengths differ; no matter without lengths.

    Raises:
        ArgumentError: there is no such sample.

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
    builder = _Builder(settings, sizes, sample)
    slices = {each.id: each for each in builder.slices()}
    return Scene(
        settings, sizes, builder.columns, builder.layers, slices, builder.sample, builder.length
    )


def key(position: int | None) -> str:
    """How an id names a step or a layer."""
    return "etc" if position is None else str(position)


def code_of(tensor: str, index: Index, width: int = 0) -> str:
    """An index as Python code; ``width`` is the size of the last axis.

    >>> code_of("out", (None, 0, (3, 6)), 6)
    'out[:, 0, 3:]'
    """
    shown = [_subscript(entry, width) for entry in index]
    while shown and shown[-1] == ":":
        shown.pop()
    name = CODE_NAMES.get(tensor, tensor)
    return f"{name}[{', '.join(shown)}]" if shown else name


def _subscript(entry: int | tuple[int, int] | None, width: int) -> str:
    if not isinstance(entry, tuple):
        return ":" if entry is None else str(entry)
    start, stop = entry
    return f"{start or ''}:{'' if stop == width else stop}"


def elide(count: int, most: int) -> tuple[int | None, ...]:
    """The first and last of many; ``None`` stands for those left out in the middle.

    >>> elide(3, 8), elide(100, 5)
    ((0, 1, 2), (0, 1, None, 98, 99))
    """
    if count <= most:
        return tuple(range(count))
    tail = (most - 1) // 2
    return (*range(most - 1 - tail), None, *range(count - tail, count))


def _columns(seq_len: int, length: int) -> tuple[int | None, ...]:
    """The end of what is read is drawn, and where padding starts and ends."""
    if seq_len <= MOST_STEPS:
        return tuple(range(seq_len))
    padding = min(seq_len - length, MOST_PADDING)
    behind = (length, seq_len - 1) if padding == MOST_PADDING else range(length, seq_len)
    return (*elide(length, MOST_STEPS - padding), *behind)


def _read(columns: tuple[int | None, ...], length: int) -> tuple[int | None, ...]:
    return tuple(step for step in columns if step is None or step < length)


@dataclass
class _Builder:
    settings: Settings
    sizes: InputSizes
    of: int

    def __post_init__(self) -> None:
        self.sample, self.length = None, self.sizes.seq_len
        if self.sizes.lengths is not None:
            check_int("sample", self.of, at_least=0, at_most=len(self.sizes.lengths) - 1)
            self.sample, self.length = self.of, self.sizes.lengths[self.of]
        self.columns = _columns(self.sizes.seq_len, self.length)
        self.read = _read(self.columns, self.length)
        self.layers = elide(self.settings.num_layers, MOST_LAYERS)
        self.directions = DIRECTIONS[: self.settings.num_directions]
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
            yield Slice(f"arrow.{name}", "arrow", **_at(step), holds=(name,), reads=(name,))

    def _layer(self, layer: int, below: str) -> Iterator[Slice]:
        for direction in self.directions:
            yield from self._row(layer, direction, below)
        for step in self.read:
            cells = [f"{layer}.{direction}.{key(step)}" for direction in self.directions]
            yield Slice(
                f"arrow.{layer}.{key(step)}",
                "arrow",
                **_at(step, layer),
                holds=tuple(f"h.{cell}" for cell in cells),
                reads=tuple(f"cell.{cell}" for cell in cells),
            )

    def _row(self, layer: int, direction: Direction, below: str) -> Iterator[Slice]:
        """One direction of one layer in the order it reads: h_0, cells, h_n and c_n."""
        row = layer * self.settings.num_directions + DIRECTIONS.index(direction)
        steps = self.read if direction == "forward" else self.read[::-1]
        first, last = (_at(step, layer, direction) for step in (steps[0], steps[-1]))
        start, before = f"h_0.{row}", f"arrow.h_0.{row}"
        yield Slice(start, "h_0", **first, **self._row_of("h_0", row), holds=(start,))
        yield Slice(before, "arrow", **first, holds=(start,), reads=(start,))
        held: tuple[str, ...] = ()
        for step in steps:
            cell = f"{layer}.{direction}.{key(step)}"
            held = tuple(f"{state}.{cell}" for state in self.states)
            place, reads = _at(step, layer, direction), (f"arrow.{below}.{key(step)}", before)
            yield Slice(f"cell.{cell}", "cell", **place, holds=held, reads=reads)
            before = f"arrow.h_n.{row}" if step == steps[-1] else f"arrow.{cell}"
            yield Slice(before, "arrow", **place, holds=held, reads=(f"cell.{cell}",))
        for kind, numbers in zip(_FINAL, held, strict=False):
            final = self._row_of(kind, row)
            yield Slice(f"{kind}.{row}", kind, **last, **final, holds=(numbers,), reads=(before,))

    def _elided_layers(self, below: str) -> Iterator[Slice]:
        """Two layers or more as one. With two directions each step of the upper has, through
        the lower, read every step on both sides."""
        for place, step in enumerate(self.read):
            beside = self.read[max(place - 1, 0) : place]
            if self.settings.bidirectional:
                beside += self.read[place + 1 : place + 2]
            name = f"cell.etc.{key(step)}"
            reads = (f"arrow.{below}.{key(step)}", *(f"cell.etc.{key(each)}" for each in beside))
            elided: dict[str, Any] = {"step": step, "elided": True}
            yield Slice(name, "cell", **elided, reads=reads)
            yield Slice(f"arrow.etc.{key(step)}", "arrow", **elided, reads=(name,))

    def _outputs(self) -> Iterator[Slice]:
        width, top = self.settings.h_out, self.settings.num_layers - 1
        for step in self.columns:
            for place, direction in enumerate(self.directions):
                half = (place * width, (place + 1) * width) if self.settings.bidirectional else None
                cell, read = f"{top}.{direction}.{key(step)}", step in self.read
                yield Slice(
                    f"out.{key(step)}.{direction}",
                    "out",
                    **_at(step, top, direction),
                    **self._at_step("out", step, half, width * len(self.directions)),
                    padding=not read,
                    holds=(f"h.{cell}",) if read else (f"zeros.{width}",),
                    reads=(f"cell.{cell}",) if read else (),
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
        return _held(tensor, index)


_FINAL: tuple[SliceKind, SliceKind] = ("h_n", "c_n")


def _at(
    step: int | None, layer: int | None = None, direction: Direction | None = None
) -> dict[str, Any]:
    return {"layer": layer, "direction": direction, "step": step, "elided": step is None}


def _held(tensor: str, index: Index, width: int = 0) -> dict[str, Any]:
    return {"tensor": tensor, "where": index, "code": code_of(tensor, index, width)}
