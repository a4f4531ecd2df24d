"""Reproducibility, measured while one waits, and the article's statements."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.contrast import worst_contrast
from tests.browser.explorer_page import ExplorerPage, link_to

LARGE = {"num_layers": 8, "seq_len": 200, "hidden_size": 64, "batch_size": 3}
"""Some tenths of a second a run."""


def outcomes(page: Page) -> dict[str, str]:
    found: dict[str, str] = page.locator("[data-trial]").evaluate_all(
        "es => Object.fromEntries(es.map((e) => [e.dataset.trial, e.dataset.equal]))"
    )
    return found


def test_the_same_seed_is_measured_and_found_equal(explorer: ExplorerPage) -> None:
    page = explorer.open_tab("Reproducibility").page
    status = page.get_by_role("tabpanel").get_by_role("status")
    expect(status).to_have_text("nothing measured yet")
    page.get_by_role("button", name="Measure now").click()
    expect(page.get_by_role("button", name="Measure again")).to_be_visible(timeout=30_000)
    found = outcomes(page)
    assert found.pop("train") == "false"
    assert {found[name] for name in ("rebuilt", "eval", "train-seeded")} == {"true"}
    done = int((status.text_content() or "").split()[0])
    expect(page.get_by_role("progressbar")).to_have_attribute("value", str(done))
    expect(page.get_by_role("tabpanel")).to_contain_text("not measured: this run is not on CUDA")
    explorer.slider("seed").press("ArrowRight")
    expect(status).to_have_text("nothing measured yet")


def test_a_long_measurement_goes_on_beside_the_page_and_is_stopped(explorer: ExplorerPage) -> None:
    page = explorer.opened(link_to(tab="reproducibility", **LARGE)).page
    expect(explorer.card("out")).to_have_attribute("data-shape", "3,200,128")
    page.get_by_role("button", name="Measure now").click()
    stop = page.get_by_role("button", name="Stop")
    expect(stop).to_be_visible()
    # What is pinned meanwhile is answered: the kernel is not kept.
    page.locator('.ls-figure [data-slice="h_n[0]"]').click()
    page.wait_for_function("location.hash.includes('select=h_n.0')")
    expect(stop).to_be_visible()
    stop.click()
    expect(page.get_by_role("tabpanel").get_by_role("status")).to_contain_text("stopped")
    expect(page.get_by_role("button", name="Measure again")).to_be_visible()


def test_statements_are_judged_and_settings_that_show_them_a_click_away(
    explorer: ExplorerPage,
) -> None:
    explorer.open_tab("Common statements, tested")
    for name, holds in {
        "rnn-step": "true",
        "lstm-cell": "true",
        "out-shape": "true",
        "classifier-input": "false",
        "flip-first": "false",
        "not-reproducible": "false",
    }.items():
        expect(explorer.claim(f"article-{name}")).to_have_attribute("data-holds", holds)
    for name, settings in {"bias-zero": "bias=False", "dropout-layers": "dropout=0.5"}.items():
        row = explorer.claim(f"article-{name}")
        expect(row.get_by_role("img")).to_have_accessible_name(
            "cannot be shown with these settings"
        )
        row.get_by_role("button", name=f"show it with {settings}").click()
        expect(row).to_have_attribute("data-holds", "false")
        expect(row.get_by_role("button")).to_have_count(0)
    expect(explorer.switch("bias")).not_to_be_checked()
    expect(explorer.number("dropout")).to_have_value("0.5")


TABS = (
    "Inside one cell",
    "Parameters",
    "Arguments",
    "Variable lengths",
    "States",
    "Reproducibility",
    "Common statements, tested",
)


def test_every_panel_reads_well_in_both_themes_and_fits(themed: ExplorerPage) -> None:
    page = themed.page
    themed.choose("Packed batch")
    expect(page.locator('.ls-figure [data-slice="x[0, 3]"]')).to_be_visible()
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        for name in TABS:
            themed.open_tab(name)
            assert worst_contrast(page) >= 4.5, (name, width)
            scroller = page.locator("#rendered_cells")
            assert scroller.evaluate("e => e.scrollWidth <= e.clientWidth"), (name, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
