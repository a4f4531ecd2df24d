"""A batch token by token: padded, packed, reversed, each with the sample and step it holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

from lstm_shapes.formula.code import flip_code
from lstm_shapes.formula.numbers import element
from lstm_shapes.formula.shapes import time_axis
from lstm_shapes.picture.scene import elide

if TYPE_CHECKING:
    from lstm_shapes.live.run import Run

MOST_SAMPLES, MOST_STEPS = 8, 12
"""Samples and steps that are drawn; the rest is counted."""

COLOURS = ("batch", "seq", "layers", "forward", "backward", "features")
"""What a sample's colour is called among the page's colours; a seventh has the first one's."""

GAP = "…"


class TokenRecord(TypedDict):
    """What stands at one place; ``label`` is empty where it stands for the steps left out.

    ``colour`` is the name of a colour of the page, ``padding`` whether no sample is there, and
    ``marked`` whether it is the last step of its sample.
    """

    text: str
    label: str
    colour: str
    sample: int
    padding: bool
    marked: bool


class TokenRow(TypedDict):
    """The tokens of one sample; of packed data, those that are read in one step."""

    label: str
    tokens: Sequence[TokenRecord]


class TokenGrid(TypedDict):
    """One arrangement of the batch; ``steps`` stand above its columns, if those are steps."""

    kind: str
    code: str
    about: str
    steps: Sequence[str]
    rows: Sequence[TokenRow]
    note: str


def token_grids(
    run: Run, lengths: Sequence[int], order: Sequence[int], data: tuple[int, ...]
) -> list[TokenGrid]:
    """The padded input, what packing makes of it, out, and two ways to reverse it in time.

    Args:
        lengths: of the samples.
        order: the samples, the longest first.
        data: the shape of the packed data.
    """
    padded, out = _batch(run, lengths)
    packed: TokenGrid = {
        "kind": "packed",
        "code": "packed.data",
        "about": str(data),
        "steps": [],
        "rows": _packed(drawn_steps(run), lengths, order[:MOST_SAMPLES]),
        "note": "This is what the module reads, step by step, the longest sample first. The "
        "backward cell starts where each sample ends, so it reads no padding.",
    }
    return [padded, packed, out, *_reversed(run, lengths)]


def drawn_steps(run: Run) -> tuple[int | None, ...]:
    """The steps that are drawn; ``None`` stands for those left out."""
    return elide(run.sizes.seq_len, MOST_STEPS)


def step_names(run: Run) -> list[str]:
    """The same as text."""
    return [GAP if step is None else str(step) for step in drawn_steps(run)]


def _batch(run: Run, lengths: Sequence[int]) -> list[TokenGrid]:
    """The padded input, and out as it is padded again."""
    at, steps, shown = drawn_steps(run), step_names(run), range(min(len(lengths), MOST_SAMPLES))
    last = "lengths[b] - 1"
    where = ("b", last) if run.settings.batch_first else (last, "b")
    padded = [_times(b, at, lengths[b]) for b in shown]
    return [
        {
            "kind": "padded",
            "code": "x, padded",
            "about": str(tuple(run.input.shape)),
            "steps": steps,
            "rows": padded,
            "note": "Each token is named b·t: its sample b and its step t. Zeros stand after the "
            "end of a sample.",
        },
        {
            "kind": "out",
            "code": "out, padded again",
            "about": str(tuple(run.out.shape)),
            "steps": steps,
            "rows": [_row(b, _outs(run, b, at, lengths[b])) for b in shown],
            "note": "The first feature of out is shown; it is zero at padding. The last step of "
            f"each sample is outlined: out[{', '.join(where)}].",
        },
    ]


def _reversed(run: Run, lengths: Sequence[int]) -> list[TokenGrid]:
    """Each sample reversed: within its own length, and as if it had none."""
    at, steps, shown = drawn_steps(run), step_names(run), range(min(len(lengths), MOST_SAMPLES))
    last = run.sizes.seq_len - 1
    own = [[None if t is None else _mirrored(t, lengths[b]) for t in at] for b in shown]
    whole = [None if t is None else last - t for t in at]
    return [
        {
            "kind": "flip",
            "code": flip_code("x", run.settings, run.sizes),
            "about": "each sample is reversed within its own length",
            "steps": steps,
            "rows": [
                _row(b, [_token(b, t, _behind(t, lengths[b])) for t in own[b]]) for b in shown
            ],
            "note": "This is the order in which the backward cell reads; padding stays behind.",
        },
        {
            "kind": "flip-anyway",
            "code": f"x.flip({time_axis(run.settings, run.sizes)})",
            "about": "the whole row is reversed",
            "steps": steps,
            "rows": [_times(b, whole, lengths[b]) for b in shown],
            "note": "This is a common mistake: the padding then comes first, and every step of a "
            "shorter sample stands at another place.",
        },
    ]


def _row(sample: int, tokens: Sequence[TokenRecord]) -> TokenRow:
    return {"label": f"b={sample}", "tokens": tokens}


def _times(sample: int, steps: Sequence[int | None], length: int) -> TokenRow:
    """These steps of one sample."""
    return _row(sample, [_token(sample, step, _behind(step, length)) for step in steps])


def _token(sample: int, step: int | None, padding: bool = False) -> TokenRecord:
    """The sample and step that stand at a place; padding stands as a 0."""
    text, label = f"{sample}·{step}", f"sample {sample}, t = {step}"
    if padding:
        text, label = "0", f"sample {sample}, padding"
    if step is None:
        text, label = GAP, ""
    return {
        "text": text,
        "label": label,
        "colour": COLOURS[sample % len(COLOURS)],
        "sample": sample,
        "padding": padding,
        "marked": False,
    }


def _outs(run: Run, sample: int, at: Sequence[int | None], length: int) -> list[TokenRecord]:
    """The first feature of one sample's out, step by step; its last step is marked."""
    values = run.ordered.out[0, :, sample, 0]
    records: list[TokenRecord] = []
    for step in at:
        last = length - 1 in (_gap(at) if step is None else (step,))
        padding = _first(step, at) >= length
        text = GAP if step is None else element(float(values[step]))
        label = text + (", padding" if padding else "") + (", the last step" if last else "")
        records.append(
            {
                "text": text,
                "label": "" if step is None else label,
                "colour": "forward",  # the first feature is the forward cell's
                "sample": sample,
                "padding": padding,
                "marked": last,
            }
        )
    return records


def _packed(
    at: Sequence[int | None], lengths: Sequence[int], order: Sequence[int]
) -> list[TokenRow]:
    """The rows of data step by step, the longest sample first."""
    steps = [(step, _first(step, at)) for step in at]
    return [
        {"label": "", "tokens": [_token(b, step) for b in order if first < lengths[b]]}
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


def _mirrored(step: int, length: int) -> int:
    return length - 1 - step if step < length else step


def _behind(step: int | None, length: int) -> bool:
    return step is not None and step >= length
