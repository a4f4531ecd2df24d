"""What the parts of an explanation have found so far, in the order in which it is shown."""

from __future__ import annotations

from dataclasses import dataclass, field

from lstm_shapes.explain.model.report import Check, Finding, FindingKind, ModelQuestion


@dataclass
class Found:
    """Collects findings, questions, checks, and what is out of reach."""

    findings: list[Finding] = field(default_factory=list)
    questions: list[ModelQuestion] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    out_of_reach: list[str] = field(default_factory=list)

    def has(self, *kinds: FindingKind) -> bool:
        """Whether there is a finding of one of these kinds."""
        return any(each.kind in kinds for each in self.findings)

    def once(self, finding: Finding) -> None:
        """Keep a finding, unless the same was found on another result."""
        known = {(each.kind, each.place) for each in self.findings}
        if (finding.kind, finding.place) not in known:
            self.findings.append(finding)

    def say_out_of_reach(self, sentence: str) -> None:
        """Say once what could not be measured."""
        if sentence not in self.out_of_reach:
            self.out_of_reach.append(sentence)


def steps_listed(steps: list[int], most: int = 4) -> str:
    """Numbers in words, the middle left out where they are many.

    >>> steps_listed([3]), steps_listed([0, 1, 2]), steps_listed(list(range(40)))
    ('3', '0, 1 and 2', '0, 1, … and 39')
    """
    if len(steps) > most:
        return f"{steps[0]}, {steps[1]}, … and {steps[-1]}"
    *first, last = map(str, steps)
    return f"{', '.join(first)} and {last}" if first else last
