"""What nn.DataParallel gives its replicas, judged by chunking and calling with plain torch."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from torch import Tensor
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from lstm_shapes import Claim, InputSizes, Run, Settings, run
from lstm_shapes.live.run import called_again
from lstm_shapes.live.variants import initial_states
from lstm_shapes.statements.claim import allowed_difference
from lstm_shapes.statements.replicas import replica_claims
from tests.strategies import seeds, settings, sizes

BOTH = Settings(4, 3, num_layers=2, batch_first=True, bidirectional=True)


def split_and_mended(made: Run) -> tuple[Claim, Claim]:
    split, mended = replica_claims(made)
    assert (split.id, mended.id) == ("replica-states", "replica-mended")
    return split, mended


def called(made: Run, x: Tensor, lengths: Any, states: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
    """The run's module as a replica calls it, in plain torch: packed where there are lengths."""
    first, packs = made.settings.batch_first, lengths is not None
    with torch.no_grad():
        given = pack_padded_sequence(x, lengths, first, False) if packs else x
        out, final = made.module(given, tuple(states) if made.c_n is not None else states[0])
    if packs:
        out, _ = pad_packed_sequence(out, first, total_length=made.sizes.seq_len)
    return out, list(final) if made.c_n is not None else [final]


def scattered(made: Run, dim: int, *tensors: Tensor) -> list[list[Tensor]]:
    """By replica, the chunks that DataParallel makes; there are as many as every tensor has."""
    lengths = made.sizes.lengths
    own = [] if lengths is None else [torch.tensor(lengths)]
    chunks = [each.chunk(2, dim if each.dim() > 1 else 0) for each in (*tensors, *own)]
    return [list(each) for each in zip(*chunks, strict=False)]


def torch_says_to_the_first(made: Run) -> str:
    states = initial_states(made, "random")
    x, *chunks = scattered(made, 0, made.input, *states)[0]
    lengths = None if made.sizes.lengths is None else chunks.pop()
    try:
        called(made, x, lengths, chunks)
    except (RuntimeError, IndexError, ValueError) as error:
        return str(error).split("\n")[0]
    return ""


batched = sizes().filter(lambda asked: bool(asked.batch_size))


@hypothesis_settings(max_examples=100, deadline=None)
@given(settings(), batched, seeds)
def test_what_the_first_replica_gets_needs_and_is_told(
    module: Settings, asked: InputSizes, seed: int
) -> None:
    made = run(module, asked, seed=seed)
    split, _ = split_and_mended(made)
    h_0 = initial_states(made, "random")[0]
    axis = 0 if module.batch_first else 1
    needs = [t.chunk(2, dim=d)[0] for t, d in ((made.input, axis), (h_0, 1))]
    gets = [t.chunk(2)[0] for t in (made.input, h_0)]
    assert split.holds == all(map(torch.equal, gets, needs))
    assert split.mistake
    one_each = (1, 1) if module.batch_first else (1, 1, 1)
    whole = (len(h_0), asked.batch_size, asked.seq_len)[: len(one_each)]
    assert split.holds == (whole == one_each)
    if split.holds:
        assert split.reason == "there is nothing to split: one sample, and one row of states"
        return
    got, needed = (f"x {tuple(x.shape)} and h_0 {tuple(h.shape)}" for x, h in (gets, needs))
    assert f"gets {got}. For its samples it needs {needed}. " in split.reason
    assert ("time in x" in split.reason) == (not module.batch_first)
    # As scatter pairs them: the shorter list ends it.
    called = len(list(zip(made.input.chunk(2), h_0.chunk(2), strict=False)))
    assert ("only one replica is called" in split.reason) == (called == len(h_0.chunk(2)) == 1)
    says = torch_says_to_the_first(made)
    told = f". torch says to its call: {says}" if says else ". torch takes its call in silence"
    assert split.reason.endswith(told)


@hypothesis_settings(max_examples=100, deadline=None)
@given(settings(), batched, seeds)
def test_the_cure_as_a_forward_of_plain_torch_gives_the_whole_call(
    module: Settings, asked: InputSizes, seed: int
) -> None:
    made = run(module, asked, seed=seed)
    _, mended = split_and_mended(made)
    states = list(initial_states(made, "random"))
    dim = 0 if module.batch_first else 1
    given = [state.transpose(0, 1) for state in states] if dim == 0 else states
    outs = []
    for x, *chunks in scattered(made, dim, made.input, *given):
        lengths = None if asked.lengths is None else chunks.pop()
        inner = [chunk.transpose(0, 1).contiguous() for chunk in chunks] if dim == 0 else chunks
        out, final = called(made, x, lengths, [each.contiguous() for each in inner])
        outs.append([out, *(each.transpose(0, 1) if dim == 0 else each for each in final)])
    out, *final = (torch.cat(each, dim) for each in zip(*outs, strict=True))
    whole, whole_final = called(made, made.input, asked.lengths, states)
    joined = [out, *(each.transpose(0, 1) if dim == 0 else each for each in final)]
    apart = max(
        float((one - other).abs().max())
        for one, other in zip(joined, [whole, *whole_final], strict=True)
    )
    assert mended.holds == (apart <= allowed_difference(made))
    assert mended.holds
    assert ("only one replica is called" in mended.reason) == (asked.batch_size == 1)
    assert ("total_length" in mended.reason) == (asked.lengths is not None)
    assert ("dim=1" in mended.statement) == (not module.batch_first)


@pytest.mark.parametrize(
    ("module", "asked"),
    [
        (Settings(4, 3), InputSizes(5, 2)),
        (Settings(4, 3, kind="GRU"), InputSizes(2, 1)),
        (Settings(4, 3, batch_first=True), InputSizes(5, 4, [2, 5, 1, 3])),
    ],
    ids=str,
)
def test_a_single_row_may_be_taken_in_silence(module: Settings, asked: InputSizes) -> None:
    """The first replica is then right by itself, and nobody computes the rest."""
    split, mended = split_and_mended(run(module, asked))
    assert (split.holds, mended.holds) == (False, True)
    assert split.reason.endswith("left out in silence. torch takes its call in silence")
    assert torch_says_to_the_first(run(module, asked)) == ""


def test_the_words_of_a_whole_example() -> None:
    split, mended = split_and_mended(run(BOTH, InputSizes(5, 6)))
    assert split.statement == (
        "DataParallel(lstm): x.chunk(2)[0] == x[:3] and h_0.chunk(2)[0] == h_0[:, :3]"
    )
    assert split.reason == (
        "it cuts axis 0, which is layers and directions in h_0. The first of two replicas gets "
        "x (3, 5, 4) and h_0 (2, 6, 3). For its samples it needs x (3, 5, 4) and h_0 (4, 3, 3). "
        "torch says to its call: Expected hidden[0] size (4, 3, 3), got [2, 6, 3]"
    )
    assert mended.statement == (
        "DataParallel(f)(x, states with the batch first) == lstm(x, (h_0, c_0))"
    )


@pytest.mark.parametrize("first", [True, False])
def test_replicas_that_start_from_other_states_are_found_out(
    first: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exchanged(made: Run, module: Settings, *, states: list[Tensor], **given: Any) -> Run:
        return called_again(made, module, states=[each.flip(1) for each in states], **given)

    made = run(replace(BOTH, batch_first=first), InputSizes(5, 4))
    assert split_and_mended(made)[1].holds
    monkeypatch.setattr("lstm_shapes.statements.replicas.called_again", exchanged)
    mended = split_and_mended(replace(made))[1]
    assert not mended.holds
    assert "largest difference" in mended.reason


@pytest.mark.parametrize("asked", [InputSizes(5, None), InputSizes(5, 0)], ids=str)
def test_without_a_batch_or_samples_nothing_is_claimed(asked: InputSizes) -> None:
    assert replica_claims(run(BOTH, asked)) == ()


@pytest.mark.parametrize("asked", [InputSizes(5, 4), InputSizes(5, 4, [2, 5, 1, 3])], ids=str)
def test_the_users_default_device_has_no_influence(asked: InputSizes) -> None:
    made = run(BOTH, asked)
    claims, fresh = replica_claims(made), replace(made)  # nothing was computed of it yet
    with torch.device("meta"):
        assert replica_claims(fresh) == claims
