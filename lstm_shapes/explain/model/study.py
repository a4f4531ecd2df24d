"""What is measured of a model: a run as it is, runs with one sample changed, and gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import torch
from torch import Tensor

from lstm_shapes.explain.model.axes import Layout
from lstm_shapes.explain.model.given import Given, Leaf, Value
from lstm_shapes.explain.model.nodes import Node, nodes_of
from lstm_shapes.explain.model.numbers import changed, positions
from lstm_shapes.explain.model.passes import Run, Session
from lstm_shapes.explain.model.recorded import RecordedCall
from lstm_shapes.explain.model.traced import Trace, elements_changed, trace
from lstm_shapes.explain.model.watch import Digest, Edit


class Alone(NamedTuple):
    """A sample that was run by itself, as in eval.

    Attributes:
        sample, length: which one, and its length.
        run: of the sample, without padding.
        batch: of all samples, with their padding.
    """

    sample: int
    length: int
    run: Run
    batch: Run


@dataclass(eq=False)
class Study:
    """A model under study, on a batch of at least two samples if it takes one.

    Attributes:
        session: the copy of the model.
        layout: what the axes of the arguments are.
        base: a run on the user's own numbers.
        target: what the result is held against, if it was given.
        own: the user's own arguments, if samples were added to them.
    """

    session: Session
    layout: Layout
    base: Run
    target: Tensor | None = None
    own: Given | None = None

    @property
    def users(self) -> Given:
        """The user's own arguments."""
        return self.own or self.session.given

    @cached_property
    def nodes(self) -> list[Node]:
        """The steps of the base run, in order."""
        return nodes_of(self.base)

    @cached_property
    def followed(self) -> tuple[int, ...]:
        """The samples that are followed: the first, one in the middle, the last; of samples with
        lengths the two longest and the shortest."""
        count, lengths = self.layout.samples, self.layout.lengths
        if count < 2:
            return ()
        if not self.layout.padded or lengths is None:
            return tuple(sorted({0, count // 2, count - 1}))
        order = sorted(range(count), key=lambda sample: -lengths[sample])
        return tuple(sorted({order[0], order[1], order[-1]}))

    @cached_property
    def sample_runs(self) -> tuple[Run, ...]:
        """A run for each followed sample, in which its numbers are others."""
        return tuple(self.run_with(self._of_sample(sample)) for sample in self.followed)

    def _of_sample(self, sample: int) -> list[Tensor | None]:
        """Where the arguments hold a sample; padding and lengths are left out."""
        where: list[Tensor | None] = []
        for i, leaf in enumerate(self.session.given.leaves):
            axis = self.layout.batch[i]
            if axis is None or (i == self.layout.lengths_leaf and not leaf.floating):
                where.append(None)
            else:
                own = positions(self.layout, i, leaf.tensor, padded=False)
                where.append(own & only(leaf.tensor, axis, sample))
        return where

    def run_with(
        self,
        where: Sequence[Tensor | None],
        edits: Mapping[tuple[int, int], Edit] | None = None,
    ) -> Run:
        """A run with other numbers at some places of the leaves of the arguments.

        Args:
            where: booleans of the shape of each leaf; ``None`` leaves it as it is.
            edits: changes of what operations return.
        """
        leaves = self.session.given.leaves
        values = [
            leaf.value if mask is None else changed(leaf.value, mask)
            for leaf, mask in zip(leaves, where, strict=True)
        ]
        return self.session.run(values, edits=edits)

    @property
    def time_step(self) -> int:
        """The step that is changed in :attr:`time_run`: one in the middle, before any padding."""
        longest = max(self.layout.lengths or (self.layout.steps,))
        return min(self.layout.steps // 2, longest - 1)

    @cached_property
    def time_run(self) -> Run | None:
        """A run with other numbers at one step of all samples; ``None`` without time."""
        layout = self.layout
        if layout.main < 0 or layout.time[layout.main] is None or layout.steps < 2:
            return None
        where: list[Tensor | None] = []
        for i, leaf in enumerate(self.session.given.leaves):
            axis = layout.time[i]
            if axis is None or (i == layout.lengths_leaf and not leaf.lengths):
                where.append(None)
            else:
                where.append(
                    positions(layout, i, leaf.tensor, padded=False)
                    & only(leaf.tensor, axis, self.time_step)
                )
        return self.run_with(where)

    @cached_property
    def alone(self) -> Alone | None:
        """The shortest sample by itself and without its padding; ``None`` without lengths, or if
        the model does not take that."""
        lengths = self.layout.lengths
        if lengths is None:
            return None
        sample = min(range(self.layout.samples), key=lambda each: lengths[each])
        try:
            with self.session.in_eval():
                run = self.session.run(self._cut(sample, lengths[sample]))
                return Alone(sample, lengths[sample], run, self.session.run())
        except Exception:  # whatever the model raises for another number of steps
            return None

    def _cut(self, sample: int, length: int) -> list[Value]:
        """The arguments of one sample, without its padding."""
        values: list[Value] = []
        for i, leaf in enumerate(self.session.given.leaves):
            batch, time = self.layout.batch[i], self.layout.time[i]
            value = leaf.value
            if isinstance(value, Tensor):
                value = value if batch is None else value.narrow(batch, sample, 1)
                value = value if time is None else value.narrow(time, 0, length)
            elif batch is not None:
                value = value[sample : sample + 1]
            values.append(value)
        return values

    @cached_property
    def aligned(self) -> bool:
        """Whether the operations of all sample runs are those of the base run, one by one."""
        own = [(each.number, each.part, each.name) for each in self.base.operations]
        return self.base.complete and all(
            [(each.number, each.part, each.name) for each in run.operations] == own
            for run in self.sample_runs
        )

    def trace_of(self, before: Digest, after: Sequence[Digest | None]) -> Trace:
        """How the samples stand in a tensor, by its digests in the runs."""
        return trace(before, after, self.followed, self.layout.samples)

    @cached_property
    def results(self) -> list[Trace]:
        """How the samples stand in each result."""
        found = []
        for i, digest in enumerate(self.base.digests):
            after = [run.digests[i] if i < len(run.digests) else None for run in self.sample_runs]
            found.append(self.trace_of(digest, after))
        return found

    @cached_property
    def operations(self) -> list[Trace]:
        """How the samples stand in what each operation returned."""
        if not self.aligned:
            return [Trace("unknown")] * len(self.base.operations)
        columns = zip(*(run.operations for run in self.sample_runs), strict=True)
        return [
            self.trace_of(own.digest, [each.digest for each in after])
            for own, after in zip(self.base.operations, columns, strict=True)
        ]

    def call_trace(self, call: RecordedCall, name: str) -> Trace:
        """How the samples stand in a tensor of a call: ``x``, ``out``, ``h`` or ``c``."""
        after: list[Digest | None] = []
        for run in self.sample_runs:
            other = run.calls[call.number] if call.number < len(run.calls) else None
            same = other is not None and other.path == call.path
            after.append(other.digests.get(name) if other is not None and same else None)
        return (
            self.trace_of(call.digests[name], after) if name in call.digests else Trace("unknown")
        )

    def entry_masks(self, run: Run) -> list[tuple[Tensor, Tensor]]:
        """Where numbers came in that a run has changed.

        Returns:
            Tensors of the base run whose gradient can be asked for, each with booleans of its
            shape: what the other run has changed of it.
        """
        found = []
        for leaf, own, other in zip(self.base.leaves, self.base.values, run.values, strict=True):
            if leaf is not None and isinstance(own, Tensor) and isinstance(other, Tensor):
                found.append((leaf, torch.ne(own, other)))
        if [e.name for e in run.entries] == [e.name for e in self.base.entries]:
            for before, after in zip(self.base.entries, run.entries, strict=True):
                mask = elements_changed(before.output, after.output)
                if mask is not None and before.leaf is not None and mask.any():
                    found.append((before.leaf, mask))
        return [(tensor, mask) for tensor, mask in found if mask.any()]

    def reaches(self, total: Tensor, run: Run) -> bool | None:
        """Whether a number depends, by its gradient, on what a run has changed.

        Returns:
            ``None`` where nothing that was changed can have a gradient.
        """
        masks = self.entry_masks(run)
        if not masks:
            return None
        gradients = self.session.gradients(total, [tensor for tensor, _ in masks])
        return any(
            each is not None and bool((each[mask] != 0).any())
            for each, (_, mask) in zip(gradients, masks, strict=True)
        )


def only(tensor: Tensor, axis: int, *indices: int) -> Tensor:
    """Booleans of a tensor's shape, true at some indices of an axis.

    >>> only(torch.zeros(2, 3), 1, 2).tolist()
    [[False, False, True], [False, False, True]]
    """
    mask = torch.zeros(tensor.shape, dtype=torch.bool, device=tensor.device)
    mask.movedim(axis, 0)[list(indices)] = True
    return mask


def weighted(tensor: Tensor, where: Tensor | None = None) -> Tensor:
    """A sum over a tensor, or some of it, with weights that keep terms from cancelling."""
    weights = torch.linspace(0.5, 1.5, max(tensor.numel(), 1), dtype=tensor.dtype)
    terms = tensor * weights[: tensor.numel()].view(tensor.shape).to(tensor.device)
    return (terms if where is None else terms[where]).sum()


def with_samples(given: Given, layout: Layout, count: int) -> Given:
    """The same arguments with so many samples: the first of them, and others like the last.

    Args:
        given: the arguments.
        layout: says which axis of each is the batch.
        count: N, from 1.
    """
    leaves: list[Leaf] = []
    for leaf, axis in zip(given.leaves, layout.batch, strict=True):
        if axis is None:
            leaves.append(leaf)
        elif isinstance(leaf.value, Tensor):
            value = _resized(leaf.value, axis, count)
            leaves.append(replace(leaf, value=value, lengths=_counted(leaf.lengths, count)))
        else:
            leaves.append(replace(leaf, value=list(_counted(tuple(leaf.value), count))))
    return given.with_leaves(leaves)


def some_samples(given: Given, layout: Layout, chosen: Sequence[int]) -> Given:
    """The arguments with some of their samples.

    Args:
        given: the arguments.
        layout: says which axis of each is the batch.
        chosen: the numbers of the samples, in order.
    """
    leaves: list[Leaf] = []
    for leaf, axis in zip(given.leaves, layout.batch, strict=True):
        value = leaf.value
        if axis is None:
            leaves.append(leaf)
        elif isinstance(value, Tensor):
            index = torch.tensor(chosen, device=value.device)
            lengths = tuple(leaf.lengths[b] for b in chosen) if leaf.lengths else ()
            leaves.append(replace(leaf, value=value.index_select(axis, index), lengths=lengths))
        else:
            leaves.append(replace(leaf, value=[value[b] for b in chosen]))
    return given.with_leaves(leaves)


def _counted(lengths: tuple[int, ...], count: int) -> tuple[int, ...]:
    return (*lengths, *lengths[-1:] * count)[:count]


def _resized(value: Tensor, axis: int, count: int) -> Tensor:
    own = value.shape[axis]
    if count <= own:
        return value.narrow(axis, 0, count).clone()
    more = value.narrow(axis, own - 1, 1)
    if more.dim() > 1:  # a list of lengths keeps them
        more = torch.as_tensor(changed(more, torch.ones_like(more, dtype=torch.bool)))
    return torch.cat([value, *[more] * (count - own)], axis)
