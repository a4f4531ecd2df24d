"""Which axes of the arguments are the batch and time, where the padding is, and what else to give.

Nothing says which axis of a tensor is the batch. It is found by what fits: the number of lengths
or of states, the target, what the model's own code calls it; and where nothing says it, it is the
first axis, as a DataLoader makes it.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from lstm_shapes.explain.model.axes import Layout
from lstm_shapes.explain.model.batch_axis import batch_axis_of, has_batch, is_state
from lstm_shapes.explain.model.given import Leaf
from lstm_shapes.explain.model.lengths import with_lengths
from lstm_shapes.explain.model.numbers import changed
from lstm_shapes.explain.model.passes import Run, Session
from lstm_shapes.explain.model.traced import moved


def layout_of(session: Session, base: Run, target: Tensor | None, batch_axis: int | None) -> Layout:
    """Find what the axes of the arguments are.

    Args:
        session: for runs with one sample more, where the sizes do not tell.
        base: a run of the user's own call.
        target: what the result is held against, if it was given.
        batch_axis: the axis of the first sequence that is the batch, if the user says so.
    """
    leaves = session.given.leaves
    states = [is_state(base, value) for value in base.passed]
    main = _main(leaves, states)
    nothing = (None,) * len(leaves)
    if main < 0 or (base.calls and all(each.batch_axis is None for each in base.calls)):
        steps = leaves[main].tensor.shape[0] if main >= 0 else 0
        time = tuple(0 if i == main else None for i in range(len(leaves)))
        return Layout(main, nothing, time, 0, steps, surely=True)
    x = leaves[main].tensor
    if batch_axis is None and not leaves[main].lengths and not has_batch(base, leaves[main]):
        time = tuple(0 if i == main else None for i in range(len(leaves)))
        return Layout(main, nothing, time, 0, x.shape[0], surely=True)
    found, surely = batch_axis_of(session, base, main, states, target, batch_axis)
    samples = x.shape[found]
    time_axis = _time_axis(session, base, main, found)
    steps = x.shape[time_axis] if time_axis is not None else 1
    batch = tuple(
        found if i == main else _axis_of(leaf.tensor, samples, state, found)
        for i, (leaf, state) in enumerate(zip(leaves, states, strict=True))
    )
    time = tuple(
        time_axis if i == main else _other_time(leaf.tensor, axis, steps, state)
        for i, (leaf, axis, state) in enumerate(zip(leaves, batch, states, strict=True))
    )
    layout = Layout(main, batch, time, samples, steps, surely=surely)
    return with_lengths(layout, base, leaves)


def _main(leaves: Sequence[Leaf], states: Sequence[bool]) -> int:
    """The first leaf that looks like sequences: ids or numbers with two axes or more."""
    sizes = [
        (leaf.tensor.dim() if not state and leaf.tensor.dtype != torch.bool else 0)
        for leaf, state in zip(leaves, states, strict=True)
    ]
    for least in (2, 1):
        for i, size in enumerate(sizes):
            if size >= least and isinstance(leaves[i].value, Tensor):
                return i
    return -1


def _time_axis(session: Session, base: Run, main: int, batch: int) -> int | None:
    """The axis of the main leaf along which time runs."""
    x = base.passed[main]
    assert isinstance(x, Tensor)
    if x.dim() == 1 or (x.dim() == 2 and x.is_floating_point()):
        return None
    other = 1 - batch if batch < 2 else 0
    convolved = {e.name for e in base.operations} & {"conv1d", "conv2d", "conv3d"}
    if not x.is_floating_point() or not convolved:
        return other
    for operation in base.operations:
        if operation.name == "conv1d" and operation.inputs and operation.inputs[0] is x:
            return x.dim() - 1
    order = [other, *(axis for axis in range(x.dim() - 1, 0, -1) if axis not in (batch, other))]
    fits = (
        axis for axis in order if x.shape[axis] > 2 and _steps_follow(session, base, main, axis)
    )
    return next(fits, x.dim() - 1 if x.dim() < 5 else other)


def _steps_follow(session: Session, base: Run, main: int, axis: int) -> bool:
    """Whether other numbers at one index of an axis change the steps of a recurrent module around
    the same place, and no others."""
    x = session.given.leaves[main].tensor
    index = x.shape[axis] // 2
    where = torch.zeros(x.shape, dtype=torch.bool, device=x.device)
    where.movedim(axis, 0)[index] = True
    values = list(base.values)
    values[main] = changed(x, where)
    run = session.run(values)
    for own, other in zip(base.calls, run.calls, strict=False):
        moves = moved(own.digests["x"], other.digests["x"])
        if moves is None or own.time_axis is None or own.time_axis >= len(moves):
            continue
        steps = moves[own.time_axis].nonzero().flatten().tolist()
        if steps:
            middle = (steps[0] + steps[-1]) / 2
            here = (index + 0.5) * len(moves[own.time_axis]) / x.shape[axis] - 0.5
            whole = len(steps) == steps[-1] - steps[0] + 1
            return whole and len(steps) < len(moves[own.time_axis]) and abs(middle - here) <= 1
    return False


def _axis_of(tensor: Tensor, samples: int, state: bool, main: int) -> int | None:
    """The batch axis of another argument."""
    if tensor.dim() == 0:
        return None
    if state:
        axis = max(tensor.dim() - 2, 0)
        return axis if tensor.shape[axis] == samples else None
    order = [axis for axis in (main, 0, 1, 2) if axis < tensor.dim()]
    return next((axis for axis in order if tensor.shape[axis] == samples), None)


def _other_time(tensor: Tensor, batch: int | None, steps: int, state: bool) -> int | None:
    """The time axis of another argument that runs beside the main one."""
    if state or batch is None or tensor.dim() < 2:
        return None
    other = 1 - batch if batch < 2 else 0
    return other if tensor.shape[other] == steps else None
