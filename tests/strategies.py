"""Random questions for property tests: every setting, small enough to run in no time."""

from __future__ import annotations

from hypothesis import strategies as st

from lstm_shapes import InputSizes, Settings


@st.composite
def settings(draw: st.DrawFn, *, relu: bool = False) -> Settings:
    """Any module; an RNN has its tanh unless ``relu`` is asked for, which makes rows of zeros."""
    kind = draw(st.sampled_from(["LSTM", "GRU", "RNN"]))
    hidden_size = draw(st.integers(1, 7))
    return Settings(
        input_size=draw(st.integers(1, 6)),
        hidden_size=hidden_size,
        num_layers=draw(st.integers(1, 4)),
        bias=draw(st.booleans()),
        batch_first=draw(st.booleans()),
        dropout=draw(st.sampled_from([0.0, 0.5, 1.0])),
        bidirectional=draw(st.booleans()),
        proj_size=draw(st.integers(0, hidden_size - 1)) if kind == "LSTM" else 0,
        kind=kind,
        nonlinearity=draw(st.sampled_from(["tanh", "relu"])) if relu and kind == "RNN" else "tanh",
    )


@st.composite
def sizes(draw: st.DrawFn) -> InputSizes:
    seq_len = draw(st.integers(1, 9))
    batch_size = draw(st.none() | st.integers(0, 5))
    lengths = None
    if batch_size and draw(st.booleans()):
        lengths = draw(st.lists(st.integers(1, seq_len), min_size=batch_size, max_size=batch_size))
    return InputSizes(seq_len, batch_size, lengths)


seeds = st.integers(0, 2**64 - 1)
