"""The buttons below a report: what they are, what they open, what a notebook keeps of them."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
import torch
from nbclient import NotebookClient
from torch import Tensor, nn

from lstm_shapes import Explorer, explain
from lstm_shapes.explorer import sources
from lstm_shapes.explorer.reported import Reported, ReportedAnswer, ReportedRecord, bundle_of
from tests.conform import conforms
from tests.fake_comm import tell

ROOT = Path(__file__).parents[2]
SOURCE = """\
import torch
from torch import nn
from lstm_shapes import explain
explain(nn.LSTM(4, 3, batch_first=True), torch.randn(3, 5, 4))
"""


class Coder(nn.Module):
    """Two recurrent modules, of which one is called twice."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.LSTM(4, 3, batch_first=True)
        self.decoder = nn.GRU(3, 3, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        out, (h_n, _) = self.encoder(x)
        first, state = self.decoder(out, h_n)
        second: Tensor = self.decoder(out, state)[0]
        return first + second


def words(reported: Reported) -> list[str]:
    record = reported.buttons.record
    return [each["words"] for each in (*record["calls"], *record["copies"])]


def press(reported: Reported, message: dict[str, Any]) -> None:
    """What the page sends when a button is pressed."""
    tell(reported.buttons, message)


def test_a_call_is_opened_on_the_users_own_tensors() -> None:
    lstm, x = nn.LSTM(4, 3, batch_first=True), torch.randn(3, 5, 4)
    reported = Reported(explain(lstm, x))
    assert words(reported) == ["Open in the explorer", "Copy as text", "Copy as test"]
    press(reported, {"open": "0"})
    buttons, explorer = reported.widget.children
    assert buttons is reported.buttons
    assert isinstance(explorer, Explorer)
    torch.testing.assert_close(explorer.state.snapshot.run.out, lstm(x)[0])
    assert reported.buttons.answer == {"count": 1, "says": ""}
    press(reported, {"open": "0"})
    assert reported.widget.children[1] is explorer
    conforms(reported.buttons.answer, ReportedAnswer)


def test_each_call_has_a_button_with_its_own_states() -> None:
    model, x = Coder(), torch.randn(3, 5, 4)
    reported = Reported(explain(model, x))
    conforms(reported.buttons.record, ReportedRecord)
    assert words(reported)[:3] == [
        "Open encoder in the explorer",
        "Open decoder, call 1, in the explorer",
        "Open decoder, call 2, in the explorer",
    ]
    out, (h_n, _) = model.encoder(x)
    _, state = model.decoder(out, h_n)
    press(reported, {"open": "2"})
    run = reported.widget.children[1].state.snapshot.run
    torch.testing.assert_close(run.out, model.decoder(out, state)[0])


def test_what_cannot_be_opened_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    reported = Reported(explain(nn.LSTM(4, 3, batch_first=True), torch.randn(3, 5, 4)))

    def refuse(*_own: Any) -> Explorer:
        raise RuntimeError("out of memory")

    monkeypatch.setattr("lstm_shapes.explorer.reported.Explorer", refuse)
    press(reported, {"open": "0"})
    assert reported.buttons.answer["says"] == "RuntimeError: out of memory"
    assert reported.widget.children == (reported.buttons,)


@pytest.mark.parametrize("message", [{}, {"open": "7"}, {"open": 0}, {"open": None}, {"open": []}])
def test_a_message_that_no_button_sends_does_nothing(message: dict[str, Any]) -> None:
    reported = Reported(explain(nn.LSTM(4, 3, batch_first=True), torch.randn(3, 5, 4)))
    press(reported, message)
    assert reported.widget.children == (reported.buttons,)
    assert reported.buttons.answer == {}


def test_a_call_that_raised_can_be_copied() -> None:
    report = explain(nn.LSTM(4, 3), torch.randn(3, 5, 7))
    reported = Reported(report)
    assert words(reported)[-2:] == ["Copy as text", "Copy as test"]
    assert reported.buttons.record["copies"][0]["text"] == str(report)


def test_where_widgets_are_not_drawn_the_buttons_are_not_spoken_of() -> None:
    report = explain(nn.LSTM(4, 3, batch_first=True), torch.randn(3, 5, 4))
    assert bundle_of(report)["text/plain"] == ""


def executed(source: str) -> list[dict[str, Any]]:
    """The outputs of a cell, by their kind."""
    cell = nbformat.v4.new_code_cell(source)
    notebook = nbformat.v4.new_notebook(cells=[cell])
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(ROOT)}})
    client.execute()
    return [dict(output.data) for output in cell.outputs]


def test_a_notebook_keeps_the_report_and_shows_the_buttons_below() -> None:
    report, buttons = executed(SOURCE)
    assert report.keys() == {"text/html", "text/plain"}
    assert '<div class="ls-report">' in report["text/html"]
    assert report["text/plain"].startswith("LSTM returned 3 tensors")
    assert "application/vnd.jupyter.widget-view+json" in buttons
    assert "text/html" not in buttons


def test_without_ipywidgets_the_report_remains() -> None:
    (report,) = executed(f"import sys\nsys.modules['ipywidgets'] = None\n{SOURCE}")
    assert '<div class="ls-report">' in report["text/html"]


def test_without_a_kernel_there_are_no_buttons(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    try:
        shown: list[dict[str, Any]] = []
        monkeypatch.setattr(shell.display_pub, "publish", lambda data, **_: shown.append(data))
        monkeypatch.delitem(sys.modules, "lstm_shapes.explorer.reported")
        explain(nn.LSTM(4, 3, batch_first=True), torch.randn(3, 5, 4))._ipython_display_()
        assert [each.keys() for each in shown] == [{"text/html", "text/plain"}]
        assert "lstm_shapes.explorer.reported" not in sys.modules
        assert json.dumps(shown)
    finally:
        InteractiveShell.clear_instance()


def test_the_sheets_of_an_explorer_leave_a_report_as_it_is() -> None:
    """Both stand in one notebook, where the sheets of one are read for the other too."""
    lstm = nn.LSTM(4, 3, batch_first=True, bidirectional=True)
    lengths = torch.tensor([5, 3, 2])
    packed = nn.utils.rnn.pack_padded_sequence(torch.randn(3, 5, 4), lengths, batch_first=True)
    drawn = explain(lstm, packed)._repr_html_().partition("</style>")[2]
    used = {name for names in re.findall(r'class="?([\w -]+)', drawn) for name in names.split()}
    assert {"ls-report-call", "ls-report-read", "ls-report-forward"} <= used
    assert not used & set(re.findall(r"\.(ls-[\w-]+)", sources.styles()))
