"""A run taken apart: its layers one at a time, its directions one at a time, and a pair by hand.

Each is computed when it is first asked for, and kept with the run.
"""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import torch
from torch import Tensor

from lstm_shapes.config import Direction
from lstm_shapes.directions import merge_directions, reverse_time
from lstm_shapes.errors import ArgumentError, check_choice
from lstm_shapes.live.run import Run, called_again
from lstm_shapes.tensors import check_tensor


def layer_runs(run: Run) -> tuple[Run, ...]:
    """The same computation one layer at a time, each on the output of the one below.

    Returns:
        One run per layer, of a module with ``num_layers=1`` and that layer's weights:
        the out of every layer, of which nn.LSTM itself returns the last layer's only.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3, num_layers=2), InputSizes(seq_len=5, batch_size=3))
    >>> [layer.shapes()["out"] for layer in layer_runs(made)]
    [(5, 3, 3), (5, 3, 3)]
    """
    return run.kept(("layers", torch.is_grad_enabled()), lambda: _layers_of(run))


def hidden_states(run: Run) -> Tensor:
    """h of every layer, direction and step, from the layers run one at a time.

    Returns:
        (num_layers, D, L, N, H_out), where N is 1 if the input is unbatched.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3, num_layers=2), InputSizes(seq_len=5, batch_size=2))
    >>> hidden_states(made).shape
    torch.Size([2, 1, 5, 2, 3])
    """
    return run.kept(
        ("hidden states", torch.is_grad_enabled()),
        lambda: torch.stack([layer.ordered.out for layer in layer_runs(run)]),
    )


def one_direction(run: Run, direction: Direction, x: Tensor) -> Run:
    """A unidirectional module with one direction's weights, run on ``x``.

    Args:
        run: of a module with one bidirectional layer; see :func:`layer_runs`.
        direction: whose weights to take.
        x: an input of the shape of ``run.input``.

    Raises:
        ArgumentTypeError: x is not a tensor.
        ArgumentError: the run has several layers or one direction, the direction is
            not known, or x has another shape.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> both = run(Settings(4, 3, bidirectional=True), InputSizes(seq_len=5, batch_size=3))
    >>> alone = one_direction(both, "forward", both.input)
    >>> torch.equal(alone.out, both.out[..., :3])
    True
    """
    check_choice("direction", direction, get_args(Direction))
    if check_tensor("x", x).shape != run.input.shape:
        shape = tuple(run.input.shape)
        raise ArgumentError("x", tuple(x.shape), f"is not of shape {shape}", "give such an input")
    if run.settings.num_layers != 1 or not run.settings.bidirectional:
        raise ArgumentError(
            "run",
            run.settings,
            "is not of one bidirectional layer",
            "take one run of layer_runs(run)",
        )
    backward = direction == "backward"
    weights = {
        name.removesuffix("_reverse"): weight
        for name, weight in run.weights.items()
        if name.endswith("_reverse") == backward
    }
    settings = replace(run.settings, bidirectional=False)
    states = _rows(run, slice(int(backward), int(backward) + 1))
    return called_again(run, settings, weights=weights, x=x, states=states)


def hand_built_pair(run: Run) -> dict[str, Tensor]:
    """Two unidirectional modules with the weights of the last layer's two directions.

    They are run by hand on what that layer reads, the second on the reversed sequence, as
    anyone would who builds a bidirectional module from two.

    Args:
        run: of a bidirectional module.

    Returns:
        By name, each in the order of out's axes: ``forward`` and ``backward`` as the two
        modules return them, the second in reading order; ``unflipped``, the two joined as they
        are; ``turned``, the second flipped to input order; ``concat``, joined after that.

    Raises:
        ArgumentError: the module has one direction.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3, bidirectional=True), InputSizes(seq_len=5, batch_size=2))
    >>> pair = hand_built_pair(made)
    >>> torch.equal(pair["concat"], made.out), torch.equal(pair["unflipped"], made.out)
    (True, False)
    """
    return run.kept("hand-built pair", lambda: _hand_built_pair(run))


def _layers_of(run: Run) -> tuple[Run, ...]:
    weights: list[dict[str, Tensor]] = [{} for _ in range(run.settings.num_layers)]
    for name, weight in run.weights.items():
        kind, _, layer = name.removesuffix("_reverse").rpartition("_l")
        suffix = "_reverse" if name.endswith("_reverse") else ""
        weights[int(layer)][f"{kind}_l0{suffix}"] = weight
    runs: list[Run] = []
    x = run.input
    directions = run.settings.num_directions
    for i, of_layer in enumerate(weights):
        states = _rows(run, slice(i * directions, (i + 1) * directions))
        settings = replace(run.settings, num_layers=1, dropout=0.0, input_size=int(x.shape[-1]))
        runs.append(called_again(run, settings, weights=of_layer, x=x, states=states))
        x = runs[-1].out
    return tuple(runs)


def _rows(run: Run, rows: slice) -> tuple[Tensor, ...]:
    """Some rows of the states that a run started from."""
    return tuple(state[rows] for state in run.states)


def _hand_built_pair(run: Run) -> dict[str, Tensor]:
    last = layer_runs(run)[-1]
    first, lengths = run.settings.batch_first, run.sizes.lengths
    flipped = reverse_time(last.input, batch_first=first, lengths=lengths)
    forward = one_direction(last, "forward", last.input).out
    backward = one_direction(last, "backward", flipped).out
    turned = reverse_time(backward, batch_first=first, lengths=lengths)
    return {
        "forward": forward,
        "backward": backward,
        "unflipped": merge_directions(forward, backward),
        "turned": turned,
        "concat": merge_directions(forward, turned),
    }
