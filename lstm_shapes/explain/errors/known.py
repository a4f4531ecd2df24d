"""One known message: how it is recognised, which numbers it has, and what explains it.

A template is the message with a place for each number: ``{got:int}``, ``{expected:shape}``,
``{name:word}``, or ``{rest:text}`` for a few words that differ. All repeats in the patterns made
of them are bounded, so that a search takes no longer than the text is long.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from lstm_shapes.explain.errors.call import Call

PLACES = {
    "int": r"-?\d{1,19}",
    "shape": r"(?:torch\.Size\()?[\[(](?:-?\d{1,19}(?:, ?-?\d{1,19}){0,15},?)?[\])]\)?",
    "word": r"[\w.:<>@+*/=-]{1,60}",
    "sort": r"(?:Float|Double|Half|BFloat16)",
    "kind": r"\b(?:RNNBase|(?:LSTM|GRU|RNN)(?:Cell)?)",
    "plain": r"\b(?:tuple|list|PackedSequence|numpy\.ndarray|NoneType|str|int|float)",
    "tensors": r"\b(?:dim|size|shape|ndim|dtype|device|data|grad|view|reshape|flatten|squeeze"
    r"|unsqueeze|permute|transpose|contiguous|expand|repeat|chunk|split|unbind|clone|detach|to|cpu|cuda|is_cuda"
    r"|numpy|item|float|long|mean|sum|max|softmax|log_softmax|new_zeros|backward|requires_grad)\b",
    "text": r".{0,80}?",
}
"""What may stand in a place of each sort: ``plain`` is a type that is taken for a tensor, and
``tensors`` what code then asks of it."""

_PLACE = re.compile(r"\{(\w+):(\w+)\}")

Numbers = Mapping[str, Any]
"""What a message names: ints, shapes as tuples of ints, and words."""


class Words(NamedTuple):
    """What explains a message: full sentences, and the cure as code where there is one."""

    cause: str
    cure: str
    code: str = ""


@dataclass(frozen=True)
class Known:
    """A message that is explained.

    Attributes:
        kind: the short name of what went wrong; several messages may share it.
        templates: the message as each release words it.
        words: makes the explanation, of the numbers and of what is known of the call.
        general: whether other code raises the same message, so that what is seen of a call of a
            recurrent module says more.
        mention: whether it is a mere name, which counts only where the text names an error.
    """

    kind: str
    templates: tuple[str, ...]
    words: Callable[[Numbers, Call], Words]
    general: bool = False
    mention: bool = False

    @cached_property
    def patterns(self) -> tuple[re.Pattern[str], ...]:
        """A pattern for each template."""
        return tuple(_pattern(template) for template in self.templates)

    def find(self, text: str) -> tuple[int, Numbers] | None:
        """Look for the message in a text without line breaks.

        Args:
            text: what to search.

        Returns:
            Where the message starts, and its numbers; ``None`` if it is not there.

        >>> Known("size", ("got {got:int} of {all:shape}",), lambda *_: Words("", "")).find(
        ...     "we got 3 of [4, 5]"
        ... )
        (3, {'got': 3, 'all': (4, 5)})
        """
        for template, pattern in zip(self.templates, self.patterns, strict=True):
            if found := pattern.search(text):
                sorts = dict(_PLACE.findall(template))
                return found.start(), {
                    name: _value(sorts[name], value) for name, value in found.groupdict().items()
                }
        return None


def _pattern(template: str) -> re.Pattern[str]:
    parts = _PLACE.split(template)
    made = [re.escape(part) for part in parts[::3]]
    for at, (name, sort) in enumerate(zip(parts[1::3], parts[2::3], strict=True)):
        made[at] += f"(?P<{name}>{PLACES[sort]})"
    return re.compile("".join(made), re.ASCII | re.IGNORECASE)


def _value(sort: str, text: str) -> object:
    if sort == "int":
        return int(text)
    if sort == "shape":
        return tuple(int(size) for size in re.findall(r"-?\d{1,19}", text))
    return text


def always(cause: str, cure: str, code: str = "") -> Callable[[Numbers, Call], Words]:
    """Give the same words whatever the numbers are; in a cause they stand as ``{name}``.

    >>> always("It has {got}.", "Give more.")({"got": 3}, Call()).cause
    'It has 3.'
    """

    def words(numbers: Numbers, call: Call) -> Words:
        return Words(cause.format_map(numbers), cure.format_map(numbers), code)

    return words
