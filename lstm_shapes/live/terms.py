"""The terms a run is made on; those of the caller's own process are left as they were."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch

# Random state, thread count and warning filters belong to the whole process.
_ONE_AT_A_TIME = threading.RLock()


@contextmanager
def own_terms(device: str, threads: int = 1, gradients: bool = False) -> Iterator[None]:
    """Run on terms of our own, whatever the caller has set, and put the caller's back.

    On small tensors torch's threads wait for each other longer than they compute, so one thread
    is taken. Nothing else of this package runs meanwhile in another thread.

    Args:
        device: where the run is made; autocast is off there.
        threads: how many threads torch may use.
        gradients: whether autograd follows what is computed.
    """
    with _ONE_AT_A_TIME:
        before = torch.get_num_threads()
        torch.set_num_threads(threads)
        try:
            with (
                torch.inference_mode(False),
                torch.set_grad_enabled(gradients),
                torch.autocast(torch.device(device).type, enabled=False),
            ):
                yield
        finally:
            torch.set_num_threads(before)


@contextmanager
def seeded(seed: int, device: str = "cpu") -> Iterator[None]:
    """Draw from a seed, and put the generator back to where it was.

    Args:
        seed: from 0 to 2**64 - 1.
        device: ``"cuda"`` to seed, and put back, that generator beside the CPU's.
    """
    devices = [torch.cuda.current_device()] if device == "cuda" else []
    with torch.random.fork_rng(devices):
        torch.default_generator.manual_seed(seed)
        if devices:
            torch.cuda.manual_seed(seed)
        yield
