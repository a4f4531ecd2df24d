"""The states a run starts from: zeros, random ones, or those another run ended with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal, get_args

import torch
from torch import Tensor

from lstm_shapes.again import from_states
from lstm_shapes.config import ArgumentError, check_int
from lstm_shapes.directions import split_directions
from lstm_shapes.evaluation import (
    COINCIDENCE,
    Claim,
    compared,
    largest_difference,
)
from lstm_shapes.live import Run, call, own_terms, seeded
from lstm_shapes.shapes import time_axis

Start = Literal["zeros", "random", "carried"]


def initial_states(run: Run, start: Start) -> tuple[Tensor, ...]:
    """h_0, and for an LSTM c_0, of the shapes of h_n and c_n.

    Args:
        start: ``"zeros"`` as where nothing is given, ``"random"`` from the run's seed, or
            ``"carried"``: what the run ended with, for a sequence that goes on.

    Raises:
        ArgumentError: no such start.

    Source: torch documentation, ``torch.nn.LSTM``, "Inputs".

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3, num_layers=2), InputSizes(seq_len=5, batch_size=2))
    >>> [state.shape for state in initial_states(made, "random")]
    [torch.Size([2, 2, 3]), torch.Size([2, 2, 3])]
    """
    if start not in get_args(Start):
        raise ArgumentError("start", start, "is not known", f"use one of {get_args(Start)}")
    final = _final(run)
    if start == "carried":
        return final
    if start == "zeros":
        return tuple(torch.zeros_like(state) for state in final)
    with seeded(run.seed):
        drawn = (torch.randn(state.shape, dtype=state.dtype, device="cpu") for state in final)
        return tuple(state.to(run.device) for state in drawn)


def in_chunks(run: Run, at: int) -> Run:
    """The same input in two calls, the second starting from the states the first ended with.

    Args:
        at: the step at which it is cut, from 1 to seq_len - 1.

    Returns:
        Both outs joined in time, and the final states of the second call.

    Raises:
        ArgumentError: there is no such step, or the run has lengths: a chunk without a step of
            some sample cannot be packed.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2))
    >>> torch.allclose(in_chunks(made, 3).out, made.out, atol=1e-6)
    True
    """
    if run.sizes.seq_len == 1:
        raise ArgumentError("seq_len", 1, "is a single step", "give a run of two or more")
    check_int("at", at, at_least=1, at_most=run.sizes.seq_len - 1)
    if run.sizes.lengths is not None:
        raise ArgumentError(
            "lengths", run.sizes.lengths, "cannot be cut in time", "give a run without lengths"
        )
    time = time_axis(run.settings, run.sizes)
    outs: list[Tensor] = []
    part, states = run, initial_states(run, "zeros")
    with own_terms(run.device):
        for start, steps in ((0, at), (at, run.sizes.seq_len - at)):
            x = run.input.narrow(time, start, steps)
            sizes = replace(run.sizes, seq_len=steps)
            part = call(run.module, x, run.settings, sizes, run.seed, run.device, states)
            outs.append(part.out)
            states = _final(part)
    return replace(run, out=torch.cat(outs, dim=time), h_n=part.h_n, c_n=part.c_n)


def state_claims(run: Run) -> tuple[Claim, ...]:
    """What the states to start from do, and in which shape they are taken.

    Returns:
        Nothing for a run without samples.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> settings = Settings(4, 3, batch_first=True)
    >>> for claim in state_claims(run(settings, InputSizes(seq_len=5, batch_size=2))):
    ...     print(claim.holds, claim.statement)
    True lstm(x, zeros)[0] == lstm(x)[0]
    False lstm(x, random)[0] == lstm(x)[0]
    False h_0 may have the batch first, (2, 1, 3)
    """
    return tuple(_claims(run)) if run.out.numel() else ()


def chunk_claims(run: Run, at: int) -> tuple[Claim, ...]:
    """Whether a sequence in two chunks gives what the whole one does.

    Args:
        at: as for :func:`in_chunks`.

    Raises:
        ArgumentError: as :func:`in_chunks` does.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> both = run(Settings(4, 3, bidirectional=True), InputSizes(seq_len=5, batch_size=2))
    >>> for claim in chunk_claims(both, at=3):
    ...     print(claim.holds, claim.statement)
    True forward half of out, in chunks == whole
    False backward half of out, in chunks == whole
    """
    chunks = in_chunks(run, at)
    return tuple(_chunk_claims(run, chunks)) if run.out.numel() else ()


def _final(run: Run) -> tuple[Tensor, ...]:
    return (run.h_n,) if run.c_n is None else (run.h_n, run.c_n)


def _claims(run: Run) -> Iterator[Claim]:
    name = run.settings.kind.lower()
    zeros = from_states(run, initial_states(run, "zeros"))
    yield Claim(
        "zero-states",
        f"{name}(x, zeros)[0] == {name}(x)[0]",
        torch.equal(zeros.out, run.out),
        "states that are not given are zeros",
    )
    random = from_states(run, initial_states(run, "random"))
    same = torch.equal(random.out, run.out)
    apart = largest_difference(random.out, run.out)
    differ = f"every step depends on where it starts: up to {apart:.2f} apart, over all samples"
    reason = COINCIDENCE if same else differ
    statement = f"{name}(x, random)[0] == {name}(x)[0]"
    yield Claim("random-states", statement, same, reason, mistake=True)
    if run.sizes.batch_size is not None:
        yield _batch_first_states(run)


def _batch_first_states(run: Run) -> Claim:
    """States with the batch first, as batch_first might seem to ask for."""
    zeros = initial_states(run, "zeros")
    swapped = tuple(state.transpose(0, 1).contiguous() for state in zeros)
    rows, samples, features = run.h_n.shape
    # With packed input torch puts the samples in order first, and fails there, in other words.
    padded = replace(run, sizes=replace(run.sizes, lengths=None))
    says = ""
    try:
        from_states(padded, swapped)
    except RuntimeError as error:
        says = str(error).split("\n", 1)[0]
    taken = "here both orders have one shape: it is taken in silence, as rows"
    return Claim(
        "batch-first-states",
        f"h_0 may have the batch first, {(samples, rows, features)}",
        not says,
        f"torch: {says}. batch_first never moves a state" if says else taken,
        mistake=True,
    )


def _chunk_claims(run: Run, chunks: Run) -> Iterator[Claim]:
    if not run.settings.bidirectional:
        yield compared("chunks-out", "out in chunks == whole", chunks.out, run.out, run)
        for name, state, whole_state in zip(
            ("h_n", "c_n"), _final(chunks), _final(run), strict=False
        ):
            statement = f"{name} in chunks == whole"
            yield compared(f"chunks-{name}", statement, state, whole_state, run)
        return
    halves = zip(split_directions(chunks.out), split_directions(run.out), strict=True)
    (forward, whole_forward), (backward, whole_backward) = halves
    statement = "forward half of out, in chunks == whole"
    if run.settings.num_layers == 1:
        yield compared("chunks-forward", statement, forward, whole_forward, run)
    else:
        why = "it reads the backward cell below, which has not read the second chunk"
        yield _other("chunks-forward", statement, forward, whole_forward, why)
    yield _other(
        "chunks-backward",
        "backward half of out, in chunks == whole",
        backward,
        whole_backward,
        "it starts at the end of each chunk: in the first it has not read the second, and what "
        "it carries over comes from the steps before, not from those after",
    )


def _other(name: str, statement: str, chunks: Tensor, whole: Tensor, why: str) -> Claim:
    # Bit for bit: no tolerance may blur what reads other steps.
    holds = torch.equal(chunks, whole)
    difference = largest_difference(chunks, whole)
    reason = COINCIDENCE if holds else f"{why} (largest difference {difference:.1e})"
    return Claim(name, statement, holds, reason, mistake=True)
