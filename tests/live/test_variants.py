"""The same call once more: what is another, and that all else is left as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, get_args

import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from torch import nn

from lstm_shapes import ArgumentError, InputSizes, Run, Settings, run
from lstm_shapes.config import Kind
from lstm_shapes.live.run import available_devices
from lstm_shapes.live.terms import seeded
from lstm_shapes.live.variants import (
    call_again,
    initial_states,
    unpacked,
    with_dropout,
    with_kind,
    with_states,
)
from tests.strategies import seeds, settings, sizes

TWO = Settings(4, 3, num_layers=2, batch_first=True, bidirectional=True)
ASKED, PACKED = InputSizes(5, 3), InputSizes(5, 3, [5, 2, 4])
AGAIN: dict[str, Callable[[Run], Run]] = {
    "with_kind": lambda made: with_kind(made, "GRU"),
    "unpacked": unpacked,
    "with_states": lambda made: with_states(made, initial_states(made, "random")),
    "train": lambda made: with_dropout(made, 0.5),
    "eval": lambda made: with_dropout(made, 0.5, training=False),
    "call_again": lambda made: call_again(made, "cpu", threads=2),
    "from another device": lambda made: call_again(replace(made, device="mps"), "cpu"),
}


@pytest.fixture(autouse=True)
def the_users() -> Iterator[None]:
    """A thread count and a random state of the user's own, put back afterwards."""
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    with torch.random.fork_rng([]):
        torch.manual_seed(11)
        yield
    torch.set_num_threads(before)


def all_there_is(made: Run) -> dict[str, Any]:
    """The run, its module and the user's torch, in a form that compares by value."""
    module = made.module
    numbers = made.tensors() | module.state_dict() | {"rng": torch.get_rng_state()}
    return {name: tensor.tolist() for name, tensor in numbers.items()} | {
        "module": (module.training, module.dropout, module.num_layers, module.batch_first),
        "weights": [(weight.requires_grad, weight.device) for weight in module.parameters()],
        "torch": (torch.get_num_threads(), torch.is_grad_enabled(), torch.get_default_dtype()),
    }


@pytest.mark.parametrize("name", AGAIN)
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("asked", [ASKED, PACKED], ids=str)
def test_run_module_and_the_users_torch_are_left_as_they_were(
    name: str, training: bool, asked: InputSizes
) -> None:
    made = run(TWO, asked)
    made.module.train(training)
    before = all_there_is(made)
    again = AGAIN[name](made)
    assert all_there_is(made) == before
    assert again is not made
    assert not any(tensor.requires_grad for tensor in again.tensors().values())


@pytest.mark.parametrize("name", AGAIN)
def test_they_are_where_the_call_fails_too(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = run(TWO, ASKED)
    before = all_there_is(made)
    for module_class in (nn.LSTM, nn.GRU):
        monkeypatch.setattr(module_class, "forward", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        AGAIN[name](made)
    assert all_there_is(made) == before


@hypothesis_settings(max_examples=100, deadline=None)
@given(settings(), sizes(), seeds, st.sampled_from(get_args(Kind)))
def test_another_kind_is_the_module_of_that_seed_on_the_same_input(
    module: Settings, asked: InputSizes, seed: int, kind: Kind
) -> None:
    made = run(module, asked, seed=seed)
    other = with_kind(made, kind)
    proj_size = module.proj_size if kind == "LSTM" else 0
    assert other.settings == replace(module, kind=kind, proj_size=proj_size)
    assert (other.input is made.input, other.sizes, other.seed) == (True, asked, seed)
    assert (other is made) == (kind == module.kind)
    fresh = run(other.settings, asked, seed=seed)
    assert type(other.module) is type(fresh.module)
    one, two = (each.module.state_dict() for each in (other, fresh))
    assert one.keys() == two.keys()
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert other.shapes() == fresh.shapes()


@pytest.mark.parametrize("kind", ["lstm", "Transformer", "", None])
def test_a_kind_that_is_not_known_is_refused_by_name(kind: Any) -> None:
    with pytest.raises(ArgumentError) as refused:
        with_kind(run(TWO, ASKED), kind)
    known = "is not known: use 'LSTM', 'GRU' or 'RNN'"
    assert str(refused.value) == f"kind={kind!r} {known}"
    assert refused.value.argument == "kind"


def test_padded_and_from_states_are_the_modules_own_calls() -> None:
    made = run(TWO, PACKED)
    padded, states = unpacked(made), initial_states(made, "random")
    started = with_states(padded, states)
    with torch.no_grad():
        for again, given_states in ((padded, None), (started, states)):
            out, (h_n, c_n) = made.module(made.input, given_states)
            torch.testing.assert_close((again.out, again.h_n, again.c_n), (out, h_n, c_n))
    assert (padded.sizes, started.sizes) == (ASKED, ASKED)
    assert not torch.allclose(padded.h_n, made.h_n)
    assert not torch.allclose(started.out, padded.out)


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_dropout_is_of_the_seed_on_the_device_that_is_asked_for(device: str) -> None:
    if device not in available_devices():
        pytest.skip(f"no {device} here")
    made = run(replace(TWO, dropout=0.3), ASKED)
    one, same, other = (with_dropout(made, 0.5, seed=seed, device=device) for seed in (1, 1, 2))
    assert torch.equal(one.out, same.out)
    assert not torch.equal(one.out, other.out)
    assert {one.device, one.out.device.type, one.input.device.type} == {device}
    assert one.settings.dropout == 0.5
    assert (made.module.training, made.module.dropout) == (False, 0.3)
    still = with_dropout(made, 0.5, training=False, device=device)
    torch.testing.assert_close(still.out.cpu(), made.out, atol=1e-5, rtol=1e-4)
    assert made.input.device.type == "cpu"


def test_dropout_is_on_the_cpu_where_no_device_is_named() -> None:
    made = run(TWO, ASKED)
    elsewhere = with_dropout(replace(made, device="mps"), 0.5, seed=1)
    assert elsewhere.device == "cpu"
    assert torch.equal(elsewhere.out, with_dropout(made, 0.5, seed=1, device="cpu").out)


def test_dropout_seeds_the_generator_of_its_own_device(monkeypatch: pytest.MonkeyPatch) -> None:
    made, asked = run(TWO, ASKED), []
    monkeypatch.setattr("lstm_shapes.live.variants.check_device", lambda device: device)
    monkeypatch.setattr(
        "lstm_shapes.live.variants.seeded", lambda *given: asked.append(given) or 1 / 0
    )
    for device in ("cpu", "cuda"):
        with pytest.raises(ZeroDivisionError):
            with_dropout(made, 0.5, seed=3, device=device)
    assert asked == [(3, "cpu"), (3, "cuda")]


@pytest.mark.parametrize("threads", [1, 2])
def test_it_runs_on_the_threads_that_are_asked_for(
    threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, forward, seen = run(TWO, PACKED), nn.LSTM.forward, []

    def spy(self: nn.LSTM, *given: Any) -> Any:
        seen.append(torch.get_num_threads())
        return forward(self, *given)

    monkeypatch.setattr(nn.LSTM, "forward", spy)
    again = call_again(made, "cpu", threads)
    assert seen == [threads]
    assert again.input is made.input
    torch.testing.assert_close(dict(again.weights), dict(made.weights), atol=0, rtol=0)
    assert (again.settings, again.sizes, again.seed) == (made.settings, made.sizes, made.seed)
    torch.testing.assert_close(again.tensors(), made.tensors())


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_on_another_device_the_weights_are_copies(device: str) -> None:
    if device not in available_devices():
        pytest.skip(f"no {device} here")
    made = run(TWO, ASKED)
    there = call_again(replace(made, device="mps"), device)
    assert there.module is not made.module
    assert {there.device, there.out.device.type} == {device}
    torch.testing.assert_close(there.out.cpu(), made.out, atol=1e-5, rtol=1e-4)


def test_the_generator_is_put_back_where_an_error_is_raised() -> None:
    before = torch.get_rng_state()
    with pytest.raises(ZeroDivisionError), seeded(7):  # noqa: PT012
        drawn = torch.randn(3)
        _ = 1 / 0
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(drawn, torch.randn(3, generator=torch.Generator().manual_seed(7)))


def test_on_cuda_that_generator_too_is_seeded_and_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    fork_rng, forked, sown = torch.random.fork_rng, [], []

    def spy(devices: list[int]) -> Any:
        forked.append(devices)
        return fork_rng([])

    monkeypatch.setattr(torch.random, "fork_rng", spy)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 1)
    monkeypatch.setattr(torch.cuda, "manual_seed", sown.append)
    for device in ("cuda", "cpu"):
        with seeded(7, device):
            assert torch.initial_seed() == 7
    assert (forked, sown) == ([[1], []], [7])
