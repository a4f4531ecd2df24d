"""Explains a user's whole model on one call of it, and asserts that nothing is wrong with it."""

from __future__ import annotations

import sys
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from lstm_shapes.errors import ArgumentError, check_bool, check_int, wrong_type
from lstm_shapes.explain.model.alone import left_alone
from lstm_shapes.explain.model.copied import test_code
from lstm_shapes.explain.model.examination import Asked, examined
from lstm_shapes.explain.model.report import Finding, Report
from lstm_shapes.recurrent import class_of, unwrapped

SILENT = 5.0
"""Seconds after which an examination says that it is under way."""

LARGE = 200_000
"""From so many parameters on, torch may use as many threads as the user lets it."""


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
    probe: bool = True,
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
        probe: whether to measure what is read. ``False`` gives the calls and their shapes alone,
            in one run.

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
    check_bool("probe", probe)
    began = time.perf_counter()
    plain = unwrapped(model)
    parameters = list(plain.parameters())
    large = sum(p.numel() for p in parameters) > LARGE
    threads = torch.get_num_threads() if large else 1
    asked = Asked(target, batch_axis, probe, _Progress(began))
    with left_alone({p.device for p in parameters}, threads) as draws:
        try:
            report = examined(plain, args, kwargs, asked, draws)
        except Exception as error:
            # Models and arguments are of all kinds: what cannot be examined is said, not raised.
            why = f"The examination does not bear this model: {type(error).__name__}: {error}"
            report = Report(type(plain).__name__, "was not examined", out_of_reach=(why,))
    took = 1000 * (time.perf_counter() - began)
    return replace(report, milliseconds=took, test=test_code(report))


@dataclass
class _Progress:
    """Says on the standard error that an examination is under way, where it takes long.

    Attributes:
        said: when it began, and then when it said so last, in seconds.
    """

    said: float

    def __call__(self, passes: int) -> None:
        """Say it every few seconds."""
        now = time.perf_counter()
        if now - self.said > SILENT:
            self.said = now
            print(f"lstm_shapes.explain: pass {passes} of about 15", file=sys.stderr)


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
        ArgumentError: nothing of the model could be examined, which is no good news either.
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
    if not report.examined:
        why = " ".join(report.out_of_reach) or "nothing was found to look at"
        cure = "give a part of the model that can be measured, or call explain and read its report"
        raise ArgumentError("model", report.model, f"was not examined: {why.rstrip('.')}", cure)
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
