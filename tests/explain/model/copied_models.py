"""Models of every kind that is copied differently."""

from __future__ import annotations

import functools
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations, prune


class Tagger(nn.Module):
    """What most models are: an embedding's features, a module, a head."""

    def __init__(self, width: int = 4, *, rows: int = 3) -> None:
        super().__init__()
        self.rnn = nn.LSTM(width, rows, batch_first=True)
        self.fc = nn.Linear(rows, width)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.rnn(x)[0])


class Tied(Tagger):
    def __init__(self) -> None:
        super().__init__(3, rows=3)
        self.back = nn.Linear(3, 3)
        self.back.weight = self.fc.weight
        self.bias_too = self.fc.bias
        # Two parameters on one storage are tied too.
        self.third = nn.Linear(3, 3)
        self.third.weight.data = self.fc.weight.data

    def forward(self, x: Tensor) -> Tensor:
        return self.third(self.back(super().forward(x[..., :3]))) + self.bias_too


class Twice(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.GRU(4, 4, batch_first=True)
        self.second = self.first
        self.listed = [self.first]

    def forward(self, x: Tensor) -> Tensor:
        return self.second(self.first(x)[0])[0] + self.listed[0](x)[0]


class Stateful(Tagger):
    """Its state is kept with the graph of the call before."""

    def __init__(self) -> None:
        super().__init__()
        self.states: dict[str, Any] = {"hidden": None, "seen": []}

    def forward(self, x: Tensor) -> Tensor:
        out, self.states["hidden"] = self.rnn(x, self.states["hidden"])
        self.states["seen"].append(out)
        return self.fc(out)


class Locked(Tagger):
    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.Lock()
        self.log = logging.Logger("of no tree")
        self.rows_of_a_file = (line for line in ["a"])
        self.library = np

    def forward(self, x: Tensor) -> Tensor:
        with self.lock:
            return super().forward(x)


class Overridden(Tagger):
    """Its forward is replaced on the instance, as libraries do that wrap models."""

    def __init__(self, how: str) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.full((1,), 2.0))
        self.forward = {  # type: ignore[method-assign]
            "method": self.scaled,
            "lambda": lambda x: self.scaled(x),
            "partial": functools.partial(Overridden.scaled, self),
        }[how]

    def scaled(self, x: Tensor) -> Tensor:
        return self.scale * self.fc(self.rnn(x)[0])


class Recorder(nn.Module):
    """Like Lightning: what its class says of copies and pickles is of its own."""

    def __init__(self, hparams: dict[str, Any]) -> None:
        super().__init__()
        self.save = hparams
        self.inner = Tagger(**hparams)
        self._trainer = Trainer(self)
        self.register_buffer("mean", torch.ones(4))
        self.example = torch.ones(1, 5, 4)
        self.precision = torch.float32

    def __getstate__(self) -> dict[str, Any]:
        raise RuntimeError("not to be pickled")

    def __deepcopy__(self, memo: dict[int, Any]) -> Recorder:
        raise RuntimeError("not to be copied")

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(x - self.mean + torch.zeros(4, dtype=self.precision))


class Trainer:
    def __init__(self, model: nn.Module) -> None:
        self.model = model


class OwnLSTM(nn.LSTM):
    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        return super().forward(x)[0]


class Slotted(Tagger):
    __slots__ = ("offset",)

    def __init__(self) -> None:
        super().__init__()
        object.__setattr__(self, "offset", torch.ones(4))

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) + self.offset


class Pair(NamedTuple):
    h: Tensor
    c: Tensor


@dataclass
class Memory:
    pair: Pair
    lock: Any = field(default_factory=threading.Lock)


class Remembering(Tagger):
    """Its state is in objects of classes of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.memory = Memory(Pair(torch.ones(1, 2, 3), torch.ones(1, 2, 3)))
        self.loop: list[Any] = [self.memory]
        self.loop.append((self.loop, self))

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.rnn(x, tuple(self.memory.pair))[0])


def tagger(change: Callable[[Tagger], object]) -> Tagger:
    model = Tagger()
    change(model)
    return model


def old_norm(model: Tagger) -> None:
    nn.utils.weight_norm(model.rnn, "weight_hh_l0")
    nn.utils.weight_norm(model.fc)


def new_norm(model: Tagger) -> None:
    parametrizations.weight_norm(model.rnn, "weight_hh_l0")
    parametrizations.weight_norm(model.fc)


def pruned(model: Tagger) -> None:
    prune.l1_unstructured(model.fc, "weight", amount=0.5)
    prune.random_unstructured(model.rnn, "weight_hh_l0", amount=0.5)


def compiled_forward(model: Tagger) -> None:
    model.forward = torch.compile(model.forward, backend=refusing)  # type: ignore[method-assign]


def refusing(*_: Any) -> Any:
    raise AssertionError("compiled")


def stepped() -> Stateful:
    model = Stateful()
    model(torch.ones(2, 5, 4))
    return model


MODELS: dict[str, Callable[[], nn.Module]] = {
    "plain": Tagger,
    "tied": Tied,
    "shared": Twice,
    "bare": lambda: OwnLSTM(4, 3, num_layers=2, bidirectional=True, proj_size=2),
    "cell": lambda: nn.Sequential(nn.Flatten(0, 1), nn.GRUCell(4, 3)),
    "old weight norm": lambda: tagger(old_norm),
    "new weight norm": lambda: tagger(new_norm),
    "old spectral norm": lambda: tagger(lambda m: nn.utils.spectral_norm(m.fc)),
    "new spectral norm": lambda: tagger(lambda m: parametrizations.spectral_norm(m.fc)),
    "orthogonal": lambda: tagger(lambda m: parametrizations.orthogonal(m.rnn, "weight_hh_l0")),
    "pruned": lambda: tagger(pruned),
    "stateful": stepped,
    "locked": Locked,
    "method": lambda: Overridden("method"),
    "lambda": lambda: Overridden("lambda"),
    "partial": lambda: Overridden("partial"),
    "recorder": lambda: Recorder({"width": 4, "rows": 2}),
    "slots": Slotted,
    "remembering": Remembering,
    "traced": lambda: torch.fx.symbolic_trace(Tagger()),
    "parallel": lambda: nn.DataParallel(Tagger()),
    "parallel within": lambda: nn.Sequential(nn.DataParallel(Tagger()), nn.Tanh()),
    "compiled": lambda: torch.compile(Tagger(), backend=refusing),  # type: ignore[dict-item]
    "compiled within": lambda: nn.Sequential(torch.compile(Tagger(), backend=refusing)),
    "compiled in place": lambda: tagger(lambda m: m.compile(backend=refusing)),
    "compiled forward": lambda: tagger(compiled_forward),
}
COMPILED = {name for name in MODELS if name.startswith("compiled")}
