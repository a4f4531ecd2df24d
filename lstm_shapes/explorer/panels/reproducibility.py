"""Whether the same question gives the same numbers: measured when asked for."""

from __future__ import annotations

from lstm_shapes.explorer.measurement import Measurement
from lstm_shapes.explorer.panels.without import no_numbers
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.explorer.view import View
from lstm_shapes.snippet import constructor


def reproducibility_view(snapshot: Snapshot, measurement: Measurement) -> View:
    """What was measured so far of what is shown, and what can only be quoted."""
    run = snapshot.run
    view: View = {
        "about": f"{constructor(snapshot.question.settings)}, seed {snapshot.question.seed}",
        "without": no_numbers(snapshot),
        "running": measurement.running,
        "done": 0,
        "total": 0,
        "trials": [],
        "documented": "",
    }
    if run is None or view["without"]:
        return view
    from lstm_shapes.statements.reproducibility import DOCUMENTED

    progress = measurement.progress
    here = "not measured yet" if progress is None else "what was measured here stands above"
    here = here if run.device == "cuda" else "not measured: this run is not on CUDA"
    view["documented"] = f"{DOCUMENTED} ({here})."
    if progress is None:
        return view
    return view | {
        "done": progress.done,
        "total": progress.total,
        "trials": [
            {
                "id": trial.id,
                "what": trial.what,
                "others": trial.runs - 1,
                "equal": trial.equal,
                "difference": f"{trial.difference:.1e}" if trial.difference else "0",
            }
            for trial in progress.trials
            if trial.runs > 1 or measurement.running
        ],
    }
