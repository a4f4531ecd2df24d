"""A measurement that takes a while: it goes on between messages, and can be stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from lstm_shapes.explorer.latest import Latest

if TYPE_CHECKING:
    from lstm_shapes.live.run import Run
    from lstm_shapes.statements.reproducibility import Progress

PACE = 0.05
"""Seconds between two reports."""


class Measurement:
    """Measures of one run whether it can be reproduced.

    Args:
        changed: called when there is more to show.
        failed: called with an error that ended the measurement.

    Attributes:
        progress: what was found so far; ``None`` before the first start.
        running: whether the measurement goes on.
    """

    def __init__(self, changed: Callable[[], None], failed: Callable[[Exception], None]) -> None:
        self.progress: Progress | None = None
        self.running = False
        self._changed = changed
        self._run: Run | None = None
        self._work = Latest(failed)

    def start(self, run: Run, repeats: int = 10) -> None:
        """Measure a run from the beginning.

        Args:
            run: with at least one sample.
            repeats: how often each trial is made, from 2 on.
        """
        from lstm_shapes.statements.reproducibility import reproduce

        self.keep_to(None)
        self._run, self.running = run, True
        self._work.start(self._steps(reproduce(run, repeats)))

    def stop(self) -> None:
        """End the measurement with what was found so far."""
        self._work.stop()
        if self.running:
            self._end()

    def keep_to(self, run: Run | None) -> None:
        """Forget what was measured of another run. Nothing is drawn: the caller draws anyway."""
        if run is not self._run:
            self._work.stop()
            self.running, self.progress, self._run = False, None, None

    def _steps(self, reports: Iterator[Progress]) -> Iterator[None]:
        told = 0.0
        try:
            for self.progress in reports:
                if time.monotonic() - told > PACE:
                    told = time.monotonic()
                    self._changed()
                yield
        except Exception:
            self._end()
            raise
        self._end()

    def _end(self) -> None:
        self.running = False
        self._changed()
