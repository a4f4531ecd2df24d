"""A measurement that takes a while: it goes on between messages, and can be stopped."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lstm_shapes.live.run import Run
    from lstm_shapes.statements.reproducibility import Progress

PACE = 0.05
"""Seconds between two reports."""


class Measurement:
    """Of one run, whether it can be reproduced.

    Where an event loop runs, as in Jupyter, one run is made at a time, and messages are heard
    in between; without one it is made to the end.

    Args:
        changed: called when there is more to show.
        failed: called with an error that ended it: of a task nobody else would hear of it.

    Attributes:
        progress: what was found so far; ``None`` before the first start.
        running: whether it goes on.
    """

    def __init__(self, changed: Callable[[], None], failed: Callable[[Exception], None]) -> None:
        self.progress: Progress | None = None
        self.running = False
        self._changed, self._failed = changed, failed
        self._run: Run | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self, run: Run, repeats: int = 10) -> None:
        """Measure a run from the beginning."""
        from lstm_shapes.statements.reproducibility import reproduce

        self.keep_to(None)
        self._run, self.running = run, True
        steps = reproduce(run, repeats)
        try:
            self._task = asyncio.get_running_loop().create_task(self._follow(steps))
        except RuntimeError:
            try:
                for self.progress in steps:
                    pass
            finally:
                self._end()

    def stop(self) -> None:
        """Leave it at what was found so far."""
        if self._task is not None:
            self._task.cancel()
        if self.running:
            self._end()

    def keep_to(self, run: Run | None) -> None:
        """Forget what was measured of another run; whoever asks for this draws anew anyway."""
        if run is not self._run:
            if self._task is not None:
                self._task.cancel()
            self.running, self._task, self.progress, self._run = False, None, None, None

    async def _follow(self, steps: Iterator[Progress]) -> None:
        told = 0.0
        try:
            for progress in steps:
                self.progress = progress
                if time.monotonic() - told > PACE:
                    told = time.monotonic()
                    self._changed()
                await asyncio.sleep(0)
            self._end()
        except Exception as error:
            self._end()
            self._failed(error)
            raise

    def _end(self) -> None:
        self.running, self._task = False, None
        self._changed()
