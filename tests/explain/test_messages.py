"""Every known message: raised for real where a CPU can, explained, and the cure executed."""

from __future__ import annotations

import warnings

import pytest

from lstm_shapes import explain_error
from lstm_shapes.explain.errors.explanation import Explanation
from lstm_shapes.explain.errors.messages import MESSAGES
from tests.explain.wrong import BY_TEXT, WRONG, Wrong, names

DIAGNOSED = {"state-type", "state-dtype"}
"""Kinds that are told from the shapes of a call, and by no message."""


def raised(wrong: Wrong) -> Exception:
    try:
        exec(wrong.code, names())
    except Exception as error:
        return error
    raise AssertionError(f"{wrong} raised nothing")


def executed(found: Explanation, wrong: Wrong) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # with a projection torch says that it is slow
        exec(found.code, {**names(), **wrong.cure})


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_what_torch_says_is_explained_and_the_cure_works(wrong: Wrong) -> None:
    error = raised(wrong)
    found = explain_error(error)
    assert found.kind == wrong.kind, found
    assert found.message == " ".join(str(error).split())[: len(found.message)]
    for words in wrong.says:
        assert words in found.cause
    assert found.cause.endswith(".")
    assert found.cure.endswith(".")
    assert found.code
    executed(found, wrong)


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_the_text_alone_is_explained_too(wrong: Wrong) -> None:
    """Without the frames less is known, and the kind may be what the message is about."""
    found = explain_error(str(raised(wrong)))
    general = {"state-type", "state-dtype", "features", "state-size", "input-dtype"}
    if wrong.kind not in general and wrong.code != "lstm(x, (h_0,))":
        assert found.kind == wrong.kind


@pytest.mark.parametrize(("text", "kind"), BY_TEXT)
def test_messages_of_cuda_other_releases_and_tools_are_known_by_their_text(
    text: str, kind: str
) -> None:
    named = f"RuntimeError: {text}" if kind.startswith("outside-") else text
    found = explain_error(named)
    assert found.kind == kind
    if kind.startswith("outside-"):
        assert "not examined" in found.cause
        assert not found.code
    else:
        compile(found.code, kind, "exec")


def test_a_warning_is_explained() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        exec("nn.LSTM(4, 3, dropout=0.5)", names())
    found = explain_error(str(caught[0].message))
    assert (found.kind, found.numbers["num_layers"]) == ("dropout-one-layer", 1)
    exec(found.code, names())


def test_every_known_message_is_in_a_test() -> None:
    tested = {wrong.kind for wrong in WRONG} | {kind for _, kind in BY_TEXT}
    untested = {known.kind for known in MESSAGES} - tested
    assert untested == {"dropout-one-layer", "outside-script"}
    assert tested - {known.kind for known in MESSAGES} == DIAGNOSED


def test_torchs_own_cure_for_token_ids_is_not_given() -> None:
    (ids,) = [wrong for wrong in WRONG if wrong.code == "lstm(ids)"]
    found = explain_error(raised(ids))
    assert "model.to" not in found.code
    assert "nn.Embedding" in found.code
