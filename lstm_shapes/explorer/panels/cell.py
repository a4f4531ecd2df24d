"""Inside one cell: RNN, GRU and LSTM by hand on the same input, one step of one sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict, get_args

from lstm_shapes.config import DIRECTIONS, Direction, Kind
from lstm_shapes.explorer.choices import Choices
from lstm_shapes.explorer.panels.claims import ClaimRecord, claim_record, claim_records
from lstm_shapes.explorer.panels.fields import (
    PickField,
    SampleField,
    StepField,
    pick_field,
    sample_field,
    step_field,
)
from lstm_shapes.explorer.panels.legend import LegendRecord, legend_records
from lstm_shapes.explorer.panels.numbers import (
    MOST_COLUMNS,
    MOST_ROWS,
    BandRecord,
    Number,
    cells,
    in_order,
    strip,
)
from lstm_shapes.explorer.panels.without import why_not
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.formula.numbers import grouped
from lstm_shapes.picture.scene import elide
from lstm_shapes.snippet import constructor

if TYPE_CHECKING:
    from torch import Tensor

    from lstm_shapes.live.run import Run
    from lstm_shapes.statements.cell import CellStep

MOST_LAYERS = 8
"""Layers that are offered as buttons; of more the number is set."""

ABOUT = (
    "Three modules read the same input. Each has weights of its own, drawn from the same seed. "
    "⊙ multiplies element by element. Point at a line, and the values it is computed from light up."
)


class LineRecord(TypedDict):
    """A value of one cell: its name, how it is computed, and one sample's numbers.

    An input has neither a formula nor ``uses``; ``rows`` are those of the weights.
    """

    name: str
    formula: str
    rows: str
    uses: Sequence[str] | None
    cells: Sequence[Number]
    more: str
    label: str


class KindRecord(TypedDict):
    """One kind of module at the chosen cell and step; ``current`` is empty, or says that it is
    the module shown above."""

    kind: str
    code: str
    current: str
    weights: str
    inputs: Sequence[LineRecord]
    lines: Sequence[LineRecord]
    claim: ClaimRecord


class StatesStrip(TypedDict):
    """h or c of one layer over time; ``chosen`` is the column of the chosen step."""

    name: str
    of: str
    bands: Sequence[BandRecord]
    chosen: int | None


class LoopRecord(TypedDict):
    """The step as a module of its own, called in a loop."""

    title: str
    says: str
    code: str
    claims: Sequence[ClaimRecord]


class CellNumbers(TypedDict):
    """What was computed by hand, and by a cell that is a module of its own; ``forgets`` says
    where the forget gate has nothing to forget."""

    about: str
    forgets: str
    kinds: Sequence[KindRecord]
    strips_title: str
    legend: Sequence[LegendRecord]
    strips: Sequence[StatesStrip]
    claims: Sequence[ClaimRecord]
    loop: LoopRecord


class CellPanel(TypedDict):
    """Which cell is looked into, and its numbers; without those it is said why.

    The layer is chosen by a button, or where there are too many by its number.
    """

    sample_field: SampleField | None
    layer_pick: PickField | None
    layer_field: StepField | None
    direction_pick: PickField
    time_field: StepField
    says: str
    without: str
    numbers: CellNumbers | None


def cell_view(snapshot: Snapshot, sample: int, choices: Choices) -> CellPanel:
    """The chosen cell at one step: what went in, every line, and what holds of it.

    Args:
        sample: the batch item whose numbers are shown.
    """
    settings, sizes = snapshot.question.settings, snapshot.question.sizes
    last_layer, length = settings.num_layers - 1, sizes.steps_of(sample)
    layer, time = min(choices.layer, last_layer), min(choices.time, length - 1)
    direction: Direction = DIRECTIONS[settings.bidirectional and choices.direction == "backward"]
    few = settings.num_layers <= MOST_LAYERS
    without = why_not(snapshot, "computed by hand", "cell")
    numbers: CellNumbers | None = None
    if not without and snapshot.run is not None:
        numbers = _measured(snapshot.run, sample, (layer, direction, time))
    return {
        "sample_field": sample_field(sizes, sample),
        "layer_pick": pick_field("layer", range(settings.num_layers), layer) if few else None,
        "layer_field": None if few else step_field("layer", "layer", layer, 0, last_layer),
        "direction_pick": pick_field("direction", settings.directions, direction),
        "time_field": step_field("time", "t", time, 0, length - 1),
        "says": _says(snapshot, layer, direction, time, length),
        "without": without,
        "numbers": numbers,
    }


def _says(snapshot: Snapshot, layer: int, direction: str, time: int, length: int) -> str:
    settings = snapshot.question.settings
    x = f"the output of layer {layer - 1} at t = {time}" if layer else f"the input at t = {time}"
    backward = direction == "backward"
    first = time == (length - 1 if backward else 0)
    handed = f"what the cell wrote at t = {time + 1 if backward else time - 1}"
    where = f"layer {layer}, {direction}" if settings.bidirectional else f"layer {layer}"
    given = snapshot.run is not None and bool(snapshot.run.states)
    start = "the states that the call was given" if given else "zeros"
    before = f"{start}: it is the first step that is read" if first else handed
    return f"{where}, t = {time}: `x` is {x}; `h'` and `c'` are {before}."


def _measured(run: Run, sample: int, at: tuple[int, Direction, int]) -> CellNumbers:
    from lstm_shapes.live.variants import with_kind
    from lstm_shapes.statements.cell import cell_claims

    # The plain RNN first: what the others add is then seen. The cell is offered for all.
    kinds = get_args(Kind)[::-1]
    what = "h and c" if run.settings.kind == "LSTM" else "h"
    return {
        "about": ABOUT,
        "forgets": _forgets(with_kind(run, "LSTM"), at, sample),
        "kinds": [_kind(run, with_kind(run, kind), at, sample) for kind in kinds],
        "strips_title": f"What nn.{run.settings.kind} does not return: {what} of every layer "
        "and step",
        "legend": legend_records(run.settings.directions),
        "strips": _strips(run, at[0], at[2], sample),
        "claims": claim_records(cell_claims(run)),
        "loop": _loop(run),
    }


def _forgets(made: Run, at: tuple[int, Direction, int], sample: int) -> str:
    """That c' is zero before the step that is shown, if it is, and where the next step is."""
    from lstm_shapes.statements.cell import cell_at

    _, direction, time = at
    handed = cell_at(made, *at).c
    if handed is None or handed[sample].any():
        return ""
    said = (
        f"In the LSTM every number of `c'` is zero before t = {time}, so `f ⊙ c'` is zero, "
        "whatever f is: the forget gate has nothing to forget."
    )
    following = time - 1 if direction == "backward" else time + 1
    if 0 <= following < made.sizes.steps_of(sample):
        said += f" See t = {following}, the next step that is read."
    return said


def _loop(run: Run) -> LoopRecord:
    """The same step as a module of its own."""
    from lstm_shapes.statements.loop import loop_claims, loop_code

    kind, settings = run.settings.kind, run.settings
    title = f"The same step as a module: nn.{kind}Cell"
    if settings.proj_size:
        says = "nn.LSTMCell has no proj_size: set it to 0 to see the loop."
        return {"title": title, "says": says, "code": "", "claims": []}
    states = "a pair (h, c), and returns such a pair" if kind == "LSTM" else "h, and returns h"
    says = (
        f"nn.{kind}Cell takes one step: x of (N, H_in), with no time axis, and {states}. Called "
        "once per step with the weights of one layer and direction, it gives what the module gives "
        "for the whole sequence. Use it where the next input depends on the last output, as in a "
        "decoder; elsewhere the module is faster."
    )
    return {
        "title": title,
        "says": says,
        "code": loop_code(settings),
        "claims": claim_records(loop_claims(run)),
    }


def _kind(run: Run, made: Run, at: tuple[int, Direction, int], sample: int) -> KindRecord:
    from lstm_shapes.statements.cell import cell_at, cell_claims

    kind, step = made.settings.kind, cell_at(made, *at)
    names = [weight.partition("[")[0] for line in step.equations for weight in line.weights]
    return {
        "kind": kind,
        "code": constructor(made.settings),
        "current": "the module shown above" if kind == run.settings.kind else "",
        "weights": f"weights: {', '.join(dict.fromkeys(names))}",
        "inputs": _inputs(step, sample),
        "lines": _lines(kind, step, sample),
        "claim": claim_record(cell_claims(made)[0]),
    }


def _inputs(step: CellStep, sample: int) -> list[LineRecord]:
    """What the cell read and what it was handed."""
    named = {"x": step.x, "h'": step.h, "c'": step.c}
    return [
        {
            "name": name,
            "formula": "",
            "rows": "",
            "uses": None,
            "cells": _numbers(value, sample),
            "more": _more(value),
            "label": "",
        }
        for name, value in named.items()
        if value is not None
    ]


def _lines(kind: Kind, step: CellStep, sample: int) -> list[LineRecord]:
    """What the cell computed, line by line."""
    records: list[LineRecord] = []
    for line in step.equations:
        # The same rows of weight_ih and of weight_hh; of weight_hr all.
        rows = line.weights[0].partition("[")[2].rstrip("]") if line.weights else ""
        numbers = _numbers(line.value, sample)
        said = ", ".join(text for text, _ in numbers)
        records.append(
            {
                "name": line.name,
                "formula": line.formula,
                "rows": f"rows {rows}" if rows else "",
                "uses": line.uses,
                "cells": numbers,
                "more": _more(line.value),
                "label": f"{kind} {line.name} = {line.formula}: {said}",
            }
        )
    return records


def _numbers(value: Tensor, sample: int) -> list[Number]:
    """One sample's numbers, of (N, features)."""
    return cells(value[sample].tolist())


def _more(value: Tensor) -> str:
    more = value.shape[-1] - MOST_ROWS
    return f"+{grouped(more)}" if more > 0 else ""


def _strips(run: Run, layer: int, time: int, sample: int) -> list[StatesStrip]:
    """h and c of every step of one layer, which the module does not return."""
    from lstm_shapes.statements.cell import cell_states

    states, at = cell_states(run), elide(run.sizes.seq_len, MOST_COLUMNS)
    records: list[StatesStrip] = []
    for name, made in (("h", states.h), ("c", states.c)):
        if made is None:
            continue
        bands = in_order(made[layer, :, :, sample])
        records.append(
            {
                "name": f"{name} of layer {layer} at every step",
                "of": f"a part of {tuple(made.shape)}, which is (layer, direction, seq, batch, "
                f"features){'; at padding it is zero' if run.sizes.lengths else ''}",
                "bands": strip(at, bands, run.sizes.seq_len)["bands"],
                "chosen": at.index(time) if time in at else None,
            }
        )
    return records
