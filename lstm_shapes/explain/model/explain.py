"""Explains a user's whole model on one call of it, and asserts that nothing is wrong with it."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from lstm_shapes.errors import ArgumentError, check_int, wrong_type
from lstm_shapes.explain.errors.error import explain_error
from lstm_shapes.explain.model import directions, kept, mixing, padding, timing, usage
from lstm_shapes.explain.model.alone import Draws, left_alone
from lstm_shapes.explain.model.calls import call_record, model_calls, reads_of
from lstm_shapes.explain.model.found import Found
from lstm_shapes.explain.model.given import taken_apart, tensors_in
from lstm_shapes.explain.model.layout import layout_of
from lstm_shapes.explain.model.passes import Run, Session
from lstm_shapes.explain.model.reading import Reading, Readings, readings, readings_of_each
from lstm_shapes.explain.model.report import Finding, ModelQuestion, Report
from lstm_shapes.explain.model.study import Study, with_samples
from lstm_shapes.explain.model.twin import OutOfReach, twin_of
from lstm_shapes.explain.model.way import way_of
from lstm_shapes.recurrent import class_of, unwrapped


class SilentBugs(AssertionError):
    """Raised by :func:`check`: the report has findings that were not allowed.

    Attributes:
        report: the whole report.
    """

    def __init__(self, report: Report, findings: Sequence[Finding]) -> None:
        self.report = report
        listed = "\n".join(f"- {each.title} ({each.kind})" for each in findings)
        super().__init__(f"{len(findings)} found in {report.model}:\n{listed}\n\n{report}")


def explain(
    model: nn.Module,
    *args: Any,
    target: Tensor | None = None,
    batch_axis: int | None = None,
    **kwargs: Any,
) -> Report:
    """Explain what a model does with the tensors of its recurrent modules, and what is wrong.

    The model is called as its user calls it, on a copy in float64, some ten times: with its own
    input, with other numbers for one sample, one step, or the padding, and with gradients. A
    finding was measured in two independent ways. The model itself is never called: its parameters,
    buffers, gradients, mode, hooks and attributes, the random state and the arguments are as
    before.

    Args:
        model: any module that holds an nn.LSTM, nn.GRU, nn.RNN or one of their cells; also one
            that torch.compile or nn.DataParallel has wrapped.
        args, kwargs: what it is called with: tensors, packed sequences, tuples, dicts.
        target: what the result is held against in training, if that should be looked at too.
        batch_axis: which axis of the first sequence is the batch. Where nothing else says it, it
            is taken to be the first, as a DataLoader makes it.

    Returns:
        The report. ``print`` gives it as text, a notebook draws it, and it is data. If the call
        raises, the exception is its ``error``.

    Raises:
        ArgumentTypeError: the model is no nn.Module, or target is no tensor.
        ArgumentError: the model holds no recurrent module.

    Source: torch documentation, ``torch.nn.LSTM``, "Inputs" and "Outputs".

    >>> class Classifier(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.lstm = nn.LSTM(4, 3, batch_first=True, bidirectional=True)
    ...         self.fc = nn.Linear(6, 2)
    ...
    ...     def forward(self, x):
    ...         out, _ = self.lstm(x)
    ...         return self.fc(out[:, -1])
    >>> report = explain(Classifier(), torch.randn(3, 5, 4))
    >>> for finding in report.findings:
    ...     print(finding.kind, "|", finding.title)
    one_step | The backward half is read at t = 4, where it has seen one step
    """
    _check(model, target, batch_axis)
    began = time.perf_counter()
    plain = unwrapped(model)
    devices = {p.device for p in plain.parameters()}
    with left_alone(devices) as draws:
        report = _explained(plain, args, kwargs, target, batch_axis, draws)
    took = 1000 * (time.perf_counter() - began)
    return replace(report, milliseconds=took)


def check(
    model: nn.Module,
    *args: Any,
    allow: Collection[str] = (),
    target: Tensor | None = None,
    batch_axis: int | None = None,
    **kwargs: Any,
) -> Report:
    """Assert that nothing silent is wrong with a model; for a test of one's own.

    Args:
        model, args, target, batch_axis, kwargs: as for :func:`explain`.
        allow: the kinds of findings that are meant.

    Returns:
        The report.

    Raises:
        SilentBugs: an AssertionError with the findings, and the report as text.
        Exception: what the call itself raises.

    >>> class Tagger(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.lstm = nn.LSTM(4, 3, batch_first=True)
    ...
    ...     def forward(self, x):
    ...         return self.lstm(x)[0]
    >>> check(Tagger(), torch.randn(3, 5, 4)).findings
    ()
    """
    report = explain(model, *args, target=target, batch_axis=batch_axis, **kwargs)
    if report.error is not None:
        raise report.error
    wrong = [each for each in report.findings if each.kind not in allow]
    if wrong:
        raise SilentBugs(report, wrong)
    return report


def _check(model: object, target: object, batch_axis: object) -> None:
    if not isinstance(model, nn.Module):
        raise wrong_type("model", model, "give an nn.Module, as in explain(model, x)")
    if target is not None and not isinstance(target, Tensor):
        raise wrong_type("target", target, "give a tensor, such as the targets of the batch")
    if batch_axis is not None:
        check_int("batch_axis", batch_axis, 0, 3)
    inside = unwrapped(model)
    if not any(_recurrent(each) for each in inside.modules()):
        cure = "give a model with an nn.LSTM, nn.GRU, nn.RNN or one of their cells in it"
        problem = "holds no recurrent module"
        raise ArgumentError("model", type(inside).__name__, problem, cure)


def _recurrent(module: nn.Module) -> bool:
    return (
        class_of(unwrapped(module)) is not None
        or "quantized" in type(module).__module__
        or (isinstance(module, torch.jit.ScriptModule))
    )


def _explained(
    model: nn.Module,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    target: Tensor | None,
    batch_axis: int | None,
    draws: Draws,
) -> Report:
    name = type(model).__name__
    try:
        copy = twin_of(model, torch.float64)
    except OutOfReach as reason:
        return Report(name, "was not examined", out_of_reach=(str(reason),))
    session = Session(
        copy.model, taken_apart(model, args, kwargs, torch.float64), torch.float64, draws
    )
    remarks = list(copy.remarks)
    try:
        base = session.run(keep=True)
    except Exception:
        own = twin_of(model, None)
        session = Session(own.model, taken_apart(model, args, kwargs, None), None, draws)
        try:
            base = session.run(keep=True)
        except Exception as error:
            return _failed(model, session, error)
        remarks.append(
            "The model does not run in float64, so it was measured in its own dtype, where small "
            "gradients may become zero."
        )
    found = Found()
    for each in remarks:
        found.say_out_of_reach(each)
    return _Examined(model, session, found, target, batch_axis).report(
        base, _kept_graph(args, kwargs)
    )


def _kept_graph(args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
    """Whether an argument still belongs to the graph of an earlier call."""
    return any(each.grad_fn is not None for _, each in tensors_in([list(args), dict(kwargs)]))


def _failed(model: nn.Module, session: Session, error: Exception) -> Report:
    """The report of a call that raises."""
    recorder = session.recorder
    seen = [Reading(c, *_nothing(c), c.lengths) for c in recorder.calls]
    calls = tuple(replace(call_record(model, [each]), number=i + 1) for i, each in enumerate(seen))
    return Report(
        type(model).__name__,
        f"raised {type(error).__name__}",
        way=way_of(session, None, recorder.began),
        calls=calls,
        error=error,
        explanation=explain_error(error),
        forward_passes=session.forwards,
    )


def _nothing(call: Any) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:
    none = torch.zeros(1, 1, dtype=torch.bool)
    directions = 1 if call.cell else 2 if getattr(call.module, "bidirectional", False) else 1
    rows = torch.zeros(1 if call.cell else call.h.shape[0], 1, dtype=torch.bool)
    return (
        none,
        torch.zeros(1, 1, directions, dtype=torch.bool),
        rows,
        None if call.c is None else rows,
    )


@dataclass
class _Examined:
    """An examination under way."""

    model: nn.Module
    session: Session
    found: Found
    target: Tensor | None
    batch_axis: int | None

    def report(self, base: Run, carries: bool) -> Report:
        session, found = self.session, self.found
        layout = layout_of(session, base, self.target, self.batch_axis)
        result = _returned(base)
        way = way_of(session, base, session.recorder.began)
        again = session.run()
        study = Study(session, layout, base, self.target)
        read = Readings((), {})
        if not usage.same_results(base, again):
            found.say_out_of_reach(
                "The model is not deterministic: the same call, from the same random state, gives "
                "another result. What is read cannot be measured on it."
            )
            read = Readings(tuple(Reading(c, *_nothing(c), c.lengths) for c in base.calls), {})
        elif base.results and any(result.requires_grad for _, result in base.results):
            read = readings(study)
            self._examine(study, read)
        else:
            found.say_out_of_reach(
                "No gradient leads from the result to anything: the model detaches it, or an "
                "operation without a gradient stands last."
            )
            read = Readings(tuple(Reading(c, *_nothing(c), c.lengths) for c in base.calls), {})
        if carries:
            self._carries(base)
        own = Study(session, layout, base, self.target)
        return Report(
            type(self.model).__name__,
            result,
            way=way,
            calls=model_calls(self.model, read),
            findings=tuple(found.findings),
            questions=tuple(found.questions),
            checks=tuple(found.checks),
            out_of_reach=tuple(found.out_of_reach),
            reads=reads_of(own, read) if read.sure else (),
            forward_passes=session.forwards,
            backward_passes=session.backwards,
        )

    def _wider(self, study: Study) -> Study:
        """The same on more samples, where their number is that of something else: then the sizes
        do not tell samples from steps, layers or directions."""
        layout, session = study.layout, self.session
        count = layout.samples
        others = {
            1,
            2,
            layout.steps,
            *(call.h.shape[0] for call in study.base.calls if not call.cell),
        }
        if count < 1 or count not in others:
            return study
        more = next(n for n in range(count + 1, count + len(others) + 2) if n not in others)
        wide = with_samples(session.given, layout, more)
        lengths = layout.lengths and (*layout.lengths, *layout.lengths[-1:] * more)[:more]
        given, session.given = session.given, wide
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
        own = given if count == 1 else None
        return Study(
            session, replace(layout, samples=more, lengths=lengths), base, self.target, own
        )

    def _examine(self, study: Study, read: Readings) -> None:
        found, given = self.found, self.session.given
        wide = self._wider(study)
        mixing.samples(wide, found)
        timing.time_axis(wide, found)
        mixing.rows(wide, found)
        timing.future(wide, found)
        usage.batch_of_one(wide, found)
        if study.layout.samples == 1 and wide is not study:
            # With one sample nothing can be said of its place in a result.
            study, read = wide, readings(wide)
        else:
            self.session.given = given
        directions.directions(study, read, found)
        for each in readings_of_each(study, read):
            directions.steps(study, each, found)
        padding.padding(study, read, found)
        kept.c_from_h(study, read, found)
        kept.carried(study, found)
        usage.modules(study, found)
        usage.outputs(study, found)
        usage.arguments(study, found)
        usage.dropout(study, found)
        timing.broadcast(study, found)
        directions.question_frozen(study, read, found)
        if self.session.norms:
            names = ", ".join(self.session.norms[:3])
            found.questions.append(
                ModelQuestion(
                    "batch_norm",
                    "Is it meant that batch norm is in train mode?",
                    f"In train() {names} mixes the samples of a batch by its mean and variance. "
                    "All else was measured as if it were in eval().",
                )
            )

    def _carries(self, base: Run) -> None:
        call = base.calls[0] if base.calls else None
        self.found.findings.append(
            Finding(
                "carried_graph",
                "A state that is given still belongs to the graph of an earlier call",
                "It was not detached: it has a grad_fn, and backward() goes on into the call that "
                "made it. A second backward() raises an error, or training slows down with each "
                "step.",
                call.place if call else None,
                (),
                ("hidden = tuple(state.detach() for state in hidden)",),
                call.path if call else "",
            )
        )


def _returned(base: Run) -> str:
    """What a model returned, in words."""
    shapes = [tuple(result.shape) for _, result in base.results]
    if len(shapes) == 1:
        return f"a tensor {shapes[0]}"
    if not shapes:
        return f"a {type(base.returned).__name__} without floating point tensors"
    return f"{len(shapes)} tensors {', '.join(map(str, shapes[:6]))}" + (" …" if shapes[6:] else "")
