"""How long the kernel takes for one move of a slider, tab by tab, and how many bytes it sends.

Run it alone, nothing beside:

    python -m tests.benchmark_tabs [moves]
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from lstm_shapes import Explorer
from lstm_shapes.explorer.choices import TABS
from tests.fake_comm import Wire, recorded, write

SIZES = ((2, 5), (4, 12), (8, 24))
"""Layers and steps; two directions throughout."""

WARM_UP = 2
Took = dict[str, list[float]]


def opened(layers: int, steps: int) -> Explorer:
    explorer = Explorer(num_layers=layers, seq_len=steps, bidirectional=True)
    assert explorer.state.wait(60)
    return explorer


async def moved(explorer: Explorer, name: str, value: int, clock: Callable[[], float]) -> Any:
    """Seconds until the first message was sent, and until all was."""
    start = clock()
    write(explorer.controls.inputs[name][0], value=value)
    first = clock()
    while explorer.stage.view["pending"]:
        await asyncio.sleep(0)
    return first - start, clock() - start


def choose(explorer: Explorer, **choices: object) -> None:
    write(explorer.stage, choices={**explorer.stage.choices, **choices})


def measure(
    layers: int, steps: int, moves: int, clock: Callable[[], float] = time.perf_counter
) -> Took:
    """Milliseconds: of a move until its first message, with a picture that was seen before and
    with a new one; until all was sent, for every tab; and of a choice within two panels."""
    explorer = opened(layers, steps)
    took: Took = {}

    def note(name: str, seconds: float) -> None:
        took.setdefault(name, []).append(1000 * seconds)

    async def move_all() -> None:
        for tab in TABS:
            lengths = (steps, max(1, steps // 2), 2) if tab == "lengths" else None
            explorer.state.update(lengths=lengths)
            choose(explorer, tab=tab)
            for i in range(WARM_UP + moves):
                first, whole = await moved(explorer, "hidden_size", 4 + i % 2, clock)
                if i >= WARM_UP:
                    note("first message", first)
                    note(f"all, {tab}", whole)
        explorer.state.update(lengths=None)
        for i in range(moves):
            first, _ = await moved(explorer, "input_size", 5 + i % 12, clock)
            if i < 12:
                note("first message, new picture", first)

    asyncio.run(move_all())
    for i in range(WARM_UP + moves):
        start = clock()
        choose(explorer, tab="vectors", vector=f"out[:, {i % steps}:].mean(dim=1) ")
        if i >= WARM_UP:
            note("typed expression", clock() - start)
        explorer.state.update(seed=i)
        choose(explorer, tab="vectors", vector="")
    for i in range(WARM_UP + moves):
        choose(explorer, tab="cell", time=i % steps, layer=0)
        start = clock()
        choose(explorer, tab="cell", time=(i + 1) % steps, layer=i % layers)
        if i >= WARM_UP:
            note("cell step", clock() - start)
    return took


def sent(layers: int, steps: int) -> dict[str, int]:
    """Bytes to the stage for one move, by tab, and of these the picture's."""
    with recorded() as wire:
        explorer = opened(layers, steps)
        found = {}
        for i, tab in enumerate(TABS):
            choose(explorer, tab=tab)
            found[tab] = _bytes_of(wire, explorer, 5 + i % 2)
        found["of these the picture"] = len(explorer.stage.picture)
    return found


def _bytes_of(wire: Wire, explorer: Explorer, value: int) -> int:
    before = len(wire.to(explorer.stage))
    write(explorer.controls.inputs["hidden_size"][0], value=value)
    return sum(message.size for message in wire.to(explorer.stage)[before:])


def report(layers: int, steps: int, moves: int) -> None:
    print(f"{layers} layers x {steps} steps{'':14}{'p50':>8}{'p95':>8}   ms, {moves} moves")
    for name, values in measure(layers, steps, moves).items():
        cuts = statistics.quantiles(values, n=20, method="inclusive")
        print(f"  {name:<32}{cuts[9]:8.1f}{cuts[18]:8.1f}")
    for name, count in sent(layers, steps).items():
        print(f"  {name:<32}{count:8,} bytes")


if __name__ == "__main__":
    for each in SIZES:
        report(*each, int(sys.argv[1]) if len(sys.argv) > 1 else 12)
