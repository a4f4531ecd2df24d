"""The buttons below a report on a model: its calls opened in the explorer, and copies of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

import anywidget
import ipywidgets as widgets
import traitlets

from lstm_shapes.explain.model.report import ModelCall, Report
from lstm_shapes.explorer import sources
from lstm_shapes.explorer.app import Explorer
from lstm_shapes.explorer.words import PAGE

OPENING = "opening …"
LATE = (
    "The kernel has not answered yet. If it is busy, this opens when it is done; if it was ended, "
    "run the cell again."
)


class ReportedCall(TypedDict):
    """A button that opens a call: its number in the report, and its name."""

    call: str
    words: str


class ReportedCopy(TypedDict):
    """A button that hands out a text."""

    words: str
    text: str


class ReportedRecord(TypedDict):
    """The buttons, and what is said when one is pressed."""

    calls: list[ReportedCall]
    copies: list[ReportedCopy]
    opening: str
    late: str
    copied: str
    by_hand: str
    to_copy: str


class ReportedAnswer(TypedDict):
    """What came of an opening: nothing if it is there to be seen. ``count`` makes each new."""

    count: int
    says: str


class ReportButtons(anywidget.AnyWidget):
    """The row of buttons.

    Attributes:
        record: what they are.
        answer: what came of the last opening.
    """

    _esm = sources.joined(sources.WEB, "reported.js")
    _css = sources.styles()
    record = traitlets.Dict().tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)


class Reported:
    """The buttons of a report, and below them the explorer on the call that was opened last.

    Attributes:
        widget: what is shown.
        buttons: the row of buttons.

    >>> import torch
    >>> from lstm_shapes import explain
    >>> lstm, x = torch.nn.LSTM(4, 3, batch_first=True), torch.randn(3, 5, 4)
    >>> reported = Reported(explain(lstm, x))
    >>> reported.open(0)
    >>> reported.widget.children[1].state.snapshot.run.shapes()["out"]
    (3, 5, 3)
    """

    def __init__(self, report: Report) -> None:
        self._calls = report.calls
        self._opened: dict[int, Explorer] = {}
        self.buttons = ReportButtons(record=dict(reported_record(report)))
        self.buttons.on_msg(self._hear)
        self.widget = widgets.VBox([self.buttons])
        self.widget.add_class("ls-reported")

    def open(self, number: int) -> None:
        """Show the explorer on a call, with the user's own weights, input and states.

        Raises:
            Exception: whatever an :class:`Explorer` on them raises.
        """
        if number not in self._opened:
            self._opened[number] = Explorer(*self._calls[number].own)
        self.widget.children = (self.buttons, self._opened[number])

    def _hear(self, _widget: object, message: Mapping[str, Any], _buffers: object) -> None:
        call = message.get("open")
        if not any(button["call"] == call for button in self.buttons.record["calls"]):
            return
        says = ""
        try:
            self.open(int(str(call)))
        # Jupyter keeps errors of callbacks to its log, where nobody sees them.
        except Exception as error:
            says = f"{type(error).__name__}: {error}"
        count = self.buttons.answer.get("count", 0) + 1
        self.buttons.answer = dict(ReportedAnswer(count=count, says=says))


def reported_record(report: Report) -> ReportedRecord:
    """The buttons of a report."""
    shown = [(i, call) for i, call in enumerate(report.calls) if call.own is not None]
    copies: list[ReportedCopy] = [{"words": "Copy as text", "text": str(report)}]
    if report.test:
        copies.append({"words": "Copy as test", "text": report.test})
    return {
        "calls": [{"call": str(i), "words": _words(call, report.calls)} for i, call in shown],
        "copies": copies,
        "opening": OPENING,
        "late": LATE,
        "copied": PAGE["copied"],
        "by_hand": PAGE["by_hand"],
        "to_copy": PAGE["to_copy"],
    }


def _words(call: ModelCall, calls: tuple[ModelCall, ...]) -> str:
    """The name of a button, as long as it takes to tell it from the others."""
    if len(calls) == 1:
        return "Open in the explorer"
    again = sum(each.module == call.module for each in calls) > 1
    return f"Open {call.name}{f', call {call.number},' if again else ''} in the explorer"


def bundle_of(report: Report) -> dict[str, Any]:
    """The buttons as a notebook shows them; where widgets are not drawn, nothing is."""
    bundle = Reported(report).widget._repr_mimebundle_()
    return {**bundle, "text/plain": ""}
