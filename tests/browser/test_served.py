"""The dashboard as the README's first command serves it: its own template and settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ROOT, kernels, unwatched, voila
from tests.browser.contrast import worst_contrast
from tests.browser.explorer_page import FIRST, ExplorerPage

# Of the page while it loads.
COLOURS = {"light": "rgb(255, 255, 255)", "dark": "rgb(17, 17, 17)"}
# Of the explorer, when it is there: it fills the page.
GROUND = {"light": "rgb(248, 250, 252)", "dark": "rgb(14, 17, 22)"}
FILLS = "app => app.getBoundingClientRect().x === 0"
BACKGROUND = "() => getComputedStyle(document.body).backgroundColor"


@pytest.fixture(scope="module")
def soon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A server like the others, with less patience: its files and its address."""
    work = tmp_path_factory.mktemp("soon")
    cull = ["--MappingKernelManager.cull_idle_timeout=4", "--MappingKernelManager.cull_interval=1"]
    with voila(work, *cull) as url:
        yield work, url


def wait_for(page: Page, holds: Callable[[], bool], rounds: int = 300) -> None:
    for _ in range(rounds):
        if holds():
            return
        page.wait_for_function("start => performance.now() > start + 200", arg=now(page))
    pytest.fail("it did not come to hold")


def now(page: Page) -> float:
    return float(page.evaluate("() => performance.now()"))


def test_a_page_asks_nothing_of_anybody_else(browser: Browser, voila_url: str) -> None:
    with unwatched(browser) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda socket: asked.append(socket.url))
        page.goto(voila_url)
        explorer = ExplorerPage(page).measured()
        explorer.slider("num_layers").press("ArrowRight")
        explorer.expect_shapes(FIRST | {"h_n": "6,3,3", "c_n": "6,3,3"})
        for tab in page.get_by_role("tab").all():
            explorer.open_tab(tab.inner_text())
        page.goto("about:blank")
        ours = (voila_url, voila_url.replace("http", "ws"), f"blob:{voila_url}", "about:", "data:")
        assert len(asked) > 20
        assert [url for url in asked if not url.startswith(ours)] == []


@pytest.mark.parametrize("scheme", COLOURS)
def test_the_colours_are_those_of_the_system(browser: Browser, voila_url: str, scheme: str) -> None:
    other = {"light": "dark", "dark": "light"}[scheme]
    with unwatched(browser) as page:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(voila_url, wait_until="commit")
        expect(page.locator("#loading")).to_contain_text("kernel")
        assert page.evaluate(BACKGROUND) == COLOURS[scheme]
        ExplorerPage(page).measured()
        assert page.title() == "LSTM shapes"
        assert page.locator(".ls-app").evaluate(FILLS)
        assert page.evaluate(BACKGROUND) == GROUND[scheme]
        assert worst_contrast(page) >= 4.5
        page.emulate_media(color_scheme=other)  # type: ignore[arg-type]
        light = str(other == "light").lower()
        expect(page.locator("body")).to_have_attribute("data-jp-theme-light", light)
        assert page.evaluate(BACKGROUND) == GROUND[other]
        assert worst_contrast(page) >= 4.5


def test_colours_that_were_asked_for_stay(browser: Browser, dark_voila_url: str) -> None:
    with unwatched(browser) as page:
        page.emulate_media(color_scheme="light")
        page.goto(dark_voila_url, wait_until="commit")
        expect(page.locator("#loading")).to_contain_text("kernel")
        assert page.evaluate(BACKGROUND) == COLOURS["dark"]


def test_kernels_of_closed_pages_go_and_those_of_open_pages_stay(
    browser: Browser, soon: tuple[Path, str]
) -> None:
    work, url = soon
    with unwatched(browser) as page:
        page.goto(url)
        explorer = ExplorerPage(page).measured()
        with unwatched(browser) as other:
            other.goto(url)
            ExplorerPage(other).measured()
            other.reload()
            ExplorerPage(other).measured()
            assert len(kernels(work)) > 1
        wait_for(page, lambda: len(kernels(work)) == 1)
        explorer.slider("num_layers").press("ArrowRight")
        explorer.expect_shapes(FIRST | {"h_n": "6,3,3", "c_n": "6,3,3"})


def test_a_kernel_of_a_closed_page_has_less_than_a_minute() -> None:
    limits = json.loads((ROOT / "voila.json").read_text())["MappingKernelManager"]
    assert limits["cull_idle_timeout"] + limits["cull_interval"] < 60
    assert limits["cull_connected"] is False
