"""Every control and every symbol has its line, and no line is copied."""

from __future__ import annotations

import re

import pytest

from lstm_shapes.config import ARGUMENTS, InputSizes, Settings
from lstm_shapes.explorer.glossary import TERMS
from lstm_shapes.explorer.words import PAGE
from lstm_shapes.formula.shapes import symbols, tensor_shapes

MODULES = [
    Settings(4, 3),
    Settings(4, 3, num_layers=2, bidirectional=True, batch_first=True),
    Settings(4, 3, proj_size=2),
    Settings(4, 3, kind="GRU", bidirectional=True),
    Settings(4, 3, kind="RNN"),
]
INPUTS = [InputSizes(5, 3), InputSizes(5, None), InputSizes(5, 3, lengths=(5, 2, 1))]


def test_every_control_has_the_line_of_its_argument() -> None:
    for name, argument in ARGUMENTS.items():
        assert TERMS[name] == argument.says


@pytest.mark.parametrize("sizes", INPUTS, ids=str)
@pytest.mark.parametrize("settings", MODULES, ids=str)
def test_every_symbol_of_a_card_has_a_line(settings: Settings, sizes: InputSizes) -> None:
    shown = set(symbols(settings, sizes))
    for shape in tensor_shapes(settings, sizes).values():
        for axis in shape.axes:
            shown |= set(axis.symbol.split("·"))
    assert {each for each in shown if not each.isdigit()} <= TERMS.keys()


def test_the_lines_are_plain_sentences_in_the_order_of_the_alphabet() -> None:
    assert list(TERMS) == sorted(TERMS, key=lambda term: (term.casefold(), term))
    for term, line in TERMS.items():
        assert re.fullmatch(r"[A-Z].*\.", line), term
        assert len(line) <= 200, term
        assert line.count("`") % 2 == 0, term
    assert PAGE["glossary"] == TERMS


def test_what_people_ask_about_is_in_it() -> None:
    asked = "x input out h_n c_n h_0 c_0 cell i f g o direction layer row step sample slice y"
    goals = "realign split merge padding pack lengths head logits predicted measured"
    assert {*asked.split(), *goals.split(), "reading order"} <= TERMS.keys()
