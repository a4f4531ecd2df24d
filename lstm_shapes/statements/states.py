"""The states a run starts from: zeros, random ones, or those another run ended with."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from lstm_shapes.formula.numbers import distance
from lstm_shapes.live.run import Run
from lstm_shapes.live.torch_says import states_message
from lstm_shapes.live.variants import (
    final_states,
    in_chunks,
    initial_states,
    started_from,
    without_states,
)
from lstm_shapes.statements.claim import COINCIDENCE, Claim, compared, largest_difference


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
    if run.out.numel() == 0:
        return ()
    return run.kept("state claims", lambda: tuple(_claims(run)))


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


def _claims(run: Run) -> Iterator[Claim]:
    name = run.settings.kind.lower()
    zeros, given_none = started_from(run, "zeros"), without_states(run)
    yield Claim(
        "zero-states",
        f"{name}(x, zeros)[0] == {name}(x)[0]",
        torch.equal(zeros.out, given_none.out),
        "states that are not given are zeros",
    )
    random = started_from(run, "random")
    same = torch.equal(random.out, given_none.out)
    apart = largest_difference(random.out, given_none.out)
    differ = f"every step depends on the states: the two differ by up to {distance(apart)}"
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
    says = states_message(run, swapped)
    return Claim(
        "batch-first-states",
        f"h_0 may have the batch first, {(samples, rows, features)}",
        not says,
        f"torch: {says}. {_why_refused(run)}" if says else _why_taken(rows, samples),
        mistake=True,
    )


def _why_refused(run: Run) -> str:
    if run.sizes.lengths is None:
        return "batch_first never moves a state"
    return (
        "batch_first never moves a state. Of a packed batch torch first takes axis 1 of h_0 in the "
        "order of sorted_indices, as if that axis counted samples: the message comes of that"
    )


def _why_taken(rows: int, samples: int) -> str:
    if rows == samples == 1:
        return "with one row and one sample both orders are the same"
    return "torch reports no error: it reads axis 0 as the rows, whatever was meant by it"


def _chunk_claims(run: Run, chunks: Run) -> Iterator[Claim]:
    if not run.settings.bidirectional:
        yield compared("chunks-out", "out in chunks == whole", chunks.out, run.out, run)
        for name, state, whole_state in zip(
            ("h_n", "c_n"), final_states(chunks), final_states(run), strict=False
        ):
            statement = f"{name} in chunks == whole"
            yield compared(f"chunks-{name}", statement, state, whole_state, run)
        return
    (forward, backward), (whole_forward, whole_backward) = chunks.ordered.out, run.ordered.out
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
    reason = COINCIDENCE if holds else f"{why} (largest difference {distance(difference)})"
    return Claim(name, statement, holds, reason, mistake=True)
