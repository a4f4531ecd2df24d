"""What a case of the zoo is: a model at any sizes, its arguments, and what is wrong with it."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor, nn

VOCABULARY = 11
"""How many token ids there are; 0 is padding."""

Arguments = tuple[tuple[Any, ...], dict[str, Any]]


@dataclass(frozen=True)
class Dims:
    """The sizes that a model is made for and called with."""

    N: int = 3
    L: int = 4
    features: int = 5
    H: int = 6
    num_layers: int = 2
    bidirectional: bool = True
    training: bool = True
    classes: int = 3
    seed: int = 0

    @property
    def D(self) -> int:
        return 2 if self.bidirectional else 1

    def __str__(self) -> str:
        return (
            f"N{self.N}-L{self.L}-F{self.features}-H{self.H}-{self.num_layers}x{self.D}-"
            f"C{self.classes}-{'train' if self.training else 'eval'}-s{self.seed}"
        )


@dataclass(frozen=True)
class Needs:
    """For which sizes a model can be written, or a mistake is one: the least of each."""

    N: int = 1
    L: int = 1
    num_layers: int = 1
    rows: int = 1
    """Of h_n, for each sample."""
    bidirectional: bool | None = None
    one_layer: bool = False
    training: bool | None = None
    even_H: bool = False
    square: bool = False
    """As many steps as samples."""
    L_is_H: bool = False

    def fit(self, dims: Dims) -> Dims:
        """The sizes nearest to these for which the case applies."""
        both = dims.bidirectional if self.bidirectional is None else self.bidirectional
        layers = 1 if self.one_layer else max(dims.num_layers, self.num_layers)
        if layers * (2 if both else 1) < self.rows:
            layers = self.rows
        N, L = max(dims.N, self.N), max(dims.L, self.L)
        H = max(dims.H, self.L) if self.L_is_H else dims.H
        return replace(
            dims,
            N=N,
            L=N if self.square else H if self.L_is_H else L,
            num_layers=layers,
            bidirectional=both,
            training=dims.training if self.training is None else self.training,
            H=max(dims.H, self.L)
            if self.L_is_H
            else dims.H + dims.H % 2
            if self.even_H
            else dims.H,
        )


@dataclass(frozen=True)
class Case:
    """A model as people write it, in a right or a broken version.

    Attributes:
        name: unique, such as ``classifier/last/one_step``.
        make: makes the model.
        arguments: makes what it is called with.
        finds: the kinds of findings that must be named; none for a right version.
        may: further kinds that are true of it too.
        instead: kinds that say as well what was planted, in its place.
        square: likewise, where there are as many steps or layers as samples: a view may then move
            nothing.
        asks: the kinds of questions that must be asked; batch_norm only of one that is trained.
        target: makes what the result is compared with.
        needs: the sizes for which it applies.
        batch: the batch axis of the arguments' tensors, or of each. Where it is 1, explain is told.
        result_batch: that of the tensors of the result, or of each.
        result_time: the axis of the steps of the result's tensors, or of each.
        reads_all: whether the result of a sample reads each of its steps.
        attends: whether it attends over the steps, of which one alone leaves no choice.
        idle: names of parameters, or their beginnings, that forward leaves alone on purpose.
        right: the name of the right version with the same parameters, to compare results with.
        double: whether it can be run in float64.
        compiled: whether it is wrapped by torch.compile, which nobody may call.
        told: the batch axis that explain is told, where the code and the data say different ones.
        code: a part of the line that is wrong, where there is one such line.
    """

    name: str
    make: Callable[[Dims], nn.Module]
    arguments: Callable[[Dims], Arguments]
    finds: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()
    instead: frozenset[str] = frozenset()
    square: frozenset[str] = frozenset()
    asks: frozenset[str] = frozenset()
    target: Callable[[Dims], Tensor] | None = None
    needs: Needs = field(default_factory=Needs)
    batch: int | tuple[int | None, ...] = 0
    result_batch: int | tuple[int | None, ...] = 0
    result_time: int | tuple[int | None, ...] | None = None
    reads_all: bool = True
    attends: bool = False
    idle: tuple[str, ...] = ()
    right: str = ""
    double: bool = True
    compiled: bool = False
    told: int | None = None
    code: str = ""

    @property
    def is_right(self) -> bool:
        return not self.finds and self.asks <= {"batch_norm"}

    def as_well(self, dims: Dims) -> frozenset[str]:
        """The kinds that say it as well, at these sizes."""
        return self.instead | (self.square if dims.N in (dims.L, dims.num_layers) else frozenset())

    def must_ask(self, dims: Dims) -> frozenset[str]:
        """The kinds of questions that must be asked at these sizes."""
        return self.asks if dims.training else self.asks - {"batch_norm"}

    def build(self, dims: Dims) -> nn.Module:
        """The model, the same for the same sizes and seed."""
        torch.manual_seed(dims.seed)
        random.seed(dims.seed)
        with warnings.catch_warnings():
            # torch says itself that the dropout of one layer does nothing.
            warnings.simplefilter("ignore", UserWarning)
            return self.make(dims).train(dims.training)

    def runs(self, dims: Dims) -> nn.Module:
        """The model to be run plainly: of a compiled one what was given to torch.compile."""
        model = self.build(dims)
        return model.get_submodule("_orig_mod") if self.compiled else model

    def call(self, dims: Dims) -> Arguments:
        """What it is called with, the same for the same sizes and seed."""
        torch.manual_seed(dims.seed + 1000)
        return self.arguments(dims)

    def goal(self, dims: Dims) -> Tensor | None:
        """What its result is compared with."""
        torch.manual_seed(dims.seed + 1000)
        return None if self.target is None else self.target(dims)


def case(
    name: str,
    make: Callable[[Dims], nn.Module],
    arguments: Callable[[Dims], Arguments],
    *finds: str,
    **more: Any,
) -> Case:
    """A case, with its sets written shortly."""
    for each in ("may", "instead", "square", "asks"):
        if each in more:
            more[each] = frozenset(more[each])
    return Case(name, make, arguments, frozenset(finds), **more)


def drawn(seed: int) -> Dims:
    """Random sizes; a third of them have two sizes equal, or a batch of one."""
    draw = random.Random(seed)
    dims = Dims(
        N=draw.randint(2, 5),
        L=draw.randint(2, 6),
        features=draw.randint(2, 6),
        H=draw.randint(2, 7),
        num_layers=draw.randint(1, 3),
        bidirectional=draw.random() < 0.5,
        training=draw.random() < 0.5,
        classes=draw.randint(2, 5),
        seed=seed,
    )
    special: list[Callable[[Dims], Dims]] = [
        lambda d: d,
        lambda d: replace(d, N=1),
        lambda d: replace(d, L=1),
        lambda d: replace(d, N=d.H),
        lambda d: replace(d, L=d.H),
        lambda d: replace(d, N=d.L),
        lambda d: replace(d, N=d.L, H=d.L, features=max(d.L, 2)),
        lambda d: replace(d, num_layers=1, bidirectional=False),
        lambda d: d,
        lambda d: d,
    ]
    return special[seed % len(special)](dims)
