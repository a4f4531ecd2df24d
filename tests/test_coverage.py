"""What a vector has read: gradients held against a second way of finding out, changing the
input and looking at what changes."""

from __future__ import annotations

from collections.abc import Callable

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
    out = traced.out[..., [0, -1]]
    assert torch.equal(coverage(out, traced.input, keep=range(out.dim())), changed_out)
    h_n = traced.h_n[..., 0]
    assert torch.equal(coverage(h_n, traced.input, keep=range(h_n.dim())), changed_h)


def test_any_module_will_do() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 2))
    x = torch.randn(3, 5, 4, requires_grad=True)
    pairs = coverage(model(x)[..., 1], x, keep=(0, 1))
    assert torch.equal(pairs.view(15, 15), torch.eye(15, dtype=torch.bool))


def test_elements_do_not_cancel_each_other() -> None:
    x = torch.randn(5, 4, requires_grad=True)
    assert coverage(torch.stack([x[2], -x[2]]), x).tolist() == [False, False, True, False, False]


def test_what_was_read_by_another_way_is_not_read() -> None:
    x, other = torch.randn(2, 3, requires_grad=True), torch.randn(2, 3, requires_grad=True)
    assert not coverage(other * 2, x).any()


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
    "no tensor": (lambda: coverage([1.0], LEAF), "vector", "give a tensor"),  # type: ignore[arg-type]
    "no input": (lambda: coverage(LEAF * 1, None), "inputs", "give a tensor"),  # type: ignore[arg-type]
    "one number": (lambda: coverage(LEAF * 1, LEAF.sum()), "inputs", "(..., features)"),
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_what_cannot_be_measured_is_refused(name: str) -> None:
    ask, argument, cure = REFUSED[name]
    with pytest.raises(ArgumentError) as refused:
        ask()
    assert refused.value.argument == argument
    assert cure in str(refused.value)
