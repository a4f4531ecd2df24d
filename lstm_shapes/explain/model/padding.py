"""Findings on padding: whether it changes the result, and whether pooling counts it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from lstm_shapes.explain.model.compared import differs_alone, moves_of
from lstm_shapes.explain.model.found import Found
from lstm_shapes.explain.model.numbers import changed, positions
from lstm_shapes.explain.model.passes import Run
from lstm_shapes.explain.model.pooling import pooled
from lstm_shapes.explain.model.reading import Readings, valid_total
from lstm_shapes.explain.model.report import Check, Finding
from lstm_shapes.explain.model.study import Study
from lstm_shapes.explain.model.watch import Operation


def padding(study: Study, readings: Readings, found: Found) -> None:
    """Look whether other numbers in the padding change the result."""
    layout = study.layout
    if not layout.padded or layout.lengths is None or layout.main < 0:
        return
    if found.has("batch_first", "view", "time_axis"):
        return
    pooled(study, readings, found)
    masks = _masks(study)
    if not masks:
        return
    run = _other_padding(study, masks)
    moves, by = moves_of(study, run)
    gradients = study.session.gradients(
        valid_total(study, study.base), [tensor for tensor, _, _ in masks]
    )
    led = any(
        each is not None and bool((each[mask] != 0).any())
        for each, (_, mask, _) in zip(gradients, masks, strict=True)
    )
    short = sum(each < layout.steps for each in layout.lengths)
    said = found.has("padding", "pooling")
    if moves and led and differs_alone(study) is False:
        evidence = "a short sample gives the same result alone, without its padding"
        found.checks.append(Check("padding", "Padding does not change the result", evidence))
    elif moves and led:
        _finding(study, readings, found, moves, by, short)
    elif moves:
        found.say_out_of_reach(
            "Other numbers in the padding change the result, but no gradient leads there. So "
            "nothing is said about padding."
        )
    elif not led and not said:
        evidence = f"other numbers in the padding of {short} samples, and by gradients"
        found.checks.append(Check("padding", "Padding does not change the result", evidence))


def _masks(study: Study) -> list[tuple[Tensor, Tensor, Operation | None]]:
    """Where padding comes in: tensors with a gradient, where they hold padding, and by what."""
    layout, base = study.layout, study.base
    main = layout.main
    leaf = base.leaves[main]
    value = study.session.given.leaves[main].tensor
    where = positions(layout, main, value, padded=True)
    if leaf is not None:
        return [(leaf, where, None)]
    filler: Tensor = torch.unique(value[where])
    others = torch.unique(value[~where])
    known = int(filler[0]) if len(filler) == 1 and filler[0] not in others else None
    found: list[tuple[Tensor, Tensor, Operation | None]] = []
    for entry in base.entries:
        if entry.leaf is None or not entry.inputs or entry.output is None:
            continue
        ids = next((each for each in entry.inputs if not each.is_floating_point()), None)
        if ids is None or ids.dim() > entry.output.dim():
            continue
        if ids.shape == value.shape and torch.equal(ids, value.to(ids.device)):
            mask = where
        elif known is not None and ids.dtype == value.dtype:
            mask = ids == known
        else:
            continue
        wide = mask.reshape(*mask.shape, *[1] * (entry.output.dim() - mask.dim()))
        if bool(mask.any()):
            found.append((entry.leaf, wide.expand(entry.output.shape), entry))
    return found


def _other_padding(study: Study, masks: list[tuple[Tensor, Tensor, Operation | None]]) -> Run:
    """A run with other numbers in the padding."""
    edits: dict[tuple[int, int], Callable[[Tensor], Tensor]] = {}
    where: list[Tensor | None] = [None] * len(study.session.given.leaves)
    for _, mask, entry in masks:
        if entry is None:
            where[study.layout.main] = mask
        else:
            edits[entry.number, entry.part] = partial(_filled, mask)
    return study.run_with(where, edits)


def _filled(mask: Tensor, tensor: Tensor) -> Tensor:
    return tensor.clone().copy_(torch.as_tensor(changed(tensor, mask)))


def _finding(
    study: Study, readings: Readings, found: Found, moves: list[int], by: float, short: int
) -> None:
    layout = study.layout
    assert layout.lengths is not None
    sample = min(moves, key=lambda each: layout.lengths[each] if layout.lengths else 0)
    length = layout.lengths[sample]
    title = f"Padding changes the result of {len(moves)} of {layout.samples} samples"
    says = (
        f"With other numbers in the padding, and the same in the sequences, a result moves by up "
        f"to {by:.2g}, and gradients lead from the padding to the result. The last step of sample "
        f"{sample} stands at t = {length - 1}, and {layout.steps - length} padded steps follow. "
        f"{short} samples are shorter than the batch."
    )
    call = next((each.call for each in readings.each if each.call.packed is None), None)
    place = call.place if call is not None else None
    found.findings.append(
        Finding("padding", title, says, place, (), _packing(study), call.path if call else "")
    )


def _packing(study: Study) -> tuple[str, ...]:
    """The lines that pack the batch."""
    layout = study.layout
    first = layout.batch[layout.main] == 0
    lines: list[str] = []
    lengths = "lengths"
    if layout.lengths_leaf is not None:
        leaf = study.session.given.leaves[layout.lengths_leaf]
        lengths = leaf.name if leaf.tensor.dim() == 1 else f"{leaf.name}.sum(1)"
    else:
        name = study.session.given.leaves[layout.main].name
        lines.append(f"lengths = ({name} != {layout.padding}).sum({int(first)})")
    if layout.lengths_leaf is None or isinstance(
        study.session.given.leaves[layout.lengths_leaf].value, Tensor
    ):
        lengths = f"{lengths}.cpu()"
    return (
        *lines,
        f"packed = pack_padded_sequence(x, {lengths}, batch_first={first}, enforce_sorted=False)",
        "out, states = rnn(packed)",
        f"out, _ = pad_packed_sequence(out, batch_first={first})",
    )
