"""The record of what was measured again and again, and the measurement behind it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from lstm_shapes import Explorer, run
from lstm_shapes.explorer.measurement import Measurement
from lstm_shapes.explorer.panels.without import WITHOUT_RUN, WITHOUT_SAMPLE
from lstm_shapes.explorer.stage import panel_view
from tests.explorer.panels.snapshots import ASKED, BOTH, elsewhere


def show(explorer: Explorer, tab: str) -> None:
    explorer.stage.choices = explorer.stage.choices | {"tab": tab}


def test_a_measurement_of_nothing_is_not_begun(explorer: Explorer) -> None:
    explorer.state.update(batch_size=0)
    show(explorer, "reproducibility")
    explorer.act("measure", {})
    panel = explorer.stage.panel
    assert panel["without"] == WITHOUT_SAMPLE
    assert panel["trials"] == []
    assert panel["button"] == {"action": "measure", "label": "Measure now", "disabled": True}


def test_a_measurement_is_made_when_asked_for_and_forgotten_with_its_run(
    explorer: Explorer,
) -> None:
    show(explorer, "reproducibility")
    assert explorer.stage.panel["trials"] == []
    assert explorer.stage.panel["button"]["label"] == "Measure now"
    elsewhere(lambda: explorer.act("measure", {}))
    panel = explorer.stage.panel
    assert panel["progress"]["done"] == panel["progress"]["total"] > 0
    assert panel["button"] == {"action": "measure", "label": "Measure again", "disabled": False}
    trials = {trial["id"]: trial for trial in panel["trials"]}
    assert (trials["rebuilt"]["equal"], trials["rebuilt"]["same"]) == ("9 of 9", True)
    first, last = trials["trained"]["losses"]
    assert first.replace("first", "last") == last
    assert first.count(".") == 3
    first, last = trials["trained-anew"]["losses"]
    assert first.replace("first", "last") != last
    assert trials["rebuilt"]["losses"] == []
    explorer.state.update(num_layers=1)
    assert explorer.stage.panel["trials"] == []
    explorer.state.update(hidden_size=10**9)
    elsewhere(lambda: explorer.act("measure", {}))
    assert explorer.stage.panel["without"] == WITHOUT_RUN


def test_a_measurement_draws_its_own_panel_and_no_other(
    explorer: Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    real = panel_view
    monkeypatch.setattr(
        "lstm_shapes.explorer.stage.panel_view",
        lambda *given: drawn.append(given[2].tab) or real(*given),
    )
    show(explorer, "article")
    drawn.clear()
    elsewhere(lambda: explorer.act("measure", {}))
    assert drawn == []
    show(explorer, "reproducibility")
    progress = explorer.stage.panel["progress"]
    assert progress["done"] == progress["total"] > 0


def test_beside_an_event_loop_a_measurement_can_be_stopped() -> None:
    async def measure() -> tuple[int, int]:
        told: list[bool] = []
        errors: list[Exception] = []
        measurement = Measurement(lambda: told.append(measurement.running), errors.append)
        measurement.start(run(BOTH, ASKED))
        while not told:
            await asyncio.sleep(0)
        assert measurement.running
        measurement.stop()
        assert measurement.progress is not None
        done = measurement.progress.done
        for _ in range(20):
            await asyncio.sleep(0)
        assert told[-1] is False
        assert measurement.progress.done == done
        assert errors == []
        return done, measurement.progress.total

    done, total = elsewhere(lambda: asyncio.run(measure()))
    assert 0 < done < total


def test_an_error_of_a_measurement_is_shown(
    explorer: Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Any:
        raise RuntimeError("out of memory")

    async def measure() -> None:
        explorer.act("measure", {})
        while explorer.stage.measurement.running:
            await asyncio.sleep(0)

    monkeypatch.setattr("lstm_shapes.statements.reproducibility.call_again", fail)
    elsewhere(lambda: asyncio.run(measure()))
    assert "out of memory" in explorer.stage.view["notices"][0]["heading"]
    assert not explorer.stage.measurement.running
