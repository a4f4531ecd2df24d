"""The ways from out to a merged result, each in a few steps with what is to be said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from lstm_shapes.explorer.choices import MERGES, WAYS
from lstm_shapes.explorer.panels.strips import BOTH, Strips
from lstm_shapes.formula.code import mirrored
from lstm_shapes.formula.shapes import time_axis

TWO_STEPS = "wrong: column t joins the h of two different steps"


class WalkStep(TypedDict):
    """One step: from the strips on the left to those on the right, each by its id.

    ``merges`` holds, for every way of merging, the strips that stand first on the right; it is
    empty where nothing is merged.
    """

    title: str
    says: str
    left: Sequence[str]
    right: Sequence[str]
    merges: Mapping[str, Sequence[str]]


class WayRecord(TypedDict):
    """How the two directions are come by, or treated, step by step."""

    name: str
    steps: Sequence[WalkStep]


def ways(strips: Strips) -> dict[str, WayRecord]:
    """All ways by their keys in ``WAYS``; with one direction there is one."""
    if not strips.settings.bidirectional:
        return {"module": {"name": WAYS["module"], "steps": _one_direction(strips)}}
    start = _start(strips)
    steps = {
        "module": [*start, *_module(strips)],
        "pair": _pair(strips),
        "flip": [*start, *_flip_anyway(strips)],
    }
    return {way: {"name": name, "steps": steps[way]} for way, name in WAYS.items()}


def _one_direction(strips: Strips) -> list[WalkStep]:
    time = time_axis(strips.settings, strips.sizes)
    last = (
        "At the last step the cell has read the whole sequence, so "
        f"`out[{':, ' * time}-1]` is the last layer's final state."
    )
    if strips.sizes.lengths:
        last = (
            "Every sample has a last step of its own. There the cell has read the whole sample, "
            "so out at that step is the last layer's final state."
        )
    return [
        _step(
            "1 · out as returned",
            "This module has one direction, so there is nothing to split and nothing to realign.",
            [strips.out()],
        ),
        _step("2 · one vector per sequence", last, [strips.out()], [strips.final("concat")]),
    ]


def _start(strips: Strips) -> list[WalkStep]:
    return [
        _step(
            "1 · out as returned",
            "Each column is one step of out: above stands the h that the forward cell wrote, "
            "below the h that the backward cell wrote. In both halves column t belongs to x[t]. "
            "This is called input order here, and it means that nothing has to be flipped.",
            [strips.out()],
            [strips.final("concat")],
        ),
        _step(
            "2 · split the directions",
            "The first half of the features was written by the forward cell, the second half by "
            "the backward cell. The backward cell reads towards t = 0 and ends there, so its "
            "final state is the first column, not the last one.",
            [strips.out()],
            strips.halves(),
        ),
    ]


def _module(strips: Strips) -> list[WalkStep]:
    """The last two steps of nn.LSTM's own out."""
    halves = strips.halves()
    return [
        _step(
            "3 · realign the backward half",
            "A flip in time brings the backward half into reading order, the order in which its "
            f"cell has read: then {strips.last_column} is its final state. This is of use only "
            "to look at the end. To join both halves at every step, leave the backward half in "
            "input order.",
            halves,
            [strips.reading()],
        ),
        _step(
            "4 · merge",
            "At every step both halves belong to the same x[t], so they are merged in input "
            "order, without a flip. For one vector per sequence each direction is taken where it "
            "has read everything: the forward one at the sample's last step, the backward one "
            "at t = 0. These two are h_n[-2] and h_n[-1].",
            halves,
            [strips.decoder()],
            {mode: [strips.per_step(mode), strips.final(mode)] for mode in MERGES},
        ),
    ]


def _pair(strips: Strips) -> list[WalkStep]:
    """The steps of two unidirectional modules, run by hand."""
    alone = strips.pair()
    unflipped, turned, joined = _joined_by_hand(strips)
    return [
        _step(
            "1 · run both by hand",
            "f and b are two modules of one direction each, with the weights of the last layer's "
            "two directions. What that layer reads is called y here. b is given y reversed in "
            "time, and so it returns its h in that reversed order too.",
            alone,
        ),
        _step(
            "2 · join as they are",
            "Joined like this, column t holds the forward h of x[t] and the backward h of "
            f"x[{mirrored(strips.sizes)}]. These are two different steps, and torch reports no "
            "error, because the shapes fit.",
            alone,
            [unflipped],
        ),
        _step(
            "3 · realign the backward one",
            "Here a flip is needed: b has returned its h in the order in which it has read, and "
            "the flip brings it back into input order.",
            alone,
            [turned],
        ),
        _step(
            "4 · merge",
            "Flipped once and then joined, the pair is compared with out. A bidirectional "
            "nn.LSTM makes this flip itself, so its out must not be flipped again.",
            [alone[0], turned],
            [joined, strips.out()],
        ),
    ]


def _joined_by_hand(strips: Strips) -> tuple[str, str, str]:
    """The pair joined as it is, its second one flipped, and the pair joined after that."""
    cat = "torch.cat([forward, backward], -1)"
    unflipped = strips.strip(
        "pair-unflipped",
        "out",
        cat,
        [strips.band("forward", "pair forward"), strips.reversed("pair backward")],
        order=TWO_STEPS,
        pattern=strips.join,
        claim="hand-built-unflipped",
    )
    turned = strips.strip(
        "pair-turned",
        "backward",
        f"backward = {strips.flip('backward')}",
        [strips.band("backward", "pair turned")],
        order=strips.reads_backward,
        pattern=strips.turn,
    )
    joined = strips.strip(
        "pair-joined",
        "concat",
        cat,
        [strips.band(name, "pair concat") for name in BOTH],
        order="input order, both halves",
        pattern=strips.join,
        claim="hand-built",
    )
    return unflipped, turned, joined


def _flip_anyway(strips: Strips) -> list[WalkStep]:
    """The last two steps of a repair of what is not broken."""
    halves, reading = strips.halves(), strips.reading()
    joined = strips.strip(
        "flip-joined",
        "concat",
        f"torch.cat([forward, {strips.flip('backward')}], -1)",
        [strips.band("forward", "forward"), strips.reversed("reading order")],
        order=TWO_STEPS,
        pattern=strips.join,
        claim="flip-anyway",
    )
    return [
        _step(
            "3 · flip anyway",
            "The backward half was in input order already. The flip brings it into reading "
            "order, and so it no longer fits the forward half.",
            halves,
            [reading],
        ),
        _step(
            "4 · merge",
            "Column t now joins the forward h of x[t] with the backward h of "
            f"x[{mirrored(strips.sizes)}]. The result has the shape of out, so torch reports no "
            "error, but this no longer equals `out`.",
            [halves[0], reading],
            [joined, strips.out()],
        ),
    ]


def _step(
    title: str,
    says: str,
    left: Sequence[str],
    right: Sequence[str] = (),
    merges: Mapping[str, Sequence[str]] | None = None,
) -> WalkStep:
    return {"title": title, "says": says, "left": left, "right": right, "merges": merges or {}}
