"""What the tests without a browser start from."""

from __future__ import annotations

import os
import shutil

import pytest


@pytest.fixture(scope="session")
def node() -> str:
    """The program that runs JavaScript without a browser."""
    found = shutil.which("node")
    if found is None:
        reason = "no node here: it is not on the PATH"
        if os.environ.get("LSTM_SHAPES_BROWSER_REQUIRED"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found
