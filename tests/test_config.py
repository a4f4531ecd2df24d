from __future__ import annotations

import copy
import math
import pickle
from types import FunctionType
from typing import Any, cast

import pytest
import torch
from torch import nn

from lstm_shapes import (
    ArgumentError,
    ArgumentTypeError,
    InputSizes,
    Settings,
    direction_shapes,
    estimate,
    parameter_count,
    parameter_shapes,
    run,
    tensor_shapes,
    unroll,
)
from lstm_shapes.explorer.presets import PRESETS
from lstm_shapes.snippet import constructor

REFUSED_SETTINGS: list[tuple[dict[str, Any], str]] = [
    ({"input_size": 0}, "input_size=0 is too small: use 1 or more"),
    ({"hidden_size": -3}, "hidden_size=-3 is too small: use 1 or more"),
    ({"num_layers": 0}, "num_layers=0 is too small: use 1 or more"),
    ({"hidden_size": 2**63}, f"hidden_size={2**63} is too large: use {2**63 - 1} or less"),
    (
        {"hidden_size": 10**5000},
        f"hidden_size=<an int of 16610 bits> is too large: use {2**63 - 1} or less",
    ),
    ({"proj_size": -1}, "proj_size=-1 is too small: use 0 or more"),
    (
        {"proj_size": 3},
        "proj_size=3 is not smaller than hidden_size=3: use 1 to 2, or 0 for no projection",
    ),
    (
        {"hidden_size": 1, "proj_size": 1},
        "proj_size=1 is not smaller than hidden_size=1: use 0 for no projection",
    ),
    (
        {"kind": "GRU", "proj_size": 2},
        "proj_size=2 is not supported by GRU: use 0, or kind='LSTM'",
    ),
    (
        {"kind": "GRU", "nonlinearity": "relu"},
        "nonlinearity='relu' is not supported by GRU: use 'tanh', or kind='RNN'",
    ),
    ({"dropout": 1.5}, "dropout=1.5 is no probability: use 0 to 1"),
    ({"dropout": math.nan}, "dropout=nan is no probability: use 0 to 1"),
    ({"kind": "lstm"}, "kind='lstm' is not known: use 'LSTM', 'GRU' or 'RNN'"),
]
REFUSED_TYPES: list[tuple[dict[str, Any], str]] = [
    ({"hidden_size": 3.0}, "hidden_size=3.0 is of type float: give an int"),
    ({"input_size": True}, "input_size=True is of type bool: give an int"),
    ({"proj_size": None}, "proj_size=None is of type NoneType: give an int"),
    ({"bidirectional": "no"}, "bidirectional='no' is of type str: give True or False"),
    ({"bias": 1}, "bias=1 is of type int: give True or False"),
    ({"batch_first": None}, "batch_first=None is of type NoneType: give True or False"),
    ({"dropout": "0.5"}, "dropout='0.5' is of type str: give a number from 0 to 1"),
    ({"dropout": True}, "dropout=True is of type bool: give a number from 0 to 1"),
]


@pytest.mark.parametrize(("changed", "message"), REFUSED_SETTINGS + REFUSED_TYPES)
def test_a_bad_setting_is_refused_in_words(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        Settings(**{"input_size": 4, "hidden_size": 3, **changed})
    assert str(caught.value) == message
    assert caught.value.argument == list(changed)[-1]
    assert isinstance(caught.value, TypeError) == ((changed, message) in REFUSED_TYPES)


@pytest.mark.parametrize(("changed", "message"), REFUSED_SETTINGS)
def test_the_fix_of_a_bad_setting_is_valid(changed: dict[str, Any], message: str) -> None:
    given = {"input_size": 4, "hidden_size": 3, **changed}
    with pytest.raises(ArgumentError) as caught:
        Settings(**given)
    obvious = caught.value.argument != "kind" and "too large" not in message
    assert bool(caught.value.fix) == obvious
    if obvious:
        Settings(**{**given, **caught.value.fix})


REFUSED_SIZES: list[tuple[dict[str, Any], str]] = [
    ({"seq_len": 0}, "seq_len=0 is too small: use 1 or more"),
    ({"batch_size": -1}, "batch_size=-1 is too small: use 0 or more"),
    ({"lengths": [5, 2, 6]}, "lengths[2]=6 is too large: use 5 or less"),
    (
        {"lengths": [5, 0, 1]},
        "lengths[1]=0 is too small: use 1 or more; leave an empty sample out, or give it 1 and "
        "mask what comes out of it",
    ),
    ({"lengths": [5, -2, 1]}, "lengths[1]=-2 is too small: use 1 or more"),
    (
        {"lengths": [5, 2]},
        "lengths=(5, 2) has 2 entries for batch_size=3: give one length per sample",
    ),
    (
        {"batch_size": None, "lengths": [5]},
        "lengths=(5,) needs samples: give batch_size=1 or more",
    ),
]
REFUSED_SIZE_TYPES: list[tuple[dict[str, Any], str]] = [
    ({"seq_len": 5.0}, "seq_len=5.0 is of type float: give an int"),
    ({"batch_size": "3"}, "batch_size='3' is of type str: give an int"),
    ({"lengths": 5}, "lengths=5 is of type int: give one int per sample, as in [5, 3, 2]"),
    (
        {"lengths": {5, 2, 1}},
        "lengths={1, 2, 5} is of type set: give one int per sample, as in [5, 3, 2]",
    ),
    ({"lengths": [5, 2.0, 1]}, "lengths[1]=2.0 is of type float: give an int"),
]


@pytest.mark.parametrize(("changed", "message"), REFUSED_SIZES + REFUSED_SIZE_TYPES)
def test_a_bad_size_is_refused_in_words(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        InputSizes(**{"seq_len": 5, "batch_size": 3, **changed})
    assert str(caught.value) == message
    is_type = (changed, message) in REFUSED_SIZE_TYPES
    assert isinstance(caught.value, ArgumentTypeError) == is_type


@pytest.mark.parametrize(
    ("dropout", "fix"), [(1.5, 0.5), (50, 0.5), (-0.1, 0.0), (math.nan, 0.0), (math.inf, 0.5)]
)
def test_the_fix_of_a_dropout_is_no_dropout_that_zeroes_everything(
    dropout: float, fix: float
) -> None:
    with pytest.raises(ArgumentError) as caught:
        Settings(4, 3, dropout=dropout)
    assert caught.value.fix == {"dropout": fix}


@pytest.mark.parametrize(
    ("lengths", "fix"),
    [
        ([9, 0, 7], (5, 1, 5)),
        ([5, 2, 6], (5, 2, 5)),
        ([-3, 10**5000, 4], (1, 5, 4)),
        ([9, 2.0, 0], None),  # what is no int has no nearest length
    ],
)
def test_the_fix_of_a_length_out_of_bounds_mends_all_at_once(
    lengths: list[Any], fix: tuple[int, ...] | None
) -> None:
    with pytest.raises(ArgumentError) as caught:
        InputSizes(5, 3, lengths)
    assert caught.value.fix == ({"lengths": fix} if fix else {})
    assert fix is None or InputSizes(5, 3, **caught.value.fix).lengths == fix


def test_a_huge_value_does_not_make_a_huge_message() -> None:
    with pytest.raises(ArgumentError) as caught:
        InputSizes(seq_len=5, batch_size=3, lengths=[1] * 10**6)
    assert len(str(caught.value)) < 200


def test_records_are_frozen_hashable_and_compare_by_value() -> None:
    question = Settings(4, 3), InputSizes(5, 3, lengths=[5, 2, 1])
    again = Settings(4, 3), InputSizes(5, 3, lengths=(5, 2, 1))
    assert hash(question) == hash(again)
    assert question == again
    with pytest.raises(AttributeError):
        question[0].hidden_size = 8


def test_lengths_may_come_from_numpy_or_torch() -> None:
    numpy = pytest.importorskip("numpy")
    torch = pytest.importorskip("torch")
    for lengths in ([5, 2, 1], numpy.array([5, 2, 1]), torch.tensor([5, 2, 1])):
        assert InputSizes(5, 3, lengths).lengths == (5, 2, 1)
    assert InputSizes(5, 3, list(torch.tensor([5, 2, 1]))).lengths == (5, 2, 1)


def test_errors_survive_a_pickle_and_a_copy() -> None:
    for given in ({"proj_size": 3}, {"bidirectional": "no"}):
        with pytest.raises(ArgumentError) as caught:
            Settings(4, 3, **given)
        for again in (pickle.loads(pickle.dumps(caught.value)), copy.deepcopy(caught.value)):
            assert type(again) is type(caught.value)
            assert str(again) == str(caught.value)
            assert again.fix == caught.value.fix


def test_defaults_are_those_of_nn_lstm() -> None:
    from torch import nn

    module = nn.LSTM(4, 3)
    ours = Settings(4, 3)
    for name in ("num_layers", "bias", "batch_first", "dropout", "bidirectional", "proj_size"):
        assert getattr(ours, name) == getattr(module, name), name


def test_presets_ask_what_their_names_say() -> None:
    tagger = PRESETS["Bi-LSTM tagger"].settings
    assert tagger.bidirectional
    assert tagger.num_layers > 1
    assert PRESETS["Projected"].settings.proj_size
    assert PRESETS["Unbatched"].sizes.batch_size is None
    assert {"Classifier", "Seq2seq encoder"} <= PRESETS.keys()


class Own(nn.LSTM):
    """A module whose forward is its own."""

    def forward(self, input: torch.Tensor, hx: object = None) -> Any:  # type: ignore[override]
        return super().forward(input)


class Named(nn.GRU):
    """A module that computes what nn.GRU does."""


RECURRENT: list[tuple[nn.Module, Settings]] = [
    (
        nn.LSTM(4, 3, 2, False, True, 0.5, True, 2),
        Settings(4, 3, 2, False, True, 0.5, True, 2),
    ),
    (nn.GRU(4, 3), Settings(4, 3, kind="GRU")),
    (nn.RNN(4, 3), Settings(4, 3, kind="RNN")),
    (nn.RNN(4, 3, nonlinearity="relu"), Settings(4, 3, kind="RNN", nonlinearity="relu")),
    (nn.LSTMCell(4, 3, bias=False), Settings(4, 3, bias=False)),
    (nn.GRUCell(4, 3), Settings(4, 3, kind="GRU")),
    (nn.RNNCell(4, 3, nonlinearity="relu"), Settings(4, 3, kind="RNN", nonlinearity="relu")),
    (Named(4, 3), Settings(4, 3, kind="GRU")),
    (nn.DataParallel(nn.LSTM(4, 3)), Settings(4, 3)),
    (cast(nn.Module, torch.compile(nn.LSTM(4, 3), backend="eager")), Settings(4, 3)),
]


@pytest.mark.parametrize(("module", "settings"), RECURRENT, ids=lambda each: repr(each)[:60])
def test_settings_of_a_module_are_those_it_was_made_with(
    module: nn.Module, settings: Settings
) -> None:
    assert Settings.of(module) == settings
    sizes = InputSizes(5, 2)
    assert tensor_shapes(module, sizes) == tensor_shapes(settings, sizes)
    assert direction_shapes(module, sizes) == direction_shapes(settings, sizes)
    assert list(parameter_shapes(module)) == list(parameter_shapes(settings))
    assert parameter_count(module) == sum(weight.numel() for weight in module.parameters())
    assert estimate(module, sizes) == estimate(settings, sizes)
    assert unroll(module, sizes) == unroll(settings, sizes)
    assert run(module, sizes).settings == settings


def model() -> nn.Module:
    """A model that holds several recurrent modules."""
    return nn.ModuleDict({"encoder": nn.LSTM(4, 3), "decoder": nn.Sequential(nn.LSTMCell(4, 3))})


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        (Settings(4, 3, kind="RNN", nonlinearity="relu"), "nn.RNN(4, 3, nonlinearity='relu')"),
        (Settings(4, 3, kind="RNN"), "nn.RNN(4, 3)"),
    ],
)
def test_the_nonlinearity_is_written_where_it_is_not_the_default(
    settings: Settings, code: str
) -> None:
    assert constructor(settings) == code
    assert Settings.of(eval(code)) == settings


WANTED = "give an nn.LSTM, nn.GRU, nn.RNN or one of their cells"
NOT_RECURRENT: list[tuple[Any, str]] = [
    (nn.Linear(4, 3), f"module='Linear' is no recurrent module, and holds none: {WANTED}"),
    (
        nn.Sequential(nn.Linear(4, 4), nn.LSTM(4, 3)),
        "module='Sequential' is no recurrent module, but holds one: give module[1]",
    ),
    (
        model(),
        "module='ModuleDict' is no recurrent module, but holds several: "
        "give module.encoder or module.decoder[0]",
    ),
    (
        nn.ModuleList(nn.LSTM(4, 3) for _ in range(5)),
        "module='ModuleList' is no recurrent module, but holds several: "
        "give module[0] or module[1] or module[2] …",
    ),
    (
        Own(4, 3),
        "module='Own' has a forward of its own, of which only its code says what it computes: "
        "give an nn.LSTM, such as one that its forward calls",
    ),
    (
        lambda: torch.jit.script(nn.LSTM(4, 3)),
        "module='RecursiveScriptModule' is a script module; only the module it was made of can "
        "be examined: give that one",
    ),
    (
        lambda: torch.ao.nn.quantized.dynamic.LSTM(4, 3),
        "module='LSTM' is quantized; quantized modules are not examined: "
        "give the module it was made of",
    ),
    (nn.LSTM, f"module=<class 'torch...les.rnn.LSTM'> is of type type: {WANTED}"),
    ("lstm", f"module='lstm' is of type str: {WANTED}"),
]


@pytest.mark.filterwarnings("ignore:.*deprecated")
@pytest.mark.parametrize(("module", "message"), NOT_RECURRENT, ids=lambda each: repr(each)[:60])
def test_what_is_no_recurrent_module_is_refused_in_words(module: Any, message: str) -> None:
    made = module() if isinstance(module, FunctionType) else module  # torch warns of some
    with pytest.raises(ArgumentTypeError) as caught:
        Settings.of(made)
    assert str(caught.value) == message
