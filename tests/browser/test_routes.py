"""The routes in a browser: walked by mouse, by keys and by touch; linked to, and left."""

from __future__ import annotations

from typing import cast

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from lstm_shapes.explorer.choices import GROUPS, TABS, Tab
from lstm_shapes.explorer.route import RouteName
from lstm_shapes.explorer.routes import ROUTES, last_stop
from tests.browser.explorer_page import ExplorerPage

STEP = ".ls-guide-progress"


def bar(page: Page, name: RouteName) -> Locator:
    return page.get_by_role("region", name=ROUTES[name].title)


def offered(page: Page, name: RouteName) -> Locator:
    return page.get_by_role("button", name=ROUTES[name].title, exact=True)


def expect_stop(explorer: ExplorerPage, name: RouteName, number: int) -> None:
    """The page is at a stop: it says so, and shows what the stop is about."""
    stop = ROUTES[name].stops[number - 1]
    place = bar(explorer.page, name)
    expect(place.locator(STEP)).to_have_text(f"step {number} of {last_stop(name)}")
    expect(place).to_contain_text(stop.title)
    tab = explorer.page.get_by_role("tab", name=TABS[cast(Tab, stop.tab)])
    expect(tab).to_have_attribute("aria-selected", "true")
    pinned = explorer.page.locator(f'[data-id="{stop.select}"]').first
    expect(pinned).to_have_attribute("aria-pressed", "true")
    if stop.mistake:
        expect(place.locator(".ls-guide-cost")).not_to_be_empty()


def program(page: Page, name: RouteName) -> None:
    """The program is there, and taken by its button as it stands."""
    taking = page.get_by_role("button", name="Copy the whole program")
    expect(taking).to_be_in_viewport()
    taking.click()
    taken = page.evaluate("navigator.clipboard.readText()")
    assert taken == ROUTES[name].program


@pytest.mark.parametrize("name", ROUTES)
def test_a_route_is_walked_by_mouse(loaded: ExplorerPage, name: RouteName) -> None:
    page = loaded.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    offered(page, name).click()
    expect_stop(loaded, name, 1)
    for number in range(2, last_stop(name) + 1):
        bar(page, name).get_by_role("button", name="Next", exact=True).click()
        expect_stop(loaded, name, number)
        expect(bar(page, name)).to_be_in_viewport()
    program(page, name)
    bar(page, name).get_by_role("button", name="Back", exact=True).click()
    expect_stop(loaded, name, last_stop(name) - 1)
    bar(page, name).get_by_role("button", name="Step 1 of").click()
    expect_stop(loaded, name, 1)


@pytest.mark.parametrize("name", ROUTES)
def test_a_route_is_walked_by_keys(loaded: ExplorerPage, name: RouteName) -> None:
    page = loaded.page
    page.get_by_role("button", name="What do you want to do?").focus()
    for _ in range(list(ROUTES).index(name) + 1):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect_stop(loaded, name, 1)
    onward = bar(page, name).get_by_role("button", name="Next", exact=True)
    onward.focus()
    for number in range(2, last_stop(name) + 1):
        page.keyboard.press("Enter")
        expect_stop(loaded, name, number)
        expect(onward).to_be_focused()
    expect(onward).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Enter")
    expect_stop(loaded, name, last_stop(name))


@pytest.mark.parametrize("name", ROUTES)
def test_a_route_is_walked_by_touch(browser: Browser, voila_url: str, name: RouteName) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(voila_url)
    explorer = ExplorerPage(page).measured()
    heading = page.get_by_role("button", name="What do you want to do?")
    expect(offered(page, name)).to_be_hidden()
    heading.tap()
    offered(page, name).tap()
    expect_stop(explorer, name, 1)
    for number in range(2, last_stop(name) + 1):
        bar(page, name).get_by_role("button", name="Next", exact=True).tap()
        expect_stop(explorer, name, number)
    expect(page.get_by_role("button", name="Copy the whole program")).to_be_attached()
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    context.close()
    assert wide <= 0


def test_the_offer_is_small_and_stays_closed(loaded: ExplorerPage) -> None:
    page = loaded.page
    box = page.locator(".ls-offer").bounding_box()
    assert box is not None
    assert box["height"] <= 60
    page.get_by_role("button", name="What do you want to do?").click()
    expect(offered(page, "tag")).to_be_hidden()
    # The panel moves into view, and the kernel hears of it: not while the page is being left.
    expect(page.locator(".ls-panel")).to_have_attribute("data-in-view", "true")
    page.reload()
    loaded.measured()
    expect(offered(page, "tag")).to_be_hidden()
    page.get_by_role("button", name="What do you want to do?").click()
    expect(offered(page, "tag")).to_be_visible()


def test_a_link_to_a_stop_opens_there(page: Page, voila_url: str) -> None:
    page.goto(f"{voila_url}/#route=lengths&stop=2")
    explorer = ExplorerPage(page).measured()
    expect_stop(explorer, "lengths", 2)
    expect(page.get_by_role("tabpanel")).to_be_in_viewport()
    page.wait_for_function("location.hash.includes('route=lengths&stop=2')")


def test_a_walk_is_strayed_from_come_back_to_and_left(loaded: ExplorerPage) -> None:
    page = loaded.page
    offered(page, "classify").click()
    expect_stop(loaded, "classify", 1)
    loaded.type("hidden_size", 6)
    place = bar(page, "classify")
    expect(place).to_contain_text("You have changed the settings")
    place.get_by_role("button", name="Back to this step").click()
    expect_stop(loaded, "classify", 1)
    expect(loaded.number("hidden_size")).to_have_value("4")
    loaded.type("hidden_size", 7)
    expect(place).to_contain_text("You have changed the settings")
    place.get_by_role("button", name="Leave").click()
    expect(offered(page, "classify")).to_be_visible()
    expect(loaded.number("hidden_size")).to_have_value("7")
    expect(place).to_have_count(0)


def test_only_the_sentence_is_announced(loaded: ExplorerPage) -> None:
    offered(loaded.page, "tag").click()
    expect_stop(loaded, "tag", 1)
    live = bar(loaded.page, "tag").locator("[aria-live]")
    expect(live).to_have_count(1)
    expect(live).to_contain_text("A tagger gives one answer for every step.")


def test_who_wants_no_motion_is_not_moved(loaded: ExplorerPage) -> None:
    loaded.page.emulate_media(reduced_motion="reduce")
    offered(loaded.page, "classify").click()
    bar(loaded.page, "classify").get_by_role("button", name="Step 3 of").click()
    expect_stop(loaded, "classify", 3)
    assert loaded.page.evaluate("scrollY") == 0


def test_the_arrow_keys_lead_over_all_tabs(explorer: ExplorerPage) -> None:
    tabs = [tab for group in GROUPS.values() for tab in group]
    explorer.page.get_by_role("tab", name=TABS[tabs[0]]).focus()
    for tab in tabs[1:]:
        explorer.page.keyboard.press("ArrowRight")
        there = explorer.page.get_by_role("tab", name=TABS[tab])
        expect(there).to_be_focused()
        expect(there).to_have_attribute("aria-selected", "true")
    for answers, own in GROUPS.items():
        inside = explorer.page.get_by_role("tablist", name=answers).get_by_role("tab")
        expect(inside).to_have_text([TABS[tab] for tab in own])
    box = explorer.page.locator(".ls-tabs").bounding_box()
    assert box is not None
    assert box["height"] <= 110
