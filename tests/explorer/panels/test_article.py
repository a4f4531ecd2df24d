"""The record of the article's statements."""

from __future__ import annotations

from lstm_shapes import InputSizes
from lstm_shapes.explorer.panels.article import article_view
from tests.explorer.panels.snapshots import ASKED, BOTH, measured


def test_statements_without_a_sample_offer_one() -> None:
    panel = article_view(measured(BOTH, InputSizes(5, 0)))
    assert {row["holds"] for row in panel["rows"]} == {None}
    assert all(row["link"].startswith("batch_size=3") for row in panel["rows"])


def test_statements_hold_or_do_not_or_need_other_settings() -> None:
    rows = article_view(measured(BOTH, ASKED))["rows"]
    assert {row["holds"]: row["verdict"] for row in rows} == {
        True: "holds",
        False: "does not hold",
        None: "cannot be shown with these settings",
    }
