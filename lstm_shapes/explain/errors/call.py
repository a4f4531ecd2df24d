"""The record of what is known of the call that failed, and how such a call is written.

Nothing here needs torch: a text without a module leaves everything unknown.
"""

from __future__ import annotations

from dataclasses import dataclass

Shape = tuple[int, ...]

NAMES = {"LSTM": "lstm", "GRU": "gru", "RNN": "rnn"}
"""How a module of each kind is called in code; every cell is ``cell``."""

PAIRED = {"LSTM", "LSTMCell"}
"""The kinds that have two states, h and c."""


@dataclass(frozen=True)
class Given:
    """One value that the call was given.

    Attributes:
        type: the name of its type.
        shape: its shape, of a PackedSequence that of its data; ``None`` if it is no tensor.
        dtype: its dtype as text; empty if it is no tensor.
        device: its device as text; empty if it is no tensor.
        samples: how many samples a PackedSequence has.
    """

    type: str
    shape: Shape | None = None
    dtype: str = ""
    device: str = ""
    samples: int = 0

    @property
    def packed(self) -> bool:
        """Whether it is a PackedSequence."""
        return self.type == "PackedSequence"


@dataclass(frozen=True)
class Call:
    """What is known of the module and of the call; empty where nothing is.

    Attributes:
        kind: the class of the module, such as ``"LSTM"`` or ``"GRUCell"``.
        input_size, hidden_size, num_layers, directions, proj_size, batch_first: its arguments.
        dtype, device: those of its weights.
        input: what it was given as input; ``None`` if that is not known.
        states: the states it was given, h and then c.
        states_type: the type of what was given for them; empty if that is not known, or nothing.
        raised: whether the error came out of the module itself.
    """

    kind: str = ""
    input_size: int = 0
    hidden_size: int = 0
    num_layers: int = 0
    directions: int = 0
    proj_size: int = 0
    batch_first: bool = False
    dtype: str = ""
    device: str = ""
    input: Given | None = None
    states: tuple[Given, ...] = ()
    states_type: str = ""
    raised: bool = False

    @property
    def is_cell(self) -> bool:
        """Whether the module computes a single step."""
        return self.kind.endswith("Cell")

    @property
    def name(self) -> str:
        """The variable that stands for the module.

        >>> Call("GRU").name, Call("LSTMCell").name, Call().name
        ('gru', 'cell', 'module')
        """
        return "cell" if self.is_cell else NAMES.get(self.kind, "module")

    @property
    def the_input(self) -> str:
        """The input in words, with its shape where that is known."""
        if self.input is None or self.input.shape is None or self.input.packed:
            return "x"
        return f"x of shape {self.input.shape}"

    @property
    def x(self) -> str:
        """The variable that stands for the input."""
        return "packed" if self.input and self.input.packed else "x"

    @property
    def unbatched(self) -> bool:
        """Whether the input is known to be a single sequence without a batch axis."""
        shape = self.input.shape if self.input else None
        return bool(shape and self.input and not self.input.packed and len(shape) == 2)

    def run(self, given: str = "") -> str:
        """Write the call with the names of what it returns.

        Args:
            given: the arguments of the call, as code; the input alone if it is empty.

        >>> Call("LSTM").run("x, (h_0, c_0)"), Call("GRUCell").run("x, h"), Call().run()
        ('out, (h_n, c_n) = lstm(x, (h_0, c_0))', 'h = cell(x, h)', 'module(x)')
        """
        returned = {
            "LSTM": "out, (h_n, c_n) = ",
            "GRU": "out, h_n = ",
            "RNN": "out, h_n = ",
            "LSTMCell": "h, c = ",
            "GRUCell": "h = ",
            "RNNCell": "h = ",
        }.get(self.kind, "")
        return f"{returned}{self.name}({given or self.x})"

    def made(self, input_size: int | str, hidden_size: int | str = "hidden_size") -> str:
        """Write the constructor of the same module with another input_size.

        Args:
            input_size, hidden_size: as code; the hidden_size counts where the module is not known.

        >>> Call("LSTM", 4, 3, num_layers=2, directions=2, batch_first=True).made(6)
        'nn.LSTM(6, 3, num_layers=2, batch_first=True, bidirectional=True)'
        """
        others = {
            "num_layers": self.num_layers if self.num_layers > 1 else None,
            "batch_first": self.batch_first or None,
            "bidirectional": self.directions == 2 or None,
            "proj_size": self.proj_size or None,
        }
        named = [f", {name}={value}" for name, value in others.items() if value is not None]
        size = self.hidden_size or hidden_size
        return f"nn.{self.kind or 'LSTM'}({input_size}, {size}{''.join(named)})"


NO_CALL = Call()
"""Nothing is known."""


def sized(count: int, one: str, many: str = "") -> str:
    """Write a number of things.

    >>> sized(1, "sample"), sized(3, "axis", "axes")
    ('1 sample', '3 axes')
    """
    return f"{count} {one if count == 1 else many or one + 's'}"
