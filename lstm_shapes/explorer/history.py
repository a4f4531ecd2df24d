"""What was shown before, for going back to it and forth again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

Values = Mapping[str, Any]

PAUSE = 1.0
"""Seconds within which changes of the same things are one: a slider is being dragged."""
MOST = 200
"""Steps that are kept, so that a long session stays small."""


class History:
    """The states of a page in the order in which they were shown.

    Args:
        start: the first one.
        clock: gives the time in seconds.

    >>> history = History({"num_layers": 2})
    >>> history.note({"num_layers": 3})
    >>> history.back()
    {'num_layers': 2}
    >>> history.forth()
    {'num_layers': 3}
    """

    def __init__(self, start: Values, clock: Callable[[], float] = time.monotonic) -> None:
        self._past: list[Values] = []
        self._now: Values = start
        self._future: list[Values] = []
        self._clock = clock
        self._changed: set[str] = set()  # what the last step changed, and when
        self._when = 0.0

    @property
    def can_go_back(self) -> bool:
        """Whether there is a state before this one."""
        return bool(self._past)

    @property
    def can_go_forth(self) -> bool:
        """Whether one was gone back from."""
        return bool(self._future)

    def note(self, values: Values) -> None:
        """Take down what is shown now. It is a step of its own, unless it only goes on changing
        what the step before changed a moment ago.

        Args:
            values: by name.
        """
        names = values.keys() | self._now.keys()
        changed = {name for name in names if values.get(name) != self._now.get(name)}
        if not changed:
            return
        now = self._clock()
        goes_on = changed == self._changed and now - self._when < PAUSE
        if not goes_on:
            self._past = [*self._past, self._now][-MOST:]
        self._now, self._future = values, []
        self._changed, self._when = changed, now

    def rest(self) -> None:
        """Let what comes next be a step of its own, whatever was changed a moment ago."""
        self._changed = set()

    def back(self) -> Values:
        """Go one step back; at the first one stay."""
        if self._past:
            self._future.append(self._now)
            self._now = self._past.pop()
        self.rest()
        return self._now

    def forth(self) -> Values:
        """Go one step forth again; at the last one stay."""
        if self._future:
            self._past.append(self._now)
            self._now = self._future.pop()
        self.rest()
        return self._now
