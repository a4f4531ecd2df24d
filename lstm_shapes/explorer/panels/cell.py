"""Inside one cell: RNN, GRU and LSTM by hand on the same input, one step of one sample."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, get_args

from lstm_shapes.config import DIRECTIONS, Direction, Kind
from lstm_shapes.explorer.choices import Choices
from lstm_shapes.explorer.panels.numbers import (
    MOST_COLUMNS,
    MOST_ROWS,
    cells,
    in_order,
    of_sample,
    strip,
)
from lstm_shapes.explorer.panels.without import why_not
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.explorer.view import View
from lstm_shapes.formula.numbers import grouped
from lstm_shapes.picture.scene import elide
from lstm_shapes.snippet import constructor

if TYPE_CHECKING:
    from torch import Tensor

    from lstm_shapes.live.run import Run
    from lstm_shapes.statements.cell import CellStates, CellStep

MOST_LAYERS = 8
"""Layers that are offered as buttons; of more the number is set."""


def cell_view(snapshot: Snapshot, sample: int, choices: Choices) -> View:
    """The chosen cell at one step: what went in, every line, and what holds of it.

    Args:
        sample: the batch item whose numbers are shown.
    """
    settings, sizes = snapshot.question.settings, snapshot.question.sizes
    layer = min(choices.layer, settings.num_layers - 1)
    length = sizes.steps_of(sample)
    time = min(choices.time, length - 1)
    direction: Direction = DIRECTIONS[settings.bidirectional and choices.direction == "backward"]
    count, few = sizes.batch_size, settings.num_layers <= MOST_LAYERS
    view: View = {
        "samples": count and str(count),
        "sample": sample,
        "layers": [str(i) for i in range(settings.num_layers)] if few else [],
        "last_layer": settings.num_layers - 1,
        "layer": layer,
        "directions": DIRECTIONS[: settings.num_directions],
        "direction": direction,
        "last": length - 1,
        "time": time,
        "says": _says(snapshot, layer, direction, time, length),
        "without": why_not(snapshot, "computed by hand"),
        "kinds": [],
        "strips": [],
        "claims": [],
    }
    if view["without"] or snapshot.run is None:
        return view
    return view | _measured(snapshot.run, sample, (layer, direction, time))


def _says(snapshot: Snapshot, layer: int, direction: str, time: int, length: int) -> str:
    settings = snapshot.question.settings
    x = f"the output of layer {layer - 1} at t = {time}" if layer else f"the input at t = {time}"
    backward = direction == "backward"
    first = time == (length - 1 if backward else 0)
    handed = f"what the cell wrote at t = {time + 1 if backward else time - 1}"
    where = f"layer {layer}, {direction}" if settings.bidirectional else f"layer {layer}"
    before = "zeros: it is the first step that is read" if first else handed
    return f"{where}, t = {time}: `x` is {x}; `h'` and `c'` are {before}."


def _measured(run: Run, sample: int, at: tuple[int, Direction, int]) -> View:
    from lstm_shapes.live.variants import with_kind
    from lstm_shapes.statements.cell import cell_at, cell_claims, cell_states

    view: View = {"kinds": []}
    # The plain RNN first: what the others add is then seen. The cell is offered for all.
    for kind in _ordered():
        made = with_kind(run, kind)
        states = cell_states(made)
        claims = [asdict(claim) for claim in cell_claims(made)]
        view["kinds"].append(
            _kind(made, cell_at(made, *at), sample)
            | {"current": kind == run.settings.kind, "claim": claims[0]}
        )
        if made is run:
            view |= {"claims": claims, "strips": _strips(run, states, at[0], sample)}
    return view


def _ordered() -> tuple[Kind, ...]:
    return get_args(Kind)[::-1]


def _kind(made: Run, step: CellStep, sample: int) -> View:
    names = [weight.partition("[")[0] for line in step.equations for weight in line.weights]
    inputs = {"x": step.x, "h'": step.h} | ({} if step.c is None else {"c'": step.c})
    return {
        "kind": made.settings.kind,
        "code": constructor(made.settings),
        "weights": ", ".join(dict.fromkeys(names)),
        "inputs": [{"name": name} | _numbers(each, sample) for name, each in inputs.items()],
        "lines": [
            {
                "name": line.name,
                "formula": line.formula,
                # The same rows of weight_ih and of weight_hh; of weight_hr all.
                "rows": line.weights[0].partition("[")[2].rstrip("]") if line.weights else "",
                "uses": line.uses,
            }
            | _numbers(line.value, sample)
            for line in step.equations
        ],
    }


def _numbers(value: Tensor, sample: int) -> View:
    """One sample's numbers; the rest is counted."""
    row = value if value.dim() == 1 else value[sample]
    more = len(row) - MOST_ROWS
    return {"cells": cells(row.tolist()), "more": f"+{grouped(more)}" if more > 0 else ""}


def _strips(run: Run, states: CellStates, layer: int, sample: int) -> list[View]:
    """h and c of every step of one layer, which the module does not return."""
    at = elide(run.sizes.seq_len, MOST_COLUMNS)
    views = []
    for name, made in (("h", states.h), ("c", states.c)):
        if made is None:
            continue
        bands = in_order(of_sample(steps, sample, time=0) for steps in made[layer])
        shape = ", ".join(map(str, made.shape))
        views.append(
            {
                "name": f"{name} of layer {layer}, every step",
                "of": f"of ({shape}): layer, direction, seq"
                + (", batch, features" if made.dim() == 5 else ", features")
                + ("; zeros at padding" if run.sizes.lengths else ""),
            }
            | strip(at, bands, run.sizes.seq_len)
        )
    return views
