"""Why torch does not take a call, decided by rules from the call itself, and not from a message.

The rules are asked in about the order in which torch looks, so that the first that answers is
about what torch's message is about. No torch is needed, and no size is too large.
"""

from __future__ import annotations

from collections.abc import Callable

from lstm_shapes.explain.call import Call
from lstm_shapes.explain.cause import Diagnosis
from lstm_shapes.explain.wrong_input import axes, device, dtype, empty, features, ids
from lstm_shapes.explain.wrong_lengths import wrong_lengths
from lstm_shapes.explain.wrong_module import wrong_module
from lstm_shapes.explain.wrong_states import wrong_states

RULES: tuple[Callable[[Call], Diagnosis | None], ...] = (
    wrong_module,
    ids,
    axes,
    wrong_lengths,
    features,
    empty,
    wrong_states,
    dtype,
    device,
)
"""Each may rely on it that those before it found nothing."""


def diagnose(call: Call) -> Diagnosis | None:
    """Say why a call is not one that torch's documentation allows.

    Args:
        call: any, from :func:`lstm_shapes.explain.reading.read_call`.

    Returns:
        What is wrong first, with the call that is mended of it; ``None`` for a right call. Torch
        takes some wrong calls without an error: see :mod:`lstm_shapes.explain.questions`.

    Source: torch documentation, ``torch.nn.LSTM``, ``torch.nn.LSTMCell``, "Inputs", and
    ``torch.nn.utils.rnn.pack_padded_sequence``.

    >>> from lstm_shapes.explain.reading import read_call
    >>> asked = read_call("nn.LSTM(16, 8); x: (32, 50, 16); h_0: (1, 32, 8); c_0: (1, 32, 8)")
    >>> found = diagnose(asked)
    >>> found.kind, found.axis, found.code
    ('batch_first', 'h_0, axis 1 (batch, N)', 'module = nn.LSTM(16, 8, batch_first=True)')
    """
    return next((found for rule in RULES if (found := rule(call))), None)
