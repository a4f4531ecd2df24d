"""Findings on padded steps that a result of the whole sequence reads, by a mean or attention."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from lstm_shapes.explain.model.compared import differs_alone, moves_of
from lstm_shapes.explain.model.found import Found
from lstm_shapes.explain.model.nodes import ancestors, unpacked
from lstm_shapes.explain.model.numbers import raised
from lstm_shapes.explain.model.readers import groups_of
from lstm_shapes.explain.model.reading import Reading, Readings, valid, valid_total
from lstm_shapes.explain.model.report import Finding, Place
from lstm_shapes.explain.model.study import Study

ATTENTION = ("softmax", "scaled_dot_product_attention", "multi_head_attention_forward")
"""Operations that give weights to steps."""


def pooled(study: Study, readings: Readings, found: Found) -> None:
    """Look whether padded steps of out are read by the result of a sequence."""
    if all(valid(study, i) is not None for i in range(len(study.base.results))):
        return
    for group in groups_of(readings):
        if len(group) == 1 and not group[0].call.cell and group[0].call.batch_axis is not None:
            (reading,) = group
            if reading.call.packed is not None:
                _pooled_packed(study, reading, found)
            else:
                _pooled_plain(study, reading, found)


def _behind(lengths: tuple[int, ...], steps: int) -> Tensor:
    """Booleans (N, L): which steps are padding."""
    return torch.arange(steps) >= torch.tensor(lengths)[:, None]


def _pooled_plain(study: Study, reading: Reading, found: Found) -> None:
    behind = _behind(reading.lengths, reading.steps)
    read = reading.out.any(-1)
    if not bool(behind.any()) or behind.shape != read.shape:
        return
    both = [
        b for b in range(len(read)) if (read[b] & behind[b]).any() and (read[b] & ~behind[b]).any()
    ]
    if both and differs_alone(study) is not False:
        place, code = _reads_out(study, reading.call.out)
        _say_pooling(study, found, reading, both, behind, place, code)


def _pooled_packed(study: Study, reading: Reading, found: Found) -> None:
    """The same where out was packed: then it is zero behind each length, and that may be read."""
    for node in study.nodes:
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
        run = study.session.run(
            keep=True, edits={(operation.number, operation.part): partial(raised, mask)}
        )
        same = next(
            (
                e.output
                for e in run.operations
                if (e.number, e.part, e.name) == (operation.number, operation.part, operation.name)
            ),
            None,
        )
        if same is None:
            return
        moves, _ = moves_of(study, run)
        (gradient,) = study.session.gradients(valid_total(study, run), [same])
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
        if both and not chosen and differs_alone(study) is False:
            return  # a sum over zeros, divided by the lengths
        if both:
            rows = torch.tensor([at[b] for b in range(len(own))])
            _say_pooling(study, found, reading, both, behind[rows], place, code)
        else:
            _say_only_padding(found, reading, padded, place, code)


def _reads_out(study: Study, out: Tensor) -> tuple[Place | None, str]:
    nodes = study.nodes
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
