"""The question: which module, which input, and the one table of their arguments.

The records are frozen, hashable and validated when they are made, so whatever holds one
need not check it again. What is known of each argument (its bounds, what a slider of it
reaches, what it is for) is written beside it, once; ``ARGUMENTS`` gathers it for controls,
links, copied calls and the explanation of what each argument changes. Nothing here needs torch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Literal

from lstm_shapes.argument import Argument, check_record, declared
from lstm_shapes.errors import ArgumentError, check_lengths
from lstm_shapes.recurrent import Kind as Kind
from lstm_shapes.recurrent import arguments_of

if TYPE_CHECKING:
    from torch import nn

Nonlinearity = Literal["tanh", "relu"]
MergeMode = Literal["concat", "sum", "mean", "max"]
PoolMode = Literal["mean", "max", "sum", "last"]
Start = Literal["zeros", "random", "carried"]
Direction = Literal["forward", "backward"]
DecoderWidth = Literal["same", "double", "other"]
Combine = Literal["forward", "sum", "mean", "concat", "linear"]

DIRECTIONS: tuple[Direction, Direction] = ("forward", "backward")
"""In the order of the rows of h_n, and of the halves of out."""

LARGEST_SEED = 2**64 - 1


@dataclass(frozen=True)
class Settings:
    """The module: the arguments of ``nn.LSTM`` with its own defaults, and the kind.

    Args:
        input_size: features of one input step, H_in.
        hidden_size: features of the cell, H_cell; also of h, unless it is projected.
        num_layers: how many layers are stacked.
        bias: whether the cells have bias_ih and bias_hh.
        batch_first: whether input and out have the batch axis first. h and c never do.
        dropout: the probability that an element between two layers is zeroed, in train().
        bidirectional: whether each layer has a second cell that reads from the end.
        proj_size: features that h is projected to (LSTM only), or 0 for no projection.
        kind: ``"LSTM"``, ``"GRU"`` or ``"RNN"``.
        nonlinearity: the function that an RNN's cell puts its sum through (RNN only): ``"tanh"``
            or ``"relu"``.

    Raises:
        ArgumentError: a value that torch refuses.
        ArgumentTypeError: a type that torch refuses, and those it takes without an error:
            ``bidirectional="no"`` counts as true there.

    Source: torch documentation, ``torch.nn.LSTM`` and ``torch.nn.RNN``, "Parameters".

    >>> Settings(300, 300, bidirectional=True).num_directions
    2
    >>> Settings(4, 3, proj_size=3)
    Traceback (most recent call last):
    ...
    lstm_shapes.errors.ArgumentError: proj_size=3 is not smaller than hidden_size=3: \
use 1 to 2, or 0 for no projection
    """

    input_size: Annotated[
        int,
        Argument(
            "How many features each step of x has. Only weight_ih of layer 0 depends on it.",
            at_least=1,
            slider=(1, 16),
        ),
    ]
    hidden_size: Annotated[
        int,
        Argument(
            "How many features the cell has. c always has that many, and h too unless it is "
            "projected.",
            at_least=1,
            slider=(1, 16),
        ),
    ]
    num_layers: Annotated[
        int,
        Argument(
            "How many layers are stacked. h_n and c_n have rows for every layer; out comes from "
            "the last layer alone.",
            at_least=1,
            slider=(1, 8),
        ),
    ] = 1
    bias: Annotated[
        bool,
        Argument(
            "Whether each cell adds bias_ih and bias_hh. Without it these parameters are not "
            "zero: they do not exist."
        ),
    ] = True
    batch_first: Annotated[
        bool,
        Argument(
            "Whether input and out have the batch axis first. The axes of h_n and c_n never move."
        ),
    ] = False
    dropout: Annotated[
        float,
        Argument(
            "The probability that an element between two layers is set to zero in train(). It "
            "changes no shape and no parameter.",
            slider=(0, 1),
            step=0.05,
        ),
    ] = 0.0
    bidirectional: Annotated[
        bool,
        Argument(
            "Whether each layer has a second cell, which reads the sequence from its end; then D "
            "is 2."
        ),
    ] = False
    proj_size: Annotated[
        int,
        Argument(
            "How many features h is projected to, or 0 for no projection. out and h_n follow it; "
            "c keeps hidden_size.",
            slider=(0, 15),
        ),
    ] = 0
    kind: Annotated[
        Kind,
        Argument("Which recurrent module is run. Only an LSTM has a cell state c."),
    ] = "LSTM"
    nonlinearity: Annotated[
        Nonlinearity,
        Argument(
            "The function that the cell of an RNN puts its sum through. LSTM and GRU have no such "
            "argument."
        ),
    ] = "tanh"

    def __post_init__(self) -> None:
        for name in _MODULE:
            ARGUMENTS[name].check(getattr(self, name))
        self._check_projection()
        self._check_nonlinearity()

    @classmethod
    def of(cls, module: nn.Module) -> Settings:
        """The settings that a module of the user's own has.

        Args:
            module: an nn.LSTM, nn.GRU or nn.RNN, or an nn.LSTMCell, nn.GRUCell or nn.RNNCell,
                which has one layer and one direction; also one that torch.compile or
                nn.DataParallel has wrapped. It is not called, and nothing of it is changed.

        Raises:
            ArgumentTypeError: anything else. Of a model that holds such modules the error names
                them.

        Source: torch documentation, ``torch.nn.LSTM`` and ``torch.nn.LSTMCell``, "Parameters".

        >>> from torch import nn
        >>> Settings.of(nn.GRU(4, 3, bidirectional=True)).kind
        'GRU'
        >>> Settings.of(nn.Sequential(nn.Linear(4, 4), nn.LSTM(4, 3)))
        Traceback (most recent call last):
        ...
        lstm_shapes.errors.ArgumentTypeError: module='Sequential' is no recurrent module, but \
holds one: give module[1]
        """
        return _settings_of("module", module)

    def _check_projection(self) -> None:
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

    def _check_nonlinearity(self) -> None:
        if self.nonlinearity != "tanh" and self.kind != "RNN":
            raise ArgumentError(
                "nonlinearity",
                self.nonlinearity,
                f"is not supported by {self.kind}",
                "use 'tanh', or kind='RNN'",
                {"nonlinearity": "tanh"},
            )

    @property
    def num_directions(self) -> int:
        """D: 2 if bidirectional, else 1."""
        return 2 if self.bidirectional else 1

    @property
    def directions(self) -> tuple[Direction, ...]:
        """The directions that the module has, in the order of the rows of h_n."""
        return DIRECTIONS[: self.num_directions]

    @property
    def h_out(self) -> int:
        """H_out, the width of one direction's h: proj_size, or hidden_size without it."""
        return self.proj_size or self.hidden_size


def as_settings(argument: str, value: object) -> Settings:
    """Give the settings that a value is, or that the module has which it is.

    Args:
        argument: the name that the error gives.
        value: Settings, or a module as for :meth:`Settings.of`.

    Raises:
        ArgumentTypeError: the value is something else.

    >>> from torch import nn
    >>> as_settings("settings", nn.LSTM(4, 3)) == Settings(4, 3)
    True
    """
    if isinstance(value, Settings):
        return value
    if isinstance(value, type) or not hasattr(value, "named_modules"):
        check_record(argument, value, Settings)
    return _settings_of(argument, value)


def _settings_of(argument: str, value: object) -> Settings:
    return Settings(**arguments_of(argument, value, [each.name for each in fields(Settings)]))


@dataclass(frozen=True)
class InputSizes:
    """The input: how many samples of how many steps.

    Args:
        seq_len: steps, L.
        batch_size: samples, N; ``None`` for unbatched, 2-D input.
        lengths: steps of each sample if they differ; a sequence, NumPy array or tensor,
            kept as a tuple.

    Raises:
        ArgumentError: a value that torch refuses, and a length beyond seq_len, which
            ``pack_padded_sequence`` takes without an error.
        ArgumentTypeError: a value that is not an int.

    Source: torch documentation, ``torch.nn.LSTM``, "Inputs", and
    ``torch.nn.utils.rnn.pack_padded_sequence``.

    >>> InputSizes(seq_len=5, batch_size=3, lengths=[5, 2, 6])
    Traceback (most recent call last):
    ...
    lstm_shapes.errors.ArgumentError: lengths[2]=6 is too large: use 5 or less
    """

    seq_len: Annotated[
        int, Argument("How many steps the input has, L.", at_least=1, slider=(1, 24))
    ]
    batch_size: Annotated[
        int | None, Argument("How many samples the batch holds, N.", slider=(1, 8))
    ]
    lengths: Annotated[
        Sequence[int] | None,
        Argument(
            "How many steps each sample has, where they differ. The batch is then packed, so that "
            "no cell reads padding."
        ),
    ] = None

    def __post_init__(self) -> None:
        ARGUMENTS["seq_len"].check(self.seq_len)
        if self.batch_size is not None:
            ARGUMENTS["batch_size"].check(self.batch_size)
        if self.lengths is not None:
            lengths = check_lengths(self.lengths, self.batch_size, self.seq_len)
            object.__setattr__(self, "lengths", lengths)

    def steps_of(self, sample: int) -> int:
        """How many steps one sample has: its length, or seq_len where there are no lengths.

        >>> InputSizes(seq_len=5, batch_size=2, lengths=[5, 2]).steps_of(1)
        2
        """
        return self.seq_len if self.lengths is None else self.lengths[sample]

    @property
    def samples(self) -> int:
        """How many sequences there are: batch_size, or 1 if the input is unbatched."""
        return 1 if self.batch_size is None else self.batch_size

    @property
    def longest(self) -> int:
        """How many steps the longest sample has."""
        return max(self.lengths or (self.seq_len,))

    @property
    def tokens(self) -> int:
        """Input steps that the module reads, over all samples; padding is not counted."""
        return self.seq_len * self.samples if self.lengths is None else sum(self.lengths)


@dataclass(frozen=True)
class Question:
    """A whole question: a module, its input, and how it is run.

    Args:
        settings: the module: its Settings, or a module as for :meth:`Settings.of`.
        sizes: its input.
        seed: the number that weights and input are drawn from.
        device: where the module runs, such as ``"cpu"``.

    Raises:
        ArgumentError: a seed that torch does not take. Whether a device is there is known only
            where torch is, and asked when the question is run.
        ArgumentTypeError: no Settings, no InputSizes, or a seed or a device of another type.
    """

    settings: Settings
    sizes: InputSizes
    seed: Annotated[
        int,
        Argument(
            "The number that weights and input are drawn from. The same seed gives the same "
            "numbers.",
            at_most=LARGEST_SEED,
            slider=(0, 99),
        ),
    ] = 0
    device: Annotated[str, Argument("The device on which the module runs.")] = "cpu"

    def __post_init__(self) -> None:
        object.__setattr__(self, "settings", as_settings("settings", self.settings))
        check_record("sizes", self.sizes, InputSizes)
        for name in ("seed", "device"):
            ARGUMENTS[name].check(getattr(self, name))

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Question:
        """The question that a value for every argument asks.

        Args:
            values: by the names in ``ARGUMENTS``, unchecked.

        Raises:
            ArgumentError: the first value that cannot be taken.

        >>> asked = Question(Settings(4, 3), InputSizes(seq_len=5, batch_size=2))
        >>> Question.of(asked.values()) == asked
        True
        """
        settings = Settings(**{name: values[name] for name in _MODULE})
        ARGUMENTS["batched"].check(values["batched"])
        sizes = InputSizes(values["seq_len"], None)
        if values["batched"]:
            sizes = InputSizes(values["seq_len"], values["batch_size"], values["lengths"])
        return cls(settings, sizes, values["seed"], values["device"])

    def values(self) -> dict[str, Any]:
        """A value for every argument in ``ARGUMENTS``, but ``batch_size`` if there is no batch."""
        batch_size = self.sizes.batch_size
        found = {name: getattr(self.settings, name) for name in _MODULE}
        found |= {"seq_len": self.sizes.seq_len, "batched": batch_size is not None}
        found |= {"lengths": self.sizes.lengths, "seed": self.seed, "device": self.device}
        return found if batch_size is None else found | {"batch_size": batch_size}


_BATCHED = Argument(
    "Whether the input has a batch axis. Without it the input is a single sequence, (L, H_in).",
    name="batched",
    group="input",
    form="bool",
    default=True,
)


ARGUMENTS: Mapping[str, Argument] = MappingProxyType(
    declared(Settings, "module")
    | declared(InputSizes, "input")
    | {"batched": _BATCHED}
    | declared(Question, "run")
)
"""Every argument of a question by its name."""

_MODULE = tuple(name for name, each in ARGUMENTS.items() if each.group == "module")
