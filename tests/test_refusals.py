"""Every wrong input of ``tests/refusals.py``: the exact words, and that the cure in them works."""

from __future__ import annotations

import copy
import pickle
import warnings
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_packed_sequence

import lstm_shapes
from lstm_shapes import ArgumentError, ArgumentTypeError, InputSizes, Limits, Settings, run
from lstm_shapes.live.layers import one_direction
from lstm_shapes.live.variants import call_again, with_dropout, with_states
from tests.refusals import (
    C_N,
    HERE,
    LSTM,
    OUT,
    ROWS,
    SETTINGS,
    SIZES,
    STEP,
    VALID,
    Row,
    X,
    call,
)


def refused(ask: Callable[[], object]) -> ArgumentError:
    with pytest.raises(ArgumentError) as caught:
        ask()
    return caught.value


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_wrong_input_is_refused_in_words(row: Row) -> None:
    error = refused(lambda: call(row.function, row.wrong))
    assert str(error) == row.message
    of_type = (
        " is of type ",
        *(f" is {kind}: " for kind in ("a tuple", "packed", "a NumPy array", "a list", "a module")),
        *(f" is {kind}: " for kind in ("a text", "no tensor", "no such module", "a class")),
        *(" takes one step ", " is compiled", " holds such", " is no recurrent module"),
    )
    assert isinstance(error, ArgumentTypeError) == any(part in row.message for part in of_type)
    for again in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        assert str(again) == row.message


@pytest.mark.parametrize("row", [row for row in ROWS if row.code], ids=str)
def test_the_code_in_a_cure_works(row: Row) -> None:
    assert row.code in row.message.partition(": ")[2]
    known = {
        "torch": torch,
        "nn": nn,
        "pad_packed_sequence": pad_packed_sequence,
        "lstm": LSTM,
        "state": (STEP["h"], STEP["c"]),
        "input_size": 4,
        "hidden_size": 3,
        "Settings": Settings,
        "InputSizes": InputSizes,
        "Limits": Limits,
        "batch_first": True,
        **STEP,
        "x": X if row.function != "cell_step" else STEP["x"],
        **VALID[row.function],
        **row.wrong,
    }
    if " = " in row.code:
        made: dict[str, object] = {}
        exec(row.code, {**known, "x": X} if "lstm(x)" in row.code else known, made)
        assert made
        assert all(isinstance(each, Tensor) for each in made.values())
    else:
        call(row.function, {**row.wrong, row.argument: eval(row.code, known)})


@pytest.mark.parametrize("function", list(VALID))
def test_the_valid_calls_of_the_table_are_taken(function: str) -> None:
    call(function, {})


def test_a_quantized_module_is_refused_for_what_it_is() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch is about to move what quantizes
        made = torch.ao.quantization.quantize_dynamic(nn.Sequential(nn.LSTM(4, 3)), {nn.LSTM})
        (quantized,) = made
    error = refused(lambda: call("cell_step", {"module": quantized}))
    assert str(error) == (
        "module='LSTM' is quantized, and has its weights in another form: "
        "give the module as it was before it was quantized"
    )


def test_two_states_are_not_mistaken_for_the_rows_of_one() -> None:
    made, gru = run(SETTINGS, SIZES), run(Settings(4, 3, kind="GRU"), SIZES)
    h = torch.zeros(1, 2, 3)
    for ask, message in (
        (lambda: with_states(made, h), "states=(1, 2, 3) is a single tensor: give (h_0, c_0)"),
        (lambda: with_states(gru, h), "states=(1, 2, 3) is a single tensor: give (h_0,)"),
        (lambda: with_states(made, [h]), "states=[(1, 2, 3)] has 1 state: give (h_0, c_0)"),
        (
            lambda: with_states(gru, (h, h)),
            "states=[(1, 2, 3), (1, 2, 3)] has 2 states: give (h_0,)",
        ),
        (lambda: with_states(made, (h, None)), "states[1]=None is no tensor: give a tensor"),
    ):
        assert str(refused(ask)) == message
    assert torch.equal(with_states(made, (h, h)).out, made.out)
    assert torch.equal(with_states(gru, (h,)).out, gru.out)


def test_a_device_that_is_not_here_is_refused_by_every_call() -> None:
    made = run(Settings(4, 3, bidirectional=True), SIZES)
    for ask in (
        lambda: with_dropout(made, 0.5, device="tpu"),
        lambda: call_again(made, "tpu"),
    ):
        assert str(refused(ask)) == f"device='tpu' is not here: use {HERE}"
    error = refused(lambda: one_direction(made, "forward", made.input.numpy()))
    assert str(error) == "x=(5, 2, 4) is a NumPy array: give torch.from_numpy(x)"


def test_the_question_is_checked_before_the_first_parameter_is_asked_for() -> None:
    with pytest.raises(ArgumentTypeError, match=r"give Settings\(\*settings\)"):
        lstm_shapes.parameter_shapes((4, 3))


@pytest.mark.parametrize("name", ["out", "h_n"])
def test_what_a_tensor_does_not_say_is_taken(name: str) -> None:
    """As the docstring has it: c_n, and an out whose first axis is a multiple of D."""
    given = {"out": OUT, "h_n": C_N}[name]
    assert lstm_shapes.final_features(given, bidirectional=True).shape == (
        given.shape[1],
        2 * given.shape[2],
    )
