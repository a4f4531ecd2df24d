"""Packing by formula against torch's own, and the padded call against the packed one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn.utils.rnn import pack_padded_sequence

from lstm_shapes import (
    ArgumentError,
    ArgumentTypeError,
    InputSizes,
    Run,
    Settings,
    packed_order,
    reverse_time,
    run,
)
from lstm_shapes.live.lengths import lengths_of, out_padded_again, packed_input
from lstm_shapes.live.torch_says import enforce_sorted_message, total_length_message
from lstm_shapes.statements.claim import allowed_difference
from lstm_shapes.statements.lengths import packing_claims, padded_against_packed
from tests.strategies import seeds, settings

some_lengths = st.integers(1, 9).flatmap(
    lambda seq_len: st.lists(st.integers(1, seq_len), min_size=1, max_size=6).map(
        lambda lengths: InputSizes(seq_len, len(lengths), lengths)
    )
)
# A cell with a bias does not stay at zero in padding; few features may differ by very little.
moderate = settings().map(lambda module: replace(module, bias=True, hidden_size=8, proj_size=0))
BOTH = Settings(4, 3, num_layers=2, batch_first=True, bidirectional=True)
SHORT = InputSizes(5, 3, [4, 2, 3])
MISTAKES = ("last-column", "padded-final", "packing-batch-first")


distinct = st.lists(st.integers(1, 99), min_size=1, max_size=90, unique=True)


@hypothesis_settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(1, 12), min_size=1, max_size=16) | distinct)
def test_the_packed_order_is_torchs(lengths: list[int]) -> None:
    steps = torch.arange(100)
    samples = 100 * torch.arange(len(lengths)).unsqueeze(1)
    packed = pack_padded_sequence(samples + steps, lengths, True, enforce_sorted=False)
    order = packed_order(lengths)
    assert order.tokens == tuple(divmod(each, 100) for each in packed.data.tolist())
    assert list(order.batch_sizes) == packed.batch_sizes.tolist()
    assert list(order.sorted_indices) == packed.sorted_indices.tolist()
    assert list(order.unsorted_indices) == packed.unsorted_indices.tolist()


@hypothesis_settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(1, 3), min_size=17, max_size=60))
def test_samples_of_one_length_are_in_the_order_that_torchs_sort_gives(lengths: list[int]) -> None:
    made = run(Settings(2, 1), InputSizes(3, len(lengths), lengths))
    packed = packed_input(made)
    order = packed_order(lengths, packed.sorted_indices.tolist())
    assert list(order.unsorted_indices) == packed.unsorted_indices.tolist()
    holds = {claim.id: claim.holds for claim in packing_claims(made) if not claim.mistake}
    assert holds.keys() >= {"batch-sizes", "indices"}
    assert all(holds.values()), holds
    with pytest.raises(ArgumentError, match="does not sort the lengths: use"):
        packed_order([*lengths, 4], range(len(lengths) + 1))


@pytest.mark.parametrize("lengths", [[], [2, 0], [True], [1.5]])
def test_lengths_that_torch_would_not_pack_are_refused(lengths: list[int]) -> None:
    with pytest.raises(ArgumentError, match=r"^lengths"):
        packed_order(lengths)


@pytest.mark.parametrize(
    ("lengths", "text"),
    [
        (["a"], "lengths[0]='a' is of type str: give an int"),
        ([2, None], "lengths[1]=None is of type NoneType: give an int"),
        ([2, 1.5], "lengths[1]=1.5 is of type float: give an int"),
        (5, "lengths=5 is of type int: give one int per sample, as in [5, 3, 2]"),
        (1.5, "lengths=1.5 is of type float: give one int per sample, as in [5, 3, 2]"),
        (None, "lengths=None is of type NoneType: give one int per sample, as in [5, 3, 2]"),
        ("", "lengths='' is empty: give one length per sample"),
    ],
)
def test_what_is_no_list_of_lengths_is_refused_by_name(lengths: Any, text: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        packed_order(lengths)
    assert str(refused.value) == text
    assert isinstance(refused.value, ArgumentTypeError) == (lengths != "")


class Counted(int):
    """A sample that counts how often it is compared."""

    times = 0
    __hash__ = int.__hash__

    def __eq__(self, other: object) -> bool:
        Counted.times += 1
        return int(self) == other


def test_of_many_samples_none_is_looked_for_among_all_the_others() -> None:
    lengths = [1 + sample % 3 for sample in range(40_000)]
    longest = sorted(range(len(lengths)), key=lambda sample: -lengths[sample])
    order = packed_order(lengths, [Counted(sample) for sample in longest])
    assert Counted.times <= 10 * len(lengths)
    assert order == packed_order(lengths)
    assert [order.sorted_indices[place] for place in order.unsorted_indices[:99]] == [*range(99)]


@hypothesis_settings(max_examples=200, deadline=None)
@given(settings(), some_lengths, seeds)
def test_what_holds_of_packing_and_which_mistakes_only_without_padding(
    module: Settings, asked: InputSizes, seed: int
) -> None:
    claims = {claim.id: claim for claim in packing_claims(run(module, asked, seed=seed))}
    whole = min(asked.lengths or ()) == asked.seq_len
    true = ("packed-data", "batch-sizes", "indices", "zeros", "flip", "true-last")
    holds = dict.fromkeys((*true, "module-batch-first"), True)
    padding = dict.fromkeys(("last-column", "padded-final"), whole)
    mistakes = padding | {"packing-batch-first": asked.lengths == (1,)}
    assert {name: each.holds for name, each in claims.items()} == holds | mistakes
    assert {name for name, each in claims.items() if each.mistake} == mistakes.keys()
    reasons = {claims[name].reason for name in padding}
    assert (reasons == {"no sample has padding"}) == whole


@pytest.mark.parametrize(("lengths", "named"), [([5, 2, 4], "s 1, 2"), ([5, 2, 5], " 1")])
def test_the_samples_that_have_read_padding_are_named(lengths: list[int], named: str) -> None:
    claims = {claim.id: claim for claim in packing_claims(run(BOTH, InputSizes(5, 3, lengths)))}
    assert claims["padded-final"].reason == f"it differs for sample{named}, where padding was read"
    assert claims["packed-data"].reason == f"{sum(lengths)} of 15 rows: the padding is left out"


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("bidirectional", [True, False])
def test_statements_are_code_for_these_settings(first: bool, bidirectional: bool) -> None:
    made = run(Settings(4, 3, batch_first=first, bidirectional=bidirectional), SHORT)
    claims = {claim.id: claim.statement for claim in packing_claims(made)}
    names = {"out": made.out, "forward": made.out[..., :3], "h_n": made.h_n, "b": range(3)}
    packed = packed_input(made)
    names |= {"packed": packed, "lengths": torch.tensor([4, 2, 3]), "x": made.input}
    names |= {each: getattr(packed, each) for each in ("sorted_indices", "unsorted_indices")}
    names |= {"pack_padded_sequence": pack_padded_sequence}
    for name in ("true-last", "last-column", "batch-sizes", "indices", "packing-batch-first"):
        left, right = claims[name].split(" == ")
        one, other = (torch.as_tensor(eval(side, names)) for side in (left, right))
        assert torch.equal(one, other) == (name not in MISTAKES), claims[name]
    assert torch.equal(packed.data[1], made.input[(2, 0) if first else (0, 2)])
    code, _, says = claims["flip"].partition(": ")
    assert says == "each sample reversed within its length"
    flipped = eval(code, names | {"reverse_time": reverse_time})
    x, flipped = (each if first else each.transpose(0, 1) for each in (made.input, flipped))
    read = ((0, [3, 2, 1, 0, 4]), (1, [1, 0, 2, 3, 4]), (2, [2, 1, 0, 3, 4]))
    assert all(torch.equal(flipped[sample], x[sample, steps]) for sample, steps in read)


@pytest.mark.parametrize(
    ("name", "lengths", "fails"),
    [
        ("out", [5, 5, 4], {"true-last", "zeros"}),
        ("h_n", [5, 5, 5], {"true-last", "last-column", "padded-final"}),
    ],
)
def test_other_numbers_are_found_out(name: str, lengths: list[int], fails: set[str]) -> None:
    made = run(BOTH, InputSizes(5, 3, lengths))
    nudged = replace(made, **{name: made.tensors()[name] + 1e-3})
    pairs = zip(packing_claims(made), packing_claims(nudged), strict=True)
    assert {one.id for one, other in pairs if one.holds and not other.holds} == fails


def test_another_order_of_samples_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    made = run(BOTH, SHORT)
    other = replace(made, input=made.input.flip(0))
    monkeypatch.setattr(
        "lstm_shapes.statements.lengths.packed_input", lambda _: packed_input(other)
    )
    found = {claim.id for claim in packing_claims(made) if not claim.holds}
    assert found == {"packed-data", *MISTAKES}


@pytest.mark.parametrize("order", [[0, 0, 1], [1, 2, 0], [0, 7, 1], None])
def test_indices_that_are_no_order_of_these_lengths_are_found_out(
    order: list[int] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run(BOTH, SHORT)
    tampered = packed_input(made)._replace(sorted_indices=order and torch.tensor(order))
    monkeypatch.setattr("lstm_shapes.statements.lengths.packed_input", lambda _: tampered)
    found = {claim.id for claim in packing_claims(made) if not claim.holds}
    assert found == {"indices", *MISTAKES}


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(
    "tampered",
    [
        lambda x, *, batch_first, lengths: x.flip(int(batch_first)),
        lambda x, *, batch_first, lengths: x,
        lambda x, **given: reverse_time(x, **given) + (x == 0),
    ],
    ids=["padding is reversed too", "nothing is", "padding is changed"],
)
def test_another_order_of_steps_is_found_out(
    tampered: Callable[..., Tensor], first: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run(replace(BOTH, batch_first=first), SHORT)
    monkeypatch.setattr("lstm_shapes.statements.lengths.reverse_time", tampered)
    found = {claim.id for claim in packing_claims(made) if not claim.holds}
    assert found == {"flip", *MISTAKES}


def test_the_users_default_device_has_no_influence() -> None:
    made = run(BOTH, SHORT)
    claims, differences = packing_claims(made), padded_against_packed(made)
    fresh = replace(made)  # nothing was computed of it yet
    with torch.device("meta"):
        assert packing_claims(fresh) == claims
        assert padded_against_packed(fresh) == differences


@hypothesis_settings(max_examples=100, deadline=None)
@given(moderate, some_lengths, seeds)
def test_where_padding_has_been_read(module: Settings, asked: InputSizes, seed: int) -> None:
    made = run(module, asked, seed=seed)
    lengths, allowed = lengths_of(made), allowed_difference(made)
    found = padded_against_packed(made)
    rows = [(layer, d) for layer in range(module.num_layers) for d in range(module.num_directions)]
    assert [(each.layer, each.direction == "backward") for each in found] == rows
    for each in found:
        for sample, length in enumerate(lengths):
            read = [i for i, step in enumerate(each.steps[sample]) if step is not None]
            assert read == list(range(length))
            padded = length < asked.seq_len
            out = max(filter(None, each.steps[sample]), default=0.0) > allowed
            # Layer 0 forward has not read any yet; above it, the backward cell below has.
            below = module.bidirectional and each.layer > 0
            assert out == (padded and (each.direction == "backward" or below)), each
            assert (each.h_n[sample] > allowed) == padded
            assert (each.c_n is None) == (module.kind != "LSTM")
            assert each.c_n is None or (each.c_n[sample] > allowed) == padded


REASONS = {
    (
        0,
        "forward",
    ): "this cell had read no padding when it wrote these steps; it then reads the padding "
    "too, and ends with another h_n",
    (
        0,
        "backward",
    ): "this cell starts in the padding, so every h that it writes afterwards is another one",
    (
        1,
        "forward",
    ): "the backward cell below has read padding, and this cell reads what that one wrote",
    (
        1,
        "backward",
    ): "this cell starts in the padding, so every h that it writes afterwards is another one",
}


def test_why_they_differ_or_do_not() -> None:
    found = padded_against_packed(run(BOTH, SHORT))
    assert {(each.layer, each.direction): each.reason for each in found} == REASONS
    one = padded_against_packed(run(replace(BOTH, bidirectional=False), SHORT))
    assert {each.reason for each in one} == {REASONS[0, "forward"]}
    whole = padded_against_packed(run(BOTH, InputSizes(3, 2, [3, 3])))
    assert {each.reason for each in whole} == {"no sample has padding"}


def test_no_reason_to_differ_is_given_where_nothing_does() -> None:
    made = run(replace(BOTH, bias=False), SHORT)
    backward = padded_against_packed(made)[1]
    assert max(backward.h_n) <= allowed_difference(made)
    assert backward.reason.startswith("padding is zeros, and without a bias a cell")


@pytest.mark.parametrize("kind", ["LSTM", "RNN"])
def test_above_a_backward_cell_that_padding_left_at_zero_only_the_end_is_another(kind: str) -> None:
    made = run(replace(BOTH, kind=kind, bias=False), SHORT)
    above = padded_against_packed(made)[2]
    assert (above.layer, above.direction) == (1, "forward")
    assert max(max(filter(None, each), default=0.0) for each in above.steps) <= (
        allowed_difference(made)
    )
    assert min(above.h_n) > allowed_difference(made)
    assert above.reason == REASONS[0, "forward"]


@hypothesis_settings(max_examples=50, deadline=None)
@given(settings(), some_lengths)
def test_what_torch_says_and_returns(module: Settings, asked: InputSizes) -> None:
    made = run(module, asked)
    lengths, total = lengths_of(made), asked.seq_len
    named = {
        "": tuple(out_padded_again(made, None).shape),
        f"total_length={total}": tuple(out_padded_again(made, total).shape),
    }
    steps = {name: shape[module.batch_first] for name, shape in named.items()}
    assert steps == {"": max(lengths), f"total_length={total}": total}
    less = f"total_length={max(lengths) - 1} and max sequence length being {max(lengths)}"
    assert total_length_message(made).endswith(less)
    says = "must be sorted in decreasing order" in enforce_sorted_message(made)
    assert says == (lengths != sorted(lengths, reverse=True))


ASK = [total_length_message, enforce_sorted_message, lambda made: out_padded_again(made, None)]


@pytest.mark.parametrize("ask", [*ASK, packed_input, packing_claims, padded_against_packed])
def test_a_run_without_lengths_is_refused(ask: Callable[[Run], object]) -> None:
    with pytest.raises(ArgumentError, match=r"^lengths=None is not given: give a run with"):
        ask(run(BOTH, InputSizes(5, 3)))
