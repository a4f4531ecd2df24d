"""What each axis of an expression's result means, even where it has a single entry.

Along an axis of several entries the labels change, and say it. Along an axis of one entry nothing
changes: there the expression is evaluated once more for a batch of two, for two steps, and so on,
and the labels that change then say it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache

from torch import Tensor

from lstm_shapes.config import InputSizes, Settings
from lstm_shapes.expression.grammar import Expression
from lstm_shapes.expression.labels import COORDINATES, NAMES, changing, labels_of_result
from lstm_shapes.expression.text import ExpressionError

Coordinates = tuple[str, ...]
"""The coordinates that an axis counts, in the order of ``COORDINATES``."""


def axes_of(
    expression: Expression, settings: Settings, sizes: InputSizes, labelled: Mapping[str, Tensor]
) -> tuple[Coordinates, ...]:
    """Find what each axis of an expression's result counts.

    Args:
        expression: from :func:`~lstm_shapes.expression.grammar.parse`.
        settings, sizes: the question.
        labelled: where every element of the result comes from, from
            :func:`~lstm_shapes.expression.labels.labels_of_result`.

    Returns:
        The coordinates of each axis. An axis of one entry has none if the expression adds it, as
        ``unsqueeze`` does, or cuts it out of several, as in ``out[:, -1:]``.

    >>> from lstm_shapes.expression.grammar import parse
    >>> from lstm_shapes.expression.labels import labels_of_result
    >>> question = Settings(4, 3, batch_first=True), InputSizes(seq_len=5, batch_size=1)
    >>> def axes(code):
    ...     expression = parse(code)
    ...     return axes_of(expression, *question, labels_of_result(expression, *question))
    >>> axes("out"), axes("out.squeeze()"), axes("h_n[-1].unsqueeze(0)")
    ((('sample',), ('step',), ('feature',)), (('step',), ('feature',)), ((), ('sample',), \
('feature',)))
    """
    if any(bool((each < 0).any()) for each in labelled.values()):
        labelled = labels_of_result(expression, settings, sizes, places=True)
    found = [set(changing(labelled, axis)) for axis in range(labelled["sample"].dim())]
    unknown = [axis for axis, names in enumerate(found) if not names]
    # A feature that is the only one can be hidden beside others, as in h_n.flatten().
    for coordinate in COORDINATES if unknown else ("feature",):
        twin = _TWINS[coordinate](settings, sizes)
        if twin == (settings, sizes):
            continue
        try:
            labels = labels_of_result(expression, *twin, places=True)[coordinate]
        except ExpressionError:
            continue  # numbers in the expression fit these sizes alone
        if labels.dim() == len(found):
            for axis in range(len(found)) if coordinate == "feature" else unknown:
                if changing({coordinate: labels}, axis):
                    found[axis].add(coordinate)
    return tuple(tuple(each for each in COORDINATES if each in names) for names in found)


# As many as the expressions of one panel: each holds five labels for every element.
@lru_cache(maxsize=16)
def result_of(
    expression: Expression, settings: Settings, sizes: InputSizes
) -> tuple[Mapping[str, Tensor], tuple[Coordinates, ...]]:
    """Where every element of a result comes from, and what its axes count.

    Raises:
        ExpressionError: the expression cannot be evaluated on tensors of these shapes.
    """
    labelled = labels_of_result(expression, settings, sizes)
    return labelled, axes_of(expression, settings, sizes, labelled)


def name_of(coordinates: Coordinates) -> str:
    """The name of an axis, such as ``"batch"`` or ``"direction × features"``.

    It is ``"?"`` for an axis of one entry of which nothing tells what it counts.

    >>> name_of(("direction", "feature")), name_of(())
    ('direction × features', '?')
    """
    return " × ".join(NAMES.get(each, each) for each in coordinates) or "?"


def is_mixed(coordinates: Coordinates) -> bool:
    """Whether an axis joins samples or steps with something else, so that it is neither any more.

    >>> is_mixed(("sample", "feature")), is_mixed(("direction", "feature"))
    (True, False)
    """
    return len(coordinates) > 1 and not {"sample", "step"}.isdisjoint(coordinates)


_Question = tuple[Settings, InputSizes]


def two_samples(settings: Settings, sizes: InputSizes) -> _Question:
    """The question with two samples where it has one, and as it is else."""
    if sizes.batch_size != 1:
        return settings, sizes
    lengths = None if sizes.lengths is None else (*sizes.lengths, *sizes.lengths)
    return settings, replace(sizes, batch_size=2, lengths=lengths)


def _two_features(settings: Settings, sizes: InputSizes) -> _Question:
    if settings.proj_size:
        return replace(settings, proj_size=2, hidden_size=3), sizes
    return replace(settings, hidden_size=2), sizes


_TWINS: Mapping[str, Callable[[Settings, InputSizes], _Question]] = {
    "layer": lambda settings, sizes: (
        replace(settings, num_layers=max(2, settings.num_layers)),
        sizes,
    ),
    "direction": lambda settings, sizes: (replace(settings, bidirectional=True), sizes),
    "sample": two_samples,
    "step": lambda settings, sizes: (settings, replace(sizes, seq_len=max(2, sizes.seq_len))),
    "feature": lambda settings, sizes: (
        (settings, sizes) if settings.h_out > 1 else _two_features(settings, sizes)
    ),
}
"""By coordinate, the question with two of it where it has one, and as it is else."""
