"""The directions panel: walked by mouse, by keyboard, and played."""

from __future__ import annotations

from playwright.sync_api import Browser, Locator, expect

from lstm_shapes import run
from lstm_shapes.explorer.presets import FIRST_QUESTION
from tests.browser.contrast import worst_contrast
from tests.browser.explorer_page import ExplorerPage

TAGGER = run(FIRST_QUESTION.settings, FIRST_QUESTION.sizes)


def steps(explorer: ExplorerPage) -> Locator:
    return explorer.page.get_by_role("group", name="steps")


def walk_to(explorer: ExplorerPage, title: str) -> None:
    steps(explorer).get_by_role("button", name=title).click()
    expect(steps(explorer).locator("[aria-current=step]")).to_have_text(title)


def strip(explorer: ExplorerPage, code: str) -> Locator:
    return explorer.page.locator(f'.ls-to [data-code="{code}"], .ls-from [data-code="{code}"]')


def columns(found: Locator) -> list[tuple[str, list[str]]]:
    """Each column of a strip: which half and step it is of, and its numbers."""
    cells = "e => [e.dataset.key, [...e.querySelectorAll('.ls-num')].map(n => n.textContent)]"
    return [tuple(each.evaluate(cells)) for each in found.locator("[data-key]").all()]


def rounded(numbers: list[float]) -> list[str]:
    return [f"{number:.2f}" for number in numbers]


def test_the_walk_shows_the_runs_numbers_in_both_orders(explorer: ExplorerPage) -> None:
    walk_to(explorer, "3 · realign the backward half")
    backward = TAGGER.out[0, :, 3:].tolist()
    expected = [(f"backward.{t}", rounded(backward[t])) for t in range(5)]
    assert columns(strip(explorer, "backward = out[..., 3:]")) == expected
    flipped = strip(explorer, "backward.flip(1)")
    assert columns(flipped) == expected[::-1]
    expect(flipped).to_contain_text("reading order: the last column is the final state")
    marked = flipped.locator("[data-marked]")
    expect(marked).to_have_attribute("data-key", "backward.0")
    expect(flipped).to_contain_text("= h_n[-1]")
    assert columns(flipped)[-1][1] == rounded(TAGGER.h_n[-1, 0].tolist())


def test_another_batch_item_has_other_numbers(explorer: ExplorerPage) -> None:
    panel = explorer.page.get_by_role("tabpanel")
    field = panel.get_by_role("spinbutton", name="sample")
    field.fill("2")
    field.press("Enter")
    first = strip(explorer, "out, (h_n, c_n) = lstm(x)").locator('[data-key="forward.0"]')
    expect(first.locator(".ls-num").first).to_have_text(f"{TAGGER.out[2, 0, 0]:.2f}")
    expect(explorer.page.locator(".ls-picture .ls-sample input")).to_have_value("2")


def test_the_keys_walk_too(explorer: ExplorerPage) -> None:
    current = steps(explorer).locator("[aria-current=step]")
    current.focus()
    for title in ("2 · split the directions", "3 · realign the backward half", "4 · merge"):
        explorer.page.keyboard.press("ArrowRight")
        expect(explorer.page.locator(":focus")).to_have_text(title)
        expect(current).to_have_text(title)
    explorer.page.keyboard.press("ArrowLeft")
    expect(current).to_have_text("3 · realign the backward half")


def test_play_walks_to_the_end_and_stops(loaded: ExplorerPage) -> None:
    loaded.page.clock.install()
    loaded.choose("play")
    current = steps(loaded).locator("[aria-current=step]")
    expect(current).to_have_text("2 · split the directions")
    loaded.page.clock.run_for(1700)
    expect(current).to_have_text("3 · realign the backward half")
    loaded.page.clock.run_for(1700)
    expect(current).to_have_text("4 · merge")
    expect(loaded.page.get_by_role("button", name="play")).to_be_visible()


MOVED = """title => new Promise(resolve => {
  const buttons = [...document.querySelectorAll('.ls-steps button')];
  buttons.find(b => b.textContent === title).click();
  requestAnimationFrame(() => resolve([...document.querySelectorAll('.ls-to [data-key]')]
    .filter(e => e.getAnimations().length).map(e => e.dataset.key)));
})"""


def test_columns_move_along_unless_the_user_wants_no_motion(explorer: ExplorerPage) -> None:
    moved = explorer.page.evaluate(MOVED, "2 · split the directions")
    assert set(moved) == {f"{half}.{t}" for half in ("forward", "backward") for t in range(5)}
    explorer.page.emulate_media(reduced_motion="reduce")
    assert explorer.page.evaluate(MOVED, "3 · realign the backward half") == []
    expect(strip(explorer, "backward.flip(1)")).to_be_visible()


def test_by_hand_the_flip_is_needed_and_proves_equal(explorer: ExplorerPage) -> None:
    explorer.choose("hand-built pair")
    walk_to(explorer, "2 · join as they are")
    joined = explorer.page.locator(".ls-to .ls-strip")
    unflipped = joined.locator('[data-claim="hand-built-unflipped"]')
    expect(unflipped).to_have_attribute("data-holds", "false")
    keys = [key for key, _ in columns(joined)]
    assert keys[:5] == [f"forward.{t}" for t in range(5)]
    assert keys[5:] == [f"backward.{t}" for t in reversed(range(5))]
    walk_to(explorer, "4 · merge")
    proven = joined.first.locator('[data-claim="hand-built"]')
    expect(proven).to_have_attribute("data-holds", "true")
    assert columns(joined.first) == columns(joined.last)  # the last one is nn.LSTM's own


def test_flipping_anyway_joins_two_different_steps(explorer: ExplorerPage) -> None:
    explorer.choose("flip anyway")
    walk_to(explorer, "4 · merge")
    joined = explorer.page.locator(".ls-to .ls-strip").first
    expect(joined.locator('[data-claim="flip-anyway"]')).to_have_attribute("data-holds", "false")
    labels = joined.locator(".ls-step").all_text_contents()
    assert labels == [f"t={t}" for t in range(5)] + [f"t={t}" for t in reversed(range(5))]


def test_each_merge_has_its_shape_per_step_and_at_the_end(explorer: ExplorerPage) -> None:
    walk_to(explorer, "4 · merge")
    strips = explorer.page.locator(".ls-to .ls-strip")
    for mode, per_step, final in (
        ("concat", "3,5,6", "3,6"),
        ("sum", "3,5,3", "3,3"),
        ("mean", "3,5,3", "3,3"),
        ("max", "3,5,3", "3,3"),
    ):
        explorer.choose(mode)
        expect(strips.nth(0)).to_have_attribute("data-shape", per_step)
        expect(strips.nth(1)).to_have_attribute("data-shape", final)
    decoder = strips.nth(2)
    expect(decoder).to_have_attribute("data-shape", "2,3,6")
    expect(decoder).to_contain_text("h_n.view(2, 2, 3, 3).transpose(1, 2).reshape(2, 3, 6)")
    expect(decoder.locator("[data-claim=decoder-view]")).to_have_attribute("data-holds", "false")


def test_the_walk_follows_the_settings(explorer: ExplorerPage) -> None:
    walk_to(explorer, "3 · realign the backward half")
    explorer.slider("hidden_size").press("ArrowRight")
    backward = strip(explorer, "backward = out[..., 4:]")
    expect(backward).to_have_attribute("data-shape", "3,5,4")
    explorer.switch("batched").click()
    expect(strip(explorer, "backward.flip(0)")).to_have_attribute("data-shape", "5,4")
    expect(steps(explorer).locator("[aria-current=step]")).to_contain_text("realign")


def test_with_one_direction_there_is_nothing_to_realign(explorer: ExplorerPage) -> None:
    walk_to(explorer, "4 · merge")
    explorer.switch("bidirectional").click()
    expect(steps(explorer).get_by_role("button")).to_have_text(
        ["1 · out as returned", "2 · one vector per sequence"]
    )
    expect(explorer.claim("last-step")).to_have_attribute("data-holds", "true")
    expect(explorer.page.get_by_role("group", name="ways")).to_have_count(0)


def test_a_panel_nobody_sees_waits_until_it_is_in_view(loaded: ExplorerPage) -> None:
    page = loaded.page
    page.set_viewport_size({"width": 1280, "height": 500})
    about = page.locator(".ls-subtitle")
    # The page notices what is out of view in its own time.
    expect(page.locator(".ls-panel")).to_have_attribute("data-in-view", "false")
    loaded.slider("num_layers").press("ArrowRight")
    loaded.expect_shapes({"input": "3,5,4", "out": "3,5,6", "h_n": "6,3,3", "c_n": "6,3,3"})
    expect(about).to_contain_text("num_layers=2")
    # What it says is of what was shown before: it is marked as not ready.
    panel = page.get_by_role("tabpanel")
    expect(panel).to_have_attribute("aria-busy", "true")
    about.scroll_into_view_if_needed()
    expect(about).to_contain_text("num_layers=3")
    expect(panel).to_have_attribute("aria-busy", "false")


def test_a_walk_is_in_the_address_and_comes_back(explorer: ExplorerPage, browser: Browser) -> None:
    explorer.choose("hand-built pair")
    walk_to(explorer, "3 · realign the backward one")
    explorer.page.wait_for_url("**/*#*step=3*way=pair*")
    other = ExplorerPage(browser.new_page())
    other.page.goto(explorer.page.url)
    current = steps(other.measured()).locator("[aria-current=step]")
    expect(current).to_have_text("3 · realign the backward one")
    other.page.close()


AT_REST = "() => document.getAnimations().every((each) => each.playState === 'finished')"


def test_the_panel_reads_well_in_both_themes_and_fits(themed: ExplorerPage) -> None:
    for title in ("1 · out as returned", "3 · realign the backward half", "4 · merge"):
        walk_to(themed, title)
        themed.page.wait_for_function(AT_REST)  # columns that pass each other are not read
        assert worst_contrast(themed.page) >= 4.5, title
    wide = "() => document.documentElement.scrollWidth <= innerWidth"
    for width in (1280, 390):
        themed.page.set_viewport_size({"width": width, "height": 844})
        assert themed.page.evaluate(wide), width
