"""Whether the same question gives the same numbers: measured when asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, TypedDict

from lstm_shapes.explorer.measurement import Measurement
from lstm_shapes.explorer.panels.without import no_numbers
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.formula.numbers import distance
from lstm_shapes.snippet import constructor

if TYPE_CHECKING:
    from lstm_shapes.statements.reproducibility import Progress, Trial

ABOUT = (
    "Everything is done several times, also a few steps of training, and all tensors that come of "
    "it are compared with those of the first time, bit for bit."
)
HEADS = ("repeated", "equal to the first", "largest difference", "verdict")


class TrialRecord(TypedDict):
    """One thing that was repeated; ``same`` is ``None`` before it was repeated at all. ``losses``
    are those of a training, the first time and the last."""

    id: str
    what: str
    losses: Sequence[str]
    same: bool | None
    equal: str
    difference: str
    verdict: str


class MeasureButton(TypedDict):
    """What the button does, and what it says."""

    action: Literal["measure", "stop"]
    label: str
    disabled: bool


class ProgressRecord(TypedDict):
    """How far the measurement is; ``label`` is what the bar is called."""

    done: int
    total: int
    label: str
    words: str


class ReproducibilityPanel(TypedDict):
    """What was measured so far of what is shown, and what can only be quoted."""

    subject: str
    button: MeasureButton
    progress: ProgressRecord
    without: str
    about: str
    heads: Sequence[str]
    trials: Sequence[TrialRecord]
    quoted: str
    documented: str


def reproducibility_view(snapshot: Snapshot, measurement: Measurement) -> ReproducibilityPanel:
    """What was measured so far of what is shown, and what can only be quoted."""
    question, without = snapshot.question, no_numbers(snapshot)
    progress = None if without else measurement.progress
    trials = _trials(progress, measurement.running)
    return {
        "subject": f"{constructor(question.settings)}, seed {question.seed}",
        "button": _button(measurement.running, bool(trials), bool(without)),
        "progress": _progress(progress, measurement.running),
        "without": without,
        "about": ABOUT,
        "heads": HEADS,
        "trials": trials,
        "quoted": "The documentation says of CUDA:",
        "documented": "" if without else _documented(snapshot, progress),
    }


def _button(running: bool, measured: bool, disabled: bool) -> MeasureButton:
    if running:
        return {"action": "stop", "label": "Stop", "disabled": disabled}
    label = "Measure again" if measured else "Measure now"
    return {"action": "measure", "label": label, "disabled": disabled}


def _progress(progress: Progress | None, running: bool) -> ProgressRecord:
    if progress is None:
        return {"done": 0, "total": 0, "label": "runs made", "words": "nothing measured yet"}
    words = f"{progress.done} of {progress.total} runs"
    if not running and progress.done < progress.total:
        words += ", stopped"
    return {"done": progress.done, "total": progress.total, "label": "runs made", "words": words}


def _trials(progress: Progress | None, running: bool) -> list[TrialRecord]:
    if progress is None:
        return []
    return [_trial(trial) for trial in progress.trials if trial.runs > 1 or running]


def _trial(trial: Trial) -> TrialRecord:
    others = max(0, trial.runs - 1)
    same = trial.equal == others if others else None
    words = {True: "equal bit for bit", False: "not the same", None: "…"}
    return {
        "id": trial.id,
        "what": trial.what,
        "losses": _losses(trial),
        "same": same,
        "equal": f"{trial.equal} of {others}",
        "difference": distance(trial.difference),
        "verdict": words[same],
    }


def _losses(trial: Trial) -> list[str]:
    """The losses of a training, step by step, the first time and the last."""
    times = ("loss, first time", "loss, last time")
    return [
        f"{name}: {', '.join(f'{loss:.6f}' for loss in losses)}"
        for name, losses in zip(times, trial.losses, strict=False)
    ]


def _documented(snapshot: Snapshot, progress: Progress | None) -> str:
    """What torch's documentation says of CUDA, and whether it was measured here."""
    from lstm_shapes.statements.reproducibility import DOCUMENTED

    here = "not measured yet" if progress is None else "what was measured here stands above"
    if snapshot.run is None or snapshot.run.device != "cuda":
        here = "not measured: this run is not on CUDA"
    return f"{DOCUMENTED} ({here})."
