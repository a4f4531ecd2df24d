"""Whose batch_first counts for a packed batch: judged by plain torch on the very module."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from torch.nn.utils.rnn import pack_padded_sequence

from lstm_shapes import InputSizes, Settings, run
from lstm_shapes.live.calls import with_weights
from lstm_shapes.live.lengths import lengths_of, packed_input
from lstm_shapes.statements.lengths import packing_claims
from tests.statements.test_lengths import BOTH, SHORT, some_lengths
from tests.strategies import settings


@hypothesis_settings(max_examples=100, deadline=None)
@given(settings(), some_lengths)
def test_only_the_batch_first_of_packing_counts(module: Settings, asked: InputSizes) -> None:
    """Judged by plain torch: the attribute of the very module is set to the other value."""
    made = run(module, asked)
    claims = {claim.id: claim for claim in packing_claims(made)}
    lstm, packed = made.module, packed_input(made)
    with torch.no_grad():
        out, final = lstm(packed)
        lstm.batch_first = not module.batch_first
        again, final_again = lstm(packed)
    lstm.batch_first = module.batch_first
    pair = (final, final_again) if module.kind == "LSTM" else ((final,), (final_again,))
    same = torch.equal(out.data, again.data) and all(map(torch.equal, *pair))
    assert claims["module-batch-first"].holds == same
    other, torch_says = not module.batch_first, ""
    try:
        wrong = pack_padded_sequence(made.input, lengths_of(made), other, enforce_sorted=False)
    except (RuntimeError, IndexError, ValueError) as error:
        torch_says = str(error).split("\n")[0]
    claim = claims["packing-batch-first"]
    assert claim.holds == (not torch_says and torch.equal(wrong.data, packed.data))
    assert torch_says in claim.reason
    said = ("torch says", "torch reports no error", "one step of one sample")
    assert [each in claim.reason for each in said] == [
        bool(torch_says),
        not torch_says and not claim.holds,
        claim.holds,
    ]


@pytest.mark.parametrize(("first", "axis"), [(True, 1), (False, 0)])
def test_where_both_axes_are_as_long_nothing_is_refused(first: bool, axis: int) -> None:
    """N == L: the other batch_first packs rows that are none of these samples, in silence."""
    made = run(replace(BOTH, batch_first=first), InputSizes(3, 3, [3, 1, 2]))
    (claim,) = [each for each in packing_claims(made) if each.id == "packing-batch-first"]
    assert not claim.holds
    assert (
        claim.reason
        == f"axis {axis} of x is then taken for the samples, and torch reports no error"
    )


def test_a_module_that_orders_packed_input_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    made = run(BOTH, SHORT)

    def ordering(settings: Settings, weights: Any) -> Any:
        other = {name: weight.flip(0) for name, weight in weights.items()}
        return with_weights(settings, other)

    monkeypatch.setattr("lstm_shapes.statements.lengths.with_weights", ordering)
    found = {claim.id for claim in packing_claims(made) if not claim.holds and not claim.mistake}
    assert found == {"module-batch-first"}
