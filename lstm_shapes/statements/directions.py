"""Statements about the order and alignment of out and h_n, each evaluated on a run.

The tensors are taken apart and joined with the functions of ``lstm_shapes.directions``.
"""

from __future__ import annotations

from typing import get_args

import torch
from torch import Tensor

from lstm_shapes.config import MergeMode
from lstm_shapes.directions import (
    decoder_states,
    final_features,
    merge_directions,
    reverse_time,
    split_directions,
)
from lstm_shapes.formula.code import flip_code, mirrored
from lstm_shapes.formula.shapes import time_axis
from lstm_shapes.live.layers import hand_built_pair, layer_runs
from lstm_shapes.live.run import Run
from lstm_shapes.pooling import final_features_from_out
from lstm_shapes.statements.claim import COINCIDENCE, Claim, recomputed
from lstm_shapes.statements.future import next_step_claims


def direction_claims(run: Run) -> tuple[Claim, ...]:
    """Evaluate on a run how out and h_n are ordered, and which common mistakes do not hold.

    Args:
        run: from :func:`~lstm_shapes.run`.

    Returns:
        Claims on out, h_n and their halves. There are none for a run without samples, since
        tensors without elements are always equal.

    Source: torch documentation, ``torch.nn.LSTM``, "Outputs" and its notes.

    >>> from lstm_shapes import InputSizes, Settings
    >>> from lstm_shapes.live.run import run
    >>> settings = Settings(4, 3, batch_first=True, bidirectional=True)
    >>> for claim in direction_claims(run(settings, InputSizes(seq_len=5, batch_size=3)))[:3]:
    ...     print(claim.holds, claim.statement)
    True forward[:, -1] == h_n[-2]
    True backward[:, 0] == h_n[-1]
    False backward[:, -1] == h_n[-1]
    """
    if run.out.numel() == 0:
        return ()
    return run.kept("direction claims", lambda: _claims(run))


def _claims(run: Run) -> tuple[Claim, ...]:
    claims = _two_directions(run) if run.settings.bidirectional else _one_direction(run)
    return (*claims, *_rows(run, layer_runs(run)), *next_step_claims(run))


class _Words:
    """Code for the parts of a run's tensors, with indices that fit batch_first and lengths."""

    def __init__(self, run: Run) -> None:
        self._question = run.settings, run.sizes
        self.time = time_axis(run.settings, run.sizes)
        self.first = self._at("0")
        self.end = self._at("-1")
        # With lengths every sample has its own last step, so the index has a step per sample.
        samples = f"range({run.sizes.batch_size}), lengths - 1"
        pair = samples if self.time else ", ".join(reversed(samples.split(", ")))
        self.last = f"[{pair}]" if run.sizes.lengths is not None else self.end
        self.mirror = mirrored(run.sizes)

    def _at(self, step: str) -> str:
        return f"[:, {step}]" if self.time else f"[{step}]"

    def flipped(self, name: str) -> str:
        return flip_code(name, *self._question)


def _two_directions(run: Run) -> list[Claim]:
    return [*_ends(run), *_order(run), *_vectors(run)]


def _one_direction(run: Run) -> list[Claim]:
    return [
        Claim(
            "last-step",
            f"out{_Words(run).last} == h_n[-1]",
            torch.equal(_last_step(run, run.out), run.h_n[-1]),
            "with one direction, the last step of out is the last layer's final state",
        )
    ]


def _ends(run: Run) -> list[Claim]:
    """Say where the final state of each direction stands in out."""
    words = _Words(run)
    last = _last_step(run, split_directions(run.out)[0])
    backward, final = run.ordered.out[1], run.ordered.h_n[-1, 1]
    mistaken = torch.equal(backward[-1], final)
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
            torch.equal(backward[0], final),
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
    if run.sizes.seq_len == 1:
        return "with a single step both ends of the sequence are the same column"
    if holds:
        return COINCIDENCE
    if run.sizes.lengths is not None:
        return (
            "a common mistake: the last column is padding, or the backward cell has read only one "
            "step"
        )
    return (
        f"a common mistake: at t = {run.sizes.seq_len - 1} the backward cell has read only one step"
    )


def _why_unaligned(run: Run, holds: bool, why: str) -> str:
    if max(run.sizes.lengths or [run.sizes.seq_len]) == 1:
        return "with a single step there is nothing to flip"
    return COINCIDENCE if holds else why


def _why_decoder_view(run: Run, holds: bool) -> str:
    if run.sizes.batch_size == 1:
        return "with one sample there is nothing to mix"
    return COINCIDENCE if holds else "the shape is right, but the view puts two samples in one row"


def _order(run: Run) -> list[Claim]:
    """Say in which order the backward half is, and what flipping it does."""
    words = _Words(run)
    forward, backward = split_directions(run.out)
    reading = reverse_time(
        backward, batch_first=run.settings.batch_first, lengths=run.sizes.lengths
    )
    pair = hand_built_pair(run)
    same, note = recomputed(pair["concat"], run.out, run)
    # This compares bit for bit: within a tolerance two different orders could look the same.
    unflipped = same and torch.equal(pair["unflipped"], pair["concat"])
    by_hand = f"b({words.flipped('y')})"
    flipped = torch.equal(merge_directions(forward, reading), run.out)
    return [
        Claim(
            "reading-order",
            f"{words.flipped('backward')}{words.last} == h_n[-1]",
            torch.equal(_last_step(run, reading), run.h_n[-1]),
            "in reading order the last column is the final state",
        ),
        Claim(
            "hand-built",
            f"torch.cat([f(y), {words.flipped(by_hand)}], -1) == out",
            same,
            "f and b are modules of one direction with the same weights, and y is what the last "
            "layer reads. "
            f"{_STARTS if run.states else ''}"
            f"A pair built by hand needs the flip; nn.LSTM makes it itself{note}",
        ),
        Claim(
            "hand-built-unflipped",
            f"torch.cat([f(y), {by_hand}], -1) == out",
            unflipped,
            _why_unaligned(
                run,
                unflipped,
                "b returns its h in the order in which it reads: its column t belongs to "
                f"x[{words.mirror}]",
            ),
            mistake=True,
        ),
        Claim(
            "flip-anyway",
            f"torch.cat([forward, {words.flipped('backward')}], -1) == out",
            flipped,
            _why_unaligned(
                run,
                flipped,
                "out was aligned already: now column t joins the h of x[t] and that of "
                f"x[{words.mirror}]",
            ),
            mistake=True,
        ),
    ]


_STARTS = "Each starts from its own row of the states. "


def _vectors(run: Run) -> list[Claim]:
    """Say where the vector of a sequence stands, and how the states go into a decoder."""
    words = _Words(run)
    from_out = final_features_from_out(
        run.out,
        bidirectional=True,
        batch_first=run.settings.batch_first,
        lengths=run.sizes.lengths,
    )
    claims = [
        Claim(
            "final",
            f"torch.cat([h_n[-2], h_n[-1]], -1) == "
            f"torch.cat([forward{words.last}, backward{words.first}], -1)",
            torch.equal(final_features(run.h_n, bidirectional=True), from_out),
            "one vector per sequence: it joins both directions, each where it has read every step",
        )
    ]
    if run.sizes.batch_size is None:
        return claims
    decoder = decoder_states(run.h_n, bidirectional=True)
    viewed = torch.equal(run.h_n.reshape(decoder.shape), decoder)
    claims.append(
        Claim(
            "decoder-view",
            f"h_n.view{tuple(decoder.shape)} == decoder_states(h_n, bidirectional=True)",
            viewed,
            _why_decoder_view(run, viewed),
            mistake=True,
        )
    )
    return claims


def _rows(run: Run, layers: tuple[Run, ...]) -> list[Claim]:
    """Say which rows of h_n and c_n belong to a layer, by running the layers one at a time."""
    if len(layers) == 1:
        return []
    same, note = recomputed(torch.cat([layer.h_n for layer in layers]), run.h_n, run)
    names = "h_n"
    if run.c_n is not None:
        cells = torch.cat([layer.c_n for layer in layers if layer.c_n is not None])
        same_c, note_c = recomputed(cells, run.c_n, run)
        same, note, names = same and same_c, note or note_c, "h_n and c_n"
    rows = "2*l : 2*l+2" if run.settings.bidirectional else "l"
    return [
        Claim(
            "rows",
            f"layer l alone returns rows [{rows}] of {names}",
            same,
            "each layer was run by itself on the output of the one below: "
            f"row k is layer k // D, direction k % D{note}",
        )
    ]


def _last_step(run: Run, half: Tensor) -> Tensor:
    """The last step of each sample, taken from the half of out that one direction wrote."""
    return final_features_from_out(
        half,
        bidirectional=False,
        batch_first=run.settings.batch_first,
        lengths=run.sizes.lengths,
    )


def direction_tensors(run: Run) -> dict[str, Tensor]:
    """Call the functions of ``lstm_shapes.directions`` on the tensors of a run.

    Args:
        run: from :func:`~lstm_shapes.run`.

    Returns:
        The tensors, with the names and shapes of :func:`~lstm_shapes.direction_shapes`.

    >>> from lstm_shapes import InputSizes, Settings
    >>> from lstm_shapes.live.run import run
    >>> made = run(Settings(4, 3, bidirectional=True), InputSizes(seq_len=5, batch_size=2))
    >>> direction_tensors(made)["reading order"].shape
    torch.Size([5, 2, 3])
    """
    first, lengths = run.settings.batch_first, run.sizes.lengths
    if not run.settings.bidirectional:
        last = final_features_from_out(
            run.out, bidirectional=False, batch_first=first, lengths=lengths
        )
        return {"final": last}
    forward, backward = split_directions(run.out)
    ends = run.h_n[-2], run.h_n[-1]
    return {
        "final": final_features(run.h_n, bidirectional=True),
        "forward": forward,
        "backward": backward,
        "reading order": reverse_time(backward, batch_first=first, lengths=lengths),
        **{mode: merge_directions(forward, backward, mode) for mode in get_args(MergeMode)},
        **{f"final {mode}": merge_directions(*ends, mode) for mode in ("sum", "mean", "max")},
        "decoder": decoder_states(run.h_n, bidirectional=True),
    }
