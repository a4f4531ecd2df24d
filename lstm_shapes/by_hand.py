"""h and c of every layer and step of a run, by hand, held against what the run returned.

nn.LSTM returns the h of the last layer alone, and h and c of each layer's last step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from lstm_shapes.cell import Line, cell_step, check_cell
from lstm_shapes.config import DIRECTIONS, Direction, check_int
from lstm_shapes.directions import final_features_from_out
from lstm_shapes.evaluation import Claim, compared
from lstm_shapes.live import Run, layer_by_layer, own_terms, padding_mask
from lstm_shapes.shapes import time_axis


@dataclass(frozen=True)
class CellStep:
    """One cell at one step: what went in, and every line.

    Attributes:
        x, h, c: what it read and what it was handed; c is ``None`` for GRU and RNN.
        lines: the gates, then c and h.
    """

    x: Tensor
    h: Tensor
    c: Tensor | None
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class CellStates:
    """What every cell wrote, in input order; zeros where there is padding.

    Attributes:
        h: (num_layers, D, L, N, H_out), without N if unbatched.
        c: (num_layers, D, L, N, H_cell); ``None`` for GRU and RNN.
    """

    h: Tensor
    c: Tensor | None


def cell_states(run: Run) -> CellStates:
    """h and c of every layer, direction and step of a run, by hand.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> settings = Settings(4, 3, num_layers=2, bidirectional=True, proj_size=2)
    >>> states = cell_states(run(settings, InputSizes(seq_len=5, batch_size=2)))
    >>> states.h.shape, states.c.shape
    (torch.Size([2, 2, 5, 2, 2]), torch.Size([2, 2, 5, 2, 3]))
    """
    with own_terms(run.device):
        below, h, c = _steps_first(run), [], []
        for layer in range(run.settings.num_layers):
            for direction in DIRECTIONS[: run.settings.num_directions]:
                hidden, cell = _one_direction(run, below, layer, direction)
                h.append(hidden)
                c += [] if cell is None else [cell]
            below = torch.cat(h[-run.settings.num_directions :], dim=-1)
        return CellStates(_by_layer(h, run), _by_layer(c, run) if c else None)


def cell_at(run: Run, states: CellStates, layer: int, direction: Direction, step: int) -> CellStep:
    """One cell of a run at one step.

    Args:
        states: of :func:`cell_states`.
        step: of the input, from 0. Samples that have ended before it have rows too, which
            say what the cell would make of padding.

    Raises:
        ArgumentError: no such layer, direction or step.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3, bidirectional=True), InputSizes(seq_len=5, batch_size=2))
    >>> step = cell_at(made, cell_states(made), layer=0, direction="backward", step=0)
    >>> torch.allclose(step.lines[-1].value, made.h_n[1], atol=1e-6)
    True
    """
    check_int("step", step, at_least=0, at_most=run.sizes.seq_len - 1)
    check_cell(run.module, layer, direction)
    with own_terms(run.device):
        below = states.h[layer - 1, :, step].unbind(0) if layer else (_steps_first(run)[step],)
        row = layer, DIRECTIONS.index(direction)
        before = step + (1 if direction == "backward" else -1)
        h, c = _zeros(run)
        # Padding is no step before: a backward cell starts where its sample ends.
        if 0 <= before < run.sizes.seq_len:
            h = states.h[row][before]
            c = None if states.c is None else states.c[row][before]
        x = torch.cat(below, dim=-1)
        lines = cell_step(run.module, x, h, c, layer=layer, direction=direction)
        return CellStep(x, h, c, lines)


def cell_claims(run: Run, states: CellStates) -> tuple[Claim, ...]:
    """What was computed by hand, against all that the run returned.

    Args:
        states: of :func:`cell_states`.

    Returns:
        Nothing for a run without samples. The reasons name the largest difference and the
        one that is allowed: a kernel sums in another order than a sum by hand.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3, num_layers=2), InputSizes(seq_len=5, batch_size=2))
    >>> for claim in cell_claims(made, cell_states(made)):
    ...     print(claim.holds, claim.statement)
    True h by hand, last layer, every step == out
    True h by hand, each cell's last step == h_n
    True c by hand, each cell's last step == c_n
    True h by hand, layer 0, every step == out of layer 0 alone
    """
    return tuple(_claims(run, states)) if run.out.numel() else ()


def _claims(run: Run, states: CellStates) -> Iterator[Claim]:
    outs = [_joined(layer, run) for layer in states.h]
    yield compared("hand-out", "h by hand, last layer, every step == out", outs[-1], run.out, run)
    for name, made, returned in (("h", states.h, run.h_n), ("c", states.c, run.c_n)):
        if made is not None and returned is not None:
            statement = f"{name} by hand, each cell's last step == {name}_n"
            yield compared(f"hand-{name}_n", statement, _final(made, run), returned, run)
    for i, (out, layer) in enumerate(zip(outs[:-1], layer_by_layer(run), strict=False)):
        statement = f"h by hand, layer {i}, every step == out of layer {i} alone"
        yield compared(f"hand-layer-{i}", statement, out, layer.out, run)


def _joined(layer: Tensor, run: Run) -> Tensor:
    """One layer's h as its out is: both directions side by side, in the order of out's axes."""
    out = torch.cat(layer.unbind(0), dim=-1)
    return out.transpose(0, 1) if time_axis(run.settings, run.sizes) else out


def _final(made: Tensor, run: Run) -> Tensor:
    """What each cell wrote last, as rows of h_n."""
    rows = []
    for layer in made:
        for direction, steps in zip(DIRECTIONS, layer, strict=False):
            rows.append(steps[0] if direction == "backward" else _last(steps, run))
    return torch.stack(rows)


def _last(steps: Tensor, run: Run) -> Tensor:
    """Each sample's own last step, of (L, N, features)."""
    return final_features_from_out(
        steps, bidirectional=False, batch_first=False, lengths=run.sizes.lengths
    )


def _by_layer(rows: list[Tensor], run: Run) -> Tensor:
    """Rows in the order of h_n, with an axis for layers and one for directions."""
    layers = run.settings.num_layers, run.settings.num_directions
    return torch.stack(rows).reshape(*layers, *rows[0].shape)


def _steps_first(run: Run) -> Tensor:
    return run.input.transpose(0, 1) if time_axis(run.settings, run.sizes) else run.input


def _zeros(run: Run) -> tuple[Tensor, Tensor | None]:
    """The states before the first step."""
    h = torch.zeros_like(run.h_n[0])
    return h, None if run.c_n is None else torch.zeros_like(run.c_n[0])


def _one_direction(
    run: Run, below: Tensor, layer: int, direction: Direction
) -> tuple[Tensor, Tensor | None]:
    """h and c of every step, each (L, N, features)."""
    h, c, ended = *_zeros(run), _ended(run)
    written: dict[int, tuple[Tensor, Tensor | None]] = {}
    steps = range(run.sizes.seq_len)
    for step in steps if direction == "forward" else reversed(steps):
        lines = cell_step(run.module, below[step], h, c, layer=layer, direction=direction)
        h = lines[-1].value.masked_fill(ended[step], 0.0)
        c = None if c is None else lines[-2].value.masked_fill(ended[step], 0.0)
        written[step] = h, c
    hidden = torch.stack([written[step][0] for step in steps])
    cells = [cell for step in steps if (cell := written[step][1]) is not None]
    return hidden, torch.stack(cells) if cells else None


def _ended(run: Run) -> Tensor:
    """Which samples have no such step, (L, N, 1); without lengths all have."""
    if run.sizes.lengths is None:
        return torch.zeros(run.sizes.seq_len, dtype=torch.bool, device=run.input.device)
    mask = padding_mask(run.sizes.lengths, run.sizes.seq_len)
    return mask.t().unsqueeze(-1).to(run.input.device)
