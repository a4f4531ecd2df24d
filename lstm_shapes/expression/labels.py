"""Labels every element of out, h_n and c_n with where it comes from.

The labels are numbers: the layer, direction, sample, step and feature of the element. An
expression that is evaluated on the labels moves them as it would move the elements. The labels
of its result therefore say what each axis means, and which elements stand in a wrong place.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import torch
from torch import Tensor

from lstm_shapes.config import InputSizes, Settings
from lstm_shapes.expression.grammar import Expression
from lstm_shapes.formula.shapes import symbols, tensor_shapes, time_axis

COORDINATES = ("layer", "direction", "sample", "step", "feature")
"""What an element is labelled with. An axis that joins several is named in this order."""

SEVERAL = -1
"""The label of an element that was computed from elements with different labels, as by a mean."""

NAMES = {"sample": "batch", "step": "seq", "feature": "features"}
"""The coordinates that have another name as axes of a tensor."""


@lru_cache(maxsize=16)
def element_labels(settings: Settings, sizes: InputSizes) -> dict[str, dict[str, Tensor]]:
    """Label every element of out, h_n and c_n.

    Args:
        settings: the module.
        sizes: its input.

    Returns:
        By coordinate, then by tensor, an int32 tensor of that tensor's shape. All coordinates
        are counted from 0. Direction 0 is forward, and the features of each direction start
        at 0 again. h_n and c_n have no axis for the step, which is 0 for all their elements.

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
    """Label every element of an expression's result.

    Args:
        expression: from :func:`~lstm_shapes.expression.grammar.parse`.
        settings: the module.
        sizes: its input.

    Returns:
        By coordinate, an int32 tensor of the result's shape. ``SEVERAL`` stands where an
        element is computed from elements with different labels.

    Raises:
        ExpressionError: the expression cannot be evaluated on tensors of these shapes.

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
    """Say what each axis of a result means: which coordinates change along it.

    Args:
        labelled: the labels by coordinate, from :func:`labels_of_result`.

    Returns:
        One name for each axis, such as ``"batch"`` or ``"direction × features"``. It is
        ``"?"`` if no coordinate changes along the axis, as along an axis of size 1.

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
    """Find the coordinates that change along one axis of a result.

    Args:
        labelled: the labels by coordinate, from :func:`labels_of_result`.
        axis: which axis, counted from 0.

    Returns:
        Names from ``COORDINATES``; none if all labels along the axis are equal.

    >>> from lstm_shapes.expression.grammar import parse
    >>> module, asked = Settings(4, 3, num_layers=2), InputSizes(seq_len=5, batch_size=2)
    >>> changing(labels_of_result(parse("h_n"), module, asked), 0)
    ('layer',)
    """
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
    """For each coordinate, the axis of out along which it changes and its values there."""
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
    """The same as :func:`_out`, for h_n and c_n."""
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
    """Lay numbers along one axis of a tensor, and repeat them along all others."""
    along = [1] * len(shape)
    along[axis] = len(numbers)
    # On the CPU whatever torch's default device is: the labels are kept.
    row = torch.tensor(numbers, dtype=torch.int32, device="cpu")
    return row.view(along).expand(shape).contiguous()


def _common(labels: Tensor, dim: int | None, keepdim: bool) -> Tensor:
    """Reduce labels: equal labels keep their value, different ones become SEVERAL."""
    axes = tuple(range(labels.dim())) if dim is None else (dim,)
    low, high = labels.amin(axes, keepdim), labels.amax(axes, keepdim)
    return torch.where(low == high, low, SEVERAL)
