"""Every parameter by name, with named axes and its rows cut into gates."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TypedDict

from lstm_shapes.config import DIRECTIONS, Direction
from lstm_shapes.explorer.panels.numbers import MOST_COLUMNS
from lstm_shapes.explorer.panels.picture import drawn_for, scene_of
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.explorer.view import ShapeRecord, shape_view
from lstm_shapes.formula.budget import FLOAT32
from lstm_shapes.formula.numbers import grouped, human_bytes
from lstm_shapes.formula.parameters import GATES, cell_parameters, parameter_count
from lstm_shapes.formula.shapes import NamedShape
from lstm_shapes.picture.drawing import WIDTH
from lstm_shapes.picture.scene import Scene, elide
from lstm_shapes.picture.sentences import left_out

WIDEST, NARROWEST = 104, 14
"""Pixels of the widest and of the narrowest parameter."""

HINT = (
    "Point at a weight, or move the focus to it: the cells that use it light up, here and in the "
    "picture."
)


class GateRecord(TypedDict):
    """The rows of a parameter that belong to one gate."""

    name: str
    rows: str


class ParameterRecord(TypedDict):
    """One parameter: its shape, its gates, and what it is for."""

    name: str
    shape: ShapeRecord
    width: int
    gates: Sequence[GateRecord]
    elements: str
    words: str
    label: str


class WeightsRecord(TypedDict):
    """The parameters of one layer and direction; ``lights`` are the ids of the cells in the
    picture that use them."""

    title: str
    name: str
    direction: str
    lights: Sequence[str]
    used_at: str
    steps: Sequence[str]
    parameters: Sequence[ParameterRecord]


class CountRecord(TypedDict):
    """How many parameters there are, by formula and as measured."""

    count: str
    by_formula: str
    measured: str
    agrees: bool | None
    says: str


class ParametersPanel(TypedDict):
    """All parameters of the cells that are drawn, and what this module does not have."""

    count: CountRecord
    without: Sequence[str]
    hint: str
    cells: Sequence[WeightsRecord]
    left_out: str


def parameters_view(snapshot: Snapshot, sample: int = 0, room: int = WIDTH) -> ParametersPanel:
    """The parameters of every cell that is drawn, and how many there are in all.

    Args:
        sample: the batch item whose picture is drawn.
        room: the pixels that the page has for the picture.
    """
    question = snapshot.question
    picture = scene_of(*drawn_for(question, sample, room))
    measured = _measured(snapshot)
    return {
        "count": _count(snapshot, measured),
        "without": _without(snapshot),
        "hint": HINT,
        "cells": list(_cells(snapshot, picture, measured)),
        "left_out": left_out(picture) if None in picture.layers else "",
    }


def _measured(snapshot: Snapshot) -> dict[str, tuple[int, ...]]:
    if snapshot.run is None:
        return {}
    return {name: tuple(each.shape) for name, each in snapshot.run.weights.items()}


def _count(snapshot: Snapshot, measured: dict[str, tuple[int, ...]]) -> CountRecord:
    count = parameter_count(snapshot.question.settings)
    total = sum(map(math.prod, measured.values())) if snapshot.run else None
    found = "none is measured, since there is no run" if total is None else grouped(total)
    return {
        "count": grouped(count),
        "by_formula": "parameters by formula,",
        "measured": found if total is None else f"{found} measured",
        "agrees": None if total is None else total == count,
        "says": f"They take {human_bytes(FLOAT32 * count)} in float32. The rows of a weight stand "
        f"gate by gate. A layer above the first reads D·H_out features. {_biases(snapshot)}",
    }


def _cells(
    snapshot: Snapshot, picture: Scene, measured: dict[str, tuple[int, ...]]
) -> Iterator[WeightsRecord]:
    settings = snapshot.question.settings
    steps = elide(snapshot.question.sizes.seq_len, MOST_COLUMNS)
    projected = settings.hidden_size if settings.proj_size else 0
    widest = max(settings.input_size, settings.num_directions * settings.h_out, projected)
    for layer in picture.layers:
        if layer is None:
            continue
        for direction in picture.directions:
            name = f"layer {layer}, {direction}"
            yield {
                "title": name if settings.bidirectional else f"layer {layer}",
                "name": name,
                "direction": direction,
                "lights": [
                    each.id
                    for each in picture.slices.values()
                    if (each.kind, each.layer, each.direction) == ("cell", layer, direction)
                ],
                "used_at": "used at t =",
                "steps": ["…" if step is None else str(step) for step in steps],
                "parameters": [
                    _parameter(shape, snapshot, measured.get(shape.name), widest)
                    for shape in cell_parameters(settings, layer, direction)
                ],
            }


def _biases(snapshot: Snapshot) -> str:
    """What the two biases of a cell do."""
    settings = snapshot.question.settings
    if not settings.bias:
        return ""
    if settings.kind == "GRU":
        return (
            "The two biases of a cell are added to each other, except those of the gate n: there "
            "r multiplies b_hn, but not b_in."
        )
    return "The two biases of a cell are added to each other."


def _without(snapshot: Snapshot) -> list[str]:
    """What this module does not have, in words."""
    settings = snapshot.question.settings
    words = []
    if not settings.bias:
        words.append("bias=False: there is no bias_ih and no bias_hh, not even zeros.")
    if not settings.proj_size and settings.kind == "LSTM":
        words.append("proj_size=0: there is no weight_hr.")
    if not settings.bidirectional:
        words.append("bidirectional=False: no parameter's name ends in _reverse.")
    return words


def _parameter(
    shape: NamedShape, snapshot: Snapshot, measured: tuple[int, ...] | None, widest: int
) -> ParameterRecord:
    settings = snapshot.question.settings
    width = shape.axes[1].size if len(shape.axes) == 2 else 0
    names = GATES[settings.kind] if shape.axes[0].name == "gate × hidden" else ()
    size = settings.hidden_size
    gates: list[GateRecord] = [
        {"name": gate, "rows": f"{grouped(i * size)}:{grouped((i + 1) * size)}"}
        for i, gate in enumerate(names)
    ]
    record = shape_view(shape, measured, snapshot)
    return {
        "name": shape.name,
        "shape": record,
        "width": max(NARROWEST, round(WIDEST * width / widest)),
        "gates": gates,
        "elements": f"{grouped(shape.numel)} numbers",
        "words": _words(shape, snapshot),
        "label": _label(shape.name, record, gates),
    }


def _label(name: str, shape: ShapeRecord, gates: Sequence[GateRecord]) -> str:
    """The same for those who hear it."""
    axes = ", ".join(
        f"{axis['name']} {size}" for axis, size in zip(shape["axes"], shape["sizes"], strict=True)
    )
    rows = ", ".join(f"{gate['name']} {gate['rows']}" for gate in gates)
    return f"{name}: {axes}" + (f"; gates {rows}" if rows else "")


def _words(shape: NamedShape, snapshot: Snapshot) -> str:
    """What a parameter is for, and which cells use it."""
    name, _, where = shape.name.partition("_l")
    layer = int(where.removesuffix("_reverse"))
    direction: Direction = DIRECTIONS[where.endswith("_reverse")]
    settings = snapshot.question.settings
    kind, _, source = name.partition("_")
    read = {"ih": "x" if not layer else f"the output of layer {layer - 1}", "hh": "h'"}
    if source == "hr":
        what = f"projects {settings.hidden_size} features of h to {settings.proj_size}"
    elif kind == "weight":
        what = f"is multiplied with {read[source]}: {grouped(shape.axes[1].size)} features"
    else:
        what = f"is added to the product with {read[source]}"
    cell = f"layer {layer}, {direction}" if settings.bidirectional else f"layer {layer}"
    return f"`{shape.name}` {what}, in the cell of {cell}, the same at every step."
