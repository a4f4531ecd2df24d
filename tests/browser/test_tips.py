"""What stands at the pointer: the same as in the readout, in the window, and not in the way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from lstm_shapes.explorer.glossary import TAB_TERMS, TERMS
from tests.browser.explorer_page import ExplorerPage

WIDTHS = (390, 1280)
PLAIN = {term: line.replace("`", "") for term, line in TERMS.items()}


# Both in one look: they change together.
SAME = """() => {
    const [tip, said] = [".ls-tip > div", ".ls-says"].map((part) => document.querySelector(part));
    return tip.innerText.replaceAll(/\\s/g, "") === said.innerText.replaceAll(/\\s/g, "");
}"""


def tip(page: Page) -> Locator:
    return page.locator(".ls-tip")


def piece(page: Page, name: str) -> Locator:
    return page.locator(f'.ls-figure [data-slice="{name}"]')


def stands_well(page: Page, target: Locator) -> None:
    """The tip says what the readout says, is inside the window, and leaves its target free."""
    expect(tip(page)).to_be_visible()
    page.wait_for_function(SAME)
    box, at = tip(page).bounding_box(), target.bounding_box()
    size = page.evaluate(
        "[document.documentElement.clientWidth, document.documentElement.clientHeight]"
    )
    assert box is not None
    assert at is not None
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= size[0]
    assert box["y"] + box["height"] <= size[1]
    # What is scrolled out of the picture's place is not seen.
    place = target.evaluate(
        "node => { const place = node.closest('.ls-figure-place')?.getBoundingClientRect();"
        " return place ? [place.left, place.right] : [0, innerWidth] }"
    )
    left, right = max(at["x"], place[0]), min(at["x"] + at["width"], place[1])
    beside = box["x"] + box["width"] <= left or box["x"] >= right
    stacked = box["y"] + box["height"] <= at["y"] or box["y"] >= at["y"] + at["height"]
    assert beside or stacked
    assert not tip(page).evaluate("box => box.scrollHeight > box.clientHeight + 1")


@pytest.mark.parametrize("width", WIDTHS)
def test_whatever_the_mouse_points_at(explorer: ExplorerPage, width: int) -> None:
    page = explorer.page
    explorer.at_width(width)
    for name in ("x[:, 0]", "out[:, 2, :3]", "h_n[3]", "c_n[0]"):
        piece(page, name).first.hover()
        stands_well(page, piece(page, name).first)
    axis = explorer.card("out").locator("[data-id]").last
    axis.hover()
    stands_well(page, axis)
    page.get_by_role("heading", name="LSTM shapes").hover()
    expect(tip(page)).to_be_hidden()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_keyboard_has_it_too(explorer: ExplorerPage, width: int) -> None:
    page = explorer.page
    explorer.at_width(width)
    page.keyboard.press("Shift")
    piece(page, "h_n[3]").focus()
    stands_well(page, piece(page, "h_n[3]"))
    page.keyboard.press("ArrowDown")
    stands_well(page, page.locator(".ls-figure :focus"))


def test_the_first_escape_hides_it_and_the_next_one_releases(explorer: ExplorerPage) -> None:
    page = explorer.page
    target = piece(page, "x[:, 1]")
    target.click()
    expect(tip(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip(page)).to_be_hidden()
    expect(target).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    expect(target).to_have_attribute("aria-pressed", "false")
    expect(tip(page)).to_be_hidden()
    piece(page, "x[:, 2]").hover()
    target.hover()
    expect(tip(page)).to_be_visible()  # it was sent away for that time only


def test_it_follows_its_target_and_goes_with_it(explorer: ExplorerPage) -> None:
    page = explorer.page
    page.keyboard.press("Shift")
    target = piece(page, "h_n[3]")
    target.focus()
    stands_well(page, target)
    before = tip(page).bounding_box()
    assert before is not None
    page.evaluate("document.querySelector('#rendered_cells').scrollBy(0, 60)")
    moved = "y => document.querySelector('.ls-tip').getBoundingClientRect().y !== y"
    page.wait_for_function(moved, arg=before["y"])
    stands_well(page, target)
    page.set_viewport_size({"width": 1280, "height": 200})
    page.evaluate("document.querySelector('#rendered_cells').scrollTo(0, 1e5)")
    expect(target).not_to_be_in_viewport()
    expect(tip(page)).to_be_hidden()
    target.scroll_into_view_if_needed()
    expect(tip(page)).to_be_visible()


@pytest.fixture
def touched(browser: Browser, voila_url: str) -> Iterator[ExplorerPage]:
    context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True)
    page = context.new_page()
    page.goto(voila_url)
    yield ExplorerPage(page).measured()
    context.close()


def test_a_tap_pins_and_shows_and_a_tap_elsewhere_hides(touched: ExplorerPage) -> None:
    page = touched.page
    target = piece(page, "x[:, 1]")
    target.tap()
    expect(target).to_have_attribute("aria-pressed", "true")
    stands_well(page, target)
    page.locator(".ls-picture h2").tap()
    expect(tip(page)).to_be_hidden()
    expect(target).to_have_attribute("aria-pressed", "true")


def test_a_control_says_what_it_is_for(explorer: ExplorerPage) -> None:
    page = explorer.page
    row = page.locator(".ls-row.ls-num_layers")
    row.locator("label", has_text="num_layers").hover()
    expect(tip(page)).to_have_text(f"num_layers: {TERMS['num_layers']}")
    page.get_by_role("heading", name="LSTM shapes").hover()
    expect(tip(page)).to_be_hidden()
    for field in (explorer.number("num_layers"), explorer.slider("num_layers")):
        expect(field).to_have_accessible_description(TERMS["num_layers"])
    page.keyboard.press("Shift")
    explorer.switch("bias").focus()
    expect(tip(page)).to_have_text(f"bias: {TERMS['bias']}")
    page.keyboard.press("Escape")
    expect(tip(page)).to_be_hidden()


def test_a_symbol_says_what_it_stands_for(explorer: ExplorerPage) -> None:
    page = explorer.page
    explorer.card("out").locator(".ls-symbols span").last.hover()
    expect(tip(page).locator("p")).to_have_text(
        [f"{name}: {PLAIN[name]}" for name in ("D", "H_out")]
    )


def test_the_words_of_a_panel_are_explained_at_the_focus_and_in_the_glossary(
    explorer: ExplorerPage,
) -> None:
    page = explorer.page
    for tab in ("Inside one cell", "Directions: split & realign"):
        explorer.open_tab(tab)
    line = page.locator(".ls-terms")
    expect(line.get_by_role("button")).to_have_text(TAB_TERMS["directions"])
    page.keyboard.press("Shift")
    word = line.get_by_role("button", name="realign")
    word.focus()
    expect(tip(page)).to_have_text(f"realign: {PLAIN['realign']}")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Keys and glossary")
    expect(dialog.locator(".ls-help-terms > :focus")).to_contain_text(PLAIN["realign"])
    expect(dialog.locator(".ls-help-terms > :focus")).to_be_in_viewport()
    expect(tip(page)).to_be_hidden()
    page.keyboard.press("Escape")
    expect(word).to_be_focused()


def test_the_keys_and_the_glossary_by_keyboard(explorer: ExplorerPage) -> None:
    page = explorer.page
    dialog = page.get_by_role("dialog", name="Keys and glossary")
    target = piece(page, "h_n[3]")
    target.focus()
    page.keyboard.press("?")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("Ctrl+Shift+Z")
    expect(tip(page)).to_be_hidden()
    words = dialog.get_by_role("textbox", name="Find a word")
    words.focus()
    page.keyboard.type("realign")
    expect(dialog.locator(".ls-help-terms > div:visible")).to_have_count(1)
    expect(dialog.locator(".ls-help-terms > div:visible")).to_contain_text(PLAIN["realign"])
    page.keyboard.type("?")  # a letter, in a field
    expect(words).to_have_value("realign?")
    expect(dialog.get_by_role("status")).to_have_text("No line of the glossary has this word.")
    words.fill("")
    expect(dialog.locator(".ls-help-terms > div:visible")).to_have_count(len(TERMS))
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(target).to_be_focused()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_button_opens_it_too(explorer: ExplorerPage, width: int) -> None:
    page = explorer.page
    explorer.at_width(width)
    button = page.get_by_role("button", name="Keys and glossary")
    button.click()
    dialog = page.get_by_role("dialog", name="Keys and glossary")
    expect(dialog).to_be_visible()
    assert dialog.evaluate("each => each.scrollWidth <= each.clientWidth")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()
