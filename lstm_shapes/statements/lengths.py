"""Variable lengths: what packing makes of a padded batch, and what it saves it from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence

from lstm_shapes.config import DIRECTIONS, Direction
from lstm_shapes.directions import reverse_time
from lstm_shapes.errors import ArgumentError
from lstm_shapes.formula.code import flip_code
from lstm_shapes.formula.lengths import PackedOrder, packed_order
from lstm_shapes.live.axes import steps_first
from lstm_shapes.live.calls import with_weights
from lstm_shapes.live.layers import layer_runs
from lstm_shapes.live.lengths import lengths_of, packed_input
from lstm_shapes.live.run import Run
from lstm_shapes.live.terms import own_terms
from lstm_shapes.live.torch_says import what_torch_says
from lstm_shapes.live.variants import unpacked, widened
from lstm_shapes.statements.claim import COINCIDENCE, Claim, allowed_difference
from lstm_shapes.tensors import padding_mask


def packing_claims(run: Run) -> tuple[Claim, ...]:
    """What packing is, and what the padded call gets wrong, on a run with lengths.

    Raises:
        ArgumentError: the run has no lengths.

    Source: torch documentation, ``torch.nn.utils.rnn.pack_padded_sequence`` and
    ``pad_packed_sequence``.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> settings, sizes = Settings(4, 3, batch_first=True), InputSizes(5, 2, lengths=[2, 4])
    >>> for claim in packing_claims(run(settings, sizes))[:-1]:
    ...     print(claim.holds, claim.statement)
    True packed.data == x[sample, step], step by step, the longest sample first
    True packed.batch_sizes == [(lengths > t).sum() for t in range(4)]
    True x[sorted_indices][unsorted_indices] == x
    True out is 0 at padding
    True reverse_time(x, batch_first=True, lengths=lengths): each sample reversed within its length
    True out[b, lengths[b] - 1] == h_n[-1]
    False out[:, -1] == h_n[-1]
    False h_n of the padded batch, unpacked == h_n
    True lstm(packed) is the same with batch_first=False
    """
    return run.kept("packing claims", lambda: tuple(_claims(run)))


def _claims(run: Run) -> Iterator[Claim]:
    lengths, packed = lengths_of(run), packed_input(run)
    order = _order(packed, lengths)
    x, out = run.ordered.x, run.ordered.out
    samples, steps = (list(each) for each in zip(*order.tokens, strict=True))
    yield Claim(
        "packed-data",
        "packed.data == x[sample, step], step by step, the longest sample first",
        torch.equal(packed.data, x[steps, samples]),
        f"{len(samples)} of {x.shape[0] * x.shape[1]} rows: the padding is left out",
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
    behind = padding_mask(lengths, len(x)).to(out.device)
    yield Claim(
        "zeros",
        "out is 0 at padding",
        not bool(out[:, behind].any()),
        "no cell runs there; pad_packed_sequence fills it with zeros"
        if behind.any()
        else "no sample has padding",
    )
    yield _flip(run, x, lengths)
    yield from _ends(run, lengths)
    yield _padded_final(run, lengths)
    yield _module_batch_first(run, packed)
    yield _packing_batch_first(run, lengths, packed)


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
    returned = reverse_time(run.input, batch_first=first, lengths=lengths)
    flipped = steps_first(returned, run.settings, run.sizes)
    same = all(
        torch.equal(flipped[:length, b], x[:length, b].flip(0))
        and torch.equal(flipped[length:, b], x[length:, b])
        for b, length in enumerate(lengths)
    )
    statement = f"{flip_code('x', run.settings, run.sizes)}: each sample reversed within its length"
    return Claim("flip", statement, same, "this is the order in which the backward cell reads")


def _indices(packed: PackedSequence, order: PackedOrder, x: Tensor) -> tuple[bool, str]:
    pair = packed.sorted_indices, packed.unsorted_indices
    if pair[0] is None or pair[1] is None:
        return False, "the input was packed as sorted"
    formula = order.sorted_indices, order.unsorted_indices
    same = (tuple(pair[0].tolist()), tuple(pair[1].tolist())) == formula
    return same and torch.equal(
        x[:, pair[0]][:, pair[1]], x
    ), "out and h_n come back in the order of x"


def _ends(run: Run, lengths: list[int]) -> Iterator[Claim]:
    """Each sample's own last step, and the last column, against the final state."""
    forward, final = run.ordered.out[0], run.ordered.h_n[-1, 0]
    row = "h_n[-2]" if run.settings.bidirectional else "h_n[-1]"
    name = "forward" if run.settings.bidirectional else "out"
    index = "b, lengths[b] - 1" if run.settings.batch_first else "lengths[b] - 1, b"
    own = torch.equal(forward[[each - 1 for each in lengths], range(len(lengths))], final)
    yield Claim(
        "true-last", f"{name}[{index}] == {row}", own, "this is each sample's own last step"
    )
    column = "[:, -1]" if run.settings.batch_first else "[-1]"
    mistaken = torch.equal(forward[-1], final)
    whole = min(lengths) == run.sizes.seq_len
    reason = "no sample has padding" if whole else "the last column is padding"
    reason = COINCIDENCE if mistaken and not whole else reason
    yield Claim("last-column", f"{name}{column} == {row}", mistaken, reason, mistake=True)


def _padded_final(run: Run, lengths: list[int]) -> Claim:
    """The final state of the padded call, against the packed call's."""
    run = widened(run)
    allowed = allowed_difference(run)
    apart = (unpacked(run).ordered.h_n - run.ordered.h_n).abs().amax(dim=(0, 1, 3)).tolist()
    wrong = [sample for sample, each in enumerate(apart) if not each <= allowed]
    which = ", ".join(map(str, wrong[:6])) + (" …" if wrong[6:] else "")
    reason = f"it differs for sample{'s' * (len(wrong) > 1)} {which}, where padding was read"
    if not wrong:
        whole = min(lengths) == run.sizes.seq_len
        reason = "no sample has padding" if whole else COINCIDENCE
    statement = "h_n of the padded batch, unpacked == h_n"
    return Claim("padded-final", statement, not wrong, reason, mistake=True)


def _module_batch_first(run: Run, packed: PackedSequence) -> Claim:
    """The module with the other batch_first, called on the same packed batch."""
    other = replace(run.settings, batch_first=not run.settings.batch_first)
    with own_terms(run.device):
        pair = [_flat(module(packed)) for module in (run.module, with_weights(other, run.weights))]
    return Claim(
        "module-batch-first",
        f"{run.settings.kind.lower()}(packed) is the same with batch_first={other.batch_first}",
        all(map(torch.equal, *pair)),
        f"a packed batch has one axis for samples and steps together, so nn.{other.kind} has "
        "nothing to order: only the batch_first of packing and padding counts",
    )


def _flat(returned: Any) -> tuple[Tensor, ...]:
    """The tensors that a module makes of a packed batch: out's data, h_n and, if any, c_n."""
    out, final = returned
    return (out.data, *final) if isinstance(final, tuple) else (out.data, final)


def _packing_batch_first(run: Run, lengths: list[int], packed: PackedSequence) -> Claim:
    """The padded batch, packed with the other batch_first."""
    first = run.settings.batch_first
    made: list[PackedSequence] = []
    says = what_torch_says(
        lambda: made.append(pack_padded_sequence(run.input, lengths, not first, False))
    )
    same = any(torch.equal(each.data, packed.data) for each in made)
    takes = f"axis {int(first)} of x is then taken for the samples"
    reason = f"{takes}, and torch says: {says}" if says else f"{takes}, and torch reports no error"
    return Claim(
        "packing-batch-first",
        f"pack_padded_sequence(x, lengths, batch_first={not first}, enforce_sorted=False).data "
        "== packed.data",
        same,
        "one step of one sample is all that is read: both orders begin with it" if same else reason,
        mistake=True,
    )


@dataclass(frozen=True)
class PaddingEffect:
    """How far a padded call is from the packed one, in what one cell wrote.

    Attributes:
        steps: by sample, then by step: the largest difference; ``None`` at padding.
        h_n: by sample, in the final h.
        c_n: by sample, in the final c; ``None`` for GRU and RNN.
        reason: why they differ, or do not.
    """

    layer: int
    direction: Direction
    steps: tuple[tuple[float | None, ...], ...]
    h_n: tuple[float, ...]
    c_n: tuple[float, ...] | None
    reason: str


def padded_against_packed(run: Run) -> tuple[PaddingEffect, ...]:
    """What a module makes of a padded batch that is not packed, against the packed call.

    Every layer is compared: the packed call's own with the padded call's own.

    Returns:
        One for each layer and direction, in the order of h_n.

    Raises:
        ArgumentError: the run has no lengths.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> settings = Settings(4, 3, bidirectional=True)
    >>> made = run(settings, InputSizes(seq_len=5, batch_size=2, lengths=[5, 2]))
    >>> for found in padded_against_packed(made):
    ...     print(found.direction, [max(filter(None, each), default=0) > 1e-3
    ...                             for each in found.steps])
    forward [False, False]
    backward [False, True]
    """
    lengths_of(run)  # refuses a run that has none
    return run.kept("padding effects", lambda: tuple(_effects(run)))


def _effects(run: Run) -> Iterator[PaddingEffect]:
    run = widened(run)
    pairs = zip(layer_runs(run), layer_runs(unpacked(run)), strict=True)
    for layer, (packed, padded) in enumerate(pairs):
        for direction in run.settings.directions:
            yield _effect(layer, direction, packed, padded)


def _effect(layer: int, direction: Direction, packed: Run, padded: Run) -> PaddingEffect:
    half = DIRECTIONS.index(direction)
    one, other = packed.ordered, padded.ordered
    lengths, allowed = lengths_of(packed), allowed_difference(packed)
    table = (one.out[half] - other.out[half]).abs().amax(dim=-1).t().tolist()
    steps = tuple(
        tuple(each if t < length else None for t, each in enumerate(row))
        for row, length in zip(table, lengths, strict=True)
    )
    h_n = _apart(one.h_n[0, half], other.h_n[0, half])
    c_n = None
    if one.c_n is not None and other.c_n is not None:
        c_n = _apart(one.c_n[0, half], other.c_n[0, half])
    ends = max((*h_n, *(c_n or ()))) > allowed
    differs = any(each > allowed for row in steps for each in row if each is not None)
    reason = _why(layer, direction, packed, lengths, differs)
    if not (differs or ends) and min(lengths) < packed.sizes.seq_len:
        reason = _why_not(packed)
    return PaddingEffect(layer, direction, steps, h_n, c_n, reason)


def _apart(one: Tensor, other: Tensor) -> tuple[float, ...]:
    """The largest difference for each sample, of (N, features)."""
    return tuple((one - other).abs().amax(dim=-1).tolist())


def _why_not(packed: Run) -> str:
    """Why there is no difference although there is padding."""
    if packed.settings.bias:
        return COINCIDENCE
    return "padding is zeros, and without a bias a cell that reads zeros from the start stays zero"


def _why(layer: int, direction: Direction, packed: Run, lengths: list[int], differs: bool) -> str:
    if min(lengths) == packed.sizes.seq_len:
        return "no sample has padding"
    if direction == "backward":
        return (
            "this cell starts in the padding, so every h that it writes afterwards is another one"
        )
    if layer and packed.settings.bidirectional and differs:
        return "the backward cell below has read padding, and this cell reads what that one wrote"
    return (
        "this cell had read no padding when it wrote these steps; it then reads the padding too, "
        "and ends with another h_n"
    )
