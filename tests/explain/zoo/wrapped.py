"""Models inside others, dicts in and out, shared and reparametrised modules."""

# ruff: noqa: RUF059 -- the code of users is kept as they write it.

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm
from torch.nn.utils.rnn import pack_padded_sequence

from tests.explain.zoo.case import VOCABULARY, Arguments, Case, Dims, Needs, case
from tests.explain.zoo.classifiers import LastStep, SensorClassifier
from tests.explain.zoo.inputs import ids_of, lengths_of, padded, series, series_of, tokens
from tests.explain.zoo.taggers import Tagger, TaggerNotBatchFirst


class DictModel(nn.Module):
    """Is given a batch as a dict, and returns one."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, d.features, padding_idx=0)
        self.encoder = nn.GRU(d.features, d.H, batch_first=True, bidirectional=True)
        self.classifier = nn.Linear(2 * d.H + 2, d.classes)

    def forward(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        embedded = self.embedding(batch["input_ids"])
        packed = pack_padded_sequence(
            embedded, batch["lengths"].cpu(), batch_first=True, enforce_sorted=False
        )
        _, h_n = self.encoder(packed)
        pooled = torch.cat([h_n[0], h_n[1], batch["extra"]], dim=-1)
        logits = self.classifier(pooled)
        return {"logits": logits, "probabilities": logits.softmax(dim=-1)}


class DictModelUnpacked(DictModel):
    def forward(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        embedded = self.embedding(batch["input_ids"])
        _, h_n = self.encoder(embedded)
        pooled = torch.cat([h_n[0], h_n[1], batch["extra"]], dim=-1)
        logits = self.classifier(pooled)
        return {"logits": logits, "probabilities": logits.softmax(dim=-1)}


class DictModelByView(DictModel):
    def forward(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        embedded = self.embedding(batch["input_ids"])
        packed = pack_padded_sequence(
            embedded, batch["lengths"].cpu(), batch_first=True, enforce_sorted=False
        )
        _, h_n = self.encoder(packed)
        pooled = torch.cat([h_n.view(embedded.size(0), -1), batch["extra"]], dim=-1)
        logits = self.classifier(pooled)
        return {"logits": logits, "probabilities": logits.softmax(dim=-1)}


@dataclass
class Output:
    logits: Tensor
    hidden: Tensor


class DataclassModel(SensorClassifier):
    """Returns a dataclass, as the models of transformers do."""

    def forward(self, x: Tensor) -> Output:  # type: ignore[override]
        out, (h_n, _) = self.lstm(x)
        last = torch.cat(list(h_n[-2:] if self.lstm.bidirectional else h_n[-1:]), dim=-1)
        return Output(logits=self.fc(self.norm(last)), hidden=last)


class LightningLike(nn.Module):
    """A module of training code around a model."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        self.loss = nn.CrossEntropyLoss()
        self.logged: dict[str, float] = {}

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.model(*args, **kwargs)

    def training_step(self, batch: tuple[Tensor, Tensor], index: int) -> Tensor:
        x, y = batch
        loss = self.loss(self(x), y)
        self.logged["train_loss"] = loss.item()
        return loss


class Siamese(nn.Module):
    """The same encoder for two texts."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.encoder = nn.LSTM(d.features, d.H, d.num_layers, batch_first=True)
        self.head = nn.Linear(2 * d.H, 1)

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        _, (a, _) = self.encoder(left)
        _, (b, _) = self.encoder(right)
        return self.head(torch.cat([torch.abs(a[-1] - b[-1]), a[-1] * b[-1]], dim=-1))


class SiameseCatAlongBatch(Siamese):
    """Runs both at once, and takes every second row for the second text."""

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        both = torch.cat([left, right], dim=0)
        _, (h_n, _) = self.encoder(both)
        pairs = h_n[-1].view(left.size(0), 2, -1)
        a, b = pairs[:, 0], pairs[:, 1]
        return self.head(torch.cat([torch.abs(a - b), a * b], dim=-1))


class SiameseAtOnce(Siamese):
    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        both = torch.cat([left, right], dim=0)
        _, (h_n, _) = self.encoder(both)
        a, b = h_n[-1].chunk(2, dim=0)
        return self.head(torch.cat([torch.abs(a - b), a * b], dim=-1))


class TiedLanguageModel(nn.Module):
    """Its decoder shares the weight of its embedding."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, d.features)
        self.lstm = nn.LSTM(d.features, d.H, d.num_layers, batch_first=True)
        self.project = nn.Linear(d.H, d.features)
        self.decoder = nn.Linear(d.features, VOCABULARY)
        self.decoder.weight = self.embedding.weight

    def forward(self, ids: Tensor) -> Tensor:
        out, _ = self.lstm(self.embedding(ids))
        return self.decoder(self.project(out))


class WeightNormed(nn.Module):
    """weight_norm on the recurrent weight."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.lstm = nn.LSTM(d.features, d.H, batch_first=True)
        weight_norm(self.lstm, "weight_hh_l0")
        self.fc = weight_norm(nn.Linear(d.H, d.classes))

    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.lstm(x)
        return self.fc(out)


class CastsItself(nn.Module):
    """Takes bytes of an image row by row, and makes floats of them."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.rnn = nn.LSTM(d.features, d.H, d.num_layers, batch_first=True)
        self.fc = nn.Linear(d.H, d.classes)

    def forward(self, image: Tensor) -> Tensor:
        rows = image.float() / 255
        out, _ = self.rnn(rows)
        return self.fc(out[:, -1])


class Frozen(nn.Module):
    """A pretrained encoder that is not trained on."""

    def __init__(self, d: Dims) -> None:
        super().__init__()
        self.encoder = nn.GRU(d.features, d.H, batch_first=True)
        for parameter in self.encoder.parameters():
            parameter.requires_grad = False
        self.head = nn.Linear(d.H, d.classes)

    def forward(self, x: Tensor) -> Tensor:
        with torch.no_grad():
            _, h_n = self.encoder(x)
        return self.head(h_n[-1])


def batches(d: Dims) -> Arguments:
    lengths = lengths_of(d)
    ids = padded(ids_of(d), lengths)
    return ({"input_ids": ids, "lengths": lengths, "extra": torch.randn(d.N, 2)},), {}


def pairs(d: Dims) -> Arguments:
    return (series_of(d), series_of(d)), {}


def bytes_of(d: Dims) -> Arguments:
    return (torch.randint(0, 256, (d.N, d.L, d.features), dtype=torch.uint8),), {}


def unidirectional(d: Dims) -> nn.Module:
    return LightningLike(nn.DataParallel(LastStep(d)))


def not_called(*_: Any) -> Any:
    raise AssertionError("the model was compiled")


CASES: list[Case] = [
    case("dict", DictModel, batches),
    case(
        "dict/padding",
        DictModelUnpacked,
        batches,
        "padding",
        needs=Needs(N=2, L=2),
        code="self.encoder(embedded)",
    ),
    case("dict/view", DictModelByView, batches, "view", needs=Needs(N=2), code="h_n.view("),
    case("dataclass", DataclassModel, series),
    case("lightning", lambda d: LightningLike(Tagger(d)), tokens),
    case(
        "lightning/batch_first",
        lambda d: LightningLike(TaggerNotBatchFirst(d)),
        tokens,
        "batch_first",
        needs=Needs(N=2),
    ),
    case("data_parallel", unidirectional, series, needs=Needs(bidirectional=False)),
    case(
        "data_parallel/one_step",
        unidirectional,
        series,
        "one_step",
        needs=Needs(L=2, bidirectional=True),
        code="out[:, -1]",
    ),
    case("siamese", Siamese, pairs),
    case("siamese/at_once", SiameseAtOnce, pairs),
    case(
        "siamese/view",
        SiameseCatAlongBatch,
        pairs,
        "view",
        needs=Needs(N=2),
        code="h_n[-1].view(left.size(0), 2, -1)",
    ),
    case("tied", TiedLanguageModel, tokens),
    case("weight_norm", WeightNormed, series),
    case("bytes", CastsItself, bytes_of, double=False),
    case("frozen", Frozen, series),
    case(
        "compiled",
        lambda d: torch.compile(LastStep(d), backend=not_called),
        series,
        needs=Needs(bidirectional=False),
        compiled=True,
    ),
    case(
        "compiled/one_step",
        lambda d: torch.compile(LastStep(d), backend=not_called),
        series,
        "one_step",
        needs=Needs(L=2, bidirectional=True),
        compiled=True,
        code="out[:, -1]",
    ),
]
