"""The record of a picture: every slice of a call, which cell wrote it and what it has read.

A scene is plain data. Each slice in it knows the tensor and the index that hold it, the slices
that it is computed from, and keys for its numbers: two slices that hold the same numbers have
a key in common. ``picture.unroll`` makes a scene from the settings without running anything,
and ``statements.slices`` compares it with a run.

If the sequence is long or the layers are many, the middle is left out, and one slice stands
for several.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from lstm_shapes.config import Direction, InputSizes, Settings
from lstm_shapes.errors import ArgumentError, wrong_type
from lstm_shapes.formula.code import Index

SliceKind = Literal["x", "h_0", "cell", "out", "h_n", "c_n", "arrow"]
Way = Literal["", "up", "along", "start", "end"]
Link = Literal["selected", "wrote", "same", "read"]

MOST_STEPS = 12
"""The most columns that are drawn where nothing else is asked for. If more steps are read, one
column in the middle stands for those that are left out."""
FEWEST_STEPS, LARGEST_STEPS = 4, 40
"""The bounds of what can be asked for: the first step, the last one that is read, one column for
those between them and one for the padding; and a number at which a browser is still quick."""
MOST_PADDING = 2
"""The most columns that are drawn for padding, if steps are left out."""
MOST_LAYERS = 6
"""The most layers that are drawn. Of more layers, one in the middle stands for those left out."""


class Slice(NamedTuple):
    """One thing in the picture that can be selected: a part of a tensor, a cell or an arrow.

    Attributes:
        id: a name that does not depend on batch_first, such as ``out.0.backward``.
        kind: what the slice is a part of; ``"cell"`` and ``"arrow"`` are parts of no tensor.
        layer, direction, step: where the slice stands; for an arrow, where it starts.
        row: which row of h_0, h_n or c_n the slice is; ``None`` for other kinds.
        way: where an arrow leads: ``"up"`` to the layer above or to out, ``"along"`` to the next
            step, ``"start"`` from h_0 into the first cell, ``"end"`` from the last cell to h_n.
        elided: whether the slice stands for several that are left out; it cannot be selected.
        padding: whether the slice is behind the end of its sample, where no cell reads or writes.
        tensor: the tensor of the call that holds the slice; empty if none does.
        where: the index of the slice in that tensor, with one entry per axis: an int, a
            (start, stop), or ``None`` for the whole axis.
        code: the tensor and the index as Python code.
        holds: keys for the slice's numbers; two slices with the same numbers share a key.
        reads: the ids of the slices that it is computed from.
        writers: the ids of the cells that wrote its numbers; none for x and h_0.
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
        """1 if the slice belongs to the backward direction, else 0."""
        return int(self.direction == "backward")


@dataclass(frozen=True)
class Scene:
    """The picture of one call: all its slices.

    Attributes:
        settings: the module.
        sizes: its input.
        columns: the steps that are drawn, from left to right; ``None`` stands for steps that
            are read but left out. Padding may be left out without a ``None``.
        layers: the layers that are drawn, from the input up; ``None`` stands for the layers
            that are left out.
        slices: every slice by its id.
        sample: the sample that is drawn, if the samples differ in length; ``None`` if they do
            not, since each slice then holds all samples.
        length: how many steps of the sample the module reads.
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
        """The columns that the module reads: all columns but padding."""
        return drawn_read(self.columns, self.length)

    @property
    def directions(self) -> tuple[Direction, ...]:
        """The directions that the module has."""
        return self.settings.directions

    def pick(self, name: str) -> Slice:
        """Find a slice by its id or by its code.

        Args:
            name: an id such as ``h_n.3``, or code such as ``h_n[3]``.

        Returns:
            The slice, which is not elided.

        Raises:
            ArgumentError: no slice has this name, or the slice stands for several.
            ArgumentTypeError: the name is no text.

        >>> from lstm_shapes import unroll
        >>> unroll(Settings(4, 3), InputSizes(5, 3)).pick("out[4]").id
        'out.4.forward'
        """
        found = self._named("select", name)
        if found.elided:
            problem = "stands for several that are left out"
            raise ArgumentError("select", name, problem, "use an id of scene.slices that does not")
        return found

    def linked(self, name: str) -> dict[str, Link]:
        """Find everything that is linked with a slice, and so is highlighted with it.

        Args:
            name: the id of the slice, or its code.

        Returns:
            By id, how each linked slice relates to the given one: it is the given one
            (``selected``), it is a cell that ``wrote`` it, it holds the ``same`` numbers or
            some of them, or it was ``read`` to compute it.

        Raises:
            ArgumentError: no slice has this name.

        >>> from lstm_shapes import unroll
        >>> picture = unroll(Settings(4, 3, bidirectional=True), InputSizes(5, 3))
        >>> links = picture.linked("h_n.1")
        >>> [name for name, link in links.items() if link == "wrote"]
        ['cell.0.backward.0']
        >>> links["out.0.backward"], links["x.4"]
        ('same', 'read')
        """
        chosen = self._named("name", name)
        writers = [cell for cell in chosen.writers if cell != chosen.id]
        links: dict[str, Link] = dict.fromkeys(self._read_for([*writers, chosen.id]), "read")
        holds = set(chosen.holds)
        for each in self.slices.values():
            if holds.intersection(each.holds):
                links[each.id] = "same"
        return links | dict.fromkeys(writers, "wrote") | {chosen.id: "selected"}

    def writers(self, name: str) -> list[Slice]:
        """Find the cells that wrote the numbers of a slice.

        Args:
            name: the id of the slice, or its code.

        Returns:
            The cells, one for each direction of an arrow upwards; none for x and h_0.

        Raises:
            ArgumentError: no slice has this name.

        >>> from lstm_shapes import unroll
        >>> [cell.step for cell in unroll(Settings(4, 3), InputSizes(5, 3)).writers("h_n.0")]
        [4]
        """
        return [self.slices[cell] for cell in self._named("name", name).writers]

    def at(self, kind: SliceKind, of: Slice) -> Slice | None:
        """Find the slice of a tensor at the layer and direction of another slice.

        Args:
            kind: ``"out"``, ``"h_0"``, ``"h_n"`` or ``"c_n"``; no other kind is found.
            of: the other slice. For ``"out"`` its step counts too.

        Returns:
            The slice, or ``None`` if there is none, such as of out below the last layer.

        >>> from lstm_shapes import unroll
        >>> picture = unroll(Settings(4, 3), InputSizes(5, 3))
        >>> picture.at("h_n", picture.slices["out.4.forward"]).id
        'h_n.0'
        """
        return self._places.get((kind, of.layer, of.direction, of.step if kind == "out" else None))

    def _named(self, argument: str, name: str) -> Slice:
        """The slice that has an id, or this code."""
        if not isinstance(name, str):
            raise wrong_type(argument, name, "give an id such as 'h_n.0', or code such as 'h_n[0]'")
        coded = (each for each in self.slices.values() if each.code and each.code == name)
        found = self.slices.get(name) or next(coded, None)
        if found is None:
            raise ArgumentError(argument, name, "is not drawn", "use an id from scene.slices")
        return found

    @cached_property
    def _places(self) -> dict[tuple[SliceKind, int | None, Direction | None, int | None], Slice]:
        return {
            (each.kind, each.layer, each.direction, each.step if each.kind == "out" else None): each
            for each in self.slices.values()
            if each.kind in ("out", "h_0", "h_n", "c_n")
        }

    def _read_for(self, names: list[str]) -> list[str]:
        """The ids of all slices that these are computed from, directly or through others."""
        seen: dict[str, None] = {}
        waiting = list(names)
        while waiting:
            for source in self.slices[waiting.pop()].reads:
                if source not in seen:
                    seen[source] = None
                    waiting.append(source)
        return list(seen)


def key(position: int | None) -> str:
    """Write a step or a layer as it appears in ids.

    Args:
        position: the step or layer, counted from 0; ``None`` for those left out.

    >>> key(3), key(None)
    ('3', 'etc')
    """
    return "etc" if position is None else str(position)


def elide(count: int, most: int) -> tuple[int | None, ...]:
    """Choose which of many positions are drawn: the first, the last, and ``None`` between them.

    Args:
        count: how many positions there are.
        most: how many may be drawn, the ``None`` for those left out included.

    >>> elide(3, 8), elide(100, 5)
    ((0, 1, 2), (0, 1, None, 98, 99))
    """
    if count <= most:
        return tuple(range(count))
    tail = (most - 1) // 2
    return (*range(most - 1 - tail), None, *range(count - tail, count))


def drawn_read(columns: tuple[int | None, ...], length: int) -> tuple[int | None, ...]:
    """Select the columns that the module reads: those before the end of a sample.

    Args:
        columns: the steps that are drawn; ``None`` stands for steps left out, which are read.
        length: how many steps the sample has.

    >>> drawn_read((0, 1, None, 8, 9), length=9)
    (0, 1, None, 8)
    """
    return tuple(step for step in columns if step is None or step < length)
