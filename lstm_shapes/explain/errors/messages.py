"""The table of all known messages, and the search in it."""

from __future__ import annotations

from lstm_shapes.explain.errors import (
    cells,
    constructing,
    gradients,
    inputs,
    layers,
    outside,
    packing,
    placement,
    states,
    tuples,
)
from lstm_shapes.explain.errors.call import Call
from lstm_shapes.explain.errors.explanation import Explanation
from lstm_shapes.explain.errors.known import Known, Numbers

MESSAGES: tuple[Known, ...] = (
    *constructing.MESSAGES,
    *inputs.MESSAGES,
    *states.MESSAGES,
    *cells.MESSAGES,
    *packing.MESSAGES,
    *tuples.MESSAGES,
    *placement.MESSAGES,
    *gradients.MESSAGES,
    *layers.MESSAGES,
    *outside.MESSAGES,
)
"""Every known message; of two that start at the same place in a text the earlier one counts."""


def find(text: str, *, error: bool = True) -> tuple[Known, Numbers] | None:
    """Look for the first known message in a text.

    Args:
        text: what torch said, in one line.
        error: whether the text is known to be of an error.

    Returns:
        The message and its numbers; ``None`` if there is none.

    >>> known, numbers = find("RNN: Expected input to be 2D or 3D, got 4D tensor instead")
    >>> known.kind, numbers["axes"]
    ('input-axes', 4)
    """
    found = []
    for order, known in enumerate(MESSAGES):
        if (error or not known.mention) and (at := known.find(text)):
            found.append((at[0], order, known, at[1]))
    if not found:
        return None
    _, _, known, numbers = min(found, key=lambda each: each[:2])
    return known, numbers


def explain(message: str, known: Known, numbers: Numbers, call: Call) -> Explanation:
    """Make the explanation of a message that was found.

    Args:
        message: torch's own words.
        known, numbers: what was found.
        call: what is known of the call.

    >>> from lstm_shapes.explain.errors.call import NO_CALL
    >>> text = "Expected sequence length to be larger than 0 in RNN"
    >>> explain(text, *find(text), NO_CALL).kind
    'no-steps'
    """
    words = known.words(numbers, call)
    return Explanation(message, known.kind, words.cause, words.cure, words.code, dict(numbers))
