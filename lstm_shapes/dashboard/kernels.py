"""Which kernels of the dashboard are ended; ``voila.json`` names this for Voila."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager


class Kernels(AsyncMappingKernelManager):
    """Ends the kernels of pages that were closed, as Jupyter does, and no page's that opens.

    Voila keeps its waiting kernels from being ended, and one that it has just handed to a page
    may have waited for long: until the page is connected it would pass for left behind.
    """

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End a kernel that is idle and has no page; its time begins when it no longer waits."""
        kernel: Any = self.get_kernel(kernel_id)
        if getattr(kernel, "was_handed_out", False):
            await super().cull_kernel_if_idle(kernel_id)  # type: ignore[no-untyped-call]
        else:
            kernel.was_handed_out = True
            kernel.last_activity = datetime.now(timezone.utc)
