"""The same step as a module of its own: nn.LSTMCell and its kin, in a loop over the steps."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from lstm_shapes.config import Direction, Settings
from lstm_shapes.live.axes import joined
from lstm_shapes.live.run import Run
from lstm_shapes.live.terms import own_terms
from lstm_shapes.statements.cell import ended_by, first_states
from lstm_shapes.statements.claim import Claim, compared


def cell_module(run: Run, layer: int, direction: Direction) -> nn.RNNCellBase | None:
    """The cell of one layer and direction as a module, with the run's own weights.

    Args:
        run: any run.
        layer: from 0.
        direction: one that the module has.

    Returns:
        An nn.LSTMCell, nn.GRUCell or nn.RNNCell; ``None`` with proj_size, which nn.LSTMCell does
        not have.

    Source: torch documentation, ``torch.nn.LSTMCell``.

    >>> from lstm_shapes import InputSizes, run
    >>> cell_module(run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2)), 0, "forward")
    LSTMCell(4, 3)
    """
    settings = run.settings
    if settings.proj_size:
        return None
    suffix = f"_l{layer}" + "_reverse" * (direction == "backward")
    weights = {
        name.removesuffix(suffix): weight
        for name, weight in run.weights.items()
        if name.endswith(suffix)
    }
    named = {"nonlinearity": settings.nonlinearity} if settings.kind == "RNN" else {}
    cell: nn.RNNCellBase = getattr(nn, f"{settings.kind}Cell")(
        weights["weight_ih"].shape[1], settings.hidden_size, settings.bias, device="meta", **named
    )
    cell.load_state_dict(weights, assign=True)
    return cell


def loop_claims(run: Run) -> tuple[Claim, ...]:
    """A loop of cells over the steps, against all that the run returned.

    Returns:
        Nothing for a run without samples, or with proj_size, which nn.LSTMCell does not have.

    >>> from lstm_shapes import InputSizes, run
    >>> made = run(Settings(4, 3, num_layers=2), InputSizes(seq_len=5, batch_size=2))
    >>> for claim in loop_claims(made):
    ...     print(claim.holds, claim.statement)
    True h of nn.LSTMCell, called once per step of the last layer == out
    True its last h in each layer and direction == h_n
    True its last c in each layer and direction == c_n
    """
    if run.out.numel() == 0 or run.settings.proj_size:
        return ()
    return run.kept("loop claims", lambda: tuple(_claims(run)))


def loop_code(settings: Settings) -> str:
    """Write such a loop for one layer and direction, with the states that the cell wants.

    Args:
        settings: the module.

    >>> print(loop_code(Settings(4, 3, kind="GRU")))
    cell = nn.GRUCell(4, 3)
    h = torch.zeros(batch_size, 3)
    outs = []
    for x_t in x:  # x: (seq_len, batch_size, 4), so x_t: (batch_size, 4)
        h = cell(x_t, h)  # one tensor goes in, and one comes out
        outs.append(h)
    out = torch.stack(outs)  # (seq_len, batch_size, 3)
    """
    width, hidden = settings.input_size, settings.hidden_size
    more = "" if settings.bias else ", bias=False"
    more += "" if settings.nonlinearity == "tanh" else f", nonlinearity={settings.nonlinearity!r}"
    pair = settings.kind == "LSTM"
    states = "h, c" if pair else "h"
    given = "(h, c)" if pair else "h"
    said = "a pair goes in, and a pair" if pair else "one tensor goes in, and one"
    lines = [
        f"cell = nn.{settings.kind}Cell({width}, {hidden}{more})",
        f"h = torch.zeros(batch_size, {hidden})",
        *([f"c = torch.zeros(batch_size, {hidden})"] if pair else []),
        "outs = []",
        f"for x_t in x:  # x: (seq_len, batch_size, {width}), so x_t: (batch_size, {width})",
        f"    {states} = cell(x_t, {given})  # {said} comes out",
        "    outs.append(h)",
        f"out = torch.stack(outs)  # (seq_len, batch_size, {hidden})",
    ]
    return "\n".join(lines)


def _claims(run: Run) -> Iterator[Claim]:
    kind, returned = run.settings.kind, run.ordered
    with own_terms(run.device):
        layers = list(_layers(run))
    statement = f"h of nn.{kind}Cell, called once per step of the last layer == out"
    yield compared("loop-out", statement, layers[-1][0], returned.out, run)
    for i, (name, final) in enumerate((("h", returned.h_n), ("c", returned.c_n)), start=1):
        if final is not None:
            made = torch.stack([layer[i] for layer in layers])
            statement = f"its last {name} in each layer and direction == {name}_n"
            yield compared(f"loop-{name}_n", statement, made, final, run)


def _layers(run: Run) -> Iterator[tuple[Tensor, ...]]:
    """Of each layer h of every step, (D, L, N, H), and its last h and c, (D, N, H)."""
    below = run.ordered.x
    for layer in range(run.settings.num_layers):
        made = [_one(run, below, layer, each) for each in run.settings.directions]
        stacked = tuple(torch.stack(each) for each in zip(*made, strict=True))
        yield stacked
        below = joined(stacked[0])


def _one(run: Run, below: Tensor, layer: int, direction: Direction) -> tuple[Tensor, ...]:
    """One cell called once a step: h of every step, (L, N, H), and its last states."""
    cell = cell_module(run, layer, direction)
    assert cell is not None  # without proj_size there is one
    gone, pair = ended_by(run), run.settings.kind == "LSTM"
    states = tuple(
        state
        for state in first_states(run, layer, run.settings.directions.index(direction))
        if state is not None
    )
    written = states[0].new_zeros(run.sizes.seq_len, *states[0].shape)
    steps = range(run.sizes.seq_len)
    for step in steps if direction == "forward" else reversed(steps):
        new = cell(below[step], states if pair else states[0])
        # A sample that has ended keeps its state, and writes nothing.
        states = tuple(
            torch.where(gone[step], old, each)
            for old, each in zip(states, new if pair else (new,), strict=True)
        )
        written[step] = states[0].masked_fill(gone[step], 0.0)
    return written, *states
