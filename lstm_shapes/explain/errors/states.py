"""Messages about the states that a module starts from: their number, axes, sizes and order."""

from __future__ import annotations

from lstm_shapes.explain.errors.call import PAIRED, Call, Shape, sized
from lstm_shapes.explain.errors.known import Known, Numbers, Words, always

_ROWS = "one row for each layer and direction (num_layers × 2 if bidirectional)"


def _axes(numbers: Numbers, call: Call) -> Words:
    """Explain states of another number of axes than the input asks for."""
    paired = "first" in numbers
    call = call if call.kind else Call("LSTM" if paired else "GRU")
    wanted = 3 if numbers["batched"] == "batched" else 2
    got = [numbers["first"], numbers["second"]] if paired else [numbers["got"]]
    names = ["h_0", "c_0"][: len(got)]
    shapes = "(D·num_layers, N, H)" if wanted == 3 else "(D·num_layers, H)"
    cause = (
        f"x has {wanted} axes, so that it is {'a batch' if wanted == 3 else 'a single sequence'}, "
        f"and {' and '.join(names)} must have {wanted} axes too, {shapes}. "
        f"{' and '.join(f'{name} has {axes}' for name, axes in zip(names, got, strict=True))}."
    )
    if max(got) < 2:
        cause += " The parts of a PackedSequence are no states: it is given whole, as one argument."
    if wanted == 2:
        cure = (
            "If x is meant as a batch of one sample, give x an axis for it; or take the axis of "
            "the samples, axis 1, out of the states."
        )
        change = ".squeeze(1)"
    else:
        cure = (
            "Give the missing axis. States (N, H) of a module of one layer and one direction need "
            "the axis of the layers in front, unsqueeze(0); a learned state of (D·num_layers, H) "
            "is the same for every sample, and needs the axis of the samples."
        )
        change = _third_axis(call)
    given = [
        name if axes == wanted else name + change for name, axes in zip(names, got, strict=True)
    ]
    return Words(cause, cure, call.run(f"x, {_joined(given)}"))


def _third_axis(call: Call) -> str:
    """Code that gives states of two axes the one they lack, from what is known of the call."""
    rows = call.num_layers * call.directions
    shape = next((each.shape for each in call.states if len(each.shape or ()) == 2), None)
    samples = call.input.shape if call.input else None
    if shape and samples and len(samples) == 3 and shape[0] == rows:
        batch = samples[0 if call.batch_first else 1]
        if not rows == shape[0] == batch:
            return f".unsqueeze(1).repeat(1, {batch}, 1)"
    return ".unsqueeze(0)"


def _joined(states: list[str]) -> str:
    return states[0] if len(states) == 1 else f"({', '.join(states)})"


def state_size(numbers: Numbers, call: Call) -> Words:
    """Explain a state of the wrong size: which of its axes, and what belongs there."""
    which = numbers.get("which")
    expected, got = numbers["expected"], numbers["got"]
    call = call if call.kind else Call("LSTM") if which is not None else Call(batch_first=False)
    if call.unbatched and len(expected) == len(got) == 3:
        expected, got = (expected[0], expected[2]), (got[0], got[2])
    name = "c_0" if which == 1 else "h_0"
    if len(got) != len(expected):
        wanted = sized(len(expected), "axis", "axes")
        cause = f"{name} must have {wanted}, (D·num_layers, N, H), and has {len(got)}."
        cure = f"Give a state of shape {expected}."
        return Words(cause, cure, _zeros(expected, which, call))
    cause = f"{name} must be of shape {expected}, and is of shape {got}."
    if len(expected) == 3 and got == (expected[1], expected[0], expected[2]) != expected:
        return _moved(cause, expected, name, call, which)
    axes = [axis for axis, size in enumerate(expected) if size != got[axis]]
    meant = ("rows", "samples", "features") if len(expected) == 3 else ("rows", "features")
    about = {"rows": _rows_words, "samples": _samples_words, "features": _features_words}
    told = [about[meant[axis]](expected[axis], got[axis], axis, which, call) for axis in axes]
    cure = " ".join(dict.fromkeys(cure for _, cure in told))
    return Words(" ".join([cause, *(why for why, _ in told)]), cure, _zeros(expected, which, call))


def _moved(cause: str, expected: Shape, name: str, call: Call, which: int | None) -> Words:
    cause += (
        " These are the right sizes with axes 0 and 1 exchanged: the state is laid out (samples, "
        "layers × directions, features). batch_first=True moves the axes of x and out alone; the "
        "states are (D·num_layers, N, H) with it and without it."
    )
    cure = "Exchange the two axes, and do not use view for it, which would mix the samples."
    names = ["h_0"] if which is None else ["h_0", "c_0"]
    given = [f"{each}.transpose(0, 1).contiguous()" for each in names]
    return Words(cause, cure, call.run(f"{call.x}, {_joined(given)}"))


def _rows_words(
    expected: int, got: int, axis: int, which: int | None, call: Call
) -> tuple[str, str]:
    rows = _ROWS
    if call.num_layers:
        rows = f"num_layers={call.num_layers} × {sized(call.directions, 'direction')}"
    why = (
        f"Axis {axis} is layers × directions: the module needs {expected}, {rows}, and it has "
        f"{got}."
    )
    if got * 2 == expected:
        why += " Half as many is what a module of one direction would need."
    return why, f"Make the state with {expected} in axis {axis}: D·num_layers."


def _samples_words(
    expected: int, got: int, axis: int, which: int | None, call: Call
) -> tuple[str, str]:
    why = f"Axis {axis} is the samples: x has {expected}, and the state was made for {got}."
    shape = call.input.shape if call.input else None
    if shape and call.input and not call.input.packed and len(shape) == 3:
        time = 1 if call.batch_first else 0
        why += f" The module read x of shape {shape} with batch_first={call.batch_first}."
        if shape[time] == got:
            return (
                f"{why} Axis {time} of x has size {got}: with batch_first={not call.batch_first} "
                "that axis is the samples, and the state would fit.",
                f"If axis {time} of x is the samples, make the module with "
                f"batch_first={not call.batch_first}. Else make the state for {expected}.",
            )
    if got > expected:
        why += " The last batch of a data set is often smaller than the others."
    return why, (
        f"Make the state for each batch, with {expected} in axis {axis}, or leave it out, which "
        "means zeros. States are carried between batches only if the samples are the same ones: "
        "then use drop_last=True in the DataLoader."
    )


def _features_words(
    expected: int, got: int, axis: int, which: int | None, call: Call
) -> tuple[str, str]:
    size = "hidden_size" if which == 1 else "hidden_size, or proj_size where there is one,"
    if call.hidden_size and which != 1:
        size = "proj_size" if call.proj_size else "hidden_size"
    why = f"Axis {axis} is the features of the state: {size} is {expected}, and it has {got}."
    if call.proj_size:
        why += (
            f" With a projection h has proj_size={call.proj_size} features and c has "
            f"hidden_size={call.hidden_size}."
        )
    elif call.input_size == got:
        why += " That is input_size: a state has as many features as the module's own h."
    return why, (
        f"Give {expected} features. Of another module's state, as from a bidirectional encoder, "
        "make them with an nn.Linear."
    )


def _zeros(expected: Shape, which: int | None, call: Call) -> str:
    """Code that makes the states anew."""
    if which is None:
        return f"h_0 = torch.zeros{expected}\n{call.run(f'{call.x}, h_0')}"
    others = ", ".join(map(str, expected[:-1]))
    h, c = f"torch.zeros{expected}", f"torch.zeros({others}, {call.name}.hidden_size)"
    if which == 1:
        h = f"torch.zeros({others}, {call.name}.proj_size or {call.name}.hidden_size)"
        c = f"torch.zeros{expected}"
    return f"h_0 = {h}\nc_0 = {c}\n{call.run(f'{call.x}, (h_0, c_0)')}"


def states_type(call: Call) -> Words:
    """Explain a value that is no state of this kind of module, as seen of the call."""
    got = call.states_type
    if call.kind in PAIRED:
        cause = f"nn.{call.kind} has two states, h and c, and takes them as a tuple (h_0, c_0)."
        if got == "Tensor":
            cause += " One tensor was given."
        elif got in ("tuple", "list") and len(call.states) != 2:
            cause += f" A {got} of {len(call.states)} was given."
        else:
            cause += " What was given is no pair of tensors."
        cure = "Give both. Where there is no c yet, zeros will do."
        given = f"{call.x}, (h_0, torch.zeros_like(h_0))"
        if call.proj_size:
            given = f"{call.x}, (h_0, h_0.new_zeros(*h_0.shape[:-1], {call.hidden_size}))"
        return Words(cause, cure, call.run(given))
    cause = (
        f"nn.{call.kind} has one state, h, and takes it as a tensor. A value of type {got} was "
        f"given{', as an LSTM takes it: (h_0, c_0)' if got in ('tuple', 'list') else ''}."
    )
    cure = "Give h_0 alone; there is no c in this kind of module."
    if got == "ndarray":
        cure = "Make a tensor of the NumPy array; its floats are float64, the weights float32."
        return Words(cause, cure, call.run(f"{call.x}, torch.as_tensor(h_0).float()"))
    return Words(cause, cure, call.run(f"{call.x}, h_0"))


MESSAGES = (
    Known(
        "state-axes",
        (
            "For {batched:word} {axes:int}-D input, hx and cx should also be {wanted:int}-D but "
            "got ({first:int}-D, {second:int}-D) tensors",
            "For {batched:word} {axes:int}-D input, hx should also be {wanted:int}-D but got "
            "{got:int}-D tensor",
        ),
        _axes,
    ),
    Known(
        "state-size",
        (
            "Expected hidden[{which:int}] size {expected:shape}, got {got:shape}",
            "Expected hidden size {expected:shape}, got {got:shape}",
        ),
        state_size,
    ),
    Known(
        "state-number",
        ("lstm expects two hidden states", "lstm_cell expects two hidden states"),
        always(
            "An LSTM has two states, h and c, and takes them as one tuple. Another number was "
            "given.",
            "Give both as a tuple of two tensors.",
            "out, (h_n, c_n) = lstm(x, (h_0, c_0))",
        ),
    ),
)
"""Every known message about the states."""
