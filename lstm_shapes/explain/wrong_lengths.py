"""Lengths with which ``pack_padded_sequence`` cannot pack x, or packs something else."""

from __future__ import annotations

from dataclasses import replace

from lstm_shapes.errors import MOST_LENGTHS, one_each
from lstm_shapes.explain.call import Call, Lengths
from lstm_shapes.explain.cause import Diagnosis, Layout, layout, mended, other_device


def wrong_lengths(call: Call) -> Diagnosis | None:
    """Say what is wrong with the lengths of a call; ``None`` if nothing is.

    Args:
        call: one whose module is right.

    Source: torch documentation, ``torch.nn.utils.rnn.pack_padded_sequence``.

    >>> from lstm_shapes.explain.reading import read_call
    >>> asked = read_call("nn.LSTM(4, 3); x: (5, 2, 4); packed, lengths [3, 5]")
    >>> wrong_lengths(asked).mended.lengths
    Lengths(values=(3, 5), zero_d=False, enforce_sorted=False, device='cpu')
    """
    if call.lengths is None:
        return None
    if call.cell:
        cause = f"nn.{call.kind} takes one step of every sample: a packed batch has many."
        cure = f"Give a packed batch to nn.{call.kind.removesuffix('Cell')}; a cell takes x alone."
        return mended(("packed", "lengths", cause, cure, "lengths = None"), call, lengths=None)
    laid = layout(call)
    if laid.batch is None:
        return _without_batch(call)
    if (laid.samples or 0) > MOST_LENGTHS >= len(call.lengths.values):
        return _very_many(call, laid.samples or 0)
    lengths, samples, steps = call.lengths, laid.samples or 0, call.x.shape[laid.time or 0]
    if not samples or not steps:
        return _empty(call, laid, samples)
    return (
        _form(call, lengths, samples, steps)
        or _count(call, laid, lengths, samples, steps)
        or _bounds(call, lengths, steps)
        or _order(call, laid, lengths)
    )


def _without_batch(call: Call) -> Diagnosis:
    cause = (
        f"x is {call.x.shape}: it has no batch axis, so it is one sequence and has nothing to be "
        f"padded with. pack_padded_sequence takes (L, N, H_in), or (N, L, H_in) with batch_first."
    )
    if call.lengths and len(call.lengths.values) == 1:
        place = 0 if call.argument("batch_first") else 1
        shape = (*call.x.shape[:place], 1, *call.x.shape[place:])
        cure = "Give x an axis for its one sample."
        found = "unbatched", "x, number of axes", cause, cure, f"x = x.unsqueeze({place})"
        return mended(found, call, x=shape)
    cure = "Give the sequence as it is, without lengths."
    return mended(
        ("unbatched", "x, number of axes", cause, cure, "lengths = None"), call, lengths=None
    )


def _very_many(call: Call, samples: int) -> Diagnosis:
    """More samples than lengths are written here."""
    cause = f"There are not as many lengths as samples, of which x, {call.x.shape}, has {samples}."
    cure = "Give one length for each sample; or leave them out, if all samples are whole."
    found = "count", "lengths, axis 0 (batch, N)", cause, cure, "lengths = None"
    return mended(found, call, lengths=None)


def _empty(call: Call, laid: Layout, samples: int) -> Diagnosis:
    axis = (laid.time if samples else laid.batch) or 0
    missing = "steps" if samples else "samples"
    cause = f"x is {call.x.shape}: it has no {missing}, and nothing can be packed."
    code = "if x.numel():  # else there is nothing to run\n    pass"
    return Diagnosis("empty", laid.axis(axis), cause, "Leave the call out.", None, code)


def _form(call: Call, lengths: Lengths, samples: int, steps: int) -> Diagnosis | None:
    """A tensor without an axis, or on another device than the CPU."""
    if lengths.zero_d:
        cause = (
            "lengths has no axis, as squeeze() leaves it of a batch of one sample: "
            "pack_padded_sequence wants one length for each sample, (N,)."
        )
        if samples == 1:
            cure, code = "Give it its axis again, or use squeeze(-1).", "lengths.reshape(1)"
            values = lengths.values
        else:
            cure = "Give one length for each sample."
            values = one_each(lengths.values, samples, steps)
            code = f"torch.tensor({list(values)})"
        after = replace(lengths, values=values, zero_d=False)
        return mended(
            ("zero_d", "lengths, number of axes", cause, cure, f"lengths = {code}"),
            call,
            lengths=after,
        )
    if other_device(lengths.device, "cpu"):
        cause = (
            f"lengths is on {lengths.device}: pack_padded_sequence reads the numbers on the CPU, "
            "wherever x is."
        )
        found = "device", "lengths, device", cause, "Move lengths to the CPU, and nothing else."
        return mended(
            (*found, "lengths = lengths.cpu()"), call, lengths=replace(lengths, device="cpu")
        )
    return None


def _count(
    call: Call, laid: Layout, lengths: Lengths, samples: int, steps: int
) -> Diagnosis | None:
    """Not one length for each sample."""
    count = len(lengths.values)
    if count == samples:
        return None
    first = call.argument("batch_first")
    there = "is 1 length" if count == 1 else f"are {count} lengths"
    cause = (
        f"There {there} for N = {samples} samples: x is {call.x.shape}, and with "
        f"batch_first={first} its axis {laid.batch} is the batch."
    )
    states = {each.shape[1] for each in call.states if len(each.shape) == 3}
    if count == steps and states <= {steps}:
        cause += f" Axis {laid.time} has {steps}: it seems to be the batch."
        cure = f"Use batch_first={not first}, for the module and for pack_padded_sequence."
        found = "batch_first", "lengths, axis 0 (batch, N)", cause, cure, ""
        return mended(found, call, {"batch_first": not first})
    values = one_each(lengths.values, samples, steps)
    code = f"lengths = torch.tensor({list(values)})"
    found = "count", "lengths, axis 0 (batch, N)", cause, "Give one length for each sample.", code
    return mended(found, call, lengths=replace(lengths, values=values))


def _bounds(call: Call, lengths: Lengths, steps: int) -> Diagnosis | None:
    """A length below 1, or beyond the steps that x has."""
    least, most = min(map(int, lengths.values)), max(lengths.values)
    if least < 1:
        at = [int(each) < 1 for each in lengths.values].index(True)
        cause = f"lengths[{at}] is {lengths.values[at]}: every sample needs one step or more."
        cure = "Leave an empty sample out; or give it 1, and mask what comes out of it."
        code, kind = "lengths = lengths.clamp(min=1)", "zero"
        values = tuple(max(each, 1) for each in lengths.values)
    elif most > steps:
        at = lengths.values.index(most)
        cause = f"lengths[{at}] is {most}, and x has only L = {steps} steps."
        cure = "Count the lengths after x was cut, or cut them as well."
        code, kind = f"lengths = lengths.clamp(max={steps})", "long"
        values = tuple(min(each, steps) for each in lengths.values)
    else:
        return None
    return mended(
        (kind, f"lengths[{at}]", cause, cure, code), call, lengths=replace(lengths, values=values)
    )


def _order(call: Call, laid: Layout, lengths: Lengths) -> Diagnosis | None:
    """Lengths that grow, where torch was told that they do not."""
    if not lengths.enforce_sorted or list(lengths.values) == sorted(lengths.values, reverse=True):
        return None
    cause = (
        f"lengths {list(lengths.values)} do not fall, and pack_padded_sequence has "
        "enforce_sorted=True, its default."
    )
    cure = (
        "Use enforce_sorted=False: the samples are then sorted, and out, h_n and c_n put back in "
        "your order."
    )
    code = "# pack_padded_sequence(x, lengths, …, enforce_sorted=False)"
    return mended(
        ("unsorted", "lengths, order", cause, cure, code),
        call,
        lengths=replace(lengths, enforce_sorted=False),
    )
