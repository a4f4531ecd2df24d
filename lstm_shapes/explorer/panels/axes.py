"""What the axes of an expression's result mean, and in which colour they are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from torch import Tensor

    from lstm_shapes.expression.axes import Coordinates
    from lstm_shapes.live.run import Run


class ResultAxis(TypedDict):
    """One axis; its role is ``"mixed"`` where samples or steps are joined with something else."""

    role: str
    name: str
    size: str


def result_labels(run: Run, code: str) -> Mapping[str, Tensor]:
    """Where every element of an expression's result comes from."""
    from lstm_shapes.expression.axes import result_of
    from lstm_shapes.expression.grammar import parse

    return result_of(parse(code), run.settings, run.sizes)[0]


def result_axes(run: Run, code: str, shape: Sequence[int] = ()) -> list[ResultAxis]:
    """The axes of an expression's result.

    Args:
        run: whose tensors it is evaluated on.
        shape: the sizes of the axes, where they are not those on this run.
    """
    from lstm_shapes.expression.axes import name_of, result_of
    from lstm_shapes.expression.grammar import parse

    labelled, axes = result_of(parse(code), run.settings, run.sizes)
    return [
        {"role": _role(coordinates), "name": name_of(coordinates), "size": str(size)}
        for coordinates, size in zip(axes, shape or labelled["sample"].shape, strict=True)
    ]


def _role(coordinates: Coordinates) -> str:
    """The colour of an axis."""
    from lstm_shapes.expression.axes import is_mixed

    if is_mixed(coordinates):
        return "mixed"
    plain = {("sample",): "batch", ("step",): "seq", (): "features"}
    return plain.get(coordinates) or ("features" if "feature" in coordinates else "layers")
