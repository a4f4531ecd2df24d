"""A cell's two biases: what holds is foretold from the settings, and judged by a cell alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from torch import nn

from lstm_shapes import InputSizes, Run, Settings, observe, run
from lstm_shapes.statements.parameters import bias_claims
from tests.strategies import seeds, settings, sizes


@hypothesis_settings(max_examples=150, deadline=None)
@given(settings(), sizes(), seeds)
def test_what_holds_follows_from_the_settings(
    module: Settings, asked: InputSizes, seed: int
) -> None:
    found = {claim.id: claim.holds for claim in bias_claims(run(module, asked, seed=seed))}
    if asked.batch_size == 0 or not module.bias:
        assert found == {}
    elif module.kind == "GRU":
        assert found == {"bias-sum": False, "bias-sum-but-n": True}
    else:
        assert found == {"bias-sum": True}


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_one_cell_called_by_hand_judges_the_same(kind: str) -> None:
    cell = {"LSTM": nn.LSTMCell, "GRU": nn.GRUCell}[kind](4, 3)
    x = torch.randn(2, 4)
    with torch.no_grad():
        before = cell(x)
        cell.bias_ih += cell.bias_hh
        cell.bias_hh.zero_()
        after = cell(x)
    one, other = (each[0] if kind == "LSTM" else each for each in (before, after))
    by_hand = torch.allclose(one, other, atol=1e-6)
    made = run(Settings(4, 3, kind=kind), InputSizes(seq_len=1, batch_size=2))
    assert bias_claims(made)[0].holds == by_hand == (kind == "LSTM")


def test_of_a_gru_without_b_hn_it_holds_and_is_said_why() -> None:
    gru = nn.GRU(4, 3)
    with torch.no_grad():
        gru.bias_hh_l0[6:].zero_()
    claim = bias_claims(observe(gru, torch.randn(5, 2, 4)))[0]
    assert claim.holds
    assert claim.mistake
    assert claim.reason.startswith("bias_hh of the gate n is zero here")


def test_a_run_of_other_numbers_is_no_tick() -> None:
    made: Run = run(Settings(4, 3, num_layers=2), InputSizes(seq_len=5, batch_size=2))
    before = {name: weight.clone() for name, weight in made.weights.items()}
    assert not bias_claims(replace(made, out=made.out + 0.1))[0].holds
    assert all(torch.equal(before[name], weight) for name, weight in made.weights.items())
