"""What people do without thinking: go back, take back, switch the light off, look for the error."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import watched
from tests.browser.explorer_page import FIRST, ExplorerPage

THREE = FIRST | {"h_n": "6,3,3", "c_n": "6,3,3"}


@pytest.fixture(scope="module")
def alone(browser: Browser, voila_url: str) -> Iterator[ExplorerPage]:
    """One page for the tests of this file that leave it as it starts."""
    with watched(browser) as page:
        page.goto(voila_url)
        yield ExplorerPage(page).measured()


def test_back_and_forward_open_what_was_shown(loaded: ExplorerPage) -> None:
    page = loaded.page
    bare = page.url
    assert "#" not in bare
    length = page.evaluate("history.length")
    loaded.slider("num_layers").press("ArrowRight")
    expect(page).to_have_url(f"{bare}#num_layers=3")
    loaded.switch("batch_first").click()
    expect(page).to_have_url(re.compile("num_layers=3&batch_first=False"))
    assert page.evaluate("history.length") == length + 2
    page.go_back()
    loaded.expect_shapes(THREE)
    page.go_back()
    loaded.expect_shapes(FIRST)
    page.go_forward()
    loaded.expect_shapes(THREE)
    # Going there made no entry of its own: the next change takes the place of the one ahead.
    loaded.slider("num_layers").press("ArrowRight")
    expect(page).to_have_url(f"{bare}#num_layers=4")
    assert page.evaluate("history.length") == length + 2


def test_undo_redo_and_reset_by_button_and_by_key(alone: ExplorerPage) -> None:
    page = alone.page
    undo = page.get_by_role("button", name="Undo", exact=True)
    expect(undo).to_have_attribute("aria-disabled", "true")
    alone.slider("num_layers").press("ArrowRight")
    alone.expect_shapes(THREE)
    undo.click()
    alone.expect_shapes(FIRST)
    page.keyboard.press("Control+Shift+Z")
    alone.expect_shapes(THREE)
    page.keyboard.press("Control+z")
    alone.expect_shapes(FIRST)
    page.keyboard.press("Control+y")
    alone.expect_shapes(THREE)
    # In a field the key takes back what is typed there.
    alone.number("seed").click()
    page.keyboard.press("Control+z")
    alone.choose("Reset")
    alone.expect_shapes(FIRST)


def expect_ground(page: Page, colour: str) -> None:
    expect(page.locator("body")).to_have_css("background-color", colour)


DARK, LIGHT = "rgb(14, 17, 22)", "rgb(248, 250, 252)"


def test_the_theme_follows_the_system_until_it_is_switched(alone: ExplorerPage) -> None:
    page = alone.page
    page.emulate_media(color_scheme="dark")
    expect_ground(page, DARK)
    page.emulate_media(color_scheme="light")
    expect_ground(page, LIGHT)
    theme = page.get_by_role("combobox", name="theme")
    theme.select_option("dark")
    expect_ground(page, DARK)
    scheme = "getComputedStyle(document.documentElement).colorScheme"
    assert page.evaluate(scheme) == "dark"  # and with it the scroll bars
    page.reload()
    ExplorerPage(page).measured()
    expect_ground(page, DARK)
    theme.select_option("system")
    expect_ground(page, LIGHT)


def test_a_host_that_says_dark_is_dark_unless_light_is_chosen(
    page: Page, dark_voila_url: str
) -> None:
    page.goto(dark_voila_url)
    ExplorerPage(page).measured()
    expect_ground(page, DARK)
    page.get_by_role("combobox", name="theme").select_option("light")
    expect_ground(page, LIGHT)


def test_the_tab_has_a_name_and_no_tooltip_says_null(alone: ExplorerPage) -> None:
    expect(alone.page).to_have_title("LSTM shapes")
    expect(alone.page.locator('.ls-app [title="null"], .ls-app [title=""]')).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 390])
def test_what_is_wrong_is_seen_from_wherever_one_is(alone: ExplorerPage, width: int) -> None:
    page = alone.page
    page.set_viewport_size({"width": width, "height": 800})
    line = page.locator(".ls-trouble div")
    drawer = page.get_by_role("button", name="Settings of the module")
    if width < 700:
        drawer.click()
    alone.type("hidden_size", 0)
    alone.type("dropout", 2)
    expect(alone.alert).to_have_count(2)
    for name in ("hidden_size", "dropout"):
        expect(alone.number(name)).to_have_attribute("aria-invalid", "true")
    if width < 700:
        drawer.click()  # the controls are put away; the button brings them back
    page.get_by_role("tabpanel").scroll_into_view_if_needed()
    expect(line).to_be_in_viewport(ratio=1)
    line.get_by_role("button").click()
    expect(alone.number("hidden_size")).to_be_focused()
    expect(alone.number("hidden_size")).to_be_in_viewport()
    alone.choose("Reset")
    expect(alone.alert).to_have_count(0)
    expect(line).to_have_count(0)
