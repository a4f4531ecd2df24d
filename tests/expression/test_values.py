"""The value of an expression on a run: its names, and the same value as torch's own."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lstm_shapes import ExpressionError, InputSizes, Run, Settings, run
from lstm_shapes.errors import ArgumentTypeError
from lstm_shapes.expression.computing import VALUES
from lstm_shapes.expression.grammar import parse
from lstm_shapes.expression.values import evaluate
from tests.expression.forms import (
    OF_ANY_SIZE,
    PROJECTED,
    SAME_SIZES,
    TOGETHER,
    WITH_LENGTHS,
    assert_same,
)
from tests.strategies import settings, sizes


def names_of(made: Run) -> dict[str, Any]:
    """What somebody has in a program of his own."""
    names: dict[str, Any] = {"torch": torch, "x": made.input, "input": made.input}
    names |= {"out": made.out, "output": made.out}
    names |= dict.fromkeys(("h_n", "h", "hidden"), made.h_n)
    module = made.module
    if made.c_n is not None:
        names |= dict.fromkeys(("c_n", "c", "cell"), made.c_n)
    if made.sizes.lengths is not None:
        names["lengths"] = torch.tensor(list(made.sizes.lengths))
    if made.sizes.batch_size is not None:
        names |= {"N": made.sizes.batch_size, "batch_size": made.sizes.batch_size}
    directions = 2 if module.bidirectional else 1
    names |= {"L": made.sizes.seq_len, "seq_len": made.sizes.seq_len}
    names |= {"D": directions, "num_directions": directions}
    names |= {"H_in": module.input_size, "input_size": module.input_size}
    names |= {"H_cell": module.hidden_size, "hidden_size": module.hidden_size}
    names |= {"H_out": module.proj_size or module.hidden_size, "proj_size": module.proj_size}
    return names | {"num_layers": module.num_layers}


@pytest.mark.parametrize("name", names_of(run(PROJECTED, WITH_LENGTHS)).keys() - {"torch"})
def test_every_name_stands_for_what_it_stands_for_in_a_program(name: str) -> None:
    made = run(PROJECTED, WITH_LENGTHS)
    expected = names_of(made)[name]
    number = isinstance(expected, int) or name == "lengths"
    text = f"out * {name}" if name != "lengths" else "out * lengths[:, None, None]"
    assert_same(
        evaluate(made, text if number else name), eval(text if number else name, names_of(made))
    )


@pytest.mark.parametrize("text", OF_ANY_SIZE)
@hypothesis_settings(max_examples=15, deadline=None)
@given(settings(), sizes())
def test_torch_gives_the_same_or_refuses_too(
    text: str, module: Settings, asked: InputSizes
) -> None:
    made = run(module, asked)
    same_or_refused(made, text)


def same_or_refused(made: Run, text: str) -> None:
    """What Python makes of a text is what is made of it here; what fails there fails here."""
    try:
        expected = eval(text, names_of(made))
    except (RuntimeError, IndexError, NameError, TypeError):
        with pytest.raises(ExpressionError):
            evaluate(made, text)
    else:
        assert_same(evaluate(made, text), expected)


# torch warns of it once per process, and gives the number back.
@pytest.mark.filterwarnings("ignore:Tensor.mT is deprecated on 0-D")
@hypothesis_settings(max_examples=500, deadline=None)
@given(st.sampled_from(OF_ANY_SIZE), st.sampled_from(OF_ANY_SIZE), TOGETHER, SAME_SIZES)
def test_forms_put_together_are_what_torch_makes_of_them(
    first: str, second: str, together: str, question: tuple[Settings, InputSizes]
) -> None:
    same_or_refused(run(*question), together.format(f"({first})", f"({second})"))


ONE_DIRECTION = Settings(4, 3, kind="GRU")
UNBATCHED = InputSizes(seq_len=5, batch_size=None)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("out[:, -1] / lengths", "there is no lengths here, since this run has no lengths: every"),
        ("c_n[-1]", "there is no c_n here, since only an LSTM has a cell state: use h_n"),
        ("cell[-1]", "there is no cell here, since only an LSTM has a cell state: use h_n"),
        ("h_n.view(N, -1)", "there is no N here, since the input is unbatched: leave the batch"),
        ("out[batch_size]", "there is no batch_size here, since the input is unbatched"),
    ],
)
def test_what_this_run_does_not_have_is_said(text: str, says: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate(run(ONE_DIRECTION, UNBATCHED), text)
    assert str(caught.value).startswith(says)


@pytest.mark.parametrize(
    "text", ["lengths", "torch.arange(N)", "lengths - 1", "h_n.size(0) * lengths"]
)
def test_sizes_alone_are_no_vector(text: str) -> None:
    with pytest.raises(
        ExpressionError, match="this holds sizes alone: make the vector of out, h_n"
    ):
        evaluate(run(PROJECTED, WITH_LENGTHS), text)


def test_text_and_expression_are_the_same() -> None:
    made = run(PROJECTED, WITH_LENGTHS)
    assert torch.equal(evaluate(made, "out[:, -1]"), evaluate(made, parse("out[:, -1]")))


WRONG: list[tuple[Any, str]] = [
    (None, "text=None is of type NoneType: give a str, such as 'out[:, -1]'"),
    (3, "text=3 is of type int: give a str, such as 'out[:, -1]'"),
    (b"out", "text=b'out' is of type bytes: give a str, such as 'out[:, -1]'"),
    (["out"], "text=['out'] is of type list: give a str, such as 'out[:, -1]'"),
]


@pytest.mark.parametrize(("wrong", "says"), WRONG, ids=lambda each: repr(each)[:12])
def test_what_is_no_text_is_refused(wrong: Any, says: str) -> None:
    with pytest.raises(ArgumentTypeError) as caught:
        parse(wrong)
    assert str(caught.value) == says
    with pytest.raises(ArgumentTypeError) as caught:
        evaluate(run(PROJECTED, WITH_LENGTHS), wrong)
    assert str(caught.value) == says.replace("text", "expression", 1)


def test_what_is_no_run_is_refused() -> None:
    with pytest.raises(ArgumentTypeError, match=r"is of type .*LSTM: give what lstm_shapes.run"):
        evaluate(torch.nn.LSTM(2, 3), "out")  # type: ignore[arg-type]


CHOOSING = """
out.max(1).values
out.amax(1)
out.min(1)[0]
out.amin((1,))
out.max()
torch.amin(out, 1)
torch.relu(out - 9).sum(1)
out.clamp(max=-9).sum(1)
""".strip("\n").split("\n")


@pytest.mark.parametrize("text", CHOOSING)
def test_with_all_taking_part_every_element_has_a_gradient(text: str) -> None:
    out = torch.randn(2, 3, 4, generator=torch.Generator().manual_seed(0)).requires_grad_()
    read = parse(text)
    assert read.chooses
    reached = []
    for computing in (VALUES, VALUES.with_all_taking_part()):
        made = read.evaluate({"out": out}, {}, computing)
        (gradient,) = torch.autograd.grad(made.sum(), out)
        reached.append(int(gradient.count_nonzero()))
    assert reached[0] < reached[1] == out.numel()
    plain = read.evaluate({"out": out}, {}).shape
    assert plain == read.evaluate({"out": out}, {}, VALUES.with_all_taking_part()).shape


@pytest.mark.parametrize("text", ["out.mean(1)", "out * maximum", "h_n[-1]", "out[lengths - 1]"])
def test_where_nothing_is_chosen_it_is_said(text: str) -> None:
    assert not parse(text).chooses


def test_whole_numbers_are_chosen_even_so() -> None:
    text = "out[:, :lengths.max()]"
    made = run(PROJECTED, WITH_LENGTHS)
    all_take_part = VALUES.with_all_taking_part()
    assert torch.equal(evaluate(made, text, all_take_part), evaluate(made, text))
