"""Measures whether the same module and input give the same numbers when they are run again."""

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
from lstm_shapes.live.training import STEPS, trained
from lstm_shapes.live.variants import call_again, with_dropout

MOST_THREADS = 4
"""The most threads on which a module is called."""

DOCUMENTED = (
    "RNN functions can be non-deterministic on some versions of cuDNN and CUDA; with the "
    "environment variable CUBLAS_WORKSPACE_CONFIG set to :16:8 or :4096:2 they are not"
)
"""What torch's documentation of nn.LSTM says of CUDA, in short."""

Numbers = tuple[Tensor, ...]
"""All tensors that one run returned, on the CPU; they are compared bit for bit."""

LOSSES = ("trained", "trained-anew")
"""Trials whose first tensor holds the losses of a training."""


@dataclass(frozen=True)
class Trial:
    """One way of running a module again, and how the numbers compared.

    Attributes:
        id: a name that stays the same between versions.
        what: what was repeated, and what was changed between the runs.
        runs: how many runs there were so far. The others are compared with the first.
        equal: how many of the others were equal to the first bit for bit, in every tensor.
        difference: the largest difference from the first, over all tensors of all runs.
        losses: of a training, the losses of the first run, and of the last one beside it.
    """

    id: str
    what: str
    runs: int = 0
    equal: int = 0
    difference: float = 0.0
    losses: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True)
class Progress:
    """How far a measurement has come.

    Attributes:
        done: how many runs were made.
        total: how many runs there will be.
        trials: what was found so far, with the trial in progress last.
    """

    done: int
    total: int
    trials: tuple[Trial, ...]


def reproduce(made: Run, repeats: int = 10) -> Iterator[Progress]:
    """Run the same module on the same input several times, and compare the numbers.

    Each step of the iterator makes one run, so stopping to iterate stops the measurement. The
    trials are, each repeated:

    - The module and the input are made again from the seed; a user's own are not.
    - The same module is called again in eval().
    - The module is called in train() with dropout, with a new seed for each call and with the
      same seed for each call. MPS has no such trials.
    - A copy of the module is trained for a few steps, from the same seed and from a new one each
      time; losses and weights are compared. MPS and a run without samples have no such trials.
    - On the CPU, the module is called on several threads. On another device, its numbers are
      compared with those of the CPU.

    Args:
        made: the run to repeat.
        repeats: how many runs each trial has, 2 or more.

    Returns:
        An iterator that gives the progress after each run.

    Raises:
        ArgumentTypeError: repeats is not an int.
        ArgumentError: repeats is below 2.

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
        losses = (tuple(first[0].tolist()),) if name in LOSSES else ()
        trial = Trial(name, what, 1, losses=losses)
        yield Progress(len(found) * repeats + 1, total, (*found, trial))
        for i in range(1, repeats):
            trial = _compared(trial, first, again(i))
            yield Progress(len(found) * repeats + i + 1, total, (*found, trial))
        found.append(trial)


def _compared(trial: Trial, first: Numbers, other: Numbers) -> Trial:
    pairs = list(zip(first, other, strict=True))
    equal = all(torch.equal(*pair) for pair in pairs)
    # A NaN counts as an infinite difference.
    gaps = ((one - two).abs().nan_to_num(nan=float("inf")) for one, two in pairs if one.numel())
    apart = (float(gap.max()) for gap in gaps)
    difference = max(trial.difference, *apart, 0.0)
    losses = (trial.losses[0], tuple(other[0].tolist())) if trial.losses else ()
    runs, found = trial.runs + 1, trial.equal + equal
    return Trial(trial.id, trial.what, runs, found, difference, losses)


def _ways(made: Run) -> dict[str, tuple[str, Callable[[int], Numbers]]]:
    """By id of each trial, what it repeats in words, and a function that makes its i-th run."""
    p = made.settings.dropout or SHOWN_DROPOUT
    start = made.seed % 2**63  # so that start + i is a valid seed
    ways: dict[str, tuple[str, Callable[[int], Numbers]]] = {}
    if not made.observed:
        what = "same seed: module and input made again, eval()"
        ways["rebuilt"] = (what, lambda _: _rebuilt(made))
    ways["eval"] = (
        "the same module called again, eval()",
        lambda _: _numbers(call_again(made, made.device)),
    )
    # The random state of other devices could not be restored afterwards.
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
        if made.out.numel():
            ways |= _trainings(made, start)
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


def _trainings(made: Run, start: int) -> dict[str, tuple[str, Callable[[int], Numbers]]]:
    """Training from one seed again and again, and from another seed each time."""
    where = "on one thread of the CPU" if made.device == "cpu" else f"on {made.device}"
    train = f"{STEPS} steps of training {where}: loss, backward() and Adam"
    drawn = "targets" if made.observed else "weights and targets"
    return {
        "trained": (
            f"{train}; {drawn} from the same seed each time",
            lambda _: _of_training(made, start),
        ),
        "trained-anew": (
            f"{train}; {drawn} from a new seed each time",
            lambda i: _of_training(made, start + i),
        ),
    }


def _of_training(made: Run, seed: int) -> Numbers:
    found = trained(made, seed)
    return (found.losses, *found.weights.values())


def _numbers(made: Run) -> Numbers:
    """All tensors of a run, moved to the CPU."""
    return tuple(tensor.cpu() for tensor in made.tensors().values())


def _rebuilt(made: Run) -> Numbers:
    needed = Limits(*astuple(estimate(made.settings, made.sizes)))
    again = run(made.settings, made.sizes, seed=made.seed, device=made.device, limits=needed)
    weights = (weight.detach().cpu() for weight in again.module.parameters())
    return (*_numbers(again), *weights)
