"""axe-core finds nothing to object to, in any panel, in both themes and at three widths."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from lstm_shapes.explorer.choices import TABS
from tests.browser.conftest import ROOT, watched
from tests.browser.explorer_page import ExplorerPage, link_to

AXE = ROOT / "lstm_shapes/explorer/web/node_modules/axe-core/axe.min.js"
WIDTHS = (390, 768, 1280)
TALL = 3000
"""Pixels: some rules look only at what is in the window."""
OBJECTIONS = """async (part) => {
    const { violations } = await axe.run(part, { resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id}: ${target}: ${failureSummary}`));
}"""

ASKED: dict[str, dict[str, Any]] = {
    "of one layer and direction": {"num_layers": 1, "bidirectional": False, "tab": "vectors"},
    "unbatched": {"batched": False, "tab": "cell"},
    "lengths": {"lengths": (3, 5, 2), "tab": "lengths"},
    "many lengths": {
        "batch_size": 12,
        "seq_len": 60,
        "lengths": tuple(range(60, 48, -1)),
        "tab": "lengths",
    },
    "elided": {"num_layers": 9, "seq_len": 200, "hidden_size": 256, "input_size": 300},
    "predicted": {"hidden_size": 10**6, "tab": "parameters"},
    "predicted, without numbers": {"hidden_size": 10**6, "tab": "reproducibility"},
    "a GRU": {"kind": "GRU", "tab": "cell"},
    "an expression that is refused": {"vector": "out[:, 99]", "tab": "vectors"},
    "a call that fails": {
        "call": "x = torch.randn(3, 5, 4)\nlstm = nn.LSTM(4, 3)\nlstm(x[0, 0, 0])",
        "tab": "call",
    },
}


@pytest.fixture(scope="module", params=["light", "dark"])
def examined(
    request: pytest.FixtureRequest, browser: Browser, voila_url: str, dark_voila_url: str
) -> Iterator[ExplorerPage]:
    """The dashboard in one theme, with axe-core in its page."""
    with watched(browser) as page:
        page.goto(voila_url if request.param == "light" else dark_voila_url)
        page.add_script_tag(path=script())
        yield ExplorerPage(page).measured()


def script() -> Path:
    """Where axe-core is: npm puts it there for whoever works on the JavaScript."""
    if not AXE.exists():
        reason = f"axe-core is not installed: no {AXE.relative_to(ROOT)}; npm ci puts it there"
        if os.environ.get("LSTM_SHAPES_BROWSER_REQUIRED"):
            pytest.fail(reason)
        pytest.skip(reason)
    return AXE


def objections(explorer: ExplorerPage, changed: str = ".ls-app") -> dict[int, list[str]]:
    """What is found at each width, where anything is: of all of the explorer (the page around it is
    its host's), or at all widths but the last of the part that has changed."""
    found = {}
    for width in WIDTHS:
        part = ".ls-app" if width == WIDTHS[-1] else changed
        explorer.page.set_viewport_size({"width": width, "height": TALL})
        explorer.settled()
        here = explorer.page.evaluate(OBJECTIONS, part)
        if here:
            found[width] = here
    return found


@pytest.mark.parametrize("tab", TABS)
def test_nothing_is_objected_to_in_any_panel(examined: ExplorerPage, tab: str) -> None:
    examined.opened(link_to(tab=tab))
    assert objections(examined, ".ls-panel") == {}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_nothing_is_objected_to_whatever_is_asked(
    examined: ExplorerPage, asked: dict[str, Any]
) -> None:
    examined.opened(link_to(**asked))
    assert objections(examined) == {}


def test_nothing_is_objected_to_in_an_error(examined: ExplorerPage) -> None:
    examined.opened(link_to())
    examined.type("hidden_size", 0)
    expect(examined.alert).to_be_visible()
    assert objections(examined) == {}


def test_an_objection_is_found(examined: ExplorerPage) -> None:
    add = "document.querySelector('.ls-stage-root').append(document.createElement('button'))"
    examined.page.evaluate(add)
    assert {"button-name" in str(found) for found in objections(examined).values()} == {True}
    examined.page.evaluate("document.querySelector('.ls-stage-root > button').remove()")


def test_what_changed_is_heard_once(explorer: ExplorerPage) -> None:
    heard = explorer.page.locator(".ls-heard")
    expect(heard).to_have_text("")
    explorer.type("num_layers", 3)
    row = "layer × direction 6, batch 3, features 3"
    expect(heard).to_have_text(f"h_n: {row}. c_n: {row}")
    # The sentence of what has the focus is its name: it is read out with it.
    says = explorer.page.locator(".ls-says")
    slice_ = explorer.page.locator('[data-slice="h_n[5]"]')
    slice_.focus()
    expect(says).to_contain_text(slice_.get_attribute("aria-label") or "none")
    expect(says).to_have_attribute("aria-live", "off")
    expect(says.locator(".ls-found")).to_have_attribute("aria-live", "polite")
    slice_.blur()
    expect(says).to_have_attribute("aria-live", "polite")
