"""Models as people write them, right and broken, which `lstm_shapes.explain` is held against."""

from __future__ import annotations

from tests.explain.zoo import (
    classifiers,
    convolutions,
    forecasts,
    heads,
    hierarchies,
    orders,
    reports,
    seq2seq,
    states,
    taggers,
    wrapped,
)
from tests.explain.zoo.case import Case

CASES: tuple[Case, ...] = (
    *classifiers.CASES,
    *taggers.CASES,
    *seq2seq.CASES,
    *convolutions.CASES,
    *states.CASES,
    *orders.CASES,
    *heads.CASES,
    *wrapped.CASES,
    *hierarchies.CASES,
    *forecasts.CASES,
    *reports.CASES,
)
