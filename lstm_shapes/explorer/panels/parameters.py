"""Every parameter by name, with named axes and its rows cut into gates."""

from __future__ import annotations

import math

from lstm_shapes.config import DIRECTIONS, Direction
from lstm_shapes.explorer.panels.numbers import MOST_COLUMNS
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.explorer.view import View, shape_view
from lstm_shapes.formula.budget import FLOAT32
from lstm_shapes.formula.numbers import grouped, human_bytes
from lstm_shapes.formula.parameters import GATES, cell_parameters, parameter_count
from lstm_shapes.formula.shapes import NamedShape
from lstm_shapes.picture.scene import elide
from lstm_shapes.picture.sentences import left_out
from lstm_shapes.picture.unroll import unroll

WIDEST, NARROWEST = 104, 14
"""Pixels of the widest and of the narrowest parameter."""


def parameters_view(snapshot: Snapshot) -> View:
    """The parameters of every cell that is drawn, and how many there are in all."""
    question = snapshot.question
    settings = question.settings
    picture = unroll(settings, question.sizes)
    measured = _measured(snapshot)
    projected = settings.hidden_size if settings.proj_size else 0
    widest = max(settings.input_size, settings.num_directions * settings.h_out, projected)
    count = parameter_count(settings)
    total = sum(map(math.prod, measured.values())) if snapshot.run else None
    return {
        "count": grouped(count),
        "bytes": human_bytes(FLOAT32 * count),
        "measured": None if total is None else grouped(total),
        "agrees": total in (None, count),
        "left_out": left_out(picture) if None in picture.layers else "",
        "without": _without(snapshot),
        "biases": _biases(snapshot),
        "steps": [
            "…" if step is None else str(step)
            for step in elide(question.sizes.seq_len, MOST_COLUMNS)
        ],
        "cells": [
            {
                "layer": layer,
                "direction": direction,
                "lights": f"cell.{layer}.{direction}.",
                "parameters": [
                    _parameter(shape, snapshot, measured.get(shape.name), widest)
                    for shape in cell_parameters(settings, layer, direction)
                ],
            }
            for layer in picture.layers
            if layer is not None
            for direction in picture.directions
        ],
    }


def _measured(snapshot: Snapshot) -> dict[str, tuple[int, ...]]:
    if snapshot.run is None:
        return {}
    return {name: tuple(each.shape) for name, each in snapshot.run.weights.items()}


def _biases(snapshot: Snapshot) -> str:
    """What the two biases of a cell do."""
    settings = snapshot.question.settings
    if not settings.bias:
        return ""
    if settings.kind == "GRU":
        return "The two biases are added to each other, but in n, where r is put on b_hn alone."
    return "The two biases are added to each other."


def _without(snapshot: Snapshot) -> list[str]:
    """What this module does not have, in words."""
    settings = snapshot.question.settings
    words = []
    if not settings.bias:
        words.append("bias=False: there is no bias_ih and no bias_hh, not even zeros.")
    if not settings.proj_size and settings.kind == "LSTM":
        words.append("proj_size=0: there is no weight_hr.")
    if not settings.bidirectional:
        words.append("One direction: no parameter ends in _reverse.")
    return words


def _parameter(
    shape: NamedShape, snapshot: Snapshot, measured: tuple[int, ...] | None, widest: int
) -> View:
    settings = snapshot.question.settings
    width = shape.axes[1].size if len(shape.axes) == 2 else 0
    gates = GATES[settings.kind] if shape.axes[0].name == "gate × hidden" else ()
    size = settings.hidden_size
    return {
        "name": shape.name,
        "shape": shape_view(shape, measured, snapshot),
        "width": max(NARROWEST, round(WIDEST * width / widest)),
        "gates": [
            {"name": gate, "rows": f"{grouped(i * size)}:{grouped((i + 1) * size)}"}
            for i, gate in enumerate(gates)
        ],
        "elements": grouped(shape.numel),
        "words": _words(shape, snapshot),
    }


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
