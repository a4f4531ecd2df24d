"""A smaller twin of a question: the same structure, in sizes that are measured at once.

What a slice has read, which cell wrote it and which axis is the batch depend on the module's
kind, layers and directions, and on whether there are several samples, steps and features: not on
how many there are.
"""

from __future__ import annotations

from dataclasses import replace

from lstm_shapes.config import InputSizes, Question

FEWEST = 3
"""The fewest samples of a twin, where the question has as many."""


def smaller_twin(question: Question, beyond: int = 0) -> Question:
    """The same question in smaller sizes, which differ from each other where they can.

    Kind, layers, directions, bias, projection, the order of the axes, the seed and the device stay.

    Args:
        question: any.
        beyond: a number that every size has to exceed, if the question's own does: such as the
            largest index that is to mean the same.

    Returns:
        The twin; no size of it is larger than the question's.

    >>> from lstm_shapes import Settings
    >>> asked = Question(Settings(100, 256, 2, proj_size=64), InputSizes(200, 3, [200, 1, 90]))
    >>> twin = smaller_twin(asked)
    >>> twin.settings.input_size, twin.settings.hidden_size, twin.settings.proj_size
    (2, 5, 4)
    >>> twin.sizes
    InputSizes(seq_len=6, batch_size=3, lengths=(6, 1, 2))
    >>> smaller_twin(asked, beyond=20).sizes.seq_len
    24
    """
    least = max(FEWEST, beyond + 1)
    settings, sizes = question.settings, question.sizes
    hidden = min(settings.hidden_size, least + 2)
    projected = min(settings.proj_size, least + 1, hidden - 1)
    steps = min(sizes.seq_len, least + 3)
    samples = None if sizes.batch_size is None else min(sizes.batch_size, least)
    lengths = None if samples is None else _scaled(sizes, samples, steps)
    return replace(
        question,
        settings=replace(
            settings,
            input_size=min(settings.input_size, 2),
            hidden_size=hidden,
            proj_size=projected,
        ),
        sizes=InputSizes(steps, samples, lengths),
    )


def _scaled(sizes: InputSizes, samples: int, steps: int) -> tuple[int, ...] | None:
    """Some of the lengths, the shortest among them, as shares of fewer steps; a sample that has
    padding keeps some."""
    if sizes.lengths is None:
        return None
    kept = (*sizes.lengths[: samples - 1], min(sizes.lengths[samples - 1 :]))
    return tuple(max(1, length * steps // sizes.seq_len) for length in kept)
