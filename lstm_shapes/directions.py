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
from lstm_shapes.errors import ArgumentError, Numbers, check_bool, check_choice
from lstm_shapes.tensors import (
    check_alike,
    check_halves,
    check_order,
    check_tensor,
    sample_lengths,
    spread,
    time_axis,
)


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
    check_halves(check_tensor("out", out, axes=(1, None)))
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
        ArgumentError: the shapes, the dtypes or the devices differ, a tensor has no axes, the
            mode is unknown, or it is ``"max"`` of complex numbers.

    >>> lstm = torch.nn.LSTM(4, 3, bidirectional=True)
    >>> out, _ = lstm(torch.randn(5, 2, 4))
    >>> torch.equal(merge_directions(*split_directions(out)), out)
    True
    >>> merge_directions(*split_directions(out), mode="sum").shape
    torch.Size([5, 2, 3])
    """
    check_choice("mode", mode, get_args(MergeMode))
    check_tensor("forward", forward, axes=(1, None))
    check_tensor("backward", backward, axes=(1, None))
    if forward.shape != backward.shape:
        raise ArgumentError(
            "backward",
            tuple(backward.shape),
            f"does not match forward, {tuple(forward.shape)}",
            "give both halves of the same output",
        )
    check_alike("backward", backward, "forward", forward)
    if mode == "concat":
        return torch.cat([forward, backward], dim=-1)
    if mode == "sum":
        return forward + backward
    if mode == "mean":
        return (forward + backward) / 2
    check_order("forward", forward)
    return torch.maximum(forward, backward)


def states_by_layer(state: Tensor, *, bidirectional: bool) -> Tensor:
    """Split the first axis of h_n or c_n into an axis for layers and one for directions.

    The result is a view. Row k of h_n is layer k // D, direction k % D.

    Args:
        state: h_n or c_n, (D·num_layers, N, H) or unbatched (D·num_layers, H).
        bidirectional: as the module has it.

    Returns:
        (num_layers, D, N, H), or unbatched (num_layers, D, H).

    Raises:
        ArgumentTypeError: state is not a tensor, or bidirectional not a bool.
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
    return _by_layer("state", state, bidirectional)


def _by_layer(argument: str, state: Tensor, bidirectional: bool) -> Tensor:
    check_tensor(argument, state, axes=(2, 3))
    check_bool("bidirectional", bidirectional)
    directions = 2 if bidirectional else 1
    if state.shape[0] == 0 or state.shape[0] % directions:
        rows = state.shape[0]
        wanted = f"{directions}·num_layers" if bidirectional else "num_layers"
        raise ArgumentError(
            argument,
            tuple(state.shape),
            f"has {rows} row{'s' * (rows != 1)}",
            f"give {'h_n' if argument == 'h_n' else 'h_n or c_n'}, whose first axis is {wanted}",
        )
    return state.reshape(state.shape[0] // directions, directions, *state.shape[1:])


def decoder_states(state: Tensor, *, bidirectional: bool, mode: MergeMode = "concat") -> Tensor:
    """Join the directions of h_n or c_n in each layer, to start a decoder with them.

    The decoder has as many layers and one direction. Joined by ``"concat"`` its hidden_size has to
    be D·H, and by ``"sum"``, ``"mean"`` or ``"max"`` it is H; h_n and c_n are each joined.

    The direction axis has to be moved next to the features before the two are joined.
    ``state.view(num_layers, N, D·H)`` has the same shape, but mixes the samples.

    Args:
        state: h_n or c_n, (D·num_layers, N, H) or unbatched (D·num_layers, H).
        bidirectional: as the module has it.
        mode: as for :func:`merge_directions`. Of a module of one direction each mode gives the
            state as it is.

    Returns:
        (num_layers, N, D·H) for ``"concat"``, else (num_layers, N, H); unbatched without N. It is
        contiguous, as nn.LSTM requires of states on CUDA.

    Raises:
        ArgumentTypeError, ArgumentError: as :func:`states_by_layer` and :func:`merge_directions`
            raise them.

    Source: torch documentation, ``torch.nn.LSTM``, "Inputs" and "Outputs".

    >>> encoder = torch.nn.LSTM(4, 3, num_layers=2, bidirectional=True)
    >>> _, (h_n, c_n) = encoder(torch.randn(5, 2, 4))
    >>> wide = [decoder_states(state, bidirectional=True) for state in (h_n, c_n)]
    >>> wide[0].shape
    torch.Size([2, 2, 6])
    >>> out, _ = torch.nn.LSTM(4, 6, num_layers=2)(torch.randn(7, 2, 4), wide)
    >>> summed = [decoder_states(state, bidirectional=True, mode="sum") for state in (h_n, c_n)]
    >>> summed[0].shape
    torch.Size([2, 2, 3])
    >>> out, _ = torch.nn.LSTM(4, 3, num_layers=2)(torch.randn(7, 2, 4), summed)
    """
    check_choice("mode", mode, get_args(MergeMode))
    layers = states_by_layer(state, bidirectional=bidirectional)
    if not bidirectional:
        return layers.squeeze(1).contiguous()
    return merge_directions(layers[:, 0], layers[:, 1], mode).contiguous()


def reverse_time(
    x: Tensor, *, batch_first: bool, lengths: Sequence[int] | Numbers | None = None
) -> Tensor:
    """Reverse a sequence in time; padding stays at the end.

    This turns the backward half of out from input order into reading order, in which the last
    step is the final state. It also turns reading order back into input order.

    Args:
        x: (N, L, F) if batch_first, else (L, N, F); unbatched (L, F). F is any number of
            features. Token ids, (N, L), need an axis of features too: ``ids.unsqueeze(-1)``.
        batch_first: as the module has it; it does not matter if x is unbatched.
        lengths: the number of steps of each sample, (N,), as a list, a NumPy array or a tensor;
            without it every sample has L.

    Returns:
        A tensor of the shape of x. With lengths, step t of sample b is step
        ``lengths[b] - 1 - t`` of x, and the steps from ``lengths[b]`` on stay as in x.

    Raises:
        ArgumentTypeError: x is not a tensor, batch_first not a bool, or lengths not a sequence
            of ints.
        ArgumentError: x does not have 2 or 3 axes, or has 2 and holds integers or booleans, which
            would be taken for (L, F); or the lengths do not fit x.

    >>> reverse_time(torch.tensor([[1.0], [2.0], [3.0]]), batch_first=False).squeeze()
    tensor([3., 2., 1.])
    >>> padded = torch.tensor([[1, 2, 3], [4, 5, 0]]).unsqueeze(-1)
    >>> reverse_time(padded, batch_first=True, lengths=[3, 2]).squeeze()
    tensor([[3, 2, 1],
            [5, 4, 0]])
    """
    check_tensor("x", x, axes=(2, 3))
    check_bool("batch_first", batch_first)
    if x.dim() == 2 and not (x.is_floating_point() or x.is_complex()):
        raise ArgumentError(
            "x",
            tuple(x.shape),
            f"is {x.dtype}, and its axes may be samples and steps or steps and features",
            "give token ids an axis of features, x.unsqueeze(-1), and take it off the result by "
            "squeeze(-1)",
        )
    time = time_axis(x, batch_first)
    if lengths is None:
        return x.flip(time)
    last = sample_lengths("x", x, time, lengths) - 1
    steps = torch.arange(x.shape[time], device=x.device)
    flipped = last.unsqueeze(1) - steps
    index = torch.where(flipped >= 0, flipped, steps)
    return x.gather(time, spread(index if time == 1 else index.t(), x))


def final_features(h_n: Tensor, *, bidirectional: bool) -> Tensor:
    """Take one vector for each whole sequence: the final h of the last layer.

    With two directions it is ``cat(h_n[-2], h_n[-1])``. Its first half has read x[0..L-1], and
    its second half x[L-1..0]. It is right for packed sequences too. The backward half of
    ``out[:, -1]`` is no such vector, since it has read one step only.

    A tensor does not say what it is: out, (N, L, F), whose first axis happens to be a multiple of
    D, is taken for h_n, and so is c_n. What is refused is a first axis that is no such multiple.

    Args:
        h_n: (D·num_layers, N, H_out) or unbatched (D·num_layers, H_out).
        bidirectional: as the module has it.

    Returns:
        (N, D·H_out), or unbatched (D·H_out,).

    Raises:
        ArgumentTypeError: h_n is not a tensor, or bidirectional not a bool.
        ArgumentError: h_n does not have 2 or 3 axes, has no rows, or is bidirectional with an odd
            number of rows.

    Source: torch documentation, ``torch.nn.LSTM``, "Outputs" and its notes.

    >>> lstm = torch.nn.LSTM(4, 3, num_layers=2, bidirectional=True)
    >>> out, (h_n, c_n) = lstm(torch.randn(5, 2, 4))
    >>> final_features(h_n, bidirectional=True).shape
    torch.Size([2, 6])
    >>> torch.equal(final_features(h_n, bidirectional=True), torch.cat([h_n[-2], h_n[-1]], dim=-1))
    True
    """
    layers = _by_layer("h_n", h_n, bidirectional)
    return layers[-1].movedim(0, -2).flatten(-2)
