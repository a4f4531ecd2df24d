"""The drawn part of the page: one widget, one record, one message per change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import anywidget
import traitlets

from lstm_shapes.explorer.panels.cards import cards_view
from lstm_shapes.explorer.panels.directions import directions_view
from lstm_shapes.explorer.panels.notices import failure_view, notices_view
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.explorer.view import View

HERE = Path(__file__).parent
STYLES = ("page.css", "rail.css", "stage.css", "directions.css")


def stage_view(snapshot: Snapshot) -> View:
    """All that is drawn of a snapshot, as plain data."""
    return {
        "status": snapshot.status,
        "notices": notices_view(snapshot),
        "cards": cards_view(snapshot),
        "directions": directions_view(snapshot),
        "blame": snapshot.problem.argument if snapshot.problem else "",
    }


class Stage(anywidget.AnyWidget):
    """Draws a snapshot; reports the actions it offers by name."""

    _esm = HERE / "stage.js"
    _css = "\n".join((HERE / name).read_text(encoding="utf-8") for name in STYLES)
    view = traitlets.Dict().tag(sync=True)

    def show(self, snapshot: Snapshot) -> None:
        """Draw this from now on."""
        self.view = stage_view(snapshot)

    def fail(self, error: Exception) -> None:
        """Say that the newest snapshot could not be drawn; the picture stays."""
        self.view = {**self.view, "status": "invalid", "notices": [failure_view(error)]}

    def on_action(self, handler: Callable[[str], None]) -> None:
        """Call ``handler`` with the name of an action whenever one is chosen."""

        def received(_widget: object, content: object, _buffers: object) -> None:
            if isinstance(content, dict) and isinstance(content.get("action"), str):
                handler(content["action"])

        self.on_msg(received)
