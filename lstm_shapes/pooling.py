"""One vector for each whole sequence, from its steps: the last of each direction, or all pooled."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import get_args

import torch
from torch import Tensor

from lstm_shapes.config import PoolMode
from lstm_shapes.directions import split_directions
from lstm_shapes.errors import ArgumentError, Numbers, check_choice
from lstm_shapes.tensors import behind, check_order, check_out, spread


def final_features_from_out(
    out: Tensor,
    *,
    bidirectional: bool,
    batch_first: bool,
    lengths: Sequence[int] | Numbers | None = None,
) -> Tensor:
    """Take the same vector as :func:`~lstm_shapes.final_features` from out instead of h_n.

    It joins the forward half at each sample's last step and the backward half at step 0.

    Where samples were padded and not packed, the backward half has read the padding, and out
    holds no such vector. With lengths this is refused: it is seen from different numbers behind
    them, where ``pad_packed_sequence`` writes one. It cannot be seen without lengths, or where the
    padding of out was overwritten since. The forward half is right in each case.

    Args:
        out: (N, L, D·H_out) if batch_first, else (L, N, D·H_out); unbatched (L, D·H_out). With
            lengths and two directions it is as ``pad_packed_sequence`` returns it.
        bidirectional: as the module has it.
        batch_first: as the module has it; it does not matter if out is unbatched.
        lengths: the number of steps of each sample, (N,), as a list, a NumPy array or a tensor;
            without it every sample has L.

    Returns:
        (N, D·H_out), or unbatched (D·H_out,).

    Raises:
        ArgumentTypeError: out is not a tensor, a flag not a bool, or lengths not a sequence of
            ints.
        ArgumentError: out does not have 2 or 3 axes, has no steps, or is bidirectional with an
            odd number of features, or with different numbers behind the lengths; or the lengths
            do not fit out.

    Source: torch documentation, ``torch.nn.LSTM``, "Outputs" and its notes;
    ``torch.nn.utils.rnn.pad_packed_sequence``.

    >>> from lstm_shapes import final_features
    >>> lstm = torch.nn.LSTM(4, 3, batch_first=True, bidirectional=True)
    >>> out, (h_n, c_n) = lstm(torch.randn(2, 5, 4))
    >>> final = final_features_from_out(out, bidirectional=True, batch_first=True)
    >>> torch.equal(final, final_features(h_n, bidirectional=True))
    True
    """
    time, ends = check_out(out, bidirectional, batch_first, lengths)
    forward, backward = split_directions(out) if bidirectional else (out, None)
    if ends is None:
        last = forward.select(time, -1)
    else:
        index = (ends - 1).unsqueeze(time)
        last = forward.gather(time, spread(index, forward)).squeeze(time)
    return last if backward is None else torch.cat([last, backward.select(time, 0)], dim=-1)


def pool_over_time(
    out: Tensor,
    *,
    bidirectional: bool,
    batch_first: bool,
    lengths: Sequence[int] | Numbers | None = None,
    mode: PoolMode = "mean",
) -> Tensor:
    """Take one vector for each whole sequence from all its steps, and from no padding.

    ``out.mean(dim=1)`` counts the zeros behind a sample's end as steps, and ``out.amax(dim=1)``
    prefers them to what is negative. Here only a sample's own steps take part: what stands behind
    them, NaN included, reaches neither the result nor a gradient.

    Args:
        out: (N, L, D·H_out) if batch_first, else (L, N, D·H_out); unbatched (L, D·H_out). With
            lengths and two directions it is as ``pad_packed_sequence`` returns it: without
            packing the backward half has read padding at every step.
        bidirectional, batch_first, lengths: as for :func:`~lstm_shapes.final_features_from_out`.
        mode: ``"mean"``, ``"max"`` and ``"sum"`` go over the steps, feature by feature; ``"last"``
            takes each direction's last state, as that function does.

    Returns:
        (N, D·H_out), or unbatched (D·H_out,), of the dtype of out; the sum of integers is int64.
        float16 and bfloat16 are added up in float32.

    Raises:
        ArgumentTypeError: as :func:`~lstm_shapes.final_features_from_out` raises it.
        ArgumentError: likewise; a length is 0, the mode is unknown, or out holds integers, which
            have no mean, or complex numbers, which have no largest.

    Source: torch documentation, ``torch.nn.LSTM``, "Outputs", and
    ``torch.nn.utils.rnn.pad_packed_sequence``.

    >>> out = torch.tensor([[[1.0], [2.0], [3.0]], [[-1.0], [0.0], [0.0]]])
    >>> pooled = pool_over_time(out, bidirectional=False, batch_first=True, lengths=[3, 1])
    >>> pooled.squeeze(-1), out.mean(dim=1).squeeze(-1)
    (tensor([ 2., -1.]), tensor([ 2.0000, -0.3333]))
    """
    check_choice("mode", mode, get_args(PoolMode))
    if mode == "last":
        return final_features_from_out(
            out, bidirectional=bidirectional, batch_first=batch_first, lengths=lengths
        )
    time, ends = check_out(out, bidirectional, batch_first, lengths)
    if mode == "max":
        check_order("out", out)
        return _own_steps(out, time, ends, _lowest(out.dtype)).amax(dim=time)
    inexact = out.is_floating_point() or out.is_complex()
    if mode == "mean" and not inexact:
        cure = "give out.float(), or use mode='sum' or 'max'"
        raise ArgumentError("out", tuple(out.shape), f"is {out.dtype}, which has no mean", cure)
    wide = torch.promote_types(out.dtype, torch.float32) if inexact else torch.int64
    total = _own_steps(out, time, ends, 0).sum(dim=time, dtype=wide)
    if mode == "mean":
        total = total / (out.shape[time] if ends is None else ends.unsqueeze(-1))
    return total.to(out.dtype) if inexact else total


def _own_steps(out: Tensor, time: int, ends: Tensor | None, fill: float) -> Tensor:
    """out with a number in place of all padding; a product with 0 would leave NaN there."""
    return out if ends is None else out.masked_fill(behind(ends, out, time), fill)


def _lowest(dtype: torch.dtype) -> float:
    """A number of a dtype that is larger than none of its others."""
    if dtype.is_floating_point:
        return -math.inf
    return 0 if dtype == torch.bool else torch.iinfo(dtype).min
