"""Terms on which a user's code leaves no trace in the process, and draws the same each time."""

from __future__ import annotations

import random
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, cast

import torch

from lstm_shapes.live.terms import own_terms


@dataclass(frozen=True)
class Draws:
    """Where the random generators stand: those of torch, of Python and of NumPy.

    Attributes:
        restore: what puts each generator back to where it stood.
    """

    restore: tuple[Callable[[], object], ...]

    @classmethod
    def now(cls, devices: Iterable[torch.device | str] = ()) -> Draws:
        """Where they stand now.

        Args:
            devices: whose generators to keep beside the CPU's.

        >>> draws = Draws.now()
        >>> first = torch.rand(3)
        >>> draws.put_back()
        >>> torch.equal(torch.rand(3), first)
        True
        """
        cpu, python = torch.get_rng_state(), random.getstate()
        kept: list[Callable[[], object]] = [
            lambda: torch.set_rng_state(cpu),
            lambda: random.setstate(python),
        ]
        kept += [_of_device(each) for each in _accelerators(devices)]
        # torch does without NumPy, which is not loaded here for its generator only.
        if numpy := sys.modules.get("numpy"):
            drawn: Any = numpy.random.get_state()
            kept.append(lambda: numpy.random.set_state(drawn))
        return cls(tuple(kept))

    def put_back(self) -> None:
        """Let the same numbers be drawn again: masks of dropout, choices of teacher forcing."""
        for each in self.restore:
            each()


@contextmanager
def left_alone(devices: Iterable[torch.device | str] = (), threads: int = 1) -> Iterator[Draws]:
    """Run a user's code with nothing left behind in the process, whatever it draws, sets or raises.

    Within, gradients are followed, autocast and inference mode are off, algorithms are
    deterministic where torch has such, torch takes one thread and compiles nothing, and warnings
    are not shown.

    Args:
        devices: where the model and its arguments are.
        threads: how many torch may use: on small tensors they wait longer than they compute.

    Returns:
        Where the random generators stood, to be put back before each pass.

    >>> with left_alone() as draws:
    ...     first = torch.rand(3)
    ...     draws.put_back()
    ...     second = torch.rand(3)
    >>> torch.equal(first, second), torch.equal(second, torch.rand(3))
    (True, True)
    """
    used = _accelerators(devices)
    with ExitStack() as stack:
        stack.enter_context(own_terms("cpu", threads, gradients=True))
        for kind in sorted({device.type for device in used}):
            stack.enter_context(torch.autocast(kind, enabled=False))
        stack.enter_context(_settings_put_back())
        stack.enter_context(_as_written())
        draws = Draws.now(used)
        stack.callback(draws.put_back)
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        yield draws


@contextmanager
def _settings_put_back() -> Iterator[None]:
    """Deterministic algorithms within; theirs and the default dtype are the caller's afterwards."""
    dtype = torch.get_default_dtype()
    cudnn = torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark
    # An operation that has no deterministic algorithm still runs. The mode is set by its number,
    # as use_deterministic_algorithms() imports torch's compiler, which takes a second.
    before = torch.get_deterministic_debug_mode()
    torch.set_deterministic_debug_mode("warn")
    torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = True, False
    try:
        yield
    finally:
        torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = cudnn
        torch.set_deterministic_debug_mode(before)
        torch.set_default_dtype(dtype)


def _as_written() -> AbstractContextManager[Any]:
    """Functions that torch.compile decorates run as they are written; torch 2.5 cannot do that."""
    stance: Any = getattr(torch.compiler, "set_stance", None)
    # Nothing is compiled without this part of torch, which takes seconds to load.
    if stance is None or "torch._dynamo" not in sys.modules:
        return nullcontext()
    return cast(AbstractContextManager[Any], stance("force_eager"))


def _accelerators(devices: Iterable[torch.device | str]) -> list[torch.device]:
    """The devices that have a generator beside the CPU's, each once."""
    every = dict.fromkeys(torch.device(each) for each in devices)
    return [each for each in every if each.type not in ("cpu", "meta")]


def _of_device(device: torch.device) -> Callable[[], object]:
    """What puts the generator of a device back to where it stands now."""
    module: Any = torch.get_device_module(device)
    # Of this kind there is one, which is not named.
    which = () if device.type == "mps" else (device,)
    state = module.get_rng_state(*which)
    return lambda: module.set_rng_state(state, *which)
