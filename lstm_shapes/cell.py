"""Inside one cell, by hand: the gates, then c and h, from a module's own weights.

With it h and c of every layer and step, which nn.LSTM never returns: it gives the h of the
last layer, and h and c of each layer's last step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from lstm_shapes.config import (
    DIRECTIONS,
    ArgumentError,
    ArgumentTypeError,
    Direction,
    Kind,
    check_int,
)
from lstm_shapes.shapes import GATES


@dataclass(frozen=True)
class Line:
    """One line of a cell's computation.

    Attributes:
        name: what it gives: a gate, ``"c"`` or ``"h"``.
        formula: as in torch's documentation; h' and c' are those the cell was handed.
        weights: the rows of the parameters that take part, as code.
        uses: names of the lines, and of the inputs ``"x"``, ``"h'"`` and ``"c'"``.
        value: (N, features), or (features,) if unbatched.
    """

    name: str
    formula: str
    weights: tuple[str, ...]
    uses: tuple[str, ...]
    value: Tensor


def cell_step(
    module: nn.RNNBase,
    x: Tensor,
    h: Tensor,
    c: Tensor | None = None,
    *,
    layer: int = 0,
    direction: Direction = "forward",
) -> tuple[Line, ...]:
    """One step of one cell of an nn.LSTM, nn.GRU or nn.RNN, line by line.

    Args:
        x: (N, H_in) for layer 0, else (N, D·H_out), the output of the layer below; or
            without N.
        h: (N, H_out), of the step before.
        c: (N, H_cell), for an LSTM.

    Returns:
        LSTM: i, f, g, o, c, h; GRU: r, z, n, h; RNN: h.

    Raises:
        ArgumentError: the module has no such layer or direction, features that do not fit, or
            c is missing, or given to a module that has none.
        ArgumentTypeError: no such module, or no tensor.

    Source: torch documentation, ``torch.nn.LSTM``, ``torch.nn.GRU`` and ``torch.nn.RNN``;
    Hochreiter and Schmidhuber, "Long Short-Term Memory" (1997).

    >>> lstm = nn.LSTM(4, 3)
    >>> x = torch.randn(1, 2, 4)
    >>> lines = cell_step(lstm, x[0], torch.zeros(2, 3), torch.zeros(2, 3))
    >>> [line.name for line in lines]
    ['i', 'f', 'g', 'o', 'c', 'h']
    >>> lines[4].formula
    "f ⊙ c' + i ⊙ g"
    >>> torch.allclose(lines[-1].value, lstm(x)[0][0], atol=1e-6)
    True
    """
    check_cell(module, layer, direction)
    cell = _Cell(module, layer, direction)
    cell.check("x", x, "ih")
    cell.check("h", h, "hh")
    if cell.kind == "LSTM":
        if c is None:
            raise ArgumentError("c", c, "is missing", "give the cell state of the step before")
        return cell.lstm(x, h, c)
    if c is not None:
        raise ArgumentError("c", tuple(c.shape), f"is not known to {cell.kind}", "leave it out")
    return cell.gru(x, h) if cell.kind == "GRU" else cell.rnn(x, h)


def check_cell(module: nn.RNNBase, layer: int, direction: Direction) -> None:
    """Refuse a cell that a module does not have.

    Raises:
        ArgumentError: no such layer or direction.
        ArgumentTypeError: another module.
    """
    if not isinstance(module, nn.RNNBase):
        name = type(module).__name__
        raise ArgumentTypeError("module", name, "is no such module", "give an nn.LSTM, GRU or RNN")
    check_int("layer", layer, at_least=0, at_most=module.num_layers - 1)
    known = DIRECTIONS[: 1 + module.bidirectional]
    if direction not in known:
        raise ArgumentError("direction", direction, "is not there", f"use one of {known}")


class _Cell:
    """The weights of one layer and direction."""

    def __init__(self, module: nn.RNNBase, layer: int, direction: Direction) -> None:
        self.module, self.kind = module, cast(Kind, module.mode.partition("_")[0])
        self.suffix = f"_l{layer}" + "_reverse" * (direction == "backward")

    def check(self, argument: str, value: Tensor, which: str) -> None:
        """Refuse a tensor whose features the weights do not fit."""
        if not isinstance(value, Tensor):
            raise ArgumentTypeError(argument, value, "is no tensor", "give a tensor")
        width = getattr(self.module, f"weight_{which}{self.suffix}").shape[1]
        if value.dim() not in (1, 2) or value.shape[-1] != width:
            cure = f"give (N, {width}) or ({width},), one step of this layer"
            raise ArgumentError(argument, tuple(value.shape), "does not fit", cure)

    def lstm(self, x: Tensor, h: Tensor, c: Tensor) -> tuple[Line, ...]:
        i, f, g, o = (self.gate(x, h, name, "tanh" if name == "g" else "sigmoid")
                      for name in GATES["LSTM"])  # fmt: skip
        new = f.value * c + i.value * g.value
        cell = Line("c", "f ⊙ c' + i ⊙ g", (), ("f", "c'", "i", "g"), new)
        hidden = Line("h", "o ⊙ tanh(c)", (), ("o", "c"), o.value * torch.tanh(new))
        if self.module.proj_size:
            weight = f"weight_hr{self.suffix}"
            projected = linear(hidden.value, getattr(self.module, weight))
            hidden = Line("h", "W_hr (o ⊙ tanh(c))", (weight,), ("o", "c"), projected)
        return i, f, g, o, cell, hidden

    def gru(self, x: Tensor, h: Tensor) -> tuple[Line, ...]:
        r, z = (self.gate(x, h, name, "sigmoid") for name in ("r", "z"))
        read, weight_x = self.part("ih", x, "n")
        kept, weight_h = self.part("hh", h, "n")
        n = torch.tanh(read + r.value * kept)
        formula = f"tanh({self.term('i', 'n')} + r ⊙ ({self.term('h', 'n')}))"
        new = (1 - z.value) * n + z.value * h
        return (
            *(r, z),
            Line("n", formula, (weight_x, weight_h), ("x", "r", "h'"), n),
            Line("h", "(1 - z) ⊙ n + z ⊙ h'", (), ("z", "n", "h'"), new),
        )

    def rnn(self, x: Tensor, h: Tensor) -> tuple[Line, ...]:
        return (self.gate(x, h, "h", self.module.mode.rpartition("_")[2].lower()),)

    def gate(self, x: Tensor, h: Tensor, name: str, function: str) -> Line:
        """What is summed of x and h, put through a function."""
        read, weight_x = self.part("ih", x, name)
        kept, weight_h = self.part("hh", h, name)
        formula = f"{function}({self.term('i', name)} + {self.term('h', name)})"
        value = getattr(torch, function)(read + kept)
        return Line(name, formula, (weight_x, weight_h), ("x", "h'"), value)

    def part(self, which: str, value: Tensor, gate: str) -> tuple[Tensor, str]:
        """The product with one gate's rows, and which rows those are."""
        size, at = self.module.hidden_size, GATES[self.kind].index(gate)
        rows = slice(at * size, (at + 1) * size)
        weight = getattr(self.module, f"weight_{which}{self.suffix}")
        bias = None
        if self.module.bias:
            bias = getattr(self.module, f"bias_{which}{self.suffix}")[rows]
        code = f"weight_{which}{self.suffix}[{rows.start}:{rows.stop}]"
        return linear(value, weight[rows], bias), code

    def term(self, source: str, gate: str) -> str:
        """How the documentation writes such a product: ``W_hi h' + b_hi``."""
        value = {"i": "x", "h": "h'"}[source]
        bias = f" + b_{source}{gate}" if self.module.bias else ""
        return f"W_{source}{gate} {value}{bias}"
