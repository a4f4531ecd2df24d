"""What is wrong with a call, told from its shapes, where torch's message is about something else.

A packed batch reaches the sums of an nn.LSTM unchecked, and fails there with a message about two
matrices; states of a wrong type fail at the first thing that is asked of them.
"""

from __future__ import annotations

from lstm_shapes.explain.errors import cells, inputs, placement, states
from lstm_shapes.explain.errors.call import PAIRED, Call, Shape
from lstm_shapes.explain.errors.known import Numbers, Words


def diagnosed(call: Call) -> tuple[str, Numbers, Words] | None:
    """Find the first thing that does not fit in a call that failed.

    Args:
        call: what the frames of the error showed.

    Returns:
        The kind, the numbers and the words; ``None`` if everything seems to fit.

    >>> from lstm_shapes.explain.errors.call import Given
    >>> packed = Given("PackedSequence", (8, 6), samples=2)
    >>> kind, numbers, words = diagnosed(Call("LSTM", 4, 3, input=packed, raised=True))
    >>> kind, numbers
    ('features', {'expected': 4, 'got': 6})
    """
    if not call.raised or call.input is None or not call.input.shape:
        return None
    return _features(call) or _states(call) or _dtypes(call)


def _features(call: Call) -> tuple[str, Numbers, Words] | None:
    shape = call.input.shape if call.input else None
    if not shape or shape[-1] == call.input_size:
        return None
    numbers = {"expected": call.input_size, "got": shape[-1]}
    if call.is_cell:
        return "cell-features", numbers, cells.features(numbers, call)
    return "features", numbers, inputs.features(numbers, call)


def _states(call: Call) -> tuple[str, Numbers, Words] | None:
    if not call.states_type:
        return None
    paired = call.kind in PAIRED
    right = call.states_type in ("tuple", "list") if paired else call.states_type == "Tensor"
    known = all(each.shape is not None for each in call.states)
    if not right or not known or len(call.states) != (2 if paired else 1):
        return "state-type", {}, states.states_type(call)
    if call.is_cell:
        return None
    for which, expected in enumerate(_expected(call)[: len(call.states)]):
        got = call.states[which].shape
        if got is not None and got != expected:
            numbers: dict[str, object] = {"expected": expected, "got": got}
            if paired:
                numbers["which"] = which
            return "state-size", numbers, states.state_size(numbers, call)
    return None


def _expected(call: Call) -> tuple[Shape, Shape]:
    """The shapes of h_0 and c_0 that fit; torch gives an unbatched call a batch of 1."""
    given = call.input
    samples = 1
    if given and given.packed:
        samples = given.samples
    elif given and given.shape and len(given.shape) == 3:
        samples = given.shape[0 if call.batch_first else 1]
    rows = call.num_layers * call.directions
    h = call.proj_size or call.hidden_size
    return (rows, samples, h), (rows, samples, call.hidden_size)


def _dtypes(call: Call) -> tuple[str, Numbers, Words] | None:
    given = call.input
    if given and given.dtype != call.dtype:
        numbers = {"got": given.dtype, "expected": call.dtype}
        return "input-dtype", numbers, inputs.input_dtype(numbers, call)
    if any(each.dtype and each.dtype != call.dtype for each in call.states):
        return "state-dtype", {}, placement.state_dtype(call)
    return None
