"""Nothing is cut off and nothing is covered, at any width, with scrollbars shown: measured on what
is drawn. ``layout.js`` says what counts as such."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from lstm_shapes.explorer.choices import TABS
from lstm_shapes.explorer.presets import PRESETS
from tests.browser.conftest import run_cell, watched
from tests.browser.explorer_page import ExplorerPage, link_to

MEASURE = (Path(__file__).parent / "layout.js").read_text(encoding="utf-8")
WIDTHS = (320, 390, 768, 1024, 1280, 1920, 2560)
HEIGHT = 5000
LARGE: dict[str, dict[str, Any]] = {
    "many layers": {"num_layers": 8, "seq_len": 24, "hidden_size": 300, "input_size": 300},
    "lengths": {"kind": "GRU", "lengths": (2, 7, 24), "seq_len": 24, "hidden_size": 40},
    "predicted": {"hidden_size": 8192, "seq_len": 100_000},
    "walk": {"route": "classify", "stop": 3},
}
SHOWING_MOST = ("directions", "lengths", "parameters", "decoder", "vectors")

# Some frames later: what follows from what was drawn has been drawn too.
FRAMES = """() => new Promise((done) => {
    let left = 12;
    const next = () => (left-- ? requestAnimationFrame(next) : done(true));
    next();
})"""

HEIGHT_OF = "e => e.getBoundingClientRect().height"

# As the page was before: four cards at any width, a picture of one width, row ranges in 44 pixels.
AS_BEFORE = """
.ls-cards { grid-template-columns: repeat(4, minmax(0, 1fr)) !important; }
.ls-block { display: block !important; }
.ls-card-head { flex-wrap: nowrap !important; }
.ls-figure { width: 934px !important; }
.ls-gate { display: flex !important; }
.ls-gate-rows { width: 20px !important; }
"""


@pytest.fixture(scope="module")
def scrolled(browser: Browser, voila_url: str) -> Iterator[ExplorerPage]:
    """The dashboard in a window as high as it is, with room for a scrollbar all the same."""
    with watched(browser) as page:
        page.set_viewport_size({"width": 1280, "height": HEIGHT})
        page.goto(voila_url)
        yield ExplorerPage(page).measured()


def faults(explorer: ExplorerPage, link: str) -> list[str]:
    """What is cut off or covered at an address."""
    return list(explorer.opened(link).settled().page.evaluate(MEASURE))


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut_off_or_covered(scrolled: ExplorerPage, width: int) -> None:
    scrolled.page.set_viewport_size({"width": width, "height": HEIGHT})
    found = {}
    for tab in TABS:
        found[tab] = faults(scrolled, link_to(tab=tab))
    for name, question in PRESETS.items():
        found[name] = faults(scrolled, link_to(tab="lengths", **question.values()))
    for name, changes in LARGE.items():
        for tab in SHOWING_MOST:
            found[f"{name}, {tab}"] = faults(scrolled, link_to(tab=tab, **changes))
    assert {name: each for name, each in found.items() if each} == {}
    assert scrolled.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_more_room_shows_more_steps(scrolled: ExplorerPage) -> None:
    drawn = {}
    for width in (390, 768, 1280, 1920):
        scrolled.page.set_viewport_size({"width": width, "height": HEIGHT})
        page = scrolled.opened(link_to(seq_len=24)).settled().page
        inside = "e => e.getBoundingClientRect().width / e.parentElement.clientWidth"
        assert 0.95 < page.locator(".ls-figure").evaluate(inside) <= 1
        drawn[width] = page.locator('.ls-figure [data-slice^="x["]').count()
    assert sorted(drawn.values()) == list(drawn.values())
    assert drawn[390] < drawn[768] < drawn[1280] < drawn[1920] == 24


def test_the_measure_finds_what_was_wrong_before(scrolled: ExplorerPage) -> None:
    page = scrolled.page
    page.set_viewport_size({"width": 390, "height": HEIGHT})
    assert faults(scrolled, link_to(tab="parameters", hidden_size=300)) == []
    tag = page.add_style_tag(content=AS_BEFORE)
    found = page.evaluate(MEASURE)
    assert any("ls-block" in fault and "leaves" in fault for fault in found)
    assert any("ls-figure" in fault and "leaves the window" in fault for fault in found)
    assert any("ls-gate-rows" in fault and "covers" in fault for fault in found)
    tag.evaluate("e => e.remove()")
    assert faults(scrolled, link_to(tab="parameters", hidden_size=300)) == []


def test_on_a_phone_the_page_begins_with_what_it_shows(scrolled: ExplorerPage) -> None:
    page = scrolled.page
    page.set_viewport_size({"width": 390, "height": 844})
    scrolled.opened(link_to())
    below = "e => e.getBoundingClientRect().top - e.closest('.ls-app').getBoundingClientRect().top"
    drawer = page.get_by_role("button", name="Settings of the module")
    expect(scrolled.switch("batch_first")).to_be_hidden()
    assert scrolled.card("input").evaluate(below) < 844 / 2
    drawer.focus()
    page.keyboard.press("Enter")
    expect(drawer).to_have_attribute("aria-expanded", "true")
    expect(scrolled.switch("batch_first")).to_be_visible()
    page.keyboard.press("Enter")
    expect(scrolled.switch("batch_first")).to_be_hidden()


def test_nothing_is_cut_off_in_jupyterlab_beside_its_side_bar(page: Page, lab_url: str) -> None:
    page.set_viewport_size({"width": 1280, "height": HEIGHT})
    page.goto(f"{lab_url}/lab/tree/explorer.ipynb")
    expect(page.locator(".jp-FileBrowser")).to_be_visible(timeout=60_000)
    run_cell(page, "Explorer()")
    explorer = ExplorerPage(page).measured()
    explorer.page.locator(".ls-panel").scroll_into_view_if_needed()
    found = {}
    for tab, name in TABS.items():
        explorer.open_tab(name).settled()
        found[tab] = page.evaluate(MEASURE)
    assert {tab: each for tab, each in found.items() if each} == {}


def test_pointing_moves_nothing(loaded: ExplorerPage) -> None:
    page, picture = loaded.page, loaded.page.locator(".ls-picture")
    page.locator('.ls-figure [data-slice="c_n[3]"]').hover()
    expect(page.locator(".ls-says")).to_contain_text("tanh")
    page.evaluate(FRAMES)
    tallest = picture.evaluate(HEIGHT_OF)
    for name in ("x[:, 0]", "h_n[1]", "c_n[3]", "out[:, 4, :3]"):
        page.locator(f'.ls-figure [data-slice="{name}"]').hover()
        page.evaluate(FRAMES)
        assert picture.evaluate(HEIGHT_OF) == tallest


def test_in_full_screen_all_is_larger_and_nothing_grows_by_itself(loaded: ExplorerPage) -> None:
    page, picture = loaded.page, loaded.page.locator(".ls-picture")
    before = picture.evaluate(HEIGHT_OF)
    page.get_by_role("button", name="Full screen").click()
    page.wait_for_function("() => document.fullscreenElement !== null")
    page.evaluate(FRAMES)
    found = picture.evaluate(HEIGHT_OF)
    assert before < found < 1.5 * before
    page.evaluate(FRAMES)
    assert picture.evaluate(HEIGHT_OF) == found
