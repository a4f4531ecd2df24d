"""How fast and how large the dashboard is for many at once, each of whom moves a slider four times
a second. Prints a Markdown table. Run it alone, nothing beside:

    python -m tests.benchmark_sessions [seconds] [sessions ...]
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, cycle
from pathlib import Path
from typing import NamedTuple

import psutil

from tests.browser.conftest import voila
from tests.client import Client, Moved, opened

SESSIONS = (1, 5, 10, 20)
SECONDS = 15.0
PACE = 0.25
"""Seconds from one move to the next."""

WARM_UP = 8
LAYERS = (3, 4, 5, 6, 5, 4)
HEADS = (
    "sessions",
    "shapes p50",
    "shapes p95",
    "measured p50",
    "measured p95",
    "memory a session",
    "server",
    "CPU",
)


class Row(NamedTuple):
    """What so many sessions take.

    Attributes:
        sessions: how many there are.
        moves: of all sessions.
        kernels: bytes of each session's kernel, without what it shares with others.
        server: bytes of the server, likewise.
        cpu: how many cores were busy with all of them.
    """

    sessions: int
    moves: Sequence[Moved]
    kernels: Sequence[int]
    server: int
    cpu: float

    def markdown(self) -> str:
        """The row of the table."""
        times = [
            f"{1000 * cut:.0f} ms"
            for took in (
                [move.shapes for move in self.moves],
                [each.measured for each in self.moves],
            )
            for cut in _p50_and_p95(took)
        ]
        memory = [f"{size / 2**20:.0f} MiB" for size in (max(self.kernels), self.server)]
        return _line([str(self.sessions), *times, *memory, f"{self.cpu:.2f} cores"])


def _p50_and_p95(took: Sequence[float]) -> tuple[float, float]:
    cuts = statistics.quantiles(took, n=20, method="inclusive")
    return cuts[9], cuts[18]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


async def user(client: Client, wait: float, until: float) -> list[Moved]:
    """Move a slider at a user's pace, or as fast as it follows; the first moves do not count."""
    await asyncio.sleep(wait)
    moves: list[Moved] = []
    for layers in cycle(LAYERS):
        start = time.monotonic()
        if start > until and len(moves) > WARM_UP + 1:
            break
        moves.append(await client.move(layers))
        await asyncio.sleep(max(0.0, start + PACE - time.monotonic()))
    return moves[WARM_UP:]


async def measure(url: str, server: psutil.Process, sessions: int, seconds: float) -> Row:
    """Open so many pages, and let all of them move at once."""
    clients = [await opened(url) for _ in range(sessions)]
    before, start = _cpu(server), time.monotonic()
    moves = await asyncio.gather(
        *(user(each, PACE * i / sessions, start + seconds) for i, each in enumerate(clients))
    )
    cpu = (_cpu(server) - before) / (time.monotonic() - start)
    kernels = [_memory(_kernel(server, each.kernel_id)) for each in clients]
    for client in clients:
        client.close()
    return Row(sessions, list(chain(*moves)), kernels, _memory(server), cpu)


def _kernel(server: psutil.Process, kernel_id: str) -> psutil.Process:
    found = (each for each in server.children() if kernel_id in " ".join(each.cmdline()))
    return next(found)


def _memory(process: psutil.Process) -> int:
    """Its own memory, and its part of what it shares; where the system does not tell, all."""
    held = process.memory_full_info()
    return int(getattr(held, "pss", held.rss))


def _cpu(server: psutil.Process) -> float:
    times = [each.cpu_times() for each in (server, *server.children())]
    return sum(each.user + each.system for each in times)


@contextmanager
def served() -> Iterator[tuple[str, psutil.Process]]:
    """The README's first command, and its process."""
    with tempfile.TemporaryDirectory() as folder:
        others = set(psutil.Process().children())
        with voila(Path(folder)) as url:
            (server,) = set(psutil.Process().children()) - others
            yield url, server


def main(seconds: float, counts: Sequence[int]) -> None:
    """Print the table."""
    print(_line(HEADS))
    print(_line(["---:"] * len(HEADS)))
    for sessions in counts:
        with served() as (url, server):
            print(asyncio.run(measure(url, server, sessions, seconds)).markdown(), flush=True)


if __name__ == "__main__":
    given = sys.argv[1:]
    main(
        float(given[0]) if given else SECONDS,
        [int(each) for each in given[1:]] or SESSIONS,
    )
