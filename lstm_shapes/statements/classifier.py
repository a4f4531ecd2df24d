"""The classifier of a widely read article, run as it is written and run repaired.

As it is written, its LSTM takes the batch for time, and its ``squeeze(0)`` only works with one
layer and one direction. Torch reports neither. ``statements.article`` judges it by these runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Literal, cast

import torch
from torch import Tensor, nn

from lstm_shapes.config import InputSizes, Settings
from lstm_shapes.coverage import coverage_of_each
from lstm_shapes.directions import final_features
from lstm_shapes.errors import ArgumentError
from lstm_shapes.formula.budget import READING, OverBudget, check, estimate
from lstm_shapes.live.terms import own_terms, seeded

Version = Literal["as written", "repaired"]


class AsWritten(nn.Module):
    """The classifier as the article writes it, which is meant for input (batch, seq, features).

    Args:
        input_size, hidden_size, num_layers, bidirectional: as for ``nn.LSTM``.
    """

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int, bidirectional: bool
    ) -> None:
        super().__init__()
        self.lstm = nn.LSTM(input_size, hidden_size, num_layers, bidirectional=bidirectional)
        self.fc = nn.Linear(hidden_size, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Compute probabilities from x, (N, L, input_size).

        Returns:
            (L, 1) with one layer and one direction, else (D·num_layers, L, 1).
        """
        _, (h_n, _) = self.lstm(x)
        return torch.sigmoid(self.fc(h_n.squeeze(0)))


class Repaired(nn.Module):
    """The classifier repaired: it has ``batch_first``, and uses the final h of every direction.

    Args:
        input_size, hidden_size, num_layers, bidirectional: as for ``nn.LSTM``.
    """

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int, bidirectional: bool
    ) -> None:
        super().__init__()
        self.bidirectional = bidirectional
        self.lstm = nn.LSTM(
            input_size, hidden_size, num_layers, batch_first=True, bidirectional=bidirectional
        )
        self.fc = nn.Linear(hidden_size * (1 + bidirectional), 1)

    def forward(self, x: Tensor) -> Tensor:
        """Compute one probability for each sample of x, (N, L, input_size).

        Returns:
            (N, 1).
        """
        _, (h_n, _) = self.lstm(x)
        return torch.sigmoid(self.fc(final_features(h_n, bidirectional=self.bidirectional)))


@dataclass(frozen=True)
class ClassifierResult:
    """What one classifier returned for an input of (batch, seq, features).

    Attributes:
        version: ``"as written"`` or ``"repaired"``.
        num_layers: the layers of its LSTM.
        bidirectional: whether its LSTM has two directions.
        shape: the shape of what it returned.
        read: by sample, then by step, whether its first probability has read that step.
    """

    version: Version
    num_layers: int
    bidirectional: bool
    shape: tuple[int, ...]
    read: tuple[tuple[bool, ...], ...]

    @property
    def right(self) -> bool:
        """Whether the classifier gives one probability for each sample, from that sample alone.

        Only the first is examined: it has to have read every step of the first sample and
        nothing else.
        """
        first, *others = self.read
        return self.shape == (len(self.read), 1) and all(first) and not any(map(any, others))


def too_large(settings: Settings, sizes: InputSizes) -> str:
    """Say why the classifiers are too large to be measured.

    The classifier as written takes samples for steps, so many samples cost as much as many
    steps do.

    Args:
        settings: the module, of which input_size and hidden_size count.
        sizes: its input.

    Returns:
        The limits that the classifiers would exceed; empty if they exceed none.

    >>> too_large(Settings(4, 3), InputSizes(seq_len=5, batch_size=200))
    'needs 800 cell steps (limit 600)'
    """
    widest = Settings(settings.input_size, settings.hidden_size, 2, bidirectional=True)
    samples = 1 if sizes.batch_size is None else sizes.batch_size
    try:
        for steps, batch in ((sizes.seq_len, samples), (max(1, samples), sizes.seq_len)):
            check(estimate(widest, InputSizes(steps, batch)), READING)
    except OverBudget as refusal:
        return refusal.excess
    return ""


def classifier_results(
    settings: Settings, sizes: InputSizes, seed: int = 0
) -> tuple[ClassifierResult, ...]:
    """Run both classifiers on an input (N, L, H_in), with 1 and 2 layers and directions.

    Args:
        settings: the module, of which input_size and hidden_size are used.
        sizes: the number of steps and samples; unbatched input counts as one sample.
        seed: the seed of the weights and the input.

    Returns:
        For each number of layers and of directions, the result of the classifier as written,
        then of the repaired one. There are none for an input without samples.

    >>> for finding in classifier_results(Settings(4, 3), InputSizes(seq_len=5, batch_size=2)):
    ...     print(finding.version, finding.num_layers, finding.bidirectional, finding.shape)
    as written 1 False (5, 1)
    repaired 1 False (2, 1)
    as written 1 True (2, 5, 1)
    repaired 1 True (2, 1)
    as written 2 False (2, 5, 1)
    repaired 2 False (2, 1)
    as written 2 True (4, 5, 1)
    repaired 2 True (2, 1)
    """
    return tuple(_findings(settings, sizes, seed))


_VERSIONS: dict[Version, type[nn.Module]] = {"as written": AsWritten, "repaired": Repaired}


def _findings(settings: Settings, sizes: InputSizes, seed: int) -> Iterator[ClassifierResult]:
    samples = 1 if sizes.batch_size is None else sizes.batch_size
    if not samples:
        return
    with own_terms("cpu"), seeded(seed), torch.enable_grad(), torch.device("cpu"):
        x = torch.randn(
            samples, sizes.seq_len, settings.input_size, dtype=torch.float64, requires_grad=True
        )
        for num_layers, bidirectional in product((1, 2), (False, True)):
            for version, module_class in _VERSIONS.items():
                made = module_class(
                    settings.input_size, settings.hidden_size, num_layers, bidirectional
                )
                probabilities = cast(Tensor, made.to(torch.float64)(x))
                first = probabilities[(0,) * probabilities.dim()]
                (found,) = coverage_of_each([first], [x])
                if isinstance(found, ArgumentError):
                    raise found
                read = tuple(map(tuple, found[0].tolist()))
                shape = tuple(probabilities.shape)
                yield ClassifierResult(version, num_layers, bidirectional, shape, read)
