"""What torch takes in silence is asked about, with sizes; a plain call gives no question."""

from __future__ import annotations

import pytest

from lstm_shapes.explain.questions import questions
from lstm_shapes.explain.reading import read_call
from lstm_shapes.explain.trial import try_call

ASKED = [
    ("nn.LSTM(4, 3); x: (20, 4)", "unbatched", "20 steps"),
    ("nn.LSTM(50, 3, batch_first=True); x: (32, 50)", "unbatched", "32 steps"),
    ("nn.LSTM(1, 3); x: (20, 1)", "unbatched", "20 steps"),
    ("nn.LSTM(4, 3); x: (8, 1, 4); h_0: (1, 1, 3); c_0: (1, 1, 3)", "one_sample", "8 steps"),
    ("nn.LSTM(4, 3, batch_first=True); x: (1, 8, 4)", "squeeze", "N = 1"),
    ("nn.LSTM(4, 3, batch_first=True); x: (8, 1, 4)", "one_step", "a single step"),
    ("nn.LSTM(4, 3); x: (32, 50, 4)", "time_first", "N = 50"),
    ("nn.GRU(4, 3, 2, batch_first=True); x: (2, 5, 4); h_0: (2, 2, 3)", "moved_state", "N = 2"),
    ("nn.GRU(4, 3); x: (5, 2, 4); lengths: [5, 3.6]", "float_lengths", "3.6"),
    ("nn.GRU(4, 3); x: (5, 2, 4); lengths: [4, 3]", "shorter_out", "L = 5"),
    ("nn.LSTM(4, 3, dropout=0.5); x: (5, 2, 4)", "dropout", "one layer"),
    ("nn.LSTMCell(4, 3, bias='no'); x: (5, 4)", "in_silence", "bias='no'"),
    ("nn.GRU(4, 3); x: (5, 3, 4); lengths: [3, 5] enforce_sorted=False", "in_silence",
     "2 lengths for N = 3"),
    ("nn.LSTMCell(4, 3); x: (5, 4); h_0: (5, 3); c_0: (5, 3) float64", "in_silence", "float64"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "because"), ASKED)
def test_each_question(text: str, kind: str, because: str) -> None:
    outcome = try_call(read_call(text))
    assert outcome.message == ""
    (doubt,) = [each for each in questions(outcome.call, outcome) if each.kind == kind]
    assert because in doubt.because
    assert "?" in doubt.asks
    if doubt.instead is not None:
        other = try_call(doubt.instead)
        assert (other.message, other.diagnosis) == ("", None)


@pytest.mark.parametrize(
    "text",
    [
        "nn.LSTM(16, 128, num_layers=2, batch_first=True); x: (32, 64, 16)",
        "nn.LSTM(16, 128); x: (64, 32, 16)",
        "nn.LSTM(16, 128); x: (50, 32, 16)",
        "nn.LSTM(16, 128, batch_first=False); x: (32, 50, 16)",
        "nn.LSTM(4, 3); x: (20, 8, 4); h_0: (1, 8, 3); c_0: (1, 8, 3)",
        "nn.GRU(4, 3, 2, dropout=0.5, bidirectional=True); x: (20, 8, 4)",
        "nn.LSTM(4, 3, batch_first=True); x: (8, 1, 4); h_0: (1, 8, 3); c_0: (1, 8, 3)",
        "nn.LSTM(4, 3); x: (20, 4); h_0: (1, 3); c_0: (1, 3)",
        "nn.LSTM(4, 3); x: (5, 2, 4); lengths: [5, 3]",
        "nn.LSTM(4, 3); x: (5, 2, 4); lengths: [5.0, 3.0]",
        "nn.LSTMCell(4, 3); x: (5, 4)",
        "nn.RNNCell(4, 3); x: (4,)",
    ],
)
def test_a_plain_call_gives_no_question(text: str) -> None:
    assert questions(read_call(text)) == ()


def test_a_refused_call_is_explained_and_not_asked_about() -> None:
    assert questions(read_call("nn.LSTM(4, 3); x: (20, 5)")) == ()
