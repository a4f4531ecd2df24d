"""What a vector has read: gradients held against a second way of finding out, changing the
input and looking at what changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from torch import Tensor, nn

from lstm_shapes import InputSizes, Run, Settings, coverage, run
from lstm_shapes.errors import ArgumentError
from lstm_shapes.live.variants import with_gradients
from tests.strategies import seeds, settings, sizes


def by_perturbation(make: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """Which positions of x change each element of a vector: its axes, then those of x but the
    last. The change is large: one that only rounding sees would prove nothing."""
    before = make(x)
    changes = torch.zeros(*before.shape, *x.shape[:-1], dtype=torch.bool)
    for position in torch.cartesian_prod(*(torch.arange(n) for n in x.shape[:-1])).view(
        -1, x.dim() - 1
    ):
        other = x.clone()
        other[tuple(position)] += 1.5
        changes[(..., *position)] = make(other) != before
    return changes


def call(made: Run) -> Callable[[Tensor], tuple[Tensor, Tensor]]:
    """A run's module as a function of its input, with what run does about lengths."""

    def called(x: Tensor) -> tuple[Tensor, Tensor]:
        lengths = made.sizes.lengths
        given = x
        if lengths is not None:
            given = nn.utils.rnn.pack_padded_sequence(
                x, list(lengths), made.settings.batch_first, enforce_sorted=False
            )
        out, states = made.module(given)
        if lengths is not None:
            out, _ = nn.utils.rnn.pad_packed_sequence(
                out, made.settings.batch_first, total_length=made.sizes.seq_len
            )
        return out, states[0] if isinstance(states, tuple) else states

    return called


@hypothesis_settings(max_examples=40, deadline=None)
@given(settings(), sizes(), seeds)
def test_gradients_and_perturbation_find_the_same(
    module: Settings, asked: InputSizes, seed: int
) -> None:
    traced = with_gradients(run(module, asked, seed=seed))
    if traced.out.numel() == 0:
        return
    made = call(traced)
    with torch.no_grad():
        # One feature stands for all of its direction: every h depends on every feature of h.
        changed_out = by_perturbation(lambda x: made(x)[0][..., [0, -1]], traced.input)
        changed_h = by_perturbation(lambda x: made(x)[1][..., 0], traced.input)
    check_the_same(traced.out[..., [0, -1]], traced.input, changed_out)
    check_the_same(traced.h_n[..., 0], traced.input, changed_h)


VANISHED = 1e-12
"""Of a step with a smaller gradient, float64 may show no change: a cell that saturates at every
step forgets by a factor of a hundred each time."""


def check_the_same(outputs: Tensor, x: Tensor, changed: Tensor) -> None:
    """Gradients find each change, and beyond those only steps whose change is too small to show."""
    found = coverage(outputs, x, keep=range(outputs.dim()))
    assert not (changed & ~found).any()
    for place in (found & ~changed).nonzero():
        at, step = place[: outputs.dim()].tolist(), place[outputs.dim() :].tolist()
        (gradient,) = torch.autograd.grad(outputs[tuple(at)], x, retain_graph=True)
        assert gradient[tuple(step)].abs().max() < VANISHED


def test_any_module_will_do() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 2))
    x = torch.randn(3, 5, 4, requires_grad=True)
    pairs = coverage(model(x)[..., 1], x, keep=(0, 1))
    assert torch.equal(pairs.view(15, 15), torch.eye(15, dtype=torch.bool))


def test_elements_do_not_cancel_each_other() -> None:
    x = torch.randn(5, 4, requires_grad=True)
    assert coverage(torch.stack([x[2], -x[2]]), x).tolist() == [False, False, True, False, False]


def test_kept_axes_come_in_the_order_they_are_named() -> None:
    x = torch.randn(2, 3, 4, requires_grad=True)
    assert coverage(x * 1, x, keep=(1, 0)).shape == (3, 2, 2, 3)
    assert coverage(x * 1, x, keep=-3).shape == (2, 2, 3)
    assert coverage(x * 1, x, keep=(1, 0))[2, 1].nonzero().tolist() == [[1, 2]]


def test_a_vector_without_elements_has_read_nothing() -> None:
    x = torch.randn(2, 3, requires_grad=True)
    assert not coverage(x[:0] * 1, x).any()
    assert coverage(x[:0] * 1, x, keep=0).shape == (0, 2)


def test_the_users_graph_and_gradients_are_left_alone() -> None:
    lstm = nn.LSTM(4, 3)
    x = torch.randn(5, 2, 4, requires_grad=True)
    out, _ = lstm(x)
    state = torch.get_rng_state()
    coverage(out[-1], x)
    assert torch.equal(torch.get_rng_state(), state)
    assert x.grad is None
    assert all(parameter.grad is None for parameter in lstm.parameters())
    out.sum().backward()


def test_all_axes_of_the_input_can_be_kept() -> None:
    # What a convolution gives, (N, D, C, T), taken for steps by a view: step 0 has read all times.
    v = torch.randn(1, 2, 2, 3, requires_grad=True)
    taken = v.view(1, 3, 4)
    assert coverage(taken[0, 0], v, together=()).nonzero().tolist() == [
        [0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 2], [0, 0, 1, 0]]  # fmt: skip
    assert coverage(taken[0, 0], v, together=(1, 2)).tolist() == [[True, True, True]]
    turned = v.permute(0, 3, 1, 2).reshape(1, 3, 4)
    assert coverage(turned[0, 0], v, together=(1, 2)).tolist() == [[True, False, False]]


def test_an_input_of_features_alone_is_one_step() -> None:
    x = torch.randn(4, requires_grad=True)
    assert coverage(x.sum(), x).shape == ()
    assert coverage(x * 2, x, keep=0, together=()).equal(torch.eye(4, dtype=torch.bool))
    one = x.sum()
    assert coverage(one * 2, one, together=())


@pytest.mark.parametrize("keep", [np.int64(0), torch.tensor(0), [np.int64(0)], range(1)])
def test_an_axis_may_be_whatever_is_an_index(keep: Any) -> None:
    x = torch.randn(2, 3, requires_grad=True)
    assert coverage(x * 1, x, keep=keep).equal(torch.eye(2, dtype=torch.bool))


def test_grad_mode_does_not_matter() -> None:
    lstm, x = nn.LSTM(4, 3), torch.randn(5, 2, 4, requires_grad=True)
    vector = lstm(x)[0][1, 0]
    with torch.no_grad():
        assert coverage(vector, x).nonzero().tolist() == [[0, 0], [1, 0]]
        with pytest.raises(ArgumentError, match="has no autograd graph"):
            coverage(vector[0], x)  # indexed without a graph, although it says otherwise


def test_complex_numbers_are_followed() -> None:
    x = torch.randn(3, 2, dtype=torch.complex64, requires_grad=True)
    assert coverage(x[1] * 1j, x).tolist() == [False, True, False]


MODULES = {"RNN": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU}


@pytest.mark.parametrize(("name", "steps"), [("RNN", 150), ("LSTM", 200), ("GRU", 200)])
def test_hundreds_of_steps_in_float32_are_found(name: str, steps: int) -> None:
    torch.manual_seed(0)
    module = MODULES[name](16, 16, batch_first=True)
    x = torch.randn(2, steps, 16, requires_grad=True)
    out, _ = module(x)
    read = coverage(out[1, -1], x)
    assert read[1].all()
    assert not read[0].any()
    assert coverage(out[1, 40], x)[1].nonzero().flatten().tolist() == list(range(41))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_what_vanishes_is_told_and_never_called_independent(dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    module = nn.RNN(16, 16, batch_first=True).to(dtype)
    x = torch.randn(2, 700, 16, dtype=dtype, requires_grad=True)
    out, _ = module(x)
    with pytest.raises(
        ArgumentError, match=r"vanish in \w+, or meet a 0: at \d+ of 1400 places"
    ) as told:
        coverage(out[0, -1], x)
    assert "module.double()(x)" in told.value.cure
    # The cure, as it is written.
    x = x.detach().double().requires_grad_()
    assert coverage(module.double()(x)[0][0, -1], x).sum(dim=1).tolist() == [700, 0]


def test_a_narrow_input_of_a_wide_module_is_named() -> None:
    torch.manual_seed(0)
    module, x = nn.RNN(16, 16).double(), torch.randn(700, 1, 16, requires_grad=True)
    with pytest.raises(ArgumentError, match="vanish in float32") as told:
        coverage(module(x.double())[0][-1], x)
    assert told.value.cure.startswith("make inputs and module float64")


STEPS: dict[str, Callable[[Tensor], Tensor]] = {
    "round": torch.round,
    "sign": torch.sign,
    "a product with 0": lambda x: x * 0,
    "a dead ReLU": lambda x: torch.relu(x - 1e3),
}


@pytest.mark.parametrize("name", list(STEPS))
def test_nothing_read_anywhere_is_no_answer(name: str) -> None:
    x = torch.randn(5, 2, 4, dtype=torch.float64, requires_grad=True)
    with pytest.raises(ArgumentError, match="gradient of zero everywhere in inputs"):
        coverage(STEPS[name](nn.LSTM(4, 3).double()(x)[0]), x)


def test_what_a_sparse_embedding_gave_is_measured() -> None:
    embedding = nn.Embedding(6, 4, sparse=True)
    assert coverage(embedding(torch.tensor([1, 3])), embedding.weight).tolist() == [
        False, True, False, True, False, False]  # fmt: skip


def test_a_graph_that_was_changed_since_is_told() -> None:
    lstm, x = nn.LSTM(4, 3), torch.randn(5, 2, 4, requires_grad=True)
    out, _ = lstm(x)
    with torch.no_grad():
        lstm.weight_ih_l0 += 1
    with pytest.raises(ArgumentError, match=r"before anything changes .* optimizer.step\(\)"):
        coverage(out, x)


def test_what_is_exactly_zero_is_not_called_vanishing() -> None:
    lstm, x = nn.LSTM(4, 3, batch_first=True), torch.randn(2, 5, 4, requires_grad=True)
    mask = torch.tensor([[1.0, 1, 1, 0, 0], [1, 1, 1, 1, 1]]).unsqueeze(-1)
    pooled = (lstm(x)[0] * mask).sum(1)
    assert coverage(pooled, x, keep=0)[:, range(2), :].int().tolist() == [
        [[1, 1, 1, 0, 0], [0] * 5], [[0] * 5, [1] * 5]]  # fmt: skip
    relu = torch.tensor([[-1.0], [2.0]], requires_grad=True)
    assert coverage(torch.relu(relu), relu).tolist() == [False, True]


def test_a_model_of_token_ids_is_measured_at_its_embedding() -> None:
    embedding, lstm = nn.Embedding(9, 4), nn.LSTM(4, 3, batch_first=True)
    ids = torch.randint(9, (2, 5))
    with pytest.raises(ArgumentError, match="embedding") as told:
        coverage(lstm(embedding(ids))[0], ids)
    assert told.value.argument == "inputs"
    x = embedding(ids)
    assert coverage(lstm(x)[0][0, 1], x).nonzero().tolist() == [[0, 0], [0, 1]]


class Tagger(nn.Module):
    """A linear layer, then an LSTM: with quantize_dynamic the second has no gradient."""

    def __init__(self) -> None:
        super().__init__()
        self.before = nn.Linear(4, 4)
        self.lstm = nn.LSTM(4, 3, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        return cast(Tensor, self.lstm(self.before(x))[0])


@pytest.mark.filterwarnings("ignore")
def test_an_operator_without_a_gradient_is_named() -> None:
    quantized = torch.ao.quantization.quantize_dynamic(Tagger(), {nn.LSTM}, dtype=torch.qint8)
    x = torch.randn(2, 5, 4, requires_grad=True)
    for vector in (quantized(x), quantized(x) + x[..., :3]):
        with pytest.raises(ArgumentError, match="operator that has no gradient") as told:
            coverage(vector, x)
        assert told.value.argument == "vector"


def no_path() -> dict[str, tuple[Tensor, Tensor, str, str]]:
    """By what was done: vector, inputs, the argument that is at fault, and part of the message."""
    lstm = nn.LSTM(4, 3, batch_first=True)
    x = torch.randn(2, 5, 4, requires_grad=True)
    out, _ = lstm(x)
    late = torch.randn(2, 5, 4)
    of_late, _ = lstm(late)
    late.requires_grad_()
    below = lstm(x)[0] * 1
    return {
        "a clone": (out, x.clone(), "inputs", "was made of the tensor that vector was"),
        "a sample": (out[0, -1], x[0], "inputs", "was made of the tensor that vector was"),
        "a transpose": (out, x.transpose(0, 1), "inputs", "was made of the tensor"),
        "another call": (out, below, "inputs", "was made of the tensor that vector was"),
        "swapped": (x, out, "vector", "the two are swapped: give the result first"),
        "swapped on the way": (below, below.sum(), "vector", "the two are swapped"),
        "requires_grad_ after the run": (of_late, late, "inputs", "is not what vector was"),
        "another tensor": (out, torch.randn(2, 3, requires_grad=True), "inputs", "is not what"),
    }


@pytest.mark.parametrize("name", list(no_path()))
def test_without_a_path_the_error_says_why(name: str) -> None:
    vector, inputs, argument, part = no_path()[name]
    for keep in ((), 0) if inputs.dim() and vector.dim() else ((),):
        with pytest.raises(ArgumentError, match=part) as told:
            coverage(vector, inputs, keep=keep, together=-1 if inputs.dim() else ())
        assert told.value.argument == argument


def test_a_graph_that_is_gone_is_told() -> None:
    lstm, x = nn.LSTM(4, 3), torch.randn(5, 2, 4, requires_grad=True)
    out, _ = lstm(x)
    out.sum().backward()
    with pytest.raises(ArgumentError, match="call coverage before backward"):
        coverage(out, x)


def test_gradients_that_are_nan_are_told() -> None:
    x = torch.zeros(3, 2, requires_grad=True)
    with pytest.raises(ArgumentError, match="gradients that are NaN"):
        coverage((x / x).sum(), x)


PLAIN = torch.randn(2, 3)
LEAF = torch.randn(2, 3, requires_grad=True)
REFUSED = {
    "inputs without gradients": (lambda: coverage(LEAF * 1, PLAIN), "inputs", "requires_grad_"),
    "a detached vector": (lambda: coverage((LEAF * 1).detach(), LEAF), "vector", "detach"),
    "an axis that is not there": (
        lambda: coverage(LEAF * 1, LEAF, keep=2),
        "keep",
        "vector has 2 axes",
    ),
    "an axis twice": (lambda: coverage(LEAF * 1, LEAF, keep=(0, -2)), "keep", "once"),
    "no tensor": (lambda: coverage([1.0], LEAF), "vector", "torch.tensor(vector)"),  # type: ignore[arg-type]
    "no input": (lambda: coverage(LEAF * 1, None), "inputs", "give a tensor"),  # type: ignore[arg-type]
    "one number": (lambda: coverage(LEAF * 1, LEAF.sum()), "together", "give together=()"),
    "both parts of what a module returns": (
        lambda: coverage(nn.LSTM(3, 3)(LEAF), LEAF),  # type: ignore[arg-type]
        "vector",
        "give its part out",
    ),
    "whole numbers": (lambda: coverage((LEAF * 1).argmax(-1), LEAF), "vector", "before argmax()"),
    "no numbers": (
        lambda: coverage(LEAF * 1, torch.randn(2, 3, device="meta", requires_grad=True)),
        "inputs",
        "on the CPU",
    ),
    "no axis": (lambda: coverage(LEAF * 1, LEAF, keep=None), "keep", "as an int"),  # type: ignore[arg-type]
    "half an axis": (lambda: coverage(LEAF * 1, LEAF, keep=0.5), "keep", "as an int"),  # type: ignore[arg-type]
    "an axis by name": (lambda: coverage(LEAF * 1, LEAF, keep="batch"), "keep", "as an int"),  # type: ignore[arg-type]
    "an axis of the input that is not there": (
        lambda: coverage(LEAF * 1, LEAF, together=5),
        "together",
        "inputs has 2 axes",
    ),
    "a run without gradients": (
        lambda: coverage(nn.LSTM(3, 3).requires_grad_(False)(PLAIN)[0], LEAF),
        "vector",
        "has no autograd graph",
    ),
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_what_cannot_be_measured_is_refused(name: str) -> None:
    ask, argument, cure = REFUSED[name]
    with pytest.raises(ArgumentError) as refused:
        ask()
    assert refused.value.argument == argument
    assert cure in str(refused.value)
