"""The tensors on the way from out to a merged result, each as a strip with its shape and code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypedDict

from lstm_shapes.explorer.panels.claims import ClaimRecord, claim_record
from lstm_shapes.explorer.panels.numbers import (
    MOST_COLUMNS,
    Band,
    BandRecord,
    HeatRecord,
    strip,
    vector,
)
from lstm_shapes.explorer.panels.patterns import (
    decoder_code,
    joined_pattern,
    leading_axes,
    merge_code,
    turned_pattern,
)
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.explorer.view import ShapeRecord, shape_view
from lstm_shapes.formula.code import flip_code
from lstm_shapes.formula.shapes import direction_shapes, tensor_shapes
from lstm_shapes.picture.scene import elide

if TYPE_CHECKING:
    from torch import Tensor

    from lstm_shapes.live.run import Run

BOTH = ("forward", "backward")
INPUT_ORDER = "input order: column t has read x[0..t]"


class MarkRecord(TypedDict):
    """The column that is outlined, and what it equals."""

    column: int
    label: str


class StripRecord(TypedDict):
    """One tensor: code that makes it, its axes, the order of its columns, and its numbers."""

    code: str
    pattern: str
    order: str
    shape: ShapeRecord
    bands: Sequence[BandRecord]
    more: str
    mark: MarkRecord | None
    claims: Sequence[ClaimRecord]


class Strips:
    """Strips of one sample of a snapshot, each made once and kept in ``made`` by its id.

    A strip's claims are given by id; a mark, the label of a column that equals something, is
    there only if that was found on the run.
    """

    def __init__(self, snapshot: Snapshot, sample: int) -> None:
        question = snapshot.question
        self.settings, self.sizes, self.sample = question.settings, question.sizes, sample
        self.made: dict[str, StripRecord] = {}
        self.width = self.settings.h_out
        self.length = self.sizes.steps_of(sample)
        self.axes = leading_axes(self.settings, self.sizes)
        self.join = joined_pattern(self.settings, self.sizes)
        self.turn = turned_pattern(self.settings, self.sizes)
        self.drawn = elide(self.sizes.seq_len, MOST_COLUMNS)
        self.found = {claim.id: claim for claim in snapshot.claims}
        tensors = _tensors(snapshot.run) if snapshot.run else {}
        formula = tensor_shapes(self.settings, self.sizes)
        formula |= direction_shapes(self.settings, self.sizes)
        measured = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
        self.shapes = {
            name: shape_view(shape, measured.get(name), snapshot) for name, shape in formula.items()
        }
        self.numbers = tensors if snapshot.run and snapshot.run.out.numel() else {}

    def out(self) -> str:
        """As the module returns it."""
        both = self.settings.bidirectional
        states = "(h_n, c_n)" if self.settings.kind == "LSTM" else "h_n"
        return self.strip(
            "out",
            "out",
            f"out, {states} = {self.settings.kind.lower()}(x)",
            [self.band(name, "out") for name in self.settings.directions],
            order="input order, both halves" if both else INPUT_ORDER,
            pattern=f"{self.axes} (d h)" if both else f"{self.axes} h",
            mark=None if both else self._mark(self.length - 1, "= h_n[-1]", "last-step"),
        )

    def halves(self) -> list[str]:
        """The two halves of out, in input order."""
        n = self.width
        pattern = f"{self.axes} (d h) -> d {self.axes} h"
        return [
            self.strip(
                "forward",
                "forward",
                f"forward = out[..., :{n}]",
                [self.band("forward", "forward")],
                order=INPUT_ORDER,
                pattern=pattern,
                mark=self._mark(self.length - 1, "= h_n[-2]", "forward-last"),
            ),
            self.strip(
                "backward",
                "backward",
                f"backward = out[..., {n}:]",
                [self.band("backward", "backward")],
                order=self.reads_backward,
                pattern=pattern,
                mark=self._mark(0, "= h_n[-1]", "backward-first"),
            ),
        ]

    def reading(self) -> str:
        """The backward half of out, flipped."""
        return self.strip(
            "reading",
            "reading order",
            self.flip("backward"),
            [self.reversed("reading order")],
            order=f"reading order: {self.last_column} is the final state",
            pattern=self.turn,
            mark=self._mark(self.length - 1, "= h_n[-1]", "reading-order"),
        )

    def pair(self) -> list[str]:
        """What two unidirectional modules return."""
        return [
            self.strip(
                "pair-forward",
                "forward",
                "forward, _ = f(y)",
                [self.band("forward", "pair forward")],
                order=INPUT_ORDER,
                pattern=f"{self.axes} h",
            ),
            self.strip(
                "pair-backward",
                "backward",
                f"backward, _ = b({self.flip('y')})",
                [self.reversed("pair backward")],
                order="reading order: the order in which b has read",
                pattern=f"{self.axes} h",
            ),
        ]

    def per_step(self, mode: str) -> str:
        """Both halves merged at every step."""
        concat = mode == "concat"
        again = ": this is out again" if concat else ""
        return self.strip(
            mode,
            mode,
            merge_code(mode, "forward", "backward"),
            [self.band(name, mode) for name in (BOTH if concat else ("both",))],
            order=f"one vector per step, in input order{again}",
            pattern=self.join if concat else f"d {self.axes} h -> {self.axes} h, {mode}",
        )

    def final(self, mode: str) -> str:
        """Both final states merged: one vector for the sequence."""
        batch = "" if self.sizes.batch_size is None else "n "
        shape = "final" if mode == "concat" else f"final {mode}"
        if not self.settings.bidirectional:
            code, pattern, bands = "h_n[-1]", "", [self._end("forward", "final")]
        elif mode == "concat":
            code, pattern = merge_code(mode, "h_n[-2]", "h_n[-1]"), f"d {batch}h -> {batch}(d h)"
            bands = [self._end(name, "final") for name in BOTH]
        else:
            code = merge_code(mode, "h_n[-2]", "h_n[-1]")
            pattern, bands = f"d {batch}h -> {batch}h, {mode}", [self._end("both", shape)]
        return self._keep(
            f"final-{mode}", shape, code, vector(bands), "one vector per sequence", pattern
        )

    def decoder(self) -> str:
        """The states with both directions side by side."""
        code, pattern = decoder_code(self.settings, self.sizes)
        order = "the states that a decoder of one direction can start from"
        nothing: HeatRecord = {"bands": [], "more": ""}
        return self._keep("decoder", "decoder", code, nothing, order, pattern, claim="decoder-view")

    def strip(
        self,
        name: str,
        shape: str,
        code: str,
        bands: Sequence[Band],
        *,
        order: str,
        pattern: str,
        mark: MarkRecord | None = None,
        claim: str = "",
    ) -> str:
        """A strip over time; ``shape`` is the name of its formula. Returns its id, ``name``."""
        numbers = strip(self.drawn, bands, self.sizes.seq_len)
        return self._keep(name, shape, code, numbers, order, pattern, mark, claim)

    def band(self, name: str, tensor: str) -> Band:
        """The features of a direction in a tensor, in input order."""
        return Band(name, lambda at: at, self.width, self._half(name, self._values(tensor)))

    def reversed(self, tensor: str) -> Band:
        """A backward half in reading order; padding stays where it is."""
        length, values = self.length, self._values(tensor)
        return Band(
            "backward", lambda at: length - 1 - at if at < length else at, self.width, values
        )

    def flip(self, name: str) -> str:
        """Code that reverses a tensor in time."""
        return flip_code(name, self.settings, self.sizes)

    @property
    def last_column(self) -> str:
        """Where a direction that is in reading order ends."""
        return "the last column before padding" if self.sizes.lengths else "the last column"

    @property
    def reads_backward(self) -> str:
        """The order of a backward half as returned."""
        return f"input order: column t has read x[{self.length - 1}..t]"

    def _keep(
        self,
        name: str,
        shape: str,
        code: str,
        numbers: HeatRecord,
        order: str,
        pattern: str,
        mark: MarkRecord | None = None,
        claim: str = "",
    ) -> str:
        self.made[name] = {
            "code": code,
            "pattern": f"axes as einops writes them: `{pattern}`" if pattern else "",
            "order": order,
            "shape": self.shapes[shape],
            "bands": numbers["bands"],
            "more": numbers["more"],
            "mark": mark,
            "claims": [claim_record(self.found[claim])] if claim in self.found else [],
        }
        return name

    def _end(self, name: str, tensor: str) -> Band:
        """A direction's part of a final vector, as if it stood at its own end of the sequence."""
        values = self.numbers.get(tensor)
        if values is not None:
            rows = values.reshape(-1, values.shape[-1])  # a single row if unbatched
            values = self._half(name, rows[self.sample : self.sample + 1])
        end = 0 if name == "backward" else self.length - 1
        return Band(name, lambda _at: end, self.width, values)

    def _half(self, name: str, values: Tensor | None) -> Tensor | None:
        if values is None or values.shape[-1] == self.width:
            return values
        return values[:, self.width :] if name == "backward" else values[:, : self.width]

    def _values(self, tensor: str) -> Tensor | None:
        """One sample, (L, features)."""
        if tensor not in self.numbers:
            return None
        from lstm_shapes.live.axes import steps_first

        return steps_first(self.numbers[tensor], self.settings, self.sizes)[:, self.sample]

    def _mark(self, at: int, label: str, claim: str) -> MarkRecord | None:
        if at not in self.drawn or claim not in self.found or not self.found[claim].holds:
            return None
        return {"column": self.drawn.index(at), "label": label}


def _tensors(run: Run) -> Mapping[str, Tensor]:
    """Everything that is drawn, by name: what there are formulas for, and the pair's."""
    from lstm_shapes.live.layers import hand_built_pair
    from lstm_shapes.statements.directions import direction_tensors

    made = run.kept("direction tensors", lambda: direction_tensors(run))
    tensors = {"out": run.out, **made}
    if run.settings.bidirectional and run.out.numel():
        tensors |= {f"pair {name}": tensor for name, tensor in hand_built_pair(run).items()}
    return tensors
