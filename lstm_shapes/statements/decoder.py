"""What a decoder starts from when it is given an encoder's final states, and what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from lstm_shapes.live.decoder import Decoding
from lstm_shapes.live.layers import hidden_states
from lstm_shapes.live.run import Run
from lstm_shapes.live.terms import own_terms, seeded
from lstm_shapes.live.torch_says import states_message
from lstm_shapes.live.variants import final_states
from lstm_shapes.statements.claim import (
    COINCIDENCE,
    Claim,
    compared,
    largest_difference,
    recomputed,
)

MOST_TRIED = 8
"""Samples whose states are changed, to see which of the decoder's change with them."""


def decoder_claims(made: Decoding) -> tuple[Claim, ...]:
    """What the rows of h_n hold, and what the decoder gets of them.

    Args:
        made: a decoder, also one that refuses its states: then only the rows are told of.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> from lstm_shapes.live.decoder import decoding
    >>> encoder = run(Settings(4, 3, 2, bidirectional=True), InputSizes(seq_len=5, batch_size=3))
    >>> for claim in decoder_claims(decoding(encoder, "double", "concat", 5)):
    ...     print(claim.holds, claim.statement)
    True h_n.view(2, 2, 3, 3)[:, 0] == h_n[0::2]
    True h_n[0::2] == h of the forward direction at its last step, each layer
    True h_n[1::2] == h of the backward direction at its last step, each layer
    True h_0[k] == torch.cat([h_n[2 * k], h_n[2 * k + 1]], dim=-1)
    True h_0[k] changes with layer k of h_n, and with no other layer
    True h_0[:, b] changes with sample b of h_n, and with no other sample
    True h_0 changes with the backward rows, h_n[1::2]
    False decoder(y, (h_0, c_0))[0] == decoder(y)[0], at the first step
    False h_n.view(2, 3, -1) == h_0
    False decoder(y, (h_0, h_0))[0] == decoder(y, (h_0, c_0))[0]
    """
    return made.encoder.kept(("decoder claims", made), lambda: tuple(_claims(made)))


def _claims(made: Decoding) -> Iterator[Claim]:
    yield from _rows(made.encoder)
    if made.run is None:
        return
    yield _combined(made)
    yield _layers(made)
    if made.encoder.sizes.samples > 1:
        yield _samples(made)
    if made.encoder.settings.bidirectional:
        yield _backward(made)
    yield _start(made, made.run)
    if made.encoder.settings.bidirectional:
        yield from _mistaken_rows(made, made.run)
    if len(made.states) == 2:
        yield _h_for_c(made, made.run)


def _rows(run: Run) -> Iterator[Claim]:
    """Which rows of h_n are which direction's, from the layers run one at a time."""
    settings, sizes, h_n = run.settings, run.sizes, run.ordered.h_n
    if settings.bidirectional:
        by_layer = (settings.num_layers, 2, *run.h_n.shape[1:])
        yield Claim(
            "decoder-view",
            f"h_n.view{by_layer}[:, 0] == h_n[0::2]",
            torch.equal(run.h_n.reshape(by_layer)[:, 0], run.h_n[0::2]),
            "layers come first, and the directions of a layer follow each other",
        )
    h = hidden_states(run)
    ends = [sizes.steps_of(sample) - 1 for sample in range(sizes.samples)]
    own = "each sample's own last step" if sizes.lengths else f"t = {sizes.seq_len - 1}"
    for i, direction in enumerate(settings.directions):
        rows = f"h_n[{i}::2]" if settings.bidirectional else "h_n"
        at = ends if direction == "forward" else [0] * sizes.samples
        last = h[:, i, at, range(sizes.samples)]
        statement = f"{rows} == h of the {direction} direction at its last step, each layer"
        claim = compared(f"decoder-{direction}", statement, last, h_n[:, i], run)
        where = own if direction == "forward" else "t = 0, where it has read every step"
        yield Claim(claim.id, claim.statement, claim.holds, f"that is {where}; {claim.reason}")


_MADE = {
    "forward": "h_n[2 * k]",
    "sum": "h_n[2 * k] + h_n[2 * k + 1]",
    "mean": "(h_n[2 * k] + h_n[2 * k + 1]) / 2",
    "concat": "torch.cat([h_n[2 * k], h_n[2 * k + 1]], dim=-1)",
    "linear": "linear(torch.cat([h_n[2 * k], h_n[2 * k + 1]], dim=-1))",
}


def _combined(made: Decoding) -> Claim:
    """Row k against what is made of the two rows of layer k alone."""
    run, both = made.encoder, made.encoder.settings.bidirectional
    code = _MADE[made.combine]
    if not both:
        code = "linear(h_n[k])" if made.combine == "linear" else "h_n[k]"
    holds, differences = True, [0.0]
    with own_terms(run.device):
        for i, (state, final) in enumerate(zip(made.states, final_states(run), strict=True)):
            for k in range(run.settings.num_layers):
                again = _row(made, final[2 * k : 2 * k + 2] if both else final[k : k + 1], i)
                holds = holds and recomputed(again, state[k], run)[0]
                differences.append(largest_difference(again, state[k]))
    of_c = ", and c_0 is made of c_n in the same way" if len(made.states) == 2 else ""
    off = f" (largest difference {max(differences):.1e})" if max(differences) else ""
    reason = f"for each layer k{of_c}{off}"
    return Claim("decoder-combined", f"h_0[k] == {code}", holds, reason)


def _row(made: Decoding, rows: Tensor, which: int) -> Tensor:
    """What is made of the rows of one layer, each (N, H) or unbatched (H,)."""
    if made.combine == "forward":
        return rows[0]
    if made.combine == "sum":
        return rows.sum(0)
    if made.combine == "mean":
        return rows.sum(0) / len(rows)
    side_by_side = torch.cat(list(rows), dim=-1)
    if made.combine == "concat":
        return side_by_side
    bridge = made.bridges[which]
    return side_by_side @ bridge.weight.t() + bridge.bias


def _layers(made: Decoding) -> Claim:
    settings = made.encoder.settings
    d = settings.num_directions
    alone = all(
        _changed(made, (slice(k * d, (k + 1) * d),), axis=0) == {k}
        for k in range(settings.num_layers)
    )
    statement = "h_0[k] changes with layer k of h_n, and with no other layer"
    reason = "the rows of each layer were replaced by other numbers, one layer at a time"
    return Claim("decoder-layers", statement, alone, reason)


def _samples(made: Decoding) -> Claim:
    samples = made.encoder.sizes.samples
    tried = range(min(MOST_TRIED, samples))
    alone = all(_changed(made, (slice(None), b), axis=1) == {b} for b in tried)
    statement = "h_0[:, b] changes with sample b of h_n, and with no other sample"
    which = "" if len(tried) == samples else f"; tried with samples 0 to {tried[-1]}"
    reason = f"the numbers of each sample were replaced, one sample at a time{which}"
    return Claim("decoder-samples", statement, alone, reason)


def _backward(made: Decoding) -> Claim:
    reaches = bool(_changed(made, (slice(1, None, 2),), axis=0))
    lost = made.combine == "forward"
    reason = (
        "what the backward direction has read is lost to the decoder"
        if lost
        else "the decoder gets what both directions have read"
    )
    statement = "h_0 changes with the backward rows, h_n[1::2]"
    return Claim("decoder-backward-rows", statement, reaches, reason, mistake=lost)


def _changed(made: Decoding, where: tuple[int | slice, ...], axis: int) -> set[int]:
    """The places along an axis of h_0 that change when a part of h_n and c_n is replaced."""
    run = made.encoder
    finals = [final.clone() for final in final_states(run)]
    with own_terms(run.device), seeded(run.seed):
        for final in finals:
            shape = final[where].shape
            final[where] = torch.randn(shape, dtype=torch.float32, device="cpu").to(final)
    differ = (made.combined(finals)[0] != made.states[0]).movedim(axis, 0).flatten(1).any(1)
    return set(differ.nonzero().flatten().tolist())


def _start(made: Decoding, run: Run) -> Claim:
    zeros = made.started_from(()).ordered.out[0, 0]
    started = run.ordered.out[0, 0]
    same = torch.equal(started, zeros)
    apart = f"they are up to {_far(started, zeros)} apart: the states are all that the decoder gets"
    statement = f"decoder(y, {_pair(made)})[0] == decoder(y)[0], at the first step"
    return Claim("decoder-start", statement, same, COINCIDENCE if same else apart, mistake=True)


def _mistaken_rows(made: Decoding, run: Run) -> Iterator[Claim]:
    """The two reshapes that have the right shape and hold something else."""
    encoder, layers = made.encoder.settings, made.encoder.settings.num_layers
    finals = final_states(made.encoder)
    if made.combine in ("forward", "sum", "mean"):
        first = [final[:layers] for final in finals]
        yield _mistake(made, run, "decoder-first-rows", f"h_n[:{layers}] == h_0", first)
        return
    width = encoder.num_directions
    mixed = [final.reshape(layers, *final.shape[1:-1], width * final.shape[-1]) for final in finals]
    code = f"h_n.view({', '.join(map(str, mixed[0].shape[:-1]))}, -1)"
    if made.combine == "linear":
        code = f"linear({code})"
        with own_terms(made.encoder.device):
            mixed = [bridge(each) for bridge, each in zip(made.bridges, mixed, strict=True)]
    yield _mistake(made, run, "decoder-mixing-view", f"{code} == h_0", mixed)


def _mistake(made: Decoding, run: Run, name: str, statement: str, states: list[Tensor]) -> Claim:
    """States of the right shape that are not the decoder's, and how far its out is then off."""
    same = all(map(torch.equal, states, made.states))
    if same:
        return Claim(name, statement, same, _why_equal(made), mistake=True)
    off = _far(made.started_from(states).ordered.out, run.ordered.out)
    reason = f"torch takes it, since the shape is right, but {_what_it_holds(made)}: the "
    return Claim(name, statement, same, f"{reason}decoder's out is up to {off} off", mistake=True)


def _what_it_holds(made: Decoding) -> str:
    layers = made.encoder.settings.num_layers
    if made.combine in ("concat", "linear"):
        return "it puts numbers of different samples side by side"
    if layers == 1:
        return "it is the forward row alone, without the backward direction"
    return (
        "its row 1 is the backward direction of layer 0, and nothing of layer "
        f"{layers - 1} is in it"
    )


def _why_equal(made: Decoding) -> str:
    if made.combine == "forward" and made.encoder.settings.num_layers == 1:
        return "with one layer the first row is that of the forward direction"
    if made.combine in ("concat", "linear") and made.encoder.sizes.samples == 1:
        return "with one sample the two rows of a layer stand next to each other already"
    return COINCIDENCE


def _h_for_c(made: Decoding, run: Run) -> Claim:
    given = made.states[0], made.states[0]
    statement = "decoder(y, (h_0, h_0))[0] == decoder(y, (h_0, c_0))[0]"
    says = states_message(run, given)
    if says:
        reason = f"torch: {says}. With proj_size h and c have different widths"
        return Claim("decoder-h-for-c", statement, False, reason, mistake=True)
    again = made.started_from(given).ordered.out
    same = torch.equal(again, run.ordered.out)
    far = _far(again, run.ordered.out)
    off = f"torch takes it, since h and c have the same shape: the decoder's out is up to {far} off"
    return Claim("decoder-h-for-c", statement, same, COINCIDENCE if same else off, mistake=True)


def _pair(made: Decoding) -> str:
    return "(h_0, c_0)" if len(made.states) == 2 else "h_0"


def _far(one: Tensor, other: Tensor) -> str:
    return f"{largest_difference(one, other):.2g}"
