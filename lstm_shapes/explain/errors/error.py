"""Explains an error, of the exception itself or of its text."""

from __future__ import annotations

import sys
from importlib import import_module

from lstm_shapes.errors import wrong_type
from lstm_shapes.explain.errors.call import NO_CALL, Call
from lstm_shapes.explain.errors.explanation import Explanation
from lstm_shapes.explain.errors.messages import explain, find
from lstm_shapes.explain.errors.text import LONGEST, LONGEST_MESSAGE, Said, errors_in

UNKNOWN = "This error is not one of those that are known here, and nothing is guessed about it."
NOTHING = "This text does not tell an error that is known here, and nothing is guessed about it."
MOST_CAUSES = 8
"""So many errors are followed from one to the one it was raised from."""


def explain_error(error: object, module: object = None) -> Explanation:
    """Explain an error that came up around a recurrent module: its cause, and what to do.

    The frames of an exception are read, if it has any: the shapes that a module of torch was
    given make the explanation exact. Nothing of them is kept.

    Args:
        error: an exception; or a text, which may be a message alone or a whole traceback, of which
            the last error counts.
        module: the nn.LSTM, GRU, RNN or cell that was called, which makes the explanation of a
            text more exact.

    Returns:
        The explanation. Its kind is empty if the error is not known.

    Raises:
        ArgumentTypeError: the error is neither an exception nor a text; the module is no
            recurrent module.

    Source: the messages are those of torch 2.5 to 2.13; "Inputs" and "Outputs" of
    ``torch.nn.LSTM`` say what a call must look like.

    >>> import torch
    >>> lstm = torch.nn.LSTM(10, 3, batch_first=True)
    >>> try:
    ...     out, (h_n, c_n) = lstm(torch.randn(2, 10, 5))
    ... except RuntimeError as error:
    ...     print(explain_error(error))
    input.size(-1) must be equal to input_size. Expected 10, got 5
    <BLANKLINE>
    The nn.LSTM takes 10 features in the last axis of x, its input_size, whether batch_first is \
True or False (here batch_first=True). The last axis of x of shape (2, 10, 5) has 5. Axis 1 of x \
has size 10: x seems to be (N, features, L), as a convolution gives it.
    <BLANKLINE>
    If axis 1 holds the features, move it to the end; the other axes keep their order. Do not use \
view or reshape, which would mix the numbers.
    <BLANKLINE>
        out, (h_n, c_n) = lstm(x.movedim(1, -1))
    """
    if not isinstance(error, (str, BaseException)):
        cure = "give the exception, or the text of its message or traceback"
        raise wrong_type("error", error, cure)
    if isinstance(error, str):
        call = NO_CALL if module is None else _call(None, module)
        return _first([(said, call) for said in errors_in(error)], error)
    found = []
    for each in _with_causes(error):
        call = _call(each, module)
        said, *inside = errors_in(f"{_type(each)}: {_text(each)}") or [Said("", "")]
        found += [(one, call) for one in (said, *inside)]
    return _first(found, _text(error))


def _call(error: BaseException | None, module: object) -> Call:
    """What is known of the call; frames of torch are there only if torch is."""
    if module is None and "torch" not in sys.modules:
        return NO_CALL
    read = import_module("lstm_shapes.explain.errors.frames").call_of
    found: Call = read(error, module)
    return found


def _with_causes(error: BaseException) -> list[BaseException]:
    """An error, and those that it was raised from."""
    found = [error]
    while len(found) < MOST_CAUSES and (cause := found[-1].__cause__) is not None:
        found.append(cause)
    return found


def _type(error: BaseException) -> str:
    kind = type(error)
    name = kind.__name__
    return name if kind.__module__ == "builtins" else f"{kind.__module__}.{name}"


def _text(error: BaseException) -> str:
    """What an exception says, whatever its own ``__str__`` does."""
    try:
        text = str(error)
    except Exception:
        return ""
    return text if len(text) <= 2 * LONGEST else f"{text[:LONGEST]}\n\n{text[-LONGEST:]}"


def _first(errors: list[tuple[Said, Call]], text: str) -> Explanation:
    """The explanation of the first error that is known."""
    for said, call in errors:
        if found := _explained(said, call):
            return found
    named = bool(errors and errors[0][0].type)
    words = errors[0][0].words if named else " ".join(text[:LONGEST_MESSAGE].split())
    return Explanation(words, "", UNKNOWN if named else NOTHING, "", "")


def _explained(said: Said, call: Call) -> Explanation | None:
    found = find(said.words, error=bool(said.type))
    if call.raised and (found is None or found[0].general):
        seen = import_module("lstm_shapes.explain.errors.diagnosis").diagnosed(call)
        if seen:
            kind, numbers, words = seen
            return Explanation(said.words, kind, words.cause, words.cure, words.code, dict(numbers))
    if found is None and said.type:
        found = find(said.type)
    return found and explain(said.words, *found, call)
