"""The records of the panels: what each step, vector and reshape shows, without a browser."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from lstm_shapes import Explorer, InputSizes, Settings, run
from lstm_shapes.config import Question
from lstm_shapes.explorer.choices import MERGES
from lstm_shapes.explorer.panels.directions import directions_view
from lstm_shapes.explorer.panels.numbers import MOST_COLUMNS, MOST_ROWS
from lstm_shapes.explorer.panels.scrambled import scrambled_view
from lstm_shapes.explorer.panels.vectors import MOST_SQUARES, vectors_view
from lstm_shapes.explorer.state import Snapshot

BOTH = Settings(4, 3, num_layers=2, batch_first=True, bidirectional=True)
ASKED = InputSizes(seq_len=5, batch_size=3)


def measured(settings: Settings, sizes: InputSizes) -> Snapshot:
    return Snapshot(Question(settings, sizes), run(settings, sizes))


def strips(view: dict[str, Any], way: str = "module") -> dict[str, dict[str, Any]]:
    """Every strip of a way by its code."""
    found = {}
    for step in view["ways"][way]["steps"]:
        merged = [strip for each in step.get("merges", {}).values() for strip in each]
        found |= {strip["code"]: strip for strip in (*step["left"], *step["right"], *merged)}
    return found


def labels(strip: dict[str, Any], band: int = 0) -> list[str]:
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
    view = directions_view(measured(BOTH, sizes), sample=1)
    code = "reverse_time(backward, batch_first=True, lengths=lengths)"
    reading = strips(view)[code]
    assert labels(reading) == ["t=2", "t=1", "t=0", "t=3", "t=4"]
    assert reading["order"] == "reading order: the last column before padding is the final state"
    assert reading["mark"] == {"column": 2, "label": "= h_n[-1]"}
    assert [cells[0] for cells in reading["bands"][0]["columns"][4]["cells"]] == ["0.00"] * 3
    forward = strips(view)["forward = out[..., :3]"]
    assert forward["mark"] == {"column": 2, "label": "= h_n[-2]"}
    assert strips(view)["backward = out[..., 3:]"]["order"].endswith("has read x[2..t]")
    assert "x[length-1-t]" in view["ways"]["flip"]["steps"][3]["says"]


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
    by_hand = directions_view(measured(BOTH, ASKED))["ways"]["pair"]["steps"]
    assert labels(by_hand[0]["left"][1]) == ["t=4", "t=3", "t=2", "t=1", "t=0"]
    assert labels(by_hand[2]["right"][0]) == ["t=0", "t=1", "t=2", "t=3", "t=4"]
    joined, out = by_hand[3]["right"]
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
    assert panel["claims_title"] == "Nothing is claimed without a run"
    found = strips(panel)["forward = out[..., :100000]"]
    assert found["shape"]["verdict"] == "predicted by formula"
    assert found["bands"][0]["columns"][0]["cells"][0][0] == ""
    explorer.state.update(hidden_size=3, batch_size=0)
    title = explorer.stage.panel["claims_title"]
    assert title == "Without a sample there are no numbers to compare"


def test_with_one_direction_there_is_nothing_to_split(explorer: Explorer) -> None:
    explorer.state.update(bidirectional=False, kind="GRU", batched=False)
    assert list(strips(explorer.stage.panel)) == ["out, h_n = gru(x)", "h_n[-1]"]
    assert explorer.stage.panel["bands"] == ("forward",)
    assert list(explorer.stage.panel["ways"]) == ["module"]


def test_much_is_drawn_in_few_columns_and_rows(explorer: Explorer) -> None:
    explorer.state.update(seq_len=10**12, hidden_size=100)
    backward = strips(explorer.stage.panel)["backward = out[..., 100:]"]
    assert labels(backward) == ["t=0", "t=1", "t=2", "t=3", "…", "t=L-3", "t=L-2", "t=L-1"]
    assert len(labels(backward)) == MOST_COLUMNS
    assert len(backward["bands"][0]["columns"][0]["cells"]) == MOST_ROWS
    assert backward["more"] == ["and 94 more features"]
    explorer.state.update(seq_len=30, hidden_size=3)
    backward = strips(explorer.stage.panel)["backward = out[..., 3:]"]
    assert labels(backward)[-1] == "t=29"
    assert backward["order"] == "input order: column t has read x[29..t]"
    explorer.state.update(seq_len=MOST_COLUMNS)
    assert "…" not in labels(strips(explorer.stage.panel)["backward = out[..., 3:]"])


def test_every_merge_can_be_chosen() -> None:
    merges = directions_view(measured(BOTH, ASKED))["ways"]["module"]["steps"][3]["merges"]
    assert tuple(merges) == MERGES


def test_the_head_of_what_is_chosen_and_an_error_at_its_spot() -> None:
    snapshot = measured(BOTH, ASKED)
    usual = vectors_view(snapshot)
    assert usual["vector"] == "torch.cat([h_n[-2], h_n[-1]], dim=-1)"
    assert (usual["head"]["layer"], usual["head"]["shape"]) == ("nn.Linear(6, 2)", "3,2")
    wrong = vectors_view(snapshot, vector="out[:, 9]")
    assert wrong["own"]["error"]["parts"][1] in "out[:, 9]"
    assert "out of bounds" in wrong["own"]["error"]["problem"]
    assert wrong["head"] is None
    assert len(wrong["candidates"]) == len(usual["candidates"])
    number = vectors_view(snapshot, vector="out.sum()")
    assert number["head"] == {"error": "this is one number: keep an axis for the features"}


@pytest.mark.parametrize(
    ("sizes", "says"),
    [
        (InputSizes(5, 0), "Without a sample"),
        (InputSizes(900, 1), "Too large to be measured by gradients while you wait: needs"),
    ],
)
def test_what_cannot_be_measured_is_said_and_nothing_is_tried(sizes: InputSizes, says: str) -> None:
    view = vectors_view(measured(BOTH, sizes))
    assert view["without"].startswith(says)
    assert view["candidates"] == []
    assert vectors_view(Snapshot(Question(BOTH, ASKED)))["without"].startswith(
        "Nothing is measured"
    )


def test_of_many_steps_and_samples_few_are_drawn_and_all_are_counted() -> None:
    snapshot = measured(replace(BOTH, num_layers=1), InputSizes(40, 12))
    view = vectors_view(snapshot, vector="out.transpose(0, 1).reshape(N, -1)")
    assert view["steps"][:2] == ["0", "1"]
    assert view["steps"][-1] == "39"
    (half, _) = view["candidates"][0]["halves"]
    assert half["rows"][0]["count"] == "40 of 40"
    assert len(half["rows"][0]["squares"]) == MOST_SQUARES
    mixed = view["own"]["halves"][0]
    assert len(mixed["rows"]) + mixed["more"] == 12


def test_wrong_elements_are_those_that_differ_from_what_was_meant() -> None:
    view = scrambled_view(measured(BOTH, ASKED))
    assert [pair["id"] for pair in view["pairs"]] == ["rows", "out", "decoder"]
    for pair in view["pairs"]:
        wrong, right = pair["sides"]
        assert not any(cell["wrong"] for row in right["rows"] for cell in row["cells"])
        assert any(cell["wrong"] for row in wrong["rows"] for cell in row["cells"])
        for mine, meant in zip(wrong["rows"], right["rows"], strict=True):
            for cell, other in zip(mine["cells"], meant["cells"], strict=True):
                same = (cell["sample"], cell["text"]) == (other["sample"], other["text"])
                assert cell["wrong"] != same or pair["id"] == "decoder"


def test_where_there_is_no_batch_axis_nothing_is_scrambled() -> None:
    assert scrambled_view(measured(BOTH, InputSizes(5, None)))["without"].startswith("Unbatched")
    assert scrambled_view(Snapshot(Question(BOTH, ASKED)))["pairs"] == []
