"""Finds the lengths of the samples: from an argument that says them, or from the padding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from lstm_shapes.explain.model.axes import Layout
from lstm_shapes.explain.model.given import Leaf, Value
from lstm_shapes.explain.model.passes import Run


def with_lengths(layout: Layout, base: Run, leaves: Sequence[Leaf]) -> Layout:
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
    if int(lengths.min()) in (0, layout.steps):
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
