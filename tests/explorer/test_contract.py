"""The contract between Python and JavaScript: what is written of it, and what is sent."""

from __future__ import annotations

import json
from typing import Any, TypedDict

import pytest
from typeguard import TypeCheckError

from lstm_shapes import Explorer
from lstm_shapes.explorer.choices import TABS
from lstm_shapes.explorer.link import Link
from lstm_shapes.explorer.panels.notices import NoticeRecord, failure_view, link_view
from lstm_shapes.explorer.panels.picture import (
    PictureFoundRecord,
    PictureRecord,
    SlicesRecord,
    picture_view,
    slices_view,
)
from lstm_shapes.explorer.stage import PanelRecord, Panels, ShareRecord, ViewRecord
from lstm_shapes.explorer.view import AxisRecord
from lstm_shapes.explorer.words import PAGE, PageRecord
from lstm_shapes.picture.drawing import WIDTH
from tests.conform import conforms
from tests.contract import COMMAND, RECORDS, ContractError, javascript, typed_dicts, written

QUESTIONS: dict[str, dict[str, Any]] = {
    "first": {},
    "GRU, unbatched": {"kind": "GRU", "batched": False},
    "lengths": {"lengths": (2, 5, 3)},
    "no sample": {"batch_size": 0},
    "one direction, no bias": {"bidirectional": False, "bias": False, "proj_size": 2},
    "many steps and layers": {"seq_len": 100, "num_layers": 9, "hidden_size": 20},
    "predicted": {"hidden_size": 10**9, "seq_len": 10**6},
    "a remark": {"num_layers": 1, "dropout": 0.5},
    "invalid": {"proj_size": 3},
    "no cure": {"lengths": "two"},
}


def test_the_records_of_javascript_are_those_of_python() -> None:
    on_disk = RECORDS.read_text(encoding="utf-8")
    assert on_disk == written(typed_dicts()), f"records.js is an older one: run {COMMAND}"


def test_one_more_field_would_be_noticed() -> None:
    """The same record under the same name, with one more field, is another text."""
    records = typed_dicts()
    more = TypedDict("AxisRecord", {**AxisRecord.__annotations__, "size": int})  # type: ignore[misc]
    assert written(records | {"AxisRecord": more}) != written(records)
    assert "@property {number} size" in written(records | {"AxisRecord": more})


def test_what_javascript_has_no_type_for_is_refused() -> None:
    with pytest.raises(ContractError, match="no type of JavaScript for <class 'complex'>"):
        javascript(list[complex])


@pytest.mark.parametrize("values", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_what_is_sent_is_what_was_agreed(explorer: Explorer, values: dict[str, Any]) -> None:
    explorer.state.update(**values)
    stage = explorer.stage
    conforms(stage.view, ViewRecord)
    conforms(stage.found, PictureFoundRecord)
    conforms(stage.share, ShareRecord)
    # Each tab's own part is held to its type where the panels are tested.
    conforms({name: stage.panel[name] for name in PanelRecord.__annotations__}, PanelRecord)
    question = explorer.state.snapshot.question
    for record, agreed, sent in (
        (picture_view(question.settings, question.sizes, 0, WIDTH), PictureRecord, stage.picture),
        (slices_view(question.settings, question.sizes, 0, WIDTH), SlicesRecord, stage.slices),
    ):
        conforms(record, agreed)
        assert json.loads(sent) == json.loads(json.dumps(record))
    assert stage.found["showing"] == stage.view["showing"]


def test_every_tab_has_a_record_and_no_other_has() -> None:
    """The page's compiler holds the drawing functions against the same names."""
    assert Panels.__annotations__.keys() == TABS.keys()


def test_the_rest_that_is_sent_is_what_was_agreed(explorer: Explorer) -> None:
    assert explorer.stage.page == PAGE
    conforms(explorer.stage.page, PageRecord)
    told = ["kind='Trafo' is not known"]
    for notice in (
        failure_view(KeyError("seq")),
        link_view(Link(values={"seed": 1}), told),
        link_view(Link(typed=True), told),
    ):
        conforms(notice, NoticeRecord)


def test_what_was_not_agreed_would_be_noticed(explorer: Explorer) -> None:
    view = explorer.stage.view
    cards = [*view["cards"][:-1], {**view["cards"][-1], "meaning": None}]
    for broken in (
        {**view, "cards": cards},
        {**view, "more": 1},
        {name: value for name, value in view.items() if name != "pending"},
    ):
        with pytest.raises(TypeCheckError):
            conforms(broken, ViewRecord)
