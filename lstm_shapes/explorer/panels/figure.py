"""The linked picture: the network unrolled, drawn from the live run."""

from __future__ import annotations

from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.explorer.view import View
from lstm_shapes.layout import layout
from lstm_shapes.render import classes
from lstm_shapes.scene import Index, Scene, Slice, code_of, unroll
from lstm_shapes.shapes import NamedShape, tensor_shapes
from lstm_shapes.snippet import constructor
from lstm_shapes.words import axis_sentence, sentence


def figure_view(snapshot: Snapshot, sample: int = 0) -> View:
    """The picture and, by id, all that can be pointed at in it and in the cards.

    Args:
        sample: the batch item whose numbers are given; the nearest there is.
    """
    question = snapshot.question
    picture = unroll(question.settings, question.sizes)
    batch_size = question.sizes.batch_size
    sample = max(0, min(sample, (batch_size or 1) - 1))
    return {
        "state": snapshot.status,
        "module": constructor(question.settings),
        "directions": picture.directions,
        "without": "" if snapshot.run else "By formula: there are no numbers to compare.",
        "samples": batch_size and str(batch_size),
        "sample": sample,
        "drawing": vars(layout(picture)),
        "slices": _slices(picture, snapshot, sample) | _axes(picture),
    }


def _slices(picture: Scene, snapshot: Snapshot, sample: int) -> dict[str, View]:
    shapes = tensor_shapes(picture.settings, picture.sizes)
    views: dict[str, View] = {}
    for name, each in picture.slices.items():
        view: View = {"classes": classes(each), "holds": each.holds, "reads": each.reads}
        if not each.elided:
            view["words"] = sentence(picture, each)
        if each.code:
            view |= _place(picture, each, shapes[each.tensor], sample)
        views[name] = view
    if snapshot.run is not None:
        from lstm_shapes.evidence import slice_claims, slice_numbers

        for name, claims in slice_claims(picture, snapshot.run).items():
            views[name]["claims"] = [vars(claim) for claim in claims]
        for name, numbers in slice_numbers(picture, snapshot.run, sample).items():
            more = " …" if len(numbers) < _width(picture, picture.slices[name]) else ""
            views[name]["numbers"] = " ".join(f"{number:.4f}" for number in numbers) + more
    return views


def _width(picture: Scene, each: Slice) -> int:
    """Features of a slice."""
    settings = picture.settings
    return {"x": settings.input_size, "c_n": settings.hidden_size}.get(each.kind, settings.h_out)


def _place(picture: Scene, each: Slice, shape: NamedShape, sample: int) -> View:
    """Where a slice stands in its tensor: in code, for one sample, and as a part of each axis."""
    where: Index = each.where
    if picture.sizes.batch_size is not None:
        batch = [axis.name for axis in shape.axes].index("batch")
        where = (*where[:batch], sample, *where[batch + 1 :])
    parts = []
    for entry, size in zip(each.where, shape.shape, strict=True):
        start, stop = (entry, entry + 1) if isinstance(entry, int) else entry or (0, size)
        parts.append([start / size, stop / size] if entry is not None else None)
    return {
        "code": each.code,
        "tensor": each.tensor,
        "where": parts,
        "of_sample": code_of(each.tensor, where, shape.shape[-1]),
    }


def _axes(picture: Scene) -> dict[str, View]:
    """The axes of the cards, which can be pointed at too."""
    shapes = tensor_shapes(picture.settings, picture.sizes)
    return {
        f"axis.{tensor}.{i}": {
            "tensor": tensor,
            "axis": i,
            "name": axis.name,
            "words": axis_sentence(picture, tensor, i),
        }
        for tensor, shape in shapes.items()
        if tensor in ("input", "out", "h_n", "c_n")
        for i, axis in enumerate(shape.axes)
    }
