"""What several tests start from."""

from __future__ import annotations

import pytest

from lstm_shapes import Explorer


@pytest.fixture
def explorer() -> Explorer:
    """The explorer, measured, without a browser."""
    made = Explorer()
    assert made.state.wait(60)
    return made
