"""The shape of every tensor of a call, with a name, a symbol and a size for each axis.

The shapes are computed from the settings with Python's integers. Torch is not needed and
nothing is allocated, so a tensor of 10**12 elements takes no longer than a small one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from lstm_shapes.argument import check_record
from lstm_shapes.config import InputSizes, Settings, as_settings

if TYPE_CHECKING:
    from torch import nn

AxisName = Literal[
    "batch", "seq", "features", "layer", "layer × direction", "gate × hidden", "hidden"
]


@dataclass(frozen=True)
class Axis:
    """One axis of a tensor.

    Attributes:
        name: what the axis counts, such as ``"batch"``.
        symbol: how the torch documentation writes its size, such as ``"N"``.
        size: how many entries it has.
    """

    name: AxisName
    symbol: str
    size: int


@dataclass(frozen=True)
class NamedShape:
    """A tensor's shape with a name for the tensor and for every axis.

    Attributes:
        name: the tensor's name, such as ``"out"``.
        axes: its axes, from the first to the last.

    >>> print(NamedShape("out", (Axis("seq", "L", 5), Axis("features", "D·H_out", 6))))
    out  (5, 6)  (seq, features)  (L, D·H_out)
    """

    name: str
    axes: tuple[Axis, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes alone, which compare equal to ``tuple(tensor.shape)``."""
        return tuple(axis.size for axis in self.axes)

    @property
    def numel(self) -> int:
        """The number of elements, as ``tensor.numel()``."""
        return math.prod(self.shape)

    def __str__(self) -> str:
        names = ", ".join(axis.name for axis in self.axes)
        symbols = ", ".join(axis.symbol for axis in self.axes)
        return f"{self.name}  {self.shape}  ({names})  ({symbols})"


def tensor_shapes(settings: Settings | nn.Module, sizes: InputSizes) -> dict[str, NamedShape]:
    """Compute the shape of every tensor that goes into or comes out of one call.

    Args:
        settings: the module: its Settings, or a module as for :meth:`Settings.of`.
        sizes: its input. Lengths change no shape, because out is taken to be padded to
            seq_len again by ``pad_packed_sequence``.

    Returns:
        The shapes by name: ``input``, ``h_0``, ``c_0``, ``out``, ``h_n`` and ``c_n``, in this
        order. GRU and RNN have no cell state, so ``c_0`` and ``c_n`` are not in it for them.

    Raises:
        ArgumentTypeError: the settings are neither Settings nor such a module, or the sizes are
            not InputSizes.

    Source: torch documentation, ``torch.nn.LSTM``, "Inputs" and "Outputs".

    >>> settings = Settings(4, 3, num_layers=2, batch_first=True, bidirectional=True)
    >>> for shape in tensor_shapes(settings, InputSizes(seq_len=5, batch_size=3)).values():
    ...     print(shape)
    input  (3, 5, 4)  (batch, seq, features)  (N, L, H_in)
    h_0  (4, 3, 3)  (layer × direction, batch, features)  (D·num_layers, N, H_out)
    c_0  (4, 3, 3)  (layer × direction, batch, features)  (D·num_layers, N, H_cell)
    out  (3, 5, 6)  (batch, seq, features)  (N, L, D·H_out)
    h_n  (4, 3, 3)  (layer × direction, batch, features)  (D·num_layers, N, H_out)
    c_n  (4, 3, 3)  (layer × direction, batch, features)  (D·num_layers, N, H_cell)
    """
    settings = check_question(settings, sizes)
    features_in = Axis("features", "H_in", settings.input_size)
    shapes = [
        _sequence("input", settings, sizes, features_in),
        *_states("0", settings, sizes),
        _sequence("out", settings, sizes, joined_axis(settings)),
        *_states("n", settings, sizes),
    ]
    return {shape.name: shape for shape in shapes}


def time_axis(settings: Settings, sizes: InputSizes) -> int:
    """Say which axis of input and out is time: 1 if the batch comes first, else 0.

    Args:
        settings: the module, whose batch_first counts.
        sizes: its input; unbatched input has no batch axis, so time is always its axis 0.

    Returns:
        The axis, 0 or 1.

    Source: torch documentation, ``torch.nn.LSTM``, "batch_first" and "Inputs".

    >>> time_axis(Settings(4, 3, batch_first=True), InputSizes(seq_len=5, batch_size=3))
    1
    >>> time_axis(Settings(4, 3, batch_first=True), InputSizes(seq_len=5, batch_size=None))
    0
    """
    return int(settings.batch_first and sizes.batch_size is not None)


def symbols(settings: Settings, sizes: InputSizes) -> dict[str, int]:
    """Give every size by the symbol that the torch documentation uses for it.

    Args:
        settings: the module.
        sizes: its input.

    Returns:
        N, L, D, H_in, H_cell and H_out as in torch's documentation, and num_layers. N is not
        in it if the input is unbatched.

    Source: torch documentation, ``torch.nn.LSTM``, "Inputs".

    >>> symbols(Settings(4, 3, bidirectional=True), InputSizes(seq_len=5, batch_size=None))
    {'L': 5, 'D': 2, 'H_in': 4, 'H_cell': 3, 'H_out': 3, 'num_layers': 1}
    """
    batch = {axis.symbol: axis.size for axis in _batch(sizes)}
    return batch | {
        "L": sizes.seq_len,
        "D": settings.num_directions,
        "H_in": settings.input_size,
        "H_cell": settings.hidden_size,
        "H_out": settings.h_out,
        "num_layers": settings.num_layers,
    }


def direction_shapes(settings: Settings | nn.Module, sizes: InputSizes) -> dict[str, NamedShape]:
    """Compute the shapes of out and h_n when they are split by direction and joined again.

    The functions of ``lstm_shapes.directions`` make the tensors that have these shapes.

    Args:
        settings: the module: its Settings, or a module as for :meth:`Settings.of`.
        sizes: its input.

    Returns:
        The shapes by name. ``final`` is the last layer's final h, and is the only one if the
        module has one direction. With two directions there are also:

        - ``forward`` and ``backward``: the halves of out, both in input order,
        - ``reading order``: the backward half reversed in time,
        - ``concat``, ``sum``, ``mean``, ``max``: the halves joined at each step,
        - ``final sum``, ``final mean``, ``final max``: the last layer's two final h joined,
        - ``decoder``: h_n with both directions of a layer side by side.

    Raises:
        ArgumentTypeError: the settings are neither Settings nor such a module, or the sizes are
            not InputSizes.

    >>> settings = Settings(4, 3, num_layers=2, batch_first=True, bidirectional=True)
    >>> for shape in direction_shapes(settings, InputSizes(seq_len=5, batch_size=3)).values():
    ...     print(shape)
    final  (3, 6)  (batch, features)  (N, D·H_out)
    forward  (3, 5, 3)  (batch, seq, features)  (N, L, H_out)
    backward  (3, 5, 3)  (batch, seq, features)  (N, L, H_out)
    reading order  (3, 5, 3)  (batch, seq, features)  (N, L, H_out)
    concat  (3, 5, 6)  (batch, seq, features)  (N, L, D·H_out)
    sum  (3, 5, 3)  (batch, seq, features)  (N, L, H_out)
    mean  (3, 5, 3)  (batch, seq, features)  (N, L, H_out)
    max  (3, 5, 3)  (batch, seq, features)  (N, L, H_out)
    final sum  (3, 3)  (batch, features)  (N, H_out)
    final mean  (3, 3)  (batch, features)  (N, H_out)
    final max  (3, 3)  (batch, features)  (N, H_out)
    decoder  (2, 3, 6)  (layer, batch, features)  (num_layers, N, D·H_out)
    """
    settings = check_question(settings, sizes)
    joined = joined_axis(settings)
    shapes = [NamedShape("final", (*_batch(sizes), joined))]
    if settings.bidirectional:
        half = Axis("features", "H_out", settings.h_out)
        layers = Axis("layer", "num_layers", settings.num_layers)
        modes = ("sum", "mean", "max")
        shapes += [
            _sequence("forward", settings, sizes, half),
            _sequence("backward", settings, sizes, half),
            _sequence("reading order", settings, sizes, half),
            _sequence("concat", settings, sizes, joined),
            *(_sequence(mode, settings, sizes, half) for mode in modes),
            *(NamedShape(f"final {mode}", (*_batch(sizes), half)) for mode in modes),
            NamedShape("decoder", (layers, *_batch(sizes), joined)),
        ]
    return {shape.name: shape for shape in shapes}


def check_question(settings: object, sizes: object) -> Settings:
    """Give a module's settings; refuse what is no module's settings, or no input's sizes.

    Args:
        settings, sizes: what was given for them.

    Returns:
        The settings, also where the module itself was given.

    Raises:
        ArgumentTypeError: one of them is something else; the error says what to give.

    >>> check_question(Settings(4, 3), (5, 2))
    Traceback (most recent call last):
    ...
    lstm_shapes.errors.ArgumentTypeError: sizes=(5, 2) is of type tuple: give InputSizes(*sizes)
    """
    found = as_settings("settings", settings)
    check_record("sizes", sizes, InputSizes)
    return found


def _states(when: Literal["0", "n"], settings: Settings, sizes: InputSizes) -> list[NamedShape]:
    rows = Axis("layer × direction", "D·num_layers", settings.num_directions * settings.num_layers)
    h = Axis("features", "H_out", settings.h_out)
    states = [NamedShape(f"h_{when}", (rows, *_batch(sizes), h))]
    if settings.kind == "LSTM":
        states.append(NamedShape(f"c_{when}", (rows, *_batch(sizes), cell_axis(settings))))
    return states


def _sequence(name: str, settings: Settings, sizes: InputSizes, features: Axis) -> NamedShape:
    axes = [*_batch(sizes), features]
    axes.insert(time_axis(settings, sizes), Axis("seq", "L", sizes.seq_len))
    return NamedShape(name, tuple(axes))


def _batch(sizes: InputSizes) -> tuple[Axis, ...]:
    return () if sizes.batch_size is None else (Axis("batch", "N", sizes.batch_size),)


def joined_axis(settings: Settings) -> Axis:
    """The last axis of out: the features of all directions side by side.

    Args:
        settings: the module.

    >>> joined_axis(Settings(4, 3, bidirectional=True))
    Axis(name='features', symbol='D·H_out', size=6)
    """
    return Axis("features", "D·H_out", settings.num_directions * settings.h_out)


def cell_axis(settings: Settings) -> Axis:
    """The axis of a cell's hidden_size features: the last axis of c_n, and of h if proj_size=0.

    Args:
        settings: the module.

    >>> cell_axis(Settings(4, 3, proj_size=2))
    Axis(name='features', symbol='H_cell', size=3)
    """
    # The documentation of GRU and RNN has no symbol H_cell; it calls this size H_out.
    symbol = "H_cell" if settings.kind == "LSTM" else "H_out"
    return Axis("features", symbol, settings.hidden_size)
