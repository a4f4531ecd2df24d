"""Compares a scene with a run: whether its slices hold the same numbers, and which numbers.

A scene is computed from the settings, and says which slices should hold the same numbers. This
file compares the tensors of a run, at the index that the code of each slice shows.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from lstm_shapes.errors import ArgumentError
from lstm_shapes.formula.code import Index, code_of
from lstm_shapes.formula.shapes import tensor_shapes, time_axis
from lstm_shapes.live.layers import hidden_states, layer_runs
from lstm_shapes.live.run import Run
from lstm_shapes.picture.scene import Scene, Slice
from lstm_shapes.statements.claim import COINCIDENCE, Claim, recomputed
from lstm_shapes.statements.final_h import h_from_c

MOST_NUMBERS = 8
"""The most features of a slice whose numbers are given."""


def slice_claims(scene: Scene, run: Run) -> dict[str, tuple[Claim, ...]]:
    """Evaluate on a run what the scene says of its slices of out, h_n and c_n.

    Each row of h_n in the last layer is compared with the step of out that holds the same
    numbers, and with the last step of out, where it is often looked for. The rows of the other
    layers, and the rows of c_n, are compared with what their layer returns when it is run alone.
    Of c_n it is evaluated too that h is made of it, and that out does not hold it.

    Args:
        scene: from :func:`~lstm_shapes.unroll`.
        run: from :func:`~lstm_shapes.run`, with the settings and sizes of the scene.

    Returns:
        By id of the slice, the claims about it. There are none for a run without samples.

    Raises:
        ArgumentError: the scene is of other settings or sizes than the run.

    Source: torch documentation, ``torch.nn.LSTM``, "Outputs" and its notes.

    >>> from lstm_shapes import InputSizes, Settings, run, unroll
    >>> settings, sizes = Settings(4, 3, bidirectional=True), InputSizes(5, 3)
    >>> for claim in slice_claims(unroll(settings, sizes), run(settings, sizes))["h_n.1"]:
    ...     print(claim.holds, claim.statement)
    True h_n[1] == out[0, :, 3:]
    False h_n[1] == out[-1, :, 3:]
    """
    finder = _Finder(scene, run)
    if run.out.numel() == 0:
        return {}
    found = {name: tuple(finder.claims(each)) for name, each in scene.slices.items() if each.code}
    return {name: claims for name, claims in found.items() if claims}


def slice_numbers(scene: Scene, run: Run, sample: int = 0) -> dict[str, list[float]]:
    """Read the first numbers that each x, cell, half of out and row of h_n and c_n holds.

    Args:
        scene: from :func:`~lstm_shapes.unroll`.
        run: from :func:`~lstm_shapes.run`, with the settings and sizes of the scene.
        sample: which sample of the batch to read. It is ignored if the scene draws one sample;
            it must be 0 for unbatched input.

    Returns:
        By id of the slice, the first ``MOST_NUMBERS`` features. For a cell they are h, from
        running its layer alone, since nn.LSTM returns h of the last layer only. There are none
        for a run without samples.

    Raises:
        ArgumentError: the scene is of other settings or sizes than the run.

    >>> from lstm_shapes import InputSizes, Settings, run, unroll
    >>> settings, sizes = Settings(4, 3), InputSizes(seq_len=5, batch_size=3)
    >>> made = run(settings, sizes)
    >>> numbers = slice_numbers(unroll(settings, sizes), made, sample=2)
    >>> numbers["h_n.0"] == made.h_n[0, 2].tolist()
    True
    """
    finder = _Finder(scene, run)
    of = sample if scene.sample is None else scene.sample
    return dict(finder.numbers(of)) if run.out.numel() else {}


class _Finder:
    def __init__(self, scene: Scene, run: Run) -> None:
        for name in ("settings", "sizes"):
            given, ran = getattr(scene, name), getattr(run, name)
            if given != ran:
                cure = f"unroll and run the same {name}; the run has {ran}"
                raise ArgumentError(f"scene.{name}", given, "is not what was run", cure)
        self.scene = scene
        self.run = run
        self.tensors = run.tensors()
        self.top = run.settings.num_layers - 1
        self.last = scene.length - 1
        shapes = tensor_shapes(run.settings, run.sizes)
        self.shapes_agree = all(shape == shapes[name].shape for name, shape in run.shapes().items())

    def claims(self, each: Slice) -> Iterator[Claim]:
        if each.kind == "h_n":
            yield from self._row(each)
        elif each.kind == "c_n":
            yield self._alone(each, "c_n", (each.backward, *each.where[1:]))
            yield from self._inside(each)
        elif each.padding and each.kind == "out":
            zeros = not self._at("out", each.where).any()
            reason = "pad_packed_sequence fills the padding with zeros"
            yield Claim(f"zeros-{each.id}", f"{each.code} == 0", zeros, reason)
        elif each.kind == "out":
            yield from self._step(each)

    def _inside(self, each: Slice) -> Iterator[Claim]:
        """What a row of c_n is to h, and that out does not hold it."""
        final = self.scene.at("h_n", each)
        if final is None or each.layer is None or each.direction is None:
            return
        if not self.shapes_agree:
            return  # the cards say so, and there is nothing that could be computed
        by_hand = h_from_c(self.run, each.layer, each.direction)
        by_hand = by_hand if len(each.where) == 3 else by_hand.squeeze(0)
        same, note = recomputed(
            by_hand[_subscript(each.where[1:])], self._at("h_n", final.where), self.run
        )
        formula = f"o ⊙ tanh({each.code})"
        formula = f"W_hr ({formula})" if self.run.settings.proj_size else formula
        reason = f"o is the output gate of that step, computed by hand{note}"
        yield Claim(f"inside-{each.id}", f"{final.code} == {formula}", same, reason)
        if each.layer == self.top:
            end = self.scene.slices[f"out.{each.step}.{each.direction}"]
            equal = torch.equal(self._at("c_n", each.where), self._at("out", end.where))
            reason = "true on this run by coincidence: c and h are the same numbers here"
            reason = reason if equal else "out holds h of every step, and no c"
            yield Claim(f"not-{each.id}", f"{each.code} == {end.code}", equal, reason, mistake=True)

    def _step(self, each: Slice) -> Iterator[Claim]:
        """Compare a half of a step of out with the final state of its direction."""
        final = self.scene.at("h_n", each)
        if final is None:
            return
        if each.step == final.step:
            yield self._same(each, final, "this direction ends here, so both are the same h")
        elif each.backward and each.step == self.last:
            yield self._mistake(
                each, final.where, final.code, "the backward cell has read only one step here"
            )

    def _row(self, each: Slice) -> Iterator[Claim]:
        """Compare a row of h_n with the step of out at which its direction ends."""
        end = self.scene.slices[f"out.{each.step}.{each.direction}"]
        if each.layer != self.top:
            yield self._alone(each, "out", end.where)
            reason = f"out holds h of layer {self.top} only"
            yield self._mistake(each, end.where, end.code, reason)
            return
        yield self._same(each, end, "this direction ends there, so both are the same h")
        padded = self.last + 1 < self.run.sizes.seq_len
        if padded or (each.backward and self.last):
            time = time_axis(self.run.settings, self.run.sizes)
            where = (*end.where[:time], -1, *end.where[time + 1 :])
            code = code_of("out", where, self.run.out.shape[-1])
            reason = (
                "that step is padding"
                if padded
                else "the backward cell has read only one step there"
            )
            yield self._mistake(each, where, code, reason)

    def _same(self, each: Slice, other: Slice, reason: str) -> Claim:
        holds = torch.equal(self._at(each.tensor, each.where), self._at(other.tensor, other.where))
        return Claim(f"same-{each.id}", f"{each.code} == {other.code}", holds, reason)

    def _mistake(self, each: Slice, where: Index, code: str, reason: str) -> Claim:
        tensor = "h_n" if each.kind == "out" else "out"
        holds = torch.equal(self._at(each.tensor, each.where), self._at(tensor, where))
        statement = f"{each.code} == {code}"
        return Claim(
            f"not-{each.id}", statement, holds, COINCIDENCE if holds else reason, mistake=True
        )

    def _alone(self, each: Slice, tensor: str, where: Index) -> Claim:
        """Compare a row with what its layer returns when it is run alone."""
        layer = layer_runs(self.run)[each.layer or 0]
        alone = layer.tensors()[tensor]
        code = code_of(tensor, where, alone.shape[-1] if tensor == "out" else 0)
        same, note = recomputed(
            alone[_subscript(where)], self._at(each.tensor, each.where), self.run
        )
        reason = f"layer {each.layer} wrote this row, and was run alone to compare{note}"
        statement = f"{each.code} == {code} of layer {each.layer} alone"
        return Claim(f"alone-{each.id}", statement, same, reason)

    def _at(self, tensor: str, where: Index) -> Tensor:
        return self.tensors[tensor][_subscript(where)]

    def numbers(self, sample: int) -> Iterator[tuple[str, list[float]]]:
        drawn = [step for step in self.scene.columns if step is not None]
        place = {step: i for i, step in enumerate(drawn)}
        ordered, few = self.run.ordered, slice(MOST_NUMBERS)
        x = ordered.x[drawn, sample, few].tolist()
        cells = hidden_states(self.run)[:, :, drawn, sample, few].tolist()
        out = ordered.out[:, drawn, sample, few].tolist()
        states = {"h_n": ordered.h_n[:, :, sample, few].tolist()}
        if ordered.c_n is not None:
            states["c_n"] = ordered.c_n[:, :, sample, few].tolist()
        for name, each in self.scene.slices.items():
            if each.step is None or each.kind in ("arrow", "h_0"):
                continue
            at, layer = place[each.step], each.layer or 0
            if each.kind == "x":
                yield name, x[at]
            elif each.kind == "out":
                yield name, out[each.backward][at]
            elif each.kind == "cell":
                yield name, cells[layer][each.backward][at]
            else:
                yield name, states[each.kind][layer][each.backward]


def _subscript(where: Index) -> tuple[int | slice, ...]:
    return tuple(entry if isinstance(entry, int) else slice(*(entry or (None,))) for entry in where)
