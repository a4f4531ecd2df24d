"""A run followed by autograd, and the row of a vector in it that belongs to one sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor

from lstm_shapes.expression.axes import Coordinates, result_of
from lstm_shapes.expression.computing import VALUES
from lstm_shapes.expression.grammar import Expression
from lstm_shapes.expression.labels import SEVERAL
from lstm_shapes.expression.text import ExpressionError
from lstm_shapes.expression.values import evaluate
from lstm_shapes.live.axes import steps_first
from lstm_shapes.live.layers import layer_runs
from lstm_shapes.live.run import Run
from lstm_shapes.live.terms import own_terms
from lstm_shapes.live.variants import with_gradients
from lstm_shapes.statements.rows import Row, row_of


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


Measured = Literal["shown", "judged", "all rows"]
"""What is followed back for a row:

- ``"shown"``: its elements.
- ``"judged"``: the same elements with the mean in place of each maximum, and the like. Only what
  wins a maximum has a gradient; in a mean all that took part have one.
- ``"all rows"``: the elements of all rows together. As long as no row mixes samples, what they
  have read of a sample is what that sample's own row has read.
"""


@dataclass(frozen=True)
class TracedRow:
    """A sample's row of an expression's result, followed by autograd.

    Attributes:
        expression: what the row was taken from.
        labelled: where every element of the whole result comes from.
        axes: what each axis of the whole result means.
        row: where the row is.
        parts: the directions that the row is judged by.
        elements: what is followed back, each by part. Without ``"judged"`` the row is judged by
            what is shown, and without ``"all rows"`` it tells of all others.
    """

    expression: Expression
    labelled: Mapping[str, Tensor]
    axes: tuple[Coordinates, ...]
    row: Row
    parts: tuple[int, ...]
    elements: Mapping[Measured, tuple[Tensor, ...]]


_ALL = VALUES.with_all_taking_part()


def traced_row(expression: Expression, trace: Run, sample: int) -> TracedRow | ExpressionError:
    """The row that a head would take for the sample's, or why there is none."""
    settings, sizes = trace.settings, trace.sizes
    try:
        labelled, axes = result_of(expression, settings, sizes)
        value = evaluate(trace, expression)
        every = evaluate(trace, expression, _ALL) if expression.chooses else value
    except ExpressionError as error:
        return error
    if not value.isfinite().all():
        return expression.error("this holds infinite numbers or NaN", "keep its numbers finite")
    row = row_of(labelled, axes, sizes, sample)
    directions = labelled["direction"]
    parts = _parts(row.of(directions), trace)

    def by_part(result: Tensor, only: Row) -> tuple[Tensor, ...]:
        return tuple(only.of(result)[only.of(directions) == part] for part in parts)

    elements: dict[Measured, tuple[Tensor, ...]] = {"shown": by_part(value, row)}
    if expression.chooses:
        elements["judged"] = by_part(every, row)
    if row.axis is not None and (sizes.lengths is not None or _rows_differ(labelled, row.axis)):
        elements["all rows"] = by_part(every, Row(None))
    return TracedRow(expression, labelled, axes, row, parts, elements)


def _rows_differ(labelled: Mapping[str, Tensor], axis: int) -> bool:
    """Whether rows are of other layers, directions, steps or features than each other."""
    return any(
        bool((each != each.narrow(axis, 0, 1)).any())
        for name, each in labelled.items()
        if name != "sample" and each.numel()
    )


def _parts(directions: Tensor, run: Run) -> tuple[int, ...]:
    """The directions of a row's elements; both that the module has, unless they are joined."""
    present = {part for part in PARTS if bool((directions == part).any())}
    expected = set() if SEVERAL in present else set(range(run.settings.num_directions))
    return tuple(part for part in PARTS if part in present | expected)


def table_of(read: Tensor, run: Run) -> Table:
    """Which steps of which samples were read, by sample and step."""
    by_step = steps_first(read.unsqueeze(-1), run.settings, run.sizes)
    return tuple(map(tuple, by_step.squeeze(-1).t().tolist()))
