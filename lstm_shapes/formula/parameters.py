"""The parameters of a module: their names, their axes and the number of their elements.

``formula.shapes`` does the same for the tensors that go into and come out of a call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from lstm_shapes.config import Direction, Kind, Settings, as_settings
from lstm_shapes.formula.numbers import grouped
from lstm_shapes.formula.shapes import Axis, NamedShape, cell_axis, joined_axis

if TYPE_CHECKING:
    from torch import nn

GATES: Mapping[Kind, tuple[str, ...]] = {
    "LSTM": ("i", "f", "g", "o"),
    "GRU": ("r", "z", "n"),
    "RNN": ("h",),
}
"""The gates whose rows weight_ih, weight_hh and the biases hold, from the top row down."""


def parameter_shapes(settings: Settings | nn.Module) -> Iterator[NamedShape]:
    """Yield the shape of every parameter, in the order of ``module.named_parameters()``.

    Args:
        settings: the module: its Settings, or a module as for :meth:`Settings.of`. An
            nn.LSTMCell has the same parameters without ``_l0`` in their names.

    Returns:
        One named shape at a time, since a module may have very many layers.

    Raises:
        ArgumentTypeError: the settings are neither Settings nor such a module.

    Source: torch documentation, ``torch.nn.LSTM``, "Variables".

    >>> for shape in parameter_shapes(Settings(4, 3, bias=False, proj_size=2)):
    ...     print(shape)
    weight_ih_l0  (12, 4)  (gate × hidden, features)  (4·H_cell, H_in)
    weight_hh_l0  (12, 2)  (gate × hidden, features)  (4·H_cell, H_out)
    weight_hr_l0  (2, 3)  (features, hidden)  (H_out, H_cell)
    """
    found = as_settings("settings", settings)  # now, and not when the first one is taken
    return (
        shape
        for layer in range(found.num_layers)
        for direction in found.directions
        for shape in cell_parameters(found, layer, direction)
    )


def cell_parameters(settings: Settings, layer: int, direction: Direction) -> Iterator[NamedShape]:
    """Yield the shape of every parameter of one cell, in torch's order.

    Args:
        settings: the module.
        layer: which layer the cell belongs to, counted from 0.
        direction: which direction of that layer; ``"backward"`` adds ``_reverse`` to the names.

    Yields:
        weight_ih and weight_hh, then bias_ih and bias_hh if bias=True, then weight_hr if
        proj_size is above 0.

    Source: torch documentation, ``torch.nn.LSTM``, "Variables".

    >>> for shape in cell_parameters(Settings(4, 3, 2, bidirectional=True), 1, "backward"):
    ...     print(shape)
    weight_ih_l1_reverse  (12, 6)  (gate × hidden, features)  (4·H_cell, D·H_out)
    weight_hh_l1_reverse  (12, 3)  (gate × hidden, features)  (4·H_cell, H_out)
    bias_ih_l1_reverse  (12,)  (gate × hidden)  (4·H_cell)
    bias_hh_l1_reverse  (12,)  (gate × hidden)  (4·H_cell)
    """
    suffix = "_reverse" if direction == "backward" else ""
    for name, axes in _cell_parameters(settings, first=layer == 0):
        yield NamedShape(f"{name}_l{layer}{suffix}", axes)


def parameter_count(settings: Settings | nn.Module) -> int:
    """Count the elements of all parameters of a module.

    Args:
        settings: the module: its Settings, or a module as for :meth:`Settings.of`. The count
            takes no longer for many layers than for two.

    Returns:
        The sum of ``parameter.numel()`` over all parameters.

    Raises:
        ArgumentTypeError: the settings are neither Settings nor such a module.

    >>> parameter_count(Settings(300, 300, bidirectional=True))
    1444800
    """
    return _elements(as_settings("settings", settings), ("weight", "bias"))


def parameter_sum(settings: Settings | nn.Module) -> tuple[str, str]:
    """Write the count of a module's parameters as a sum, in symbols and in numbers.

    Args:
        settings: the module: its Settings, or a module as for :meth:`Settings.of`.

    Returns:
        The sum over all cells in the symbols of torch's documentation, and the same in numbers.
        A cell has weight_ih and weight_hh, with as many rows and other columns, two biases, and
        with a projection weight_hr. Layers of the same width stand together.

    Raises:
        ArgumentTypeError: the settings are neither Settings nor such a module.

    >>> for line in parameter_sum(Settings(300, 300, bidirectional=True)):
    ...     print(line)
    D · (4·H_cell·(H_in + H_out) + 2·4·H_cell)
    2 · (4·300·(300 + 300) + 2·4·300)
    """
    found = as_settings("settings", settings)
    gates = len(GATES[found.kind])
    many = f"{gates}·" if gates > 1 else ""
    below = found.num_directions * found.h_out
    numbers = [grouped(each) for each in (found.hidden_size, found.h_out)]
    joined = "D·H_out" if found.bidirectional else "H_out"
    terms = [("D", found.num_directions, "H_in", found.input_size)]
    if found.num_layers > 1 and below == found.input_size:
        terms = [("D·num_layers", found.num_directions * found.num_layers, "H_in", below)]
    elif found.num_layers > 1:
        above = found.num_directions * (found.num_layers - 1)
        terms.append(("D·(num_layers - 1)", above, joined, below))

    def cell(read: str, hidden: str, out: str) -> str:
        parts = [f"{many}{hidden}·({read} + {out})"]
        parts += [f"2·{many}{hidden}"] if found.bias else []
        parts += [f"{out}·{hidden}"] if found.proj_size else []
        return " + ".join(parts)

    return (
        " + ".join(f"{times} · ({cell(read, 'H_cell', 'H_out')})" for times, _, read, _ in terms),
        " + ".join(f"{grouped(n)} · ({cell(grouped(x), *numbers)})" for _, n, _, x in terms),
    )


def weight_count(settings: Settings) -> int:
    """Count the elements of the weight matrices, without the biases.

    Args:
        settings: the module.

    Returns:
        The count, which is also the number of multiply-adds for one step of one sample.

    >>> weight_count(Settings(300, 300, bidirectional=True))
    1440000
    """
    return _elements(settings, ("weight",))


def _elements(settings: Settings, prefixes: tuple[str, ...]) -> int:
    return sum(
        cells * NamedShape(name, axes).numel
        for cells, first in _cell_counts(settings)
        for name, axes in _cell_parameters(settings, first)
        if name.startswith(prefixes)
    )


def _cell_counts(settings: Settings) -> tuple[tuple[int, bool], ...]:
    """How many cells the first layer has, and all other layers together."""
    directions = settings.num_directions
    return (directions, True), (directions * (settings.num_layers - 1), False)


def _cell_parameters(settings: Settings, first: bool) -> Iterator[tuple[str, tuple[Axis, ...]]]:
    gates = len(GATES[settings.kind])
    cell = cell_axis(settings)
    rows = Axis(
        "gate × hidden",
        cell.symbol if gates == 1 else f"{gates}·{cell.symbol}",
        gates * cell.size,
    )
    h_out = Axis("features", "H_out", settings.h_out)
    below = Axis("features", "H_in", settings.input_size) if first else joined_axis(settings)
    yield "weight_ih", (rows, below)
    yield "weight_hh", (rows, h_out)
    if settings.bias:
        yield "bias_ih", (rows,)
        yield "bias_hh", (rows,)
    if settings.proj_size:
        yield "weight_hr", (h_out, Axis("hidden", cell.symbol, cell.size))
