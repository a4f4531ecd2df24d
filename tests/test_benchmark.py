"""The benchmark tells an update's parts apart; what they take is for whoever runs it to read."""

from __future__ import annotations

from pkgutil import resolve_name
from typing import Any

import pytest

from tests import benchmark

SLOWED = {
    "run": "lstm_shapes.live.run:call_module",
    "scene": "lstm_shapes.explorer.stage:cards_view",
    "send": "jupyter_client.session:Session.serialize",
}
"""By part of an update, something that it does once."""


class Clock:
    """It stands still, but while something is done that was slowed."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def slow(self, monkeypatch: pytest.MonkeyPatch, target: str, seconds: float) -> None:
        """Let a function take so long by this clock."""
        real = resolve_name(target)

        def slowly(*args: Any, **options: Any) -> Any:
            self.now += seconds
            return real(*args, **options)

        monkeypatch.setattr(target.replace(":", "."), slowly)


@pytest.mark.parametrize("part", list(SLOWED))
def test_a_slow_part_shows_in_its_own_figure_and_in_no_other(
    monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    clock = Clock()
    clock.slow(monkeypatch, SLOWED[part], seconds=2.0)
    took = benchmark.measure_kernel(3, clock)
    assert took == {name: [2000.0 * (name == part)] * 3 for name in SLOWED}


def test_warming_up_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    clock.slow(monkeypatch, SLOWED["scene"], seconds=1.0)
    benchmark.measure_kernel(2, clock)
    assert clock.now == benchmark.WARM_UP + 2


def test_a_real_clock_finds_time_in_every_part() -> None:
    took = benchmark.measure_kernel(3)
    assert [(name, len(values)) for name, values in took.items()] == [(n, 3) for n in SLOWED]


def test_the_parts_are_printed_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    benchmark.report("a title", {"run": [1.0] * 39 + [9.0], "scene": [5.0] * 40})
    title, *lines = capsys.readouterr().out.splitlines()
    assert title.split() == ["a", "title", "p50", "p95", "ms,", "40", "moves"]
    assert [line.split() for line in lines] == [["run", "1.0", "1.0"], ["scene", "5.0", "5.0"]]
