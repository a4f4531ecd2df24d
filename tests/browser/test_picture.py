"""The linked picture, pointed at and walked as a user would."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from lstm_shapes import unroll
from lstm_shapes.explorer.presets import FIRST_QUESTION
from tests.browser.contrast import worst_contrast
from tests.browser.explorer_page import FIRST, ExplorerPage

SPACE = "{http://www.w3.org/2000/svg}"
# What is lit in the figure: id -> link.
LIT = """() => Object.fromEntries([...document.querySelectorAll(".ls-figure [data-lit=true]")]
    .map((e) => [e.dataset.id, e.dataset.link]))"""


def at(page: Page, code: str) -> Locator:
    return page.locator(f'.ls-figure [data-slice="{code}"]')


def says(page: Page) -> Locator:
    return page.locator(".ls-says")


def lit(page: Page) -> dict[str, str]:
    links: dict[str, str] = page.evaluate(LIT)
    return links


def test_the_page_opens_with_a_row_that_is_often_mistaken(loaded: ExplorerPage) -> None:
    page = loaded.page
    expect(at(page, "h_n[3]")).to_have_attribute("data-link", "selected")
    expect(at(page, "out[:, 0, 3:]")).to_have_attribute("data-link", "same")
    expect(at(page, "cell.1.backward.0")).to_have_attribute("data-link", "wrote")
    expect(at(page, "x[:, 4]")).to_have_attribute("data-link", "read")
    expect(at(page, "h_n[2]")).not_to_have_attribute("data-lit", "true")
    expect(says(page)).to_contain_text(
        "h_n[3] = h of layer 1, backward, written at t = 0 after reading t = 4 → 0"
    )
    expect(loaded.claim("same-h_n.3")).to_have_attribute("data-holds", "true")
    expect(loaded.claim("same-h_n.3")).to_contain_text("h_n[3] == out[:, 0, 3:]")
    expect(loaded.claim("not-h_n.3")).to_have_attribute("data-holds", "false")
    expect(says(page)).to_have_attribute("aria-live", "polite")


def test_everything_lit_is_what_the_scene_links(explorer: ExplorerPage) -> None:
    page = explorer.page
    picture = unroll(FIRST_QUESTION.settings, FIRST_QUESTION.sizes)
    for name, each in picture.slices.items():
        page.locator(f'.ls-figure [data-id="{name}"]').dispatch_event("pointerover")
        assert lit(page) == picture.linked(name), name
        if each.code:
            expect(says(page)).to_contain_text(each.code)


def test_pointing_lights_and_leaving_goes_back_to_what_is_pinned(explorer: ExplorerPage) -> None:
    page = explorer.page
    before = lit(page)
    at(page, "out[:, 2, :3]").hover()
    expect(at(page, "cell.1.forward.2")).to_have_attribute("data-link", "wrote")
    expect(says(page)).to_contain_text("layer 1, forward, written at t = 2")
    page.get_by_role("heading", name="LSTM shapes").hover()
    expect(says(page)).to_contain_text("h_n[3] = ")
    assert lit(page) == before


def test_an_arrow_can_be_pointed_at(explorer: ExplorerPage) -> None:
    arrow = explorer.page.locator('[data-id="arrow.1.backward.3"] .ls-hit')
    arrow.hover(force=True)
    expect(says(explorer.page)).to_contain_text("are handed from t = 3 to t = 2")


def test_a_click_pins_and_escape_releases(explorer: ExplorerPage) -> None:
    page = explorer.page
    at(page, "x[:, 1]").click()
    page.get_by_role("heading", name="LSTM shapes").hover()
    expect(at(page, "x[:, 1]")).to_have_attribute("aria-pressed", "true")
    expect(at(page, "h_n[3]")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Escape")
    expect(page.locator(".ls-figure [data-lit]")).to_have_count(0)
    expect(says(page)).to_contain_text("Point at any slice, or move the focus to it")


def test_the_pinned_slice_stays_whatever_is_changed(explorer: ExplorerPage) -> None:
    page = explorer.page
    explorer.switch("batch_first").click()
    expect(says(page)).to_contain_text("h_n[3] == out[0, :, 3:]")
    explorer.slider("num_layers").press("ArrowRight")
    expect(says(page)).to_contain_text("of layer 1 alone")
    explorer.switch("bidirectional").click()
    expect(at(page, "h_n[2]")).to_have_attribute("data-link", "selected")  # in its place
    explorer.switch("bidirectional").click()
    expect(at(page, "h_n[3]")).to_have_attribute("data-link", "selected")


def test_the_keyboard_walks_groups_and_cells(explorer: ExplorerPage) -> None:
    page = explorer.page
    page.locator('[data-slice="c_n.shape[2]"]').evaluate("e => { e.tabIndex = 0; e.focus() }")
    walked = []
    for _ in range(12):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.dataset.id ?? ''")
        if focused:
            walked.append(focused)
    groups = [name.split(".")[0] for name in walked]
    assert set(groups) == {"arrow", "x", "cell", "h_0", "h_n", "c_n", "out"}
    assert groups.count("cell") == 2  # one stop a layer
    page.locator('[data-id="cell.0.forward.0"]').focus()
    for key, name in (
        ("ArrowRight", "cell.0.forward.1"),
        ("ArrowUp", "cell.0.backward.1"),
        ("ArrowUp", "cell.1.forward.1"),
        ("ArrowLeft", "cell.1.forward.0"),
        ("ArrowDown", "cell.0.backward.0"),
        ("ArrowDown", "cell.0.forward.0"),
        ("ArrowDown", "x.0"),
    ):
        page.keyboard.press(key)
        expect(page.locator(f'[data-id="{name}"]')).to_be_focused()
        assert lit(page)[name] == "selected"
    page.keyboard.press("Enter")
    expect(page.locator('[data-id="x.0"]')).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(page.locator('[data-id="x.0"]')).to_be_focused()


def test_every_slice_can_be_focused_and_has_a_name(explorer: ExplorerPage) -> None:
    page = explorer.page
    selectable = page.locator("[data-slice]")
    names = selectable.evaluate_all(
        "es => es.map((e) => [e.getAttribute('role'), e.tabIndex, e.ariaLabel ?? ''])"
    )
    assert len(names) > 80
    assert all(role == "button" and tab in (0, -1) and len(name) > 9 for role, tab, name in names)
    expect(at(page, "h_n[3]")).to_have_accessible_name(re.compile("layer 1, backward, written"))


def test_focus_and_nodes_survive_a_change(explorer: ExplorerPage) -> None:
    page = explorer.page
    page.locator('[data-id="cell.1.forward.2"]').focus()
    page.evaluate("window.kept = document.activeElement")
    for name in ("batch_first", "bias"):
        explorer.switch(name).evaluate("e => e.click()")
    # A change that comes without taking the focus: the slider's own key is elsewhere.
    expect(at(page, "out[0, :, 3:]")).to_have_count(1)
    assert page.evaluate("window.kept === document.activeElement")
    explorer.slider("num_layers").press("ArrowRight")
    explorer.expect_shapes({"input": "5,3,4", "out": "5,3,6", "h_n": "6,3,3", "c_n": "6,3,3"})
    assert page.evaluate("window.kept === document.querySelector('[data-id=\"cell.1.forward.2\"]')")


def block(explorer: ExplorerPage, tensor: str) -> list[float]:
    text = explorer.card(tensor).locator(".ls-block").get_attribute("data-block") or ""
    return [float(part) for part in text.split(",")]


def test_batch_first_swaps_two_axes_of_the_blocks_and_leaves_the_states(
    explorer: ExplorerPage,
) -> None:
    before = {tensor: block(explorer, tensor) for tensor in FIRST}
    outline = explorer.card("out").locator(".ls-solid")
    drawn = outline.get_attribute("d") or ""
    explorer.switch("batch_first").click()
    explorer.expect_shapes(FIRST | {"input": "5,3,4", "out": "5,3,6"})
    for tensor, (first, second, third) in before.items():
        swapped = [second, first, third] if tensor in ("input", "out") else [first, second, third]
        assert block(explorer, tensor) == swapped
    expect(outline).not_to_have_attribute("d", drawn)


def test_a_slice_that_is_lit_is_lit_in_its_block(explorer: ExplorerPage) -> None:
    links = {
        tensor: explorer.card(tensor)
        .locator(".ls-slab")
        .evaluate_all("es => es.map((e) => e.dataset.link)")
        for tensor in FIRST
    }
    assert links == {"input": ["read"] * 5, "out": ["same"], "h_n": ["selected"], "c_n": []}


def test_an_axis_of_a_card_lights_its_namesakes_and_its_slices(explorer: ExplorerPage) -> None:
    page = explorer.page
    page.locator('[data-slice="input.shape[1]"]').hover()
    expect(page.locator('[data-slice="out.shape[1]"]')).to_have_attribute("data-lit", "true")
    expect(page.locator('[data-slice="h_n.shape[1]"]')).not_to_have_attribute("data-lit", "true")
    assert lit(page) == dict.fromkeys((f"x.{step}" for step in range(5)), "same")
    expect(says(page)).to_contain_text("Axis 1 of input: seq, L = 5.")
    page.locator('[data-slice="h_n.shape[0]"]').focus()
    page.locator('[data-slice="h_n.shape[0]"]').hover()
    expect(says(page)).to_contain_text("Row k is layer k // 2, direction k % 2.")
    page.keyboard.press("ArrowRight")
    expect(page.locator('[data-slice="h_n.shape[1]"]')).to_be_focused()


def test_numbers_are_those_of_the_chosen_sample(explorer: ExplorerPage) -> None:
    page = explorer.page
    expect(says(page)).to_contain_text("h_n[3, 0] = ")
    numbers = says(page).locator(".ls-numbers").text_content()
    sample = page.locator(".ls-picture").get_by_role("spinbutton", name="sample", exact=True)
    sample.fill("2")
    page.keyboard.press("Enter")
    expect(says(page)).to_contain_text("h_n[3, 2] = ")
    assert says(page).locator(".ls-numbers").text_content() != numbers
    explorer.switch("batched").click()
    expect(sample).to_be_hidden()


@pytest.mark.parametrize("size", [30, 10**9])
def test_large_sizes_are_drawn_in_part_and_it_is_said(explorer: ExplorerPage, size: int) -> None:
    explorer.type("seq_len", size)
    explorer.type("num_layers", size)
    figure = explorer.page.locator(".ls-figure")
    hidden = f"{size - 6:,} of {size:,}"
    layers = f"3 … {size - 3:,} of {size:,} layers"
    expect(figure).to_contain_text(f"not drawn: t = 6 … {hidden} steps; {layers}")
    assert figure.evaluate("e => e.querySelectorAll('*').length") <= 1500
    expect(at(explorer.page, f"x[:, {size - 1}]")).to_have_count(1)


def test_other_kinds_and_shapes_are_drawn(explorer: ExplorerPage) -> None:
    page = explorer.page
    explorer.choose("GRU")
    expect(at(page, "h_n[3]")).to_have_count(1)
    expect(page.locator('.ls-figure [data-slice^="c_n"]')).to_have_count(0)
    explorer.choose("Projected")
    expect(page.locator(".ls-figure")).to_contain_text("concat → 4 features")
    expect(at(page, "c_n[3]")).to_have_count(1)
    explorer.choose("Unbatched")
    expect(at(page, "out[0, 3:]")).to_have_count(1)
    explorer.switch("bidirectional").click()
    expect(at(page, "out[0]")).to_have_count(1)
    expect(page.locator(".ls-figure")).not_to_contain_text("concat")


def test_without_a_run_nothing_is_claimed(explorer: ExplorerPage) -> None:
    explorer.type("hidden_size", 100_000)
    expect(says(explorer.page)).to_contain_text("By formula: there are no numbers to compare.")
    expect(says(explorer.page).locator("[data-claim]")).to_have_count(0)


def test_the_picture_can_be_read_in_both_themes(themed: ExplorerPage) -> None:
    for code in ("h_n[3]", "x[:, 1]", "cell.0.forward.2"):
        at(themed.page, code).hover()
        assert worst_contrast(themed.page) >= 4.5


def test_a_finger_can_pin_on_a_phone(browser: Browser, voila_url: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(voila_url)
    ExplorerPage(page).measured()
    at(page, "h_n[0]").tap()
    expect(says(page)).to_contain_text("h_n[0] = h of layer 0, forward")
    expect(at(page, "h_n[0]")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("#rendered_cells").evaluate("e => e.scrollWidth") <= 390
    context.close()
