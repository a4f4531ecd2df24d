"""What vectors have read on a run, and whether a head may be fed with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lstm_shapes.coverage import coverage_of_each
from lstm_shapes.errors import ArgumentError, check_int
from lstm_shapes.expression.axes import name_of
from lstm_shapes.expression.grammar import Expression, as_expression
from lstm_shapes.expression.text import ExpressionError
from lstm_shapes.formula.budget import READING, Limits, check, estimate
from lstm_shapes.live.run import Run
from lstm_shapes.live.terms import own_terms
from lstm_shapes.statements.traces import (
    PARTS,
    Table,
    TracedRow,
    table_of,
    trace_of,
    traced_row,
)
from lstm_shapes.statements.verdicts import Half, problems_of, what_is_sound

Tables = Sequence[Sequence[Table]]
"""For each part of a row, what was read of the input, and of the last layer's input."""


@dataclass(frozen=True)
class Reading:
    """One vector of a run: its shape, what its axes mean, and what it has read.

    Attributes:
        code: the expression.
        shape, axes: of the whole result, and what each axis means.
        sample: whose row was looked at.
        row: code of that row, ``vector[1]``; of the vector itself if no axis is the batch.
        halves: what the row has read, by direction.
        sound: whether there is one vector for each sample, in which both directions are there and
            have read their whole sample, it alone, and no padding.
        verdict: the same in words.
    """

    code: str
    shape: tuple[int, ...]
    axes: tuple[str, ...]
    sample: int
    row: str
    halves: tuple[Half, ...]
    sound: bool
    verdict: str


def readings(
    run: Run, expressions: Iterable[Expression | str], sample: int = 0, limits: Limits = READING
) -> list[Reading | ExpressionError]:
    """What vectors have read on a run, measured by gradients on the same weights.

    Args:
        run: with at least one sample.
        expressions: of out, h_n and c_n, and the sizes' names in the torch documentation; as text,
            or from :func:`~lstm_shapes.expression.grammar.parse`.
        sample: whose row is looked at; no matter if unbatched.
        limits: raise them to measure what would take too long for interactive use.

    Returns:
        One for each expression, in their order: a reading, or why there is none.

    Raises:
        OverBudget: the run is too large to be measured like this.
        ArgumentError: the run has no such sample, or none at all.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3, bidirectional=True), InputSizes(seq_len=5, batch_size=3))
    >>> for reading in readings(made, ["out[-1]", "h_n.view(N, -1)"]):
    ...     print(reading.shape, reading.axes, reading.verdict)
    (3, 6) ('batch', 'direction × features') the backward half has read 1 of 5 steps
    (3, 6) ('direction × batch', 'direction × batch × features') vector[0] has read samples 0, 1: \
no longer one sample a row
    """
    check(estimate(run.settings, run.sizes), limits)
    if run.sizes.batch_size == 0:
        cure = "give a run of one sample or more"
        raise ArgumentError("batch_size", 0, "leaves no sample to look at", cure)
    if run.sizes.batch_size is not None:
        check_int("sample", sample, at_least=0, at_most=run.sizes.batch_size - 1)
    asked = [_parsed(each) for each in expressions]
    known: dict[str, Reading | ExpressionError] = run.kept(("readings", sample), dict)
    new = list({each.text: each for each in asked if each.text not in known}.values())
    if new:
        known |= zip((each.text for each in new), _read(run, new, sample), strict=True)
    return [known[each.text] for each in asked]


def _parsed(given: Expression | str) -> Expression | ExpressionError:
    try:
        return as_expression(given)
    except ExpressionError as error:
        return error


def _read(
    run: Run, expressions: Sequence[Expression | ExpressionError], sample: int
) -> list[Reading | ExpressionError]:
    """What new expressions have read, all of them followed back together."""
    trace, below = run.kept("trace", lambda: trace_of(run))
    with own_terms("cpu", gradients=True):
        rows = [
            traced_row(each, trace, sample) if isinstance(each, Expression) else each
            for each in expressions
        ]
        groups = [
            group
            for row in rows
            if isinstance(row, TracedRow)
            for group in (row.elements, row.judged, row.all_rows)
        ]
        vectors = [vector for group in groups for vector in group or ()]
        inputs = [trace.input] if below is None else [trace.input, below]
        found = iter(coverage_of_each(vectors, inputs))
    tables = iter(
        None if group is None else [[table_of(read, run) for read in next(found)] for _ in group]
        for group in groups
    )
    return [
        _reading(run, row, sample, (next(tables), next(tables), next(tables)))
        if isinstance(row, TracedRow)
        else row
        for row in rows
    ]


def _reading(
    run: Run,
    row: TracedRow,
    sample: int,
    tables: tuple[Tables | None, Tables | None, Tables | None],
) -> Reading:
    shown, judged, all_rows = (None if each is None else _halves(row, each) for each in tables)
    trace, _ = run.kept("trace", lambda: trace_of(run))
    problems = list(problems_of(trace, row, sample, judged or shown or (), all_rows or ()))
    won = "the filled steps are those that won the maximum"
    return Reading(
        code=row.expression.text,
        shape=tuple(row.labelled["direction"].shape),
        axes=tuple(map(name_of, row.axes)),
        sample=sample,
        row=row.row.code,
        halves=shown or (),
        sound=not problems,
        verdict="; ".join(problems)
        or (what_is_sound(run, row.expression) if judged in (None, shown) else won),
    )


def _halves(row: TracedRow, tables: Tables) -> tuple[Half, ...]:
    layers, directions = (row.row.of(row.labelled[name]) for name in ("layer", "direction"))
    return tuple(
        Half(
            PARTS[part],
            elements.numel(),
            tuple(sorted(set(layers[directions == part].tolist()))),
            table[0],
            table[1] if table[1:] else None,
        )
        for part, elements, table in zip(row.parts, row.elements, tables, strict=True)
    )
