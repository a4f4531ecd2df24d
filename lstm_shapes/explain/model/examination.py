"""Examines a copy of a user's model: one run for the shapes, then the runs that find out more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from lstm_shapes.explain.errors.error import explain_error
from lstm_shapes.explain.model import directions, frozen, kept, mixing, padding, rows, timing, usage
from lstm_shapes.explain.model.alone import Draws
from lstm_shapes.explain.model.axes import Layout
from lstm_shapes.explain.model.batch_axis import is_state
from lstm_shapes.explain.model.calls import model_calls, reads_of
from lstm_shapes.explain.model.compared import same_results
from lstm_shapes.explain.model.failing import failed_at
from lstm_shapes.explain.model.found import Found
from lstm_shapes.explain.model.given import taken_apart
from lstm_shapes.explain.model.layout import layout_of
from lstm_shapes.explain.model.passes import Run, Session
from lstm_shapes.explain.model.reading import Readings, nothing_read, readings, readings_of_each
from lstm_shapes.explain.model.report import Finding, ModelQuestion, Reads, Report
from lstm_shapes.explain.model.study import Study, some_samples, with_samples
from lstm_shapes.explain.model.twin import OutOfReach, twin_of
from lstm_shapes.explain.model.way import way_of

MOST_WORK = 3e9
"""Steps of all samples times parameters: above it, fewer samples are examined."""

LEAST_SAMPLES = 5
"""So many samples are examined at least, if there are as many."""


@dataclass(frozen=True)
class Asked:
    """What a user says beside the call.

    Attributes:
        target: what the result is held against, if it was given.
        batch_axis: the axis of the first sequence that is the batch, if it was said.
        probe: whether more than the shapes is wanted.
        progress: is told the number of passes before each.
    """

    target: Tensor | None = None
    batch_axis: int | None = None
    probe: bool = True
    progress: Callable[[int], None] = lambda passes: None


def examined(
    model: nn.Module,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    asked: Asked,
    draws: Draws,
) -> Report:
    """Examine a model on one call.

    Args:
        model: the user's own; it is copied, and never called.
        args, kwargs: what it is called with.
        asked: what the user says beside that.
        draws: where the random generators stand.
    """
    name = type(model).__name__
    try:
        twin = twin_of(model, torch.float64 if asked.probe else None)
    except OutOfReach as reason:
        return Report(name, "was not examined", out_of_reach=(str(reason),))
    if not asked.probe:
        return _shapes(model, _session(model, args, kwargs, None, draws, twin.model))
    session = _session(model, args, kwargs, torch.float64, draws, twin.model)
    remarks = list(twin.remarks)
    try:
        first = session.run(keep=True, gradients=False)
    except Exception:
        session = _session(model, args, kwargs, None, draws)
        try:
            first = session.run(keep=True, gradients=False)
        except Exception as error:
            return _failed(model, session, error)
        remarks.append(
            "The model does not run in float64, so it was measured in its own dtype, where small "
            "gradients may become zero."
        )
    session.progress = asked.progress
    found = Found()
    for each in remarks:
        found.say_out_of_reach(each)
    return _Examination(model, session, found, asked, first).report()


def _shapes(model: nn.Module, session: Session) -> Report:
    """The report of one run in the model's own dtype: calls and shapes."""
    try:
        first = session.run(keep=True, gradients=False)
    except Exception as error:
        return _failed(model, session, error)
    seen = Readings(tuple(nothing_read(call) for call in first.calls), {})
    return Report(
        type(model).__name__,
        _returned(first),
        way=way_of(session, first, session.recorder.began),
        calls=model_calls(model, seen, first.calls),
        forward_passes=session.forwards,
    )


def _session(
    model: nn.Module,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    dtype: torch.dtype | None,
    draws: Draws,
    copy: nn.Module | None = None,
) -> Session:
    copy = twin_of(model, dtype).model if copy is None else copy
    return Session(copy, taken_apart(model, args, kwargs, dtype), dtype, draws)


def _failed(model: nn.Module, session: Session, error: Exception) -> Report:
    """The report of a call that raises."""
    recorder = session.recorder
    failed, place = failed_at(session, error)
    seen = Readings(tuple(nothing_read(call) for call in recorder.calls), {})
    return Report(
        type(model).__name__,
        f"raised {type(error).__name__}",
        way=way_of(session, None, recorder.began),
        calls=model_calls(model, seen, ()),
        error=error,
        explanation=explain_error(error),
        failed=failed,
        place=place,
        forward_passes=session.forwards,
    )


@dataclass
class _Examination:
    """An examination under way.

    Attributes:
        model: the user's own.
        session: the copy.
        found: what was found so far.
        asked: what the user says.
        first: the run for the shapes, on all samples.
    """

    model: nn.Module
    session: Session
    found: Found
    asked: Asked
    first: Run

    def report(self) -> Report:
        """Measure, and write all that was found."""
        session, found, first = self.session, self.found, self.first
        layout = layout_of(session, first, self.asked.target, self.asked.batch_axis)
        way, result = way_of(session, first, session.recorder.began), _returned(first)
        states = [i for i, value in enumerate(first.passed) if is_state(first, value)]
        carried = any(session.given.leaves[i].graph for i in states)
        read = Readings(tuple(nothing_read(call) for call in first.calls), {})
        reads: tuple[Reads, ...] = ()
        if not first.calls:
            found.say_out_of_reach("This call of the model calls no recurrent module.")
        elif not first.results:
            found.say_out_of_reach("The model returns no floating point tensor to look at.")
        elif layout.main >= 0 and not session.given.leaves[layout.main].tensor.numel():
            found.say_out_of_reach("The input holds no numbers, so there is nothing to measure.")
        elif (study := self._study(layout)) is not None:
            read = readings(study)
            reads = reads_of(study, read)
            self._examine(study, read)
        if carried:
            self._carries()
        return Report(
            type(self.model).__name__,
            result,
            way=way,
            calls=model_calls(self.model, read, first.calls),
            findings=tuple(found.findings),
            questions=tuple(found.questions),
            checks=tuple(found.checks),
            out_of_reach=tuple(found.out_of_reach),
            reads=reads,
            forward_passes=session.forwards,
            backward_passes=session.backwards,
        )

    def _study(self, layout: Layout) -> Study | None:
        """What is to be measured; ``None`` where that cannot be."""
        session, found = self.session, self.found
        again = session.run(keep=True, gradients=False)
        if not same_results(self.first, again):
            found.say_out_of_reach(
                "The model is not deterministic: the same call, from the same random state, gives "
                "another result. What is read cannot be measured on it."
            )
            return None
        layout = self._fewer(layout)
        base = session.run(keep=True)
        if not any(result.requires_grad for _, result in base.results):
            found.say_out_of_reach(
                "No gradient leads from the result to anything: the model detaches it, or an "
                "operation without a gradient stands last."
            )
            return None
        return Study(session, layout, base, self._target(layout))

    def _fewer(self, layout: Layout) -> Layout:
        """Take some of the samples, where all of them would take long."""
        size = sum(parameter.numel() for parameter in self.session.model.parameters())
        each = max(layout.steps, 1) * size
        most = max(LEAST_SAMPLES, int(MOST_WORK // max(each, 1)))
        if layout.samples <= most:
            return layout
        lengths = layout.lengths or (layout.steps,) * layout.samples
        order = sorted(range(layout.samples), key=lambda sample: lengths[sample])
        wanted = dict.fromkeys([order[0], order[-1], *range(layout.samples)])
        chosen = sorted(list(wanted)[:most])
        self.found.say_out_of_reach(
            f"Of the {layout.samples} samples {most} were examined, the shortest and the longest "
            "among them, since a run of this model on all of them takes long."
        )
        fewer = replace(
            layout,
            samples=len(chosen),
            lengths=layout.lengths and tuple(layout.lengths[b] for b in chosen),
            chosen=tuple(chosen),
        )
        self.session.given = some_samples(self.session.given, layout, chosen)
        return fewer

    def _target(self, layout: Layout) -> Tensor | None:
        """The target of the samples that are examined."""
        target = self.asked.target
        axis = layout.batch[layout.main] if layout.main >= 0 else None
        if target is None or not layout.chosen or axis is None:
            return target
        axis = min(axis, target.dim() - 1)
        return target.index_select(axis, torch.tensor(layout.chosen, device=target.device))

    def _wider(self, study: Study) -> Study:
        """The same on more samples, where their number is that of something else: then the sizes
        do not tell samples from steps, layers or directions."""
        layout, session = study.layout, self.session
        count = layout.samples
        others = {1, 2, layout.steps, *_other_sizes(study)}
        if count < 1 or count not in others:
            return study
        more = next(n for n in range(count + 1, count + len(others) + 2) if n not in others)
        lengths = layout.lengths and (*layout.lengths, *layout.lengths[-1:] * more)[:more]
        given, session.given = session.given, with_samples(session.given, layout, more)
        try:
            base = session.run(keep=True)
        except Exception:  # states that are kept, or that were given, are of the user's batch
            session.given = given
            if count == 1:
                self.found.say_out_of_reach(
                    "The batch has one sample, and the model does not take more, so it was not "
                    "measured whether samples mix."
                )
            return study
        layout = replace(layout, samples=more, lengths=lengths)
        return Study(session, layout, base, study.target, given)

    def _examine(self, study: Study, read: Readings) -> None:
        found, given = self.found, self.session.given
        wide = self._wider(study)
        self._try(lambda: mixing.samples(wide, found))
        self._try(lambda: timing.time_axis(wide, found))
        self._try(lambda: rows.rows(wide, found))
        self._try(lambda: timing.future(wide, found))
        self._try(lambda: usage.batch_of_one(wide, found))
        if study.layout.samples == 1 and wide is not study:
            # With one sample nothing can be said of its place in a result.
            study, read = wide, readings(wide)
        else:
            self.session.given = given
        self._try(lambda: directions.directions(study, read, found))
        self._try(lambda: self._steps(study, read))
        self._try(lambda: padding.padding(study, read, found))
        self._try(lambda: kept.c_from_h(study, read, found))
        self._try(lambda: kept.carried(study, found))
        self._try(lambda: usage.modules(study, found))
        self._try(lambda: usage.outputs(study, found))
        self._try(lambda: usage.arguments(study, found))
        usage.dropout(study, found)
        timing.broadcast(study, self.first, self.asked.target, found)
        frozen.frozen(study, read, found)
        self._norms()

    def _steps(self, study: Study, read: Readings) -> None:
        for each in readings_of_each(study, read):
            directions.steps(study, each, self.found)

    def _try(self, look: Callable[[], None]) -> None:
        """Take one look; a model that does not bear other numbers is said to be out of reach."""
        try:
            look()
        except Exception as error:
            self.found.say_out_of_reach(
                "The model raised an error when it was run with other numbers, so not all was "
                f"measured: {type(error).__name__}: {error}"
            )

    def _norms(self) -> None:
        if self.session.norms:
            names = ", ".join(self.session.norms[:3])
            title = "Is it meant that batch norm is in train mode?"
            says = (
                f"In train() {names} mixes the samples of a batch by its mean and variance. All "
                "else was measured as if it were in eval()."
            )
            self.found.questions.append(ModelQuestion("batch_norm", title, says))

    def _carries(self) -> None:
        call = self.first.calls[0]
        title = "A state that is given still belongs to the graph of an earlier call"
        says = (
            "It was not detached: it has a grad_fn, and backward() goes on into the call that made "
            "it. A second backward() raises an error, or training slows down with each step."
        )
        added = ("hidden = tuple(state.detach() for state in hidden)",)
        self.found.findings.append(
            Finding("carried_graph", title, says, call.place, (), added, call.path)
        )


def _other_sizes(study: Study) -> set[int]:
    """The sizes of all axes but the batch, of arguments, calls and results."""
    shapes = [list(leaf.tensor.shape) for leaf in study.session.given.leaves]
    for shape, axis in zip(shapes, study.layout.batch, strict=True):
        if axis is not None:
            del shape[axis]
    shapes += [list(call.h.shape) for call in study.base.calls if not call.cell]
    shapes += [list(result.shape[1:]) for _, result in study.base.results]
    count = study.layout.samples
    for shape in shapes[len(study.layout.batch) :]:
        if count in shape:
            shape.remove(count)
    return {size for shape in shapes for size in shape}


def _returned(run: Run) -> str:
    """What a model returned, in words."""
    shapes = [tuple(result.shape) for _, result in run.results]
    if len(shapes) == 1:
        return f"a tensor {shapes[0]}"
    if not shapes:
        return f"a {type(run.returned).__name__} without floating point tensors"
    return f"{len(shapes)} tensors {', '.join(map(str, shapes[:6]))}" + (" …" if shapes[6:] else "")
