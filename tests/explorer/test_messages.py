"""What goes to the page and what comes from it, as whole messages, JSON and buffers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from lstm_shapes import Explorer
from tests.fake_comm import Message, Wire, tell, write

MOST_MESSAGES = 2
"""For one change: what is looked at first, and the rest."""

MOST_BYTES = 147_000
"""For one more layer at the start: 98 kB when this was measured, and half as much again."""


def faults(held: Mapping[str, bytes], messages: list[Message], most_bytes: int) -> list[str]:
    """What is wrong with the messages of one change.

    Args:
        held: what the page had before.
        messages: those that it got.
        most_bytes: how much all of them may be.
    """
    found = []
    if not 1 <= len(messages) <= MOST_MESSAGES:
        found.append(f"{len(messages)} messages")
    known = dict(held)
    for message in messages:
        found += [
            f"{name} again" for name, part in message.parts.items() if known.get(name) == part
        ]
        known |= message.parts
    size = sum(message.size for message in messages)
    if size > most_bytes:
        found.append(f"{size} bytes")
    return found


def changed(
    wire: Wire, explorer: Explorer, **values: int
) -> tuple[dict[str, bytes], list[Message]]:
    """What the page had of the stage before a change by hand, and the messages of it."""
    held, before = wire.held(explorer.stage), len(wire.to(explorer.stage))
    for name, value in values.items():
        write(explorer.controls.inputs[name][-1], value=str(value))
    return held, wire.to(explorer.stage)[before:]


def names(messages: list[Message]) -> set[str]:
    return {name for message in messages for name in message.parts}


def test_a_change_is_few_messages_and_nothing_in_them_is_known(
    wire: Wire, explorer: Explorer
) -> None:
    held, messages = changed(wire, explorer, num_layers=3)
    assert names(messages) == {"view", "picture", "slices", "found", "panel", "share"}
    assert faults(held, messages, MOST_BYTES) == []


def test_the_picture_is_sent_only_when_it_changes(wire: Wire, explorer: Explorer) -> None:
    held, messages = changed(wire, explorer, seed=4)
    assert names(messages) == {"view", "found", "panel", "share"}
    assert faults(held, messages, MOST_BYTES) == []
    held, messages = changed(wire, explorer, num_layers=4)
    assert "picture" in names(messages)
    assert held["picture"] != wire.held(explorer.stage)["picture"] == explorer.stage.picture


def test_the_panel_is_not_sent_while_nobody_sees_it(wire: Wire, explorer: Explorer) -> None:
    write(explorer.stage, panel_seen=False)
    held, messages = changed(wire, explorer, num_layers=3)
    assert names(messages) == {"view", "picture", "slices", "found", "share"}
    assert faults(held, messages, MOST_BYTES) == []


def update(state: dict[str, Any], **buffers: bytes) -> Message:
    data = {"method": "update", "state": state, "buffer_paths": [[name] for name in buffers]}
    return Message(data, tuple(buffers.values()))


HELD = {"picture": b"two layers", "share": b'"link"'}
BAD = {
    "no messages": ([], "0 messages"),
    "too many": ([update({"view": i}) for i in range(3)], "3 messages"),
    "a buffer that is there": ([update({}, picture=b"two layers")], "picture again"),
    "JSON that is there": ([update({"share": "link"})], "share again"),
    "twice": ([update({}, view=b"new"), update({}, view=b"new", panel=b"")], "view again"),
    "a large buffer": ([update({}, picture=b"x" * 1000)], "1059 bytes"),
    "large JSON": ([update({"view": "x" * 1000})], "1057 bytes"),
}


@pytest.mark.parametrize("name", list(BAD))
def test_the_check_of_messages_can_fail(name: str) -> None:
    messages, fault = BAD[name]
    assert faults(HELD, messages, 1000) == [fault]


def test_the_check_of_messages_takes_good_ones() -> None:
    first, rest = update({}, view=b"shapes", picture=b"three layers"), update({}, view=b"all")
    assert faults(HELD, [first, rest], 1000) == []


def test_the_cure_can_be_applied(explorer: Explorer) -> None:
    explorer.state.update(proj_size=3)
    (notice,) = explorer.stage.view["notices"]
    assert notice["tone"] == "error"
    assert notice["heading"].startswith("torch: proj_size")
    assert (notice["argument"], notice["link"]) == ("proj_size", "proj_size=2")
    tell(explorer.stage, {"action": "open", "link": notice["link"]})
    assert explorer.stage.view["notices"] == []
    assert explorer.controls.inputs["proj_size"][1].value == "2"


def test_every_refused_value_is_marked_and_has_its_own_notice_and_cure(
    wire: Wire, explorer: Explorer
) -> None:
    for name, value in (("hidden_size", "0"), ("dropout", "1.5"), ("seed", "-1")):
        write(explorer.controls.inputs[name][-1], value=value)
    assert b'"blame":["hidden_size","dropout","seed"]' in wire.held(explorer.stage)["view"]
    notices = explorer.stage.view["notices"]
    assert [(each["heading"][:34], each["argument"], each["link"]) for each in notices] == [
        ("torch: hidden_size must be greater", "hidden_size", "hidden_size=1"),
        ("torch: dropout should be a number ", "dropout", "dropout=0.5"),
        ("Not valid", "seed", "seed=0"),
    ]
    shown = "The shapes shown are the last valid ones."
    assert [shown in each["text"] for each in notices] == [True, False, False]
    tell(explorer.stage, {"action": "open", "link": notices[1]["link"]})
    assert explorer.stage.view["blame"] == ["hidden_size", "seed"]
    assert explorer.controls.inputs["dropout"][1].value == "0.5"
    assert explorer.controls.inputs["hidden_size"][1].value == "0"


def test_what_is_typed_in_the_page_is_answered_there(wire: Wire, explorer: Explorer) -> None:
    slider, number = explorer.controls.inputs["hidden_size"]
    write(slider, value=7)
    assert wire.held(number)["value"] == b'"7"'
    assert b'"3,5,14"' in wire.held(explorer.stage)["view"]


def test_a_page_that_missed_something_while_it_loaded_can_ask_again(
    wire: Wire, explorer: Explorer
) -> None:
    (device,) = explorer.controls.inputs["device"]
    held, before = wire.held(explorer.stage), len(wire.sent)
    tell(explorer.stage, {"action": "ask"})
    again = Wire(wire.sent[before:])
    drawn = {"view", "picture", "slices", "found", "panel", "walk", "share", "selection", "choices"}
    assert again.held(explorer.stage) == {name: held[name] for name in drawn}
    assert again.held(device) == wire.held(device)
    assert again.held(explorer.controls.rows["device"].layout)["display"] == b'"none"'


@pytest.mark.parametrize(
    "message", [None, 3, {}, {"action": 3}, {"action": "rm -rf"}, {"action": "fix"}]
)
def test_other_messages_change_nothing(wire: Wire, explorer: Explorer, message: Any) -> None:
    before, sent = explorer.state.snapshot, len(wire.sent)
    tell(explorer.stage, message)
    assert explorer.state.snapshot is before
    assert len(wire.sent) == sent
