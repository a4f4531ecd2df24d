"""The records of a model's calls: tensors with named axes, rows, and what is read of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, cast

from torch import Tensor, nn

from lstm_shapes.config import Settings
from lstm_shapes.explain.model.found import steps_listed
from lstm_shapes.explain.model.readers import groups_of
from lstm_shapes.explain.model.reading import Reading, Readings
from lstm_shapes.explain.model.recorded import RecordedCall
from lstm_shapes.explain.model.report import ModelCall, ReadRow, Reads, SeenTensor, StepState
from lstm_shapes.explain.model.study import Study
from lstm_shapes.recurrent import class_of, unwrapped
from lstm_shapes.snippet import constructor_of

_ARROWS = {"forward": "→", "backward": "←"}


def model_calls(
    model: nn.Module, readings: Readings, shown: Sequence[RecordedCall]
) -> tuple[ModelCall, ...]:
    """The record of each call; those of a loop are one.

    Args:
        model: the user's own, of which the dtypes and the modules are.
        readings: what is read of each call.
        shown: the same calls on all samples, whose tensors are shown.
    """
    numbers: dict[str, int] = {}
    found = []
    for group in groups_of(readings):
        path = group[0].call.path
        numbers[path] = numbers.get(path, 0) + 1
        number = group[0].call.number
        call = shown[number] if number < len(shown) else group[0].call
        found.append(call_record(model, group, call, numbers[path], bool(readings.sure)))
    return tuple(found)


def call_record(
    model: nn.Module, group: Sequence[Reading], call: RecordedCall, number: int, measured: bool
) -> ModelCall:
    """The record of some calls that belong together, of which one is shown; and, if that was
    measured, what is read of them."""
    settings = _settings(model, call)
    name = constructor_of(vars(settings))
    if call.cell:
        kind = settings.kind
        name = name.replace(f"nn.{kind}(", f"nn.{kind}Cell(")
    kinds = [f"layer {k}, {d}" for k in range(settings.num_layers) for d in settings.directions]
    return ModelCall(
        module=call.path,
        constructor=name,
        settings=settings,
        cell=call.cell,
        number=number,
        repeats=len(group),
        place=call.place,
        packed=call.packed is not None,
        lengths=call.lengths,
        rows=() if call.cell else tuple(kinds),
        tensors=tuple(
            each if measured else replace(each, read="") for each in _tensors(model, group, call)
        ),
        own=_own(model, call),
    )


def _settings(model: nn.Module, call: RecordedCall) -> Settings:
    """The arguments of a module, which may have a class, or a forward, of its own."""
    module: Any = _users(model, call) or call.module
    read = {f.name: getattr(module, f.name) for f in fields(Settings) if hasattr(module, f.name)}
    kind = class_of(module).__name__.removesuffix("Cell")
    nonlinearity = read.get("nonlinearity", "tanh") if kind == "RNN" else "tanh"
    return Settings(**read | {"kind": kind, "nonlinearity": nonlinearity})


def _users(model: nn.Module, call: RecordedCall) -> nn.Module | None:
    """The user's own module that was called; ``None`` where a wrapper has changed its path."""
    try:
        return cast(nn.Module, unwrapped(unwrapped(model).get_submodule(call.path)))
    except AttributeError:
        return None


def _own(model: nn.Module, call: RecordedCall) -> Any:
    """The user's own module and what the call gave it, for the explorer."""
    module = _users(model, call)
    if module is None:
        return None
    dtype = next((p.dtype for p in module.parameters()), call.x.dtype)
    x: Any = call.x.detach().to(dtype) if call.packed is None else call.packed.to(dtype)
    states = tuple(each.detach().to(dtype) for each in call.states)
    hx = states if len(states) == 2 else states[0] if states else None
    return module, x, hx


def _tensors(model: nn.Module, group: Sequence[Reading], call: RecordedCall) -> list[SeenTensor]:
    features = "features"
    if call.cell:
        axes = ("batch", features) if call.x.dim() == 2 else (features,)
        names = [("input", call.x, ""), *zip(("h", "c"), call.states, ("", ""), strict=False)]
        names += [("h_1", call.h, _read_state(group, "h"))]
        names += [] if call.c is None else [("c_1", call.c, _read_state(group, "c"))]
        return [_seen(model, call, name, t, axes, read) for name, t, read in names]
    x, out = call.padded(call.x), call.padded(call.out)
    seq: tuple[str, ...] = ("seq", features)
    state: tuple[str, ...] = ("layer × direction", features)
    if call.batch_axis is not None:
        seq = ("batch", "seq", features) if call.batch_axis == 0 else ("seq", "batch", features)
        state = ("layer × direction", "batch", features)
    found = [_seen(model, call, "input", x, seq, "")]
    for name, tensor in zip(("h_0", "c_0"), call.states, strict=False):
        found.append(_seen(model, call, name, tensor, state, ""))
    found.append(_seen(model, call, "out", out, seq, _read_out(group)))
    found.append(_seen(model, call, "h_n", call.h, state, _read_state(group, "h")))
    if call.c is not None:
        found.append(_seen(model, call, "c_n", call.c, state, _read_state(group, "c")))
    return found


def _seen(
    model: nn.Module,
    call: RecordedCall,
    name: str,
    tensor: Tensor,
    axes: tuple[str, ...],
    read: str,
) -> SeenTensor:
    dtype = next((p.dtype for p in model.parameters() if p.is_floating_point()), tensor.dtype)
    return SeenTensor(name, tuple(tensor.shape), axes, str(dtype).removeprefix("torch."), read)


NEVER = "never read by the rest of the model"


def _read_out(group: Sequence[Reading]) -> str:
    reading = group[0]
    halves = [
        any(bool(each.out[..., d].any()) for each in group) for d in range(reading.directions)
    ]
    if not any(halves):
        return NEVER
    steps = sorted({int(t) for each in group for t in each.out.any(-1).any(0).nonzero().flatten()})
    if len(group) > 1:
        says = "read"
    elif len(steps) == reading.steps:
        says = "read at every step" if reading.steps > 1 else "read"
    else:
        says = f"read at t = {steps_listed(steps)}"
    if len(halves) == 2 and not all(halves):
        says += f", the {'forward' if halves[0] else 'backward'} half alone"
    return says


def _read_state(group: Sequence[Reading], which: str) -> str:
    tensors = [each.h if which == "h" else each.c for each in group]
    masks = [each for each in tensors if each is not None]
    if not any(bool(mask.any()) for mask in masks):
        return NEVER
    rows = sorted({int(r) for mask in masks for r in mask.any(1).nonzero().flatten()})
    if len(rows) == len(masks[0]):
        return "read"
    return f"row{'s' * (len(rows) > 1)} {steps_listed(rows)} read"


def reads_of(study: Study, readings: Readings) -> tuple[Reads, ...]:
    """What the result of one sample reads of each call that is not a loop."""
    found = []
    for group in groups_of(readings):
        if len(group) == 1 and not group[0].call.cell and group[0].anything:
            found.append(_reads(study, group[0]))
    return tuple(found)


def _reads(study: Study, reading: Reading) -> Reads:
    shortest = min(range(len(reading.lengths)), key=lambda each: reading.lengths[each])
    sample, length = shortest, reading.lengths[shortest]
    names = ("forward", "backward")[: reading.directions]
    rows = []
    for d, name in enumerate(names):
        read = reading.out[sample, :, d].tolist()
        rows.append(ReadRow(f"out {_ARROWS[name]}", name, _states(read, length)))
    rows.append(ReadRow("x", "", _states(reading.x[sample].tolist(), length)))
    states = []
    for k in range(len(reading.h)):
        direction = names[k % reading.directions]
        states.append((f"h_n[{k}]", direction, bool(reading.h[k, sample])))
    if reading.c is not None:
        for k in range(len(reading.c)):
            direction = names[k % reading.directions]
            states.append((f"c_n[{k}]", direction, bool(reading.c[k, sample])))
    sample = study.layout.named(sample)
    return Reads(reading.call.path, sample, length, tuple(rows), tuple(states))


def _states(read: Sequence[bool], length: int) -> tuple[StepState, ...]:
    return tuple(
        ("padding read" if each else "padding") if t >= length else ("read" if each else "written")
        for t, each in enumerate(read)
    )
