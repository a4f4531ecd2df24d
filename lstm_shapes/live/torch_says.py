"""What torch itself says of an argument: the words a user meets without this package."""

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

    def attempt() -> None:
        with own_terms("cpu"), seeded(0), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = construct(given, device="meta")
            # It is called on the CPU, where torch has everything loaded. What got so far is
            # small, unless a hidden_size was given with proj_size.
            if argument != "proj_size":
                x = torch.empty(size["seq_len"], size["batch_size"], made.input_size, device="cpu")
                construct(given, device="cpu")(x)

    return what_torch_says(attempt)


_SIZES = ("seq_len", "batch_size")

MOST = 1000
"""Steps, and lengths, about which torch is asked as they are; it counts them one by one."""


def _packing_message(lengths: Any, seq_len: int, batch_size: int) -> str:
    """What is said when an input of one feature is packed; huge sizes are cut to what shows it."""
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
    """A length as it stands to seq_len, in few steps; what is none stays as it is."""
    if not isinstance(length, int) or length <= steps:
        return length
    return min(length, 2 * MOST) if length > seq_len else steps


def total_length_message(run: Run) -> str:
    """What torch says of a ``total_length`` that is one less than the longest sample.

    Raises:
        ArgumentError: the run has no lengths.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2, lengths=[2, 4]))
    >>> total_length_message(made).endswith("got total_length=3 and max sequence length being 4")
    True
    """
    shorter = max(lengths_of(run)) - 1
    return what_torch_says(lambda: out_padded_again(run, shorter))


def enforce_sorted_message(run: Run) -> str:
    """What torch says with ``enforce_sorted=True``, its default; empty if it takes the lengths.

    Raises:
        ArgumentError: the run has no lengths.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2, lengths=[2, 5]))
    >>> "sorted in decreasing order" in enforce_sorted_message(made)
    True
    """
    lengths, first = lengths_of(run), run.settings.batch_first
    return what_torch_says(lambda: pack_padded_sequence(run.input, lengths, first))


def states_message(run: Run, states: Sequence[Tensor]) -> str:
    """What torch says of states to start from; empty if it takes them.

    Args:
        states: h_0, and for an LSTM c_0, of any shapes.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2))
    >>> states_message(made, [torch.zeros(2, 1, 3), torch.zeros(2, 1, 3)])
    'Expected hidden[0] size (1, 2, 3), got [2, 1, 3]'
    """
    return what_torch_says(lambda: with_states(run, states))


def what_torch_says(attempt: Callable[[], object]) -> str:
    """The first line of the error that a call of torch ends in; empty if there is none."""
    try:
        attempt()
    # Whatever torch raises is the answer here, whichever type it has.
    except Exception as error:
        return str(error).split("\n", 1)[0]
    return ""
