"""What the page does with the kernel's messages, one by one, and how it ends."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lstm_shapes import Explorer
from lstm_shapes.explorer import sources
from lstm_shapes.explorer.stage import stage_view
from tests.browser.drawn import draw, receive, sent, traits

LATE = ".ls-late[aria-busy=true]"


@pytest.fixture
def drawn(page: Page, explorer: Explorer) -> Page:
    draw(page, traits(explorer))
    return page


# Of this file alone: the dashboard is not needed.
@pytest.fixture
def explorer() -> Explorer:
    made: Explorer = elsewhere(Explorer)
    assert elsewhere(lambda: made.state.wait(60))
    return made


def elsewhere(act: Callable[[], Any]) -> Any:
    """In a thread without the browser's event loop, where all is done at once."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(act).result()


def change(explorer: Explorer, **values: Any) -> None:
    elsewhere(lambda: explorer.state.update(**values))


def predicted(explorer: Explorer) -> dict[str, tuple[str, Any]]:
    """The first of a change's two messages: by formula, before there is a run."""
    snapshot = replace(explorer.state.snapshot, run=None, pending=True)
    view = stage_view(snapshot, 0, explorer.stage.view["showing"])
    return {"view": sent("view", view), "picture": sent("picture", explorer.stage.picture)}


def opacity(page: Page, selector: str) -> float:
    shown: str = page.locator(selector).first.evaluate("e => getComputedStyle(e).opacity")
    return float(shown)


def test_the_first_message_changes_the_shapes_and_keeps_what_was_found(
    drawn: Page, explorer: Explorer
) -> None:
    out = drawn.locator('[data-tensor="out"]')
    says, verdict = drawn.locator(".ls-says"), out.locator(".ls-verdict")
    expect(out).to_have_attribute("data-state", "measured")
    expect(drawn.locator(LATE)).to_have_count(0)
    numbers = says.locator(".ls-numbers").text_content() or ""
    change(explorer, num_layers=1, dropout=0.5, seq_len=6)
    receive(drawn, predicted(explorer))
    expect(out).to_have_attribute("data-shape", "3,6,6")
    expect(out).to_have_attribute("data-state", "predicted")
    expect(out).to_have_class("ls-card ls-measured")
    expect(verdict).to_have_text("✓ formula = measured")
    expect(verdict).to_have_class("ls-verdict ls-measured ls-late")
    expect(verdict).to_have_attribute("aria-busy", "true")
    expect(drawn.get_by_role("tabpanel")).to_have_attribute("aria-busy", "true")
    assert drawn.locator('.ls-figure [data-slice="x[:, 5]"]').count() == 1
    assert numbers.startswith("h_n[3, 0] = ")
    # h_n[3] went with its layer, and what was found of it with it: the last row is in its place.
    expect(drawn.locator('.ls-figure [data-slice="h_n[1]"]')).to_have_count(1)
    receive(drawn, traits(explorer))
    expect(out).to_have_attribute("data-state", "measured")
    expect(drawn.locator(LATE)).to_have_count(0)
    expect(drawn.locator(".ls-notices").get_by_role("status")).to_contain_text("torch warns")


def test_numbers_claims_and_remarks_stay_until_the_second_message(
    drawn: Page, explorer: Explorer
) -> None:
    change(explorer, kind="GRU", num_layers=1, dropout=0.5)
    explorer.select("h_n[1]")
    receive(drawn, traits(explorer))
    remark = drawn.locator(".ls-notices").get_by_role("status")
    expect(remark).to_contain_text("torch warns")
    found, numbers = drawn.locator(".ls-found"), drawn.locator(".ls-numbers")
    before = [found.text_content(), numbers.text_content()]
    change(explorer, dropout=0.0, seed=3, seq_len=6)
    receive(drawn, predicted(explorer))
    expect(remark).to_contain_text("torch warns")
    for part in (found, numbers):
        expect(part).to_have_attribute("aria-busy", "true")
    assert [found.text_content(), numbers.text_content()] == before
    expect(found.locator("[data-claim=same-h_n\\.1]")).to_have_attribute("data-holds", "true")
    receive(drawn, traits(explorer))
    expect(remark).to_have_count(0)
    expect(drawn.locator(LATE)).to_have_count(0)
    assert numbers.text_content() != before[1]


def test_what_is_late_is_seen_at_first_and_gone_after_a_while(
    drawn: Page, explorer: Explorer
) -> None:
    change(explorer, seq_len=6)
    drawn.evaluate(
        """values => {
            window.model.receive(values);
            const late = document.querySelector(".ls-numbers");
            window.atFirst = getComputedStyle(late).opacity;
            window.timing = late.getAnimations().map((each) => each.effect.getTiming());
        }""",
        predicted(explorer),
    )
    assert drawn.evaluate("window.atFirst") == "1"
    ((timing),) = drawn.evaluate("window.timing")
    assert timing["delay"] == pytest.approx(120)
    expect(drawn.locator(".ls-numbers")).to_have_css("opacity", "0")
    receive(drawn, traits(explorer))
    assert opacity(drawn, ".ls-numbers") == 1


def test_found_of_another_picture_is_late(drawn: Page, explorer: Explorer) -> None:
    view = {**explorer.stage.view, "showing": explorer.stage.view["showing"] + 1}
    receive(drawn, {"view": sent("view", view)})
    expect(drawn.locator(".ls-numbers")).to_have_attribute("aria-busy", "true")
    found = {**explorer.stage.found, "showing": view["showing"]}
    receive(drawn, {"found": sent("found", found)})
    expect(drawn.locator(LATE)).to_have_count(0)


def test_before_the_first_run_nothing_is_kept(page: Page, explorer: Explorer) -> None:
    draw(page, traits(explorer) | predicted(explorer))
    expect(page.locator(".ls-verdict").first).to_have_text("predicted by formula")
    expect(page.locator(".ls-cards .ls-late")).to_have_count(0)


def test_the_first_message_touches_cards_and_picture_alone(drawn: Page, explorer: Explorer) -> None:
    drawn.evaluate(
        """() => {
            window.touched = [];
            const where = ["ls-cards", "ls-figure", "ls-says", "ls-panel", "ls-notices"];
            const watch = new MutationObserver((all) => all.forEach(({ target, attributeName }) => {
                const element = target.nodeType === 1 ? target : target.parentElement;
                const part = where.find((name) => element.closest(`.${name}`)) ?? "elsewhere";
                window.touched.push(part === "ls-panel" ? `${part} ${attributeName}` : part);
            }));
            const all = { subtree: true, childList: true, attributes: true, characterData: true };
            watch.observe(document.querySelector(".ls-stage-root"), all);
        }"""
    )
    change(explorer, seq_len=6)
    receive(drawn, predicted(explorer))
    touched = set(drawn.evaluate("window.touched"))
    # The root says what the shapes are, and the panel that it is late.
    touched.discard("ls-panel data-in-view")  # the browser says that in its own time
    assert touched == {"ls-cards", "ls-figure", "ls-says", "ls-panel aria-busy", "elsewhere"}


def test_what_stays_the_same_is_not_touched(drawn: Page, explorer: Explorer) -> None:
    drawn.evaluate(
        """() => {
            window.touched = [];
            const watch = new MutationObserver((all) => all.forEach(({ target, attributeName }) => {
                window.touched.push(`${target.nodeName} ${target.className} ${attributeName}`);
            }));
            const all = { subtree: true, childList: true, attributes: true, characterData: true };
            const kept = ".ls-cards, .ls-figure, .ls-says, .ls-panel-body, .ls-picture header";
            document.querySelectorAll(kept).forEach((part) => watch.observe(part, all));
        }"""
    )
    receive(drawn, traits(explorer))
    assert drawn.evaluate("window.touched") == []


def test_a_view_that_is_gone_hears_and_says_nothing(drawn: Page) -> None:
    assert drawn.evaluate("window.model.heard.length") > 5
    root = drawn.locator(".ls-stage-root").element_handle()
    drawn.evaluate("window.end()")
    assert drawn.evaluate("window.model.heard") == []
    before = drawn.evaluate("window.model.sent.length")
    drawn.evaluate(
        """root => {
            root.querySelector("[data-slice]").click();
            root.querySelector("[data-choice]").click();
            root.querySelector("[data-share]").click();
            root.querySelector(".ls-sample input").dispatchEvent(new Event("change"));
            window.dispatchEvent(new HashChangeEvent("hashchange"));
        }""",
        root,
    )
    assert drawn.evaluate("window.model.sent.length") == before


def test_the_panel_says_whether_it_is_in_view(drawn: Page) -> None:
    drawn.set_viewport_size({"width": 1280, "height": 400})
    panel = drawn.locator(".ls-panel")
    drawn.evaluate("scrollTo(0, 0)")
    expect(panel).to_have_attribute("data-in-view", "false")
    panel.scroll_into_view_if_needed()
    expect(panel).to_have_attribute("data-in-view", "true")
    assert drawn.evaluate("window.model.get('panel_seen')") is True


# What every element looks like, before and after another sheet is put in place.
DIFFER = """sheet => {
    const look = () => [...document.querySelectorAll(".ls-app, .ls-app *")].map((element) => {
        const style = getComputedStyle(element);
        const name = `${element.localName}.${element.getAttribute("class")}`;
        return [...style].map((key) => `${name} ${key}: ${style.getPropertyValue(key)}`);
    }).flat();
    const before = look();
    document.querySelector("style").textContent = sheet;
    const after = look();
    return [before.length, before.filter((each, i) => each !== after[i])];
}"""


def joined(sheets: list[Path]) -> str:
    return "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)


@pytest.mark.parametrize("width", [390, 900, 1280])
def test_the_order_of_the_pages_own_sheets_does_not_matter(
    page: Page, explorer: Explorer, width: int
) -> None:
    """They come in the order of their names, which should decide nothing."""
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(reduced_motion="reduce")
    sheets = sources.sheets()
    own = [sheet for sheet in sheets if sheet.parent == sources.WEB]
    first = sheets.index(own[0])
    reverse = [*sheets[:first], *reversed(own), *sheets[first + len(own) :]]
    assert sorted(reverse) == sorted(sheets)
    draw(page, traits(explorer))
    page.mouse.move(0, 0)
    compared, differ = page.evaluate(DIFFER, joined(reverse))
    assert compared > 10_000
    assert differ == []
    # Without one of them it does look different.
    assert page.evaluate(DIFFER, joined(sheets[1:]))[1] != []
