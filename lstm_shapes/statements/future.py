"""Whether out at a step has read the step after it, as a head that predicts that step must not."""

from __future__ import annotations

from dataclasses import replace

from torch import Tensor

from lstm_shapes.config import Direction, InputSizes
from lstm_shapes.coverage import coverage_of_each
from lstm_shapes.errors import ArgumentError
from lstm_shapes.formula.shapes import time_axis
from lstm_shapes.live.axes import as_returned, steps_first
from lstm_shapes.live.run import Run
from lstm_shapes.live.terms import own_terms
from lstm_shapes.live.variants import with_gradients
from lstm_shapes.statements.claim import Claim


def next_step_claims(run: Run) -> tuple[Claim, ...]:
    """Whether out at a step depends on the next step of the input.

    It is measured by gradients on the first two steps of one sample, whatever the sizes are.

    Args:
        run: from :func:`~lstm_shapes.run`, with samples.

    Returns:
        One claim, which is a common mistake for a module with one direction; none if no sample
        has a step after its first one.

    Source: torch documentation, ``torch.nn.LSTM``, "bidirectional".

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> for both in (True, False):
    ...     made = run(Settings(4, 3, bidirectional=both), InputSizes(seq_len=5, batch_size=2))
    ...     for claim in next_step_claims(made):
    ...         print(claim.holds, claim.statement)
    True out[t] depends on x[t + 1]
    False out[t] depends on x[t + 1]
    """
    sample = next((b for b in range(run.sizes.samples) if run.sizes.steps_of(b) > 1), None)
    return () if sample is None else (_claim(run, sample),)


def _claim(run: Run, sample: int) -> Claim:
    readers = _readers_of_next(run, sample)
    batch = ":, " if time_axis(run.settings, run.sizes) else ""
    return Claim(
        "next-step",
        f"out[{batch}t] depends on x[{batch}t + 1]",
        bool(readers),
        _why(run, readers),
        mistake=not run.settings.bidirectional,
    )


def _readers_of_next(run: Run, sample: int) -> list[Direction]:
    """The halves of out at the first step of a sample that depend on its second step."""
    sizes = InputSizes(2, None if run.sizes.batch_size is None else 1)
    x = run.ordered.x[:2, sample : sample + 1]
    samples = slice(None) if run.sizes.batch_size is None else slice(sample, sample + 1)
    states = tuple(state[:, samples] for state in run.states)
    two = replace(run, sizes=sizes, input=as_returned(x, run.settings, sizes), states=states)
    with own_terms("cpu", gradients=True):
        followed = with_gradients(two)
        found = coverage_of_each(list(followed.ordered.out[:, 0]), [followed.input])
    return [
        direction
        for direction, read in zip(run.settings.directions, found, strict=True)
        if not isinstance(read, ArgumentError) and _second_step(read[0], run, sizes)
    ]


def _second_step(read: Tensor, run: Run, sizes: InputSizes) -> bool:
    return bool(steps_first(read.unsqueeze(-1), run.settings, sizes)[1].any())


def _why(run: Run, readers: list[Direction]) -> str:
    halves = " and ".join(f"the {reader} half" for reader in readers)
    if not run.settings.bidirectional:
        why = "out at t has not read x at t + 1, so a head on it may predict that step"
    elif readers:
        why = (
            f"{halves} {'have' if len(readers) > 1 else 'has'} read x at t + 1: a head that "
            "predicts the next step from out at t is given the answer"
        )
    else:
        why = (
            "the backward cell reads x at t + 1 before it writes out at t, but no gradient comes "
            "through: its cells saturate, or its weights are zero"
        )
    return f"{why} (measured by gradients on two steps)"
