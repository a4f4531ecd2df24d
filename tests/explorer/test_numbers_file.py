"""The numbers of a run as files: what is read back is what the module returned."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
import torch
from torch import nn

from lstm_shapes import Explorer, InputSizes, Run, Settings, observe, run
from lstm_shapes.explorer.numbers_file import MOST, numbers_file

RUNS = {
    "two directions": run(Settings(4, 3, 2, bidirectional=True), InputSizes(5, 2)),
    "batch first": run(Settings(4, 3, batch_first=True, proj_size=2), InputSizes(3, 3)),
    "lengths": run(Settings(4, 3, kind="GRU"), InputSizes(4, 3, lengths=(2, 4, 1))),
    "unbatched": run(Settings(4, 1, kind="RNN"), InputSizes(1, None)),
    "observed": observe(nn.LSTM(3, 2).double(), torch.randn(4, 1, 3, dtype=torch.float64)),
}


@pytest.fixture(params=RUNS.values(), ids=RUNS)
def made(request: pytest.FixtureRequest) -> Run:
    found: Run = request.param
    return found


def test_the_table_has_every_number_at_its_place(made: Run) -> None:
    text = numbers_file(made, "csv").content.decode()
    lines = list(csv.DictReader(io.StringIO(text)))
    tensors = made.tensors()
    assert len(lines) == sum(each.numel() for each in tensors.values())
    two = made.settings.bidirectional
    for line in lines:
        feature = int(line["feature"])
        place = {"sample": line["sample"], "step": line["step"]}
        where: list[int] = []
        if line["tensor"] in ("h_n", "c_n"):
            assert line["step"] == ""
            row = int(line["layer"]) * (1 + two) + (line["direction"] == "backward")
            where = [row] if made.sizes.batch_size is None else [row, int(line["sample"])]
        else:
            assert (line["layer"], line["direction"]) == ("", "")
            first = made.settings.batch_first
            order = ("sample", "step") if first else ("step", "sample")
            where = [int(place[name]) for name in order if place[name] != ""]
        number = tensors[line["tensor"]][(*where, feature)]
        assert torch.equal(torch.tensor(float(line["value"]), dtype=number.dtype), number)


def test_the_saved_tensors_make_the_same_call_again(made: Run) -> None:
    file = io.BytesIO(numbers_file(made, "pt").content)
    found = torch.load(file, weights_only=True)
    for name, tensor in made.tensors().items():
        assert torch.equal(found[name], tensor)
    settings = dict(found["settings"])
    kind = settings.pop("kind")
    if kind != "RNN":
        settings.pop("nonlinearity")
    if kind != "LSTM":
        settings.pop("proj_size")
    module = getattr(nn, kind)(**settings).to(found["input"].dtype)
    module.load_state_dict(found["state_dict"])
    if made.sizes.lengths is None:
        assert torch.allclose(module(found["input"])[0], found["out"], atol=1e-6)


def test_without_a_run_and_with_too_many_numbers_it_is_said_why() -> None:
    assert "has not been run" in numbers_file(None, "csv").refused
    large = run(Settings(4, 64), InputSizes(seq_len=1000, batch_size=4))
    refused = numbers_file(large, "csv")
    assert refused.content == b""
    assert f"{MOST['csv']:,} at most" in refused.refused
    assert numbers_file(large, "pt").refused == ""


def test_the_page_gets_the_file_it_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    explorer, sent = Explorer(), []
    explorer.state.wait()

    def send(content: Any, buffers: Any = None) -> None:
        sent.append((content, buffers))

    monkeypatch.setattr(explorer.stage, "send", send)
    for wanted in ("csv", "pt", "exe", None, ["csv"]):
        explorer.act("numbers", {"format": wanted})
    assert [content for content, _ in sent] == [
        {"file": "lstm.csv", "refused": ""},
        {"file": "lstm.pt", "refused": ""},
    ]
    assert all(buffers[0] for _, buffers in sent)
