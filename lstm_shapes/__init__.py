"""See, verify and debug the tensors of ``torch.nn.LSTM``.

Importing this loads neither torch nor ipywidgets: what needs them is fetched when it
is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from lstm_shapes.budget import INTERACTIVE, Cost, Limits, OverBudget, estimate
from lstm_shapes.config import PRESETS, ArgumentError, ArgumentTypeError, InputSizes, Settings
from lstm_shapes.effects import Effect, argument_effects
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
    from lstm_shapes.again import as_padded, from_states, of_kind, on_terms, with_dropout
    from lstm_shapes.article import Statement, Verdict, article_statements
    from lstm_shapes.by_hand import CellStates, CellStep, cell_at, cell_claims, cell_states
    from lstm_shapes.cell import Line, cell_step
    from lstm_shapes.claims import direction_claims
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
    from lstm_shapes.dropout import dropout_claims
    from lstm_shapes.evaluation import Claim
    from lstm_shapes.evidence import slice_claims, slice_numbers
    from lstm_shapes.explorer.app import Explorer
    from lstm_shapes.gradients import coverage
    from lstm_shapes.grammar import Expression, parse
    from lstm_shapes.initial import chunk_claims, in_chunks, initial_states, state_claims
    from lstm_shapes.live import (
        Run,
        available_devices,
        layer_by_layer,
        one_direction,
        run,
        with_gradients,
    )
    from lstm_shapes.origins import axis_names, label, labels
    from lstm_shapes.packing import PackedOrder, packed_input, packed_order, packing_claims
    from lstm_shapes.padding import Difference, padded_against_packed
    from lstm_shapes.reproducibility import Progress, Trial, reproduce
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
    "CellStates",
    "CellStep",
    "Claim",
    "Cost",
    "Difference",
    "Effect",
    "Explorer",
    "Expression",
    "ExpressionError",
    "Finding",
    "InputSizes",
    "Limits",
    "Line",
    "NamedShape",
    "OverBudget",
    "PackedOrder",
    "Progress",
    "Reading",
    "Run",
    "Scene",
    "Scramble",
    "Settings",
    "Slice",
    "Statement",
    "Trial",
    "Verdict",
    "argument_effects",
    "article_statements",
    "as_padded",
    "available_devices",
    "axis_names",
    "candidates",
    "cell_at",
    "cell_claims",
    "cell_states",
    "cell_step",
    "chunk_claims",
    "classifier_findings",
    "coverage",
    "decoder_states",
    "direction_claims",
    "direction_shapes",
    "direction_tensors",
    "dropout_claims",
    "estimate",
    "evaluate",
    "final_features",
    "final_features_from_out",
    "from_states",
    "hand_built_pair",
    "head",
    "in_chunks",
    "initial_states",
    "label",
    "labels",
    "layer_by_layer",
    "merge_directions",
    "of_kind",
    "on_terms",
    "one_direction",
    "packed_input",
    "packed_order",
    "packing_claims",
    "padded_against_packed",
    "parameter_count",
    "parameter_shapes",
    "parse",
    "readings",
    "reproduce",
    "reverse_time",
    "run",
    "scramble_claims",
    "scrambles",
    "slice_claims",
    "slice_numbers",
    "split_directions",
    "state_claims",
    "states_by_layer",
    "svg",
    "tensor_shapes",
    "time_axis",
    "unroll",
    "with_dropout",
    "with_gradients",
]

_LATE = {
    "as_padded": "again",
    "from_states": "again",
    "of_kind": "again",
    "on_terms": "again",
    "with_dropout": "again",
    "Statement": "article",
    "Verdict": "article",
    "article_statements": "article",
    "CellStates": "by_hand",
    "CellStep": "by_hand",
    "cell_at": "by_hand",
    "cell_claims": "by_hand",
    "cell_states": "by_hand",
    "Line": "cell",
    "cell_step": "cell",
    "dropout_claims": "dropout",
    "chunk_claims": "initial",
    "in_chunks": "initial",
    "initial_states": "initial",
    "state_claims": "initial",
    "PackedOrder": "packing",
    "packed_input": "packing",
    "packed_order": "packing",
    "packing_claims": "packing",
    "Difference": "padding",
    "padded_against_packed": "padding",
    "Progress": "reproducibility",
    "Trial": "reproducibility",
    "reproduce": "reproducibility",
    "Claim": "evaluation",
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
