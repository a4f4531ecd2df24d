"""Whether out at t has read x at t + 1, judged by changing that step and looking."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from lstm_shapes import Claim, InputSizes, Run, Settings, run
from lstm_shapes.statements.directions import direction_claims
from lstm_shapes.statements.future import next_step_claims
from tests.strategies import seeds, settings, sizes

BOTH = Settings(4, 3, batch_first=True, bidirectional=True)


def claim_of(made: Run) -> Claim | None:
    found = [claim for claim in direction_claims(made) if claim.id == "next-step"]
    return found[0] if found else None


def steps_first_out(made: Run, x: Tensor) -> Tensor:
    """out, (L, N, features), of the same module of torch in float64, on an input (L, N, H_in)."""
    kind = {"LSTM": nn.LSTM, "GRU": nn.GRU, "RNN": nn.RNN}[made.settings.kind]
    given: dict[str, Any] = {
        name: value
        for name, value in vars(made.settings).items()
        if name not in ("kind", "batch_first", "dropout", "nonlinearity")
        and (value or name != "proj_size")
    }
    module = kind(**given).double()
    module.load_state_dict({name: each.double() for name, each in made.weights.items()})
    with torch.no_grad():
        if made.sizes.lengths is None:
            return module(x)[0]
        packed = pack_padded_sequence(x, list(made.sizes.lengths), enforce_sorted=False)
        return pad_packed_sequence(module(packed)[0], total_length=len(x))[0]


def changed_by_the_next(made: Run) -> set[bool]:
    """For every sample and each of its steps but the last: whether out there changes with x at
    the next step."""
    x = made.ordered.x.double()
    out, found = steps_first_out(made, x), set()
    for b in range(x.shape[1]):
        for t in range(made.sizes.steps_of(b) - 1):
            other = x.clone()
            other[t + 1, b] += 1
            found.add(not torch.equal(steps_first_out(made, other)[t, b], out[t, b]))
    return found


@hypothesis_settings(max_examples=100, deadline=None)
@given(settings(), sizes(), seeds)
def test_it_is_so_exactly_if_changing_the_next_step_changes_out(
    module: Settings, asked: InputSizes, seed: int
) -> None:
    made = run(module, asked, seed=seed)
    claim, judged = claim_of(made), changed_by_the_next(made)
    if not judged:
        assert claim is None
        return
    assert claim is not None
    assert judged == {claim.holds} == {module.bidirectional}
    assert claim.mistake == (not module.bidirectional)


def test_which_half_has_read_it() -> None:
    one, two = (claim_of(run(replace(BOTH, num_layers=n), InputSizes(5, 3))) for n in (1, 2))
    assert one is not None
    assert two is not None
    assert one.statement == two.statement == "out[:, t] depends on x[:, t + 1]"
    assert one.reason.startswith("the backward half has read x at t + 1: a head")
    # The forward cell of layer 1 reads what the backward cell of layer 0 wrote.
    assert two.reason.startswith(
        "the forward half and the backward half have read x at t + 1: a head"
    )


@pytest.mark.parametrize(
    "asked", [InputSizes(1, 3), InputSizes(1, None), InputSizes(5, 2, [1, 1])], ids=str
)
def test_of_single_steps_nothing_can_be_said(asked: InputSizes) -> None:
    assert next_step_claims(run(BOTH, asked)) == ()


def test_a_sample_that_has_a_next_step_is_looked_for() -> None:
    for lengths in ([1, 1, 2], [2, 1, 1]):
        assert [
            claim.holds for claim in next_step_claims(run(BOTH, InputSizes(5, 3, lengths)))
        ] == [True]


def test_where_no_gradient_comes_through_it_is_not_said_that_it_was_read() -> None:
    made = run(BOTH, InputSizes(5, 3))
    weights = {
        name: each * 0 if name.endswith("_reverse") else each for name, each in made.weights.items()
    }
    (claim,) = next_step_claims(replace(made, weights=weights))
    assert (claim.holds, claim.mistake) == (False, False)
    assert "no gradient comes through" in claim.reason


@pytest.mark.parametrize(
    "users", [torch.inference_mode, torch.no_grad, lambda: torch.device("meta")]
)
def test_the_users_mode_and_default_device_have_no_influence(
    users: Callable[[], AbstractContextManager[Any]],
) -> None:
    with users():
        assert next_step_claims(run(BOTH, InputSizes(5, 3)))[0].holds
