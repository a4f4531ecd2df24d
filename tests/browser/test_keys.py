"""Keys pressed in the explorer, in JupyterLab and Notebook 7: the notebook around it hears none."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, Response, expect

from lstm_shapes.explorer.choices import TABS
from tests.browser.conftest import jupyter, run_cell, watched
from tests.browser.explorer_page import ExplorerPage

SOURCES = ("1 + 1", "from lstm_shapes import Explorer; Explorer()", "2")
ADDRESSES = {"jupyterlab": "lab/tree/keys.ipynb?reset", "notebook": "notebooks/keys.ipynb"}
# Type, source and execution count of each cell: only the explorer's was run, and once.
AS_IT_WAS = [("code", source, 1 if "Explorer" in source else None) for source in SOURCES]

# What each of them does in a notebook ranges from another cell to the loss of this one.
KEYS = [
    *("Escape", "Space", "Shift+Space", "Shift+m", "Shift+k"),
    *("Enter", "Shift+Enter", "Control+Enter", "Alt+Enter", "Control+a"),
    *("ArrowUp", "ArrowDown", "Shift+ArrowDown", "Home", "End"),
    *"xddabmmyy00iizjkhlorcv",
]

# One of each kind of what can have the focus.
KINDS = {
    "a slice": '.ls-figure [data-slice="h_n[0]"]',
    "an axis of a card": '[data-tensor="out"] [data-slice]',
    "a slider": ".ls-num_layers [role=slider]",
    "a number": ".ls-num_layers input[type=number]",
    "lengths": ".ls-lengths input",
    "a switch": ".ls-bias input[type=checkbox]",
    "a choice": ".ls-kind button",
    "a preset": ".ls-rail button >> text=Classifier",
    "the sample": ".ls-sample input",
    "a button": ".ls-share button >> text=Copy code",
    "a tab": "[role=tab][aria-selected=true]",
    "an expression": "[role=tabpanel] input[type=text]",
    "a summary": "[role=tabpanel] summary",
    "a program": "[role=tabpanel] .ls-program",
}


@pytest.fixture(scope="module", params=ADDRESSES)
def opened(
    request: pytest.FixtureRequest, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ExplorerPage]:
    """A notebook in which the explorer stands between two other cells."""
    work = tmp_path_factory.mktemp("keys")
    common = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    cells = [{**common, "id": f"cell-{i}", "source": source} for i, source in enumerate(SOURCES)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    written = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (work / "keys.ipynb").write_text(json.dumps(written))
    with jupyter(request.param, work, work / "keys.ipynb") as url, watched(browser) as page:
        page.goto(f"{url}/{ADDRESSES[request.param]}")
        run_cell(page, "Explorer()")
        explorer = ExplorerPage(page).measured()
        explorer.open_tab(TABS["vectors"])
        yield explorer


def focused(page: Page, kind: str) -> Locator:
    part = page.locator(f".ls-app {KINDS[kind]}").first
    part.focus()
    expect(part).to_be_focused()
    return part


def saving(response: Response) -> bool:
    return response.request.method == "PUT" and "/api/contents/" in response.url


def saved(page: Page) -> list[tuple[str, str, int | None]]:
    """The cells as they are saved: Ctrl+S is the notebook's, in the explorer too."""
    focused(page, "a tab")
    with page.expect_response(saving) as answered:
        page.keyboard.press("Control+s")
    kept = page.request.get(answered.value.url).json()["content"]["cells"]
    return [(cell["cell_type"], cell["source"], cell.get("execution_count")) for cell in kept]


@pytest.mark.parametrize("kind", KINDS)
def test_the_notebook_stays_as_it_is(opened: ExplorerPage, kind: str) -> None:
    page = opened.page
    for key in KEYS:
        focused(page, kind)
        page.keyboard.press(key)
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    expect(page.locator(".jp-Cell.jp-mod-selected")).to_have_count(1)
    expect(page.locator(".jp-Notebook.jp-mod-commandMode .jp-mod-active .ls-app")).to_have_count(1)
    assert saved(page) == AS_IT_WAS


def test_the_keys_do_what_they_do_in_the_explorer(opened: ExplorerPage) -> None:
    page = opened.page
    opened.choose("Bi-LSTM tagger")
    expect(opened.number("num_layers")).to_have_value("2")
    focused(page, "a slider").press("ArrowRight")
    expect(opened.number("num_layers")).to_have_value("3")
    piece = focused(page, "a slice")
    for key in ("Enter", "Space"):
        piece.press(key)
        expect(piece).to_have_attribute("aria-pressed", "true")
        piece.press("Escape")  # the tip goes first
        piece.press("Escape")
        expect(piece).to_have_attribute("aria-pressed", "false")
    field = focused(page, "an expression")
    field.fill("")
    page.keyboard.type("x[:, 0]")
    expect(field).to_have_value("x[:, 0]")
    opened.number("seed").fill("")
    page.keyboard.type("20")
    page.keyboard.press("Enter")
    expect(opened.number("seed")).to_have_value("20")
    opened.measured()  # the kernel has answered: it is there, and was not started anew


def test_the_palette_of_commands_is_the_notebook_s(opened: ExplorerPage) -> None:
    page = opened.page
    focused(page, "a slice")
    page.keyboard.press("Control+Shift+c")
    palette = page.locator("#modal-command-palette")
    expect(palette).to_be_visible()
    page.keyboard.press("Escape")
    expect(palette).to_be_hidden()


def test_outside_the_explorer_the_keys_are_the_notebook_s(opened: ExplorerPage) -> None:
    page = opened.page
    page.locator(".jp-CodeCell .cm-content").filter(has_text=SOURCES[0]).click()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    expect(page.locator(".jp-CodeCell")).to_have_count(4)
    page.keyboard.press("d")
    page.keyboard.press("d")
    expect(page.locator(".jp-CodeCell")).to_have_count(3)
