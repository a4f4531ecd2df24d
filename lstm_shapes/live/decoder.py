"""A decoder that is run from the final states of a run, combined in one of several ways."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

import torch
from torch import Tensor, nn

from lstm_shapes.config import Combine, DecoderWidth, InputSizes, Settings
from lstm_shapes.decoder import (
    DECODER_STEPS,
    EMBEDDING,
    LARGEST_DECODER,
    VOCABULARY,
    decoder_settings,
)
from lstm_shapes.directions import decoder_states, states_by_layer
from lstm_shapes.errors import ArgumentError, check_choice, check_int
from lstm_shapes.live.calls import Returned, call_module, construct
from lstm_shapes.live.run import Run, called_again
from lstm_shapes.live.terms import own_terms, seeded
from lstm_shapes.live.torch_says import what_torch_says
from lstm_shapes.live.variants import final_states


@dataclass(frozen=True, eq=False)
class Decoding:
    """A decoder, the states that it is to start from, and its call.

    Attributes:
        encoder: the run whose final states these are made of.
        settings, combine: the decoder, and how the directions are combined.
        module: the decoder itself, in eval().
        embedding, score: make features of a token, and a score for each token of h.
        bridges: for ``"linear"`` the nn.Linear for h, and for an LSTM the one for c.
        tokens: what the decoder reads, (N, DECODER_STEPS) or in the order of its axes.
        states: h_0, (num_layers, N, features), and for an LSTM c_0; without N if unbatched.
        refused: what torch says of these states; empty if the decoder takes them.
        run: the decoder's call from these states; ``None`` if they are refused.
    """

    encoder: Run
    settings: Settings
    combine: Combine
    module: nn.RNNBase
    embedding: nn.Embedding
    score: nn.Linear
    bridges: tuple[nn.Linear, ...]
    tokens: Tensor
    states: tuple[Tensor, ...] = ()
    refused: str = ""
    run: Run | None = None

    def combined(self, finals: Sequence[Tensor]) -> tuple[Tensor, ...]:
        """Combine h_n, and for an LSTM c_n, as the decoder's own states were."""
        bridges = self.bridges or (None,) * len(finals)
        with own_terms(self.encoder.device):
            return tuple(
                combined(each, self.encoder.settings, self.combine, bridge)
                for each, bridge in zip(finals, bridges, strict=True)
            )

    def started_from(self, states: Sequence[Tensor]) -> Run:
        """The decoder's call from other states, on the same tokens.

        Raises:
            ArgumentError: the decoder did not take its own states, so that there is no call.
            RuntimeError: torch's own, where the shapes do not fit.
        """
        if self.run is None:
            cure = "choose a width that fits"
            raise ArgumentError("combine", self.combine, "does not fit the decoder", cure)
        return called_again(self.run, self.settings, states=states)


def combined(
    state: Tensor, encoder: Settings, combine: Combine, bridge: nn.Linear | None = None
) -> Tensor:
    """Make of h_n or c_n what a decoder of one direction starts from.

    Args:
        state: h_n or c_n, (D·num_layers, N, H) or unbatched (D·num_layers, H).
        encoder: the module that returned it.
        combine: ``"forward"`` takes the rows of that direction alone; ``"sum"``, ``"mean"`` and
            ``"concat"`` join both directions of each layer; ``"linear"`` puts them through
            ``bridge``, side by side.
        bridge: a linear layer of D·H in_features, for ``"linear"``.

    Returns:
        (num_layers, N, features), unbatched without N, and contiguous.

    Raises:
        ArgumentError: there is no such combination, or a bridge is missing.

    Source: torch documentation, ``torch.nn.LSTM``, "Inputs" and "Outputs".

    >>> from lstm_shapes import run
    >>> encoder = Settings(4, 3, num_layers=2, bidirectional=True)
    >>> h_n = run(encoder, InputSizes(seq_len=5, batch_size=2)).h_n
    >>> combined(h_n, encoder, "sum").shape, combined(h_n, encoder, "concat").shape
    (torch.Size([2, 2, 3]), torch.Size([2, 2, 6]))
    """
    check_choice("combine", combine, get_args(Combine))
    both = encoder.bidirectional
    if combine == "forward":
        return states_by_layer(state, bidirectional=both)[:, 0].contiguous()
    if combine != "linear":
        return decoder_states(state, bidirectional=both, mode=combine)
    if bridge is None:
        raise ArgumentError("bridge", None, "is missing", "give an nn.Linear of D·H in_features")
    made: Tensor = bridge(decoder_states(state, bidirectional=both))
    return made.contiguous()


def decoding(run: Run, width: DecoderWidth, combine: Combine, size: int) -> Decoding:
    """Run a decoder from a run's final states.

    The decoder, its embedding and its linear layers are drawn from the run's seed, each in this
    order; they are in the dtype and on the device of the run. It is computed once, and kept with
    the run. The caller's random state stays as it was.

    Args:
        run: the encoder's call, on at least one sample.
        width: as for :func:`~lstm_shapes.decoder.decoder_settings`.
        combine: as for :func:`combined`.
        size: the hidden_size for ``width="other"``.

    Returns:
        The decoder with its call; a combination that does not fit has torch's message instead.

    Raises:
        ArgumentError: an unknown width or combination, a size out of bounds, or no samples.

    >>> from lstm_shapes import run
    >>> encoder = run(Settings(4, 3, 2, bidirectional=True), InputSizes(seq_len=5, batch_size=2))
    >>> decoding(encoder, "double", "concat", 5).run.shapes()
    {'input': (4, 2, 8), 'out': (4, 2, 6), 'h_n': (2, 2, 6), 'c_n': (2, 2, 6)}
    >>> decoding(encoder, "same", "concat", 5).refused
    'Expected hidden[0] size (2, 2, 3), got [2, 2, 6]'
    """
    check_choice("width", width, get_args(DecoderWidth))
    check_choice("combine", combine, get_args(Combine))
    check_int("size", size, at_least=1, at_most=LARGEST_DECODER)
    if run.sizes.batch_size == 0:
        raise ArgumentError("batch_size", 0, "leaves no state to start from", "use 1 or more")
    return run.kept(("decoder", width, combine, size), lambda: _decoding(run, width, combine, size))


def _decoding(run: Run, width: DecoderWidth, combine: Combine, size: int) -> Decoding:
    settings = decoder_settings(run.settings, width, size)
    sizes = InputSizes(DECODER_STEPS, run.sizes.batch_size)
    with own_terms(run.device):
        made = _drawn(run, settings, sizes, combine)
        states, x = made.combined(final_states(run)), made.embedding(made.tokens)
        returned: list[Returned] = []
        refused = what_torch_says(
            lambda: returned.append(call_module(made.module, x, settings, sizes, states))
        )
    called = None
    if not refused:
        called = Run(
            settings,
            sizes,
            run.seed,
            run.device,
            dict(made.module.named_parameters()),
            x,
            *returned[0],
            built=made.module,
            states=states,
            observed=run.observed,
        )
    return replace(made, states=states, refused=refused, run=called)


def _drawn(run: Run, settings: Settings, sizes: InputSizes, combine: Combine) -> Decoding:
    """All that is drawn from the seed, before the decoder is called."""
    finals, targets = final_states(run), (settings.h_out, settings.hidden_size)
    plain: dict[str, Any] = {"device": "cpu", "dtype": torch.float32}
    with seeded(run.seed), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the run has them among its remarks
        module = construct(vars(settings), "cpu")
        embedding = nn.Embedding(VOCABULARY, EMBEDDING, **plain)
        score = nn.Linear(settings.h_out, VOCABULARY, **plain)
        bridges = [
            nn.Linear(run.settings.num_directions * final.shape[-1], target, **plain)
            for final, target in zip(finals, targets, strict=False)
            if combine == "linear"
        ]
        tokens = torch.randint(VOCABULARY, _order(settings, sizes), device="cpu")
    for each in (module, embedding, score, *bridges):
        each.to(run.device, run.input.dtype)
    linears = tuple(bridges)
    on = tokens.to(run.device)
    return Decoding(run, settings, combine, module, embedding, score, linears, on)


def _order(settings: Settings, sizes: InputSizes) -> tuple[int, ...]:
    """The shape of one token for each step and sample, in the order of the decoder's axes."""
    if sizes.batch_size is None:
        return (sizes.seq_len,)
    shape = (sizes.batch_size, sizes.seq_len)
    return shape if settings.batch_first else shape[::-1]
