"""What is looked at below the picture: the tab, and what is chosen in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from lstm_shapes.config import DIRECTIONS
from lstm_shapes.errors import ArgumentError, check_int

TABS: Mapping[str, str] = {
    "directions": "Directions: split & realign",
    "cell": "Inside one cell",
    "parameters": "Parameters",
    "arguments": "Arguments",
    "lengths": "Variable lengths",
    "states": "States",
    "vectors": "What to feed the head",
    "scrambled": "Right shape, wrong data",
    "reproducibility": "Reproducibility",
    "article": "Claims",
}
WAYS: Mapping[str, str] = {
    "module": "nn.LSTM's out",
    "pair": "hand-built pair",
    "flip": "flip anyway",
}
MERGES = ("concat", "sum", "mean", "max")
STARTS = ("zeros", "random", "carried")
LAST_STEP = 4
LONGEST = 400
"""Characters of an expression: more than there may be, so that its own error is heard."""


@dataclass(frozen=True)
class Choices:
    """One valid set of them.

    Attributes:
        tab: key of ``TABS``.
        step: of the directions, from 1.
        way: key of ``WAYS``: how the two directions were come by, or are treated.
        merge: how they are merged.
        vector: expression of the vector to feed a head with; empty for the usual one.
        layer, direction, time: of the cell that is looked into; the nearest there is.
        start: one of ``STARTS``: the states a run starts from.
        chunk: the step at which a sequence is cut in two; the nearest there is.
    """

    tab: str = "directions"
    step: int = 1
    way: str = "module"
    merge: str = "concat"
    vector: str = ""
    layer: int = 0
    direction: str = "forward"
    time: int = 0
    start: str = "random"
    chunk: int = 2

    def __post_init__(self) -> None:
        for name, known in _KNOWN.items():
            value = getattr(self, name)
            if not isinstance(value, str) or value not in known:
                raise ArgumentError(name, value, "is not known", f"use one of {', '.join(known)}")
        check_int("step", self.step, at_least=1, at_most=LAST_STEP)
        for name, least in (("layer", 0), ("time", 0), ("chunk", 1)):
            check_int(name, getattr(self, name), at_least=least)
        if not isinstance(self.vector, str) or len(self.vector) > LONGEST:
            cure = f"give an expression of at most {LONGEST} characters"
            raise ArgumentError("vector", self.vector, "is no expression", cure)


_KNOWN: Mapping[str, Collection[str]] = {
    "tab": TABS,
    "way": WAYS,
    "merge": MERGES,
    "direction": DIRECTIONS,
    "start": STARTS,
}
CHOICES = tuple(field.name for field in fields(Choices))


def nearest(values: Mapping[str, Any]) -> Choices:
    """The valid choices among those that a browser sent; the rest as at the start.

    >>> nearest({"tab": "vectors", "step": "<b>", "zoom": 3})
    Choices(tab='vectors', step=1, way='module', merge='concat', vector='', layer=0, \
direction='forward', time=0, start='random', chunk=2)
    """
    found = Choices()
    for name in CHOICES:
        if name in values:
            try:
                found = replace(found, **{name: values[name]})
            except ArgumentError:
                continue  # a page that means no harm sends none of these
    return found
