"""A report as text, as ``print`` gives it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lstm_shapes.explain.model.report import Finding, ModelCall, ModelQuestion, Report

WIDTH = 96


def text_of(report: Report) -> str:
    """Write a report for people.

    >>> from lstm_shapes.explain.model.report import Check, Report
    >>> checks = (Check("batch_of_one", "A batch of one gives (1, 2)", "run with one sample"),)
    >>> print(text_of(Report("Tagger", "a tensor (3, 2)", checks=checks, forward_passes=9)))
    Tagger returned a tensor (3, 2)
    no findings · no questions · 1 check holds · 9 forward and 0 backward passes, 0 ms
    <BLANKLINE>
    ✓ A batch of one gives (1, 2)  (run with one sample)
    """
    parts = [
        "\n".join([heading(report), summary(report)]),
        *(_call(each) for each in report.calls),
        *_raised(report),
        *(_finding(each) for each in report.findings),
        *(_question(each) for each in report.questions),
        "\n".join(
            f"✓ {each.says}" + (f"  ({each.evidence})" if each.evidence else "")
            for each in report.checks
        ),
        "\n".join(_wrapped(f"Not examined: {each}", "  ") for each in report.out_of_reach),
    ]
    return "\n\n".join(part for part in parts if part)


def heading(report: Report) -> str:
    """The model and what its call came to, in one line."""
    returned = "returned " if report.error is None and report.result.startswith(_RETURNS) else ""
    return f"{report.model} {returned}{report.result}"


_RETURNS = ("a ", *"0123456789")


def summary(report: Report) -> str:
    """How much was found, and what it took, in one line."""
    return f"{' · '.join(counts(report))} · {passes(report)}"


def counts(report: Report) -> tuple[str, str, str]:
    """The numbers of findings, questions and checks, in words.

    >>> from lstm_shapes.explain.model.report import Report
    >>> counts(Report("Tagger", ""))
    ('no findings', 'no questions', 'no checks')
    """
    checks = _counted(report.checks, "check")
    if report.checks:
        checks += " holds" if len(report.checks) == 1 else " hold"
    return _counted(report.findings, "finding"), _counted(report.questions, "question"), checks


def passes(report: Report) -> str:
    """What the examination took."""
    return (
        f"{report.forward_passes} forward and {report.backward_passes} backward passes, "
        f"{report.milliseconds:.0f} ms"
    )


def call_title(call: ModelCall) -> str:
    """Which call it is, and of what."""
    times = f", {call.repeats} calls in a loop" if call.repeats > 1 else ""
    packed = ", packed" if call.packed else ""
    return f"{call.name}, call {call.number}: {call.constructor}{times}{packed}"


def diff(removed: Iterable[str], added: Iterable[str]) -> list[str]:
    """The lines of a diff."""
    return [*(f"- {line}" for line in removed), *(f"+ {line}" for line in added)]


def _counted(some: Sequence[object], one: str) -> str:
    return f"{len(some) or 'no'} {one}{'s' * (len(some) != 1)}"


def _call(call: ModelCall) -> str:
    title = call_title(call)
    if call.place is not None:
        title += f"\n  in {call.place.function}, {call.place}: {call.place.code}"
    rows = [(each.name, str(each.shape), ", ".join(each.axes), each.read) for each in call.tensors]
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    lines = [
        "  " + "  ".join([*(row[i].ljust(widths[i]) for i in range(3)), row[3]]).rstrip()
        for row in rows
    ]
    return "\n".join([title, *lines])


def _raised(report: Report) -> list[str]:
    if report.error is None:
        return []
    where = f"at {report.place}: {report.place.code}" if report.place else ""
    said = "\n".join(each for each in (_wrapped(report.failed, ""), where) if each)
    explained = f"{type(report.error).__name__}: {report.error}"
    if report.explanation is not None and report.explanation.known:
        explained = str(report.explanation)
    return [each for each in (said, explained) if each]


def _finding(finding: Finding) -> str:
    lines = [
        _wrapped(f"✗ {finding.title}  [{finding.kind}]", "  "),
        _wrapped(finding.says, "  ", True),
    ]
    if finding.place is not None:
        lines.append(f"  {finding.place}, in {finding.place.function}")
    lines += [f"    {line}" for line in diff(finding.removed, finding.added)]
    return "\n".join(lines)


def _question(question: ModelQuestion) -> str:
    return "\n".join([_wrapped(f"? {question.title}", "  "), _wrapped(question.says, "  ", True)])


def _wrapped(sentence: str, indent: str, first: bool = False) -> str:
    return textwrap.fill(
        sentence,
        WIDTH,
        initial_indent=indent if first else "",
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
