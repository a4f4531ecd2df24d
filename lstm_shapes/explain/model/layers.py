"""Findings on rows of h_n and halves of out that are taken for what they are not."""

from __future__ import annotations

from collections.abc import Sequence

from lstm_shapes.explain.model.found import Found
from lstm_shapes.explain.model.nodes import Node
from lstm_shapes.explain.model.readers import BOTH, NAMES, diff_of, out_tensors, reader
from lstm_shapes.explain.model.reading import Reading, Readings
from lstm_shapes.explain.model.report import Finding
from lstm_shapes.explain.model.study import Study


def layers(study: Study, readings: Readings, group: Sequence[Reading], found: Found) -> None:
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
    node = joined or reader(study, group, of_h=True)
    of = " and ".join(f"h_n[{row}] is layer {row // wide}, {NAMES[row % wide]}" for row in rows)
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
    removed, added = diff_of(node, BOTH if wide == 2 else "h_n[-1]")
    place = node.place if node is not None else reading.call.place
    found.findings.append(
        Finding("lower_layer", title, says, place, removed, added, reading.call.path)
    )


def _halved_rows(study: Study, reading: Reading) -> Node | None:
    """The step that joins the first half of the rows of h_n with the second along the features."""
    nodes = study.nodes
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
        + " and ".join(f"layer {r // 2}, {NAMES[r % 2]}" for r in range(min(layers, 3)))
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
    nodes = study.nodes
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


def halves(study: Study, group: Sequence[Reading], found: Found) -> None:
    """Look for halves of a one-directional out that are taken for directions."""
    outs = out_tensors(study, group)
    width = group[0].call.out.shape[-1]
    if width % 2:
        return
    nodes = study.nodes
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
