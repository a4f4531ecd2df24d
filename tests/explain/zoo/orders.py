"""Batches sorted by length by hand, and results in another order than the samples."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

from tests.explain.zoo.case import VOCABULARY, Case, Dims, Needs, case
from tests.explain.zoo.inputs import (
    series_and_sorted_lengths,
    tokens_and_lengths,
    tokens_and_turning_lengths,
)


class SortingEncoder(nn.Module):
    """Sorts by length, packs, and brings back both out and h_n."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, d.features, padding_idx=0)
        self.lstm = nn.LSTM(d.features, d.H, d.num_layers, batch_first=True)
        self.attention = nn.Linear(2 * d.H, 1)
        self.fc = nn.Linear(2 * d.H, d.classes)

    def encode(self, ids: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        lengths, order = lengths.sort(descending=True)
        packed = pack_padded_sequence(self.embedding(ids[order]), lengths, batch_first=True)
        out, (h_n, _) = self.lstm(packed)
        out, _ = pad_packed_sequence(out, batch_first=True, total_length=ids.size(1))
        back = order.argsort()
        return out[back], h_n[-1][back]

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        out, last = self.encode(ids, lengths)
        query = last.unsqueeze(1).expand_as(out)
        scores = self.attention(torch.cat([out, query], dim=-1)).squeeze(-1)
        scores = scores.masked_fill(ids == 0, float("-inf"))
        context = (torch.softmax(scores, dim=1).unsqueeze(-1) * out).sum(dim=1)
        return self.fc(torch.cat([context, last], dim=-1))


class StatesStaySorted(SortingEncoder):
    """vsepp #36: brings out back, and leaves h_n sorted."""

    def encode(self, ids: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        lengths, order = lengths.sort(descending=True)
        packed = pack_padded_sequence(self.embedding(ids[order]), lengths, batch_first=True)
        out, (h_n, _) = self.lstm(packed)
        out, _ = pad_packed_sequence(out, batch_first=True, total_length=ids.size(1))
        back = order.argsort()
        return out[back], h_n[-1]


class SortingClassifier(nn.Module):
    """Sorts by length, and brings the states back."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, d.features, padding_idx=0)
        self.gru = nn.GRU(d.features, d.H, d.num_layers, batch_first=True)
        self.fc = nn.Linear(d.H, d.classes)

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        sorted_lengths, sorted_idx = torch.sort(lengths, descending=True)
        _, original_idx = torch.sort(sorted_idx)
        embedded = self.embedding(ids.index_select(0, sorted_idx))
        packed = pack_padded_sequence(embedded, sorted_lengths, batch_first=True)
        _, h_n = self.gru(packed)
        last = h_n[-1].index_select(0, original_idx)
        return self.fc(last)


class NotBroughtBack(SortingClassifier):
    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        sorted_lengths, sorted_idx = torch.sort(lengths, descending=True)
        embedded = self.embedding(ids.index_select(0, sorted_idx))
        packed = pack_padded_sequence(embedded, sorted_lengths, batch_first=True)
        _, h_n = self.gru(packed)
        return self.fc(h_n[-1])


class SortedAgain(SortingClassifier):
    """Sorts by the order once more, instead of by the order's inverse."""

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        sorted_lengths, sorted_idx = torch.sort(lengths, descending=True)
        embedded = self.embedding(ids.index_select(0, sorted_idx))
        packed = pack_padded_sequence(embedded, sorted_lengths, batch_first=True)
        _, h_n = self.gru(packed)
        last = h_n[-1].index_select(0, sorted_idx)
        return self.fc(last)


class BroughtBackTwice(SortingClassifier):
    """enforce_sorted=False has brought the states back already."""

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        order = torch.argsort(lengths, descending=True)
        packed = pack_padded_sequence(
            self.embedding(ids), lengths, batch_first=True, enforce_sorted=False
        )
        _, h_n = self.gru(packed)
        last = h_n[-1][order.argsort()]
        return self.fc(last)


class SortedBefore(nn.Module):
    """Is given a batch that was sorted where it was collated."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.rnn = nn.RNN(
            d.features, d.H, d.num_layers, batch_first=True, bidirectional=d.bidirectional
        )
        self.head = nn.Linear(d.H * d.D, d.classes)

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        packed = pack_padded_sequence(x, lengths.tolist(), batch_first=True)
        out, _ = self.rnn(packed)
        out, out_lengths = pad_packed_sequence(out, batch_first=True)
        rows = torch.arange(out.size(0))
        forward = out[rows, out_lengths - 1, : self.rnn.hidden_size]
        backward = out[:, 0, self.rnn.hidden_size :]
        return self.head(torch.cat([forward, backward], dim=-1))


class Ragged(nn.Module):
    """Cuts each sample to its length, runs it alone, and pads what comes out."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, d.features, padding_idx=0)
        self.lstm = nn.LSTM(d.features, d.H, batch_first=True, bidirectional=d.bidirectional)
        self.tag = nn.Linear(d.H * d.D, d.classes)

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        rows = []
        for sample, length in zip(ids, lengths.tolist(), strict=True):
            out, _ = self.lstm(self.embedding(sample[:length]))
            rows.append(self.tag(out))
        return pad_sequence(rows, batch_first=True)


CASES: list[Case] = [
    case(
        "sorting/attention",
        SortingEncoder,
        tokens_and_lengths,
        idle=("attention.bias",),
        attends=True,
    ),
    case(
        "sorting/attention/order",
        StatesStaySorted,
        tokens_and_lengths,
        "order",
        needs=Needs(N=2, L=2),
        code="return out[back], h_n[-1]",
    ),
    case("sorting", SortingClassifier, tokens_and_lengths),
    case(
        "sorting/not_back",
        NotBroughtBack,
        tokens_and_lengths,
        "order",
        needs=Needs(N=2, L=2),
        code="h_n[-1]",
    ),
    case(
        "sorting/again",
        SortedAgain,
        tokens_and_turning_lengths,
        "order",
        needs=Needs(N=3, L=3),
        code="index_select(0, sorted_idx)",
    ),
    case(
        "sorting/twice",
        BroughtBackTwice,
        tokens_and_lengths,
        "order",
        needs=Needs(N=2, L=2),
        code="order.argsort()",
    ),
    case("sorted_before", SortedBefore, series_and_sorted_lengths),
    case("ragged", Ragged, tokens_and_lengths, result_time=1),
]
