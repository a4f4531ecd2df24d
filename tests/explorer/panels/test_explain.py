"""The record of a silent bug: its code as the report speaks of it, and what is not yet computed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lstm_shapes.explain.model.examples import EXAMPLES, ExampleName, example, example_report
from lstm_shapes.explorer.choices import Choices, nearest
from lstm_shapes.explorer.panels.explain import explain_view
from lstm_shapes.explorer.panels.without import WITHOUT_RUN
from tests.explorer.panels.snapshots import ASKED, BOTH, measured, predicted

NOW = measured(BOTH, ASKED)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_numbered_lines_are_the_code_that_is_run_and_copied(name: ExampleName) -> None:
    for version in ("broken", "repaired"):
        panel = explain_view(NOW, name, version)
        numbered = [line for line in panel["lines"] if line["number"]]
        assert [line["number"] for line in numbered] == [
            str(number) for number in range(1, len(numbered) + 1)
        ]
        assert "\n".join(line["text"] for line in numbered) == panel["code"]
        assert panel["code"] == example(name).code(version)


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_a_repair_takes_out_is_shown_without_a_number(name: ExampleName) -> None:
    taken_out = [text for mark, text in example(name).lines if mark == "-"]
    broken, repaired = explain_view(NOW, name), explain_view(NOW, name, "repaired")
    assert [line["text"] for line in broken["lines"] if line["mark"] == "-"] == taken_out
    assert [line["text"] for line in repaired["lines"] if not line["number"]] == taken_out
    assert not [line for line in broken["lines"] if line["mark"] == "+"]


def test_the_report_is_of_the_chosen_version() -> None:
    assert "1 finding" in explain_view(NOW, "view")["report"]
    assert "no findings" in explain_view(NOW, "view", "repaired")["report"]


def test_a_report_does_not_depend_on_the_settings_and_is_made_once() -> None:
    explain_view(NOW, "layers")
    made = example_report.cache_info().misses
    without_run = explain_view(predicted(BOTH, ASKED), "layers")
    assert without_run["report"] == explain_view(NOW, "layers")["report"]
    assert example_report.cache_info().misses == made


def test_nothing_is_run_before_torch_is_there() -> None:
    made = example_report.cache_info().misses
    panel = explain_view(replace(predicted(BOTH, ASKED), pending=True), "decoder")
    assert panel["without"] == WITHOUT_RUN
    assert (panel["report"], panel["bugs"], panel["code"]) == ("", [], "")
    assert panel["own_code"]
    assert example_report.cache_info().misses == made


def test_what_a_browser_sends_is_one_of_the_bugs_or_the_first_one() -> None:
    assert nearest({"bug": "../view", "version": "<b>"}) == Choices()
    assert nearest({"bug": "view", "version": "repaired"}).bug == "view"
