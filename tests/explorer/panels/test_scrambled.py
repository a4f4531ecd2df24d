"""The record of two reshapes side by side: which elements are not the meant ones."""

from __future__ import annotations

from lstm_shapes import InputSizes
from lstm_shapes.explorer.panels.scrambled import scrambled_view
from tests.explorer.panels.snapshots import ASKED, BOTH, measured, predicted


def test_wrong_elements_are_those_that_differ_from_what_was_meant() -> None:
    panel = scrambled_view(measured(BOTH, ASKED))
    assert [pair["id"] for pair in panel["pairs"]] == ["rows", "out", "decoder"]
    for pair in panel["pairs"]:
        wrong, right = pair["sides"]
        assert not any(each["wrong"] for row in right["rows"] for each in row["elements"])
        assert any(each["wrong"] for row in wrong["rows"] for each in row["elements"])
        for mine, meant in zip(wrong["rows"], right["rows"], strict=True):
            for element, other in zip(mine["elements"], meant["elements"], strict=True):
                same = (element["sample"], element["text"]) == (other["sample"], other["text"])
                assert element["wrong"] != same or pair["id"] == "decoder"


def test_an_axis_of_samples_and_more_is_mixed_where_it_was_not_meant() -> None:
    (rows, *_) = scrambled_view(measured(BOTH, ASKED))["pairs"]
    wrong, right = ([axis["role"] for axis in side["axes"]] for side in rows["sides"])
    assert wrong == ["mixed", "mixed"]
    assert right == ["batch", "features"]


def test_where_there_is_no_batch_axis_nothing_is_scrambled() -> None:
    assert scrambled_view(measured(BOTH, InputSizes(5, None)))["without"].startswith(
        "The input is one"
    )
    assert scrambled_view(predicted(BOTH, ASKED))["pairs"] == []
