"""Finds the step of a model by which samples that were apart come to mix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from lstm_shapes.explain.model.nodes import Node, ancestors
from lstm_shapes.explain.model.study import Study
from lstm_shapes.explain.model.traced import Trace

RESHAPES = {"view", "reshape", "flatten", "unflatten", "view_as", "reshape_as", "resize", "ravel"}
"""Operations that cut the same numbers into other axes."""


def culprit(study: Study, i: int) -> tuple[Node | None, Mapping[int, Trace]]:
    """The first step on the way to a result in which samples mix that were apart before."""
    traces: dict[int, Trace] = {}
    if not study.aligned:
        return None, traces
    nodes = study.nodes
    result = study.base.results[i][1]
    for node in nodes:
        for output in node.outputs:
            if node.operation is not None:
                traces[id(output)] = study.operations[node.index]
            elif node.call is not None:
                name = "h" if output is node.call.h else "c" if output is node.call.c else "out"
                traces[id(output)] = study.call_trace(node.call, name)
    packed: set[int] = set()
    for node in ancestors(nodes, result):
        if _is_packed(node, packed):
            packed |= {id(each) for each in node.outputs}
            continue
        given = [traces[id(each)] for each in node.inputs if id(each) in traces]
        after = traces[id(node.outputs[0])]
        kept = after.verdict != "apart" or after.rows > 1
        cuts = node.name in RESHAPES and kept and (recut(node) or _divides(node, given, after))
        if cuts and _any_apart(given):
            return node, traces
        out = [traces[id(each)].verdict for each in node.outputs]
        alone = node.call is not None and out[0] == "own" and _any_apart(given)
        if (alone or "mixed" in out) and not any(each.verdict == "mixed" for each in given):
            return _laid_across(nodes, node, traces) or node, traces
    return None, traces


def _laid_across(nodes: Sequence[Node], node: Node, traces: Mapping[int, Trace]) -> Node | None:
    """The reshape by which samples came to stand along the features, before a step mixed those."""
    for tensor in node.inputs:
        if id(tensor) in traces and traces[id(tensor)].rows > 1:
            for before in ancestors(nodes, tensor):
                given = [traces[id(each)] for each in before.inputs if id(each) in traces]
                rows = traces[id(before.outputs[0])].rows
                # To join the samples with steps, one behind the other, is no mistake.
                joins = traces[id(before.outputs[0])].axis == 0 and not recut(before)
                apart = all(each.rows == 1 for each in given)
                if before.name in RESHAPES and rows > 1 and apart and not joins:
                    return before
    return None


def _divides(node: Node, given: Sequence[Trace], after: Trace) -> bool:
    """Whether a reshape divides an axis in which samples stand one behind the other, and they do
    not get an axis of their own by it."""
    if len(given) != 1 or given[0].verdict != "apart" or given[0].rows == 1:
        return False
    size = node.inputs[0].shape[given[0].axis]
    return after.verdict == "mixed" or node.outputs[0].shape[after.axis] < size


def _any_apart(given: Sequence[Trace]) -> bool:
    """Whether samples are apart in one of some tensors."""
    return any(each.verdict == "apart" for each in given)


def _is_packed(node: Node, packed: set[int]) -> bool:
    """Whether a step gives the data of a packed sequence, in which steps of all samples stand."""
    if node.call is not None:
        return False
    return node.name == "_pack_padded_sequence" or any(
        id(each) in packed and node.outputs[0].shape[:1] == each.shape[:1] for each in node.inputs
    )


def recut(node: Node) -> bool:
    """Whether a reshape cuts across an axis: neither joins whole axes nor divides one.

    Where the first axes of one shape hold as many numbers as those of the other, both may be cut
    there; and between two such places only one side may have a cut.
    """
    if not node.inputs:
        return False
    before, after = _cuts(node.inputs[0].shape), _cuts(node.outputs[0].shape)
    shared = sorted(before & after)
    return any(
        any(low < cut < high for cut in before) and any(low < cut < high for cut in after)
        for low, high in pairwise(shared)
    )


def _cuts(shape: Sequence[int]) -> set[int]:
    """How many numbers stand before each cut between axes, counted in blocks of the rest.

    >>> sorted(_cuts((2, 3, 4)))
    [1, 2, 6, 24]
    """
    found, size = {1}, 1
    for each in shape:
        size *= each
        found.add(size)
    return found
