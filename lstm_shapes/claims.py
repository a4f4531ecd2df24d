"""Statements about a run, each evaluated on the tensors of that run.

A claim is never assumed: ``holds`` is what ``torch.equal`` said of the two sides. A
common mistake is a claim too, and is expected not to hold; where it happens to, as
with a single step, its reason says why.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from lstm_shapes.directions import (
    decoder_states,
    final_features,
    final_features_from_out,
    merge_directions,
    reverse_time,
    split_directions,
)
from lstm_shapes.live import Run, layer_by_layer, one_direction

TOLERANCE = 1e-5
"""Largest difference at which a recomputation still counts as the same.

Only claims that run a second module use it: another kernel, or other batches of steps
with packed lengths, may sum the same product in another order. Their reason then names
the difference; equality bit for bit is what is found otherwise.
"""


@dataclass(frozen=True)
class Claim:
    """One evaluated statement.

    Attributes:
        id: stable name.
        statement: code, with the indices that fit the run's settings.
        holds: what was found on the run.
        reason: why, in one sentence.
        mistake: whether this is a common mistake, so that ``holds`` is expected False.
    """

    id: str
    statement: str
    holds: bool
    reason: str
    mistake: bool = False


def direction_claims(run: Run) -> tuple[Claim, ...]:
    """Order and alignment of out and h_n on this run: what holds, and which mistakes do not.

    Returns:
        Claims on out, h_n and their halves; none for a run without samples, where
        every equality would hold for want of numbers.

    Source: torch documentation, ``torch.nn.LSTM``, "Outputs" and its notes.

    >>> from lstm_shapes import InputSizes, Settings
    >>> from lstm_shapes.live import run
    >>> settings = Settings(4, 3, batch_first=True, bidirectional=True)
    >>> for claim in direction_claims(run(settings, InputSizes(seq_len=5, batch_size=3)))[:3]:
    ...     print(claim.holds, claim.statement)
    True forward[:, -1] == h_n[-2]
    True backward[:, 0] == h_n[-1]
    False backward[:, -1] == h_n[-1]
    """
    if run.out.numel() == 0:
        return ()
    layers = layer_by_layer(run)
    claims = _two_directions(run, layers) if run.settings.bidirectional else _one_direction(run)
    return (*claims, *_rows(run, layers))


class _Words:
    """How code names the parts of this run: indices follow batch_first and lengths."""

    def __init__(self, run: Run) -> None:
        self._packed = run.sizes.lengths is not None
        self.time = int(run.settings.batch_first and run.sizes.batch_size is not None)
        self.first = self._at("0")
        self.end = self._at("-1")
        # With lengths every sample has its own last step: indices in pairs, sample and step.
        pair = "[range(N), lengths - 1]" if self.time else "[lengths - 1, range(N)]"
        self.last = pair if self._packed else self.end

    def _at(self, step: str) -> str:
        return f"[:, {step}]" if self.time else f"[{step}]"

    def flipped(self, name: str) -> str:
        return f"reverse_time({name}, lengths)" if self._packed else f"{name}.flip({self.time})"


def _two_directions(run: Run, layers: tuple[Run, ...]) -> list[Claim]:
    return [*_ends(run), *_order(run, layers), *_vectors(run)]


def _one_direction(run: Run) -> list[Claim]:
    return [
        Claim(
            "last-step",
            f"out{_Words(run).last} == h_n[-1]",
            torch.equal(_final_from_out(run, run.out), run.h_n[-1]),
            "with one direction, the last step of out is the last layer's final state",
        )
    ]


def _ends(run: Run) -> list[Claim]:
    """Where each direction's final state stands in out."""
    words = _Words(run)
    forward, backward = split_directions(run.out)
    last = _final_from_out(run, forward)
    mistaken = torch.equal(backward.select(words.time, -1), run.h_n[-1])
    return [
        Claim(
            "forward-last",
            f"forward{words.last} == h_n[-2]",
            torch.equal(last, run.h_n[-2]),
            "the forward cell ends at the last step",
        ),
        Claim(
            "backward-first",
            f"backward{words.first} == h_n[-1]",
            torch.equal(backward.select(words.time, 0), run.h_n[-1]),
            "the backward cell ends at t = 0, the first column",
        ),
        Claim(
            "backward-last",
            f"backward{words.end} == h_n[-1]",
            mistaken,
            _why_backward_last(run, mistaken),
            mistake=True,
        ),
    ]


def _why_backward_last(run: Run, holds: bool) -> str:
    if holds:
        return "with a single step both ends of the sequence are the same column"
    if run.sizes.lengths is not None:
        return "the common mistake: the last column is padding, or read one step only"
    return f"the common mistake: at t = {run.sizes.seq_len - 1} the backward cell has read one step"


def _order(run: Run, layers: tuple[Run, ...]) -> list[Claim]:
    """Input order and reading order of the backward half."""
    words = _Words(run)
    first, lengths = run.settings.batch_first, run.sizes.lengths
    forward, backward = split_directions(run.out)
    reading = reverse_time(backward, batch_first=first, lengths=lengths)
    x = reverse_time(layers[-1].input, batch_first=first, lengths=lengths)
    alone = one_direction(layers[-1], "backward", x)
    same, note = _recomputed(alone.out, reading)
    flipped = torch.equal(merge_directions(forward, reading), run.out)
    return [
        Claim(
            "reading-order",
            f"{words.flipped('backward')}{words.last} == h_n[-1]",
            torch.equal(_final_from_out(run, reading), run.h_n[-1]),
            "in reading order the last column is the final state",
        ),
        Claim(
            "hand-built",
            f"unidirectional({words.flipped('x')}) == {words.flipped('backward')}",
            same,
            "a second module with the _reverse weights, run on the last layer's flipped input: "
            f"nn.LSTM has already put backward back in input order{note}",
        ),
        Claim(
            "joined",
            "torch.cat([forward, backward], -1) == out",
            torch.equal(merge_directions(forward, backward), run.out),
            "both halves are in input order: join per time step, flip nothing",
        ),
        Claim(
            "flip-anyway",
            f"torch.cat([forward, {words.flipped('backward')}], -1) == out",
            flipped,
            "with a single step there is nothing to flip"
            if flipped
            else "flipping what nn.LSTM has already aligned joins x[t] with x[L-1-t]",
            mistake=True,
        ),
    ]


def _vectors(run: Run) -> list[Claim]:
    """One vector for the sequence, and the states for a decoder."""
    words = _Words(run)
    claims = [
        Claim(
            "final",
            f"torch.cat([h_n[-2], h_n[-1]], -1) == "
            f"torch.cat([forward{words.last}, backward{words.first}], -1)",
            torch.equal(final_features(run.h_n, bidirectional=True), _final_from_out(run, run.out)),
            "the vector whose two halves have each read every step",
        )
    ]
    if run.sizes.batch_size is None:
        return claims
    decoder = decoder_states(run.h_n, bidirectional=True)
    viewed = torch.equal(run.h_n.reshape(decoder.shape), decoder)
    claims.append(
        Claim(
            "decoder-view",
            "h_n.view(num_layers, N, 2*H_out) == decoder_states(h_n)",
            viewed,
            "with one sample there is nothing to mix"
            if viewed
            else "same shape, wrong data: the view puts two samples into one row",
            mistake=True,
        )
    )
    return claims


def _rows(run: Run, layers: tuple[Run, ...]) -> list[Claim]:
    """Which rows of h_n belong to which layer, by running the layers one at a time."""
    if len(layers) == 1:
        return []
    same, note = _recomputed(torch.cat([layer.h_n for layer in layers]), run.h_n)
    rows = "h_n[2*l : 2*l+2]" if run.settings.bidirectional else "h_n[l]"
    return [
        Claim(
            "rows",
            f"layer l alone returns {rows}",
            same,
            "each layer, run by itself on the output of the one below, returns its own rows: "
            f"row k is layer k // D, direction k % D{note}",
        )
    ]


def _final_from_out(run: Run, part: Tensor) -> Tensor:
    """The final vector out of ``out`` or, as of one direction, out of a half of it."""
    return final_features_from_out(
        part,
        bidirectional=run.settings.bidirectional and part is run.out,
        batch_first=run.settings.batch_first,
        lengths=run.sizes.lengths,
    )


def _recomputed(again: Tensor, returned: Tensor) -> tuple[bool, str]:
    """Whether a second computation agrees, and a note if not bit for bit."""
    if torch.equal(again, returned):
        return True, ""
    difference = float((again - returned).abs().max())
    return difference <= TOLERANCE, f" (largest difference {difference:.1e})"
