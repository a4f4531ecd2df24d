"""A call that somebody types in the dashboard, without a kernel of their own at hand."""

from __future__ import annotations

from playwright.sync_api import expect

from lstm_shapes.explorer.choices import LONGEST_CALL, TABS
from tests.browser.explorer_page import ExplorerPage, link_to

WRONG = "nn.LSTM(64, 8, batch_first=True)\nx: (32, 64, 50)"


def test_a_typed_call_is_explained_mended_and_shown(explorer: ExplorerPage) -> None:
    page = explorer.open_tab(TABS["call"]).page
    field = page.get_by_label("The module and its tensors, or an error")
    expect(field).to_have_value(
        "nn.LSTM(4, 3, num_layers=2, batch_first=True, bidirectional=True)\nx: (3, 5, 4)"
    )
    field.fill(WRONG)
    field.press("Control+Enter")
    alert = page.locator(".ls-call-outcome").get_by_role("alert")
    expect(alert).to_contain_text("torch: input.size(-1) must be equal to input_size")
    expect(alert).to_contain_text("x, axis 2 (features, H_in)")
    expect(page.locator("[data-shape-of=out]")).to_have_attribute("data-shape", "32,50,8")
    page.get_by_role("button", name="Show it in the picture").click()
    explorer.expect_shapes(
        {"input": "32,50,64", "out": "32,50,8", "h_n": "1,32,8", "c_n": "1,32,8"}
    )


def test_what_cannot_be_read_stays_in_the_field(explorer: ExplorerPage) -> None:
    page = explorer.open_tab(TABS["call"]).page
    field = page.get_by_label("The module and its tensors, or an error")
    hostile = "nn.LSTM(4, 3)\nx: <img src=x onerror=document.title='ours'>"
    field.fill(hostile)
    page.get_by_role("button", name="Make this call").click()
    expect(page.locator(".ls-panel").get_by_role("alert")).to_contain_text("line 2")
    expect(field).to_have_value(hostile)
    assert page.title() != "ours"
    assert page.locator(".ls-panel img").count() == 0


def test_the_address_holds_the_call(explorer: ExplorerPage) -> None:
    explorer.opened(link_to(tab="call", call=WRONG))
    field = explorer.page.get_by_label("The module and its tensors, or an error")
    expect(field).to_have_value(WRONG)
    explorer.page.get_by_role("button", name="token ids").click()
    expect(explorer.page.locator(".ls-call-outcome")).to_contain_text("Embedding")
    explorer.page.wait_for_url("**#*call=nn.LSTM*int64*")


def test_an_error_is_pasted_and_explained(explorer: ExplorerPage) -> None:
    page = explorer.open_tab(TABS["call"]).page
    field = page.get_by_label("The module and its tensors, or an error")
    message = "Expected hidden[0] size (4, 32, 8), got [4, 10, 8]"
    field.fill(f"{'x' * LONGEST_CALL}\nRuntimeError: {message}")
    page.get_by_role("button", name="Make this call").click()
    alert = page.locator(".ls-panel").get_by_role("alert")
    expect(alert).to_contain_text(message)
    expect(alert).to_contain_text("Cure: ")
