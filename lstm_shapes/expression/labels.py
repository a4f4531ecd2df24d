"""Where every element comes from: layer, direction, sample, step and feature as numbers.

An expression that only moves elements does to their labels what it does to them: so the
labels of its result say what each axis means, and which elements landed in a wrong place.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from lstm_shapes.config import InputSizes, Settings
from lstm_shapes.expression.grammar import Expression
from lstm_shapes.formula.shapes import symbols, tensor_shapes, time_axis

COORDINATES = ("layer", "direction", "sample", "step", "feature")
"""In the order in which an axis that joins several is named."""

SEVERAL = -1
"""The label of an element that was made of several, as by a mean."""

NAMES = {"sample": "batch", "step": "seq", "feature": "features"}


def element_labels(settings: Settings, sizes: InputSizes) -> dict[str, dict[str, Tensor]]:
    """The labels of every element of out, h_n and c_n.

    Returns:
        By coordinate, then by tensor, each of the tensor's shape. Counted from 0; direction
        0 is forward, feature runs within one direction, and what a state has no axis for,
        its step, is 0 throughout.

    Source: torch documentation, ``torch.nn.LSTM``, "Outputs".

    >>> settings, sizes = Settings(4, 2, bidirectional=True), InputSizes(seq_len=3, batch_size=1)
    >>> found = element_labels(settings, sizes)
    >>> found["direction"]["out"][0, 0].tolist(), found["feature"]["out"][0, 0].tolist()
    ([0, 0, 1, 1], [0, 1, 0, 1])
    >>> found["direction"]["h_n"][:, 0, 0].tolist()
    [0, 1]
    """
    made: dict[str, dict[str, Tensor]] = {coordinate: {} for coordinate in COORDINATES}
    for name, shape in tensor_shapes(settings, sizes).items():
        if name in ("out", "h_n", "c_n"):
            grid = _out(settings, sizes) if name == "out" else _state(settings, sizes)
            width = settings.hidden_size if name == "c_n" else settings.h_out
            grid["feature"] = (-1, [i % width for i in range(shape.shape[-1])])
            for coordinate, (axis, numbers) in grid.items():
                made[coordinate][name] = _spread(numbers, axis, shape.shape)
    return made


def labels_of_result(
    expression: Expression, settings: Settings, sizes: InputSizes
) -> dict[str, Tensor]:
    """The labels of every element of an expression's result, by coordinate.

    Raises:
        ExpressionError: as :meth:`Expression.evaluate` does.

    >>> from lstm_shapes.expression.grammar import parse
    >>> module, asked = Settings(4, 1, num_layers=2), InputSizes(seq_len=3, batch_size=2)
    >>> labels_of_result(parse("h_n.view(2, -1)"), module, asked)["sample"]
    tensor([[0, 1],
            [0, 1]], dtype=torch.int32)
    """
    numbers = symbols(settings, sizes)
    reductions = dict.fromkeys(("mean", "sum", "max"), _common)
    return {
        coordinate: expression.evaluate(tensors, numbers, reductions)
        for coordinate, tensors in element_labels(settings, sizes).items()
    }


def axis_names(labelled: Mapping[str, Tensor]) -> tuple[str, ...]:
    """What each axis of a result means: the coordinates that change along it.

    Args:
        labelled: of :func:`labels_of_result`.

    Returns:
        Such as ``"batch"`` or ``"direction × features"``; ``"?"`` for an axis along which
        nothing changes, as one of size 1.

    >>> from lstm_shapes.expression.grammar import parse
    >>> module, asked = Settings(4, 3, num_layers=2), InputSizes(seq_len=5, batch_size=2)
    >>> axis_names(labels_of_result(parse("h_n.transpose(0, 1).flatten(1)"), module, asked))
    ('batch', 'layer × features')
    >>> axis_names(labels_of_result(parse("h_n.view(2, -1)"), module, asked))
    ('layer', 'batch × features')
    """
    axes = next(iter(labelled.values())).dim()
    return tuple(
        " × ".join(NAMES.get(name, name) for name in changing(labelled, axis)) or "?"
        for axis in range(axes)
    )


def changing(labelled: Mapping[str, Tensor], axis: int) -> tuple[str, ...]:
    """The coordinates that change along one axis of a result."""
    return tuple(
        name
        for name, each in labelled.items()
        if each.numel() and bool((each != each.narrow(axis, 0, 1)).any())
    )


def is_mixed(labelled: Mapping[str, Tensor], axis: int) -> bool:
    """Whether an axis joins samples or steps with something else, so that it is neither any more.

    >>> from lstm_shapes.expression.grammar import parse
    >>> module, asked = Settings(4, 3, num_layers=2), InputSizes(seq_len=5, batch_size=2)
    >>> labelled = labels_of_result(parse("h_n.view(2, -1)"), module, asked)
    >>> [is_mixed(labelled, axis) for axis in (0, 1)]
    [False, True]
    """
    along = changing(labelled, axis)
    return len(along) > 1 and not {"sample", "step"}.isdisjoint(along)


def _out(settings: Settings, sizes: InputSizes) -> dict[str, tuple[int, list[int]]]:
    """For every coordinate the axis of out along which it runs, and its numbers there."""
    time, features = time_axis(settings, sizes), settings.num_directions * settings.h_out
    batch = 0 if sizes.batch_size is None else 1 - time
    samples = [0] if sizes.batch_size is None else list(range(sizes.batch_size))
    return {
        "layer": (-1, [settings.num_layers - 1]),
        "direction": (-1, [feature // settings.h_out for feature in range(features)]),
        "sample": (batch, samples),
        "step": (time, list(range(sizes.seq_len))),
    }


def _state(settings: Settings, sizes: InputSizes) -> dict[str, tuple[int, list[int]]]:
    """The same for h_n and c_n."""
    directions = settings.num_directions
    rows = range(settings.num_layers * directions)
    batch = [] if sizes.batch_size is None else list(range(sizes.batch_size))
    return {
        "layer": (0, [row // directions for row in rows]),
        "direction": (0, [row % directions for row in rows]),
        "sample": (1, batch) if sizes.batch_size is not None else (0, [0]),
        "step": (0, [0]),
    }


def _spread(numbers: list[int], axis: int, shape: tuple[int, ...]) -> Tensor:
    """Numbers along one axis, repeated over all others."""
    along = [1] * len(shape)
    along[axis] = len(numbers)
    return torch.tensor(numbers, dtype=torch.int32).view(along).expand(shape).contiguous()


def _common(labels: Tensor, dim: int | None, keepdim: bool) -> Tensor:
    """What a reduction does to labels: those that are not all the same become SEVERAL."""
    axes = tuple(range(labels.dim())) if dim is None else (dim,)
    low, high = labels.amin(axes, keepdim), labels.amax(axes, keepdim)
    return torch.where(low == high, low, SEVERAL)
