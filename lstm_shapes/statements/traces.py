"""A run followed by autograd, and the row of a vector in it that belongs to one sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor

from lstm_shapes.config import DIRECTIONS, Direction
from lstm_shapes.expression.axes import Coordinates, result_of
from lstm_shapes.expression.computing import VALUES, Computing
from lstm_shapes.expression.grammar import Expression
from lstm_shapes.expression.labels import SEVERAL
from lstm_shapes.expression.text import ExpressionError
from lstm_shapes.expression.values import evaluate
from lstm_shapes.live.axes import steps_first
from lstm_shapes.live.layers import layer_runs
from lstm_shapes.live.run import Run, called_again
from lstm_shapes.live.terms import own_terms
from lstm_shapes.live.variants import with_gradients
from lstm_shapes.statements.padding import close
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


PARTS: Mapping[int, Direction] = dict(enumerate(DIRECTIONS))
"""The directions by their labels."""


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
        parts: the labels of the module's directions, by each of which the row is judged.
        elements: what is followed back, each by part. Without ``"judged"`` the row is judged by
            what is shown, and without ``"all rows"`` it tells of all others. What is made of both
            directions, as by a sum, is followed back by one direction at a time.
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
    except ExpressionError as error:
        return error
    if not value.isfinite().all():
        return expression.error("this holds infinite numbers or NaN", "keep its numbers finite")
    row = row_of(labelled, axes, sizes, sample)
    parts = tuple(range(settings.num_directions))
    ways = [_way(expression, trace, value, labelled["direction"], part) for part in parts]

    def by_part(computing: Computing, only: Row) -> tuple[Tensor, ...]:
        return tuple(
            only.of(evaluate(path, expression, computing))[only.of(taken)] for path, taken in ways
        )

    elements: dict[Measured, tuple[Tensor, ...]] = {"shown": by_part(VALUES, row)}
    every = _ALL if expression.chooses else VALUES
    if expression.chooses:
        elements["judged"] = by_part(every, row)
    used = expression.names | expression.calls
    by_sample = sizes.lengths is not None or bool(used & _BY_SAMPLE)
    if row.axis is not None and (by_sample or _rows_differ(labelled, row.axis)):
        elements["all rows"] = by_part(every, Row(None))
    return TracedRow(expression, labelled, axes, row, parts, elements)


_BY_SAMPLE = frozenset(("lengths", "tensor", "arange", "range", "x", "input"))
"""Names of what may be another number for each sample."""


def _way(
    expression: Expression, trace: Run, value: Tensor, directions: Tensor, part: int
) -> tuple[Run, Tensor]:
    """The call as one direction is followed back in it, and which elements change with what that
    direction wrote. Those that do not change may still have a gradient, of what rounding leaves
    where terms cancel."""
    joined = bool((directions == SEVERAL).any())
    path = trace.kept(("way", part, joined), lambda: _followed(trace, part, joined))
    other = trace.kept(("other", part), lambda: _with_other(trace, part))
    with torch.no_grad():
        same = close(evaluate(other, expression), value)
    return path, ((directions == part) | (directions == SEVERAL)) & ~same


def _followed(trace: Run, part: int, joined: bool) -> Run:
    """The call with the input as if it were given, and what the other direction wrote too where an
    expression joins both: then the gradient comes by way of this direction alone."""
    run = replace(trace, input=trace.input.detach())
    if not joined or not trace.settings.bidirectional:
        return run
    c_n = None if run.c_n is None else run.c_n.detach()
    given = replace(run, out=run.out.detach(), h_n=run.h_n.detach(), c_n=c_n)
    return _with_part_of(run, given, 1 - part)


def _with_other(trace: Run, part: int) -> Run:
    """The call with what one direction writes for another input."""
    with torch.no_grad():
        x = -2 * trace.input.detach()
        other = trace.kept("other", lambda: called_again(trace, trace.settings, x=x))
        return _with_part_of(trace, other, part)


def _with_part_of(run: Run, other: Run, part: int) -> Run:
    """A run with what another one's cells of one direction wrote."""
    directions = run.settings.num_directions

    def halves(mine: Tensor, its: Tensor) -> Tensor:
        made = list(mine.chunk(directions, dim=-1))
        made[part] = its.chunk(directions, dim=-1)[part]
        return torch.cat(made, dim=-1)

    def rows(mine: Tensor, its: Tensor) -> Tensor:
        pairs = enumerate(zip(mine.unbind(0), its.unbind(0), strict=True))
        return torch.stack([pair[row % directions == part] for row, pair in pairs])

    return replace(
        run,
        out=halves(run.out, other.out),
        h_n=rows(run.h_n, other.h_n),
        c_n=None if run.c_n is None or other.c_n is None else rows(run.c_n, other.c_n),
    )


def _rows_differ(labelled: Mapping[str, Tensor], axis: int) -> bool:
    """Whether rows are of other layers, directions, steps or features than each other."""
    return any(
        bool((each != each.narrow(axis, 0, 1)).any())
        for name, each in labelled.items()
        if name != "sample" and each.numel()
    )


def table_of(read: Tensor, run: Run) -> Table:
    """Which steps of which samples were read, by sample and step."""
    by_step = steps_first(read.unsqueeze(-1), run.settings, run.sizes)
    return tuple(map(tuple, by_step.squeeze(-1).t().tolist()))
