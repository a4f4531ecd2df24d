"""The article's statements: what becomes of each, and that every one of them can be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from torch import nn
from torch.nn.functional import dropout

from lstm_shapes import InputSizes, Run, Settings, run
from lstm_shapes.live.layers import layer_runs
from lstm_shapes.statements.article import Verdict, article_statements
from lstm_shapes.statements.classifier import AsWritten
from tests.strategies import seeds, settings, sizes

# All that the article speaks of, at once; but for its RNN step, which has a bias.
SHOWN = Settings(4, 3, 2, bias=False, batch_first=True, dropout=0.5, bidirectional=True)
ASKED = InputSizes(seq_len=5, batch_size=3)
STATEMENTS = {
    "rnn-step": True,
    "lstm-cell": True,
    "out-shape": True,
    "state-shape": True,
    "bias-zero": False,
    "dropout-layers": False,
    "classifier-input": False,
    "classifier-squeeze": False,
    "flip-first": False,
    "not-reproducible": False,
}


def verdicts(made: Run) -> dict[str, Verdict]:
    return {statement.id: statement.verdict for statement in article_statements(made)}


def holds(made: Run) -> dict[str, bool | None]:
    return {name: verdict.holds for name, verdict in verdicts(made).items()}


def applied(
    show: Mapping[str, Any], module: Settings, asked: InputSizes
) -> tuple[Settings, InputSizes]:
    """Settings and sizes with what a verdict says can show its statement, as the page does it."""
    of_input = {"seq_len", "batch_size", "lengths", "batched"}
    rest = {name: value for name, value in show.items() if name not in of_input}
    steps = show.get("seq_len", asked.seq_len)
    samples = show.get("batch_size", 3 if asked.batch_size is None else asked.batch_size)
    lengths = show.get("lengths", asked.lengths)
    if lengths:
        fitting = [min(length, steps) for length in lengths[:samples]]
        lengths = fitting + [steps] * (samples - len(fitting))
    batched = show.get("batched", asked.batch_size is not None)
    sizes = InputSizes(steps, samples, lengths) if batched else InputSizes(steps, None)
    return replace(module, **rest), sizes


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
@pytest.mark.parametrize("asked", [ASKED, InputSizes(5, 3, [5, 2, 4])], ids=str)
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("p", [0.5, 1.0])
def test_what_becomes_of_the_article(kind: str, asked: InputSizes, bias: bool, p: float) -> None:
    # With dropout=1.0 a cell without bias writes zeros on zeros, which nothing has dropped.
    unseen = {"bias-zero" if bias else "rnn-step"} | (set() if kind == "LSTM" else {"state-shape"})
    found = holds(run(replace(SHOWN, kind=kind, bias=bias, dropout=p), asked))
    assert found == STATEMENTS | dict.fromkeys(unseen)


def test_a_projection_has_other_shapes_than_the_article_says() -> None:
    found = verdicts(run(replace(SHOWN, bias=True, proj_size=2), ASKED))
    before = holds(run(replace(SHOWN, bias=True), ASKED))
    other = {name: each.holds for name, each in found.items() if each.holds != before[name]}
    assert other == {"lstm-cell": None, "out-shape": False, "state-shape": False}
    projected = "with proj_size=2 h has that many features"
    assert found["lstm-cell"].finding == "the module projects h"
    assert found["out-shape"].finding == f"out is (3, 5, 4), not (3, 5, 6): {projected}"
    states = "h_n is (4, 3, 2), c_n is (4, 3, 3), not (4, 3, 3)"
    assert found["state-shape"].finding == f"{states}: {projected}"


@pytest.mark.parametrize("name", ["h_n", "c_n"])
def test_both_states_have_to_be_of_the_shape(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made, shapes = run(SHOWN, ASKED), Run.shapes
    monkeypatch.setattr(Run, "shapes", lambda self: shapes(self) | {name: (4, 3, 9)})
    found = verdicts(made)["state-shape"]
    assert found.holds is False
    assert f"{name} is (4, 3, 9)" in found.finding


@pytest.mark.parametrize("num_layers", [1, 2, 3])
@pytest.mark.parametrize("bidirectional", [True, False])
def test_squeeze_fits_one_layer_and_one_direction(num_layers: int, bidirectional: bool) -> None:
    module = replace(SHOWN, num_layers=num_layers, bidirectional=bidirectional)
    found = verdicts(run(module, ASKED))["classifier-squeeze"]
    rows = min(num_layers, 2) * (1 + bidirectional)
    assert found.holds == (rows == 1)
    assert f"it returns {(5, 1) if rows == 1 else (rows, 5, 1)}" in found.finding
    assert (
        "there is a row for each step, since the LSTM takes the batch for time" in found.finding
    ) == (rows == 1)


def test_whether_an_axis_went_is_read_off_what_came_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def last_row(self: AsWritten, x: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.fc(self.lstm(x)[1][0][-1]))

    made = run(SHOWN, ASKED)
    monkeypatch.setattr(AsWritten, "forward", last_row)
    assert holds(made) == STATEMENTS | {"rnn-step": None, "classifier-squeeze": True}


@pytest.mark.parametrize("value", [0.0, 0.1])
def test_a_bias_that_is_there_counts_by_its_values(value: float) -> None:
    made = run(SHOWN, ASKED)
    layer_runs(made)  # kept from now on: they would not take the biases
    for name, last in (("bias_ih_l0", 0.0), ("bias_hh_l0", value)):
        made.weights[name] = torch.tensor([0.0, 0.0, last])
    assert holds(made) == STATEMENTS | {"rnn-step": None, "bias-zero": value == 0}


def test_the_findings_name_the_runs_own_numbers() -> None:
    statements = article_statements(run(SHOWN, ASKED))
    found = {statement.id: statement.verdict.finding for statement in statements}
    assert list(found) == list(STATEMENTS)
    assert len({statement.says for statement in statements}) == len(STATEMENTS)
    assert found["out-shape"] == "out is (3, 5, 6)"
    assert found["state-shape"] == "h_n is (4, 3, 3), c_n is (4, 3, 3)"
    assert found["rnn-step"] == "the module has bias=False"
    assert found["bias-zero"] == "none of the 8 parameters is a bias, so there is nothing to be 0"
    assert "has read 3 of 3 samples and 1 of 5 steps" in found["classifier-input"]
    assert found["flip-first"].startswith("✗ torch.cat([forward, backward.flip(1)], -1) == out; ✓")
    assert found["not-reproducible"].startswith("2 of 2 more runs from the seed are equal bit")


@hypothesis_settings(max_examples=60, deadline=None)
@given(settings(), sizes(), seeds)
def test_what_is_found_is_as_the_facts_are(module: Settings, asked: InputSizes, seed: int) -> None:
    one = module.num_layers == 1 and not module.bidirectional
    lacks = {
        "rnn-step": not module.bias,
        "lstm-cell": bool(module.proj_size),
        "out-shape": asked.batch_size is None or not module.batch_first,
        "state-shape": asked.batch_size is None or module.kind != "LSTM",
        "bias-zero": module.bias,
        "dropout-layers": module.num_layers == 1 or not module.dropout,
        "classifier-input": asked.batch_size is None or asked.seq_len == asked.batch_size == 1,
        "classifier-squeeze": asked.batch_size is None,
        "flip-first": not module.bidirectional or max(asked.lengths or [asked.seq_len]) == 1,
        "not-reproducible": not module.bidirectional,
    }
    facts = dict.fromkeys(("out-shape", "state-shape"), not module.proj_size) | {
        "classifier-squeeze": one,
    }
    assert holds(run(module, asked, seed=seed)) == {
        name: None if lacks.get(name) or asked.batch_size == 0 else facts.get(name, says)
        for name, says in STATEMENTS.items()
    }


@hypothesis_settings(max_examples=50, deadline=None)
@given(settings(), sizes())
def test_whoever_does_as_told_once_is_shown_the_statement(
    module: Settings, asked: InputSizes
) -> None:
    found = lru_cache(lambda *question: verdicts(run(*question)))  # most are asked the same
    assert found(module, asked).keys() == STATEMENTS.keys()
    for name, verdict in found(module, asked).items():
        assert (verdict.holds is None) == bool(verdict.show), name
        assert found(*applied(verdict.show, module, asked))[name].holds is not None, (name, verdict)


SAMPLES, BOTH = {"batch_size": 3}, {"bidirectional": True}
STEPS = {"seq_len": 5, "lengths": None}
PLAIN, BARE = Settings(4, 3), Settings(4, 3, bias=False, proj_size=2)
GRU = Settings(4, 3, kind="GRU")
MISSING = [
    (InputSizes(5, 0), "lstm-cell", SAMPLES),
    (InputSizes(5, 0), "out-shape", SAMPLES | {"batch_first": True}),
    (InputSizes(5, 0), "bias-zero", SAMPLES | {"bias": False}),
    (InputSizes(5, 0), "dropout-layers", SAMPLES | {"num_layers": 2, "dropout": 0.5}),
    (InputSizes(5, 0), "not-reproducible", SAMPLES | BOTH),
    (InputSizes(1, 0), "flip-first", SAMPLES | BOTH | STEPS),
    (InputSizes(5, 2, [1, 1]), "flip-first", BOTH | STEPS),
    (InputSizes(5, None), "out-shape", {"batched": True, "batch_first": True}),
    (InputSizes(5, 0), "rnn-step", SAMPLES | {"bias": True}, BARE),
    (InputSizes(5, 0), "lstm-cell", SAMPLES | {"proj_size": 0}, BARE),
    (InputSizes(5, None), "state-shape", {"batched": True, "kind": "LSTM"}, GRU),
    (InputSizes(5, 0), "state-shape", SAMPLES | {"kind": "LSTM"}, GRU),
    (InputSizes(1, 0), "classifier-input", SAMPLES | STEPS),
    (InputSizes(1, None), "classifier-input", STEPS | {"batched": True}),
    (InputSizes(5, None), "classifier-squeeze", {"batched": True}),
    (InputSizes(1, 1, [1]), "classifier-input", STEPS),
]


@pytest.mark.parametrize("missing", MISSING, ids=str)
def test_all_that_is_missing_is_said_at_once(missing: tuple[Any, ...]) -> None:
    asked, name, show, *modules = missing
    verdict = verdicts(run(*modules or [PLAIN], asked))[name]
    assert (verdict.holds, verdict.show) == (None, show)
    assert len(verdict.finding.split("; ")) == len(show) - ("lengths" in show)


TOO_LARGE = [
    (Settings(4, 3), InputSizes(5, 8000)),
    (Settings(4, 600, proj_size=500), InputSizes(6, 4, [6, 1, 2, 3])),
    (Settings(4, 3, bidirectional=True), InputSizes(400, None)),
    (Settings(4, 900, kind="RNN"), InputSizes(1, 1, [1])),
    (Settings(4, 1500, proj_size=1), InputSizes(5, 2)),
    (Settings(10**5, 3), InputSizes(5, 0)),
    (Settings(1, 1, kind="RNN"), InputSizes(1, 12000)),  # many steps once the axes are swapped
]


@pytest.mark.parametrize(("module", "asked"), TOO_LARGE, ids=str)
def test_what_is_too_large_is_not_run_and_can_be_made_smaller(
    module: Settings, asked: InputSizes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(
            "lstm_shapes.statements.article.classifier_results", lambda *_: pytest.fail("is run")
        )
        before = verdicts(run(module, asked))
    for name in ("classifier-input", "classifier-squeeze"):
        assert before[name].holds is None
        assert "too large to be measured: needs " in before[name].finding
        assert verdicts(run(*applied(before[name].show, module, asked)))[name].holds is False


noise = partial(torch.randn, generator=torch.Generator().manual_seed(0))
FORGED = [
    ("GRU", nn.RNN, "rnn-step", lambda _, out: out * 1.001),
    ("GRU", nn.LSTM, "lstm-cell", lambda _, out: out * 1.001),
    # Behind the last layer too.
    ("LSTM", nn.LSTM, "dropout-layers", lambda m, out: dropout(out, m.dropout, m.training)),
    # Other numbers at each call, within rounding.
    ("LSTM", nn.LSTM, "not-reproducible", lambda _, out: out + out * 3e-7 * noise(out.shape)),
]


@pytest.mark.parametrize(("kind", "changed", "name", "change"), FORGED)
def test_a_torch_of_which_the_opposite_is_true_is_found_out(
    kind: Any, changed: Any, name: str, change: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, forward = replace(SHOWN, bias=True, kind=kind), changed.forward

    def tampered(self: nn.RNNBase, *given: Any) -> Any:
        out, states = forward(self, *given)
        return change(self, out), states

    expected = holds(run(module, ASKED))
    monkeypatch.setattr(changed, "forward", tampered)
    assert holds(run(module, ASKED)) == expected | {name: not expected[name]}
