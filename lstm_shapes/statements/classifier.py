"""A widely read classifier, run as it is written, beside the one that was meant.

As written it takes the batch for time, and its ``squeeze(0)`` fits one layer and one
direction only; torch reports neither.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Literal, cast

import torch
from torch import Tensor, nn

from lstm_shapes.config import InputSizes, Settings
from lstm_shapes.coverage import coverage
from lstm_shapes.directions import final_features
from lstm_shapes.formula.budget import READING, OverBudget, check, estimate
from lstm_shapes.live.terms import own_terms, seeded

Version = Literal["as written", "repaired"]


class AsWritten(nn.Module):
    """The classifier as it is written: for input of (batch, seq, features), it says."""

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int, bidirectional: bool
    ) -> None:
        super().__init__()
        self.lstm = nn.LSTM(input_size, hidden_size, num_layers, bidirectional=bidirectional)
        self.fc = nn.Linear(hidden_size, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Probabilities; of what, see :func:`classifier_results`."""
        _, (h_n, _) = self.lstm(x)
        return torch.sigmoid(self.fc(h_n.squeeze(0)))


class Repaired(nn.Module):
    """The same, with ``batch_first`` and the final state of every direction."""

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
        """Probabilities, (N, 1): one for each sample."""
        _, (h_n, _) = self.lstm(x)
        return torch.sigmoid(self.fc(final_features(h_n, bidirectional=self.bidirectional)))


@dataclass(frozen=True)
class ClassifierResult:
    """One classifier run on an input of (batch, seq, features).

    Attributes:
        version: as written, or repaired.
        num_layers, bidirectional: of its LSTM.
        shape: of what it returned.
        read: by sample, then by step: what its first probability has read.
    """

    version: Version
    num_layers: int
    bidirectional: bool
    shape: tuple[int, ...]
    read: tuple[tuple[bool, ...], ...]

    @property
    def right(self) -> bool:
        """Whether the first probability is of the first sample: its every step, and it alone."""
        first, *others = self.read
        return self.shape == (len(self.read), 1) and all(first) and not any(map(any, others))


def too_large(settings: Settings, sizes: InputSizes) -> str:
    """What the classifiers would need too much of on such an input; empty if they may run.

    As written the axes of the input change places: what is many samples is many steps then.
    """
    widest = Settings(settings.input_size, settings.hidden_size, 2, bidirectional=True)
    samples = 1 if sizes.batch_size is None else sizes.batch_size
    try:
        for steps, batch in ((sizes.seq_len, samples), (max(1, samples), sizes.seq_len)):
            check(estimate(widest, InputSizes(steps, batch)), READING)
    except OverBudget as refusal:
        return str(refusal)
    return ""


def classifier_results(
    settings: Settings, sizes: InputSizes, seed: int = 0
) -> tuple[ClassifierResult, ...]:
    """Run both classifiers with one and two layers and directions on an input (N, L, H_in).

    Args:
        settings: of which input_size and hidden_size are taken.
        sizes: steps and samples; unbatched counts as one sample.

    Returns:
        For every number of layers and directions the one, then the other; nothing without
        samples.

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
                read = tuple(map(tuple, coverage(first, x).tolist()))
                shape = tuple(probabilities.shape)
                yield ClassifierResult(version, num_layers, bidirectional, shape, read)
