"""Inside one cell, by hand: the gates, then c and h, from a module's own weights.

With it h and c of every layer and step, which nn.LSTM never returns: it gives the h of the
last layer, and h and c of each layer's last step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from lstm_shapes.cell import Cell, Equation, cell_step, check_cell
from lstm_shapes.config import DIRECTIONS, Direction
from lstm_shapes.errors import check_int
from lstm_shapes.live.axes import joined
from lstm_shapes.live.layers import layer_runs
from lstm_shapes.live.run import Run
from lstm_shapes.live.terms import own_terms
from lstm_shapes.statements.claim import Claim, compared
from lstm_shapes.tensors import padding_mask


@dataclass(frozen=True)
class CellStep:
    """One cell at one step: what went in, and every line.

    Attributes:
        x, h, c: what it read and what it was handed, each (N, features), where N is 1 if the
            input is unbatched; c is ``None`` for GRU and RNN.
        equations: the gates, then c and h.
    """

    x: Tensor
    h: Tensor
    c: Tensor | None
    equations: tuple[Equation, ...]


@dataclass(frozen=True)
class CellStates:
    """What every cell wrote, in input order; zeros where there is padding.

    Attributes:
        h: (num_layers, D, L, N, H_out), where N is 1 if the input is unbatched.
        c: (num_layers, D, L, N, H_cell); ``None`` for GRU and RNN.
    """

    h: Tensor
    c: Tensor | None


def cell_states(run: Run) -> CellStates:
    """h and c of every layer, direction and step of a run, by hand.

    They are computed when first asked for, and kept with the run.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> settings = Settings(4, 3, num_layers=2, bidirectional=True, proj_size=2)
    >>> states = cell_states(run(settings, InputSizes(seq_len=5, batch_size=2)))
    >>> states.h.shape, states.c.shape
    (torch.Size([2, 2, 5, 2, 2]), torch.Size([2, 2, 5, 2, 3]))
    """
    return run.kept("cell states", lambda: _cell_states(run))


def cell_at(run: Run, layer: int, direction: Direction, step: int) -> CellStep:
    """One cell of a run at one step.

    Args:
        run: any run.
        layer: from 0.
        direction: ``"forward"``, or ``"backward"`` if the module is bidirectional.
        step: of the input, from 0. A sample that has ended before it has a row too, which
            says what the cell would make of padding.

    Raises:
        ArgumentError: there is no such layer, direction or step.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3, bidirectional=True), InputSizes(seq_len=5, batch_size=2))
    >>> step = cell_at(made, layer=0, direction="backward", step=0)
    >>> torch.allclose(step.equations[-1].value, made.h_n[1], atol=1e-6)
    True
    """
    check_int("step", step, at_least=0, at_most=run.sizes.seq_len - 1)
    check_cell(run.module, layer, direction)
    states, row = cell_states(run), (layer, DIRECTIONS.index(direction))
    before = step + (1 if direction == "backward" else -1)
    h, c = first_states(run, *row)
    if 0 <= before < run.sizes.seq_len:
        # Padding is no step before: a backward cell starts where its sample ends.
        ended = ended_by(run)[before]
        h = torch.where(ended, h, states.h[row][before])
        c = None if c is None or states.c is None else torch.where(ended, c, states.c[row][before])
    with own_terms(run.device):
        x = joined(states.h[layer - 1, :, step]) if layer else run.ordered.x[step]
        equations = cell_step(run.module, x, h, c, layer=layer, direction=direction)
    return CellStep(x, h, c, equations)


def cell_claims(run: Run) -> tuple[Claim, ...]:
    """What was computed by hand, against all that the run returned.

    Returns:
        Nothing for a run without samples. The reasons name the largest difference and the
        one that is allowed: torch's own code adds numbers in another order than a sum by hand.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3, num_layers=2), InputSizes(seq_len=5, batch_size=2))
    >>> for claim in cell_claims(made):
    ...     print(claim.holds, claim.statement)
    True h computed by hand at every step of the last layer == out
    True h computed by hand at each cell's last step == h_n
    True c computed by hand at each cell's last step == c_n
    True h computed by hand at every step of layer 0 == out of layer 0 run alone
    """
    if run.out.numel() == 0:
        return ()
    return run.kept("cell claims", lambda: tuple(_claims(run)))


def _claims(run: Run) -> Iterator[Claim]:
    states, returned = cell_states(run), run.ordered
    statement = "h computed by hand at every step of the last layer == out"
    yield compared("hand-out", statement, states.h[-1], returned.out, run)
    for name, made, final in (("h", states.h, returned.h_n), ("c", states.c, returned.c_n)):
        if made is not None and final is not None:
            statement = f"{name} computed by hand at each cell's last step == {name}_n"
            yield compared(f"hand-{name}_n", statement, _last(made, run), final, run)
    for i, layer in enumerate(layer_runs(run)[:-1]):
        statement = f"h computed by hand at every step of layer {i} == out of layer {i} run alone"
        yield compared(f"hand-layer-{i}", statement, states.h[i], layer.ordered.out, run)


def _last(made: Tensor, run: Run) -> Tensor:
    """What each cell wrote last, (num_layers, D, N, features): each sample's own last step
    where it reads forward, step 0 where it reads backward."""
    samples = range(made.shape[3])
    forward = made[:, 0, [run.sizes.steps_of(sample) - 1 for sample in samples], samples]
    return torch.stack([forward, *made[:, 1:, 0].unbind(1)], dim=1)


def _cell_states(run: Run) -> CellStates:
    h: list[Tensor] = []
    c: list[Tensor] = []
    below = run.ordered.x
    with own_terms(run.device):
        for layer in range(run.settings.num_layers):
            written = [_one_direction(run, below, layer, each) for each in run.settings.directions]
            h.append(torch.stack([hidden for hidden, _ in written]))
            cells = [cell for _, cell in written if cell is not None]
            c += [torch.stack(cells)] if cells else []
            below = joined(h[-1])
    return CellStates(torch.stack(h), torch.stack(c) if c else None)


def _one_direction(
    run: Run, below: Tensor, layer: int, direction: Direction
) -> tuple[Tensor, Tensor | None]:
    """h and c of every step, each (L, N, features)."""
    start = h, c = first_states(run, layer, run.settings.directions.index(direction))
    ended = ended_by(run)
    cell = Cell(run.module, layer, direction)
    read = cell.product("ih", below)
    written: dict[int, tuple[Tensor, Tensor | None]] = {}
    steps = range(run.sizes.seq_len)
    for step in steps if direction == "forward" else reversed(steps):
        equations = cell.step(read[step], h, c)
        h, c = equations[-1].value, None if c is None else equations[-2].value
        gone = ended[step]
        written[step] = h.masked_fill(gone, 0.0), None if c is None else c.masked_fill(gone, 0.0)
        # In the padding nothing is read: a cell that comes from there is where it started.
        h = torch.where(gone, start[0], h)
        c = None if c is None or start[1] is None else torch.where(gone, start[1], c)
    hidden = torch.stack([written[step][0] for step in steps])
    cells = [each for step in steps if (each := written[step][1]) is not None]
    return hidden, torch.stack(cells) if cells else None


def first_states(run: Run, layer: int, direction: int) -> tuple[Tensor, Tensor | None]:
    """The states before a cell's first step, each (N, features): the run's own, or zeros."""
    if not run.states:
        h_n, c_n = run.ordered.h_n, run.ordered.c_n
        return torch.zeros_like(h_n[0, 0]), None if c_n is None else torch.zeros_like(c_n[0, 0])
    row = layer * run.settings.num_directions + direction
    h, *c = (state[row].reshape(-1, state.shape[-1]) for state in run.states)
    return h, next(iter(c), None)


def ended_by(run: Run) -> Tensor:
    """Which samples have no such step, (L, N, 1)."""
    lengths = run.sizes.lengths or (run.sizes.seq_len,) * run.sizes.samples
    mask = padding_mask(lengths, run.sizes.seq_len)
    return mask.unsqueeze(-1).to(run.input.device)
