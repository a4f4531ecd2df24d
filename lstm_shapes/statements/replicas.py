"""How nn.DataParallel splits a call that is given states, shown on one device by chunking.

It splits every tensor along one axis, ``dim``, which is 0 unless something else is given, and
calls a replica of the module on each chunk. Here there are two replicas.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence

from lstm_shapes.formula.shapes import tensor_shapes
from lstm_shapes.live.run import Run, called_again
from lstm_shapes.live.terms import own_terms
from lstm_shapes.live.torch_says import what_torch_says
from lstm_shapes.live.variants import final_states, initial_states, started_from
from lstm_shapes.statements.claim import Claim, recomputed

REPLICAS = 2


def replica_claims(run: Run) -> tuple[Claim, ...]:
    """What nn.DataParallel gives a replica, and how to give it its samples and their states.

    Args:
        run: from :func:`~lstm_shapes.run`.

    Returns:
        Two claims; none for a run without samples, or without a batch axis.

    Source: torch documentation, ``torch.nn.DataParallel``, "chunking in the batch dimension" and
    "dim"; FAQ, "My recurrent network doesn't work with data parallelism".

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> settings = Settings(4, 3, num_layers=2, kind="GRU")
    >>> for claim in replica_claims(run(settings, InputSizes(seq_len=5, batch_size=4))):
    ...     print(claim.holds, claim.statement)
    False DataParallel(gru): x.chunk(2)[0] == x[:, :2] and h_0.chunk(2)[0] == h_0[:, :2]
    True DataParallel(gru, dim=1)(x, h_0) == gru(x, h_0)
    """
    if not run.sizes.batch_size:
        return ()
    return run.kept("replica claims", lambda: (_split(run), _mended(run)))


def _split(run: Run) -> Claim:
    """Whether chunks along axis 0 are the first half of the samples, as a replica needs them."""
    states, batch = initial_states(run, "random"), _batch_axis(run)
    own = -(-run.sizes.samples // REPLICAS)
    holds = torch.equal(run.input.chunk(REPLICAS)[0], run.input.narrow(batch, 0, own)) and all(
        torch.equal(state.chunk(REPLICAS)[0], state[:, :own]) for state in states
    )
    x_own = f"x[:, :{own}]" if batch else f"x[:{own}]"
    return Claim(
        "replica-states",
        f"DataParallel({run.settings.kind.lower()}): x.chunk({REPLICAS})[0] == {x_own} "
        f"and h_0.chunk({REPLICAS})[0] == h_0[:, :{own}]",
        holds,
        "there is nothing to split: one sample, and one row of states"
        if holds
        else _why_split(run, states, own),
        mistake=True,
    )


def _why_split(run: Run, states: Sequence[Tensor], own: int) -> str:
    needs = tensor_shapes(run.settings, replace(run.sizes, batch_size=own, lengths=None))
    gets_x, gets_h = (tuple(each.chunk(REPLICAS)[0].shape) for each in (run.input, states[0]))
    time = "time in x and " if _batch_axis(run) else ""
    says = what_torch_says(lambda: _call_first(run, states))
    sentences = [
        f"it cuts axis 0, which is {time}layers and directions in h_0",
        f"The first of two replicas gets x {gets_x} and h_0 {gets_h}",
        f"For its samples it needs x {needs['input'].shape} and h_0 {needs['h_0'].shape}",
        f"torch says to its call: {says}" if says else "torch takes its call in silence",
    ]
    if len(states[0]) == 1:
        sentences.insert(
            3,
            "A single row makes a single chunk, so only one replica is called, and the rest of x "
            "is left out in silence",
        )
    return ". ".join(sentences)


def _call_first(run: Run, states: Sequence[Tensor]) -> None:
    """Call the module as the first replica does, on the first chunks along axis 0."""
    x, *chunks = (each.chunk(REPLICAS)[0] for each in (run.input, *states))
    with own_terms(run.device):
        given: Tensor | PackedSequence = x
        if run.sizes.lengths is not None:
            lengths = run.sizes.lengths[: -(-run.sizes.samples // REPLICAS)]
            first = run.settings.batch_first
            given = pack_padded_sequence(x, list(lengths), first, enforce_sorted=False)
        run.module(given, tuple(chunks) if len(chunks) > 1 else chunks[0])


def _mended(run: Run) -> Claim:
    """The chunks along the batch of everything, joined, against the whole call."""
    whole, parts, batch = started_from(run, "random"), list(_parts(run)), _batch_axis(run)
    states = zip(*map(final_states, parts), strict=True)
    again = [torch.cat([part.out for part in parts], batch)]
    again += [torch.cat(state, dim=1) for state in states]
    returned = [whole.out, *final_states(whole)]
    same, note = recomputed(_flat(again), _flat(returned), run)
    name = run.settings.kind.lower()
    hx = "h_0" if run.c_n is None else "(h_0, c_0)"
    by_axis_1 = (
        f"DataParallel({name}, dim=1)(x, {hx}) == {name}(x, {hx})",
        "the batch is axis 1 of x, of out and of all states, and dim=1 cuts and joins all of them "
        "there. On CUDA the states have to be made contiguous() before the call",
    )
    by_axis_0 = (
        f"DataParallel(f)(x, states with the batch first) == {name}(x, {hx})",
        f"f is a module that calls {name} with state.transpose(0, 1).contiguous() for each state, "
        "and transposes the states that it returns too, since they are joined along axis 0 as well",
    )
    statement, reason = by_axis_1 if batch else by_axis_0
    if run.sizes.lengths is not None:
        reason += ". Each replica packs its own samples, and pads them to total_length=seq_len"
    if len(parts) == 1:
        reason += ". One sample makes one chunk, so only one replica is called"
    return Claim("replica-mended", statement, same, f"{reason}{note}")


def _parts(run: Run) -> Iterator[Run]:
    """The module on each replica's samples, which start from their own states."""
    batch, states = _batch_axis(run), initial_states(run, "random")
    start = 0
    for x in run.input.chunk(REPLICAS, dim=batch):
        count = x.shape[batch]
        own = slice(start, start + count)
        lengths = run.sizes.lengths and run.sizes.lengths[own]
        sizes = replace(run.sizes, batch_size=count, lengths=lengths)
        chunk = [state[:, own].contiguous() for state in states]
        yield called_again(run, run.settings, sizes=sizes, x=x.contiguous(), states=chunk)
        start += count


def _batch_axis(run: Run) -> int:
    """Which axis of a batched run's input and out is the batch."""
    return 0 if run.settings.batch_first else 1


def _flat(tensors: Sequence[Tensor]) -> Tensor:
    return torch.cat([each.flatten() for each in tensors])
