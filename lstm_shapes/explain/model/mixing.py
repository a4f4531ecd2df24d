"""Findings on samples: whether the result of each depends on itself alone, and if not, where."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from lstm_shapes.explain.model.culprit import RESHAPES, culprit
from lstm_shapes.explain.model.cures import constructor_diff
from lstm_shapes.explain.model.found import Found
from lstm_shapes.explain.model.moving import Standing, samples_moved
from lstm_shapes.explain.model.nodes import Node, ancestors
from lstm_shapes.explain.model.order import asks_about_order, orders_differ, out_of_order
from lstm_shapes.explain.model.report import Check, Finding, ModelQuestion
from lstm_shapes.explain.model.study import Study, only, weighted
from lstm_shapes.explain.model.traced import Trace, moved

ATTENDS = {
    "multi_head_attention_forward",
    "scaled_dot_product_attention",
    "bmm",
    "matmul",
    "__matmul__",
    "einsum",
}
"""Operations by which attention mixes what it is given."""


def samples(study: Study, found: Found) -> None:
    """Look whether samples mix, and whether they keep their order."""
    count = study.layout.samples
    if count < 2:
        return
    apart = 0
    for i, (name, result) in enumerate(study.base.results):
        state = study.results[i]
        if state.verdict == "apart" and state.rows > 1 and culprit(study, i)[0] is not None:
            _mixed(study, found, i)
        elif state.verdict == "apart" and state.in_order(study.followed):
            apart += 1
        elif state.verdict == "apart":
            out_of_order(study, found, i)
        elif state.verdict == "mixed" and result.dim() and result.numel() > 1:
            _mixed(study, found, i)
        elif state.verdict == "mixed":
            found.say_out_of_reach(
                "The model returns a single number for the whole batch, such as a loss, so the "
                "samples cannot be told apart in it. Give the part of the model that returns one "
                "result per sample."
            )
        elif state.verdict == "own" and _axis(study, i) is not None:
            _mixed(study, found, i)
        elif state.verdict == "own":
            _unreached(study, found, i)
        elif state.verdict == "unknown":
            found.say_out_of_reach(
                f"The shape of the result{name} changes with the numbers in it, so the samples "
                "could not be followed to it."
            )
    if apart and apart == len(study.results):
        _holds(study, found, count)


def _unreached(study: Study, found: Found, i: int) -> None:
    """A result that is made of some samples alone."""
    result = study.base.results[i][1]
    idle = [
        sample
        for sample, run in zip(study.followed, study.sample_runs, strict=True)
        if not any(bool(m.any()) for m in moved(study.base.digests[i], run.digests[i]) or [])
    ]
    if study.reaches(weighted(result), study.sample_runs[study.followed.index(idle[0])]):
        return
    title = f"Sample {study.layout.named(idle[0])} never reaches the result"
    says = (
        f"The result {tuple(result.shape)} is made of other samples: other numbers in this one "
        "change nothing, and no gradient leads there. An index that was meant for a step, such as "
        "out[-1], takes a sample where the batch comes first."
    )
    node = _first_own(study, result)
    place = node.place if node is not None else None
    code = place.code if place is not None else ""
    found.once(Finding("samples_mix", title, says, place, (code,) if code else ()))


def _first_own(study: Study, result: Tensor) -> Node | None:
    """The step that first takes a single sample."""
    if not study.aligned:
        return None
    for node in ancestors(study.nodes, result):
        if node.operation is not None and study.operations[node.index].verdict == "own":
            return node
    return None


def _holds(study: Study, found: Found, count: int) -> None:
    """Say that samples stay apart, if gradients say so too."""
    for i, (_, result) in enumerate(study.base.results):
        if (mask := _others(study, i, 0)) is not None and study.reaches(
            weighted(result, mask), study.sample_runs[0]
        ):
            found.say_out_of_reach(
                "Gradients lead from one sample to the result of another, but other numbers there "
                "change nothing. The two ways to measure it do not agree, so nothing is said."
            )
            return
    followed = len(study.followed)
    added = ", with more samples than were given" if study.own is not None else ""
    evidence = f"{followed} of {count} samples followed, by other numbers and by gradients{added}"
    says = "The result of each sample depends on that sample only"
    found.checks.append(Check("samples_apart", says, evidence))


def _axis(study: Study, i: int) -> int | None:
    """The axis of a result that should be the batch."""
    result, count = study.base.results[i][1], study.layout.samples
    if (trace := study.results[i]).verdict == "apart" and trace.rows == 1:
        return trace.axis
    main = study.layout.batch[study.layout.main]
    order = [axis for axis in (main, *range(result.dim())) if axis is not None]
    return next((a for a in order if a < result.dim() and result.shape[a] == count), None)


def _others(study: Study, i: int, which: int) -> Tensor | None:
    """Booleans of a result's shape: what belongs to other samples than a followed one."""
    result, axis = study.base.results[i][1], _axis(study, i)
    if axis is None:
        return None
    trace, sample = study.results[i], study.followed[which]
    rows = result.shape[axis] // study.layout.samples
    place = trace.order[which] if trace.order and trace.order[which] >= 0 else sample
    if rows == 1:
        return ~only(result, axis, place)
    moves = moved(study.base.digests[i], study.sample_runs[which].digests[i])
    own = moves[axis].nonzero().flatten().tolist() if moves else []
    return ~only(result, axis, *own)


def _measured(study: Study, i: int, output: Tensor) -> tuple[int, int, float] | None:
    """Both ways to measure that another sample's numbers reach a result.

    Returns:
        The sample that was changed, how many others change with it, and by how much at most;
        ``None`` if the two ways do not agree.
    """
    result, axis = study.base.results[i][1], _axis(study, i)
    for which, sample in enumerate(study.followed):
        run = study.sample_runs[which]
        if axis is None:
            if study.reaches(weighted(output), run):
                return sample, study.layout.samples - 1, 0.0
            continue
        mask = ~only(result, axis, sample)
        difference = (result.detach() - run.results[i][1].detach()).abs() * mask
        rows = difference.movedim(axis, 0).flatten(1) if result.dim() > 1 else difference[:, None]
        touched = int((rows.amax(1) > 0).sum())
        if touched and study.reaches(weighted(result, mask), run):
            return sample, touched, float(difference.max())
    return None


ROUNDING = 1e-10
"""Below it, what moves of a result is rounding."""


def _moves_others(study: Study, i: int) -> bool:
    """Whether other numbers in one sample move the results of others by more than rounding."""
    result, axis = study.base.results[i][1].detach(), _axis(study, i)
    for sample, run in zip(study.followed, study.sample_runs, strict=True):
        difference = (result - run.results[i][1].detach()).abs().nan_to_num()
        mask = torch.ones_like(result) if axis is None else ~only(result, axis, sample)
        if float((difference * mask).max()) > ROUNDING * max(float(result.abs().max()), 1.0):
            return True
    return False


def _mixed(study: Study, found: Found, i: int) -> None:
    node, traces = culprit(study, i)
    output = node.outputs[0] if node is not None else study.base.results[i][1]
    measured = _measured(study, i, output)
    if measured is None and not _moves_others(study, i):
        return  # what has moved is rounding
    if measured is None:
        found.say_out_of_reach(
            "Other numbers in one sample change the results of other samples, but no gradient "
            "leads there, as through an operation without one. So nothing is said about it."
        )
        return
    sample, touched, by = measured
    others = study.layout.samples - 1
    amount = f", by up to {by:.2g}" if by else ""
    evidence = (
        f"Other numbers in sample {sample} change the result of {touched} of the {others} other "
        f"sample{'s' * (others != 1)}{amount}, and gradients lead from there too."
    )
    if node is None:
        title = "The result of one sample depends on other samples"
        found.once(Finding("samples_mix", title, evidence))
    elif node.call is not None:
        _mixed_by_call(study, found, node, traces, evidence)
    else:
        _mixed_by_operation(study, found, node, traces, evidence)


def _mixed_by_call(
    study: Study, found: Found, node: Node, traces: Mapping[int, Trace], evidence: str
) -> None:
    call = node.call
    assert call is not None
    x = study.call_trace(call, "x")
    name = call.path or "model"
    before = _made_by(study, call.x)
    if before is not None and before.name in RESHAPES and _same_sizes(before):
        # Written to move axes, where all are of one size: it does nothing.
        _mixed_by_operation(study, found, before, traces, evidence)
        return
    if call.cell and x.verdict == "own":
        title = f"The loop that calls {name} runs over the batch"
        says = (
            f"Each call of {name} is given {tuple(call.x.shape)} of a single sample, and the "
            f"state of the sample before: samples are taken for steps. {evidence}"
        )
        loop = ("for step in x.transpose(0, 1):  # or x.unbind(1): over time",)
        found.once(Finding("batch_first", title, says, node.place, (), loop, call.path))
        return
    if x.verdict != "apart" or call.batch_axis in (None, x.axis):
        title = f"{name} mixes samples"
        found.once(Finding("samples_mix", title, evidence, node.place, module=call.path))
        return
    first = bool(getattr(call.module, "batch_first", False))
    removed, added = constructor_diff(study.session.model, call.path, call.module, not first)
    title = f"{name} takes the batch for time"
    shape = tuple(call.x.shape)
    says = (
        f"Its input {shape} has the samples on axis {x.axis}, but with batch_first={first} axis "
        f"{x.axis} is time: the module goes from sample to sample as if they were steps. {evidence}"
    )
    if not study.layout.surely:
        says += (
            f" Axis {study.layout.batch[study.layout.main]} of the input is taken for the batch, "
            "as a DataLoader makes it. If it is time, give explain(…, batch_axis=1)."
        )
    found.once(Finding("batch_first", title, says, node.place, removed, added, call.path))


def _made_by(study: Study, tensor: Tensor) -> Node | None:
    """The operation that gave a tensor."""
    return next(
        (n for n in study.nodes if n.call is None and any(e is tensor for e in n.outputs)),
        None,
    )


def _same_sizes(node: Node) -> bool:
    """Whether a reshape of three axes or more gives back the shape that it was given."""
    before, after = node.inputs[0].shape, node.outputs[0].shape
    return before == after and len(after) > 2 and after[0] == after[1]


def _mixed_by_operation(
    study: Study, found: Found, node: Node, traces: Mapping[int, Trace], evidence: str
) -> None:
    given = [traces[id(each)] for each in node.inputs if id(each) in traces]
    orders = {each.order for each in given if each.verdict == "apart" and -1 not in each.order}
    code = node.place.code if node.place else ""
    if len(orders) > 1:
        way = (n for each in node.inputs for n in ancestors(study.nodes, each))
        if not asks_about_order(found, way, node.place):
            orders_differ(found, node, evidence)
    elif node.name in RESHAPES:
        axis = next((each.axis for each in given if each.verdict == "apart"), 1)
        axis = axis if given else _batch_of_leaf(study, node)
        shapes = [tuple(each.shape) for each in (*node.inputs[:1], *node.outputs)]
        title = f"{node.name} mixes the samples"
        says = (
            f"It cuts the numbers of {shapes[0]} anew into {shapes[1]}, and moves no axis: the "
            f"samples, which were on axis {axis}, end up in each other's rows. {evidence}"
        )
        own = next((each for each in given if each.verdict == "apart"), Trace("apart", axis))
        standing = Standing(axis, own.rows, own.strided, study.layout.samples)
        diff = samples_moved(code, node.name, shapes[0], shapes[-1], standing)
        removed, added = diff or (((code,) if code else ()), ())
        found.once(Finding("view", title, says, node.place, removed, added))
    elif node.name in ATTENDS:
        title = "Is it meant that attention goes over the batch?"
        says = f"{node.name} compares samples with each other. {evidence}"
        question = ModelQuestion("attention_over_batch", title, says, node.place)
        if question not in found.questions:
            found.questions.append(question)
    else:
        title = f"{node.name} mixes the samples"
        if node.name in ("softmax", "log_softmax"):
            title = f"{node.name} goes over the batch"
            evidence = (
                f"Its weights sum to one over the samples, and not over the steps. {evidence}"
            )
        found.once(Finding("samples_mix", title, evidence, node.place))


def _batch_of_leaf(study: Study, node: Node) -> int:
    for leaf, axis in zip(study.base.passed, study.layout.batch, strict=True):
        if any(leaf is each for each in node.inputs) and axis is not None:
            return axis
    return 1
