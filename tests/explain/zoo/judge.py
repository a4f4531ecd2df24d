"""The second judge: what is wrong with a case, seen from outside by plain runs in float64.

It knows nothing of `lstm_shapes`: it changes what a model is given, or a weight, or what a module
returns, and looks whether the result changes that should not.
"""

from __future__ import annotations

import copy
import dataclasses
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils import _pytree as pytree

from tests.explain.zoo.case import VOCABULARY, Case, Dims

RECURRENT = (nn.LSTM, nn.GRU, nn.RNN)


@contextmanager
def double(on: bool) -> Iterator[None]:
    """Makes whatever is made here in float64, states inside a forward too."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64 if on else before)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def plain(result: Any) -> list[Tensor]:
    """The float tensors of a result."""
    if dataclasses.is_dataclass(result) and not isinstance(result, type):
        result = [getattr(result, each.name) for each in dataclasses.fields(result)]
    leaves = pytree.tree_leaves(result)
    return [each for each in leaves if isinstance(each, Tensor) and each.is_floating_point()]


def axes(given: Any, count: int) -> list[Any]:
    return list(given) if isinstance(given, tuple) else [given] * count


class Trial:
    """A case at some sizes, to be run again with changes."""

    def __init__(self, case: Case, dims: Dims, *, training: bool = False) -> None:
        self.case, self.dims = case, dims
        with double(case.double):
            self.model = case.runs(dims).train(training)
            self.leaves, self.spec = pytree.tree_flatten(case.call(dims))
        tensors = [index for index, leaf in enumerate(self.leaves) if isinstance(leaf, Tensor)]
        self.batch: dict[int, int] = {
            index: min(axis, self.leaves[index].dim() - 1)
            for index, axis in zip(tensors, axes(case.batch, len(tensors)), strict=True)
        }
        self.time = {
            index: 1 - axis for index, axis in self.batch.items() if self.has_steps(index, axis)
        }
        self.tolerance = 1e-9 if case.double else 1e-4

    def has_steps(self, index: int, batch: int) -> bool:
        """Whether an argument's tensor is the sequence, or its mask."""
        leaf = self.leaves[index]
        if index > 0 and leaf.dtype != torch.bool:
            return False
        return leaf.dim() in (2, 3, 5) and leaf.size(1 - batch) == self.dims.L

    def given_lengths(self) -> Tensor | None:
        """Of each sample: as they are given, or up to the last token that is no padding."""
        for index in self.batch:
            leaf = self.leaves[index]
            if leaf.dim() == 1:
                return leaf
            if leaf.dtype == torch.bool:
                return leaf.sum(1)
        first = self.leaves[0]
        if not first.is_floating_point() and first.dim() == 2 and bool((first == 0).any()):
            return (torch.arange(1, first.size(1) + 1) * (first != 0)).amax(1)
        return None

    def lengths(self) -> Tensor:
        """Of each sample; all steps if there is no padding."""
        given = self.given_lengths()
        return torch.full((self.dims.N,), self.dims.L) if given is None else given

    def run(self, leaves: list[Any] | None = None, model: nn.Module | None = None) -> list[Tensor]:
        """The result, each time with the same random numbers and a fresh model."""
        args, kwargs = pytree.tree_unflatten(leaves or self.leaves, self.spec)
        torch.manual_seed(5)
        random.seed(5)
        with double(self.case.double), torch.no_grad():
            return plain((model or copy.deepcopy(self.model))(*args, **kwargs))

    def with_leaf(self, change: Callable[[int, Tensor], Tensor]) -> list[Any]:
        return [
            change(index, leaf.clone()) if index in self.batch else leaf
            for index, leaf in enumerate(self.leaves)
        ]

    def changed_sample(self, sample: int, step: int | None = None) -> list[Any]:
        """The arguments with other numbers in one sample, or at one of its steps."""

        def change(index: int, leaf: Tensor) -> Tensor:
            if leaf.dim() == 1 or leaf.dtype == torch.bool:
                return leaf
            part = leaf.select(self.batch[index], sample)
            if step is not None:
                if index not in self.time:
                    return leaf
                time = self.time[index] - (self.time[index] > self.batch[index])
                part = part.narrow(time, step, 1)
            part.copy_(other(part))
            return leaf

        return self.with_leaf(change)

    def rows(self, result: list[Tensor], sample: int, steps: int | None = None) -> list[Tensor]:
        """The part of a result that is of one sample, of its first steps."""
        found = []
        batch = axes(self.case.result_batch, len(result))
        time = axes(self.case.result_time, len(result))
        for tensor, axis, when in zip(result, batch, time, strict=True):
            part = tensor if when is None or steps is None else tensor.narrow(when, 0, steps)
            found.append(part.select(axis, sample))
        return found

    def fits(self, result: list[Tensor], N: int | None = None) -> bool:
        """Whether the result has a place for each sample."""
        batch = axes(self.case.result_batch, len(result))
        return all(
            tensor.dim() > axis and tensor.size(axis) == (N or self.dims.N)
            for tensor, axis in zip(result, batch, strict=True)
        )

    def differs(self, one: list[Tensor], other: list[Tensor]) -> bool:
        return any(
            a.shape != b.shape or not torch.allclose(a, b, rtol=0, atol=self.tolerance)
            for a, b in zip(one, other, strict=True)
        )


def other(part: Tensor) -> Tensor:
    """Other numbers, or other tokens, none of them padding."""
    if part.is_floating_point():
        return part + torch.randn(part.shape, dtype=part.dtype, generator=_noise())
    limit = 255 if part.dtype == torch.uint8 else VOCABULARY - 1
    return part % limit + 1


def _noise() -> torch.Generator:
    return torch.Generator().manual_seed(11)


def mixes(trial: Trial) -> bool:
    """Whether the result of a sample changes with another sample."""
    before = trial.run()
    if not trial.fits(before):
        return True
    for sample in range(trial.dims.N):
        after = trial.run(trial.changed_sample(sample))
        others = [each for each in range(trial.dims.N) if each != sample]
        if any(trial.differs(trial.rows(before, o), trial.rows(after, o)) for o in others):
            return True
    return False


def wrong_rows(trial: Trial) -> bool:
    return not trial.fits(trial.run())


def reads_padding(trial: Trial) -> bool:
    """Whether other numbers in the padding, or more or less of it, change a result."""
    before, lengths = trial.run(), trial.given_lengths()
    if lengths is None:
        return False
    longer = trial.run(trial.with_leaf(lambda i, leaf: lengthened(trial, i, leaf)))
    noisy = trial.run(trial.with_leaf(lambda i, leaf: noised(trial, i, leaf, lengths)))
    for sample, steps in enumerate(lengths.tolist()):
        own = trial.rows(before, sample, steps)
        alone = trial.run(trial.with_leaf(lambda i, leaf: cut(trial, i, leaf, sample, steps)))  # noqa: B023
        for changed, place in ((longer, sample), (noisy, sample), (alone, 0)):
            if trial.differs(own, trial.rows(changed, place, steps)):
                return True
    return False


def lengthened(trial: Trial, index: int, leaf: Tensor) -> Tensor:
    """With two more steps of padding."""
    if index not in trial.time:
        return leaf
    shape = list(leaf.shape)
    shape[trial.time[index]] = 2
    return torch.cat([leaf, leaf.new_zeros(shape)], dim=trial.time[index])


def noised(trial: Trial, index: int, leaf: Tensor, lengths: Tensor) -> Tensor:
    """With other numbers in the padding; tokens are left, since an id of padding is known by it."""
    if index in trial.time and leaf.is_floating_point():
        for sample, steps in enumerate(lengths.tolist()):
            part = leaf[sample, steps:]
            part.copy_(other(part))
    return leaf


def cut(trial: Trial, index: int, leaf: Tensor, sample: int, steps: int) -> Tensor:
    """One sample alone, without its padding."""
    leaf = leaf.narrow(trial.batch[index], sample, 1)
    return leaf.narrow(trial.time[index], 0, steps) if index in trial.time else leaf


def fails_alone(trial: Trial) -> bool:
    """Whether the first sample alone raises, or gives another result than in the batch."""
    before = trial.run()
    try:
        alone = trial.run(trial.with_leaf(lambda i, leaf: leaf.narrow(trial.batch[i], 0, 1)))
    except (RuntimeError, IndexError, ValueError):
        return True
    if not trial.fits(alone, 1):
        return True
    steps = int(trial.lengths()[0])
    return trial.differs(trial.rows(before, 0, steps), trial.rows(alone, 0, steps))


def unread_parameters(trial: Trial, part: int | None = None) -> set[str]:
    """The parameters that do nothing to the result, or to one of its tensors."""
    which = slice(None) if part is None else slice(part, part + 1)
    before, unread = trial.run()[which], set()
    for name, _ in trial.model.named_parameters():
        model = copy.deepcopy(trial.model)
        with torch.no_grad():
            weight = model.get_parameter(name)
            weight.copy_(weight + 0.5 * torch.randn(weight.shape, generator=_noise()))
        if not trial.differs(before, trial.run(model=model)[which]):
            unread.add(name)
    return unread


def unread_arguments(trial: Trial) -> bool:
    """Whether a float argument does nothing to the result."""
    before = trial.run()
    return any(
        leaf.is_floating_point()
        and not trial.differs(
            before, trial.run([other(x) if i == index else x for i, x in enumerate(trial.leaves)])
        )
        for index, leaf in enumerate(trial.leaves)
        if index in trial.batch
    )


def unread_steps(trial: Trial) -> set[tuple[int, int]]:
    """The samples and steps, not of padding, that do nothing to their sample's result."""
    before, unread = trial.run(), set()
    for sample, length in enumerate(trial.lengths().tolist()):
        for step in range(length if trial.time else 0):
            after = trial.run(trial.changed_sample(sample, step))
            pairs = zip(trial.rows(before, sample), trial.rows(after, sample), strict=True)
            if all(torch.equal(a, b) for a, b in pairs):
                unread.add((sample, step))
    return unread


def reads_lower_layers(trial: Trial) -> bool:
    """Whether states of a layer that is not the last change the result."""

    def disturb(module: Any, _: Any, returned: Any) -> Any:
        out, states = returned
        rows = 2 if module.bidirectional else 1
        if isinstance(states, tuple):
            return out, (noise_rows(states[0], rows), states[1])
        return out, noise_rows(states, rows)

    return hooked(trial, disturb)


def noise_rows(states: Tensor, last: int) -> Tensor:
    states = states.clone()
    states[:-last] += 0.3
    return states


def leaves_c_unread(trial: Trial) -> bool:
    """Whether c_n of the first LSTM does nothing."""

    def disturb(_: Any, __: Any, returned: Any) -> Any:
        out, (h, c) = returned
        return out, (h, c + 0.3)

    return not hooked(trial, disturb)


def hooked(trial: Trial, hook: Callable[[Any, Any, Any], Any]) -> bool:
    """Whether the result changes if the first recurrent module returns something else."""
    model = copy.deepcopy(trial.model)
    first = next(each for each in model.modules() if isinstance(each, RECURRENT))
    first.register_forward_hook(hook)
    return trial.differs(trial.run(), trial.run(model=model))


def reads_later_steps(trial: Trial) -> bool:
    """Whether the result at a step changes with a later step of the input."""
    before, L = trial.run(), trial.dims.L
    after = trial.run(trial.changed_sample(0, L - 1))
    return trial.differs(trial.rows(before, 0, L - 1)[:1], trial.rows(after, 0, L - 1)[:1])


def carries_graph(trial: Trial) -> bool:
    """Whether a second step of training raises."""
    model = copy.deepcopy(trial.model).train()
    args, kwargs = pytree.tree_unflatten(trial.leaves, trial.spec)
    try:
        with double(trial.case.double):
            for _ in range(2):
                sum(each.sum() for each in plain(model(*args, **kwargs))).backward()
    except RuntimeError as error:
        return "backward through the graph a second time" in str(error)
    return False


def carries_batch(trial: Trial) -> bool:
    """Whether a batch with one more sample raises after the first."""
    model = copy.deepcopy(trial.model)
    trial.run(model=model)
    more = trial.with_leaf(
        lambda i, leaf: torch.cat([leaf.narrow(trial.batch[i], 0, 1), leaf], trial.batch[i])
    )
    try:
        return not trial.fits(trial.run(more, model), trial.dims.N + 1)
    except (RuntimeError, ValueError):
        return True


def unread_outputs(trial: Trial) -> bool:
    """Whether a row of a Linear's weight has no gradient at all."""
    model = copy.deepcopy(trial.model)
    args, kwargs = pytree.tree_unflatten(trial.leaves, trial.spec)
    torch.manual_seed(5)
    random.seed(5)
    with double(trial.case.double):
        results = plain(model(*args, **kwargs))
        loss = sum((each * torch.randn(each.shape)).sum() for each in results)
    linears = [each.weight for each in model.modules() if isinstance(each, nn.Linear)]
    found = torch.autograd.grad(loss, linears, allow_unused=True)
    return any(each is not None and bool((each == 0).all(1).any()) for each in found)


def broadcasts(trial: Trial) -> bool:
    goal, result = trial.case.goal(trial.dims), trial.run()[0]
    if goal is None or not goal.is_floating_point():
        return False
    return torch.broadcast_shapes(goal.shape, result.shape) != result.shape or (
        goal.shape != result.shape
    )


def drops_nothing(trial: Trial) -> bool:
    return any(
        each.dropout > 0 and each.num_layers == 1
        for each in trial.model.modules()
        if isinstance(each, RECURRENT)
    )


def differs_from_right(trial: Trial, right: Case) -> bool:
    """Whether the right model, with the same weights, gives another result."""
    with double(trial.case.double):
        model = right.build(trial.dims).eval()
    model.load_state_dict(trial.model.state_dict())
    return trial.differs(trial.run(), trial.run(model=model))


def one_direction_unread(trial: Trial) -> bool:
    """Whether a layer's weights of one direction do nothing, and those of the other do."""
    unread = {name for name in unread_parameters(trial) if "weight_ih" in name}
    named = [name for name, _ in trial.model.named_parameters() if "weight_ih" in name]
    pairs = [(name, f"{name}_reverse") for name in named if f"{name}_reverse" in named]
    return any((one in unread) != (two in unread) for one, two in pairs)


def backward_saw_one_step(trial: Trial) -> bool:
    """Only where it has seen one step are the weights for its own last state of no use."""
    for part in range(len(trial.run())):
        unread = unread_parameters(trial, part)
        own = [n for n in unread if "weight_hh" in n and n.endswith("_reverse")]
        if any(name.replace("weight_hh", "weight_ih") not in unread for name in own):
            return True
    return False


def one_direction(trial: Trial) -> bool:
    return all(
        not each.bidirectional for each in trial.model.modules() if isinstance(each, RECURRENT)
    )


SYMPTOMS: dict[str, Callable[[Trial], bool]] = {
    "batch_first": mixes,
    "view": mixes,
    "samples_mix": mixes,
    "order": mixes,
    "rows": wrong_rows,
    "padding": reads_padding,
    "pooling": reads_padding,
    "batch_of_one": fails_alone,
    "lower_layer": reads_lower_layers,
    "c_from_h": leaves_c_unread,
    "future": reads_later_steps,
    "carried_graph": carries_graph,
    "carried_batch": carries_batch,
    "outputs_unread": unread_outputs,
    "broadcast": broadcasts,
    "dropout": drops_nothing,
    "unused": lambda trial: bool(unread_parameters(trial)) or unread_arguments(trial),
    "direction_unread": one_direction_unread,
    "one_step": backward_saw_one_step,
    "halves": one_direction,
}
"""What can be seen from outside of each kind; of time_axis that the right version differs."""


NEVER_OF_RIGHT = (
    "view",
    "rows",
    "padding",
    "batch_of_one",
    "carried_graph",
    "carried_batch",
    "outputs_unread",
    "broadcast",
    "dropout",
)


def faults(case: Case, dims: Dims) -> list[str]:
    """What is wrong with a version that should be right, in words; empty if nothing is."""
    trial = Trial(case, replace(dims, L=max(dims.L, 2)) if case.attends else dims)
    found = [kind for kind in NEVER_OF_RIGHT if SYMPTOMS[kind](trial)]
    if case.reads_all and (steps := unread_steps(trial)):
        found.append(f"steps {sorted(steps)} are not read")
    # What a module makes of its own last state is not read where there is one step.
    idle = {name for name in unread_parameters(trial) if "weight_hh" not in name}
    if idle := {name for name in idle if not name.startswith(case.idle or ("\0",))}:
        found.append(f"parameters {sorted(idle)} do nothing")
    if unread_arguments(trial):
        found.append("an argument does nothing")
    if case.target and case.result_time and dims.L > 1 and reads_later_steps(trial):
        found.append("future")
    return found


def shows(case: Case, kind: str, dims: Dims, right: Case | None) -> bool:
    """Whether something of this kind can be seen of a broken version, on one of some inputs."""
    for seed in range(3):
        trial = Trial(case, replace(dims, seed=dims.seed + 100 * seed))
        if kind == "time_axis":
            assert right is not None
            if differs_from_right(trial, right):
                return True
        elif SYMPTOMS[kind](trial):
            return True
    return False
