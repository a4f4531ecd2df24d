"""The vectors that people take out of an LSTM, and the linear layer that fits one: the head."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor, nn

from lstm_shapes.config import InputSizes, Settings
from lstm_shapes.errors import check_int
from lstm_shapes.expression.grammar import Expression
from lstm_shapes.expression.text import ExpressionError
from lstm_shapes.expression.values import evaluate
from lstm_shapes.formula.shapes import time_axis
from lstm_shapes.live.run import Run
from lstm_shapes.live.terms import own_terms, seeded


@dataclass(frozen=True)
class UsualVector:
    """A vector that is usually taken: its code, and what it is called."""

    code: str
    name: str


def usual_vectors(settings: Settings, sizes: InputSizes) -> tuple[UsualVector, ...]:
    """The vectors that are usually fed to a head, right and wrong ones.

    >>> settings = Settings(4, 3, num_layers=2, batch_first=True, bidirectional=True)
    >>> for candidate in usual_vectors(settings, InputSizes(seq_len=5, batch_size=3)):
    ...     print(candidate.code)
    out[:, -1]
    out[:, 0]
    torch.cat([h_n[-2], h_n[-1]], dim=-1)
    h_n[-1]
    out.mean(dim=1)
    out.max(dim=1).values
    h_n.transpose(0, 1).flatten(1)
    h_n.view(N, -1)
    """
    return tuple(_candidates(settings, sizes))


def _candidates(settings: Settings, sizes: InputSizes) -> Iterator[UsualVector]:
    time = time_axis(settings, sizes)
    before = ":, " * time
    yield UsualVector(f"out[{before}-1]", "last step")
    yield UsualVector(f"out[{before}0]", "first step")
    if settings.bidirectional:
        yield UsualVector("torch.cat([h_n[-2], h_n[-1]], dim=-1)", "both final states")
    yield UsualVector("h_n[-1]", "last row of h_n")
    yield UsualVector(f"out.mean(dim={time})", "mean over time")
    yield UsualVector(f"out.max(dim={time}).values", "max over time")
    if sizes.lengths is not None:
        yield UsualVector(
            f"out.sum(dim={time}) / lengths[:, None]", "mean over each sample's own steps"
        )
        past = (
            "torch.arange(L) >= lengths[:, None]" if time else "torch.arange(L)[:, None] >= lengths"
        )
        own = f"out.masked_fill(({past})[..., None], -torch.inf)"
        yield UsualVector(f"{own}.amax(dim={time})", "max over each sample's own steps")
    if sizes.batch_size is None:
        yield UsualVector("h_n.flatten()", "final states of every row")
    else:
        yield UsualVector("h_n.transpose(0, 1).flatten(1)", "final states of every row")
        yield UsualVector("h_n.view(N, -1)", "the same by a plain view")


def linear_layer_for(
    run: Run, expression: Expression, out_features: int
) -> tuple[nn.Linear, Tensor]:
    """The linear layer that fits a vector of the run, and what it makes of it.

    Args:
        out_features: of the layer, such as the number of classes. It is drawn from the run's
            seed.

    Returns:
        The layer, whose ``in_features`` is the size of the vector's last axis, and its output.

    Raises:
        ArgumentError: no number of features.
        ExpressionError: as :meth:`Expression.evaluate` does, and for a vector without axes.

    Source: torch documentation, ``torch.nn.Linear``.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> from lstm_shapes.expression.grammar import parse
    >>> made = run(Settings(4, 3, bidirectional=True), InputSizes(seq_len=5, batch_size=2))
    >>> layer, scores = linear_layer_for(made, parse("torch.cat([h_n[-2], h_n[-1]], -1)"), 4)
    >>> layer.in_features, scores.shape
    (6, torch.Size([2, 4]))
    """
    check_int("out_features", out_features, at_least=1)
    vector = evaluate(run, expression)
    if vector.dim() == 0:
        end = len(expression.text)
        raise ExpressionError(
            expression.text, 0, end, "this is one number", "keep an axis for the features"
        )
    with own_terms(run.device), seeded(run.seed):
        layer = nn.Linear(int(vector.shape[-1]), out_features, device="cpu", dtype=vector.dtype).to(
            vector.device
        )
        return layer, layer(vector)
