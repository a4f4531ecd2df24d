"""See, verify and debug the tensors of ``torch.nn.LSTM``.

Importing this loads neither torch nor ipywidgets: what needs them is fetched when it
is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from lstm_shapes.budget import INTERACTIVE, Cost, Limits, OverBudget, estimate
from lstm_shapes.config import PRESETS, ArgumentError, ArgumentTypeError, InputSizes, Settings
from lstm_shapes.render import svg
from lstm_shapes.scene import Scene, Slice, unroll
from lstm_shapes.shapes import (
    Axis,
    NamedShape,
    direction_shapes,
    parameter_count,
    parameter_shapes,
    tensor_shapes,
    time_axis,
)

if TYPE_CHECKING:
    from lstm_shapes.claims import Claim, direction_claims
    from lstm_shapes.classifier import Finding, classifier_findings
    from lstm_shapes.directions import (
        decoder_states,
        final_features,
        final_features_from_out,
        merge_directions,
        reverse_time,
        split_directions,
        states_by_layer,
    )
    from lstm_shapes.evidence import slice_claims, slice_numbers
    from lstm_shapes.explorer.app import Explorer
    from lstm_shapes.gradients import coverage
    from lstm_shapes.grammar import Expression, parse
    from lstm_shapes.live import (
        Run,
        available_devices,
        layer_by_layer,
        one_direction,
        run,
        with_gradients,
    )
    from lstm_shapes.origins import axis_names, label, labels
    from lstm_shapes.reshapes import Scramble, scramble_claims, scrambles
    from lstm_shapes.spots import ExpressionError
    from lstm_shapes.steps import direction_tensors, hand_built_pair
    from lstm_shapes.vectors import Candidate, Reading, candidates, evaluate, head, readings

__all__ = [
    "INTERACTIVE",
    "PRESETS",
    "ArgumentError",
    "ArgumentTypeError",
    "Axis",
    "Candidate",
    "Claim",
    "Cost",
    "Explorer",
    "Expression",
    "ExpressionError",
    "Finding",
    "InputSizes",
    "Limits",
    "NamedShape",
    "OverBudget",
    "Reading",
    "Run",
    "Scene",
    "Scramble",
    "Settings",
    "Slice",
    "available_devices",
    "axis_names",
    "candidates",
    "classifier_findings",
    "coverage",
    "decoder_states",
    "direction_claims",
    "direction_shapes",
    "direction_tensors",
    "estimate",
    "evaluate",
    "final_features",
    "final_features_from_out",
    "hand_built_pair",
    "head",
    "label",
    "labels",
    "layer_by_layer",
    "merge_directions",
    "one_direction",
    "parameter_count",
    "parameter_shapes",
    "parse",
    "readings",
    "reverse_time",
    "run",
    "scramble_claims",
    "scrambles",
    "slice_claims",
    "slice_numbers",
    "split_directions",
    "states_by_layer",
    "svg",
    "tensor_shapes",
    "time_axis",
    "unroll",
    "with_gradients",
]

_LATE = {
    "Claim": "claims",
    "direction_claims": "claims",
    "Finding": "classifier",
    "classifier_findings": "classifier",
    "coverage": "gradients",
    "decoder_states": "directions",
    "final_features": "directions",
    "final_features_from_out": "directions",
    "merge_directions": "directions",
    "reverse_time": "directions",
    "split_directions": "directions",
    "states_by_layer": "directions",
    "slice_claims": "evidence",
    "slice_numbers": "evidence",
    "Explorer": "explorer.app",
    "Expression": "grammar",
    "ExpressionError": "spots",
    "parse": "grammar",
    "axis_names": "origins",
    "label": "origins",
    "labels": "origins",
    "Run": "live",
    "available_devices": "live",
    "layer_by_layer": "live",
    "one_direction": "live",
    "run": "live",
    "with_gradients": "live",
    "Scramble": "reshapes",
    "scramble_claims": "reshapes",
    "scrambles": "reshapes",
    "direction_tensors": "steps",
    "hand_built_pair": "steps",
    "Candidate": "vectors",
    "Reading": "vectors",
    "candidates": "vectors",
    "evaluate": "vectors",
    "head": "vectors",
    "readings": "vectors",
}


def __getattr__(name: str) -> object:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
    globals()[name] = value  # from now on it is found without asking here
    return value


def __dir__() -> list[str]:
    return __all__
