"""The question: which module, and which input.

Both records are frozen, hashable and validated when they are made, so whatever
holds one need not check it again. Nothing here needs torch.
"""

from __future__ import annotations

import math
import reprlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, get_args

Kind = Literal["LSTM", "GRU", "RNN"]
Direction = Literal["forward", "backward"]

DIRECTIONS: tuple[Direction, Direction] = ("forward", "backward")
"""In the order of the rows of h_n, and of the halves of out."""

LARGEST = 2**63 - 1  # sizes in torch are signed 64-bit integers


class ArgumentError(ValueError):
    """An argument that ``nn.LSTM`` cannot take, or would take in silence.

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


def _short(value: object) -> str:
    """A value in few characters, whatever it is."""
    if isinstance(value, int) and abs(value) > 10**30:
        return f"<an int of {value.bit_length()} bits>"  # Python refuses to write the longest
    return reprlib.repr(value)


class ArgumentTypeError(ArgumentError, TypeError):
    """An argument of the wrong type; a ``TypeError`` as in torch."""


def check_int(argument: str, value: object, at_least: int, at_most: int = LARGEST) -> None:
    """Refuse whatever is not an int between two bounds.

    Raises:
        ArgumentTypeError: not an int; a bool is refused too, torch would take it for 0 or 1.
        ArgumentError: out of bounds.

    >>> check_int("seq_len", 0, at_least=1)
    Traceback (most recent call last):
    ...
    lstm_shapes.config.ArgumentError: seq_len=0 is too small: use 1 or more
    """
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong_type(argument, value, "give an int")
    if value < at_least:
        fix = {argument: at_least}
        raise ArgumentError(argument, value, "is too small", f"use {at_least} or more", fix)
    if value > at_most:
        raise ArgumentError(argument, value, "is too large", f"use {at_most} or less")


def check_lengths(lengths: object, samples: int | None, seq_len: int) -> tuple[int, ...]:
    """Lengths as a tuple, if they fit a batch.

    Args:
        lengths: a sequence of ints, a NumPy array or a tensor.
        samples: of the batch; ``None`` if unbatched.
        seq_len: the largest length there may be.

    Raises:
        ArgumentTypeError: no sequence of ints.
        ArgumentError: not one for every sample, or not from 1 to seq_len.

    >>> check_lengths([5, 2, 1], samples=3, seq_len=5)
    (5, 2, 1)
    """
    given = plain(lengths)
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise _wrong_type("lengths", given, "give one int per sample, as in [5, 3, 2]")
    given = tuple(plain(each) for each in given)
    if not samples:
        raise ArgumentError(
            "lengths", given, "needs samples", "give batch_size=1 or more", {"lengths": None}
        )
    if len(given) != samples:
        raise ArgumentError(
            "lengths",
            given,
            f"has {len(given)} entr{'y' if len(given) == 1 else 'ies'} for batch_size={samples}",
            "give one length per sample",
            _mended(given, samples, seq_len),
        )
    for sample, length in enumerate(given):
        try:
            check_int(f"lengths[{sample}]", length, at_least=1, at_most=seq_len)
        except ArgumentTypeError:
            raise
        except ArgumentError as error:
            fix = _mended(given, samples, seq_len)
            raise ArgumentError(error.argument, length, error.problem, error.cure, fix) from None
    return given


MOST_LENGTHS = 1000
"""Samples up to which lengths are made up for those that have none."""


def one_each(lengths: Sequence[Any], samples: int, seq_len: int) -> tuple[Any, ...]:
    """As many lengths as samples; new ones are whole.

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


def plain(value: object) -> Any:
    """Python's own numbers and lists instead of NumPy's and torch's."""
    tolist = getattr(value, "tolist", None)
    return value if tolist is None else tolist()


def _wrong_type(argument: str, value: object, cure: str) -> ArgumentTypeError:
    kind = type(value)
    name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    return ArgumentTypeError(argument, value, f"is of type {name}", cure)


def check_bool(argument: str, value: object) -> None:
    """Refuse whatever is not a bool; torch takes any truth value in places.

    Raises:
        ArgumentTypeError: not a bool.

    >>> check_bool("bidirectional", "no")
    Traceback (most recent call last):
    ...
    lstm_shapes.config.ArgumentTypeError: bidirectional='no' is of type str: give True or False
    """
    if not isinstance(value, bool):
        raise _wrong_type(argument, value, "give True or False")


def _check_dropout(value: object) -> None:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise _wrong_type("dropout", value, "give a number from 0 to 1")
    if not 0 <= value <= 1:
        nearest = 0.0 if math.isnan(value) or value < 0 else 1.0
        raise ArgumentError(
            "dropout", value, "is no probability", "use 0 to 1", {"dropout": nearest}
        )


@dataclass(frozen=True)
class Settings:
    """The module: the arguments of ``nn.LSTM`` with its own defaults, and the kind.

    Args:
        input_size: features of one input step, H_in.
        hidden_size: features of the cell, H_cell; also of h, unless projected.
        num_layers: stacked layers.
        bias: whether the cells have bias_ih and bias_hh.
        batch_first: whether input and out have the batch axis first. h and c never do.
        dropout: probability of an element being zeroed between layers, in train().
        bidirectional: whether a second cell per layer reads from the end.
        proj_size: features of h if it is projected (LSTM only), 0 if not.
        kind: ``"LSTM"``, ``"GRU"`` or ``"RNN"``.

    Raises:
        ArgumentError: a value torch refuses.
        ArgumentTypeError: a type torch refuses, and those it takes in silence:
            ``bidirectional="no"`` counts as true there.

    Source: torch documentation, ``torch.nn.LSTM``, "Parameters".

    >>> Settings(300, 300, bidirectional=True).num_directions
    2
    >>> Settings(4, 3, proj_size=3)
    Traceback (most recent call last):
    ...
    lstm_shapes.config.ArgumentError: proj_size=3 is not smaller than hidden_size=3: \
use 1 to 2, or 0 for no projection
    """

    input_size: int
    hidden_size: int
    num_layers: int = 1
    bias: bool = True
    batch_first: bool = False
    dropout: float = 0.0
    bidirectional: bool = False
    proj_size: int = 0
    kind: Kind = "LSTM"

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ArgumentError("kind", self.kind, "is not known", "use 'LSTM', 'GRU' or 'RNN'")
        for name in ("input_size", "hidden_size", "num_layers"):
            check_int(name, getattr(self, name), at_least=1)
        for name in ("bias", "batch_first", "bidirectional"):
            check_bool(name, getattr(self, name))
        _check_dropout(self.dropout)
        self._check_projection()

    def _check_projection(self) -> None:
        check_int("proj_size", self.proj_size, at_least=0)
        if self.proj_size and self.kind != "LSTM":
            raise ArgumentError(
                "proj_size",
                self.proj_size,
                f"is not supported by {self.kind}",
                "use 0, or kind='LSTM'",
                {"proj_size": 0},
            )
        if self.proj_size >= self.hidden_size:
            largest = self.hidden_size - 1
            allowed = f"1 to {largest}, or 0" if largest else "0"
            raise ArgumentError(
                "proj_size",
                self.proj_size,
                f"is not smaller than hidden_size={self.hidden_size}",
                f"use {allowed} for no projection",
                {"proj_size": largest},
            )

    @property
    def num_directions(self) -> int:
        """D: 2 if bidirectional, else 1."""
        return 2 if self.bidirectional else 1

    @property
    def h_out(self) -> int:
        """H_out, the width of one direction's h: proj_size, or hidden_size without it."""
        return self.proj_size or self.hidden_size


@dataclass(frozen=True)
class InputSizes:
    """The input: how many samples of how many steps.

    Args:
        seq_len: steps, L.
        batch_size: samples, N; ``None`` for unbatched, 2-D input.
        lengths: steps of each sample if they differ; a sequence, NumPy array or tensor,
            kept as a tuple.

    Raises:
        ArgumentError: a value torch refuses, and lengths beyond seq_len, which
            ``pack_padded_sequence`` takes in silence.
        ArgumentTypeError: not an int.

    Source: torch documentation, ``torch.nn.LSTM``, "Inputs", and
    ``torch.nn.utils.rnn.pack_padded_sequence``.

    >>> InputSizes(seq_len=5, batch_size=3, lengths=[5, 2, 6])
    Traceback (most recent call last):
    ...
    lstm_shapes.config.ArgumentError: lengths[2]=6 is too large: use 5 or less
    """

    seq_len: int
    batch_size: int | None
    lengths: Sequence[int] | None = None

    def __post_init__(self) -> None:
        check_int("seq_len", self.seq_len, at_least=1)
        if self.batch_size is not None:
            check_int("batch_size", self.batch_size, at_least=0)
        if self.lengths is not None:
            lengths = check_lengths(self.lengths, self.batch_size, self.seq_len)
            object.__setattr__(self, "lengths", lengths)

    def steps_of(self, sample: int) -> int:
        """Steps of one sample: its length, or seq_len where all are whole.

        >>> InputSizes(seq_len=5, batch_size=2, lengths=[5, 2]).steps_of(1)
        2
        """
        return self.seq_len if self.lengths is None else self.lengths[sample]

    @property
    def tokens(self) -> int:
        """Input steps the module reads, over all samples; padding not counted."""
        if self.lengths is not None:
            return sum(self.lengths)
        return self.seq_len * (1 if self.batch_size is None else self.batch_size)


PRESETS: Mapping[str, tuple[Settings, InputSizes]] = MappingProxyType(
    {
        "Bi-LSTM tagger": (
            Settings(4, 3, num_layers=2, batch_first=True, bidirectional=True),
            InputSizes(seq_len=5, batch_size=3),
        ),
        "Classifier": (
            Settings(6, 4, batch_first=True, bidirectional=True),
            InputSizes(seq_len=7, batch_size=2),
        ),
        "Seq2seq encoder": (
            Settings(5, 4, num_layers=3, dropout=0.2, bidirectional=True),
            InputSizes(seq_len=6, batch_size=2),
        ),
        "Packed batch": (
            Settings(4, 3, num_layers=2, batch_first=True, bidirectional=True),
            InputSizes(seq_len=5, batch_size=3, lengths=(3, 5, 2)),
        ),
        "Projected": (
            Settings(4, 5, num_layers=2, batch_first=True, bidirectional=True, proj_size=2),
            InputSizes(seq_len=5, batch_size=3),
        ),
        "Unbatched": (
            Settings(4, 3, bidirectional=True),
            InputSizes(seq_len=5, batch_size=None),
        ),
    }
)
"""Usual questions by name, for a first look and for examples."""
