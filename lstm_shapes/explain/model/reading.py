"""What the result reads of each call: which steps and halves of out, which rows of h_n and c_n.

It is measured by gradients, in one backward pass for all calls; and what they say is not read is
then filled with other numbers in one run, in which the result must stay the same bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import torch
from torch import Tensor

from lstm_shapes.explain.model.passes import Run
from lstm_shapes.explain.model.recorded import Outputs, RecordedCall
from lstm_shapes.explain.model.study import Study, weighted


@dataclass(frozen=True)
class Reading:
    """What the result reads of one call.

    Attributes:
        call: the call.
        x: booleans (samples, steps): what is read of the input, through the module; of a cell
            (samples, 1).
        out: booleans (samples, steps, directions); of a cell (samples, 1, 1).
        h, c: booleans (rows, samples); of a cell (1, samples). ``c`` is ``None`` without c_n.
        lengths: the length of each sample for this call; all steps where they are not known.
    """

    call: RecordedCall
    x: Tensor
    out: Tensor
    h: Tensor
    c: Tensor | None
    lengths: tuple[int, ...]

    @property
    def directions(self) -> int:
        """D."""
        return self.out.shape[-1]

    @property
    def steps(self) -> int:
        """L."""
        return self.out.shape[1]

    @property
    def rows(self) -> list[int]:
        """The rows of h_n that are read."""
        return self.h.any(1).nonzero().flatten().tolist()

    def row_read(self, direction: int) -> bool:
        """Whether the last layer's row of a direction is read, in h_n or c_n."""
        row = len(self.h) - self.directions + direction
        of_c = self.c is not None and bool(self.c[row].any())
        return bool(self.h[row].any()) or of_c

    @property
    def anything(self) -> bool:
        """Whether anything of the call is read."""
        return (
            bool(self.out.any())
            or bool(self.h.any())
            or (self.c is not None and bool(self.c.any()))
        )


@dataclass(frozen=True)
class Readings:
    """What is read of all calls.

    Attributes:
        each: for every call.
        sure: whether other numbers in all that no gradient leads to leave the result as it is,
            by what was filled: ``out``, ``h`` and ``c``.
    """

    each: tuple[Reading, ...]
    sure: dict[str, bool]

    @property
    def all_sure(self) -> bool:
        """Whether both ways agree everywhere."""
        return all(self.sure.values())


def nothing_read(call: RecordedCall) -> Reading:
    """The reading of a call of which nothing was measured."""
    directions = 1 if call.cell else 2 if getattr(call.module, "bidirectional", False) else 1
    rows = torch.zeros(1 if call.cell else call.h.shape[0], 1, dtype=torch.bool)
    steps = torch.zeros(1, 1, directions, dtype=torch.bool)
    return Reading(call, steps[..., 0], steps, rows, None if call.c is None else rows, call.lengths)


MOST_RESULTS = 4
"""Of so many results it is measured what each reads by itself."""


def readings(study: Study) -> Readings:
    """Measure what the result reads of each call."""
    base = study.base
    if not base.calls or not base.results:
        return Readings((), {})
    first = _measured(study, base, valid_total(study, base))
    sure = _confirmed(study, first)
    if not sure["out"]:  # a maximum has no gradient where another step has won
        first = _also_where_filled(study, first)
        sure = _confirmed(study, first)
    return Readings(tuple(first), sure)


def readings_of_each(study: Study, readings: Readings) -> list[Readings]:
    """The same for each result alone, where a model has some."""
    results = study.base.results
    if not 1 < len(results) <= MOST_RESULTS or not readings.all_sure:
        return [readings]
    found = []
    for i, (_, result) in enumerate(results):
        if result.requires_grad:
            each = _measured(study, study.base, weighted(result, valid(study, i)))
            sure = _same(study, _filled(study, each, {"out", "h", "c"}), [i])
            found.append(Readings(tuple(each), {"all": sure}))
    return found


def _measured(study: Study, run: Run, total: Tensor) -> list[Reading]:
    tensors = [t for each in run.calls for t in (each.x, each.out, each.h, each.c) if t is not None]
    gradients = iter(study.session.gradients(total, tensors))
    found = []
    for call in run.calls:
        x, out, h = next(gradients), next(gradients), next(gradients)
        c = next(gradients) if call.c is not None else None
        found.append(_reading(study, call, x, out, h, c))
    return found


def _also_where_filled(study: Study, first: list[Reading]) -> list[Reading]:
    """The readings, and whatever is read of a direction that other numbers make win a maximum."""
    filled = _filled(study, first, {"out"}, keep=True)
    if filled is None or len(filled.calls) != len(first):
        return first
    then = _measured(study, filled, valid_total(study, filled))
    found = []
    for one, other in zip(first, then, strict=True):
        more = (
            (other.out & ~one.out).flatten(0, 1).any(0)
            if one.out.shape == other.out.shape
            else None
        )
        found.append(one if more is None else replace(one, out=one.out | more))
    return found


def valid_total(study: Study, run: Run) -> Tensor:
    """One number that depends on all results, but not where they stand beside padding."""
    return torch.stack(
        [weighted(result, valid(study, i)) for i, (_, result) in enumerate(run.results)]
    ).sum()


def valid(study: Study, i: int) -> Tensor | None:
    """Booleans of a result's shape: where it does not belong to padding; ``None`` for everywhere.

    A result has places for padding if it has an axis for each step, or a row for each step of each
    sample.
    """
    layout, result = study.layout, study.base.results[i][1]
    if not layout.padded or layout.lengths is None:
        return None
    inside = torch.arange(layout.steps) < torch.tensor(layout.lengths)[:, None]  # (N, L)
    count, steps = layout.samples, layout.steps
    for batch, time in ((0, 1), (1, 0)):
        if result.dim() > 1 and (result.shape[batch], result.shape[time]) == (count, steps):
            trace = study.results[i]
            if (trace.verdict == "apart" and trace.axis != batch) or not _is_time(study, i, time):
                continue
            mask = inside if batch == 0 else inside.T
            wide = mask.reshape(*mask.shape, *[1] * (result.dim() - 2))
            return wide.expand(result.shape).to(result.device)
    if result.dim() and result.shape[0] == count * steps and _is_time(study, i, 0):
        first = study.layout.batch[study.layout.main] == 0
        mask = (inside if first else inside.T).reshape(-1, *[1] * (result.dim() - 1))
        return mask.expand(result.shape).to(result.device)
    return None


def _is_time(study: Study, i: int, axis: int) -> bool:
    """Whether an axis of a result has as many steps as a sample has alone, without its padding;
    else it has the size of time by chance, as the axis of classes may."""
    if study.alone is None:
        return True
    results = study.alone.run.results
    result = results[i][1] if i < len(results) else None
    return result is None or result.dim() <= axis or result.shape[axis] == study.alone.length


def _reading(
    study: Study,
    call: RecordedCall,
    x: Tensor | None,
    out: Tensor | None,
    h: Tensor | None,
    c: Tensor | None,
) -> Reading:
    directions = 1 if call.cell else 2 if getattr(call.module, "bidirectional", False) else 1
    steps = _by_step(call, out, call.out, directions)
    samples = steps.shape[0]
    lengths = call.lengths
    if not lengths and study.layout.lengths and samples == study.layout.samples:
        whole = steps.shape[1] == study.layout.steps
        lengths = study.layout.lengths if whole else ()
    return Reading(
        call,
        _by_step(call, x, call.x, 1)[..., 0],
        steps,
        _by_row(call, h, call.h),
        None if call.c is None else _by_row(call, c, call.c),
        lengths or (steps.shape[1],) * samples,
    )


def _by_step(
    call: RecordedCall, gradient: Tensor | None, tensor: Tensor, directions: int
) -> Tensor:
    """Booleans (samples, steps, directions), from the gradient of an input or an out."""
    read = (
        torch.zeros(tensor.shape, dtype=torch.bool) if gradient is None else (gradient != 0).cpu()
    )
    wide = call.padded(read)
    halves = wide.reshape(*wide.shape[:-1], directions, -1).any(-1)
    if call.cell:
        return halves.reshape(-1, 1, directions)
    if call.batch_axis is None:
        return halves[None]
    return halves if call.batch_axis == 0 else halves.transpose(0, 1)


def _by_row(call: RecordedCall, gradient: Tensor | None, state: Tensor) -> Tensor:
    read = torch.zeros(state.shape, dtype=torch.bool) if gradient is None else (gradient != 0).cpu()
    read = read.any(-1)
    if call.cell:
        return read.reshape(1, -1)
    return read if read.dim() == 2 else read[:, None]


def _confirmed(study: Study, found: list[Reading]) -> dict[str, bool]:
    """Whether other numbers, larger and smaller, leave the result as it is where no gradient
    leads."""
    every = {"out", "h", "c"}
    if all(_same(study, _filled(study, found, every, sign=sign)) for sign in (1.0, -1.0)):
        return dict.fromkeys(("out", "h", "c"), True)
    return {part: _same(study, _filled(study, found, {part})) for part in ("out", "h", "c")}


def _filled(
    study: Study,
    found: list[Reading],
    parts: set[str],
    keep: bool = False,
    sign: float = 1.0,
) -> Run | None:
    edits: dict[int, Callable[[Outputs], Outputs]] = {
        each.call.number: partial(_fill, each, parts, sign) for each in found
    }
    try:
        return study.session.run(calls=edits, keep=keep)
    except Exception:  # a model may look at the numbers itself, as an assertion does
        return None


def _same(study: Study, run: Run | None, which: Sequence[int] | None = None) -> bool:
    """Whether results are what they were, bit for bit, but where they stand beside padding.

    Args:
        study: its base run is compared.
        run: with other numbers somewhere; ``None`` if the model raised an error.
        which: the results that count; all of them if none are given.
    """
    if run is None or len(run.results) != len(study.base.results):
        return False
    for i, ((_, own), (_, other)) in enumerate(zip(study.base.results, run.results, strict=True)):
        if which is not None and i not in which:
            continue
        mask = valid(study, i)
        differs = own.detach() != other.detach()
        both_nan = own.detach().isnan() & other.detach().isnan()
        differs = differs & ~both_nan
        if own.shape != other.shape or bool((differs if mask is None else differs[mask]).any()):
            return False
    return True


def _fill(reading: Reading, parts: set[str], sign: float, outputs: Outputs) -> Outputs:
    """Other numbers in all of a call that is not read."""
    call = reading.call
    if call.cell:
        read = reading.out.reshape(-1, 1) | reading.h.reshape(-1, 1)
        h = _noise(outputs.h, read, sign) if parts & {"out", "h"} else outputs.h
        c = outputs.c
        if c is not None and reading.c is not None and "c" in parts:
            c = _noise(c, reading.c.reshape(-1, 1), sign)
        return Outputs(h, h, c)
    out, h, c = outputs.out, outputs.h, outputs.c
    if "out" in parts:
        out = _noise(out, _mask_of_out(reading), sign)
    if "h" in parts:
        h = _noise(h, reading.h[..., None] if h.dim() == 3 else reading.h, sign)
    if c is not None and reading.c is not None and "c" in parts:
        c = _noise(c, reading.c[..., None] if c.dim() == 3 else reading.c, sign)
    return Outputs(out, h, c)


def _mask_of_out(reading: Reading) -> Tensor:
    """Where out is read, as booleans that broadcast to the shape it was returned in."""
    call = reading.call
    width = call.out.shape[-1] // reading.directions
    wide = reading.out.repeat_interleave(width, -1)  # (samples, steps, D·H_out)
    if call.packed is not None:
        return _packed_like(call, wide)
    if call.batch_axis is None:
        return wide[0]
    return wide if call.batch_axis == 0 else wide.transpose(0, 1)


def _packed_like(call: RecordedCall, padded: Tensor) -> Tensor:
    """What belongs to the data of a packed sequence, of a padded (N, L, features)."""
    packed: Any = call.packed
    order = packed.sorted_indices
    rows = padded if order is None else padded[order.cpu()]
    sizes = packed.batch_sizes.tolist()
    return torch.cat([rows[:count, step] for step, count in enumerate(sizes)])


def _noise(tensor: Tensor, read: Tensor, sign: float) -> Tensor:
    """Other numbers wherever a tensor is not read, large enough to win a maximum."""
    generator = torch.Generator().manual_seed(2)
    noise = torch.randn(tensor.shape, generator=generator, dtype=torch.float64) * 3
    other = tensor + (sign * (noise.abs() + 1)).to(tensor)
    # In the memory layout of the tensor: another one may round differently.
    return tensor.clone().copy_(torch.where(read.to(tensor.device), tensor, other))
