"""What the panels' tests ask for."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from lstm_shapes import InputSizes, Settings, run
from lstm_shapes.config import Question
from lstm_shapes.explorer.state import Snapshot

T = TypeVar("T")

BOTH = Settings(4, 3, num_layers=2, batch_first=True, bidirectional=True)
ASKED = InputSizes(seq_len=5, batch_size=3)
PACKED = InputSizes(seq_len=5, batch_size=3, lengths=(3, 5, 2))
HUGE = 10**12


def measured(settings: Settings, sizes: InputSizes) -> Snapshot:
    return Snapshot(Question(settings, sizes), run(settings, sizes))


def predicted(settings: Settings, sizes: InputSizes) -> Snapshot:
    return Snapshot(Question(settings, sizes))


def elsewhere(act: Callable[[], T]) -> T:
    """In a thread of its own, where no event loop runs: in this one there may be a browser's."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(act).result()
