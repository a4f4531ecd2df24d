"""Models that give one result for each sequence."""

# ruff: noqa: RUF059, SIM108 -- the code of users is kept as they write it.

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from tests.explain.zoo.case import VOCABULARY, Case, Dims, Needs, case
from tests.explain.zoo.inputs import (
    padded_tokens,
    series,
    tokens,
    tokens_and_lengths,
    tokens_and_mask,
)


class SensorClassifier(nn.Module):
    """Which activity a window of sensor readings shows, from the last states."""

    def __init__(self, d: Dims, *, batch_first: bool = True) -> None:
        super().__init__()
        self.lstm = nn.LSTM(
            d.features,
            d.H,
            num_layers=d.num_layers,
            batch_first=batch_first,
            bidirectional=d.bidirectional,
            dropout=0.2 if d.num_layers > 1 else 0.0,
        )
        self.norm = nn.LayerNorm(d.H * d.D)
        self.fc = nn.Linear(d.H * d.D, d.classes)

    def forward(self, x: Tensor) -> Tensor:
        out, (h_n, c_n) = self.lstm(x)
        if self.lstm.bidirectional:
            last = torch.cat([h_n[-2], h_n[-1]], dim=1)
        else:
            last = h_n[-1]
        return self.fc(self.norm(last))


class LastStep(SensorClassifier):
    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.lstm(x)
        last = out[:, -1]
        return self.fc(self.norm(last))


class LastStepOfSqueezed(SensorClassifier):
    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.lstm(x)
        out = out.squeeze()
        last = out[:, -1, :]
        return self.fc(self.norm(last))


class BothEnds(SensorClassifier):
    """The forward half of the last step, the backward half of the first."""

    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.lstm(x)
        hidden = self.lstm.hidden_size
        forward = out[:, -1, :hidden]
        backward = out[:, 0, hidden:]
        return self.fc(self.norm(torch.cat([forward, backward], dim=-1)))


class AllRows(nn.Module):
    """Reads the last states of all layers."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.gru = nn.GRU(
            d.features, d.H, d.num_layers, batch_first=True, bidirectional=d.bidirectional
        )
        self.head = nn.Sequential(
            nn.Linear(d.num_layers * d.D * d.H, d.H), nn.Tanh(), nn.Linear(d.H, d.classes)
        )

    def forward(self, x: Tensor) -> Tensor:
        _, h_n = self.gru(x)
        state = h_n.transpose(0, 1).reshape(x.size(0), -1)
        return self.head(state)


class AllRowsViewed(AllRows):
    def forward(self, x: Tensor) -> Tensor:
        _, h_n = self.gru(x)
        state = h_n.view(x.size(0), -1)
        return self.head(state)


class OneRow(nn.Module):
    """Reads states of one row's width."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.hidden_size = d.H
        self.rnn = nn.LSTM(d.features, d.H, d.num_layers, batch_first=True)
        self.fc = nn.Linear(d.H, d.classes)

    def forward(self, x: Tensor) -> Tensor:
        _, (h_n, _) = self.rnn(x)
        return self.fc(h_n[-1])


class FirstRow(OneRow):
    def forward(self, x: Tensor) -> Tensor:
        _, (h_n, _) = self.rnn(x)
        return self.fc(h_n[0])


class RowsViewed(OneRow):
    def forward(self, x: Tensor) -> Tensor:
        _, (h_n, _) = self.rnn(x)
        h_n = h_n.view(-1, self.hidden_size)
        return self.fc(h_n)


class OneDirectionOfTwo(OneRow):
    def __init__(self, d: Dims) -> None:
        super().__init__(d)
        self.rnn = nn.LSTM(d.features, d.H, d.num_layers, batch_first=True, bidirectional=True)

    def forward(self, x: Tensor) -> Tensor:
        _, (h_n, _) = self.rnn(x)
        return self.fc(h_n[-1])


class TwoRows(nn.Module):
    """Written for two directions, as sentiment analysis is in the tutorials."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, d.features, padding_idx=0)
        self.rnn = nn.LSTM(
            d.features, d.H, d.num_layers, batch_first=True, bidirectional=d.bidirectional
        )
        self.dropout = nn.Dropout(0.3)
        self.fc = nn.Linear(2 * d.H, d.classes)

    def forward(self, text: Tensor) -> Tensor:
        embedded = self.dropout(self.embedding(text))
        output, (hidden, cell) = self.rnn(embedded)
        hidden = self.dropout(torch.cat((hidden[-2, :, :], hidden[-1, :, :]), dim=1))
        return self.fc(hidden)


class TwoRowsOfTwoLayers(TwoRows):
    """The repair that theneuralbase.com gives: the second row is of the first layer."""

    def forward(self, text: Tensor) -> Tensor:
        embedded = self.dropout(self.embedding(text))
        output, (hidden, cell) = self.rnn(embedded)
        hidden = self.dropout(torch.cat((hidden[2], hidden[1]), dim=1))
        return self.fc(hidden)


class RowsByLayer(TwoRows):
    """Takes the first num_layers rows for those of the forward direction."""

    def forward(self, text: Tensor) -> Tensor:
        embedded = self.dropout(self.embedding(text))
        output, (hidden, cell) = self.rnn(embedded)
        forward = hidden[: self.rnn.num_layers]
        backward = hidden[self.rnn.num_layers :]
        return self.fc(torch.cat((forward[-1], backward[-1]), dim=1))


class PooledText(nn.Module):
    """The mean over the steps that are no padding."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, d.features, padding_idx=0)
        self.lstm = nn.LSTM(
            d.features, d.H, d.num_layers, batch_first=True, bidirectional=d.bidirectional
        )
        self.fc = nn.Linear(d.H * d.D, d.classes)

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        embedded = self.embedding(ids)
        packed = pack_padded_sequence(embedded, lengths, batch_first=True, enforce_sorted=False)
        packed_out, _ = self.lstm(packed)
        out, _ = pad_packed_sequence(packed_out, batch_first=True)
        pooled = out.sum(dim=1) / lengths.unsqueeze(1)
        return self.fc(pooled)


class MeanOverPadding(PooledText):
    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        embedded = self.embedding(ids)
        packed = pack_padded_sequence(embedded, lengths, batch_first=True, enforce_sorted=False)
        packed_out, _ = self.lstm(packed)
        out, _ = pad_packed_sequence(packed_out, batch_first=True)
        pooled = out.mean(dim=1)
        return self.fc(pooled)


class Unpacked(PooledText):
    """Pools over the real steps, but the backward direction has begun in the padding."""

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        embedded = self.embedding(ids)
        out, _ = self.lstm(embedded)
        mask = torch.arange(ids.size(1), device=ids.device) < lengths[:, None]
        pooled = (out * mask.unsqueeze(-1)).sum(dim=1) / lengths.unsqueeze(1)
        return self.fc(pooled)


class UnpackedMean(PooledText):
    """One direction: the real steps have read no padding, but the mean counts the others."""

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        out, _ = self.lstm(self.embedding(ids))
        pooled = out.mean(dim=1)
        return self.fc(pooled)


class MaxPooled(PooledText):
    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        packed = pack_padded_sequence(
            self.embedding(ids), lengths, batch_first=True, enforce_sorted=False
        )
        out, _ = pad_packed_sequence(
            self.lstm(packed)[0], batch_first=True, padding_value=float("-inf")
        )
        return self.fc(out.max(dim=1).values)


class MaxOverPadding(PooledText):
    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        packed = pack_padded_sequence(
            self.embedding(ids), lengths, batch_first=True, enforce_sorted=False
        )
        out, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True)
        return self.fc(out.max(dim=1).values)


class LastRealStep(PooledText):
    """One direction, unpacked: the step before the padding is gathered."""

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        out, _ = self.lstm(self.embedding(ids))
        index = (lengths - 1).view(-1, 1, 1).expand(-1, 1, out.size(2))
        last = out.gather(1, index).squeeze(1)
        return self.fc(last)


class LastStepOfPadded(PooledText):
    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        out, _ = self.lstm(self.embedding(ids))
        return self.fc(out[:, -1])


class LastStepOfUnpacked(PooledText):
    """Packs, and then reads the last step, which is padding for the shorter samples."""

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        packed = pack_padded_sequence(
            self.embedding(ids), lengths, batch_first=True, enforce_sorted=False
        )
        out, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True)
        return self.fc(out[:, -1])


class NoLengths(TwoRows):
    """Has an embedding with a padding index, and is given padded ids without their lengths."""


class Attended(nn.Module):
    """Attention over the steps, with a mask for the padding."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, d.features, padding_idx=0)
        self.gru = nn.GRU(d.features, d.H, batch_first=True, bidirectional=d.bidirectional)
        self.attention = nn.Linear(d.H * d.D, 1)
        self.fc = nn.Linear(d.H * d.D, d.classes)

    def encode(self, ids: Tensor, mask: Tensor) -> Tensor:
        packed = pack_padded_sequence(
            self.embedding(ids), mask.sum(dim=1).cpu(), batch_first=True, enforce_sorted=False
        )
        out, _ = pad_packed_sequence(
            self.gru(packed)[0], batch_first=True, total_length=ids.size(1)
        )
        return out

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        out = self.encode(ids, mask)
        scores = self.attention(out).squeeze(-1)
        scores = scores.masked_fill(~mask, float("-inf"))
        weights = torch.softmax(scores, dim=1)
        context = torch.bmm(weights.unsqueeze(1), out).squeeze(1)
        return self.fc(context)


class AttendedOverBatch(Attended):
    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        out = self.encode(ids, mask)
        scores = self.attention(out).squeeze(-1)
        scores = scores.masked_fill(~mask, -1e9)
        weights = torch.softmax(scores, dim=0)
        context = torch.bmm(weights.unsqueeze(1), out).squeeze(1)
        return self.fc(context)


class AttendedOverPadding(Attended):
    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        out = self.encode(ids, mask)
        scores = self.attention(out).squeeze(-1)
        weights = torch.softmax(scores, dim=1)
        context = torch.bmm(weights.unsqueeze(1), out).squeeze(1)
        return self.fc(context)


class AttendedSqueezed(Attended):
    """Squeezes all axes of size one, the batch too."""

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        out = self.encode(ids, mask)
        scores = self.attention(out).squeeze(-1).masked_fill(~mask, float("-inf"))
        weights = torch.softmax(scores, dim=1)
        context = torch.bmm(weights.unsqueeze(1), out).squeeze()
        return self.fc(context)


PADDING = Needs(N=2, L=2)

CASES: list[Case] = [
    case("classifier/states", SensorClassifier, series),
    case(
        "classifier/states/batch_first",
        lambda d: SensorClassifier(d, batch_first=False),
        series,
        "batch_first",
        # What is read of h_n then has a row for each step, and so has the result.
        needs=Needs(N=2, L=2),
        code="self.lstm(x)",
    ),
    case("classifier/last", LastStep, series, needs=Needs(bidirectional=False)),
    case(
        "classifier/last/batch_first",
        lambda d: LastStep(d, batch_first=False),
        series,
        "batch_first",
        needs=Needs(N=2, bidirectional=False),
        code="self.lstm(x)",
    ),
    case(
        "classifier/last/one_step",
        LastStep,
        series,
        "one_step",
        needs=Needs(L=2, bidirectional=True),
        code="out[:, -1]",
    ),
    case(
        "classifier/last/squeezed",
        LastStepOfSqueezed,
        series,
        "batch_of_one",
        needs=Needs(N=2, L=2, bidirectional=False),
        code="out.squeeze()",
    ),
    case("classifier/ends", BothEnds, series, needs=Needs(bidirectional=True)),
    case("classifier/all_rows", AllRows, series),
    case(
        "classifier/all_rows/view",
        AllRowsViewed,
        series,
        "view",
        needs=Needs(N=2, rows=2),
        code="h_n.view(x.size(0), -1)",
    ),
    case("classifier/one_row", OneRow, series, needs=Needs(bidirectional=False)),
    case(
        "classifier/one_row/lower_layer",
        FirstRow,
        series,
        "lower_layer",
        needs=Needs(num_layers=2, bidirectional=False),
        code="h_n[0]",
    ),
    case(
        "classifier/one_row/rows",
        RowsViewed,
        series,
        "rows",
        needs=Needs(num_layers=2, bidirectional=False),
        code="h_n.view(-1, self.hidden_size)",
    ),
    case(
        "classifier/one_row/direction_unread",
        OneDirectionOfTwo,
        series,
        "direction_unread",
        needs=Needs(bidirectional=True),
        code="h_n[-1]",
    ),
    case("classifier/two_rows", TwoRows, tokens, needs=Needs(bidirectional=True)),
    case(
        "classifier/two_rows/one_direction",
        TwoRows,
        tokens,
        "lower_layer",
        needs=Needs(num_layers=2, bidirectional=False),
        code="hidden[-2, :, :]",
    ),
    case(
        "classifier/two_rows/fix",
        lambda d: TwoRowsOfTwoLayers(d),
        tokens,
        "lower_layer",
        needs=Needs(num_layers=2, bidirectional=True),
        code="hidden[2], hidden[1]",
    ),
    case(
        "classifier/two_rows/by_layer",
        RowsByLayer,
        tokens,
        "lower_layer",
        needs=Needs(num_layers=2, bidirectional=True),
        code="hidden[: self.rnn.num_layers]",
    ),
    case("classifier/mean", PooledText, tokens_and_lengths),
    case(
        "classifier/mean/pooling",
        MeanOverPadding,
        tokens_and_lengths,
        "pooling",
        needs=PADDING,
        code="out.mean(dim=1)",
    ),
    case(
        "classifier/mean/padding",
        Unpacked,
        tokens_and_lengths,
        "padding",
        needs=Needs(N=2, L=2, bidirectional=True),
        code="self.lstm(embedded)",
    ),
    case(
        "classifier/mean/one_direction",
        Unpacked,
        tokens_and_lengths,
        needs=Needs(bidirectional=False),
    ),
    case(
        "classifier/mean/unpacked",
        UnpackedMean,
        tokens_and_lengths,
        "pooling",
        # Both are true: lengths are left aside, and the mean counts padded steps.
        may={"padding"},
        needs=Needs(N=2, L=2, bidirectional=False),
        code="out.mean(dim=1)",
    ),
    case("classifier/max", MaxPooled, tokens_and_lengths, reads_all=False),
    case(
        "classifier/max/pooling",
        MaxOverPadding,
        tokens_and_lengths,
        "pooling",
        needs=PADDING,
        reads_all=False,
        code="out.max(dim=1)",
    ),
    case(
        "classifier/gathered",
        LastRealStep,
        tokens_and_lengths,
        needs=Needs(bidirectional=False),
    ),
    case(
        "classifier/gathered/padding",
        LastStepOfPadded,
        tokens_and_lengths,
        "padding",
        needs=Needs(N=2, L=2, bidirectional=False),
    ),
    case(
        "classifier/gathered/unpacked",
        LastStepOfUnpacked,
        tokens_and_lengths,
        "padding",
        needs=Needs(N=2, L=2, bidirectional=False),
        code="out[:, -1]",
        instead={"pooling"},
    ),
    case(
        "classifier/no_lengths/padding",
        NoLengths,
        padded_tokens,
        "padding",
        needs=Needs(N=2, L=2, bidirectional=True),
    ),
    case("classifier/attention", Attended, tokens_and_mask, idle=("attention.bias",), attends=True),
    case(
        "classifier/attention/batch",
        AttendedOverBatch,
        tokens_and_mask,
        asks={"attention_over_batch"},
        needs=Needs(N=2),
        code="torch.softmax(scores, dim=0)",
        instead={"samples_mix"},
    ),
    case(
        "classifier/attention/padding",
        AttendedOverPadding,
        tokens_and_mask,
        "padding",
        instead={"pooling"},
        needs=PADDING,
        code="torch.softmax(scores, dim=1)",
    ),
    case(
        "classifier/attention/squeeze",
        AttendedSqueezed,
        tokens_and_mask,
        "batch_of_one",
        needs=Needs(N=2),
        code=".squeeze()",
    ),
]
