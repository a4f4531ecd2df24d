"""Findings on what is read of out and of the final states: directions, steps, layers, halves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from torch import Tensor

from lstm_shapes.explain.model.found import Found, steps_listed
from lstm_shapes.explain.model.nodes import Node, ancestors, nodes_of, unpacked
from lstm_shapes.explain.model.reading import Reading, Readings
from lstm_shapes.explain.model.report import Check, Finding, ModelQuestion
from lstm_shapes.explain.model.study import Study

_NAMES = ("forward", "backward")


def groups_of(readings: Readings) -> list[list[Reading]]:
    """The readings of calls that belong together: of one module, at one place in the code."""

    def key(reading: Reading) -> tuple[str, str]:
        return reading.call.path, str(reading.call.place)

    kept: dict[tuple[str, str], list[Reading]] = {}
    for which, some in groupby(readings.each, key):
        kept.setdefault(which, []).extend(some)
    return list(kept.values())


def directions(study: Study, readings: Readings, found: Found) -> None:
    """Look at each call for what is read of it."""
    for group in groups_of(readings):
        call = group[0].call
        if not _looked_at(group, found):
            continue
        _layers(study, readings, group, found)
        if found.has("rows"):
            continue
        lower = any(e.kind == "lower_layer" and e.module == call.path for e in found.findings)
        if group[0].directions == 2 and not lower:
            _unread(study, readings, group, found)
        if group[0].directions == 1:
            _halves(study, group, found)
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


def _reader(study: Study, group: Sequence[Reading], of_h: bool) -> Node | None:
    """The step of the model that first takes out, or the states, of some calls."""
    nodes = nodes_of(study.base)
    wanted = {id(each.call.h if of_h else each.call.out) for each in group}
    if not of_h:
        wanted = unpacked(nodes, wanted)
    on_the_way = {id(node) for _, result in study.base.results for node in ancestors(nodes, result)}
    for node in nodes:
        if id(node) not in on_the_way or wanted & {id(t) for t in node.outputs}:
            continue
        if node.operation is not None and wanted & {id(t) for t in node.inputs}:
            return node
    return None


def _diff(node: Node | None, added: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    code = node.place.code if node is not None and node.place is not None else ""
    target = (
        code.partition(" = ")[0]
        if " = " in code and code.partition(" = ")[0].isidentifier()
        else "last"
    )
    return ((code,) if code else ()), (f"{target} = {added}",)


BOTH = "torch.cat([h_n[-2], h_n[-1]], dim=-1)"


def _unread(study: Study, readings: Readings, group: Sequence[Reading], found: Found) -> None:
    """Look for a direction that never reaches the result."""
    used = [any(bool(each.out[..., d].any()) or each.row_read(d) for each in group) for d in (0, 1)]
    if all(used) or not any(used) or not readings.all_sure:
        return
    which = _NAMES[used.index(False)]
    row = -2 if which == "forward" else -1
    out = any(bool(each.out.any()) for each in group)
    node = _reader(study, group, of_h=not out)
    name = group[0].call.path or "model"
    title = f"The {which} direction of {name} is never read"
    half = "out[..., :H]" if which == "forward" else "out[..., H:]"
    says = (
        f"No gradient leads from the result to {half} or to h_n[{row}], and other numbers there "
        f"change nothing. Half of what {name} computes is thrown away."
    )
    removed, added = _diff(node, BOTH)
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
    which, name = _NAMES[direction], reading.call.path or "model"
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
    node = _reader(study, group, of_h=False)
    removed, added = _diff(node, BOTH if reading.directions == 2 else "h_n[-1]")
    place = node.place if node is not None else reading.call.place
    finding = Finding("one_step", title, says, place, removed, added, reading.call.path)
    if finding not in found.findings:
        found.findings.append(finding)


def _layers(study: Study, readings: Readings, group: Sequence[Reading], found: Found) -> None:
    """Look for rows of h_n that are of a lower layer, and are read as if they were the last's."""
    if len(group) != 1:
        return
    (reading,) = group
    layers, wide = int(getattr(reading.call.module, "num_layers", 1)), reading.directions
    if layers > 1 and wide == 2 and (node := _halved_rows(study, reading)) is not None:
        _say_halved(found, reading, node, layers)
        return
    if layers < 2 or bool(reading.out.any()):
        return
    rows = reading.rows
    top = list(range((layers - 1) * wide, layers * wide))
    lower = [row for row in rows if row not in top]
    taken = [row for row in top if row in rows]
    joined = _joined_rows(study, reading) if wide == 1 else None
    wrong = bool(lower) and (
        not taken or (wide == 2 and len(taken) == 1 and len(rows) < layers * wide)
    )
    if not (
        wrong
        or (joined and reading.c is not None and not bool(reading.c.any()))
        or (joined and reading.c is None)
    ):
        return
    if wrong and not readings.all_sure:
        return
    node = joined or _reader(study, group, of_h=True)
    of = " and ".join(f"h_n[{row}] is layer {row // wide}, {_NAMES[row % wide]}" for row in rows)
    title = "A row of h_n is read that is not of the last layer"
    says = (
        f"Row k of h_n is layer k // D, direction k % D: {of}. The last layer is layer "
        f"{layers - 1}, h_n[{top[0]}]" + (f" and h_n[{top[1]}]" if wide == 2 else "") + ". "
        "Which rows are read was measured by gradients, and by other numbers in the rest."
    )
    if joined is not None and not wrong:
        title = "Rows of h_n are taken for directions, but they are layers"
        says = (
            f"{reading.call.path or 'model'} has one direction, so that h_n has a row for each "
            f"layer: {of}. Joined as if they were forward and backward, they give a vector with "
            "the lower layer's state in it, measured by gradients and by other numbers."
        )
    removed, added = _diff(node, BOTH if wide == 2 else "h_n[-1]")
    place = node.place if node is not None else reading.call.place
    found.findings.append(
        Finding("lower_layer", title, says, place, removed, added, reading.call.path)
    )


def _halved_rows(study: Study, reading: Reading) -> Node | None:
    """The step that joins the first half of the rows of h_n with the second along the features."""
    nodes = nodes_of(study.base)
    half = len(reading.h) // 2
    parts: dict[int, bool] = {}
    for node in nodes:
        takes = node.name in ("__getitem__", "chunk", "split", "tensor_split", "narrow")
        states = [each for each in (reading.call.h, reading.call.c) if each is not None]
        if takes and any(each is state for each in node.inputs for state in states):
            for output in node.outputs:
                whole = output.dim() == 3 and output.stride(0) == node.inputs[0].stride(0)
                if whole and output.shape[0] == half:
                    own = output.storage_offset() - node.inputs[0].storage_offset()
                    parts[id(output)] = own == 0
    for node in nodes:
        inside = [parts[id(each)] for each in node.inputs if id(each) in parts]
        features = node.outputs[0].shape[-1] == 2 * reading.call.h.shape[-1]
        if node.name in ("cat", "concat") and sorted(inside) == [False, True] and features:
            return node
    return None


def _say_halved(found: Found, reading: Reading, node: Node, layers: int) -> None:
    name = reading.call.path or "model"
    title = "Rows of h_n of one layer are taken for one direction"
    says = (
        f"The rows of {name} go layer by layer: h_n[:{layers}] is "
        + " and ".join(f"layer {r // 2}, {_NAMES[r % 2]}" for r in range(min(layers, 3)))
        + ", and not the forward direction of each layer. Joined with the rest, one layer stands "
        "beside another. All rows are read, by gradients and by other numbers."
    )
    added = ("torch.cat([h_n[0::2], h_n[1::2]], dim=-1)  # forward and backward of each layer",)
    code = node.place.code if node.place else ""
    found.findings.append(
        Finding(
            "lower_layer",
            title,
            says,
            node.place,
            (code,) if code else (),
            added,
            reading.call.path,
        )
    )


def _joined_rows(study: Study, reading: Reading) -> Node | None:
    """The step that joins two single rows of h_n of a one-directional module along the features."""
    nodes = nodes_of(study.base)
    rows = {
        id(node.outputs[0])
        for node in nodes
        if node.name in ("__getitem__", "select")
        and any(each is reading.call.h for each in node.inputs)
        and node.outputs[0].dim() == reading.call.h.dim() - 1
    }
    for node in nodes:
        joins = [each for each in node.inputs if id(each) in rows]
        if node.name in ("cat", "concat", "hstack") and len(joins) == 2 == len(node.inputs):
            return node
    return None


def _halves(study: Study, group: Sequence[Reading], found: Found) -> None:
    """Look for halves of a one-directional out that are taken for directions."""
    outs = _out_tensors(study, group)
    width = group[0].call.out.shape[-1]
    if width % 2:
        return
    nodes = nodes_of(study.base)
    halves: dict[int, Node] = {}
    for node in nodes:
        if node.name in ("__getitem__", "chunk", "split", "tensor_split", "narrow") and any(
            id(each) in outs for each in node.inputs
        ):
            for output in node.outputs:
                if output.dim() and output.shape[-1] == width // 2:
                    halves[id(output)] = node
    joins = ("add", "__add__", "cat", "concat", "stack", "flip", "mean", "sum", "maximum")
    for node in nodes:
        inside = [each for each in node.inputs if id(each) in halves]
        if node.name in joins and (len(inside) == 2 or (inside and node.name == "flip")):
            name = group[0].call.path or "model"
            title = f"out of {name} is cut into halves, but it has one direction"
            says = (
                f"bidirectional=False: the {width} features of out are all of the forward "
                "direction, and their halves are no directions. Both halves are read, by "
                "gradients and by other numbers."
            )
            code = node.place.code if node.place else ""
            found.findings.append(
                Finding(
                    "halves",
                    title,
                    says,
                    node.place,
                    (code,) if code else (),
                    (f"{name} = nn.{type(group[0].call.module).__name__}(…, bidirectional=True)",),
                    group[0].call.path,
                )
            )
            return


def _out_tensors(study: Study, group: Sequence[Reading]) -> set[int]:
    """The ids of out of some calls; of a packed one also what it was padded to."""
    return unpacked(nodes_of(study.base), {id(each.call.out) for each in group})


def question_frozen(study: Study, readings: Readings, found: Found) -> None:
    """Ask about what the result depends on although no gradient leads there."""
    if readings.all_sure or not readings.each:
        return
    parts = [
        {"h": "h_n", "c": "c_n", "out": "out"}[k] for k, sure in readings.sure.items() if not sure
    ]
    names = " and ".join(parts) or "out"
    cut = next(
        (
            node
            for node in nodes_of(study.base)
            if node.name in ("detach", "detach_", "attribute", "data") and _touches(node, readings)
        ),
        None,
    )
    if cut is not None:
        title = f"Is it meant that {names} is read without a gradient?"
        says = (
            "Other numbers there change the result, but no gradient leads there: it was detached. "
            "What computed it does not learn from this result."
        )
        found.questions.append(ModelQuestion("frozen_states", title, says, cut.place))
    else:
        found.say_out_of_reach(
            f"Other numbers in {names} change the result, but no gradient leads there, as through "
            "an operation without one. What is read there is not judged."
        )


def _touches(node: Node, readings: Readings) -> bool:
    tensors: Iterable[Tensor | None] = (
        t for each in readings.each for t in (each.call.out, each.call.h, each.call.c)
    )
    known = {id(t) for t in tensors if t is not None}
    return any(id(each) in known for each in node.inputs)
