"""The models of the zoo, and what explain says of each."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tests.explain.zoo import CASES
from tests.explain.zoo.case import Case, Dims, drawn
from tests.explain.zoo.judge import faults, plain, shows
from tests.explain.zoo.kept import snapshot
from tests.explain.zoo.states import Forecaster, ForecasterCarriesGraph

BY_NAME = {case.name: case for case in CASES}
RIGHT = [case for case in CASES if case.is_right]
BROKEN = [case for case in CASES if not case.is_right]
SEEDS = range(4)
"""Of the sizes that explain is tried at; a batch of one and a single step are among them."""


def named(cases: list[Case] | tuple[Case, ...]) -> Any:
    return pytest.mark.parametrize("case", cases, ids=[case.name for case in cases])


def sizes(case: Case, seeds: range = SEEDS) -> list[Dims]:
    return [case.needs.fit(drawn(seed)) for seed in seeds]


def test_cases_have_names_of_their_own() -> None:
    assert len(BY_NAME) == len(CASES)


@named(CASES)
def test_a_case_runs_as_its_user_runs_it(case: Case) -> None:
    for dims in sizes(case, range(20)):
        args, kwargs = case.call(dims)
        assert plain(case.runs(dims)(*args, **kwargs))


@named(RIGHT)
def test_a_right_version_is_right_as_seen_from_outside(case: Case) -> None:
    for dims in sizes(case, range(10)):
        assert faults(case, dims) == [], dims


@named(BROKEN)
def test_a_broken_version_is_wrong_as_seen_from_outside(case: Case) -> None:
    for dims in sizes(case, range(5)):
        for kind in case.finds or {"samples_mix"}:
            assert shows(case, kind, dims, BY_NAME.get(case.right)), (kind, dims)


@named(CASES)
def test_explain_finds_what_is_wrong_and_nothing_else(case: Case) -> None:
    from tests.explain.zoo.table import outcome

    for dims in sizes(case):
        said = outcome(case, dims)
        assert (said.missed, said.extra, said.error) == (frozenset(), frozenset(), ""), dims
        assert said.unasked == frozenset(), dims


@named(CASES)
def test_explain_says_nothing_untrue_beside_its_findings(case: Case) -> None:
    """No check denies what was planted, and no look failed by itself."""
    from tests.explain.zoo.table import outcome

    dims = case.needs.fit(drawn(3))
    assert outcome(case, dims).untrue == (), dims


@named(CASES)
def test_explain_leaves_everything_as_it_was(case: Case) -> None:
    from lstm_shapes.explain.model.explain import explain

    dims = case.needs.fit(drawn(1))
    model, (args, kwargs) = case.build(dims), case.call(dims)
    with_gradients(model)
    before = snapshot(model, args, kwargs)
    explain(model, *args, **kwargs)
    assert snapshot(model, args, kwargs) == before


def with_gradients(model: nn.Module) -> None:
    """As after a step of training, with one part of the model frozen."""
    for index, parameter in enumerate(model.parameters()):
        if index % 3 == 0:
            parameter.grad = torch.randn_like(parameter)
        elif index % 3 == 1:
            parameter.requires_grad = False


class RaisesLate(Forecaster):
    """Has kept its states, drawn numbers and changed its mode before it raises."""

    def forward(self, window: Tensor) -> Tensor:
        _, self.hidden = self.lstm(window)
        torch.rand(3)
        self.linear.eval()
        raise ValueError("no more of this")


class RaisesSometimes(Forecaster):
    """Raises for every other batch than the first one's size."""

    def forward(self, window: Tensor) -> Tensor:
        if not hasattr(self, "size"):
            self.size = window.size(0)
        if window.size(0) != self.size:
            raise ValueError("another size")
        return super().forward(window)


@pytest.mark.parametrize("kind", [RaisesLate, RaisesSometimes])
def test_explain_leaves_everything_as_it_was_where_forward_raises(kind: type[Forecaster]) -> None:
    from lstm_shapes.explain.model.explain import explain

    model, x = kind(Dims()), torch.randn(3, 4, 5, requires_grad=True)
    before = snapshot(model, (x,), {})
    report = explain(model, x)
    assert snapshot(model, (x,), {}) == before
    assert isinstance(report.error, ValueError) == (kind is RaisesLate)


def test_explain_leaves_states_that_were_kept_as_they_were() -> None:
    from lstm_shapes.explain.model.explain import explain

    model, x = ForecasterCarriesGraph(Dims()), torch.randn(3, 4, 5)
    loss = model(x).sum()
    before = snapshot(model, (x,), {})
    report = explain(model, x)
    assert snapshot(model, (x,), {}) == before
    assert [finding.kind for finding in report.findings] == ["carried_graph"]
    # The user's own graph can still be gone back through.
    loss.backward()
    assert all(each.grad is not None for each in model.parameters())


def test_the_judge_can_fail() -> None:
    wrong = BY_NAME["classifier/last/one_step"]
    assert shows(wrong, "one_step", wrong.needs.fit(drawn(0)), None)
    right = BY_NAME["classifier/ends"]
    assert not shows(right, "one_step", right.needs.fit(drawn(3)), None)
    mixed = BY_NAME["classifier/all_rows/view"]
    assert "view" in faults(mixed, mixed.needs.fit(drawn(0)))


def test_a_change_is_seen_in_what_must_be_left() -> None:
    model, x = Forecaster(Dims()), torch.randn(3, 4, 5)
    before = snapshot(model, (x,), {})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model(x)
    assert snapshot(model, (x,), {}) != before
