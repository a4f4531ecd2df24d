"""Random calls, right ones and ones with a single mistake: who makes the mistake knows its axis."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hypothesis import strategies as st

from lstm_shapes.explain.call import Call, Given, Lengths


@dataclass(frozen=True)
class Broken:
    """A call, and which argument and axis of it were made wrong; empty for a right call."""

    call: Call
    argument: str = ""
    axis: str = ""


@st.composite
def right_calls(draw: st.DrawFn) -> Call:
    """A call that the documentation allows; its sizes are small, and often equal."""
    kind = draw(st.sampled_from(["LSTM", "GRU", "RNN", "LSTMCell", "GRUCell", "RNNCell"]))
    small = st.integers(1, 5)
    features, hidden, steps, samples = (draw(small) for _ in range(4))
    arguments: dict[str, object] = {"input_size": features, "hidden_size": hidden}
    rows, h = 1, hidden
    first = False
    if not kind.endswith("Cell"):
        layers, both = draw(st.integers(1, 3)), draw(st.booleans())
        first = draw(st.booleans())
        if layers > 1 or draw(st.booleans()):
            arguments["num_layers"] = layers
        arguments |= {"batch_first": first, "bidirectional": both}
        rows = arguments.get("num_layers", 1) * (2 if both else 1)  # type: ignore[operator]
        if kind == "LSTM" and hidden > 1 and draw(st.booleans()):
            h = draw(st.integers(1, hidden - 1))
            arguments["proj_size"] = h
    batched = draw(st.booleans()) or draw(st.booleans())
    dtype = draw(st.sampled_from(["float32", "float32", "float64"]))
    if dtype != "float32":
        arguments["dtype"] = dtype
    call = Call(kind, (), Given("x", ())).with_arguments(**arguments)
    if call.cell:
        shape = (samples, features) if batched else (features,)
        front: tuple[int, ...] = (samples,) if batched else ()
    else:
        shape = (steps, features)
        front = (rows,)
        if batched:
            shape = (samples, steps, features) if first else (steps, samples, features)
            front = (rows, samples)
    states = ()
    if draw(st.booleans()):
        states = (Given("h_0", (*front, h), dtype), Given("c_0", (*front, hidden), dtype))
        states = states if call.pair else states[:1]
    lengths = None
    if batched and not call.cell and draw(st.booleans()):
        values = draw(st.lists(st.integers(1, steps), min_size=samples, max_size=samples))
        ordered = draw(st.booleans())
        values = sorted(values, reverse=True) if ordered else values
        lengths = Lengths(tuple(values), enforce_sorted=ordered)
    return replace(call, x=Given("x", shape, dtype), states=states, lengths=lengths)


def axis_names(call: Call, name: str, place: int) -> str:
    """What an axis counts, worked out here and not by the package."""
    width = len(call.x.shape) if name == "x" else 0
    if name == "x":
        if place == width - 1:
            return "features"
        if call.cell:
            return "batch"
        if width == 2:
            return "seq"
        return "batch" if (place == 0) == dict(call.arguments)["batch_first"] else "seq"
    state = call.states[0] if name == "h_0" else call.states[1]
    if place == len(state.shape) - 1:
        return "features"
    return "batch" if place == len(state.shape) - 2 and (call.cell or place == 1) else "layer"


@st.composite
def broken_calls(draw: st.DrawFn) -> Broken:
    """A right call in which one thing is made wrong."""
    call = draw(right_calls())
    states = [each.name for each in call.states]
    ways = ["features", "axes", "dtype", "ids", "device"]
    ways += ["state size", "state axes", "state dtype", "pair", "state device"] * bool(states)
    ways += ["count", "zero", "zero_d", "on device", "long"] * (call.lengths is not None)
    way = draw(st.sampled_from(ways))
    x = call.x
    other = st.integers(1, 9)
    if way == "features":
        size = draw(other.filter(lambda size: size != x.shape[-1]))
        return Broken(replace(call, x=replace(x, shape=(*x.shape[:-1], size))), "x", "features")
    if way == "axes":
        most = 2 if call.cell else 3
        if draw(st.booleans()):
            more = draw(st.lists(other, min_size=1, max_size=2))
            shape = (*more, *x.shape)
            shape = (*shape, *draw(st.lists(other, max_size=1)))
            while len(shape) <= most:
                shape = (draw(other), *shape)
        else:
            shape = x.shape[: draw(st.integers(0, most - 2))]
        return Broken(replace(call, x=replace(x, shape=shape)), "x", "number of axes")
    if way in ("dtype", "ids"):
        taken = ["float16", "bfloat16", "float32", "float64"] if way == "dtype" else ["int64"]
        dtype = draw(st.sampled_from([each for each in taken if each != x.dtype]))
        return Broken(replace(call, x=replace(x, dtype=dtype)), "x", "dtype")
    if way == "device":
        return Broken(replace(call, x=replace(x, device="cuda")), "x", "device")
    if way.startswith("state") or way == "pair":
        return _broken_state(draw, call, way)
    assert call.lengths is not None
    values = call.lengths.values
    if way == "count":
        changed = draw(st.sampled_from([values[:-1], (*values, 1), (*values, 1, 1)]))
        lengths, axis = replace(call.lengths, values=changed), "batch"
    elif way == "zero":
        size = draw(st.integers(-1, 0))
        lengths = replace(call.lengths, values=(*values[:-1], size))
        axis = f"lengths[{len(values) - 1}]"
    elif way == "long":
        lengths = replace(call.lengths, values=(9, *values[1:]))
        axis = "lengths[0]"
    elif way == "zero_d":
        lengths, axis = replace(call.lengths, values=values[:1], zero_d=True), "number of axes"
    else:
        lengths, axis = replace(call.lengths, device="cuda"), "device"
    return Broken(replace(call, lengths=lengths), "lengths", axis)


def _broken_state(draw: st.DrawFn, call: Call, way: str) -> Broken:
    if way == "pair":
        given = call.states[0]
        states = (replace(given, name="hx"),) if call.pair else (given, replace(given, name="c_0"))
        return Broken(replace(call, states=states), states[0].name, "pair")
    which = draw(st.integers(0, len(call.states) - 1))
    given = call.states[which]
    if way == "state device":
        changed, axis = replace(given, device="cuda"), "device"
    elif way == "state dtype":
        wrong = st.sampled_from(["float64", "float32", "int64"])
        changed = replace(given, dtype=draw(wrong.filter(lambda each: each != given.dtype)))
        axis = "dtype"
    elif way == "state axes":
        axis = "number of axes"
        if draw(st.booleans()) and len(given.shape) > 1:
            changed = replace(given, shape=given.shape[1:])
        else:
            changed = replace(given, shape=(draw(st.integers(1, 5)), *given.shape))
    else:
        place = draw(st.integers(0, len(given.shape) - 1))
        sizes = list(given.shape)
        sizes[place] = draw(st.integers(1, 9).filter(lambda size: size != given.shape[place]))
        changed, axis = replace(given, shape=tuple(sizes)), axis_names(call, given.name, place)
    states = tuple(changed if each is given else each for each in call.states)
    return Broken(replace(call, states=states), given.name, axis)
