"""A run made again cell by cell, in a graph that knows what was read for what.

Knows nothing of scenes: single steps of one-layer modules with the run's own weights.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from lstm_shapes import Run

Cell = tuple[int, str, int]


@dataclass
class Unrolled:
    """Every number of a run by where it was written; ``h_0`` by layer and direction."""

    x: list[Tensor]
    h_0: dict[tuple[int, str], Tensor] = field(default_factory=dict)
    h: dict[Cell, Tensor] = field(default_factory=dict)
    c: dict[Cell, Tensor] = field(default_factory=dict)


def unroll_by_hand(run: Run) -> Unrolled:
    x = run.input if run.input.dim() == 3 else run.input.unsqueeze(1)
    if run.settings.batch_first and run.input.dim() == 3:
        x = x.transpose(0, 1)
    made = Unrolled([step.clone().requires_grad_() for step in x])
    below = made.x
    for layer in range(run.settings.num_layers):
        for direction in ("forward", "backward")[: run.settings.num_directions]:
            _run_one(run, made, layer, direction, below)
        directions = [d for found, d in made.h_0 if found == layer]
        below = [
            torch.cat([made.h[layer, direction, step] for direction in directions], -1)
            for step in range(len(made.x))
        ]
    return made


def _run_one(run: Run, made: Unrolled, layer: int, direction: str, below: list[Tensor]) -> None:
    settings, suffix = run.settings, "_reverse" if direction == "backward" else ""
    kind = {"LSTM": nn.LSTM, "GRU": nn.GRU, "RNN": nn.RNN}[settings.kind]
    own = {"proj_size": settings.proj_size} if settings.proj_size else {}
    own |= {"nonlinearity": settings.nonlinearity} if settings.kind == "RNN" else {}
    module = kind(below[0].shape[-1], settings.hidden_size, bias=settings.bias, **own)
    given = run.module.state_dict()
    module.load_state_dict({n: given[n[:-1] + f"{layer}{suffix}"] for n in module.state_dict()})
    samples = below[0].shape[0]
    h = torch.zeros(1, samples, settings.h_out, requires_grad=True)
    c = torch.zeros(1, samples, settings.hidden_size)
    made.h_0[layer, direction] = h
    steps = range(len(below))
    for step in steps if direction == "forward" else reversed(steps):
        if settings.kind == "LSTM":
            out, (_, c) = module(below[step].unsqueeze(0), (h, c))
        else:
            out, _ = module(below[step].unsqueeze(0), h)
        made.h[layer, direction, step], made.c[layer, direction, step] = out[0], c[0]
        # On from the very tensor that is kept: whoever reads it later is then seen.
        h = made.h[layer, direction, step].unsqueeze(0)


def read_for(value: Tensor, made: Unrolled) -> set[str]:
    """Ids, as a scene has them, of every x, h_0 and cell that has an influence on a value."""
    names = [f"x.{step}" for step in range(len(made.x))]
    directions = len({direction for _, direction in made.h_0})
    rows = [layer * directions + (d == "backward") for layer, d in made.h_0]
    names += [f"h_0.{row}" for row in rows]
    names += [f"cell.{layer}.{direction}.{step}" for layer, direction, step in made.h]
    # h_0 is (1, N, H): the graph's own tensors, as they went in.
    leaves = [*made.x, *made.h_0.values(), *made.h.values()]
    weights = torch.randn(value.shape, generator=torch.Generator().manual_seed(1))
    gradients = torch.autograd.grad(
        (value * weights).sum(), leaves, retain_graph=True, allow_unused=True
    )
    return {
        name
        for name, gradient in zip(names, gradients, strict=True)
        if gradient is not None and gradient.count_nonzero()
    }
