"""A report as HTML that needs no kernel, no network and no script.

Where a host takes out styles, what is left reads in order, and the picture is a table with marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from lstm_shapes.explain.model import text
from lstm_shapes.explain.model.drawn_reads import drawn_reads

if TYPE_CHECKING:
    from lstm_shapes.explain.model.report import (
        Finding,
        ModelCall,
        ModelQuestion,
        Place,
        Reads,
        Report,
        SeenTensor,
        Step,
    )

HERE = Path(__file__).parent
TOKENS = HERE.parents[1] / "picture" / "tokens.css"

MOST_CALLS = 3
"""So many calls are open; the others are folded."""

_AXES = {
    "batch": "batch",
    "seq": "seq",
    "features": "features",
    "layer × direction": "layers",
}
# What is code in a sentence: a name with an underscore, or one that is called, indexed or set.
_CODE = re.compile(
    r"[A-Za-z]\w*(?:\.\w+)*(?:\[[^\[\]]*\]|\((?:[^()]*=[^()]*)?\)|=\w+)+|\b[A-Za-z]\w*_\w+"
)


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
    numbers = "<i> · </i>".join(
        f'<b class="{"ls-none" if count.startswith("no ") else kind}">{escape(count)}</b>'
        for kind, count in counts
    )
    return (
        f'<p class="ls-report-head"><b>{escape(report.model)}</b>{escape(rest)}</p>'
        f'<p class="ls-sum">{numbers}<i> · </i>'
        f"<span>{escape(text.passes(report))} · your model is as it was</span></p>"
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
    reads = _by_call(report)
    parts = [
        _call(call, report.calls) + "".join(drawn_reads(each) for each in reads.get(i, ()))
        for i, call in enumerate(report.calls)
    ]
    folded = "".join(parts[MOST_CALLS:])
    if folded:
        more = len(parts) - MOST_CALLS
        says = f"{more} more call{'s' * (more != 1)}"
        folded = f'<details class="ls-more"><summary>{says}</summary>{folded}</details>'
    return "".join(parts[:MOST_CALLS]) + folded


def _by_call(report: Report) -> dict[int, list[Reads]]:
    """What is read, by the place of its call. A loop has no picture, and a call may have none: then
    those of its module stand below the last."""
    found: dict[int, list[Reads]] = {}
    for module in dict.fromkeys(each.module for each in report.reads):
        reads = [each for each in report.reads if each.module == module]
        places = [i for i, call in enumerate(report.calls) if call.module == module]
        single = [i for i in places if report.calls[i].repeats == 1]
        if len(single) == len(reads):
            found |= {i: [each] for i, each in zip(single, reads, strict=True)}
        elif places:
            found[places[-1]] = reads
    return found


def _call(call: ModelCall, calls: Sequence[ModelCall]) -> str:
    title, _, made = text.call_title(call, calls).partition(": ")
    where = f" <span>{_where(call.place)}</span>" if call.place else ""
    rows = "".join(_tensor(each) for each in call.tensors)
    return (
        f'<p class="ls-report-call"><b>{escape(title)}</b>{where}<br>'
        f"<code>{escape(made)}</code></p>"
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


def _said(report: Report) -> str:
    parts = [_raised(report)]
    parts += [_finding(each) for each in report.findings]
    parts += [_question(each) for each in report.questions]
    checks = "".join(
        f"<li>✓ {_prose(each.says)} <small>{_prose(each.evidence)}</small></li>"
        for each in report.checks
    )
    parts.append(f'<ul class="ls-checks">{checks}</ul>' if checks else "")
    parts += [f'<p class="ls-out">Not examined: {_prose(each)}</p>' for each in report.out_of_reach]
    return "".join(parts)


def _raised(report: Report) -> str:
    if report.error is None:
        return ""
    said = f"{type(report.error).__name__}: {report.error}"
    failed = f"<p>{_prose(report.failed)}</p>" if report.failed else ""
    failed += f'<p class="ls-where">{_where(report.place)}</p>' if report.place else ""
    cause = cure = code = ""
    if report.explanation is not None and report.explanation.known:
        cause = f"<p>{_prose(report.explanation.cause)}</p>"
        cure = f"<p>{_prose(report.explanation.cure)}</p>" if report.explanation.cure else ""
        code = _lines((), report.explanation.code.splitlines())
    return (
        f'<section class="ls-finding"><p><b><code>{escape(said)}</code></b></p>'
        f"{failed}{cause}{cure}{code}</section>"
    )


def _finding(finding: Finding) -> str:
    where = f'<p class="ls-where">{_where(finding.place)}</p>' if finding.place else ""
    return (
        f'<section class="ls-finding" data-finding="{escape(finding.kind)}">'
        f"<p><b>✗ {_prose(finding.title)}</b></p>"
        f"<p>{_prose(finding.says)}</p>{where}{_lines(finding.removed, finding.added)}</section>"
    )


def _question(question: ModelQuestion) -> str:
    where = f'<p class="ls-where">{_where(question.place)}</p>' if question.place else ""
    return (
        f'<section class="ls-finding ls-question" data-question="{escape(question.kind)}">'
        f"<p><b>? {_prose(question.title)}</b></p>"
        f"<p>{_prose(question.says)}</p>{where}</section>"
    )


def _where(place: Place | None) -> str:
    if place is None:
        return ""
    return f"in <code>{escape(place.function)}</code>, {escape(str(place))}"


def _lines(removed: Iterable[str], added: Iterable[str]) -> str:
    lines = [
        f'<span class="ls-{"minus" if line[0] == "-" else "plus"}">{escape(line)}\n</span>'
        for line in text.diff(removed, added)
    ]
    return f"<pre>{''.join(lines)}</pre>" if lines else ""


def _prose(sentence: str) -> str:
    """A sentence with its code marked as code.

    >>> _prose("h_n[-1] is read, and x (3, 2) < y")
    '<code>h_n[-1]</code> is read, and x (3, 2) &lt; y'
    """
    parts, end = [], 0
    for found in _CODE.finditer(sentence):
        parts += [escape(sentence[end : found.start()]), f"<code>{escape(found[0])}</code>"]
        end = found.end()
    return "".join([*parts, escape(sentence[end:])])


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
