"""Finds which axis of the sequences is the batch, which nothing says."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from lstm_shapes.explain.model.given import Leaf, Value
from lstm_shapes.explain.model.named_axes import batch_axis_said
from lstm_shapes.explain.model.nodes import ancestors, nodes_of
from lstm_shapes.explain.model.passes import Run, Session


def has_batch(base: Run, leaf: Leaf) -> bool:
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
    if value.dim() == 3 and value is not base.passed[0]:
        shapes = {state.shape for call in base.calls for state in call.states}
        if value.shape in shapes:  # as one that a mask has been put on
            return True
    own = value.untyped_storage().data_ptr()
    return own != 0 and any(
        each.untyped_storage().data_ptr() == own for call in base.calls for each in call.states
    )


def batch_axis_of(
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
    if base.calls and base.calls[0].path == "" and base.calls[0].batch_axis is not None:
        return base.calls[0].batch_axis, True  # the module itself, of which only it can say
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
    seq_first = {id(call.out) for call in base.calls if call.batch_axis == 1}
    found: set[int] = set()
    for each in base.operations:
        if each.name == "__getitem__" and any(id(tensor) in outs for tensor in each.inputs):
            index = each.arguments[1]
            if type(index) is int and id(each.inputs[0]) in seq_first:
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
