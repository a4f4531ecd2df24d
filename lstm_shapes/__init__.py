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
    from lstm_shapes.live import Run, available_devices, layer_by_layer, one_direction, run
    from lstm_shapes.steps import direction_tensors

__all__ = [
    "INTERACTIVE",
    "PRESETS",
    "ArgumentError",
    "ArgumentTypeError",
    "Axis",
    "Claim",
    "Cost",
    "Explorer",
    "InputSizes",
    "Limits",
    "NamedShape",
    "OverBudget",
    "Run",
    "Scene",
    "Settings",
    "Slice",
    "available_devices",
    "decoder_states",
    "direction_claims",
    "direction_shapes",
    "direction_tensors",
    "estimate",
    "final_features",
    "final_features_from_out",
    "layer_by_layer",
    "merge_directions",
    "one_direction",
    "parameter_count",
    "parameter_shapes",
    "reverse_time",
    "run",
    "slice_claims",
    "slice_numbers",
    "split_directions",
    "states_by_layer",
    "svg",
    "tensor_shapes",
    "time_axis",
    "unroll",
]

_LATE = {
    "Claim": "claims",
    "direction_claims": "claims",
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
    "Run": "live",
    "available_devices": "live",
    "layer_by_layer": "live",
    "one_direction": "live",
    "run": "live",
    "direction_tensors": "steps",
}


def __getattr__(name: str) -> object:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
    globals()[name] = value  # from now on it is found without asking here
    return value


def __dir__() -> list[str]:
    return __all__
