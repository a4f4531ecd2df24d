"""A report as data."""

from __future__ import annotations

import json

import torch
from torch import nn

from lstm_shapes import explain


def test_it_is_data_without_the_users_own_module() -> None:
    lstm, x = nn.LSTM(4, 3, batch_first=True), torch.randn(3, 5, 4)
    report = explain(lstm, x)
    assert report.calls[0].own[0] is lstm
    data = json.loads(json.dumps(report.to_dict()))
    (call,) = data["calls"]
    assert call["constructor"] == "nn.LSTM(4, 3, batch_first=True)"
    assert call["settings"]["hidden_size"] == 3
    assert call["tensors"][1] | {"read": ""} == {
        "name": "out",
        "shape": [3, 5, 3],
        "axes": ["batch", "seq", "features"],
        "dtype": "float32",
        "read": "",
    }
    assert "own" not in call
    assert data["error"] is None
    assert data["test"] == report.test


def test_an_error_is_data_too() -> None:
    report = explain(nn.LSTM(4, 3), torch.randn(3, 5, 7))
    data = json.loads(json.dumps(report.to_dict()))
    assert data["error"].startswith("RuntimeError: input.size(-1) must be equal to input_size")
    assert "input_size=7" in data["explanation"]["cure"]
