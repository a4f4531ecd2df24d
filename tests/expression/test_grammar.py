"""The grammar of expressions: what is in it is what torch does, all else is an error that
points at its spot, and nothing that is typed does any harm."""

from __future__ import annotations

import builtins
import copy
import pickle
import resource
import sys
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from torch import Tensor

from lstm_shapes import ExpressionError
from lstm_shapes.expression.grammar import parse
from lstm_shapes.expression.limits import LONGEST, MOST_AXES, MOST_ELEMENTS, MOST_PARTS
from lstm_shapes.expression.operations import ATTRIBUTES, BUILTINS, FUNCTIONS, METHODS
from tests.expression.forms import GIVEN, NUMBERS, SAME_AS_TORCH, assert_same
from tests.hostile import HOSTILE


@pytest.mark.parametrize("text", SAME_AS_TORCH)
def test_what_is_in_the_grammar_is_what_torch_does(text: str) -> None:
    expected = eval(text.strip(), {"torch": torch} | GIVEN | NUMBERS)
    made = parse(text).evaluate(GIVEN, NUMBERS)
    assert made.dtype == expected.dtype
    assert_same(made, expected)


@pytest.mark.parametrize("name", ["cat", "stack"])
def test_functions_may_stand_without_torch(name: str) -> None:
    made = parse(f"{name}([h_n[0], h_n[1]])").evaluate(GIVEN, NUMBERS)
    assert torch.equal(made, getattr(torch, name)([GIVEN["h_n"][0], GIVEN["h_n"][1]]))


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("out[-9223372036854775807:]", GIVEN["out"]),
        ("out[0:-9223372036854775807]", GIVEN["out"][:0]),
        ("out[::9223372036854775807]", GIVEN["out"][:1]),
    ],
)
def test_a_slice_may_reach_beyond_everything(text: str, same: Tensor) -> None:
    # torch itself warns of some of these, and refuses others.
    assert torch.equal(parse(text).evaluate(GIVEN, NUMBERS), same)


# What is typed, the spot that is pointed at, and what has to be said of it.
WRONG = [
    ("outt[:, -1]", "outt", "out"),
    ("out.maen(dim=1)", "maen", "mean"),
    ("out[:, 7]", ":, 7", "out of bounds"),
    ("out.view(7, -1)", "view(7, -1)", "shape '[7, -1]' is invalid"),
    ("h_n.transpose(0, 1).view(N, -1)", "view(N, -1)", "view size is not compatible"),
    ("out.max(dim=1)", "max(dim=1)", "add .values"),
    ("out[::-1]", "-1", "flip"),
    ("out + h_n", "out + h_n", "(3, 5, 8) and (4, 3, 4) do not fit: from the last axis on"),
    ("N", "N", "tensor"),
    ("out[h_n]", "h_n", "number"),
    ("out.view(M, -1)", "M", "N"),
    ("cat(h_n)", "h_n", "list"),
    ("out.mean(dims=1)", "dims", "dim"),
    ("out.mean(1, dim=1)", "dim", "twice"),
    ("out.transpose(0)", "transpose(0)", "dim1"),
    ("out.transpose", "transpose", "transpose(...)"),
    ("out.T", "T", "transpose(-2, -1)"),
    ("torch.cat([out, h_n])", "cat([out, h_n])", "Sizes of tensors must match"),
    ("out[0", "[", "never closed"),
    ("", "", "nothing"),
]


@pytest.mark.parametrize(("text", "spot", "words"), WRONG, ids=lambda value: value[:24])
def test_an_error_points_at_its_spot_and_says_what_to_do(text: str, spot: str, words: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text).evaluate(GIVEN, NUMBERS)
    error = caught.value
    assert text[error.start : error.end] == spot
    assert words in f"{error.problem}: {error.cure}"
    said, shown, marks = str(error).split("\n")
    assert error.problem in said
    assert shown.strip() == text.strip()
    assert marks.index("^") - (len(shown) - len(shown.lstrip())) == error.start - (
        len(text) - len(text.lstrip())
    )


def test_an_error_survives_a_copy_and_a_pickle() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse("out.maen()")
    for again in (copy.copy(caught.value), pickle.loads(pickle.dumps(caught.value))):
        assert str(again) == str(caught.value)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:30]))
def test_what_could_do_harm_is_an_error_and_nothing_else(text: str) -> None:
    before = {name: tensor.clone() for name, tensor in GIVEN.items()}
    with pytest.raises(ExpressionError) as caught:
        parse(text).evaluate(GIVEN, NUMBERS)
    assert 0 <= caught.value.start <= caught.value.end <= len(text)
    assert len(str(caught.value)) < 1000
    for name, tensor in before.items():
        assert torch.equal(GIVEN[name], tensor)
        assert not GIVEN[name].requires_grad


class Watched:
    """Stands in for a tensor, and tells of every attribute that is asked of it."""

    def __init__(self) -> None:
        object.__setattr__(self, "asked", set())

    def __getattribute__(self, name: str) -> Any:
        if name == "asked":
            return object.__getattribute__(self, name)
        self.asked.add(name)
        return lambda *_args, **_options: self


NAMES = st.sampled_from(
    ["data", "grad_fn", "__class__", "__dict__", "storage", "numpy", "mH", "H", "device", "is_cuda"]
)


@given(st.lists(NAMES, min_size=1, max_size=4), st.booleans())
def test_no_attribute_is_looked_up_by_a_name_from_the_text(names: list[str], call: bool) -> None:
    watched = Watched()
    text = ".".join(["out", *names]) + "()" * call
    with pytest.raises(ExpressionError):
        parse(text).evaluate({"out": watched}, NUMBERS)  # type: ignore[dict-item]
    assert not watched.asked & set(names)


def outcome(text: str) -> Tensor | ExpressionError:
    """What comes of a text; anything but a small tensor or its own error fails the test."""
    made: Tensor | ExpressionError
    try:
        made = parse(text).evaluate(GIVEN, NUMBERS)
    except ExpressionError as error:
        made = error
    if isinstance(made, ExpressionError):
        assert 0 <= made.start <= made.end <= len(text)
        assert made.problem
        assert made.problem in str(made)
        return made
    assert isinstance(made, Tensor)
    # What passes is harmless, and Python makes the same of it.
    functions = {name: getattr(torch, name) for name in FUNCTIONS}
    python = {name: getattr(builtins, name) for name in BUILTINS}
    names = {"__builtins__": {}, "torch": torch} | functions | python | GIVEN | NUMBERS
    assert_same(made, eval(text.strip(), names))
    assert made.numel() <= MOST_ELEMENTS
    assert made.dim() <= MOST_AXES
    return made


@hypothesis_settings(max_examples=600, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_a_tensor_or_an_error(text: str) -> None:
    outcome(text)


TOKENS = st.sampled_from(
    [*"()[].,:-+*=@#{};'\\/<>~&|!", "<=", "==", "...", "//", "**", ":=", '"', *GIVEN, *NUMBERS]
)
WORDS = st.sampled_from(
    [*FUNCTIONS, *METHODS, *BUILTINS, *ATTRIBUTES, "torch", "values", "dim", "keepdim", "None"]
)
OTHERS = st.sampled_from(
    ["0", "1", "-1", "0.5", "1e-3", "True", "99999999999", "__class__", "lambda", "for", "import"]
)


@hypothesis_settings(max_examples=1500, deadline=None)
@given(st.lists(TOKENS | WORDS | OTHERS, max_size=24), st.sampled_from(["", " "]))
def test_any_soup_of_tokens_is_a_tensor_or_an_error(tokens: list[str], between: str) -> None:
    outcome(between.join(tokens))


@hypothesis_settings(max_examples=1000, deadline=None)
@given(st.sampled_from(SAME_AS_TORCH), st.data())
def test_a_slip_of_the_pen_is_a_tensor_or_an_error(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    gone = data.draw(st.integers(0, 3))
    new = data.draw(
        st.sampled_from(
            [
                "",
                ".",
                "[",
                ")",
                "9",
                "-",
                ":",
                "out",
                "'",
                "\0",
                "é",
                "**",
                "*",
                "/",
                "@",
                "<",
                "==",
            ]
        )
    )
    outcome(text[:at] + new + text[at + gone :])


# Each would need far more memory than there may be, if it were made before it is refused.
TOO_MUCH = [
    "stack([stack([stack([out, out]), stack([out, out])])])",
    "out[:, None] + out",
    "out[:, None] * out[None] - 1",
    "out[:, None] @ out[None]",
    "torch.matmul(out[:, None], out[None])",
    "torch.bmm(out[None, :, None], out[None, None])",
    "out[:1024].view(1, 1024) @ out[:1048576].view(1024, 1024).expand(1024, 1024, 1024)",
    "out.repeat(1000000)",
    "out.expand(1000000, -1)",
    "out[torch.arange(4)[:, None] - torch.arange(1048576) * 0]",
    "out[[0, 0], None].expand(2, 1048576)",
    "out.view(1, -1)[torch.arange(1000000) * 0]",
    "out.view(1, -1)[range(1000000) , :]",
    "out.view(1, -1).index_select(0, torch.arange(1000) * 0)",
    "out[:, None].masked_fill(torch.arange(1048576) > 3, 0)",
    "out * torch.arange(10000000000)",
    "out[range(10000000000)]",
    "out.masked_fill(torch.arange(1048576)[:, None] < torch.arange(1048576), 0)",
]


@pytest.mark.parametrize("text", TOO_MUCH)
def test_too_much_is_refused_before_it_is_made(text: str) -> None:
    large = {"out": torch.zeros(MOST_ELEMENTS)}
    before = resident()
    with pytest.raises(ExpressionError, match=f"use at most {MOST_ELEMENTS}"):
        parse(text).evaluate(large, {})
    assert resident() - before < 200 * 2**20


def resident() -> int:
    """The most memory that this process has had, in bytes: also what was given back again."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def test_the_most_that_may_be_is_made() -> None:
    large = {"out": torch.zeros(MOST_ELEMENTS)}
    assert parse("out.flip(0)").evaluate(large, {}).numel() == MOST_ELEMENTS
    rows = {"out": torch.zeros(MOST_PARTS, 2)}
    assert parse("torch.cat([*out])").evaluate(rows, {}).shape == (2 * MOST_PARTS,)


@pytest.mark.parametrize(
    "parts",
    ["[*out][0]", "out.unbind(0)[0]", "out.chunk(1001)[0]", "out.split(1)[0]", "list(out)[0]"],
)
def test_a_tensor_is_not_cut_into_very_many(parts: str) -> None:
    with pytest.raises(ExpressionError, match="1001 parts are too many: make at most 1000"):
        parse(parts).evaluate({"out": torch.zeros(MOST_PARTS + 1, 2)}, {})


def test_the_limit_of_the_length_is_the_last_that_passes() -> None:
    text = "out" + " " * (LONGEST - 3)
    assert torch.equal(parse(text).evaluate(GIVEN, NUMBERS), GIVEN["out"])
    with pytest.raises(ExpressionError, match="301"):
        parse(text + " ")


def test_depth_does_not_depend_on_how_deep_the_caller_is() -> None:
    """A kernel's stack is deep already: what parses at the top has to parse there too."""
    text = "out" + "[:]" * 25

    def deep(levels: int) -> Tensor | ExpressionError:
        return deep(levels - 1) if levels else outcome(text)

    assert isinstance(deep(sys.getrecursionlimit() // 2), Tensor)


def test_one_expression_can_be_evaluated_on_many_tensors() -> None:
    last = parse("out[:, -1]")
    for steps in (1, 4):
        out = torch.arange(2 * steps).view(2, steps)
        assert torch.equal(last.evaluate({"out": out}, {}), out[:, -1])
