"""What the models are called with."""

from __future__ import annotations

import torch
from torch import Tensor

from tests.explain.zoo.case import VOCABULARY, Arguments, Dims


def series_of(d: Dims) -> Tensor:
    return torch.randn(d.N, d.L, d.features)


def ids_of(d: Dims, steps: int | None = None) -> Tensor:
    return torch.randint(1, VOCABULARY, (d.N, steps or d.L))


def lengths_of(d: Dims) -> Tensor:
    """Lengths that are not sorted, the longest L; where possible one is shorter."""
    lengths = torch.randint(1, d.L + 1, (d.N,))
    lengths[-1] = d.L
    if d.N > 1 and d.L > 1:
        lengths[0] = torch.randint(1, d.L, ())
    return lengths


def turning_lengths_of(d: Dims) -> Tensor:
    """Lengths whose sorting is not undone by sorting the same way again."""
    return torch.tensor(([1, d.L, 2] + [1] * d.N)[: d.N])


def padded(x: Tensor, lengths: Tensor) -> Tensor:
    """With zeros behind each sample's last step, as pad_sequence leaves it."""
    real = torch.arange(x.size(1)) < lengths[:, None]
    return x * (real if x.dim() == 2 else real[:, :, None])


def series(d: Dims) -> Arguments:
    return (series_of(d),), {}


def seq_first(d: Dims) -> Arguments:
    return (torch.randn(d.L, d.N, d.features),), {}


def tokens(d: Dims) -> Arguments:
    return (ids_of(d),), {}


def series_and_lengths(d: Dims) -> Arguments:
    lengths = lengths_of(d)
    return (padded(series_of(d), lengths), lengths), {}


def series_and_sorted_lengths(d: Dims) -> Arguments:
    lengths = lengths_of(d).sort(descending=True).values
    return (padded(series_of(d), lengths),), {"lengths": lengths}


def tokens_and_lengths(d: Dims) -> Arguments:
    lengths = lengths_of(d)
    return (padded(ids_of(d), lengths), lengths), {}


def tokens_and_turning_lengths(d: Dims) -> Arguments:
    lengths = turning_lengths_of(d)
    return (padded(ids_of(d), lengths), lengths), {}


def tokens_and_mask(d: Dims) -> Arguments:
    lengths = lengths_of(d)
    mask = torch.arange(d.L) < lengths[:, None]
    return (padded(ids_of(d), lengths),), {"mask": mask}


def padded_tokens(d: Dims) -> Arguments:
    return (padded(ids_of(d), lengths_of(d)),), {}
