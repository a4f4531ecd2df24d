"""The explorer as a user finds it: by visible labels and by what elements carry."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from playwright.sync_api import Locator, Page, expect

from lstm_shapes.explorer.app import START
from lstm_shapes.explorer.choices import TABS, Choices
from lstm_shapes.explorer.link import write_link
from lstm_shapes.explorer.presets import FIRST_QUESTION

TENSORS = ("input", "out", "h_n", "c_n")
FIRST = {"input": "3,5,4", "out": "3,5,6", "h_n": "4,3,3", "c_n": "4,3,3"}
"""The shapes that the page starts with."""


def link_to(**changes: Any) -> str:
    """The address of the page's start, with some things changed."""
    start = FIRST_QUESTION.values() | {"select": START, "sample": 0}
    return write_link(start | asdict(Choices()) | changes)


# The picture is as wide as its place, up to a few pixels; all of it has names.
DRAWN = """() => {
    const figure = document.querySelector(".ls-figure");
    const left = figure.parentElement.clientWidth - figure.width.baseVal.value;
    const named = [...figure.querySelectorAll("[data-slice]")].every((e) => e.ariaLabel);
    return left >= 0 && left < 8 && named;
}"""
# And the panel is of it.
SETTLED = f"""() => ({DRAWN})() && !document.querySelector('.ls-app [aria-busy="true"]')"""


class ExplorerPage:
    def __init__(self, page: Page) -> None:
        self.page = page

    def measured(self) -> ExplorerPage:
        expect(self.card("out")).to_have_attribute("data-state", "measured", timeout=60_000)
        return self

    def at_width(self, width: int) -> ExplorerPage:
        """The page in a window of this width, once the picture is drawn for it: until then it
        moves under the pointer."""
        self.page.set_viewport_size({"width": width, "height": 800})
        self.page.wait_for_function(DRAWN)
        return self

    def settled(self) -> ExplorerPage:
        """The page of a window that shows all of it, once everything is drawn for its width."""
        self.page.wait_for_function(SETTLED)
        return self

    def opened(self, link: str) -> ExplorerPage:
        """The page at an address, once the kernel has made its panel."""
        # As if it was pasted, also where the address bar has it already.
        self.page.evaluate(
            "link => { history.replaceState(null, '', `#${link}`);"
            " window.dispatchEvent(new HashChangeEvent('hashchange')) }",
            link,
        )
        tab = dict(part.split("=") for part in link.split("&"))["tab"]
        return self.at_tab(TABS[tab])

    def at_tab(self, name: str) -> ExplorerPage:
        """Wait until a tab is chosen, and its panel there."""
        tab = self.page.get_by_role("tab", name=name)
        expect(tab).to_have_attribute("aria-selected", "true")
        panel = self.page.get_by_role("tabpanel", name=name)
        # A picture that has grown may have moved it out of view, where it is not made.
        panel.scroll_into_view_if_needed()
        expect(panel).to_have_attribute("aria-busy", "false")
        return self

    def open_tab(self, name: str) -> ExplorerPage:
        self.page.get_by_role("tab", name=name).click()
        return self.at_tab(name)

    def card(self, tensor: str) -> Locator:
        return self.page.locator(f'[data-tensor="{tensor}"]')

    def claim(self, name: str) -> Locator:
        return self.page.locator(f'[data-claim="{name}"]')

    @property
    def alert(self) -> Locator:
        return self.page.locator(".ls-app").get_by_role("alert")

    def number(self, name: str) -> Locator:
        return self.page.get_by_role("spinbutton", name=name, exact=True)

    def slider(self, name: str) -> Locator:
        return self.page.get_by_role("slider", name=name, exact=True)

    def switch(self, name: str) -> Locator:
        return self.page.get_by_role("checkbox", name=name, exact=True)

    def choose(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def type(self, name: str, value: object) -> None:
        self.number(name).fill(str(value))
        self.number(name).press("Enter")

    def shapes(self) -> dict[str, str | None]:
        shown = {}
        for tensor in TENSORS:
            if self.card(tensor).count():
                shown[tensor] = self.card(tensor).get_attribute("data-shape")
        return shown

    def expect_shapes(self, shapes: dict[str, str | None]) -> None:
        """Wait for these shapes, and see that there are no others."""
        for tensor in TENSORS:
            if tensor in shapes:
                expect(self.card(tensor)).to_have_attribute("data-shape", shapes[tensor] or "")
            else:
                expect(self.card(tensor)).to_have_count(0)
        # One that matched before the update came may have changed with it.
        assert self.shapes() == shapes
