"""What a widely read article says of nn.LSTM, each statement held against this run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

from lstm_shapes.explorer.link import write_link
from lstm_shapes.explorer.panels.without import why_not
from lstm_shapes.explorer.state import Snapshot

if TYPE_CHECKING:
    from lstm_shapes.statements.article import Statement

ABOUT = (
    "A widely read article on nn.LSTM makes these statements. Each is evaluated on this run. "
    "Where the current settings cannot show whether it holds, a click sets some that can."
)
HEADS = ("verdict", "the statement", "what this run shows")
VERDICTS = {
    True: "holds",
    False: "does not hold",
    None: "cannot be shown with these settings",
}


class StatementRecord(TypedDict):
    """One statement; ``holds`` is ``None`` where only other settings can show it."""

    id: str
    says: str
    holds: bool | None
    verdict: str
    finding: str
    link: str
    show: str
    settings: str
    label: str


class ArticlePanel(TypedDict):
    """All statements; ``about`` says what they are, or why none is evaluated."""

    without: str
    about: str
    heads: Sequence[str]
    rows: Sequence[StatementRecord]


def article_view(snapshot: Snapshot) -> ArticlePanel:
    """A row a statement: whether it holds here, what was found, or settings that show it."""
    without = why_not(snapshot, "evaluated")
    rows: list[StatementRecord] = []
    # Without a sample there is a run, and every statement says which settings show it.
    if snapshot.run is not None and not (without and snapshot.run.out.numel()):
        from lstm_shapes.statements.article import article_statements

        without = ""
        rows = [_row(statement) for statement in article_statements(snapshot.run)]
    return {"without": without, "about": without or ABOUT, "heads": HEADS, "rows": rows}


def _row(statement: Statement) -> StatementRecord:
    verdict = statement.verdict
    settings = ", ".join(f"{name}={value}" for name, value in verdict.show.items())
    return {
        "id": statement.id,
        "says": statement.says,
        "holds": verdict.holds,
        "verdict": VERDICTS[verdict.holds],
        "finding": verdict.finding,
        "link": write_link(verdict.show) if verdict.show else "",
        "show": "show it with",
        "settings": settings,
        "label": f"show it with {settings}",
    }
