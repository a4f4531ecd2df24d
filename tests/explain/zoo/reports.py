"""Mistakes of public reports, as models: their numbers are those of REPORTS.md.

Others of them stand where their subject is: 1 (seq2seq/wrong_cat), 13 (classifier/one_row/rows),
31 (sorting/attention/order), 33 (classifier/two_rows/fix), 41 (deep_speech/view).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tests.explain.zoo.case import Case, Dims, Needs, case
from tests.explain.zoo.inputs import series


class SlotFiller(nn.Module):
    """3: a loop over the steps, which gives the LSTM (N, 1, F)."""

    def __init__(self, d: Dims, *, batch_first: bool) -> None:
        super().__init__()
        self.lstm = nn.LSTM(d.features, d.H, d.num_layers, batch_first=batch_first)
        self.fc = nn.Linear(d.H, d.classes)

    def forward(self, x: Tensor) -> Tensor:
        states = None
        steps = []
        for step in range(x.size(1)):
            out, states = self.lstm(x[:, step].unsqueeze(1), states)
            steps.append(out)
        return self.fc(torch.cat(steps, dim=1))


class LastOfView(nn.Module):
    """7: fc(out).view(batch, -1)[:, -1], written for one class."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.lstm = nn.LSTM(d.features, d.H, d.num_layers, batch_first=True)
        self.fc = nn.Linear(d.H, d.classes)

    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.lstm(x)
        out = self.fc(out.reshape(-1, self.lstm.hidden_size))
        return out.view(x.size(0), -1)[:, -1]


class LastOfViewMended(LastOfView):
    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.lstm(x)
        out = self.fc(out.reshape(-1, self.lstm.hidden_size))
        return out.view(x.size(0), x.size(1), -1)[:, -1]


class AverageOfHalves(nn.Module):
    """15: the halves of out averaged, of a module with one direction."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.gru = nn.GRU(d.features, d.H, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        o, _ = self.gru(x)
        half = o.size(-1) // 2
        return (o[..., :half] + o[..., half:]) / 2


class SqueezedLast(nn.Module):
    """17: lstm(x)[0].squeeze()[:, -1]: for one sample the last feature of every step."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.lstm = nn.LSTM(d.features, d.H, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.lstm(x)[0].squeeze()[:, -1]


class Bridge(nn.Module):
    """29: the states of all layers through one Linear."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.encoder = nn.GRU(d.features, d.H, d.num_layers, batch_first=True)
        self.bridge = nn.Linear(d.num_layers * d.H, d.num_layers * d.H)
        self.decoder = nn.GRU(d.features, d.H, d.num_layers, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        _, states = self.encoder(x)
        layers, batch, size = states.shape
        joined = states.transpose(0, 1).reshape(batch, layers * size)
        bridged = torch.tanh(self.bridge(joined)).view(batch, layers, size)
        out, _ = self.decoder(x, bridged.transpose(0, 1).contiguous())
        return out


class BridgeByView(Bridge):
    def forward(self, x: Tensor) -> Tensor:
        _, states = self.encoder(x)
        shape = states.shape
        flat = states.view(-1, shape[0] * shape[2])
        bridged = torch.tanh(self.bridge(flat)).view(shape)
        out, _ = self.decoder(x, bridged)
        return out


class ArticleClassifier(nn.Module):
    """The article's: no batch_first, fc on h_n.squeeze(0), then sigmoid."""

    def __init__(self, d: Dims, *, batch_first: bool) -> None:
        super().__init__()
        self.lstm = nn.LSTM(d.features, d.H, 1, batch_first=batch_first)
        self.fc = nn.Linear(d.H, 1)

    def forward(self, x: Tensor) -> Tensor:
        _, (h_n, _) = self.lstm(x)
        return torch.sigmoid(self.fc(h_n.squeeze(0)))


class AveragedDirections(nn.Module):
    """Keeps the last layer's rows by a slice of the states, for any number of directions."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.rnn = nn.GRU(
            d.features, d.H, d.num_layers, batch_first=True, bidirectional=d.bidirectional
        )
        self.fc = nn.Linear(d.H, d.classes)

    def forward(self, x: Tensor) -> Tensor:
        _, h_n = self.rnn(x)
        directions = 2 if self.rnn.bidirectional else 1
        by_layer = h_n.view(self.rnn.num_layers, directions, x.size(0), -1)
        return self.fc(by_layer[-1].mean(dim=0))


class AveragedLayers(AveragedDirections):
    """The axes of the view the wrong way round."""

    def forward(self, x: Tensor) -> Tensor:
        _, h_n = self.rnn(x)
        directions = 2 if self.rnn.bidirectional else 1
        by_direction = h_n.view(directions, self.rnn.num_layers, x.size(0), -1)
        return self.fc(by_direction[:, -1].mean(dim=0))


CASES: list[Case] = [
    case("report/3", lambda d: SlotFiller(d, batch_first=True), series),
    case(
        "report/3/batch_first",
        lambda d: SlotFiller(d, batch_first=False),
        series,
        "batch_first",
        needs=Needs(N=2),
        code="self.lstm(x[:, step].unsqueeze(1), states)",
    ),
    case("report/7", LastOfViewMended, series),
    case("report/7/outputs_unread", LastOfView, series, "outputs_unread", code="[:, -1]"),
    case("report/15", AverageOfHalves, series, "halves", needs=Needs(even_H=True)),
    case(
        "report/17",
        SqueezedLast,
        series,
        "batch_of_one",
        needs=Needs(N=2, L=2),
        code=".squeeze()",
    ),
    case("report/29", Bridge, series),
    case(
        "report/29/view",
        BridgeByView,
        series,
        "view",
        needs=Needs(N=2, num_layers=2),
        code="states.view(",
    ),
    case("article", lambda d: ArticleClassifier(d, batch_first=True), series),
    case(
        "article/batch_first",
        lambda d: ArticleClassifier(d, batch_first=False),
        series,
        "batch_first",
        needs=Needs(N=2, L=2),
    ),
    case("averaged", AveragedDirections, series),
    case(
        "averaged/lower_layer",
        AveragedLayers,
        series,
        "lower_layer",
        needs=Needs(num_layers=2, bidirectional=True),
        code="h_n.view(directions, self.rnn.num_layers",
    ),
]
