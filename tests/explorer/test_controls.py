"""What is typed in a control: taken as it is meant or refused by name; what its field shows."""

from __future__ import annotations

from typing import Any

import pytest

from lstm_shapes import Explorer
from lstm_shapes.config import ARGUMENTS
from lstm_shapes.errors import ArgumentError
from tests import hostile
from tests.fake_comm import recorded, write


def alerts(explorer: Explorer) -> list[str]:
    """What is told of a mistake; that a size is too much to be run is none."""
    told = explorer.stage.view["notices"]
    return [each["heading"] + each["text"] for each in told if each["tone"] == "error"]


@pytest.mark.parametrize(
    ("name", "typed", "used", "shown"),
    [
        ("seq_len", "1e5", 100_000, "100000"),
        ("seq_len", "1E2", 100, "100"),
        ("seq_len", "+6", 6, "6"),
        ("seq_len", " 6 ", 6, "6"),
        ("seq_len", "6.0", 6, "6"),
        ("seq_len", "5.0", 5, "5"),  # as before
        ("seed", str(2**64 - 1), 2**64 - 1, "18446744073709551615"),
        ("hidden_size", str(2**53 + 1), 2**53 + 1, "9007199254740993"),
        ("dropout", ".5", 0.5, "0.5"),
        ("dropout", "25e-2", 0.25, "0.25"),
        ("dropout", "0", 0.0, "0.0"),
    ],
)
def test_a_number_is_taken_as_it_is_written_and_shown_as_it_is_used(
    explorer: Explorer, name: str, typed: str, used: float, shown: str
) -> None:
    field = explorer.controls.inputs[name][-1]
    field.value = typed
    assert explorer.state.values[name] == used
    assert type(explorer.state.values[name]) is type(used)
    assert field.value == shown
    assert alerts(explorer) == []


@pytest.mark.parametrize(
    ("name", "typed", "problem"),
    [
        ("seq_len", "1.5", "is no whole number: write one such as 12"),
        ("seq_len", "1e-2", "is no whole number"),
        ("seq_len", "abc", "is no whole number"),
        ("seq_len", "", "is no whole number"),
        ("seq_len", "5 6", "is no whole number"),
        ("seq_len", "1_000", "is no whole number"),
        ("seq_len", "٣", "is no whole number"),
        ("seq_len", "<b>", "is no whole number"),
        ("seq_len", "nan", "is no whole number"),
        ("seq_len", "1" * 401, "has 401 characters: use 400 or less"),
        ("dropout", "half", "is no number: write one such as 0.5"),
        ("dropout", "0,5", "is no number"),
        ("dropout", "nan", "is no number"),
    ],
)
def test_what_is_no_number_is_told_and_the_field_shows_what_is_used(
    explorer: Explorer, name: str, typed: str, problem: str
) -> None:
    field = explorer.controls.inputs[name][-1]
    before, shown = explorer.state.values, field.value
    field.value = typed
    (alert,) = alerts(explorer)
    assert alert.startswith(f"This cannot be taken: {name}='{typed[:12]}")
    assert problem in alert
    assert (explorer.state.values, field.value) == (before, shown)
    field.value = f"{shown}e0"  # the same number: what was said before is no longer said
    assert alerts(explorer) == []
    assert field.value == shown


@pytest.mark.parametrize("typed", ["one more than there may be", "1e30", "9" * 400])
@pytest.mark.parametrize("name", [n for n, each in ARGUMENTS.items() if each.form == "int"])
def test_a_number_too_large_for_torch_is_refused_as_such(
    explorer: Explorer, name: str, typed: str
) -> None:
    argument = ARGUMENTS[name]
    number = argument.at_most + 1 if " " in typed else argument.read(typed)
    explorer.controls.inputs[name][-1].value = str(number)
    (alert,) = alerts(explorer)
    assert f"{name}=" in alert
    assert "is too large." in alert
    assert f" Cure: use {argument.at_most} or less." in alert
    assert explorer.controls.inputs[name][-1].value == str(number)
    with pytest.raises(ArgumentError, match=rf"^{name}=.* too large: use {argument.at_most} or"):
        argument.check(number)


@pytest.mark.parametrize(
    "typed",
    [
        "5,3,1,",
        "5;3;1",
        "5; 3; 1;",
        "5 3 1",
        "[5, 3, 1]",
        "(5,3,1)",
        "tensor([5, 3, 1])",
        "5,\n3, 1",
    ],
)
def test_lengths_are_taken_as_people_write_them(explorer: Explorer, typed: str) -> None:
    (field,) = explorer.controls.inputs["lengths"]
    field.value = typed
    assert explorer.state.snapshot.question.sizes.lengths == (5, 3, 1)
    assert (field.value, alerts(explorer)) == ("5, 3, 1", [])


@pytest.mark.parametrize("typed", ["5,,1", ",", "5;;", "five", "5.5, 3, 1", "tensor", "5-3-1"])
def test_a_list_that_is_none_is_refused_by_name_and_stays_to_be_mended(
    explorer: Explorer, typed: str
) -> None:
    (field,) = explorer.controls.inputs["lengths"]
    field.value = typed
    (alert,) = alerts(explorer)
    assert f"lengths='{typed}'" in alert
    assert field.value == typed
    assert explorer.state.snapshot.question.sizes.lengths is None


NO_NUMBERS = [
    # Half a character comes as a question mark.
    *(each.encode(errors="replace").decode() for each in hostile.HOSTILE if each != "1"),
    "9" * 10**6,
    " " * 10**6,
]


@pytest.mark.parametrize("typed", NO_NUMBERS, ids=range(len(NO_NUMBERS)))
def test_hostile_text_is_refused_in_any_field(explorer: Explorer, typed: str) -> None:
    before = explorer.state.values
    for name in ("seq_len", "dropout"):
        explorer.controls.inputs[name][-1].value = typed
        (alert,) = alerts(explorer)
        assert alert.startswith(f"This cannot be taken: {name}=")
        assert len(alert) < 250
    assert explorer.state.values == before
    (lengths,) = explorer.controls.inputs["lengths"]
    lengths.value = typed
    assert explorer.state.snapshot.question.sizes.lengths is None
    lengths.value = ""
    assert explorer.state.snapshot.status == "measured"


@pytest.mark.parametrize("value", [None, 3, 1.5, True, [], {}], ids=repr)
def test_what_is_no_text_changes_nothing(value: Any) -> None:
    with recorded():
        explorer = Explorer()
        before = explorer.state.values
        write(explorer.controls.inputs["seq_len"][-1], value=value)
        assert explorer.state.values == before


def test_nonlinearity_can_be_chosen_of_an_rnn_alone_or_put_right(explorer: Explorer) -> None:
    (control,) = explorer.controls.inputs["nonlinearity"]
    row = explorer.controls.rows["nonlinearity"].layout
    assert row.display == "none"
    explorer.state.update(kind="RNN", proj_size=0)
    assert row.display is None
    control.value = "relu"
    assert explorer.state.values["nonlinearity"] == "relu"
    assert explorer.state.snapshot.question.settings.nonlinearity == "relu"
    explorer.state.update(kind="LSTM")
    assert row.display is None
    (problem,) = explorer.state.snapshot.problems
    assert problem.cause == "nonlinearity='relu' is not supported by LSTM"
    assert (
        problem.torch_says == "RNNBase.__init__() got an unexpected keyword argument 'nonlinearity'"
    )
    assert problem.fix == {"nonlinearity": "tanh"}
    explorer.state.update(**problem.fix)
    assert row.display == "none"
