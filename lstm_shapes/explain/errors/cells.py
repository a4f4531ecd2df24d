"""Messages of nn.LSTMCell, nn.GRUCell and nn.RNNCell, which compute one step of one layer."""

from __future__ import annotations

from lstm_shapes.explain.errors.call import PAIRED, Call, sized
from lstm_shapes.explain.errors.known import Known, Numbers, Words


def _of(numbers: Numbers, call: Call) -> Call:
    """The call, of the kind that the message names where the call is not known."""
    return call if call.kind else Call(numbers.get("module") or "")


def _input_axes(numbers: Numbers, call: Call) -> Words:
    call, axes = _of(numbers, call), numbers["axes"]
    cause = (
        f"nn.{call.kind} computes one step: it takes (N, H_in), or (H_in) for a single sample. "
        f"The input has {sized(axes, 'axis', 'axes')}."
    )
    if axes != 3:
        cure = "Give it one step of features, with two axes."
        return Words(cause, cure, call.run("x.reshape(-1, cell.input_size)"))
    cause += " With an axis of time, it is a whole sequence."
    cure = (
        "Call the cell once for each step, with the states of the step before; here for x "
        f"(L, N, H_in). Or use nn.{call.kind.removesuffix('Cell')}, which loops by itself and is "
        "faster."
    )
    given = "(h, c)" if call.kind in PAIRED else "h"
    return Words(cause, cure, f"for step in x:\n    {call.run(f'step, {given}')}")


def features(numbers: Numbers, call: Call) -> Words:
    """Explain a step that has not input_size features."""
    expected, got = numbers["expected"], numbers["got"]
    cause = (
        f"The cell takes {sized(expected, 'feature')} in the last axis of x, its input_size. The "
        f"last axis of {call.the_input} has {got}."
    )
    kind = call.kind or "LSTMCell"
    cure = f"Make the cell with input_size={got}, or give it {sized(expected, 'feature')}."
    size = call.hidden_size or "hidden_size"
    return Words(
        cause, cure, f"cell = nn.{kind}({got}, {size})\n{(call if call.kind else Call(kind)).run()}"
    )


def state_batch(numbers: Numbers, call: Call) -> Words:
    """Explain a state of other samples than the step."""
    state = "c" if numbers["which"] == 1 else "h"
    expected, got = numbers["expected"], numbers["got"]
    cause = (
        "The first axis is the samples, in x and in the states. x has "
        f"{sized(expected, 'sample')}, and {state} has {got}."
    )
    if got == 1:
        cause += " A state of one sample is not repeated for the others."
    elif got > expected:
        cause += " The last batch of a data set is often smaller than the others."
    cure = (
        f"Make the states for each batch, ({expected}, hidden_size), or leave them out, which "
        "means zeros."
    )
    call = call if call.kind else Call("LSTMCell" if numbers["which"] == 1 else "")
    return Words(cause, cure, _fresh(expected, call))


def _fresh(samples: int | str, call: Call) -> str:
    run = call if call.kind else Call("GRUCell")
    h = f"h = torch.zeros({samples}, cell.hidden_size)"
    if run.kind in PAIRED:
        return f"{h}\nc = torch.zeros({samples}, cell.hidden_size)\n{run.run('x, (h, c)')}"
    return f"{h}\n{run.run('x, h') if call.kind else 'cell(x)'}"


def state_features(numbers: Numbers, call: Call) -> Words:
    """Explain a state that has not hidden_size features."""
    state = "c" if numbers["which"] == 1 else "h"
    expected, got = numbers["expected"], numbers["got"]
    cause = (
        f"The last axis of {state} is its features: hidden_size is {expected}, and it has {got}."
    )
    if call.input_size == got:
        cause += " That is input_size: x and the state may be exchanged."
    cure = (
        f"Give a state of {sized(expected, 'feature')}, (N, {expected}), or leave it out, which "
        "means zeros."
    )
    return Words(cause, cure, _fresh("len(x)", call if call.kind else Call()))


def _one_tensor(numbers: Numbers, call: Call) -> Words:
    cause = (
        "nn.LSTMCell has two states, h and c, and takes them as one tuple (h, c). "
        f"A value of type {numbers['got']} was given. GRUCell and RNNCell take h alone."
    )
    cure = "Give both states; where there is no c yet, zeros will do. It returns both as well."
    return Words(cause, cure, "h, c = cell(x, (h, torch.zeros_like(h)))")


def _state_axes(numbers: Numbers, call: Call) -> Words:
    call, axes = _of(numbers, call), numbers["axes"]
    cause = (
        f"A state of nn.{call.kind} has two axes, (N, H_out), or one for a single sample. This "
        f"one has {axes}. A state of nn.{call.kind.removesuffix('Cell')} has a third axis in "
        "front, for layers × directions; a cell is one layer in one direction."
    )
    cure = "Take one row of that axis: h[0], or h[-1] for the last layer."
    given = "(h[0], c[0])" if call.kind in PAIRED else "h[0]"
    return Words(cause, cure, call.run(f"x, {given}"))


MESSAGES = (
    Known(
        "cell-input-axes",
        (
            "{module:kind}: Expected input to be 1D or 2D, got {axes:int}D",
            "{module:kind}: Expected input to be 1-D or 2-D but received {axes:int}-D",
        ),
        _input_axes,
    ),
    Known(
        "cell-features",
        (
            "input has inconsistent input_size: got {got:int} expected {expected:int}",
            "input has inconsistent input_size: got {got:int}, expected {expected:int}",
        ),
        features,
    ),
    Known(
        "cell-state-batch",
        ("Input batch size {expected:int} doesn't match hidden{which:int} batch size {got:int}",),
        state_batch,
    ),
    Known(
        "cell-state-features",
        ("hidden{which:int} has inconsistent hidden_size: got {got:int}, expected {expected:int}",),
        state_features,
    ),
    Known(
        "cell-state-pair",
        (
            "lstm_cell(): argument 'hx' (position {at:int}) must be tuple of Tensors, not "
            "{got:word}",
        ),
        _one_tensor,
    ),
    Known(
        "cell-state-axes",
        (
            "{module:kind}: Expected hidden to be 1D or 2D, got {axes:int}D",
            "{module:kind}: Expected hx[{which:int}] to be 1D or 2D, got {axes:int}D",
            "{module:kind}: Expected hidden to be 1-D or 2-D but received {axes:int}-D",
        ),
        _state_axes,
    ),
)
"""Every known message of a cell."""
