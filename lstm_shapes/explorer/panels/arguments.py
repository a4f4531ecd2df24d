"""Each argument in a line: what it would change of the current shapes, and what it would not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from lstm_shapes.budget import OverBudget
from lstm_shapes.effects import ARGUMENTS, Effect, argument_effects
from lstm_shapes.explorer.link import write_link
from lstm_shapes.explorer.panels.measured import why_not
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.explorer.view import View, shape_view
from lstm_shapes.words import grouped


def arguments_view(snapshot: Snapshot) -> View:
    """Every argument of nn.LSTM with another value, by formula and as measured; and dropout."""
    question = snapshot.question
    without = why_not(snapshot, "shown by running")
    claims: list[View] = []
    if not without and snapshot.run is not None:
        from lstm_shapes.dropout import dropout_claims

        claims = [asdict(claim) for claim in dropout_claims(snapshot.run)]
    return {
        "rows": [
            _row(effect, snapshot, {} if without else _measured(effect, snapshot))
            for effect in argument_effects(question.settings, question.sizes)
        ],
        "claims": claims,
        "without": without,
    }


def _row(effect: Effect, snapshot: Snapshot, measured: Mapping[str, tuple[int, ...]]) -> View:
    before, after = effect.parameters
    return {
        "argument": effect.argument,
        "says": ARGUMENTS[effect.argument],
        "value": repr(effect.value),
        "other": repr(effect.other),
        "why_not": effect.why_not,
        "changed": [
            {
                "tensor": name,
                "before": shape_view(pair[0], None, snapshot),
                "after": shape_view(pair[1], measured.get(name), snapshot),
            }
            for name, pair in effect.changed.items()
        ],
        "same": ", ".join(effect.same),
        "parameters": "" if before == after else f"{grouped(before)} → {grouped(after)}",
        "measured": bool(measured),
        "link": "" if effect.why_not else write_link({effect.argument: effect.other}),
    }


def _measured(effect: Effect, snapshot: Snapshot) -> dict[str, tuple[int, ...]]:
    """The shapes of a run with the other value; nothing where there is none to be made."""
    if effect.settings is None:
        return {}
    from lstm_shapes.live import run

    question = snapshot.question
    try:
        return run(effect.settings, question.sizes, seed=question.seed).shapes()
    except OverBudget:
        return {}
