"""The notebook in JupyterLab, run as a user runs it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import run_cell
from tests.browser.explorer_page import FIRST, ExplorerPage


@pytest.fixture
def explorer(page: Page, lab_url: str) -> ExplorerPage:
    page.goto(f"{lab_url}/lab/tree/explorer.ipynb?reset")
    run_cell(page, "Explorer()")
    return ExplorerPage(page).measured()


def test_the_cell_shows_the_explorer_and_it_answers(explorer: ExplorerPage) -> None:
    explorer.expect_shapes(FIRST)
    explorer.switch("batch_first").click()
    explorer.expect_shapes(FIRST | {"input": "5,3,4", "out": "5,3,6"})
    explorer.slider("num_layers").press("ArrowRight")
    explorer.expect_shapes({"input": "5,3,4", "out": "5,3,6", "h_n": "6,3,3", "c_n": "6,3,3"})
    explorer.type("proj_size", 9)
    expect(explorer.alert).to_contain_text("proj_size")
    explorer.type("proj_size", 0)
    expect(explorer.alert).to_have_count(0)
    explorer.measured()


TAMPER = (
    "from dataclasses import replace; "
    "e = _; s = e.state.snapshot; m = s.run; "
    "e.stage.show(replace(s, run=replace(m, h_n=m.h_n[:, 1:])))"
)


def test_a_disagreement_would_be_loud(explorer: ExplorerPage) -> None:
    """Never seen; so a run is tampered with from the notebook's next cell."""
    page = explorer.page
    cell = page.locator(".jp-Notebook .jp-CodeCell").last
    cell.locator(".cm-content").fill(TAMPER)
    page.keyboard.press("Shift+Enter")
    card = explorer.card("h_n").get_by_role("alert")
    expect(card).to_have_text("✗ formula (4, 3, 3) ≠ measured (4, 2, 3)")
    expect(explorer.claim("backward-first")).to_have_attribute("role", "alert")
    expect(explorer.claim("backward-last")).not_to_have_attribute("role", "alert")


def test_nothing_sticks_out_of_the_cell(explorer: ExplorerPage) -> None:
    app = explorer.page.locator(".ls-app")
    assert app.evaluate("e => e.scrollWidth <= e.clientWidth")
    for part in (".ls-rail", ".ls-cards", ".ls-picture", ".ls-panel"):
        outer, inner = app.bounding_box(), explorer.page.locator(part).bounding_box()
        assert outer is not None
        assert inner is not None
        assert inner["x"] + inner["width"] <= outer["x"] + outer["width"]


def test_the_picture_is_linked_and_the_call_brings_it_back(explorer: ExplorerPage) -> None:
    page = explorer.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    explorer.slider("num_layers").press("ArrowRight")
    page.locator('.ls-figure [data-slice="h_n[5]"]').click()
    expect(page.locator(".ls-says")).to_contain_text("h_n[5] == out[:, 0, 3:]")
    expect(page.get_by_role("button", name="Copy link")).to_have_count(0)
    explorer.choose("Copy call")
    expect(page.locator(".ls-shared")).to_have_text("copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "Explorer(num_layers=3, select='h_n.5')"
    assert "#" not in page.url


def test_the_keys_walk_the_picture_and_not_the_notebook(explorer: ExplorerPage) -> None:
    page = explorer.page
    page.locator('[data-id="cell.0.forward.2"]').focus()
    walk = ("cell.0.backward.2", "cell.0.backward.3", "cell.0.forward.3", "x.3")
    for key, name in zip(("ArrowUp", "ArrowRight", "ArrowDown", "ArrowDown"), walk, strict=True):
        page.keyboard.press(key)
        expect(page.locator(f'[data-id="{name}"]')).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator('[data-id="x.3"]')).to_have_attribute("aria-pressed", "true")
    expect(page.locator('[data-id="x.3"]')).to_be_focused()
    page.keyboard.press("Escape")  # hides the box at the slice
    page.keyboard.press("Escape")
    expect(page.locator(".ls-figure [data-lit]")).to_have_count(0)
    expect(page.locator('[data-id="x.3"]')).to_be_focused()


def test_the_panels_work_in_a_notebook_too(explorer: ExplorerPage) -> None:
    page = explorer.page
    explorer.open_tab("Reproducibility")
    page.get_by_role("button", name="Measure now").click()
    expect(page.get_by_role("button", name="Measure again")).to_be_visible(timeout=30_000)
    rebuilt = page.locator('[data-trial="rebuilt"]')
    expect(rebuilt).to_have_attribute("data-equal", "true")
    explorer.open_tab("Variable lengths")
    page.get_by_role("button", name="an example").click()
    expect(page.locator("[data-part-of=batch_sizes]")).to_be_visible()
    explorer.measured()
