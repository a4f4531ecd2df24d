"""Messages of the constructors of nn.LSTM, nn.GRU, nn.RNN and of the cells."""

from __future__ import annotations

from lstm_shapes.explain.errors.call import Call
from lstm_shapes.explain.errors.known import Known, Numbers, Words, always

_ORDER = (
    "The arguments by position are input_size, hidden_size, num_layers, bias, batch_first, "
    "dropout, bidirectional (nn.RNN has nonlinearity before bias)"
)
_NAMED = "lstm = nn.LSTM(input_size, hidden_size, num_layers=2, dropout=0.5, batch_first=True)"


def _size_type(numbers: Numbers, call: Call) -> Words:
    name, got = numbers["name"], numbers["got"]
    cause = f"{name} must be an int, and a {got} was given."
    if got == "float":
        cause += " A division with / gives a float even where it comes out even."
    if got == "Tensor":
        cause += " A size read out of a tensor is a tensor; x.size(-1) is an int."
    cure = f"Give an int for {name}: use // to divide, or int(…) around the value."
    sizes = {"input_size": "int(input_size), hidden_size"}
    given = sizes.get(name, "input_size, int(hidden_size)")
    return Words(cause, cure, f"lstm = nn.LSTM({given})")


def _flag_type(numbers: Numbers, call: Call) -> Words:
    name, got = numbers["name"], numbers["got"]
    cause = f"{name} must be True or False, and a value of type {got} was given."
    if name == "bias" and got in ("float", "int"):
        cause += f" {_ORDER}, so that a fourth value is bias, not dropout."
    return Words(
        cause, f"Give the arguments after num_layers by name, and a bool for {name}.", _NAMED
    )


def _unexpected(numbers: Numbers, call: Call) -> Words:
    name, kind = numbers["name"], numbers["module"]
    cause = f"The constructor has no argument {name}."
    if kind.endswith("Cell") and name in ("num_layers", "batch_first", "dropout", "bidirectional"):
        cause = (
            f"A {kind} computes one step of one layer in one direction, so that it has no argument "
            f"{name}."
        )
        plain = kind.removesuffix("Cell")
        cure = f"Use nn.{plain}, which has {name}; or leave it out, and loop over steps and layers."
        return Words(cause, cure, f"{plain.lower()} = nn.{plain}(input_size, hidden_size)")
    cure = f"Leave {name} out, or look for the name that is meant. {_ORDER}."
    return Words(cause, cure, "lstm = nn.LSTM(input_size, hidden_size, batch_first=True)")


MESSAGES = (
    Known(
        "dropout-range",
        ("dropout should be a number in range [0, 1]",),
        always(
            "dropout is the probability that an element between two layers is zeroed, so that it "
            "must be a number from 0 to 1, and neither True nor text. Percent are not meant: 50% "
            "is 0.5.",
            "Give a number from 0 to 1.",
            _NAMED,
        ),
    ),
    Known(
        "dropout-one-layer",
        (
            "dropout option adds dropout after all but last recurrent layer, so non-zero dropout "
            "expects num_layers greater than 1, but got dropout={dropout:word} and "
            "num_layers={num_layers:int}",
            "dropout option adds dropout after all but last recurrent layer",
        ),
        always(
            "This is a warning. dropout acts between the layers, so that with a single layer it "
            "does nothing at all.",
            "Give num_layers=2 or more, or take dropout out of the constructor and put an "
            "nn.Dropout behind the module, on out.",
            "lstm = nn.LSTM(input_size, hidden_size)\ndropout = nn.Dropout(0.5)\n"
            "out = dropout(lstm(x)[0])",
        ),
    ),
    Known("size-type", ("{name:word} should be of type int, got: {got:word}",), _size_type),
    Known("flag-type", ("{name:word} should be of type bool, got: {got:word}",), _flag_type),
    Known(
        "size-zero",
        ("{name:word} must be greater than zero",),
        always(
            "{name} counts something that must be there, so that the smallest value is 1.",
            "Give {name} a value of 1 or more. A size that was computed as 0 often comes from an "
            "empty list, or from an integer division.",
            "lstm = nn.LSTM(max(input_size, 1), max(hidden_size, 1), num_layers=1)",
        ),
    ),
    Known(
        "proj-size-negative",
        ("proj_size should be a positive integer or zero",),
        always(
            "proj_size is the number of features that h is projected to, so that it cannot be "
            "negative. 0 means that there is no projection.",
            "Leave proj_size out, or give a number from 1 to hidden_size - 1.",
            "lstm = nn.LSTM(input_size, hidden_size)",
        ),
    ),
    Known(
        "proj-size-large",
        ("proj_size has to be smaller than hidden_size",),
        always(
            "A projection makes h smaller than the cell: h has proj_size features, and c has "
            "hidden_size. As many features as the cell has, or more, are refused.",
            "Give a proj_size below hidden_size, or leave it out.",
            "lstm = nn.LSTM(input_size, hidden_size, proj_size=hidden_size - 1)",
        ),
    ),
    Known(
        "proj-size-kind",
        ("proj_size argument is only supported for LSTM",),
        always(
            "Only nn.LSTM can project its h; nn.GRU and nn.RNN have no proj_size.",
            "Use nn.LSTM, or leave proj_size out and put an nn.Linear behind out.",
            "gru = nn.GRU(input_size, hidden_size)",
        ),
    ),
    Known(
        "nonlinearity",
        ("Unknown nonlinearity",),
        always(
            "nn.RNN and nn.RNNCell know two nonlinearities, by the names 'tanh' and 'relu'. "
            "nn.RNNCell says so only when it is called.",
            "Give one of the two names.",
            "rnn = nn.RNN(input_size, hidden_size, nonlinearity='relu')",
        ),
    ),
    Known(
        "missing-size",
        ("{module:kind}.__init__() missing {rest:text}argument: '{name:word}'",),
        always(
            "The constructor needs {name}, and was not given it. A recurrent module needs two "
            "sizes: input_size, the features of one step of x, and hidden_size, those of h.",
            "Give both sizes.",
            "lstm = nn.LSTM(input_size, hidden_size)",
        ),
    ),
    Known(
        "unknown-argument",
        ("{module:kind}.__init__() got an unexpected keyword argument '{name:word}'",),
        _unexpected,
    ),
    Known(
        "size-negative",
        ("Trying to create tensor with negative dimension {got:int}",),
        always(
            "A size of {got} was asked for. In the constructor of a cell this is a negative "
            "input_size or hidden_size, which cells do not check.",
            "Give sizes of 1 or more.",
            "cell = nn.LSTMCell(abs(input_size), abs(hidden_size))",
        ),
        general=True,
    ),
    Known(
        "size-type",
        (
            "argument 'size' failed to unpack the object at pos {position:int} with error "
            '"type must be tuple of ints,but got {got:word}"',
            "argument 'size' {rest:text}must be tuple of ints, but found element of type "
            "{got:word}",
        ),
        always(
            "A tensor's size must be made of ints, and one of them is a {got}. In the constructor "
            "of a cell this is input_size or hidden_size, which cells do not check.",
            "Give ints: use // to divide, or int(…) around the value.",
            "cell = nn.LSTMCell(int(input_size), int(hidden_size))",
        ),
        general=True,
    ),
    Known(
        "size-type",
        (
            "'{got:word}' object cannot be interpreted as an integer",
            "'<=' not supported between instances of '{got:word}' and 'int'",
        ),
        always(
            "Something that counts must be an int, and it is a {got}. In the constructor of a "
            "recurrent module this is num_layers or a size; in pack_padded_sequence it is lengths.",
            "Give an int: use // to divide, or int(…) around the value.",
            "lstm = nn.LSTM(input_size, hidden_size, num_layers=int(2.0))",
        ),
        general=True,
    ),
)
"""Every known message of a constructor."""
