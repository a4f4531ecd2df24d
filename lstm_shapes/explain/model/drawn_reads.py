"""The picture of what the result of one sample reads: a line of steps for each tensor.

It is a table with a mark in each cell, so that it can be read where a host takes out styles.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import chain, groupby, zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lstm_shapes.explain.model.report import ReadRow, Reads, StepState

MOST_STEPS = 14
"""So many columns are drawn; steps that are left out are one column."""

FEWER_STEPS = 9
"""So many if the numbers of the steps are wide."""

MOST_SPANS = 8
"""So many spans of steps are told in words."""

_MARKS = {"read": "●", "written": "○", "padding": "/", "padding read": "◉"}
_WORDS = {
    "read": "read",
    "written": "written, never read",
    "padding": "padding",
    "padding read": "padding that is read",
}
_ARROWS = {"forward": "→", "backward": "←"}
_READ = ("read", "padding read")


def drawn_reads(reads: Reads) -> str:
    """Draw it, with a title and a legend.

    >>> from lstm_shapes.explain.model.report import ReadRow, Reads
    >>> row = ReadRow("out →", "forward", ("written", "read"))
    >>> html = drawn_reads(Reads("rnn", 3, 2, (row,), (("h_n[0]", "forward", False),)))
    >>> 'aria-label="Of sample 3, out →: t = 0 written, never read; t = 1 read. h_n: not' in html
    True
    """
    steps = len(reads.rows[0].steps) if reads.rows else 0
    shown = shown_steps(steps, reads.length, _changes(reads.rows))
    head = "".join(f"<th>{'…' if step is None else step}</th>" for step in shown)
    rows = [_row(row, shown) for row in reads.rows]
    rows += [_state_row(*each, len(shown)) for each in _by_tensor(reads)]
    length = f"length {reads.length} of {steps}" if reads.length < steps else f"{steps} steps"
    kinds = {state for row in reads.rows for state in row.steps}
    kinds |= {"read" if read else "written" for *_, read in reads.states}
    legend = " · ".join(f"{_MARKS[each]} {_WORDS[each]}" for each in _MARKS if each in kinds)
    return (
        f'<p class="ls-report-call"><b>What the result of sample {reads.sample} reads</b> '
        f"<span>{length}</span></p>"
        f'<div role="img" aria-label="{escape(_described(reads), quote=True)}">'
        f'<table class="ls-map"><thead><tr><th>t</th>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
        f'<p class="ls-report-legend">{legend}</p>'
    )


def shown_steps(steps: int, length: int, changes: Sequence[int] = ()) -> list[int | None]:
    """The steps to draw, and ``None`` where some are left out: the first, those around the end of
    the sample, the last, and those at which something else is read than before.

    Args:
        steps: how many there are.
        length: how many of them belong to the sample.
        changes: the steps at which what is drawn becomes another.

    >>> shown_steps(5, 5)
    [0, 1, 2, 3, 4]
    >>> shown_steps(40, 9)
    [0, 1, 2, None, 7, 8, 9, 10, None, 35, 36, 37, 38, 39]
    >>> shown_steps(120, 120, [60, 61])
    [0, 1, 2, 3, None, 59, 60, 61, None, 115, 116, 117, 118, 119]
    """
    most = MOST_STEPS if steps <= 1000 else FEWER_STEPS
    if steps <= most:
        return list(range(steps))
    kept: set[int] = set()
    for step in chain(_wanted(steps, length, changes), range(steps)):
        if not 0 <= step < steps or step in kept:
            continue
        if len(_with_gaps(kept | {step}, steps)) > most:
            break
        kept.add(step)
    return _with_gaps(kept, steps)


def _wanted(steps: int, length: int, changes: Sequence[int]) -> Iterator[int]:
    """Steps worth a column, the most telling ones first."""
    yield from (0, steps - 1, length - 1, length if length < steps else 0)
    yield from chain.from_iterable((change, change - 1) for change in changes[:MOST_STEPS])
    middle = [length - 2, length + 1] if length < steps else []
    sides = zip_longest([1, 2], [steps - 2, steps - 3, *middle, steps - 4, steps - 5], fillvalue=0)
    yield from chain.from_iterable(sides)


def _with_gaps(kept: Iterable[int], steps: int) -> list[int | None]:
    """Steps in order; a step that is left out alone is drawn, as it takes no more room."""
    found: list[int | None] = []
    before = -1
    for step in [*sorted(kept), steps]:
        missing = step - before - 1
        found += [step - 1] if missing == 1 else [None] * (missing > 1)
        found += [step] if step < steps else []
        before = step
    return found


def _changes(rows: Sequence[ReadRow]) -> list[int]:
    """The steps at which a line becomes another."""
    found = {
        t
        for row in rows
        for t, (before, now) in enumerate(zip(row.steps, row.steps[1:], strict=False), 1)
        if before != now
    }
    return sorted(found)


def _row(row: ReadRow, shown: Sequence[int | None]) -> str:
    cells = []
    for i, step in enumerate(shown):
        if step is None:
            first = (shown[i - 1] or 0) + 1 if i else 0
            last = shown[i + 1] if i + 1 < len(shown) else None
            cells.append(_gap(row, first, len(row.steps) if last is None else last))
        else:
            cells.append(_cell(row.steps[step], _MARKS[row.steps[step]], f"t = {step}"))
    way = f' class="ls-report-{row.direction}"' if row.direction else ""
    return f'<tr{way}><th scope="row"><code>{escape(row.label)}</code></th>{"".join(cells)}</tr>'


def _gap(row: ReadRow, first: int, end: int) -> str:
    """The cell of the steps that are left out; if they differ, it says so."""
    states = set(row.steps[first:end])
    where = f"t = {first} to {end - 1}"
    if len(states) == 1:
        return _cell(states.pop(), "…", where)
    some = "some of them are read" if states & set(_READ) else "not read"
    return f'<td class="ls-report-mixed" title="{where}: {some}">…</td>'


def _cell(state: StepState, mark: str, where: str) -> str:
    kind = state.replace(" ", "-")
    return f'<td class="ls-report-{kind}" title="{where}: {_WORDS[state]}">{mark}</td>'


States = list[tuple[str, str, bool]]


def _by_tensor(reads: Reads) -> list[tuple[str, States]]:
    """The rows of h_n, and those of c_n."""
    by_name = groupby(reads.states, lambda state: state[0].partition("[")[0])
    return [(name, list(states)) for name, states in by_name]


def _state_row(name: str, states: States, columns: int) -> str:
    both = len({direction for _, direction, _ in states}) > 1
    boxes = " ".join(
        f'<span class="ls-report-{direction} ls-report-{"read" if read else "written"}">'
        f"{escape(row.removeprefix(name))}{_ARROWS[direction] if both else ''} "
        f"{_MARKS['read' if read else 'written']}</span>"
        for row, direction, read in states
    )
    none = "" if any(read for *_, read in states) else " not read"
    return (
        f'<tr class="ls-states"><th scope="row"><code>{escape(name)}</code></th>'
        f'<td colspan="{columns}">{boxes}{none}</td></tr>'
    )


def _described(reads: Reads) -> str:
    """What the picture shows, for those who do not see it.

    >>> from lstm_shapes.explain.model.report import ReadRow, Reads
    >>> row = ReadRow("x", "", ("read", "read", "padding"))
    >>> _described(Reads("rnn", 0, 2, (row,), (("h_n[0]", "forward", True),)))
    'Of sample 0, x: t = 0 to 1 read; t = 2 padding. h_n: h_n[0] read.'
    """
    lines = [f"{row.label}: {_spans(row.steps)}." for row in reads.rows]
    for name, states in _by_tensor(reads):
        read = [row for row, _, is_read in states if is_read]
        lines.append(f"{name}: {', '.join(read) + ' read' if read else 'not read'}.")
    return f"Of sample {reads.sample}, {' '.join(lines)}"


def _spans(states: Sequence[StepState]) -> str:
    """Steps of one state after each other, in words."""
    spans = []
    for state, group in groupby(enumerate(states), lambda each: each[1]):
        steps = [t for t, _ in group]
        last = f" to {steps[-1]}" if len(steps) > 1 else ""
        spans.append(f"t = {steps[0]}{last} {_WORDS[state]}")
    if len(spans) > MOST_SPANS:
        read = sum(state in _READ for state in states)
        return f"{read} of {len(states)} steps read"
    return "; ".join(spans)
