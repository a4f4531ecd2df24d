"""Somebody's own module and input, in a notebook of their own: in JupyterLab and in Voila."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import jupyter, run_cell, serve, watched
from tests.browser.explorer_page import ExplorerPage

CELL = """
import torch
from lstm_shapes import Explorer
torch.manual_seed(1)
lstm = torch.nn.LSTM(10, 6, num_layers=2, batch_first=True, bidirectional=True).double()
x = torch.randn(2, 4, 10, dtype=torch.float64)
words = [["the", "cat", "sat", "<b>down"], ["dogs", "run"]]
Explorer(lstm, x, tokens=words)
""".strip()
OWN = {"input": "2,4,10", "out": "2,4,12", "h_n": "4,2,6", "c_n": "4,2,6"}


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("own") / "mine.ipynb"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(new_notebook(cells=[new_code_cell(CELL)], metadata=kernel), path)
    return path


@pytest.fixture(params=["voila", "jupyterlab"])
def own(
    request: pytest.FixtureRequest, browser: Browser, notebook: Path, tmp_path: Path
) -> Iterator[Page]:
    if request.param == "voila":
        command = [sys.executable, "-m", "voila", str(notebook)]
        with serve(tmp_path, command, ready="is running at") as url, watched(browser) as page:
            page.goto(url)
            yield page
    else:
        with jupyter("jupyterlab", tmp_path, notebook) as url, watched(browser) as page:
            page.goto(f"{url}/lab/tree/mine.ipynb?reset")
            run_cell(page, "Explorer(lstm, x")
            yield page


def test_ones_own_call_is_shown_left_and_come_back_to(own: Page) -> None:
    explorer = ExplorerPage(own).measured()
    explorer.expect_shapes(OWN)
    expect(own.locator(".ls-title")).to_contain_text("your torch.nn.LSTM")
    expect(own.locator("text.ls-t-token")).to_have_text(["the", "cat", "sat", "<b>down"])
    numbers = own.locator(".ls-says .ls-numbers").text_content()
    explorer.slider("hidden_size").press("ArrowRight")
    what_if = own.get_by_role("status").filter(has_text="What if")
    expect(what_if).to_contain_text("hidden_size = 7, and yours is 6")
    expect(what_if).to_contain_text("drawn from the seed")
    what_if.get_by_role("button", name="Back to your call").click()
    explorer.measured().expect_shapes(OWN)
    expect(what_if).to_have_count(0)
    expect(own.locator(".ls-says .ls-numbers")).to_have_text(numbers or "none")
