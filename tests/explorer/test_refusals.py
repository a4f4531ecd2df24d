"""Every refused value is found, and none besides: held against the question itself."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lstm_shapes import ArgumentError
from lstm_shapes.config import ARGUMENTS, Question
from lstm_shapes.explorer.presets import FIRST_QUESTION
from lstm_shapes.explorer.refusals import errors_of, problems_of
from lstm_shapes.snippet import constructor_of

VALID = FIRST_QUESTION.values()
ODD: dict[str, list[Any]] = {
    "input_size": [0, True, 7],
    "hidden_size": [0, 1, 2, None, 10**20],
    "num_layers": [-1, "2", 3],
    "bias": ["no", False],
    "batch_first": [None, False],
    "dropout": [1.5, -0.1, float("nan"), "0.5", 1.0],
    "bidirectional": [1, False],
    "proj_size": [-1, 1, 2, 3, 1.5],
    "kind": ["GRU", "RNN", "lstm", None, ["LSTM"]],
    "nonlinearity": ["relu", "gelu", None],
    "seq_len": [0, 1, 3, 2.0],
    "batch_size": [0, 1, 2, -1, None],
    "lengths": [None, (), (1,), (3, 2), (0, 9, 2), (True, 1, 1), "two", 5, [3, 2, 1]],
    "batched": [False, "no"],
    "seed": [-1, 2**64, 9],
    "device": [None, 3, "cuda:99"],
}
values = st.fixed_dictionaries(
    {name: st.sampled_from([VALID[name], *odd]) for name, odd in ODD.items()}
)


def taken(asked: dict[str, Any]) -> bool:
    """Whether the question itself takes the values."""
    try:
        Question.of(asked)
    except ArgumentError:
        return False
    return True


def test_odd_values_are_tried_of_every_argument() -> None:
    assert ODD.keys() == ARGUMENTS.keys() == VALID.keys()


@hypothesis_settings(max_examples=600, deadline=None)
@given(values)
def test_there_are_errors_exactly_where_the_question_refuses(asked: dict[str, Any]) -> None:
    errors = errors_of(asked)
    assert (not errors) == taken(asked)
    for name, error in errors.items():
        assert error.argument.partition("[")[0] == name


@hypothesis_settings(max_examples=600, deadline=None)
@given(values)
def test_each_value_that_is_named_is_refused_beside_good_ones(asked: dict[str, Any]) -> None:
    errors = errors_of(asked)
    mended = {**asked, **{name: VALID[name] for name in errors}}
    for name in errors:
        assert not taken({**mended, name: asked[name]}), name


@hypothesis_settings(max_examples=300, deadline=None)
@given(values)
def test_every_cure_mends_its_own_argument_and_spoils_no_other(asked: dict[str, Any]) -> None:
    errors = errors_of(asked)
    for problem in problems_of(asked, errors, torch_here=False):
        mended = {**asked, **problem.fix}
        if problem.fix:
            assert errors_of(mended).keys() == errors.keys() - problem.fix.keys()
        if problem.code:
            assert problem.code == constructor_of(mended)
            Question.of({**VALID, **{name: mended[name] for name in MODULE}})


MODULE = [name for name, each in ARGUMENTS.items() if each.group == "module"]


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"hidden_size": 0, "proj_size": 2}, ["hidden_size"]),
        ({"hidden_size": 2, "proj_size": 2}, ["proj_size"]),
        ({"kind": "lstm", "proj_size": 2}, ["kind"]),
        ({"kind": "GRU", "proj_size": 2}, ["proj_size"]),
        ({"seq_len": 0, "lengths": (2, 5, 9)}, ["seq_len"]),
        ({"batch_size": -1, "lengths": (2, 5)}, ["batch_size"]),
        ({"batch_size": -1, "lengths": (2, 9)}, ["batch_size", "lengths"]),
        ({"batched": False, "batch_size": -1, "lengths": (9,)}, []),
        ({"dropout": 1.5, "bias": "no", "seed": -1}, ["bias", "dropout", "seed"]),
    ],
    ids=str,
)
def test_a_value_is_held_only_against_values_that_are_right(
    change: dict[str, Any], refused: list[str]
) -> None:
    assert list(errors_of({**VALID, **change})) == refused
