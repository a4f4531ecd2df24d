"""The vectors people take out of an LSTM, and what each has read on a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from torch import Tensor, nn

from lstm_shapes.config import InputSizes, Settings
from lstm_shapes.coverage import coverage_of_each
from lstm_shapes.errors import check_int
from lstm_shapes.expression.grammar import Expression
from lstm_shapes.expression.labels import axis_names
from lstm_shapes.expression.text import ExpressionError
from lstm_shapes.expression.values import evaluate
from lstm_shapes.formula.budget import READING, Limits, check, estimate
from lstm_shapes.formula.shapes import time_axis
from lstm_shapes.live.run import Run
from lstm_shapes.live.terms import own_terms, seeded
from lstm_shapes.statements.traces import (
    PARTS,
    Part,
    Table,
    TracedRow,
    table_of,
    trace_of,
    traced_row,
)


@dataclass(frozen=True)
class UsualVector:
    """A vector that is usually taken: its code, and what it is called."""

    code: str
    name: str


@dataclass(frozen=True)
class Half:
    """What the elements of one direction have read.

    Attributes:
        part: the direction; ``"both"`` for elements made of both, as by a sum.
        features: how many elements there are; 0 if the direction is not in the vector.
        read: by sample, then by step of the input.
        read_last: the same of what the last layer reads; ``None`` with a single layer. In a
            stack of two directions every step of a lower layer's output has read all of the
            input: that the last layer has read one step only, its input alone can show.
    """

    part: Part
    features: int
    read: Table
    read_last: Table | None


@dataclass(frozen=True)
class Reading:
    """One vector of a run: its shape, what its axes mean, and what it has read.

    Attributes:
        code: the expression.
        shape, axes: of the whole result, and what each axis means.
        sample: whose row was looked at.
        row: code of that row, ``vector[1]``; of the vector itself if no axis is the batch.
        halves: what the row has read, by direction.
        sound: whether both directions are there and have read their whole sample, and it alone.
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


def usual_vectors(settings: Settings, sizes: InputSizes) -> tuple[UsualVector, ...]:
    """The vectors that are usually fed to a head, right and wrong ones.

    >>> settings = Settings(4, 3, num_layers=2, batch_first=True, bidirectional=True)
    >>> for candidate in usual_vectors(settings, InputSizes(seq_len=5, batch_size=3)):
    ...     print(candidate.code)
    out[:, -1]
    out[:, 0]
    torch.cat([h_n[-2], h_n[-1]], dim=-1)
    h_n[-1]
    out.mean(dim=1)
    out.max(dim=1).values
    h_n.transpose(0, 1).flatten(1)
    h_n.view(3, -1)
    """
    return tuple(_candidates(settings, sizes))


def _candidates(settings: Settings, sizes: InputSizes) -> Iterator[UsualVector]:
    time = time_axis(settings, sizes)
    before = ":, " * time
    yield UsualVector(f"out[{before}-1]", "last step")
    yield UsualVector(f"out[{before}0]", "first step")
    if settings.bidirectional:
        yield UsualVector("torch.cat([h_n[-2], h_n[-1]], dim=-1)", "both final states")
    yield UsualVector("h_n[-1]", "last row of h_n")
    yield UsualVector(f"out.mean(dim={time})", "mean over time")
    yield UsualVector(f"out.max(dim={time}).values", "max over time")
    if sizes.batch_size is None:
        yield UsualVector("h_n.flatten()", "final states of every row")
    else:
        yield UsualVector("h_n.transpose(0, 1).flatten(1)", "final states of every row")
        yield UsualVector(f"h_n.view({sizes.batch_size}, -1)", "the same by a plain view")


def readings(
    run: Run, expressions: Iterable[Expression], sample: int = 0, limits: Limits = READING
) -> list[Reading | ExpressionError]:
    """What vectors have read on a run, measured by gradients on the same weights.

    Args:
        run: with at least one sample.
        expressions: of out, h_n and c_n, and the sizes' names in the torch documentation.
        sample: whose row is looked at; no matter if unbatched.
        limits: raise them to measure what would take too long for interactive use.

    Returns:
        One for each expression, in their order: a reading, or why there is none.

    Raises:
        OverBudget: the run is too large to be measured like this.
        ArgumentError: the run has no such sample, or none at all.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> from lstm_shapes.expression.grammar import parse
    >>> made = run(Settings(4, 3, bidirectional=True), InputSizes(seq_len=5, batch_size=3))
    >>> for reading in readings(made, [parse("out[-1]"), parse("h_n.view(N, -1)")]):
    ...     print(reading.shape, reading.axes, reading.verdict)
    (3, 6) ('batch', 'direction × features') the backward half has read 1 of 5 steps
    (3, 6) ('direction × batch', 'direction × batch × features') vector[0] has read samples 0, 1: \
no longer one sample a row
    """
    check(estimate(run.settings, run.sizes), limits)
    if run.sizes.batch_size is not None:
        check_int("sample", sample, at_least=0, at_most=run.sizes.batch_size - 1)
    asked = list(expressions)
    known: dict[str, Reading | ExpressionError] = run.kept(("readings", sample), dict)
    new = list({each.text: each for each in asked if each.text not in known}.values())
    if new:
        known |= zip((each.text for each in new), _read(run, new, sample), strict=True)
    return [known[each.text] for each in asked]


def linear_layer_for(
    run: Run, expression: Expression, out_features: int
) -> tuple[nn.Linear, Tensor]:
    """The linear layer that fits a vector of the run, and what it makes of it.

    Args:
        out_features: of the layer, such as the number of classes. It is drawn from the run's
            seed.

    Returns:
        The layer, whose ``in_features`` is the size of the vector's last axis, and its output.

    Raises:
        ArgumentError: no number of features.
        ExpressionError: as :meth:`Expression.evaluate` does, and for a vector without axes.

    Source: torch documentation, ``torch.nn.Linear``.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> from lstm_shapes.expression.grammar import parse
    >>> made = run(Settings(4, 3, bidirectional=True), InputSizes(seq_len=5, batch_size=2))
    >>> layer, scores = linear_layer_for(made, parse("torch.cat([h_n[-2], h_n[-1]], -1)"), 4)
    >>> layer.in_features, scores.shape
    (6, torch.Size([2, 4]))
    """
    check_int("out_features", out_features, at_least=1)
    vector = evaluate(run, expression)
    if vector.dim() == 0:
        end = len(expression.text)
        raise ExpressionError(
            expression.text, 0, end, "this is one number", "keep an axis for the features"
        )
    with own_terms(run.device), seeded(run.seed):
        layer = nn.Linear(int(vector.shape[-1]), out_features, device="cpu", dtype=vector.dtype).to(
            vector.device
        )
        return layer, layer(vector)


def _read(
    run: Run, expressions: Sequence[Expression], sample: int
) -> list[Reading | ExpressionError]:
    """What new expressions have read, all of them in one backward pass."""
    trace, below = run.kept("trace", lambda: trace_of(run))
    with own_terms("cpu", gradients=True):
        rows = [traced_row(each, trace, sample) for each in expressions]
        followed = [row for row in rows if isinstance(row, TracedRow)]
        vectors = [each for row in followed for each in (*row.elements, *row.judged)]
        inputs = [trace.input] if below is None else [trace.input, below]
        tables = iter([[table_of(read, run) for read in each]
                       for each in coverage_of_each(vectors, inputs)])  # fmt: skip
    found: list[Reading | ExpressionError] = []
    for expression, row in zip(expressions, rows, strict=True):
        if isinstance(row, TracedRow):
            halves = [_halves(row, [next(tables) for _ in row.parts]) for _ in range(2)]
            found.append(_reading(expression, run, row, sample, *halves))
        else:
            found.append(row)
    return found


def _halves(row: TracedRow, tables: Sequence[Sequence[Table]]) -> tuple[Half, ...]:
    return tuple(
        Half(PARTS[part], elements.numel(), table[0], table[1] if table[1:] else None)
        for part, elements, table in zip(row.parts, row.elements, tables, strict=True)
    )


def _reading(
    expression: Expression,
    run: Run,
    row: TracedRow,
    sample: int,
    halves: tuple[Half, ...],
    judged: tuple[Half, ...],
) -> Reading:
    code = "vector" if row.place is None else f"vector[{':, ' * row.place[0]}{row.place[1]}]"
    problems = list(_problems(judged, run, sample, code))
    won = "the filled steps are those that won the maximum"
    return Reading(
        code=expression.text,
        shape=tuple(row.labelled["direction"].shape),
        axes=axis_names(row.labelled),
        sample=sample,
        row=code,
        halves=halves,
        sound=not problems,
        verdict="; ".join(problems) or (_sound(run) if halves == judged else won),
    )


def _problems(halves: tuple[Half, ...], run: Run, sample: int, row: str) -> Iterator[str]:
    own = 0 if run.sizes.batch_size is None else sample
    samples = {i for half in halves for i, steps in enumerate(half.read) if any(steps)}
    if samples - {own}:
        listed = f"sample{'s' * (len(samples) > 1)} {', '.join(map(str, sorted(samples)))}"
        mixed = len(samples) > 1
        yield f"{row} has read {listed}" + (
            ": no longer one sample a row" if mixed else f" instead of sample {own}"
        )
        return  # of what it has read of its own there is nothing left to say
    steps = run.sizes.steps_of(own)
    of = f"of {steps} step{'s' * (steps != 1)}"
    for half in halves:
        name = "it" if run.settings.num_directions == 1 else f"the {half.part} half"
        read, last = sum(half.read[own]), sum((half.read_last or half.read)[own])
        if not half.features:
            yield f"the {half.part} direction is not in it"
        elif not read:
            yield f"{name} has read nothing of sample {own}"
        elif read < steps:
            yield f"{name} has read {read} {of}"
        elif last < steps:
            yield f"{name} has read {last} {of} of the last layer's input"


def _sound(run: Run) -> str:
    if run.settings.bidirectional:
        return "both directions have read every step"
    return "it has read every step"
