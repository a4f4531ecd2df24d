"""A real JupyterHub with a real proxy, and two users at once."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import serve, unwatched, watched
from tests.browser.explorer_page import FIRST, ExplorerPage
from tests.test_command import free_port
from tests.test_readme import blocks

# The hub asks for accounts of the machine. Here are none, and all is to happen soon.
FOR_TRYING_OUT = """
c.JupyterHub.authenticator_class, c.JupyterHub.spawner_class = "dummy", "simple"
c.SimpleLocalProcessSpawner.home_dir_template = {home!r}
c.JupyterHub.db_url, c.JupyterHub.cookie_secret_file = {database!r}, {secret!r}
c.ConfigurableHTTPProxy.pid_file = {pid!r}
c.JupyterHub.hub_port, c.ConfigurableHTTPProxy.api_url = {port}, "http://127.0.0.1:{api_port}"
c.JupyterHub.last_activity_interval = 1
c.Spawner.environment["JUPYTERHUB_ACTIVITY_INTERVAL"] = "1"
c.Spawner.args.append("--allow-root")
"""
SOON = "serve_dashboard(c, kernel_idle=3, server_idle=8)"

# Asks the hub again and again for a user's server, which is null when there is none.
ASK = """user => {
    const xsrf = document.cookie.match(/_xsrf=([^;]+)/)[1];
    setInterval(async () => {
        const answer = await fetch(`/hub/api/users/${user}?_xsrf=${xsrf}`);
        window.server = (await answer.json()).server;
    }, 500);
}"""


@pytest.fixture(scope="module")
def hub_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    places = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    programs = ("jupyterhub", "configurable-http-proxy")
    missing = [each for each in programs if shutil.which(each, path=places) is None]
    if missing:
        pytest.skip(f"no hub here: {' and '.join(missing)} not on the PATH")
    work = tmp_path_factory.mktemp("hub")
    (file,) = blocks("py")
    assert "serve_dashboard(c)" in file
    given = FOR_TRYING_OUT.format(
        home=f"{work}/{{username}}",
        database=f"sqlite:///{work}/hub.sqlite",
        secret=f"{work}/secret",
        pid=f"{work}/proxy.pid",
        port=free_port(),
        api_port=free_port(),
    )
    config = work / "jupyterhub_config.py"
    config.write_text(file.replace("serve_dashboard(c)", SOON) + given, encoding="utf-8")
    # The hub knows a port, but opens no browser that it could be told not to open.
    start = 'PATH="$1" exec jupyterhub -f "$0" "$3"'
    with serve(work, ["sh", "-c", start, str(config), places], ready="is now running at") as url:
        yield url


def logged_in(page: Page, url: str, user: str) -> ExplorerPage:
    page.goto(url)
    page.get_by_label("Username").fill(user)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**/user/{user}/voila/render/explorer.ipynb*", timeout=60_000)
    return ExplorerPage(page).measured()


def test_two_users_have_each_a_dashboard_and_an_idle_server_is_stopped(
    browser: Browser, hub_url: str
) -> None:
    with ExitStack() as open_pages, watched(browser) as page:
        ada = logged_in(page, hub_url, "ada")
        alan = logged_in(open_pages.enter_context(unwatched(browser)), hub_url, "alan")
        ada.slider("num_layers").press("ArrowRight")
        alan.slider("seq_len").press("ArrowRight")
        ada.expect_shapes(FIRST | {"h_n": "6,3,3", "c_n": "6,3,3"})
        alan.expect_shapes(FIRST | {"input": "3,6,4", "out": "3,6,6"})

        alan.page.goto(f"{hub_url}/hub/home")  # away from the dashboard
        alan.page.evaluate(ASK, "alan")
        alan.page.wait_for_function("window.server === '/user/alan/'")
        alan.page.wait_for_function("window.server === null", timeout=60_000)
        ada.slider("num_layers").press("ArrowRight")
        ada.expect_shapes(FIRST | {"h_n": "8,3,3", "c_n": "8,3,3"})
