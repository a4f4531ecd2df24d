"""Servers as a user starts them, and a Chromium to look at them with."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, expect, sync_playwright

from tests.browser.explorer_page import FIRST, ExplorerPage, link_to
from tests.test_command import free_port
from tests.test_readme import first_command

ROOT = Path(__file__).parent.parent.parent
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Where JupyterLab and Notebook 7 show that a kernel waits to be asked.
IDLE = ".jp-Notebook-ExecutionIndicator[data-status=idle]"
# Voila asks to end the kernel of a page that is left, without the token that it needs for it.
NOT_OURS = re.compile(r"/voila/api/shutdown/")
# Notebook 7 fails so by itself whenever it opens a notebook, also one without any widget.
NOTEBOOK_S_OWN = re.compile(r"reading 'schema'\)\n +at \S+/static/notebook/notebook_core\.")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def chromium() -> str | None:
    """Where the browser is, if there is one."""
    return next(filter(None, map(shutil.which, CHROMIUMS)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = chromium()
    if found is None:
        reason = f"no browser here: none of {', '.join(CHROMIUMS)} is on the PATH"
        if os.environ.get("LSTM_SHAPES_BROWSER_REQUIRED"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        # Scrollbars take room, as they do on most desktops.
        browser = playwright.chromium.launch(
            executable_path=found, args=ARGUMENTS, ignore_default_args=["--hide-scrollbars"]
        )
        yield browser
        browser.close()


@contextmanager
def serve(work: Path, command: list[str], ready: str) -> Iterator[str]:
    """Run a Jupyter server until its log says it is ready; yields its address."""
    port = free_port()
    places = {"CONFIG": "config", "DATA": "data", "RUNTIME": "runtime"}
    environment = os.environ | {
        **{f"JUPYTER_{name}_DIR": str(work / folder) for name, folder in places.items()},
        "PYTHONPATH": str(ROOT),
    }
    server = subprocess.Popen(
        [*command, "--no-browser", f"--port={port}"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    log: list[str] = []
    is_ready = threading.Event()

    def read() -> None:
        # To the end, also when it is ready: a server nobody listens to stops writing.
        assert server.stderr is not None
        with server.stderr:
            for line in server.stderr:
                log.append(line)
                if ready in line:
                    is_ready.set()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        if not is_ready.wait(60):
            pytest.fail(f"the server did not start:\n{''.join(log)}")
        yield f"http://localhost:{port}"
    finally:
        server.terminate()
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
        reader.join(30)


def kernels(work: Path) -> list[psutil.Process]:
    """The kernels of the servers whose files are kept here."""
    found = []
    for process in psutil.process_iter(["cmdline", "environ"]):
        ours = (process.info["environ"] or {}).get("JUPYTER_RUNTIME_DIR") == str(work / "runtime")
        if ours and "ipykernel_launcher" in (process.info["cmdline"] or ()):
            found.append(process)
    return found


@contextmanager
def voila(work: Path, *arguments: str) -> Iterator[str]:
    """The README's own command, in the environment that the tests run in."""
    program, *rest = first_command("sh").rpartition("&& ")[2].split()
    command = [str(Path(sys.executable).parent / Path(program).name), *rest, *arguments]
    with serve(work, command, ready="is running at") as url:
        yield url


@pytest.fixture(scope="session")
def voila_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with voila(tmp_path_factory.mktemp("voila")) as url:
        yield url


@pytest.fixture(scope="session")
def dark_voila_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with voila(tmp_path_factory.mktemp("dark"), "--theme=dark") as url:
        yield url


@contextmanager
def jupyter(program: str, work: Path, notebook: Path = ROOT / "explorer.ipynb") -> Iterator[str]:
    """JupyterLab or Notebook 7 on a copy of a notebook: they save what they open."""
    folder = work / "notebooks"
    folder.mkdir()
    shutil.copy(notebook, folder)
    command = [sys.executable, "-m", program, "--allow-root", "--IdentityProvider.token="]
    with serve(work, [*command, f"--ServerApp.root_dir={folder}"], ready="is running at") as url:
        yield url


@pytest.fixture(scope="session")
def lab_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with jupyter("jupyterlab", tmp_path_factory.mktemp("lab")) as url:
        yield url


def run_cell(page: Page, source: str) -> None:
    """Run the cell with this source, once the kernel is there: before, it would be passed over
    without a word."""
    expect(page.locator(".jp-Toolbar-kernelName")).to_contain_text("Python", timeout=60_000)
    expect(page.locator(IDLE)).to_be_visible(timeout=60_000)
    run_at_once(page, source)


def run_at_once(page: Page, source: str) -> None:
    """Run the cell with this source, of a notebook that has had its kernel."""
    page.locator(".jp-CodeCell .cm-content").filter(has_text=source).click()
    page.keyboard.press("Shift+Enter")


@contextmanager
def watched(browser: Browser) -> Iterator[Page]:
    """A page of 1280 x 800; anything it reports as an error fails the test."""
    errors: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error" and not NOT_OURS.search(message.location["url"]):
            errors.append(message.text)

    def thrown(error: Error) -> None:
        if not NOTEBOOK_S_OWN.search(error.stack or ""):
            errors.append(str(error))

    with unwatched(browser) as page:
        page.on("console", heard)
        page.on("pageerror", thrown)
        yield page
    assert errors == []


@contextmanager
def unwatched(browser: Browser) -> Iterator[Page]:
    """A page that may report errors: a host's own, or those of a fault made on purpose."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with watched(browser) as page:
        yield page


@pytest.fixture(scope="module")
def shared(browser: Browser, voila_url: str) -> Iterator[ExplorerPage]:
    """One page for all tests of a file; ``explorer`` is it, brought back to its start."""
    with watched(browser) as page:
        page.goto(voila_url)
        yield ExplorerPage(page).measured()


# Neither pointing at anything, really or in a test's words, nor in the middle of the page.
AWAY = """() => {
    document.activeElement.blur();
    document.querySelector(".ls-stage-root").dispatchEvent(new PointerEvent("pointerleave"));
    document.querySelector("#rendered_cells").scrollTo(0, 0);
}"""


@pytest.fixture
def explorer(shared: ExplorerPage) -> ExplorerPage:
    """The dashboard as it starts, measured."""
    page = shared.page
    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(forced_colors="none", reduced_motion="no-preference")
    page.mouse.move(0, 0)
    page.evaluate(AWAY)
    shared.opened(link_to()).measured().expect_shapes(FIRST)
    expect(shared.alert).to_have_count(0)
    return shared


@pytest.fixture
def loaded(page: Page, voila_url: str) -> ExplorerPage:
    """The dashboard in a page of its own, just opened."""
    page.goto(voila_url)
    return ExplorerPage(page).measured()


@pytest.fixture(params=["light", "dark"])
def themed(
    request: pytest.FixtureRequest, page: Page, voila_url: str, dark_voila_url: str
) -> ExplorerPage:
    page.goto(voila_url if request.param == "light" else dark_voila_url)
    return ExplorerPage(page).measured()
