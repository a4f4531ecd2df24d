"""The labels of elements, which an expression moves as it would move the elements."""

from __future__ import annotations

import torch

from lstm_shapes import InputSizes, Settings
from lstm_shapes.expression.labels import element_labels


def test_labels_are_the_same_whatever_the_default_device_was() -> None:
    settings, sizes = Settings(4, 3, num_layers=5), InputSizes(seq_len=7, batch_size=2)
    with torch.device("meta"):
        within = element_labels(settings, sizes)["layer"]["h_n"]
    assert within.device.type == "cpu"
    assert element_labels(settings, sizes)["layer"]["h_n"][:, 0, 0].tolist() == list(range(5))
