"""What a mistake would cost, evaluated on a run: the last part of a route's step."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lstm_shapes.explain.model.examples import ExampleName
    from lstm_shapes.live.run import Run
    from lstm_shapes.statements.claim import Claim

Cost = Callable[["Run"], str]
"""Says in one or two sentences what a mistake does on a run."""


def of_vector(code: str) -> Cost:
    """What the vector of an expression has read.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3, bidirectional=True), InputSizes(seq_len=5, batch_size=2))
    >>> of_vector("out[-1]")(made)
    'On this run the backward half has read 1 of 5 steps.'
    """

    def cost(run: Run) -> str:
        from lstm_shapes.expression.text import ExpressionError
        from lstm_shapes.statements.vectors import readings

        (reading,) = readings(run, [code])
        if isinstance(reading, ExpressionError):
            return f"`{code}` cannot be measured here: {reading.problem}."
        return f"On this run {reading.verdict}."

    return cost


def of_claim(name: str, claims: Callable[[Run], Iterable[Claim]]) -> Cost:
    """What one of several statements on a run says.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3, bidirectional=True), InputSizes(seq_len=5, batch_size=2))
    >>> print(of_claim("flip-anyway", directions)(made))
    `torch.cat([forward, backward.flip(0)], -1) == out` does not hold on this run: out was \
aligned already: now column t joins the h of x[t] and that of x[L-1-t].
    """

    def cost(run: Run) -> str:
        claim = next((each for each in claims(run) if each.id == name), None)
        if claim is None:
            return "Nothing can be said of it on this run."
        found = "holds" if claim.holds else "does not hold"
        return f"`{claim.statement}` {found} on this run: {claim.reason}."

    return cost


# Imported inside: these modules import torch, and the page is drawn before that.
def directions(run: Run) -> Iterable[Claim]:
    """The statements on the two directions."""
    from lstm_shapes.statements.directions import direction_claims

    return direction_claims(run)


def packing(run: Run) -> Iterable[Claim]:
    """The statements on lengths, of a run that has some."""
    from lstm_shapes.statements.lengths import packing_claims

    return packing_claims(run)


def states(run: Run) -> Iterable[Claim]:
    """The statements on the states that a run starts from."""
    from lstm_shapes.statements.states import state_claims

    return state_claims(run)


def decoder(run: Run) -> Iterable[Claim]:
    """The statements on a decoder that takes both directions side by side."""
    from lstm_shapes.live.decoder import decoding
    from lstm_shapes.statements.decoder import decoder_claims

    return decoder_claims(decoding(run, "double", "concat", 1))


def of_example(name: ExampleName) -> Cost:
    """What is found in a small model with the mistake, which is run for it."""

    def cost(_run: Run) -> str:
        from lstm_shapes.explain.model.examples import example_report

        finding = example_report(name, "broken").findings[0]
        # What else could be asked of explain is said in its own panel.
        says = [each for each in re.split(r"(?<=\.) ", finding.says) if "explain(" not in each]
        return f"The model below was run with this mistake. {finding.title}. {' '.join(says)}"

    return cost


def of_c(run: Run) -> str:
    """How far c is from h, which is all that out has.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> of_c(run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2))).partition(" up to ")[0]
    'On this run c_n and h_n are'
    """
    from lstm_shapes.statements.claim import largest_difference

    if run.c_n is None or run.c_n.shape != run.h_n.shape:
        return "Here c_n cannot be compared with h_n number by number."
    apart = largest_difference(run.c_n, run.h_n)
    return f"On this run c_n and h_n are up to {apart:.2g} apart, and `out` holds h alone."
