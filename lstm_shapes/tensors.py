"""The tensors that users give: every check of them, and which axes and steps of them count.

A tensor is written in an error as its shape. Nothing broadcasts without a word: two tensors
that are computed with each other have one dtype, one device and the same samples.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from lstm_shapes.errors import (
    ArgumentError,
    ArgumentTypeError,
    check_bool,
    check_lengths,
    plain,
)

_OUT = "its part out, as in out, (h_n, c_n) = lstm(x)"

_STATE = {
    "h_n": "its part h_n, as in out, (h_n, c_n) = lstm(x), or out, h_n = gru(x)",
    "state": "one of its states at a time, as in out, (h_n, c_n) = lstm(x)",
    "h": "its part h, as in h, c = state",
    "c": "its part c, as in h, c = state",
}
"""What to take of a tuple that is given for a state; for every other argument it is out."""


def check_tensor(argument: str, value: object, axes: tuple[int, int | None] = (0, None)) -> Tensor:
    """Give a value as the tensor that it is; refuse what is no tensor, and another number of axes.

    Args:
        argument: the name that the error gives.
        value: what was given.
        axes: how many axes it has at least, and at most; ``None`` for any number.

    Raises:
        ArgumentTypeError: the value is no tensor. For a tuple, a PackedSequence, a NumPy array, a
            list, a module and text the error says how to get the tensor from it.
        ArgumentError: the tensor has too few or too many axes.

    >>> check_tensor("out", torch.nn.LSTM(4, 3)(torch.randn(5, 2, 4)))
    Traceback (most recent call last):
    ...
    lstm_shapes.errors.ArgumentTypeError: out=((5, 2, 3), ((1, 2, 3), (1, 2, 3))) is a tuple: \
give its part out, as in out, (h_n, c_n) = lstm(x)
    """
    if not isinstance(value, Tensor):
        raise ArgumentTypeError(argument, _shown(value), *_no_tensor(argument, value))
    least, most = axes
    if value.dim() < least or (most is not None and value.dim() > most):
        wanted = f"{least} or more" if most is None else f"{least} or {most}"
        problem = f"has {value.dim()} ax{'i' if value.dim() == 1 else 'e'}s"
        cure = f"give a tensor of {wanted} axes"
        raise ArgumentError(argument, tuple(value.shape), problem, cure)
    return value


def check_alike(argument: str, value: Tensor, other_argument: str, other: Tensor) -> None:
    """Refuse a tensor of another dtype, or on another device, than the one it is computed with.

    Args:
        argument, other_argument: the names that the error gives; the second as code.
        value, other: the two tensors.

    Raises:
        ArgumentError: the dtypes or the devices differ.

    >>> check_alike("backward", torch.zeros(2, 3).double(), "forward", torch.zeros(2, 3))
    Traceback (most recent call last):
    ...
    lstm_shapes.errors.ArgumentError: backward=(2, 3) is torch.float64, and forward is \
torch.float32: give backward.to(forward)
    """
    moved = f"{argument}.to({other_argument})"
    cure = f"give {moved}"
    if value.dtype != other.dtype:
        if not value.is_floating_point():
            cure = f"give what an embedding makes of token ids; of other integers, {moved}"
        problem = f"is {value.dtype}, and {other_argument} is {other.dtype}"
        raise ArgumentError(argument, tuple(value.shape), problem, cure)
    if value.device != other.device:
        problem = f"is on {value.device}, and {other_argument} is on {other.device}"
        if value.is_meta:
            cure = f"give {argument} with numbers, on {other.device}: on meta it has none"
        raise ArgumentError(argument, tuple(value.shape), problem, cure)


def check_same_samples(argument: str, value: Tensor, other_argument: str, other: Tensor) -> None:
    """Refuse a tensor of other samples than the one it is computed with.

    Args:
        argument, other_argument: the names that the error gives.
        value, other: (N, features), or (features,) without samples.

    Raises:
        ArgumentError: one has a batch axis and the other has none, or they differ in its size.

    >>> check_same_samples("h", torch.zeros(1, 3), "x", torch.zeros(5, 4))
    Traceback (most recent call last):
    ...
    lstm_shapes.errors.ArgumentError: h=(1, 3) has 1 sample, and x=(5, 4) has 5: give h for every \
sample; if they share it, h.expand(5, -1)
    """
    if value.shape[:-1] == other.shape[:-1]:
        return
    beside = f"{other_argument}={tuple(other.shape)}"
    if value.dim() != other.dim():
        less = argument if value.dim() < other.dim() else other_argument
        problem = f"has {'a' if value.dim() > 1 else 'no'} batch axis, and {beside} has "
        problem += "one" if other.dim() > 1 else "none"
        cure = f"give both for the same samples; a single one gets its axis by {less}.unsqueeze(0)"
        raise ArgumentError(argument, tuple(value.shape), problem, cure)
    count, wanted = value.shape[0], other.shape[0]
    cure = f"give {argument} for every sample"
    if count == 1:
        cure += f"; if they share it, {argument}.expand({wanted}, -1)"
    problem = f"has {count} sample{'s' * (count != 1)}, and {beside} has {wanted}"
    raise ArgumentError(argument, tuple(value.shape), problem, cure)


def check_halves(out: Tensor) -> None:
    """Refuse an output that is not of two directions.

    Raises:
        ArgumentError: it has an odd number of features.
    """
    if out.shape[-1] % 2:
        raise ArgumentError(
            "out",
            tuple(out.shape),
            f"has {out.shape[-1]} features, an odd number",
            "give the output of a bidirectional module, (..., 2·H_out)",
        )


def check_order(argument: str, value: Tensor) -> None:
    """Refuse a tensor that holds no order, for which there is no largest number.

    Raises:
        ArgumentError: the tensor is complex.
    """
    if value.is_complex():
        problem = f"is {value.dtype}, and complex numbers have no largest"
        raise ArgumentError(argument, tuple(value.shape), problem, "use another mode than 'max'")


def time_axis(x: Tensor, batch_first: bool) -> int:
    """Which axis of x is time: 1 if it has samples and they come first, else 0."""
    return 1 if batch_first and x.dim() == 3 else 0


def sample_lengths(argument: str, x: Tensor, time: int, lengths: object) -> Tensor:
    """Give lengths as a tensor, if they fit a padded batch.

    Args:
        argument: the name of x.
        x: (N, L, F) if time is 1, (L, N, F) if it is 0.
        time: which axis is time.
        lengths: a sequence of ints, a NumPy array or a tensor.

    Returns:
        (N,), on the device of x.

    Raises:
        ArgumentTypeError, ArgumentError: as :func:`lstm_shapes.errors.check_lengths` raises them;
            and if x has no samples.

    >>> sample_lengths("x", torch.zeros(2, 5, 3), 1, [5, 2])
    tensor([5, 2])
    """
    shape = f"{argument}={tuple(x.shape)}"
    if x.dim() == 2:
        problem = f"is given, and {shape} has no batch axis"
        cure = f"leave lengths out, and cut {argument} itself: {argument}[:length]"
        raise ArgumentError("lengths", plain(lengths), problem, cure)
    samples = x.shape[1 - time]
    if not samples:
        problem = f"is given, and {shape} has no samples"
        raise ArgumentError("lengths", plain(lengths), problem, "leave lengths out")
    cure = "give one length per sample, and batch_first as the module has it"
    batch = f"{argument}.shape[{1 - time}]"
    checked = check_lengths(lengths, samples, x.shape[time], batch=batch, cure=cure)
    return torch.tensor(checked, device=x.device)


def padding_mask(
    lengths: Sequence[int] | Tensor, seq_len: int, device: torch.device | str = "cpu"
) -> Tensor:
    """Where there is padding, as booleans (L, N).

    Args:
        lengths: steps of each sample.
        seq_len: L.
        device: where the booleans are.

    >>> padding_mask([3, 1], 3)
    tensor([[False, False],
            [False,  True],
            [False,  True]])
    """
    steps = torch.arange(seq_len, device=device).unsqueeze(1)
    return steps >= torch.as_tensor(lengths, device=device)


def behind(lengths: Tensor, x: Tensor, time: int) -> Tensor:
    """Where there is padding: booleans of the axes of x, with 1 in place of the features.

    >>> behind(torch.tensor([3, 1]), torch.zeros(2, 3, 4), 1).squeeze(-1)
    tensor([[False, False, False],
            [False,  True,  True]])
    """
    found = padding_mask(lengths, x.shape[time], x.device)
    return (found.t() if time == 1 else found).unsqueeze(-1)


def spread(index: Tensor, x: Tensor) -> Tensor:
    """Repeat an index for every feature of x; its axes are those of x without the features."""
    return index.unsqueeze(-1).expand(*index.shape, x.shape[-1])


def check_out(
    out: Tensor, bidirectional: bool, batch_first: bool, lengths: object
) -> tuple[int, Tensor | None]:
    """Refuse an output that does not have what is said of it.

    Args:
        out: (N, L, D·H_out) if batch_first, else (L, N, D·H_out); unbatched (L, D·H_out).
        bidirectional, batch_first: as the module has them.
        lengths: the number of steps of each sample, or ``None``.

    Returns:
        Which axis is time, and the lengths as a tensor (N,), if there are any.

    Raises:
        ArgumentTypeError: out is not a tensor, a flag not a bool, or lengths not a sequence of
            ints.
        ArgumentError: out does not have 2 or 3 axes, has no steps, or is bidirectional with an
            odd number of features, or with different numbers behind the lengths; or the lengths
            do not fit out.
    """
    check_tensor("out", out, axes=(2, 3))
    check_bool("bidirectional", bidirectional)
    check_bool("batch_first", batch_first)
    time = time_axis(out, batch_first)
    if out.shape[time] == 0:
        raise ArgumentError("out", tuple(out.shape), "has no steps", "give one step or more")
    if bidirectional:
        check_halves(out)
    ends = None if lengths is None else sample_lengths("out", out, time, lengths)
    if ends is not None and bidirectional and not _constant(out, behind(ends, out, time)):
        raise ArgumentError(
            "out",
            tuple(out.shape),
            "holds different numbers behind the lengths, as a backward half has that read padding",
            "pack the input by pack_padded_sequence(x, lengths, batch_first, enforce_sorted=False),"
            " and give what pad_packed_sequence returns; if it was, and out was changed since, fill"
            " its padding with zeros again",
        )
    return time, ends


def _constant(out: Tensor, padding: Tensor) -> bool:
    """Whether out holds one number behind the lengths, as ``pad_packed_sequence`` writes it; or at
    several steps the same numbers, as a layer makes of it that works on each step by itself.

    Of a tensor on the meta device, which holds no numbers, nothing else is known.
    """
    if out.is_meta:
        return True
    steps = out.detach()[padding.squeeze(-1)]
    if len(steps) > 1 and (steps == steps[:1]).all():
        return True
    return bool((steps == steps[:1, :1]).all() or steps.isnan().all())


def _no_tensor(argument: str, value: object) -> tuple[str, str]:
    """What something that is no tensor is instead, and how to get the tensor from it."""
    part = _STATE.get(argument, _OUT)
    if isinstance(value, PackedSequence):
        if argument in _STATE:
            return "is packed", "give h_n or c_n, the second thing that the module returns"
        padded = f"pad_packed_sequence({argument}, batch_first)[0]"
        return "is packed", f"give {padded}, of torch.nn.utils.rnn"
    if isinstance(value, tuple):
        return "is a tuple", f"give {part}"
    if isinstance(value, nn.Module):
        return "is a module", f"call it, and of the tuple that it returns give {part}"
    if isinstance(value, str):
        return "is a text", "give the tensor itself, without quotes"
    if isinstance(value, list):
        of_tensors = any(isinstance(each, Tensor) for each in value)
        return "is a list", _made("torch.stack" if of_tensors else "torch.tensor", argument, value)
    if type(value).__name__ == "ndarray":  # by its name, since NumPy need not be there
        return "is a NumPy array", _made("torch.from_numpy", argument, value)
    return "is no tensor", "give a tensor"


def _made(function: str, argument: str, value: object) -> str:
    """To give what a function of torch makes of a value, if it can."""
    try:
        getattr(torch, function.removeprefix("torch."))(value)
    except (TypeError, ValueError, RuntimeError):  # ragged, or no numbers
        return "give one tensor"
    return f"give {function}({argument})"


def _shown(value: object) -> object:
    """What an error shows of a value that is no tensor: the shapes that are in it, or its type."""
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, PackedSequence):
        return type(value).__name__
    if isinstance(value, (tuple, list)):
        shown = [_shown(each) for each in value[:9]]
        return tuple(shown) if isinstance(value, tuple) else shown
    shape = getattr(value, "shape", None)
    return tuple(shape) if isinstance(shape, tuple) else type(value).__name__
