"""Whether the same question gives the same numbers; and that one which does not is found out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from torch import Tensor, nn

from lstm_shapes import ArgumentError, InputSizes, Run, Settings, run
from lstm_shapes.live.training import Training
from lstm_shapes.statements.reproducibility import Trial, reproduce
from tests.strategies import seeds, settings, sizes

TWO = Settings(4, 3, num_layers=2, batch_first=True, bidirectional=True)
ASKED = InputSizes(seq_len=5, batch_size=3)
REPEATS = 3
DRAWN_ANEW = {"train", "trained-anew"}


def measured(made: Run, repeats: int = REPEATS) -> dict[str, Trial]:
    *_, last = reproduce(made, repeats)
    return {trial.id: trial for trial in last.trials}


@hypothesis_settings(max_examples=40, deadline=None)
@given(settings(), sizes(), seeds)
def test_on_the_cpu_the_same_seed_gives_the_same_numbers(
    module: Settings, asked: InputSizes, seed: int
) -> None:
    found = measured(run(module, asked, seed=seed))
    assert ("trained" in found) == ("trained-anew" in found) == (asked.batch_size != 0)
    for name in ("rebuilt", "eval", "train-seeded", "trained"):
        if name not in found:
            continue
        trial = found[name]
        assert (trial.runs, trial.equal, trial.difference) == (REPEATS, REPEATS - 1, 0.0), trial
    if module.num_layers == 1 or asked.batch_size == 0 or module.dropout == 1.0:
        assert found["train"].equal == REPEATS - 1  # nothing is dropped, or everything is


@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_only_dropout_going_on_gives_other_numbers(dropout: float) -> None:
    two = measured(run(replace(TWO, dropout=dropout), ASKED))
    assert {name for name, trial in two.items() if trial.equal < REPEATS - 1} == DRAWN_ANEW
    assert two["train"].equal == 0
    assert two["train"].difference > 1e-3
    told = f"train(), dropout={dropout or '0.5 for this trial'}, "
    assert two["train"].what == told + "another state of the generator each time"
    assert two["train-seeded"].what == told + "the same seed before each call"
    one = measured(run(replace(TWO, num_layers=1, dropout=dropout), ASKED))
    assert one["train"].equal == REPEATS - 1
    assert ", which does nothing in one layer, another state" in one["train"].what


def test_progress_counts_one_run_at_a_time() -> None:
    steps = list(reproduce(run(TWO, ASKED), repeats=4))
    total = steps[0].total
    assert [step.done for step in steps] == list(range(1, total + 1))
    assert {step.total for step in steps} == {total}
    assert total == 4 * len(steps[-1].trials)
    for step in steps:
        assert sum(trial.runs for trial in step.trials) == step.done
        assert all(trial.runs == 4 for trial in step.trials[:-1])
    assert {"rebuilt", "eval", "train", "train-seeded"} <= {t.id for t in steps[-1].trials}


@pytest.mark.parametrize("repeats", [1, 0, -1, True])
def test_one_run_has_nothing_to_be_compared_with(repeats: int) -> None:
    with pytest.raises(ArgumentError) as refused:
        reproduce(run(TWO, ASKED), repeats)
    assert refused.value.argument == "repeats"


@contextmanager
def the_users(threads: int) -> Iterator[Tensor]:
    """A thread count and a random state of the user's own, put back afterwards."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with torch.random.fork_rng([]):
            torch.manual_seed(11)
            torch.randn(3)
            yield torch.get_rng_state()
    finally:
        torch.set_num_threads(before)


def test_the_users_threads_and_random_state_are_as_before_at_every_turn() -> None:
    made = run(TWO, ASKED)
    weights = [parameter.clone() for parameter in made.module.parameters()]
    with the_users(threads=3) as state:
        for step in reproduce(made, repeats=2):
            assert torch.get_num_threads() == 3, step
            assert torch.equal(torch.get_rng_state(), state), step
            assert torch.is_grad_enabled()
    assert not made.module.training
    assert made.module.dropout == 0.0
    assert all(map(torch.equal, weights, made.module.parameters()))


@pytest.mark.parametrize("turns", [1, 5, 9])
def test_whoever_stops_half_way_leaves_all_as_it_was(turns: int) -> None:
    made = run(TWO, ASKED)
    with the_users(threads=3) as state:
        measuring = reproduce(made, repeats=3)
        done = [next(measuring).done for _ in range(turns)]
        measuring.close()  # type: ignore[attr-defined]
        assert done == list(range(1, turns + 1))
        assert torch.get_num_threads() == 3
        assert torch.equal(torch.get_rng_state(), state)
    assert measured(made)["eval"].equal == REPEATS - 1


def noisy(monkeypatch: pytest.MonkeyPatch, amount: float, of: int) -> None:
    """Let every nn.LSTM return other numbers at each call, in out or in its states."""
    forward, noise = nn.LSTM.forward, torch.Generator().manual_seed(0)

    def tampered(self: nn.LSTM, *given: Any) -> Any:
        out, (h_n, c_n) = forward(self, *given)
        each = [out, h_n, c_n]
        each[of] = each[of] + amount * torch.randn(each[of].shape, generator=noise)
        return each[0], (each[1], each[2])

    monkeypatch.setattr(nn.LSTM, "forward", tampered)


@pytest.mark.parametrize("of", [0, 1, 2])
def test_a_module_that_gives_other_numbers_is_found_out(
    of: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run(TWO, ASKED)
    noisy(monkeypatch, 1e-5, of)
    trials = measured(made)
    assert trials.keys() >= {"rebuilt", "eval", "train", "train-seeded", "trained"}
    if of:  # the loss is one of out alone
        assert trials.pop("trained").equal == REPEATS - 1
        del trials["trained-anew"]
    for trial in trials.values():
        assert trial.equal == 0, trial
        assert trial.difference > 1e-6


@pytest.mark.parametrize("of", [0, 1, 2])
def test_what_is_no_number_is_as_far_away_as_can_be(
    of: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run(TWO, ASKED)
    noisy(monkeypatch, float("nan"), of)
    trials = measured(made)
    assert trials.keys() >= {"rebuilt", "eval", "train", "train-seeded", "trained"}
    if of:  # the loss is one of out alone
        assert trials.pop("trained").equal == REPEATS - 1
        del trials["trained-anew"]
    for trial in trials.values():
        assert (trial.equal, trial.difference) == (0, float("inf")), trial


def test_a_device_whose_generator_cannot_be_put_back_is_not_asked_to_draw(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = run(TWO, ASKED)
    monkeypatch.setattr("lstm_shapes.statements.reproducibility.run", lambda *_, **__: made)
    *_, last = reproduce(replace(made, device="mps"), REPEATS)
    assert {trial.id: trial.equal for trial in last.trials} == dict.fromkeys(
        ("rebuilt", "eval", "devices"), REPEATS - 1
    )
    assert last.done == last.total == 3 * REPEATS


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_every_trial_is_asked_for_on_the_device_that_it_names(
    device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, asked, seeded = run(TWO, ASKED), [], []

    def call_again(_: Run, device: str, threads: int = 1) -> Run:
        asked.append((device, threads))
        return made

    def training(of: Run, seed: int) -> Training:
        seeded.append((of.device, seed))
        return Training(torch.zeros(1), {})

    def with_dropout(_: Run, p: float, *, seed: int, device: str) -> Run:
        asked.append((device, p, seed))
        return made

    monkeypatch.setattr("lstm_shapes.statements.reproducibility.run", lambda *_, **__: made)
    monkeypatch.setattr("lstm_shapes.statements.reproducibility.call_again", call_again)
    monkeypatch.setattr("lstm_shapes.statements.reproducibility.with_dropout", with_dropout)
    monkeypatch.setattr("lstm_shapes.statements.reproducibility.trained", training)
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    measured(replace(made, device=device))
    called = [(device, 1)] * REPEATS
    trained = [(device, 0.5, seed) for seed in (0, 1, 2, 0, 0, 0)]
    on_cpu, on_cuda = [("cpu", 1), ("cpu", 2), ("cpu", 3)], [("cpu", 1), *[("cuda", 1)] * 2]
    assert seeded == [(device, seed) for seed in (0, 0, 0, 0, 1, 2)]
    assert asked == called + trained + (on_cpu if device == "cpu" else on_cuda)


def test_other_weights_from_the_same_seed_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    made = run(TWO, ASKED)
    drawn = torch.Generator().manual_seed(0)

    def anew(self: nn.RNNBase) -> None:
        for weight in self.parameters():
            nn.init.uniform_(weight, -1, 1, generator=drawn)

    monkeypatch.setattr(nn.RNNBase, "reset_parameters", anew)
    found = measured(made)
    assert {name for name, trial in found.items() if trial.equal == 0} == {
        "rebuilt",
        "trained",
        *DRAWN_ANEW,
    }


@hypothesis_settings(max_examples=40, deadline=None)
@given(settings(), sizes(), seeds)
def test_training_from_a_new_seed_gives_other_losses(
    module: Settings, asked: InputSizes, seed: int
) -> None:
    if asked.batch_size == 0:
        return
    found = measured(run(module, asked, seed=seed))
    assert found["trained-anew"].equal == 0
    one, again = found["trained"].losses
    assert one == again
    first, last = found["trained-anew"].losses
    assert first == one
    assert last != one
