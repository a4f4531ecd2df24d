"""Runs a copy of the user's model again and again, each time from the same state."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _NormBase
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from lstm_shapes.explain.model.alone import Draws
from lstm_shapes.explain.model.given import Given, Value, tensors_in
from lstm_shapes.explain.model.recorded import Outputs, RecordedCall, Recorder
from lstm_shapes.explain.model.watch import Digest, Edit, Operation, Watch, digest_of

CallEdits = Mapping[int, Callable[[Outputs], Outputs]]


@dataclass(frozen=True)
class Run:
    """One run of the copy.

    Attributes:
        values: what the leaves of the arguments were.
        leaves: the same as tensors with a gradient; ``None`` for integers, or without gradients.
        passed: what the model was given: copies of these.
        returned: all that the model returned.
        results: the floating point tensors in it, with where they are.
        digests: of each result.
        operations, calls: what was seen.
        complete: whether all operations were recorded.
    """

    values: tuple[Value, ...]
    leaves: tuple[Tensor | None, ...]
    passed: tuple[Value, ...]
    returned: Any
    results: tuple[tuple[str, Tensor], ...]
    digests: tuple[Digest, ...]
    operations: tuple[Operation, ...]
    calls: tuple[RecordedCall, ...]
    complete: bool

    @property
    def entries(self) -> list[Operation]:
        """The operations by which integers become floating point numbers."""
        return [each for each in self.operations if each.entry]


@dataclass
class Session:
    """A copy of the user's model and the arguments of its call.

    Attributes:
        model: the copy, which is changed by this.
        given: the arguments.
        dtype: of all floating point numbers; ``None`` leaves them.
        draws: the state of the random generators that each run starts from.
        forwards, backwards: how many passes were made.
        norms: the names of batch norms that were in train mode; they are run as in eval.
        called: the names of the modules that were called in any run.
        dropouts: of recurrent modules, by their names: it is off in all runs, since what it
            takes by chance is not unread.
        progress: is told the number of passes before each.
    """

    model: nn.Module
    given: Given
    dtype: torch.dtype | None
    draws: Draws
    forwards: int = 0
    backwards: int = 0
    norms: list[str] = field(default_factory=list)
    called: set[str] = field(default_factory=set)
    dropouts: dict[str, float] = field(default_factory=dict)
    progress: Callable[[int], None] = lambda passes: None

    def __post_init__(self) -> None:
        self.recorder = Recorder(Watch())
        self.passed: tuple[Value, ...] = ()  # what the last run was given
        self._modes = True  # whether each run puts back the modes of the modules too
        for name, module in self.model.named_modules():
            if (
                isinstance(module, _NormBase)
                and module.training
                and module.running_mean is not None
            ):
                self.norms.append(name)
                module.eval()
            if isinstance(module, nn.RNNBase) and module.dropout:
                self.dropouts[name] = float(module.dropout)
                module.dropout = 0.0
            if isinstance(module, nn.modules.dropout._DropoutNd):  # noqa: SLF001 -- of all kinds
                module.p = 0.0
            module.register_forward_pre_hook(partial(self._note, name))
        for parameter in self.model.parameters():
            if parameter.is_floating_point():
                parameter.requires_grad_(True)
        self._kept = [(module, _kept(module)) for module in self.model.modules()]
        self.recorder.install(self.model)

    def _note(self, name: str, module: nn.Module, args: Any) -> None:
        self.called.add(name)

    def run(
        self,
        values: Sequence[Value] | None = None,
        *,
        keep: bool = False,
        edits: Mapping[tuple[int, int], Edit] | None = None,
        calls: CallEdits | None = None,
        again: bool = False,
        gradients: bool = True,
        given: Given | None = None,
    ) -> Run:
        """Run the copy once.

        Args:
            values: of the leaves of the arguments; the user's own if none are given.
            keep: whether tensors are kept and gradients can be computed.
            edits: changes of what operations return.
            calls: changes of what calls of recurrent modules return.
            gradients: whether a run that keeps tensors keeps its graph too.
            again: whether the model goes on from the state that the last run has left.

        Raises:
            Exception: any that the model raises.
        """
        if not again:
            self.restart()
        self.draws.put_back()
        self.forwards += 1
        self.progress(self.forwards)
        given = given or self.given
        own = [leaf.value for leaf in given.leaves] if values is None else list(values)
        watch = Watch(self.dtype, keep, edits or {})
        self.recorder.fresh(watch, calls or {})
        graph = keep and gradients
        leaves = [_leaf(each) if graph else None for each in own]
        passed = [
            _clone(each) if leaf is None else leaf.clone()
            for each, leaf in zip(own, leaves, strict=True)
        ]
        self.passed = tuple(passed)
        args, kwargs = given.build(passed)
        with torch.set_grad_enabled(graph), watch:
            returned = self.model(*args, **kwargs)
        packed = [call.packed for call in self.recorder.calls if call.packed is not None]
        results = tuple((name, _padded(each, packed)) for name, each in tensors_in(returned))
        return Run(
            tuple(own),
            tuple(leaves),
            tuple(passed),
            returned,
            results,
            tuple(digest_of(tensor) for _, tensor in results),
            tuple(watch.operations),
            tuple(self.recorder.calls),
            watch.complete,
        )

    @contextmanager
    def in_eval(self) -> Iterator[None]:
        """Without dropout, of which other shapes would draw other masks."""
        modes = [(module, module.training) for module in self.model.modules()]
        self.model.eval()
        self._modes = False
        try:
            yield
        finally:
            self._modes = True
            for module, mode in modes:
                module.training = mode

    def restart(self) -> None:
        """Put the copy's own attributes and buffers back to what they were at first."""
        for module, kept in self._kept:
            own = vars(module)
            for name in set(own) - set(kept) - {*_LEFT, "forward"}:
                del own[name]
            for name, value in kept.items():
                if name == "_buffers":
                    for key, buffer in value.items():
                        own["_buffers"][key] = None if buffer is None else buffer.clone()
                elif name != "training" or self._modes:
                    own[name] = _copied(value)

    def gradients(
        self, total: Tensor, tensors: Sequence[Tensor], retain: bool = True
    ) -> list[Tensor | None]:
        """The gradient of a number with respect to tensors; ``None`` where nothing leads there."""
        wanted = [each for each in tensors if each.requires_grad]
        if not total.requires_grad or not wanted:
            return [None] * len(tensors)
        self.backwards += 1
        found = iter(torch.autograd.grad(total, wanted, retain_graph=retain, allow_unused=True))
        return [next(found) if each.requires_grad else None for each in tensors]


def _padded(result: Tensor, packed: Sequence[PackedSequence]) -> Tensor:
    """A result with a row for each step of a packed sequence, as (N, L, ...)."""
    for each in packed:
        steps = each.batch_sizes
        if result.dim() > 1 and result.shape[0] == each.data.shape[0] > int(steps[0]):
            same = PackedSequence(result, steps, each.sorted_indices, each.unsorted_indices)
            return pad_packed_sequence(same, batch_first=True)[0]
    return result


_LEFT = {"_parameters", "_modules"}
"""What is not put back: parameters are never changed by a run of a model."""


def _kept(module: nn.Module) -> dict[str, Any]:
    own = vars(module)
    left = {*_LEFT, "forward"}
    found = {name: _copied(value) for name, value in own.items() if name not in left}
    found["_buffers"] = {
        name: None if each is None else each.detach().clone()
        for name, each in own["_buffers"].items()
    }
    return found


def _copied(value: Any) -> Any:
    """A copy of a plain attribute in which no tensor and no container is shared."""
    if isinstance(value, nn.Parameter):
        return value
    if isinstance(value, Tensor):
        return value.detach().clone() if value.grad_fn is None else value.clone().detach()
    if type(value) in (list, tuple, set):
        return type(value)(_copied(each) for each in value)
    if type(value) is dict:
        return {key: _copied(each) for key, each in value.items()}
    return value


def _leaf(value: Value) -> Tensor | None:
    if not isinstance(value, Tensor) or not value.is_floating_point():
        return None
    return value.detach().clone().requires_grad_()


def _clone(value: Value) -> Value:
    return value.clone() if isinstance(value, Tensor) else list(value)
