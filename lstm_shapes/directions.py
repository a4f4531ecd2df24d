"""Tensor functions for the two directions of an LSTM, for use in any model.

They need torch alone, keep the device and the gradients, and take batched and unbatched
tensors. Where the time axis matters ``batch_first`` has no default: with a wrong one the
function would take the batch for time, without any error.

Notation: N is the batch size, L is seq_len, D is 2 if bidirectional and else 1, H_out is the
number of features of h. H is H_out for h_n, and hidden_size for c_n.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import torch
from torch import Tensor

from lstm_shapes.config import MergeMode
from lstm_shapes.errors import ArgumentError, ArgumentTypeError, check_lengths


def split_directions(out: Tensor) -> tuple[Tensor, Tensor]:
    """Split the output of a bidirectional module into its forward and its backward half.

    Both halves are views in input order: at step t the forward half has read x[0..t], and the
    backward half has read x[t..L-1].

    Args:
        out: (..., 2·H_out), with any axes before the last.

    Returns:
        The forward and the backward half, (..., H_out) each.

    Raises:
        ArgumentTypeError: out is not a tensor.
        ArgumentError: out has no axes, or an odd number of features.

    Source: torch documentation, ``torch.nn.LSTM``, "Outputs" and the note on
    splitting the directions.

    >>> lstm = torch.nn.LSTM(4, 3, batch_first=True, bidirectional=True)
    >>> out, (h_n, c_n) = lstm(torch.randn(2, 5, 4))
    >>> forward, backward = split_directions(out)
    >>> forward.shape, backward.shape
    (torch.Size([2, 5, 3]), torch.Size([2, 5, 3]))
    >>> torch.equal(forward[:, -1], h_n[-2]), torch.equal(backward[:, 0], h_n[-1])
    (True, True)
    """
    _check_tensor("out", out, dims=(1, None))
    if out.shape[-1] % 2:
        raise ArgumentError(
            "out",
            tuple(out.shape),
            f"has {out.shape[-1]} features, an odd number",
            "give the output of a bidirectional module, (..., 2·H_out)",
        )
    forward, backward = out.chunk(2, dim=-1)
    return forward, backward


def merge_directions(forward: Tensor, backward: Tensor, mode: MergeMode = "concat") -> Tensor:
    """Join the forward and the backward half at each time step.

    Args:
        forward: (..., H_out).
        backward: (..., H_out), in input order as nn.LSTM returns it.
        mode: ``"concat"`` puts the halves side by side; ``"sum"``, ``"mean"`` and ``"max"``
            combine them element by element.

    Returns:
        (..., 2·H_out) for ``"concat"``, else (..., H_out).

    Raises:
        ArgumentTypeError: forward or backward is not a tensor.
        ArgumentError: the shapes differ, a tensor has no axes, or the mode is unknown.

    >>> lstm = torch.nn.LSTM(4, 3, bidirectional=True)
    >>> out, _ = lstm(torch.randn(5, 2, 4))
    >>> torch.equal(merge_directions(*split_directions(out)), out)
    True
    >>> merge_directions(*split_directions(out), mode="sum").shape
    torch.Size([5, 2, 3])
    """
    _check_tensor("forward", forward, dims=(1, None))
    _check_tensor("backward", backward, dims=(1, None))
    if forward.shape != backward.shape:
        raise ArgumentError(
            "backward",
            tuple(backward.shape),
            f"does not match forward, {tuple(forward.shape)}",
            "give both halves of the same output",
        )
    if mode == "concat":
        return torch.cat([forward, backward], dim=-1)
    if mode == "sum":
        return forward + backward
    if mode == "mean":
        return (forward + backward) / 2
    if mode == "max":
        return torch.maximum(forward, backward)
    raise ArgumentError("mode", mode, "is not known", f"use one of {get_args(MergeMode)}")


def states_by_layer(state: Tensor, *, bidirectional: bool) -> Tensor:
    """Split the first axis of h_n or c_n into an axis for layers and one for directions.

    The result is a view. Row k of h_n is layer k // D, direction k % D.

    Args:
        state: h_n or c_n, (D·num_layers, N, H) or unbatched (D·num_layers, H).
        bidirectional: as the module has it.

    Returns:
        (num_layers, D, N, H), or unbatched (num_layers, D, H).

    Raises:
        ArgumentTypeError: state is not a tensor.
        ArgumentError: state does not have 2 or 3 axes, has no rows, or is bidirectional with
            an odd number of rows.

    Source: torch documentation, ``torch.nn.LSTM``, "Outputs".

    >>> lstm = torch.nn.LSTM(4, 3, num_layers=2, bidirectional=True)
    >>> out, (h_n, c_n) = lstm(torch.randn(5, 2, 4))
    >>> states_by_layer(h_n, bidirectional=True).shape
    torch.Size([2, 2, 2, 3])
    >>> torch.equal(states_by_layer(h_n, bidirectional=True)[1, 0], h_n[2])
    True
    """
    _check_tensor("state", state, dims=(2, 3))
    directions = 2 if bidirectional else 1
    if state.shape[0] == 0 or state.shape[0] % directions:
        raise ArgumentError(
            "state",
            tuple(state.shape),
            f"has {state.shape[0]} rows",
            f"give h_n or c_n, whose first axis is {directions}·num_layers",
        )
    return state.reshape(state.shape[0] // directions, directions, *state.shape[1:])


def decoder_states(state: Tensor, *, bidirectional: bool) -> Tensor:
    """Join the directions of h_n or c_n, to start a decoder of D·H features with them.

    The direction axis has to be moved next to the features before the two are joined.
    ``state.view(num_layers, N, D·H)`` has the same shape, but mixes the samples.

    Args:
        state: h_n or c_n, (D·num_layers, N, H) or unbatched (D·num_layers, H).
        bidirectional: as the module has it.

    Returns:
        (num_layers, N, D·H), or unbatched (num_layers, D·H). It is contiguous, as nn.LSTM
        requires of states on CUDA.

    Raises:
        ArgumentTypeError, ArgumentError: as :func:`states_by_layer` raises them.

    Source: torch documentation, ``torch.nn.LSTM``, "Inputs" and "Outputs".

    >>> encoder = torch.nn.LSTM(4, 3, num_layers=2, bidirectional=True)
    >>> decoder = torch.nn.LSTM(4, 6, num_layers=2)
    >>> _, (h_n, c_n) = encoder(torch.randn(5, 2, 4))
    >>> state = (decoder_states(h_n, bidirectional=True), decoder_states(c_n, bidirectional=True))
    >>> state[0].shape
    torch.Size([2, 2, 6])
    >>> out, _ = decoder(torch.randn(7, 2, 4), state)
    """
    layers = states_by_layer(state, bidirectional=bidirectional)
    return layers.movedim(1, -2).flatten(-2).contiguous()


def reverse_time(
    x: Tensor, *, batch_first: bool, lengths: Sequence[int] | Tensor | None = None
) -> Tensor:
    """Reverse a sequence in time; padding stays at the end.

    This turns the backward half of out from input order into reading order, in which the last
    step is the final state. It also turns reading order back into input order.

    Args:
        x: (N, L, F) if batch_first, else (L, N, F); unbatched (L, F). F is any number of
            features.
        batch_first: as the module has it; it does not matter if x is unbatched.
        lengths: the number of steps of each sample, (N,); without it every sample has L.

    Returns:
        A tensor of the shape of x. With lengths, step t of sample b is step
        ``lengths[b] - 1 - t`` of x, and the steps from ``lengths[b]`` on stay as in x.

    Raises:
        ArgumentTypeError: x is not a tensor, or lengths is not a sequence of ints.
        ArgumentError: x does not have 2 or 3 axes, or the lengths do not fit x.

    >>> reverse_time(torch.tensor([[1.0], [2.0], [3.0]]), batch_first=False).squeeze()
    tensor([3., 2., 1.])
    >>> padded = torch.tensor([[1, 2, 3], [4, 5, 0]]).unsqueeze(-1)
    >>> reverse_time(padded, batch_first=True, lengths=[3, 2]).squeeze()
    tensor([[3, 2, 1],
            [5, 4, 0]])
    """
    _check_tensor("x", x, dims=(2, 3))
    time = _time_axis(x, batch_first)
    if lengths is None:
        return x.flip(time)
    last = _last_steps(x, time, lengths)
    steps = torch.arange(x.shape[time], device=x.device)
    flipped = last.unsqueeze(1) - steps
    index = torch.where(flipped >= 0, flipped, steps)
    return x.gather(time, _spread(index if time == 1 else index.t(), x))


def final_features(h_n: Tensor, *, bidirectional: bool) -> Tensor:
    """Take one vector for each whole sequence: the final h of the last layer.

    With two directions it is ``cat(h_n[-2], h_n[-1])``. Its first half has read x[0..L-1], and
    its second half x[L-1..0]. It is right for packed sequences too. The backward half of
    ``out[:, -1]`` is no such vector, since it has read one step only.

    Args:
        h_n: (D·num_layers, N, H_out) or unbatched (D·num_layers, H_out).
        bidirectional: as the module has it.

    Returns:
        (N, D·H_out), or unbatched (D·H_out,).

    Raises:
        ArgumentTypeError, ArgumentError: as :func:`states_by_layer` raises them.

    Source: torch documentation, ``torch.nn.LSTM``, "Outputs" and its notes.

    >>> lstm = torch.nn.LSTM(4, 3, num_layers=2, bidirectional=True)
    >>> out, (h_n, c_n) = lstm(torch.randn(5, 2, 4))
    >>> final_features(h_n, bidirectional=True).shape
    torch.Size([2, 6])
    >>> torch.equal(final_features(h_n, bidirectional=True), torch.cat([h_n[-2], h_n[-1]], dim=-1))
    True
    """
    layers = states_by_layer(h_n, bidirectional=bidirectional)
    return layers[-1].movedim(0, -2).flatten(-2)


def final_features_from_out(
    out: Tensor,
    *,
    bidirectional: bool,
    batch_first: bool,
    lengths: Sequence[int] | Tensor | None = None,
) -> Tensor:
    """Take the same vector as :func:`final_features` from out instead of h_n.

    It joins the forward half at each sample's last step and the backward half at step 0.

    Args:
        out: (N, L, D·H_out) if batch_first, else (L, N, D·H_out); unbatched (L, D·H_out).
        bidirectional: as the module has it.
        batch_first: as the module has it; it does not matter if out is unbatched.
        lengths: the number of steps of each sample, (N,); without it every sample has L.

    Returns:
        (N, D·H_out), or unbatched (D·H_out,).

    Raises:
        ArgumentTypeError: out is not a tensor, or lengths is not a sequence of ints.
        ArgumentError: out does not have 2 or 3 axes, has no steps, or is bidirectional with an
            odd number of features; or the lengths do not fit out.

    Source: torch documentation, ``torch.nn.LSTM``, "Outputs" and its notes.

    >>> lstm = torch.nn.LSTM(4, 3, batch_first=True, bidirectional=True)
    >>> out, (h_n, c_n) = lstm(torch.randn(2, 5, 4))
    >>> final = final_features_from_out(out, bidirectional=True, batch_first=True)
    >>> torch.equal(final, final_features(h_n, bidirectional=True))
    True
    """
    _check_tensor("out", out, dims=(2, 3))
    time = _time_axis(out, batch_first)
    if out.shape[time] == 0:
        raise ArgumentError("out", tuple(out.shape), "has no steps", "give one step or more")
    forward, backward = split_directions(out) if bidirectional else (out, None)
    if lengths is None:
        last = forward.select(time, -1)
    else:
        index = _last_steps(out, time, lengths).unsqueeze(time)
        last = forward.gather(time, _spread(index, forward)).squeeze(time)
    return last if backward is None else torch.cat([last, backward.select(time, 0)], dim=-1)


def _check_tensor(argument: str, value: object, dims: tuple[int, int | None]) -> None:
    if not isinstance(value, Tensor):
        given = type(value).__name__
        cure = "give a tensor"
        if isinstance(value, torch.nn.utils.rnn.PackedSequence):
            cure += ", from torch.nn.utils.rnn.pad_packed_sequence"
        raise ArgumentTypeError(argument, given, "is no tensor", cure)
    least, most = dims
    if value.dim() < least or (most is not None and value.dim() > most):
        wanted = f"{least} or more" if most is None else f"{least} or {most}"
        raise ArgumentError(
            argument,
            tuple(value.shape),
            f"has {value.dim()} axes",
            f"give a tensor of {wanted} axes",
        )


def _time_axis(x: Tensor, batch_first: bool) -> int:
    return 1 if batch_first and x.dim() == 3 else 0


def _last_steps(x: Tensor, time: int, lengths: Sequence[int] | Tensor) -> Tensor:
    """The index of each sample's last step, (N,), on the device of x."""
    samples = x.shape[1 - time] if x.dim() == 3 else None
    checked = check_lengths(lengths, samples, x.shape[time])
    return torch.tensor(checked, device=x.device) - 1


def _spread(index: Tensor, x: Tensor) -> Tensor:
    """Repeat an index for every feature of x; its axes are those of x without the features."""
    return index.unsqueeze(-1).expand(*index.shape, x.shape[-1])
