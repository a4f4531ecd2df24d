"""A notebook that nobody runs: exported, received and reopened, each without anything from outside;
and one that is run, where the still picture is never seen beside the live explorer."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert import HTMLExporter
from nbformat.sign import NotebookNotary
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import ROOT, run_cell, serve, unwatched
from tests.browser.explorer_page import ExplorerPage

PICTURE = re.compile("^The network unrolled")
SHAPE = "h_n  (4, 3, 3)  (layer × direction, batch, features)  (D·num_layers, N, H_out)"
OTHER = "h_n  (1, 3, 3)  (layer × direction, batch, features)  (D·num_layers, N, H_out)"
VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"

# In how many frames a still picture was seen, from the page's first frame on.
COUNT_FRAMES = """
window.stillSeen = 0;
(function look() {
    const stills = [...document.querySelectorAll('[class^="ls-static-"]')];
    if (stills.some((still) => still.getClientRects().length)) window.stillSeen += 1;
    requestAnimationFrame(look);
})();
"""


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    """The notebook with a second explorer, executed by nbconvert."""
    path = tmp_path_factory.mktemp("static") / "executed.ipynb"
    notebook = nbformat.read(ROOT / "explorer.ipynb", as_version=4)
    more = "Explorer(kind='GRU', bidirectional=False, num_layers=1, select='h_n[0]')"
    notebook.cells.append(nbformat.v4.new_code_cell(more))
    nbformat.write(notebook, path)
    command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run([*command, path], env=environment, check=True, capture_output=True, timeout=120)
    return nbformat.read(path, as_version=4)


def stateless(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook as JupyterLab saves it by default."""
    without = deepcopy(notebook)
    del without.metadata["widgets"]
    return without


@pytest.fixture
def alone(browser: Browser) -> Iterator[Page]:
    """A page whose every request to a server fails."""
    with unwatched(browser) as page:
        page.context.route(re.compile("^https?:"), lambda route: route.abort())
        yield page


@pytest.fixture(params=["with the widgets' state", "without"])
def exported(
    request: pytest.FixtureRequest, alone: Page, executed: nbformat.NotebookNode, tmp_path: Path
) -> Page:
    """What ``jupyter nbconvert --to html`` makes of the executed notebook."""
    notebook = executed if request.param.startswith("with ") else stateless(executed)
    html, _ = HTMLExporter().from_notebook_node(notebook)
    (tmp_path / "exported.html").write_text(html, encoding="utf-8")
    alone.goto((tmp_path / "exported.html").as_uri())
    return alone


def expect_picture(picture: Locator) -> None:
    """See that a picture is drawn, and large enough to be read."""
    expect(picture).to_be_visible()
    assert picture.evaluate("async (img) => { await img.decode(); return img.naturalWidth }") > 900
    box = picture.bounding_box()
    assert box is not None
    assert min(box["width"], 3 * box["height"]) > 400


def test_an_export_shows_pictures_and_shapes_without_a_network(exported: Page) -> None:
    pictures = exported.get_by_role("img", name=PICTURE)
    expect(pictures).to_have_count(2)
    for picture in pictures.all():
        expect_picture(picture)
    for shape in (SHAPE, OTHER):
        expect(exported.get_by_text(shape)).to_be_visible()


@pytest.mark.parametrize("exported", ["with the widgets' state"], indirect=True)
def test_an_export_that_draws_its_widgets_hides_their_pictures(
    exported: Page, executed: nbformat.NotebookNode
) -> None:
    """The program that would draw them comes from a CDN: so the classes are put in by hand."""
    first = executed.cells[0].outputs[0].data[VIEW]["model_id"]
    widget = executed.metadata.widgets[STATE]["state"][first]["state"]
    add = "names => document.body.append(Object.assign(document.createElement('div'), names))"
    exported.evaluate(add, {"className": " ".join(widget["_dom_classes"])})
    expect(exported.get_by_text(SHAPE)).to_be_hidden()
    expect(exported.get_by_text(OTHER)).to_be_visible()
    expect(exported.get_by_role("img", name=PICTURE)).to_have_count(1)


def test_the_notebook_keeps_little_of_it(executed: nbformat.NotebookNode) -> None:
    for cell in executed.cells:
        widget, still = cell.outputs
        assert widget.data.keys() == {VIEW, "text/plain"}
        assert still.data.keys() == {"text/html", "text/plain"}
        assert len(str(cell.outputs)) < 32 * 1024
    assert executed.cells[0].outputs[0].data["text/plain"] == "Explorer()"
    assert SHAPE in executed.cells[0].outputs[1].data["text/plain"]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, executed: nbformat.NotebookNode) -> Iterator[str]:
    """JupyterLab with a notebook to run, an executed one of one's own, and one from elsewhere."""
    work = tmp_path_factory.mktemp("lab")
    notebooks: dict[str, Any] = {"own": stateless(executed), "received": stateless(executed)}
    notebooks["new"] = nbformat.read(ROOT / "explorer.ipynb", as_version=4)
    notebooks["own"].cells[0].source += "  # trust goes by what is in it"
    for folder in ("notebooks", "data"):
        (work / folder).mkdir()
    NotebookNotary(data_dir=str(work / "data")).sign(notebooks["own"])
    for name, notebook in notebooks.items():
        nbformat.write(notebook, work / "notebooks" / f"{name}.ipynb")
    command = [sys.executable, "-m", "jupyterlab", "--allow-root", "--IdentityProvider.token="]
    command += [f"--ServerApp.root_dir={work / 'notebooks'}"]
    with serve(work, command, ready="is running at") as url:
        yield url


@pytest.mark.parametrize(
    ("name", "first"),
    [("own", "Error displaying widget: model not found"), ("received", "Explorer()")],
)
def test_a_saved_notebook_without_a_kernel_shows_picture_and_shapes(
    browser: Browser, lab: str, name: str, first: str
) -> None:
    page = browser.new_page()  # not watched: JupyterLab reports the missing model as an error
    page.goto(f"{lab}/lab/tree/{name}.ipynb?reset&factory=Notebook%20(no%20kernel)")
    output = page.locator(".jp-Cell-outputArea").first
    expect(output.get_by_text(SHAPE)).to_be_visible(timeout=60_000)
    expect(output.get_by_text(first, exact=True)).to_be_visible()
    expect_picture(output.get_by_role("img", name=PICTURE))
    page.close()


def expect_one_explorer(page: Page) -> None:
    """See that the explorer is there, and its still picture was not seen in any frame."""
    ExplorerPage(page).measured()
    expect(page.locator(".ls-app")).to_have_count(1)
    expect(page.locator('[class^="ls-static-"]')).to_have_count(1)
    assert page.evaluate("stillSeen") == 0


def test_in_jupyterlab_one_explorer_is_seen(page: Page, lab: str) -> None:
    page.add_init_script(COUNT_FRAMES)
    page.goto(f"{lab}/lab/tree/new.ipynb?reset")
    run_cell(page, "Explorer()")
    expect_one_explorer(page)


def test_in_voila_one_explorer_is_seen(page: Page, voila_url: str) -> None:
    page.add_init_script(COUNT_FRAMES)
    page.goto(voila_url)
    expect_one_explorer(page)
