"""Findings on what is read of out and of the final states: directions, steps, layers, halves."""

from __future__ import annotations

from collections.abc import Sequence

from lstm_shapes.explain.model.found import Found, steps_listed
from lstm_shapes.explain.model.layers import halves, layers
from lstm_shapes.explain.model.readers import BOTH, NAMES, diff_of, groups_of, reader
from lstm_shapes.explain.model.reading import Reading, Readings
from lstm_shapes.explain.model.report import Check, Finding
from lstm_shapes.explain.model.study import Study


def directions(study: Study, readings: Readings, found: Found) -> None:
    """Look at each call for what is read of it."""
    for group in groups_of(readings):
        call = group[0].call
        if not _looked_at(group, found):
            continue
        layers(study, readings, group, found)
        if found.has("rows"):
            continue
        lower = any(e.kind == "lower_layer" and e.module == call.path for e in found.findings)
        if group[0].directions == 2 and not lower:
            _unread(study, readings, group, found)
        if group[0].directions == 1:
            halves(study, group, found)
    wide = [each for each in readings.each if each.directions == 2 and not each.call.cell]
    if wide and not found.has("direction_unread", "lower_layer") and readings.all_sure:
        says, evidence = "Both directions reach the result", "by gradients and by other numbers"
        found.checks.append(Check("both_directions", says, evidence))


def _looked_at(group: Sequence[Reading], found: Found) -> bool:
    """Whether what is read of some calls can be judged: not where their axes are others."""
    call = group[0].call
    others = any(
        each.module == call.path and each.kind in ("batch_first", "time_axis")
        for each in found.findings
    )
    return not call.cell and not others and any(each.anything for each in group)


def steps(study: Study, readings: Readings, found: Found) -> None:
    """Look for a direction that a result reads only where it has seen one step."""
    for group in groups_of(readings):
        if _looked_at(group, found) and not found.has("rows"):
            for direction in range(group[0].directions):
                _one_step(study, readings, group, direction, found)


def _unread(study: Study, readings: Readings, group: Sequence[Reading], found: Found) -> None:
    """Look for a direction that never reaches the result."""
    used = [any(bool(each.out[..., d].any()) or each.row_read(d) for each in group) for d in (0, 1)]
    if all(used) or not any(used) or not readings.all_sure:
        return
    which = NAMES[used.index(False)]
    row = -2 if which == "forward" else -1
    out = any(bool(each.out.any()) for each in group)
    node = reader(study, group, of_h=not out)
    name = group[0].call.path or "model"
    title = f"The {which} direction of {name} is never read"
    half = "out[..., :H]" if which == "forward" else "out[..., H:]"
    says = (
        f"No gradient leads from the result to {half} or to h_n[{row}], and other numbers there "
        f"change nothing. Half of what {name} computes is thrown away."
    )
    removed, added = diff_of(node, BOTH)
    place = node.place if node is not None else group[0].call.place
    found.findings.append(
        Finding("direction_unread", title, says, place, removed, added, group[0].call.path)
    )


def seen_by(reading: Reading, sample: int, direction: int, step: int) -> int:
    """How many steps of a sample's own a direction has read at a step; padding does not count."""
    length = reading.lengths[sample]
    if direction == 0:
        return min(step + 1, length)
    last = length if reading.call.lengths else reading.steps
    return max(min(length, last) - step, 0)


def _one_step(
    study: Study, readings: Readings, group: Sequence[Reading], direction: int, found: Found
) -> None:
    """Look for a direction that is read only where it has seen one step."""
    if len(group) != 1 or not readings.all_sure:
        return
    (reading,) = group
    long = [b for b, length in enumerate(reading.lengths) if length > 1]
    if reading.steps < 2 or not long or reading.row_read(direction):
        return
    steps: set[int] = set()
    for sample in long:
        own = reading.out[sample, :, direction].nonzero().flatten().tolist()
        if not own or any(seen_by(reading, sample, direction, t) > 1 for t in own):
            return
        steps |= set(own)
    which, name = NAMES[direction], reading.call.path or "model"
    listed = steps_listed(sorted(steps))
    title = f"The {which} half is read at t = {listed}, where it has seen one step"
    half = "H:" if direction else ":H"
    if reading.directions == 1:
        title = f"out is read at t = {listed} alone, where the module has seen one step"
        half = ":"
    says = (
        f"out[b, t, {half}] of {name} at that step is the first that the {which} cell computes: "
        f"it knows one step of the sequence, and never the others ({len(long)} of "
        f"{len(reading.lengths)} samples, by gradients; other numbers at all other steps change "
        "nothing)."
    )
    node = reader(study, group, of_h=False)
    removed, added = diff_of(node, BOTH if reading.directions == 2 else "h_n[-1]")
    place = node.place if node is not None else reading.call.place
    finding = Finding("one_step", title, says, place, removed, added, reading.call.path)
    if finding not in found.findings:
        found.findings.append(finding)
