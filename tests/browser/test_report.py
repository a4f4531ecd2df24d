"""A report in a notebook's HTML, amid the style sheets of Jupyter, without a network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Browser, Page, expect

from lstm_shapes.explain.model.examples import example_report
from tests.browser.conftest import unwatched
from tests.browser.contrast import LOWEST


@pytest.fixture(params=["light", "dark"])
def exported(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """What ``jupyter nbconvert --to html`` makes of a notebook with two reports."""
    outputs = [
        nbformat.v4.new_output(
            "display_data", {"text/html": example_report(bug, "broken")._repr_html_()}
        )
        for bug in ("padding", "last_step")
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("", outputs=outputs)])
    html, _ = HTMLExporter(theme=request.param).from_notebook_node(notebook)
    (tmp_path / "report.html").write_text(html, encoding="utf-8")
    with unwatched(browser) as page:
        page.context.route(re.compile("^https?:"), lambda route: route.abort())
        page.goto((tmp_path / "report.html").as_uri())
        expect(page.locator(".ls-report")).to_have_count(2)
        yield page


def test_lines_of_a_table_stay_lines(exported: Page) -> None:
    """Names and shapes are not broken, whatever the host does to tables and code."""
    for width in (390, 768, 1280):
        exported.set_viewport_size({"width": width, "height": 800})
        for line in exported.locator(":is(.ls-tensors, .ls-map) code").all():
            box = line.bounding_box()
            assert box is not None
            assert box["height"] < 25, (width, line.inner_text())


def test_nothing_is_cut_off(exported: Page) -> None:
    beyond = """() => [...document.querySelectorAll(".ls-report")].flatMap((report) =>
        [...report.querySelectorAll("*")].filter((e) =>
            e.getBoundingClientRect().right > report.getBoundingClientRect().right)).length"""
    for width in (390, 768, 1280):
        exported.set_viewport_size({"width": width, "height": 800})
        assert exported.evaluate(beyond) == 0, width


def test_all_of_it_can_be_read(exported: Page) -> None:
    assert exported.evaluate(LOWEST.replace(".ls-app", ".ls-report")) >= 4.5


def test_the_texts_to_copy_open_without_a_script(exported: Page) -> None:
    report = exported.locator(".ls-report").first
    expect(report.get_by_text("from lstm_shapes import check")).to_be_hidden()
    report.get_by_text("As a test").click()
    expect(report.get_by_text("from lstm_shapes import check")).to_be_visible()
