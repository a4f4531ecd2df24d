"""The record of the directions panel: what each step shows, without a browser."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from lstm_shapes import Explorer, InputSizes, Settings, run
from lstm_shapes.explorer.choices import MERGES
from lstm_shapes.explorer.panels.directions import DirectionsPanel, directions_view
from lstm_shapes.explorer.panels.numbers import MOST_COLUMNS, MOST_ROWS
from lstm_shapes.explorer.panels.strips import StripRecord
from lstm_shapes.explorer.panels.ways import WalkStep
from lstm_shapes.explorer.panels.without import WITHOUT_SAMPLE
from lstm_shapes.explorer.view import packed
from tests.explorer.panels.snapshots import ASKED, BOTH, measured


def ids(step: WalkStep) -> list[str]:
    """The strips of a step."""
    merged = [name for each in step["merges"].values() for name in each]
    return [*step["left"], *step["right"], *merged]


def strips(panel: DirectionsPanel, way: str = "module") -> dict[str, StripRecord]:
    """Every strip of a way by its code."""
    shown = [name for step in panel["ways"][way]["steps"] for name in ids(step)]
    return {panel["strips"][name]["code"]: panel["strips"][name] for name in shown}


def labels(strip: StripRecord, band: int = 0) -> list[str]:
    return [column["label"] for column in strip["bands"][band]["columns"]]


def test_every_step_of_the_realignment_has_its_shape() -> None:
    found = strips(directions_view(measured(BOTH, ASKED)))
    assert {code: strip["shape"]["shape"] for code, strip in found.items()} == {
        "out, (h_n, c_n) = lstm(x)": "3,5,6",
        "forward = out[..., :3]": "3,5,3",
        "backward = out[..., 3:]": "3,5,3",
        "backward.flip(1)": "3,5,3",
        "torch.cat([forward, backward], -1)": "3,5,6",
        "forward + backward": "3,5,3",
        "(forward + backward) / 2": "3,5,3",
        "torch.maximum(forward, backward)": "3,5,3",
        "torch.cat([h_n[-2], h_n[-1]], -1)": "3,6",
        "h_n[-2] + h_n[-1]": "3,3",
        "(h_n[-2] + h_n[-1]) / 2": "3,3",
        "torch.maximum(h_n[-2], h_n[-1])": "3,3",
        "h_n.view(2, 2, 3, 3).transpose(1, 2).reshape(2, 3, 6)": "2,3,6",
    }
    assert all(strip["shape"]["verdict"] == "✓ formula = measured" for strip in found.values())


def test_each_strip_is_sent_once_and_none_that_no_step_shows() -> None:
    panel = directions_view(measured(BOTH, ASKED))
    steps = [step for way in panel["ways"].values() for step in way["steps"]]
    assert {name for step in steps for name in ids(step)} == set(panel["strips"])
    made = {packed(dict(strip)) for strip in panel["strips"].values()}
    assert len(made) == len(panel["strips"])


@pytest.mark.parametrize("settings", [BOTH, replace(BOTH, batch_first=False, proj_size=2)])
@pytest.mark.parametrize("sizes", [ASKED, InputSizes(5, None), InputSizes(5, 3, [2, 5, 1])])
def test_the_code_of_a_strip_gives_the_numbers_it_shows(
    settings: Settings, sizes: InputSizes
) -> None:
    made = run(settings, sizes)
    sample = 0
    names: dict[str, Any] = {"torch": torch, "out": made.out, "h_n": made.h_n}
    names["forward"], names["backward"] = made.out.chunk(2, -1)
    found = strips(directions_view(measured(settings, sizes), sample))
    for code, strip in found.items():
        expression = code.partition(" = ")[2] or code
        if not strip["bands"] or "lstm" in code or "lengths" in code:
            continue
        value = eval(expression, names)
        if sizes.batch_size is not None:
            over_time = value.dim() == 3
            value = value.select(int(over_time and not settings.batch_first), sample)
        value = value if value.dim() == 2 else value.unsqueeze(0)
        shown = [
            [float(text) for band in strip["bands"] for text, _ in band["columns"][at]["cells"]]
            for at in range(len(strip["bands"][0]["columns"]))
        ]
        torch.testing.assert_close(
            torch.tensor(shown), value, atol=0.0051, rtol=0, msg=lambda m, c=code: f"{c}: {m}"
        )


def test_with_lengths_a_flip_leaves_padding_where_it_is() -> None:
    sizes = InputSizes(5, 3, [5, 3, 1])
    panel = directions_view(measured(BOTH, sizes), sample=1)
    code = "reverse_time(backward, batch_first=True, lengths=lengths)"
    reading = strips(panel)[code]
    assert labels(reading) == ["t=2", "t=1", "t=0", "t=3", "t=4"]
    assert reading["order"] == "reading order: the last column before padding is the final state"
    assert reading["mark"] == {"column": 2, "label": "= h_n[-1]"}
    assert [cells[0] for cells in reading["bands"][0]["columns"][4]["cells"]] == ["0.00"] * 3
    forward = strips(panel)["forward = out[..., :3]"]
    assert forward["mark"] == {"column": 2, "label": "= h_n[-2]"}
    assert strips(panel)["backward = out[..., 3:]"]["order"].endswith("has read x[2..t]")
    assert "x[length-1-t]" in panel["ways"]["flip"]["steps"][3]["says"]


def test_a_column_is_marked_only_if_its_claim_held_on_the_run() -> None:
    snapshot = measured(BOTH, ASKED)
    backward = strips(directions_view(snapshot))["backward = out[..., 3:]"]
    assert backward["mark"] == {"column": 0, "label": "= h_n[-1]"}
    made = snapshot.run
    assert made is not None
    tampered = replace(snapshot, run=replace(made, h_n=made.h_n + 1e-3))
    marks = [strip["mark"] for strip in strips(directions_view(tampered)).values()]
    assert marks == [None] * len(marks)


def test_by_hand_the_second_one_is_in_reading_order_until_it_is_flipped() -> None:
    panel = directions_view(measured(BOTH, ASKED))
    by_hand, made = panel["ways"]["pair"]["steps"], panel["strips"]
    assert labels(made[by_hand[0]["left"][1]]) == ["t=4", "t=3", "t=2", "t=1", "t=0"]
    assert labels(made[by_hand[2]["right"][0]]) == ["t=0", "t=1", "t=2", "t=3", "t=4"]
    joined, out = (made[name] for name in by_hand[3]["right"])
    assert joined["bands"] == out["bands"]
    assert [(claim["id"], claim["holds"]) for claim in joined["claims"]] == [("hand-built", True)]


def test_numbers_are_those_of_the_chosen_sample() -> None:
    made = run(BOTH, ASKED)
    for sample in range(3):
        out = strips(directions_view(measured(BOTH, ASKED), sample))["out, (h_n, c_n) = lstm(x)"]
        first = out["bands"][0]["columns"][0]["cells"]
        assert [text for text, _ in first] == [f"{n:.2f}" for n in made.out[sample, 0, :3]]


def test_a_tick_is_only_there_for_what_was_measured(explorer: Explorer) -> None:
    explorer.state.update(hidden_size=100_000)
    panel = explorer.stage.panel
    assert panel["claims_title"] == "Checked on the smaller module"
    assert "a smaller module of the same structure was measured" in panel["smaller"]
    found = strips(panel)["forward = out[..., :100000]"]
    assert found["shape"]["verdict"] == "predicted by formula"
    assert found["bands"][0]["columns"][0]["cells"][0][0] == ""
    explorer.state.update(hidden_size=3, batch_size=0)
    title = explorer.stage.panel["claims_title"]
    assert title == WITHOUT_SAMPLE


def test_with_one_direction_there_is_nothing_to_split(explorer: Explorer) -> None:
    explorer.state.update(bidirectional=False, kind="GRU", batched=False)
    panel = explorer.stage.panel
    assert list(strips(panel)) == ["out, h_n = gru(x)", "h_n[-1]"]
    assert [colour["band"] for colour in panel["legend"]] == ["forward"]
    assert list(panel["ways"]) == ["module"]
    assert panel["sample_field"] is None


def test_much_is_drawn_in_few_columns_and_rows(explorer: Explorer) -> None:
    explorer.state.update(seq_len=10**12, hidden_size=100)
    backward = strips(explorer.stage.panel)["backward = out[..., 100:]"]
    assert labels(backward) == ["t=0", "t=1", "t=2", "t=3", "…", "t=L-3", "t=L-2", "t=L-1"]
    assert len(labels(backward)) == MOST_COLUMNS
    assert len(backward["bands"][0]["columns"][0]["cells"]) == MOST_ROWS
    assert backward["more"] == "and 94 more features"
    explorer.state.update(seq_len=30, hidden_size=3)
    backward = strips(explorer.stage.panel)["backward = out[..., 3:]"]
    assert labels(backward)[-1] == "t=29"
    assert backward["order"] == "input order: column t has read x[29..t]"
    explorer.state.update(seq_len=MOST_COLUMNS)
    assert "…" not in labels(strips(explorer.stage.panel)["backward = out[..., 3:]"])


def test_every_merge_can_be_chosen() -> None:
    merges = directions_view(measured(BOTH, ASKED))["ways"]["module"]["steps"][3]["merges"]
    assert tuple(merges) == MERGES
