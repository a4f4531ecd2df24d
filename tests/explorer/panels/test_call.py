"""A typed call in the page: what is said of it is what torch says and does."""

from __future__ import annotations

import traceback

import pytest
import torch
from torch import nn

from lstm_shapes import Explorer, InputSizes, Settings
from lstm_shapes.config import Question
from lstm_shapes.explorer.choices import LONGEST_CALL
from lstm_shapes.explorer.link import read_link, write_link
from lstm_shapes.explorer.panels.call import EXAMPLES, CallOutcome, CallPanel, call_view
from lstm_shapes.explorer.state import Snapshot
from tests.fake_comm import Wire

ASKED = Question(Settings(4, 3, batch_first=True), InputSizes(5, 3, (5, 2, 1)))


def panel(text: str = "") -> CallPanel:
    return call_view(Snapshot(ASKED, torch_here=True), text)


def outcome(text: str = "") -> CallOutcome:
    found = panel(text)["outcome"]
    assert found is not None
    return found


def shapes(found: CallOutcome) -> dict[str, tuple[int, ...]]:
    assert found["made"] is not None
    return {each["name"]: tuple(map(int, each["sizes"])) for each in found["made"]["shapes"]}


def test_it_starts_with_the_call_that_is_shown() -> None:
    typed = panel()["field"]["value"]
    assert typed.splitlines() == [
        "nn.LSTM(4, 3, batch_first=True)",
        "x: (3, 5, 4)",
        "packed, lengths [5, 2, 1] enforce_sorted=False",
    ]
    found = outcome()
    assert not found["refused"]
    assert shapes(found) == {"out": (3, 5, 3), "h_n": (1, 3, 3), "c_n": (1, 3, 3)}


@pytest.mark.parametrize("text", EXAMPLES.values(), ids=EXAMPLES.keys())
def test_every_example_is_refused_and_mended(text: str) -> None:
    found = outcome(text)
    first = found["refused"][0]
    assert first["axis"]
    assert first["cause"]
    assert first["cure"]
    assert found["made"] is not None


def test_the_message_is_torchs_and_the_mended_call_is_made() -> None:
    with pytest.raises(RuntimeError) as raised:
        nn.LSTM(64, 8, batch_first=True)(torch.zeros(32, 64, 50))
    found = outcome(EXAMPLES["features on another axis"])
    assert found["refused"][0]["message"] == f"torch: {raised.value}"
    mended = nn.LSTM(64, 8, batch_first=True)(torch.zeros(32, 50, 64))
    assert shapes(found)["out"] == tuple(mended[0].shape)
    exec(found["program"], {})


def test_a_mended_call_can_be_opened_in_the_page() -> None:
    made = outcome(EXAMPLES["features on another axis"])["made"]
    assert made is not None
    values = read_link(made["link"]).values
    assert (values["input_size"], values["batch_size"], values["seq_len"]) == (64, 32, 50)
    cell = outcome(EXAMPLES["one tensor for a cell's pair"])["made"]
    assert cell is not None
    assert not cell["link"]


def test_the_picture_shows_the_nonlinearity_that_was_typed() -> None:
    made = outcome("nn.RNN(4, 3, nonlinearity='relu')\nx: (5, 2, 4)")["made"]
    assert made is not None
    values = read_link(made["link"]).values
    assert (values["kind"], values["nonlinearity"]) == ("RNN", "relu")


def test_what_is_taken_in_silence_is_asked_about() -> None:
    found = outcome("nn.LSTM(4, 3)\nx: (20, 4)")
    assert not found["refused"]
    assert "batch of 20 samples" in found["doubts"][0]["asks"]
    assert not outcome("nn.LSTM(4, 3)\nx: (20, 8, 4)")["doubts"]


def test_what_cannot_be_read_is_said_and_nothing_is_made() -> None:
    found = panel("nn.LSTM(4, 3\nx: (20, 4)")
    assert "line 1" in found["refusal"]
    assert found["outcome"] is None


def test_a_call_that_is_too_large_is_answered_and_not_made() -> None:
    found = outcome("nn.LSTM(4096, 8192)\nx: (100000, 64, 4096)")
    assert "too large" in found["note"]
    assert shapes_text(found) == ["100000", "64", "8192"]


def shapes_text(found: CallOutcome) -> list[str]:
    assert found["made"] is not None
    return list(found["made"]["shapes"][0]["sizes"])


def test_before_torch_is_here_nothing_is_made() -> None:
    found = call_view(Snapshot(ASKED))
    assert found["outcome"] is None
    assert "torch is on its way" in found["without"]


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", "__import__('os').system('x')", "x: (9**9**9,)"]
)
def test_hostile_text_is_text(wire: Wire, hostile: str) -> None:
    explorer = Explorer(tab="call", call=hostile)
    assert explorer.state.wait(60)
    assert explorer.stage.panel["refusal"]
    assert explorer.stage.panel["field"]["value"] == hostile


def test_the_state_of_the_field_is_in_the_address() -> None:
    text = EXAMPLES["token ids"]
    assert read_link(write_link({"tab": "call", "call": text})).values["call"] == text
    assert read_link(write_link({"call": "x" * (LONGEST_CALL + 1)})).refused


def test_an_error_that_is_pasted_is_explained() -> None:
    lstm = nn.LSTM(4, 3, num_layers=2)
    try:
        lstm(torch.zeros(5, 2, 4), (torch.zeros(1, 2, 3), torch.zeros(1, 2, 3)))
    except RuntimeError:
        text = traceback.format_exc()
    found = panel(text)
    assert found["error"] is not None
    assert found["error"]["message"] == "Expected hidden[0] size (2, 2, 3), got [1, 2, 3]"
    assert found["error"]["cure"]
    assert not found["refusal"]
    assert found["outcome"] is None


def test_an_error_that_is_not_known_is_said_to_be_unknown() -> None:
    found = panel("ZeroDivisionError: division by zero")
    assert found["error"] is not None
    assert "not one of those that are known" in found["error"]["cause"]
    assert not found["error"]["cure"]
