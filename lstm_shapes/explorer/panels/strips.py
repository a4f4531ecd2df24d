"""The tensors on the way from out to a merged result, each as a strip with its shape and code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from lstm_shapes.explorer.panels.numbers import MOST_COLUMNS, Band, of_sample, strip, vector
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.explorer.view import View, shape_view
from lstm_shapes.formula.code import flip_code, mirrored
from lstm_shapes.formula.numbers import grouped
from lstm_shapes.formula.shapes import direction_shapes, tensor_shapes, time_axis
from lstm_shapes.picture.scene import elide

if TYPE_CHECKING:
    from torch import Tensor

    from lstm_shapes.live.run import Run

BOTH = ("forward", "backward")
INPUT_ORDER = "input order: column t has read x[0..t]"


class Strips:
    """Strips of one sample of a snapshot.

    A strip's claims are given by id; a mark, the label of a column that equals something, is
    there only if that was found on the run.
    """

    def __init__(self, snapshot: Snapshot, sample: int) -> None:
        question = snapshot.question
        self.settings, self.sizes, self.sample = question.settings, question.sizes, sample
        self.width = self.settings.h_out
        self.time = time_axis(self.settings, self.sizes)
        self.length = self.sizes.steps_of(sample)
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

    def out(self) -> View:
        """As the module returns it."""
        both = self.settings.bidirectional
        bands = [self.band(name, "out") for name in BOTH[: self.settings.num_directions]]
        states = "(h_n, c_n)" if self.settings.kind == "LSTM" else "h_n"
        code = f"out, {states} = {self.settings.kind.lower()}(x)"
        mark = None if both else self._mark(self.length - 1, "= h_n[-1]", "last-step")
        order = "input order, both halves" if both else INPUT_ORDER
        pattern = f"{self.axes} (d h)" if both else f"{self.axes} h"
        return self.strip("out", code, bands, order=order, pattern=pattern, mark=mark)

    def halves(self) -> list[View]:
        """The two halves of out, in input order."""
        axes, n = self.axes, self.width
        pattern = f"{axes} (d h) -> d {axes} h"
        return [
            self.strip(
                "forward",
                f"forward = out[..., :{n}]",
                [self.band("forward", "forward")],
                order=INPUT_ORDER,
                pattern=pattern,
                mark=self._mark(self.length - 1, "= h_n[-2]", "forward-last"),
            ),
            self.strip(
                "backward",
                f"backward = out[..., {n}:]",
                [self.band("backward", "backward")],
                order=self.reads_backward,
                pattern=pattern,
                mark=self._mark(0, "= h_n[-1]", "backward-first"),
            ),
        ]

    def reading(self) -> View:
        """The backward half of out, flipped."""
        return self.strip(
            "reading order",
            self.flip("backward"),
            [self.reversed("reading order")],
            order=f"reading order: {self.last_column} is the final state",
            pattern=self.turn,
            mark=self._mark(self.length - 1, "= h_n[-1]", "reading-order"),
        )

    def pair(self) -> list[View]:
        """What two unidirectional modules return."""
        return [
            self.strip(
                "forward",
                "forward, _ = f(y)",
                [self.band("forward", "pair forward")],
                order=INPUT_ORDER,
                pattern=f"{self.axes} h",
            ),
            self.strip(
                "backward",
                f"backward, _ = b({self.flip('y')})",
                [self.reversed("pair backward")],
                order="reading order: the order in which b has read",
                pattern=f"{self.axes} h",
            ),
        ]

    def per_step(self, mode: str) -> View:
        """Both halves merged at every step."""
        axes, concat = self.axes, mode == "concat"
        bands = [self.band(name, mode) for name in (BOTH if concat else ("both",))]
        return self.strip(
            mode,
            merge_code(mode, "forward", "backward"),
            bands,
            order="per step, input order" + (": out again" if concat else ""),
            pattern=self.join if concat else f"d {axes} h -> {axes} h, {mode}",
        )

    def final(self, mode: str) -> View:
        """Both final states merged: one vector for the sequence."""
        batch = "" if self.sizes.batch_size is None else "n "
        if not self.settings.bidirectional:
            code, pattern, bands = "h_n[-1]", "", [self._end("forward", "final")]
        elif mode == "concat":
            code, pattern = merge_code(mode, "h_n[-2]", "h_n[-1]"), f"d {batch}h -> {batch}(d h)"
            bands = [self._end(name, "final") for name in BOTH]
        else:
            code = merge_code(mode, "h_n[-2]", "h_n[-1]")
            pattern = f"d {batch}h -> {batch}h, {mode}"
            bands = [self._end("both", f"final {mode}")]
        shape = "final" if mode == "concat" else f"final {mode}"
        made = self._part(shape, code, "one vector per sequence", pattern)
        return made | vector(bands)

    def decoder(self) -> View:
        """The states with both directions side by side."""
        layers, n = self.settings.num_layers, self.width
        batch = () if self.sizes.batch_size is None else (self.sizes.batch_size,)
        apart = ", ".join(map(str, (layers, 2, *batch, n)))
        joined = ", ".join(map(str, (layers, *batch, 2 * n)))
        swap = ".transpose(1, 2)" if batch else ""
        pattern = "(l d) n h -> l n (d h)" if batch else "(l d) h -> l (d h)"
        code = f"h_n.view({apart}){swap}.reshape({joined})"
        made = self._part("decoder", code, "the states for a decoder", pattern)
        return made | {"claims": self._claims("decoder-view")}

    def strip(
        self,
        shape: str,
        code: str,
        bands: list[Band],
        *,
        order: str,
        pattern: str = "",
        mark: View | None = None,
        claim: str = "",
    ) -> View:
        """A strip over time; ``shape`` is the name of its formula."""
        made = self._part(shape, code, order, pattern) | strip(
            self.drawn, bands, self.sizes.seq_len
        )
        return made | {"mark": mark, "claims": self._claims(claim)}

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
    def mirror(self) -> str:
        """The step at column t of a reversed sequence."""
        return mirrored(self.sizes)

    @property
    def last_column(self) -> str:
        """Where a direction that is in reading order ends."""
        return "the last column before padding" if self.sizes.lengths else "the last column"

    @property
    def reads_backward(self) -> str:
        """The order of a backward half as returned."""
        return f"input order: column t has read x[{grouped(self.length - 1)}..t]"

    @property
    def axes(self) -> str:
        """The leading axes of out, in one letter each."""
        if self.sizes.batch_size is None:
            return "t"
        return "n t" if self.settings.batch_first else "t n"

    @property
    def turn(self) -> str:
        """The pattern of a flip, which einops itself has no word for."""
        turned = self.axes.replace("t", "t'")
        return f"{self.axes} h -> {turned} h, t' = {self.mirror}"

    @property
    def join(self) -> str:
        """The pattern of a concatenation per step."""
        return f"d {self.axes} h -> {self.axes} (d h)"

    def _part(self, shape: str, code: str, order: str, pattern: str) -> View:
        return {
            "code": code,
            "pattern": pattern,
            "order": order,
            "shape": self.shapes[shape],
            "bands": [],
            "more": [],
            "mark": None,
            "claims": [],
        }

    def _end(self, name: str, tensor: str) -> Band:
        """A direction's part of a final vector, as if it stood at its own end of the sequence."""
        values = self.numbers.get(tensor)
        if values is not None:
            row = values if values.dim() == 1 else values[self.sample]
            values = self._half(name, row.unsqueeze(0))
        end = 0 if name == "backward" else self.length - 1
        return Band(name, lambda _at: end, self.width, values)

    def _half(self, name: str, values: Tensor | None) -> Tensor | None:
        if values is None or values.shape[-1] == self.width:
            return values
        return values[:, self.width :] if name == "backward" else values[:, : self.width]

    def _values(self, tensor: str) -> Tensor | None:
        """One sample, (steps, features)."""
        values = self.numbers.get(tensor)
        return None if values is None else of_sample(values, self.sample, self.time)

    def _mark(self, at: int, label: str, claim: str) -> View | None:
        if at not in self.drawn or claim not in self.found or not self.found[claim].holds:
            return None
        return {"column": self.drawn.index(at), "label": label}

    def _claims(self, claim: str) -> list[View]:
        return [asdict(self.found[claim])] if claim in self.found else []


def merge_code(mode: str, forward: str, backward: str) -> str:
    """Code that merges two tensors."""
    return {
        "concat": f"torch.cat([{forward}, {backward}], -1)",
        "sum": f"{forward} + {backward}",
        "mean": f"({forward} + {backward}) / 2",
        "max": f"torch.maximum({forward}, {backward})",
    }[mode]


def _tensors(run: Run) -> Mapping[str, Tensor]:
    """Everything that is drawn, by name: what there are formulas for, and the pair's."""
    from lstm_shapes.live.layers import hand_built_pair
    from lstm_shapes.statements.directions import direction_tensors

    tensors = {"out": run.out, **direction_tensors(run)}
    if run.settings.bidirectional and run.out.numel():
        tensors |= {f"pair {name}": tensor for name, tensor in hand_built_pair(run).items()}
    return tensors
