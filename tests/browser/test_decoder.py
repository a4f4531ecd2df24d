"""From an encoder to a decoder: each combination by mouse and by keys, and the program."""

from __future__ import annotations

import sys
from itertools import product
from subprocess import run as run_program

import pytest
from playwright.sync_api import Locator, expect

from lstm_shapes import InputSizes, Settings
from lstm_shapes.decoder import combinations, decoder_settings, widths
from lstm_shapes.formula.decoder import fits
from tests.browser.contrast import worst_contrast
from tests.browser.explorer_page import ExplorerPage, link_to

NAME = "Encoder to decoder"
ENCODER = Settings(4, 3, num_layers=2, batch_first=True, bidirectional=True)
SIZES = InputSizes(5, 3)
FEATURES = {"same": "3", "double": "6", "other": "5"}


def option(explorer: ExplorerPage, group: str, value: str) -> Locator:
    return explorer.page.get_by_role("group", name=group, exact=True).locator(
        f'[data-value="{value}"]'
    )


def test_each_combination_by_mouse_and_by_keys(explorer: ExplorerPage) -> None:
    page = explorer.open_tab(NAME).page
    panel = page.get_by_role("tabpanel", name=NAME)
    for width, combine in product(widths(ENCODER), combinations(ENCODER)):
        option(explorer, "width", width).click()
        expect(option(explorer, "width", width)).to_have_attribute("aria-pressed", "true")
        option(explorer, "combine", combine).focus()
        page.keyboard.press("Enter")
        expect(option(explorer, "combine", combine)).to_have_attribute("aria-pressed", "true")
        expect(panel).to_have_attribute("aria-busy", "false")
        fitting = fits(ENCODER, decoder_settings(ENCODER, width, 5), combine)
        shape = f"2,3,{FEATURES[width]}"
        if not fitting:
            expect(explorer.alert).to_contain_text("Expected hidden[0] size (2, 3, ")
            expect(panel.locator("[data-decoder]")).to_have_count(0)
            explorer.alert.get_by_role("button").last.click()
        expect(explorer.alert).to_have_count(0)
        expect(panel.locator('[data-decoder="h_0"]')).to_have_attribute("data-shape", shape)
        expect(panel.locator('[data-decoder="out"]')).to_have_attribute(
            "data-shape", f"3,4,{FEATURES[width]}"
        )
        for name in ("decoder-layers", "decoder-samples", "loop-out", "decoder-greedy"):
            expect(explorer.claim(name)).to_have_attribute("data-holds", "true")
        expect(explorer.claim("decoder-h-for-c")).to_have_attribute("data-holds", "false")


def test_the_other_width_is_typed_and_held_to_its_bounds(explorer: ExplorerPage) -> None:
    link = link_to(tab="decoder", width="other", combine="linear", decoder_size=7)
    page = explorer.opened(link).page
    h_0 = page.locator('[data-decoder="h_0"]')
    expect(h_0).to_have_attribute("data-shape", "2,3,7")
    explorer.type("decoder_size", 6)
    expect(h_0).to_have_attribute("data-shape", "2,3,6")
    explorer.type("decoder_size", 65)
    expect(explorer.alert).to_contain_text("decoder_size=65 is too large: use 64 or less")
    expect(h_0).to_have_attribute("data-shape", "2,3,6")
    explorer.type("decoder_size", 8)
    expect(explorer.alert).to_have_count(0)
    page.wait_for_function("location.hash.includes('decoder_size=8')")


def test_the_program_is_copied_whole_and_prints_the_tokens_of_the_table(
    explorer: ExplorerPage,
) -> None:
    page = explorer.opened(link_to(tab="decoder", sample=1)).page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy program").click()
    text: str = page.evaluate("navigator.clipboard.readText()")
    assert text == page.locator(".ls-decoder-program .ls-program").text_content()
    done = run_program([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    columns = [line.strip(" []").split(", ") for line in done.stdout.removeprefix("tensor(")
               .rstrip(")\n").splitlines()]  # fmt: skip
    printed = [columns[step][1].strip("], ") for step in range(4)]
    assert page.locator("[data-token]").all_text_contents() == printed


@pytest.mark.parametrize("width", [390, 768, 1024, 1280, 1920])
def test_nothing_is_wider_than_its_place(explorer: ExplorerPage, width: int) -> None:
    explorer.page.set_viewport_size({"width": width, "height": 800})
    for choices in ({}, {"width": "same"}, {"width": "other", "combine": "linear"}):
        page = explorer.opened(link_to(tab="decoder", hidden_size=12, **choices)).page
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        over = page.locator(".ls-decoder-panel").evaluate(
            "panel => [...panel.querySelectorAll('*')].filter((e) => !e.closest('.ls-scroll, pre')"
            " && e.getBoundingClientRect().right > panel.getBoundingClientRect().right + 1)"
            ".map((e) => e.outerHTML.slice(0, 80))"
        )
        assert over == []


def test_it_can_be_read_in_light_and_dark(themed: ExplorerPage) -> None:
    themed.opened(link_to(tab="decoder"))
    assert worst_contrast(themed.page) >= 4.5
    themed.opened(link_to(tab="decoder", width="same"))
    expect(themed.alert).to_have_count(1)
    assert worst_contrast(themed.page) >= 4.5
