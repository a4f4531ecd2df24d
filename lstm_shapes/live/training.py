"""A few steps of training on a copy of a run's module; the run and the caller's state stay."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import mse_loss

from lstm_shapes.config import LARGEST_SEED
from lstm_shapes.errors import ArgumentError, check_int
from lstm_shapes.live.axes import as_returned
from lstm_shapes.live.calls import call_module, construct, with_weights
from lstm_shapes.live.run import Run
from lstm_shapes.live.terms import own_terms, seeded
from lstm_shapes.tensors import padding_mask

STEPS = 3
"""How many steps of training there are."""
RATE = 0.01
"""The learning rate."""


@dataclass(frozen=True)
class Training:
    """What came of a training.

    Attributes:
        losses: the loss before each step, (steps,), on the CPU.
        weights: the parameters after the last step, by name.
    """

    losses: Tensor
    weights: dict[str, Tensor]


def trained(run: Run, seed: int, steps: int = STEPS) -> Training:
    """Train a copy of a module on the run's input for a few steps, from one seed.

    The seed draws the targets, which elements dropout leaves out, and the initial weights; those
    of a user's own module are kept. Each step computes the mean squared error between out and the
    targets, calls ``backward()`` and lets ``torch.optim.Adam`` change the weights. Padding does
    not count. Where the dtype is narrower than float32, float32 is taken.

    Args:
        run: with a sample, on the CPU or on CUDA, whose generators can be put back.
        seed: from 0 to 2**64 - 1.
        steps: 1 or more.

    Raises:
        ArgumentError: a run without samples or on another device, or a seed or steps out of range.
        ArgumentTypeError: a seed or steps of another type.

    Source: torch documentation, ``torch.optim``, "Taking an optimization step".

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3, num_layers=2), InputSizes(seq_len=5, batch_size=2))
    >>> one, other, new = (trained(made, seed).losses for seed in (0, 0, 1))
    >>> torch.equal(one, other), torch.equal(one, new)
    (True, False)
    """
    check_int("seed", seed, at_least=0, at_most=LARGEST_SEED)
    check_int("steps", steps, at_least=1)
    if not run.out.numel():
        raise ArgumentError("run", tuple(run.out.shape), "has no sample", "give one or more")
    if run.device not in ("cpu", "cuda"):
        problem = "has a generator that cannot be put back"
        raise ArgumentError("device", run.device, problem, "use 'cpu' or 'cuda'")
    wide = torch.finfo(run.out.dtype).bits >= torch.finfo(torch.float32).bits
    dtype = run.out.dtype if wide else torch.float32

    def copied(value: Tensor) -> Tensor:
        return value.detach().to(run.device, dtype, copy=True)

    # The optimizer makes tensors where the caller's default device is, if nothing else is said.
    with own_terms(run.device, gradients=True), torch.device("cpu"), seeded(seed, run.device):
        drawn = run.weights if run.observed else _drawn(run)
        module = with_weights(run.settings, {name: copied(each) for name, each in drawn.items()})
        x, states = copied(run.input), [copied(state) for state in run.states]
        target = copied(_targets(run))
        optimizer = torch.optim.Adam(module.train().parameters(), lr=RATE)
        losses = []
        for _ in range(steps):
            optimizer.zero_grad()
            out, *_ = call_module(module, x, run.settings, run.sizes, states)
            loss = mse_loss(out, target)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            losses.append(loss.detach().cpu())
        after = {name: each.detach().cpu() for name, each in module.named_parameters()}
    return Training(torch.stack(losses), after)


def _drawn(run: Run) -> dict[str, Tensor]:
    """Initial weights from the seed, as a new module has them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the run has them among its remarks
        return dict(construct(vars(run.settings), "cpu").named_parameters())


def _targets(run: Run) -> Tensor:
    """Random numbers of the shape of out, with zeros where out is padded with them."""
    target = torch.randn(run.out.shape, dtype=torch.float32, device="cpu")
    if run.sizes.lengths is None:
        return target
    behind = padding_mask(run.sizes.lengths, run.sizes.seq_len).unsqueeze(-1)
    return target.masked_fill(as_returned(behind, run.settings, run.sizes), 0.0)
