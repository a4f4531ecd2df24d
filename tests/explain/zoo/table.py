"""What explain finds of the zoo: how much of what was planted, and how often it is wrong."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from lstm_shapes.explain.model.explain import explain
from lstm_shapes.explain.model.report import Report
from tests.explain.zoo.case import Case, Dims, drawn

DENIES = {
    "samples_apart": {"batch_first", "view", "samples_mix"},
    "time_axis": {"batch_first", "time_axis"},
    "both_directions": {"direction_unread"},
    "padding": {"padding", "pooling"},
    "states": {"carried_graph", "carried_batch"},
    "batch_of_one": {"batch_of_one"},
}
"""By the kind of a check, the kinds of findings that it says there are none of."""

FAILED = "The model raised an error when it was run with other numbers"
"""How a report says that a look failed; each model of the zoo bears other numbers."""


@dataclass(frozen=True)
class Outcome:
    """What explain says of one case at some sizes.

    Attributes:
        missed: kinds that were planted and are not named.
        extra: kinds that are named and are not true of it.
        unasked: kinds of questions that should have been asked.
        untrue: what the report says beside its findings that is not so: checks that deny what was
            planted, and looks that failed.
        placed: whether a finding of a planted kind is at the line that is wrong.
    """

    case: Case
    dims: Dims
    named: frozenset[str]
    missed: frozenset[str]
    extra: frozenset[str]
    unasked: frozenset[str]
    untrue: tuple[str, ...]
    placed: bool
    asked: bool
    milliseconds: float
    error: str = ""

    @property
    def is_right(self) -> bool:
        return not (self.missed or self.extra or self.unasked or self.error)


def asked(case: Case, dims: Dims) -> Report:
    """The report on a case, called as its user calls it."""
    args, kwargs = case.call(dims)
    goal = case.goal(dims)
    model = case.build(dims)
    batch_axis = 1 if case.batch == 1 else case.told
    return explain(model, *args, target=goal, batch_axis=batch_axis, **kwargs)


def outcome(case: Case, dims: Dims) -> Outcome:
    started = time.perf_counter()
    try:
        report = asked(case, dims)
    except Exception as error:
        # A report is never refused: that is counted as a miss of all that was planted.
        report = Report(case.name, "", error=error)
    questions = {question.kind for question in report.questions}
    named = frozenset(finding.kind for finding in report.findings)
    instead = named & case.as_well(dims)
    placed = [
        each.place is not None and case.code in each.place.code
        for each in report.findings
        if each.kind in case.finds | instead
    ]
    return Outcome(
        case=case,
        dims=dims,
        named=named,
        missed=frozenset() if instead else case.finds - named,
        extra=named - case.finds - case.may - instead,
        unasked=frozenset() if instead else case.must_ask(dims) - questions,
        untrue=untrue(case, report),
        placed=any(placed),
        asked=bool(report.questions),
        milliseconds=1000 * (time.perf_counter() - started),
        error="" if report.error is None else f"{type(report.error).__name__}: {report.error}",
    )


def untrue(case: Case, report: Report) -> tuple[str, ...]:
    """What a report says beside its findings that is not so."""
    denied = [each for each in report.checks if DENIES.get(each.kind, set()) & case.finds]
    failed = [each for each in report.out_of_reach if each.startswith(FAILED)]
    return (*(f"{each.kind}: {each.says}" for each in denied), *failed)


@dataclass
class Table:
    """Counts over many outcomes."""

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    named: Counter[str] = field(default_factory=Counter)
    alone: Counter[str] = field(default_factory=Counter)
    placed: Counter[str] = field(default_factory=Counter)
    right_runs: Counter[str] = field(default_factory=Counter)
    alarms: Counter[str] = field(default_factory=Counter)
    questions: Counter[str] = field(default_factory=Counter)
    wrong: list[Outcome] = field(default_factory=list)
    untrue: list[Outcome] = field(default_factory=list)

    def add(self, one: Outcome) -> None:
        if one.case.is_right:
            self.right_runs[one.case.name] += 1
            self.alarms[one.case.name] += bool(one.named - one.case.may)
            self.questions[one.case.name] += one.asked
        for kind in one.case.finds:
            self.planted[kind] += 1
            self.found[kind] += bool(one.named)
            self.named[kind] += kind not in one.missed
            self.alone[kind] += one.is_right
            self.placed[kind] += one.placed
        if one.untrue:
            self.untrue.append(one)
        if not one.is_right:
            self.wrong.append(one)

    def __str__(self) -> str:
        lines = [f"{'kind':18}planted  found  named  nothing else  at the line"]
        for kind in sorted(self.planted):
            lines.append(
                f"{kind:18}{self.planted[kind]:7}{self.found[kind]:7}{self.named[kind]:7}"
                f"{self.alone[kind]:14}{self.placed[kind]:13}"
            )
        planted, named = self.planted.total(), self.named.total()
        lines.append(
            f"{'all':18}{planted:7}{self.found.total():7}{named:7}"
            f"{self.alone.total():14}{self.placed.total():13}"
        )
        lines += ["", f"{'right model':32}runs  false alarms  with questions"]
        for name in self.right_runs:
            lines.append(
                f"{name:32}{self.right_runs[name]:4}{self.alarms[name]:14}{self.questions[name]:16}"
            )
        lines.append(
            f"{'all':32}{self.right_runs.total():4}{self.alarms.total():14}"
            f"{self.questions.total():16}"
        )
        return "\n".join(lines)


def counted(cases: Iterable[Case], n: int, first: int = 0) -> Table:
    """The table over n random sizes of each case."""
    table = Table()
    for case in cases:
        for seed in range(first, first + n):
            table.add(outcome(case, case.needs.fit(drawn(seed))))
    return table
