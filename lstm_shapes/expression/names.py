"""The names that an expression may use for the tensors and the sizes of a run."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from lstm_shapes.config import InputSizes, Settings
from lstm_shapes.formula.shapes import symbols

ALIASES: Mapping[str, str] = {
    "output": "out",
    "h": "h_n",
    "hidden": "h_n",
    "c": "c_n",
    "cell": "c_n",
    "input": "x",
}
"""Other names of tensors, each with the name that a list of them gives."""

ABSENT: Mapping[str, tuple[str, str]] = {
    "lengths": ("this run has no lengths", "every sample has seq_len steps"),
    "c_n": ("only an LSTM has a cell state", "use h_n"),
    "N": ("the input is unbatched", "leave the batch axis out"),
    "batch_size": ("the input is unbatched", "leave the batch axis out"),
}
"""Names that some runs lack, with the reason and what to do."""


def tensor_names(sizes: InputSizes, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Give a run's tensors every name that an expression may use.

    Args:
        sizes: the input.
        tensors: ``input``, ``out``, ``h_n`` and, for an LSTM, ``c_n``: their values, or labels
            in their place.

    Returns:
        The tensors by name, the input as ``x``; also ``lengths`` (N,), of type int64, where there
        are some. The other names in ``ALIASES`` come last.

    >>> one = torch.zeros(1)
    >>> asked = InputSizes(seq_len=5, batch_size=2, lengths=[5, 2])
    >>> list(tensor_names(asked, {"input": one, "out": one, "h_n": one}))
    ['out', 'h_n', 'x', 'lengths', 'output', 'h', 'hidden', 'input']
    """
    named = {name: each for name, each in tensors.items() if name != "input"}
    named["x"] = tensors["input"]
    if sizes.lengths is not None:
        named["lengths"] = torch.tensor(list(sizes.lengths), device=tensors["input"].device)
    return named | {alias: named[name] for alias, name in ALIASES.items() if name in named}


def size_names(settings: Settings, sizes: InputSizes) -> dict[str, int]:
    """Give every size the names that an expression may use: torch's symbols and arguments.

    Args:
        settings: the module.
        sizes: its input.

    Returns:
        The sizes by name. N and batch_size are not in it if the input is unbatched.

    Source: torch documentation, ``torch.nn.LSTM``, "Parameters" and "Inputs".

    >>> size_names(Settings(4, 3), InputSizes(seq_len=5, batch_size=2))["hidden_size"]
    3
    """
    batch = {} if sizes.batch_size is None else {"batch_size": sizes.batch_size}
    return symbols(settings, sizes) | {
        "input_size": settings.input_size,
        "hidden_size": settings.hidden_size,
        "proj_size": settings.proj_size,
        "num_directions": settings.num_directions,
        "seq_len": sizes.seq_len,
        **batch,
    }
