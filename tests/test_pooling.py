"""Pooling over time, held against each sample by itself: cut to its length and reduced by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from torch import Tensor

from lstm_shapes import ArgumentError, InputSizes, Run, final_features, pool_over_time, run
from lstm_shapes.config import PoolMode
from lstm_shapes.live.variants import unpacked
from tests.strategies import settings

MODES = get_args(PoolMode)
REDUCED: dict[str, Callable[[list[float]], float]] = {
    "mean": lambda steps: math.fsum(steps) / len(steps),
    "max": max,
    "sum": math.fsum,
}


def by_hand(steps: Tensor, mode: str, bidirectional: bool) -> list[float]:
    """One sample's steps (length, F), all its own, reduced feature by feature."""
    rows = steps.tolist()
    if mode == "last":
        half = len(rows[0]) // 2 if bidirectional else len(rows[0])
        return rows[-1][:half] + rows[0][half:]
    return [REDUCED[mode](list(feature)) for feature in zip(*rows, strict=True)]


@st.composite
def runs(draw: st.DrawFn) -> Run:
    """Calls of any module, with the sizes that are mistaken for each other: N, L and H alike."""
    module = draw(settings())
    seq_len = draw(st.integers(1, 6) | st.just(module.hidden_size))
    samples = draw(st.none() | st.integers(1, 4) | st.just(module.hidden_size) | st.just(seq_len))
    lengths = None
    if samples is not None and draw(st.booleans()):
        lengths = draw(st.lists(st.integers(1, seq_len), min_size=samples, max_size=samples))
    return run(module, InputSizes(seq_len, samples, lengths), seed=draw(st.integers(0, 99)))


def outs_alone(made: Run) -> list[Tensor]:
    """out of each sample, run by itself without a batch and cut to its length."""
    if made.sizes.batch_size is None:
        return [made.out]
    samples = made.input.unbind(0 if made.settings.batch_first else 1)
    lengths = made.sizes.lengths or [made.sizes.seq_len] * len(samples)
    with torch.no_grad():
        return [made.module(x[:n])[0] for x, n in zip(samples, lengths, strict=True)]


@hypothesis_settings(max_examples=400, deadline=None)
@given(runs(), st.sampled_from(MODES), st.sampled_from([list, np.array, torch.tensor]))
def test_each_sample_is_pooled_as_if_it_were_alone(made: Run, mode: Any, form: Any) -> None:
    both, lengths = made.settings.bidirectional, made.sizes.lengths
    pooled = pool_over_time(
        made.out,
        bidirectional=both,
        batch_first=made.settings.batch_first,
        lengths=None if lengths is None else form(lengths),
        mode=mode,
    )
    expected = torch.tensor([by_hand(out, mode, both) for out in outs_alone(made)])
    if made.sizes.batch_size is None:
        expected = expected[0]
    assert pooled.shape == expected.shape
    torch.testing.assert_close(pooled, expected, atol=1e-5, rtol=1e-4)
    if mode == "last":
        assert torch.equal(pooled, final_features(made.h_n, bidirectional=both))


@dataclass
class Padded:
    """A batch (N, L, F) whose own steps are drawn, and one number behind them."""

    x: Tensor
    lengths: list[int]

    @property
    def padding(self) -> Tensor:
        """Where there is padding, (N, L, 1)."""
        steps = torch.arange(self.x.shape[1])
        return (steps >= torch.tensor(self.lengths).unsqueeze(1)).unsqueeze(-1)


@st.composite
def padded(draw: st.DrawFn, values: st.SearchStrategy[Tensor]) -> Padded:
    x = draw(values)
    lengths = draw(st.lists(st.integers(1, x.shape[1]), min_size=len(x), max_size=len(x)))
    fills = [0, math.nan, math.inf, -math.inf] if x.is_floating_point() else [0, 9, 99]
    fill = draw(st.sampled_from(fills))
    for sample, length in enumerate(lengths):
        x[sample, length:] = fill
    return Padded(x, lengths)


@st.composite
def floats(draw: st.DrawFn) -> Tensor:
    shape = [draw(st.integers(1, 4)), draw(st.integers(1, 5)), 2 * draw(st.integers(1, 2))]
    dtype = draw(st.sampled_from([torch.float16, torch.bfloat16, torch.float32, torch.float64]))
    generator = torch.Generator().manual_seed(draw(st.integers(0, 99)))
    # Some dtypes have few digits: eighths are exact in each, and so are their sums.
    return torch.randint(-40, 40, shape, generator=generator).to(dtype) / 8


@st.composite
def ints(draw: st.DrawFn) -> Tensor:
    shape = [draw(st.integers(1, 4)), draw(st.integers(1, 5)), 2]
    generator = torch.Generator().manual_seed(draw(st.integers(0, 99)))
    dtype = draw(st.sampled_from([torch.uint8, torch.int32, torch.int64]))
    low = 0 if dtype == torch.uint8 else -40
    return torch.randint(low, 40, shape, generator=generator).to(dtype)


@hypothesis_settings(max_examples=300, deadline=None)
@given(padded(floats()), st.sampled_from(MODES), st.booleans(), st.booleans())
def test_what_stands_behind_the_lengths_does_not_matter_in_any_dtype(
    batch: Padded, mode: Any, first: bool, both: bool
) -> None:
    out = batch.x if first else batch.x.transpose(0, 1)
    pooled = pool_over_time(
        out, bidirectional=both, batch_first=first, lengths=batch.lengths, mode=mode
    )
    own = [x[:length] for x, length in zip(batch.x, batch.lengths, strict=True)]
    expected = torch.tensor([by_hand(x, mode, both) for x in own], dtype=torch.float64)
    assert pooled.dtype == batch.x.dtype
    assert torch.equal(pooled, expected.to(pooled.dtype))


@hypothesis_settings(max_examples=100, deadline=None)
@given(padded(ints()), st.sampled_from(["max", "sum"]))
def test_integers_have_a_largest_and_a_sum(batch: Padded, mode: Any) -> None:
    pooled = pool_over_time(
        batch.x, bidirectional=False, batch_first=True, lengths=batch.lengths, mode=mode
    )
    own = [x[:length] for x, length in zip(batch.x, batch.lengths, strict=True)]
    assert pooled.tolist() == [by_hand(x, mode, False) for x in own]
    assert pooled.dtype == (torch.int64 if mode == "sum" else batch.x.dtype)


def test_a_mean_of_few_digits_does_not_overflow_on_the_way() -> None:
    out = torch.full((1, 2000, 1), 100.0, dtype=torch.float16)
    assert pool_over_time(out, bidirectional=False, batch_first=True).item() == 100
    out = torch.full((1, 2000, 1), 1.0, dtype=torch.bfloat16)
    assert pool_over_time(out, bidirectional=False, batch_first=True, mode="sum").item() == 2000


@hypothesis_settings(max_examples=100, deadline=None)
@given(padded(floats()), st.sampled_from(MODES), st.booleans())
def test_gradients_reach_a_samples_own_steps_and_no_padding(
    batch: Padded, mode: Any, both: bool
) -> None:
    # No two steps alike: where the largest is there twice its gradient is shared.
    apart = torch.linspace(0, 0.01, batch.x.numel(), dtype=torch.float64).view(batch.x.shape)
    x = batch.x.double()
    out = torch.where(batch.padding, x, x + apart).requires_grad_()
    pool_over_time(
        out, bidirectional=both, batch_first=True, lengths=batch.lengths, mode=mode
    ).sum().backward()
    assert out.grad is not None
    for sample, length in enumerate(batch.lengths):
        alone = out.detach()[sample, :length].clone().requires_grad_()
        alone_sum(alone, mode, both).backward()
        torch.testing.assert_close(out.grad[sample, :length], alone.grad)
        assert not out.grad[sample, length:].any()


def alone_sum(steps: Tensor, mode: str, both: bool) -> Tensor:
    """The pooled vector of one sample without padding, by torch, added up."""
    if mode == "last":
        half = steps.shape[1] // 2 if both else steps.shape[1]
        return steps[-1, :half].sum() + steps[0, half:].sum()
    return steps.amax(dim=0).sum() if mode == "max" else getattr(steps, mode)(dim=0).sum()


def test_gradients_of_all_modes_are_those_of_small_differences() -> None:
    x = torch.randn(3, 4, 2, dtype=torch.float64, requires_grad=True)
    behind = torch.arange(4) >= torch.tensor([4, 1, 2]).unsqueeze(1)
    for mode in MODES:

        def pooled(x: Tensor, mode: Any = mode) -> Tensor:
            out = x.masked_fill(behind.unsqueeze(-1), 0)
            return pool_over_time(
                out, bidirectional=True, batch_first=True, lengths=[4, 1, 2], mode=mode
            )

        assert torch.autograd.gradcheck(pooled, x)


@hypothesis_settings(max_examples=100, deadline=None)
@given(runs(), st.sampled_from(MODES))
def test_a_call_that_was_not_packed_is_pooled_for_one_direction_alone(made: Run, mode: Any) -> None:
    lengths = made.sizes.lengths
    assume(lengths is not None and min(lengths) < made.sizes.seq_len)
    both = made.settings.bidirectional
    asked = {"bidirectional": both, "batch_first": made.settings.batch_first}
    out = unpacked(made).out
    if both:
        with pytest.raises(ArgumentError, match="as a backward half has that read padding: pack"):
            pool_over_time(out, **asked, lengths=lengths, mode=mode)
        return
    pooled = pool_over_time(out, **asked, lengths=lengths, mode=mode)
    expected = torch.tensor([by_hand(alone, mode, both) for alone in outs_alone(made)])
    torch.testing.assert_close(pooled, expected, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("mode", MODES)
def test_the_device_is_kept_and_an_empty_batch_has_no_rows(mode: Any) -> None:
    flags = {"bidirectional": True, "batch_first": True, "mode": mode}
    pooled = pool_over_time(torch.zeros(2, 5, 6, device="meta"), **flags, lengths=[5, 2])
    assert (pooled.shape, pooled.device.type) == ((2, 6), "meta")
    assert pool_over_time(torch.zeros(0, 5, 6), **flags).shape == (0, 6)
    complex_ = torch.randn(2, 5, 6, dtype=torch.complex64)
    if mode != "max":
        assert pool_over_time(complex_, **flags).dtype == torch.complex64


def test_the_mean_over_padding_is_another_number() -> None:
    """What the function is for: the mean that counts padding is 2/5 of the true one."""
    out = torch.zeros(1, 5, 3)
    out[0, :2] = torch.tensor([-1.0, -2.0, -3.0])
    pooled = pool_over_time(out, bidirectional=False, batch_first=True, lengths=[2])
    assert pooled.tolist() == [[-1.0, -2.0, -3.0]]
    torch.testing.assert_close(out.mean(dim=1), 2 / 5 * pooled)
    largest = pool_over_time(out, bidirectional=False, batch_first=True, lengths=[2], mode="max")
    assert largest.tolist() == [[-1.0, -2.0, -3.0]]
    assert out.amax(dim=1).tolist() == [[0.0, 0.0, 0.0]]
