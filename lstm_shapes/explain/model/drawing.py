"""A report as HTML that needs no kernel, no network and no script.

Where a host takes out styles, what is left reads in order, and the picture is a table with marks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from lstm_shapes.explain.model import text

if TYPE_CHECKING:
    from lstm_shapes.explain.model.report import (
        Finding,
        ModelCall,
        ModelQuestion,
        Place,
        ReadRow,
        Reads,
        Report,
        SeenTensor,
        Step,
    )

HERE = Path(__file__).parent
TOKENS = HERE.parents[1] / "picture" / "tokens.css"

MOST_STEPS = 14
"""So many steps are drawn; the others are left out, and a gap shows where."""

_AXES = {
    "batch": "batch",
    "seq": "seq",
    "features": "features",
    "layer × direction": "layers",
}
_MARKS = {"read": "●", "written": "○", "padding": "/", "padding read": "●"}


@cache
def _styles() -> str:
    """The colours of the design, and the rules of a report."""
    tokens = TOKENS.read_text(encoding="utf-8").replace(".ls-app", ".ls-report")
    return tokens + (HERE / "drawing.css").read_text(encoding="utf-8")


def drawn(report: Report) -> str:
    """Draw a report.

    >>> from lstm_shapes.explain.model.report import Report
    >>> "&lt;b&gt;" in drawn(Report("<b>", "a tensor (3, 2)"))
    True
    """
    return (
        f'<div class="ls-report"><style>{_styles()}</style>'
        f"{_head(report)}{_way(report.way)}"
        f'<div class="ls-two"><div>{_calls(report)}</div><div>{_said(report)}</div></div>'
        f"{_copies(report)}</div>"
    )


def _head(report: Report) -> str:
    rest = text.heading(report)[len(report.model) :]
    if report.findings and report.error is None:
        rest += ", but not what it seems to be"
    counts = zip(("ls-bad", "ls-ask", "ls-good"), text.counts(report), strict=True)
    numbers = " ".join(f'<b class="{kind}">{escape(count)}</b>' for kind, count in counts)
    return (
        f'<p class="ls-report-head"><b>{escape(report.model)}</b>{escape(rest)}</p>'
        f'<p class="ls-sum">{numbers} <span>{escape(text.passes(report))} · your model is as it '
        "was</span></p>"
    )


def _way(way: Sequence[Step]) -> str:
    if not way:
        return ""
    boxes = "".join(
        f"<li{' class=ls-on' if step.recurrent else ''}><code>{escape(step.text)}</code></li>"
        for step in way
    )
    return f'<ol class="ls-way" aria-label="From the arguments to the result">{boxes}</ol>'


def _calls(report: Report) -> str:
    reads = {each.module: each for each in report.reads}
    parts = []
    for call in report.calls:
        parts.append(_call(call))
        if call.number == 1 and call.module in reads:
            parts.append(_reads(reads[call.module]))
    return "".join(parts)


def _call(call: ModelCall) -> str:
    where = f" <span>{_where(call.place)}</span>" if call.place else ""
    rows = "".join(_tensor(each) for each in call.tensors)
    return (
        f'<p class="ls-report-call"><b>{escape(text.call_title(call))}</b>{where}</p>'
        f'<table class="ls-tensors"><tbody>{rows}</tbody></table>'
    )


def _tensor(tensor: SeenTensor) -> str:
    sizes = ", ".join(
        f'<b class="ls-{_AXES.get(axis, "features")}">{size}</b>'
        for size, axis in zip(tensor.shape, tensor.axes, strict=False)
    )
    comma = "," if len(tensor.shape) == 1 else ""
    axes = escape(", ".join(tensor.axes))
    read = f"<br>{escape(tensor.read)}" if tensor.read else ""
    return (
        f'<tr><th scope="row"><code>{escape(tensor.name)}</code></th>'
        f"<td><code>({sizes}{comma})</code></td><td>{axes}{read}</td></tr>"
    )


def _reads(reads: Reads) -> str:
    steps = len(reads.rows[0].steps) if reads.rows else 0
    shown = shown_steps(steps, reads.length)
    head = "".join(f"<th>{'…' if step is None else step}</th>" for step in shown)
    rows = "".join(_read_row(row, shown) for row in reads.rows)
    states = "".join(
        f'<li class="ls-report-{direction} ls-report-{"read" if read else "written"}">'
        f"<code>{escape(name)}</code> {'read' if read else 'not read'}</li>"
        for name, direction, read in reads.states
    )
    length = f"length {reads.length} of {steps}" if reads.length < steps else f"{steps} steps"
    return (
        f'<p class="ls-report-call"><b>What the result of sample {reads.sample} reads</b> '
        f"<span>{length}</span></p>"
        f'<table class="ls-map" aria-label="{escape(_described(reads), quote=True)}"><thead><tr>'
        f"<th>t</th>{head}</tr></thead><tbody>{rows}</tbody></table>"
        f'<ul class="ls-states">{states}</ul>'
        '<p class="ls-report-legend">● read · ○ written, never read · / padding · framed: '
        "padding that is read</p>"
    )


def _read_row(row: ReadRow, shown: Sequence[int | None]) -> str:
    cells = []
    for step in shown:
        if step is None:
            cells.append("<td></td>")
            continue
        state = row.steps[step]
        kind = state.replace(" ", "-")
        cells.append(
            f'<td class="ls-report-{kind}" title="{escape(row.label)} t = {step}: {state}">'
            f"{_MARKS[state]}</td>"
        )
    way = f' class="ls-report-{row.direction}"' if row.direction else ""
    return f'<tr{way}><th scope="row"><code>{escape(row.label)}</code></th>{"".join(cells)}</tr>'


def shown_steps(steps: int, length: int) -> list[int | None]:
    """The steps to draw: the first, those around the end of the sample, the last.

    >>> shown_steps(5, 5)
    [0, 1, 2, 3, 4]
    >>> shown_steps(40, 9)
    [0, 1, 2, None, 7, 8, 9, 10, None, 35, 36, 37, 38, 39]
    """
    if steps <= MOST_STEPS:
        return list(range(steps))
    middle = range(max(length - 2, 0), min(length + 2, steps))
    kept = sorted({0, 1, 2, *middle, *range(steps - 5, steps)})
    found: list[int | None] = []
    for step in kept:
        if found and found[-1] is not None and step > found[-1] + 1:
            found.append(None)
        found.append(step)
    return found


def _described(reads: Reads) -> str:
    """What the picture shows, for those who do not see it."""
    parts = []
    for row in reads.rows:
        read = [t for t, state in enumerate(row.steps) if state in ("read", "padding read")]
        parts.append(f"{row.label}: {_ranges(read) if read else 'nothing'} read")
    return f"Of sample {reads.sample}: {'; '.join(parts)}."


def _ranges(steps: Sequence[int]) -> str:
    """Steps as ranges.

    >>> _ranges([0, 1, 2, 7])
    't = 0 to 2, 7'
    """
    spans: list[list[int]] = []
    for step in steps:
        if spans and step == spans[-1][1] + 1:
            spans[-1][1] = step
        else:
            spans.append([step, step])
    return "t = " + ", ".join(str(a) if a == b else f"{a} to {b}" for a, b in spans)


def _said(report: Report) -> str:
    parts = [_raised(report)]
    parts += [_finding(each) for each in report.findings]
    parts += [_question(each) for each in report.questions]
    checks = "".join(
        f"<li>✓ {escape(each.says)} <small>{escape(each.evidence)}</small></li>"
        for each in report.checks
    )
    parts.append(f'<ul class="ls-checks">{checks}</ul>' if checks else "")
    parts += [f'<p class="ls-out">{escape(each)}</p>' for each in report.out_of_reach]
    return "".join(parts)


def _raised(report: Report) -> str:
    if report.error is None:
        return ""
    said = f"{type(report.error).__name__}: {report.error}"
    failed = f"<p>{escape(report.failed)}</p>" if report.failed else ""
    failed += f'<p class="ls-where">{_where(report.place)}</p>' if report.place else ""
    cause = cure = code = ""
    if report.explanation is not None and report.explanation.known:
        cause = f"<p>{escape(report.explanation.cause)}</p>"
        cure = f"<p>{escape(report.explanation.cure)}</p>" if report.explanation.cure else ""
        code = _lines((), report.explanation.code.splitlines())
    return (
        f'<section class="ls-finding"><p><b><code>{escape(said)}</code></b></p>'
        f"{failed}{cause}{cure}{code}</section>"
    )


def _finding(finding: Finding) -> str:
    where = f'<p class="ls-where">{_where(finding.place)}</p>' if finding.place else ""
    return (
        f'<section class="ls-finding"><p><b>{escape(finding.title)}</b></p>'
        f"<p>{escape(finding.says)}</p>{where}{_lines(finding.removed, finding.added)}</section>"
    )


def _question(question: ModelQuestion) -> str:
    where = f'<p class="ls-where">{_where(question.place)}</p>' if question.place else ""
    return (
        f'<section class="ls-finding ls-question"><p><b>{escape(question.title)}</b></p>'
        f"<p>{escape(question.says)}</p>{where}</section>"
    )


def _where(place: Place | None) -> str:
    if place is None:
        return ""
    return f"in <code>{escape(place.function)}</code>, {escape(str(place))}"


def _lines(removed: Iterable[str], added: Iterable[str]) -> str:
    lines = [
        f'<span class="ls-{"minus" if line[0] == "-" else "plus"}">{escape(line)}</span>'
        for line in text.diff(removed, added)
    ]
    return f"<pre>{chr(10).join(lines)}</pre>" if lines else ""


def _copies(report: Report) -> str:
    test = (
        f"<details><summary>As a test</summary><pre>{escape(report.test)}</pre></details>"
        if report.test
        else ""
    )
    return (
        f'<div class="ls-copies"><details><summary>As text</summary>'
        f"<pre>{escape(str(report))}</pre></details>{test}</div>"
    )
