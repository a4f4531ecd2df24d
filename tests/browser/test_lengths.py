"""Variable lengths on the page: edited, packed, drawn, and refused by name."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from lstm_shapes import InputSizes, Settings, run
from lstm_shapes.live.variants import unpacked
from tests.browser.explorer_page import FIRST, ExplorerPage, link_to

BATCH = run(
    Settings(4, 3, num_layers=2, batch_first=True, bidirectional=True),
    InputSizes(5, 3, lengths=(3, 5, 2)),
)


def lengths_field(explorer: ExplorerPage) -> Locator:
    return explorer.page.get_by_role("textbox", name="lengths", exact=True)


def tokens(explorer: ExplorerPage, kind: str) -> list[str]:
    found = explorer.page.locator(f'[data-tokens="{kind}"] .ls-token')
    expect(found.first).to_be_visible()
    return found.all_text_contents()


def packed(explorer: ExplorerPage) -> None:
    explorer.opened(link_to(tab="lengths", lengths=(3, 5, 2)))
    expect(explorer.page.locator("[data-part-of=batch_sizes]")).to_have_text("[3, 3, 2, 1, 1]")


def test_the_padded_input_and_what_packing_makes_of_it(explorer: ExplorerPage) -> None:
    packed(explorer)
    assert tokens(explorer, "padded")[:5] == ["0·0", "0·1", "0·2", "0", "0"]
    steps = ("1·0 0·0 2·0", "1·1 0·1 2·1", "1·2 0·2", "1·3", "1·4")
    assert tokens(explorer, "packed") == " ".join(steps).split()
    out = tokens(explorer, "out")
    assert out[:5] == [f"{BATCH.out[0, t, 0]:.2f}" for t in range(3)] + ["0.00", "0.00"]
    marked = explorer.page.locator('[data-tokens="out"] [data-marked]')
    assert marked.all_text_contents() == [out[2], out[9], out[11]]
    assert tokens(explorer, "flip")[:5] == ["0·2", "0·1", "0·0", "0", "0"]
    assert tokens(explorer, "flip-anyway")[:5] == ["0", "0", "0·2", "0·1", "0·0"]
    for name in ("sorted_indices", "unsorted_indices"):
        expect(explorer.page.locator(f"[data-part-of={name}]")).to_have_text("[1, 0, 2]")


def test_padded_against_packed_shows_which_values_differ(explorer: ExplorerPage) -> None:
    packed(explorer)
    sides = explorer.page.locator("[data-side] [data-key='backward.0']")
    for side, value in zip(sides.all(), (BATCH.out, unpacked(BATCH).out), strict=True):
        expect(side.locator(".ls-num").first).to_have_text(f"{value[0, 0, 3]:.2f}")
    for cell, differs in {"0.forward": "false", "0.backward": "true", "1.forward": "true"}.items():
        row = explorer.page.locator(f'[data-apart="{cell}"] tbody tr').first
        first = row.locator("[data-differs]").first
        expect(first).to_have_attribute("data-differs", differs)
        # The final state of a sample with padding differs wherever the cell ends or starts.
        expect(row.locator("[data-differs]").last).to_have_attribute("data-differs", "true")
        whole = explorer.page.locator(f'[data-apart="{cell}"] tbody tr').nth(1)
        expect(whole.locator('[data-differs="true"]')).to_have_count(0)
    for name, holds in {
        "packed-data": "true",
        "zeros": "true",
        "true-last": "true",
        "last-column": "false",
        "padded-final": "false",
        "reading-order": "true",
    }.items():
        expect(explorer.claim(name)).to_have_attribute("data-holds", holds)
    panel = explorer.page.get_by_role("tabpanel")
    expect(panel).to_contain_text("must be sorted in decreasing order")
    expect(panel).to_contain_text("got total_length=4 and max sequence length being 5")


def test_lengths_are_edited_in_the_panel(explorer: ExplorerPage) -> None:
    page = explorer.open_tab("Variable lengths").page
    expect(page.get_by_role("tabpanel")).to_contain_text("nothing is padded")
    length = page.get_by_role("spinbutton", name="lengths[1]")
    length.fill("2")
    length.press("Enter")
    expect(lengths_field(explorer)).to_have_value("5, 2, 5")
    expect(page.locator("[data-part-of=batch_sizes]")).to_have_text("[3, 3, 2, 2, 2]")
    page.get_by_role("button", name="all seq_len steps long").click()
    expect(lengths_field(explorer)).to_have_value("")
    page.get_by_role("button", name="an example").click()
    expect(page.locator("[data-part-of=batch_sizes]")).to_be_visible()
    explorer.expect_shapes(FIRST)


def test_a_length_beyond_the_input_is_refused_by_name(explorer: ExplorerPage) -> None:
    packed(explorer)
    lengths_field(explorer).fill("3, 6, 2")
    lengths_field(explorer).press("Enter")
    expect(explorer.alert).to_contain_text("torch takes this without a word")
    expect(explorer.alert).to_contain_text("lengths[1]=6 is too large")
    expect(explorer.alert).to_contain_text("Cure: use 5 or less")
    expect(lengths_field(explorer)).to_have_attribute("aria-invalid", "true")
    # The last good picture stays.
    expect(explorer.page.locator("[data-part-of=batch_sizes]")).to_have_text("[3, 3, 2, 1, 1]")
    explorer.choose("Apply the cure")
    expect(lengths_field(explorer)).to_have_value("3, 5, 2")
    expect(explorer.alert).to_have_count(0)


def test_picture_directions_and_cell_follow_the_sample(explorer: ExplorerPage) -> None:
    packed(explorer)
    page = explorer.page
    sample = page.locator(".ls-picture").get_by_role("spinbutton", name="sample", exact=True)
    sample.fill("2")
    sample.press("Enter")
    figure = page.locator(".ls-figure")
    expect(figure.locator('[data-slice="x[2, 3]"]')).to_have_class("ls-k-x ls-padding")
    expect(figure.locator('[data-slice="cell.0.forward.2"]')).to_have_count(0)
    figure.locator('[data-slice="h_n[2, 2]"]').hover()
    expect(figure.locator('[data-slice="cell.1.forward.1"]')).to_have_attribute(
        "data-link", "wrote"
    )
    figure.locator('[data-slice="out[2, 4, :3]"]').hover()
    expect(page.locator(".ls-says")).to_contain_text("= zeros, padding: sample 2 has 2 steps.")
    expect(explorer.claim("zeros-out.4.forward")).to_have_attribute("data-holds", "true")
    explorer.open_tab("Directions")
    page.get_by_role("group", name="steps").get_by_role("button", name="3").click()
    flipped = page.locator('.ls-to [data-code^="reverse_time(backward"]')
    expect(flipped.locator("[data-marked]")).to_have_attribute("data-key", "backward.0")
    keys = flipped.locator("[data-key]").evaluate_all("es => es.map((e) => e.dataset.key)")
    assert keys == [f"backward.{step}" for step in (1, 0, 2, 3, 4)]
    explorer.open_tab("Inside one cell")
    expect(page.get_by_role("spinbutton", name="t", exact=True)).to_have_attribute("max", "1")
