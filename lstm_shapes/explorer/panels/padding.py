"""A packed batch beside the same batch padded and not packed, and how far the two are apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

from lstm_shapes.explorer.panels.legend import LegendRecord, legend_records
from lstm_shapes.explorer.panels.numbers import MOST_COLUMNS, BandRecord, in_order, strip
from lstm_shapes.explorer.panels.tokens import MOST_SAMPLES, drawn_steps, step_names
from lstm_shapes.formula.numbers import distance
from lstm_shapes.picture.scene import elide

if TYPE_CHECKING:
    from lstm_shapes.live.run import Run
    from lstm_shapes.statements.lengths import PaddingEffect


class SideRecord(TypedDict):
    """One sample's out, of the packed batch or of the padded one."""

    name: str
    code: str
    bands: Sequence[BandRecord]
    more: str


class DifferenceRecord(TypedDict):
    """How far two numbers are apart; ``differs`` is ``None`` where nothing is compared."""

    text: str
    differs: bool | None


class ApartRow(TypedDict):
    """The differences of one sample: at each step, then in its final states."""

    sample: str
    differences: Sequence[DifferenceRecord]


class ApartRecord(TypedDict):
    """What one cell wrote of the two, sample by sample."""

    name: str
    title: str
    direction: str
    heads: Sequence[str]
    rows: Sequence[ApartRow]
    reason: str


class PaddingRecord(TypedDict):
    """The packed batch and the padded one, side by side."""

    title: str
    hint: str
    legend: Sequence[LegendRecord]
    sides: Sequence[SideRecord]
    about: str
    apart: Sequence[ApartRecord]


def padding_record(run: Run, sample: int) -> PaddingRecord:
    """What packing saves a batch from.

    Args:
        sample: the batch item whose out is shown.
    """
    from lstm_shapes.statements.claim import allowed_difference
    from lstm_shapes.statements.lengths import padded_against_packed

    allowed = allowed_difference(run)
    return {
        "title": "The same batch packed, and padded without packing",
        "hint": "the same module is given the padded batch as it is",
        "legend": legend_records(run.settings.directions),
        "sides": _sides(run, sample),
        "about": "The tables give the largest difference between the two calls at each step and "
        "in the final states, layer by layer. «=» means that they are the same up to rounding.",
        "apart": [_apart(each, run, allowed) for each in padded_against_packed(run)],
    }


def _sides(run: Run, sample: int) -> list[SideRecord]:
    """One sample's out of the packed batch, and of the padded one."""
    from lstm_shapes.live.variants import unpacked

    at = elide(run.sizes.seq_len, MOST_COLUMNS)
    records: list[SideRecord] = []
    for name, made in (("packed", run), ("padded, not packed", unpacked(run))):
        heat = strip(at, in_order(made.ordered.out[:, :, sample]), run.sizes.seq_len)
        records.append({"name": name, "code": f"out of sample {sample}", **heat})
    return records


def _apart(found: PaddingEffect, run: Run, allowed: float) -> ApartRecord:
    """How far the padded call is off, for every sample and step that is drawn."""
    at = drawn_steps(run)
    ends = ["h_n"] if found.c_n is None else ["h_n", "c_n"]
    rows: list[ApartRow] = []
    for b, steps in enumerate(found.steps[:MOST_SAMPLES]):
        states = [found.h_n[b], *([] if found.c_n is None else [found.c_n[b]])]
        drawn = [_GAP if t is None else _difference(steps[t], allowed) for t in at]
        ended = [_difference(value, allowed) for value in states]
        rows.append({"sample": str(b), "differences": [*drawn, *ended]})
    return {
        "name": f"{found.layer}.{found.direction}",
        "title": f"layer {found.layer}, {found.direction}",
        "direction": found.direction,
        "heads": ["b", *(f"t={step}" for step in step_names(run)), *ends],
        "rows": rows,
        "reason": found.reason,
    }


_GAP: DifferenceRecord = {"text": "…", "differs": None}


def _difference(value: float | None, allowed: float) -> DifferenceRecord:
    """A difference in few characters; what is rounding is none."""
    if value is None:
        return {"text": "", "differs": None}
    return {"text": distance(value, 1) if value > allowed else "=", "differs": value > allowed}
