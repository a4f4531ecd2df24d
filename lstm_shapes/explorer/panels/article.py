"""What a widely read article says of nn.LSTM, each statement held against this run."""

from __future__ import annotations

from lstm_shapes.explorer.link import write_link
from lstm_shapes.explorer.panels.without import why_not
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.explorer.view import View


def article_view(snapshot: Snapshot) -> View:
    """A row a statement: whether it holds here, what was found, or settings that show it."""
    view: View = {"without": why_not(snapshot, "evaluated"), "rows": []}
    # Without a sample there is a run, and every statement says which settings show it.
    if snapshot.run is None or (view["without"] and snapshot.run.out.numel()):
        return view
    from lstm_shapes.statements.article import article_statements

    rows = [
        {
            "id": statement.id,
            "says": statement.says,
            "holds": statement.verdict.holds,
            "finding": statement.verdict.finding,
            "link": write_link(statement.verdict.show) if statement.verdict.show else "",
            "show": ", ".join(f"{name}={value}" for name, value in statement.verdict.show.items()),
        }
        for statement in article_statements(snapshot.run)
    ]
    return view | {"without": "", "rows": rows}
