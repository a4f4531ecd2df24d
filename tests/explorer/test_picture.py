"""The explorer's linked picture without a browser: its record, what is selected, what is
handed out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lstm_shapes import ArgumentError, Explorer


def found(explorer: Explorer) -> dict[str, Any]:
    by_id: dict[str, Any] = explorer.stage.found["found"]
    return by_id


def picture(explorer: Explorer) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(explorer.stage.picture)
    return record


def test_the_picture_is_that_of_the_question(explorer: Explorer) -> None:
    explorer.state.update(num_layers=3, batch_first=False)
    record = picture(explorer)
    assert record["nodes"]["out.0.backward"]["name"] == "out[0, :, 3:]"
    known = json.loads(explorer.stage.slices)
    assert known["slices"]["h_n.5"]["where"] == [[5 / 6, 1.0], None, None]
    assert {box[0] for box in record["drawing"]["boxes"]} <= record["nodes"].keys()
    assert record["nodes"].keys() == known["slices"].keys()
    assert known["axes"]["axis.h_n.0"]["name"] == "layer × direction"


def test_what_was_found_is_of_the_run_and_there_is_none_without(explorer: Explorer) -> None:
    made = explorer.state.snapshot.run
    assert made is not None
    shown = " ".join(f"{number:.4f}" for number in made.h_n[3, 0].tolist())
    assert found(explorer)["h_n.3"]["numbers"] == f"h_n[3, 0] = {shown}"
    assert found(explorer)["h_n.3"]["claims"][0]["holds"] is True
    explorer.state.update(hidden_size=100_000)
    assert found(explorer) == {}
    assert explorer.stage.found["without"].startswith("By formula")


def test_numbers_follow_the_sample_and_stay_within_the_batch(explorer: Explorer) -> None:
    made = explorer.state.snapshot.run
    assert made is not None
    for asked, shown in ((2, 2), (-5, 0), (2**40, 2)):
        explorer.stage.sample = asked
        assert explorer.stage.view["sample"] == shown
        first = f"out[{shown}, 0, 3:] = {float(made.out[shown, 0, 3]):.4f}"
        assert found(explorer)["out.0.backward"]["numbers"].startswith(first)
    explorer.state.update(batched=False)
    assert explorer.stage.view["samples"] is None
    assert found(explorer)["out.0.backward"]["numbers"].startswith("out[0, 3:] = ")


def test_long_slices_are_cut_and_say_so(explorer: Explorer) -> None:
    explorer.state.update(hidden_size=20)
    numbers = found(explorer)["h_n.0"]["numbers"]
    assert numbers.count(".") == 8
    assert numbers.endswith(" …")


def test_a_slice_is_selected_by_code_or_id(explorer: Explorer) -> None:
    for name, chosen in {"h_n[1]": "h_n.1", "x.0": "x.0", "axis.out.1": "axis.out.1"}.items():
        explorer.select(name)
        assert explorer.stage.selection == chosen
        assert f"select={chosen}" in explorer.stage.share["link"]
    explorer.select("")
    assert explorer.stage.selection == ""
    with pytest.raises(ArgumentError, match=r"select='h_n\[9\]' is not drawn"):
        explorer.select("h_n[9]")
    assert Explorer(select="out[:, 0, :3]").stage.selection == "out.0.forward"


def test_a_selection_comes_back_with_its_slice(explorer: Explorer) -> None:
    explorer.state.update(num_layers=1)
    assert explorer.stage.selection == "h_n.1"
    assert "select=h_n.1" in explorer.stage.share["link"]
    explorer.state.update(num_layers=2)
    assert explorer.stage.selection == "h_n.3"


@pytest.mark.parametrize("name", ["<script>", "x" * 10**6, "h_n.999", "cell.etc.etc", "../.."])
def test_a_selection_that_is_none_harms_nothing(explorer: Explorer, name: str) -> None:
    explorer.stage.selection = name
    assert explorer.stage.selection == "h_n.3"
    assert explorer.stage.share["link"] == ""


def test_the_call_shows_the_same(explorer: Explorer) -> None:
    assert explorer.stage.share["call"] == "Explorer()"
    explorer.state.update(kind="GRU", seq_len=9)
    explorer.select("h_n[0]")
    explorer.stage.sample = 1
    call = explorer.stage.share["call"]
    assert call == "Explorer(kind='GRU', seq_len=9, select='h_n.0', sample=1)"
    again = eval(call, {"Explorer": Explorer})
    assert again.state.wait(60)
    assert again.stage.picture == explorer.stage.picture
    # How often it was drawn, and where it started, is no part of what is seen.
    for name in ("pinned", "script"):
        assert again.stage.share[name] == explorer.stage.share[name]
    seen = {name: value for name, value in explorer.stage.view.items() if name != "showing"}
    assert again.stage.view.items() >= seen.items()


def test_the_script_asserts_what_is_selected(explorer: Explorer) -> None:
    assert "assert torch.equal(h_n[3], out[:, 0, 3:])" in explorer.stage.share["script"]
    explorer.select("h_n[2]")
    assert "assert torch.equal(h_n[2], out[:, 4, :3])" in explorer.stage.share["script"]


def test_the_explorer_as_svg(explorer: Explorer) -> None:
    text = explorer.svg()
    assert 'data-slice="h_n[3]" data-lit="true" data-link="selected"' in text
    assert "written at t = 0 after reading t = 4 → 0" in text
    bundle = explorer._repr_mimebundle_()
    assert bundle["image/svg+xml"] == text
    assert "application/vnd.jupyter.widget-view+json" in bundle
