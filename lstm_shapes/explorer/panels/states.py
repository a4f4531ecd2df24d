"""What a run starts from: zeros, random states, or those carried over; and a run in chunks."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from lstm_shapes.config import DIRECTIONS
from lstm_shapes.explorer.choices import STARTS, Choices
from lstm_shapes.explorer.panels.numbers import MOST_COLUMNS, MOST_ROWS, cells, of_sample
from lstm_shapes.explorer.panels.without import why_not
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.explorer.view import View, shape_view
from lstm_shapes.formula.numbers import grouped
from lstm_shapes.formula.shapes import tensor_shapes, time_axis
from lstm_shapes.picture.scene import elide

if TYPE_CHECKING:
    from torch import Tensor

    from lstm_shapes.live.run import Run

SAYS = {
    "zeros": "What is not given is zeros: the run is the one above.",
    "random": "Drawn from the seed, where states that are not given would be zeros.",
    "carried": "What the run above ended with: the same input is read as if it went on.",
}


def states_view(snapshot: Snapshot, sample: int, choices: Choices) -> View:
    """The chosen states, what they change, and whether a run can be cut in two.

    Args:
        sample: the batch item whose numbers are shown.
    """
    sizes = snapshot.question.sizes
    count = sizes.batch_size
    view: View = {
        "samples": count and str(count),
        "sample": sample,
        "starts": STARTS,
        "start": choices.start,
        "says": SAYS[choices.start],
        "without": why_not(snapshot, "run again"),
        "states": [],
        "apart": [],
        "claims": [],
        "chunks": None,
    }
    if view["without"] or snapshot.run is None:
        return view
    view |= _started(snapshot, snapshot.run, sample, choices)
    return view | {"chunks": _chunks(snapshot.run, sample, choices.chunk)}


def _started(snapshot: Snapshot, run: Run, sample: int, choices: Choices) -> View:
    from lstm_shapes.live.variants import initial_states, with_states
    from lstm_shapes.statements.states import state_claims

    states = initial_states(run, choices.start)
    shapes = tensor_shapes(run.settings, run.sizes)
    return {
        "states": [
            {
                "name": name,
                "shape": shape_view(shapes[name], tuple(state.shape), snapshot),
                "rows": _rows(name, state, sample),
                "more": _more(len(state), MOST_COLUMNS, "rows"),
            }
            for name, state in zip(("h_0", "c_0"), states, strict=False)
        ],
        "apart": _apart(run, with_states(run, states), sample),
        "claims": [asdict(claim) for claim in state_claims(run)],
    }


def _rows(name: str, state: Tensor, sample: int) -> list[View]:
    values = state if state.dim() == 2 else state[:, sample]
    return [
        {
            "label": f"{name}[{row}]",
            "cells": cells(each.tolist()),
            "more": _more(len(each), MOST_ROWS, "features"),
        }
        for row, each in enumerate(values[:MOST_COLUMNS])
    ]


def _more(count: int, most: int, what: str) -> str:
    return f"and {grouped(count - most)} more {what}" if count > most else ""


def _apart(one: Run, other: Run, sample: int) -> list[View]:
    """How far two outs of one sample are apart, step by step: the largest of any feature."""
    time, length = time_axis(one.settings, one.sizes), one.sizes.steps_of(sample)
    difference = of_sample((one.out - other.out).abs(), sample, time)
    halves = difference.reshape(len(difference), -1, one.settings.h_out)
    at = elide(one.sizes.seq_len, MOST_COLUMNS)
    return [
        {
            "band": direction,
            "columns": [
                {"label": "…", "cells": [["", 0]]}
                if step is None
                else {
                    "label": f"t={step}",
                    "cells": [_far(half[step]) if step < length else ["", 0]],
                }
                for step in at
            ],
        }
        for direction, half in zip(DIRECTIONS, halves.unbind(-2), strict=False)
    ]


def _far(difference: Tensor) -> list[object]:
    """The largest difference in few characters, and its strength from 0 to 1."""
    largest = float(difference.max())
    return [f"{largest:.0e}" if 0 < largest < 0.005 else f"{largest:.2f}", min(1.0, largest * 4)]


def _chunks(run: Run, sample: int, chunk: int) -> View:
    """The run in two calls, cut at a step."""
    from lstm_shapes.live.variants import in_chunks
    from lstm_shapes.statements.states import chunk_claims

    last = run.sizes.seq_len - 1
    view: View = {"last": last, "at": 0, "without": "", "apart": [], "claims": []}
    if run.sizes.lengths is not None:
        return view | {"without": "With lengths a chunk may hold no step of some sample"}
    if not last:
        return view | {"without": "A single step cannot be cut in two"}
    at = min(chunk, last)
    return view | {
        "at": at,
        "apart": _apart(run, in_chunks(run, at), sample),
        "claims": [asdict(claim) for claim in chunk_claims(run, at)],
    }
