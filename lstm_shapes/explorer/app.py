"""The page: controls on the left, the stage on the right, one state between them."""

from __future__ import annotations

import html
from typing import Any

import ipywidgets as widgets

from lstm_shapes.config import PRESETS
from lstm_shapes.explorer.controls import Controls
from lstm_shapes.explorer.stage import Stage
from lstm_shapes.explorer.state import Question, Snapshot, State


class Explorer(widgets.Box):
    """The interactive explorer, a widget: put it last in a cell.

    Args:
        **values: where to start, by the controls' names; the rest is the first preset's.

    Raises:
        TypeError: a name that no control has.

    Attributes:
        state: observe ``state.snapshot``, or set things with ``state.update(num_layers=3)``.
        controls, stage: its two halves.

    >>> explorer = Explorer(num_layers=1, hidden_size=8)
    >>> explorer.state.update(bidirectional=False)
    >>> explorer.state.snapshot.question.settings.hidden_size
    8
    """

    def __init__(self, **values: Any) -> None:
        self.state = State(Question(*next(iter(PRESETS.values()))), **values)
        self.controls = Controls(self.state)
        self.stage = Stage()
        self._title = widgets.HTML()
        self._title.add_class("ls-title")
        rail = widgets.VBox([self._title, self.controls.widget])
        rail.add_class("ls-rail")
        # The outer box is what the page's width is measured on, the inner one is laid out.
        page = widgets.Box([rail, self.stage])
        page.add_class("ls-page")
        super().__init__([page])
        self.add_class("ls-app")
        self.stage.on_action(self._act)
        self.state.observe(lambda change: self._show(change["new"]), "snapshot")
        self._show(self.state.snapshot)

    def _show(self, snapshot: Snapshot) -> None:
        try:
            self.stage.show(snapshot)
        # Jupyter keeps errors of callbacks to its log, where nobody sees them.
        except Exception as error:
            self.stage.fail(error)
            raise
        self._title.value = _title(snapshot)

    def _act(self, action: str) -> None:
        problem = self.state.snapshot.problem
        if action == "fix" and problem is not None:
            self.state.update(**problem.fix)
        # A page misses what is sent while it is being opened, such as the first run.
        if action == "ask":
            self.stage.send_state("view")
            self._title.send_state("value")
            self.controls.send_devices()


def _title(snapshot: Snapshot) -> str:
    module = f"torch.nn.{snapshot.question.settings.kind}"
    about = f"a live <code>{module}</code>"
    if snapshot.run is not None:
        import torch

        version = ".".join(torch.__version__.split(".")[:2])
        about += f" · torch {html.escape(version)} · {html.escape(snapshot.run.device)}"
    else:
        about += " · predicted"
    return f"<h1>LSTM shapes</h1><p>{about}</p>"
