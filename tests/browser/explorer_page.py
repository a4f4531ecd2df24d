"""The explorer as a user finds it: by visible labels and by what elements carry."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

TENSORS = ("input", "out", "h_n", "c_n")


class ExplorerPage:
    def __init__(self, page: Page) -> None:
        self.page = page

    def measured(self) -> ExplorerPage:
        expect(self.card("out")).to_have_attribute("data-state", "measured", timeout=60_000)
        return self

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
