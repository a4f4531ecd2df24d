"""Labels every element of out, h_n, c_n and the input with where it comes from.

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
from lstm_shapes.expression.grammar import Expression, as_expression
from lstm_shapes.expression.labelling import LABEL, Labelling, bounds, is_labelled
from lstm_shapes.expression.labelling import NOTHING as NOTHING
from lstm_shapes.expression.labelling import SEVERAL as SEVERAL
from lstm_shapes.expression.names import size_names, tensor_names
from lstm_shapes.formula.shapes import tensor_shapes, time_axis

COORDINATES = ("layer", "direction", "sample", "step", "feature")
"""What an element is labelled with. An axis that joins several is named in this order."""

NAMES = {"sample": "batch", "step": "seq", "feature": "features"}
"""The coordinates that have another name as axes of a tensor."""


@lru_cache(maxsize=16)
def element_labels(settings: Settings, sizes: InputSizes) -> dict[str, dict[str, Tensor]]:
    """Label every element of out, h_n, c_n and the input.

    Args:
        settings: the module.
        sizes: its input.

    Returns:
        By coordinate, then by tensor, an int32 tensor of that tensor's shape. All coordinates
        are counted from 0. Direction 0 is forward, and the features of each direction start
        at 0 again. h_n and c_n have no axis for the step, which is 0 for all their elements.
        The input is of no layer and no direction: there its labels are ``NOTHING``. Equal labels
        along an axis share their memory, so that what is kept here is small.

    Source: torch documentation, ``torch.nn.LSTM``, "Inputs" and "Outputs".

    >>> settings, sizes = Settings(4, 2, bidirectional=True), InputSizes(seq_len=3, batch_size=1)
    >>> found = element_labels(settings, sizes)
    >>> found["direction"]["out"][0, 0].tolist(), found["feature"]["out"][0, 0].tolist()
    ([0, 0, 1, 1], [0, 1, 0, 1])
    >>> found["direction"]["h_n"][:, 0, 0].tolist()
    [0, 1]
    """
    made: dict[str, dict[str, Tensor]] = {coordinate: {} for coordinate in COORDINATES}
    for name, shape in tensor_shapes(settings, sizes).items():
        if name not in ("h_0", "c_0"):
            grid = _state(settings, sizes) if name in ("h_n", "c_n") else _out(settings, sizes)
            width = {"out": settings.h_out, "h_n": settings.h_out}.get(name, shape.shape[-1])
            if name == "input":
                grid |= dict.fromkeys(("layer", "direction"), (-1, [NOTHING]))
            grid["feature"] = (-1, [i % width for i in range(shape.shape[-1])])
            for coordinate, (axis, numbers) in grid.items():
                made[coordinate][name] = _spread(numbers, axis, shape.shape)
    return made


def labels_of_result(
    expression: Expression | str, settings: Settings, sizes: InputSizes, *, places: bool = False
) -> dict[str, Tensor]:
    """Label every element of an expression's result.

    Args:
        expression: from :func:`~lstm_shapes.expression.grammar.parse`, or its text.
        settings: the module.
        sizes: its input.
        places: whether an element computed of others keeps the place that it has among them:
            a softmax over the steps then has an element for each step. This is what names axes.

    Returns:
        By coordinate, an int32 tensor of the result's shape. ``SEVERAL`` stands where an
        element is computed from elements with different labels, and ``NOTHING`` where it is
        computed from none that has this coordinate.

    Raises:
        ExpressionError: the expression cannot be evaluated on tensors of these shapes, or holds
            nothing of them.

    >>> module, asked = Settings(4, 1, num_layers=2), InputSizes(seq_len=3, batch_size=2)
    >>> labels_of_result("h_n.view(2, -1)", module, asked)["sample"]
    tensor([[0, 1],
            [0, 1]], dtype=torch.int32)
    >>> labels_of_result("h_n[-2] + h_n[-1]", module, asked)["layer"]
    tensor([[-1],
            [-1]], dtype=torch.int32)
    """
    read, numbers = as_expression(expression), size_names(settings, sizes)
    made = {
        coordinate: read.evaluate(_read_of(read, sizes, tensors), numbers, Labelling(places))
        for coordinate, tensors in element_labels(settings, sizes).items()
    }
    if not all(map(is_labelled, made.values())):
        raise read.of_sizes_alone()
    return made


def changing(labelled: Mapping[str, Tensor], axis: int) -> tuple[str, ...]:
    """Find the coordinates that change along one axis of a result.

    Args:
        labelled: the labels by coordinate, from :func:`labels_of_result`.
        axis: which axis, counted from 0.

    Returns:
        Names from ``COORDINATES``; none if all labels along the axis are equal. What comes from
        ``NOTHING`` is not counted, and the step is not if it only follows the sample: along the
        axis of ``out[range(N), lengths - 1]`` each sample is once, at its own last step.

    >>> module, asked = Settings(4, 3, num_layers=2), InputSizes(seq_len=5, batch_size=2)
    >>> changing(labels_of_result("h_n", module, asked), 0)
    ('layer',)
    """
    found = [name for name, each in labelled.items() if _changes(each, axis)]
    if {"sample", "step"} <= set(found) and _each_once(labelled["sample"], axis):
        found.remove("step")
    return tuple(found)


def by_entry(labels: Tensor, axis: int) -> Tensor:
    """Labels with one row for each entry along an axis.

    >>> by_entry(torch.tensor([[[0, 1], [2, 3]]]), 1)
    tensor([[0, 1],
            [2, 3]])
    """
    entries = labels.movedim(axis, 0)
    return entries.reshape(len(entries), entries[:1].numel())


def _changes(labels: Tensor, axis: int) -> bool:
    low, high = bounds(labels, axis, keepdim=False)
    return bool((low < high).any())


def _each_once(labels: Tensor, axis: int) -> bool:
    """Whether every entry along an axis has one label of its own."""
    low, high = bounds(by_entry(labels, axis), 1, keepdim=False)
    return bool((low == high).all()) and len(set(high.tolist())) == len(high)


def _out(settings: Settings, sizes: InputSizes) -> dict[str, tuple[int, list[int]]]:
    """For each coordinate, the axis of out along which it changes and its values there.

    Samples and steps are the same for the input."""
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
    row = torch.tensor(numbers, dtype=LABEL, device="cpu")
    return row.view(along).expand(shape)


def _read_of(
    expression: Expression, sizes: InputSizes, tensors: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """The labels by the names that an expression may use; those that it uses are laid out in
    memory, as ``view`` needs them."""
    return {
        name: each.contiguous() if name in expression.names else each
        for name, each in tensor_names(sizes, tensors).items()
    }
