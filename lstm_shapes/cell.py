"""One step of one cell of any module, line by line: the gates, then c and h.

They are computed by hand from the module's own weights, as the documentation writes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast, get_args

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from lstm_shapes.config import Direction, Kind
from lstm_shapes.errors import ArgumentError, ArgumentTypeError, check_choice, check_int
from lstm_shapes.formula.parameters import GATES
from lstm_shapes.tensors import check_alike, check_same_samples, check_tensor


@dataclass(frozen=True)
class Equation:
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
) -> tuple[Equation, ...]:
    """One step of one cell of an nn.LSTM, nn.GRU or nn.RNN, line by line.

    Args:
        module: an nn.LSTM, nn.GRU or nn.RNN; no LSTMCell, which takes a step by itself.
        x: (N, H_in) for layer 0, else (N, D·H_out), the output of the layer below; or
            without N.
        h: (N, H_out), of the step before.
        c: (N, H_cell), for an LSTM.
        layer: which layer the cell belongs to, counted from 0.
        direction: ``"forward"`` or ``"backward"``.

    Returns:
        LSTM: i, f, g, o, c, h; GRU: r, z, n, h; RNN: h.

    Raises:
        ArgumentError: the module has no such layer or direction; x, h or c has features that do
            not fit, another dtype or device than the weights, or other samples than x; c is
            missing, or given to a module that has none.
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
    cell = Cell(module, layer, direction)
    cell.check("x", x, cell.weights["ih"].shape[1])
    cell.check("h", h, cell.weights["hh"].shape[1])
    check_same_samples("h", h, "x", x)
    if cell.kind == "LSTM":
        if c is None:
            raise ArgumentError("c", c, "is missing", "give the cell state of the step before")
        cell.check("c", c, module.hidden_size)
        check_same_samples("c", c, "x", x)
    elif c is not None:
        shown = tuple(c.shape) if isinstance(c, Tensor) else c
        raise ArgumentError("c", shown, f"is not known to {cell.kind}", "leave it out")
    return cell.step(cell.product("ih", x), h, c)


def check_cell(module: nn.RNNBase, layer: int, direction: Direction) -> None:
    """Refuse a cell that a module does not have.

    Raises:
        ArgumentError: no such layer or direction.
        ArgumentTypeError: another module.
    """
    if not isinstance(module, nn.RNNBase):
        raise _no_such_module(module)
    check_int("layer", layer, at_least=0, at_most=module.num_layers - 1)
    check_choice("direction", direction, get_args(Direction))
    if direction == "backward" and not module.bidirectional:
        cure = "use 'forward', or a module with bidirectional=True"
        raise ArgumentError("direction", direction, "is not there", cure)


def _no_such_module(module: object) -> ArgumentTypeError:
    """The error for what is no nn.LSTM, nn.GRU or nn.RNN: it says what to give instead."""
    name: object = None if module is None else type(module).__name__
    problem = "is no such module"
    cure = "give an nn.LSTM, nn.GRU or nn.RNN"
    if isinstance(module, type) and issubclass(module, nn.RNNBase):
        name, problem = module.__name__, "is a class"
        cure = f"give a module that is made of it, as in nn.{name}(input_size, hidden_size)"
    elif isinstance(module, nn.RNNCellBase):
        problem = "takes one step by itself"
        call = "h, c = module(x, (h, c))" if isinstance(module, nn.LSTMCell) else "h = module(x, h)"
        cure = f"call it, {call}, or give an nn.LSTM, nn.GRU or nn.RNN"
    elif hasattr(module, "_orig_mod"):
        problem, cure = "is compiled", "give module._orig_mod"
    elif ".quantized." in type(module).__module__:
        problem = "is quantized, and has its weights in another form"
        cure = "give the module as it was before it was quantized"
    elif isinstance(module, nn.Module):
        parts = (at for at, part in module.named_modules() if isinstance(part, nn.RNNBase))
        if part := next(parts, ""):
            problem, cure = "holds such a module", f"give module.get_submodule({part!r})"
    return ArgumentTypeError("module", name, problem, cure)


class Cell:
    """One cell of a module: the parameters of one layer and direction, and their gates."""

    def __init__(self, module: nn.RNNBase, layer: int, direction: Direction) -> None:
        self.kind, self.bias = cast(Kind, module.mode.partition("_")[0]), module.bias
        self.function = module.mode.rpartition("_")[2].lower()  # of an RNN: tanh or relu
        suffix = f"_l{layer}" + "_reverse" * (direction == "backward")
        self.names = {part: f"weight_{part}{suffix}" for part in ("ih", "hh", "hr")}
        self.weights = {part: getattr(module, self.names[part]) for part in ("ih", "hh")}
        self.biases = {
            part: getattr(module, f"bias_{part}{suffix}") if module.bias else None
            for part in ("ih", "hh")
        }
        self.projection = getattr(module, self.names["hr"]) if module.proj_size else None
        self.rows = {
            gate: slice(i * module.hidden_size, (i + 1) * module.hidden_size)
            for i, gate in enumerate(GATES[self.kind])
        }

    def check(self, argument: str, value: Tensor, width: int) -> None:
        """Refuse a tensor that the weights do not fit: in its features, dtype or device."""
        check_tensor(argument, value)
        if value.dim() not in (1, 2) or value.shape[-1] != width:
            cure = f"give (N, {width}) or ({width},), one step of this layer"
            raise ArgumentError(argument, tuple(value.shape), "does not fit", cure)
        check_alike(argument, value, f"module.{self.names['ih']}", self.weights["ih"])

    def product(self, part: str, value: Tensor) -> Tensor:
        """The product of x (``"ih"``) or of h' (``"hh"``) with the rows of all gates."""
        return linear(value, self.weights[part], self.biases[part])

    def step(self, read: Tensor, h: Tensor, c: Tensor | None) -> tuple[Equation, ...]:
        """Every line of one step.

        Args:
            read: the product of x, which can be made for all steps at once.
            h, c: of the step before; c is ``None`` for GRU and RNN.
        """
        kept = self.product("hh", h)
        if c is not None:
            return self._lstm(read, kept, c)
        if self.kind == "GRU":
            return self._gru(read, kept, h)
        return (self._gate(read, kept, "h", self.function),)

    def _lstm(self, read: Tensor, kept: Tensor, c: Tensor) -> tuple[Equation, ...]:
        i, f, g, o = (
            self._gate(read, kept, gate, "tanh" if gate == "g" else "sigmoid") for gate in self.rows
        )
        new = f.value * c + i.value * g.value
        cell = Equation("c", "f ⊙ c' + i ⊙ g", (), ("f", "c'", "i", "g"), new)
        hidden = Equation("h", "o ⊙ tanh(c)", (), ("o", "c"), o.value * torch.tanh(new))
        if self.projection is not None:
            projected = linear(hidden.value, self.projection)
            names = (self.names["hr"],)
            hidden = Equation("h", "W_hr (o ⊙ tanh(c))", names, ("o", "c"), projected)
        return i, f, g, o, cell, hidden

    def _gru(self, read: Tensor, kept: Tensor, h: Tensor) -> tuple[Equation, ...]:
        r, z = (self._gate(read, kept, gate, "sigmoid") for gate in ("r", "z"))
        rows = self.rows["n"]
        n = torch.tanh(read[..., rows] + r.value * kept[..., rows])
        formula = f"tanh({self._term('i', 'n')} + r ⊙ ({self._term('h', 'n')}))"
        new = (1 - z.value) * n + z.value * h
        return (
            r,
            z,
            Equation("n", formula, self._used("n"), ("x", "r", "h'"), n),
            Equation("h", "(1 - z) ⊙ n + z ⊙ h'", (), ("z", "n", "h'"), new),
        )

    def _gate(self, read: Tensor, kept: Tensor, gate: str, function: str) -> Equation:
        """One gate's rows of both products, added and put through a function."""
        rows = self.rows[gate]
        value = getattr(torch, function)(read[..., rows] + kept[..., rows])
        formula = f"{function}({self._term('i', gate)} + {self._term('h', gate)})"
        return Equation(gate, formula, self._used(gate), ("x", "h'"), value)

    def _used(self, gate: str) -> tuple[str, ...]:
        """Which rows of which parameters a gate takes, as code."""
        rows = self.rows[gate]
        return tuple(f"{self.names[part]}[{rows.start}:{rows.stop}]" for part in ("ih", "hh"))

    def _term(self, source: str, gate: str) -> str:
        """How the documentation writes such a product: ``W_hi h' + b_hi``."""
        value = {"i": "x", "h": "h'"}[source]
        bias = f" + b_{source}{gate}" if self.bias else ""
        return f"W_{source}{gate} {value}{bias}"
