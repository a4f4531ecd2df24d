"""What several tests start from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lstm_shapes import Explorer
from tests.fake_comm import Wire, recorded


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests that need a browser last: its event loop stays in this thread, and beside a
    loop the explorer would leave work to it."""
    items.sort(key=lambda item: "browser" in item.path.parts)


@pytest.fixture
def wire() -> Iterator[Wire]:
    """What widgets send to the page from now on."""
    with recorded() as wire:
        yield wire


@pytest.fixture
def explorer(wire: Wire) -> Explorer:
    """The explorer, measured, without a browser."""
    made = Explorer()
    assert made.state.wait(60)
    return made
