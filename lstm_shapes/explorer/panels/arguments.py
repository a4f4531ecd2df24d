"""Each argument in a line: what it would change of the current shapes, and what it would not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

from lstm_shapes.config import ARGUMENTS
from lstm_shapes.explorer.link import write_link
from lstm_shapes.explorer.panels.claims import ClaimRecord, claim_records
from lstm_shapes.explorer.panels.without import why_not
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.explorer.view import ShapeRecord, shape_view
from lstm_shapes.formula.arguments import ArgumentEffect, argument_effects
from lstm_shapes.formula.budget import OverBudget
from lstm_shapes.formula.numbers import grouped

if TYPE_CHECKING:
    from lstm_shapes.live.run import Run

SET_IT = "set it"
HEADS = ("argument", "now", "other", "effect on these shapes")


class ChangeRecord(TypedDict):
    """A tensor whose shape would be another one."""

    tensor: str
    before: ShapeRecord
    after: ShapeRecord


class FoundRecord(TypedDict):
    """Whether what a row says was found so on a run; ``None`` where none was made."""

    agrees: bool | None
    words: str


class ArgumentRecord(TypedDict):
    """One argument with another value; where no other is valid, ``why_not`` says why."""

    argument: str
    says: str
    value: str
    other: str
    why_not: str
    changed: Sequence[ChangeRecord]
    parameters: str
    kept: str
    found: FoundRecord
    link: str
    set_it: str
    label: str


class ArgumentsPanel(TypedDict):
    """All arguments of nn.LSTM, what batch_first moves, and where dropout acts."""

    heads: Sequence[str]
    rows: Sequence[ArgumentRecord]
    parameters: str
    moved_title: str
    moved: Sequence[ClaimRecord]
    claims_title: str
    claims: Sequence[ClaimRecord]
    without: str


def arguments_view(snapshot: Snapshot) -> ArgumentsPanel:
    """Every argument of nn.LSTM with another value, by formula and as measured; and dropout."""
    question = snapshot.question
    without = why_not(snapshot, "shown by running")
    run = None if without else snapshot.run
    effects = argument_effects(question.settings, question.sizes)
    return {
        "heads": HEADS,
        "rows": [_row(effect, snapshot, run and _measured(effect, run)) for effect in effects],
        "parameters": "parameters",
        "moved_title": "What batch_first moves, shown by running the module with the other value",
        "moved": _moved(run),
        "claims_title": "Where dropout acts, shown by running the module",
        "claims": _claims(run),
        "without": without,
    }


def _moved(run: Run | None) -> list[ClaimRecord]:
    if run is None:
        return []
    from lstm_shapes.statements.arguments import batch_first_claims

    return claim_records(batch_first_claims(run))


def _claims(run: Run | None) -> list[ClaimRecord]:
    if run is None:
        return []
    from lstm_shapes.statements.arguments import dropout_claims

    return claim_records(dropout_claims(run))


def _row(effect: ArgumentEffect, snapshot: Snapshot, measured: Run | None) -> ArgumentRecord:
    before, after = effect.parameters
    shapes = {} if measured is None else measured.shapes()
    verb = "keeps its shape" if len(effect.same) == 1 else "keep their shapes"
    same = [f"{', '.join(effect.same)} {verb}"] if effect.same else []
    same += ["the number of parameters stays"] if before == after else []
    return {
        "argument": effect.argument,
        "says": ARGUMENTS[effect.argument].says,
        "value": repr(effect.value),
        "other": "" if effect.why_not else repr(effect.other),
        "why_not": effect.why_not,
        "changed": [
            {
                "tensor": name,
                "before": shape_view(pair[0], None, snapshot),
                "after": shape_view(pair[1], shapes.get(name), snapshot),
            }
            for name, pair in effect.changed.items()
        ],
        "parameters": "" if before == after else f"{grouped(before)} → {grouped(after)}",
        "kept": " · ".join(same),
        "found": _found(effect, snapshot, measured),
        "link": "" if effect.why_not else write_link({effect.argument: effect.other}),
        "set_it": SET_IT,
        "label": f"{SET_IT}: {effect.argument}={effect.other!r}",
    }


def _found(effect: ArgumentEffect, snapshot: Snapshot, measured: Run | None) -> FoundRecord:
    """Whether all that a row says is so: what changes, what does not, and the parameters."""
    if measured is None or snapshot.run is None:
        return {"agrees": None, "words": "predicted by formula"}
    before, after = snapshot.run.shapes(), measured.shapes()
    agrees = (
        all(after[name] == pair[1].shape for name, pair in effect.changed.items())
        and all(after[name] == before[name] for name in effect.same)
        and effect.parameters == (_count(snapshot.run), _count(measured))
    )
    return {
        "agrees": agrees,
        "words": "checked by running it" if agrees else "a run gives other shapes than this",
    }


def _count(run: Run) -> int:
    return sum(weight.numel() for weight in run.weights.values())


def _measured(effect: ArgumentEffect, made: Run) -> Run | None:
    """A run with the other value, made once; nothing where there is none to be made."""
    settings = effect.settings
    if settings is None:
        return None
    from lstm_shapes.live.run import run

    def other() -> Run | None:
        try:
            return run(settings, made.sizes, seed=made.seed)
        except OverBudget:
            return None

    return made.kept(("argument", effect.argument), other)
