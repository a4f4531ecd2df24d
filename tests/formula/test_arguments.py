"""What each argument changes by formula, held against a module that really has the other value."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings

from lstm_shapes import InputSizes, Settings, run
from lstm_shapes.config import ARGUMENTS
from lstm_shapes.formula.arguments import COMPARED, ArgumentEffect, argument_effects
from tests.strategies import settings, sizes

ASKED = InputSizes(seq_len=5, batch_size=2)


def by_argument(module: Settings, asked: InputSizes = ASKED) -> dict[str, ArgumentEffect]:
    return {effect.argument: effect for effect in argument_effects(module, asked)}


def measured(module: Settings, asked: InputSizes) -> tuple[dict[str, tuple[int, ...]], int]:
    made = run(module, asked)
    return made.shapes(), sum(parameter.numel() for parameter in made.module.parameters())


@hypothesis_settings(max_examples=100, deadline=None)
@given(settings(relu=True), sizes())
def test_every_effect_is_that_of_a_module_with_the_other_value(
    module: Settings, asked: InputSizes
) -> None:
    shapes, count = measured(module, asked)
    effects = argument_effects(module, asked)
    own = [name for name in COMPARED if name != "nonlinearity" or module.kind == "RNN"]
    assert [effect.argument for effect in effects] == own
    for effect in effects:
        assert effect.value == getattr(module, effect.argument)
        assert {*effect.changed, *effect.same} == shapes.keys()
        assert len(effect.changed) + len(effect.same) == len(shapes)
        assert {name: pair[0].shape for name, pair in effect.changed.items()} == {
            name: shapes[name] for name in effect.changed
        }
        if effect.settings is None:
            assert effect.argument == "proj_size"
            assert effect.parameters == (count, count)
            continue
        assert effect.settings == replace(module, **{effect.argument: effect.other})
        assert effect.settings != module
        after, other_count = measured(effect.settings, asked)
        assert effect.parameters == (count, other_count)
        changed = {name for name, shape in after.items() if shape != shapes[name]}
        if effect.argument == "batch_first" and asked.batch_size is not None:
            changed |= {"input", "out"}  # also where both axes are as long
        assert {name: pair[1].shape for name, pair in effect.changed.items()} == {
            name: after[name] for name in changed
        }


def test_the_arguments_are_those_of_the_settings_in_torchs_order() -> None:
    names = [field.name for field in fields(Settings)]
    assert list(COMPARED) == [name for name in names if name != "kind"]


@pytest.mark.parametrize("bidirectional", [True, False])
def test_input_size_is_in_the_columns_of_layer_0s_weight_ih_alone(bidirectional: bool) -> None:
    module = Settings(4, 3, num_layers=2, bidirectional=bidirectional)
    effect = by_argument(module)["input_size"]
    assert effect.settings
    before, after = (
        {name: tuple(weight.shape) for name, weight in run(each, ASKED).module.named_parameters()}
        for each in (module, effect.settings)
    )
    changed = {name: (before[name], after[name]) for name in before if before[name] != after[name]}
    names = ["weight_ih_l0", "weight_ih_l0_reverse"][: 1 + bidirectional]
    assert changed == dict.fromkeys(names, ((12, 4), (12, 5)))
    assert "Only weight_ih of layer 0 depends on it" in ARGUMENTS["input_size"].says


def test_what_changes_of_the_default() -> None:
    module = Settings(4, 3)
    found = by_argument(module)
    assert {name: (each.other, list(each.changed)) for name, each in found.items()} == {
        "input_size": (5, ["input"]),
        "hidden_size": (4, ["out", "h_n", "c_n"]),
        "num_layers": (2, ["h_n", "c_n"]),
        "bias": (False, []),
        "batch_first": (True, ["input", "out"]),
        "dropout": (0.5, []),
        "bidirectional": (True, ["out", "h_n", "c_n"]),
        "proj_size": (2, ["out", "h_n"]),
    }
    assert {name for name, each in found.items() if each.parameters[0] == each.parameters[1]} == {
        "batch_first",
        "dropout",
    }


def test_what_is_set_is_compared_with_what_is_not() -> None:
    found = by_argument(Settings(4, 3, dropout=0.2, proj_size=2, bias=False, bidirectional=True))
    others = {name: found[name].other for name in ("dropout", "proj_size", "bias", "bidirectional")}
    assert others == {"dropout": 0.0, "proj_size": 0, "bias": True, "bidirectional": False}
    # With a projection one more hidden feature is one more of c alone.
    assert list(found["hidden_size"].changed) == ["c_n"]


@pytest.mark.parametrize(
    ("module", "why"),
    [
        (
            Settings(4, 1),
            "proj_size=1 is not smaller than hidden_size=1: use 0 for no projection",
        ),
        (
            Settings(4, 3, kind="GRU"),
            "proj_size=2 is not supported by GRU: use 0, or kind='LSTM'",
        ),
        (
            Settings(4, 1, kind="RNN"),
            "proj_size=1 is not supported by RNN: use 0, or kind='LSTM'",
        ),
    ],
    ids=str,
)
def test_an_argument_without_another_value_says_why(module: Settings, why: str) -> None:
    found = by_argument(module)
    assert {name: each.why_not for name, each in found.items() if each.settings is None} == {
        "proj_size": why
    }
    assert all(not each.why_not for name, each in found.items() if name != "proj_size")
    assert not found["proj_size"].changed


@pytest.mark.parametrize("first", [True, False])
def test_axes_that_change_places_do_so_where_they_are_as_long(first: bool) -> None:
    found = by_argument(Settings(4, 3, batch_first=first), InputSizes(3, 3))["batch_first"]
    assert (list(found.changed), found.same) == (["input", "out"], ("h_n", "c_n"))
    for pair in found.changed.values():
        assert pair[0].shape == pair[1].shape
        named = [[axis.name for axis in shape.axes] for shape in pair]
        assert named[first] == ["seq", "batch", "features"]
        assert named[not first] == ["batch", "seq", "features"]


def test_sizes_beyond_any_machine_are_no_matter() -> None:
    found = by_argument(Settings(2**62, 2**62, num_layers=10**6))
    assert found["bidirectional"].parameters[1] > 2 * found["bidirectional"].parameters[0]
    assert "use 9223372036854775807 or less" in (
        by_argument(Settings(2**63 - 1, 3))["input_size"].why_not
    )
