"""What can be taken away from the page: the picture as a file, the code, the address."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, Page, expect

from lstm_shapes import unroll
from lstm_shapes.explorer.presets import FIRST_QUESTION
from tests.browser.explorer_page import FIRST, ExplorerPage
from tests.browser.test_picture import at, lit

SPACE = "{http://www.w3.org/2000/svg}"


def saved(explorer: ExplorerPage, name: str) -> bytes:
    with explorer.page.expect_download() as waiting:
        explorer.choose(name)
    path = waiting.value.path()
    return Path(path).read_bytes()


def test_the_saved_svg_is_what_is_seen_and_stands_alone(themed: ExplorerPage) -> None:
    text = saved(themed, "Save SVG").decode()
    document = ElementTree.fromstring(text)
    links = {
        group.get("data-slice"): group.get("data-link")
        for group in document.iter(f"{SPACE}g")
        if group.get("data-lit")
    }
    picture = unroll(FIRST_QUESTION.settings, FIRST_QUESTION.sizes)
    linked = picture.linked("h_n.3")
    assert links == {picture.slices[n].code or n: link for n, link in linked.items()}
    words = "".join(document.itertext())
    assert "nn.LSTM(4, 3, num_layers=2, batch_first=True, bidirectional=True)." in words
    assert "✓ h_n[3] == out[:, 0, 3:]" in words
    assert not re.search(r"var\(|https?://(?!www\.w3\.org/(2000/svg|1999/xlink))|<script", text)
    # Readable on white, whatever the page's theme: the colours of the light one.
    assert "#0f172a" in text
    assert "#4db5ee" not in text


def test_the_saved_svg_looks_the_same_elsewhere(explorer: ExplorerPage, browser: Browser) -> None:
    text = saved(explorer, "Save SVG").decode()
    elsewhere = browser.new_page()
    elsewhere.set_content(text)
    fill = "e => [getComputedStyle(e).fill, getComputedStyle(e).strokeWidth]"
    for code in ("h_n[3]", "cell.1.backward.0", "out[:, 0, 3:]", "x[:, 4]", "h_n[0]"):
        there = elsewhere.locator(f'[data-slice="{code}"] rect').evaluate(fill)
        assert there == at(explorer.page, code).locator("rect").evaluate(fill), code
    elsewhere.close()


def test_the_saved_png_has_two_pixels_for_one(explorer: ExplorerPage) -> None:
    data = saved(explorer, "Save PNG")
    assert data.startswith(b"\x89PNG")
    assert int.from_bytes(data[16:20], "big") == 2 * 934
    assert len(data) > 20_000


@pytest.fixture
def clipboard(page: Page) -> Iterator[Page]:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return page


def copied(explorer: ExplorerPage, name: str) -> str:
    explorer.choose(name)
    expect(explorer.page.locator(".ls-shared")).to_have_text("copied")
    text: str = explorer.page.evaluate("navigator.clipboard.readText()")
    return text


def test_the_copied_code_runs_and_asserts_the_selection(
    clipboard: Page, loaded: ExplorerPage
) -> None:
    at(clipboard, "h_n[2]").click()
    code = copied(loaded, "Copy code")
    assert "assert torch.equal(h_n[2], out[:, 4, :3])" in code
    exec(code, {})


def test_a_link_brings_back_the_whole_state(
    clipboard: Page, loaded: ExplorerPage, browser: Browser
) -> None:
    loaded.choose("Projected")
    loaded.type("seq_len", 7)
    loaded.type("seed", 5)
    at(clipboard, "out[:, 6, :2]").click()
    expect(clipboard).to_have_url(re.compile("seq_len=7.*seed=5.*select=out.6.forward"))
    link = copied(loaded, "Copy link")
    assert link == clipboard.url
    shapes, lights = loaded.shapes(), lit(clipboard)
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    other = ExplorerPage(context.new_page())
    other.page.goto(link)
    for again in range(2):
        expect(other.number("seed")).to_have_value("5")
        other.measured().expect_shapes(shapes)
        expect(at(other.page, "out[:, 6, :2]")).to_have_attribute("data-link", "selected")
        assert lit(other.page) == lights
        if not again:
            other.page.reload()
    context.close()


@pytest.mark.parametrize(
    "link", ["num_layers=1e9", "kind=<script>alert(1)</script>", "%ff%fe", "a" * 3000]
)
def test_a_malformed_link_is_said_and_the_page_stands(
    page: Page, voila_url: str, link: str
) -> None:
    page.goto(f"{voila_url}#{link}")
    explorer = ExplorerPage(page).measured()
    expect(explorer.alert).to_contain_text("This link cannot be read")
    explorer.expect_shapes(FIRST)
    explorer.slider("num_layers").press("ArrowRight")
    expect(explorer.alert).to_have_count(0)


def test_a_link_pasted_into_an_open_page_is_followed(explorer: ExplorerPage) -> None:
    explorer.page.evaluate("location.hash = 'num_layers=3&select=x.1'")
    explorer.expect_shapes(FIRST | {"h_n": "6,3,3", "c_n": "6,3,3"})
    expect(at(explorer.page, "x[:, 1]")).to_have_attribute("data-link", "selected")


def test_nothing_is_fetched_from_elsewhere(page: Page, voila_url: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(voila_url)
    ExplorerPage(page).measured()
    away = [url for url in asked if not re.match(r"(http://localhost|data:|blob:)", url)]
    # Voila's own icon font.
    assert all("@fortawesome" in url for url in away), json.dumps(away)
