"""What a panel is measured on: the run that is shown, or where that would take too long a smaller
twin of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from lstm_shapes.config import InputSizes, Question
from lstm_shapes.explorer.choices import Choices, Tab
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.formula.budget import (
    BY_HAND,
    INTERACTIVE,
    READING,
    Limits,
    fits,
)
from lstm_shapes.formula.twin import smaller_twin
from lstm_shapes.snippet import constructor

if TYPE_CHECKING:
    from lstm_shapes.live.run import Run

MEASURED: Mapping[Tab, Limits] = {
    "directions": INTERACTIVE,
    "scrambled": READING,
    "cell": BY_HAND,
    "states": BY_HAND,
    "decoder": BY_HAND,
    "vectors": READING,
    "article": READING,
}
"""The tabs whose statements are of structure, and the most that a run may need to be measured for
them. The others tell of the sizes themselves."""


class StandIn(NamedTuple):
    """What a panel is made of.

    Attributes:
        snapshot: that of the question, or of a smaller twin.
        says: that it is a twin, and which; empty for the question's own.
        lost: why the chosen vector does not mean on the twin what it means on the question; empty
            if it does.
    """

    snapshot: Snapshot
    says: str = ""
    lost: str = ""


def stand_in(snapshot: Snapshot, choices: Choices) -> StandIn:
    """The question's own snapshot for a tab's panel, or that of a smaller twin."""
    limits, asked = MEASURED.get(choices.tab), snapshot.question
    if limits is None or not snapshot.torch_here or fits(asked.settings, asked.sizes, limits):
        return StandIn(snapshot)
    twin, lost = smaller_twin(asked), ""
    if choices.tab == "vectors":
        from lstm_shapes.expression.sizes import largest_number

        largest = largest_number(choices.vector)
        needed = smaller_twin(asked, largest)
        if fits(needed.settings, needed.sizes, limits):
            twin = needed
        else:
            lost = (
                f"{largest} would mean something else on the smaller module that is measured here, "
                "and a module that keeps it is too large as well: write sizes by name, such as N, "
                "L or H_out"
            )
    run = _run(twin) if fits(twin.settings, twin.sizes, limits) else None
    if run is None:  # it has as many layers, or the device has no room
        return StandIn(snapshot)
    made = Snapshot(twin, run, problems=snapshot.problems, torch_here=True)
    says = (
        "These sizes are too large to be measured while you wait. What the module does with axes, "
        "directions and steps does not depend on the sizes, so a smaller module of the same "
        f"structure was measured for what is said below: {constructor(twin.settings)} on "
        f"{_input(twin.sizes)}."
    )
    return StandIn(made, says, lost)


def _input(sizes: InputSizes) -> str:
    steps = f"{sizes.seq_len} step{'s' * (sizes.seq_len != 1)}"
    samples = sizes.batch_size
    return steps if samples is None else f"{samples} sample{'s' * (samples != 1)} of {steps}"


@lru_cache(maxsize=4)
def _run(question: Question) -> Run | None:
    from lstm_shapes.live.run import run

    try:
        return run(question.settings, question.sizes, seed=question.seed, device=question.device)
    except RuntimeError:  # what a device cannot do, such as allocate, only the device knows
        return None
