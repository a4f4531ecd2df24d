"""What the axes of an expression's result mean, and in which colour they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypedDict

from lstm_shapes.formula.numbers import grouped

if TYPE_CHECKING:
    from torch import Tensor

    from lstm_shapes.live.run import Run


class ResultAxis(TypedDict):
    """One axis; its role is ``"mixed"`` where samples or steps are joined with something else."""

    role: str
    name: str
    size: str


def result_labels(run: Run, code: str) -> dict[str, Tensor]:
    """Where every element of an expression's result comes from, kept with the run."""
    from lstm_shapes.expression.grammar import parse
    from lstm_shapes.expression.labels import labels_of_result

    def make() -> dict[str, Tensor]:
        return labels_of_result(parse(code), run.settings, run.sizes)

    return run.kept(("labels", code), make)


def result_axes(labelled: Mapping[str, Tensor]) -> list[ResultAxis]:
    """The axes of a result, from its labels."""
    from lstm_shapes.expression.labels import axis_names

    shape = next(iter(labelled.values())).shape
    return [
        {"role": _role(labelled, axis), "name": name, "size": grouped(shape[axis])}
        for axis, name in enumerate(axis_names(labelled))
    ]


def _role(labelled: Mapping[str, Tensor], axis: int) -> str:
    """The colour of an axis."""
    from lstm_shapes.expression.labels import changing, is_mixed

    if is_mixed(labelled, axis):
        return "mixed"
    along = changing(labelled, axis)
    plain = {("sample",): "batch", ("step",): "seq", (): "features"}
    return plain.get(along) or ("features" if "feature" in along else "layers")
