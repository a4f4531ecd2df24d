"""The code behind "Copy as test": a test of the user's own that asserts what a report found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lstm_shapes.explain.model.report import Report


def test_code(report: Report) -> str:
    """Write a test for pytest; its model and its batch are left for the user to fill in.

    >>> from lstm_shapes.explain.model.report import Finding, Report, Step
    >>> findings = (Finding("view", "Samples mix", "They do."),)
    >>> way = (Step("ids (32, 40)"), Step("rnn: LSTM(8, 8)", True), Step("(32, 2)"))
    >>> print(test_code(Report("BiTagger", "a tensor (32, 2)", way, findings=findings)), end="")
    from lstm_shapes import check
    <BLANKLINE>
    <BLANKLINE>
    def test_bi_tagger_has_no_silent_bugs():
        model = ...  # fill in: your BiTagger
        batch = (...,)  # fill in: what it is called with; it was ids (32, 40)
        check(model, *batch)
        # Found when this was copied. If it is meant, write instead:
        # check(model, *batch, allow=("view",))
    """
    kinds = tuple(dict.fromkeys(each.kind for each in report.findings))
    was = f"; it was {report.way[0].text}" if report.way else ""
    lines = [
        "from lstm_shapes import check",
        "",
        "",
        f"def test_{_snake(report.model)}_has_no_silent_bugs():",
        f"    model = ...  # fill in: your {report.model}",
        f"    batch = (...,)  # fill in: what it is called with{was}",
        "    check(model, *batch)",
    ]
    if kinds:
        allowed = ", ".join(f'"{kind}"' for kind in kinds) + "," * (len(kinds) == 1)
        lines += [
            "    # Found when this was copied. If it is meant, write instead:",
            f"    # check(model, *batch, allow=({allowed}))",
        ]
    return "\n".join(lines) + "\n"


def _snake(name: str) -> str:
    """A class name as a part of a function's.

    >>> _snake("LSTMTagger2"), _snake("BiGRU"), _snake("Net[int]")
    ('lstm_tagger2', 'bi_gru', 'net_int')
    """
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|\W+", "_", name)
    return words.strip("_").lower() or "model"
