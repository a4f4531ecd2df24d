"""Findings on padding: whether it changes the result, and whether pooling counts it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from lstm_shapes.explain.model.directions import groups_of
from lstm_shapes.explain.model.found import Found
from lstm_shapes.explain.model.layout import changed, positions
from lstm_shapes.explain.model.nodes import ancestors, nodes_of, unpacked
from lstm_shapes.explain.model.passes import Run
from lstm_shapes.explain.model.reading import Reading, Readings, valid, valid_total
from lstm_shapes.explain.model.report import Check, Finding, Place
from lstm_shapes.explain.model.study import Study
from lstm_shapes.explain.model.watch import Operation

ATTENTION = ("softmax", "scaled_dot_product_attention", "multi_head_attention_forward")
"""Operations that give weights to steps."""


def padding(study: Study, readings: Readings, found: Found) -> None:
    """Look whether other numbers in the padding change the result."""
    layout = study.layout
    if not layout.padded or layout.lengths is None or layout.main < 0:
        return
    if found.has("batch_first", "view", "time_axis"):
        return
    _pooled(study, readings, found)
    masks = _masks(study)
    if not masks:
        return
    run = _other_padding(study, masks)
    moves, by = _moved(study, run)
    gradients = study.session.gradients(
        valid_total(study, study.base), [tensor for tensor, _, _ in masks]
    )
    led = any(
        each is not None and bool((each[mask] != 0).any())
        for each, (_, mask, _) in zip(gradients, masks, strict=True)
    )
    short = sum(each < layout.steps for each in layout.lengths)
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
    elif not led:
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
    values = [
        leaf.value if mask is None else changed(leaf.value, mask)
        for leaf, mask in zip(study.session.given.leaves, where, strict=True)
    ]
    return study.session.run(values, edits=edits)


def _filled(mask: Tensor, tensor: Tensor) -> Tensor:
    return tensor.clone().copy_(torch.as_tensor(changed(tensor, mask)))


def _moved(study: Study, run: Run) -> tuple[list[int], float]:
    """The samples whose result is another, and by how much at most."""
    moves: set[int] = set()
    most = 0.0
    for i, ((_, own), (_, other)) in enumerate(zip(study.base.results, run.results, strict=True)):
        state = study.results[i]
        if own.shape != other.shape or state.verdict != "apart":
            continue
        difference = (own.detach() - other.detach()).abs().nan_to_num()
        mask = valid(study, i)
        difference = difference if mask is None else difference * mask
        rows = difference.movedim(state.axis, 0).flatten(1)
        by_row = rows.amax(1) if rows.numel() else rows.sum(1)
        for row in (by_row > 0).nonzero().flatten().tolist():
            count = study.layout.samples
            moves.add(row // state.rows if state.rows > 1 else row % count)
        most = max(most, float(difference.max()))
    return sorted(moves), most


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


def _pooled(study: Study, readings: Readings, found: Found) -> None:
    """Look whether padded steps of out are read by the result of a sequence."""
    if any(valid(study, i) is not None for i in range(len(study.base.results))):
        return
    for group in groups_of(readings):
        if len(group) == 1 and not group[0].call.cell and group[0].call.batch_axis is not None:
            (reading,) = group
            if reading.call.packed is not None:
                _pooled_packed(study, reading, found)
            else:
                _pooled_plain(study, readings, reading, found)


def _behind(lengths: tuple[int, ...], steps: int) -> Tensor:
    """Booleans (N, L): which steps are padding."""
    return torch.arange(steps) >= torch.tensor(lengths)[:, None]


def _pooled_plain(study: Study, readings: Readings, reading: Reading, found: Found) -> None:
    behind = _behind(reading.lengths, reading.steps)
    read = reading.out.any(-1)
    if not bool(behind.any()) or behind.shape != read.shape:
        return
    both = [
        b for b in range(len(read)) if (read[b] & behind[b]).any() and (read[b] & ~behind[b]).any()
    ]
    if both and differs_alone(study):
        place, code = _reads_out(study, reading.call.out)
        _say_pooling(study, found, reading, both, behind, place, code)


def _pooled_packed(study: Study, reading: Reading, found: Found) -> None:
    """The same where out was packed: then it is zero behind each length, and that may be read."""
    for node in nodes_of(study.base):
        operation = node.operation
        if (
            operation is None
            or operation.name != "_pad_packed_sequence"
            or operation.part
            or not any(each is reading.call.out for each in node.inputs)
        ):
            continue
        output = node.outputs[0]
        first = output.shape[0] == len(reading.lengths) and bool(operation.arguments[2])
        # The samples are still sorted here; they are put back by a step of its own.
        packed = reading.call.packed
        order = packed.sorted_indices if packed is not None else None
        own = list(range(len(reading.lengths))) if order is None else order.tolist()
        lengths = tuple(reading.lengths[b] for b in own)
        behind = _behind(lengths, output.shape[0 if not first else 1])
        mask = (behind if first else behind.T)[..., None].expand(output.shape)
        if not bool(mask.any()):
            return
        raised = study.session.run(
            keep=True, edits={(operation.number, operation.part): partial(_raised, mask)}
        )
        same = next(
            (
                e.output
                for e in raised.operations
                if (e.number, e.part, e.name) == (operation.number, operation.part, operation.name)
            ),
            None,
        )
        if same is None:
            return
        moves, _ = _moved(study, raised)
        (gradient,) = study.session.gradients(valid_total(study, raised), [same])
        (plain,) = study.session.gradients(valid_total(study, study.base), [output])
        chosen = plain is None or not bool((plain[mask] != 0).any())
        read = torch.zeros(output.shape, dtype=torch.bool)
        for each in (gradient, plain):
            read |= False if each is None else (each != 0).cpu()
        steps = read.any(-1) if first else read.any(-1).T
        at = {sample: row for row, sample in enumerate(own)}
        padded = [b for b in moves if (steps[at[b]] & behind[at[b]]).any()]
        if not padded:
            return
        place, code = _reads_out(study, output)
        both = [b for b in padded if (steps[at[b]] & ~behind[at[b]]).any()]
        if both and not chosen and differs_alone(study) is not True:
            return  # a sum over zeros, divided by the lengths
        if both:
            rows = torch.tensor([at[b] for b in range(len(own))])
            _say_pooling(study, found, reading, both, behind[rows], place, code)
        else:
            _say_only_padding(found, reading, padded, place, code)


def differs_alone(study: Study) -> bool | None:
    """Whether a short sample has another result alone, without padding, beyond rounding.

    Returns:
        ``None`` where that cannot be compared.
    """
    if study.alone is None:
        return None  # the model does not take this number of steps or samples
    sample, length, alone = study.alone
    with study.session.in_eval():
        base = study.session.run()
    same = []
    for i, ((_, own), (_, other)) in enumerate(zip(base.results, alone.results, strict=False)):
        state = study.results[i]
        if state.verdict != "apart" or state.rows != 1 or own.dim() != other.dim():
            continue
        one = own.narrow(state.axis, sample, 1)
        for axis, (many, few) in enumerate(zip(one.shape, other.shape, strict=True)):
            if many != few == length:
                one = one.narrow(axis, 0, length)
        if one.shape == other.shape:
            same.append(torch.allclose(one, other, rtol=1e-7, atol=1e-10, equal_nan=True))
    return not all(same) if same else None


def _raised(mask: Tensor, tensor: Tensor) -> Tensor:
    """Large numbers in the padding, which win a maximum."""
    return tensor.clone().copy_(torch.where(mask.to(tensor.device), tensor + 3.0, tensor))


def _reads_out(study: Study, out: Tensor) -> tuple[Place | None, str]:
    nodes = nodes_of(study.base)
    way = {id(n) for _, result in study.base.results for n in ancestors(nodes, result)}
    wanted = unpacked(nodes, {id(out)})
    for node in nodes:
        takes = node.operation is not None and wanted & {id(e) for e in node.inputs}
        if id(node) in way and takes and not wanted & {id(e) for e in node.outputs}:
            return node.place, node.place.code if node.place else ""
    return None, ""


def _say_pooling(
    study: Study,
    found: Found,
    reading: Reading,
    samples: list[int],
    behind: Tensor,
    place: Place | None,
    code: str,
) -> None:
    sample = max(samples, key=lambda each: int(behind[each].sum()))
    counted = (
        f"Of sample {sample}, {int(behind[sample].sum())} of {behind.shape[1]} steps of out are "
        "padding, and the result reads them too, by gradients and by other numbers there."
    )
    removed = (code,) if code else ()
    if any(each.name in ATTENTION for each in study.base.operations):
        title = f"Attention is spent on padded steps, in {len(samples)} of {len(behind)} samples"
        says = f"{counted} More padding gives another result: the weights need a mask."
        added = ('scores = scores.masked_fill(~mask, float("-inf"))  # before softmax',)
        found.findings.append(
            Finding("padding", title, says, place, removed, added, reading.call.path)
        )
        return
    title = f"The result counts padded steps, for {len(samples)} of {len(behind)} samples"
    says = (
        f"{counted} A mean is divided by more steps than the sample has, and a maximum may be the "
        "padding's zero."
    )
    added = ("pooled = pool_over_time(out, bidirectional=…, batch_first=…, lengths=lengths)",)
    found.findings.append(Finding("pooling", title, says, place, removed, added, reading.call.path))


def _say_only_padding(
    found: Found, reading: Reading, samples: list[int], place: Place | None, code: str
) -> None:
    title = f"The result of {len(samples)} samples is read where out is padding"
    says = (
        "After pad_packed_sequence, out is zero behind the length of a sample, and there alone "
        f"the result of sample {samples[0]} reads it, by gradients and by other numbers."
    )
    wide = reading.directions == 2
    added = ("last = torch.cat([h_n[-2], h_n[-1]], dim=-1)" if wide else "last = h_n[-1]",)
    found.findings.append(
        Finding("padding", title, says, place, (code,) if code else (), added, reading.call.path)
    )
