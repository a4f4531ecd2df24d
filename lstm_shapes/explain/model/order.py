"""Findings on samples whose results, or states, come in another order than they were given in."""

from __future__ import annotations

from collections.abc import Iterable

from torch import Tensor

from lstm_shapes.explain.model.found import Found
from lstm_shapes.explain.model.nodes import Node, ancestors
from lstm_shapes.explain.model.report import Finding, ModelQuestion, Place
from lstm_shapes.explain.model.study import Study, only, weighted


def asks_about_order(found: Found, way: Iterable[Node], place: Place | None) -> bool:
    """Ask, where samples are compared with each other on purpose, as with negatives."""
    if not any(node.name in ("roll", "flip") for node in way):
        return False
    title = "Is it meant that samples are put into another order?"
    says = "roll() or flip() moves them, and what follows compares each with another one."
    question = ModelQuestion("other_order", title, says, place)
    if question not in found.questions:
        found.questions.append(question)
    return True


def orders_differ(found: Found, node: Node, evidence: str) -> None:
    """Two tensors meet whose samples are in different orders."""
    title = "Two tensors are joined whose samples are in different orders"
    says = (
        "One of them has the order of the batch and the other has not, as after sorting by "
        f"length, when out is put back and h_n is not. {evidence}"
    )
    added = ("h_n = h_n[:, unsorted]  # or let pack_padded_sequence sort: enforce_sorted=False",)
    found.once(Finding("order", title, says, node.place, (), added))


def out_of_order(study: Study, found: Found, i: int) -> None:
    """The samples of a result are in another order than those of the arguments."""
    state = study.results[i]
    moves = [
        (sample, place)
        for sample, place in zip(study.followed, state.order, strict=True)
        if place not in (-1, sample)
    ]
    sample, place = moves[0]
    result = study.base.results[i][1]
    which = study.followed.index(sample)
    if not study.reaches(
        weighted(result, only(result, state.axis, place)), study.sample_runs[which]
    ):
        return
    node = _first_sorted(study, result)
    if node is not None and asks_about_order(found, [node], node.place):
        return
    title = "The results are in another order than the samples"
    says = (
        f"Row {place} of the result depends on sample {sample}, and on no other: by other numbers "
        "and by gradients. The order of the batch was not put back, as after sorting by length."
    )
    added = ("result = result[unsorted]  # with unsorted = order.argsort()",)
    place_ = node.place if node is not None else None
    found.once(Finding("order", title, says, place_, (), added))


def _first_sorted(study: Study, result: Tensor) -> Node | None:
    """The step that first puts the samples into another order."""
    if not study.aligned:
        return None
    for node in ancestors(study.nodes, result):
        if node.operation is not None:
            state = study.operations[node.index]
            if state.verdict == "apart" and not state.in_order(study.followed):
                return node
    return None
