"""The routes: each of their stops is there as it says, and each ends in a program that runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import asdict
from typing import Any, get_args

import pytest

from lstm_shapes import Explorer, run, unroll
from lstm_shapes.explorer.choices import Choices, nearest
from lstm_shapes.explorer.link import Link
from lstm_shapes.explorer.route import RouteName, Stop
from lstm_shapes.explorer.routes import ROUTES, last_stop
from lstm_shapes.explorer.walk import WalkRecord, arriving, names_of, stop_values
from tests.conform import conforms

EVERY = [
    (name, number) for name, route in ROUTES.items() for number in range(1, len(route.stops) + 1)
]


@pytest.fixture(scope="module")
def page() -> Explorer:
    explorer = Explorer()
    assert explorer.state.wait()
    return explorer


def at(name: RouteName, number: int) -> Stop:
    return ROUTES[name].stops[number - 1]


def walk(explorer: Explorer, route: str, stop: int) -> Any:
    explorer.act("walk", {"route": route, "stop": stop})
    return explorer.stage.walk


def test_there_is_a_route_for_every_name() -> None:
    assert get_args(RouteName) == ("", *ROUTES)
    assert all(4 <= len(route.stops) <= 6 for route in ROUTES.values())


@pytest.mark.parametrize(("name", "number"), EVERY)
def test_a_stop_shows_what_it_says(page: Explorer, name: RouteName, number: int) -> None:
    stop = at(name, number)
    record = walk(page, name, number)
    conforms(record, WalkRecord)
    assert page.state.snapshot.question == stop.question
    assert page.state.snapshot.status == "measured"
    assert page.stage.selection == stop.select
    assert stop.select in unroll(stop.question.settings, stop.question.sizes).slices
    assert (record["route"], record["stop"], record["away"]) == (name, number, "")
    assert page.stage.panel["tab"] == stop.tab
    # Where a panel has nothing to show it says why.
    assert page.stage.panel.get("without", "") == "" or stop.tab == "parameters"
    assert not page.stage.view["notices"]
    chosen = asdict(nearest(page.stage.choices))
    assert stop.choices.items() <= chosen.items()


@pytest.mark.parametrize(("name", "number"), EVERY)
def test_a_sentence_names_only_what_there_is(name: RouteName, number: int) -> None:
    stop = at(name, number)
    said = f"{stop.text} {stop.mistake.text if stop.mistake else ''}".format_map(
        names_of(stop.question)
    )
    assert "{" not in said
    assert said.rstrip().endswith(".")
    settings, sizes = stop.question.settings, stop.question.sizes
    slices = unroll(settings, sizes).slices
    for row in re.findall(r"`(h_n\[\d\])`", said):
        assert row.replace("[", ".").rstrip("]") in slices
    for step in map(int, re.findall(r"x\[(\d+)\]", said)):
        assert step < sizes.seq_len
    module = run(settings, sizes).module
    for parameter in re.findall(r"`((?:weight|bias)_\w+)`", said):
        assert hasattr(module, parameter)
    if "backward" in said and not stop.mistake:
        assert settings.bidirectional


MISTAKEN = [(name, number) for name, number in EVERY if at(name, number).mistake]
COSTS = {
    ("tag", 3): "does not hold on this run: out was aligned",
    ("tag", 4): "lstm takes the batch for time",
    ("classify", 3): "the backward half has read 1 of 7 steps",
    ("classify", 4): "the forward direction is not in it",
    ("classify", 5): "vector[0] has read samples 0, 1, so it is no longer one sample per row",
    ("decode", 2): "h_n[0] is layer 0, forward and h_n[1] is layer 0, backward",
    ("decode", 3): "does not hold on this run: the shape is right, but the view puts two samples",
    ("decode", 4): "`decoder(y, (h_0, h_0))[0] == decoder(y, (h_0, c_0))[0]` does not hold",
    ("predict", 2): "`out[:, t] depends on x[:, t + 1]` holds on this run",
    ("predict", 4): "`lstm(x, random)[0] == lstm(x)[0]` does not hold",
    ("lengths", 2): "does not hold on this run: it differs for samples 0, 2",
    ("lengths", 3): "`forward[:, -1] == h_n[-2]` does not hold",
    ("lengths", 4): "The result counts padded steps, for 2 of 3 samples",
    ("cell", 2): "and `out` holds h alone",
    ("cell", 4): "torch: Expected hidden[0] size (1, 3, 3), got [3, 1, 3]",
}


@pytest.mark.parametrize(("name", "number"), MISTAKEN)
def test_what_a_mistake_costs_is_evaluated(page: Explorer, name: RouteName, number: int) -> None:
    assert COSTS[name, number] in walk(page, name, number)["mistake"]["cost"]


def test_a_cost_is_not_told_before_there_is_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lstm_shapes.explorer.state.AT_ONCE", 0)
    monkeypatch.setattr(
        "lstm_shapes.explorer.state.import_module", lambda _name: (_ for _ in ()).throw(OSError)
    )
    explorer = Explorer(route="classify", stop=3)
    assert explorer.stage.walk["mistake"]["text"] == "People feed `out[:, -1]` to the classifier."
    assert explorer.stage.walk["mistake"]["cost"] == ""


@pytest.mark.parametrize("name", ROUTES)
def test_a_route_ends_in_a_program_that_runs(name: RouteName) -> None:
    code = ROUTES[name].program
    assert code.count("assert") >= 2
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize("name", ROUTES)
def test_only_the_last_stop_hands_out_the_program(page: Explorer, name: RouteName) -> None:
    last = last_stop(name)
    assert walk(page, name, last)["program"]["code"] == ROUTES[name].program
    assert walk(page, name, last - 1)["program"] is None


def test_a_setting_changed_by_hand_leads_away_and_a_button_back(page: Explorer) -> None:
    walk(page, "classify", 3)
    page.state.update(hidden_size=6)
    assert page.stage.walk["away"].startswith("You have changed the settings")
    assert page.stage.walk["mistake"] is None
    assert walk(page, "classify", 3)["away"] == ""
    page.state.update(seed=7)
    assert page.stage.walk["away"] == ""
    page.stage.choices = page.stage.choices | {"tab": "cell"}
    assert "What to feed the head" in page.stage.walk["away"]
    page.stage.choices = page.stage.choices | {"route": "", "stop": 1}
    assert page.stage.walk["route"] == ""
    assert page.state.snapshot.question.seed == 7


def test_a_link_to_a_stop_and_nothing_else_opens_all_of_it() -> None:
    explorer = Explorer()
    explorer.act("open", {"link": "route=lengths&stop=2"})
    assert explorer.state.snapshot.question == at("lengths", 2).question
    assert explorer.stage.walk["stop"] == 2
    assert explorer.stage.panel["tab"] == "lengths"


def test_link_and_call_carry_the_walk_and_what_was_changed_on_it() -> None:
    explorer = Explorer()
    walk(explorer, "classify", 2)
    explorer.state.update(hidden_size=6)
    assert "route='classify', stop=2" in explorer.stage.share["call"]
    other = Explorer()
    other.act("open", {"link": explorer.stage.share["link"]})
    assert other.state.snapshot.question == explorer.state.snapshot.question
    assert other.stage.walk["away"]


def test_a_call_with_a_stop_opens_all_of_it() -> None:
    explorer = Explorer(route="lengths", stop=2)
    assert explorer.state.snapshot.question == at("lengths", 2).question
    assert explorer.stage.selection == "h_n.2"


@pytest.mark.parametrize(
    ("route", "stop"),
    [
        *(("tag", stop) for stop in (0, 6, -1, True, 1.0, None, "2")),
        *((route, 1) for route in ("", "walk", None, [], {})),
    ],
)
def test_a_stop_that_there_is_not_does_nothing(route: Any, stop: Any) -> None:
    explorer = Explorer()
    before = explorer.stage.share
    explorer.act("walk", {"route": route, "stop": stop})
    assert explorer.stage.share == before
    assert explorer.stage.walk["route"] == ""


def test_a_link_to_a_stop_too_far_leads_to_the_first_and_says_so() -> None:
    opened = arriving(Link({"route": "tag", "stop": 6}))
    assert opened.refused == ["stop=6 is too large: 'tag' has 5 steps"]
    assert opened.values == stop_values("tag", 1)


def test_the_stop_is_bounded_by_its_own_route() -> None:
    assert nearest({"route": "tag", "stop": 6}) == Choices(route="tag")
    assert nearest({"stop": 2}) == Choices()
    with pytest.raises(ValueError, match="stop=6 is too large: use 5 or less"):
        Choices(route="tag", stop=6)
