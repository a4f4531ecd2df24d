"""Work in steps: messages are heard in between, and the newest work alone is carried on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from lstm_shapes import Explorer
from lstm_shapes.explorer.latest import Latest
from tests.fake_comm import Message, Wire, write


def steps(name: str, done: list[str], count: int = 3) -> Iterator[None]:
    for i in range(count):
        done.append(f"{name}{i}")
        yield


def test_without_a_loop_all_steps_are_made_at_once() -> None:
    done: list[str] = []
    Latest(lambda _: None).start(steps("a", done))
    assert done == ["a0", "a1", "a2"]


def test_newer_work_ends_older_work_where_it_stands() -> None:
    done: list[str] = []

    async def work() -> None:
        latest = Latest(lambda _: None)
        latest.start(steps("a", done))
        while not done:
            await asyncio.sleep(0)
        latest.start(steps("b", done))
        while len(done) < 4:
            await asyncio.sleep(0)
        for _ in range(1000):
            await asyncio.sleep(0)

    asyncio.run(work())
    assert done == ["a0", "b0", "b1", "b2"]


def test_what_has_arrived_is_handled_between_two_steps() -> None:
    done: list[str] = []

    async def work() -> None:
        latest = Latest(lambda _: None)
        latest.start(steps("a", done))
        while not done:
            await asyncio.sleep(0)
        asyncio.get_running_loop().call_soon(done.append, "message")
        while len(done) < 4:
            await asyncio.sleep(0)

    asyncio.run(work())
    assert done == ["a0", "message", "a1", "a2"]


def failing() -> Iterator[None]:
    yield
    raise KeyError("seq")


def test_an_error_is_reported_with_and_without_a_loop() -> None:
    errors: list[Exception] = []
    with pytest.raises(KeyError):
        Latest(errors.append).start(failing())

    async def work() -> None:
        # The loop would print an error of a task that nobody waits for.
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        Latest(errors.append).start(failing())
        while len(errors) < 2:
            await asyncio.sleep(0)

    asyncio.run(work())
    assert [str(error) for error in errors] == ["'seq'", "'seq'"]


def shapes_and_rest(messages: list[Message]) -> list[set[str]]:
    return [set(message.parts) for message in messages]


def pending(message: Message) -> bool:
    view: dict[str, Any] = json.loads(message.parts["view"])
    return bool(view["pending"])


def test_shapes_and_picture_go_out_before_a_move_is_answered_and_the_rest_after(
    wire: Wire, explorer: Explorer
) -> None:
    before = len(wire.to(explorer.stage))

    async def work() -> int:
        write(explorer.controls.inputs["num_layers"][0], value=3)
        at_once = len(wire.to(explorer.stage)) - before
        while explorer.stage.view["pending"]:
            await asyncio.sleep(0)
        return at_once

    assert asyncio.run(work()) == 1
    first, second = wire.to(explorer.stage)[before:]
    assert set(first.parts) == {"view", "picture"}
    assert set(second.parts) == {"view", "slices", "found", "panel", "share"}
    assert (pending(first), pending(second)) == (True, False)


def test_of_fast_moves_only_the_newest_is_run(
    wire: Wire, explorer: Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lstm_shapes.live import run as live_run

    made: list[int] = []
    real = live_run.run

    def counted(settings: Any, *given: Any, **named: Any) -> Any:
        made.append(settings.num_layers)
        return real(settings, *given, **named)

    monkeypatch.setattr(live_run, "run", counted)
    before = len(wire.to(explorer.stage))

    async def work() -> None:
        for layers in (3, 4, 5):
            write(explorer.controls.inputs["num_layers"][0], value=layers)
            await asyncio.sleep(0)
        while explorer.stage.view["pending"]:
            await asyncio.sleep(0)

    asyncio.run(work())
    assert made == [5]
    messages = wire.to(explorer.stage)[before:]
    assert [pending(message) for message in messages] == [True, True, True, False]
    assert explorer.state.snapshot.run is not None
    assert explorer.state.snapshot.run.settings.num_layers == 5
    assert explorer.stage.found["showing"] == explorer.stage.view["showing"]


AT_EVERY_STEP = range(2)
"""Where messages are heard while a snapshot is drawn."""


def choose(explorer: Explorer, tab: str) -> None:
    explorer.stage.choices = {**explorer.stage.choices, "tab": tab}


def numbers(explorer: Explorer) -> list[int]:
    """Which view each part of the page belongs to."""
    stage = explorer.stage
    return [record["showing"] for record in (stage.view, stage.found, stage.panel, stage.share)]


@pytest.mark.parametrize("at", AT_EVERY_STEP)
def test_a_tab_chosen_while_a_snapshot_is_drawn_stays_chosen(explorer: Explorer, at: int) -> None:
    for step, _ in enumerate(explorer.stage.steps_to_show(explorer.state.snapshot)):
        if step == at:
            choose(explorer, "parameters")
    assert explorer.stage.panel["tab"] == "parameters"
    assert len(set(numbers(explorer))) == 1


@pytest.mark.parametrize("at", AT_EVERY_STEP)
def test_a_panel_seen_while_a_snapshot_is_drawn_is_of_that_snapshot(
    explorer: Explorer, at: int
) -> None:
    explorer.stage.panel_seen = False
    explorer.state.update(num_layers=3)
    assert len(set(numbers(explorer))) == 2
    for step, _ in enumerate(explorer.stage.steps_to_show(explorer.state.snapshot)):
        if step == at:
            explorer.stage.panel_seen = True
    assert len(set(numbers(explorer))) == 1


def test_a_panel_of_the_last_run_is_not_taken_for_one_of_the_new_shapes(
    explorer: Explorer,
) -> None:
    seen: list[list[int]] = []

    async def work() -> None:
        write(explorer.controls.inputs["num_layers"][0], value=3)
        choose(explorer, "parameters")
        explorer.stage.selection = "h_n.0"
        seen.append(numbers(explorer))
        while explorer.stage.view["pending"]:
            await asyncio.sleep(0)

    asyncio.run(work())
    view, found, panel, share = seen[0]
    assert found == panel == view - 1
    assert share == view  # what is handed out needs no run
    assert set(numbers(explorer)) == {view}
    assert explorer.stage.panel["tab"] == "parameters"
    assert "num_layers=3" in explorer.stage.share["link"]


def test_after_an_error_the_page_is_what_it_was_and_goes_on(explorer: Explorer) -> None:
    before = numbers(explorer), explorer.stage.picture, explorer.stage.view["cards"]

    def fail(*_: Any) -> None:
        raise KeyError("seq")

    async def work() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        write(explorer.controls.inputs["num_layers"][0], value=3)
        assert explorer.stage.picture != before[1]
        while explorer.stage.view["pending"]:
            await asyncio.sleep(0)

    with pytest.MonkeyPatch.context() as broken:
        broken.setattr("lstm_shapes.explorer.stage.found_view", fail)
        asyncio.run(work())
    (notice,) = explorer.stage.view["notices"]
    assert notice["heading"] == "KeyError: 'seq'"
    assert (numbers(explorer), explorer.stage.picture, explorer.stage.view["cards"]) == before
    choose(explorer, "parameters")
    assert len(set(numbers(explorer))) == 1
    explorer.state.update(num_layers=4)
    assert explorer.stage.view["notices"] == []
    assert len(set(numbers(explorer))) == 1


def test_a_measurement_asked_for_before_its_run_is_of_that_run(explorer: Explorer) -> None:
    async def work() -> None:
        write(explorer.controls.inputs["num_layers"][0], value=3)
        explorer.act("measure")
        while explorer.stage.measurement.running or explorer.stage.view["pending"]:
            await asyncio.sleep(0)

    choose(explorer, "reproducibility")
    asyncio.run(work())
    assert explorer.stage.measurement.progress is not None
    assert explorer.state.snapshot.question.settings.num_layers == 3


def test_a_link_to_what_is_shown_makes_no_other_run(explorer: Explorer) -> None:
    run = explorer.state.snapshot.run
    explorer.act("open", {"link": "no link"})
    assert explorer.stage.view["notices"]
    explorer.act("open", {"link": "tab=cell"})
    assert explorer.state.snapshot.run is run
    assert explorer.stage.view["notices"] == []
    assert explorer.stage.panel["tab"] == "cell"
