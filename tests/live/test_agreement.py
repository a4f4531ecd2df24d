"""Formula and run are two sources; here they are held against each other."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings

from lstm_shapes import (
    InputSizes,
    Settings,
    direction_shapes,
    parameter_count,
    parameter_shapes,
    run,
    tensor_shapes,
)
from lstm_shapes.formula.parameters import weight_count
from lstm_shapes.statements.directions import direction_claims, direction_tensors
from tests.strategies import seeds, settings, sizes


@hypothesis_settings(max_examples=3000, deadline=None)
@given(settings(relu=True), sizes(), seeds)
def test_formula_equals_measured(module: Settings, asked: InputSizes, seed: int) -> None:
    made = run(module, asked, seed=seed)
    formula = tensor_shapes(module, asked)
    assert {name: formula[name].shape for name in made.tensors()} == made.shapes()
    parameters = [(shape.name, shape.shape) for shape in parameter_shapes(module)]
    assert parameters == [(name, tuple(p.shape)) for name, p in made.module.named_parameters()]
    assert parameter_count(module) == sum(p.numel() for p in made.module.parameters())


@hypothesis_settings(max_examples=500, deadline=None)
@given(settings(), sizes())
def test_the_module_takes_states_of_the_formula_and_no_others(
    module: Settings, asked: InputSizes
) -> None:
    if asked.lengths is not None or asked.batch_size == 0:
        asked = InputSizes(asked.seq_len, None)
    made = run(module, asked)
    formula = tensor_shapes(module, asked)
    states = [torch.zeros(formula[name].shape) for name in ("h_0", "c_0") if name in formula]
    with torch.no_grad():
        out, _ = made.module(made.input, tuple(states) if len(states) == 2 else states[0])
    torch.testing.assert_close(out, made.out)
    wrong = [torch.zeros(state.shape[0] + 1, *state.shape[1:]) for state in states]
    with pytest.raises(RuntimeError, match="Expected hidden"):
        made.module(made.input, tuple(wrong) if len(wrong) == 2 else wrong[0])


@hypothesis_settings(max_examples=1000, deadline=None)
@given(settings(relu=True), sizes())
def test_formula_equals_measured_after_every_step(module: Settings, asked: InputSizes) -> None:
    measured = direction_tensors(run(module, asked))
    formula = {name: shape.shape for name, shape in direction_shapes(module, asked).items()}
    assert formula == {name: tuple(tensor.shape) for name, tensor in measured.items()}


@hypothesis_settings(max_examples=1000, deadline=None)
@given(settings(), sizes(), seeds)
def test_equalities_hold_on_every_run(module: Settings, asked: InputSizes, seed: int) -> None:
    claims = direction_claims(run(module, asked, seed=seed))
    assert bool(claims) == (asked.batch_size != 0)
    for claim in claims:
        if not claim.mistake:
            assert claim.holds, claim


@hypothesis_settings(max_examples=500, deadline=None)
@given(settings(), sizes(), seeds)
def test_mistakes_hold_only_where_there_is_nothing_to_get_wrong(
    module: Settings, asked: InputSizes, seed: int
) -> None:
    lengths = asked.lengths or [asked.seq_len]
    # What a step has read of the next one is asked of one direction too.
    asserted = direction_claims(run(module, asked, seed=seed))
    claims = [claim for claim in asserted if claim.id != "next-step"]
    mistakes = [claim for claim in claims if claim.mistake]
    assert bool(mistakes) == (module.bidirectional and asked.batch_size != 0)
    for claim in claims:
        if claim.id == "decoder-view":
            assert claim.holds == (asked.batch_size == 1)
        elif claim.id in ("flip-anyway", "hand-built-unflipped"):
            assert claim.holds == (max(lengths) == 1)
        elif claim.id == "backward-last":
            assert claim.holds == (asked.seq_len == 1)
        else:
            assert not claim.mistake


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
@pytest.mark.parametrize("bidirectional", [True, False])
def test_multiply_adds_are_those_of_the_weights(kind: str, bidirectional: bool) -> None:
    module = Settings(5, 4, num_layers=3, bidirectional=bidirectional, kind=kind)
    made = run(module, InputSizes(seq_len=2, batch_size=1))
    weights = [p.numel() for name, p in made.module.named_parameters() if "weight" in name]
    assert weight_count(module) == sum(weights)
