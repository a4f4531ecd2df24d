"""The record of one explained error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Explanation:
    """What an error says, why it came, and what to do.

    Attributes:
        message: torch's own words.
        kind: a short name that stays the same between versions, such as ``"features"``; empty
            if the error is not known.
        cause: why it came, in full sentences.
        cure: what to do, in full sentences; empty if the error is not known.
        code: the cure as code, with ``x`` for the input, ``h_0`` and ``c_0`` for the states it
            starts from, and ``lstm``, ``gru``, ``rnn``, ``cell`` or ``module`` for the module;
            empty where no single piece of code would do.
        numbers: what the message names: sizes and shapes as numbers, the rest as text.

    >>> print(Explanation("No words.", "", "It is not known.", "", ""))
    No words.
    <BLANKLINE>
    It is not known.
    """

    message: str
    kind: str
    cause: str
    cure: str
    code: str
    numbers: Mapping[str, object] = field(default_factory=dict)

    @property
    def known(self) -> bool:
        """Whether the error is one that is explained."""
        return bool(self.kind)

    def __str__(self) -> str:
        code = "\n".join(f"    {line}" for line in self.code.splitlines())
        parts = (self.message, self.cause, self.cure, code)
        return "\n\n".join(part for part in parts if part)
