"""Who takes what of a call: the calls that belong together, and the first step that reads them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from lstm_shapes.explain.model.nodes import Node, ancestors, unpacked
from lstm_shapes.explain.model.reading import Reading, Readings
from lstm_shapes.explain.model.study import Study

NAMES = ("forward", "backward")


def groups_of(readings: Readings) -> list[list[Reading]]:
    """The readings of calls that belong together: of one module, at one place in the code."""

    def key(reading: Reading) -> tuple[str, str]:
        return reading.call.path, str(reading.call.place)

    kept: dict[tuple[str, str], list[Reading]] = {}
    for which, some in groupby(readings.each, key):
        kept.setdefault(which, []).extend(some)
    return list(kept.values())


def reader(study: Study, group: Sequence[Reading], of_h: bool) -> Node | None:
    """The step of the model that first takes out, or the states, of some calls."""
    nodes = study.nodes
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


def diff_of(node: Node | None, added: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The reader's line, and the same line with another vector, as a diff."""
    code = node.place.code if node is not None and node.place is not None else ""
    target = (
        code.partition(" = ")[0]
        if " = " in code and code.partition(" = ")[0].isidentifier()
        else "last"
    )
    return ((code,) if code else ()), (f"{target} = {added}",)


BOTH = "torch.cat([h_n[-2], h_n[-1]], dim=-1)"


def out_tensors(study: Study, group: Sequence[Reading]) -> set[int]:
    """The ids of out of some calls; of a packed one also what it was padded to."""
    return unpacked(study.nodes, {id(each.call.out) for each in group})
