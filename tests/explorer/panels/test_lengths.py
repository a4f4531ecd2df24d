"""The record of variable lengths: tokens, both sides, and the example."""

from __future__ import annotations

from typing import Any

import pytest

from lstm_shapes import Explorer, InputSizes, Settings
from lstm_shapes.explorer.panels.lengths import PackedRecord, lengths_view
from lstm_shapes.explorer.panels.tokens import COLOURS, MOST_SAMPLES, MOST_STEPS, TokenGrid
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.live.variants import unpacked
from tests.explorer.panels.snapshots import ASKED, BOTH, PACKED, measured


def packed_record(snapshot: Snapshot, sample: int = 0) -> PackedRecord:
    found = lengths_view(snapshot, sample)["packed"]
    assert found is not None
    return found


def grid(snapshot: Snapshot, kind: str) -> TokenGrid:
    return next(each for each in packed_record(snapshot)["grids"] if each["kind"] == kind)


def example(snapshot: Snapshot) -> str:
    """The link to some lengths."""
    links = lengths_view(snapshot)["editor"]["links"]
    return {each["label"]: each["link"] for each in links}["an example"]


def test_lengths_are_drawn_in_part() -> None:
    sizes = InputSizes(30, 20, lengths=[1] * 19 + [30])
    snapshot = measured(Settings(2, 30, num_layers=9), sizes)
    for kind in ("padded", "out", "flip"):
        rows = grid(snapshot, kind)["rows"]
        assert len(rows) == MOST_SAMPLES
        assert all(len(row["tokens"]) == MOST_STEPS for row in rows)
    assert lengths_view(snapshot)["editor"]["more"].startswith("The 12 others")


def test_none_asks_for_some(explorer: Explorer) -> None:
    snapshot = measured(BOTH, ASKED)
    assert "nothing is padded" in lengths_view(snapshot)["without"]
    explorer.act("open", {"link": example(snapshot)})
    lengths = explorer.state.snapshot.question.sizes.lengths
    assert lengths is not None
    assert len(set(lengths)) > 1
    assert sorted(lengths, reverse=True) != list(lengths)


@pytest.mark.parametrize("sizes", [InputSizes(1, None), InputSizes(1, 1), InputSizes(1, 0)])
def test_the_example_of_lengths_is_always_valid(explorer: Explorer, sizes: InputSizes) -> None:
    explorer.act("open", {"link": example(measured(BOTH, sizes))})
    assert explorer.state.snapshot.problems == ()
    assert explorer.state.snapshot.question.sizes.lengths is not None


HOSTILE: list[Any] = [None, -1, 3, 10**30, 1.5, "0", True, [], {}]


@pytest.mark.parametrize("value", HOSTILE, ids=repr)
def test_a_length_from_a_browser_is_taken_or_refused(explorer: Explorer, value: Any) -> None:
    explorer.act("length", {"sample": value, "length": 2})
    assert explorer.state.snapshot.status == "measured"
    explorer.act("length", {"sample": 0, "length": value})
    snapshot = explorer.state.snapshot
    notices = explorer.stage.view["notices"]
    if value == 3:
        assert snapshot.question.sizes.lengths == (3, 5, 5)
        assert notices == []
    else:
        (notice,) = notices
        assert "lengths[0]=" in notice["heading"] + notice["text"]
    assert snapshot.run is not None


def test_packed_and_padded_stand_side_by_side() -> None:
    snapshot = measured(BOTH, PACKED)
    made = snapshot.run
    assert made is not None
    packed_side, padded = packed_record(snapshot, 2)["padding"]["sides"]
    expected = {"packed": made, "padded, not packed": unpacked(made)}
    for side in (packed_side, padded):
        out = expected[side["name"]].out[2]
        for i, band in enumerate(side["bands"]):
            for step, column in enumerate(band["columns"]):
                half = out[step, 3 * i : 3 * i + 3].tolist()
                assert [text for text, _ in column["cells"]] == [f"{n:.2f}" for n in half]
    assert packed_side["bands"] != padded["bands"]


def test_the_end_of_a_sample_is_marked_also_where_steps_are_left_out() -> None:
    snapshot = measured(BOTH, InputSizes(40, 3, lengths=(30, 4, 1)))
    out = grid(snapshot, "out")
    ends = [[i for i, cell in enumerate(row["tokens"]) if cell["marked"]] for row in out["rows"]]
    gap = out["steps"].index("…")
    assert ends == [[gap], [3], [0]]
    column = grid(snapshot, "packed")["rows"][gap]
    assert [token["sample"] for token in column["tokens"]] == [0]


def test_every_sample_has_a_colour_and_a_seventh_the_first_one() -> None:
    rows = grid(measured(BOTH, InputSizes(2, 7, lengths=[2] * 6 + [1])), "padded")["rows"]
    assert [row["tokens"][0]["colour"] for row in rows] == [*COLOURS, COLOURS[0]]
    assert [token["padding"] for token in rows[6]["tokens"]] == [False, True]
