"""Messages about the input of nn.LSTM, nn.GRU and nn.RNN: its axes, features, steps and dtype."""

from __future__ import annotations

from lstm_shapes.explain.errors.call import Call, Shape, sized
from lstm_shapes.explain.errors.known import Known, Numbers, Words, always

_LAYOUT = "(L, N, H_in), or (N, L, H_in) with batch_first=True, or (L, H_in) for a single sequence"


def _axes(numbers: Numbers, call: Call) -> Words:
    axes = numbers["axes"]
    cause = (
        (
            f"The module takes an input of three axes, {_LAYOUT}. {call.the_input.capitalize()} "
            f"has {sized(axes, 'axis', 'axes')}."
        )
        .replace("X of shape", "x of shape")
        .replace(" X ", " x ")
    )
    if axes < 2:
        cure = (
            "If these are the features of one step, add the axis of time. If they are the steps "
            "of one sequence with one feature, add an axis behind them, and input_size is 1."
        )
        return Words(cause, cure, call.run("x.unsqueeze(0)" if axes else "x.reshape(1, 1)"))
    shape = call.input.shape if call.input else None
    given = _three_axes(shape, call.input_size) if shape else ""
    if given:
        cure = f"{given} has three axes, and input_size={call.input_size} features in the last one."
        return Words(cause, cure, call.run(given))
    cure = (
        "Take out an axis of size 1 with squeeze(axis), or join two axes with flatten: of a "
        "convolution's (N, C, H, W), x.flatten(1, 2).transpose(1, 2) is (N, W, C·H), steps along W."
    )
    code = "x = x.flatten(1, 2).transpose(1, 2)\nlstm = nn.LSTM(x.size(-1), hidden_size, "
    return Words(cause, cure, f"{code}batch_first=True)\nout, (h_n, c_n) = lstm(x)")


def _three_axes(shape: Shape, features: int) -> str:
    """Code that makes three axes of four, with the right features, where one way is plain."""
    if len(shape) != 4:
        return ""
    ones = [axis for axis, size in enumerate(shape[:-1]) if size == 1]
    if shape[-1] == features and ones:
        return f"x.squeeze({ones[0]})"
    return "x.flatten(2)" if shape[2] * shape[3] == features else ""


def _packed_axes(numbers: Numbers, call: Call) -> Words:
    expected, got = numbers["expected"], numbers["got"]
    if expected == 3:
        return _axes({"axes": got}, call)
    cause = (
        f"The data of a PackedSequence has {expected} axes, (steps of all samples, features), and "
        f"these have {got}."
    )
    if got < expected:
        cure = "Give the batch an axis of features before you pack it, and input_size=1."
        given = "x.unsqueeze(-1)"
    else:
        cure = "Join the axes of the features before you pack the batch."
        given = "x.flatten(2)"
    packed = f"packed = pack_padded_sequence({given}, lengths, batch_first=True)"
    return Words(cause, cure, f"{packed}\n{call.run('packed')}")


def features(numbers: Numbers, call: Call) -> Words:
    """Explain that the last axis is not input_size; name the axis that is, if one is."""
    expected, got = numbers["expected"], numbers["got"]
    shape = call.input.shape if call.input else None
    packed = bool(call.input and call.input.packed)
    kind = f"nn.{call.kind}" if call.kind else "module"
    layout = ""
    if call.kind and not call.is_cell:
        layout = f", whether batch_first is True or False (here batch_first={call.batch_first})"
    last = "the data of the PackedSequence" if packed else call.the_input
    cause = (
        f"The {kind} takes {sized(expected, 'feature')} in the last axis of x, its input_size"
        f"{layout}. The last axis of {last} has {got}."
    )
    if shape and not packed and not call.is_cell:
        if len(shape) == 2:
            cause += " x has two axes, so that it is taken for a single sequence (L, H_in)."
        found = [axis for axis in range(len(shape) - 1) if shape[axis] == expected]
        if found:
            return _other_axis(cause, found, expected, call)
    if expected == 1 and not packed:
        cure = (
            "If x holds one number for each step, it has no axis of features yet: add one of "
            "size 1 behind the others."
        )
        return Words(cause, cure, call.run("x.unsqueeze(-1)"))
    variable = call.name if call.kind else "lstm"
    cure = (
        f"If x is right, make the module with input_size={got}. If the module is right, bring "
        f"{sized(expected, 'feature')} into the last axis of x: with x.movedim(axis, -1), if "
        "another axis has them; never with view, which mixes them."
    )
    made = f"{variable} = {call.made(got)}"
    given = "packed" if packed else "x"
    run = call.run(given) if call.kind else f"out, (h_n, c_n) = lstm({given})"
    return Words(cause, cure, f"{made}\n{run}")


def _other_axis(cause: str, found: list[int], expected: int, call: Call) -> Words:
    axis = found[-1]
    order = "(N, features, L), as a convolution gives it" if axis == 1 else "other axes first"
    cause += f" Axis {axis} of x has size {expected}: x seems to be {order}."
    cure = (
        f"If axis {axis} holds the features, move it to the end; the other axes keep their order. "
        "Do not use view or reshape, which would mix the numbers."
    )
    return Words(cause, cure, call.run(f"x.movedim({axis}, -1)"))


_INTEGERS = {"int64", "int32", "int16", "int8", "uint8", "long", "int", "bool"}


def input_dtype(numbers: Numbers, call: Call) -> Words:
    """Explain an input of another dtype than the weights; token ids need an embedding."""
    got, wanted = (numbers[name].removeprefix("torch.") for name in ("got", "expected"))
    cause = f"x is of dtype {got}, and the weights of the module are {wanted}."
    if got in _INTEGERS:
        return _integers(cause, call, wanted)
    if got.startswith("complex"):
        cure = "A recurrent module takes real numbers: give both parts as features of their own."
        made = f"x = torch.view_as_real(x).flatten(-2)\nlstm = {call.made('x.size(-1)')}"
        return Words(cause, cure, f"{made}\n{call.run('x')}")
    if got == "float64":
        cause += " NumPy's floats are float64, and torch.from_numpy keeps that."
    if "16" in got or "16" in wanted:
        cause += (
            " Half precision is set for all or for none: with x.half() the module needs half() "
            "too, and under torch.autocast neither is converted by hand."
        )
    cure = f"Convert the input to the dtype of the weights, {wanted}."
    return Words(
        cause, cure, call.run("x.float()" if wanted == "float32" else f"x.to(torch.{wanted})")
    )


def _integers(cause: str, call: Call, wanted: str) -> Words:
    shape = call.input.shape if call.input else None
    given = "x.float()" if wanted == "float32" else f"x.to(torch.{wanted})"
    ready = bool(shape and len(shape) == 3 and shape[-1] == call.input_size)
    if ready or (call.input and call.input.packed):
        cause += " They are integers, and its last axis holds features."
        cure = "Convert the input: a recurrent module computes with floats."
        if call.input and call.input.packed:
            cure = "Convert the batch before you pack it, or give token ids to an nn.Embedding."
            given = "packed.to(torch.float32)"
        return Words(cause, cure, call.run(given))
    cause += (
        " Integers are mostly token ids, which are names of words and no numbers to compute with. "
        "A recurrent module takes vectors of floats."
    )
    cure = (
        "Give the ids, (N, L), to an nn.Embedding, which makes (N, L, input_size) of them. Do not "
        "convert the model, as torch suggests: no module computes in integers. If x holds counts "
        f"or measurements with a last axis of features, give {given} instead."
    )
    code = "embedding = nn.Embedding(vocabulary_size, input_size)\n"
    return Words(cause, cure, code + call.run("embedding(x)"))


def _no_steps(numbers: Numbers, call: Call) -> Words:
    time = "axis 1 with batch_first=True, else axis 0"
    if call.kind:
        time = f"axis {int(call.batch_first and not call.unbatched)} of {call.the_input}"
    cause = (
        f"The input has no step: its axis of time, {time}, has size 0. Without a step there is "
        "nothing to compute, and no last state."
    )
    cure = (
        "Leave empty sequences out before the call. If the size was cut to 0 by a slice, as in "
        "x[:, :-1] of one step, look there; a forgotten batch_first takes the samples for the "
        "steps."
    )
    return Words(cause, cure, f"if x.numel():\n    {call.run()}")


MESSAGES = (
    Known(
        "input-axes",
        (
            "{module:kind}: Expected input to be 2D or 3D, got {axes:int}D",
            "{module:kind}: Expected input to be 2-D or 3-D but received {axes:int}-D",
            "Expected input to be 2D or 3D, got {axes:int}D",
        ),
        _axes,
    ),
    Known(
        "input-axes", ("input must have {expected:int} dimensions, got {got:int}",), _packed_axes
    ),
    Known(
        "features",
        ("input.size(-1) must be equal to input_size. Expected {expected:int}, got {got:int}",),
        features,
    ),
    Known(
        "input-dtype",
        (
            "RNN input dtype ({got:word}) does not match weight dtype ({expected:word})",
            "input must have the type {expected:word}, got type {got:word}",
        ),
        input_dtype,
    ),
    Known("no-steps", ("Expected sequence length to be larger than 0 in RNN",), _no_steps),
    Known(
        "sparse",
        ("is not implemented for sparse tensors",),
        always(
            "A sparse tensor was given. A recurrent module computes with dense tensors alone.",
            "Make x dense.",
            "module(x.to_dense())",
        ),
        general=True,
    ),
    Known(
        "no-input",
        ("forward() missing 1 required positional argument: 'input'",),
        always(
            "The module was called without an input.",
            "Give it x; in nn.Sequential the module before it must return something.",
            "module(x)",
        ),
    ),
    Known(
        "call-arguments",
        (
            "{module:kind}.forward() takes from 2 to 3 positional arguments but {got:int} were "
            "given",
            "forward() takes from 2 to 3 positional arguments but {got:int} were given",
        ),
        always(
            "A recurrent module takes the input and one more argument, the states, and more were "
            "given. Both states of an LSTM are one argument, a tuple.",
            "Put h_0 and c_0 in parentheses. GRU and RNN take h_0 alone.",
            "out, (h_n, c_n) = lstm(x, (h_0, c_0))",
        ),
    ),
    Known(
        "call-arguments",
        ("{module:kind}.forward() got an unexpected keyword argument '{name:word}'",),
        always(
            "The call of a recurrent module has two arguments, input and hx, and none of the name "
            "{name}.",
            "Give the states as hx: the tuple (h_0, c_0) to an LSTM, and h_0 to GRU and RNN. "
            "Lengths are given to pack_padded_sequence before.",
            "out, (h_n, c_n) = lstm(x, (h_0, c_0))",
        ),
    ),
)
"""Every known message about the input."""
