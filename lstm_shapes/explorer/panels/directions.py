"""Directions: out split by direction, the backward half realigned, both merged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lstm_shapes.explorer.state import Question, Snapshot
from lstm_shapes.explorer.view import NARROW, View, shape_view
from lstm_shapes.shapes import direction_shapes, tensor_shapes
from lstm_shapes.snippet import constructor

if TYPE_CHECKING:
    from torch import Tensor

    from lstm_shapes.live import Run

BOTH = ("forward", "backward")

MOST_COLUMNS = 6
"""Columns drawn in a strip; of a longer sequence the middle is left out, and said so."""


def directions_view(snapshot: Snapshot) -> View:
    """The steps from out to a merged result, and the claims evaluated on the way."""
    question = snapshot.question
    return {
        "subtitle": constructor(question.settings),
        "bands": BOTH[: question.settings.num_directions],
        "stages": _stages(snapshot),
        "claims": [
            {
                "id": claim.id,
                "statement": claim.statement,
                "holds": claim.holds,
                "reason": claim.reason,
                "mistake": claim.mistake,
            }
            for claim in snapshot.claims
        ],
        "unclaimed": _why_no_claims(snapshot),
    }


def _why_no_claims(snapshot: Snapshot) -> str:
    if snapshot.claims:
        return ""
    if snapshot.run is None:
        return "Nothing is claimed without a run."
    return "There is no sample, so there are no numbers to compare."


def _stages(snapshot: Snapshot) -> list[View]:
    question = snapshot.question
    formula = tensor_shapes(question.settings, question.sizes) | direction_shapes(
        question.settings, question.sizes
    )
    measured = _measure(snapshot.run) if snapshot.run else {}
    shapes = {
        name: shape_view(shape, measured.get(name), snapshot) for name, shape in formula.items()
    }
    holds = {claim.id for claim in snapshot.claims if claim.holds}
    make = _two_directions if question.settings.bidirectional else _one_direction
    return make(question, shapes, holds)


def _measure(run: Run) -> dict[str, tuple[int, ...]]:
    """The shape after each step, off the tensors that the step's functions return."""
    from lstm_shapes import directions

    both = run.settings.bidirectional
    tensors: dict[str, Tensor] = {
        "out": run.out,
        "final": directions.final_features(run.h_n, bidirectional=both),
    }
    if both:
        forward, backward = directions.split_directions(run.out)
        tensors |= {
            "forward": forward,
            "backward": backward,
            "reading order": directions.reverse_time(
                backward, batch_first=run.settings.batch_first, lengths=run.sizes.lengths
            ),
            "concat": directions.merge_directions(forward, backward),
            "sum": directions.merge_directions(forward, backward, "sum"),
        }
    return {name: tuple(tensor.shape) for name, tensor in tensors.items()}


def _two_directions(question: Question, shapes: dict[str, View], holds: set[str]) -> list[View]:
    width, last = question.settings.h_out, question.sizes.seq_len - 1
    time = int(question.settings.batch_first and question.sizes.batch_size is not None)
    steps = _steps(question)
    end = len(steps) - 1
    backward_end = _mark(0, "= h_n[-1]", "backward-first", holds)
    return [
        {
            "title": "1 · out as returned",
            "parts": [
                _part(
                    _call(question),
                    shapes["out"],
                    _strip(steps, BOTH),
                    "both halves in input order",
                )
            ],
        },
        {
            "title": "2 · split the directions",
            "parts": [
                _part(
                    f"forward = out[..., :{width}]",
                    shapes["forward"],
                    _strip(steps, BOTH[:1], _mark(end, "= h_n[-2]", "forward-last", holds)),
                    "input order: column t has read x[0..t]",
                ),
                _part(
                    f"backward = out[..., {width}:]",
                    shapes["backward"],
                    _strip(steps, BOTH[1:], backward_end),
                    f"input order: column t has read x[t..{last}]",
                ),
            ],
        },
        {
            "title": "3 · realign the backward half",
            "parts": [
                _part(
                    f"backward.flip({time})",
                    shapes["reading order"],
                    _strip(steps[::-1], BOTH[1:], _mark(end, "= h_n[-1]", "reading-order", holds)),
                    "reading order: the last column is the final state",
                )
            ],
        },
        {
            "title": "4 · merge",
            "parts": [
                _part(
                    "torch.cat([forward, backward], -1)",
                    shapes["concat"],
                    _strip(steps, BOTH, _mark(None, "= out", "joined", holds)),
                    f"per step; sum, mean, max: ({f',{NARROW}'.join(shapes['sum']['sizes'])})",
                ),
                _part(
                    "torch.cat([h_n[-2], h_n[-1]], -1)",
                    shapes["final"],
                    _strip([""], BOTH),
                    "one vector per sequence, of every step",
                ),
            ],
        },
    ]


def _one_direction(question: Question, shapes: dict[str, View], holds: set[str]) -> list[View]:
    steps = _steps(question)
    time = int(question.settings.batch_first and question.sizes.batch_size is not None)
    return [
        {
            "title": "1 · out as returned",
            "parts": [
                _part(
                    _call(question),
                    shapes["out"],
                    _strip(
                        steps,
                        BOTH[:1],
                        _mark(len(steps) - 1, "= h_n[-1]", "last-step", holds),
                    ),
                    "column t has read x[0..t]. One direction: nothing to split or realign",
                )
            ],
        },
        {
            "title": "2 · one vector per sequence",
            "parts": [
                _part(
                    "out[:, -1]" if time else "out[-1]",
                    shapes["final"],
                    _strip([""], BOTH[:1]),
                    "the last step has read the whole sequence",
                )
            ],
        },
    ]


def _call(question: Question) -> str:
    kind = question.settings.kind
    states = "(h_n, c_n)" if kind == "LSTM" else "h_n"
    return f"out, {states} = {kind.lower()}(x)"


def _steps(question: Question) -> list[str]:
    """Labels of the columns drawn: every step, or the first and last around an ellipsis."""
    count = question.sizes.seq_len
    if count <= MOST_COLUMNS:
        return [f"t={step}" for step in range(count)]
    tail = (MOST_COLUMNS - 1) // 2
    head = MOST_COLUMNS - 1 - tail
    return [
        *(f"t={step}" for step in range(head)),
        "…",
        *(f"t={step}" for step in range(count - tail, count)),
    ]


def _part(code: str, shape: View, strip: View, note: str) -> View:
    return {"code": code, "shape": shape, "strip": strip, "note": note}


def _strip(steps: Sequence[str], bands: Sequence[str], mark: View | None = None) -> View:
    return {"steps": list(steps), "bands": list(bands), "mark": mark}


def _mark(column: int | None, label: str, claim: str, holds: set[str]) -> View | None:
    """A column that equals something, if that was found on this run; ``None``: all of them."""
    return {"column": column, "label": label} if claim in holds else None
