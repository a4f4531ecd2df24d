"""Directions: out split by direction, the backward half realigned, both merged, step by step."""

from __future__ import annotations

from dataclasses import asdict

from lstm_shapes.explorer.choices import MERGES, WAYS
from lstm_shapes.explorer.panels.strips import BOTH, Strips
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.explorer.view import View
from lstm_shapes.snippet import constructor


def directions_view(snapshot: Snapshot, sample: int = 0) -> View:
    """The steps from out to a merged result, each way, and the claims evaluated on the way.

    Args:
        sample: the batch item whose numbers are shown.
    """
    question = snapshot.question
    count = question.sizes.batch_size
    return {
        "about": constructor(question.settings),
        "samples": count and str(count),
        "sample": sample,
        "bands": BOTH[: question.settings.num_directions],
        "ways": _ways(Strips(snapshot, sample)),
        "claims_title": _claims_title(snapshot),
        "claims": [asdict(claim) for claim in snapshot.claims],
    }


def _claims_title(snapshot: Snapshot) -> str:
    if snapshot.run is None:
        return "Nothing is claimed without a run"
    if not snapshot.claims:
        return "Without a sample there are no numbers to compare"
    return "Checked on the last valid run" if snapshot.problem else "Checked on this run"


def _ways(strips: Strips) -> dict[str, View]:
    if not strips.settings.bidirectional:
        return {"module": {"name": WAYS["module"], "steps": _one_direction(strips)}}
    start = _start(strips)
    steps = {
        "module": [*start, *_module(strips)],
        "pair": _pair(strips),
        "flip": [*start, *_flip_anyway(strips)],
    }
    return {way: {"name": name, "steps": steps[way]} for way, name in WAYS.items()}


def _one_direction(strips: Strips) -> list[View]:
    last = f"The last step has read them all: `out[{':, ' * strips.time}-1]`"
    if strips.sizes.lengths:
        last = "Each sample's own last step has read all of it: out there"
    return [
        _scene(
            "1 · out as returned",
            "One direction: nothing to split or to realign.",
            [strips.out()],
        ),
        _scene(
            "2 · one vector per sequence",
            f"{last} is the last layer's final state.",
            [strips.out()],
            [strips.final("concat")],
        ),
    ]


def _start(strips: Strips) -> list[View]:
    return [
        _scene(
            "1 · out as returned",
            "One column a step: the forward cell's h above, the backward cell's below. "
            "Both halves are in input order: nothing is to be flipped.",
            [strips.out()],
            [strips.final("concat")],
        ),
        _scene(
            "2 · split the directions",
            "The first half of the features is forward, the second backward. The backward cell "
            "ends at t = 0: its final state is the first column, not the last.",
            [strips.out()],
            strips.halves(),
        ),
    ]


def _module(strips: Strips) -> list[View]:
    """The last two steps of nn.LSTM's own out."""
    halves = strips.halves()
    merged = _scene(
        "4 · merge",
        "Per time step both halves are joined in input order, unflipped. One vector for the "
        "sequence takes each direction at its own end.",
        halves,
        [strips.decoder()],
    )
    merged["merges"] = {mode: [strips.per_step(mode), strips.final(mode)] for mode in MERGES}
    return [
        _scene(
            "3 · realign the backward half",
            f"Reading order is for the end: {strips.last_column} is the final state. To join per "
            "time step, leave the backward half in input order.",
            halves,
            [strips.reading()],
        ),
        merged,
    ]


def _pair(strips: Strips) -> list[View]:
    """The steps of two unidirectional modules, run by hand."""
    alone = strips.pair()
    cat = "torch.cat([forward, backward], -1)"
    unflipped = strips.strip(
        "out",
        cat,
        [strips.band("forward", "pair forward"), strips.reversed("pair backward")],
        order="wrong: two orders in one column",
        pattern=strips.join,
        claim="hand-built-unflipped",
    )
    turned = strips.strip(
        "backward",
        f"backward = {strips.flip('backward')}",
        [strips.band("backward", "pair turned")],
        order=strips.reads_backward,
        pattern=strips.turn,
    )
    joined = strips.strip(
        "concat",
        cat,
        [strips.band(name, "pair concat") for name in BOTH],
        order="input order, both halves",
        pattern=strips.join,
        claim="hand-built",
    )
    return [
        _scene(
            "1 · run both by hand",
            "f and b are unidirectional, with the weights of the last layer's two directions; y "
            "is what that layer reads. b is given y reversed, and returns it reversed.",
            alone,
        ),
        _scene(
            "2 · join as they are",
            "Column t then holds the forward h of x[t] and the backward one of "
            f"x[{strips.mirror}]: two different steps.",
            alone,
            [unflipped],
        ),
        _scene(
            "3 · realign the backward one",
            "Here the flip is needed: it brings what b returned back into input order.",
            alone,
            [turned],
        ),
        _scene(
            "4 · merge",
            "Flipped once, then joined: this is what nn.LSTM returns, and has done for you.",
            [alone[0], turned],
            [joined, strips.out()],
        ),
    ]


def _flip_anyway(strips: Strips) -> list[View]:
    """The last two steps of a repair of what is not broken."""
    halves, reading = strips.halves(), strips.reading()
    joined = strips.strip(
        "concat",
        f"torch.cat([forward, {strips.flip('backward')}], -1)",
        [strips.band("forward", "forward"), strips.reversed("reading order")],
        order="wrong: two orders in one column",
        pattern=strips.join,
        claim="flip-anyway",
    )
    return [
        _scene(
            "3 · flip anyway",
            "The half is flipped although it was aligned: now it is in reading order.",
            halves,
            [reading],
        ),
        _scene(
            "4 · merge",
            "Column t now joins the forward h of x[t] with the backward one of "
            f"x[{strips.mirror}]: out it is no longer.",
            [halves[0], reading],
            [joined, strips.out()],
        ),
    ]


def _scene(title: str, says: str, left: list[View], right: list[View] | None = None) -> View:
    """A step: from what is on the left to what is on the right."""
    return {"title": title, "says": says, "left": left, "right": right or []}
