"""Variable lengths: what packing makes of a padded batch, and what it saves it from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from lstm_shapes.again import as_padded
from lstm_shapes.config import LARGEST, ArgumentError, check_lengths, plain
from lstm_shapes.directions import reverse_time
from lstm_shapes.evaluation import COINCIDENCE, Claim, allowed_difference
from lstm_shapes.live import Run, padding_mask
from lstm_shapes.shapes import time_axis
from lstm_shapes.snippet import flip_code

MOST_TOKENS = 5 * 10**6
"""Steps of all samples together that are listed."""


@dataclass(frozen=True)
class PackedOrder:
    """The four parts of a ``PackedSequence`` by formula.

    Attributes:
        tokens: (sample, step) of each row of ``data``.
        batch_sizes: for each step, how many samples have one.
        sorted_indices: the samples, longest first.
        unsorted_indices: the place of each sample among the sorted ones.
    """

    tokens: tuple[tuple[int, int], ...]
    batch_sizes: tuple[int, ...]
    sorted_indices: tuple[int, ...]
    unsorted_indices: tuple[int, ...]


def packed_order(
    lengths: Sequence[int], sorted_indices: Sequence[int] | None = None
) -> PackedOrder:
    """What ``pack_padded_sequence(…, enforce_sorted=False)`` makes of lengths.

    Args:
        sorted_indices: the order of the samples, longest first. It is settled but for samples
            of one length, which torch's sort may put in any order; without it they stay in
            theirs.

    Raises:
        ArgumentError: a length below 1, no lengths, or an order that does not sort them.

    Source: torch documentation, ``torch.nn.utils.rnn.PackedSequence``.

    >>> packed_order([1, 3, 2])
    PackedOrder(tokens=((1, 0), (2, 0), (0, 0), (1, 1), (2, 1), (1, 2)), \
batch_sizes=(3, 2, 1), sorted_indices=(1, 2, 0), unsorted_indices=(2, 0, 1))
    """
    given = plain(lengths)
    count = len(given) if isinstance(given, Sequence) else 1
    if not count:
        raise ArgumentError("lengths", given, "is empty", "give one length per sample")
    checked = check_lengths(given, count, LARGEST)
    if sum(checked) > MOST_TOKENS:
        raise ArgumentError(
            "lengths", given, f"has {sum(checked)} steps in all", f"list {MOST_TOKENS} at most"
        )
    order = sorted(range(count), key=lambda sample: -checked[sample])
    if sorted_indices is not None:
        order = _sorting(sorted_indices, checked, order)
    ends, place = Counter(checked), {sample: at for at, sample in enumerate(order)}
    batch_sizes = [count]
    for step in range(1, max(checked)):
        batch_sizes.append(batch_sizes[-1] - ends[step])
    return PackedOrder(
        tokens=tuple((b, t) for t, size in enumerate(batch_sizes) for b in order[:size]),
        batch_sizes=tuple(batch_sizes),
        sorted_indices=tuple(order),
        unsorted_indices=tuple(place[sample] for sample in range(count)),
    )


def _sorting(given: Sequence[int], lengths: tuple[int, ...], order: list[int]) -> list[int]:
    """An order that was given, if it sorts the lengths as well as ours does."""
    longest = [lengths[sample] for sample in order]
    samples = list(given) if isinstance(given, Sequence) else []
    known = all(isinstance(each, int) for each in samples) and sorted(samples) == sorted(order)
    if not known or [lengths[sample] for sample in samples] != longest:
        raise ArgumentError(
            "sorted_indices", given, "does not sort the lengths", f"use {order}, for one"
        )
    return samples


def lengths_of(run: Run) -> list[int]:
    """The lengths of a run, as torch's functions take them.

    Raises:
        ArgumentError: the run has none.
    """
    if run.sizes.lengths is None:
        raise ArgumentError("lengths", None, "is not given", "give a run with lengths")
    return list(run.sizes.lengths)


def packed_input(run: Run) -> PackedSequence:
    """The input of a run with lengths as the module was given it.

    Raises:
        ArgumentError: the run has no lengths.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2, lengths=[2, 5]))
    >>> packed_input(made).batch_sizes
    tensor([2, 2, 1, 1, 1])
    """
    first = run.settings.batch_first
    return pack_padded_sequence(run.input, lengths_of(run), first, enforce_sorted=False)


def packing_claims(run: Run) -> tuple[Claim, ...]:
    """What packing is, and what the padded call gets wrong, on a run with lengths.

    Raises:
        ArgumentError: the run has no lengths.

    Source: torch documentation, ``torch.nn.utils.rnn.pack_padded_sequence`` and
    ``pad_packed_sequence``.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> settings, sizes = Settings(4, 3, batch_first=True), InputSizes(5, 2, lengths=[2, 4])
    >>> for claim in packing_claims(run(settings, sizes)):
    ...     print(claim.holds, claim.statement)
    True packed.data == x at (sample, step), time by time, longest sample first
    True packed.batch_sizes == [(lengths > t).sum() for t in range(4)]
    True x[sorted_indices][unsorted_indices] == x
    True out is 0 at padding
    True reverse_time(x, batch_first=True, lengths=lengths): each sample reversed in its own length
    True out[b, lengths[b] - 1] == h_n[-1]
    False out[:, -1] == h_n[-1]
    False h_n of the padded batch, unpacked == h_n
    """
    return tuple(_claims(run))


def _claims(run: Run) -> Iterator[Claim]:
    lengths, packed = lengths_of(run), packed_input(run)
    order = _order(packed, lengths)
    time = time_axis(run.settings, run.sizes)
    x, out = (each if time else each.transpose(0, 1) for each in (run.input, run.out))
    samples, steps = (list(each) for each in zip(*order.tokens, strict=True))
    yield Claim(
        "packed-data",
        "packed.data == x at (sample, step), time by time, longest sample first",
        torch.equal(packed.data, x[samples, steps]),
        f"{len(samples)} rows of {x.shape[0] * x.shape[1]}: padding is left out",
    )
    yield Claim(
        "batch-sizes",
        f"packed.batch_sizes == [(lengths > t).sum() for t in range({max(lengths)})]",
        tuple(packed.batch_sizes.tolist()) == order.batch_sizes,
        "at step t the module runs that many samples at once, and no others",
    )
    at = "[{}]" if run.settings.batch_first else "[:, {}]"
    code = f"x{at.format('sorted_indices')}{at.format('unsorted_indices')} == x"
    yield Claim("indices", code, *_indices(packed, order, x))
    behind = padding_mask(lengths, x.shape[1]).to(out.device)
    yield Claim(
        "zeros",
        "out is 0 at padding",
        not bool(out[behind].any()),
        "no cell has run there: pad_packed_sequence fills up" if behind.any() else "there is none",
    )
    yield _flip(run, x, lengths)
    yield from _ends(run, out, lengths)


def _order(packed: PackedSequence, lengths: list[int]) -> PackedOrder:
    """By formula, samples of one length in torch's order; in their own if that is no order."""
    try:
        given = None if packed.sorted_indices is None else packed.sorted_indices.tolist()
        return packed_order(lengths, given)
    except ArgumentError:
        return packed_order(lengths)


def _flip(run: Run, x: Tensor, lengths: list[int]) -> Claim:
    """What ``reverse_time`` makes of the input, against its steps in words."""
    first = run.settings.batch_first
    flipped = reverse_time(run.input, batch_first=first, lengths=lengths)
    flipped = flipped if first else flipped.transpose(0, 1)
    same = all(
        torch.equal(flipped[b, :length], x[b, :length].flip(0))
        and torch.equal(flipped[b, length:], x[b, length:])
        for b, length in enumerate(lengths)
    )
    statement = f"{flip_code('x', run.settings, run.sizes)}: each sample reversed in its own length"
    return Claim("flip", statement, same, "the order in which the backward cell reads")


def _indices(packed: PackedSequence, order: PackedOrder, x: Tensor) -> tuple[bool, str]:
    pair = packed.sorted_indices, packed.unsorted_indices
    if pair[0] is None or pair[1] is None:
        return False, "the input was packed as sorted"
    formula = order.sorted_indices, order.unsorted_indices
    same = (tuple(pair[0].tolist()), tuple(pair[1].tolist())) == formula
    return same and torch.equal(x[pair[0]][pair[1]], x), "out and h_n come back in the order of x"


def _ends(run: Run, out: Tensor, lengths: list[int]) -> Iterator[Claim]:
    """The last step that is one, the last column, and the padded call's final state."""
    last = out[range(len(lengths)), [length - 1 for length in lengths], : run.settings.h_out]
    row = "h_n[-2]" if run.settings.bidirectional else "h_n[-1]"
    final = run.h_n[-run.settings.num_directions]
    forward = "forward" if run.settings.bidirectional else "out"
    index = "b, lengths[b] - 1" if run.settings.batch_first else "lengths[b] - 1, b"
    same = torch.equal(last, final)
    yield Claim("true-last", f"{forward}[{index}] == {row}", same, "each sample's own last step")
    column = "[:, -1]" if run.settings.batch_first else "[-1]"
    mistaken = torch.equal(out[:, -1, : run.settings.h_out], final)
    whole = min(lengths) == run.sizes.seq_len
    reason = "no sample has padding" if whole else "the last column is padding"
    reason = COINCIDENCE if mistaken and not whole else reason
    yield Claim("last-column", f"{forward}{column} == {row}", mistaken, reason, mistake=True)
    padded = as_padded(run)
    difference = (padded.h_n - run.h_n).abs().amax(dim=(0, 2))
    same = bool(difference.max() <= allowed_difference(run))
    wrong = [i for i, each in enumerate(difference.tolist()) if each > allowed_difference(run)]
    which = ", ".join(map(str, wrong[:6])) + (" …" if wrong[6:] else "")
    reason = f"differs for sample{'s' * (len(wrong) > 1)} {which}, where padding was read"
    reason = ("no sample has padding" if whole else COINCIDENCE) if same else reason
    yield Claim(
        "padded-final", "h_n of the padded batch, unpacked == h_n", same, reason, mistake=True
    )


def total_length_shapes(run: Run) -> dict[str, tuple[int, ...]]:
    """The shape of out as it is unpacked without ``total_length``, and with it.

    Raises:
        ArgumentError: the run has no lengths.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2, lengths=[2, 4]))
    >>> total_length_shapes(made)
    {'': (4, 2, 3), 'total_length=5': (5, 2, 3)}
    """
    total = run.sizes.seq_len
    named = {"": _unpacked(run, None), f"total_length={total}": _unpacked(run, total)}
    return {name: tuple(out.shape) for name, out in named.items()}


def total_length_message(run: Run) -> str:
    """What torch says of a ``total_length`` that is one less than the longest sample.

    Raises:
        ArgumentError: the run has no lengths.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2, lengths=[2, 4]))
    >>> total_length_message(made).endswith("got total_length=3 and max sequence length being 4")
    True
    """
    shorter = max(lengths_of(run)) - 1
    return _refusal(lambda: _unpacked(run, shorter))


def enforce_sorted_message(run: Run) -> str:
    """What torch says with ``enforce_sorted=True``, its default; empty if it takes the lengths.

    Raises:
        ArgumentError: the run has no lengths.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2, lengths=[2, 5]))
    >>> "sorted in decreasing order" in enforce_sorted_message(made)
    True
    """
    lengths, first = lengths_of(run), run.settings.batch_first
    return _refusal(lambda: pack_padded_sequence(run.input, lengths, first))


def _unpacked(run: Run, total_length: int | None) -> Tensor:
    """Out packed and unpacked once more."""
    first = run.settings.batch_first
    packed = pack_padded_sequence(run.out, lengths_of(run), first, enforce_sorted=False)
    return pad_packed_sequence(packed, first, total_length=total_length)[0]


def _refusal(attempt: Callable[[], object]) -> str:
    """The first line of what torch says; empty if it says nothing."""
    try:
        attempt()
    # The one refuses what is not sorted, the other a total_length that is too small.
    except (RuntimeError, ValueError) as error:
        return str(error).split("\n", 1)[0]
    return ""
