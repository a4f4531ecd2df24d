"""A run followed by autograd, and the row of a vector in it that belongs to one sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor

from lstm_shapes.config import InputSizes
from lstm_shapes.expression.grammar import Expression
from lstm_shapes.expression.labels import SEVERAL, changing, labels_of_result
from lstm_shapes.expression.operations import REDUCTIONS
from lstm_shapes.expression.text import ExpressionError
from lstm_shapes.expression.values import evaluate
from lstm_shapes.live.axes import steps_first
from lstm_shapes.live.layers import layer_runs
from lstm_shapes.live.run import Run
from lstm_shapes.live.terms import own_terms
from lstm_shapes.live.variants import with_gradients


def trace_of(run: Run) -> tuple[Run, Tensor | None]:
    """The call once more, layer by layer and followed by autograd, and what the last layer reads
    if there are layers below it."""
    with torch.inference_mode(False), torch.enable_grad():
        whole = with_gradients(run)
        layers = layer_runs(whole)
    cells = [layer.c_n for layer in layers if layer.c_n is not None]
    with own_terms("cpu", gradients=True):
        traced = replace(
            whole,
            out=layers[-1].out,
            h_n=torch.cat([layer.h_n for layer in layers]),
            c_n=torch.cat(cells) if cells else None,
        )
    return traced, layers[-1].input if len(layers) > 1 else None


Table = tuple[tuple[bool, ...], ...]


Part = Literal["forward", "backward", "both"]


PARTS: Mapping[int, Part] = {0: "forward", 1: "backward", SEVERAL: "both"}


@dataclass(frozen=True)
class TracedRow:
    """A sample's row of an expression's result, followed by autograd.

    Attributes:
        labelled: where every element of the whole result comes from.
        place: axis and index of the row in the result; ``None`` if no axis is the batch.
        parts: the directions that the row is judged by.
        elements: of each part, those that have a value in the row.
        judged: only where the gradient does not show which elements took part, as that of a
            maximum, which reaches only the steps that win: the same elements of the mean.
    """

    labelled: Mapping[str, Tensor]
    place: tuple[int, int] | None
    parts: tuple[int, ...]
    elements: tuple[Tensor, ...]
    judged: tuple[Tensor, ...] | None


_ALL = {**REDUCTIONS, "max": REDUCTIONS["mean"]}


def traced_row(expression: Expression, trace: Run, sample: int) -> TracedRow | ExpressionError:
    """The row that a head would take for the sample's, or why there is none."""
    try:
        labelled = labels_of_result(expression, trace.settings, trace.sizes)
        value = evaluate(trace, expression)
        # Only the steps that win a maximum have a gradient; in a mean all that take part have.
        every = evaluate(trace, expression, _ALL) if "max" in expression.text else None
    except ExpressionError as error:
        return error
    place, directions = _place(labelled, trace.sizes, sample), labelled["direction"]
    if place is not None:
        directions = directions.select(*place)
    parts = _parts(directions, trace)

    def elements(result: Tensor) -> tuple[Tensor, ...]:
        row = result if place is None else result.select(*place)
        return tuple(row[directions == part] for part in parts)

    judged = None if every is None else elements(every)
    return TracedRow(labelled, place, parts, elements(value), judged)


def _place(
    labelled: Mapping[str, Tensor], sizes: InputSizes, sample: int
) -> tuple[int, int] | None:
    """Axis and index of the row that a head would take for the sample's; ``None`` if no axis
    is the batch.

    That is an axis as long as the batch along which samples change, rather they alone; else
    one of some samples, as after a slice, if this one is among them; else any as long.
    """
    if sizes.batch_size is None:
        return None
    samples = labelled["sample"]
    along = [changing(labelled, axis) for axis in range(samples.dim())]
    fitting = [axis for axis, size in enumerate(samples.shape) if size == sizes.batch_size]
    mixed = [axis for axis in fitting if "sample" in along[axis]]
    for axis in sorted(mixed, key=lambda axis: along[axis] != ("sample",)):
        return axis, sample
    if ("sample",) in along:
        axis = along.index(("sample",))
        here = (samples.movedim(axis, 0).flatten(1)[:, 0] == sample).nonzero()
        return (axis, int(here[0])) if len(here) else None
    return (fitting[0], sample) if fitting else None


def _parts(directions: Tensor, run: Run) -> tuple[int, ...]:
    """The directions of a row's elements; both that the module has, unless they are joined."""
    present = {part for part in PARTS if bool((directions == part).any())}
    expected = set() if SEVERAL in present else set(range(run.settings.num_directions))
    return tuple(part for part in PARTS if part in present | expected)


def table_of(read: Tensor, run: Run) -> Table:
    """Which steps of which samples were read, by sample and step."""
    by_step = steps_first(read.unsqueeze(-1), run.settings, run.sizes)
    return tuple(map(tuple, by_step.squeeze(-1).t().tolist()))
