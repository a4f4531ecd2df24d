"""Calls that torch refuses: its own words, why, and the cure, run as a call and as code."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections import Counter

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lstm_shapes import InputSizes, tensor_shapes
from lstm_shapes.explain.call import Call
from lstm_shapes.explain.reading import read_call
from lstm_shapes.explain.trial import Outcome, try_call
from lstm_shapes.live.terms import own_terms
from tests.explain.wrong_calls import Broken, broken_calls, right_calls

RIGHT = "nn.LSTM(4, 3, 2, batch_first=True); x: (6, 5, 4)"


def run_program(outcome: Outcome) -> dict[str, tuple[int, ...]]:
    """The shapes that the outcome's program gives, run for itself."""
    names: dict[str, object] = {}
    with (
        own_terms("cpu"),
        contextlib.redirect_stdout(io.StringIO()),
        warnings.catch_warnings(),
        torch.random.fork_rng([]),
    ):
        warnings.simplefilter("ignore")
        exec(outcome.program(), names)
    return {
        name: tuple(value.shape) for name, value in names.items() if isinstance(value, torch.Tensor)
    }


# What is typed, what torch says, the kind, words of the axis, words of the cause, of the code,
# and the shape of out (of a cell: of h_1) once it is mended.
CAUSES = [
    # features
    ("nn.LSTM(16, 8, batch_first=True); x: (32, 16, 50)", "Expected 16, got 50", "features",
     "x, axis 2 (features, H_in)", "Axis 1 has 16", "x.permute(0, 2, 1)", (32, 50, 8)),
    ("nn.LSTM(16, 8); x: (32, 16, 50)", "Expected 16, got 50", "features",
     "x, axis 2", "Axis 1 has 16", "x.permute(2, 0, 1)", (50, 32, 8)),
    ("nn.GRU(16, 8); x: (16, 32, 50)", "Expected 16, got 50", "features",
     "x, axis 2", "Axis 0 has 16", "x.permute(1, 2, 0)", (32, 50, 8)),
    ("nn.LSTM(4, 8); x: (4, 9)", "Expected 4, got 9", "features",
     "x, axis 1", "the other order", "x.transpose(0, 1)", (9, 8)),
    ("nn.LSTM(1, 8, batch_first=True); x: (32, 50)", "Expected 1, got 50", "features",
     "x, axis 1", "needs a last axis of 1", "x.unsqueeze(-1)", (32, 50, 8)),
    ("nn.LSTM(28, 8, batch_first=True); x: (32, 784)", "Expected 28, got 784", "features",
     "x, axis 1", "784 is 28 × 28", "x.reshape(32, 28, 28)", (32, 28, 8)),
    ("nn.LSTM(5, 8, batch_first=True); x: (32, 50, 1)", "Expected 5, got 1", "features",
     "x, axis 2", "a single number", "nn.LSTM(1, 8, batch_first=True)", (32, 50, 8)),
    ("nn.LSTM(10, 8); x: (5, 2, 20)", "Expected 10, got 20", "features",
     "x, axis 2", "bidirectional", "nn.LSTM(20, 8)", (5, 2, 8)),
    # axes
    ("nn.LSTM(96, 8, batch_first=True); x: (2, 32, 3, 7)", "2D or 3D, got 4D", "axes",
     "x, number of axes", "C × H = 96", "x.permute(0, 3, 1, 2).flatten(2)", (2, 7, 8)),
    ("nn.LSTM(32, 8, batch_first=True); x: (2, 32, 3, 7)", "2D or 3D, got 4D", "axes",
     "x, number of axes", "C = 32", "x.flatten(2).permute(0, 2, 1)", (2, 21, 8)),
    ("nn.LSTM(4, 8, batch_first=True); x: (2, 5, 4, 1)", "2D or 3D, got 4D", "axes",
     "x, number of axes", "Axis 3 has size 1", "x.squeeze(3)", (2, 5, 8)),
    ("nn.LSTM(12, 8, batch_first=True); x: (2, 5, 3, 2, 2)", "2D or 3D, got 5D", "axes",
     "x, number of axes", "one vector a step", "x.flatten(2)", (2, 5, 8)),
    ("nn.RNN(4, 8); x: (4,)", "2D or 3D, got 1D", "axes",
     "x, number of axes", "one step", "x.unsqueeze(0)", (1, 8)),
    # dtypes and devices
    ("nn.LSTM(16, 8, batch_first=True); x: (32, 50) int64", "model.to(torch.int64)", "ids",
     "x, dtype", "ids of words", "nn.Embedding(1000, 16)", (32, 50, 8)),
    ("nn.GRU(16, 8); x: (50,) long", "got 1D", "ids",
     "x, dtype", "no gradient", "nn.Embedding(1000, 16)", (50, 8)),
    ("nn.LSTM(4, 8); x: (5, 2, 4) int64", "model.to(torch.int64)", "whole_numbers",
     "x, dtype", "one-hot", "x.to(torch.float32)", (5, 2, 8)),
    ("nn.LSTM(4, 8); x: (5, 2, 4) float64", "(torch.float64) does not match", "dtype",
     "x, dtype", "NumPy", "x.to(torch.float32)", (5, 2, 8)),
    ("nn.LSTM(4, 8); x: (5, 2, 4) half", "(torch.float16) does not match", "dtype",
     "x, dtype", "Half precision", "x.to(torch.float32)", (5, 2, 8)),
    ("nn.GRU(4, 3); x: (5, 2, 4); h_0: (1, 2, 3) float64", "same dtype", "dtype",
     "h_0, dtype", "h_0 is float64", "h_0.to(torch.float32)", (5, 2, 3)),
    ("nn.LSTM(4, 8); x: (5, 2, 4) cuda", "not at the same device", "device",
     "x, device", "x is on cuda", "x.to('cpu')", (5, 2, 8)),
    # states
    ("nn.LSTM(4, 3, 2, batch_first=True); x: (6, 5, 4); h_0: (6, 2, 3); c_0: (6, 2, 3)",
     "Expected hidden[0] size (2, 6, 3), got [6, 2, 3]", "moved",
     "h_0, axis 0 (layer", "exchanged", "h_0.transpose(0, 1)", (6, 5, 3)),
    ("nn.LSTM(4, 3); x: (6, 5, 4); h_0: (1, 6, 3); c_0: (1, 6, 3)",
     "Expected hidden[0] size (1, 5, 3)", "batch_first",
     "h_0, axis 1 (batch, N)", "is taken for time", "batch_first=True", (6, 5, 3)),
    ("nn.GRU(4, 3, batch_first=True); x: (6, 5, 4); h_0: (1, 32, 3)", "Expected hidden size",
     "batch", "h_0, axis 1 (batch, N)", "last batch", "h_0[:, :6]", (6, 5, 3)),
    ("nn.GRU(4, 3, 2, bidirectional=True); x: (6, 5, 4); h_0: (2, 5, 3)", "Expected hidden size",
     "layers", "h_0, axis 0 (layer × direction", "D·num_layers = 2·2 = 4", "new_zeros(4, 5, 3)",
     (6, 5, 6)),
    ("nn.GRU(4, 3); x: (6, 5, 4); h_0: (5, 3)", "hx should also be 3-D but got 2-D", "axes",
     "h_0, number of axes", "3 axes, not 2", "h_0.unsqueeze(0)", (6, 5, 3)),
    ("nn.GRU(4, 3); x: (6, 4); h_0: (1, 1, 3)", "hx should also be 2-D but got 3-D", "axes",
     "h_0, number of axes", "2 axes, not 3", "h_0.squeeze(0)", (6, 3)),
    ("nn.GRU(4, 3); x: (6, 4); h_0: (1, 6, 3)", "hx should also be 2-D but got 3-D", "unbatched",
     "h_0, number of axes", "one step of each", "x.unsqueeze(0)", (1, 6, 3)),
    ("nn.LSTM(4, 3, proj_size=2); x: (6, 5, 4); h_0: (1, 5, 3); c_0: (1, 5, 3)",
     "Expected hidden[0] size (1, 5, 2)", "state_features",
     "h_0, axis 2 (features, H_out)", "proj_size 2 in h_0", "new_zeros(1, 5, 2)", (6, 5, 2)),
    ("nn.LSTM(4, 3, proj_size=2); x: (6, 5, 4); h_0: (1, 5, 2); c_0: (1, 5, 2)",
     "Expected hidden[1] size (1, 5, 3)", "state_features",
     "c_0, axis 2 (features, H_cell)", "only h_0 has proj_size", "new_zeros(1, 5, 3)", (6, 5, 2)),
    ("nn.LSTM(4, 3); x: (6, 5, 4); hx: (1, 5, 3)", "index 1 is out of bounds", "pair",
     "hx, pair", "One tensor", "h_0 = hx", (6, 5, 3)),
    ("nn.GRU(4, 3); x: (6, 5, 4); h_0: (1, 5, 3); c_0: (1, 5, 3)", "'tuple' object", "pair",
     "h_0, pair", "no cell state", "hx = h_0", (6, 5, 3)),
    # lengths
    ("nn.LSTM(4, 3); x: (5, 2, 4); lengths: [5, 3] on cuda", "1D CPU int64 tensor", "device",
     "lengths, device", "on the CPU", "lengths.cpu()", (5, 2, 3)),
    ("nn.LSTM(4, 3); x: (5, 2, 4); lengths: [3, 5] enforce_sorted=False on cuda",
     "1D CPU int64 tensor", "device", "lengths, device", "on the CPU", "lengths.cpu()", (5, 2, 3)),
    ("nn.LSTM(4, 3); x: (5, 1, 4); lengths: 0-d 5", "got 0D", "zero_d",
     "lengths, number of axes", "squeeze()", "lengths.reshape(1)", (5, 1, 3)),
    ("nn.LSTM(4, 3); x: (5, 2, 4); lengths: [5, 0]", "greater than 0", "zero",
     "lengths[1]", "one step or more", "clamp(min=1)", (5, 2, 3)),
    ("nn.GRU(4, 3); x: (5, 2, 4); lengths: [6, 3]", "exceeds dimension size", "long",
     "lengths[0]", "only L = 5 steps", "clamp(max=5)", (5, 2, 3)),
    ("nn.LSTM(4, 3); x: (5, 2, 4); lengths: [5, 3, 1]", "but got 3 (batch_size=2)", "count",
     "lengths, axis 0 (batch, N)", "3 lengths for N = 2", "[5, 3]", (5, 2, 3)),
    ("nn.LSTM(4, 3); x: (2, 5, 4); lengths: [5, 3]", "but got 2 (batch_size=5)", "batch_first",
     "lengths, axis 0 (batch, N)", "seems to be the batch", "batch_first=True", (2, 5, 3)),
    ("nn.LSTM(4, 3); x: (5, 2, 4); lengths: [3, 5]", "sorted in decreasing order", "unsorted",
     "lengths, order", "do not fall", "enforce_sorted=False", (5, 2, 3)),
    ("nn.LSTM(4, 3); x: (5, 4); lengths: [5]", "", "unbatched",
     "x, number of axes", "no batch axis", "x.unsqueeze(1)", (5, 1, 3)),
    # cells
    ("nn.LSTMCell(4, 3); x: (5, 2, 4)", "1D or 2D, got 3D", "one_step",
     "x, number of axes", "takes one step", "x[0]", (2, 3)),
    ("nn.LSTMCell(4, 3); x: (5, 4); hx: (5, 3)", "must be tuple of Tensors", "pair",
     "hx, pair", "One tensor", "c_0 = x.new_zeros(5, 3)", (5, 3)),
    ("nn.GRUCell(4, 3); x: (5, 4); h_0: (2, 3)", "doesn't match hidden0 batch size 2", "batch",
     "h_0, axis 0 (batch, N)", "N = 5", "new_zeros(5, 3)", (5, 3)),
    ("nn.GRUCell(4, 3); x: (5, 4); h_0: (1, 5, 3)", "1D or 2D, got 3D", "axes",
     "h_0, number of axes", "2 axes, not 3", "h_0.squeeze(0)", (5, 3)),
    # the module
    ("nn.LSTM(4, 0); x: (5, 4)", "hidden_size must be greater", "value",
     "hidden_size", "is too small", "nn.LSTM(4, 1)", (5, 1)),
    ("nn.LSTM(4, 3.0); x: (5, 4)", "should be of type int, got: float", "value",
     "hidden_size", "is of type float", "nn.LSTM(4, 3)", (5, 3)),
    ("nn.LSTM(4, 3, dropout=1.5); x: (5, 4)", "dropout should be", "value",
     "dropout", "is no probability", "dropout=0.5", (5, 3)),
    ("nn.LSTM(4, 3, proj_size=3); x: (5, 4)", "smaller than hidden_size", "value",
     "proj_size", "is not smaller", "proj_size=2", (5, 2)),
    ("nn.GRU(4, 3, proj_size=0); x: (5, 4)", "only supported for LSTM", "unknown",
     "proj_size", "only an LSTM", "nn.GRU(4, 3)", (5, 3)),
    ("nn.LSTM(4, 3, bidirection=True); x: (5, 4)", "unexpected keyword", "unknown",
     "bidirection", "has no bidirection", "bidirectional=True", (5, 6)),
    ("nn.LSTM(4, 3, bidirectional='no'); x: (5, 4)", "invalid combination", "value",
     "bidirectional", "counts any text as true", "bidirectional=False", (5, 3)),
    ("nn.LSTM(4); x: (5, 4)", "missing 1 required", "missing",
     "hidden_size", "has no default", "nn.LSTM(4, 4)", (5, 4)),
    ("nn.LSTMCell(4, 3, num_layers=2); x: (5, 4)", "unexpected keyword", "unknown",
     "num_layers", "a cell is one layer", "nn.LSTMCell(4, 3)", (5, 3)),
    ("nn.RNN(4, 3, nonlinearity='sigmoid'); x: (5, 4)", "Unknown nonlinearity", "value",
     "nonlinearity", "is not known", "nonlinearity='tanh'", (5, 3)),
    ("nn.LSTM(4, 3, dtype=torch.int64); x: (5, 4)", "floating point", "value",
     "dtype", "gradients", "nn.LSTM(4, 3)", (5, 3)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "says", "kind", "axis", "cause", "code", "shape"), CAUSES)
def test_each_cause(
    text: str, says: str, kind: str, axis: str, cause: str, code: str, shape: tuple[int, ...]
) -> None:
    outcome = try_call(read_call(text))
    found, mended = outcome.diagnosis, outcome.mended
    assert says in outcome.message
    assert outcome.message or outcome.how == "predicted" or not says
    assert found is not None
    assert mended is not None
    assert found.kind == kind
    assert found.axis.startswith(axis)
    assert cause in found.cause
    assert code in outcome.program()
    assert found.cure.endswith(".")
    assert mended.message == ""
    assert mended.diagnosis is None
    assert mended.shapes[0].shape == shape
    if "cuda" not in outcome.program():
        ran = run_program(outcome)
        assert {each.name: each.shape for each in mended.shapes}.items() <= ran.items()


@pytest.mark.parametrize("text", ["nn.LSTM(4, 3); x: (0, 2, 4)", "nn.GRU(4, 3); x: (0, 4)"])
def test_without_steps_there_is_nothing_to_run(text: str) -> None:
    outcome = try_call(read_call(text))
    assert "larger than 0" in outcome.message
    assert outcome.diagnosis is not None
    assert "no steps" in outcome.diagnosis.cause
    assert outcome.mended is None


def test_a_batch_without_samples_runs_unless_it_is_packed() -> None:
    assert try_call(read_call("nn.LSTM(4, 3); x: (5, 0, 4)")).shapes[0].shape == (5, 0, 3)
    packed = try_call(read_call("nn.LSTM(4, 3); x: (5, 0, 4); packed, lengths []"))
    assert "Cannot pack empty" in packed.message
    assert packed.diagnosis is not None
    assert "no samples" in packed.diagnosis.cause


@pytest.mark.parametrize(
    "text",
    [
        "nn.LSTM(4, 3); x: (5, 2, 6); packed, lengths [5, 5]",
        "nn.LSTM(4, 3); x: (5, 2, 4); h_0: (1, 3, 3); c_0: (1, 3, 3); packed, lengths [5, 2]",
        "nn.LSTMCell(3, 2); x: (3,); h_0: (2, 2); c_0: (2, 2)",
        "nn.GRUCell(3, 1); x: (3,); h_0: (1, 1)",
    ],
)
def test_what_torch_does_not_check_is_not_made(text: str) -> None:
    """On torch 2.13 calls of these kinds end the process, or read other memory."""
    outcome = try_call(read_call(text))
    assert (outcome.how, outcome.message, outcome.shapes) == ("predicted", "", ())
    assert "Torch does not look" in outcome.note
    assert outcome.mended is not None
    assert outcome.mended.shapes


HUGE = 2**63 - 1


@pytest.mark.parametrize(
    "text",
    [
        f"nn.LSTM(16, {HUGE}); x: (5, 2, 16)",
        f"nn.LSTM(16, 8, num_layers={HUGE}); x: (5, 2, 15)",
        f"nn.LSTM(16, 8); x: ({HUGE}, {HUGE}, {HUGE})",
        f"nn.LSTM(16, 8); x: ({HUGE}, 0, 16)",
        f"nn.GRU(16, 8); x: (5, 2, 16); h_0: ({HUGE}, 2, 8)",
        f"nn.LSTM(16, 8); x: (5, 2, 16); packed, lengths [{HUGE}, 1]",
        f"nn.LSTMCell({HUGE}, 8); x: (5, {HUGE})",
        "nn.LSTM(1000, 1000, 8); x: (1000, 500, 1000)",
    ],
)
def test_nothing_large_is_allocated(text: str) -> None:
    before = torch.get_num_threads(), torch.get_rng_state()
    outcome = try_call(read_call(text))
    assert outcome.how == "predicted" or outcome.message
    assert outcome.shapes or outcome.diagnosis
    assert torch.get_num_threads() == before[0]
    assert torch.equal(torch.get_rng_state(), before[1])


def test_several_mistakes_are_mended_one_after_another() -> None:
    text = "nn.LSTM(16, 8, num_layers=0); x: (4, 16, 50) float64; hx: (4, 1, 8)"
    outcome = try_call(read_call(text))
    assert outcome.mended is not None
    assert outcome.mended.shapes[0].shape == (50, 4, 8)
    assert run_program(outcome)["out"] == (50, 4, 8)


def formula(call: Call) -> dict[str, tuple[int, ...]]:
    """What the formula says of a right call."""
    module, shape = call.settings(), call.x.shape
    batched = len(shape) == (2 if call.cell else 3)
    time = 0 if call.cell else int(module.batch_first and batched)
    steps = 1 if call.cell else shape[time]
    batch = (shape[0] if call.cell else shape[1 - time]) if batched else None
    if call.lengths:
        steps = int(max(call.lengths.values))
    shapes = tensor_shapes(module, InputSizes(steps, batch))
    if call.cell:
        return {f"{k[0]}_1": shapes[k].shape[1:] for k in ("h_n", "c_n") if k in shapes}
    return {name: shapes[name].shape for name in ("out", "h_n", "c_n") if name in shapes}


MANY = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(right_calls())
def test_a_right_call_runs_and_the_formula_agrees(call: Call) -> None:
    outcome = try_call(call)
    assert (outcome.message, outcome.diagnosis, outcome.how) == ("", None, "run")
    assert {each.name: each.shape for each in outcome.shapes} == formula(call)


seen: Counter[str] = Counter()


@MANY
@given(broken_calls())
def test_a_broken_call_is_explained_by_what_was_broken(broken: Broken) -> None:
    outcome = try_call(broken.call)
    seen["refused" if outcome.message else f"not refused, {outcome.how}"] += 1
    found = outcome.diagnosis
    seen["unexplained"] += found is None
    assert found is not None, outcome.message
    assert found.axis.startswith(broken.argument)
    assert broken.axis in found.axis
    mended = outcome.mended
    assert mended is not None
    assert (mended.message, mended.diagnosis) == ("", None)
    assert {each.name: each.shape for each in mended.shapes} == formula(mended.call)
    if "cuda" not in outcome.program():
        assert formula(mended.call).items() <= run_program(outcome).items()


def test_no_broken_call_was_unexplained(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\nbroken calls: {dict(seen)}")
    assert not seen["unexplained"]


@given(st.data())
def test_the_judge_can_fail(data: st.DataObject) -> None:
    """What is broken is really another call than the right one."""
    broken = data.draw(broken_calls())
    assert broken.axis
    assert broken.argument in ("x", "lengths", "h_0", "c_0", "hx")
