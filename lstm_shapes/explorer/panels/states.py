"""What a run starts from: zeros, random states, or those carried over; and a run in chunks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypedDict

from lstm_shapes.config import InputSizes, Start
from lstm_shapes.explorer.choices import STARTS, Choices
from lstm_shapes.explorer.panels.claims import ClaimRecord, claim_records
from lstm_shapes.explorer.panels.fields import (
    PickField,
    SampleField,
    StepField,
    pick_field,
    sample_field,
    step_field,
)
from lstm_shapes.explorer.panels.numbers import (
    MOST_COLUMNS,
    MOST_ROWS,
    NOTHING,
    Number,
    and_more,
    cells,
)
from lstm_shapes.explorer.panels.without import why_not
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.explorer.view import ShapeRecord, shape_view
from lstm_shapes.formula.numbers import distance
from lstm_shapes.formula.shapes import tensor_shapes
from lstm_shapes.picture.scene import elide
from lstm_shapes.picture.svg import ARROWS

if TYPE_CHECKING:
    from torch import Tensor

    from lstm_shapes.live.run import Run

SAYS: Mapping[str, str] = {
    "zeros": "States that are not given are zeros: the run is the one above.",
    "random": "The states are drawn from the seed; had they not been given, they would be zeros.",
    "carried": "The states are those the run above ended with: the same input is read as if it "
    "went on.",
}

LEFT_OUT = "States that are not given are zeros: the run above, without the states it was given."


class StateRow(TypedDict):
    """One row of a state: one layer and direction."""

    label: str
    cells: Sequence[Number]
    more: str


class StateRecord(TypedDict):
    """One of h_0 and c_0."""

    name: str
    shape: ShapeRecord
    rows: Sequence[StateRow]
    more: str


class DistanceColumn(TypedDict):
    """How far two outs are apart at one step; ``says`` tells it to those who hear it."""

    label: str
    cells: Sequence[Number]
    says: str


class DistanceBand(TypedDict):
    """The same for every step of one direction."""

    band: str
    name: str
    columns: Sequence[DistanceColumn]


class DistancesRecord(TypedDict):
    """How far two outs are apart, by direction and step."""

    kind: str
    about: str
    bands: Sequence[DistanceBand]


class StartRecord(TypedDict):
    """The chosen states, and how far they reach."""

    states: Sequence[StateRecord]
    title: str
    apart: DistancesRecord
    claims: Sequence[ClaimRecord]


class ChunksRecord(TypedDict):
    """The run cut in two; where it cannot be cut, ``without`` says why."""

    name: str
    title: str
    without: str
    field: StepField | None
    apart: DistancesRecord | None
    claims: Sequence[ClaimRecord]


class StatesPanel(TypedDict):
    """What a run may start from, what the chosen states change, and a run in two chunks."""

    sample_field: SampleField | None
    pick: PickField
    says: str
    without: str
    start: StartRecord | None
    chunks: ChunksRecord | None


def states_view(snapshot: Snapshot, sample: int, choices: Choices) -> StatesPanel:
    """The chosen states, what they change, and whether a run can be cut in two.

    Args:
        sample: the batch item whose numbers are shown.
    """
    without, run = why_not(snapshot, "run again", "states"), snapshot.run
    measured = not without and run is not None
    return {
        "sample_field": sample_field(snapshot.question.sizes, sample),
        "pick": pick_field("start", STARTS, choices.start),
        "says": LEFT_OUT
        if choices.start == "zeros" and run and run.states
        else SAYS[choices.start],
        "without": without,
        "start": _started(snapshot, run, sample, choices.start) if measured and run else None,
        "chunks": _chunks(run, sample, choices.chunk) if measured and run else None,
    }


def _started(snapshot: Snapshot, run: Run, sample: int, start: Start) -> StartRecord:
    from lstm_shapes.live.variants import initial_states, started_from, without_states
    from lstm_shapes.statements.replicas import replica_claims
    from lstm_shapes.statements.states import state_claims

    shapes = tensor_shapes(run.settings, run.sizes)
    of = _of(run.sizes, sample)
    apart = _apart(without_states(run), started_from(run, start), sample)
    about = f"The largest |out from these states - out from zeros|{of} at each step:"
    return {
        "states": [
            {
                "name": name,
                "shape": shape_view(shapes[name], tuple(state.shape), snapshot),
                "rows": _rows(name, state, sample),
                "more": and_more(len(state), MOST_COLUMNS, "rows"),
            }
            for name, state in zip(("h_0", "c_0"), initial_states(run, start), strict=False)
        ],
        "title": "How far the states reach",
        "apart": {"kind": "start", "about": about, "bands": apart},
        "claims": claim_records([*state_claims(run), *replica_claims(run)]),
    }


def _of(sizes: InputSizes, sample: int) -> str:
    """Of whom the numbers are; the claims are of all."""
    return "" if sizes.batch_size is None else f" of sample {sample}"


def _rows(name: str, state: Tensor, sample: int) -> list[StateRow]:
    """One sample's rows, of a state (rows, N, features) or, unbatched, (rows, features)."""
    values = state.reshape(len(state), -1, state.shape[-1])[:MOST_COLUMNS, sample]
    return [
        {
            "label": f"{name}[{row}]",
            "cells": cells(each.tolist()),
            "more": and_more(len(each), MOST_ROWS, "features"),
        }
        for row, each in enumerate(values)
    ]


def _apart(one: Run, other: Run, sample: int) -> list[DistanceBand]:
    """How far two outs of one sample are apart, step by step: the largest of any feature."""
    difference = (one.ordered.out[:, :, sample] - other.ordered.out[:, :, sample]).abs().amax(-1)
    length, at = one.sizes.steps_of(sample), elide(one.sizes.seq_len, MOST_COLUMNS)
    records: list[DistanceBand] = []
    for direction, steps in zip(one.settings.directions, difference.tolist(), strict=True):
        columns = [_column(direction, step, steps, length) for step in at]
        records.append({"band": direction, "name": ARROWS[direction], "columns": columns})
    return records


def _column(
    direction: str, step: int | None, steps: Sequence[float], length: int
) -> DistanceColumn:
    if step is None:
        return {"label": "…", "cells": [NOTHING], "says": f"{direction}, steps left out"}
    if step >= length:
        return {"label": f"t={step}", "cells": [NOTHING], "says": f"{direction} t={step}: padding"}
    number = _far(steps[step])
    return {"label": f"t={step}", "cells": [number], "says": f"{direction} t={step}: {number[0]}"}


def _far(largest: float) -> Number:
    """The largest difference in few characters, and its strength from 0 to 1."""
    return distance(largest, 1), min(1.0, largest * 4)


def _chunks(run: Run, sample: int, chunk: int) -> ChunksRecord:
    """The run in two calls, cut at a step."""
    from lstm_shapes.live.variants import in_chunks
    from lstm_shapes.statements.states import chunk_claims

    last = run.sizes.seq_len - 1
    record: ChunksRecord = {
        "name": "In two chunks",
        "title": "The sequence in two chunks, the states carried over from the first to the second",
        "without": "",
        "field": None,
        "apart": None,
        "claims": [],
    }
    if run.sizes.lengths is not None:
        reason = (
            "With lengths, a chunk may hold no step of some sample, and then it cannot be packed: "
            "give every sample seq_len steps to see the chunks."
        )
        return {**record, "without": reason}
    if not last:
        return {
            **record,
            "without": "A single step cannot be cut in two: set seq_len to 2 or more.",
        }
    at = min(chunk, last)
    about = f"The largest |out in chunks - out of the whole|{_of(run.sizes, sample)} at each step:"
    apart = _apart(run, in_chunks(run, at), sample)
    return {
        **record,
        "field": step_field("chunk", "cut at t", at, 1, last),
        "apart": {"kind": "chunks", "about": about, "bands": apart},
        "claims": claim_records(chunk_claims(run, at)),
    }
