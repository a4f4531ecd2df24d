"""A call of a recurrent module: the module's arguments, the tensors that it is given, the lengths.

Nothing of a call is checked against what torch takes, since a call may well be wrong: that is
what it is looked at for. A call is written as the text that :mod:`lstm_shapes.explain.reading`
reads, and as a program that makes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from lstm_shapes.config import Settings
from lstm_shapes.errors import ArgumentError

_OF_A_MODULE = (
    "input_size",
    "hidden_size",
    "num_layers",
    "bias",
    "batch_first",
    "dropout",
    "bidirectional",
    "proj_size",
    "device",
    "dtype",
)
_OF_A_CELL = ("input_size", "hidden_size", "bias", "device", "dtype")

POSITIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "LSTM": _OF_A_MODULE,
        "GRU": _OF_A_MODULE,
        "RNN": (*_OF_A_MODULE[:3], "nonlinearity", *_OF_A_MODULE[3:]),
        "LSTMCell": _OF_A_CELL,
        "GRUCell": _OF_A_CELL,
        "RNNCell": (*_OF_A_CELL[:3], "nonlinearity", *_OF_A_CELL[3:]),
    }
)
"""The arguments of each kind of module, in the order in which torch takes them by position."""

FLOATS = ("float32", "float64", "float16", "bfloat16")
"""The dtypes that weights can have."""

INTEGERS = ("int64", "int32", "int16", "int8", "uint8", "bool")
"""The dtypes of ids, masks and counts."""


@dataclass(frozen=True)
class Given:
    """A tensor that a call is given.

    Attributes:
        name: ``x``, ``h_0``, ``c_0``; or ``hx`` for one tensor that is given as the state.
        shape: its sizes.
        dtype: such as ``"float32"``.
        device: such as ``"cpu"``.

    >>> print(Given("x", (32, 64, 16), "int64"))
    x: (32, 64, 16) int64
    """

    name: str
    shape: tuple[int, ...]
    dtype: str = "float32"
    device: str = "cpu"

    def __str__(self) -> str:
        dtype = "" if self.dtype == "float32" else f" {self.dtype}"
        device = "" if self.device == "cpu" else f" {self.device}"
        return f"{self.name}: {self.shape}{dtype}{device}"

    def code(self) -> str:
        """The line of a program that makes it."""
        sizes = ", ".join(map(str, self.shape)) or "()"
        make = "randn" if self.dtype in FLOATS else "zeros"
        dtype = "" if self.dtype == "float32" else f", dtype=torch.{self.dtype}"
        device = "" if self.device == "cpu" else f", device={self.device!r}"
        return f"{self.name} = torch.{make}({sizes}{dtype}{device})"


@dataclass(frozen=True)
class Lengths:
    """The lengths with which x is packed, by ``pack_padded_sequence``.

    Attributes:
        values: as they were given; only one if they are a tensor without an axis.
        zero_d: whether they are a tensor without an axis, as ``squeeze()`` leaves of one sample.
        enforce_sorted: the argument of ``pack_padded_sequence``.
        device: where the tensor of lengths is.

    >>> print(Lengths((5, 3, 2), enforce_sorted=False))
    packed, lengths [5, 3, 2] enforce_sorted=False
    """

    values: tuple[int | float, ...]
    zero_d: bool = False
    enforce_sorted: bool = True
    device: str = "cpu"

    def __str__(self) -> str:
        listed = f"0-d {self.values[0]}" if self.zero_d else str(list(self.values))
        ordered = "" if self.enforce_sorted else " enforce_sorted=False"
        return f"packed, lengths {listed}{ordered}" + (
            "" if self.device == "cpu" else f" on {self.device}"
        )

    def code(self) -> str:
        """The line of a program that makes them."""
        values = str(self.values[0]) if self.zero_d else str(list(self.values))
        device = "" if self.device == "cpu" else f", device={self.device!r}"
        return f"lengths = torch.tensor({values}{device})"


@dataclass(frozen=True)
class Call:
    """One call of a recurrent module, right or wrong.

    Attributes:
        kind: ``LSTM``, ``GRU``, ``RNN``, ``LSTMCell``, ``GRUCell`` or ``RNNCell``.
        arguments: of the module, by torch's names and in torch's order; those that have their
            default may be missing.
        x: the input.
        states: nothing; one tensor; or h_0 and c_0, which are given as a pair.
        lengths: with which x is packed, or ``None``.

    Source: torch documentation, ``torch.nn.LSTM``, "Parameters" and "Inputs".
    """

    kind: str
    arguments: tuple[tuple[str, Any], ...]
    x: Given
    states: tuple[Given, ...] = ()
    lengths: Lengths | None = None

    def __str__(self) -> str:
        lines = [self.constructor(), *map(str, (self.x, *self.states))]
        return "\n".join([*lines, *([str(self.lengths)] if self.lengths else [])])

    @property
    def cell(self) -> bool:
        """Whether the module takes a single step, as nn.LSTMCell does."""
        return self.kind.endswith("Cell")

    @property
    def pair(self) -> bool:
        """Whether the module has a cell state, so that its states are a pair."""
        return self.kind.startswith("LSTM")

    def argument(self, name: str) -> Any:
        """The value of an argument of the module; its default, if it is not given.

        >>> Call("LSTM", (("input_size", 4), ("hidden_size", 3)), Given("x", (5, 4))).argument(
        ...     "num_layers"
        ... )
        1
        """
        defaults = {"device": "cpu", "dtype": "float32"}
        return dict(self.arguments).get(name, defaults.get(name, getattr(Settings, name, None)))

    def settings(self) -> Settings:
        """The module as it is known to the formula; a cell as a module of one layer.

        Raises:
            ArgumentError: an argument that no module can have.
        """
        named = {name: value for name, value in self.arguments if name not in ("device", "dtype")}
        for name in ("input_size", "hidden_size"):
            if name not in named:
                raise ArgumentError(name, None, "is missing", "give it")
        return Settings(**named, kind=self.kind.removesuffix("Cell"))  # type: ignore[arg-type]

    def with_arguments(self, **changed: Any) -> Call:
        """The same call of a module with other arguments; ``None`` leaves one out."""
        values = {**dict(self.arguments), **changed}
        order = [*POSITIONS[self.kind], *values]
        kept = {name: values[name] for name in order if values.get(name) is not None}
        return replace(self, arguments=tuple(kept.items()))

    def constructor(self) -> str:
        """The code that makes the module, such as ``nn.LSTM(4, 3, num_layers=2)``."""
        shown, by_position = [], True
        for (name, value), place in zip(
            self.arguments, [*POSITIONS[self.kind][:2], *[""] * len(self.arguments)], strict=False
        ):
            by_position = by_position and name == place
            text = f"torch.{value}" if name == "dtype" else repr(value)
            shown.append(text if by_position else f"{name}={text}")
        return f"nn.{self.kind}({', '.join(shown)})"

    def code(self) -> str:
        """A program that makes this call, with random numbers, and prints what comes out.

        >>> asked = Call("GRU", (("input_size", 4), ("hidden_size", 3)), Given("x", (5, 2, 4)))
        >>> print(asked.code())
        import torch
        from torch import nn
        <BLANKLINE>
        torch.manual_seed(0)
        module = nn.GRU(4, 3)
        x = torch.randn(5, 2, 4)
        out, h_n = module(x)
        print(tuple(out.shape), tuple(h_n.shape))
        """
        return program(self, "", self)


def program(call: Call, edit: str, edited: Call) -> str:
    """Write a program that makes the tensors of a call, edits them, and makes the edited call.

    Args:
        call: the call to begin with.
        edit: lines of code that change ``module``, ``x``, ``h_0``, ``c_0``, ``hx`` or
            ``lengths``; empty for none.
        edited: the call that is made after them.

    Returns:
        The program. It needs torch, and nothing of this package.
    """
    lines = ["import torch", "from torch import nn", "", "torch.manual_seed(0)"]
    if "module = " not in edit:
        lines.append(f"module = {call.constructor()}")
    lines += [each.code() for each in (call.x, *call.states)]
    if call.lengths:
        lines.append(call.lengths.code())
    return "\n".join([*lines, *([edit] if edit else []), *_made(edited)])


def _made(call: Call) -> list[str]:
    """The lines that make a call of the tensors that there are."""
    lines, given = [], "x"
    if call.lengths:
        first = f", batch_first={call.argument('batch_first')}"
        ordered = "" if call.lengths.enforce_sorted else ", enforce_sorted=False"
        pack = f"nn.utils.rnn.pack_padded_sequence(x, lengths{first}{ordered})"
        lines, given = [f"packed = {pack}"], "packed"
    states = ", ".join(each.name for each in call.states)
    states = f", ({states})" if len(call.states) == 2 else f", {states}" if states else ""
    names = ["h_1", "c_1"][: 1 + call.pair] if call.cell else ["h_n", "c_n"][: 1 + call.pair]
    final = ", ".join(names)
    made = final if call.cell else f"out, ({final})" if call.pair else f"out, {final}"
    lines.append(f"{made} = module({given}{states})")
    if call.lengths:
        first = f", batch_first={call.argument('batch_first')}"
        lines.append(f"out, _ = nn.utils.rnn.pad_packed_sequence(out{first})")
    shown = names if call.cell else ["out", *names]
    return [*lines, f"print({', '.join(f'tuple({each}.shape)' for each in shown)})"]
