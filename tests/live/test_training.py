"""Training a copy: judged by the same steps written out, and nothing of anybody's is changed."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import nn

from lstm_shapes import ArgumentError, InputSizes, Settings, observe, run
from lstm_shapes.live.training import RATE, STEPS, trained

ASKED = InputSizes(seq_len=5, batch_size=3)


def test_it_is_what_the_same_steps_written_out_give() -> None:
    made = run(Settings(4, 3, num_layers=2, dropout=0.3), ASKED)
    with torch.random.fork_rng([]):
        torch.manual_seed(7)
        lstm = nn.LSTM(4, 3, num_layers=2, dropout=0.3)
        target = torch.randn(5, 3, 3)
        optimizer = torch.optim.Adam(lstm.parameters(), lr=RATE)
        losses = []
        for _ in range(STEPS):
            optimizer.zero_grad()
            loss = ((lstm(made.input)[0] - target) ** 2).mean()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            losses.append(loss.detach())
    found = trained(made, 7)
    torch.testing.assert_close(found.losses, torch.stack(losses))
    for name, weight in lstm.named_parameters():
        torch.testing.assert_close(found.weights[name], weight.detach())


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
def test_a_module_of_somebodys_own_is_copied(kind: type[nn.RNNBase], dtype: torch.dtype) -> None:
    module = kind(4, 3, 2, batch_first=True).to(dtype)
    module.weight_ih_l0.requires_grad_(False)
    before = {name: weight.clone() for name, weight in module.named_parameters()}
    made = observe(module, torch.randn(3, 5, 4, dtype=dtype))
    found = trained(made, 0)
    assert found.losses[-1] < found.losses[0]
    for name, weight in module.named_parameters():
        assert torch.equal(weight, before[name])
        assert weight.grad is None
        # Each step of Adam moves a weight by about the learning rate.
        moved = (found.weights[name] - before[name].to(found.weights[name].dtype)).abs().max()
        assert 0 < moved < 2 * STEPS * RATE
    assert not torch.equal(trained(made, 1).losses, found.losses)


@pytest.mark.parametrize(
    "sizes",
    [InputSizes(5, None), InputSizes(1, 1), InputSizes(1, None), InputSizes(5, 3, [3, 5, 2])],
)
def test_every_form_of_input_trains(sizes: InputSizes) -> None:
    for settings in (Settings(4, 3, proj_size=2), Settings(4, 3, 2, bidirectional=True)):
        found = trained(run(settings, sizes), 0)
        assert found.losses[-1] < found.losses[0]


def test_the_callers_state_is_left_alone() -> None:
    made = run(Settings(4, 3, num_layers=2, dropout=0.5), ASKED)
    before = {name: weight.clone() for name, weight in made.weights.items()}
    plain = trained(made, 0)
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    state = torch.get_rng_state()
    try:
        with torch.inference_mode(), torch.device("meta"), torch.autocast("cpu", torch.bfloat16):
            found = trained(made, 0)
            assert torch.is_inference_mode_enabled()
            assert torch.is_autocast_enabled("cpu")
    finally:
        torch.set_default_dtype(torch.float32)
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(found.losses, plain.losses)
    assert not made.module.training
    assert all(torch.equal(before[name], weight) for name, weight in made.weights.items())
    assert all(weight.grad is None for weight in made.weights.values())


def test_what_cannot_be_trained_is_refused() -> None:
    made = run(Settings(4, 3), ASKED)
    for wrong, argument in (
        (replace(made, device="mps"), "device"),
        (run(Settings(4, 3), InputSizes(5, 0)), "run"),
    ):
        with pytest.raises(ArgumentError) as refused:
            trained(wrong, 0)
        assert refused.value.argument == argument
    with pytest.raises(ArgumentError):
        trained(made, 0, steps=0)
