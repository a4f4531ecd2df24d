"""What h is made of at a cell's last step: the output gate, computed by hand, and c_n."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import linear

from lstm_shapes.cell import Cell
from lstm_shapes.config import DIRECTIONS, Direction
from lstm_shapes.live.axes import joined
from lstm_shapes.live.layers import hidden_states
from lstm_shapes.live.run import Run
from lstm_shapes.live.terms import own_terms
from lstm_shapes.statements.cell import first_states


def h_from_c(run: Run, layer: int, direction: Direction) -> Tensor:
    """h of a cell's last step: o ⊙ tanh(c), of the c that the module returned.

    Only the gate o is computed by hand, from what the cell read at that step.

    Args:
        run: of an LSTM, with a sample.
        layer: from 0.
        direction: one that the module has.

    Returns:
        (N, H_out), where N is 1 if the input is unbatched; projected if there is a projection.

    Source: torch documentation, ``torch.nn.LSTM``, the equations.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3, bidirectional=True), InputSizes(seq_len=5, batch_size=2))
    >>> torch.allclose(h_from_c(made, 0, "backward"), made.h_n[1], atol=1e-6)
    True
    """
    c_n, row = run.ordered.c_n, DIRECTIONS.index(direction)
    assert c_n is not None  # of an LSTM
    lengths = torch.tensor(run.sizes.lengths or (run.sizes.seq_len,), device=run.device)
    ends = (lengths * 0 if row else lengths - 1).expand(run.sizes.samples)
    samples = torch.arange(run.sizes.samples, device=run.device)
    h = hidden_states(run)
    below = joined(h[layer - 1]) if layer else run.ordered.x
    start, _ = first_states(run, layer, row)
    with own_terms(run.device):
        cell = Cell(run.module, layer, direction)
        handed = h[layer, row, (ends + (1 if row else -1)).clamp(0, run.sizes.seq_len - 1), samples]
        # Where one step is read, what it was handed is where the run started.
        handed = torch.where((lengths == 1).unsqueeze(-1), start, handed)
        read, kept = cell.product("ih", below[ends, samples]), cell.product("hh", handed)
        rows = cell.rows["o"]
        made = torch.sigmoid(read[:, rows] + kept[:, rows]) * torch.tanh(c_n[layer, row])
        return made if cell.projection is None else linear(made, cell.projection)
