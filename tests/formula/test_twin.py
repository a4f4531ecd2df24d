"""A smaller twin has the structure of its question, and sizes that are told apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lstm_shapes import InputSizes, Question, Settings
from lstm_shapes.formula.twin import smaller_twin

STRUCTURE = ("kind", "num_layers", "bidirectional", "bias", "batch_first", "dropout")


@st.composite
def questions(draw: st.DrawFn) -> Question:
    hidden = draw(st.integers(1, 300))
    module = Settings(
        draw(st.integers(1, 300)),
        hidden,
        num_layers=draw(st.integers(1, 3)),
        bidirectional=draw(st.booleans()),
        batch_first=draw(st.booleans()),
        proj_size=draw(st.integers(0, hidden - 1)),
    )
    steps, samples = draw(st.integers(1, 300)), draw(st.none() | st.integers(0, 40))
    lengths = None
    if samples and draw(st.booleans()):
        lengths = draw(st.lists(st.integers(1, steps), min_size=samples, max_size=samples))
    return Question(module, InputSizes(steps, samples, lengths), seed=draw(st.integers(0, 9)))


@given(questions(), st.integers(0, 30))
def test_a_twin_keeps_the_structure(asked: Question, beyond: int) -> None:
    twin = smaller_twin(asked, beyond)
    for name in STRUCTURE:
        assert getattr(twin.settings, name) == getattr(asked.settings, name)
    assert bool(twin.settings.proj_size) == bool(asked.settings.proj_size)
    assert (twin.seed, twin.device) == (asked.seed, asked.device)
    pairs = [
        (twin.settings.hidden_size, asked.settings.hidden_size),
        (twin.sizes.seq_len, asked.sizes.seq_len),
        (twin.sizes.batch_size or 0, asked.sizes.batch_size or 0),
    ]
    for small, large in pairs:
        assert small <= large
        assert small == large or small > max(beyond, 2)  # several stay several
    shrunk = [small for small, large in pairs if small < large]
    assert len(set(shrunk)) == len(shrunk)


@given(questions())
def test_a_sample_with_padding_keeps_some(asked: Question) -> None:
    twin = smaller_twin(asked)
    assert (twin.sizes.lengths is None) == (asked.sizes.lengths is None)
    if twin.sizes.lengths is not None and asked.sizes.lengths is not None:
        padded = min(asked.sizes.lengths) < asked.sizes.seq_len
        assert (min(twin.sizes.lengths) < twin.sizes.seq_len) == padded


def test_a_question_that_is_small_is_its_own_twin() -> None:
    small = Question(Settings(2, 5, num_layers=2, proj_size=4), InputSizes(6, 3, [6, 1, 2]))
    assert smaller_twin(small) == small
