"""The states a run starts from: their shapes, what they change, and a sequence in two chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lstm_shapes import ArgumentError, Claim, InputSizes, Run, Settings, run, tensor_shapes
from lstm_shapes.live.lengths import packed_input
from lstm_shapes.live.variants import in_chunks, initial_states, with_states
from lstm_shapes.statements.claim import allowed_difference
from lstm_shapes.statements.states import chunk_claims, state_claims
from tests.strategies import seeds, settings, sizes

BOTH = Settings(4, 3, batch_first=True, bidirectional=True)
ASKED = InputSizes(seq_len=5, batch_size=3)
# Few features may differ by very little.
moderate = settings().map(lambda module: replace(module, hidden_size=8, proj_size=0))


WORDS = {"LSTM": "hidden[0]", "GRU": "hidden", "RNN": "hidden"}


def by_id(claims: tuple[Claim, ...]) -> dict[str, Claim]:
    return {claim.id: claim for claim in claims}


@hypothesis_settings(max_examples=200, deadline=None)
@given(settings(), sizes(), seeds)
def test_states_are_of_the_shapes_by_formula(
    module: Settings, asked: InputSizes, seed: int
) -> None:
    made = run(module, asked, seed=seed)
    formula = tensor_shapes(module, asked)
    shapes = [formula[name].shape for name in ("h_0", "c_0") if name in formula]
    starts = {start: initial_states(made, start) for start in ("zeros", "random", "carried")}
    for states in starts.values():
        assert [tuple(state.shape) for state in states] == shapes
    assert not any(state.any() for state in starts["zeros"])
    assert all(state.all() for state in starts["random"])
    carried = dict(zip(("h_n", "c_n"), starts["carried"], strict=False))
    assert all(torch.equal(state, made.tensors()[name]) for name, state in carried.items())


def test_random_states_are_of_the_seed_and_leave_the_users_generator_alone() -> None:
    before = torch.get_rng_state()
    one, same, other = (
        initial_states(run(BOTH, ASKED, seed=seed), "random")[0] for seed in (1, 1, 2)
    )
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    assert torch.equal(torch.get_rng_state(), before)


@hypothesis_settings(max_examples=150, deadline=None)
@given(settings(), sizes(), seeds)
def test_what_the_states_do_and_in_which_shape_they_are_taken(
    module: Settings, asked: InputSizes, seed: int
) -> None:
    rows = module.num_layers * module.num_directions
    claims = by_id(state_claims(run(module, asked, seed=seed)))
    if asked.batch_size == 0:
        assert not claims
        return
    expected = {"zero-states": True, "random-states": False}
    if asked.batch_size is not None:
        expected["batch-first-states"] = rows == asked.batch_size
        reason = claims["batch-first-states"].reason
        assert ("torch reports no error" in reason) == (rows == asked.batch_size > 1)
        assert ("both orders are the same" in reason) == (rows == asked.batch_size == 1)
        assert reason.startswith("torch: ") == (rows != asked.batch_size)
        if rows != asked.batch_size and asked.lengths is None:
            assert reason.startswith(f"torch: Expected {WORDS[module.kind]} size ")
    assert {name: claim.holds for name, claim in claims.items()} == expected
    assert [name for name, claim in claims.items() if claim.mistake] == list(expected)[1:]


@pytest.mark.parametrize(("samples", "kind"), [(3, "LSTM"), (1, "GRU")])
def test_states_with_the_batch_first_are_refused_in_torchs_words(samples: int, kind: str) -> None:
    made = run(replace(BOTH, kind=kind), InputSizes(5, samples))
    swapped = [state.transpose(0, 1) for state in initial_states(made, "zeros")]
    with pytest.raises(RuntimeError) as refused:
        with_states(made, swapped)
    claim = by_id(state_claims(made))["batch-first-states"]
    assert claim.statement == f"h_0 may have the batch first, ({samples}, 2, 3)"
    assert claim.reason == f"torch: {refused.value}. batch_first never moves a state"
    assert f"(2, {samples}, 3), got [{samples}, 2, 3]" in claim.reason


def says_of_the_call(made: Run) -> str:
    """What torch itself says to this very call, with states that have the batch first."""
    states = [state.transpose(0, 1).contiguous() for state in initial_states(made, "zeros")]
    hx = tuple(states) if len(states) == 2 else states[0]
    try:
        with torch.no_grad():
            made.module(packed_input(made), hx)
    except (RuntimeError, IndexError) as error:
        return str(error).split("\n")[0]
    return ""


packed_batches = st.integers(1, 6).flatmap(
    lambda steps: st.lists(st.integers(1, steps), min_size=1, max_size=8).map(
        lambda lengths: InputSizes(steps, len(lengths), lengths)
    )
)


@hypothesis_settings(max_examples=150, deadline=None)
@given(settings(), packed_batches)
def test_of_a_packed_batch_it_is_said_what_torch_says_to_that(
    module: Settings, asked: InputSizes
) -> None:
    made = run(module, asked)
    claim, says = by_id(state_claims(made))["batch-first-states"], says_of_the_call(made)
    assert claim.holds == (says == "")
    assert claim.reason.startswith(f"torch: {says}. batch_first never") == bool(says)
    assert ("sorted_indices" in claim.reason) == bool(says)


@pytest.mark.parametrize(
    ("lengths", "taken"), [([5, 4, 2], False), ([2, 5], True), ([5], False), ([4, 5], True)]
)
def test_what_torch_says_to_a_padded_batch_is_not_said_of_a_packed_one(
    lengths: list[int], taken: bool
) -> None:
    both = InputSizes(5, len(lengths)), InputSizes(5, len(lengths), lengths)
    padded, packed = (by_id(state_claims(run(BOTH, each)))["batch-first-states"] for each in both)
    assert padded.holds == packed.holds == taken
    assert padded.reason.startswith("torch: Expected hidden[0] size (2, ") == (not taken)
    assert (packed.reason == padded.reason) == taken


def test_another_out_than_that_of_zeros_is_found_out() -> None:
    made = run(BOTH, ASKED)
    assert not by_id(state_claims(replace(made, out=made.out + 1e-6)))["zero-states"].holds
    random = with_states(made, initial_states(made, "random"))
    claim = by_id(state_claims(replace(made, out=random.out)))["random-states"]
    assert claim.holds
    assert "coincidence" in claim.reason


@contextmanager
def float64() -> Iterator[None]:
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("users", [float64, lambda: torch.device("meta")])
@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
def test_the_users_default_dtype_and_device_have_no_influence(
    kind: str, users: Callable[[], AbstractContextManager[Any]]
) -> None:
    made = run(replace(BOTH, kind=kind), ASKED)
    states, claims = initial_states(made, "random"), state_claims(made) + chunk_claims(made, 2)
    fresh = replace(made)  # nothing was computed of it yet
    with users():
        again = initial_states(fresh, "random")
        assert state_claims(fresh) + chunk_claims(fresh, 2) == claims
    assert {(state.dtype, state.device.type) for state in again} == {(torch.float32, "cpu")}
    assert all(map(torch.equal, again, states))


def test_a_start_that_is_not_known_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"^start='ones' is not known: use 'zeros', 'random'"):
        initial_states(run(BOTH, ASKED), "ones")  # type: ignore[arg-type]


@st.composite
def cut(draw: st.DrawFn) -> tuple[InputSizes, int]:
    asked = InputSizes(draw(st.integers(2, 9)), draw(st.none() | st.integers(1, 4)))
    return asked, draw(st.integers(1, asked.seq_len - 1))


@hypothesis_settings(max_examples=150, deadline=None)
@given(moderate, cut(), seeds)
def test_only_what_never_reads_backward_can_be_cut(
    module: Settings, where: tuple[InputSizes, int], seed: int
) -> None:
    asked, at = where
    claims = by_id(chunk_claims(run(module, asked, seed=seed), at))
    holds = {name: claim.holds for name, claim in claims.items()}
    if not module.bidirectional:
        states = {"chunks-h_n", "chunks-c_n"} if module.kind == "LSTM" else {"chunks-h_n"}
        assert holds == dict.fromkeys({"chunks-out"} | states, True)
        return
    assert holds == {"chunks-forward": module.num_layers == 1, "chunks-backward": False}
    assert claims["chunks-backward"].mistake
    assert claims["chunks-forward"].mistake == (module.num_layers > 1)


@pytest.mark.parametrize("at", [1, 2])
@pytest.mark.parametrize("seed", range(4))
def test_a_small_difference_is_no_coincidence(at: int, seed: int) -> None:
    made = run(Settings(4, 64, 3, bidirectional=True, proj_size=1), InputSizes(3, None), seed=seed)
    claims = chunk_claims(made, at)
    assert len(claims) == 2
    for claim in claims:
        assert (claim.holds, claim.mistake) == (False, True)
        assert "saturate" not in claim.reason


def test_what_is_equal_bit_for_bit_is_called_a_coincidence() -> None:
    made = run(replace(BOTH, num_layers=2), ASKED)
    chunks = in_chunks(made, 2)
    assert [claim.holds for claim in chunk_claims(replace(made, out=chunks.out), 2)] == [True] * 2
    nudged = chunks.out.nextafter(chunks.out + 1)
    claims = chunk_claims(replace(made, out=nudged), 2)
    assert [claim.holds for claim in claims] == [False] * 2


@hypothesis_settings(max_examples=100, deadline=None)
@given(settings(), cut(), seeds)
def test_two_chunks_are_two_calls(
    module: Settings, where: tuple[InputSizes, int], seed: int
) -> None:
    asked, at = where
    made = run(module, asked, seed=seed)
    chunks = in_chunks(made, at)
    assert chunks.shapes() == made.shapes()
    time = int(module.batch_first and asked.batch_size is not None)
    with torch.no_grad():
        first, states = made.module(made.input.narrow(time, 0, at))
        second, _ = made.module(made.input.narrow(time, at, asked.seq_len - at), states)
    torch.testing.assert_close(chunks.out, torch.cat([first, second], dim=time))
    if not module.bidirectional:
        for name, tensor in made.tensors().items():
            apart = (chunks.tensors()[name] - tensor).abs().max()
            assert apart <= allowed_difference(made), name


@pytest.mark.parametrize("name", ["out", "h_n", "c_n"])
def test_chunks_that_are_not_the_whole_are_found_out(name: str) -> None:
    made = run(replace(BOTH, bidirectional=False), ASKED)
    tampered = replace(made, **{name: made.tensors()[name] + 1e-3})
    (failed,) = [claim for claim in chunk_claims(tampered, at=2) if not claim.holds]
    assert failed.id == f"chunks-{name}"
    assert failed.reason.startswith("the largest difference is 1.0e-03; rounding ")


@pytest.mark.parametrize(
    ("asked", "at", "text"),
    [
        (ASKED, 0, "at=0 is too small: use 1 or more"),
        (ASKED, 5, "at=5 is too large: use 4 or less"),
        (ASKED, True, "at=True is of type bool: give an int"),
        (InputSizes(5, 2, [5, 2]), 2, "cannot be cut in time: give a run without lengths"),
        (InputSizes(1, 0), 1, "is a single step: give a run of two or more"),
        (InputSizes(1, 2, [1, 1]), 0, "is a single step: give a run of two or more"),
        (InputSizes(5, 0), 5, "at=5 is too large: use 4 or less"),
    ],
    ids=str,
)
def test_what_cannot_be_cut_is_refused(asked: InputSizes, at: int, text: str) -> None:
    for ask in (in_chunks, chunk_claims):
        with pytest.raises(ArgumentError) as refused:
            ask(run(BOTH, asked), at)
        assert text in str(refused.value)


@pytest.mark.parametrize("bidirectional", [True, False])
def test_without_samples_there_are_chunks_and_nothing_is_claimed(bidirectional: bool) -> None:
    made = run(replace(BOTH, bidirectional=bidirectional), InputSizes(5, 0))
    assert in_chunks(made, 4).shapes() == made.shapes()
    assert chunk_claims(made, 4) == ()
