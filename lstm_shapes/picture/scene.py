"""The picture by formula: every slice of a call, which cell wrote it, what was read for it.

A scene is plain data: slices by id, each with the tensor and index that hold it, the
numbers it holds (two slices that hold the same have a key in common) and the slices it is
computed from. Nothing is run here; ``evidence`` holds a scene against a run.

A long sequence and a deep stack are elided: some slices then stand for several.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from lstm_shapes.config import Direction, InputSizes, Settings
from lstm_shapes.errors import ArgumentError
from lstm_shapes.formula.code import Index

SliceKind = Literal["x", "h_0", "cell", "out", "h_n", "c_n", "arrow"]
Way = Literal["", "up", "along", "start", "end"]
Link = Literal["selected", "wrote", "same", "read"]

MOST_STEPS = 12
"""Columns drawn: of a longer sequence the first and the last steps around one that stands
for the rest."""
MOST_PADDING = 2
"""Of those the columns of padding, where not all steps are drawn."""
MOST_LAYERS = 6
"""Layers drawn, likewise."""


class Slice(NamedTuple):
    """Something in the picture that can be pointed at.

    Attributes:
        id: its name, the same whatever batch_first is, such as ``out.0.backward``.
        kind: what it is.
        layer, direction, step: where it stands; for an arrow, where it starts.
        row: the row of h_0, h_n or c_n that it is.
        way: where an arrow leads: ``"up"`` to the layer above or to out, ``"along"`` to the next
            step, ``"start"`` from h_0 into the first cell, ``"end"`` from the last cell to h_n.
        elided: whether it stands for several slices, and so cannot be selected.
        padding: whether it is behind the end of its sample, where no cell has been.
        tensor, where: which tensor of the call holds it, and its index there, an entry per
            axis: an int, a (start, stop), or None for the whole axis; empty if no tensor does.
        code: the same as Python code.
        holds: keys of the numbers in it; two slices with the same numbers have a key in common.
        reads: ids of what it is made from.
        writers: ids of the cells that wrote what it holds; none for x and h_0.
    """

    id: str
    kind: SliceKind
    layer: int | None = None
    direction: Direction | None = None
    step: int | None = None
    row: int | None = None
    way: Way = ""
    elided: bool = False
    padding: bool = False
    tensor: str = ""
    where: Index = ()
    code: str = ""
    holds: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    writers: tuple[str, ...] = ()

    @property
    def backward(self) -> int:
        """1 if it belongs to the backward direction, else 0."""
        return int(self.direction == "backward")


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
        return drawn_read(self.columns, self.length)

    @property
    def directions(self) -> tuple[Direction, ...]:
        """Those the module has."""
        return self.settings.directions

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

        >>> from lstm_shapes import unroll
        >>> picture = unroll(Settings(4, 3, bidirectional=True), InputSizes(5, 3))
        >>> links = picture.linked("h_n.1")
        >>> [name for name, link in links.items() if link == "wrote"]
        ['cell.0.backward.0']
        >>> links["out.0.backward"], links["x.4"]
        ('same', 'read')
        """
        chosen = self.slices[name]
        writers = [cell for cell in chosen.writers if cell != name]
        links: dict[str, Link] = dict.fromkeys(self._read_for([*writers, name]), "read")
        holds = set(chosen.holds)
        for each in self.slices.values():
            if holds.intersection(each.holds):
                links[each.id] = "same"
        return links | dict.fromkeys(writers, "wrote") | {name: "selected"}

    def writers(self, name: str) -> list[Slice]:
        """The cells that wrote what a slice holds; none for x and h_0."""
        return [self.slices[cell] for cell in self.slices[name].writers]

    def at(self, kind: SliceKind, of: Slice) -> Slice | None:
        """The slice of a kind at the layer and direction of another, and for out at its step."""
        return self._places.get((kind, of.layer, of.direction, of.step if kind == "out" else None))

    @cached_property
    def _places(self) -> dict[tuple[SliceKind, int | None, Direction | None, int | None], Slice]:
        return {
            (each.kind, each.layer, each.direction, each.step if each.kind == "out" else None): each
            for each in self.slices.values()
            if each.kind in ("out", "h_0", "h_n", "c_n")
        }

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


def key(position: int | None) -> str:
    """How an id names a step or a layer."""
    return "etc" if position is None else str(position)


def elide(count: int, most: int) -> tuple[int | None, ...]:
    """The first and last of many; ``None`` stands for those left out in the middle.

    >>> elide(3, 8), elide(100, 5)
    ((0, 1, 2), (0, 1, None, 98, 99))
    """
    if count <= most:
        return tuple(range(count))
    tail = (most - 1) // 2
    return (*range(most - 1 - tail), None, *range(count - tail, count))


def drawn_read(columns: tuple[int | None, ...], length: int) -> tuple[int | None, ...]:
    """The columns that are read: those before the end of a sample."""
    return tuple(step for step in columns if step is None or step < length)
