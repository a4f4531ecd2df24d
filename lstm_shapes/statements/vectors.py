"""What vectors have read on a run, and whether a head may be fed with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from torch import Tensor

from lstm_shapes.coverage import coverage_of_each
from lstm_shapes.errors import ArgumentError, check_int, wrong_type
from lstm_shapes.expression.axes import name_of
from lstm_shapes.expression.grammar import Expression, as_expression
from lstm_shapes.expression.labels import SEVERAL
from lstm_shapes.expression.text import ExpressionError
from lstm_shapes.formula.budget import READING, Limits, check, estimate
from lstm_shapes.live.run import Run
from lstm_shapes.live.terms import own_terms
from lstm_shapes.statements.traces import (
    PARTS,
    Measured,
    Table,
    TracedRow,
    table_of,
    trace_of,
    traced_row,
)
from lstm_shapes.statements.verdicts import Half, problems_of, what_is_sound


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
    (3, 6) ('direction × batch', 'direction × batch × features') vector[0] has read samples 0, 1, \
so it is no longer one sample per row
    """
    if not isinstance(run, Run):
        raise wrong_type("run", run, "give what lstm_shapes.run(settings, sizes) returns")
    if isinstance(expressions, str) or not isinstance(expressions, Iterable):
        cure = "give a list of expressions, as in ['out[:, -1]']"
        raise wrong_type("expressions", expressions, cure)
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
    inputs = [trace.input] if below is None else [trace.input, below]
    with own_terms("cpu", gradients=True):
        rows = [
            traced_row(each, trace, sample) if isinstance(each, Expression) else each
            for each in expressions
        ]
        traced = [row for row in rows if isinstance(row, TracedRow)]
        vectors = [each for row in traced for group in row.elements.values() for each in group]
        found = iter(coverage_of_each(vectors, inputs))
    return [
        _reading(row, trace, sample, found) if isinstance(row, TracedRow) else row for row in rows
    ]


def _reading(
    row: TracedRow, trace: Run, sample: int, found: Iterator[list[Tensor] | ArgumentError]
) -> Reading | ExpressionError:
    """The reading of a row; what was found of its elements comes next."""
    halves: dict[Measured, tuple[Half, ...]] = {}
    error: ArgumentError | None = None
    for name, elements in row.elements.items():
        read = [next(found) for _ in elements]
        error = next((each for each in read if isinstance(each, ArgumentError)), error)
        tables = [
            [table_of(one, trace) for one in each]
            for each in read
            if not isinstance(each, ArgumentError)
        ]
        halves[name] = _halves(row, tables) if len(tables) == len(read) else ()
    if error is not None:
        return row.expression.error(f"this {error.problem}", error.cure)
    problems = list(problems_of(trace, row, sample, halves))
    return Reading(
        code=row.expression.text,
        shape=tuple(row.labelled["direction"].shape),
        axes=tuple(map(name_of, row.axes)),
        sample=sample,
        row=row.row.code,
        halves=halves["shown"],
        sound=not problems,
        verdict="; ".join(problems) or what_is_sound(trace, row.expression, halves),
    )


def _halves(row: TracedRow, tables: Sequence[Sequence[Table]]) -> tuple[Half, ...]:
    layers, directions = (row.row.of(row.labelled[name]) for name in ("layer", "direction"))
    halves = []
    for part, table in zip(row.parts, tables, strict=True):
        of_part = layers[(directions == part) | (directions == SEVERAL)]
        known = tuple(sorted(set(of_part.tolist())))
        last = table[1] if table[1:] else None
        halves.append(Half(PARTS[part], of_part.numel(), known, table[0], last))
    return tuple(halves)
