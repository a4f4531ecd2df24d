"""The picture of a scene: where things stand, as SVG, in words, and as a program."""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree

import pytest
import torch
from hypothesis import given
from hypothesis import settings as limits

from lstm_shapes import ArgumentError, InputSizes, Run, Settings, run, svg, unroll
from lstm_shapes.live.variants import started_from
from lstm_shapes.picture.drawing import WIDTH, Box
from lstm_shapes.picture.layout import layout
from lstm_shapes.picture.scene import Scene
from lstm_shapes.picture.sentences import axis_sentence, sentence
from lstm_shapes.snippet import script
from lstm_shapes.statements.cell import cell_at
from lstm_shapes.statements.final_h import h_from_c
from lstm_shapes.statements.slices import slice_claims, slice_numbers
from tests import strategies

MOST_NODES = 1500
BOTH = Settings(4, 3, num_layers=2, batch_first=True, bidirectional=True)
FIRST = InputSizes(seq_len=5, batch_size=3)
SPACE = "{http://www.w3.org/2000/svg}"


def picture(**changes: object) -> Scene:
    sizes = {name: changes.pop(name) for name in ("seq_len", "batch_size") if name in changes}
    return unroll(replace(BOTH, **changes), replace(FIRST, **sizes))


def meet(one: Box, other: Box) -> bool:
    return (
        one.x < other.x + other.width - 0.1
        and other.x < one.x + one.width - 0.1
        and one.y < other.y + other.height - 0.1
        and other.y < one.y + one.height - 0.1
    )


@given(settings=strategies.settings(), sizes=strategies.sizes())
@limits(max_examples=40, deadline=None)
def test_every_slice_is_drawn_once_inside_and_apart(settings: Settings, sizes: InputSizes) -> None:
    made = unroll(settings, sizes)
    drawing = layout(made)
    drawn = [box.id for box in drawing.boxes] + [line.id for line in drawing.arrows]
    assert sorted(drawn) == sorted(made.slices)
    for i, box in enumerate(drawing.boxes):
        assert box.x >= 0
        assert box.x + box.width <= WIDTH
        assert -drawing.height <= box.y
        assert box.y + box.height <= 0
        assert not any(meet(box, other) for other in drawing.boxes[:i]), box


@pytest.mark.parametrize("size", [1, 12, 13, 24, 10**12, 2**63 - 1])
def test_few_nodes_whatever_the_sizes(size: int) -> None:
    made = picture(num_layers=size, seq_len=size, hidden_size=size, input_size=size)
    document = ElementTree.fromstring(svg(made))
    # The page draws one more path an arrow, to be hit by a pointer.
    assert len(list(document.iter())) + len(layout(made).arrows) <= MOST_NODES
    words = "".join(document.itertext())
    assert ("not drawn: t = 6 … " in words) == (size > 12)


def test_labels_stay_beside_what_they_name() -> None:
    for size in (1, 30, 1000, 10**6, 2**63 - 1):
        drawing = layout(picture(hidden_size=size, seq_len=13))
        left = min(box.x for box in drawing.boxes if box.id.startswith("cell"))
        roles = ("note", "forward", "backward")
        beside = [text for text in drawing.texts if text.role in roles and text.y < -60]
        assert {text.role for text in beside} == {*roles}
        for text in beside:
            assert text.x + 6.6 * len(text.text) <= left, text


def test_a_layer_more_moves_nothing_that_was_there() -> None:
    two, three = (layout(picture(num_layers=count)) for count in (2, 3))
    boxes = {box.id: box for box in three.boxes}
    for box in two.boxes:
        if not box.id.startswith("out"):
            assert boxes[box.id] == box


def lit(document: ElementTree.Element) -> dict[str, str]:
    return {
        group.get("data-slice", ""): group.get("data-link", "")
        for group in document.iter(f"{SPACE}g")
        if group.get("data-lit")
    }


def test_the_svg_stands_alone_and_shows_what_is_lit() -> None:
    text = svg(picture(), select="h_n[3]", caption="<b>&amp;")
    document = ElementTree.fromstring(text)
    assert not re.search(r"var\(|https?://(?!www\.w3\.org/2000/svg)|<script|href", text)
    links = lit(document)
    assert links["h_n[3]"] == "selected"
    assert links["out[:, 0, 3:]"] == "same"
    assert links["x[:, 4]"] == "read"
    assert "h_n[2]" not in links
    assert document.findtext(f"{SPACE}desc") == "<b>&amp;"
    assert lit(ElementTree.fromstring(svg(picture()))) == {}


def test_what_is_lit_in_the_svg_is_what_the_scene_links() -> None:
    made = picture()
    for name, each in made.slices.items():
        links = made.linked(name)
        found = lit(ElementTree.fromstring(svg(made, select=name)))
        assert found == {made.slices[n].code or n: link for n, link in links.items()}, each


def test_sentences_say_who_wrote_what_after_reading_what() -> None:
    made = picture()
    said = {name: sentence(made, each) for name, each in made.slices.items()}
    assert said["h_n.2"] == (
        "`h_n[2]` = h of layer 1, forward, written at t = 4 after reading t = 0 → 4 "
        "of layer 0's output."
    )
    assert said["c_n.1"].startswith(
        "`c_n[1]` = the cell state c of layer 0, backward, written at t"
    )
    assert said["cell.1.backward.0"].endswith(
        "Its h stands in `out[:, 0, 3:]` and in `h_n[3]`, its c in `c_n[3]`."
    )
    assert "here `h_n[1]`: `h = o ⊙ tanh(c)`, where o is the output gate" in said["c_n.1"]
    assert said["c_n.1"].endswith("`out` holds h of every step, and no c.")
    assert "tanh" not in said["h_n.1"]
    projected = unroll(replace(BOTH, proj_size=2), FIRST)
    assert "`h = W_hr (o ⊙ tanh(c))`" in sentence(projected, projected.slices["c_n.1"])
    assert said["cell.0.forward.2"].endswith("goes up to layer 1; `out` does not hold it.")
    assert said["x.2"].startswith("`x[:, 2]` = what you pass in at t = 2: 3 samples of 4 features.")
    assert "`h_0[1]` and `c_0[1]`" in said["h_0.1"]
    assert "2·3 = 6 features, which go to layer 1" in said["arrow.0.2"]
    assert said["arrow.1.backward.3"].endswith("are handed from t = 3 to t = 2.")
    one = picture(bidirectional=False, kind="GRU", batch_size=None)
    assert sentence(one, one.slices["h_0.0"]).startswith("`h_0[0]` is what layer 0 starts from")
    assert sentence(one, one.slices["arrow.1.2"]) == (
        "h of layer 1 at t = 2: 3 features, which go to out."
    )


def test_axes_are_named_by_what_batch_first_does_to_them() -> None:
    assert "`batch_first=True` puts it first." in axis_sentence(picture(), "out", 0)
    assert "puts time before it" in axis_sentence(picture(batch_first=False), "input", 1)
    assert "`batch_first` does not move it" in axis_sentence(picture(), "h_n", 1)
    assert "`:3` is forward, `3:` is backward." in axis_sentence(picture(), "out", 2)


@pytest.mark.parametrize(
    ("changes", "sizes"),
    [
        ({}, FIRST),
        ({"batch_first": False}, FIRST),
        ({"proj_size": 2, "bias": False}, InputSizes(2, 1)),
        ({"kind": "GRU", "bidirectional": False}, InputSizes(3, None)),
        ({"kind": "RNN", "num_layers": 1}, InputSizes(1, 2)),
        ({"dropout": 0.5}, InputSizes(14, None)),
        ({}, InputSizes(4, 3, [2, 4, 1])),
        ({"kind": "GRU", "batch_first": False}, InputSizes(14, 2, [3, 13])),
    ],
)
def test_the_program_of_every_slice_runs_and_asserts_something(
    changes: dict[str, object], sizes: InputSizes
) -> None:
    made = unroll(replace(BOTH, **changes), sizes, len(sizes.lengths or [0]) - 1)
    tensors = run(made.settings, sizes, seed=7).tensors()
    shapes = script(made, seed=7).count("assert")
    for name, each in made.slices.items():
        if each.elided:
            continue
        text = script(made, seed=7, select=name)
        assert text.count("assert") > shapes, text
        scope: dict[str, object] = {}
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")  # torch's remarks on dropout and projection
            exec(text, scope)
        assert scope["out"].equal(tensors["out"]), name
        assert scope["h_n"].equal(tensors["h_n"]), name


def test_a_wrong_program_would_not_pass() -> None:
    text = script(picture(), select="h_n[3]")
    broken = text.replace("out[:, 0, 3:]", "out[:, -1, 3:]")
    assert broken != text
    with pytest.raises(AssertionError):
        exec(broken, {})


@given(settings=strategies.settings(), sizes=strategies.sizes())
@limits(max_examples=40, deadline=None)
def test_what_should_hold_of_a_slice_does(settings: Settings, sizes: InputSizes) -> None:
    made = unroll(settings, sizes)
    claims = slice_claims(made, run(settings, sizes))
    if sizes.batch_size == 0:
        assert claims == {}
        return
    for name in made.slices:
        if name.startswith("h_n."):
            assert claims[name]
        if name.startswith("c_n."):
            _, inside, *rest = claims[name]
            assert inside.holds, inside
            assert "tanh" in inside.statement
            # The one mistake is about out, which holds the last layer's h.
            assert len(rest) == (made.slices[name].layer == settings.num_layers - 1)
            assert not any(claim.holds for claim in rest)
    for name, found in claims.items():
        for claim in found:
            assert claim.holds or claim.mistake, (name, claim)


def test_dropout_is_marked_between_the_layers_and_nowhere_else() -> None:
    for layers, dropout, marks in ((1, 0.2, 0), (2, 0.0, 0), (2, 0.2, 1), (3, 1 / 3, 2)):
        made = unroll(replace(BOTH, num_layers=layers, dropout=dropout), FIRST)
        drawn = layout(made)
        shown = [each for each in drawn.texts if each.text.startswith("dropout")]
        assert [each.text for each in shown] == [f"dropout p={dropout:.3g}"] * marks
        # In the gap above each layer but the last, clear of the cells and of the line above it.
        tops = [min(box.y for box in drawn.boxes if box.id.startswith(f"cell.{layer}."))
                for layer in range(layers)]  # fmt: skip
        assert all(0 < tops[layer] - mark.y < 40 for layer, mark in enumerate(shown))
        others = [each for each in drawn.texts if each not in shown and each.x == 10]
        assert all(abs(mark.y - each.y) >= 12 for mark in shown for each in others)
        narrow = [each for each in layout(made, width=320).texts if "p=" in each.text]
        assert len(narrow) == marks
        said = {name: sentence(made, each) for name, each in made.slices.items()}
        acts = {name for name, words in said.items() if "only in `train()`" in words}
        assert acts == {
            f"arrow.{layer}.{step}" for layer in range(layers - 1) for step in range(5) if dropout
        }


def test_the_common_mistakes_are_evaluated_too() -> None:
    made = picture()
    claims = slice_claims(made, run(BOTH, FIRST))
    good, bad = claims["h_n.3"]
    assert (good.holds, good.statement) == (True, "h_n[3] == out[:, 0, 3:]")
    assert (bad.holds, bad.statement) == (False, "h_n[3] == out[:, -1, 3:]")
    alone, other = claims["h_n.1"]
    assert (alone.holds, alone.statement) == (True, "h_n[1] == out[:, 0, 3:] of layer 0 alone")
    assert (other.holds, other.statement) == (False, "h_n[1] == out[:, 0, 3:]")
    assert [claim.statement for claim in claims["out.4.backward"]] == ["out[:, 4, 3:] == h_n[3]"]
    assert "out.2.forward" not in claims


def test_a_claim_fails_on_a_run_that_was_tampered_with() -> None:
    made = run(BOTH, FIRST)
    broken = replace(made, h_n=made.h_n + 1)
    found = slice_claims(picture(), broken)
    for name in ("h_n.1", "h_n.3"):
        assert not found[name][0].holds
        assert not found[name][0].mistake
    assert not slice_claims(picture(), replace(made, c_n=made.c_n * 2))["c_n.0"][0].holds


@given(settings=strategies.settings(), sizes=strategies.sizes())
@limits(max_examples=60, deadline=None)
def test_h_from_c_is_what_the_whole_cell_by_hand_gives(
    settings: Settings, sizes: InputSizes
) -> None:
    first = run(replace(settings, kind="LSTM"), sizes)
    if sizes.batch_size == 0:
        return
    for made in (first, started_from(first, "random")):
        for layer in range(settings.num_layers):
            for row, direction in enumerate(settings.directions):
                found = h_from_c(made, layer, direction)
                for sample in range(sizes.samples):
                    end = 0 if row else sizes.steps_of(sample) - 1
                    whole = cell_at(made, layer, direction, end).equations[-1].value[sample]
                    assert torch.allclose(found[sample], whole, atol=2e-6)


def test_a_c_that_h_is_not_made_of_is_no_tick() -> None:
    made = run(BOTH, FIRST)
    for broken in (replace(made, c_n=made.c_n + 0.1), replace(made, h_n=made.h_n + 0.1)):
        assert not slice_claims(picture(), broken)["c_n.3"][1].holds
    of_c, _ = slice_claims(picture(), replace(made, out=made.out * 0, c_n=made.c_n * 0))["c_n.3"][
        1:
    ]
    assert not of_c.holds
    none = slice_claims(picture(), replace(made, out=made.out * 0, c_n=made.c_n * 0))["c_n.3"][2]
    assert none.holds
    assert none.mistake
    assert none.reason.startswith("true on this run by coincidence")


@pytest.mark.parametrize("compare", [slice_claims, slice_numbers])
@pytest.mark.parametrize(
    ("settings", "sizes", "named"),
    [
        (BOTH, replace(FIRST, seq_len=FIRST.seq_len + 1), "scene.sizes"),
        (replace(BOTH, batch_first=not BOTH.batch_first), FIRST, "scene.settings"),
    ],
)
def test_a_scene_of_another_call_is_refused(
    compare: Callable[[Scene, Run], object], settings: Settings, sizes: InputSizes, named: str
) -> None:
    with pytest.raises(ArgumentError, match="is not what was run: unroll and run the same") as no:
        compare(unroll(settings, sizes), run(BOTH, FIRST))
    assert no.value.argument == named


@pytest.mark.parametrize("batch_first", [False, True])
def test_numbers_are_those_of_the_tensors_for_one_sample(batch_first: bool) -> None:
    settings = replace(BOTH, batch_first=batch_first, hidden_size=10)
    made, scene = run(settings, FIRST), unroll(settings, FIRST)
    numbers = slice_numbers(scene, made, sample=2)
    out = made.out if batch_first else made.out.transpose(0, 1)
    assert numbers["out.3.backward"] == out[2, 3, 10:18].tolist()
    assert numbers["cell.1.backward.3"] == numbers["out.3.backward"]
    assert numbers["h_n.1"] == made.h_n[1, 2, :8].tolist()
    assert numbers["c_n.0"] == made.c_n[0, 2, :8].tolist()
    x = made.input if batch_first else made.input.transpose(0, 1)
    assert numbers["x.4"] == x[2, 4].tolist()
    # The end of a lower layer, where h_n has what its cell wrote.
    assert numbers["cell.0.backward.0"] == numbers["h_n.1"]
