"""Work in steps: between two of them messages are heard, and newer work ends older work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator

PAUSE = 0.001
"""Seconds between two steps. In that time a message that has arrived is handled first."""


class Latest:
    """Carries on the newest piece of work; an older one ends where it stands.

    Where an event loop runs, as in Jupyter, one step is made at a time, and messages are heard
    in between. Without a loop all steps are made at once.

    Args:
        failed: called with an error that ended the work. Where the work is a task of the event
            loop, nobody else hears of it.
    """

    def __init__(self, failed: Callable[[Exception], None]) -> None:
        self._failed = failed
        self._task: asyncio.Task[None] | None = None

    def start(self, steps: Iterable[None]) -> None:
        """End what is going on, and begin this.

        Args:
            steps: does one step each time it is asked for the next item.

        Raises:
            Exception: any that a step raises, where no event loop runs.
        """
        self.stop()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            for _ in self._guarded(steps):
                continue
        else:
            self._task = loop.create_task(self._walk(self._guarded(steps)))

    def stop(self) -> None:
        """End what is going on, before its next step."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _guarded(self, steps: Iterable[None]) -> Iterator[None]:
        try:
            yield from steps
        except Exception as error:
            self._failed(error)
            raise

    async def _walk(self, steps: Iterator[None]) -> None:
        for _ in steps:
            await asyncio.sleep(PAUSE)
