"""Each argument in a line: what it would change of the current shapes, and what it would not."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from lstm_shapes.config import ARGUMENTS
from lstm_shapes.explorer.link import write_link
from lstm_shapes.explorer.panels.without import why_not
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.explorer.view import View, shape_view
from lstm_shapes.formula.arguments import ArgumentEffect, argument_effects
from lstm_shapes.formula.budget import OverBudget
from lstm_shapes.formula.numbers import grouped

if TYPE_CHECKING:
    from lstm_shapes.live.run import Run


def arguments_view(snapshot: Snapshot) -> View:
    """Every argument of nn.LSTM with another value, by formula and as measured; and dropout."""
    question = snapshot.question
    without = why_not(snapshot, "shown by running")
    claims: list[View] = []
    if not without and snapshot.run is not None:
        from lstm_shapes.statements.arguments import dropout_claims

        claims = [asdict(claim) for claim in dropout_claims(snapshot.run)]
    return {
        "rows": [
            _row(effect, snapshot, None if without else _measured(effect, snapshot))
            for effect in argument_effects(question.settings, question.sizes)
        ],
        "claims": claims,
        "without": without,
    }


def _row(effect: ArgumentEffect, snapshot: Snapshot, measured: Run | None) -> View:
    before, after = effect.parameters
    shapes = {} if measured is None else measured.shapes()
    return {
        "argument": effect.argument,
        "says": ARGUMENTS[effect.argument].says,
        "value": repr(effect.value),
        "other": repr(effect.other),
        "why_not": effect.why_not,
        "changed": [
            {
                "tensor": name,
                "before": shape_view(pair[0], None, snapshot),
                "after": shape_view(pair[1], shapes.get(name), snapshot),
            }
            for name, pair in effect.changed.items()
        ],
        "same": ", ".join(effect.same),
        "parameters": "" if before == after else f"{grouped(before)} → {grouped(after)}",
        "measured": measured is not None,
        "agrees": measured is None or _agrees(effect, snapshot, measured),
        "link": "" if effect.why_not else write_link({effect.argument: effect.other}),
    }


def _agrees(effect: ArgumentEffect, snapshot: Snapshot, measured: Run) -> bool:
    """Whether all that a row says is so: what changes, what does not, and the parameters."""
    if snapshot.run is None:
        return False
    before, after = snapshot.run.shapes(), measured.shapes()
    return (
        all(after[name] == pair[1].shape for name, pair in effect.changed.items())
        and all(after[name] == before[name] for name in effect.same)
        and effect.parameters == (_count(snapshot.run), _count(measured))
    )


def _count(run: Run) -> int:
    return sum(weight.numel() for weight in run.weights.values())


def _measured(effect: ArgumentEffect, snapshot: Snapshot) -> Run | None:
    """A run with the other value; nothing where there is none to be made."""
    if effect.settings is None:
        return None
    from lstm_shapes.live.run import run

    question = snapshot.question
    try:
        return run(effect.settings, question.sizes, seed=question.seed)
    except OverBudget:
        return None
