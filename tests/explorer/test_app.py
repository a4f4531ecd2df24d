"""The page's two halves without a browser: widgets in step with the state, and the
record that JavaScript draws."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import Any

import pytest
import torch

from lstm_shapes import Explorer, InputSizes, Settings
from lstm_shapes.config import Question
from lstm_shapes.explorer.choices import TABS
from lstm_shapes.explorer.presets import FIRST_QUESTION, PRESETS
from lstm_shapes.explorer.stage import stage_view
from lstm_shapes.formula.shapes import tensor_shapes
from tests.explorer.test_state import HOSTILE
from tests.fake_comm import tell


def cards(explorer: Explorer) -> dict[str, Any]:
    return {card["tensor"]: card["shape"] for card in explorer.stage.view["cards"]}


def notices(explorer: Explorer) -> list[tuple[str, str]]:
    return [(notice["tone"], notice["heading"]) for notice in explorer.stage.view["notices"]]


def test_there_is_a_control_for_every_argument(explorer: Explorer) -> None:
    settings = {field.name for field in fields(Settings)}
    sizes = {"batch_size", "seq_len", "lengths", "batched", "seed", "device"}
    assert explorer.controls.inputs.keys() == settings | sizes
    for name, parts in explorer.controls.inputs.items():
        assert parts[-1].description == name


def test_a_slider_and_its_number_move_together(explorer: Explorer) -> None:
    slider, number = explorer.controls.inputs["hidden_size"]
    slider.value = 7
    assert number.value == "7"
    assert cards(explorer)["out"]["shape"] == "3,5,14"
    number.value = "500"
    assert slider.value == slider.max
    assert explorer.state.values["hidden_size"] == 500
    assert cards(explorer)["out"]["shape"] == "3,5,1000"


def test_a_refused_number_stays_in_its_field(explorer: Explorer) -> None:
    slider, number = explorer.controls.inputs["hidden_size"]
    number.value = "-2"
    assert number.value == "-2"
    assert slider.value == slider.min
    assert explorer.stage.view["blame"] == ["hidden_size"]
    assert cards(explorer)["out"]["shape"] == "3,5,6"


def test_one_change_by_hand_is_answered_by_formula_and_by_the_run(explorer: Explorer) -> None:
    answers: list[Any] = []
    explorer.state.observe(lambda change: answers.append(change["new"]), "snapshot")
    explorer.controls.inputs["seq_len"][0].value = 9
    explorer.controls.inputs["hidden_size"][1].value = "400"
    # Without a loop the run is made while others still hear of the formula's answer.
    assert sorted(answer.status for answer in answers) == ["measured"] * 2 + ["predicted"] * 2
    assert explorer.state.snapshot.status == "measured"


@pytest.mark.parametrize("name", list(PRESETS))
def test_a_preset_sets_everything_and_is_marked_while_it_holds(
    explorer: Explorer, name: str
) -> None:
    presets = explorer.controls.presets
    explorer.state.update(seed=5, num_layers=7, dropout=0.9, seq_len=2)
    assert presets.value is None
    presets.value = name
    assert explorer.state.snapshot.question == replace(PRESETS[name], seed=5)
    assert presets.value == name
    explorer.state.update(hidden_size=9)
    assert presets.value is None


def test_unbatched_has_no_use_for_batch_size(explorer: Explorer) -> None:
    (switch,) = explorer.controls.inputs["batched"]
    switch.value = False
    assert all(part.disabled for part in explorer.controls.inputs["batch_size"])
    switch.value = True
    assert not any(part.disabled for part in explorer.controls.inputs["batch_size"])
    assert cards(explorer)["out"]["shape"] == "3,5,6"


def test_lengths_are_typed_and_follow_the_samples_and_steps(explorer: Explorer) -> None:
    (field,) = explorer.controls.inputs["lengths"]
    field.value = "2, 5 3"
    assert explorer.state.snapshot.question.sizes == InputSizes(5, 3, (2, 5, 3))
    assert field.value == "2, 5, 3"
    explorer.controls.inputs["seq_len"][0].value = 4
    assert field.value == "2, 4, 3"
    explorer.controls.inputs["batch_size"][0].value = 4
    assert field.value == "2, 4, 3, 4"
    explorer.controls.inputs["batch_size"][0].value = 2
    assert explorer.state.snapshot.question.sizes == InputSizes(4, 2, (2, 4))
    (switch,) = explorer.controls.inputs["batched"]
    switch.value = False
    assert field.disabled
    assert explorer.state.snapshot.question.sizes == InputSizes(4, None)
    switch.value = True
    assert explorer.state.snapshot.question.sizes == InputSizes(4, 2, (2, 4))
    field.value = " "
    assert explorer.state.snapshot.question.sizes == InputSizes(4, 2)


@pytest.mark.parametrize(
    ("typed", "heading", "text"),
    [
        ("2, 6, 3", "torch takes this without a word", "lengths[1]=6 is too large"),
        ("2, 5", "torch takes this without a word", "has 2 entries for batch_size=3"),
        ("2, 0, 1", "torch: Length of all samples has to be greater", "lengths[1]=0 is too small"),
        ("2, 5", "torch takes this without a word", "and leaves the other samples out"),
        ("9, 5, 2", "torch takes this without a word", "lengths[0]=9 is too large"),
        ("1, 2, 3, 4", "torch: index", "has 4 entries for batch_size=3"),
        ("3,,5", "Not valid", "lengths='3,,5' is of type str"),
        ("two", "Not valid", "lengths='two' is of type str"),
        ("<b>", "Not valid", "lengths='<b>' is of type str"),
        ("9" * 23 + ",1,1", "Not valid", "lengths[0]=99999999999999999999999 is too large"),
    ],
)
def test_lengths_that_do_not_fit_are_refused_by_name(
    explorer: Explorer, typed: str, heading: str, text: str
) -> None:
    (field,) = explorer.controls.inputs["lengths"]
    field.value = typed
    (notice,) = explorer.stage.view["notices"]
    assert notice["heading"].startswith(heading)
    assert text in notice["text"]
    assert field.value.replace(" ", "") == typed.replace(" ", "")
    assert explorer.stage.view["blame"] == ["lengths"]
    assert cards(explorer)["out"]["shape"] == "3,5,6"
    if notice["link"]:
        tell(explorer.stage, {"action": "open", "link": notice["link"]})
        assert notices(explorer) == []


def test_lengths_come_back_with_the_sizes_they_were_set_for(explorer: Explorer) -> None:
    explorer.state.update(lengths=(3, 5, 2))
    for name, size, meanwhile in (
        ("seq_len", 1, (1, 1, 1)),
        ("batch_size", 1, (3,)),
        ("batch_size", 0, None),
        ("batch_size", 10**9, (3, 5, 2)),
    ):
        explorer.state.update(**{name: size})
        assert explorer.state.values["lengths"] == meanwhile
        explorer.state.update(seq_len=5, batch_size=3)
        assert explorer.state.snapshot.question.sizes == InputSizes(5, 3, (3, 5, 2))
    explorer.state.update(batch_size=4)
    assert explorer.state.snapshot.question.sizes == InputSizes(5, 4, (3, 5, 2, 5))


@pytest.mark.parametrize("lengths", [[3, 5, 2], (3, 5, 2), torch.tensor([3, 5, 2])])
def test_lengths_from_code_are_those_of_the_field(lengths: Any) -> None:
    explorer = Explorer(lengths=lengths)
    assert explorer.state.wait(60)
    assert explorer.controls.inputs["lengths"][0].value == "3, 5, 2"
    assert explorer.state.snapshot.question.sizes == InputSizes(5, 3, (3, 5, 2))
    explorer.state.update(lengths=lengths)
    assert explorer.state.snapshot.status == "measured"


def test_too_many_samples_to_follow_leave_the_lengths_alone(explorer: Explorer) -> None:
    explorer.state.update(lengths=(2, 5, 3))
    explorer.state.update(batch_size=10**9)
    assert explorer.state.values["lengths"] == (2, 5, 3)
    assert notices(explorer)[0][0] == "error"
    (notice,) = explorer.stage.view["notices"]
    tell(explorer.stage, {"action": "open", "link": notice["link"]})
    assert explorer.state.snapshot.question.sizes == InputSizes(5, 10**9)


def test_the_picture_follows_the_sample_where_lengths_differ(explorer: Explorer) -> None:
    explorer.state.update(lengths=(2, 5, 3))
    explorer.stage.sample = 2
    slices = json.loads(explorer.stage.slices)["slices"]
    words = slices["h_n.2"]["words"]
    assert words.startswith("`h_n[2, 2]` = h of layer 1, forward, written at t = 2")
    found = explorer.stage.found["found"]
    good, bad = found["h_n.2"]["claims"]
    assert (good["statement"], good["holds"]) == ("h_n[2, 2] == out[2, 2, :3]", True)
    assert (bad["statement"], bad["holds"]) == ("h_n[2, 2] == out[2, -1, :3]", False)
    assert bad["reason"] == "that step is padding"
    assert found["out.4.forward"]["claims"][0]["holds"] is True
    explorer.select("h_n[2, 2]")
    assert "assert torch.equal(h_n[2, 2], out[2, 2, :3])" in explorer.stage.share["script"]
    call = explorer.stage.share["call"]
    again = eval(call, {"Explorer": Explorer})
    assert again.state.wait(60)
    assert again.stage.picture == explorer.stage.picture


def test_devices_are_offered_only_where_there_is_a_choice(explorer: Explorer) -> None:
    row = explorer.controls.rows["device"]
    explorer.state.devices = ("cpu", "cuda")
    assert row.layout.display is None
    assert explorer.controls.inputs["device"][0].options == ("cpu", "cuda")
    explorer.state.devices = ("cpu",)
    assert row.layout.display == "none"
    assert explorer.controls.inputs["device"][0].value == "cpu"


def test_a_refusal_and_a_remark_are_told_apart(explorer: Explorer) -> None:
    explorer.state.update(num_layers=1, dropout=0.5)
    assert [tone for tone, _ in notices(explorer)] == ["remark"]
    explorer.state.update(hidden_size=100_000)
    ((tone, heading),) = notices(explorer)
    assert tone == "refusal"
    assert heading.startswith("Predicted, not run: needs ")
    assert cards(explorer)["out"]["state"] == "predicted"


def test_a_disagreement_would_be_loud(explorer: Explorer) -> None:
    made = explorer.state.snapshot.run
    assert made is not None
    broken = replace(explorer.state.snapshot, run=replace(made, h_n=made.h_n[:, 1:]))
    card = next(c for c in stage_view(broken)["cards"] if c["tensor"] == "h_n")["shape"]
    assert not card["agrees"]
    assert card["verdict"] == "✗ formula (4, 3, 3) ≠ measured (4, 2, 3)"
    assert card["shape"] == "4,2,3"


def test_a_mistake_of_our_own_is_shown_and_not_swallowed(
    explorer: Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Any) -> None:
        raise KeyError("seq")

    monkeypatch.setattr("lstm_shapes.explorer.stage.cards_view", fail)
    with pytest.raises(KeyError):
        explorer.state.update(num_layers=3)
    assert notices(explorer) == [("error", "KeyError: 'seq'")]
    assert cards(explorer)["h_n"]["shape"] == "4,3,3"


@pytest.mark.parametrize("values", HOSTILE, ids=lambda values: repr(values.keys()))
def test_values_that_no_widget_can_hold_are_refused_in_words(
    explorer: Explorer, values: dict[str, Any]
) -> None:
    explorer.state.update(**values)
    assert notices(explorer) or explorer.state.snapshot.status == "predicted"
    explorer.state.update(**FIRST_QUESTION.values())
    assert notices(explorer) == []
    again = Explorer(**values)
    assert again.state.wait(60)
    assert again.state.snapshot.status in ("invalid", "predicted")


@pytest.mark.parametrize("value", [2**63 - 1, 10**12])
def test_numbers_beyond_javascripts_are_sent_exactly(value: int) -> None:
    settings = Settings(4, value)
    explorer = Explorer(**Question(settings, InputSizes(5, 3)).values())
    formula = tensor_shapes(settings, InputSizes(5, 3))["out"].shape
    assert cards(explorer)["out"]["shape"] == ",".join(map(str, formula))
    assert str(value) in json.dumps(explorer.stage.view["cards"])


def test_the_record_is_plain_data(explorer: Explorer) -> None:
    assert json.loads(json.dumps(explorer.stage.view))["status"] == "measured"
    for tab in TABS:
        explorer.stage.choices = explorer.stage.choices | {"tab": tab}
        assert json.loads(json.dumps(explorer.stage.panel))["tab"] == tab


def test_starting_values_are_taken_from_the_call() -> None:
    explorer = Explorer(hidden_size=8, bidirectional=False)
    assert explorer.state.wait(60)
    assert cards(explorer)["out"]["shape"] == "3,5,8"
    with pytest.raises(TypeError, match="no such argument: hidden"):
        Explorer(hidden=8)


def test_two_explorers_do_not_share_a_state() -> None:
    one, other = Explorer(), Explorer()
    assert one.state.wait(60)
    one.state.update(num_layers=5)
    assert other.state.values["num_layers"] == 2
