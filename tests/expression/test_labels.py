"""The labels of elements, which an expression moves as it would move the elements.

The judge knows nothing of labels: it puts a NaN in the place of one element after another, and
looks which elements of the result become NaN, since whatever is computed from a NaN is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from torch import Tensor

from lstm_shapes import ExpressionError, InputSizes, Settings, tensor_shapes
from lstm_shapes.expression.axes import axes_of, name_of
from lstm_shapes.expression.grammar import parse
from lstm_shapes.expression.labels import (
    COORDINATES,
    NOTHING,
    SEVERAL,
    changing,
    element_labels,
    labels_of_result,
)
from lstm_shapes.expression.names import size_names, tensor_names
from lstm_shapes.formula.shapes import time_axis
from tests.expression.forms import OF_ANY_SIZE, SAME_AS_TORCH, SAME_SIZES, TOGETHER
from tests.strategies import settings, sizes

BOTH = Settings(2, 4, num_layers=2, batch_first=True, bidirectional=True)
ASKED = InputSizes(seq_len=5, batch_size=3, lengths=[5, 2, 3])


def test_labels_are_the_same_whatever_the_default_device_was() -> None:
    settings, sizes = Settings(4, 3, num_layers=5), InputSizes(seq_len=7, batch_size=2)
    with torch.device("meta"):
        within = element_labels(settings, sizes)["layer"]["h_n"]
        mixed = labels_of_result("h_n + 1", settings, sizes)["layer"]
    assert within.device.type == mixed.device.type == "cpu"
    assert element_labels(settings, sizes)["layer"]["h_n"][:, 0, 0].tolist() == list(range(5))


def values_of(module: Settings, asked: InputSizes) -> dict[str, Tensor]:
    """Any values in the shapes of a run's tensors."""
    generator = torch.Generator().manual_seed(0)
    shapes = tensor_shapes(module, asked)
    names = [name for name in ("input", "out", "h_n", "c_n") if name in shapes]
    return {name: torch.randn(shapes[name].shape, generator=generator) for name in names}


def read_from(
    text: str, module: Settings, asked: InputSizes
) -> Iterator[tuple[str, tuple[int, ...], Tensor]]:
    """Every element of a run's tensors: its tensor, its index, and what was made from it."""
    expression, numbers, given = parse(text), size_names(module, asked), values_of(module, asked)
    for name, tensor in given.items():
        for index in torch.ones(tensor.shape).nonzero().tolist():
            kept = tensor[tuple(index)].clone()
            tensor[tuple(index)] = torch.nan
            read = expression.evaluate(tensor_names(asked, given), numbers).isnan()
            tensor[tuple(index)] = kept
            yield name, tuple(index), read


def coordinates(
    name: str, index: tuple[int, ...], module: Settings, asked: InputSizes
) -> dict[str, int]:
    """Where an element stands, told by its index."""
    *before, last = index
    directions = 2 if module.bidirectional else 1
    if name in ("h_n", "c_n"):
        sample = before[1] if asked.batch_size is not None else 0
        row = {"layer": before[0] // directions, "direction": before[0] % directions}
        return {**row, "sample": sample, "step": 0, "feature": last}
    time = time_axis(module, asked)
    place = {"sample": 0 if asked.batch_size is None else before[1 - time], "step": before[time]}
    if name == "input":
        return {**place, "feature": last}
    width = module.proj_size or module.hidden_size
    top = {"layer": module.num_layers - 1, "direction": last // width}
    return {**top, **place, "feature": last % width}


def judged(text: str, module: Settings, asked: InputSizes) -> Mapping[str, Tensor]:
    """The labels of an expression's result, found without labels."""
    made: dict[str, Tensor] = {}
    for name, index, read in read_from(text, module, asked):
        place = coordinates(name, index, module, asked)
        for coordinate in COORDINATES:
            labels = made.setdefault(coordinate, torch.full(read.shape, NOTHING))
            here = place.get(coordinate, NOTHING)
            if here != NOTHING:
                several = (labels != NOTHING) & (labels != here)
                labels[read] = torch.where(several, SEVERAL, here)[read]
    return made


def check(text: str, module: Settings, asked: InputSizes) -> None:
    found = labels_of_result(text, module, asked)
    for coordinate, labels in judged(text, module, asked).items():
        assert found[coordinate].tolist() == labels.tolist(), (coordinate, text)
    places = labels_of_result(text, module, asked, places=True)
    assert {each.shape for each in places.values()} == {each.shape for each in found.values()}


@pytest.mark.parametrize("text", SAME_AS_TORCH)
def test_labels_say_what_every_element_is_computed_from(text: str) -> None:
    check(text, BOTH, ASKED)


@pytest.mark.parametrize("text", OF_ANY_SIZE)
def test_labels_hold_for_time_first_too(text: str) -> None:
    check(text, replace(BOTH, batch_first=False), ASKED)


@pytest.mark.parametrize("text", OF_ANY_SIZE)
@hypothesis_settings(max_examples=12, deadline=None)
@given(settings(), sizes())
def test_labels_hold_for_every_module_and_input(
    text: str, module: Settings, asked: InputSizes
) -> None:
    given, numbers = values_of(module, asked), size_names(module, asked)
    try:
        parse(text).evaluate(tensor_names(asked, given), numbers)
    except ExpressionError:
        return  # such as lengths of a run that has none
    check(text, module, asked)


@hypothesis_settings(max_examples=100, deadline=None)
@given(st.sampled_from(OF_ANY_SIZE), st.sampled_from(OF_ANY_SIZE), TOGETHER, SAME_SIZES)
def test_labels_hold_for_forms_put_together(
    first: str, second: str, together: str, question: tuple[Settings, InputSizes]
) -> None:
    module, asked = question
    text = together.format(f"({first})", f"({second})")
    try:
        given = tensor_names(asked, values_of(module, asked))
        parse(text).evaluate(given, size_names(module, asked))
    except ExpressionError:
        return  # the two do not fit together
    check(text, module, asked)


def names(text: str) -> tuple[str, ...]:
    """What the axes of a result mean."""
    expression = parse(text)
    labelled = labels_of_result(expression, BOTH, ASKED)
    return tuple(map(name_of, axes_of(expression, BOTH, ASKED, labelled)))


ATTENTION = "(torch.softmax(out @ h_n[-1].repeat(1, D)[..., None], 1) * out).sum(1)"


def test_a_place_is_kept_by_what_is_computed_of_all() -> None:
    found = labels_of_result(ATTENTION, BOTH, ASKED)
    # The weight of each step is computed of both directions and all features.
    assert (found["feature"] == SEVERAL).all()
    assert not changing(found, 1)
    assert names(ATTENTION) == ("batch", "direction × features")
    weights = "torch.softmax(out.sum(-1), 1)"
    assert not changing(labels_of_result(weights, BOTH, ASKED), 1)
    assert names(weights) == ("batch", "seq")


def test_what_is_filled_does_not_change_what_an_axis_means() -> None:
    mask = "(torch.arange(L) >= lengths[:, None])[..., None]"
    filled = f"out.masked_fill({mask}, 0)"
    found = labels_of_result(filled, BOTH, ASKED)
    assert names(filled) == ("batch", "seq", "direction × features")
    assert (found["sample"][1, 2:] == NOTHING).all()
    assert (found["sample"][1, :2] == 1).all()


@pytest.mark.parametrize(
    ("text", "axes"),
    [
        ("out[range(N), lengths - 1]", ("batch", "direction × features")),
        ("out[range(N), range(N)]", ("batch", "direction × features")),
        ("out[[0, 0, 1], [0, 1, 2]]", ("batch × seq", "direction × features")),
        ("out.flatten(0, 1)", ("batch × seq", "direction × features")),
        (
            "out.transpose(0, 1).reshape(N, -1)",
            ("batch × seq", "direction × batch × seq × features"),
        ),
    ],
)
def test_a_step_that_follows_the_sample_is_no_mixture(text: str, axes: tuple[str, ...]) -> None:
    assert names(text) == axes


@pytest.mark.parametrize("text", ["lengths", "lengths.float()", "torch.arange(N) * 0.5"])
def test_what_holds_sizes_alone_has_no_labels(text: str) -> None:
    with pytest.raises(ExpressionError, match="holds sizes alone: make the vector of out, h_n"):
        labels_of_result(text, BOTH, ASKED)
