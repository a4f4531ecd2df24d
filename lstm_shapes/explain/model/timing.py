"""Findings on time: whether the steps of a module are those of its input, and the future."""

from __future__ import annotations

import torch
from torch import Tensor

from lstm_shapes.explain.model.culprit import RESHAPES, recut
from lstm_shapes.explain.model.cures import exchanged
from lstm_shapes.explain.model.found import Found
from lstm_shapes.explain.model.moving import axis_moved
from lstm_shapes.explain.model.nodes import Node, ancestors
from lstm_shapes.explain.model.numbers import positions
from lstm_shapes.explain.model.passes import Run
from lstm_shapes.explain.model.recorded import RecordedCall
from lstm_shapes.explain.model.report import Check, Finding, ModelQuestion
from lstm_shapes.explain.model.study import Study, only, weighted
from lstm_shapes.explain.model.traced import moved
from lstm_shapes.explain.model.watch import digest_of


def time_axis(study: Study, found: Found) -> None:
    """Look whether each module steps along time."""
    if found.has("batch_first", "view"):
        return
    run = study.time_run
    seen: set[str] = set()
    fits = 0
    _after(study, found)
    for call in study.base.calls:
        if call.time_axis is None or call.path in seen or call.x.dim() < 2:
            continue
        seen.add(call.path)
        if cut := _cut(study, call.x):
            _say_cut(found, call.path, *cut)
        elif run is not None and _along_features(study, run, call):
            _say_features(found, call)
        else:
            fits += 1
    if fits == len(seen) and fits and not found.findings:
        call = study.base.calls[0]
        axis = call.time_axis
        first = getattr(call.module, "batch_first", False)
        says = f"batch_first={first} fits the input: time is axis {axis}"
        if study.layout.samples < 2:
            says = f"Time is axis {axis} of the input"
        found.checks.append(Check("time_axis", says, "by other numbers in one step"))


def _after(study: Study, found: Found) -> None:
    """Look for a reshape that mixes time and features behind the modules."""
    last = max(call.after for call in study.base.calls)
    for _, result in study.base.results:
        cut = _cut(study, result, exact=True, after=last)
        if cut is not None:
            _say_cut(found, "", *cut)


def _cut(
    study: Study, tensor: Tensor, exact: bool = False, after: int = -1
) -> tuple[Node, int, int] | None:
    """A reshape on the way to a tensor after which an axis of the size of time is not time.

    Args:
        study: what is measured.
        tensor: the input of a call, or a result.
        exact: whether only a reshape counts that exchanges two sizes, and does nothing else.
        after: the number of an operation; only those behind it count.

    Returns:
        The reshape, the axis after it, and the axis of time before it.
    """
    for node in ancestors(study.nodes, tensor):
        if node.name not in RESHAPES or not node.inputs or not recut(node):
            continue
        if node.order[0] <= after:
            continue
        if exact and exchanged(node.inputs[0].shape, node.outputs[0].shape) is None:
            continue
        for new, old in _candidates(study, node):
            if _spread(study, node, new, old):
                return node, new, old
    return None


def _candidates(study: Study, node: Node) -> list[tuple[int, int]]:
    """Axes of a reshape, after and before it, of one size, of which the old one is time: it has
    changed in places, and the new one in other places."""
    before, after = node.inputs[0].shape, node.outputs[0].shape
    there, here = (_moves_of(study, each) for each in (node.inputs[0], node.outputs[0]))
    if axes := exchanged(before, after):
        batch = study.layout.batch[study.layout.main] if study.layout.main >= 0 else None
        if study.layout.samples > 1 and batch in axes:
            return []
        # Steps that are joined by twos or threes may look like an exchange.
        grouped = before[axes[0]] % after[axes[0]] == 0
        last = None if there is None else there[axes[1]]
        time_is_last = last is not None and 0 < int(last.sum()) < len(last)
        return [axes] if time_is_last or not grouped else []
    if there is None or here is None:
        return []
    return [
        (new, old)
        for old, was in enumerate(there)
        for new, now in enumerate(here)
        if new
        and len(was) == len(now)
        and 0 < int(was.sum()) < len(was)
        and not torch.equal(was, now)
    ]


def _moves_of(study: Study, tensor: Tensor) -> list[Tensor] | None:
    """For each axis of a tensor, where other numbers in one step have changed it."""
    run, base = study.time_run, study.base
    if run is None:
        return None
    for own, other in zip(base.passed, run.passed, strict=True):
        if own is tensor and isinstance(own, Tensor) and isinstance(other, Tensor):
            return moved(digest_of(own), digest_of(other))
    maker = next((n for n in study.nodes if any(e is tensor for e in n.outputs)), None)
    if maker is None or not 0 <= maker.index < len(run.operations):
        return None
    return moved(base.operations[maker.index].digest, run.operations[maker.index].digest)


def _spread(study: Study, node: Node, new: int, old: int) -> bool:
    """Whether the first index of the new axis holds several of the old one, by gradients."""
    before, after = node.inputs[0], node.outputs[0]
    (gradient,) = study.session.gradients(weighted(after.select(new, 0)), [before])
    if gradient is None:
        return False
    spread = (gradient != 0).movedim(old, 0).flatten(1).any(1)
    # With the axes moved, index 0 would hold one index of the old axis.
    return int(spread.sum()) > 1


def _say_cut(found: Found, path: str, node: Node, new: int, old: int) -> None:
    before, after = tuple(node.inputs[0].shape), tuple(node.outputs[0].shape)
    title = f"{node.name} mixes time and features" + (f" before {path}" if path else "")
    says = (
        f"It cuts the numbers of {before} anew into {after}, and moves no axis: the first index "
        f"of axis {new} then holds numbers of many steps, by gradients and by which numbers "
        "change with a step."
    )
    code = node.place.code if node.place else ""
    removed, added = axis_moved(code, node.name, before, after, new, old)
    found.once(Finding("time_axis", title, says, node.place, removed, added, path))


def _along_features(study: Study, run: Run, call: RecordedCall) -> bool:
    """Whether other numbers in one step of the input change one feature of all a module's steps."""
    other = run.calls[call.number] if call.number < len(run.calls) else None
    if other is None or other.path != call.path or call.time_axis is None:
        return False
    moves = moved(call.digests["x"], other.digests["x"])
    if moves is None or len(moves) < 2:
        return False
    steps, features = moves[call.time_axis], moves[-1]
    local = bool(features.any()) and not bool(features.all())
    if len(steps) < 2 or not bool(steps.all()) or not local or len(features) < 3:
        return False
    axis = call.time_axis if call.packed is None else None
    main = study.session.given.leaves[study.layout.main].tensor
    if axis is None or main.dim() > 3 or not _moves_with_step(study, call, features):
        return False
    return bool(study.reaches(weighted(call.x.select(axis, 0)), run)) and bool(
        study.reaches(weighted(call.x.select(axis, call.x.shape[axis] - 1)), run)
    )


def _moves_with_step(study: Study, call: RecordedCall, features: Tensor) -> bool:
    """Whether other numbers in another step change other features: a context does not."""
    layout = study.layout
    axis = layout.time[layout.main]
    if axis is None:
        return False
    step = 0 if study.time_step > 0 else layout.steps - 1
    x = study.session.given.leaves[layout.main].tensor
    where: list[Tensor | None] = [None] * len(study.session.given.leaves)
    where[layout.main] = positions(layout, layout.main, x, padded=False) & only(x, axis, step)
    run = study.run_with(where)
    other = run.calls[call.number] if call.number < len(run.calls) else None
    moves = None if other is None else moved(call.digests["x"], other.digests["x"])
    return moves is not None and not torch.equal(moves[-1], features)


def _say_features(found: Found, call: RecordedCall) -> None:
    name = call.path or "model"
    title = f"{name} steps along an axis that is not time"
    says = (
        f"Other numbers in one step of the input change one feature of every step that {name} is "
        f"given, {tuple(call.x.shape)}: time is its last axis, and features are taken for steps. "
        "Measured by other numbers and by gradients."
    )
    code = call.place.code if call.place else ""
    found.findings.append(
        Finding(
            "time_axis",
            title,
            says,
            call.place,
            (code,) if code else (),
            ("x = x.transpose(1, 2)  # (batch, features, time) to (batch, time, features)", code),
            call.path,
        )
    )


def future(study: Study, found: Found) -> None:
    """Look whether a result has read later steps than its own, where the next step is wanted."""
    layout, run = study.layout, study.time_run
    if run is None or layout.samples < 1 or found.has("batch_first", "view", "time_axis"):
        return
    next_step = _target_is_next(study)
    likely = study.target is None and _predicts_ids(study)
    if not next_step and not likely:
        return
    step = study.time_step
    for i, (_, result) in enumerate(study.base.results):
        mask = _earlier(study, i, step)
        if mask is None:
            continue
        other = run.results[i][1]
        changed = result.shape == other.shape and bool(
            (result.detach() != other.detach())[mask].any()
        )
        if not changed or not study.reaches(weighted(result, mask), run):
            evidence = f"other numbers at t = {step} change no result before it"
            found.checks.append(Check("future", "No result has read a later step", evidence))
            continue
        wide = next(
            (c for c in study.base.calls if getattr(c.module, "bidirectional", False)), None
        )
        name = (wide.path or "model") if wide else "the model"
        says = (
            f"Other numbers at t = {step} change results at earlier steps, and gradients lead from "
            f"there too. {'The backward direction of ' + name if wide else 'Something'} has read "
            "the steps that are to be predicted: training looks perfect, and nothing is learned."
        )
        place = wide.place if wide else None
        if next_step:
            title = "The result at a step has read the next step, which is its target"
            found.findings.append(
                Finding(
                    "future",
                    title,
                    says,
                    place,
                    (),
                    ("bidirectional=False",),
                    wide.path if wide else "",
                )
            )
        else:
            title = "Is the target the next step?"
            found.questions.append(ModelQuestion("future", title, says, place))
        return


def _target_is_next(study: Study) -> bool:
    """Whether the target is the main input, one step later."""
    target, layout = study.target, study.layout
    time = layout.time[layout.main] if layout.main >= 0 else None
    if target is None or time is None:
        return False
    x = study.users.leaves[layout.main].tensor
    if target.shape != x.shape and target.numel() == x.numel():
        target = target.reshape(x.shape)
    if target.shape != x.shape or x.shape[time] < 2:
        return False
    steps = x.shape[time] - 1
    shifted = target.to(x.dtype).narrow(time, 0, steps), x.narrow(time, 1, steps)
    same = torch.isclose(*shifted) if x.is_floating_point() else shifted[0] == shifted[1]
    # A few equal ids may be chance.
    enough = x.is_floating_point() or same.numel() > 1
    return enough and bool(same.double().mean() > 0.9)


def _predicts_ids(study: Study) -> bool:
    """Whether the result has a score for each id there is, at each step, as a language model's."""
    layout, leaves = study.layout, study.session.given.leaves
    if layout.main < 0 or leaves[layout.main].floating:
        return False
    if sum(leaf.tensor.dim() == 2 and not leaf.floating for leaf in leaves) > 1:
        return False  # what goes into a decoder is another sequence
    sizes = [
        e.inputs[1].shape[0]
        for e in study.base.operations
        if e.name == "embedding" and len(e.inputs) > 1
    ]
    return any(
        result.dim() == 3 and result.shape[-1] in sizes[:1] and result.shape[1] == layout.steps
        for _, result in study.base.results
    )


def _earlier(study: Study, i: int, step: int) -> Tensor | None:
    """Booleans of a result's shape: the steps before one; ``None`` where it has no steps."""
    result, layout = study.base.results[i][1], study.layout
    count, steps = layout.samples, layout.steps
    main = layout.batch[layout.main]
    time = 1 if main == 0 else 0
    if result.dim() > 1 and result.shape[1 - time] == count and result.shape[time] == steps:
        return only(result, time, *range(step))
    if result.dim() == 3 and result.shape[2] == steps and result.shape[0] == count:
        return only(result, 2, *range(step))  # as CrossEntropyLoss takes them
    if result.dim() and result.shape[0] == count * steps:
        rows = torch.arange(count * steps)
        at = rows % steps if main == 0 else rows // count
        return (at < step).reshape(-1, *[1] * (result.dim() - 1)).expand(result.shape)
    return None


def broadcast(study: Study, first: Run, target: Tensor | None, found: Found) -> None:
    """Look whether the shape of the result is another than the target's, and still runs."""
    if target is None or not first.results:
        return
    _, result = first.results[0]
    one, other = tuple(result.shape), tuple(target.shape)
    if one == other:
        return
    classes = not target.is_floating_point() and not (result.dim() > 1 and one[-1] == 1)
    try:
        # A sum of two meta tensors would import torch's compiler, which takes seconds.
        both = [torch.empty(()).expand(each) for each in (one, other)]
        wide = tuple(torch.broadcast_tensors(*both)[0].shape)  # type: ignore[no-untyped-call]
    except RuntimeError:
        return
    if classes or (wide in (one, other) and len(one) == len(other)):
        return
    title = f"The result {one} and the target {other} broadcast to {wide}"
    says = (
        "A loss such as MSELoss or a subtraction then compares every result with every target, "
        "without an error. The mean it reports is not that of the pairs."
    )
    added = (
        "loss = criterion(result.squeeze(-1), target)"
        if one[-1:] == (1,) and len(one) > len(other)
        else "loss = criterion(result, target.reshape(result.shape))",
    )
    found.findings.append(Finding("broadcast", title, says, None, (), added))
