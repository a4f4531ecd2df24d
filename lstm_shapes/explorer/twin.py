"""What a panel is measured on: the run that is shown, or where that would take too long a smaller
twin of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from lstm_shapes.config import InputSizes, Question
from lstm_shapes.explorer.choices import Choices, Tab
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.formula.budget import (
    BY_HAND,
    INTERACTIVE,
    READING,
    Limits,
    OverBudget,
    check,
    estimate,
)
from lstm_shapes.formula.twin import smaller_twin
from lstm_shapes.snippet import constructor

if TYPE_CHECKING:
    from lstm_shapes.live.run import Run

MEASURED: Mapping[Tab, Limits] = {
    "directions": INTERACTIVE,
    "scrambled": INTERACTIVE,
    "cell": BY_HAND,
    "states": BY_HAND,
    "vectors": READING,
    "article": READING,
}
"""The tabs whose statements are of structure, and the most that a run may need to be measured for
them. The others tell of the sizes themselves."""


def stand_in(snapshot: Snapshot, choices: Choices) -> tuple[Snapshot, str]:
    """The snapshot that a tab's panel is made of, and what is to be said of it.

    Returns:
        The snapshot itself, and nothing to say; or that of a smaller twin.
    """
    limits = MEASURED.get(choices.tab)
    asked = snapshot.question
    if limits is None or not snapshot.torch_here:
        return snapshot, ""
    if _fits(asked, limits):
        return snapshot, ""
    beyond = 0
    if choices.tab == "vectors":
        from lstm_shapes.expression.sizes import largest_number

        beyond = largest_number(choices.vector)
    twin = twin_of(asked, beyond)
    if not _fits(twin, READING):  # of very many layers, which a twin has too
        return snapshot, ""
    made = Snapshot(twin, _run(twin), problems=snapshot.problems, torch_here=True)
    return made, (
        "This call is too large to be measured while you wait. What it does with axes, directions "
        "and steps does not depend on the sizes: for what is said below, a smaller twin of it was "
        f"measured, {constructor(twin.settings)} on {_input(twin.sizes)}."
    )


def twin_of(question: Question, beyond: int) -> Question:
    """The smallest twin in which numbers up to ``beyond`` mean the same, if it can be measured;
    else the smallest."""
    twin = smaller_twin(question, beyond)
    return twin if _fits(twin, READING) else smaller_twin(question)


def lost_in_twin(asked: Question, run: Run, code: str) -> str:
    """Why an expression does not mean on a twin what it means on the question itself; empty if
    it does.

    Args:
        run: of the question, or of its twin.
    """
    from lstm_shapes.expression.sizes import largest_number

    if (run.settings, run.sizes) == (asked.settings, asked.sizes):
        return ""
    largest = largest_number(code)
    needed = smaller_twin(asked, largest)
    if (run.settings, run.sizes) == (needed.settings, needed.sizes):
        return ""
    return (
        f"{largest} would mean something else on the smaller twin that is measured here, and a "
        "twin that keeps it is too large as well: write sizes by name, such as N, L or H_out"
    )


def _fits(question: Question, limits: Limits) -> bool:
    try:
        check(estimate(question.settings, question.sizes), limits)
    except OverBudget:
        return False
    return True


def _input(sizes: InputSizes) -> str:
    steps = f"{sizes.seq_len} step{'s' * (sizes.seq_len != 1)}"
    samples = sizes.batch_size
    return steps if samples is None else f"{samples} sample{'s' * (samples != 1)} of {steps}"


@lru_cache(maxsize=4)
def _run(question: Question) -> Run:
    from lstm_shapes.live.run import run

    return run(question.settings, question.sizes, seed=question.seed, device=question.device)
