"""What can be pinned in a picture, and what is pinned in the place of a slice that is gone."""

from __future__ import annotations

from lstm_shapes.config import Question
from lstm_shapes.explorer.panels.picture import axis_ids
from lstm_shapes.picture.scene import Scene


def last_row(question: Question) -> str:
    """Id of the last row of h_n, the one that is most often taken wrongly."""
    settings = question.settings
    return f"h_n.{settings.num_layers * settings.num_directions - 1}"


def selectable(picture: Scene) -> set[str]:
    """Ids of all that can be pinned: slices, and the axes of the cards."""
    slices = {each.id for each in picture.slices.values() if not each.elided}
    return slices | axis_ids(picture).keys()


def fitting(selection: str, picture: Scene) -> str:
    """The slice that a picture has in the place of one that may be gone: the nearest of its kind,
    so the last step for a later one and the last row for a row behind it, or else the last row
    of h_n.

    Args:
        selection: an id; empty for nothing, which fits always.
        picture: the one that is shown.

    >>> from lstm_shapes import InputSizes, Settings, unroll
    >>> picture = unroll(Settings(4, 3), InputSizes(seq_len=5, batch_size=3))
    >>> fitting("h_n.3", picture), fitting("cell.1.backward.7", picture), fitting("x.2", picture)
    ('h_n.0', 'cell.0.forward.4', 'x.2')
    """
    there = selectable(picture)
    if not selection or selection in there:
        return selection
    wanted = selection.split(".")
    same_kind: list[list[str]] = [
        parts
        for parts in (name.split(".") for name in sorted(there))
        if parts[0] == wanted[0] and len(parts) == len(wanted)
    ]
    if not same_kind:
        rows = [each for each in there if each.startswith("h_n.") and each[4:].isdecimal()]
        return max(rows, key=lambda row: int(row[4:]), default="")
    nearest = min(same_kind, key=lambda parts: _distance(wanted, parts))
    return ".".join(nearest)


def _distance(wanted: list[str], parts: list[str]) -> tuple[int, int]:
    """How far two ids of one kind are from each other: in words, such as the direction, and then
    in numbers."""
    words = numbers = 0
    for one, other in zip(wanted, parts, strict=True):
        if one.isdecimal() and other.isdecimal() and len(one) < 20:
            numbers += abs(int(one) - int(other))
        else:
            words += one != other
    return words, numbers
