"""Whether a vector has one row for each sample, and no axis but that and the features."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from torch import Tensor

from lstm_shapes.config import InputSizes
from lstm_shapes.expression.axes import Coordinates, name_of
from lstm_shapes.expression.grammar import Expression
from lstm_shapes.expression.labels import SEVERAL, by_entry
from lstm_shapes.expression.sizes import shape_of
from lstm_shapes.expression.text import ExpressionError
from lstm_shapes.live.run import Run


@dataclass(frozen=True)
class Row:
    """The part of a result that belongs to one sample.

    Attributes:
        axis: the axis along which the samples stand; ``None`` if there is none.
        index: which entry of it is the sample's.
    """

    axis: int | None
    index: int = 0

    def of(self, result: Tensor) -> Tensor:
        """The row; all of the result if no axis is the batch."""
        return result if self.axis is None else result.select(self.axis, self.index)

    @property
    def code(self) -> str:
        """The row as code."""
        if self.axis is None:
            return "vector"
        return f"vector[{':, ' * self.axis}{self.index}]"


def row_of(
    labelled: Mapping[str, Tensor], axes: Sequence[Coordinates], sizes: InputSizes, sample: int
) -> Row:
    """The row that a head would take for a sample's.

    It stands on the axis along which samples change: rather on one as long as the batch, and rather
    on one along which nothing else changes. Where the sample is not there, it is the first row.

    Args:
        labelled: where every element comes from.
        axes: what each axis means.
    """
    if sizes.batch_size is None:
        return Row(None)
    labels = labelled["sample"]
    with_samples = [axis for axis, names in enumerate(axes) if "sample" in names]
    with_samples.sort(key=lambda axis: (labels.shape[axis] != sizes.batch_size, len(axes[axis])))
    if not with_samples and sizes.batch_size == 1:
        with_samples = [axis for axis, names in enumerate(axes)
                        if not names and labels.shape[axis] == 1][:1]  # fmt: skip
    if not with_samples:
        return Row(None)
    axis = with_samples[0]
    if labels.shape[axis] == sizes.batch_size and axes[axis] != ("sample",):
        return Row(axis, sample)
    here = (by_entry(labels, axis) == sample).any(dim=1).nonzero()
    return Row(axis, int(here[0, 0]) if len(here) else 0)


def why_not_rows(
    labelled: Mapping[str, Tensor], axes: Sequence[Coordinates], sizes: InputSizes, row: Row
) -> str:
    """Why a result is not one vector for each sample; empty if it is.

    A head takes (N, features), or (features,) for unbatched input; of more axes it makes more
    than one result for each sample.

    Args:
        labelled: where every element comes from.
        axes: what each axis means.
        row: from :func:`row_of`.
    """
    shape = tuple(labelled["sample"].shape)
    named = f"its axes are ({', '.join(map(name_of, axes))})" if axes else "it is one number"
    batch = 0 if sizes.batch_size is None else 1
    if batch and row.axis is None:
        return f"no axis of it is the batch: {named}"
    if batch and (wrong := _not_the_batch(labelled["sample"], axes, sizes.batch_size or 0, row)):
        return wrong
    extra = len(shape) - batch - 1
    if extra < 0:
        return "it has no axis for the features" if batch else "it is one number"
    others = [axis for axis in range(len(shape) - 1) if axis != row.axis]
    # An axis that was put before a single vector, as by unsqueeze(0), makes a batch of one.
    if sizes.batch_size is None and extra == 1 and not axes[0] and shape[0] == 1:
        others = []
    if others or row.axis == len(shape) - 1:
        return f"it is more than one vector for each sample: {named}"
    if axes[-1] and "feature" not in axes[-1]:
        return f"a head would take its last axis, {name_of(axes[-1])}, for the features"
    return ""


def _not_the_batch(labels: Tensor, axes: Sequence[Coordinates], samples: int, row: Row) -> str:
    """Why an axis of some samples is not the batch; empty if it is."""
    axis = row.axis or 0
    rows = by_entry(labels, axis)
    if len(rows) != samples:
        joined = f", {name_of(axes[axis])}" if len(axes[axis]) > 1 else ""
        counted = f"{len(rows)} row{'s' * (len(rows) != 1)}"
        return f"it has {counted}{joined}, for {samples} sample{'s' * (samples != 1)}"
    for index, found in enumerate(rows):
        if bool((found == SEVERAL).any()):
            return f"{Row(axis, index).code} is made of several samples"
        known = sorted(set(found[found >= 0].tolist()))
        if known and known != [index]:
            plural = "s" * (len(known) > 1)
            return f"{Row(axis, index).code} is of sample{plural} {', '.join(map(str, known))}"
    return ""


def width_follows_samples(expression: Expression, run: Run, width: int) -> bool:
    """Whether a vector has as many features as there are samples, and would have as many of a
    larger batch, or could not be computed: what is one number for each sample then stands where
    its features are.

    Args:
        width: how many features it has.
    """
    sizes = run.sizes
    if width != sizes.batch_size or re.search(rf"\b{width}\b|tensor\(", expression.text):
        return False  # numbers in the expression say how many samples there are
    lengths = None if sizes.lengths is None else (*sizes.lengths, sizes.seq_len)
    try:
        larger = shape_of(
            expression, run.settings, replace(sizes, batch_size=width + 1, lengths=lengths)
        )
    except ExpressionError:
        return True
    return larger[-1] != width
