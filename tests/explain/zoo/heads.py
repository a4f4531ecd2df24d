"""What stands behind the module, or beside it: heads, parts that are not used, targets."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tests.explain.zoo.case import VOCABULARY, Case, Dims, Needs, case
from tests.explain.zoo.inputs import series, tokens


class SentimentNet(nn.Module):
    """One number for each text, from the last step."""

    def __init__(self, d: Dims, outputs: int = 1) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, d.features)
        self.lstm = nn.LSTM(d.features, d.H, d.num_layers, batch_first=True)
        self.dropout = nn.Dropout(0.3)
        self.fc = nn.Linear(d.H, outputs)

    def forward(self, x: Tensor) -> Tensor:
        batch_size = x.size(0)
        lstm_out, _ = self.lstm(self.embedding(x))
        lstm_out = lstm_out.contiguous().view(-1, self.lstm.hidden_size)
        out = torch.sigmoid(self.fc(self.dropout(lstm_out)))
        out = out.view(batch_size, -1)
        return out[:, -1]


class SentimentOfFive(SentimentNet):
    """The same code for several classes: of these the last alone is left."""

    def __init__(self, d: Dims) -> None:
        super().__init__(d, outputs=d.classes)


class PriceModel(nn.Module):
    """The next price, (N, 1)."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.gru = nn.GRU(d.features, d.H, d.num_layers, batch_first=True)
        self.fc = nn.Linear(d.H, 1)

    def forward(self, x: Tensor) -> Tensor:
        _, h_n = self.gru(x)
        return self.fc(h_n[-1])


class Stacked(nn.Module):
    """LSTM, norm, LSTM, with a residual."""

    def __init__(self, d: Dims, dropout: float = 0.0) -> None:
        super().__init__()
        self.first = nn.LSTM(d.features, d.H, batch_first=True, dropout=dropout)
        self.norm = nn.LayerNorm(d.H)
        self.second = nn.LSTM(d.H, d.H, batch_first=True)
        self.head = nn.Linear(d.H, d.classes)

    def forward(self, x: Tensor) -> Tensor:
        first, _ = self.first(x)
        second, _ = self.second(self.norm(first))
        return self.head(first + second)


class StackedUnused(Stacked):
    """The second LSTM is made, and never called."""

    def forward(self, x: Tensor) -> Tensor:
        first, _ = self.first(x)
        return self.head(self.norm(first))


class StackedNormUnread(Stacked):
    """What the norm returns is thrown away."""

    def forward(self, x: Tensor) -> Tensor:
        first, _ = self.first(x)
        self.norm(first)
        second, _ = self.second(first)
        return self.head(first + second)


class Merged(nn.Module):
    """The two directions summed, as in many acoustic models."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.hidden_size = d.H
        self.gru = nn.GRU(d.features, d.H, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(d.H, d.classes)

    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.gru(x)
        out = out[:, :, : self.hidden_size] + out[:, :, self.hidden_size :]
        return self.fc(out)


class MergedByView(Merged):
    """By a view, with the directions as an axis."""

    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.gru(x)
        out = out.view(out.size(0), out.size(1), 2, -1).sum(dim=2)
        return self.fc(out)


class MergedHalves(nn.Module):
    """Written for two directions, made with one."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.half = d.H // 2
        self.gru = nn.GRU(d.features, d.H, batch_first=True)
        self.fc = nn.Linear(self.half, d.classes)

    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.gru(x)
        out = (out[:, :, : self.half] + out[:, :, self.half :]) / 2
        return self.fc(out)


class EndsOfHalves(MergedHalves):
    """The last step of the one half and the first of the other, of a single direction."""

    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.gru(x)
        ahead = out[:, -1, : self.half]
        back = out[:, 0, self.half :]
        return self.fc(ahead + back)


class ForwardHalfAlone(Merged):
    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.gru(x)
        return self.fc(out[..., : self.hidden_size])


class GatedMixture(nn.Module):
    """A gate over features of out: halves of one direction are meant here."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.rnn = nn.LSTM(d.features, 2 * d.H, batch_first=True)
        self.head = nn.Linear(d.H, d.classes)

    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.rnn(x)
        value, gate = out.chunk(2, dim=-1)
        return self.head(value * torch.sigmoid(gate))


class Supervised(nn.Module):
    """A second head that helps while training, and is left out afterwards."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.lstm = nn.LSTM(d.features, d.H, batch_first=True)
        self.head = nn.Linear(d.H, d.classes)
        self.auxiliary = nn.Linear(d.H, 2)

    def forward(self, x: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        out, (h_n, _) = self.lstm(x)
        logits = self.head(h_n[-1])
        if self.training:
            return logits, self.auxiliary(out.mean(dim=1))
        return logits


class Timed(nn.Module):
    """Reads the time between the steps beside the series."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.lstm = nn.LSTM(d.features + 1, d.H, batch_first=True)
        self.fc = nn.Linear(d.H, 1)

    def forward(self, x: Tensor, deltas: Tensor) -> Tensor:
        joined = torch.cat([x, deltas.unsqueeze(-1)], dim=-1)
        out, _ = self.lstm(joined)
        return self.fc(out).squeeze(-1)


class TimedUnread(Timed):
    """The wrong name is joined."""

    def forward(self, x: Tensor, deltas: Tensor) -> Tensor:
        joined = torch.cat([x, x[:, :, :1]], dim=-1)
        out, _ = self.lstm(joined)
        return self.fc(out).squeeze(-1)


def timed(d: Dims) -> tuple[tuple[Tensor, Tensor], dict[str, Tensor]]:
    return (torch.randn(d.N, d.L, d.features), torch.rand(d.N, d.L)), {}


def column(d: Dims) -> Tensor:
    return torch.randn(d.N, 1)


def row(d: Dims) -> Tensor:
    return torch.randn(d.N)


CASES: list[Case] = [
    case("sentiment", SentimentNet, tokens),
    case(
        "sentiment/outputs_unread",
        SentimentOfFive,
        tokens,
        "outputs_unread",
        code="out[:, -1]",
    ),
    case("price", PriceModel, series, target=column),
    case("price/broadcast", PriceModel, series, "broadcast", target=row, needs=Needs(N=2)),
    case("stacked", Stacked, series),
    case("stacked/dropout", lambda d: Stacked(d, dropout=0.3), series, "dropout"),
    case("stacked/unused", StackedUnused, series, "unused"),
    case("stacked/norm_unread", StackedNormUnread, series, "unused", needs=Needs(training=True)),
    case("merged", Merged, series),
    case("merged/view", MergedByView, series),
    case(
        "merged/halves",
        MergedHalves,
        series,
        "halves",
        needs=Needs(even_H=True),
        code="out[:, :, : self.half] + out[:, :, self.half :]",
    ),
    case("merged/ends", EndsOfHalves, series, "halves", needs=Needs(L=2, even_H=True)),
    case(
        "merged/direction_unread",
        ForwardHalfAlone,
        series,
        "direction_unread",
        code="out[..., : self.hidden_size]",
    ),
    case("gated", GatedMixture, series),
    case("supervised", Supervised, series, idle=("auxiliary",)),
    case("timed", Timed, timed),
    case("timed/unused", TimedUnread, timed, "unused"),
]
