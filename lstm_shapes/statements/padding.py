"""Whether padding changes a vector, found by taking it away.

``pad_packed_sequence`` fills out with zeros behind the end of each sample. They are no reading,
and a gradient does not see them, but they count in a mean and may win a maximum. So a vector is
computed twice: from out as it is, and from each sample's own steps alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from lstm_shapes.expression.grammar import Expression
from lstm_shapes.expression.text import ExpressionError
from lstm_shapes.expression.values import evaluate
from lstm_shapes.formula.numbers import distance
from lstm_shapes.live.axes import as_returned, steps_first
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
            "padding, or another sample's length, has changed it: from its own steps alone, "
            f"sample {self.sample} has another vector (up to {distance(self.apart)} apart)"
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
    if lengths is None or _BY_LENGTH.isdisjoint(expression.names):
        return None
    with torch.no_grad():
        for by_chance, probe in enumerate(_probes(run)):
            whole = evaluate(probe, expression)
            for length in sorted(set(lengths)):
                samples = [b for b, each in enumerate(lengths) if each == length]
                found = _apart(expression, _cut(probe, length), whole, row, samples)
                if found is not None:
                    return replace(found, by_chance=by_chance > 0)
    return None


_BY_LENGTH = frozenset(("out", "output", "x", "input", "lengths", "L", "seq_len"))
"""Names of what padding or another sample's length could change; final states are none of it."""


def _probes(run: Run) -> Iterator[Run]:
    """The run, and the same with an out that is negative everywhere, or positive."""
    yield run
    for out in (-run.out.abs(), run.out.abs()):
        yield replace(run, out=out)


def _apart(
    expression: Expression, cut: Run, whole: Tensor, row: Row, samples: Sequence[int]
) -> PaddingFound | None:
    """The first of some samples whose vector is another one where there is no padding.

    Args:
        cut: the run without the steps behind these samples' end.
        whole: the vectors of all samples, with the padding.
    """
    try:
        alone = evaluate(cut, expression)
    except ExpressionError:
        return PaddingFound(samples[0], None)
    for sample in samples:
        at = replace(row, index=sample)
        own, padded = at.of(alone), at.of(whole)
        if own.shape != padded.shape:
            return PaddingFound(sample, None)
        if not close(own, padded).all():
            return PaddingFound(sample, float((own - padded).abs().max()))
    return None


def close(one: Tensor, other: Tensor) -> Tensor:
    """Which elements of two tensors differ in their last digits at most, as numbers do that are
    summed in another order."""
    digits = torch.finfo(one.dtype).eps
    return torch.isclose(one, other, rtol=digits**0.6, atol=digits**0.75)


def _cut(run: Run, length: int) -> Run:
    """The first steps of a run, as if the batch had no more and all samples had that many: for a
    sample of this length there is no padding in it, and no other length."""
    sizes = replace(run.sizes, seq_len=length, lengths=(length,) * run.sizes.samples)

    def first(x: Tensor) -> Tensor:
        steps = steps_first(x, run.settings, run.sizes)[:length]
        return as_returned(steps, run.settings, sizes)

    return replace(run, sizes=sizes, input=first(run.input), out=first(run.out))
