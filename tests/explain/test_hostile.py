"""Whatever a call holds, it is tried at once, and nothing comes of it but an answer."""

from __future__ import annotations

import time

from hypothesis import given, settings

from lstm_shapes.explain.call import Call
from lstm_shapes.explain.questions import questions
from lstm_shapes.explain.reading import read_call
from lstm_shapes.explain.trial import try_call
from tests.explain import PATIENCE
from tests.explain.test_call import calls


@settings(max_examples=300, deadline=None)
@given(calls())
def test_any_call_is_answered(call: Call) -> None:
    outcome = try_call(call)
    assert outcome.shapes or outcome.diagnosis
    questions(call, outcome)
    compile(outcome.program(), "program", "exec")


def test_many_mistakes_at_huge_sizes_allocate_nothing() -> None:
    start = time.perf_counter()
    text = (
        "nn.LSTM('no', True, dropout=0.5, bidirectional='no', batch_first=True)\n"
        "x: (1574287339, 1468058, 5749) float16 cuda\nhx: (7603,) int32\npacked, lengths []"
    )
    outcome = try_call(read_call(text))
    assert outcome.how == "predicted"
    assert outcome.mended is not None
    assert time.perf_counter() - start < PATIENCE
