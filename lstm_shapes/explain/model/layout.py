"""Which axes of the arguments are the batch and time, where the padding is, and what else to give.

Nothing says which axis of a tensor is the batch. It is found by what fits: the number of lengths
or of states, the target, what the model's own code calls it; and where nothing says it, it is the
first axis, as a DataLoader makes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from lstm_shapes.explain.model.given import Leaf, Value
from lstm_shapes.explain.model.named_axes import batch_axis_said
from lstm_shapes.explain.model.nodes import ancestors, nodes_of
from lstm_shapes.explain.model.passes import Run, Session
from lstm_shapes.explain.model.traced import moved

LEAST_PADDED = 1
"""So many steps of the padding value at the end of some sample count as padding."""


@dataclass(frozen=True)
class Layout:
    """What the axes of the arguments are.

    Attributes:
        main: the number of the leaf that holds the sequences; -1 if there is none.
        batch, time: for each leaf, its axis; ``None`` where it has none.
        samples, steps: N and L; N is 0 without a batch.
        lengths: of each sample, if they are known.
        lengths_leaf: the number of the leaf that says the lengths; ``None`` if they were found
            from the padding.
        padding: the id that the padding was found by; ``None`` otherwise.
        surely: whether anything but custom says which axis is the batch.
        chosen: which samples of the user's batch are examined; empty for all.
    """

    main: int
    batch: tuple[int | None, ...]
    time: tuple[int | None, ...]
    samples: int
    steps: int
    lengths: tuple[int, ...] | None = None
    lengths_leaf: int | None = None
    padding: int | None = None
    surely: bool = False
    chosen: tuple[int, ...] = ()

    def named(self, sample: int) -> int:
        """The number that a sample has in the user's batch."""
        return self.chosen[sample] if sample < len(self.chosen) else sample

    @property
    def padded(self) -> bool:
        """Whether some sample is shorter than the batch."""
        return self.lengths is not None and any(each < self.steps for each in self.lengths)


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
    if batch_axis is None and not leaves[main].lengths and not _has_batch(base, leaves[main]):
        time = tuple(0 if i == main else None for i in range(len(leaves)))
        return Layout(main, nothing, time, 0, x.shape[0], surely=True)
    found, surely = _batch_axis(session, base, main, states, target, batch_axis)
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
    return _with_lengths(layout, base, leaves)


def _has_batch(base: Run, leaf: Leaf) -> bool:
    """Whether a leaf holds several samples: not if it is a single sequence, or one of a list.

    Of a leaf with fewer axes than (N, L, features) the first is the batch only if a module is given
    so many samples.
    """
    tensor = leaf.tensor
    if tensor.dim() > (2 if leaf.floating else 1):
        return True
    sizes = {
        len(call.lengths) if call.lengths else call.x.shape[call.batch_axis]
        for call in base.calls
        if call.batch_axis is not None
    }
    return tensor.shape[0] in sizes


def is_state(base: Run, value: Value) -> bool:
    """Whether an argument is given to a recurrent module as its state."""
    if not isinstance(value, Tensor) or not value.is_floating_point():
        return False
    own = value.untyped_storage().data_ptr()
    return own != 0 and any(
        each.untyped_storage().data_ptr() == own for call in base.calls for each in call.states
    )


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


def _batch_axis(
    session: Session,
    base: Run,
    main: int,
    states: Sequence[bool],
    target: Tensor | None,
    stated: int | None,
) -> tuple[int, bool]:
    """The axis of the main leaf that is the batch, and whether something says so."""
    leaf = session.given.leaves[main]
    shape = leaf.tensor.shape
    if stated is not None:
        return stated % len(shape), True
    if leaf.lengths or len(shape) == 1 or (len(shape) == 2 and leaf.floating):
        return 0, True
    if shape[0] == shape[1]:
        fixed = any(states) or any(each.tensor.dim() == 1 for each in session.given.leaves)
        found = _by_growing(session, base, main) if fixed else None
        if found is not None:
            return found, True
    else:
        for counts in _hints(session.given.leaves, base, main, states, target):
            fits = [axis for axis in (0, 1) if shape[axis] in counts]
            if len(fits) == 1:
                return fits[0], True
    said = batch_axis_said(session.model, [each.name for each in session.given.leaves])
    axes = _by_index(base, shape) | (set() if said is None else {said})
    # What contradicts itself says nothing.
    return (axes.pop(), True) if len(axes) == 1 else (0, False)


def _by_growing(session: Session, base: Run, main: int) -> int | None:
    """The axis along which the sequences cannot have one more, as states or lengths are given for
    each sample; ``None`` if that does not tell."""
    own = session.given.leaves[main].tensor
    fixed = []
    for axis in (0, 1):
        values = list(base.values)
        values[main] = torch.cat([own, own.narrow(axis, own.shape[axis] - 1, 1)], axis)
        try:
            session.run(values)
        except Exception:  # whatever torch or the model says of sizes that do not fit
            fixed.append(axis)
    return fixed[0] if len(fixed) == 1 else None


MOVES = {
    *("transpose", "permute", "swapaxes", "movedim", "moveaxis", "stack", "cat", "t", "attribute"),
    *("view", "reshape", "flatten", "unflatten", "squeeze", "unsqueeze"),
}
"""Operations that may give the axes another order."""


def _by_index(base: Run, shape: Sequence[int]) -> set[int]:
    """The batch axis by how the model takes a single step of out: ``out[-1]`` or ``out[:, -1]``.

    It tells only where the module is given the axes in the order that the model has them.
    """
    nodes = nodes_of(base)
    outs = {
        id(call.out)
        for call in base.calls
        if not call.cell
        and call.out.dim() == 3
        and call.x.shape[:2] == tuple(shape[:2])
        and not any(node.name in MOVES for node in ancestors(nodes, call.x))
    }
    found: set[int] = set()
    for each in base.operations:
        if each.name == "__getitem__" and any(id(tensor) in outs for tensor in each.inputs):
            index = each.arguments[1]
            if type(index) is int:
                found.add(1)
            elif isinstance(index, tuple) and index[0] == slice(None) and type(index[1]) is int:
                found.add(0)
    return found


def _hints(
    leaves: Sequence[Leaf],
    base: Run,
    main: int,
    states: Sequence[bool],
    target: Tensor | None,
) -> list[set[int]]:
    """Numbers of samples that something else than the sequences says, the surest first."""
    listed = [
        {len(leaf.value)}
        for i, leaf in enumerate(leaves)
        if i != main and leaf.tensor.dim() == 1 and not leaf.floating
    ]
    kept = [
        {leaf.tensor.shape[-2]}
        for leaf, state in zip(leaves, states, strict=True)
        if state and leaf.tensor.dim() > 1
    ]
    wanted = [{target.shape[0]}] if target is not None and target.dim() == 1 else []
    if target is not None and target.dim() == 2 and target.shape[1] == 1:
        wanted = [{target.shape[0]}]
    return [*listed, *kept, *wanted]


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


def _with_lengths(layout: Layout, base: Run, leaves: Sequence[Leaf]) -> Layout:
    """The same with the lengths of the samples, if they can be known."""
    main = leaves[layout.main]
    if main.lengths:
        return replace(layout, lengths=main.lengths, lengths_leaf=layout.main)
    for i, leaf in enumerate(leaves):
        if i != layout.main and (lengths := _said_lengths(leaf, layout, base)):
            return replace(layout, lengths=lengths, lengths_leaf=i)
    return _padded_ids(layout, base, main)


def _said_lengths(leaf: Leaf, layout: Layout, base: Run) -> tuple[int, ...] | None:
    """Lengths that an argument says: a list of them, or a mask."""
    tensor = leaf.tensor
    if leaf.floating and tensor.dim() != 2:
        return None
    if tensor.dim() == 1 and len(tensor) == layout.samples:
        lengths = tuple(int(each) for each in tensor.tolist())
        fits = all(1 <= each <= layout.steps for each in lengths)
        named = any(part in leaf.name.lower() for part in ("len", "size", "steps", "seq"))
        packed = any(call.lengths == lengths for call in base.calls)
        whole = max(lengths, default=0) == layout.steps and min(lengths) < layout.steps
        return lengths if fits and (named or packed or whole) else None
    return _of_mask(leaf, layout)


def _of_mask(leaf: Leaf, layout: Layout) -> tuple[int, ...] | None:
    tensor = leaf.tensor
    if tensor.dim() != 2 or set(tensor.shape) != {layout.samples, layout.steps}:
        return None
    if tensor.dtype != torch.bool and "mask" not in leaf.name.lower():
        return None
    rows = tensor if tensor.shape[0] == layout.samples else tensor.T
    inverted = "pad" in leaf.name.lower() and bool(rows[:, 0].eq(0).all())
    ones = rows.eq(0) if inverted else rows.ne(0)
    lengths = ones.sum(1)
    left = torch.arange(layout.steps, device=ones.device) < lengths[:, None]
    fits = torch.equal(left, ones) and int(lengths.min()) > 0
    return tuple(lengths.tolist()) if fits else None


def _padded_ids(layout: Layout, base: Run, main: Leaf) -> Layout:
    """Lengths by the padding_idx of the embedding that the ids go through."""
    ids = main.tensor
    if main.floating or ids.dim() != 2 or layout.time[layout.main] is None:
        return layout
    value = _padding_idx(base, layout.main)
    if value is None:
        return layout
    rows = ids if layout.batch[layout.main] == 0 else ids.T
    steps = torch.arange(1, layout.steps + 1, device=ids.device)
    lengths = (rows.ne(value) * steps).amax(1)
    inside = torch.arange(layout.steps, device=ids.device) < lengths[:, None]
    if bool(rows.eq(value)[inside].any()):  # an id like the others
        return layout
    if layout.steps - int(lengths.min()) < LEAST_PADDED or int(lengths.min()) == 0:
        return layout
    return replace(layout, lengths=tuple(lengths.tolist()), padding=value)


def _padding_idx(base: Run, main: int) -> int | None:
    """The padding_idx of the embedding that the main leaf is given to."""
    for operation in base.operations:
        if (
            operation.name == "embedding"
            and operation.inputs[:1]
            and _same(operation.inputs[0], base.passed[main])
        ):
            given = [each for each in operation.arguments[2:3] if isinstance(each, int)]
            value: Any = dict(
                each
                for each in operation.arguments
                if isinstance(each, tuple) and len(each) == 2 and isinstance(each[0], str)
            ).get("padding_idx", given[0] if given else None)
            return value if value is None or value >= 0 else None
    return None


def _same(one: Tensor, other: Value) -> bool:
    return isinstance(other, Tensor) and one.shape == other.shape and torch.equal(one, other)


def positions(layout: Layout, leaf: int, tensor: Tensor, padded: bool) -> Tensor:
    """Where a leaf holds padding, or where it does not, as booleans of its shape.

    Args:
        layout: its lengths count.
        leaf: the number of the leaf.
        tensor: its value.
        padded: whether the padding is asked for.
    """
    batch, time = layout.batch[leaf], layout.time[leaf]
    if layout.lengths is None or batch is None or time is None:
        return torch.full(tensor.shape, not padded, dtype=torch.bool, device=tensor.device)
    lengths = torch.tensor(layout.lengths, device=tensor.device)
    behind = torch.arange(layout.steps, device=tensor.device) >= lengths[:, None]  # (N, L)
    wide = [1] * tensor.dim()
    wide[batch], wide[time] = layout.samples, layout.steps
    mask = (behind if batch < time else behind.T).reshape(wide).expand(tensor.shape)
    return mask if padded else ~mask


def changed(value: Value, where: Tensor, other: Sequence[int] = ()) -> Value:
    """Other numbers at some places of a tensor; the rest stays bit for bit.

    Args:
        value: of a leaf. Booleans and lists stay as they are.
        where: booleans of its shape.
        other: ids that may be put there; those that are there already if none are given.

    >>> changed(torch.tensor([3, 7, 3]), torch.tensor([True, False, True]))
    tensor([7, 7, 7])
    """
    if not isinstance(value, Tensor) or value.dtype == torch.bool:
        return value
    if value.is_floating_point():
        generator = torch.Generator().manual_seed(1)
        noise = torch.randn(value.shape, generator=generator, dtype=torch.float64)
        scale = max(float(value.abs().max()) if value.numel() else 1.0, 0.1)
        return torch.where(where, value + (noise * scale).to(value), value)
    pool = torch.tensor(sorted(other), device=value.device, dtype=value.dtype)
    pool = pool if len(pool) else torch.unique(value)
    if len(pool) < 2:
        return value
    at = torch.searchsorted(pool, value.contiguous()).clamp(max=len(pool) - 1)
    # Each moves by another number of places, so that a whole sample is not merely relabelled.
    steps = torch.arange(value.numel(), device=value.device).view(value.shape)
    moved = pool[(at + 1 + steps % max(len(pool) - 1, 1)) % len(pool)]
    return torch.where(where, moved, value)
