"""Other numbers at chosen places of the arguments."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from lstm_shapes.explain.model.axes import Layout
from lstm_shapes.explain.model.given import Value


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
        # In the memory layout of the value: another one may round differently.
        return value.clone().copy_(torch.where(where, value + (noise * scale).to(value), value))
    pool = torch.tensor(sorted(other), device=value.device, dtype=value.dtype)
    pool = pool if len(pool) else torch.unique(value)
    if len(pool) < 2:
        return value
    at = torch.searchsorted(pool, value.contiguous()).clamp(max=len(pool) - 1)
    # Each moves by another number of places, so that a whole sample is not merely relabelled.
    steps = torch.arange(value.numel(), device=value.device).view(value.shape)
    moved = pool[(at + 1 + steps % max(len(pool) - 1, 1)) % len(pool)]
    return torch.where(where, moved, value)


def raised(where: Tensor, tensor: Tensor) -> Tensor:
    """Larger numbers at some places of what a model has computed, which win a maximum.

    They stand in the memory layout of the tensor: another one may round differently.

    >>> raised(torch.tensor([True, False]), torch.zeros(2))
    tensor([5., 0.])
    """
    return tensor.clone().copy_(torch.where(where.to(tensor.device), tensor + 5.0, tensor))
