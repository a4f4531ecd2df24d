"""The address: two explorers on one page share it; and number fields take what is typed in them."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import serve, watched
from tests.browser.explorer_page import ExplorerPage, link_to

FIRST, SECOND = 0, 1


@pytest.fixture(scope="module")
def two_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Voila with a notebook of two explorers."""
    work = tmp_path_factory.mktemp("two")
    start = "from lstm_shapes import Explorer\n"
    cells = [
        new_code_cell(f"{start}Explorer(num_layers=1)"),
        new_code_cell("Explorer(kind='GRU')"),
    ]
    nbformat.write(new_notebook(cells=cells), work / "two.ipynb")
    command = [sys.executable, "-m", "voila", str(work / "two.ipynb")]
    with serve(work, command, ready="is running at") as url:
        yield url


@pytest.fixture
def two(browser: Browser, two_url: str) -> Iterator[Page]:
    with watched(browser) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        yield page


def card(page: Page, place: int, tensor: str = "h_n") -> Locator:
    return page.locator(".ls-app").nth(place).locator(f'[data-tensor="{tensor}"]')


def opened(page: Page, address: str) -> None:
    page.goto(address)
    for place in (FIRST, SECOND):
        expect(card(page, place)).to_have_attribute("data-state", "measured", timeout=60_000)


def set_number(page: Page, place: int, name: str, value: str) -> None:
    app = page.locator(".ls-app").nth(place)
    field = app.get_by_role("spinbutton", name=name, exact=True)
    field.fill(value)
    field.press("Enter")


def test_each_of_two_explorers_has_its_own_part_of_the_address(two: Page, two_url: str) -> None:
    opened(two, f"{two_url}#seed=3&num_layers=3")
    expect(card(two, FIRST)).to_have_attribute("data-shape", "6,3,3")  # an old link: the first's
    expect(card(two, SECOND)).to_have_attribute("data-shape", "4,3,3")
    set_number(two, SECOND, "num_layers", "4")
    two.wait_for_function("/num_layers=3.*seed=3.*;.*num_layers=4/.test(location.hash)")
    set_number(two, FIRST, "num_layers", "5")
    two.wait_for_function("/num_layers=5.*seed=3.*;.*num_layers=4/.test(location.hash)")
    app = two.locator(".ls-app").nth(SECOND)
    app.get_by_role("button", name="Copy link").click()
    expect(app.locator(".ls-shared")).to_contain_text("copied")
    assert two.evaluate("navigator.clipboard.readText()") == two.url
    again = two.context.new_page()
    opened(again, two.url)
    for place, shape in ((FIRST, "10,3,3"), (SECOND, "8,3,3")):
        expect(card(again, place)).to_have_attribute("data-shape", shape)
    expect(again.get_by_role("alert")).to_have_count(0)


def test_a_part_for_which_there_is_no_explorer_is_told_and_the_rest_is_taken(
    two: Page, two_url: str
) -> None:
    opened(two, f"{two_url}#num_layers=3&zoom=2&step=9;num_layers=4;num_layers=5")
    for place, shape in ((FIRST, "6,3,3"), (SECOND, "8,3,3")):
        expect(card(two, place)).to_have_attribute("data-shape", shape)
    (alert,) = two.get_by_role("alert").all()
    expect(alert.get_by_role("listitem")).to_have_text(
        [
            "'zoom' is no setting of this page",
            "step=9 is too large: use 4 or less",
            "the address is for 3 explorers, with ';' between them, and this page has 2",
        ]
    )


def typed(field: Locator, text: str) -> None:
    """As somebody types, key by key."""
    field.click()
    field.press("Control+a")
    field.press("Delete")
    field.press_sequentially(text)
    field.press("Enter")


@pytest.mark.parametrize(
    ("text", "used"),
    [("1e1", "10"), ("+7", "7"), (" 8 ", "8"), ("9.0", "9"), ("9007199254740993", None)],
)
def test_a_number_that_is_typed_is_used_and_shown_as_it_is_used(
    explorer: ExplorerPage, text: str, used: str | None
) -> None:
    field = explorer.number("hidden_size")
    typed(field, text)
    expect(field).to_have_value(used or text)
    expect(explorer.card("c_n")).to_have_attribute("data-shape", f"4,3,{used or text}")


@pytest.mark.parametrize("text", ["1.5", "e", "abc", "-", "", "1e-1"])
def test_what_cannot_be_taken_is_told_by_name_and_the_field_shows_what_is_used(
    explorer: ExplorerPage, text: str
) -> None:
    page = explorer.opened(link_to(tab="cell", time=2)).page
    page.get_by_label("sample").first.scroll_into_view_if_needed()
    fields = {
        "hidden_size": explorer.number("hidden_size"),
        "sample": page.locator(".ls-picture").get_by_role("spinbutton", name="sample"),
        "time": page.get_by_role("tabpanel").get_by_role("spinbutton", name="t", exact=True),
    }
    for (name, field), used in zip(fields.items(), ("3", "0", "2"), strict=True):
        typed(field, text)
        expect(explorer.alert).to_contain_text(f"This cannot be taken: {name}=")
        expect(field).to_have_value(used)
