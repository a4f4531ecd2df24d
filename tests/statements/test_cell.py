"""Cells by hand: held against torch's modules, against single steps of them, and against h_n."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from torch import Tensor, nn

from lstm_shapes import ArgumentError, InputSizes, Run, Settings, cell_step, run
from lstm_shapes.formula.parameters import GATES
from lstm_shapes.formula.shapes import time_axis
from lstm_shapes.statements.cell import cell_at, cell_claims, cell_states
from lstm_shapes.statements.claim import allowed_difference
from tests.ground_truth import unroll_by_hand
from tests.strategies import seeds, settings, sizes

DIRECTIONS = ("forward", "backward")
ASKED = InputSizes(5, 3)
some = sizes().map(lambda asked: replace(asked, batch_size=asked.batch_size or None))


@hypothesis_settings(max_examples=300, deadline=None)
@given(settings(), some, seeds)
def test_by_hand_is_what_the_module_returns(module: Settings, asked: InputSizes, seed: int) -> None:
    made = run(module, asked, seed=seed)
    claims = {claim.id: claim for claim in cell_claims(made)}
    expected = {"hand-out", "hand-h_n"} | ({"hand-c_n"} if module.kind == "LSTM" else set())
    assert claims.keys() == expected | {f"hand-layer-{i}" for i in range(module.num_layers - 1)}
    assert all(claim.holds for claim in claims.values()), claims


def test_without_samples_there_are_states_and_nothing_is_claimed() -> None:
    made = run(Settings(4, 3, num_layers=2, bidirectional=True), InputSizes(5, 0))
    states = cell_states(made)
    assert states.h.shape == (2, 2, 5, 0, 3)
    assert cell_claims(made) == ()


def sample_alone(made: Run, sample: int) -> Run:
    """A run whose input is one sample up to its own end, without a batch."""
    if made.sizes.batch_size is None:
        return made
    x = made.input.select(1 - time_axis(made.settings, made.sizes), sample)
    return replace(made, input=x[: made.sizes.lengths[sample]] if made.sizes.lengths else x)


@hypothesis_settings(max_examples=150, deadline=None)
@given(settings(), some, seeds)
def test_every_h_and_c_is_that_of_single_steps_of_a_module(
    module: Settings, asked: InputSizes, seed: int
) -> None:
    made = run(module, asked, seed=seed)
    states = cell_states(made)
    for sample in range(asked.batch_size or 1):
        alone = unroll_by_hand(sample_alone(made, sample))
        for (layer, direction, step), h in alone.h.items():
            at = (layer, DIRECTIONS.index(direction), step)
            at += (sample,)
            assert (states.h[at] - h[0]).abs().max() <= allowed_difference(made), at
            if states.c is not None:
                c = alone.c[layer, direction, step][0]
                assert (states.c[at] - c).abs().max() <= allowed_difference(made), at
        if asked.batch_size is not None:
            assert not states.h[:, :, len(alone.x) :, sample].any()  # padding


@hypothesis_settings(max_examples=150, deadline=None)
@given(settings(), some, seeds)
def test_one_cell_writes_what_is_in_the_states(
    module: Settings, asked: InputSizes, seed: int
) -> None:
    made = run(module, asked, seed=seed)
    states = cell_states(made)
    lengths = torch.tensor(asked.lengths or [asked.seq_len] * (asked.batch_size or 1))
    for layer, row, step in torch.cartesian_prod(*map(torch.arange, states.h.shape[:3])).tolist():
        cell = cell_at(made, layer, DIRECTIONS[row], step)
        written = {each.name: each.value for each in cell.equations}
        read = ... if asked.batch_size is None else step < lengths
        for name, state in (("h", states.h), ("c", states.c)):
            assert (state is None) == (name not in written)
            if state is not None:
                apart = written[name][read] - state[layer, row, step][read]
                assert not apart.numel() or apart.abs().max() <= allowed_difference(made)


def test_a_backward_cell_starts_at_the_end_of_its_own_sample() -> None:
    made = run(Settings(4, 3, bidirectional=True), InputSizes(5, 3, [5, 2, 4]))
    cells = [cell_at(made, 0, "backward", step) for step in range(5)]
    # By step, how many samples' h' is more than zeros; their lengths are 5, 2 and 4.
    assert [cell.h.any(-1).nonzero().flatten().tolist() for cell in cells] == [
        *([0, 1, 2], [0, 2], [0, 2], [0], [])
    ]
    assert torch.allclose(cells[1].equations[-1].value[1], made.out[1, 1, 3:], atol=1e-6)


@pytest.mark.parametrize("name", ["out", "h_n", "c_n"])
def test_numbers_that_a_cell_does_not_give_are_found_out(name: str) -> None:
    made = run(Settings(4, 3, num_layers=2, bidirectional=True), ASKED)
    tensor = made.tensors()[name].clone()
    tensor[0, 0, 0] += 1e-4
    claims = cell_claims(replace(made, **{name: tensor}))
    (failed,) = [claim for claim in claims if not claim.holds]
    assert failed.id == f"hand-{name}"
    found = r"the largest difference is 1\.0e-04; rounding may cause \d\.\de-06"
    assert re.fullmatch(found, failed.reason)


def test_a_users_own_module_takes_the_same_steps() -> None:
    relu = nn.RNN(4, 3, num_layers=2, nonlinearity="relu", dtype=torch.float64)
    x = torch.randn(6, 4, dtype=torch.float64)
    h = torch.zeros(2, 3, dtype=torch.float64)
    for step in x:
        (first,) = cell_step(relu, step, h[0])
        (second,) = cell_step(relu, first.value, h[1], layer=1)
        h = torch.stack([first.value, second.value])
    torch.testing.assert_close(h, relu(x)[1])
    assert h.requires_grad
    assert first.formula == second.formula == "relu(W_ih x + b_ih + W_hh h' + b_hh)"
    assert second.weights == ("weight_ih_l1[0:3]", "weight_hh_l1[0:3]")


DOUBLE = {"dtype": torch.float64}
USERS = {
    "LSTM": nn.LSTM(4, 3, **DOUBLE),
    "projected": nn.LSTM(4, 3, proj_size=2, bidirectional=True, **DOUBLE),
    "GRU": nn.GRU(4, 3, num_layers=2, **DOUBLE),
    "LSTM without bias": nn.LSTM(4, 3, bias=False, **DOUBLE),
    "GRU without bias": nn.GRU(4, 3, bias=False, **DOUBLE),
}
NAMES = {"LSTM": ["i", "f", "g", "o", "c", "h"], "GRU": ["r", "z", "n", "h"]}
PARTS = {"W_i": "weight_ih", "W_h": "weight_hh", "b_i": "bias_ih", "b_h": "bias_hh"}


def documented(module: nn.RNNBase, suffix: str) -> dict[str, Tensor | None]:
    """The parameters by the names in torch's documentation: W_ii, b_hf, W_hr."""
    gates, given = GATES[module.mode.partition("_")[0]], dict(module.named_parameters())
    return {"W_hr": given.get(f"weight_hr{suffix}")} | {
        f"{short}{gate}": given[name + suffix].chunk(len(gates))[i]
        for short, name in PARTS.items()
        for i, gate in enumerate(gates if name + suffix in given else ())
    }


@pytest.mark.parametrize("name", list(USERS))
def test_every_formula_read_as_code_gives_its_line(name: str) -> None:
    module = USERS[name]
    direction, layer = DIRECTIONS[module.bidirectional], module.num_layers - 1
    suffix = f"_l{layer}" + "_reverse" * module.bidirectional
    widths = (3 if layer else 4, module.proj_size or 3, 3)
    values = {at: torch.randn(n, **DOUBLE) for at, n in zip(("x", "h'", "c'"), widths, strict=True)}
    given = list(values.values())[: 3 if module.mode == "LSTM" else 2]
    lines = cell_step(module, *given, layer=layer, direction=direction)
    assert [line.name for line in lines] == NAMES[module.mode]
    weights = documented(module, suffix)
    for line in lines:
        code = re.sub(r"(W_\w+) ", r"\1 @ ", line.formula.replace("⊙", "*"))
        known = vars(torch) | weights | {n.replace("'", "_"): v for n, v in values.items()}
        torch.testing.assert_close(eval(code.replace("'", "_"), known), line.value)
        assert line.uses == tuple(dict.fromkeys(re.findall(r"\b[a-z]\b'?", line.formula)))
        named = re.findall(r"W_\w+", line.formula)
        for rows, weight in zip(line.weights, named, strict=True):
            assert torch.equal(eval(f"module.{rows}", {"module": module}), weights[weight])
        values[line.name] = line.value


LSTM, X, H = nn.LSTM(4, 3, num_layers=2), torch.zeros(1, 4), torch.zeros(1, 3)
AT = (made := run(Settings(4, 3, num_layers=2), ASKED)), 0
ONE = "direction='backward' is not there: use 'forward', or a module with bidirectional=True"
REFUSED = [
    (lambda: cell_step(LSTM, X, H), "c=None is missing: give the cell state of the step before"),
    (
        lambda: cell_step(LSTM, X, H, H, layer=1),
        "x=(1, 4) does not fit: give (N, 3) or (3,), one step of this layer",
    ),
    (
        lambda: cell_step(LSTM, X, H[0, :2], H),
        "h=(2,) does not fit: give (N, 3) or (3,), one step of this layer",
    ),
    (lambda: cell_step(nn.GRU(4, 3), X, H, H), "c=(1, 3) is not known to GRU: leave it out"),
    (
        lambda: cell_step(nn.Linear(4, 3), X, H),
        "module='Linear' is no such module: give an nn.LSTM, nn.GRU or nn.RNN",
    ),
    (lambda: cell_step(LSTM, None, H, H), "x=None is no tensor: give a tensor"),
    (lambda: cell_step(LSTM, X, H, H, layer=2), "layer=2 is too large: use 1 or less"),
    (lambda: cell_step(LSTM, X, H, H, direction="backward"), ONE),
    (lambda: cell_at(*AT, "forward", 5), "step=5 is too large: use 4 or less"),
    (lambda: cell_at(*AT, "backward", 0), ONE),
]


@pytest.mark.parametrize(("ask", "text"), REFUSED)
def test_a_cell_that_is_not_there_is_refused(ask: Callable[[], object], text: str) -> None:
    with pytest.raises(ArgumentError, match=rf"^{re.escape(text)}$"):
        ask()
