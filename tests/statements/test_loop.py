"""A cell called once a step gives what the module gives, on every kind of run."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from torch import nn

from lstm_shapes import InputSizes, Settings, observe, run
from lstm_shapes.statements.loop import cell_module, loop_claims, loop_code
from tests.strategies import seeds, settings, sizes


@hypothesis_settings(max_examples=100, deadline=None)
@given(settings(relu=True), sizes(), seeds)
def test_a_loop_of_cells_is_the_module(module: Settings, asked: InputSizes, seed: int) -> None:
    made = run(module, asked, seed=seed)
    claims = loop_claims(made)
    assert all(claim.holds for claim in claims)
    assert bool(claims) == (not module.proj_size and made.out.numel() > 0)


@pytest.mark.parametrize("lengths", [None, (2, 5, 1)])
@pytest.mark.parametrize("changed", ["out", "h_n", "c_n"])
def test_a_wrong_number_is_found(changed: str, lengths: tuple[int, ...] | None) -> None:
    made = run(Settings(4, 3, 2, bidirectional=True), InputSizes(5, 3, lengths))
    tensor = made.tensors()[changed].clone()
    tensor[0, 1, 2] += 0.01
    wrong = {
        claim.id for claim in loop_claims(replace(made, **{changed: tensor})) if not claim.holds
    }
    assert wrong == {f"loop-{changed}"}


@pytest.mark.parametrize("unbatched", [True, False])
def test_it_starts_from_the_states_of_the_call(unbatched: bool) -> None:
    torch.manual_seed(0)
    lstm = nn.LSTM(4, 3, bidirectional=True)
    of = (slice(None), 0) if unbatched else (slice(None),)
    given = torch.randn(5, 2, 4)[of], tuple(torch.randn(2, 2, 3)[of] for _ in "hc")
    claims = loop_claims(observe(lstm, *given))
    assert len(claims) == 3
    assert all(claim.holds for claim in claims)


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
@pytest.mark.parametrize("bias", [True, False])
def test_the_code_is_a_program_that_gives_out(kind: str, bias: bool) -> None:
    made = run(
        Settings(4, 3, bias=bias, kind=kind, nonlinearity="relu" if kind == "RNN" else "tanh"),
        InputSizes(seq_len=5, batch_size=2),
    )
    first, rest = loop_code(made.settings).split("\n", 1)
    names = {"nn": nn, "torch": torch, "x": made.input, "batch_size": 2}
    exec(first, names)
    cell = cell_module(made, 0, "forward")
    assert cell is not None
    names["cell"].load_state_dict(cell.state_dict())
    exec(rest, names)
    torch.testing.assert_close(names["out"].detach(), made.out)
