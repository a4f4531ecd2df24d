"""A report as text, as ``print`` gives it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lstm_shapes.explain.model.report import (
        Finding,
        ModelCall,
        ModelQuestion,
        Report,
        SeenTensor,
    )

WIDTH = 96
"""So many characters are in a line, but for code, which is not wrapped."""

NARROW = 24
"""What is read of a tensor gets so many characters at least, however long its shape is."""


def text_of(report: Report) -> str:
    """Write a report for people.

    >>> from lstm_shapes.explain.model.report import Check, Report, Step
    >>> way = (Step("x (3, 7, 4)"), Step("rnn: LSTM(4, 5)", recurrent=True), Step("(3, 2)"))
    >>> checks = (Check("batch_of_one", "A batch of one gives (1, 2)", "run with one sample"),)
    >>> print(text_of(Report("Tagger", "a tensor (3, 2)", way, checks=checks, forward_passes=9)))
    Tagger returned a tensor (3, 2)
    no findings · no questions · 1 check holds · 9 forward and 0 backward passes, 0 ms
    <BLANKLINE>
    x (3, 7, 4) → rnn: LSTM(4, 5) → (3, 2)
    <BLANKLINE>
    ✓ A batch of one gives (1, 2)  (run with one sample)
    """
    way = " → ".join(step.text for step in report.way)
    parts = [
        "\n".join([heading(report), summary(report)]),
        _wrapped(way, "  "),
        *(_call(each, report.calls) for each in report.calls),
        *_raised(report),
        *(_finding(each) for each in report.findings),
        *(_question(each) for each in report.questions),
        "\n".join(
            _wrapped(f"✓ {each.says}" + (f"  ({each.evidence})" if each.evidence else ""), "  ")
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
    spent = report.milliseconds
    took = f"{spent:.0f} ms" if spent < 1000 else f"{spent / 1000:.1f} s"
    return f"{report.forward_passes} forward and {report.backward_passes} backward passes, {took}"


def call_title(call: ModelCall, calls: Iterable[ModelCall]) -> str:
    """Which call it is, and of what.

    Args:
        call: the call.
        calls: all calls of the report.
    """
    of = sum(each.module == call.module for each in calls)
    which = f"call {call.number} of {of}"
    if call.repeats > 1:
        loop = f"call 1 of {call.repeats} in a loop"
        which = loop if of == 1 else f"{which}, a loop: {loop}"
    packed = ", packed" if call.packed else ""
    return f"{call.name}, {which}: {call.constructor}{packed}"


def diff(removed: Iterable[str], added: Iterable[str]) -> list[str]:
    """The lines of a diff."""
    return [*(f"- {line}" for line in removed), *(f"+ {line}" for line in added)]


def _counted(some: Sequence[object], one: str) -> str:
    return f"{len(some) or 'no'} {one}{'s' * (len(some) != 1)}"


def _call(call: ModelCall, calls: Sequence[ModelCall]) -> str:
    lines = [_wrapped(call_title(call, calls), "  ")]
    if call.place is not None:
        lines.append(f"  in {call.place.function}, {call.place}: {call.place.code}")
    return "\n".join([*lines, *_table(call.tensors)])


def _table(tensors: Sequence[SeenTensor]) -> Iterator[str]:
    """The tensors in columns; what is read of them is wrapped within its own."""
    rows = [(each.name, str(each.shape), ", ".join(each.axes), each.read) for each in tensors]
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    left = WIDTH - sum(widths) - 8
    for *cells, read in rows:
        first, *more = textwrap.wrap(read, max(left, NARROW), break_long_words=False) or [""]
        yield "  ".join(["", *map(str.ljust, cells, widths), first]).rstrip()
        yield from (" " * (sum(widths) + 8) + line for line in more)


def _raised(report: Report) -> list[str]:
    if report.error is None:
        return []
    where = f"at {report.place}: {report.place.code}" if report.place else ""
    said = "\n".join(each for each in (_wrapped(report.failed, ""), where) if each)
    explained = [f"{type(report.error).__name__}: {report.error}"]
    known = report.explanation
    if known is not None and known.known:
        code = textwrap.indent(known.code, "    ")
        explained = [known.message, _lines(known.cause), _lines(known.cure), code]
    return [each for each in (said, *explained) if each]


def _lines(sentences: str) -> str:
    return "\n".join(_wrapped(line, "") for line in sentences.splitlines())


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
    lines = [_wrapped(f"? {question.title}", "  "), _wrapped(question.says, "  ", True)]
    if question.place is not None:
        lines.append(f"  {question.place}, in {question.place.function}")
    return "\n".join(lines)


def _wrapped(sentence: str, indent: str, first: bool = False) -> str:
    return textwrap.fill(
        sentence,
        WIDTH,
        initial_indent=indent if first else "",
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
