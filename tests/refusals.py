"""A table of wrong inputs: for every plain function each kind of them, with the exact words.

A row is a function, the arguments that make an otherwise valid call wrong, the message, and the
part of the message that is code. ``tests/test_refusals.py`` runs them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

import lstm_shapes
from lstm_shapes import InputSizes, Settings
from lstm_shapes.live.run import available_devices

LSTM = nn.LSTM(4, 3, num_layers=2, batch_first=True, bidirectional=True)
X = torch.randn(2, 5, 4)
OUT, (H_N, C_N) = LSTM(X)
OUT, H_N, C_N = OUT.detach(), H_N.detach(), C_N.detach()
PACKED = LSTM(pack_padded_sequence(X, [5, 2], True, enforce_sorted=False))[0]
UNPACKED = OUT
PADDED = pad_packed_sequence(PACKED, True)[0].detach()
ONE, GRU = nn.LSTM(4, 3), nn.GRU(4, 3)
SETTINGS, SIZES = Settings(4, 3), InputSizes(5, 2)
HERE = " or ".join(map(repr, available_devices()))

FLAGS = {"bidirectional": True, "batch_first": True}
STEP = {"module": ONE, "x": torch.zeros(2, 4), "h": torch.zeros(2, 3), "c": torch.zeros(2, 3)}
QUESTION = {"settings": SETTINGS, "sizes": SIZES}
VALID: Mapping[str, Mapping[str, Any]] = {
    "split_directions": {"out": OUT},
    "merge_directions": {"forward": OUT[..., :3], "backward": OUT[..., 3:]},
    "states_by_layer": {"state": H_N, "bidirectional": True},
    "decoder_states": {"state": H_N, "bidirectional": True},
    "reverse_time": {"x": X, "batch_first": True},
    "final_features": {"h_n": H_N, "bidirectional": True},
    "final_features_from_out": {"out": PADDED, **FLAGS, "lengths": [5, 2]},
    "pool_over_time": {"out": PADDED, **FLAGS, "lengths": [5, 2]},
    "cell_step": STEP,
    "packed_order": {"lengths": [3, 5, 2]},
    "InputSizes": {"seq_len": 5, "batch_size": 2, "lengths": [5, 2]},
    "Limits": {},
    "Question": QUESTION,
    "tensor_shapes": QUESTION,
    "direction_shapes": QUESTION,
    "parameter_shapes": {"settings": SETTINGS},
    "parameter_count": {"settings": SETTINGS},
    "estimate": QUESTION,
    "unroll": QUESTION,
    "run": QUESTION,
}
"""A valid call of every function that takes what a user has."""


def call(function: str, arguments: Mapping[str, Any]) -> Any:
    return getattr(lstm_shapes, function)(**{**VALID[function], **arguments})


@dataclass
class Row:
    """A wrong input, and what is said of it.

    Attributes:
        function: its name in ``lstm_shapes``.
        wrong: the arguments that make a valid call wrong.
        message: the whole text.
        code: the part of the text that is code: an expression for the argument that the message
            begins with, or a statement after which a name of it is a tensor.
    """

    function: str
    wrong: Mapping[str, Any]
    message: str
    code: str = ""

    @property
    def argument(self) -> str:
        return self.message.partition("=")[0].partition("[")[0]

    def __str__(self) -> str:
        return f"{self.function}: {self.message}"


TENSORS = [
    *(("split_directions", "out"), ("merge_directions", "forward")),
    *(("merge_directions", "backward"), ("states_by_layer", "state")),
    *(("decoder_states", "state"), ("reverse_time", "x"), ("final_features", "h_n")),
    *(("final_features_from_out", "out"), ("pool_over_time", "out")),
    *(("cell_step", "x"), ("cell_step", "h"), ("cell_step", "c")),
]
PART = "its part out, as in out, (h_n, c_n) = lstm(x)"
PARTS = {
    "h_n": "its part h_n, as in out, (h_n, c_n) = lstm(x), or out, h_n = gru(x)",
    "state": "one of its states at a time, as in out, (h_n, c_n) = lstm(x)",
    "h": "its part h, as in h, c = state",
    "c": "its part c, as in h, c = state",
}


def tensor_rows(function: str, name: str) -> list[Row]:
    """What is no tensor, given where one is asked for."""
    valid, part = VALID[function][name], PARTS.get(name, PART)
    shape, rest = tuple(valid.shape), tuple(valid.shape[1:])
    padded = "" if name in PARTS else f"pad_packed_sequence({name}, batch_first)[0]"
    packed = f"{padded}, of torch.nn.utils.rnn"
    if name in PARTS:
        packed = "h_n or c_n, the second thing that the module returns"
    taken = part.rpartition(" as in ")[2].partition(", or ")[0]
    whole = function not in ("merge_directions", "cell_step")  # of others an out is no argument
    stacked, converted = f"torch.stack({name})", f"torch.from_numpy({name})"
    number = f"torch.tensor({name})"
    wrong: list[tuple[Any, str, str]] = [
        ((valid, valid), f"({shape}, {shape}) is a tuple: give {part}", taken),
        (PACKED, f"'PackedSequence' is packed: give {packed}", padded if whole else ""),
        (valid.numpy(), f"{shape} is a NumPy array: give {converted}", converted),
        (np.array("text"), "() is a NumPy array: give one tensor", ""),
        (list(valid), f"{[rest] * len(valid)} is a list: give {stacked}", stacked),
        ([valid[0], valid[:1]], f"[{rest}, {(1, *rest)}] is a list: give one tensor", ""),
        ([0.5], f"[0.5] is a list: give {number}", ""),
        (
            ONE,
            f"'LSTM' is a module: call it, and of the tuple that it returns give {part}",
            taken,
        ),
        (name, f"'{name}' is a text: give the tensor itself, without quotes", ""),
        (0.5, "0.5 is no tensor: give a tensor", ""),
    ]
    if name != "c":  # that it is missing has words of its own
        wrong.append((None, "None is no tensor: give a tensor", ""))
    return [Row(function, {name: value}, f"{name}={text}", code) for value, text, code in wrong]


AXES = [
    (
        "split_directions",
        "out",
        torch.tensor(1.0),
        "() has 0 axes: give a tensor of 1 or more axes",
    ),
    ("states_by_layer", "state", H_N[0, 0], "(3,) has 1 axis: give a tensor of 2 or 3 axes"),
    ("decoder_states", "state", H_N[None], "(1, 4, 2, 3) has 4 axes: give a tensor of 2 or 3 axes"),
    ("reverse_time", "x", X[0, 0], "(4,) has 1 axis: give a tensor of 2 or 3 axes"),
    ("final_features", "h_n", H_N[0, 0], "(3,) has 1 axis: give a tensor of 2 or 3 axes"),
    ("final_features_from_out", "out", OUT[0, 0], "(6,) has 1 axis: give a tensor of 2 or 3 axes"),
    ("pool_over_time", "out", OUT[None], "(1, 2, 5, 6) has 4 axes: give a tensor of 2 or 3 axes"),
    ("cell_step", "x", X, "(2, 5, 4) does not fit: give (N, 4) or (4,), one step of this layer"),
    ("cell_step", "h", H_N, "(4, 2, 3) does not fit: give (N, 3) or (3,), one step of this layer"),
    ("cell_step", "c", C_N, "(4, 2, 3) does not fit: give (N, 3) or (3,), one step of this layer"),
]
MASKED = "leave an empty sample out, or give it 1 and mask what comes out of it"
NO_LIST = "give one int per sample, as in [5, 3, 2]"
MASK = f"{NO_LIST}; of a mask (N, L), mask.sum(dim=1)"
NO_AXIS = "give lengths.reshape(1), or squeeze(-1), which keeps the axis of one sample"
NO_NUMBERS = "is on the meta device, where it has no numbers: give a list of ints, as in [5, 3, 2]"
META = torch.zeros(2, dtype=torch.int64, device="meta")
LENGTHS = [
    ([5, 0], f"[1]=0 is too small: use 1 or more; {MASKED}"),
    (torch.tensor([5, -1]), "[1]=-1 is too small: use 1 or more"),
    ([5, 2.0], "[1]=2.0 is of type float: give an int"),
    ([True, True], "[0]=True is of type bool: give an int"),
    (torch.tensor([5.0, 2.0]), "[0]=5.0 is of type float: give an int"),
    (np.array([[5], [2]]), f"=([5], [2]) has more than one axis: {MASK}"),
    (torch.tensor(5), f"=5 has no axis, as after squeeze(): {NO_AXIS}"),
    (META, f"=(2,) {NO_NUMBERS}"),
    (list(META), f"=() {NO_NUMBERS}"),
    (5, f"=5 is of type int: {NO_LIST}"),
    ("52", f"='52' is of type str: {NO_LIST}"),
    (b"52", f"=b'52' is of type bytes: {NO_LIST}"),
    ({5: 2}, f"={{5: 2}} is of type dict: {NO_LIST}"),
]
TRUTHY: list[tuple[Any, str]] = [
    *(("no", "'no' is of type str"), (2, "2 is of type int"), (1, "1 is of type int")),
    *((0, "0 is of type int"), (None, "None is of type NoneType")),
]
LIKE = {"settings": "Settings(input_size, hidden_size)", "sizes": "InputSizes(seq_len, batch_size)"}
NO_SETTINGS: list[tuple[Any, str, str]] = [
    (SIZES, "InputSizes(se... lengths=None) is of type lstm_shapes.config.InputSizes", ""),
    ({"input_size": 4}, "{'input_size': 4} is of type dict", ""),
    (
        {"input_size": 4, "hidden_size": 3},
        "{'hidden_size': 3, 'input_size': 4} is of type dict",
        "Settings(**settings)",
    ),
    ((4, 3), "(4, 3) is of type tuple", "Settings(*settings)"),
    ("LSTM(4, 3)", "'LSTM(4, 3)' is of type str", ""),
    (None, "None is of type NoneType", ""),
]
NO_RECURRENT: list[tuple[Any, str]] = [
    (
        nn.Linear(4, 3),
        "'Linear' is no recurrent module, and holds none: "
        "give an nn.LSTM, nn.GRU, nn.RNN or one of their cells",
    ),
    (
        nn.Sequential(nn.Linear(4, 4), nn.LSTM(4, 3)),
        "'Sequential' is no recurrent module, but holds one: give settings[1]",
    ),
]
NO_SIZES: list[tuple[Any, str, str]] = [
    (SETTINGS, "Settings(inpu...earity='tanh') is of type lstm_shapes.config.Settings", ""),
    ((5, 2), "(5, 2) is of type tuple", "InputSizes(*sizes)"),
    ([5, 2, [5, 2]], "[5, 2, [5, 2]] is of type list", "InputSizes(*sizes)"),
    ((5, 2, [5, 6]), "(5, 2, [5, 6]) is of type tuple", ""),
    (
        {"seq_len": 5, "batch_size": 2},
        "{'batch_size': 2, 'seq_len': 5} is of type dict",
        "InputSizes(**sizes)",
    ),
    (5, "5 is of type int", ""),
    (None, "None is of type NoneType", ""),
]


def record_rows(function: str, name: str) -> list[Row]:
    """What is no Settings, and no InputSizes, given where they are asked for."""
    rows = [
        Row(function, {name: value}, f"{name}={text}: give {code or LIKE[name]}", code)
        for value, text, code in {"settings": NO_SETTINGS, "sizes": NO_SIZES}[name]
    ]
    if name == "settings":
        rows += [Row(function, {name: value}, f"settings={text}") for value, text in NO_RECURRENT]
    return rows


DOUBLE, ON_META = OUT[..., 3:].double(), OUT[..., 3:].to("meta")
IDS = torch.tensor([[1, 2, 3], [4, 5, 0]])
AS_IDS = (
    "and its axes may be samples and steps or steps and features: give token ids an axis of "
    "features, x.unsqueeze(-1), and take it off the result by squeeze(-1)"
)
MODES = "use 'concat', 'sum', 'mean' or 'max'"
READ_PADDING = (
    "out=(2, 5, 6) holds different numbers behind the lengths, as a backward half has that read "
    "padding: pack the input by pack_padded_sequence(x, lengths, batch_first, "
    "enforce_sorted=False), and give what pad_packed_sequence returns; if it was, and out was "
    "changed since, fill its padding with zeros again"
)
LAYOUT = "give one length per sample, and batch_first as the module has it"
WEIGHT = "module.weight_ih_l0"
INPUT_ONLY = {"out": OUT[0], "lengths": [5]}
ODD = "an odd number: give the output of a bidirectional module, (..., 2·H_out)"
COMPLEX = torch.zeros(2, 5, 6, dtype=torch.complex64)
HAS_NO_LARGEST = (
    "is torch.complex64, and complex numbers have no largest: use another mode than 'max'"
)
A_MODULE = "give an nn.LSTM, nn.GRU or nn.RNN"
COMPILED = torch.compile(ONE, backend="eager")
FOR_ALL = "give h for every sample"
ONE_BATCH = "give both for the same samples; a single one gets its axis by"
ROWS = [
    *(row for function, name in TENSORS for row in tensor_rows(function, name)),
    *(Row(function, {name: value}, f"{name}={text}") for function, name, value, text in AXES),
    *(
        Row(function, {flag: value}, f"{flag}={text}: give True or False")
        for function, arguments in VALID.items()
        for flag in FLAGS
        if flag in arguments
        for value, text in TRUTHY
    ),
    *(
        Row(function, {"lengths": value}, f"lengths{text}")
        for function, arguments in VALID.items()
        if function == "reverse_time" or "lengths" in arguments
        for value, text in LENGTHS
    ),
    *(
        row
        for function, arguments in VALID.items()
        for name in LIKE
        if name in arguments
        for row in record_rows(function, name)
    ),
    # Directions.
    Row("split_directions", {"out": OUT[..., :5]}, f"out=(2, 5, 5) has 5 features, {ODD}"),
    Row(
        "merge_directions",
        {"backward": OUT[:1, :, 3:]},
        "backward=(1, 5, 3) does not match forward, (2, 5, 3): give both halves of the same output",
    ),
    Row(
        "merge_directions",
        {"backward": DOUBLE},
        "backward=(2, 5, 3) is torch.float64, and forward is torch.float32: "
        "give backward.to(forward)",
        "backward.to(forward)",
    ),
    Row(
        "merge_directions",
        {"backward": ON_META},
        "backward=(2, 5, 3) is on meta, and forward is on cpu: "
        "give backward with numbers, on cpu: on meta it has none",
    ),
    Row(
        "merge_directions",
        {"forward": ON_META},
        "backward=(2, 5, 3) is on cpu, and forward is on meta: give backward.to(forward)",
        "backward.to(forward)",
    ),
    Row("merge_directions", {"mode": "avg"}, f"mode='avg' is not known: {MODES}"),
    Row("merge_directions", {"mode": None}, f"mode=None is not known: {MODES}"),
    Row("decoder_states", {"mode": "last"}, f"mode='last' is not known: {MODES}"),
    Row(
        "decoder_states",
        {"bidirectional": False, "mode": "last"},
        f"mode='last' is not known: {MODES}",
    ),
    Row(
        "merge_directions",
        {"forward": COMPLEX, "backward": COMPLEX, "mode": "max"},
        f"forward=(2, 5, 6) {HAS_NO_LARGEST}",
    ),
    # States.
    Row(
        "states_by_layer",
        {"state": H_N[:3]},
        "state=(3, 2, 3) has 3 rows: give h_n or c_n, whose first axis is 2·num_layers",
    ),
    Row(
        "decoder_states",
        {"state": H_N[:0], "bidirectional": False},
        "state=(0, 2, 3) has 0 rows: give h_n or c_n, whose first axis is num_layers",
    ),
    Row(
        "final_features",
        {"h_n": OUT[:1]},
        "h_n=(1, 5, 6) has 1 row: give h_n, whose first axis is 2·num_layers",
    ),
    # Time.
    Row("reverse_time", {"x": IDS}, f"x=(2, 3) is torch.int64, {AS_IDS}", "x.unsqueeze(-1)"),
    Row(
        "reverse_time",
        {"x": IDS, "lengths": [3, 2]},
        f"x=(2, 3) is torch.int64, {AS_IDS}",
        "x.unsqueeze(-1)",
    ),
    Row("reverse_time", {"x": IDS > 0}, f"x=(2, 3) is torch.bool, {AS_IDS}", "x.unsqueeze(-1)"),
    Row(
        "reverse_time",
        {"batch_first": False, "lengths": [5, 2]},
        f"lengths=(5, 2) has 2 entries for x.shape[1]=5: {LAYOUT}",
    ),
    Row(
        "reverse_time",
        {"lengths": [5]},
        f"lengths=(5,) has 1 entry for x.shape[0]=2: {LAYOUT}",
    ),
    Row("reverse_time", {"lengths": [5, 6]}, "lengths[1]=6 is too large: use 5 or less"),
    Row(
        "reverse_time",
        {"x": X[0], "lengths": [5]},
        "lengths=[5] is given, and x=(5, 4) has no batch axis: "
        "leave lengths out, and cut x itself: x[:length]",
    ),
    Row(
        "reverse_time",
        {"x": X[:0], "lengths": []},
        "lengths=[] is given, and x=(0, 5, 4) has no samples: leave lengths out",
    ),
    *(
        row
        for function in ("final_features_from_out", "pool_over_time")
        for row in (
            Row(function, {"out": UNPACKED}, READ_PADDING),
            Row(
                function,
                {"out": OUT[:, :0], "lengths": None},
                "out=(2, 0, 6) has no steps: give one step or more",
            ),
            Row(function, {"out": PADDED[..., 1:]}, f"out=(2, 5, 5) has 5 features, {ODD}"),
            Row(
                function,
                INPUT_ONLY,
                "lengths=[5] is given, and out=(5, 6) has no batch axis: "
                "leave lengths out, and cut out itself: out[:length]",
            ),
            Row(
                function,
                {"lengths": [5, 2, 1]},
                f"lengths=(5, 2, 1) has 3 entries for out.shape[0]=2: {LAYOUT}",
            ),
            Row(function, {"lengths": [5, 6]}, "lengths[1]=6 is too large: use 5 or less"),
        )
    ),
    Row(
        "pool_over_time",
        {"mode": "avg"},
        "mode='avg' is not known: use 'mean', 'max', 'sum' or 'last'",
    ),
    Row(
        "pool_over_time",
        {"out": PADDED.long()},
        "out=(2, 5, 6) is torch.int64, which has no mean: "
        "give out.float(), or use mode='sum' or 'max'",
        "out.float()",
    ),
    Row("pool_over_time", {"out": COMPLEX, "mode": "max"}, f"out=(2, 5, 6) {HAS_NO_LARGEST}"),
    # One step of a cell.
    Row(
        "cell_step",
        {"module": nn.LSTMCell(4, 3)},
        "module='LSTMCell' takes one step by itself: call it, h, c = module(x, (h, c)), "
        f"or {A_MODULE}",
        "h, c = module(x, (h, c))",
    ),
    *(
        Row(
            "cell_step",
            {"module": cell},
            f"module='{type(cell).__name__}' takes one step by itself: call it, h = module(x, h), "
            f"or {A_MODULE}",
            "h = module(x, h)",
        )
        for cell in (nn.GRUCell(4, 3), nn.RNNCell(4, 3))
    ),
    Row(
        "cell_step",
        {"module": nn.LSTM},
        "module='LSTM' is a class: give a module that is made of it, as in "
        "nn.LSTM(input_size, hidden_size)",
        "nn.LSTM(input_size, hidden_size)",
    ),
    Row(
        "cell_step",
        {"module": COMPILED},
        "module='OptimizedModule' is compiled: give module._orig_mod",
        "module._orig_mod",
    ),
    Row(
        "cell_step",
        {"module": nn.Sequential(nn.Linear(4, 4), ONE)},
        "module='Sequential' holds such a module: give module.get_submodule('1')",
        "module.get_submodule('1')",
    ),
    Row("cell_step", {"module": nn.Linear(4, 3)}, f"module='Linear' is no such module: {A_MODULE}"),
    Row("cell_step", {"module": dict}, f"module='type' is no such module: {A_MODULE}"),
    Row("cell_step", {"module": None}, f"module=None is no such module: {A_MODULE}"),
    Row(
        "cell_step",
        {"x": torch.zeros(4)},
        f"h=(2, 3) has a batch axis, and x=(4,) has none: {ONE_BATCH} x.unsqueeze(0)",
    ),
    Row(
        "cell_step",
        {"c": torch.zeros(3)},
        f"c=(3,) has no batch axis, and x=(2, 4) has one: {ONE_BATCH} c.unsqueeze(0)",
    ),
    Row(
        "cell_step",
        {"h": torch.zeros(1, 3)},
        f"h=(1, 3) has 1 sample, and x=(2, 4) has 2: {FOR_ALL}; if they share it, h.expand(2, -1)",
        "h.expand(2, -1)",
    ),
    Row(
        "cell_step",
        {"x": torch.zeros(5, 4)},
        f"h=(2, 3) has 2 samples, and x=(5, 4) has 5: {FOR_ALL}",
    ),
    *(
        Row(
            "cell_step",
            {"c": torch.zeros(shape)},
            f"c={shape} does not fit: give (N, 3) or (3,), one step of this layer",
        )
        for shape in ((1, 2, 3), (2, 1), (2, 5), ())
    ),
    *(
        Row(
            "cell_step",
            {name: STEP[name].double()},
            f"{name}={tuple(STEP[name].shape)} is torch.float64, and {WEIGHT} is torch.float32: "
            f"give {name}.to({WEIGHT})",
            f"{name}.to({WEIGHT})",
        )
        for name in ("x", "h", "c")
    ),
    *(
        Row(
            "cell_step",
            {name: STEP[name].to("meta")},
            f"{name}={tuple(STEP[name].shape)} is on meta, and {WEIGHT} is on cpu: "
            f"give {name} with numbers, on cpu: on meta it has none",
        )
        for name in ("x", "h", "c")
    ),
    Row(
        "cell_step",
        {"x": torch.zeros(2, 4, dtype=torch.int64)},
        f"x=(2, 4) is torch.int64, and {WEIGHT} is torch.float32: give what an embedding makes of "
        f"token ids; of other integers, x.to({WEIGHT})",
        f"x.to({WEIGHT})",
    ),
    Row("cell_step", {"c": None}, "c=None is missing: give the cell state of the step before"),
    *(
        Row("cell_step", {"module": GRU, "c": c}, f"c={text} is not known to GRU: leave it out")
        for c, text in ((STEP["c"], "(2, 3)"), (0.0, "0.0"), ((), "()"), (False, "False"))
    ),
    # The order of a packed batch.
    Row("packed_order", {"lengths": []}, "lengths=[] is empty: give one length per sample"),
    *(
        Row(
            "packed_order",
            {"sorted_indices": given},
            f"sorted_indices={text} does not sort the lengths: use [1, 0, 2], for example",
            "[1, 0, 2]",
        )
        for given, text in (
            ([0, 1, 2], "[0, 1, 2]"),
            (torch.tensor([0, 1, 2]), "[0, 1, 2]"),
            (np.array([1, 0]), "[1, 0]"),
            ([1, 0, 3], "[1, 0, 3]"),
            ([1.0, 0.0, 2.0], "[1.0, 0.0, 2.0]"),
            ([[1], [0], [2]], "[[1], [0], [2]]"),
            (5, "5"),
            ("102", "'102'"),
        )
    ),
    Row("packed_order", {"sorted_indices": META}, f"sorted_indices=(2,) {NO_NUMBERS}"),
    # Limits and devices.
    *(
        Row("run", {"limits": limits}, f"limits={text}: give {code}", code)
        for limits, text, code in (
            (109, "109 is of type int", "Limits()"),
            (None, "None is of type NoneType", "Limits()"),
            ({"cells": 70}, "{'cells': 70} is of type dict", "Limits(**limits)"),
        )
    ),
    Row("Limits", {"bytes": -1}, "bytes=-1 is too small: use 0 or more"),
    Row(
        "Limits", {"multiply_adds": 1e9}, "multiply_adds=1000000000.0 is of type float: give an int"
    ),
    Row("Limits", {"cells": None}, "cells=None is of type NoneType: give an int"),
    Row("run", {"device": "tpu"}, f"device='tpu' is not here: use {HERE}"),
    Row("run", {"device": None}, f"device=None is of type NoneType: give {HERE}"),
    Row("run", {"seed": "1"}, "seed='1' is of type str: give an int"),
    Row("Question", {"seed": -1}, "seed=-1 is too small: use 0 or more"),
    Row("Question", {"device": None}, "device=None is of type NoneType: give a str"),
]
