"""What holds of all panels: there is a record whatever is asked, and it is as it is typed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from itertools import chain, product
from typing import Any

import pytest
from typeguard import TypeCheckError

from lstm_shapes import InputSizes, Settings
from lstm_shapes.explorer.choices import TABS, Choices
from lstm_shapes.explorer.glossary import TAB_TERMS, TERMS
from lstm_shapes.explorer.measurement import Measurement
from lstm_shapes.explorer.panels.arguments import ArgumentsPanel, arguments_view
from lstm_shapes.explorer.panels.article import ArticlePanel, article_view
from lstm_shapes.explorer.panels.call import CallPanel, call_view
from lstm_shapes.explorer.panels.cell import CellPanel, cell_view
from lstm_shapes.explorer.panels.decoder import DecoderPanel, decoder_view
from lstm_shapes.explorer.panels.directions import DirectionsPanel, directions_view
from lstm_shapes.explorer.panels.explain import ExplainPanel, explain_view
from lstm_shapes.explorer.panels.lengths import LengthsPanel, lengths_view
from lstm_shapes.explorer.panels.parameters import ParametersPanel, parameters_view
from lstm_shapes.explorer.panels.reproducibility import ReproducibilityPanel, reproducibility_view
from lstm_shapes.explorer.panels.scrambled import ScrambledPanel, scrambled_view
from lstm_shapes.explorer.panels.states import StatesPanel, states_view
from lstm_shapes.explorer.panels.vectors import VectorsPanel, vectors_view
from lstm_shapes.explorer.panels.without import WITHOUT_RUN
from lstm_shapes.explorer.stage import panel_view
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.explorer.view import packed
from tests.conform import conforms
from tests.explorer.panels.snapshots import ASKED, BOTH, HUGE, PACKED, measured, predicted

QUESTIONS = [
    measured(BOTH, ASKED),
    measured(replace(BOTH, batch_first=False, proj_size=2, bias=False), PACKED),
    measured(Settings(4, 1, kind="GRU"), InputSizes(1, None)),
    measured(Settings(4, 3, kind="RNN", bidirectional=True), InputSizes(40, 12)),
    measured(BOTH, InputSizes(5, 0)),
    measured(Settings(2, 30, num_layers=9), InputSizes(30, 20, lengths=[1] * 19 + [30])),
    predicted(replace(BOTH, hidden_size=HUGE, num_layers=HUGE), InputSizes(HUGE, HUGE)),
]
FAR = Choices(layer=7, direction="backward", time=99, start="carried", chunk=50)
IDLE = Measurement(lambda: None, lambda error: None)
RECORDS: dict[str, tuple[Any, Callable[[Snapshot], Any]]] = {
    "directions": (DirectionsPanel, directions_view),
    "cell": (CellPanel, lambda snapshot: cell_view(snapshot, 0, FAR)),
    "parameters": (ParametersPanel, parameters_view),
    "arguments": (ArgumentsPanel, arguments_view),
    "lengths": (LengthsPanel, lengths_view),
    "states": (StatesPanel, lambda snapshot: states_view(snapshot, 0, FAR)),
    "decoder": (DecoderPanel, lambda snapshot: decoder_view(snapshot, 0, FAR)),
    "vectors": (VectorsPanel, vectors_view),
    "scrambled": (ScrambledPanel, scrambled_view),
    "reproducibility": (ReproducibilityPanel, lambda snap: reproducibility_view(snap, IDLE)),
    "article": (ArticlePanel, article_view),
    "call": (CallPanel, call_view),
    "explain": (ExplainPanel, explain_view),
}
EVERYWHERE = list(product(TABS, range(len(QUESTIONS))))


@pytest.mark.parametrize(("tab", "number"), EVERYWHERE)
def test_every_panel_is_there_whatever_is_asked(tab: str, number: int) -> None:
    view = panel_view(QUESTIONS[number], 0, replace(FAR, tab=tab), IDLE)
    assert json.loads(packed(view))["tab"] == tab
    assert len(packed(view)) < 120_000


def texts(view: Any) -> Iterator[str]:
    """All that is said in a view, without the names of its fields."""
    if isinstance(view, str):
        yield view
    elif isinstance(view, Mapping):
        yield from chain.from_iterable(map(texts, view.values()))
    elif isinstance(view, Sequence):
        yield from chain.from_iterable(map(texts, view))


@pytest.mark.parametrize("tab", TABS)
def test_the_words_that_are_explained_stand_in_the_panel(tab: str) -> None:
    shown = " ".join(texts([panel_view(of, 0, Choices(tab=tab), IDLE) for of in QUESTIONS[:2]]))
    assert TAB_TERMS[tab]
    for term in TAB_TERMS[tab]:
        assert term in TERMS
        case = re.IGNORECASE if len(term) > 2 else 0
        word = rf"(?<![\w-]){re.escape(term)}(ing|ed|s)?(?![\w-])"
        assert re.search(word, shown, case), term


@pytest.mark.parametrize(("tab", "number"), EVERYWHERE)
def test_every_record_is_as_it_is_typed(tab: str, number: int) -> None:
    typed, view = RECORDS[tab]
    record = view(QUESTIONS[number])
    conforms(record, typed)
    # The check can fail: a field that is not typed is found.
    with pytest.raises(TypeCheckError):
        conforms(record | {"more than is typed": 1}, typed)


def test_a_field_that_is_not_typed_is_found_in_the_last_item_of_a_list() -> None:
    record: Any = deepcopy(cell_view(QUESTIONS[0], 0, Choices()))
    conforms(record, CellPanel)
    record["numbers"]["kinds"][-1]["more than is typed"] = 1
    with pytest.raises(TypeCheckError):
        conforms(record, CellPanel)


@pytest.mark.parametrize("tab", ["cell", "states", "decoder", "article", "lengths"])
def test_what_would_take_long_is_not_begun(tab: str) -> None:
    snapshot = measured(BOTH, InputSizes(900, 1, lengths=[900]))
    view = panel_view(snapshot, 0, Choices(tab=tab), IDLE)
    assert view["without"].startswith("These sizes are too large")
    without_run = panel_view(predicted(BOTH, PACKED), 0, Choices(tab=tab), IDLE)
    assert without_run["without"] == WITHOUT_RUN
