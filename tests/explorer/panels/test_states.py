"""The record of the states that a run starts from, and of a run in two chunks."""

from __future__ import annotations

from lstm_shapes import InputSizes
from lstm_shapes.explorer.choices import Choices
from lstm_shapes.explorer.panels.states import DistancesRecord, StartRecord, states_view
from lstm_shapes.explorer.state import Snapshot
from tests.explorer.panels.snapshots import ASKED, BOTH, PACKED, measured


def started(snapshot: Snapshot, sample: int, choices: Choices) -> StartRecord:
    found = states_view(snapshot, sample, choices)["start"]
    assert found is not None
    return found


def texts(apart: DistancesRecord) -> set[str]:
    return {text for band in apart["bands"] for c in band["columns"] for text, _ in c["cells"]}


def test_states_are_those_that_were_chosen() -> None:
    snapshot = measured(BOTH, ASKED)
    assert snapshot.run is not None
    carried = started(snapshot, 1, Choices(start="carried"))
    shown = [text for text, _ in carried["states"][0]["rows"][3]["cells"]]
    assert shown == [f"{value:.2f}" for value in snapshot.run.h_n[3, 1].tolist()]
    assert texts(carried["apart"]) != {"0"}
    assert texts(started(snapshot, 1, Choices(start="zeros"))["apart"]) == {"0"}


def test_a_run_is_cut_at_the_nearest_step_there_is() -> None:
    chunks = states_view(measured(BOTH, ASKED), 1, Choices(chunk=99))["chunks"]
    assert chunks is not None
    assert chunks["field"] is not None
    assert chunks["field"]["value"] == "4"
    assert chunks["apart"] is not None
    single = states_view(measured(BOTH, InputSizes(1, 2)), 0, Choices())["chunks"]
    assert single is not None
    assert single["without"] == "A single step cannot be cut in two: set seq_len to 2 or more."
    assert single["apart"] is None


def test_padding_has_no_numbers() -> None:
    forward, _ = started(measured(BOTH, PACKED), 2, Choices())["apart"]["bands"]
    columns = forward["columns"]
    assert [column["cells"][0][0] == "" for column in columns] == [*[False] * 2, *[True] * 3]
    assert columns[4]["says"] == "forward t=4: padding"


def test_what_a_state_has_to_look_like_is_claimed_with_what_data_parallel_makes_of_it() -> None:
    both = [started(measured(BOTH, sizes), 0, Choices()) for sizes in (ASKED, PACKED)]
    for start in both:
        holds = {claim["id"]: claim["holds"] for claim in start["claims"]}
        assert holds == {
            "zero-states": True,
            "random-states": False,
            "batch-first-states": False,
            "replica-states": False,
            "replica-mended": True,
        }
    padded, packed = ({claim["id"]: claim["reason"] for claim in each["claims"]} for each in both)
    assert padded["batch-first-states"].startswith("torch: Expected hidden[0] size (4, 3, 3)")
    assert "sorted_indices" in packed["batch-first-states"]
