"""What packing makes of variable lengths, by formula."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lstm_shapes.errors import LARGEST, ArgumentError, check_lengths, plain

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
