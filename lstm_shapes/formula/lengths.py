"""What ``pack_padded_sequence`` makes of variable lengths, computed without torch.

``statements.lengths`` compares the result with the ``PackedSequence`` that torch returns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lstm_shapes.errors import LARGEST, ArgumentError, Numbers, check_lengths, plain

MOST_TOKENS = 5 * 10**6
"""The most steps, over all samples, for which an order is computed: every step is listed."""

MOST_WRITTEN = 100
"""Up to this many samples an error writes an order of them."""


@dataclass(frozen=True)
class PackedOrder:
    """The four parts of a ``PackedSequence``, as Python's own numbers.

    Attributes:
        tokens: for each row of ``data``, the sample and the step that it holds.
        batch_sizes: for each step, how many samples are long enough to have it.
        sorted_indices: the samples in the order of their lengths, the longest first.
        unsorted_indices: for each sample, its place in ``sorted_indices``.
    """

    tokens: tuple[tuple[int, int], ...]
    batch_sizes: tuple[int, ...]
    sorted_indices: tuple[int, ...]
    unsorted_indices: tuple[int, ...]


def packed_order(
    lengths: Sequence[int] | Numbers, sorted_indices: Sequence[int] | Numbers | None = None
) -> PackedOrder:
    """Compute what ``pack_padded_sequence(…, enforce_sorted=False)`` makes of lengths.

    Args:
        lengths: how many steps each sample has; a sequence of ints, a NumPy array or a tensor.
        sorted_indices: the order of the samples, the longest first, given in the same ways.
            Samples of equal length may stand in any order, and torch does not say in which.
            Pass the order that torch chose to get the same result; without it, samples of equal
            length keep the order in which they are given.

    Returns:
        The four parts of the ``PackedSequence``.

    Raises:
        ArgumentTypeError: the lengths are not a sequence of ints.
        ArgumentError: there are no lengths, a length is below 1, all lengths together exceed
            ``MOST_TOKENS``, or ``sorted_indices`` does not sort the lengths.

    Source: torch documentation, ``torch.nn.utils.rnn.PackedSequence``.

    >>> packed_order([1, 3, 2])
    PackedOrder(tokens=((1, 0), (2, 0), (0, 0), (1, 1), (2, 1), (1, 2)), \
batch_sizes=(3, 2, 1), sorted_indices=(1, 2, 0), unsorted_indices=(2, 0, 1))
    """
    given = plain(lengths)
    count = len(given) if isinstance(given, Sequence) else 1
    if not count:
        raise ArgumentError("lengths", given, "is empty", "give one length per sample")
    checked = check_lengths(lengths, count, LARGEST)
    if sum(checked) > MOST_TOKENS:
        raise ArgumentError(
            "lengths", given, f"has {sum(checked)} steps in all", f"give {MOST_TOKENS} at most"
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


def _sorting(
    sorted_indices: Sequence[int] | Numbers, lengths: tuple[int, ...], order: list[int]
) -> list[int]:
    """Return a given order of the samples; refuse it if it does not put the longest first."""
    given = plain(sorted_indices, "sorted_indices")
    samples = [plain(each) for each in given] if isinstance(given, Sequence) else []
    ints = all(isinstance(each, int) and not isinstance(each, bool) for each in samples)
    known = ints and sorted(samples) == sorted(order)
    if not known or [lengths[each] for each in samples] != [lengths[each] for each in order]:
        cure = "leave it out, or give that of the PackedSequence"
        if len(order) <= MOST_WRITTEN:
            cure = f"use {order}, for example"
        raise ArgumentError("sorted_indices", given, "does not sort the lengths", cure)
    return samples
