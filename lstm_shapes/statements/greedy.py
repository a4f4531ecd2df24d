"""A decoder's steps made one by one: on given tokens, and on those that it has written itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from lstm_shapes.config import InputSizes
from lstm_shapes.decoder import DECODER_STEPS, START
from lstm_shapes.live.axes import as_returned, steps_first
from lstm_shapes.live.calls import call_module
from lstm_shapes.live.decoder import Decoding
from lstm_shapes.live.run import Run, called_again
from lstm_shapes.live.terms import own_terms
from lstm_shapes.statements.claim import Claim, compared
from lstm_shapes.statements.loop import cell_module, loop_claims


@dataclass(frozen=True)
class Steps:
    """Steps that were made one by one; N is 1 if the input is unbatched.

    Attributes:
        read, written: the token that each step read, and the one with the largest score after
            it, (DECODER_STEPS, N).
        h: of the last layer, (DECODER_STEPS, N, H_out).
    """

    read: Tensor
    written: Tensor
    h: Tensor


def greedy_steps(made: Decoding) -> Steps:
    """Let a decoder write tokens: each step reads the token that the step before has written.

    With proj_size, which nn.LSTMCell does not have, the decoder itself is called once a step.

    Args:
        made: a decoder that takes its states.

    >>> from lstm_shapes import Settings, run
    >>> from lstm_shapes.live.decoder import decoding
    >>> encoder = run(Settings(4, 3, 2, bidirectional=True), InputSizes(seq_len=5, batch_size=2))
    >>> steps = greedy_steps(decoding(encoder, "double", "concat", 5))
    >>> steps.h.shape, torch.equal(steps.read[1:], steps.written[:-1])
    (torch.Size([4, 2, 6]), True)
    """
    return called(made).kept("greedy", lambda: _stepwise(made))


def step_claims(made: Decoding) -> tuple[Claim, ...]:
    """What single steps give, against the decoder called once on all of them.

    Args:
        made: a decoder that takes its states.

    >>> from lstm_shapes import Settings, run
    >>> from lstm_shapes.live.decoder import decoding
    >>> encoder = run(Settings(4, 3, 2, bidirectional=True), InputSizes(seq_len=5, batch_size=2))
    >>> for claim in step_claims(decoding(encoder, "same", "sum", 5)):
    ...     print(claim.holds, claim.statement)
    True h of nn.LSTMCell, called once per step of the last layer == out
    True its last h in each layer and direction == h_n
    True its last c in each layer and direction == c_n
    True h of the greedy steps == out of the decoder on all these tokens at once
    """
    return called(made).kept("step claims", lambda: tuple(_claims(made)))


def called(made: Decoding) -> Run:
    """The decoder's call; only of one that takes its states."""
    assert made.run is not None
    return made.run


def _claims(made: Decoding) -> Iterator[Claim]:
    run = called(made)
    yield from loop_claims(run)
    if run.settings.proj_size:
        given = steps_first(made.tokens.unsqueeze(-1), run.settings, run.sizes).squeeze(-1)
        steps = _stepwise(made, given)
        statement = "h of the decoder, called on one step at a time == out"
        yield compared("decoder-steps", statement, steps.h, run.ordered.out[0], run)
    steps = greedy_steps(made)
    with own_terms(run.device):
        x = as_returned(made.embedding(steps.read), run.settings, run.sizes)
    whole = called_again(run, run.settings, x=x).ordered.out[0]
    statement = "h of the greedy steps == out of the decoder on all these tokens at once"
    yield compared("decoder-greedy", statement, steps.h, whole, run)


def _stepwise(made: Decoding, given: Tensor | None = None) -> Steps:
    """Make the steps on given tokens, (DECODER_STEPS, N), or on those that are written."""
    run = called(made)
    states: tuple[Tensor, ...] = tuple(
        state.reshape(len(state), -1, state.shape[-1]) for state in run.states
    )
    cells = [cell_module(run, layer, "forward") for layer in range(run.settings.num_layers)]
    token = torch.full((run.sizes.samples,), START, device=run.device)
    read, written, outs = [], [], []
    with own_terms(run.device):
        for step in range(DECODER_STEPS):
            token = token if given is None else given[step]
            read.append(token)
            h, states = _one_step(made, cells, made.embedding(token), states)
            outs.append(h)
            token = made.score(h).argmax(-1)
            written.append(token)
    return Steps(torch.stack(read), torch.stack(written), torch.stack(outs))


def _one_step(
    made: Decoding, cells: Sequence[nn.RNNCellBase | None], x: Tensor, states: Sequence[Tensor]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """h of the last layer, (N, H_out), and the states of all layers after one step."""
    new: list[tuple[Tensor, ...]] = []
    for layer, cell in enumerate(cells):
        if cell is None:
            return _one_call(made, x, states)
        of_layer = tuple(state[layer] for state in states)
        made_of = cell(x, of_layer if len(of_layer) == 2 else of_layer[0])
        new.append(made_of if isinstance(made_of, tuple) else (made_of,))
        x = new[-1][0]
    return x, tuple(map(torch.stack, zip(*new, strict=True)))


def _one_call(
    made: Decoding, x: Tensor, states: Sequence[Tensor]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """The same by the decoder itself, called on a sequence of one step."""
    settings, sizes = made.settings, InputSizes(1, len(x))
    one = as_returned(x.unsqueeze(0), settings, sizes)
    out, h_n, c_n = call_module(made.module, one, settings, sizes, states)
    return steps_first(out, settings, sizes)[0], (h_n,) if c_n is None else (h_n, c_n)
