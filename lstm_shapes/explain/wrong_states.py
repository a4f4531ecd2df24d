"""States that a module cannot start from: one for two, their axes, their sizes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from lstm_shapes.explain.call import Call, Given
from lstm_shapes.explain.cause import Diagnosis, Layout, Shape, layout, mended, zeros


def wrong_states(call: Call) -> Diagnosis | None:
    """Say what is wrong with the states of a call; ``None`` if nothing is, or it has none.

    Args:
        call: one whose module and x are right.

    Source: torch documentation, ``torch.nn.LSTM``, ``torch.nn.LSTMCell``, "Inputs".

    >>> from lstm_shapes.explain.reading import read_call
    >>> asked = read_call("nn.GRU(4, 3, batch_first=True); x: (5, 2, 4); h_0: (5, 1, 3)")
    >>> wrong_states(asked).code
    'h_0 = h_0.transpose(0, 1).contiguous()'
    """
    if not call.states:
        return None
    laid = layout(call)
    return (
        _number(call, laid)
        or _without_batch(call, laid)
        or _batch_first(call, laid)
        or _shape(call, laid)
    )


def _number(call: Call, laid: Layout) -> Diagnosis | None:
    """One tensor for a pair, or a pair for one tensor."""
    given = call.states[0]
    if call.pair and len(call.states) == 1:
        cause = (
            f"One tensor was given as the state of an nn.{call.kind}, which starts from two: h_0 "
            "and c_0, as a tuple. Torch takes the tensor's rows for the pair, or refuses it."
        )
        if given.shape == (2, *laid.h) and laid.h == laid.c:
            states = tuple(replace(given, name=name, shape=laid.h) for name in ("h_0", "c_0"))
            cure = "Its axis 0 has size 2: take it apart."
            code = f"h_0, c_0 = {given.name}"
        else:
            c_0, made = zeros("c_0", laid.c, call.x)
            states = (replace(given, name="h_0"), c_0)
            cure = "Give both; a c_0 of zeros is what torch takes where none is given."
            code = made if given.name == "h_0" else f"h_0 = {given.name}\n{made}"
        return mended(("pair", f"{given.name}, pair", cause, cure, code), call, states=states)
    if not call.pair and len(call.states) == 2:
        cause = f"A pair was given as the state of an nn.{call.kind}, which has no cell state c."
        cure = "Give h_0 alone."
        return mended(
            ("pair", "h_0, pair", cause, cure, "hx = h_0"),
            call,
            states=(replace(given, name="hx"),),
        )
    return None


def _without_batch(call: Call, laid: Layout) -> Diagnosis | None:
    """A 2-D x with states of a batch: x may be one step of every sample."""
    batches = {each.shape[1] for each in call.states if len(each.shape) == 3}
    if call.cell or laid.batch is not None or len(batches) != 1:
        return None
    if any(len(each.shape) != 3 for each in call.states) or batches != {call.x.shape[0]}:
        return None
    if batches == {1} and call.x.shape[0] == 1:
        return None
    place = 1 if call.argument("batch_first") else 0
    shape = (*call.x.shape[:place], 1, *call.x.shape[place:])
    given = call.states[0]
    cause = (
        f"x is {call.x.shape}, without a batch axis: it is taken for one sequence of "
        f"{call.x.shape[0]} steps. {given.name} is {given.shape}, with {call.x.shape[0]} samples: "
        "x seems to be one step of each."
    )
    found = "unbatched", f"{given.name}, number of axes", cause, "Give x its time axis, of 1 step."
    return mended((*found, f"x = x.unsqueeze({place})"), call, x=shape)


def _batch_first(call: Call, laid: Layout) -> Diagnosis | None:
    """States that fit x once its other axis is the batch."""
    if laid.time is None or laid.batch is None or call.lengths:
        return None
    first = call.argument("batch_first")
    turned = layout(call.with_arguments(batch_first=not first))
    if turned.h == laid.h or [each.shape for each in call.states] != _wanted(call, turned):
        return None
    given = call.states[0]
    cause = (
        f"{given.name} is {given.shape}, for {turned.samples} samples. x is {call.x.shape}, and "
        f"with batch_first={first} its axis {laid.batch} is the batch, N = {laid.samples}; axis "
        f"{laid.time}, of {turned.samples}, is taken for time."
    )
    cure = f"Use batch_first={not first}, if axis {laid.time} of x is the batch."
    found = "batch_first", laid.state_axis(given.name, 1), cause, cure, ""
    return mended(found, call, {"batch_first": not first})


def _wanted(call: Call, laid: Layout) -> list[Shape]:
    return [laid.h, laid.c][: len(call.states)]


def _shape(call: Call, laid: Layout) -> Diagnosis | None:
    """The first state whose shape is another; all such are mended."""
    wanted = _wanted(call, laid)
    ways = [_way(each, shape, laid) for each, shape in zip(call.states, wanted, strict=True)]
    wrong = [place for place, way in enumerate(ways) if way is not None]
    if not wrong:
        return None
    given, shape, way = call.states[wrong[0]], wanted[wrong[0]], ways[wrong[0]]
    code, states = [], list(call.states)
    for place in wrong:
        each, found = states[place], ways[place]
        code.append(f"{each.name} = {found.of(each.name) if found else each.name}")
        like = call.x if found and "new_zeros" in found.code else each
        states[place] = replace(like, name=each.name, shape=wanted[place])
    axis, why = _difference(call, laid, given, shape)
    assert way is not None
    cause = f"{given.name} is {given.shape}, and this call takes {shape}: {why}"
    if way.because:
        cause += f" {way.because}"
    return mended((way.kind, axis, cause, way.cure, "\n".join(code)), call, states=tuple(states))


def _difference(call: Call, laid: Layout, given: Given, shape: Shape) -> tuple[str, str]:
    """The first axis that differs, and what it counts."""
    settings = call.settings()
    if len(given.shape) != len(shape):
        batched = "a batch" if laid.samples is not None else "x without a batch axis"
        axes = f"{len(shape)} ax{'i' if len(shape) == 1 else 'e'}s"
        why = f"for {batched} a state has {axes}, not {len(given.shape)}."
        if not call.cell and len(given.shape) == 2:
            why += " A batch of a single layer has its axis of 1 too."
        return f"{given.name}, number of axes", why
    place = next(k for k, (a, b) in enumerate(zip(given.shape, shape, strict=True)) if a != b)
    axis = laid.state_axis(given.name, place)
    if "layer" in axis:
        rows = f"D·num_layers = {settings.num_directions}·{settings.num_layers} = {laid.rows}"
        return axis, f"axis {place} has a row for every layer and direction, {rows}."
    if "batch" in axis:
        return (
            axis,
            f"axis {place} is the batch, N = {laid.samples}, wherever batch_first puts x's.",
        )
    sizes = f"hidden_size {settings.hidden_size}"
    if settings.proj_size:
        sizes = f"proj_size {settings.proj_size} in h_0, and hidden_size in c_0"
        if given.name == "c_0":
            sizes = f"hidden_size {settings.hidden_size} in c_0; only h_0 has proj_size"
    return axis, f"the last axis has the features of one direction, {sizes}."


@dataclass(frozen=True)
class _Way:
    """How to make a state of the right shape of another."""

    kind: str
    code: str
    because: str
    cure: str

    def of(self, name: str) -> str:
        return self.code if self.code.startswith("x.") else f"{name}{self.code}"


_ZEROS = "Start from zeros of that shape; or leave the states out, and torch does."


def _way(given: Given, wanted: Shape, laid: Layout) -> _Way | None:
    """The first way that gives the shape; zeros, if there is none."""
    if given.shape == wanted:
        return None
    for way, shape in _ways(given.shape, wanted, laid):
        if shape == wanted:
            return way
    kind = "axes"
    if len(given.shape) == len(wanted):
        place = next(k for k, (a, b) in enumerate(zip(given.shape, wanted, strict=True)) if a != b)
        axis = laid.state_axis(given.name, place)
        kind = "layers" if "layer" in axis else "batch" if "batch" in axis else "state_features"
    return _Way(kind, f"x.new_zeros({', '.join(map(str, wanted))})", "", _ZEROS)


def _ways(shape: Shape, wanted: Shape, laid: Layout) -> Iterator[tuple[_Way, Shape]]:
    """Ways that may be meant, each with the shape that it gives."""
    for function in (_turned, _squeezed, _cut, _repeated):
        yield from function(shape, wanted, laid)


def _turned(shape: Shape, wanted: Shape, laid: Layout) -> Iterator[tuple[_Way, Shape]]:
    if len(shape) == 3 and len(wanted) == 3:
        because = (
            "Axes 0 and 1 are exchanged: batch_first moves the axes of x and out, never these."
        )
        cure = "Put the axis of layers and directions first."
        yield (
            _Way("moved", ".transpose(0, 1).contiguous()", because, cure),
            (shape[1], shape[0], shape[2]),
        )
    for place, (one, other) in enumerate(pairwise(shape)):
        if len(shape) == len(wanted) + 1:
            joined = (*shape[:place], one * other, *shape[place + 2 :])
            cure = "Make one axis of the two."
            if 1 not in (one, other):
                yield _Way("axes", f".flatten({place}, {place + 1})", "", cure), joined


def _squeezed(shape: Shape, wanted: Shape, laid: Layout) -> Iterator[tuple[_Way, Shape]]:
    for place, size in enumerate(shape):
        if size == 1:
            cure = f"Take its axis {place} away, with squeeze({place}) and not squeeze()."
            rest = shape[:place] + shape[place + 1 :]
            yield _Way("axes", f".squeeze({place})", "", cure), rest
    if len(shape) == len(wanted) + 1 and shape[0] > 1:
        cure = "Take the last layer's row."
        yield _Way("axes", "[-1]", "", cure), shape[1:]
    for place in range(len(wanted)):
        cure = f"Give it the missing axis {place}, of 1."
        longer = (*shape[:place], 1, *shape[place:])
        yield _Way("axes", f".unsqueeze({place})", "", cure), longer


def _cut(shape: Shape, wanted: Shape, laid: Layout) -> Iterator[tuple[_Way, Shape]]:
    if laid.samples is None or len(shape) != len(wanted):
        return
    place = len(wanted) - 2
    if shape[place] > laid.samples:
        because = (
            f"The states are of {shape[place]} samples and x has {laid.samples}, as the last batch "
            "of a loader has fewer."
        )
        cure = "Make the states for the batch at hand, cut them, or use drop_last=True."
        code = f"[{':, ' * place}:{laid.samples}].contiguous()"
        yield (
            _Way("batch", code, because, cure),
            (*shape[:place], laid.samples, *shape[place + 1 :]),
        )


def _repeated(shape: Shape, wanted: Shape, laid: Layout) -> Iterator[tuple[_Way, Shape]]:
    """One state for every sample, or for every layer."""
    cure = "Repeat it for every layer, direction and sample that it is meant for."
    for place in (None, *range(len(shape) + 1)):
        longer = shape if place is None else (*shape[:place], 1, *shape[place:])
        if len(longer) == len(wanted) and all(
            size in (1, target) for size, target in zip(longer, wanted, strict=True)
        ):
            times = tuple(
                1 if size == target else target for size, target in zip(longer, wanted, strict=True)
            )
            added = "" if place is None else f".unsqueeze({place})"
            kind = "axes"
            if place is None:
                kind = "layers" if times[0] > 1 and len(wanted) == 3 else "batch"
            yield _Way(kind, f"{added}.repeat{times}", "", cure), wanted
    if len(shape) == 1 and shape == wanted[-1:]:
        yield _Way("axes", f".repeat({', '.join(map(str, wanted[:-1]))}, 1)", "", cure), wanted
