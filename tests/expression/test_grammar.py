"""The grammar of expressions: what is in it is what torch does, all else is an error that
points at its spot, and nothing that is typed does any harm."""

from __future__ import annotations

import copy
import pickle
import sys
import tracemalloc
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from torch import Tensor

from lstm_shapes import ExpressionError
from lstm_shapes.expression.grammar import parse
from lstm_shapes.expression.operations import FUNCTIONS, LONGEST, METHODS, MOST_AXES, MOST_ELEMENTS
from tests.hostile import HOSTILE

N, L, D, H_OUT, LAYERS = 3, 5, 2, 4, 2
NUMBERS = {"N": N, "L": L, "D": D, "H_out": H_OUT, "num_layers": LAYERS}


def tensors() -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(0)
    shapes = {"out": (N, L, D * H_OUT), "h_n": (LAYERS * D, N, H_OUT), "c_n": (4, N, H_OUT)}
    return {name: torch.randn(shape, generator=generator) for name, shape in shapes.items()}


GIVEN = tensors()

SAME_AS_TORCH = """
out
(out)
  out
out[0]
out[:, -1]
out[:, 0]
out[..., :4]
out[..., -1:]
out[:, 1:4:2, None]
out[-1, ::2][..., None, 1:]
out[L - 1 - 3 * 1, N // 2]
out[:, 99:]
h_n[-1]
h_n[num_layers * D - 1]
h_n[-2:][0]
torch.cat([h_n[-2], h_n[-1]], dim=-1)
torch.cat((h_n[-2], h_n[-1]), -1)
torch.concat([h_n[-2], c_n[-1]], axis=1)
torch.cat([h_n])
torch.stack([h_n[0], h_n[1]])
torch.stack([h_n[0], h_n[1]], dim=2)
torch.stack([out[:, -1, :4], out[:, 0, 4:]]).sum(0)
h_n.view(N, -1)
h_n.view((N, -1))
h_n.view(num_layers, D, N, H_out).transpose(1, 2).reshape(num_layers, N, D*H_out)
h_n.transpose(0, 1).reshape(N, -1)
h_n.transpose(dim0=0, dim1=1).flatten(1)
h_n.transpose(0, 1).contiguous().view([N, -1])
torch.transpose(h_n, 0, 1)
h_n.permute(1, 0, 2)
torch.permute(h_n, (1, 0, 2)).flatten(start_dim=1)
out.flip(1)
out.flip([0, 1])
out.flip(dims=(1,))
torch.flip(out, [1])[:, -1]
out.mean()
out.mean(1)
out.mean(dim=1, keepdim=True)
torch.mean(out, dim=1)
out.mean(axis=-1)
out.sum(0)
out.max(dim=1).values
out.max(1)[0]
out.max()
torch.max(out, 1, True).values
out.amax(1)
out.amax(dim=1, keepdim=True)
out[:, :1].squeeze(1)
out[:, :1].squeeze()
torch.squeeze(out[:, :1], dim=1)
out.unsqueeze(0)
torch.unsqueeze(out, dim=-1)
out.flatten()
torch.flatten(out, 0, 1)
torch.reshape(out, (L, N, -1))
out[:0]
out[:0].sum()
""".strip("\n").split("\n")


@pytest.mark.parametrize("text", SAME_AS_TORCH)
def test_what_is_in_the_grammar_is_what_torch_does(text: str) -> None:
    expected = eval(text.strip(), {"torch": torch} | GIVEN | NUMBERS)
    assert torch.equal(parse(text).evaluate(GIVEN, NUMBERS), expected)


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


def test_other_reductions_may_take_the_place_of_torchs() -> None:
    seen: list[tuple[int | None, bool]] = []

    def first(tensor: Tensor, dim: int | None, keepdim: bool) -> Tensor:
        seen.append((dim, keepdim))
        return tensor.select(dim or 0, 0)

    reductions = dict.fromkeys(("mean", "sum", "max"), first)
    for text in ("out.mean(dim=1)", "out.max(1).values", "out.sum(1, keepdim=True)", "out.amax(1)"):
        made = parse(text).evaluate(GIVEN, NUMBERS, reductions)
        assert torch.equal(made, GIVEN["out"][:, 0])
    assert seen == [(1, False), (1, False), (1, True), (1, False)]


# What is typed, the spot that is pointed at, and what has to be said of it.
WRONG = [
    ("outt[:, -1]", "outt", "out"),
    ("out.maen(dim=1)", "maen", "mean"),
    ("out[:, 7]", ":, 7", "out of bounds"),
    ("out.view(7, -1)", "view(7, -1)", "shape '[7, -1]' is invalid"),
    ("h_n.transpose(0, 1).view(N, -1)", "view(N, -1)", "view size is not compatible"),
    ("out.max(dim=1)", "max(dim=1)", "add .values"),
    ("out[::-1]", "-1", "flip"),
    ("out + h_n", "out + h_n", "stack([a, b]).sum(0)"),
    ("N", "N", "tensor"),
    ("out[h_n]", "h_n", "number"),
    ("out.view(M, -1)", "M", "N"),
    ("cat(h_n)", "h_n", "list"),
    ("out.mean(dims=1)", "dims", "dim"),
    ("out.mean(1, dim=1)", "dim", "twice"),
    ("out.transpose(0)", "transpose(0)", "dim1"),
    ("out.transpose", "transpose", "transpose(...)"),
    ("out.T", "T", "transpose"),
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
    ["data", "grad_fn", "__class__", "__dict__", "storage", "numpy", "mT", "H", "device", "is_cuda"]
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
    names = {"__builtins__": {}, "torch": torch} | functions | GIVEN | NUMBERS
    assert torch.equal(eval(text.strip(), names), made)
    assert made.numel() <= MOST_ELEMENTS
    assert made.dim() <= MOST_AXES
    return made


@hypothesis_settings(max_examples=600, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_a_tensor_or_an_error(text: str) -> None:
    outcome(text)


TOKENS = st.sampled_from([*"()[].,:-+*=@#{};'\\", "...", "//", "**", ":=", '"', *GIVEN, *NUMBERS])
WORDS = st.sampled_from([*FUNCTIONS, *METHODS, "torch", "values", "dim", "keepdim", "None", "True"])
OTHERS = st.sampled_from(["0", "1", "-1", "99999999999", "__class__", "lambda", "for", "import"])


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
        st.sampled_from(["", ".", "[", ")", "9", "-", ":", "out", "'", "\0", "é", "**"])
    )
    outcome(text[:at] + new + text[at + gone :])


def test_too_much_is_refused_before_it_is_made() -> None:
    large = {"out": torch.zeros(MOST_ELEMENTS)}
    assert parse("out.flip(0)").evaluate(large, {}).numel() == MOST_ELEMENTS
    text = "stack([stack([stack([out, out]), stack([out, out])])])"
    before = torch.zeros(1).numel()
    tracemalloc.start()
    with pytest.raises(ExpressionError, match=str(MOST_ELEMENTS)) as caught:
        parse(text).evaluate(large, {})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert before == 1
    assert peak < 2**20
    assert "out, out" in text[caught.value.start : caught.value.end]


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
