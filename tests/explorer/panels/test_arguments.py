"""The record of the arguments: by formula, and as measured."""

from __future__ import annotations

import pytest

from lstm_shapes import InputSizes, Run, Settings
from lstm_shapes.explorer.panels.arguments import arguments_view
from lstm_shapes.explorer.panels.picture import found_view
from tests.explorer.panels.snapshots import ASKED, BOTH, measured, predicted


def test_arguments_are_measured_only_where_a_run_is_cheap() -> None:
    rows = {row["argument"]: row for row in arguments_view(measured(BOTH, ASKED))["rows"]}
    assert all(row["found"]["agrees"] for row in rows.values())
    assert (
        rows["batch_first"]["kept"] == "h_n, c_n keep their shapes · the number of parameters stays"
    )
    assert rows["dropout"]["changed"] == []
    assert rows["bias"]["parameters"] == "480 → 384"
    assert rows["proj_size"]["link"] == "proj_size=2"
    gru_rows = arguments_view(measured(Settings(4, 1, kind="GRU"), InputSizes(1, None)))["rows"]
    gru = {row["argument"]: row for row in gru_rows}
    assert "is not supported by GRU" in gru["proj_size"]["why_not"]
    assert gru["proj_size"]["link"] == ""
    assert "nonlinearity" not in rows.keys() | gru.keys()
    rnn_rows = arguments_view(measured(Settings(4, 1, kind="RNN"), ASKED))["rows"]
    rnn = {row["argument"]: row for row in rnn_rows}
    assert rnn["nonlinearity"]["link"] == "nonlinearity=relu"
    assert (
        rnn["nonlinearity"]["kept"]
        == "input, out, h_n keep their shapes · the number of parameters stays"
    )
    by_formula = arguments_view(predicted(BOTH, ASKED))["rows"]
    assert {row["found"]["agrees"] for row in by_formula} == {None}


def test_what_batch_first_moves_is_said_here_and_at_the_axis() -> None:
    snapshot = measured(BOTH, ASKED)
    said = [(claim["statement"], claim["holds"]) for claim in arguments_view(snapshot)["moved"]]
    out, states = said
    assert out == ("out with batch_first=False == out.transpose(0, 1)", True)
    assert states == ("h_n and c_n with batch_first=False == h_n and c_n", True)
    found = found_view(snapshot, 1)["found"]
    assert found["axis.out.0"]["claims"][0]["statement"] == out[0]
    assert found["axis.c_n.1"]["claims"][0]["statement"] == states[0]
    assert "axis.out.1" not in found
    assert arguments_view(predicted(BOTH, ASKED))["moved"] == []
    assert arguments_view(measured(BOTH, InputSizes(5, 0)))["moved"] == []


def test_an_argument_whose_run_is_other_than_said_is_loud(monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = measured(BOTH, ASKED)
    assert all(row["found"]["agrees"] for row in arguments_view(snapshot)["rows"])
    real = Run.shapes

    def tampered(made: Run) -> dict[str, tuple[int, ...]]:
        return real(made) | ({} if made is snapshot.run else {"h_n": (9, 9, 9)})

    monkeypatch.setattr(Run, "shapes", tampered)
    rows = arguments_view(snapshot)["rows"]
    assert {row["found"]["agrees"] for row in rows} == {False}
    assert {row["found"]["words"] for row in rows} == {"a run gives other shapes than this"}


def test_the_other_runs_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = measured(BOTH, ASKED)
    first = arguments_view(snapshot)

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("it was run again")

    monkeypatch.setattr("lstm_shapes.live.run.run", fail)
    assert arguments_view(snapshot) == first
