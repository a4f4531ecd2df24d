"""What is wrong with a vector that was measured, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lstm_shapes.config import Direction
from lstm_shapes.expression.axes import result_of, two_samples
from lstm_shapes.expression.grammar import Expression
from lstm_shapes.expression.labels import NOTHING
from lstm_shapes.expression.text import ExpressionError
from lstm_shapes.live.run import Run
from lstm_shapes.statements.padding import padding_in
from lstm_shapes.statements.rows import row_of, why_not_rows, width_follows_samples
from lstm_shapes.statements.traces import Measured, Table, TracedRow


@dataclass(frozen=True)
class Half:
    """What the elements of one direction have read.

    Attributes:
        part: the direction.
        features: how many elements were made of it, alone or joined with the other by a sum or the
            like; 0 if it is not in the vector.
        layers: of which layers the elements are.
        read: by sample, then by step of the input.
        read_last: the same of what the last layer reads; ``None`` with a single layer. In a
            stack of two directions every step of a lower layer's output has read all of the
            input: that the last layer has read one step only, its input alone can show.
    """

    part: Direction
    features: int
    layers: tuple[int, ...]
    read: Table
    read_last: Table | None


def problems_of(
    trace: Run, row: TracedRow, sample: int, found: Mapping[Measured, Sequence[Half]]
) -> Iterator[str]:
    """Say why a vector may not be fed to a head, the gravest first; nothing if it may.

    Args:
        trace: the run in float64.
        sample: whose row was measured.
        found: what was read.
    """
    sizes, halves = trace.sizes, found.get("judged", found["shown"])
    all_rows = found.get("all rows", ())
    own = 0 if sizes.batch_size is None else sample
    samples = sorted({i for half in halves for i, steps in enumerate(half.read) if any(steps)})
    if len(samples) > 1:
        listed = ", ".join(map(str, samples))
        yield f"{row.row.code} has read samples {listed}, so it is no longer one sample per row"
        return  # of what it has read of its own there is nothing left to say
    structure = why_not_rows(row.labelled, row.axes, sizes, row.row)
    if structure:
        yield structure
        return
    if samples and samples != [own]:
        yield f"{row.row.code} has read sample {samples[0]} instead of sample {own}"
        return
    others = range(sizes.samples if all_rows else 0)
    if bool((row.labelled["direction"] == NOTHING).all()):
        yield "it is made of the input alone, not of what the module returned"
        return
    if row.row.axis is not None and width_follows_samples(
        row.expression, trace, row.labelled["sample"].shape[-1]
    ):
        yield "its features are as many as the samples: another batch does not fit the head"
        return
    unread = list(_unread(halves, trace, own)) or next(
        filter(None, (list(_unread(all_rows, trace, b, f" of sample {b}")) for b in others)), []
    )
    yield from unread
    padding = None if unread else padding_in(row.expression, trace, row.row)
    if padding is not None:
        yield str(padding)


def what_is_sound(
    run: Run, expression: Expression, found: Mapping[Measured, Sequence[Half]]
) -> str:
    """Say of a vector that may be fed to a head what it has read."""
    if found.get("judged", found["shown"]) != found["shown"]:
        return "every step took part; the filled ones are those that the result depends on here"
    both = run.settings.bidirectional
    says = "both directions have read every step" if both else "it has read every step"
    if run.sizes.batch_size == 1 and _fails_for_two(run, expression):
        return f"{says}; of two samples it would not be one vector for each"
    return says


def _fails_for_two(run: Run, expression: Expression) -> bool:
    """Whether a vector that is right for one sample mixes two, or leaves one out."""
    question = two_samples(run.settings, run.sizes)
    try:
        labelled, axes = result_of(expression, *question)
    except ExpressionError:
        return False  # a number in the expression says that there is one sample
    row = row_of(labelled, axes, question[1], 0)
    samples = row.of(labelled["sample"])
    mixed = bool((samples != samples.flatten()[:1]).any())
    return mixed or bool(why_not_rows(labelled, axes, question[1], row))


def _unread(halves: Sequence[Half], run: Run, own: int, whose: str = "") -> Iterator[str]:
    """What a row has not read of its own sample; ``whose`` says which it is."""
    steps = run.sizes.steps_of(own)
    of = f"of {steps} step{'s' * (steps != 1)}"
    for half in halves:
        name = "it" if run.settings.num_directions == 1 else f"the {half.part} half"
        read, last = sum(half.read[own]), sum((half.read_last or half.read)[own])
        if not half.features and run.settings.bidirectional:
            yield f"the {half.part} direction is not in it"
        elif not read:
            yield f"{name} has read nothing of sample {own}"
        elif read < steps:
            yield f"{name} has read {read} {of}{whose}"
        elif last < steps and 0 <= max(half.layers) < run.settings.num_layers - 1:
            below = f"layer {max(half.layers)}, not of the last layer"
            yield f"{name} is of {below}"
        elif last < steps:
            yield f"{name} has read {last} {of} of the last layer's input{whose}"
