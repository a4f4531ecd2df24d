"""Wrong calls of torch, each with what its explanation must say; and messages that no CPU raises.

The first table is run: torch raises each message for real, and the code of the cure is executed
with the names that ``names`` gives. The second holds messages of CUDA, of other releases and of
tools by their text, since this machine cannot raise them.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import (
    pack_padded_sequence,
    pack_sequence,
    pad_packed_sequence,
    pad_sequence,
)

R = torch.randn
F = nn.functional


@dataclass(frozen=True)
class Wrong:
    """A wrong call: the code that raises, the kind, words of the cause, and names for the cure."""

    code: str
    kind: str
    says: tuple[str, ...] = ()
    cure: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.code.replace("\n", "; ")


def names() -> dict[str, Any]:
    """What the code of the calls and of the cures starts from."""
    lstm = nn.LSTM(4, 3, batch_first=True)
    x = R(2, 5, 4)
    packed = pack_padded_sequence(x, [5, 3], batch_first=True)
    return {
        "torch": torch,
        "nn": nn,
        "np": np,
        "F": F,
        "copy": copy,
        "pack_padded_sequence": pack_padded_sequence,
        "pad_packed_sequence": pad_packed_sequence,
        "pad_sequence": pad_sequence,
        "pack_sequence": pack_sequence,
        "R": R,
        "lstm": lstm,
        "gru": nn.GRU(4, 3, batch_first=True),
        "rnn": nn.RNN(4, 3, batch_first=True),
        "both": nn.LSTM(4, 3, 2, batch_first=True, bidirectional=True),
        "projected": nn.LSTM(4, 3, batch_first=True, proj_size=2),
        "cell": nn.LSTMCell(4, 3),
        "gru_cell": nn.GRUCell(4, 3),
        "module": lstm,
        "x": x,
        "packed": packed,
        "h_0": torch.zeros(1, 2, 3),
        "c_0": torch.zeros(1, 2, 3),
        "h": torch.zeros(2, 3),
        "c": torch.zeros(2, 3),
        "lengths": [5, 3],
        "ids": torch.tensor([[1, 2], [3, 0]]),
        "embedding": nn.Embedding(10, 4),
        "input_size": 4,
        "hidden_size": 3,
        "vocabulary_size": 10,
        "target": torch.tensor([1, 0]),
        "targets": torch.ones(2, 5).long(),
        "out": lstm(x)[0],
        "sequences": [R(5, 4), R(5, 4)],
        "device": "cpu",
    }


GRU_CELL: Mapping[str, Any] = {"cell": nn.GRUCell(4, 3)}
TWO = (torch.zeros(2, 3), torch.zeros(2, 3))

WRONG = [
    # Constructors
    Wrong("nn.LSTM(4, 3, dropout=2)", "dropout-range", ("0 to 1",)),
    Wrong("nn.LSTM(4, 3, dropout=True)", "dropout-range"),
    Wrong("nn.LSTM(4.0, 3)", "size-type", ("input_size must be an int, and a float",)),
    Wrong("nn.LSTM(4, 3.0)", "size-type", ("hidden_size must be an int, and a float",)),
    Wrong("nn.LSTM(torch.tensor(4), 3)", "size-type", ("a Tensor was given",)),
    Wrong("nn.LSTM(4, 3, 2, 0.5)", "flag-type", ("fourth value is bias, not dropout",)),
    Wrong("nn.LSTM(4, 3, batch_first=1)", "flag-type", ("batch_first must be True or False",)),
    Wrong("nn.LSTM(0, 3)", "size-zero", ("input_size",)),
    Wrong("nn.LSTM(4, 0)", "size-zero", ("hidden_size",)),
    Wrong("nn.LSTM(4, 3, num_layers=0)", "size-zero", ("num_layers",)),
    Wrong("nn.LSTM(4, 3, num_layers=2.0)", "size-type", ("num_layers", "float")),
    Wrong("nn.LSTM(4, 3, num_layers='2')", "size-type", ("num_layers", "str")),
    Wrong("nn.LSTM(4, 3, proj_size=-1)", "proj-size-negative", ("negative",)),
    Wrong("nn.LSTM(4, 3, proj_size=3)", "proj-size-large", ("smaller than the cell",)),
    Wrong("nn.GRU(4, 3, proj_size=2)", "proj-size-kind", ("Only nn.LSTM",)),
    Wrong("nn.RNN(4, 3, nonlinearity='x')", "nonlinearity", ("tanh",)),
    Wrong("nn.LSTM(4)", "missing-size", ("hidden_size",)),
    Wrong("nn.LSTM(4, 3, batchfirst=True)", "unknown-argument", ("batchfirst",)),
    Wrong("nn.GRUCell(4, 3, num_layers=2)", "unknown-argument", ("one step of one layer",)),
    Wrong("nn.LSTMCell(4, -1)", "size-negative", ("-4",)),
    Wrong("nn.LSTMCell(4.0, 3)", "size-type", ("a float",)),
    # Inputs
    Wrong("lstm(R(1, 2, 5, 4))", "input-axes", ("has 4 axes",), {"x": R(1, 2, 5, 4)}),
    Wrong("gru(R(2, 5, 2, 2))", "input-axes", ("has 4 axes",), {"x": R(2, 5, 2, 2)}),
    Wrong("rnn(R(2, 3, 5, 6))", "input-axes", ("has 4 axes",), {"x": R(2, 3, 5, 6)}),
    Wrong("lstm(R(4))", "input-axes", ("has 1 axis",), {"x": R(4)}),
    Wrong(
        "lstm(R(2, 5, 6))", "features", ("takes 4 features", "(2, 5, 6) has 6"), {"x": R(2, 5, 6)}
    ),
    Wrong("lstm(R(2, 4, 5))", "features", ("Axis 1 of x has size 4",), {"x": R(2, 4, 5)}),
    Wrong("gru(R(4, 5))", "features", ("Axis 0 of x has size 4", "single"), {"x": R(4, 5)}),
    Wrong(
        "nn.LSTM(1, 3, batch_first=True)(R(2, 5))",
        "features",
        ("takes 1 feature ",),
        {"x": R(2, 5), "lstm": nn.LSTM(1, 3, batch_first=True)},
    ),
    Wrong("lstm(ids)", "input-dtype", ("int64", "token ids"), {"x": torch.ones(2, 5).long()}),
    Wrong("lstm(x.long())", "input-dtype", ("holds features",), {"x": R(2, 5, 4).long()}),
    Wrong("lstm(x.double())", "input-dtype", ("float64", "NumPy"), {"x": R(2, 5, 4).double()}),
    Wrong("gru(x.half())", "input-dtype", ("Half precision",), {"x": R(2, 5, 4).half()}),
    Wrong(
        "lstm(x.to(torch.complex64))",
        "input-dtype",
        ("complex64",),
        {"x": R(2, 5, 4).to(torch.complex64)},
    ),
    Wrong("lstm(R(2, 0, 4))", "no-steps", ("axis 1 of x of shape (2, 0, 4)",), {"x": R(2, 0, 4)}),
    Wrong("lstm()", "no-input"),
    Wrong("lstm(x.to_sparse())", "sparse", (), {"x": R(2, 5, 4).to_sparse()}),
    Wrong("lstm(x, h_0, c_0)", "call-arguments", ("one argument, a tuple",)),
    Wrong("lstm(x, h0=h_0)", "call-arguments", ("h0",)),
    # States
    Wrong(
        "lstm(x, (h_0[0], c_0[0]))",
        "state-axes",
        ("h_0 has 2 and c_0 has 2",),
        {"h_0": TWO[0], "c_0": TWO[1]},
    ),
    Wrong("lstm(x, (h_0, c_0[0]))", "state-axes", ("h_0 has 3 and c_0 has 2",), {"c_0": TWO[0]}),
    Wrong("gru(x, h_0[0])", "state-axes", ("h_0 has 2",), {"h_0": TWO[0]}),
    Wrong(
        "gru(x[0], R(1, 1, 3))",
        "state-axes",
        ("single sequence",),
        {"x": R(5, 4), "h_0": R(1, 1, 3)},
    ),
    Wrong("lstm(x, (R(1, 7, 3), c_0))", "state-size", ("Axis 1 is the samples: x has 2",)),
    Wrong(
        "lstm(x, (R(1, 5, 3), R(1, 5, 3)))", "state-size", ("batch_first=False that axis is the",)
    ),
    Wrong(
        "both(x, (h_0, c_0))",
        "state-size",
        ("Axis 0 is layers × directions: the module needs 4",),
        {"lstm": nn.LSTM(4, 3, 2, batch_first=True, bidirectional=True)},
    ),
    Wrong("lstm(x, (h_0, R(1, 2, 4)))", "state-size", ("c_0", "Axis 2 is the features")),
    Wrong(
        "projected(x, (h_0, c_0))",
        "state-size",
        ("proj_size is 2, and it has 3",),
        {"lstm": nn.LSTM(4, 3, batch_first=True, proj_size=2)},
    ),
    Wrong(
        "lstm(x, (R(2, 1, 3), R(2, 1, 3)))",
        "state-size",
        ("axes 0 and 1 exchanged",),
        {"h_0": R(2, 1, 3), "c_0": R(2, 1, 3)},
    ),
    Wrong("gru(x, R(1, 2, 7))", "state-size", ("Axis 2 is the features",)),
    Wrong("lstm(x[0], (R(2, 3), R(2, 3)))", "state-size", ("(1, 3)", "Axis 0"), {"x": R(5, 4)}),
    Wrong("lstm(x, (h_0, c_0, c_0))", "state-number"),
    Wrong("lstm(x, h_0)", "state-type", ("One tensor was given",)),
    Wrong("lstm(x, (h_0,))", "state-type", ("A tuple of 1",)),
    Wrong("gru(x, (h_0, c_0))", "not-a-tensor", ("one state, h", "as an LSTM takes it")),
    Wrong("gru(x, h_0.numpy())", "not-a-tensor", ("ndarray",), {"h_0": np.zeros((1, 2, 3))}),
    Wrong("lstm(x, (h_0.double(), c_0.double()))", "state-dtype", ("states are of dtype float64",)),
    Wrong("gru(x, h_0.half())", "state-dtype", ("float16",)),
    # Cells
    Wrong("cell(x)", "cell-input-axes", ("3 axes", "whole sequence"), {"x": R(5, 2, 4)}),
    Wrong("gru_cell(R(2, 6))", "cell-features", ("takes 4 features", "has 6"), {"x": R(2, 6)}),
    Wrong(
        "cell(R(5, 4), (h, c))",
        "cell-state-batch",
        ("x has 5 samples, and h has 2",),
        {"x": R(5, 4)},
    ),
    Wrong("cell(x[:, 0], (h, R(7, 3)))", "cell-state-batch", ("c has 7",), {"x": R(2, 4)}),
    Wrong(
        "gru_cell(x[:, 0], R(2, 4))",
        "cell-state-features",
        ("hidden_size is 3, and it has 4", "input_size"),
        {"x": R(2, 4), **GRU_CELL},
    ),
    Wrong("cell(x[:, 0], h)", "cell-state-pair", ("two states",), {"x": R(2, 4)}),
    Wrong("cell(x[:, 0], (h,))", "state-number"),
    Wrong(
        "gru_cell(x[:, 0], h_0)",
        "cell-state-axes",
        ("third axis in front",),
        {"x": R(2, 4), "h": R(1, 2, 3), **GRU_CELL},
    ),
    Wrong(
        "gru_cell(x[:, 0], (h, c))",
        "not-a-tensor",
        ("nn.GRUCell has one state",),
        {"x": R(2, 4), "h_0": R(2, 3), **GRU_CELL},
    ),
    Wrong("cell(packed)", "not-a-tensor", ("PackedSequence",)),
    Wrong("cell(x[:, 0].double())", "input-dtype", ("float64",), {"x": R(2, 4).double()}),
    # Tuples
    Wrong("nn.Linear(3, 1)(lstm(x))", "not-a-tensor", ("linear() takes a tensor", "tuple")),
    Wrong(
        "nn.Sequential(lstm, nn.LSTM(3, 3))(x)", "not-a-tensor", ("input of the module is a tuple",)
    ),
    Wrong("lstm([x, x])", "not-a-tensor", ("list",)),
    Wrong("lstm(x.numpy())", "not-a-tensor", ("NumPy array",), {"x": np.zeros((2, 5, 4))}),
    Wrong("lstm(None)", "not-a-tensor", ("None",)),
    Wrong("lstm(x).shape", "not-a-tensor", ("tuple",)),
    Wrong("lstm(x)[1].detach()", "not-a-tensor", ("tuple",)),
    Wrong("lstm(packed)[0].view(-1)", "not-a-tensor", ("PackedSequence",)),
    Wrong("nn.Conv1d(3, 3, 1)(lstm(x))", "not-a-tensor", ("conv1d() takes a tensor",)),
    Wrong("out, h_n, c_n = lstm(x)", "unpacked", ("nn.LSTM returns two",)),
    Wrong("out, (h_n, c_n) = gru(x)", "unpacked", ("nn.GRU and nn.RNN return out and h_n",)),
    Wrong("h, c = gru_cell(R(5, 4))", "unpacked", ("nn.GRUCell and nn.RNNCell return h alone",)),
    Wrong("lstm(x)[:, -1]", "tuple-index"),
    Wrong("torch.cat(lstm(x))", "tuple-element", ("element 1",)),
    Wrong("lstm(x) @ R(3, 3)", "tuple-operand", ("@",)),
    Wrong("pad_packed_sequence(x)", "not-packed", ("Tensor",)),
    Wrong("pad_packed_sequence(lstm(packed))", "not-packed", ("tuple",)),
    # Packing
    Wrong(
        "pack_padded_sequence(x, torch.ones(2, device='meta').long(), True)",
        "lengths-tensor",
        ("on meta",),
        {"lengths": torch.tensor([5, 3])},
    ),
    Wrong(
        "pack_padded_sequence(x[:1], torch.tensor([5]).squeeze(), True)",
        "lengths-tensor",
        ("no axis",),
        {"x": R(1, 5, 4), "lengths": torch.tensor(5)},
    ),
    Wrong(
        "pack_padded_sequence(x, torch.tensor([[5], [3]]), True)",
        "lengths-tensor",
        ("2 axes",),
        {"lengths": torch.tensor([[5], [3]])},
    ),
    Wrong("pack_padded_sequence(x, [5, 0], True)", "lengths-zero", (), {"lengths": [5, 0]}),
    Wrong("pack_padded_sequence(x, [3, 5], True)", "lengths-unsorted", (), {"lengths": [3, 5]}),
    Wrong(
        "pack_padded_sequence(x, [5], True)",
        "lengths-number",
        ("x has 2 samples, and lengths has 1 entry",),
    ),
    Wrong("pack_padded_sequence(x, [5, 3])", "lengths-number", ("x has 5 samples", "batch_first")),
    Wrong("pad_packed_sequence(packed, True, total_length=3)", "total-length", ("3", "5")),
    Wrong("lstm(pack_padded_sequence(x, [7, 3], True))", "lengths-long", (), {"lengths": [7, 3]}),
    Wrong("pack_padded_sequence(R(2, 0, 4), [1, 1], True)", "pack-empty"),
    Wrong("pad_sequence(3)", "pad-input"),
    Wrong(
        "lstm(pack_padded_sequence(R(2, 5, 6), [5, 3], True))",
        "features",
        ("takes 4 features", "has 6"),
        {"packed": pack_padded_sequence(R(2, 5, 6), [5, 3], True)},
    ),
    Wrong(
        "gru(pack_padded_sequence(R(2, 5), [5, 3], True))",
        "input-axes",
        ("have 1",),
        {"x": R(2, 5), "gru": nn.GRU(1, 3)},
    ),
    Wrong("lstm(packed, (R(1, 7, 3), R(1, 7, 3)))", "state-size", ("x has 2", "made for 7")),
    # Devices and dtypes
    Wrong("lstm(x.to('meta'))", "devices", ("x is on meta",), {"x": R(2, 5, 4).to("meta")}),
    Wrong(
        "gru(x, h_0.to('meta'))", "devices", ("states are on meta",), {"h_0": R(1, 2, 3).to("meta")}
    ),
    Wrong(
        "nn.Linear(3, 1)(torch.ones(2, 3).long())",
        "product-dtype",
        ("Long",),
        {"module": nn.Linear(3, 1), "x": torch.ones(2, 3).long()},
    ),
    # Gradients
    Wrong(
        "h = None\nfor _ in range(2):\n    o, h = lstm(x, h)\n    o.sum().backward()",
        "backward-twice",
        ("carried state",),
    ),
    Wrong("o = lstm(x)[0]\np = o * o\no += 1\np.sum().backward()", "inplace", ("changed after",)),
    Wrong(
        "h = torch.zeros(1, 2, 3, requires_grad=True)\nh[0] = 1",
        "inplace-leaf",
        (),
        {"h_0": torch.zeros(1, 2, 3, requires_grad=True)},
    ),
    Wrong("lstm(x)[0].detach().sum().backward()", "no-grad"),
    Wrong("lstm(x)[0].backward()", "no-scalar"),
    Wrong("lstm(x)[0].numpy()", "numpy-grad"),
    Wrong("copy.deepcopy(lstm(x)[0])", "deepcopy"),
    # Around
    Wrong(
        "nn.Linear(3, 1)(both(x)[0])",
        "product",
        ("6 features", "in_features is 3", "bidirectional"),
        {"x": R(2, 5, 6)},
    ),
    Wrong("R(12, 1) - R(6, 1)", "sizes-differ", ("12 is 2 × 6", "D·num_layers × N")),
    Wrong("lstm(x)[0].view(2, 9)", "view-size", ("30 elements", "has 18")),
    Wrong("lstm(x)[0].detach().contiguous().transpose(0, 1).view(5, -1)", "view-strides"),
    Wrong("lstm(R(1, 5, 4))[0].squeeze()[:, -1, :]", "too-many-indices", ("2 axes", "squeeze()")),
    Wrong("lstm(x[0])[0].softmax(2)", "no-such-axis", ("Axis 2",)),
    Wrong("nn.CrossEntropyLoss()(R(4), torch.ones(4).long())", "class-probabilities", ("Long",)),
    Wrong(
        "nn.CrossEntropyLoss()(R(4, 5), torch.ones(4))",
        "class-dtype",
        ("Float",),
        {"target": torch.ones(2)},
    ),
    Wrong(
        "nn.CrossEntropyLoss()(R(2, 5, 3), torch.ones(2, 5).long())",
        "class-axis",
        ("(2, 3)", "(2, 5)"),
    ),
    Wrong("nn.CrossEntropyLoss()(R(12, 5), torch.ones(4).long())", "class-batch", ("12 is 3 × 4",)),
    Wrong(
        "nn.CrossEntropyLoss()(R(4, 5), torch.ones(4, 1).long())",
        "class-target-axes",
        (),
        {"target": torch.ones(2, 1).long()},
    ),
    Wrong(
        "nn.CrossEntropyLoss()(R(2, 5), torch.tensor([1, 7]))",
        "class-range",
        ("class 7",),
        {"target": torch.tensor([1, 7])},
    ),
    Wrong("nn.BCEWithLogitsLoss()(R(4, 1), torch.ones(4))", "target-shape", ("(4,)", "(4, 1)")),
    Wrong("embedding(R(2, 5))", "embedding-dtype", ("floats",)),
    Wrong("embedding(torch.tensor([10]))", "index-range", ("num_embeddings",)),
    Wrong("torch.cat([out, h], -1)", "join"),
    Wrong("torch.stack([R(3, 4), R(5, 4)])", "stack", ("(3, 4) and (5, 4)",)),
    Wrong("nn.LSTM(4, 5).load_state_dict(lstm.state_dict())", "state-dict"),
]

# Not raised here: messages of CUDA, of other releases, and of tools, by their text alone.
BY_TEXT = [
    ("cudnn RNN backward can only be called in training mode", "cudnn-eval-backward"),
    ("RNN module weights are not part of single contiguous chunk of memory. This means they need "
     "to be compacted at every call", "cudnn-weights"),
    ("cuDNN error: CUDNN_STATUS_NOT_SUPPORTED. This error may appear if you passed in a "
     "non-contiguous input.", "cudnn-not-supported"),
    ("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED", "cuda-failed"),
    ("cuDNN error: CUDNN_STATUS_INTERNAL_ERROR", "cuda-failed"),
    ("CUDA error: device-side assert triggered", "cuda-failed"),
    ("CUDA out of memory. Tried to allocate 2.00 GiB", "cuda-memory"),
    ("Expected all tensors to be on the same device, but found at least two devices, cuda:0 and "
     "cpu!", "devices"),
    ("Input and parameter tensors are not at the same device, found input tensor at cpu and "
     "parameter tensor at cuda:0", "devices"),
    ("Input and hidden tensors are not at the same device, found input tensor at cuda:0 and hidden "
     "tensor at cpu", "devices"),
    ("Torch not compiled with CUDA enabled", "no-cuda"),
    ("'lengths' argument should be a 1D CPU int64 tensor, but got 1D cuda Long tensor",
     "lengths-tensor"),
    ("could not create a primitive descriptor for the LSTM forward propagation primitive",
     "mixed-dtype"),
    ("could not create a primitive descriptor for an LSTM forward propagation primitive",
     "mixed-dtype"),
    ("get_mkldnn_dtype: unsupported data type", "mixed-dtype"),
    ("input must have 3 dimensions, got 2", "input-axes"),
    ("LSTM: Expected input to be 2-D or 3-D but received 4-D tensor", "input-axes"),
    ("LSTMCell: Expected input to be 1-D or 2-D but received 3-D tensor", "cell-input-axes"),
    ("input must have the type torch.float32, got type torch.float64", "input-dtype"),
    ("input has inconsistent input_size: got 6, expected 4", "cell-features"),
    ("expected scalar type Long but found Float", "class-dtype"),
    ("expected scalar type Float but found Double", "product-dtype"),
    ("view size is not compatible with input tensor's size and stride (at least one dimension "
     "spans across two contiguous subspaces). Use .reshape(...) instead.", "view-strides"),
    ("batch_sizes should always be on CPU. Instances of PackedSequence should never be created "
     "manually.", "batch-sizes-device"),
    ("too many values to unpack (expected 2, got 5)", "unpacked"),
    ("The number of rows in the packB should be equal to K: 120", "outside-quantization"),
    ("torch._dynamo.exc.Unsupported: call_function", "outside-compile"),
    ("expected all tensors_saved_with_vc_check to be Tensors", "outside-compile"),
    ("Exporting the operator 'aten::lstm' to ONNX opset version 9 is not supported",
     "outside-export"),
    ("The operator 'aten::_lstm_mps' is not currently implemented for the MPS device",
     "outside-mps"),
]  # fmt: skip
"""A message, and its kind."""
