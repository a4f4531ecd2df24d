"""How records become the plain data that JavaScript draws. Numbers go as text:
JavaScript's own are exact only to 2**53."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypedDict

from lstm_shapes.explorer.state import Snapshot, Status
from lstm_shapes.formula.shapes import Axis, AxisName, NamedShape

View = dict[str, Any]

# The colour of an axis; the same in every panel.
ROLES: Mapping[AxisName, str] = {
    "batch": "batch",
    "seq": "seq",
    "features": "features",
    "layer × direction": "layers",
    "layer": "layers",
    "gate × hidden": "hidden",
    "hidden": "hidden",
}


class AxisRecord(TypedDict):
    """One axis of a shape: its colour, what it means, how the documentation writes it."""

    role: str
    name: str
    symbol: str


class ShapeRecord(TypedDict):
    """A tensor's shape from both sources, and what they say of each other."""

    sizes: Sequence[str]
    shape: str
    axes: Sequence[AxisRecord]
    state: str
    verdict: str
    agrees: bool


def packed(view: Mapping[str, object]) -> bytes:
    """The record as JSON bytes. ipywidgets searches plain state for buffers and writes it twice,
    which takes time."""
    return json.dumps(view, ensure_ascii=False, separators=(",", ":")).encode()


def axis_records(axes: Iterable[Axis]) -> list[AxisRecord]:
    """The axes of a shape, each with its colour."""
    return [{"role": ROLES[axis.name], "name": axis.name, "symbol": axis.symbol} for axis in axes]


def shape_view(
    formula: NamedShape, measured: tuple[int, ...] | None, snapshot: Snapshot
) -> ShapeRecord:
    """One tensor's shape from both sources, and whether they agree.

    The numbers shown are the measured ones wherever there are any.
    """
    sizes = formula.shape if measured is None else measured
    return {
        "sizes": [str(size) for size in sizes],
        "shape": ",".join(str(size) for size in sizes),
        "axes": axis_records(formula.axes),
        "state": snapshot.status,
        "verdict": _verdict(formula, measured, snapshot.status),
        "agrees": measured is None or measured == formula.shape,
    }


def _verdict(formula: NamedShape, measured: tuple[int, ...] | None, status: Status) -> str:
    if measured is None:
        return "last valid, by formula" if status == "invalid" else "predicted by formula"
    if measured != formula.shape:
        return f"✗ formula {formula.shape} ≠ measured {measured}"
    return "✓ last valid: formula = measured" if status == "invalid" else "✓ formula = measured"
