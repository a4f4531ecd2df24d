from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from lstm_shapes import (
    InputSizes,
    Run,
    Settings,
    decoder_states,
    reverse_time,
    run,
    split_directions,
)
from lstm_shapes.live.layers import layer_runs, one_direction
from lstm_shapes.statements.claim import TOLERANCE
from lstm_shapes.statements.directions import direction_claims

BOTH = Settings(4, 3, num_layers=2, batch_first=True, bidirectional=True)
ASKED = InputSizes(seq_len=5, batch_size=3)


def verdicts(made: Run) -> dict[str, bool]:
    return {claim.id: claim.holds for claim in direction_claims(made)}


def statements(made: Run) -> dict[str, str]:
    return {claim.id: claim.statement for claim in direction_claims(made)}


def test_what_holds_of_a_bidirectional_module() -> None:
    assert verdicts(run(BOTH, ASKED)) == {
        "forward-last": True,
        "backward-first": True,
        "backward-last": False,
        "reading-order": True,
        "hand-built": True,
        "hand-built-unflipped": False,
        "flip-anyway": False,
        "final": True,
        "decoder-view": False,
        "rows": True,
        "next-step": True,
    }


def test_what_holds_of_one_direction() -> None:
    assert verdicts(run(replace(BOTH, bidirectional=False), ASKED)) == {
        "last-step": True,
        "rows": True,
        "next-step": False,
    }


def nudged(tensor: torch.Tensor, amount: float = 1e-3) -> torch.Tensor:
    return tensor + amount


@pytest.mark.parametrize(
    ("name", "fails"),
    [
        ("h_n", {"forward-last", "backward-first", "reading-order", "final", "rows"}),
        ("c_n", {"rows"}),
        (
            "out",
            {"forward-last", "backward-first", "reading-order", "final", "hand-built"},
        ),
    ],
)
def test_a_claim_is_evaluated_and_can_fail(name: str, fails: set[str]) -> None:
    made = run(BOTH, ASKED)
    tampered = replace(made, **{name: nudged(made.tensors()[name])})
    assert {id for id, holds in verdicts(made).items() if holds} - fails == {
        id for id, holds in verdicts(tampered).items() if holds
    }


def test_a_recomputation_may_differ_by_rounding_and_says_so() -> None:
    made = run(BOTH, ASKED)
    close = replace(made, h_n=nudged(made.h_n, TOLERANCE["cpu"]))
    (rows,) = [claim for claim in direction_claims(close) if claim.id == "rows"]
    assert rows.holds
    assert "largest difference" in rows.reason
    far = replace(made, h_n=nudged(made.h_n, 50 * TOLERANCE["cpu"]))
    assert not verdicts(far)["rows"]


def test_rounding_grows_with_the_summed_terms() -> None:
    module = Settings(3000, 1, bias=False, bidirectional=True, kind="RNN")
    made = run(module, InputSizes(2, 3))
    assert verdicts(made)["hand-built"]


def test_a_mistake_that_holds_by_coincidence_is_called_so() -> None:
    made = run(BOTH, ASKED)
    same = replace(made, out=torch.ones_like(made.out), h_n=torch.ones_like(made.h_n))
    claims = [claim for claim in direction_claims(same) if claim.mistake and claim.holds]
    reasons = {claim.id: claim.reason for claim in claims}
    assert reasons.keys() == {"backward-last", "flip-anyway", "decoder-view"}
    assert all("coincidence" in reason for reason in reasons.values())


def test_numbers_that_are_not_numbers_are_not_equal() -> None:
    made = run(BOTH, ASKED)
    broken = replace(made, h_n=torch.full_like(made.h_n, torch.nan))
    assert not any(verdicts(broken)[id] for id in ("forward-last", "final", "rows"))


def test_a_single_step_makes_mistakes_true_and_says_why() -> None:
    claims = {claim.id: claim for claim in direction_claims(run(BOTH, InputSizes(1, 1)))}
    assert claims["backward-last"].holds
    assert claims["backward-last"].reason.startswith("with a single step")
    assert claims["flip-anyway"].reason == "with a single step there is nothing to flip"
    assert claims["decoder-view"].reason == "with one sample there is nothing to mix"


@pytest.mark.parametrize(
    ("batch_first", "asked", "expected"),
    [
        (True, ASKED, ("forward[:, -1] == h_n[-2]", "backward.flip(1)[:, -1] == h_n[-1]")),
        (False, ASKED, ("forward[-1] == h_n[-2]", "backward.flip(0)[-1] == h_n[-1]")),
        (
            True,
            InputSizes(5, None),
            ("forward[-1] == h_n[-2]", "backward.flip(0)[-1] == h_n[-1]"),
        ),
        (
            True,
            InputSizes(5, 3, [5, 2, 1]),
            (
                "forward[range(3), lengths - 1] == h_n[-2]",
                "reverse_time(backward, batch_first=True, lengths=lengths)"
                "[range(3), lengths - 1] == h_n[-1]",
            ),
        ),
    ],
)
def test_statements_are_code_for_these_settings(
    batch_first: bool, asked: InputSizes, expected: tuple[str, str]
) -> None:
    made = run(replace(BOTH, batch_first=batch_first), asked)
    assert (statements(made)["forward-last"], statements(made)["reading-order"]) == expected


@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize(
    "asked", [ASKED, InputSizes(5, None), InputSizes(5, 3, [5, 2, 1])], ids=str
)
def test_statements_copied_into_a_notebook_say_the_same(
    batch_first: bool, asked: InputSizes
) -> None:
    made = run(replace(BOTH, batch_first=batch_first), asked)
    forward, backward = split_directions(made.out)
    top = layer_runs(made)[-1]
    names = {
        "torch": torch,
        "out": made.out,
        "h_n": made.h_n,
        "forward": forward,
        "backward": backward,
        "y": top.input,
        "f": lambda y: one_direction(top, "forward", y).out,
        "b": lambda y: one_direction(top, "backward", y).out,
        "decoder_states": decoder_states,
        "reverse_time": reverse_time,
        "lengths": None if asked.lengths is None else torch.tensor(asked.lengths),
    }
    claims = [claim for claim in direction_claims(made) if claim.id not in ("rows", "next-step")]
    assert len(claims) >= 7
    for claim in claims:
        left, right = claim.statement.split(" == ")
        assert torch.allclose(eval(left, names), eval(right, names), atol=1e-5) == claim.holds


def test_without_samples_nothing_is_claimed() -> None:
    assert direction_claims(run(BOTH, InputSizes(seq_len=5, batch_size=0))) == ()
