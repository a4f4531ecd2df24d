"""Where dropout acts: the truth of each statement, foretold from the settings alone."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings

from lstm_shapes import InputSizes, Run, Settings, run
from lstm_shapes.live.layers import layer_runs
from lstm_shapes.live.variants import with_dropout
from lstm_shapes.statements.arguments import batch_first_claims, dropout_claims
from tests.strategies import seeds, settings, sizes

TWO = Settings(4, 8, num_layers=2, batch_first=True)
ASKED = InputSizes(seq_len=5, batch_size=3)
# Eight features are never all dropped twice alike.
moderate = settings().map(lambda module: replace(module, hidden_size=8, proj_size=0))
OTHERS = "in each call other elements are dropped between the layers"
EVERYTHING = "with dropout=1 everything is dropped, each time"


def verdicts(made: Run) -> dict[str, bool]:
    return {claim.id: claim.holds for claim in dropout_claims(replace(made))}


@hypothesis_settings(max_examples=200, deadline=None)
@given(moderate, sizes(), seeds)
def test_what_holds_follows_from_the_settings(
    module: Settings, asked: InputSizes, seed: int
) -> None:
    claims = dropout_claims(run(module, asked, seed=seed))
    found = {claim.id: claim.holds for claim in claims}
    if asked.batch_size == 0:
        assert not found
    elif module.num_layers == 1:
        assert found == {"dropout-one-layer": True}
    else:
        assert found == {
            "dropout-train": module.dropout == 1.0,
            "dropout-eval": True,
            "dropout-first-layer": True,
            "dropout-by-hand": True,
            "dropout-all": True,
        }
        assert [claim.id for claim in claims if claim.mistake] == ["dropout-train"]


@hypothesis_settings(max_examples=150, deadline=None)
@given(settings(), sizes(), seeds)
def test_by_hand_is_what_train_returns_of_few_features_too(
    module: Settings, asked: InputSizes, seed: int
) -> None:
    found = verdicts(run(module, asked, seed=seed))
    assert ("dropout-by-hand" in found) == (module.num_layers > 1 and asked.batch_size != 0)
    assert bool(found) == (asked.batch_size != 0)
    # Whether a few elements are the same twice is chance.
    assert all(holds for name, holds in found.items() if name != "dropout-train"), found


@pytest.mark.parametrize(
    ("dropout", "shown", "why"),
    [(0.0, "0.5", OTHERS), (0.25, "0.25", OTHERS), (1.0, "1.0", EVERYTHING)],
)
def test_the_reasons_name_the_runs_own_numbers(dropout: float, shown: str, why: str) -> None:
    made = run(replace(TWO, dropout=dropout), InputSizes(5, 3, [5, 2, 4]))
    reasons = {claim.id: claim.reason for claim in dropout_claims(replace(made))}
    assert reasons["dropout-eval"] == f"dropout={shown} does nothing in eval()"
    assert reasons["dropout-train"] == why
    between = "with nn.functional.dropout between them, and from the same seed"
    by_hand = f"the layers were run one by one, {between}"
    note = r"( \(largest difference \d\.\de-\d\d\))?"
    assert re.fullmatch(re.escape(by_hand) + note, reasons["dropout-by-hand"])


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
@pytest.mark.parametrize("dropout", [0.0, 0.5, 1.0])
def test_of_one_layer_torchs_warning_is_told_where_torch_warned(dropout: float, kind: str) -> None:
    made = run(replace(TWO, kind=kind, num_layers=1, dropout=dropout), ASKED)
    (claim,) = dropout_claims(made)
    plain, *warned = claim.reason.split("; torch warns: ")
    assert plain == "a single layer has no layer above it, so nothing is dropped"
    assert warned == list(made.remarks)
    assert bool(warned) == (dropout > 0)
    assert all("dropout option adds dropout after all but last" in each for each in warned)
    untold = dropout_claims(replace(made, remarks=("something else",)))[0]
    assert untold == replace(claim, reason=plain)


@pytest.mark.parametrize("bidirectional", [True, False])
def test_it_acts_on_what_is_handed_up_and_nowhere_else(bidirectional: bool) -> None:
    made = run(replace(TWO, bidirectional=bidirectional), ASKED)
    low, top = layer_runs(made)
    with torch.random.fork_rng([]), torch.no_grad():
        torch.manual_seed(3)
        # Time comes first inside of the module, so that is the order in which it draws.
        handed = torch.nn.functional.dropout(low.out.transpose(0, 1), 0.5).transpose(0, 1)
        out, _ = top.module(handed)
    torch.testing.assert_close(with_dropout(made, 0.5, seed=3).out, out)
    assert not torch.allclose(out, made.out)


def test_the_module_and_the_users_generator_are_left_alone() -> None:
    made = run(TWO, ASKED)
    before = torch.get_rng_state()
    dropout_claims(made)
    assert torch.equal(torch.get_rng_state(), before)
    assert (made.module.training, made.module.dropout) == (False, 0.0)


@pytest.mark.parametrize("num_layers", [1, 2])
def test_a_module_that_drops_elsewhere_is_found_out(
    num_layers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run(replace(TWO, num_layers=num_layers), ASKED)

    def behind_every_layer(
        run: Run, dropout: float, *, training: bool = True, seed: int = 0
    ) -> Run:
        again = with_dropout(run, dropout, training=training, seed=seed)
        if not training:
            return again
        with torch.random.fork_rng([]):
            torch.manual_seed(seed)
            out, h_n = (
                torch.nn.functional.dropout(each, dropout) for each in (again.out, again.h_n)
            )
        return replace(again, out=out, h_n=h_n)

    before = verdicts(made)
    monkeypatch.setattr("lstm_shapes.statements.arguments.with_dropout", behind_every_layer)
    changed = {name for name, holds in verdicts(made).items() if holds != before[name]}
    assert changed == (
        {"dropout-one-layer"}
        if num_layers == 1
        else {"dropout-first-layer", "dropout-by-hand", "dropout-all"}
    )


@pytest.mark.parametrize("lengths", [None, [5, 2, 4]])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("tampered", ["out", "input", "nothing"])
def test_a_module_that_does_not_drop_between_the_layers_alone_is_found_out(
    tampered: str, bias: bool, lengths: list[int] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dropout behind the last layer, in front of the first, and nowhere."""
    made = run(replace(TWO, bias=bias, dropout=0.5), InputSizes(5, 3, lengths))
    dropped = torch.nn.functional.dropout

    def elsewhere(run: Run, p: float, *, training: bool = True, seed: int = 0) -> Run:
        if training and tampered == "input":
            run = replace(run, input=dropped(run.input, p))
        again = with_dropout(run, p, training=training and tampered != "nothing", seed=seed)
        if training and tampered == "out":
            again = replace(again, out=dropped(again.out, p))
        return again

    assert verdicts(made)["dropout-by-hand"]
    monkeypatch.setattr("lstm_shapes.statements.arguments.with_dropout", elsewhere)
    with torch.random.fork_rng([]):
        torch.manual_seed(0)
        assert not verdicts(made)["dropout-by-hand"]


@pytest.mark.parametrize("dropout", [1.0, 0.9])
def test_zeros_of_a_cell_that_read_zeros_are_not_taken_for_dropped(dropout: float) -> None:
    made = run(Settings(4, 2, num_layers=2, bias=False, dropout=dropout), ASKED)
    assert not with_dropout(made, 1.0).out.any()
    assert verdicts(made)["dropout-by-hand"]


def test_why_train_gave_the_same_twice() -> None:
    made = run(replace(TWO, dropout=1e-6), ASKED)
    (claim,) = [claim for claim in dropout_claims(made) if claim.id == "dropout-train"]
    assert claim.holds
    assert claim.reason == "this time the same elements were dropped, or none that count"


@hypothesis_settings(max_examples=150, deadline=None)
@given(settings(), sizes(), seeds)
def test_batch_first_moves_axes_and_no_number(
    module: Settings, asked: InputSizes, seed: int
) -> None:
    made = run(module, asked, seed=seed)
    claims = batch_first_claims(made)
    assert [claim.holds for claim in claims] == ([] if asked.batch_size == 0 else [True, True])
    # The second judge: the whole question asked again, which draws weights and input anew.
    other = run(replace(module, batch_first=not module.batch_first), asked, seed=seed)
    assert all(torch.equal(one, made.weights[name]) for name, one in other.weights.items())
    moved = other.tensors()
    if asked.batch_size is not None:
        moved |= {name: moved[name].transpose(0, 1) for name in ("input", "out")}
    assert torch.equal(moved["input"], made.input)
    for name, tensor in made.tensors().items():
        torch.testing.assert_close(moved[name], tensor)


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("name", ["out", "h_n", "c_n"])
def test_a_call_in_which_a_number_moved_is_no_tick(first: bool, name: str) -> None:
    made = run(replace(TWO, batch_first=first), InputSizes(seq_len=1, batch_size=1))
    wrong = replace(made, **{name: made.tensors()[name] + 0.5})
    out, states = batch_first_claims(wrong)
    assert (out.holds, states.holds) == (name != "out", name == "out")
    assert "largest difference 0.50" in (states if out.holds else out).reason


def test_the_statements_on_batch_first_fit_the_call() -> None:
    gru = batch_first_claims(run(Settings(4, 3, kind="GRU"), InputSizes(5, None)))
    assert [claim.statement for claim in gru] == [
        "out with batch_first=True == out",
        "h_n with batch_first=True == h_n",
    ]
