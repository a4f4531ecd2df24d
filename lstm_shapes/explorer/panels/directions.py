"""Directions: out split by direction, the backward half realigned, both merged, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from lstm_shapes.explorer.panels.claims import ClaimRecord, claim_records
from lstm_shapes.explorer.panels.fields import SampleField, sample_field
from lstm_shapes.explorer.panels.legend import LegendRecord, legend_records
from lstm_shapes.explorer.panels.strips import StripRecord, Strips
from lstm_shapes.explorer.panels.ways import WayRecord, ways
from lstm_shapes.explorer.panels.without import WITHOUT_RUN, WITHOUT_SAMPLE
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.snippet import constructor


class PlayLabels(TypedDict):
    """What the button says that walks by itself, and what it says meanwhile."""

    play: str
    stop: str


class DirectionsPanel(TypedDict):
    """The walk; every strip is sent once, and the steps name it by its id."""

    about: str
    sample_field: SampleField | None
    legend: Sequence[LegendRecord]
    ways: Mapping[str, WayRecord]
    strips: Mapping[str, StripRecord]
    play: PlayLabels
    claims_title: str
    claims: Sequence[ClaimRecord]


def directions_view(
    snapshot: Snapshot, sample: int = 0, twin: Snapshot | None = None
) -> DirectionsPanel:
    """The steps from out to a merged result, each way, and the claims evaluated on the way.

    Args:
        sample: the batch item whose numbers are shown.
        twin: a smaller twin, on which the statements are checked in place of the snapshot.
    """
    question = snapshot.question
    strips = Strips(snapshot, sample)
    return {
        "about": constructor(question.settings),
        "sample_field": sample_field(question.sizes, sample),
        "legend": legend_records(question.settings.directions),
        "ways": ways(strips),
        "strips": strips.made,
        "play": {"play": "play", "stop": "stop"},
        "claims_title": _claims_title(twin or snapshot, smaller=twin is not None),
        "claims": claim_records((twin or snapshot).claims),
    }


def _claims_title(snapshot: Snapshot, *, smaller: bool) -> str:
    if smaller and snapshot.claims:
        return "Checked on the smaller module"
    if snapshot.run is None:
        return WITHOUT_RUN
    if not snapshot.claims:
        return WITHOUT_SAMPLE
    return "Checked on the last valid run" if snapshot.problems else "Checked on this run"
