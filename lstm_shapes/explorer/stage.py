"""The drawn part of the page: one widget, one record, one message per change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

from lstm_shapes import render
from lstm_shapes.explorer import sources
from lstm_shapes.explorer.panels.cards import cards_view
from lstm_shapes.explorer.panels.directions import directions_view
from lstm_shapes.explorer.panels.figure import figure_view, picture_record
from lstm_shapes.explorer.panels.notices import failure_view, notices_view
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.explorer.view import View, packed


def stage_view(snapshot: Snapshot, sample: int = 0) -> View:
    """All that is drawn of a snapshot, as plain data."""
    return {
        "status": snapshot.status,
        "notices": notices_view(snapshot),
        "cards": cards_view(snapshot),
        "figure": figure_view(snapshot, sample),
        "directions": directions_view(snapshot),
        "blame": snapshot.problem.argument if snapshot.problem else "",
    }


class Stage(anywidget.AnyWidget):
    """Draws a snapshot; reports the actions it offers by name.

    Attributes:
        view, picture: what is drawn; the picture is sent only when it changes.
        selection: id of the slice that is pinned; empty if none is, and nothing is lit if
            the picture has no such slice.
        sample: the batch item whose numbers are given.
        share: what the buttons hand out.
    """

    _esm = sources.script()
    _css = sources.styles()
    view = traitlets.Dict().tag(sync=True, to_json=lambda view, _: packed(view))
    picture = traitlets.Bytes().tag(sync=True)
    share = traitlets.Dict().tag(sync=True)
    selection = traitlets.Unicode().tag(sync=True)
    sample = traitlets.Int().tag(sync=True)
    svg_style = traitlets.Unicode(render.style()).tag(sync=True)

    def show(self, snapshot: Snapshot, *notices: View) -> None:
        """Draw this from now on, with more notices above its own."""
        question = snapshot.question
        with self.hold_sync():
            self.picture = picture_record(question.settings, question.sizes)
            view = stage_view(snapshot, self.sample)
            self.view = {**view, "notices": [*notices, *view["notices"]]}

    def fail(self, error: Exception) -> None:
        """Say that the newest snapshot could not be drawn; the picture stays."""
        self.view = {**self.view, "status": "invalid", "notices": [failure_view(error)]}

    def on_action(self, handler: Callable[[str, dict[str, Any]], None]) -> None:
        """Call ``handler`` with an action's name and the whole message when one is chosen."""

        def received(_widget: object, content: object, _buffers: object) -> None:
            if isinstance(content, dict) and isinstance(content.get("action"), str):
                handler(content["action"], content)

        self.on_msg(received)
