"""Whatever is given: exceptions with their frames, texts as people copy them, and nonsense."""

from __future__ import annotations

import gc
import time
import traceback
import warnings
import weakref
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

from lstm_shapes import ArgumentTypeError, explain_error
from lstm_shapes.explain.errors.text import LONGEST
from tests.explain import PATIENCE

LAYERS = "Expected hidden[0] size (4, 10, 100), got [2, 10, 100]"
FEATURES = "input.size(-1) must be equal to input_size. Expected 10, got 20"


def error_of(call: Any, *given: Any) -> Exception:
    try:
        call(*given)
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def copied() -> str:
    """A real traceback as text."""
    error = error_of(nn.LSTM(10, 3), torch.randn(5, 2, 20))
    return "".join(traceback.format_exception(error))


JUPYTER = f"""
\x1b[0;31m---------------------------------------------------------------------------\x1b[0m
\x1b[0;31mRuntimeError\x1b[0m                              Traceback (most recent call last)
Cell \x1b[0;32mIn[3], line 2\x1b[0m
\x1b[1;32m      1\x1b[0m lstm \x1b[38;5;241m=\x1b[39m nn.LSTM(10, 3)
\x1b[0;32m----> 2\x1b[0m lstm(x)  # except RuntimeError: pass
\x1b[0;31mRuntimeError\x1b[0m: {FEATURES}
"""


@pytest.mark.parametrize(
    "text",
    [
        FEATURES,
        f"RuntimeError: {FEATURES}",
        f'I get "RuntimeError: {FEATURES}" when I train. What is wrong?',
        f"> > RuntimeError: {FEATURES}\n> Can you help?",
        f"[rank0]: RuntimeError: {FEATURES}",
        f"E       RuntimeError: {FEATURES}",
        "RuntimeError: input.size(-1) must be equal to\r\ninput_size. Expected 10,\r\n got 20\r\n",
        copied(),
        copied().replace("\n", "\r\n"),
        JUPYTER,
        "ValueError: LSTM: Expected input to be 2D or 3D, got 4D instead\n\nDuring handling of the "
        f"above exception, another exception occurred:\n\nRuntimeError: {FEATURES}",
        f"RuntimeError: {FEATURES}\n\nThe above exception was the direct cause of the following "
        "exception:\n\nTrainerError: step 3 failed",
        f"RuntimeError: Caught RuntimeError in replica 0 on device 0.\nOriginal Traceback:\n"
        f"  File a.py\nRuntimeError: {FEATURES}",
    ],
)
def test_a_text_is_read_however_it_was_copied(text: str) -> None:
    found = explain_error(text)
    assert found.kind == "features"
    assert found.numbers == {"expected": 10, "got": 20}


def test_the_last_error_counts() -> None:
    text = f"RuntimeError: {FEATURES}\n\nTraceback (most recent call last):\nRuntimeError: {LAYERS}"
    assert explain_error(text).kind == "state-size"
    other = f"RuntimeError: {FEATURES}\n\nDuring handling of it:\n\nKeyError: 'a'"
    assert not explain_error(other).known


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n",
        "How do I use batch_first?",
        "TorchScript",
        "KeyError: 'x'",
        "torch.export",
        "ValueError: lstm",
        "x" * 99,
    ],
)
def test_what_is_not_known_is_said_to_be_unknown(text: str) -> None:
    found = explain_error(text)
    assert (found.kind, found.known, found.cure, found.code) == ("", False, "", "")
    assert "nothing is guessed" in found.cause


# Hypothesis also draws the texts of the package itself; every message has an "e".
@given(st.text(st.characters(exclude_characters="eE"), max_size=300))
def test_random_text_is_unknown_and_never_an_error(text: str) -> None:
    assert explain_error(text).kind == ""


@pytest.mark.parametrize(
    "text",
    [
        "a." * 500_000,
        "A" * 1_000_000,
        "RuntimeError: " * 50_000,
        "[(" * 300_000,
        "\x1b[" * 300_000,
        "size (" + "1, " * 300_000,
        "> " * 400_000,
        "ValueError: Expected hidden[0] size (" + "9" * 500_000,
        "The above exception was the direct cause of the following exception" * 10_000,
    ],
)
def test_long_hostile_texts_take_no_time(text: str) -> None:
    started = time.perf_counter()
    explain_error(text)
    assert time.perf_counter() - started < PATIENCE


def test_the_end_of_a_very_long_text_counts() -> None:
    assert explain_error("log\n" * LONGEST + f"RuntimeError: {FEATURES}").kind == "features"


def test_other_types_are_refused() -> None:
    for wrong in (None, 3, b"RuntimeError", ValueError):
        with pytest.raises(ArgumentTypeError, match="give the exception, or the text"):
            explain_error(wrong)
    for module in (nn.Linear(4, 3), 3, nn.LSTM):
        with pytest.raises(ArgumentTypeError, match=r"give the nn\.LSTM, GRU, RNN or cell"):
            explain_error(FEATURES, module)


class Hostile(Exception):
    """An exception that answers nothing."""

    def __str__(self) -> str:
        raise RuntimeError("no")


def test_an_exception_that_cannot_be_written_is_unknown() -> None:
    assert not explain_error(Hostile()).known
    assert not explain_error(KeyError()).known


def test_the_module_makes_a_text_exact() -> None:
    found = explain_error(FEATURES, nn.GRU(10, 3, 2, batch_first=True))
    assert "nn.GRU takes 10 features in the last axis of x" in found.cause
    assert "batch_first=True" in found.cause
    assert found.code == "gru = nn.GRU(20, 3, num_layers=2, batch_first=True)\nout, h_n = gru(x)"
    states = explain_error(LAYERS, nn.LSTM(10, 100, 2, bidirectional=True))
    assert "num_layers=2 × 2 directions" in states.cause


def test_an_error_that_was_raised_from_another_is_explained_by_it() -> None:
    outer = ValueError("step failed")
    outer.__cause__ = error_of(nn.LSTM(10, 3), torch.randn(5, 2, 20))
    found = explain_error(outer)
    assert found.kind == "features"
    assert "(5, 2, 20)" in found.cause


def test_nothing_of_the_call_is_kept() -> None:
    module, x = nn.LSTM(10, 3), torch.randn(5, 2, 20)
    gone = weakref.ref(module), weakref.ref(x)
    error: Exception | None = error_of(module, x)
    found = explain_error(error)
    del module, x, error
    gc.collect()
    assert found.known
    assert [each() for each in gone] == [None, None]


KINDS: dict[str, Any] = {"LSTM": nn.LSTM, "GRU": nn.GRU, "RNN": nn.RNN}


@st.composite
def wrong_calls(draw: st.DrawFn) -> tuple[nn.Module, Any, Any, str]:
    """A call of a layer with one thing wrong, and the words that name it."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    features, hidden, layers = draw(st.tuples(*[st.integers(1, 4)] * 3))
    first, both = draw(st.booleans()), draw(st.booleans())
    proj = draw(st.integers(0, hidden - 1)) if kind == "LSTM" else 0
    extra = {"proj_size": proj} if kind == "LSTM" else {}
    module = KINDS[kind](features, hidden, layers, batch_first=first, bidirectional=both, **extra)
    samples, steps = draw(st.tuples(*[st.integers(1, 4)] * 2))
    # A packed batch reaches nn.LSTM unchecked: a wrong one may pass in silence, or end Python.
    forms = ["batch", "single"] if kind == "LSTM" else ["batch", "single", "packed"]
    form = draw(st.sampled_from(forms))
    rows = layers * (2 if both else 1)
    state = [rows, samples, proj or hidden]
    cell = [rows, samples, hidden]
    fault = draw(st.sampled_from(["features", "rows", "samples", "width", "dtype", "state dtype"]))
    if fault == "samples" and form != "batch":
        fault = "rows"  # one sample has none, and packing takes the first of too many in silence
    if form == "single":
        del state[1], cell[1]
    more = draw(st.integers(1, 3))
    which = draw(st.integers(0, 1)) if kind == "LSTM" else 0
    width = features + (more if fault == "features" else 0)
    axis = {"rows": 0, "samples": 1, "width": len(state) - 1}.get(fault)
    if axis is not None:
        (state, cell)[which][axis] += more
    shape = [samples, steps, width] if first else [steps, samples, width]
    x: Any = torch.randn(shape if form != "single" else [steps, width])
    h, c = torch.zeros(state), torch.zeros(cell)
    if fault == "dtype":
        x = x.double()
    if fault == "state dtype":
        h, c = h.double(), c.double()
    if form == "packed":
        lengths = draw(st.lists(st.integers(1, steps), min_size=samples, max_size=samples))
        x = pack_padded_sequence(x, lengths, batch_first=first, enforce_sorted=False)
    name = "h_0" if which == 0 else "c_0"
    says = {
        "features": f"takes {features} feature",
        "rows": f"{name} must be of shape",
        "samples": f"{name} must be of shape",
        "width": f"{name} must be of shape",
        "dtype": "x is of dtype float64",
        "state dtype": "states are of dtype float64",
    }[fault]
    return module, x, (h, c) if kind == "LSTM" else h, says


@settings(max_examples=300, deadline=None)
@given(wrong_calls())
def test_a_wrong_call_of_a_layer_is_explained_by_what_was_made_wrong(
    wrong: tuple[nn.Module, Any, Any, str],
) -> None:
    module, x, states, says = wrong
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            module(x, states)
        except Exception as error:
            found = explain_error(error)
        else:
            raise AssertionError(f"nothing was raised: {says}")
    assert found.known, found
    assert says in found.cause, found


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from([nn.LSTMCell, nn.GRUCell, nn.RNNCell]),
    st.tuples(*[st.integers(1, 4)] * 4),
    st.sampled_from(["features", "samples", "width"]),
)
def test_a_wrong_call_of_a_cell_is_explained_by_what_was_made_wrong(
    kind: Any, sizes: tuple[int, int, int, int], fault: str
) -> None:
    features, hidden, samples, more = sizes
    x = torch.randn(samples, features + (more if fault == "features" else 0))
    h = torch.zeros(
        samples + (more if fault == "samples" else 0), hidden + (more if fault == "width" else 0)
    )
    error = error_of(kind(features, hidden), x, (h, h) if kind is nn.LSTMCell else h)
    says = {
        "features": f"takes {features} feature",
        "samples": f"and h has {samples + more}.",
        "width": f"hidden_size is {hidden}, and it has {hidden + more}.",
    }[fault]
    assert says in explain_error(error).cause


def test_a_call_that_is_right_but_for_the_axes_names_the_axis() -> None:
    x = torch.randn(2, 5, 4)
    for first, shape, axis in ((True, (1, 7, 3), 1), (True, (3, 2, 3), 0), (False, (1, 5, 9), 2)):
        error = error_of(nn.GRU(4, 3, batch_first=first), x, torch.zeros(shape))
        assert f"Axis {axis} is" in explain_error(error).cause
