"""Lengths: the input packed as torch packs it, and out padded again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from lstm_shapes.errors import ArgumentError

if TYPE_CHECKING:
    from lstm_shapes.live.run import Run


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


def out_padded_again(run: Run, total_length: int | None) -> Tensor:
    """out of a run with lengths, packed and then padded again.

    Args:
        total_length: to how many steps; ``None`` for as many as the longest sample has.

    Raises:
        ArgumentError: the run has no lengths.
        ValueError: torch's own, where ``total_length`` is too small.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2, lengths=[2, 4]))
    >>> out_padded_again(made, None).shape, out_padded_again(made, 5).shape
    (torch.Size([4, 2, 3]), torch.Size([5, 2, 3]))
    """
    first = run.settings.batch_first
    packed = pack_padded_sequence(run.out, lengths_of(run), first, enforce_sorted=False)
    return pad_packed_sequence(packed, first, total_length=total_length)[0]
