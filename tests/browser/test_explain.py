"""Silent bugs in the dashboard: each is run, explained, and mended by a click."""

from __future__ import annotations

from playwright.sync_api import expect

from lstm_shapes.explain.model.examples import EXAMPLES, example
from lstm_shapes.explorer.choices import TABS
from tests.browser.explorer_page import ExplorerPage, link_to


def test_a_bug_is_shown_explained_and_mended(explorer: ExplorerPage) -> None:
    page = explorer.open_tab(TABS["explain"]).page
    report = page.locator("[data-report]")
    expect(report).to_contain_text("The backward half is read at t = 6, where it has seen one step")
    expect(report).to_contain_text("last = torch.cat([h_n[-2], h_n[-1]], dim=-1)")
    wrong = page.locator(".ls-explain-wrong")
    expect(wrong).to_contain_text("last = out[:, -1]")
    page.get_by_role("button", name="repaired", exact=True).click()
    expect(report).to_contain_text("no findings")
    expect(wrong).to_have_count(0)
    expect(page.locator(".ls-explain-right")).to_contain_text("torch.cat([h_n[-2], h_n[-1]]")


def test_each_bug_can_be_chosen_by_key_and_has_its_own_report(explorer: ExplorerPage) -> None:
    page = explorer.open_tab(TABS["explain"]).page
    report = page.locator("[data-report]")
    for name in EXAMPLES:
        button = page.get_by_role("button", name=example(name).title, exact=True)
        button.focus()
        button.press("Enter")
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(page.locator(".ls-explain-code")).to_have_attribute(
            "aria-label", f"{name}.py, broken"
        )
        expect(report).to_contain_text("1 finding")


def test_the_address_holds_the_bug_and_the_version(explorer: ExplorerPage) -> None:
    explorer.opened(link_to(tab="explain", bug="view", version="repaired"))
    page = explorer.page
    expect(page.get_by_role("heading", name="h_n.view(batch, -1)")).to_be_visible()
    expect(page.locator("[data-report]")).to_contain_text("no findings")


def test_the_report_stays_within_a_phone(explorer: ExplorerPage) -> None:
    page = explorer.open_tab(TABS["explain"]).page
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator("[data-report] .ls-finding")).to_be_visible()
    too_wide = page.evaluate(
        "[...document.querySelectorAll('.ls-panel-body *')]"
        ".filter((e) => e.getBoundingClientRect().right > innerWidth + 1).length"
    )
    assert too_wide == 0
