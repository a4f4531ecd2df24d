"""Plain tensor functions for the two directions of an LSTM, for use in any model.

They need torch alone, keep device and gradients, and take batched and unbatched
tensors. ``batch_first`` has no default where the time axis matters: a
forgotten one would take the batch for time in silence.

Notation: N batch, L seq_len, D directions (2 if bidirectional), H_out features of h.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import torch
from torch import Tensor

from lstm_shapes.errors import ArgumentError, ArgumentTypeError, check_lengths

MergeMode = Literal["concat", "sum", "mean", "max"]


def split_directions(out: Tensor) -> tuple[Tensor, Tensor]:
    """Cut the output of a bidirectional module into its two halves, as views.

    Both halves are in input order: at step t the forward half has read x[0..t], the
    backward half x[t..L-1].

    Args:
        out: (..., 2·H_out), batched or not, whatever the order of its leading axes.

    Returns:
        forward and backward, each (..., H_out).

    Raises:
        ArgumentError: the last axis cannot be cut in two.

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
    """Join the two halves per time step; both in input order, as nn.LSTM returns them.

    Args:
        forward, backward: (..., H_out) each.
        mode: ``"concat"`` puts them side by side, ``"sum"``, ``"mean"`` and ``"max"``
            combine them element by element.

    Returns:
        (..., 2·H_out) for ``"concat"``, else (..., H_out).

    Raises:
        ArgumentError: shapes that differ, or an unknown mode.

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
    """Give layers and directions an axis each, as a view.

    Row k of h_n is layer k // D, direction k % D.

    Args:
        state: h_n or c_n, (D·num_layers, N, H) or unbatched (D·num_layers, H).
        bidirectional: as the module has it.

    Returns:
        (num_layers, D, N, H) or (num_layers, D, H).

    Raises:
        ArgumentError: other axes, or rows that do not come in pairs.

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
    """The states for a decoder that is as wide as both directions together.

    The axes have to be swapped before they are joined; ``state.view(num_layers, N, D·H)``
    has the same shape, and mixes samples.

    Args:
        state: h_n or c_n, (D·num_layers, N, H) or unbatched (D·num_layers, H).
        bidirectional: as the module has it.

    Returns:
        (num_layers, N, D·H) or (num_layers, D·H), contiguous as nn.LSTM wants it.

    Raises:
        ArgumentError: as :func:`states_by_layer`.

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
    """Flip a sequence in time; padding stays where it is.

    Takes the backward half from input order to reading order, where the last step is
    the final state, and back.

    Args:
        x: (N, L, F) if batch_first, else (L, N, F); unbatched (L, F), for which
            batch_first means nothing.
        lengths: steps of each sample; without it all have L.

    Returns:
        A tensor of the same shape. With lengths, step t of sample b is step
        ``lengths[b] - 1 - t`` of x, and steps from ``lengths[b]`` on are those of x.

    Raises:
        ArgumentError: other axes, or lengths that do not fit.

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
    """One vector for each whole sequence: the last layer's final h, both directions.

    ``cat(h_n[-2], h_n[-1])``, of which the first half has read x[0..L-1] and the
    second x[L-1..0]. Right for packed sequences too. In ``out[:, -1]`` the backward cell
    has read one step only.

    Args:
        h_n: (D·num_layers, N, H_out) or unbatched (D·num_layers, H_out).
        bidirectional: as the module has it.

    Returns:
        (N, D·H_out) or (D·H_out,).

    Raises:
        ArgumentError: as :func:`states_by_layer`.

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
    """The same vector as :func:`final_features`, taken from out.

    The forward half at each sample's last step, the backward half at its first.

    Args:
        out: (N, L, D·H_out) if batch_first, else (L, N, D·H_out); unbatched (L, D·H_out).
        bidirectional, batch_first: as the module has them.
        lengths: steps of each sample; without it all have L.

    Returns:
        (N, D·H_out) or (D·H_out,).

    Raises:
        ArgumentError: other axes, no steps, an odd number of features, or lengths that
            do not fit.

    >>> lstm = torch.nn.LSTM(4, 3, batch_first=True, bidirectional=True)
    >>> out, (h_n, c_n) = lstm(torch.randn(2, 5, 4))
    >>> final = final_features_from_out(out, bidirectional=True, batch_first=True)
    >>> torch.equal(final, final_features(h_n, bidirectional=True))
    True
    """
    _check_tensor("out", out, dims=(2, 3))
    time = _time_axis(out, batch_first)
    if out.shape[time] == 0:
        raise ArgumentError("out", tuple(out.shape), "has no steps", "give one of L > 0")
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
    """Repeat an index over (batch, time), in the order of x, for every feature of x."""
    return index.unsqueeze(-1).expand(*index.shape, x.shape[-1])
