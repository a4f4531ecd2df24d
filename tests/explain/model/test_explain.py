"""What explain says of a model, as data and as text, and what it says it cannot know."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from lstm_shapes import ArgumentError, check, explain
from lstm_shapes.errors import ArgumentTypeError
from lstm_shapes.explain.model import examination
from lstm_shapes.explain.model.explain import SilentBugs
from lstm_shapes.explain.model.report import Report


class Classifier(nn.Module):
    """Reads what ``take`` takes of out and h_n."""

    def __init__(self, take: Any, width: int = 6, **arguments: Any) -> None:
        super().__init__()
        self.take = take
        arguments = {"batch_first": True, "bidirectional": True} | arguments
        self.lstm = nn.LSTM(4, 3, **arguments)
        self.fc = nn.Linear(width, 2)

    def forward(self, x: Tensor) -> Tensor:
        out, (h_n, _) = self.lstm(x)
        return self.fc(self.take(out, h_n))


def last(out: Tensor, h_n: Tensor) -> Tensor:
    return out[:, -1]


def ends(out: Tensor, h_n: Tensor) -> Tensor:
    return torch.cat([h_n[-2], h_n[-1]], dim=-1)


def kinds(report: Report) -> list[str]:
    return [finding.kind for finding in report.findings]


def test_a_report_is_data_that_json_can_hold() -> None:
    report = explain(Classifier(last), torch.randn(3, 5, 4))
    data = json.loads(json.dumps(report.to_dict()))
    assert data["model"] == "Classifier"
    assert [each["kind"] for each in data["findings"]] == ["one_step"]
    assert data["error"] is None
    call = data["calls"][0]
    assert "own" not in call
    assert [each["shape"] for each in call["tensors"]] == [
        [3, 5, 4],
        [3, 5, 6],
        [2, 3, 3],
        [2, 3, 3],
    ]


def test_a_call_says_its_axes_its_rows_and_what_is_read() -> None:
    (call,) = explain(Classifier(ends, num_layers=2), torch.randn(3, 5, 4)).calls
    assert (call.module, call.number, call.repeats) == ("lstm", 1, 1)
    assert call.rows[-2:] == ("layer 1, forward", "layer 1, backward")
    seen = {each.name: each for each in call.tensors}
    assert seen["out"].axes == ("batch", "seq", "features")
    assert seen["out"].read == "never read by the rest of the model"
    assert (seen["h_n"].shape, seen["h_n"].read) == ((4, 3, 3), "rows 2 and 3 read")
    assert call.place is not None
    assert call.place.code == "out, (h_n, _) = self.lstm(x)"


@pytest.mark.parametrize("step", range(5))
@pytest.mark.parametrize("half", [slice(0, 3), slice(3, 6)])
def test_what_is_read_is_what_other_numbers_in_out_would_change(step: int, half: slice) -> None:
    """The second judge: out itself is changed at one step, and the rest computed by hand."""
    model, x = Classifier(lambda out, h_n: out[:, 1] + out[:, 3]), torch.randn(3, 5, 4)
    report = explain(model, x)
    out, (h_n, _) = model.lstm(x)
    other = out.clone()
    other[:, step, half] += 1.0
    changes = not torch.equal(model.fc(model.take(out, h_n)), model.fc(model.take(other, h_n)))
    row = report.reads[0].rows[0 if half.start == 0 else 1]
    assert (row.steps[step] == "read") == changes


class Decoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.cell = nn.LSTMCell(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        h = c = torch.zeros(len(x), 3)
        steps = []
        for t in range(x.shape[1]):
            h, c = self.cell(x[:, t], (h, c))
            steps.append(h)
        return torch.stack(steps, 1)


def test_the_calls_of_a_loop_are_one() -> None:
    (call,) = explain(Decoder(), torch.randn(3, 7, 4)).calls
    assert (call.constructor, call.cell, call.repeats) == ("nn.LSTMCell(4, 3)", True, 7)
    assert [each.name for each in call.tensors] == ["input", "h", "c", "h_1", "c_1"]


@pytest.mark.parametrize("model", [Classifier(ends), Decoder()])
def test_passes_do_not_grow_with_steps_or_samples(model: nn.Module) -> None:
    few = explain(model, torch.randn(7, 5, 4))
    many = explain(model, torch.randn(11, 40, 4))
    assert (few.forward_passes, few.backward_passes) == (many.forward_passes, many.backward_passes)
    assert few.forward_passes <= 20


def test_some_samples_of_a_large_batch_are_examined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination, "MOST_WORK", 1)
    report = explain(Classifier(last), torch.randn(32, 5, 4))
    assert kinds(report) == ["one_step"]
    assert "5 of 5 samples" in report.findings[0].says
    assert report.calls[0].tensors[0].shape == (32, 5, 4)


def test_shapes_alone_take_one_run_and_claim_nothing() -> None:
    report = explain(Classifier(last), torch.randn(3, 5, 4), probe=False)
    assert (report.forward_passes, report.backward_passes) == (1, 0)
    assert not report.findings + report.checks  # type: ignore[operator]
    assert [each.read for each in report.calls[0].tensors] == ["", "", "", ""]


def test_check_raises_with_the_findings_and_can_allow_some() -> None:
    model, x = Classifier(last), torch.randn(3, 5, 4)
    with pytest.raises(SilentBugs, match="where it has seen one step") as raised:
        check(model, x)
    assert isinstance(raised.value, AssertionError)
    assert kinds(raised.value.report) == ["one_step"]
    assert kinds(check(model, x, allow=["one_step"])) == ["one_step"]
    assert not check(Classifier(ends), x).findings


def test_check_raises_what_the_call_raises() -> None:
    with pytest.raises(RuntimeError, match="Expected 4, got 5"):
        check(Classifier(ends), torch.randn(3, 5, 5))


def test_a_call_that_raises_is_explained_with_who_made_its_input() -> None:
    class Wrong(Classifier):
        def forward(self, x: Tensor) -> Tensor:
            return super().forward(self.fc(x))

    model = Wrong(ends)
    report = explain(model, torch.randn(3, 5, 6))
    assert isinstance(report.error, RuntimeError)
    assert report.explanation is not None
    assert report.explanation.kind == "features"
    assert "given an input (3, 5, 2), made by the layer fc" in report.failed
    assert report.place is not None
    assert report.place.code == "out, (h_n, _) = self.lstm(x)"
    assert "input.size(-1) must be equal to input_size" in str(report)


def test_the_batch_axis_can_be_said() -> None:
    class Tagger(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lstm = nn.LSTM(4, 3)

        def forward(self, x: Tensor) -> Tensor:
            return self.lstm(x)[0]

    x = torch.randn(5, 3, 4)
    assert kinds(explain(Tagger(), x)) == ["batch_first"]
    assert "batch_axis=1" in explain(Tagger(), x).findings[0].says
    assert not explain(Tagger(), x, batch_axis=1).findings


class Draws(Classifier):
    def forward(self, x: Tensor) -> Tensor:
        self.calls = getattr(self, "calls", 0) + 1
        seen.append(1)
        return super().forward(x) * len(seen)


seen: list[int] = []
"""Outside of the model, so that no copy of it is free of what went before."""


class Rounds(Classifier):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x).argmax(-1)


class Cut(Classifier):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x).detach()


class Total(Classifier):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x).sum()


@pytest.mark.parametrize(
    ("model", "says"),
    [
        (Draws(ends), "not deterministic"),
        (Rounds(ends), "no floating point tensor"),
        (Cut(ends), "No gradient leads from the result"),
        (Total(ends), "a single number for the whole batch"),
    ],
)
def test_what_is_out_of_reach_is_said(model: nn.Module, says: str) -> None:
    report = explain(model, torch.randn(3, 5, 4))
    assert any(says in each for each in report.out_of_reach), report.out_of_reach
    assert not report.findings


@pytest.mark.filterwarnings("ignore")
def test_a_quantized_model_is_not_examined() -> None:
    model = torch.ao.quantization.quantize_dynamic(
        Classifier(ends).eval(), {nn.LSTM}, dtype=torch.qint8
    )
    report = explain(model, torch.randn(3, 5, 4))
    assert "quantized" in report.out_of_reach[0]
    assert not report.findings


def test_what_is_no_such_model_is_refused() -> None:
    with pytest.raises(ArgumentTypeError, match=r"model='lstm' .*: give an nn\.Module"):
        explain("lstm", torch.randn(3, 5, 4))  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="model='Linear' holds no recurrent module"):
        explain(nn.Linear(4, 3), torch.randn(3, 4))
    with pytest.raises(ArgumentTypeError, match=r"target=\[1\]"):
        explain(nn.LSTM(4, 3), torch.randn(3, 2, 4), target=[1])  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="batch_axis=9 is too large"):
        explain(nn.LSTM(4, 3), torch.randn(3, 2, 4), batch_axis=9)


def test_a_model_that_looks_at_its_numbers_is_borne() -> None:
    class Asserts(Classifier):
        def forward(self, x: Tensor) -> Tensor:
            out, (h_n, _) = self.lstm(x)
            assert torch.equal(out[:, -1, :3], h_n[-2])
            return self.fc(ends(out, h_n))

    report = explain(Asserts(ends), torch.randn(3, 5, 4))
    assert report.error is None
    assert not report.findings


def test_a_state_that_is_given_with_its_graph_is_found() -> None:
    class Goes(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.gru = nn.GRU(4, 3, batch_first=True)

        def forward(self, x: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
            out, hidden = self.gru(x, hidden)
            return out, hidden

    model, x = Goes(), torch.randn(3, 5, 4)
    _, hidden = model(x, torch.zeros(1, 3, 3))
    assert kinds(explain(model, x, hidden)) == ["carried_graph"]
    assert not explain(model, x, hidden.detach()).findings


@pytest.mark.filterwarnings("ignore")
def test_check_does_not_pass_a_model_that_was_not_examined() -> None:
    with pytest.raises(ArgumentError, match="model='Cut' was not examined: No gradient leads"):
        check(Cut(ends), torch.randn(3, 5, 4))
