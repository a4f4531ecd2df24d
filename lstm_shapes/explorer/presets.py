"""Usual questions by name, for a first look and for examples."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lstm_shapes.config import InputSizes, Question, Settings

PRESETS: Mapping[str, Question] = MappingProxyType(
    {
        "Bi-LSTM tagger": Question(
            Settings(4, 3, num_layers=2, batch_first=True, bidirectional=True),
            InputSizes(seq_len=5, batch_size=3),
        ),
        "Classifier": Question(
            Settings(6, 4, batch_first=True, bidirectional=True),
            InputSizes(seq_len=7, batch_size=2),
        ),
        "Seq2seq encoder": Question(
            Settings(5, 4, num_layers=3, dropout=0.2, bidirectional=True),
            InputSizes(seq_len=6, batch_size=2),
        ),
        "Packed batch": Question(
            Settings(4, 3, num_layers=2, batch_first=True, bidirectional=True),
            InputSizes(seq_len=5, batch_size=3, lengths=(3, 5, 2)),
        ),
        "Projected": Question(
            Settings(4, 5, num_layers=2, batch_first=True, bidirectional=True, proj_size=2),
            InputSizes(seq_len=5, batch_size=3),
        ),
        "Unbatched": Question(
            Settings(4, 3, bidirectional=True),
            InputSizes(seq_len=5, batch_size=None),
        ),
    }
)
"""Usual questions by name, for a first look and for examples."""


FIRST_QUESTION = PRESETS["Bi-LSTM tagger"]
"""The question that the page starts with."""
