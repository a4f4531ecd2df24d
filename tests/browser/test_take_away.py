"""What can be taken away from the page: the picture as a file, the code, the address."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import torch
from playwright.sync_api import Browser, Page, expect

from lstm_shapes import svg, unroll
from lstm_shapes.config import Question
from lstm_shapes.explorer.app import START
from lstm_shapes.explorer.panels.picture import scene_of
from lstm_shapes.explorer.presets import FIRST_QUESTION
from lstm_shapes.picture.layout import layout
from tests.browser.conftest import unwatched
from tests.browser.explorer_page import FIRST, ExplorerPage, link_to
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
    # In the theme that is seen, with a title and what each mark means.
    dark = themed.page.evaluate("document.documentElement.dataset.lsTheme") == "dark"
    assert ("#4db5ee" in text, "#0072b2" in text) == (dark, not dark)
    written = [each.text for each in document.iter(f"{SPACE}text")]
    for part in ("Which cell wrote which slice", "forward →", "← backward", "same numbers"):
        assert part in written


NUMBERS = ("x", "y", "width", "height", "rx")
# A path's numbers, whose format may differ, and its letters.
IN_PATH = re.compile(r"[A-Za-z]|-?[\d.]+")
STATES: dict[str, dict[str, Any]] = {
    "the start": {},
    "a GRU with one direction": {"kind": "GRU", "bidirectional": False, "select": "h_n.1"},
    "a sample that is padded": {"lengths": (2, 5, 3), "sample": 2, "select": "out.2.forward"},
    "layers and steps left out": {"num_layers": 9, "seq_len": 30, "select": "h_n.17"},
    "a cell": {"select": "cell.1.backward.2"},
    "nothing pinned": {"select": ""},
}


def number(text: str) -> float:
    """To as many digits as Python writes."""
    return float(f"{float(text):g}")


def normal(element: ElementTree.Element) -> tuple[Any, ...]:
    """An element without what may differ: the order of attributes, the format of numbers."""
    attributes: dict[str, Any] = dict(element.attrib)
    for name in NUMBERS:
        if name in attributes:
            attributes[name] = number(attributes[name])
    if "d" in attributes:
        parts = IN_PATH.findall(attributes["d"])
        attributes["d"] = [part if part.isalpha() else number(part) for part in parts]
    # What stands for several slices is named in the file from Python alone.
    if "ls-elided" in attributes.get("class", ""):
        attributes.pop("data-slice", None)
    inside = [normal(child) for child in element]
    return element.tag.removeprefix(SPACE), attributes, element.text or "", inside


def drawn(text: str) -> tuple[list[Any], list[str], float, list[float], str]:
    """Of a file: all that is drawn in its order, the lines of the caption, how tall the picture
    is without them, its view box without its height, and the style sheet."""
    root = ElementTree.fromstring(text)
    parts = [part for part in root if part.tag in (f"{SPACE}g", f"{SPACE}path", f"{SPACE}text")]
    # The page holds what it draws in layers; the file from Python has none.
    layers = [list(part) if "ls-layer" in part.get("class", "") else [part] for part in parts]
    flat = [each for layer in layers for each in layer]
    # The picture goes up from 0, the caption down.
    below = [each for each in flat if float(each.get("y", -1)) > 0]
    *box, height = map(float, root.get("viewBox", "").split())
    assert float(root.get("height", 0)) == height
    assert float(root.get("width", 0)) == box[2]
    return (
        [normal(each) for each in flat if each not in below],
        [each.text or "" for each in below],
        height - 16 * len(below),
        box,
        root.findtext(f"{SPACE}style") or "",
    )


@pytest.mark.parametrize("name", list(STATES))
def test_the_page_and_python_save_the_same_picture(explorer: ExplorerPage, name: str) -> None:
    changes = STATES[name]
    explorer.opened(link_to(**changes))
    question = Question.of(FIRST_QUESTION.values() | changes)
    sample = changes.get("sample", 0)
    # The page draws as many steps as it has room for.
    width = int(explorer.page.locator(".ls-figure").evaluate("e => e.viewBox.baseVal.width"))
    picture = scene_of(question.settings, question.sizes, sample, width)
    select = changes.get("select", START)
    # The page is there once it has all of this picture and has lit what is pinned in it.
    figure = explorer.page.locator(".ls-figure")
    rows = question.settings.num_layers * question.settings.num_directions
    top = picture.slices[f"h_n.{rows - 1}"].code
    parts = layout(picture, (), width)
    expect(figure.locator(f'[data-slice="{top}"]')).to_have_count(1)
    expect(figure.locator("g[data-id]")).to_have_count(len(parts.boxes) + len(parts.arrows))
    pinned = [picture.slices[select].code or select] if select else []
    marked = figure.locator("[data-link=selected]")
    expect(marked).to_have_count(len(pinned))
    assert [each.get_attribute("data-slice") for each in marked.all()] == pinned
    seen, lines, *rest = drawn(saved(explorer, "Save SVG").decode())
    expected, python_lines, *python_rest = drawn(svg(picture, select, " ".join(lines), width=width))
    assert len(expected) > 40
    assert seen == expected
    # The page breaks a line one character earlier.
    assert " ".join(lines) == " ".join(python_lines)
    assert rest == python_rest


def test_the_comparison_of_pictures_can_fail() -> None:
    picture = unroll(FIRST_QUESTION.settings, FIRST_QUESTION.sizes)
    text = svg(picture, START, "a caption")
    for old, new in {
        'data-link="wrote"': 'data-link="read"',
        'class="ls-k-x"': 'class="ls-k-h_n"',
        'y="-44"': 'y="-45"',
        "h→": "h←",
        "a caption": "another",
        "#0f172a": "#000000",
    }.items():
        assert text.count(old) >= 1, old
        assert drawn(text.replace(old, new)) != drawn(text), old
    assert drawn(text.replace('y="-44"', 'y="-44.0"')) == drawn(text)


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
    width = explorer.page.locator(".ls-figure").evaluate("e => e.viewBox.baseVal.width")
    data = saved(explorer, "Save PNG")
    assert data.startswith(b"\x89PNG")
    assert int.from_bytes(data[16:20], "big") == 2 * width
    assert len(data) > 20_000


@pytest.fixture
def clipboard(page: Page) -> Iterator[Page]:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return page


def copied(explorer: ExplorerPage, name: str) -> str:
    explorer.choose(name)
    local = ". This link works on this computer only, because the page is served from it."
    said = f"copied{local if name == 'Copy link' else ''}"
    expect(explorer.page.locator(".ls-shared")).to_have_text(said)
    text: str = explorer.page.evaluate("navigator.clipboard.readText()")
    return text


def test_copied_is_said_for_a_while(clipboard: Page, loaded: ExplorerPage) -> None:
    copied(loaded, "Copy code")
    expect(clipboard.locator(".ls-shared")).to_be_empty(timeout=10_000)


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
    expect(clipboard).to_have_url(
        re.compile("proj_size=2.*seq_len=7.*seed=5.*select=out.6.forward")
    )
    link = copied(loaded, "Copy link")
    assert link == clipboard.url
    shapes, lights = loaded.shapes(), lit(clipboard)
    with unwatched(browser) as page:
        other = ExplorerPage(page)
        page.goto(link)
        for again in range(2):
            other.measured()  # a link is heard once torch is there
            expect(other.number("seed")).to_have_value("5")
            other.measured().expect_shapes(shapes)
            expect(at(page, "out[:, 6, :2]")).to_have_attribute("data-link", "selected")
            assert lit(page) == lights
            if not again:
                page.reload()


@pytest.mark.parametrize(
    "link", ["num_layers=1.5", "kind=<script>alert(1)</script>", "%ff%fe", "a" * 3000]
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
    assert asked
    away = [url for url in asked if not re.match(r"(http://localhost|data:|blob:)", url)]
    # Voila's own icon font.
    assert all("@fortawesome" in url for url in away), json.dumps(away)


def test_the_numbers_are_saved_as_a_table_and_as_tensors(explorer: ExplorerPage) -> None:
    header, *lines = saved(explorer, "Save numbers as CSV").decode().splitlines()
    assert header == "tensor,layer,direction,sample,step,feature,value"
    assert len(lines) == 3 * 5 * 4 + 3 * 5 * 6 + 2 * 4 * 3 * 3
    tensors = torch.load(io.BytesIO(saved(explorer, "Save tensors as .pt")), weights_only=True)
    first = format(tensors["h_n"][3, 0, 0].item(), ".4f")
    expect(explorer.page.locator(".ls-numbers")).to_contain_text(first)
    explorer.opened(link_to(hidden_size=300, seq_len=64, batch_size=5))
    explorer.choose("Save numbers as CSV")
    expect(explorer.page.locator(".ls-shared")).to_contain_text("choose smaller sizes")
