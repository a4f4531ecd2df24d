"""A call that somebody brought, asked once more with something else about it."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from torch import Tensor

from lstm_shapes.config import InputSizes, Question, Settings
from lstm_shapes.formula.budget import check, estimate
from lstm_shapes.live.axes import as_returned, steps_first
from lstm_shapes.live.run import Run, called_again, run


class WhatIf(NamedTuple):
    """A run that answers another question, and what it has of the call that was brought.

    Attributes:
        run: the run.
        weights, input, states: whether these are those of the call that was brought; states also
            if there were none. Weights and input are else drawn from the seed, and states zeros.
    """

    run: Run
    weights: bool
    input: bool
    states: bool


def what_if(own: Run, asked: Question) -> WhatIf:
    """Answer a question with as much as possible of a call that was brought.

    The weights are kept where each has the shape that the question needs and the seed is the same;
    then the input too, if it has enough samples and steps, and the states, if they are of enough
    samples. The first ones are taken.

    Args:
        own: the call that was brought.
        asked: what is asked of it.

    Raises:
        OverBudget: the run would need too much.
        ArgumentError: a device that is not there.

    >>> own = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2))
    >>> asked = Question(Settings(4, 3, batch_first=True), own.sizes)
    >>> found = what_if(own, asked)
    >>> found.weights, bool((found.run.out == own.out.transpose(0, 1)).all())
    (True, True)
    >>> what_if(own, replace(asked, settings=Settings(4, 8))).weights
    False
    """
    settings, sizes = asked.settings, asked.sizes
    check(estimate(settings, sizes))
    weights = asked.seed == own.seed and _weights_fit(own.settings, settings)
    x, states = _input(own, settings, sizes) if weights else None, _states(own, sizes)
    if x is None:
        drawn = run(settings, sizes, seed=asked.seed, device=asked.device)
        if not weights:
            return WhatIf(drawn, weights=False, input=False, states=not own.states)
    made = called_again(
        own,
        settings,
        sizes=sizes,
        x=drawn.input.to(own.input) if x is None else x,
        states=states,
        device=asked.device,
    )
    return WhatIf(made, weights=True, input=x is not None, states=len(states) == len(own.states))


def _weights_fit(own: Settings, asked: Settings) -> bool:
    """Whether two modules differ at most in what no weight's shape depends on."""
    free = {name: getattr(own, name) for name in ("batch_first", "dropout", "nonlinearity")}
    return replace(asked, **free) == own


def _input(own: Run, settings: Settings, sizes: InputSizes) -> Tensor | None:
    """The first samples and steps of the input that was brought; ``None`` if it has too few."""
    if own.sizes.seq_len < sizes.seq_len or not _has_samples(own, sizes):
        return None
    steps = steps_first(own.input, own.settings, own.sizes)
    return as_returned(steps[: sizes.seq_len, : sizes.samples], settings, sizes)


def _states(own: Run, sizes: InputSizes) -> tuple[Tensor, ...]:
    """The states of the first samples; none if there are too few."""
    if not _has_samples(own, sizes):
        return ()
    if sizes.batch_size is None:
        return own.states
    return tuple(state[:, : sizes.batch_size] for state in own.states)


def _has_samples(own: Run, sizes: InputSizes) -> bool:
    alike = (own.sizes.batch_size is None) == (sizes.batch_size is None)
    return alike and own.sizes.samples >= sizes.samples
