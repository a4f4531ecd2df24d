"""Silent bugs in the dashboard: each is run, explained, and mended by a click."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from lstm_shapes.explain.model.examples import EXAMPLES, example
from lstm_shapes.explorer.choices import TABS
from tests.browser.contrast import worst_contrast
from tests.browser.explorer_page import ExplorerPage, link_to

CODE = ".ls-explain-line"
WRONG, RIGHT = ".ls-explain-wrong", ".ls-explain-right"
OVER_THE_EDGE = """[...document.querySelectorAll(".ls-panel-body *")]
    .filter((e) => e.getBoundingClientRect().right > innerWidth + 1).length"""


def test_a_bug_is_shown_explained_and_mended(explorer: ExplorerPage) -> None:
    page = explorer.open_tab(TABS["explain"]).page
    report = page.locator("[data-report]")
    expect(report).to_contain_text("The backward half is read at t = 6, where it has seen one step")
    expect(report).to_contain_text("last = torch.cat([h_n[-2], h_n[-1]], dim=-1)")
    expect(page.locator(WRONG)).to_contain_text("last = out[:, -1]")
    expect(page.locator(RIGHT)).to_have_count(0)
    page.get_by_role("button", name="repaired", exact=True).click()
    expect(report).to_contain_text("no findings")
    expect(page.locator(WRONG)).to_contain_text("last = out[:, -1]")
    expect(page.locator(RIGHT)).to_contain_text("torch.cat([h_n[-2], h_n[-1]]")


def test_the_report_names_the_line_that_is_marked(explorer: ExplorerPage) -> None:
    page = explorer.open_tab(TABS["explain"]).page
    number = page.locator(WRONG).locator(".ls-explain-number").inner_text()
    expect(page.locator("[data-report] .ls-finding")).to_contain_text(f"last_step.py:{number}")


def test_the_code_that_is_copied_runs_and_finds_the_bug(explorer: ExplorerPage) -> None:
    page = explorer.open_tab(TABS["explain"]).page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy this code").first.click()
    expect(page.locator(".ls-explain-part .ls-shared").first).not_to_be_empty()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == example("last_step").code("broken")
    page.get_by_role("button", name="Copy this code").last.click()
    expect(page.locator(".ls-explain-part .ls-shared").last).not_to_be_empty()
    assert "check(model, x)" in page.evaluate("navigator.clipboard.readText()")


def test_the_arrow_keys_go_from_bug_to_bug(explorer: ExplorerPage) -> None:
    page = explorer.open_tab(TABS["explain"]).page
    chosen = page.locator('[data-choice="bug"][aria-pressed="true"]')
    chosen.focus()
    for name in ("one_direction", "view"):
        page.keyboard.press("ArrowRight")
        expect(chosen).to_have_text(example(name).title)
        expect(chosen).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(chosen).to_have_text(example("one_direction").title)


def test_each_bug_can_be_chosen_by_key_and_has_its_own_report(explorer: ExplorerPage) -> None:
    page = explorer.open_tab(TABS["explain"]).page
    report = page.locator("[data-report]")
    for name in EXAMPLES:
        button = page.get_by_role("button", name=example(name).title, exact=True)
        button.focus()
        button.press("Enter")
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(page.locator(".ls-explain-code").first).to_have_attribute(
            "aria-label", f"{name}.py, broken"
        )
        expect(report).to_contain_text("1 finding")


def test_the_address_holds_the_bug_and_the_version(explorer: ExplorerPage) -> None:
    explorer.opened(link_to(tab="explain", bug="view", version="repaired"))
    page = explorer.page
    expect(page.get_by_role("heading", name="h_n.view(batch, -1)")).to_be_visible()
    expect(page.locator("[data-report]")).to_contain_text("no findings")


@pytest.mark.parametrize("width", [390, 1280])
def test_every_bug_stays_within_the_page(explorer: ExplorerPage, width: int) -> None:
    page = explorer.open_tab(TABS["explain"]).page
    page.set_viewport_size({"width": width, "height": 844})
    for name in EXAMPLES:
        page.get_by_role("button", name=example(name).title, exact=True).click()
        expect(page.locator(CODE).last).to_contain_text("explain(")
        expect(page.get_by_role("heading", name=example(name).title, exact=True)).to_be_visible()
        assert page.evaluate(OVER_THE_EDGE) == 0, name


def test_the_panel_can_be_read_in_both_themes(themed: ExplorerPage) -> None:
    page = themed.open_tab(TABS["explain"]).page
    for version in ("broken", "repaired"):
        page.get_by_role("button", name=version, exact=True).click()
        expect(page.locator(RIGHT)).to_have_count(int(version == "repaired"))
        assert worst_contrast(page) >= 4.5
