"""What is wrong with a call, in one record; and what a right call of the same module would take."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from lstm_shapes.explain.call import Call, Given

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Diagnosis:
    """Why torch does not take a call, or takes it for another than was meant.

    Attributes:
        kind: the kind of mistake, such as ``"features"``.
        axis: the argument that is wrong, and its axis where there is one, such as
            ``"x, axis 2 (features, H_in)"``.
        cause: what is wrong, in plain sentences.
        cure: what to do, in a plain sentence.
        mended: the call after the cure; ``None`` where there is no call to make.
        code: the cure as lines of code, to stand before the call.
    """

    kind: str
    axis: str
    cause: str
    cure: str
    mended: Call | None
    code: str


@dataclass(frozen=True)
class Layout:
    """What a right call of the same module would take, if its x is right.

    Attributes:
        features: input_size.
        time, batch: the axes of x; ``None`` for one that it does not have.
        rows: D·num_layers, the rows of each state; a cell has no such axis.
        samples: N, or ``None`` without a batch.
        h, c: the shapes of h_0 and c_0.
    """

    features: int
    time: int | None
    batch: int | None
    rows: int
    samples: int | None
    h: Shape
    c: Shape

    def axis(self, place: int) -> str:
        """The name and the symbol of an axis of x."""
        names = {self.time: "seq, L", self.batch: "batch, N"}
        return f"x, axis {place} ({names.get(place, 'features, H_in')})"

    def state_axis(self, name: str, place: int) -> str:
        """The name and the symbol of an axis of a state."""
        width = len(self.h)
        if place == width - 1:
            symbol = "H_out" if name != "c_0" else "H_cell"
            return f"{name}, axis {place} (features, {symbol})"
        if self.samples is not None and place == width - 2:
            return f"{name}, axis {place} (batch, N)"
        return f"{name}, axis {place} (layer × direction, D·num_layers)"


def layout(call: Call) -> Layout:
    """Say what a module takes, of an x with as many axes as the call's.

    Args:
        call: one whose module is right.

    Raises:
        ArgumentError: the module has an argument that it cannot have.
    """
    settings = call.settings()
    rows = settings.num_directions * settings.num_layers
    axes = len(call.x.shape)
    if call.cell:
        time, batch = None, 0 if axes == 2 else None
    elif axes == 3:
        time = int(settings.batch_first)
        batch = 1 - time
    else:
        time, batch = 0, None
    samples = None if batch is None else call.x.shape[batch]
    front = (() if call.cell else (rows,)) + (() if samples is None else (samples,))
    h, c = (*front, settings.h_out), (*front, settings.hidden_size)
    return Layout(settings.input_size, time, batch, rows, samples, h, c)


def mended(
    found: tuple[str, str, str, str, str], call: Call, arguments: Any = None, **parts: Any
) -> Diagnosis:
    """A diagnosis whose mended call has other parts.

    Args:
        found: the kind, the axis, the cause, the cure and the code.
        call: the call that is wrong.
        arguments: of the module, by name, that change.
        parts: ``x``, ``states`` or ``lengths``, as they are afterwards; a shape for x alone.
    """
    kind, axis, cause, cure, code = found
    if isinstance(parts.get("x"), tuple):
        parts["x"] = replace(call.x, shape=parts["x"])
    after = replace(call, **parts)
    if arguments:
        after = after.with_arguments(**arguments)
        code = "\n".join([f"module = {after.constructor()}", *([code] if code else [])])
    return Diagnosis(kind, axis, cause, cure, after, code)


def other_device(one: str, other: str) -> bool:
    """Whether two devices differ; ``cuda`` is the first of them, ``cuda:0``.

    >>> other_device("cuda", "cuda:0"), other_device("cuda", "cpu")
    (False, True)
    """
    return one.removesuffix(":0") != other.removesuffix(":0")


def zeros(name: str, shape: Shape, like: Given) -> tuple[Given, str]:
    """A state of zeros that fits x, and the code that makes it."""
    state = replace(like, name=name, shape=shape)
    return state, f"{name} = x.new_zeros({', '.join(map(str, shape))})"
