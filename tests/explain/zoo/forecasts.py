"""Models of series: several steps ahead, with numbers known of each series, from visits."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

from tests.explain.zoo.case import Arguments, Case, Dims, Needs, case
from tests.explain.zoo.inputs import lengths_of, padded, series, series_of

HORIZON = 3


class Horizon(nn.Module):
    """Encodes the past, and goes on from its own forecasts."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.encoder = nn.LSTM(d.features, d.H, d.num_layers, batch_first=True)
        self.decoder = nn.LSTM(1, d.H, d.num_layers, batch_first=True)
        self.out = nn.Linear(d.H, 1)

    def forward(self, past: Tensor) -> Tensor:
        _, state = self.encoder(past)
        step = past[:, -1:, :1]
        forecasts = []
        for _ in range(HORIZON):
            out, state = self.decoder(step, state)
            step = self.out(out)
            forecasts.append(step)
        return torch.cat(forecasts, dim=1).squeeze(-1)


class HorizonFromHidden(Horizon):
    def forward(self, past: Tensor) -> Tensor:
        _, (h_n, _) = self.encoder(past)
        state = (h_n, h_n.clone())
        step = past[:, -1:, :1]
        forecasts = []
        for _ in range(HORIZON):
            out, state = self.decoder(step, state)
            step = self.out(out)
            forecasts.append(step)
        return torch.cat(forecasts, dim=1).squeeze(-1)


class HorizonSqueezed(Horizon):
    """Squeezes each forecast, and with it the batch."""

    def forward(self, past: Tensor) -> Tensor:
        _, state = self.encoder(past)
        step = past[:, -1:, :1]
        forecasts = []
        for _ in range(HORIZON):
            out, state = self.decoder(step, state)
            step = self.out(out)
            forecasts.append(step.squeeze())
        return torch.stack(forecasts, dim=-1)


class HorizonAlongBatch(Horizon):
    """Stacks the forecasts in front, and views them as the batch."""

    def forward(self, past: Tensor) -> Tensor:
        _, state = self.encoder(past)
        step = past[:, -1:, :1]
        forecasts = []
        for _ in range(HORIZON):
            out, state = self.decoder(step, state)
            step = self.out(out)
            forecasts.append(step)
        return torch.cat(forecasts, dim=0).view(past.size(0), HORIZON)


class DirectForecast(nn.Module):
    """All steps ahead at once, from the last state; several quantiles for each."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.input = nn.Sequential(nn.Linear(d.features, d.H), nn.GELU(), nn.Dropout(0.1))
        self.gru = nn.GRU(d.H, d.H, d.num_layers, batch_first=True)
        self.norm = nn.LayerNorm(d.H)
        self.head = nn.Linear(d.H, HORIZON * 2)

    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.gru(self.input(x))
        return self.head(self.norm(out[:, -1])).view(x.size(0), HORIZON, 2)


class DirectByView(DirectForecast):
    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.gru(self.input(x))
        return self.head(self.norm(out[:, -1])).view(HORIZON, x.size(0), 2).transpose(0, 1)


class DirectTransposed(DirectForecast):
    """Goes to time first, for a module that takes the batch first."""

    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.gru(self.input(x).transpose(0, 1))
        return self.head(self.norm(out[-1])).view(x.size(0), HORIZON, 2)


class Covariates(nn.Module):
    """Static numbers of each series are repeated along time."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.static = nn.Linear(2, d.features)
        self.lstm = nn.LSTM(
            2 * d.features, d.H, d.num_layers, batch_first=True, bidirectional=d.bidirectional
        )
        self.fc = nn.Linear(d.H * d.D, 1)

    def forward(self, x: Tensor, static: Tensor) -> Tensor:
        known = self.static(static).unsqueeze(1).expand(-1, x.size(1), -1)
        out, _ = self.lstm(torch.cat([x, known], dim=-1))
        return self.fc(out)


class CovariatesByRepeat(Covariates):
    """repeat(L, 1) goes through the batch L times: the rows are of other series."""

    def forward(self, x: Tensor, static: Tensor) -> Tensor:
        known = self.static(static).repeat(x.size(1), 1).view(x.size(0), x.size(1), -1)
        out, _ = self.lstm(torch.cat([x, known], dim=-1))
        return self.fc(out)


class CovariatesByInterleave(Covariates):
    """Right: repeat_interleave keeps the rows of a series together."""

    def forward(self, x: Tensor, static: Tensor) -> Tensor:
        known = self.static(static).repeat_interleave(x.size(1), dim=0)
        out, _ = self.lstm(torch.cat([x, known.view(x.size(0), x.size(1), -1)], dim=-1))
        return self.fc(out)


class Patient(nn.Module):
    """A risk from visits of unequal number: packed, or not."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.visits = nn.Linear(d.features, d.H)
        self.rnn = nn.LSTM(d.H, d.H, d.num_layers, batch_first=True, bidirectional=d.bidirectional)
        self.risk = nn.Sequential(nn.Linear(d.H * d.D, d.H), nn.ELU(), nn.Linear(d.H, 1))

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        packed = pack_padded_sequence(
            self.visits(x), lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        _, (h_n, _) = self.rnn(packed)
        last = h_n.unflatten(0, (self.rnn.num_layers, -1))[-1]
        return torch.sigmoid(self.risk(last.transpose(0, 1).flatten(1))).squeeze(-1)


class PatientByFlatten(Patient):
    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        packed = pack_padded_sequence(
            self.visits(x), lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        _, (h_n, _) = self.rnn(packed)
        last = h_n.unflatten(0, (self.rnn.num_layers, -1))[-1]
        return torch.sigmoid(self.risk(last.reshape(x.size(0), -1))).squeeze(-1)


class PatientUnpacked(Patient):
    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        _, (h_n, _) = self.rnn(self.visits(x))
        last = h_n.unflatten(0, (self.rnn.num_layers, -1))[-1]
        return torch.sigmoid(self.risk(last.transpose(0, 1).flatten(1))).squeeze(-1)


class PatientFirstLayer(Patient):
    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        packed = pack_padded_sequence(
            self.visits(x), lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        _, (h_n, _) = self.rnn(packed)
        last = h_n[: 2 if self.rnn.bidirectional else 1]
        return torch.sigmoid(self.risk(last.transpose(0, 1).flatten(1))).squeeze(-1)


class Normalised(nn.Module):
    """Each window is scaled by its own mean and deviation, and scaled back."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.lstm = nn.LSTM(d.features, d.H, batch_first=True)
        self.fc = nn.Linear(d.H, d.features)

    def forward(self, x: Tensor) -> Tensor:
        mean = x.mean(dim=1, keepdim=True)
        std = x.std(dim=1, keepdim=True, unbiased=False) + 1e-3
        out, _ = self.lstm((x - mean) / std)
        return self.fc(out[:, -1:]) * std + mean


class NormalisedOverBatch(Normalised):
    """Scales by the mean over the batch."""

    def forward(self, x: Tensor) -> Tensor:
        mean = x.mean(dim=0, keepdim=True)
        std = x.std(dim=0, keepdim=True, unbiased=False) + 1e-3
        out, _ = self.lstm((x - mean) / std)
        return self.fc(out[:, -1:]) * std[:, -1:] + mean[:, -1:]


def with_static(d: Dims) -> Arguments:
    return (series_of(d), torch.randn(d.N, 2)), {}


def visits(d: Dims) -> Arguments:
    lengths = lengths_of(d)
    return (padded(series_of(d), lengths),), {"lengths": lengths}


CASES: list[Case] = [
    case("horizon", Horizon, series),
    case("horizon/c_from_h", HorizonFromHidden, series, "c_from_h"),
    case(
        "horizon/squeeze",
        HorizonSqueezed,
        series,
        "batch_of_one",
        needs=Needs(N=2),
        code="step.squeeze()",
    ),
    case("horizon/view", HorizonAlongBatch, series, "view", needs=Needs(N=2), code=".view("),
    case("direct", DirectForecast, series),
    case("direct/view", DirectByView, series, "view", needs=Needs(N=2), code=".view(HORIZON"),
    case(
        "direct/batch_first",
        DirectTransposed,
        series,
        "batch_first",
        needs=Needs(N=2),
        code="self.gru(",
    ),
    case("covariates", Covariates, with_static),
    case("covariates/interleave", CovariatesByInterleave, with_static),
    case(
        "covariates/view",
        CovariatesByRepeat,
        with_static,
        "view",
        needs=Needs(N=2, L=2),
        code=".repeat(x.size(1), 1).view(",
    ),
    case("patient", Patient, visits),
    case(
        "patient/view",
        PatientByFlatten,
        visits,
        "view",
        needs=Needs(N=2, bidirectional=True),
        code="last.reshape(",
    ),
    case("patient/padding", PatientUnpacked, visits, "padding", needs=Needs(N=2, L=2)),
    case(
        "patient/lower_layer",
        PatientFirstLayer,
        visits,
        "lower_layer",
        needs=Needs(num_layers=2),
        code="h_n[:",
    ),
    case("normalised", Normalised, series, needs=Needs(L=2)),
    case("normalised/over_batch", NormalisedOverBatch, series, "samples_mix", needs=Needs(N=2)),
]
