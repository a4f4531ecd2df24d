"""A call is read from text, written as text again, and as a program; hostile text does no harm."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_shapes import ArgumentError
from lstm_shapes.explain.call import FLOATS, INTEGERS, POSITIONS, Call, Given, Lengths
from lstm_shapes.explain.reading import read_call
from tests.explain import PATIENCE

shapes = st.lists(st.integers(0, 2**63 - 1), max_size=8).map(tuple)
dtypes = st.sampled_from((*FLOATS, *INTEGERS))
devices = st.sampled_from(["cpu", "cuda", "cuda:1", "meta"])
VALUES = {
    "dtype": dtypes,
    "device": devices,
    "nonlinearity": st.sampled_from(["tanh", "relu", "sig moid"]),
    "dropout": st.floats(allow_nan=False, allow_infinity=False),
}


@st.composite
def calls(draw: st.DrawFn) -> Call:
    kind = draw(st.sampled_from(sorted(POSITIONS)))
    named = [each for each in POSITIONS[kind] if draw(st.booleans())]
    anything = st.integers(-9, 2**63 - 1) | st.booleans() | st.just("no")
    arguments = tuple((name, draw(VALUES.get(name, anything))) for name in named)

    def tensor(name: str) -> Given:
        return Given(name, draw(shapes), draw(dtypes), draw(devices))

    names = draw(st.sampled_from([[], ["hx"], ["h_0"], ["h_0", "c_0"]]))
    values = draw(st.lists(st.integers(-2, 99) | st.floats(0, 9), max_size=5))
    zero_d = draw(st.booleans()) and len(values) == 1 and values[0] >= 0
    lengths = Lengths(tuple(values), zero_d, draw(st.booleans()), draw(devices))
    return Call(
        kind,
        arguments,
        tensor("x"),
        tuple(map(tensor, names)),
        lengths if draw(st.booleans()) else None,
    )


@given(calls())
def test_a_call_is_read_from_its_own_text(call: Call) -> None:
    assert read_call(str(call)) == call
    assert read_call(str(call).replace("\n", ";")) == call
    compile(call.code(), "call", "exec")


ONE = Call("LSTM", (("input_size", 16), ("hidden_size", 128)), Given("x", (32, 64, 16)))


@pytest.mark.parametrize(
    "text",
    [
        "nn.LSTM(16, 128)\nx: (32, 64, 16)",
        "torch.nn.LSTM(input_size=16, hidden_size=128); x (32, 64, 16)",
        "lstm = nn.LSTM(\n    16,\n    128,\n) # it\n\nx.shape = torch.Size([32, 64, 16])",
        "LSTM(16, 128); x = torch.randn(32, 64, 16)",
        "self = nn.LSTM(16, hidden_size=128)\r\nx: [32,64,16] torch.float32 on cpu",
        "x = torch.zeros((32, 64, 16), dtype=torch.float32, device='cpu')\nnn.LSTM(16, 128)",
    ],
)
def test_the_same_call_in_the_ways_people_write_it(text: str) -> None:
    assert read_call(text) == ONE


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("nn.LSTM(4, 3)\nx: (5, 2, 4", "line 2", "not closed"),
        ("nn.LSTM(4, 3)\nx: (5, two, 4)", "line 2", "'two', which is no size"),
        ("nn.LSTM(4, 3)\n\ny: (5, 4)", "line 3", "'y', which is no part of a call"),
        ("nn.Conv1d(4, 3)\nx: (5, 4)", "line 1", "no module that can be read"),
        ("nn.LSTM(4, 3)\nx: (5, 4)\nx: (5, 4)", "line 3", "twice"),
        ("nn.LSTM(4, 3, hidden_size=3)\nx: (5, 4)", "line 1", "hidden_size twice"),
        ("nn.LSTM(4, __import__('os'))\nx: (5, 4)", "line 1", "cannot be read"),
        ("nn.LSTM(4, 3)\nx: (5, 4)\npacked, lengths [a]", "line 3", "'a', which is no length"),
        ("nn.LSTM(4, 3)\nx: (5, -4)", "line 2", "below 0"),
        ("x: (5, 4)", "call", "has no module"),
        ("nn.LSTM(4, 3)", "call", "has no x"),
        ("nn.LSTM(4, 3)\nx: (5, 4)\nc_0: (1, 3)", "call", "c_0 without h_0"),
    ],
)
def test_what_cannot_be_read_is_named(text: str, line: str, says: str) -> None:
    with pytest.raises(ArgumentError, match=says) as caught:
        read_call(text)
    assert caught.value.argument == line
    assert caught.value.cure


PIECES = ["nn.LSTM(", "4", ",", ")", "x", ":", "(", "[", "]", "\n", ";", "h_0", "lengths", "0-d"]
PIECES += [
    "packed",
    "=",
    "torch.randn",
    "dtype=",
    "enforce_sorted=",
    "on",
    "cuda",
    "#",
    "'",
    "९",
    " ",
]


@given(st.text() | st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    with suppress(ArgumentError):
        assert read_call(str(read_call(text)))


@pytest.mark.parametrize(
    "piece", [*PIECES, "9", "nn.LSTM(4, 3)\nx: (", "packed, ", "a=", "_", "(,"]
)
def test_a_long_text_takes_no_time(piece: str) -> None:
    start = time.perf_counter()
    with pytest.raises(ArgumentError):
        read_call((piece * 24_000)[:24_000])
    with pytest.raises(ArgumentError):
        read_call("nn.LSTM(4, 3); x: (" + (piece * 24_000)[:23_000])
    assert time.perf_counter() - start < PATIENCE


@pytest.mark.parametrize("text", [None, 3, b"nn.LSTM(4, 3)", "x" * 30_000])
def test_no_text_and_too_much_text(text: object) -> None:
    with pytest.raises(ArgumentError, match="call="):
        read_call(text)  # type: ignore[arg-type]
