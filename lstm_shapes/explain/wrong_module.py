"""Arguments that no module of the kind has, or that have a value that it cannot have."""

from __future__ import annotations

import difflib
from typing import Any

from lstm_shapes.config import ARGUMENTS
from lstm_shapes.errors import ArgumentError
from lstm_shapes.explain.call import FLOATS, POSITIONS, Call
from lstm_shapes.explain.cause import Diagnosis, mended

_FALSE = ("no", "false", "off", "0", "none", "")


def wrong_module(call: Call) -> Diagnosis | None:
    """Say what is wrong with the arguments of a call's module; ``None`` if nothing is.

    Source: torch documentation, ``torch.nn.LSTM``, ``torch.nn.LSTMCell``, "Parameters".

    >>> from lstm_shapes.explain.reading import read_call
    >>> wrong_module(read_call("nn.GRU(4, 3, proj_size=2); x: (5, 4)")).cause
    'nn.GRU has no proj_size: only an LSTM projects its h.'
    """
    for name in ("input_size", "hidden_size"):
        if name not in dict(call.arguments):
            return _missing(call, name)
    for name, value in call.arguments:
        if found := _unknown(call, name) or _value(call, name, value):
            return found
    try:
        call.settings()
    except ArgumentError as error:
        return _refused(call, error, error.fix)
    return None


def _missing(call: Call, name: str) -> Diagnosis:
    size = max(call.x.shape[-1], 1) if call.x.shape else 1
    if name == "hidden_size" and call.states and call.states[0].shape:
        size = max(call.states[0].shape[-1], 1)
    cause = f"{name} is missing: nn.{call.kind} has no default for it."
    origin = "the last axis of x" if name == "input_size" else "how many features the cell has"
    cure = f"Give {name}, {origin}."
    return mended(("missing", name, cause, cure, ""), call, {name: size})


def _unknown(call: Call, name: str) -> Diagnosis | None:
    """An argument that the kind does not have; a similar name may be meant."""
    known = POSITIONS[call.kind]
    projects = name == "proj_size" and call.kind in ("GRU", "RNN")
    if name in known and not projects:
        return None
    cause = f"nn.{call.kind} has no {name}."
    cure, change = f"Leave {name} out.", {name: None}
    if projects:
        cause = f"nn.{call.kind} has no proj_size: only an LSTM projects its h."
    elif call.cell and name in POSITIONS[call.kind.removesuffix("Cell")]:
        cause = f"nn.{call.kind} has no {name}: a cell is one layer and takes one step."
        cure = f"Leave {name} out, or use nn.{call.kind.removesuffix('Cell')}."
    elif name == "nonlinearity":
        cause = f"nn.{call.kind} has no nonlinearity: only nn.RNN and nn.RNNCell do."
    elif close := difflib.get_close_matches(name, set(known) - set(dict(call.arguments)), 1):
        cure = f"Write {close[0]}, which is torch's name."
        change[close[0]] = dict(call.arguments)[name]
    return mended(("unknown", name, cause, cure, ""), call, change)


def _value(call: Call, name: str, value: Any) -> Diagnosis | None:
    """A value that the argument cannot have."""
    if name == "dtype" and value not in FLOATS:
        cause = f"The weights would be {value}: gradients need floating point numbers."
        cure = "Leave dtype out for float32; whole numbers of x go through an nn.Embedding."
        return mended(("value", name, cause, cure, ""), call, {name: None})
    if name == "nonlinearity" and value not in ("tanh", "relu"):
        cause = f"nonlinearity={value!r} is not known to torch."
        cure = "Use 'tanh' or 'relu'."
        return mended(("value", name, cause, cure, ""), call, {name: "tanh"})
    if name not in ARGUMENTS:
        return None
    try:
        ARGUMENTS[name].check(value)
    except ArgumentError as error:
        return _refused(call, error, error.fix or {name: _fixed(name, value)})
    return None


def _refused(call: Call, error: ArgumentError, fix: Any) -> Diagnosis:
    """What this package's own check says of a value."""
    cause, cure = f"{error.cause}.", f"{error.cure[0].upper()}{error.cure[1:]}."
    if error.argument == "bidirectional" and isinstance(error.value, str):
        cause += " Torch counts any text as true, 'no' and 'False' as well."
    return mended(("value", error.argument, cause, cure, ""), call, fix)


def _fixed(name: str, value: Any) -> Any:
    """The nearest value of the argument's type."""
    form = ARGUMENTS[name].form
    if form == "bool":
        return str(value).lower() not in _FALSE
    try:
        number = float(value)
    except (ValueError, OverflowError):
        number = 0.0
    if form == "float":
        return min(max(number, 0.0), 1.0)
    return min(max(int(number), ARGUMENTS[name].at_least), ARGUMENTS[name].at_most)
