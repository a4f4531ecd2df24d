"""Whether padding changes a vector, found by taking it away.

``pad_packed_sequence`` fills out with zeros behind the end of each sample. They are no reading,
and a gradient does not see them, but they count in a mean and may win a maximum. So a vector is
computed twice: from out as it is, and from each sample's own steps alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from lstm_shapes.expression.grammar import Expression
from lstm_shapes.expression.text import ExpressionError
from lstm_shapes.expression.values import evaluate
from lstm_shapes.live.axes import as_returned, steps_first
from lstm_shapes.live.lengths import padding_mask
from lstm_shapes.live.run import Run
from lstm_shapes.statements.rows import Row


@dataclass(frozen=True)
class PaddingFound:
    """A sample whose vector is not that of its own steps alone.

    Attributes:
        sample: the first one found.
        apart: how far both are apart at most; ``None`` where they have other shapes, or the
            vector cannot be computed from the sample's own steps.
        by_chance: whether both are the same on this run, and not where all numbers of out are
            negative or positive: zeros then win a maximum or a minimum.
    """

    sample: int
    apart: float | None
    by_chance: bool = False

    def __str__(self) -> str:
        if self.apart is None:
            return f"it holds padding of sample {self.sample}"
        if self.by_chance:
            return (
                "padding changes it where all numbers are negative, or all positive; on this run "
                f"it has by chance not changed sample {self.sample}"
            )
        return (
            f"padding has changed it: from its own steps alone, sample {self.sample} has another "
            f"vector (up to {self.apart:.2g} apart)"
        )


def padding_in(expression: Expression, run: Run, row: Row) -> PaddingFound | None:
    """Find a sample whose padding changes its vector; ``None`` if there is none.

    Args:
        expression: of a vector with one row for each sample.
        run: in float64, so that what is summed in another order stays the same.
        row: the row of any sample.

    Returns:
        What was found first. Without lengths there is no padding.
    """
    lengths = run.sizes.lengths
    if lengths is None:
        return None
    with torch.no_grad():
        for by_chance, probe in enumerate(_probes(run)):
            whole = evaluate(probe, expression)
            for sample, length in enumerate(lengths):
                if length < run.sizes.seq_len:
                    at = replace(row, index=sample)
                    apart = _apart(expression, probe, at.of(whole), at, length)
                    if apart is None or apart > 0:
                        return PaddingFound(sample, apart, by_chance > 0)
    return None


def _probes(run: Run) -> Iterator[Run]:
    """The run, and the same with an out that is negative everywhere, or positive."""
    yield run
    mask = padding_mask(run.sizes.lengths or (), run.sizes.seq_len).unsqueeze(-1)
    behind = as_returned(mask.to(run.out.device), run.settings, run.sizes)
    beyond = float(run.out.abs().max()) + 1
    for shift in (-beyond, beyond):
        yield replace(run, out=(run.out + shift).masked_fill(behind, 0.0))


def _apart(expression: Expression, run: Run, vector: Tensor, row: Row, length: int) -> float | None:
    """How far a sample's vector is from that of its own steps alone; 0 for the same."""
    try:
        alone = row.of(evaluate(_cut(run, length), expression))
    except (ExpressionError, IndexError):
        return None
    if alone.shape != vector.shape:
        return None
    if torch.allclose(alone, vector, rtol=1e-9, atol=1e-12, equal_nan=True):
        return 0.0
    return float((alone - vector).abs().nan_to_num(nan=math.inf).max())


def _cut(run: Run, length: int) -> Run:
    """The first steps of a run, as if the batch had no more: for a sample of this length there
    is no padding in it."""
    sizes = replace(
        run.sizes,
        seq_len=length,
        lengths=tuple(min(each, length) for each in run.sizes.lengths or ()),
    )

    def first(x: Tensor) -> Tensor:
        steps = steps_first(x, run.settings, run.sizes)[:length]
        return as_returned(steps, run.settings, sizes)

    return replace(run, sizes=sizes, input=first(run.input), out=first(run.out))
