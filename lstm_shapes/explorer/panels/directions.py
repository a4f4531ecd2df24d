"""Directions: out split by direction, the backward half realigned, both merged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from lstm_shapes.explorer.state import Question, Snapshot
from lstm_shapes.explorer.view import View, shape_view
from lstm_shapes.shapes import direction_shapes, tensor_shapes, time_axis
from lstm_shapes.snippet import constructor
from lstm_shapes.words import grouped

if TYPE_CHECKING:
    from lstm_shapes.live import Run

BOTH = ("forward", "backward")

MOST_COLUMNS = 6
"""Columns drawn in a strip; of a longer sequence the middle is left out, and said so."""


def directions_view(snapshot: Snapshot) -> View:
    """The steps from out to a merged result, and the claims evaluated on the way."""
    question = snapshot.question
    return {
        "state": snapshot.status,
        "subtitle": constructor(question.settings),
        "bands": BOTH[: question.settings.num_directions],
        "stages": _stages(snapshot),
        "claims_title": _claims_title(snapshot),
        "claims": [asdict(claim) for claim in snapshot.claims],
    }


def _claims_title(snapshot: Snapshot) -> str:
    if snapshot.run is None:
        return "Nothing is claimed without a run"
    if not snapshot.claims:
        return "Without a sample there are no numbers to compare"
    return "Checked on the last valid run" if snapshot.problem else "Checked on this run"


def _stages(snapshot: Snapshot) -> list[View]:
    question = snapshot.question
    formula = tensor_shapes(question.settings, question.sizes) | direction_shapes(
        question.settings, question.sizes
    )
    measured = _measure(snapshot.run) if snapshot.run else {}
    drawing = _Drawing(
        question=question,
        shapes={
            name: shape_view(shape, measured.get(name), snapshot) for name, shape in formula.items()
        },
        holding={claim.id for claim in snapshot.claims if claim.holds},
    )
    if question.settings.bidirectional:
        return [drawing.returned(), drawing.split(), drawing.realigned(), drawing.merged()]
    return [drawing.returned(), drawing.last_step()]


def _measure(run: Run) -> dict[str, tuple[int, ...]]:
    from lstm_shapes.steps import direction_tensors

    tensors = {"out": run.out, **direction_tensors(run)}
    return {name: tuple(tensor.shape) for name, tensor in tensors.items()}


@dataclass(frozen=True)
class _Drawing:
    """The stages, from the shapes after each step and the claims that hold."""

    question: Question
    shapes: Mapping[str, View]
    holding: Set[str]

    def returned(self) -> View:
        steps = _steps(self.question)
        if self.question.settings.bidirectional:
            strip, note = _strip(steps, BOTH), "both halves in input order"
        else:
            mark = self._mark(len(steps) - 1, "= h_n[-1]", "last-step")
            strip = _strip(steps, BOTH[:1], mark)
            note = "one direction: nothing to split or realign"
        part = _part(_call(self.question), self.shapes["out"], strip, note)
        return {"title": "1 · out as returned", "parts": [part]}

    def split(self) -> View:
        width, last = self.question.settings.h_out, self.question.sizes.seq_len - 1
        steps = _steps(self.question)
        forward = _part(
            f"forward = out[..., :{width}]",
            self.shapes["forward"],
            _strip(steps, BOTH[:1], self._mark(len(steps) - 1, "= h_n[-2]", "forward-last")),
            "input order: at t its cell has read 0..t",
        )
        backward = _part(
            f"backward = out[..., {width}:]",
            self.shapes["backward"],
            _strip(steps, BOTH[1:], self._mark(0, "= h_n[-1]", "backward-first")),
            f"input order: at t its cell has read {grouped(last)}..t",
        )
        return {"title": "2 · split the directions", "parts": [forward, backward]}

    def realigned(self) -> View:
        steps = _steps(self.question)[::-1]
        mark = self._mark(len(steps) - 1, "= h_n[-1]", "reading-order")
        part = _part(
            f"backward.flip({time_axis(self.question.settings, self.question.sizes)})",
            self.shapes["reading order"],
            _strip(steps, BOTH[1:], mark),
            "reading order: the last column is the final state",
        )
        return {"title": "3 · realign the backward half", "parts": [part]}

    def merged(self) -> View:
        per_step = _part(
            "torch.cat([forward, backward], -1)",
            self.shapes["concat"],
            _strip(_steps(self.question), BOTH),
            "per step, nothing flipped: out again",
        )
        per_step["instead"] = [
            {"name": mode, "shape": self.shapes[mode]} for mode in ("sum", "mean", "max")
        ]
        final = _part(
            "torch.cat([h_n[-2], h_n[-1]], -1)",
            self.shapes["final"],
            _strip([""], BOTH),
            "one vector that has read every step",
        )
        return {"title": "4 · merge", "parts": [per_step, final]}

    def last_step(self) -> View:
        time = time_axis(self.question.settings, self.question.sizes)
        part = _part(
            "out[:, -1]" if time else "out[-1]",
            self.shapes["final"],
            _strip([""], BOTH[:1]),
            "one vector that has read every step",
        )
        return {"title": "2 · one vector per sequence", "parts": [part]}

    def _mark(self, column: int, label: str, claim: str) -> View | None:
        """A column that equals something, if that was found on this run."""
        return {"column": column, "label": label} if claim in self.holding else None


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
    # From five digits on there is no room for the number.
    last = [f"t=L-{n}" if count > 10_000 else f"t={count - n}" for n in range(tail, 0, -1)]
    return [*(f"t={step}" for step in range(head)), "…", *last]


def _part(code: str, shape: View, strip: View, note: str) -> View:
    return {"code": code, "shape": shape, "strip": strip, "note": note}


def _strip(steps: Sequence[str], bands: Sequence[str], mark: View | None = None) -> View:
    return {"steps": list(steps), "bands": list(bands), "mark": mark}
