"""Finds the last error in a text: a message alone, or a traceback of any kind, however copied."""

from __future__ import annotations

import re
from typing import NamedTuple

LONGEST = 50_000
"""So many characters are read from the start of a text, and so many from its end."""

LONGEST_MESSAGE = 4_000
"""So many characters of one message are read."""

_COLOUR = re.compile(r"\x1b\[[0-9;?]{0,16}[A-Za-z]|\x1b|\[[0-9;]{1,8}m")
_FRONT = re.compile(r"(?m)^(?:\[rank\d{1,6}\]: ?|[ \t]{0,40}[>|│][>|│ \t]{0,40}|E {3,7})")
_TYPE = re.compile(
    r"(?<![\w.])(?<!except )"
    r"((?:[A-Za-z_]\w{0,60}\.){0,8}[A-Z]\w{0,60}(?:Error|Exception|Warning)): "
)
_CAUSED = "The above exception was the direct cause of the following exception"
_ENDS = re.compile(r"\n[ \t]{0,40}\n|\nTraceback \(most|\nDuring handling of")
_QUOTES = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")
"""What a forum makes of quote marks, and what they were."""


class Said(NamedTuple):
    """One error as a text has it.

    Attributes:
        type: the type of the error with its module; empty if the text does not say it.
        words: the message, in one line.
    """

    type: str
    words: str


def errors_in(text: str) -> list[Said]:
    """Find the errors that a text tells, the last one first.

    Args:
        text: what was copied. Colours, line numbers, quote marks and Windows newlines may be in it.

    Returns:
        The last error; after it those that it was raised from. A text that names no type of error
        is one message.

    >>> errors_in('I get "RuntimeError: Expected hidden size\\r\\n(1, 2, 3)" with torch')
    [Said(type='RuntimeError', words='Expected hidden size (1, 2, 3)" with torch')]
    """
    plain = _plain(text)
    return [_last(part) for part in reversed(plain.split(_CAUSED)) if part.strip()]


def _plain(text: str) -> str:
    if len(text) > 2 * LONGEST:
        text = f"{text[:LONGEST]}\n\n{text[-LONGEST:]}"
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _FRONT.sub("", _COLOUR.sub("", text)).translate(_QUOTES)


def _last(part: str) -> Said:
    kind, start = "", 0
    for found in _TYPE.finditer(part):
        kind, start = found.group(1), found.end()
    message = part[start : start + LONGEST_MESSAGE].strip()
    if kind and (end := _ENDS.search(message)):
        message = message[: end.start()]
    return Said(kind, " ".join(message.split()))
