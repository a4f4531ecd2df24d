"""What torch itself says of an argument: the words a user meets without this package."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import torch
from torch.nn.utils.rnn import pack_padded_sequence

from lstm_shapes.live import construct, own_terms, seeded


def torch_message(argument: str, values: Mapping[str, Any]) -> str:
    """What torch itself says of one argument that may be invalid.

    The module is built with small valid values for all other arguments, so that the
    answer concerns this one, on the meta device, where nothing is allocated.

    Args:
        argument: of :class:`~lstm_shapes.Settings`, or ``seq_len``, ``batch_size`` or
            ``lengths``, which is asked together with these two.
        values: unchecked, by argument. proj_size is asked together with hidden_size and
            kind, on which it depends; more than two layers are asked about as two, since
            torch would build them all.

    Returns:
        The first line of torch's message, empty if it takes the value in silence.

    >>> torch_message("proj_size", {"hidden_size": 3, "proj_size": 3})
    'proj_size has to be smaller than hidden_size'
    >>> torch_message("input_size", {"input_size": True})
    ''
    """
    if argument == "lengths":
        return _packing_message(**{name: values[name] for name in (argument, *_SIZES)})
    together = ("hidden_size", "kind") if argument == "proj_size" else ()
    asked = {name: values[name] for name in (argument, *together) if name in values}
    size = {"seq_len": 2, "batch_size": 2}
    size |= {name: asked.pop(name) for name in tuple(size) if name in asked}
    given = {"kind": "LSTM", "input_size": 2, "hidden_size": 2} | asked
    if isinstance(given.get("num_layers"), int):
        given["num_layers"] = min(given["num_layers"], 2)
    try:
        with own_terms("cpu"), seeded(0), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = construct(given, device="meta")
            # Called on the CPU, where torch has everything loaded; what got so far is small,
            # but for a hidden_size beside proj_size.
            if argument != "proj_size":
                x = torch.empty(size["seq_len"], size["batch_size"], made.input_size, device="cpu")
                construct(given, device="cpu")(x)
    # Whatever torch raises is the answer here, whichever type it has.
    except Exception as error:
        return str(error).split("\n", 1)[0]
    return ""


_SIZES = ("seq_len", "batch_size")

MOST = 1000
"""Steps, and lengths, about which torch is asked as they are; it counts them one by one."""


def _packing_message(lengths: Any, seq_len: int, batch_size: int) -> str:
    """What is said when an input of one feature is packed; huge sizes are cut to what shows it."""
    steps = min(seq_len, MOST)
    if isinstance(lengths, (list, tuple)):
        batch_size = min(batch_size, len(lengths) + 1)
        lengths = [_cut(each, seq_len, steps) for each in lengths]
    try:
        with own_terms("cpu"):
            x = torch.zeros(min(batch_size, MOST), steps, 1, device="cpu")
            pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    except Exception as error:
        return str(error).split("\n", 1)[0]
    return ""


def _cut(length: Any, seq_len: int, steps: int) -> Any:
    """A length as it stands to seq_len, in few steps; what is none stays as it is."""
    if not isinstance(length, int) or length <= steps:
        return length
    return min(length, 2 * MOST) if length > seq_len else steps
