"""A report in JupyterLab: its buttons, and what is left of them without the kernel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.sign import NotebookNotary
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import IDLE, jupyter, run_cell, unwatched
from tests.browser.explorer_page import ExplorerPage

SOURCE = """\
import torch
from torch import nn
from lstm_shapes import explain
explain(nn.LSTM(4, 3, batch_first=True), torch.randn(3, 5, 4))
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """JupyterLab on a notebook that explains a model; its address and its folder."""
    work = tmp_path_factory.mktemp("reported")
    (work / "lab_of").mkdir()
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(SOURCE)])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, work / "report.ipynb")
    with jupyter("jupyterlab", work / "lab_of", work / "report.ipynb") as url:
        yield url, work / "lab_of"


def test_the_call_is_opened_below_and_the_texts_are_copied(
    page: Page, lab: tuple[str, Path]
) -> None:
    page.goto(f"{lab[0]}/lab/tree/report.ipynb?reset")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    run_cell(page, "explain(nn.LSTM")
    expect(page.locator(".ls-report")).to_contain_text("LSTM returned 3 tensors", timeout=60_000)
    said = page.locator(".ls-reported .ls-shared").first
    for button, start in (("text", "LSTM returned"), ("test", "from lstm_shapes import check")):
        page.get_by_role("button", name=f"Copy as {button}").click()
        expect(said).to_have_text("copied")
        assert page.evaluate("navigator.clipboard.readText()").startswith(start)
    page.get_by_role("button", name="Open in the explorer").click()
    explorer = ExplorerPage(page).measured()
    explorer.expect_shapes({"input": "3,5,4", "out": "3,5,3", "h_n": "1,3,3", "c_n": "1,3,3"})
    expect(said).to_have_text("")
    app, cell = explorer.page.locator(".ls-app.widget-box"), page.locator(".jp-OutputArea").first
    inner, outer = app.bounding_box(), cell.bounding_box()
    assert inner is not None
    assert outer is not None
    assert inner["x"] + inner["width"] <= outer["x"] + outer["width"]


def test_reopened_without_the_kernel_the_report_stands_alone(
    browser: Browser, page: Page, lab: tuple[str, Path]
) -> None:
    """No button that does nothing, and no word of JupyterLab's on a model that is not found."""
    url, work = lab
    page.goto(f"{url}/lab/tree/report.ipynb?reset")
    run_cell(page, "explain(nn.LSTM")
    expect(page.get_by_role("button", name="Copy as text")).to_be_visible(timeout=60_000)
    expect(page.locator(IDLE)).to_be_visible()
    expect(page.locator(".jp-mod-dirty")).not_to_have_count(0)
    page.keyboard.press("Control+s")
    expect(page.locator(".jp-mod-dirty")).to_have_count(0)
    path = work / "notebooks" / "report.ipynb"
    later = nbformat.read(path, as_version=4)
    later.metadata.pop("widgets", None)
    nbformat.write(later, path.with_name("later.ipynb"))
    NotebookNotary(data_dir=str(work / "data")).sign(later)
    with unwatched(browser) as other:
        other.goto(f"{url}/lab/tree/later.ipynb?reset")
        expect(other.locator(".ls-report")).to_be_visible(timeout=60_000)
        expect(other.locator(".jp-OutputArea-output.jupyter-widgets")).to_have_text(
            "Error displaying widget: model not found", timeout=60_000
        )
        expect(other.locator(".jp-OutputArea-output.jupyter-widgets")).to_be_hidden()
