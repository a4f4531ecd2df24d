"""Which axis of its arguments a model's own code calls the batch."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from lstm_shapes.explain.model.named_axes import batch_axis_said


class Unpacks(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        seq_len, batch, _ = x.shape
        return x.view(seq_len * batch, -1)


class UnpacksBatchFirst(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        B, T = x.size()[:2]
        return x.view(B * T, -1)


class TakesSizes(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        t, n = x.size(0), x.size(1)
        return x.view(t * n, -1)


class MakesZeros(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return torch.zeros(2, x.size(0), 3)


class RunsThroughIt(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        total = torch.zeros(())
        for step in x:
            total = total + step.sum()
        return total


class Comments(nn.Module):
    def forward(self, text: Tensor) -> Tensor:
        # text = [sent len, batch size]
        return text


class SaysNothing(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        heads, width = x.shape[-2:]
        return x.view(-1, heads * width)


class ContradictsItself(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        steps = x.size(0)
        batch = x.size(0)
        return x.view(steps * batch, -1)


@pytest.mark.parametrize(
    ("model", "argument", "axis"),
    [
        (Unpacks, "x", 1),
        (UnpacksBatchFirst, "x", 0),
        (TakesSizes, "x", 1),
        (MakesZeros, "x", 0),
        (RunsThroughIt, "x", 1),
        (Comments, "text", 1),
        (SaysNothing, "x", None),
        (ContradictsItself, "x", None),
        (Unpacks, "y", None),
    ],
)
def test_the_code_says_it_or_says_nothing(
    model: type[nn.Module], argument: str, axis: int | None
) -> None:
    assert batch_axis_said(model(), [argument]) == axis
