"""States: kept on the model, learned, made inside forward, and cells in a loop."""

# ruff: noqa: RET504 -- the code of users is kept as they write it.

from __future__ import annotations

import torch
from torch import Tensor, nn

from tests.explain.zoo.case import Arguments, Case, Dims, Needs, case
from tests.explain.zoo.inputs import seq_first, series, series_of


class Forecaster(nn.Module):
    """Goes on from where the last window ended."""

    hidden: tuple[Tensor, Tensor] | None

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.num_layers, self.hidden_size = d.num_layers, d.H
        self.lstm = nn.LSTM(d.features, d.H, d.num_layers, batch_first=True)
        self.linear = nn.Linear(d.H, 1)
        self.hidden = None

    def forward(self, window: Tensor) -> Tensor:
        if self.hidden is not None and self.hidden[0].size(1) != window.size(0):
            self.hidden = None
        out, (h, c) = self.lstm(window, self.hidden)
        self.hidden = (h.detach(), c.detach())
        return self.linear(out[:, -1])


class ForecasterCarriesGraph(Forecaster):
    def forward(self, window: Tensor) -> Tensor:
        if self.hidden is not None and self.hidden[0].size(1) != window.size(0):
            self.hidden = None
        out, self.hidden = self.lstm(window, self.hidden)
        return self.linear(out[:, -1])


class ForecasterOfOneBatchSize(Forecaster):
    """Its states are made once, for the batch size of training."""

    def __init__(self, d: Dims) -> None:
        super().__init__(d)
        self.init_hidden(d.N)

    def init_hidden(self, batch_size: int) -> None:
        self.hidden = (
            torch.zeros(self.num_layers, batch_size, self.hidden_size),
            torch.zeros(self.num_layers, batch_size, self.hidden_size),
        )

    def forward(self, window: Tensor) -> Tensor:
        out, (h, c) = self.lstm(window, self.hidden)
        self.hidden = (h.detach(), c.detach())
        return self.linear(out[:, -1])


class ForecasterNotReset(Forecaster):
    """The last batch of an epoch is smaller."""

    def forward(self, window: Tensor) -> Tensor:
        out, (h, c) = self.lstm(window, self.hidden)
        self.hidden = (h.detach(), c.detach())
        return self.linear(out[:, -1])


class ForecasterNotBatchFirst(Forecaster):
    def __init__(self, d: Dims) -> None:
        super().__init__(d)
        self.lstm = nn.LSTM(d.features, d.H, d.num_layers)

    def forward(self, window: Tensor) -> Tensor:
        h_0 = torch.zeros(self.num_layers, window.size(1), self.hidden_size)
        c_0 = torch.zeros(self.num_layers, window.size(1), self.hidden_size)
        out, _ = self.lstm(window, (h_0, c_0))
        return self.linear(out[:, -1])


class StartsFromZeros(nn.Module):
    """The well-known tutorial: zeros made inside forward."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.num_layers, self.hidden_size = d.num_layers, d.H
        self.directions = d.D
        self.lstm = nn.LSTM(
            d.features, d.H, d.num_layers, batch_first=True, bidirectional=d.bidirectional
        )
        self.fc = nn.Linear(d.H * d.D, d.classes)

    def forward(self, x: Tensor) -> Tensor:
        h0 = torch.zeros(self.num_layers * self.directions, x.size(0), self.hidden_size)
        c0 = torch.zeros(self.num_layers * self.directions, x.size(0), self.hidden_size)
        out, _ = self.lstm(x, (h0.to(x.device), c0.to(x.device)))
        out = self.fc(out[:, -1, :])
        return out


class LearnedStart(nn.Module):
    """A first state that is a parameter, the same for each sample."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        rows = d.num_layers * d.D
        self.h_0 = nn.Parameter(torch.randn(rows, 1, d.H) * 0.1)
        self.c_0 = nn.Parameter(torch.randn(rows, 1, d.H) * 0.1)
        self.lstm = nn.LSTM(
            d.features, d.H, d.num_layers, batch_first=True, bidirectional=d.bidirectional
        )
        self.fc = nn.Linear(d.H * d.D, d.classes)

    def forward(self, x: Tensor) -> Tensor:
        h_0 = self.h_0.expand(-1, x.size(0), -1).contiguous()
        c_0 = self.c_0.expand(-1, x.size(0), -1).contiguous()
        out, _ = self.lstm(x, (h_0, c_0))
        return self.fc(out)


class LearnedStartForEach(LearnedStart):
    """A start for each place in the batch: the batch cannot change its size."""

    def __init__(self, d: Dims) -> None:
        super().__init__(d)
        rows = d.num_layers * d.D
        self.h_0 = nn.Parameter(torch.randn(rows, d.N, d.H) * 0.1)
        self.c_0 = nn.Parameter(torch.randn(rows, d.N, d.H) * 0.1)

    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.lstm(x, (self.h_0, self.c_0))
        return self.fc(out)


class StatesFromContext(nn.Module):
    """Starts from what is known of each sample."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.num_layers, self.hidden_size = d.num_layers, d.H
        self.project = nn.Linear(4, d.num_layers * d.H)
        self.gru = nn.GRU(d.features, d.H, d.num_layers, batch_first=True)
        self.head = nn.Linear(d.H, 1)

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        h_0 = self.project(context).view(x.size(0), self.num_layers, self.hidden_size)
        h_0 = h_0.transpose(0, 1).contiguous()
        out, _ = self.gru(x, h_0)
        return self.head(out).squeeze(-1)


class StatesFromContextByView(StatesFromContext):
    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        h_0 = self.project(context).view(self.num_layers, x.size(0), self.hidden_size)
        out, _ = self.gru(x, h_0)
        return self.head(out).squeeze(-1)


class ContextUnread(StatesFromContext):
    """Projects the context, and then forgets to start from it."""

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        out, _ = self.gru(x)
        return self.head(out).squeeze(-1)


class CellLoop(nn.Module):
    """An LSTMCell over time."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.hidden_size = d.H
        self.cell = nn.LSTMCell(d.features, d.H)
        self.linear = nn.Linear(d.H, d.features)

    def forward(self, x: Tensor) -> Tensor:
        h = torch.zeros(x.size(0), self.hidden_size, dtype=x.dtype, device=x.device)
        c = torch.zeros_like(h)
        outputs = []
        for t in range(x.size(1)):
            h, c = self.cell(x[:, t], (h, c))
            outputs.append(self.linear(h))
        return torch.stack(outputs, dim=1)


class CellOverBatch(CellLoop):
    """Iterates over the first axis, which is the batch."""

    def forward(self, x: Tensor) -> Tensor:
        h = torch.zeros(x.size(1), self.hidden_size, dtype=x.dtype, device=x.device)
        c = torch.zeros_like(h)
        outputs = []
        for step in x:
            h, c = self.cell(step, (h, c))
            outputs.append(self.linear(h))
        return torch.stack(outputs, dim=0)


class CellStackedFirst(CellLoop):
    """Stacks the steps in front, and views them as the batch."""

    def forward(self, x: Tensor) -> Tensor:
        h = torch.zeros(x.size(0), self.hidden_size, dtype=x.dtype, device=x.device)
        c = torch.zeros_like(h)
        outputs = []
        for t in range(x.size(1)):
            h, c = self.cell(x[:, t], (h, c))
            outputs.append(h)
        outputs = torch.cat(outputs, dim=0).view(x.size(0), x.size(1), -1)
        return self.linear(outputs)


class GRUCellStack(nn.Module):
    """Two GRUCells, one above the other, time first."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.lower = nn.GRUCell(d.features, d.H)
        self.upper = nn.GRUCell(d.H, d.H)
        self.out = nn.Linear(d.H, d.classes)

    def forward(self, x: Tensor) -> Tensor:
        low = up = None
        for step in x:
            low = self.lower(step, low)
            up = self.upper(low, up)
        return self.out(up)


class GRUCellStackOnBatch(GRUCellStack):
    """Is given the batch first, and takes it for time."""


class HandMadeDirections(nn.Module):
    """Two LSTMs, the second on the reversed sequence."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.ahead = nn.LSTM(d.features, d.H, batch_first=True)
        self.back = nn.LSTM(d.features, d.H, batch_first=True)
        self.fc = nn.Linear(2 * d.H, d.classes)

    def forward(self, x: Tensor) -> Tensor:
        ahead, _ = self.ahead(x)
        back, _ = self.back(x.flip(1))
        return self.fc(torch.cat([ahead, back.flip(1)], dim=-1))


class OneStateForTwo(nn.Module):
    """Passes on h alone, and gives it to the next LSTM for c."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.first = nn.LSTM(d.features, d.H, d.num_layers, batch_first=True)
        self.second = nn.LSTM(d.features, d.H, d.num_layers, batch_first=True)
        self.fc = nn.Linear(d.H, d.features)

    def forward(self, x: Tensor) -> Tensor:
        _, (h, c) = self.first(x)
        out, _ = self.second(x, (h, c))
        return self.fc(out)


class HiddenForCell(OneStateForTwo):
    def forward(self, x: Tensor) -> Tensor:
        _, (h, _) = self.first(x)
        out, _ = self.second(x, (h, h))
        return self.fc(out)


class ReturnsStates(nn.Module):
    """Is given states and returns them, as those who train through long texts do."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.rnn = nn.LSTM(d.features, d.H, d.num_layers)
        self.decoder = nn.Linear(d.H, d.classes)

    def forward(
        self, inputs: Tensor, hidden: tuple[Tensor, Tensor]
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        output, hidden = self.rnn(inputs, hidden)
        return self.decoder(output), hidden


def series_and_context(d: Dims) -> Arguments:
    return (series_of(d), torch.randn(d.N, 4)), {}


def series_and_states(d: Dims) -> Arguments:
    states = tuple(torch.zeros(d.num_layers, d.N, d.H) for _ in range(2))
    return (torch.randn(d.L, d.N, d.features), states), {}


CASES: list[Case] = [
    case("forecaster", Forecaster, series),
    case(
        "forecaster/carried_graph",
        ForecasterCarriesGraph,
        series,
        "carried_graph",
        code="self.hidden = self.lstm(",
    ),
    case(
        "forecaster/fixed_batch",
        ForecasterOfOneBatchSize,
        series,
        "carried_batch",
        code="self.lstm(window, self.hidden)",
    ),
    case(
        "forecaster/carried_batch",
        ForecasterNotReset,
        series,
        "carried_batch",
        code="self.lstm(window, self.hidden)",
    ),
    case(
        "forecaster/batch_first",
        ForecasterNotBatchFirst,
        series,
        "batch_first",
        needs=Needs(N=2),
        code="self.lstm(window, (h_0, c_0))",
    ),
    case("zeros", StartsFromZeros, series, needs=Needs(bidirectional=False)),
    case(
        "zeros/one_step",
        StartsFromZeros,
        series,
        "one_step",
        needs=Needs(L=2, bidirectional=True),
        code="out[:, -1, :]",
    ),
    case("learned", LearnedStart, series),
    case(
        "learned/for_each",
        LearnedStartForEach,
        series,
        "batch_of_one",
        # A parameter is no state that is kept, but it does not fit another batch either.
        instead={"carried_batch"},
        needs=Needs(N=2),
        code="(self.h_0, self.c_0)",
    ),
    case("context", StatesFromContext, series_and_context),
    case(
        "context/view",
        StatesFromContextByView,
        series_and_context,
        "view",
        needs=Needs(N=2, num_layers=2),
        code=".view(self.num_layers, x.size(0)",
        square={"samples_mix", "batch_first"},
    ),
    case("context/unused", ContextUnread, series_and_context, "unused"),
    case("cell", CellLoop, series),
    case(
        "cell/over_batch",
        CellOverBatch,
        series,
        "batch_first",
        needs=Needs(N=2),
        told=0,
        code="for step in x:",
        instead={"time_axis", "samples_mix"},
    ),
    case(
        "cell/view",
        CellStackedFirst,
        series,
        "view",
        needs=Needs(N=2, L=2),
        code="torch.cat(outputs, dim=0).view(",
        square={"batch_first", "order"},
    ),
    case("cells", GRUCellStack, seq_first, batch=1),
    case(
        "cells/batch_first",
        GRUCellStackOnBatch,
        series,
        "batch_first",
        instead={"time_axis", "samples_mix"},
        needs=Needs(N=2, L=2),
        told=0,
    ),
    case("two_lstms", HandMadeDirections, series),
    case("chained", OneStateForTwo, series),
    case("chained/c_from_h", HiddenForCell, series, "c_from_h", code="(h, h)"),
    case(
        "returns_states",
        ReturnsStates,
        series_and_states,
        batch=1,
        result_batch=1,
    ),
]
