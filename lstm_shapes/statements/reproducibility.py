"""Whether the same question gives the same numbers, measured by asking it several times."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass

import torch
from torch import Tensor

from lstm_shapes.errors import check_int
from lstm_shapes.formula.arguments import SHOWN_DROPOUT
from lstm_shapes.formula.budget import Limits, estimate
from lstm_shapes.live.run import Run, run
from lstm_shapes.live.variants import call_again, with_dropout

MOST_THREADS = 4

DOCUMENTED = (
    "RNN functions can be non-deterministic on some versions of cuDNN and CUDA; with the "
    "environment variable CUBLAS_WORKSPACE_CONFIG set to :16:8 or :4096:2 they are not"
)
"""What torch's documentation of nn.LSTM says of CUDA."""

Numbers = tuple[Tensor, ...]


@dataclass(frozen=True)
class Trial:
    """One thing that was done several times.

    Attributes:
        id: stable name.
        what: what was repeated, and what was changed meanwhile.
        runs: how many there were so far; the first is what the others are compared with.
        equal: how many of the others were equal bit for bit, in every tensor returned.
        difference: the largest in any of them.
    """

    id: str
    what: str
    runs: int = 0
    equal: int = 0
    difference: float = 0.0


@dataclass(frozen=True)
class Progress:
    """How far a measurement is: runs made and to be made, and what was found so far."""

    done: int
    total: int
    trials: tuple[Trial, ...]


def reproduce(made: Run, repeats: int = 10) -> Iterator[Progress]:
    """Ask the same question several times, one run at each turn of the iterator.

    The module is built again from the seed, called again, called in train() with dropout from
    one seed and from several, called on several threads (on the CPU), and on another device than
    the CPU compared with the CPU. Whoever no longer wants to know stops iterating.

    Args:
        repeats: runs of each, from 2 on.

    Raises:
        ArgumentError: too few repeats.

    Source: torch documentation, "Reproducibility", and the warning of ``torch.nn.LSTM``.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3, num_layers=2), InputSizes(seq_len=5, batch_size=2))
    >>> *_, last = reproduce(made, repeats=3)
    >>> for trial in last.trials[:3]:
    ...     print(trial.id, trial.equal, "of", trial.runs - 1)
    rebuilt 2 of 2
    eval 2 of 2
    train 0 of 2
    """
    check_int("repeats", repeats, at_least=2)
    return _measure(made, repeats)


def _measure(made: Run, repeats: int) -> Iterator[Progress]:
    ways = _ways(made)
    total = repeats * len(ways)
    found: list[Trial] = []
    for name, (what, again) in ways.items():
        first = again(0)
        trial = Trial(name, what, 1)
        yield Progress(len(found) * repeats + 1, total, (*found, trial))
        for i in range(1, repeats):
            trial = _compared(trial, first, again(i))
            yield Progress(len(found) * repeats + i + 1, total, (*found, trial))
        found.append(trial)


def _compared(trial: Trial, first: Numbers, other: Numbers) -> Trial:
    pairs = list(zip(first, other, strict=True))
    equal = all(torch.equal(*pair) for pair in pairs)
    # What is no number is as far away as can be.
    gaps = ((one - two).abs().nan_to_num(nan=float("inf")) for one, two in pairs if one.numel())
    apart = (float(gap.max()) for gap in gaps)
    difference = max(trial.difference, *apart, 0.0)
    return Trial(trial.id, trial.what, trial.runs + 1, trial.equal + equal, difference)


def _ways(made: Run) -> dict[str, tuple[str, Callable[[int], Numbers]]]:
    """What is repeated, by id: in words, and as a function of how often it has been done."""
    p = made.settings.dropout or SHOWN_DROPOUT
    start = made.seed % 2**63  # room for more seeds behind it
    ways: dict[str, tuple[str, Callable[[int], Numbers]]] = {
        "rebuilt": ("same seed: module and input made again, eval()", lambda _: _rebuilt(made)),
        "eval": (
            "the same module called again, eval()",
            lambda _: _numbers(call_again(made, made.device)),
        ),
    }
    # Of other devices the generator could not be put back.
    if made.device in ("cpu", "cuda"):
        train = f"train(), dropout={p}"
        if made.settings.num_layers == 1:
            train += ", which does nothing in one layer"
        elif not made.settings.dropout:
            train += " for this trial"
        ways |= {
            "train": (
                f"{train}, another state of the generator each time",
                lambda i: _numbers(with_dropout(made, p, seed=start + i, device=made.device)),
            ),
            "train-seeded": (
                f"{train}, the same seed before each call",
                lambda _: _numbers(with_dropout(made, p, seed=start, device=made.device)),
            ),
        }
    most = min(MOST_THREADS, os.cpu_count() or 1)
    if made.device != "cpu":
        ways["devices"] = (
            f"{made.device} against the CPU, eval()",
            lambda i: _numbers(call_again(made, made.device if i else "cpu")),
        )
    elif most > 1:
        ways["threads"] = (
            f"2 to {most} threads against one, eval()" if most > 2 else "2 threads against one",
            lambda i: _numbers(call_again(made, "cpu", 2 + (i - 1) % (most - 1) if i else 1)),
        )
    return ways


def _numbers(made: Run) -> Numbers:
    """All that a run returned, on the CPU."""
    return tuple(tensor.cpu() for tensor in made.tensors().values())


def _rebuilt(made: Run) -> Numbers:
    needed = Limits(*astuple(estimate(made.settings, made.sizes)))
    again = run(made.settings, made.sizes, seed=made.seed, device=made.device, limits=needed)
    weights = (weight.detach().cpu() for weight in again.module.parameters())
    return (*_numbers(again), *weights)
