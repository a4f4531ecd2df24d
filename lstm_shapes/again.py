"""The same call once more, with one thing changed: kind, packing, states, or training."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

from torch import Tensor

from lstm_shapes.config import ArgumentError, Kind
from lstm_shapes.live import Run, call, construct, own_terms, seeded


def of_kind(run: Run, kind: Kind) -> Run:
    """A module of another kind with the same arguments and seed, called on the same input.

    Args:
        kind: ``"LSTM"``, ``"GRU"`` or ``"RNN"``; another one has no projection.

    Raises:
        ArgumentError: the kind is not known.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2))
    >>> other = of_kind(made, "GRU")
    >>> type(other.module).__name__, other.input is made.input
    ('GRU', True)
    """
    if kind not in get_args(Kind):
        raise ArgumentError("kind", kind, "is not known", f"use one of {get_args(Kind)}")
    if kind == run.settings.kind:
        return run
    settings = replace(run.settings, kind=kind, proj_size=0)
    with own_terms(run.device):
        with seeded(run.seed), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the run has them among its remarks
            module = construct(vars(settings), "cpu").to(run.device)
        return call(module, run.input, settings, run.sizes, run.seed, run.device)


def as_padded(run: Run) -> Run:
    """The same module and input without packing: padding is read as if it were data.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2, lengths=[5, 2]))
    >>> padded = as_padded(made)
    >>> (made.out[2:, 1] == 0).all(), (padded.out[2:, 1] == 0).any()
    (tensor(True), tensor(False))
    """
    sizes = replace(run.sizes, lengths=None)
    with own_terms(run.device):
        return call(run.module, run.input, run.settings, sizes, run.seed, run.device)


def from_states(run: Run, states: Sequence[Tensor]) -> Run:
    """The same module and input, starting from given states instead of zeros.

    Args:
        states: h_0, and for an LSTM c_0.

    Raises:
        RuntimeError: torch's own, where they do not fit.

    >>> import torch
    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2))
    >>> zeros = torch.zeros(1, 2, 3), torch.zeros(1, 2, 3)
    >>> torch.equal(from_states(made, zeros).out, made.out)
    True
    """
    with own_terms(run.device):
        return call(run.module, run.input, run.settings, run.sizes, run.seed, run.device, states)


def with_dropout(
    run: Run, dropout: float, *, training: bool = True, seed: int = 0, device: str = "cpu"
) -> Run:
    """The same module and input with another dropout.

    Args:
        dropout: probability; the module's own does not matter.
        training: whether it is called in train(), or in eval().
        seed: what the elements to be dropped are drawn from.
        device: ``"cpu"`` or ``"cuda"``, whose generators can be put back.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3, num_layers=2), InputSizes(seq_len=5, batch_size=2))
    >>> one, other = (with_dropout(made, 0.5, seed=seed) for seed in (0, 1))
    >>> (one.out != other.out).any()
    tensor(True)
    """
    settings = replace(run.settings, dropout=dropout)
    with own_terms(device), seeded(seed, device):
        module = copy.deepcopy(run.module).to(device).train(training)
        module.dropout = dropout
        return call(module, run.input.to(device), settings, run.sizes, run.seed, device)


def on_terms(run: Run, device: str, threads: int = 1) -> Run:
    """The same module and input once more, on a device and a number of threads.

    >>> import torch
    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2))
    >>> torch.equal(on_terms(made, "cpu").out, made.out)
    True
    """
    with own_terms(device, threads):
        module, x = run.module, run.input
        if device != run.device:
            module, x = copy.deepcopy(module).to(device), x.to(device)
        return call(module, x, run.settings, run.sizes, run.seed, device)
