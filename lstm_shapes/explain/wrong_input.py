"""An x that the module cannot take: its dtype, its number of axes, its features, no steps."""

from __future__ import annotations

from dataclasses import replace

from lstm_shapes.errors import LARGEST
from lstm_shapes.explain.call import FLOATS, Call, Given
from lstm_shapes.explain.cause import Diagnosis, layout, mended, other_device
from lstm_shapes.explain.rearranging import Way, into_a_step, into_features, into_sequences


def ids(call: Call) -> Diagnosis | None:
    """Say that x holds whole numbers, where a module takes vectors; ``None`` if it does not.

    Args:
        call: one whose module is right.

    >>> from lstm_shapes.explain.reading import read_call
    >>> print(ids(read_call("nn.LSTM(16, 8, batch_first=True); x: (32, 50) int64")).mended)
    nn.LSTM(16, 8, batch_first=True)
    x: (32, 50, 16)
    """
    x, features, dtype = call.x, call.argument("input_size"), call.argument("dtype")
    if x.dtype in FLOATS:
        return None
    wanted = "(N, H_in)" if call.cell else "(L, N, H_in)"
    if call.argument("batch_first") and not call.cell:
        wanted = "(N, L, H_in)"
    said = f"x is {x.shape} of {x.dtype}, and the module takes vectors {wanted} of {dtype}."
    if len(x.shape) == (2 if call.cell else 3) and x.shape[-1] == features:
        cause = f"{said} The sizes are right: these are counts, or one-hot vectors."
        cure = f"Convert x, not the module: whole numbers become {dtype}."
        found = "whole_numbers", "x, dtype", cause, cure, f"x = x.to(torch.{dtype})"
        return mended(found, call, x=replace(x, dtype=dtype))
    cause = (
        f"{said} Whole numbers are ids of words or items: their size means nothing, and model.to("
        f"torch.{x.dtype}) cannot work, since weights of whole numbers have no gradient."
    )
    cure = (
        f"Look the ids up in an nn.Embedding, which gives a vector of {features} features for "
        "each; its first argument is how many ids there are, 1000 for one."
    )
    shape, squeezed = x.shape, ""
    if len(shape) > (1 if call.cell else 2) and shape[-1] == 1:
        shape, squeezed = shape[:-1], ".squeeze(-1)"
    kind = "" if dtype == "float32" else f", dtype=torch.{dtype}"
    where = "" if x.device == "cpu" else f", device={x.device!r}"
    code = f"embedding = nn.Embedding(1000, {features}{kind}{where})\nx = embedding(x{squeezed})"
    if x.dtype not in ("int64", "int32"):
        code = code.replace(f"(x{squeezed})", f"(x{squeezed}.long())")
    return mended(
        ("ids", "x, dtype", cause, cure, code),
        call,
        x=replace(x, shape=(*shape, features), dtype=dtype),
    )


def axes(call: Call) -> Diagnosis | None:
    """Say that x has too many or too few axes; ``None`` if their number is right.

    Args:
        call: one whose module is right.
    """
    right = (1, 2) if call.cell else (2, 3)
    count = len(call.x.shape)
    if count in right:
        return None
    takes = "(N, H_in), or (H_in)" if call.cell else "(L, N, H_in), or (L, H_in) without a batch"
    if call.argument("batch_first") and not call.cell:
        takes = "(N, L, H_in), or (L, H_in) without a batch"
    cause = f"x is {call.x.shape}, with {count} ax{'i' if count == 1 else 'e'}s: "
    cause += f"nn.{call.kind} takes {takes}."
    way = into_a_step(call) if call.cell else into_sequences(call)
    kind = "one_step" if call.cell and count > 2 else "axes"
    return _by(way, call, kind, "x, number of axes", cause)


def features(call: Call) -> Diagnosis | None:
    """Say that the last axis of x is not input_size; ``None`` if it is.

    Args:
        call: one whose module and number of axes are right.

    >>> from lstm_shapes.explain.reading import read_call
    >>> features(read_call("nn.LSTM(64, 8, batch_first=True); x: (32, 64, 50)")).code
    'x = x.permute(0, 2, 1)'
    """
    shape, wanted = call.x.shape, call.argument("input_size")
    last = len(shape) - 1
    if shape[-1] == wanted:
        return None
    cause = (
        f"x is {shape}: its last axis, of {shape[-1]}, is taken for the features, and "
        f"input_size is {wanted}."
    )
    axis = layout(call).axis(last)
    if shape[-1] == 0:
        cure = "Look for where the features were lost, as in a slice beyond the end."
        return Diagnosis("features", axis, cause, cure, None, "print(x.shape)")
    return _by(into_features(call), call, "features", axis, cause)


def empty(call: Call) -> Diagnosis | None:
    """Say that x has no steps; ``None`` if it has some.

    Args:
        call: one whose module and number of axes are right.
    """
    laid = layout(call)
    if laid.time is None or call.x.shape[laid.time]:
        return None
    cause = f"x is {call.x.shape}: its axis {laid.time} is time, and it has no steps."
    if laid.batch is not None:
        first = call.argument("batch_first")
        cause += f" With batch_first={first} axis {laid.batch} is the batch."
    cure = "Leave the call out where there are no steps: h_n and c_n stay h_0 and c_0."
    code = f"if x.size({laid.time}):  # else there is nothing to run\n    pass"
    return Diagnosis("empty", laid.axis(laid.time), cause, cure, None, code)


def dtype(call: Call) -> Diagnosis | None:
    """Say that x or a state has another dtype than the weights; ``None`` if none has."""
    wanted = call.argument("dtype")
    wrong = [each for each in (call.x, *call.states) if each.dtype != wanted]
    if not wrong:
        return None
    first = wrong[0]
    cause = f"{first.name} is {first.dtype}, and the weights are {wanted}."
    if first.dtype == "float64":
        cause += " NumPy makes float64 of every Python float, and torch.from_numpy keeps it."
    elif first.dtype == "float16":
        cause += " Half precision comes from .half(), or out of torch.autocast."
    cure = f"Convert {first.name} to {wanted}"
    cure += ", or the whole module to its dtype." if first.dtype in FLOATS else "."
    return _converted(call, [each.name for each in wrong], "dtype", wanted, cause, cure)


def device(call: Call) -> Diagnosis | None:
    """Say that x or a state is on another device than the weights; ``None`` if none is."""
    wanted = call.argument("device")
    wrong = [each for each in (call.x, *call.states) if other_device(each.device, wanted)]
    if not wrong:
        return None
    first = wrong[0]
    cause = f"{first.name} is on {first.device}, and the weights of the module are on {wanted}."
    cure = f"Move {first.name} to the module's device; .to gives a new tensor, so keep it."
    return _converted(call, [each.name for each in wrong], "device", wanted, cause, cure)


def _converted(
    call: Call, names: list[str], what: str, wanted: str, cause: str, cure: str
) -> Diagnosis:
    """Every tensor of these names converted to a dtype or a device."""
    argument = f"torch.{wanted}" if what == "dtype" else repr(wanted)
    code = "\n".join(f"{name} = {name}.to({argument})" for name in names)
    x, *states = (
        _changed(each, what, wanted) if each.name in names else each
        for each in (call.x, *call.states)
    )
    found = what, f"{names[0]}, {what}", cause, cure, code
    return mended(found, call, x=x, states=tuple(states))


def _changed(given: Given, what: str, wanted: str) -> Given:
    return replace(given, dtype=wanted) if what == "dtype" else replace(given, device=wanted)


def _by(way: Way, call: Call, kind: str, axis: str, cause: str) -> Diagnosis:
    """A diagnosis with one way to rearrange x, or to change input_size."""
    cause = f"{cause} {way.because}" if way.because else cause
    code = f"x = x{way.code}" if way.code else ""
    if max(*way.shape, way.input_size or 0) > LARGEST:  # no tensor can have such a size
        return Diagnosis(kind, axis, cause, "Give sizes that a tensor can have.", None, "")
    arguments = {} if way.input_size is None else {"input_size": way.input_size}
    return mended((kind, axis, cause, way.cure, code), call, arguments, x=way.shape)
