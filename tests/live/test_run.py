from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any

import pytest
import torch

from lstm_shapes import ArgumentError, ArgumentTypeError, InputSizes, OverBudget, Settings, run
from lstm_shapes.live.layers import layer_runs, one_direction
from lstm_shapes.live.run import available_devices
from lstm_shapes.live.torch_says import torch_message
from lstm_shapes.live.variants import with_gradients

BOTH = Settings(4, 3, num_layers=2, batch_first=True, bidirectional=True)
ASKED = InputSizes(seq_len=5, batch_size=3)


def test_the_same_seed_gives_the_same_run_and_another_seed_another() -> None:
    one, same, other = (run(BOTH, ASKED, seed=seed) for seed in (7, 7, 8))
    for name, tensor in one.tensors().items():
        assert torch.equal(tensor, same.tensors()[name])
        assert not torch.equal(tensor, other.tensors()[name])


def test_the_run_is_that_of_a_module_anyone_would_build() -> None:
    made = run(BOTH, ASKED, seed=3)
    torch.manual_seed(3)
    module = torch.nn.LSTM(4, 3, num_layers=2, batch_first=True, bidirectional=True)
    out, (h_n, c_n) = module(torch.randn(3, 5, 4))
    torch.testing.assert_close(made.out, out)
    torch.testing.assert_close(made.h_n, h_n)
    torch.testing.assert_close(made.c_n, c_n)


@pytest.fixture(autouse=True)
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def test_a_run_leaves_the_users_torch_as_it_was() -> None:
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(5)
    before = torch.get_rng_state()
    try:
        made = run(BOTH, ASKED, seed=1)
        assert torch.get_default_dtype() == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
    assert made.out.dtype == torch.float32
    assert torch.get_num_threads() == 2
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.is_grad_enabled()
    assert not made.out.requires_grad


def test_a_failing_run_leaves_the_users_torch_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    before = torch.get_rng_state()
    monkeypatch.setattr(torch.nn.LSTM, "forward", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run(BOTH, ASKED)
    assert torch.get_num_threads() == 2
    assert torch.equal(torch.get_rng_state(), before)


def test_the_module_runs_on_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    forward = torch.nn.LSTM.forward

    def spy(self: Any, *args: Any) -> Any:
        seen.append(torch.get_num_threads())
        return forward(self, *args)

    monkeypatch.setattr(torch.nn.LSTM, "forward", spy)
    run(BOTH, ASKED)
    assert seen == [1]


USERS_MODES: list[Callable[[], AbstractContextManager[Any]]] = [
    torch.inference_mode,
    torch.no_grad,
    lambda: torch.autocast("cpu", dtype=torch.bfloat16),
    lambda: torch.device("meta"),
]


@pytest.mark.parametrize("mode", USERS_MODES)
def test_the_users_modes_have_no_influence(mode: Callable[[], AbstractContextManager[Any]]) -> None:
    with mode():
        grad = torch.is_grad_enabled()
        made = run(BOTH, ASKED)
        assert torch.is_grad_enabled() == grad
    assert torch.equal(made.out, run(BOTH, ASKED).out)
    assert torch.equal(layer_runs(made)[-1].out, made.out)


def test_runs_of_several_threads_do_not_disturb_each_other() -> None:
    expected = run(BOTH, ASKED, seed=1).out
    threads = torch.get_num_threads()
    with ThreadPoolExecutor(6) as pool:
        outs = list(pool.map(lambda _: run(BOTH, ASKED, seed=1).out, range(120)))
    assert all(torch.equal(out, expected) for out in outs)
    assert torch.get_num_threads() == threads


def test_over_budget_nothing_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("built")

    monkeypatch.setattr(torch.nn.LSTM, "__init__", refuse)
    with pytest.raises(OverBudget):
        run(Settings(4, 100_000), ASKED)
    with pytest.raises(AssertionError, match="built"):
        run(BOTH, ASKED)


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_a_seed_torch_does_not_take_is_refused(seed: int) -> None:
    with pytest.raises(ArgumentError, match=f"seed={seed} is too"):
        run(BOTH, ASKED, seed=seed)


def test_a_device_that_is_not_there_is_refused() -> None:
    with pytest.raises(ArgumentError, match="device='tpu' is not here: use 'cpu'"):
        run(BOTH, ASKED, device="tpu")
    with pytest.raises(ArgumentTypeError, match=r"device=0 is of type int: give 'cpu'"):
        run(BOTH, ASKED, device=0)
    if "cuda" not in available_devices():
        with pytest.raises(ArgumentError, match="device='cuda' is not here"):
            run(BOTH, ASKED, device=torch.device("cuda"))


def test_a_device_of_torchs_own_is_taken_by_its_name() -> None:
    made = run(BOTH, ASKED, device=torch.device("cpu"))
    assert made.device == "cpu"
    assert torch.equal(made.out, run(BOTH, ASKED).out)


def test_torchs_warning_is_kept_as_a_remark_and_not_raised() -> None:
    (remark,) = run(Settings(4, 3, dropout=0.5), ASKED).remarks
    assert "dropout option adds dropout after all but last" in remark
    assert run(BOTH, ASKED).remarks == ()


def test_lengths_are_packed_and_out_is_padded_again() -> None:
    made = run(BOTH, InputSizes(seq_len=5, batch_size=3, lengths=[2, 4, 3]))
    assert made.shapes()["out"] == (3, 5, 6)
    assert not made.out[0, 2:].any()
    assert made.out[0, :2].all()
    assert torch.equal(made.out[1, 3, :3], made.h_n[-2, 1])


def test_layers_alone_have_the_widths_of_their_place() -> None:
    layers = layer_runs(run(BOTH, ASKED))
    assert [layer.settings.input_size for layer in layers] == [4, 6]
    torch.testing.assert_close(layers[-1].out, run(BOTH, ASKED).out)


def test_the_layers_of_many_are_not_mixed_up() -> None:
    made = run(Settings(2, 2, num_layers=12), ASKED)
    torch.testing.assert_close(layer_runs(made)[-1].h_n[0], made.h_n[11])


def test_one_direction_is_taken_from_a_single_layer_only() -> None:
    made = run(BOTH, ASKED)
    with pytest.raises(ArgumentError, match="is not of one bidirectional layer"):
        one_direction(made, "backward", made.input)
    layer = layer_runs(made)[0]
    with pytest.raises(ArgumentError, match="direction='sideways' is not known"):
        one_direction(layer, "sideways", layer.input)
    with pytest.raises(ArgumentError, match=r"is not of shape \(3, 5, 4\)"):
        one_direction(layer, "forward", layer.input[:, 1:])
    alone = one_direction(layer, "backward", layer.input.flip(1))
    torch.testing.assert_close(alone.out, layer.out[..., 3:].flip(1))
    forward = one_direction(layer, "forward", layer.input)
    torch.testing.assert_close(forward.out, layer.out[..., :3])


def test_making_parts_leaves_the_module_itself_alone() -> None:
    made = run(BOTH, ASKED)
    before = {name: weight.clone() for name, weight in made.module.state_dict().items()}
    layer_runs(made)
    with torch.no_grad():
        again, _ = made.module(made.input)
    assert torch.equal(again, made.out)
    for name, weight in made.module.state_dict().items():
        assert torch.equal(weight, before[name])


# Wording differs between releases: the meaning is matched.
@pytest.mark.parametrize(
    ("given", "meaning"),
    [
        ({"hidden_size": 0}, "hidden_size.*greater than zero"),
        ({"num_layers": 0}, "num_layers.*greater than zero"),
        ({"proj_size": 3}, "proj_size.*smaller than hidden_size"),
        ({"proj_size": 2, "kind": "GRU"}, "proj_size.*LSTM"),
        ({"dropout": 1.5}, "dropout.*probability"),
        ({"hidden_size": 3.5}, "hidden_size.*int"),
        # Older releases find out in the call, which names the types alone.
        ({"bias": "no"}, r"bias.*bool|lstm\(\) received .* list, str, "),
        ({"bidirectional": "no"}, "bool"),
        ({"proj_size": 3, "num_layers": 10**12}, "proj_size.*smaller"),
        ({"proj_size": 10**12, "hidden_size": 10**12}, "proj_size.*smaller"),
        ({"hidden_size": 0, "dropout": 7}, "hidden_size.*greater than zero"),
        ({"seq_len": 0, "hidden_size": 2**62}, "sequence length.*larger than 0"),
        ({"batch_size": -1}, "negative dimension"),
    ],
)
def test_torchs_own_message(given: dict[str, Any], meaning: str) -> None:
    """It is about the first argument given, whatever the others are."""
    says = torch_message(next(iter(given)), {"input_size": 4, "hidden_size": 3} | given)
    assert re.search(meaning, says), says
    assert "\n" not in says


def test_asking_torch_leaves_the_users_random_state() -> None:
    before = torch.get_rng_state()
    torch_message("seq_len", {"seq_len": 0})
    torch_message("input_size", {"input_size": True})
    assert torch.equal(torch.get_rng_state(), before)


def test_torch_is_silent_about_what_it_takes() -> None:
    assert torch_message("input_size", {"input_size": True}) == ""
    assert torch_message("num_layers", {"num_layers": 10**9}) == ""


@pytest.mark.parametrize("device", ["cuda", "mps"])
@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
def test_other_devices_agree_with_the_cpu(device: str, kind: str) -> None:
    if device not in available_devices():
        pytest.skip(f"no {device} here")
    module = Settings(4, 3, num_layers=2, bidirectional=True, kind=kind)
    there, here = run(module, ASKED, device=device), run(module, ASKED)
    assert there.out.device.type == device
    assert there.shapes() == here.shapes()
    torch.testing.assert_close(there.out.cpu(), here.out, atol=1e-5, rtol=1e-4)


def test_layers_asked_for_first_without_gradients_have_them_when_they_are_wanted() -> None:
    made = with_gradients(run(BOTH, ASKED))
    with torch.no_grad():
        assert not layer_runs(made)[-1].out.requires_grad
    assert layer_runs(made)[-1].out.requires_grad
