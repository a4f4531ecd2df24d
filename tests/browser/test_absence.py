"""A kernel that is gone, in Voila and in JupyterLab: told, marked, and come back from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import jupyter, kernels, run_at_once, run_cell, unwatched, voila
from tests.browser.explorer_page import FIRST, ExplorerPage
from tests.browser.proxy import Cable, cable

ENDED = "The kernel of this page has ended."
SILENT = "The kernel does not answer."
EARLIER = "This is a picture of an earlier run."
EARLIER_CARD = "of an earlier run, not live"
CHANGED = {"input": "3,5,4", "out": "3,5,6", "h_n": "6,3,3", "c_n": "6,3,3"}
"""The first shapes with one layer more."""


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("absence")


@pytest.fixture(scope="module")
def line(work: Path) -> Iterator[Cable]:
    """The dashboard at the end of a cable."""
    with cable() as made, voila(work) as url:
        made.lead_to(url)
        yield made


def kill(work: Path) -> None:
    for kernel in kernels(work):
        kernel.kill()


def expect_told(explorer: ExplorerPage, heading: str) -> None:
    """It is said, and nothing passes for live; the layout is what it was."""
    page = explorer.page
    said = page.locator(".ls-absence").get_by_role("alert")
    expect(said).to_contain_text(heading, timeout=20_000)
    for tensor in FIRST:
        expect(explorer.card(tensor).locator(".ls-verdict")).to_have_text(EARLIER_CARD)
    expect(page.locator(".ls-cards")).to_have_css("filter", "grayscale(1)")
    expect(page.locator(".ls-rail")).to_have_attribute("inert", "")
    parts = page.locator(".ls-rail"), page.locator(".ls-stage-root").locator("xpath=..")
    rail, stage = (part.bounding_box() for part in parts)
    assert rail is not None
    assert stage is not None
    beside = rail["x"] + rail["width"] <= stage["x"] and abs(rail["y"] - stage["y"]) < 1
    above = rail["y"] + rail["height"] <= stage["y"] and abs(rail["x"] - stage["x"]) < 1
    assert beside or above


def expect_live(explorer: ExplorerPage) -> None:
    expect(explorer.page.locator(".ls-absence").get_by_role("alert")).to_have_count(0)
    expect(explorer.page.locator(".ls-rail")).not_to_have_attribute("inert", "")
    expect(explorer.card("out").locator(".ls-verdict")).to_have_text("✓ formula = measured")


def expect_kept(explorer: ExplorerPage) -> None:
    """The page that was opened anew is where it was, and answers."""
    expect(explorer.number("num_layers")).to_have_value("3", timeout=60_000)
    explorer.measured().expect_shapes(CHANGED)
    expect_live(explorer)
    explorer.slider("num_layers").press("ArrowRight")
    explorer.page.wait_for_url("**#*num_layers=4*")
    explorer.slider("num_layers").press("ArrowLeft")
    explorer.expect_shapes(CHANGED)
    explorer.page.wait_for_url("**#*num_layers=3*")


@pytest.fixture
def explorer(browser: Browser, line: Cable) -> Iterator[ExplorerPage]:
    """A dashboard in which something was set, which is in its address."""
    with unwatched(browser) as page:
        page.goto(line.url)
        explorer = ExplorerPage(page).measured()
        expect_live(explorer)
        explorer.slider("num_layers").press("ArrowRight")
        explorer.expect_shapes(CHANGED)
        explorer.page.wait_for_url("**#*num_layers=3*")
        yield explorer


def test_a_killed_kernel_is_told_and_the_state_survives(explorer: ExplorerPage, work: Path) -> None:
    with explorer.page.expect_event("load", timeout=60_000):
        kill(work)
    expect_kept(explorer)
    # A page that was just opened anew does not go on opening itself anew.
    kill(work)
    expect_told(explorer, ENDED)
    explorer.expect_shapes(CHANGED)
    explorer.page.get_by_role("button", name="Open the page anew").click()
    expect_kept(explorer)


def test_a_connection_that_is_held_up_comes_back_by_itself(
    explorer: ExplorerPage, line: Cable
) -> None:
    line.flowing.clear()
    expect_told(explorer, SILENT)
    expect(explorer.page.locator(".ls-absence code")).to_have_count(0)
    line.flowing.set()
    expect_live(explorer)
    explorer.slider("num_layers").press("ArrowLeft")
    explorer.expect_shapes(FIRST)


def test_a_connection_that_is_cut_comes_back_by_itself(explorer: ExplorerPage, line: Cable) -> None:
    target, line.target = line.target, None
    expect_told(explorer, SILENT)
    line.target = target
    expect(explorer.page.locator(".ls-absence").get_by_role("alert")).to_have_count(
        0, timeout=60_000
    )
    expect_live(explorer)
    explorer.slider("num_layers").press("ArrowLeft")
    explorer.expect_shapes(FIRST)


def test_a_server_that_was_started_anew(browser: Browser, work: Path) -> None:
    with cable() as line, unwatched(browser) as page:
        with voila(work) as url:
            line.lead_to(url)
            page.goto(line.url)
            explorer = ExplorerPage(page).measured()
            explorer.slider("num_layers").press("ArrowRight")
            explorer.page.wait_for_url("**#*num_layers=3*")
        expect_told(explorer, SILENT)
        with voila(work) as url:
            with explorer.page.expect_event("load", timeout=60_000):
                line.lead_to(url)
            expect_kept(explorer)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """JupyterLab as somebody has set it who keeps the widgets' state in the notebook."""
    work = tmp_path_factory.mktemp("saved")
    settings = work / "config/lab/user-settings/@jupyter-widgets/jupyterlab-manager"
    settings.mkdir(parents=True)
    (settings / "plugin.jupyterlab-settings").write_text('{"saveState": true}')
    with jupyter("jupyterlab", work) as url:
        yield url, work / "notebooks/explorer.ipynb"


def test_a_notebook_tells_of_a_restart_and_of_an_earlier_run(
    browser: Browser, lab: tuple[str, Path]
) -> None:
    url, notebook = lab
    with unwatched(browser) as page:
        page.goto(f"{url}/lab/tree/explorer.ipynb?reset")
        explorer = ExplorerPage(page)
        run_cell(page, "Explorer()")
        explorer.measured().slider("num_layers").press("ArrowRight")
        explorer.expect_shapes(CHANGED)
        expect_live(explorer)
        page.keyboard.press("Control+s")
        page.wait_for_function("() => !document.querySelector('.jp-mod-dirty')")
        restart(page, url)
        expect_told(explorer, ENDED)
        expect(page.locator(".ls-absence code")).to_have_text("Explorer(num_layers=3)")
        # A host that was busy may have missed that the new kernel is idle, and go on showing that
        # it is not; the kernel was there when the server answered.
        run_at_once(page, "Explorer()")
        explorer.measured().expect_shapes(FIRST)
        expect_live(explorer)
    assert "widgets" in json.loads(notebook.read_text())["metadata"]
    with unwatched(browser) as page:
        page.goto(f"{url}/lab/tree/explorer.ipynb?reset")
        expect_told(ExplorerPage(page), EARLIER)


def restart(page: Page, url: str) -> None:
    """The server's only kernel, from outside the notebook."""
    (kernel,) = page.request.get(f"{url}/api/kernels").json()
    cookies = {each["name"]: each["value"] for each in page.context.cookies()}
    answer = page.request.post(
        f"{url}/api/kernels/{kernel['id']}/restart", headers={"X-XSRFToken": cookies["_xsrf"]}
    )
    assert answer.ok
