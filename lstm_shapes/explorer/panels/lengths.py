"""Variable lengths: the padded input, what packing makes of it, and what it saves it from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from lstm_shapes.config import InputSizes
from lstm_shapes.errors import MOST_LENGTHS, one_each
from lstm_shapes.explorer.link import write_link
from lstm_shapes.explorer.panels.numbers import MOST_COLUMNS, in_order, of_sample, strip
from lstm_shapes.explorer.panels.without import why_not
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.explorer.view import View
from lstm_shapes.formula.code import flip_code
from lstm_shapes.formula.numbers import grouped
from lstm_shapes.formula.shapes import time_axis
from lstm_shapes.picture.scene import elide

if TYPE_CHECKING:
    from lstm_shapes.live.run import Run
    from lstm_shapes.statements.lengths import PaddingEffect

MOST_SAMPLES, MOST_STEPS = 8, 12
"""Samples and steps that are drawn; the rest is counted."""

CLAIMS = ("forward-last", "backward-first", "backward-last", "reading-order", "last-step")
"""Of the run's claims on order and alignment those in which lengths play a part."""


def lengths_view(snapshot: Snapshot, sample: int = 0) -> View:
    """The lengths to be edited, and all that follows from them.

    Args:
        sample: the batch item whose out is shown, packed and padded.
    """
    sizes = snapshot.question.sizes
    lengths, samples = sizes.lengths, sizes.batch_size
    view: View = {
        "seq_len": sizes.seq_len,
        "lengths": _editable(sizes),
        "more": max(0, (samples or 0) - MOST_SAMPLES),
        "example": _example(sizes),
        "whole": write_link({"lengths": None}) if lengths else "",
        "without": _without(snapshot),
        "samples": samples and str(samples),
        "sample": sample,
        "drawn": [],
    }
    if view["without"] or lengths is None or snapshot.run is None:
        return view
    return (
        view
        | _measured(snapshot, snapshot.run, lengths)
        | {"sides": [*_sides(snapshot.run, sample)]}
    )


def _without(snapshot: Snapshot) -> str:
    sizes = snapshot.question.sizes
    if sizes.batch_size is None:
        return "Unbatched: a single sequence needs no padding"
    if not sizes.batch_size:
        return "Without a sample there are no lengths"
    if sizes.lengths is None:
        return "Every sample has seq_len steps: nothing is padded, and nothing to be packed"
    return why_not(snapshot, "compared with the padded batch")


def _editable(sizes: InputSizes) -> list[int]:
    """The lengths that are offered to be changed; none where there are too many to be set."""
    samples = sizes.batch_size or 0
    if samples > MOST_LENGTHS:
        return []
    return list(one_each(sizes.lengths or (), samples, sizes.seq_len)[:MOST_SAMPLES])


def _example(sizes: InputSizes) -> str:
    """A link to lengths that differ, unsorted, the second one whole."""
    samples = sizes.batch_size or 0
    samples = samples if 0 < samples <= MOST_LENGTHS else 3
    steps = max(sizes.seq_len, 3)
    shares = (0.6, 1.0, 0.4, 0.8, 0.2)
    lengths = tuple(max(1, int(steps * shares[b % len(shares)])) for b in range(samples))
    return write_link(
        {"batched": True, "batch_size": samples, "seq_len": steps, "lengths": lengths}
    )


def _measured(snapshot: Snapshot, run: Run, lengths: Sequence[int]) -> View:
    from lstm_shapes.live.lengths import out_padded_again, packed_input
    from lstm_shapes.live.torch_says import enforce_sorted_message, total_length_message
    from lstm_shapes.statements.claim import allowed_difference
    from lstm_shapes.statements.lengths import packing_claims, padded_against_packed

    at = elide(run.sizes.seq_len, MOST_STEPS)
    packed = packed_input(run)
    order = [] if packed.sorted_indices is None else packed.sorted_indices.tolist()
    undo = [] if packed.unsorted_indices is None else packed.unsorted_indices.tolist()
    shown = range(min(len(lengths), MOST_SAMPLES))
    first, last = run.settings.batch_first, "lengths[b] - 1"
    return {
        "drawn": ["…" if step is None else str(step) for step in at],
        "shapes": {
            "x": str(tuple(run.input.shape)),
            "data": str(tuple(packed.data.shape)),
            "out": str(tuple(run.out.shape)),
        },
        "padded": [[_token(b, step, _behind(step, lengths[b])) for step in at] for b in shown],
        "unpacked": [_outs(run, b, at, lengths[b]) for b in shown],
        "packed": _columns(at, lengths, order[:MOST_SAMPLES]),
        "tokens": grouped(sum(lengths)),
        "batch_sizes": _some(packed.batch_sizes.tolist()),
        "sorted_indices": _some(order),
        "unsorted_indices": _some(undo),
        "codes": {
            "flip": flip_code("x", run.settings, run.sizes),
            "naive": f"x.flip({time_axis(run.settings, run.sizes)})",
            "last": f"out[{', '.join(('b', last) if first else (last, 'b'))}]",
        },
        "flips": _flips(at, lengths, run.sizes.seq_len, shown),
        "sorted_says": enforce_sorted_message(run),
        "total_says": total_length_message(run),
        "totals": {
            name: str(tuple(out_padded_again(run, total).shape))
            for name, total in (
                ("", None),
                (f"total_length={run.sizes.seq_len}", run.sizes.seq_len),
            )
        },
        "apart": [_apart(each, at, allowed_difference(run)) for each in padded_against_packed(run)],
        "claims": [asdict(claim) for claim in packing_claims(run)]
        + [asdict(claim) for claim in snapshot.claims if claim.id in CLAIMS],
    }


def _sides(run: Run, sample: int) -> Iterator[View]:
    """One sample's out of the packed batch, and of the padded one."""
    from lstm_shapes.live.variants import unpacked

    at, time = elide(run.sizes.seq_len, MOST_COLUMNS), time_axis(run.settings, run.sizes)
    for name, made in (("packed", run), ("padded, not packed", unpacked(run))):
        halves = of_sample(made.out, sample, time).split_with_sizes(
            [run.settings.h_out] * run.settings.num_directions, dim=-1
        )
        yield {"name": name} | strip(at, in_order(halves), run.sizes.seq_len)


def _some(numbers: Sequence[int]) -> str:
    """The first and last of many numbers."""
    shown = (
        "…" if place is None else str(numbers[place]) for place in elide(len(numbers), MOST_STEPS)
    )
    return f"[{', '.join(shown)}]"


def _outs(run: Run, sample: int, at: Sequence[int | None], length: int) -> list[View]:
    """The first feature of one sample's out, step by step; its last step is marked."""
    steps = of_sample(run.out, sample, time_axis(run.settings, run.sizes))[:, 0]
    return [
        {
            "text": "…" if step is None else f"{float(steps[step]):.2f}",
            "padding": _first(step, at) >= length,
            "last": length - 1 in (_gap(at) if step is None else (step,)),
        }
        for step in at
    ]


def _token(sample: int, step: int | None, padding: bool = False) -> View:
    return {"sample": sample, "step": "…" if step is None else str(step), "padding": padding}


def _columns(
    at: Sequence[int | None], lengths: Sequence[int], order: Sequence[int]
) -> list[list[View]]:
    """The rows of data step by step, the longest sample first."""
    steps = [(step, _first(step, at)) for step in at]
    return [
        [_token(b, step) for b in order if first < lengths[b]]
        for step, first in steps
        if first < max(lengths)
    ]


def _gap(at: Sequence[int | None]) -> range:
    """The steps that are left out."""
    if None not in at:
        return range(0)
    place = at.index(None)
    return range((at[place - 1] or 0) + 1, at[place + 1] or 0)


def _first(step: int | None, at: Sequence[int | None]) -> int:
    """The first step that a column stands for."""
    return _gap(at).start if step is None else step


def _flips(
    at: Sequence[int | None], lengths: Sequence[int], seq_len: int, samples: range
) -> list[View]:
    """Each sample reversed: within its own length, and as if it had none."""
    return [
        {
            "sample": b,
            "right": [
                _token(b, None if t is None else _mirrored(t, lengths[b]), _behind(t, lengths[b]))
                for t in at
            ],
            "wrong": [
                _token(
                    b,
                    None if t is None else seq_len - 1 - t,
                    t is not None and seq_len - 1 - t >= lengths[b],
                )
                for t in at
            ],
        }
        for b in samples
    ]


def _mirrored(step: int, length: int) -> int:
    return length - 1 - step if step < length else step


def _behind(step: int | None, length: int) -> bool:
    return step is not None and step >= length


def _apart(found: PaddingEffect, at: Sequence[int | None], allowed: float) -> View:
    """How far the padded call is off, for every sample and step that is drawn."""

    def cell(value: float | None) -> View:
        return {"text": "", "differs": False} if value is None else _difference(value, allowed)

    rows = []
    for b, steps in enumerate(found.steps[:MOST_SAMPLES]):
        states = {"h_n": found.h_n[b]} | ({} if found.c_n is None else {"c_n": found.c_n[b]})
        rows.append(
            {
                "sample": b,
                "steps": [None if t is None else cell(steps[t]) for t in at],
                "states": {name: cell(value) for name, value in states.items()},
            }
        )
    return {
        "layer": found.layer,
        "direction": found.direction,
        "reason": found.reason,
        "rows": rows,
    }


def _difference(value: float, allowed: float) -> View:
    """A difference in few characters; what is rounding is none."""
    return {"text": f"{value:.1g}" if value > allowed else "=", "differs": value > allowed}
