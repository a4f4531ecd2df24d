"""The tensors of a call with their axes in one order: layer, direction, seq, batch, features.

How ``nn.LSTM`` orders them depends on ``batch_first`` and on whether the input has a batch axis.
That is undone here, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor

from lstm_shapes.config import InputSizes, Settings


@dataclass(frozen=True)
class Ordered:
    """A call's tensors with named axes in a fixed order; N is 1 if the input is unbatched.

    Attributes:
        x: the input, (L, N, H_in).
        out: what the last layer wrote at every step, by direction, (D, L, N, H_out).
        h_n: the final h, (num_layers, D, N, H_out).
        c_n: the final c, (num_layers, D, N, H_cell); ``None`` for GRU and RNN.
    """

    x: Tensor
    out: Tensor
    h_n: Tensor
    c_n: Tensor | None


def in_order(settings: Settings, sizes: InputSizes, tensors: Mapping[str, Tensor]) -> Ordered:
    """Bring the tensors of a call in order, as views of the same numbers.

    Args:
        settings, sizes: the question that the tensors answer.
        tensors: ``input``, ``out``, ``h_n``, and ``c_n`` if there is one, as in
            :meth:`~lstm_shapes.Run.tensors`.

    >>> from lstm_shapes import run
    >>> settings = Settings(4, 3, num_layers=2, batch_first=True, bidirectional=True)
    >>> made = run(settings, InputSizes(seq_len=5, batch_size=2))
    >>> made.ordered.x.shape, made.ordered.out.shape, made.ordered.h_n.shape
    (torch.Size([5, 2, 4]), torch.Size([2, 5, 2, 3]), torch.Size([2, 2, 2, 3]))
    """

    def state(name: str) -> Tensor:
        rows = tensors[name]
        rows = rows if sizes.batch_size is not None else rows.unsqueeze(1)
        return rows.reshape(settings.num_layers, settings.num_directions, *rows.shape[1:])

    return Ordered(
        steps_first(tensors["input"], settings, sizes),
        halves(steps_first(tensors["out"], settings, sizes), settings),
        state("h_n"),
        state("c_n") if "c_n" in tensors else None,
    )


def steps_first(x: Tensor, settings: Settings, sizes: InputSizes) -> Tensor:
    """A sequence as (L, N, features), from the order in which the module takes or gives it."""
    if sizes.batch_size is None:
        return x.unsqueeze(1)
    return x.transpose(0, 1) if settings.batch_first else x


def as_returned(x: Tensor, settings: Settings, sizes: InputSizes) -> Tensor:
    """A sequence (L, N, features) in the order in which the module takes or gives it."""
    if sizes.batch_size is None:
        return x.squeeze(1)
    return x.transpose(0, 1) if settings.batch_first else x


def halves(out: Tensor, settings: Settings) -> Tensor:
    """The features of out cut by direction: (..., D·H_out) becomes (D, ..., H_out)."""
    parts = out.reshape(*out.shape[:-1], settings.num_directions, settings.h_out)
    return parts.movedim(-2, 0)


def joined(by_direction: Tensor) -> Tensor:
    """Both directions side by side: (D, ..., H) becomes (..., D·H), as out has it."""
    return by_direction.movedim(0, -2).flatten(-2)
