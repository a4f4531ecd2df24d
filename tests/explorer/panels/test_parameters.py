"""The record of the parameters: as measured, and which cells use each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lstm_shapes import InputSizes, Settings, run
from lstm_shapes.config import Kind
from lstm_shapes.explorer.panels.parameters import parameters_view
from lstm_shapes.formula.numbers import grouped
from tests.explorer.panels.snapshots import ASKED, BOTH, HUGE, PACKED, measured, predicted


def test_every_parameter_is_listed_as_measured_and_none_that_is_not_there() -> None:
    snapshot = measured(replace(BOTH, bias=False, proj_size=2), ASKED)
    panel = parameters_view(snapshot)
    assert snapshot.run is not None
    listed = {p["name"]: p["shape"]["shape"] for cell in panel["cells"] for p in cell["parameters"]}
    assert listed == {
        name: ",".join(map(str, each.shape))
        for name, each in snapshot.run.module.named_parameters()
    }
    assert panel["count"]["agrees"]
    assert panel["without"] == ["bias=False: there is no bias_ih and no bias_hh, not even zeros."]
    tampered = replace(snapshot, run=replace(snapshot.run, weights=run(BOTH, ASKED).weights))
    assert parameters_view(tampered)["count"]["agrees"] is False


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("both", [True, False])
@pytest.mark.parametrize("layers", [1, 2, 3])
def test_the_sum_that_is_written_gives_what_is_measured(
    kind: Kind, bias: bool, both: bool, layers: int
) -> None:
    # The last one reads as many features in every layer, if it has two directions.
    for features, hidden, projected in ((4, 3, 0), (5, 4, 2), (3, 3, 0), (4, 2, 0)):
        projected = projected if kind == "LSTM" else 0
        settings = Settings(features, hidden, layers, bias=bias, bidirectional=both, kind=kind)
        settings = replace(settings, proj_size=projected)
        snapshot = measured(settings, ASKED)
        count = parameters_view(snapshot)["count"]
        written, _, total = count["numbers"].partition(" = ")
        assert snapshot.run is not None
        elements = sum(each.numel() for each in snapshot.run.module.parameters())
        assert eval(written.replace("·", "*").replace(",", "")) == elements
        assert total == grouped(elements)
        names = {
            "D": settings.num_directions,
            "H_in": features,
            "H_out": settings.h_out,
            "H_cell": hidden,
            "num_layers": layers,
        }
        assert eval(count["symbols"].replace("·", "*"), names) == elements


def test_why_there_are_two_biases_is_said_where_there_are_two() -> None:
    for kind, holds in (("LSTM", [True]), ("RNN", [True]), ("GRU", [False, True])):
        biases = parameters_view(measured(Settings(4, 3, kind=kind), ASKED))["biases"]
        assert biases is not None
        assert [claim["holds"] for claim in biases["claims"]] == holds
        assert "cuDNN" in biases["says"]
        assert ("b_hn" in biases["says"]) == (kind == "GRU")
    assert parameters_view(measured(Settings(4, 3, bias=False), ASKED))["biases"] is None


def test_of_many_layers_some_parameters_are_listed_and_all_are_counted() -> None:
    settings = replace(BOTH, hidden_size=HUGE, num_layers=HUGE)
    panel = parameters_view(predicted(settings, InputSizes(HUGE, HUGE)))
    assert len(panel["cells"]) == 10
    assert panel["left_out"].startswith("not drawn")
    assert panel["count"]["agrees"] is None
    assert "none is measured" in panel["count"]["measured"]


def test_a_parameter_lights_the_cells_of_its_layer_and_direction_that_are_drawn() -> None:
    cells = {
        each["name"]: each["lights"] for each in parameters_view(measured(BOTH, ASKED))["cells"]
    }
    assert cells["layer 1, backward"] == [f"cell.1.backward.{step}" for step in reversed(range(5))]
    many = parameters_view(predicted(Settings(4, 3), InputSizes(100, 3)))["cells"][0]["lights"]
    assert many[5:8] == ["cell.0.forward.5", "cell.0.forward.etc", "cell.0.forward.95"]


def test_the_cells_are_those_of_the_sample_that_is_drawn() -> None:
    for sample, steps in enumerate((3, 5, 2)):
        (first, *_) = parameters_view(measured(BOTH, PACKED), sample)["cells"]
        assert first["lights"] == [f"cell.0.forward.{step}" for step in range(steps)]
