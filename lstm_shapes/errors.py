"""How bad input is refused: errors that name the argument, the value and the cure.

The checks stand here too, so that every function refuses the same thing in the same words.
Nothing here needs torch.
"""

from __future__ import annotations

import reprlib
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

LARGEST = 2**63 - 1
"""The largest size: sizes in torch are signed 64-bit integers."""

MOST_LENGTHS = 1000
"""Up to this many samples a length is made up for each sample that has none."""


class Numbers(Protocol):
    """One number for each sample, as a NumPy array or a tensor."""

    def tolist(self) -> Any:
        """The same as Python's own numbers."""


class ArgumentError(ValueError):
    """An argument that ``nn.LSTM`` cannot take, or would take without an error.

    Attributes:
        argument: its name.
        value: what was given.
        cause: the argument, the value and the problem in one clause.
        problem: what is wrong with it, one clause.
        cure: what to do instead, one clause.
        fix: arguments that would make the question valid; empty if there is no
            obvious choice.
    """

    def __init__(
        self,
        argument: str,
        value: object,
        problem: str,
        cure: str,
        fix: Mapping[str, object] | None = None,
    ) -> None:
        self.argument = argument
        self.value = value
        self.problem = problem
        self.cure = cure
        self.fix = dict(fix or {})
        self.cause = f"{argument}={_short(value)} {problem}"
        # The arguments as they came, so that a copy or a pickle can be made again.
        super().__init__(argument, value, problem, cure, self.fix)

    def __str__(self) -> str:
        return f"{self.cause}: {self.cure}"


class ArgumentTypeError(ArgumentError, TypeError):
    """An argument of the wrong type. It is a ``TypeError`` too, as in torch."""


def _short(value: object) -> str:
    """A value in few characters, whatever it is."""
    if isinstance(value, int) and abs(value) > 10**30:
        return f"<an int of {value.bit_length()} bits>"  # Python refuses to write the longest
    return reprlib.repr(value)


def check_int(argument: str, value: object, at_least: int, at_most: float = LARGEST) -> None:
    """Refuse a value that is not an int between two bounds.

    Args:
        argument: the name that the error gives.
        value: what was given.
        at_least, at_most: the smallest and the largest int that is taken; ``math.inf`` for any.

    Raises:
        ArgumentTypeError: the value is not an int. A bool is refused as well, since torch
            would take it for 0 or 1.
        ArgumentError: the value is out of bounds.

    >>> check_int("seq_len", 0, at_least=1)
    Traceback (most recent call last):
    ...
    lstm_shapes.errors.ArgumentError: seq_len=0 is too small: use 1 or more
    """
    if not isinstance(value, int) or isinstance(value, bool):
        raise wrong_type(argument, value, "give an int")
    if value < at_least:
        fix = {argument: at_least}
        raise ArgumentError(argument, value, "is too small", f"use {at_least} or more", fix)
    if value > at_most:
        raise ArgumentError(argument, value, "is too large", f"use {at_most} or less")


def check_bool(argument: str, value: object) -> None:
    """Refuse a value that is not a bool; torch takes any truth value in places.

    Raises:
        ArgumentTypeError: the value is not a bool.

    >>> check_bool("bidirectional", "no")
    Traceback (most recent call last):
    ...
    lstm_shapes.errors.ArgumentTypeError: bidirectional='no' is of type str: give True or False
    """
    if not isinstance(value, bool):
        raise wrong_type(argument, value, "give True or False")


def check_probability(argument: str, value: object) -> None:
    """Refuse a value that is not a number from 0 to 1.

    Raises:
        ArgumentTypeError: the value is not a number.
        ArgumentError: the value is below 0, above 1, or not a number at all (NaN).

    >>> check_probability("dropout", 1.5)
    Traceback (most recent call last):
    ...
    lstm_shapes.errors.ArgumentError: dropout=1.5 is no probability: use 0 to 1
    """
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise wrong_type(argument, value, "give a number from 0 to 1")
    if not 0 <= value <= 1:
        # Not the nearest: 1.0 is a probability, but it zeroes everything between two layers.
        fix = {argument: 0.5 if value > 1 else 0.0}
        raise ArgumentError(argument, value, "is no probability", "use 0 to 1", fix)


def check_choice(argument: str, value: object, choices: Sequence[str]) -> None:
    """Refuse a value that is not one of a few words.

    Raises:
        ArgumentError: the value is none of them.

    >>> check_choice("kind", "Transformer", ("LSTM", "GRU", "RNN"))
    Traceback (most recent call last):
    ...
    lstm_shapes.errors.ArgumentError: kind='Transformer' is not known: use 'LSTM', 'GRU' or 'RNN'
    """
    if not isinstance(value, str) or value not in choices:
        *most, last = map(repr, choices)
        listed = f"{', '.join(most)} or {last}" if most else last
        raise ArgumentError(argument, value, "is not known", f"use {listed}")


def check_text(argument: str, value: object, at_most: int) -> None:
    """Refuse a value that is not a text, or is a very long one.

    Raises:
        ArgumentTypeError: the value is not a str.
        ArgumentError: the text has more than ``at_most`` characters.

    >>> check_text("vector", "out" * 200, at_most=400)
    Traceback (most recent call last):
    ...
    lstm_shapes.errors.ArgumentError: vector='outoutoutout...toutoutoutout' has 600 characters: \
use 400 or less
    """
    if not isinstance(value, str):
        raise wrong_type(argument, value, "give a str")
    if len(value) > at_most:
        problem = f"has {len(value)} characters"
        raise ArgumentError(argument, value, problem, f"use {at_most} or less")


def check_lengths(
    lengths: object,
    samples: int | None,
    seq_len: int,
    *,
    batch: str = "batch_size",
    cure: str = "give one length per sample",
) -> tuple[int, ...]:
    """Give lengths as a tuple, if they fit a batch.

    Args:
        lengths: a sequence of ints, a NumPy array or a tensor.
        samples: how many samples the batch has; ``None`` if the input is unbatched.
        seq_len: the largest length there may be.
        batch: what the error calls the number of samples, as code.
        cure: what to do where there are too few or too many.

    Returns:
        One int for each sample.

    Raises:
        ArgumentTypeError: the lengths are not a sequence of ints.
        ArgumentError: there is not one length for every sample, or a length is not from 1 to
            seq_len; or the lengths are a tensor that has no axis or no numbers.

    >>> check_lengths([5, 2, 1], samples=3, seq_len=5)
    (5, 2, 1)
    """
    given = _listed(lengths)
    if not samples:
        raise ArgumentError(
            "lengths", given, "needs samples", "give batch_size=1 or more", {"lengths": None}
        )
    if len(given) != samples:
        entries = f"{len(given)} entr{'y' if len(given) == 1 else 'ies'}"
        problem, fix = f"has {entries} for {batch}={samples}", _mended(given, samples, seq_len)
        raise ArgumentError("lengths", given, problem, cure, fix)
    for sample, length in enumerate(given):
        try:
            check_int(f"lengths[{sample}]", length, at_least=1, at_most=seq_len)
        except ArgumentTypeError:
            raise
        except ArgumentError as error:
            fix, cure = _mended(given, samples, seq_len), error.cure
            if length == 0:
                cure += "; leave an empty sample out, or give it 1 and mask what comes out of it"
            raise ArgumentError(error.argument, length, error.problem, cure, fix) from None
    return given


def _listed(lengths: object) -> tuple[Any, ...]:
    """Lengths as a tuple of Python's own numbers, whatever they are; refuse what is no list."""
    if hasattr(lengths, "batch_sizes"):  # a PackedSequence is a tuple too
        cure = "give pad_packed_sequence(packed)[1], of torch.nn.utils.rnn"
        raise ArgumentTypeError("lengths", type(lengths).__name__, "is packed", cure)
    given = plain(lengths)
    if not isinstance(given, Sequence) or isinstance(given, (str, bytes)):
        if given is not lengths:  # a tensor or an array of a single number
            cure = "give lengths.reshape(1), or squeeze(-1), which keeps the axis of one sample"
            raise ArgumentError("lengths", given, "has no axis, as after squeeze()", cure)
        raise wrong_type("lengths", given, "give one int per sample, as in [5, 3, 2]")
    found = tuple(plain(each) for each in given)
    if any(isinstance(each, (list, tuple)) for each in found):
        cure = "give one int per sample, as in [5, 3, 2]; of a mask (N, L), mask.sum(dim=1)"
        raise ArgumentError("lengths", found, "has more than one axis", cure)
    return found


def one_each(lengths: Sequence[Any], samples: int, seq_len: int) -> tuple[Any, ...]:
    """Cut or extend lengths to one for each sample; a new one is the whole seq_len.

    >>> one_each([3, 2], samples=3, seq_len=5)
    (3, 2, 5)
    """
    return (*lengths[:samples], *[seq_len] * (samples - len(lengths)))


def _mended(given: tuple[Any, ...], samples: int, seq_len: int) -> Mapping[str, object]:
    """Lengths that fit: as many, and within bounds; none where that would be very many."""
    if not all(type(each) is int for each in given):
        return {}
    if samples > MOST_LENGTHS:
        return {"lengths": None}
    bounded = [min(max(each, 1), seq_len) for each in given]
    return {"lengths": one_each(bounded, samples, seq_len)}


def plain(value: object, argument: str = "lengths") -> Any:
    """Give Python's own numbers and lists instead of NumPy's and torch's.

    Args:
        value: anything.
        argument: the name that the error gives.

    Raises:
        ArgumentError: the value is a tensor without numbers, on the meta device.

    >>> import torch
    >>> plain(torch.tensor([3, 2])), plain((3, 2))
    ([3, 2], (3, 2))
    """
    if getattr(value, "is_meta", False):
        shape = tuple(getattr(value, "shape", ()))
        problem = "is on the meta device, where it has no numbers"
        raise ArgumentError(argument, shape, problem, "give a list of ints, as in [5, 3, 2]")
    tolist = getattr(value, "tolist", None)
    return value if tolist is None else tolist()


def wrong_type(argument: str, value: object, cure: str) -> ArgumentTypeError:
    """The error to raise for a value of the wrong type; it names that type."""
    kind = type(value)
    name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    return ArgumentTypeError(argument, value, f"is of type {name}", cure)
