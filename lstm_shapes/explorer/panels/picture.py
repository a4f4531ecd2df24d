"""The linked picture: the network unrolled, drawn from the live run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TypedDict

from lstm_shapes.config import Direction, InputSizes, Question, Settings
from lstm_shapes.explorer.panels.cards import MEANING, axis_id
from lstm_shapes.explorer.panels.claims import ClaimRecord, claim_record
from lstm_shapes.explorer.panels.without import why_not
from lstm_shapes.explorer.state import Snapshot, Status
from lstm_shapes.explorer.view import packed
from lstm_shapes.formula.code import code_of
from lstm_shapes.formula.numbers import element
from lstm_shapes.formula.shapes import tensor_shapes
from lstm_shapes.picture.drawing import WIDTH, Arrow, Box, Text
from lstm_shapes.picture.layout import layout
from lstm_shapes.picture.measures import NARROWEST, WIDEST, steps_that_fit
from lstm_shapes.picture.scene import Scene, Slice, key
from lstm_shapes.picture.sentences import axis_sentence, sentence
from lstm_shapes.picture.svg import Key, caption_width, classes, legend
from lstm_shapes.picture.unroll import unroll
from lstm_shapes.snippet import constructor


class DrawingRecord(TypedDict):
    """Where everything stands, in pixels: a :class:`~lstm_shapes.picture.layout.Drawing`."""

    width: int
    height: float
    boxes: Sequence[Box]
    arrows: Sequence[Arrow]
    frames: Sequence[str]
    texts: Sequence[Text]


class _AnyNode(TypedDict):
    classes: str
    group: str


class NodeRecord(_AnyNode, total=False):
    """How a slice is drawn.

    Tab stops once in each ``group``, and the arrow keys move within it. A slice that stands for
    several has no ``name``, and cannot be selected.
    """

    name: str


class _AnySlice(TypedDict):
    holds: Sequence[str]
    reads: Sequence[str]
    writers: Sequence[str]


class SliceRecord(_AnySlice, total=False):
    """What a slice holds, was made from and was written by, as in
    :class:`~lstm_shapes.picture.scene.Slice`, with its sentence. One that a tensor holds has that
    tensor's name, and in ``where`` its part of each axis, from 0 to 1; None for all of it."""

    words: str
    tensor: str
    where: list[tuple[float, float] | None]


class AxisSliceRecord(TypedDict):
    """An axis of a card, which can be pointed at as a slice can."""

    tensor: str
    axis: int
    name: str
    words: str


class PictureRecord(TypedDict):
    """The picture, as it is drawn. Where it is saved it has a ``legend``, which takes ``head``
    pixels with the title, and at most ``caption_width`` characters in a line of the caption."""

    module: str
    legend: Sequence[Key]
    head: int
    caption_width: int
    directions: Sequence[Direction]
    drawing: DrawingRecord
    nodes: Mapping[str, NodeRecord]


class SlicesRecord(TypedDict):
    """By id, all that can be pointed at in the picture and in the cards."""

    slices: Mapping[str, SliceRecord]
    axes: Mapping[str, AxisSliceRecord]


class SliceFoundRecord(TypedDict):
    """What the run gave for one slice."""

    numbers: str
    claims: list[ClaimRecord]


class PictureFoundRecord(TypedDict):
    """What the run gave for the picture of the ``showing``th view, by id of slice; ``without``
    says why there are no numbers."""

    showing: int
    state: Status
    found: Mapping[str, SliceFoundRecord]
    without: str


NO_SLICES: SlicesRecord = {"slices": {}, "axes": {}}

NOTHING_FOUND: PictureFoundRecord = {
    "showing": 0,
    "state": "predicted",
    "found": {},
    "without": "",
}


def drawn_for(question: Question, sample: int, room: int) -> tuple[Settings, InputSizes, int, int]:
    """What a picture depends on: on the sample only where lengths differ, and on the room that
    the page has for it, in pixels, as far as a picture can have it."""
    width = max(NARROWEST, min(room, WIDEST))
    return question.settings, question.sizes, sample if question.sizes.lengths else 0, width


@lru_cache(maxsize=8)
def scene_of(settings: Settings, sizes: InputSizes, sample: int, width: int) -> Scene:
    """The scene of a call, which every part of the page reads: as many steps as there is room
    for."""
    return unroll(settings, sizes, sample, steps_that_fit(settings, width))


# A slider goes to and fro: what follows from the settings alone is made once for each.
@lru_cache(maxsize=32)
def picture_record(
    settings: Settings, sizes: InputSizes, sample: int, width: int, labels: tuple[str, ...] = ()
) -> bytes:
    """The picture as it is sent, before all that is known of its slices."""
    return packed(picture_view(settings, sizes, sample, width, labels))


@lru_cache(maxsize=32)
def slices_record(settings: Settings, sizes: InputSizes, sample: int, width: int) -> bytes:
    """What is known of the picture's slices, as it is sent."""
    return packed(slices_view(settings, sizes, sample, width))


def picture_view(
    settings: Settings, sizes: InputSizes, sample: int, width: int, labels: tuple[str, ...] = ()
) -> PictureRecord:
    """The picture, as it is drawn, with a word below each step."""
    picture = scene_of(settings, sizes, sample, width)
    drawing = layout(picture, labels, width)
    keys, head = legend(picture.directions, width)
    return {
        "module": constructor(settings),
        "legend": keys,
        "head": head,
        "caption_width": caption_width(width),
        "directions": picture.directions,
        "drawing": {
            "width": drawing.width,
            "height": drawing.height,
            "boxes": drawing.boxes,
            "arrows": drawing.arrows,
            "frames": drawing.frames,
            "texts": drawing.texts,
        },
        "nodes": {name: _node(each) for name, each in picture.slices.items()},
    }


def slices_view(settings: Settings, sizes: InputSizes, sample: int, width: int) -> SlicesRecord:
    """By id, all that can be pointed at in the picture and in the cards."""
    picture = scene_of(settings, sizes, sample, width)
    named = tensor_shapes(settings, sizes)
    shapes = {name: shape.shape for name, shape in named.items()}
    slices = {name: _slice(picture, each, shapes) for name, each in picture.slices.items()}
    return {"slices": slices, "axes": _axes(picture)}


def nearest_sample(sizes: InputSizes, sample: int) -> int:
    """The batch item that there is, for one that a browser asks for."""
    return max(0, min(sample, (sizes.batch_size or 1) - 1))


def found_view(
    snapshot: Snapshot, showing: int, sample: int = 0, room: int = WIDTH
) -> PictureFoundRecord:
    """What the run gave for the slices of the picture.

    Args:
        showing: number of the view that it belongs to.
        sample: the batch item whose numbers are given.
        room: the pixels that the page has for the picture.
    """
    return {
        "showing": showing,
        "state": snapshot.status,
        "found": _found(snapshot, sample, room),
        "without": "" if snapshot.run else "By formula: there are no numbers to compare.",
    }


def _node(each: Slice) -> NodeRecord:
    group = f"cell.{key(each.layer)}" if each.kind == "cell" else each.kind
    node: NodeRecord = {"classes": classes(each), "group": group}
    if not each.elided:
        node["name"] = each.code or each.id
    return node


def _slice(picture: Scene, each: Slice, shapes: Mapping[str, tuple[int, ...]]) -> SliceRecord:
    record: SliceRecord = {"holds": each.holds, "reads": each.reads, "writers": each.writers}
    if not each.elided:
        record["words"] = sentence(picture, each)
    if each.code:
        record["tensor"] = each.tensor
        record["where"] = _parts(each, shapes[each.tensor])
    return record


def _parts(each: Slice, shape: tuple[int, ...]) -> list[tuple[float, float] | None]:
    """Which part of each axis a slice is, from 0 to 1; None for all of it."""
    parts: list[tuple[float, float] | None] = []
    for entry, size in zip(each.where, shape, strict=True):
        start, stop = (entry, entry + 1) if isinstance(entry, int) else entry or (0, size)
        parts.append(None if entry is None else (start / size, stop / size))
    return parts


def _found(snapshot: Snapshot, sample: int, room: int) -> dict[str, SliceFoundRecord]:
    """What the run gave, by id of slice."""
    if snapshot.run is None:
        return {}
    from lstm_shapes.statements.slices import slice_claims, slice_numbers

    picture = scene_of(*drawn_for(snapshot.question, sample, room))
    found: dict[str, SliceFoundRecord] = {}
    for name, numbers in slice_numbers(picture, snapshot.run, sample).items():
        each = picture.slices[name]
        code = _of_sample(picture, each, sample)
        more = " …" if len(numbers) < _width(picture, each) else ""
        shown = " ".join([element(number, 4) for number in numbers])
        found[name] = {"numbers": f"{code} = {shown}{more}", "claims": []}
    for name, claims in slice_claims(picture, snapshot.run).items():
        found[name]["claims"] = [claim_record(claim) for claim in claims]
    return found | _found_of_axes(snapshot, picture)


def _found_of_axes(snapshot: Snapshot, picture: Scene) -> dict[str, SliceFoundRecord]:
    """What batch_first does to a batch axis, where a second run is cheap."""
    if snapshot.run is None or why_not(snapshot, "shown by running"):
        return {}
    from lstm_shapes.statements.arguments import batch_first_claims

    out, states = (claim_record(claim) for claim in batch_first_claims(snapshot.run))
    claims = {"input": out, "out": out, "h_n": states, "c_n": states}
    return {
        name: {"numbers": "", "claims": [claims[tensor]]}
        for name, (tensor, _, meaning) in axis_ids(picture).items()
        if meaning == "batch"
    }


def _width(picture: Scene, each: Slice) -> int:
    """Features of a slice."""
    settings = picture.settings
    return {"x": settings.input_size, "c_n": settings.hidden_size}.get(each.kind, settings.h_out)


def _of_sample(picture: Scene, each: Slice, sample: int) -> str:
    """Code of a slice for one batch item; a cell's h has none."""
    if not each.code or picture.sizes.batch_size is None or picture.sample is not None:
        return each.code or "h"
    batch = each.where.index(None)  # no slice is of one sample, and none of all steps
    where = (*each.where[:batch], sample, *each.where[batch + 1 :])
    return code_of(each.tensor, where, len(picture.directions) * picture.settings.h_out)


def axis_ids(picture: Scene) -> dict[str, tuple[str, int, str]]:
    """The axes of the cards, which can be pointed at too: tensor, axis and its name by id."""
    shapes = tensor_shapes(picture.settings, picture.sizes)
    return {
        axis_id(tensor, i): (tensor, i, axis.name)
        for tensor in MEANING
        if tensor in shapes
        for i, axis in enumerate(shapes[tensor].axes)
    }


def _axes(picture: Scene) -> dict[str, AxisSliceRecord]:
    return {
        name: {
            "tensor": tensor,
            "axis": axis,
            "name": meaning,
            "words": axis_sentence(picture, tensor, axis),
        }
        for name, (tensor, axis, meaning) in axis_ids(picture).items()
    }
