"""Which kernels of the dashboard are ended."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

pytest.importorskip("jupyter_server")

from lstm_shapes.dashboard.kernels import Kernels


async def culled() -> list[bool]:
    """Whether a kernel that was idle for long is there after each of two looks."""
    kernels = Kernels(cull_idle_timeout=10)
    kernel_id = await kernels.start_kernel()
    kernel: Any = kernels.get_kernel(kernel_id)
    there = []
    for _ in range(2):
        kernel.execution_state = "idle"
        kernel.last_activity = datetime.now(timezone.utc) - timedelta(seconds=60)
        await kernels.cull_kernel_if_idle(kernel_id)
        there.append(kernel_id in kernels)
    await kernels.shutdown_all()
    return there


@pytest.mark.filterwarnings("ignore")  # of the server's own, in this process
def test_a_kernel_is_ended_no_earlier_than_at_the_second_look() -> None:
    assert asyncio.run(culled()) == [True, False]
