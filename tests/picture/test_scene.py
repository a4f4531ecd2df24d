"""The scene against tensors: what it says of cells is found by numbers and by gradients."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from lstm_shapes import (
    ArgumentError,
    ArgumentTypeError,
    InputSizes,
    Run,
    Settings,
    run,
    tensor_shapes,
    unroll,
)
from lstm_shapes.picture.scene import MOST_LAYERS, MOST_STEPS, Scene, Slice
from tests import strategies
from tests.ground_truth import Unrolled, read_for, unroll_by_hand

BIG = 10**12


@st.composite
def runs(draw: st.DrawFn) -> Run:
    # Without a bias deep cells come so close to zero that no tolerance tells them apart.
    settings = replace(draw(strategies.settings()), dropout=0.0, bias=True)
    seq_len, samples = draw(st.integers(1, 4)), draw(st.none() | st.integers(1, 3))
    lengths = st.lists(st.integers(1, seq_len), min_size=samples or 0, max_size=samples or 0)
    sizes = InputSizes(seq_len, samples, draw(st.none() | lengths) if samples else None)
    return run(settings, sizes, seed=draw(st.integers(0, 99)))


def of_last_sample(made: Run) -> tuple[Scene, Unrolled]:
    """The picture, and the truth: with lengths of one sample, cut to its own steps."""
    lengths = made.sizes.lengths
    if lengths is None:
        return unroll(made.settings, made.sizes), unroll_by_hand(made)
    sample, length = len(lengths) - 1, lengths[-1]
    x = made.input[sample:] if made.settings.batch_first else made.input[:, sample:]
    x = x[:, :length] if made.settings.batch_first else x[:length]
    alone = replace(made, input=x, sizes=InputSizes(length, 1))
    return unroll(made.settings, made.sizes, sample), unroll_by_hand(alone)


def value_of(made: Run, each: Slice) -> torch.Tensor:
    """What the module returned, at the index whose code the scene shows."""
    value: torch.Tensor = eval(each.code, {"x": made.input, **made.tensors()})  # our own code
    return value


def coded(picture: Scene, *kinds: str) -> list[Slice]:
    found = [each for each in picture.slices.values() if each.kind in kinds and each.code]
    assert {each.kind for each in found} >= {"out", "h_n"} & {*kinds}
    return found


def cell_values(truth: Unrolled, state: str) -> dict[str, torch.Tensor]:
    values: dict[tuple[int, str, int], torch.Tensor] = getattr(truth, state)
    return {f"cell.{layer}.{d}.{t}": value.detach() for (layer, d, t), value in values.items()}


@given(made=runs())
@limits(max_examples=40, deadline=None)
def test_the_cell_named_wrote_the_numbers_and_no_other_did(made: Run) -> None:
    picture, truth = of_last_sample(made)
    for each in coded(picture, "out", "h_n", "c_n"):
        cells = cell_values(truth, "c" if each.kind == "c_n" else "h")
        value = value_of(made, each)
        value = value.unsqueeze(0) if value.dim() == 1 else value
        same = {
            name
            for name, cell in cells.items()
            if cell.shape == value.shape and torch.allclose(cell, value, atol=1e-5, rtol=0)
        }
        wrote = {name for name, link in picture.linked(each.id).items() if link == "wrote"}
        assert wrote == same
        assert bool(wrote) != each.padding


@given(made=runs())
@limits(max_examples=40, deadline=None)
def test_what_was_read_is_where_the_gradient_is_not_zero(made: Run) -> None:
    picture, truth = of_last_sample(made)
    for each in coded(picture, "out", "h_n", "c_n"):
        links = picture.linked(each.id)
        if each.padding:
            assert set(links.values()) == {"selected", "same"} or list(links) == [each.id]
            continue
        lit = {name for name, link in links.items() if link in ("read", "wrote")}
        lit = {name for name in lit if not name.startswith("arrow.")}
        (wrote,) = (name for name, link in links.items() if link == "wrote")
        _, layer, direction, step = wrote.split(".")
        state = truth.c if each.kind == "c_n" else truth.h
        # c is written beside h, not from it; that cell wrote both.
        assert lit == read_for(state[int(layer), direction, int(step)], truth) | {wrote}


@given(made=runs())
@limits(max_examples=40, deadline=None)
def test_slices_share_a_key_exactly_where_they_hold_the_same_numbers(made: Run) -> None:
    picture, _ = of_last_sample(made)
    found = coded(picture, "x", "out", "h_n", "c_n")
    for one in found:
        for other in found:
            equal = torch.equal(value_of(made, one), value_of(made, other))
            assert bool(set(one.holds) & set(other.holds)) == equal, (one.code, other.code)


@given(settings=strategies.settings(), sizes=strategies.sizes())
@limits(max_examples=60, deadline=None)
def test_every_element_of_out_and_the_states_is_in_one_slice(
    settings: Settings, sizes: InputSizes
) -> None:
    sizes = replace(sizes, lengths=None)
    picture = unroll(settings, sizes)
    for name, shape in tensor_shapes(settings, sizes).items():
        if name == "c_0":
            continue  # drawn with h_0
        count = torch.zeros(shape.shape)
        for each in picture.slices.values():
            if each.tensor == name:
                index = each.code.partition("[")[2].removesuffix("]") or "..."
                exec(f"count[{index}] += 1", {"count": count})
        assert bool((count == 1).all()), name


def test_ids_do_not_follow_batch_first_and_codes_do() -> None:
    first, second = (
        unroll(Settings(4, 3, bidirectional=True, batch_first=flag), InputSizes(5, 2))
        for flag in (True, False)
    )
    assert list(first.slices) == list(second.slices)
    assert first.slices["out.0.backward"].code == "out[:, 0, 3:]"
    assert second.slices["out.0.backward"].code == "out[0, :, 3:]"
    assert first.slices["h_n.1"].code == second.slices["h_n.1"].code == "h_n[1]"
    assert first.slices["x.2"].code == "x[:, 2]"
    assert second.slices["x.2"].code == "x[2]"


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize(("num_layers", "seq_len"), [(3, 30), (9, 4), (9, 30), (7, 13)])
def test_what_is_left_out_changes_nothing_that_is_drawn(
    monkeypatch: pytest.MonkeyPatch, bidirectional: bool, num_layers: int, seq_len: int
) -> None:
    settings = Settings(4, 3, num_layers=num_layers, bidirectional=bidirectional)
    sizes = InputSizes(seq_len, 2)
    short = unroll(settings, sizes)
    monkeypatch.setattr("lstm_shapes.picture.unroll.MOST_STEPS", 99)
    monkeypatch.setattr("lstm_shapes.picture.unroll.MOST_LAYERS", 99)
    whole = unroll(settings, sizes)
    assert None in short.columns + short.layers
    drawn = {each.id for each in short.slices.values() if not each.elided}
    assert drawn < whole.slices.keys()
    for name in drawn:
        links = {other: link for other, link in short.linked(name).items() if other in drawn}
        assert links == {o: link for o, link in whole.linked(name).items() if o in drawn}, name


@pytest.mark.parametrize("size", [BIG, 2**63 - 1])
def test_few_slices_whatever_the_sizes(size: int) -> None:
    settings = Settings(size, size, num_layers=size, bidirectional=True, batch_first=True)
    picture = unroll(settings, InputSizes(size, size))
    assert len(picture.slices) < 700
    assert len(picture.columns) == MOST_STEPS
    assert len(picture.layers) == MOST_LAYERS
    assert picture.slices[f"out.{size - 1}.forward"].code == f"out[:, {size - 1}, :{size}]"
    assert picture.slices[f"h_n.{2 * size - 1}"].code == f"h_n[{2 * size - 1}]"


def test_a_slice_is_found_by_its_code_and_an_unknown_one_refused() -> None:
    picture = unroll(Settings(4, 3, bidirectional=True), InputSizes(30, 2))
    assert picture.pick("out[0, :, 3:]").id == "out.0.backward"
    for name in ("h_n[2]", "", "cell.0.forward.etc", "__import__"):
        with pytest.raises(ArgumentError, match=r"is not drawn|stands for several"):
            picture.pick(name)


def test_links_are_found_by_code_as_by_id_and_an_unknown_name_is_refused() -> None:
    picture = unroll(Settings(4, 3, bidirectional=True), InputSizes(5, 2))
    assert picture.linked("h_n[1]") == picture.linked("h_n.1")
    assert picture.writers("h_n[1]") == picture.writers("h_n.1")
    for ask in (picture.linked, picture.writers):
        with pytest.raises(ArgumentError) as refused:
            ask("h_n[3]")
        assert str(refused.value) == "name='h_n[3]' is not drawn: use an id from scene.slices"
    with pytest.raises(ArgumentTypeError, match=r"name=1 is of type int: give an id such as"):
        picture.linked(1)


def test_with_lengths_each_sample_ends_at_its_own_step() -> None:
    settings = Settings(4, 3, bidirectional=True, batch_first=True)
    sizes = InputSizes(5, 2, lengths=[5, 3])
    for sample, last in ((0, 4), (1, 2)):
        picture = unroll(settings, sizes, sample)
        wrote = {
            row: [name for name, link in picture.linked(row).items() if link == "wrote"]
            for row in ("h_n.0", "h_n.1")
        }
        assert wrote == {"h_n.0": [f"cell.0.forward.{last}"], "h_n.1": ["cell.0.backward.0"]}
        assert picture.slices["h_n.0"].code == f"h_n[0, {sample}]"
        assert picture.linked("h_n.1")[f"x.{last}"] == "read"
    assert "cell.0.forward.3" not in picture.slices
    assert [step for step in picture.columns if step not in picture.read] == [3, 4]
    with pytest.raises(ArgumentError, match="sample=2 is too large: use 1 or less"):
        unroll(settings, sizes, sample=2)


@pytest.mark.parametrize("length", [1, 9, 10, 11, 12, 50, 98, 99, 100])
def test_of_a_long_batch_the_end_of_each_sample_is_drawn(length: int) -> None:
    settings = Settings(4, 3, bidirectional=True)
    picture = unroll(settings, InputSizes(100, 2, lengths=[length, 1]))
    assert len(picture.columns) <= MOST_STEPS
    assert {0, length - 1, 99} <= set(picture.columns)
    assert picture.linked("h_n.0")[f"cell.0.forward.{length - 1}"] == "wrote"
    drawn = [step for step in picture.columns if step is not None]
    assert drawn == sorted(drawn)
    assert all((step >= length) == picture.slices[f"x.{step}"].padding for step in drawn)
