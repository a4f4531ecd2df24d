"""Messages about something that is no tensor: the tuple that a module returns, lists, NumPy."""

from __future__ import annotations

from lstm_shapes.explain.errors.call import Call
from lstm_shapes.explain.errors.known import Known, Numbers, Words
from lstm_shapes.explain.errors.states import states_type

_RETURNED = (
    "Every recurrent module returns a tuple: nn.LSTM (out, (h_n, c_n)), nn.GRU and nn.RNN "
    "(out, h_n)."
)
_OUT = "out, (h_n, c_n) = lstm(x)"


def _no_tensor(kind: str, call: Call) -> Words:
    """Explain a value of some type where a tensor is needed."""
    made = {
        "tuple": _tuple,
        "list": _list,
        "PackedSequence": _packed,
        "numpy.ndarray": _array,
        "ndarray": _array,
        "NoneType": _none,
    }.get(kind)
    if made:
        return made(call)
    cause = f"A value of type {kind} stands where a tensor is needed."
    return Words(cause, "Give a tensor of floats.", call.run("torch.randn(5, 3, input_size)"))


def _tuple(call: Call) -> Words:
    cause = f"A tuple stands where a tensor is needed. {_RETURNED}"
    if call.raised:
        cause = f"The input of the module is a tuple. {_RETURNED}"
    cure = (
        "Take the tuple apart, and give on out, or h_n. nn.Sequential cannot do that: put the "
        "recurrent module beside it, in a module of your own, or between two modules that call "
        "it. If a GRU, an RNN or one of their cells was given states, give h alone, not (h, c)."
    )
    if call.raised:
        cure = (
            "Take the tuple apart before, and give out on. nn.Sequential cannot do that: stack "
            "layers with num_layers, or call the modules one after the other."
        )
    return Words(cause, cure, _OUT)


def _list(call: Call) -> Words:
    cause = "A list stands where a tensor is needed."
    if call.raised:
        cause = "The input of the module is a list."
    cure = (
        "Make one tensor of it: of numbers with torch.tensor, of tensors of the same shape with "
        "torch.stack, of sequences of different lengths with pad_sequence from "
        "torch.nn.utils.rnn. If it is the states of a GRU or an RNN, give h alone."
    )
    return Words(cause, cure, f"x = torch.stack(sequences)\n{call.run()}")


def _packed(call: Call) -> Words:
    cause = (
        "A PackedSequence stands where a tensor is needed. A recurrent module that is given a "
        "packed batch returns its out packed. nn.LSTM, nn.GRU and nn.RNN take it; no other "
        "module and no cell does."
    )
    cure = "Unpack it first. Or work on packed.data, of shape (steps of all samples, features)."
    return Words(cause, cure, "out, lengths = pad_packed_sequence(packed, batch_first=True)")


def _array(call: Call) -> Words:
    cause = (
        "A NumPy array stands where a tensor is needed. Its floats are float64 as a rule, and the "
        "weights of a module are float32."
    )
    cure = "Make a tensor of it, of the dtype of the weights."
    return Words(cause, cure, f"x = torch.as_tensor(x).float()\n{call.run()}")


def _none(call: Call) -> Words:
    cause = (
        "None stands where a tensor is needed. In a module this is a forward without return; as "
        "states, (None, None) is not taken."
    )
    cure = "Return the result of forward. Leave the states out to start from zeros."
    return Words(cause, cure, call.run())


def _attribute(numbers: Numbers, call: Call) -> Words:
    if call.raised and call.states_type and call.input and call.input.shape is not None:
        return states_type(call)
    return _no_tensor(numbers["type"], call)


def _argument(numbers: Numbers, call: Call) -> Words:
    words = _no_tensor(numbers["type"], call)
    return words._replace(cause=f"{numbers['function']}() takes a tensor. {words.cause}")


def _unpacked(numbers: Numbers, call: Call) -> Words:
    cause = (
        f"A result was taken apart into {numbers['expected']} names, and has another number of "
        "parts. nn.LSTM returns two, out and the pair (h_n, c_n). nn.GRU and nn.RNN return out and "
        "h_n: one tensor, which Python takes apart along its first axis if two names stand for it. "
        "nn.LSTMCell returns h and c, nn.GRUCell and nn.RNNCell return h alone."
    )
    cure = "Where a recurrent module was called, write as many names as it returns."
    return Words(
        cause,
        cure,
        "out, (h_n, c_n) = lstm(x)\nout, h_n = gru(x)",
    )


def _index(numbers: Numbers, call: Call) -> Words:
    cause = (
        f"A tuple was indexed like a tensor, with several axes. {_RETURNED} A PackedSequence is "
        "a tuple too."
    )
    cure = "Take the tuple apart first; unpack a PackedSequence with pad_packed_sequence."
    return Words(cause, cure, f"{_OUT}\nout[:, -1]")


def _element(numbers: Numbers, call: Call) -> Words:
    cause = (
        f"A list of tensors is needed, and its element {numbers['at']} is a {numbers['type']}. "
        f"{_RETURNED} The states of an LSTM are such a tuple."
    )
    cure = "Take the tensors out of the tuples before you join them; make tensors of lists."
    return Words(cause, cure, f"{_OUT}\ntorch.cat([h_n, c_n], dim=-1)")


def _operand(numbers: Numbers, call: Call) -> Words:
    cause = f"A tuple was computed with, as with a tensor, by {numbers['sign']}. {_RETURNED}"
    return Words(cause, "Take the tuple apart, and compute with out or h_n.", _OUT)


def _unpacking(numbers: Numbers, call: Call) -> Words:
    cause = (
        f"pad_packed_sequence takes a PackedSequence, and was given a {numbers['type']}. A module "
        "returns out packed only if its input was packed, and out is the first part of what it "
        "returns; h_n and c_n are never packed."
    )
    cure = "Pack the input, take out of the result, and unpack that."
    code = (
        "packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)\nout, "
        "(h_n, c_n) = lstm(packed)\nout, lengths = pad_packed_sequence(out, batch_first=True)"
    )
    return Words(cause, cure, code)


MESSAGES = (
    Known(
        "not-packed",
        ("'{type:word}' object has no attribute 'batch_sizes'",),
        _unpacking,
    ),
    Known("not-a-tensor", ("'{type:plain}' object has no attribute '{name:tensors}'",), _attribute),
    Known(
        "not-a-tensor",
        (
            "{function:word}(): argument '{argument:word}' (position {at:int}) must be Tensor, "
            "not {type:word}",
        ),
        _argument,
    ),
    Known(
        "not-a-tensor",
        ("{function:word}() received an invalid combination of arguments - got ({type:plain}, ",),
        _argument,
        general=True,
    ),
    Known(
        "unpacked",
        (
            "not enough values to unpack (expected {expected:int}, got {got:int})",
            "too many values to unpack (expected {expected:int}",
        ),
        _unpacked,
        general=True,
    ),
    Known("tuple-index", ("tuple indices must be integers or slices, not tuple",), _index),
    Known(
        "tuple-element",
        ("expected Tensor as element {at:int} in argument {argument:int}, but got {type:word}",),
        _element,
    ),
    Known(
        "tuple-operand",
        (
            "unsupported operand type(s) for {sign:word}: 'tuple' and 'Tensor'",
            "unsupported operand type(s) for {sign:word}: 'Tensor' and 'tuple'",
            "unsupported operand type(s) for {sign:word}: 'tuple' and 'float'",
        ),
        _operand,
    ),
)
"""Every known message about something that is no tensor."""
