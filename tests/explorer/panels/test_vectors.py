"""The record of the vectors panel: what each has read, its head, and what may be typed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lstm_shapes import InputSizes
from lstm_shapes.explorer.choices import LONGEST
from lstm_shapes.explorer.panels.readings import MOST_SQUARES
from lstm_shapes.explorer.panels.vectors import vectors_view
from lstm_shapes.explorer.panels.without import WITHOUT_RUN, WITHOUT_SAMPLE
from lstm_shapes.expression.operations import FUNCTIONS, METHODS
from tests.explorer.panels.snapshots import ASKED, BOTH, measured, predicted


def test_the_head_of_what_is_chosen() -> None:
    usual = vectors_view(measured(BOTH, ASKED))
    assert usual["chosen"] == "torch.cat([h_n[-2], h_n[-1]], dim=-1)"
    assert usual["own"] is None
    assert usual["head"] is not None
    linear = usual["head"]["linear"]
    assert linear is not None
    assert (linear["layer"], linear["shape"]) == ("nn.Linear(6, 2)", "3,2")


@pytest.mark.parametrize(
    ("text", "parts", "says"),
    [
        ("out[:, 9]", ["out[", ":, 9", "]"], "out of bounds"),
        ("outt[:, -1]", ["", "outt", "[:, -1]"], "there is no outt here"),
        ("out[:, -1", ["out", "[", ":, -1"], "was never closed"),
    ],
)
def test_an_error_is_at_its_spot(text: str, parts: list[str], says: str) -> None:
    snapshot = measured(BOTH, ASKED)
    wrong = vectors_view(snapshot, vector=text)
    assert wrong["own"] is not None
    assert wrong["own"]["fault"] is not None
    assert wrong["own"]["fault"]["parts"] == parts
    assert says in wrong["own"]["fault"]["says"]
    assert wrong["head"] is None
    assert len(wrong["candidates"]) == len(vectors_view(snapshot)["candidates"])


def test_one_number_has_no_head() -> None:
    number = vectors_view(measured(BOTH, ASKED), vector="out.sum()")
    assert number["head"] is not None
    assert number["head"]["linear"] is None
    assert number["head"]["without"] == "this is one number: keep an axis for the features"


def test_an_axis_that_joins_samples_with_more_is_mixed() -> None:
    candidates = {each["code"]: each for each in vectors_view(measured(BOTH, ASKED))["candidates"]}
    roles = {
        code: [axis["role"] for axis in each["reading"]["axes"]]
        for code, each in candidates.items()
        if each["reading"]
    }
    assert roles["h_n.view(N, -1)"] == ["mixed", "mixed"]
    assert roles["h_n.transpose(0, 1).flatten(1)"] == ["batch", "features"]
    assert roles["out[:, -1]"] == ["batch", "features"]


def test_what_may_be_typed_is_said_as_the_grammar_has_it() -> None:
    field = vectors_view(measured(BOTH, ASKED))["field"]
    for name in (*FUNCTIONS, *METHODS, "out", "h_n", "c_n", "N", "H_cell", "num_layers"):
        assert f"`{name}`" in field["grammar"]
    assert field["longest"] == str(LONGEST)
    gru = vectors_view(measured(replace(BOTH, kind="GRU"), InputSizes(5, None)))["field"]
    assert "`c_n`" not in gru["grammar"]
    assert "`N`" not in gru["grammar"]


@pytest.mark.parametrize(
    ("sizes", "says"),
    [
        (InputSizes(5, 0), WITHOUT_SAMPLE),
        (
            InputSizes(900, 1),
            "These sizes are too large to be measured by gradients while you wait: needs",
        ),
    ],
)
def test_what_cannot_be_measured_is_said_and_nothing_is_tried(sizes: InputSizes, says: str) -> None:
    panel = vectors_view(measured(BOTH, sizes))
    assert panel["without"].startswith(says)
    assert panel["candidates"] == []
    assert vectors_view(predicted(BOTH, ASKED))["without"] == WITHOUT_RUN


def test_of_many_steps_and_samples_few_are_drawn_and_all_are_counted() -> None:
    snapshot = measured(replace(BOTH, num_layers=1), InputSizes(40, 12))
    panel = vectors_view(snapshot, vector="out.transpose(0, 1).reshape(N, -1)")
    assert panel["steps"][:2] == ["0", "1"]
    assert panel["steps"][-1] == "39"
    first = panel["candidates"][0]["reading"]
    assert first is not None
    (half, _) = first["halves"]
    assert half["rows"][0]["words"] == "40 of 40 steps"
    assert len(half["rows"][0]["squares"]) == MOST_SQUARES
    assert panel["own"] is not None
    assert panel["own"]["reading"] is not None
    mixed = panel["own"]["reading"]["halves"][0]
    assert len(mixed["rows"]) == 7
    assert mixed["more"] == "and 5 more samples"
