"""Asks torch itself what it says of an argument.

The answer is the message that a user gets without this package; the explorer shows it beside
the package's own error.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import pack_padded_sequence

from lstm_shapes.live.calls import construct
from lstm_shapes.live.lengths import lengths_of, out_padded_again
from lstm_shapes.live.run import Run
from lstm_shapes.live.terms import own_terms, seeded
from lstm_shapes.live.variants import with_states


def torch_message(argument: str, values: Mapping[str, Any]) -> str:
    """Ask torch what it says of one argument that may be invalid.

    All other arguments get small valid values, so that the answer is about this argument. The
    module is first built on the meta device, where no weights are allocated.

    Args:
        argument: the name of a field of :class:`~lstm_shapes.Settings`, or ``seq_len``,
            ``batch_size`` or ``lengths``.
        values: the values by argument, which may be invalid. For proj_size, hidden_size and
            kind are used too, since proj_size depends on them; for nonlinearity, kind; for
            lengths, seq_len and batch_size are needed. A num_layers above 2 is tried as 2, since
            torch would build all layers.

    Returns:
        The first line of torch's message; empty if torch takes the value without an error.

    >>> torch_message("proj_size", {"hidden_size": 3, "proj_size": 3})
    'proj_size has to be smaller than hidden_size'
    >>> torch_message("input_size", {"input_size": True})
    ''
    """
    if argument == "lengths":
        return _packing_message(**{name: values[name] for name in (argument, *_SIZES)})
    together = _TOGETHER.get(argument, ())
    asked: dict[str, Any] = {name: values[name] for name in (argument, *together) if name in values}
    size = {"seq_len": 2, "batch_size": 2}
    size |= {name: asked.pop(name) for name in tuple(size) if name in asked}
    given: dict[str, Any] = {"kind": "LSTM", "input_size": 2, "hidden_size": 2} | asked
    if isinstance(given.get("num_layers"), int):
        given["num_layers"] = min(given["num_layers"], 2)

    def attempt() -> None:
        with own_terms("cpu"), seeded(0), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = construct(given, device="meta")
            # The call is made on the CPU, since torch would have to load more for the meta
            # device. The module is small here, unless hidden_size was given with proj_size.
            if argument != "proj_size":
                x = torch.empty(size["seq_len"], size["batch_size"], made.input_size, device="cpu")
                construct(given, device="cpu")(x)

    return what_torch_says(attempt)


_SIZES = ("seq_len", "batch_size")
_TOGETHER: Mapping[str, tuple[str, ...]] = {
    "proj_size": ("hidden_size", "kind"),
    "nonlinearity": ("kind",),
}

MOST = 1000
"""The most steps and samples with which torch is asked, since it goes through them one by one."""


def _packing_message(lengths: Any, seq_len: int, batch_size: int) -> str:
    """What torch says when an input of one feature is packed; huge sizes are cut first."""
    steps = min(seq_len, MOST)
    if isinstance(lengths, (list, tuple)):
        batch_size = min(batch_size, len(lengths) + 1)
        lengths = [_cut(each, seq_len, steps) for each in lengths]

    def attempt() -> None:
        with own_terms("cpu"):
            x = torch.zeros(min(batch_size, MOST), steps, 1, device="cpu")
            pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)

    return what_torch_says(attempt)


def _cut(length: Any, seq_len: int, steps: int) -> Any:
    """Cut a huge length so that it still exceeds the steps if it exceeds seq_len.

    A value that is not an int is not changed.
    """
    if not isinstance(length, int) or length <= steps:
        return length
    return min(length, 2 * MOST) if length > seq_len else steps


def total_length_message(run: Run) -> str:
    """Ask torch what it says of a ``total_length`` that is one less than the longest sample.

    Args:
        run: a run with lengths.

    Returns:
        The first line of the message of ``pad_packed_sequence``.

    Raises:
        ArgumentError: the run has no lengths.

    Source: torch documentation, ``torch.nn.utils.rnn.pad_packed_sequence``.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2, lengths=[2, 4]))
    >>> total_length_message(made).endswith("got total_length=3 and max sequence length being 4")
    True
    """
    shorter = max(lengths_of(run)) - 1
    return what_torch_says(lambda: out_padded_again(run, shorter))


def enforce_sorted_message(run: Run) -> str:
    """Ask torch what it says of a run's lengths with ``enforce_sorted=True``, the default.

    Args:
        run: a run with lengths.

    Returns:
        The first line of the message of ``pack_padded_sequence``; empty if the lengths are
        sorted, so that torch takes them.

    Raises:
        ArgumentError: the run has no lengths.

    Source: torch documentation, ``torch.nn.utils.rnn.pack_padded_sequence``.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2, lengths=[2, 5]))
    >>> "sorted in decreasing order" in enforce_sorted_message(made)
    True
    """
    lengths, first = lengths_of(run), run.settings.batch_first
    return what_torch_says(lambda: pack_padded_sequence(run.input, lengths, first))


def states_message(run: Run, states: Sequence[Tensor]) -> str:
    """Ask torch what it says of the states that a module starts from.

    Args:
        run: the run whose call is made again with these states: of a packed batch, if it has
            lengths.
        states: h_0, and for an LSTM c_0 as well, of any shapes.

    Returns:
        The first line of torch's message; empty if it takes the states.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2))
    >>> states_message(made, [torch.zeros(2, 1, 3), torch.zeros(2, 1, 3)])
    'Expected hidden[0] size (1, 2, 3), got [2, 1, 3]'
    """
    return what_torch_says(lambda: with_states(run, states))


def what_torch_says(attempt: Callable[[], object]) -> str:
    """Call a function, and give the first line of the message of the error that it raises.

    Args:
        attempt: a function without arguments.

    Returns:
        One line; empty if the function raises no error.

    >>> what_torch_says(lambda: torch.zeros(2).view(3))
    "shape '[3]' is invalid for input of size 2"
    """
    try:
        attempt()
    # Torch raises errors of many types; the message of any of them is the answer.
    except Exception as error:
        return str(error).split("\n", 1)[0]
    return ""
