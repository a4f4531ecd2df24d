"""The state as an address: out and back, and nothing else gets in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lstm_shapes import Explorer
from lstm_shapes.argument import LONGEST
from lstm_shapes.explorer.link import LINKED, read_link, write_link
from lstm_shapes.explorer.presets import PRESETS
from tests import hostile
from tests.fake_comm import recorded, tell

# What stands in an address, and what is said of it.
REFUSED = {
    "": "there is no setting in it",
    "&&&": "there is no setting in it",
    "=": "'' is no setting of this page",
    "num_layers": "num_layers='' is no whole number",
    "num_layers=1.5": "num_layers='1.5' is no whole number",
    "num_layers=1_000": "num_layers='1_000' is no whole number",
    "num_layers=٣": "num_layers='٣' is no whole number",
    "num_layers=0x10": "num_layers='0x10' is no whole number",
    "num_layers=" + "9" * 21: f"num_layers={'9' * 21} is too large: use {2**63 - 1} or less",
    "num_layers=" + "9" * 401: "has 401 characters: use 400 or less",
    "num_layers=2;rm -rf": "num_layers='2;rm -rf' is no whole number",
    "num_layers=-1": "num_layers=-1 is too small: use 1 or more",
    "seed=1e20": f"seed={10**20} is too large: use {2**64 - 1} or less",
    "bias=1": "bias='1' is neither True nor False",
    "dropout=nan": "dropout='nan' is no number",
    "dropout=1e999": "dropout=inf is no probability",
    "kind=<script>": "kind='<script>' is not known: use 'LSTM', 'GRU' or 'RNN'",
    "tab=zoo": "tab='zoo' is not known: use 'directions',",
    "step=9": "step=9 is too large: use 4 or less",
    "device=cpu'); import os": "has characters that it cannot have",
    "select=<img src=x onerror=alert(1)>": "has characters that it cannot have",
    "select=" + "a" * 41: "has 41 characters: use 40 or less",
    "vector=%00": r"vector='\x00' has characters that it cannot have",
    "vector=" + "a" * 401: "has 401 characters: use 400 or less",
    "lengths=5,,2": "lengths='5,,2' is no list of whole numbers",
    "lengths=None": "lengths='None' is no list of whole numbers",
    "__class__=1": "'__class__' is no setting of this page",
    "values=1": "'values' is no setting of this page",
    "%00%ff%fe": "is no setting of this page",
    "x" * (LONGEST + 1): "it has 24,001 characters, more than 24,000",
}


@pytest.mark.parametrize("link", REFUSED)
def test_what_cannot_be_taken_is_refused_in_words(link: str) -> None:
    found = read_link(link)
    assert found.values == {}
    (refused,) = found.refused
    assert REFUSED[link] in refused
    assert len(refused) < 260


@example(text="num_layers=2&kind=GRU&bias=False&dropout=0.5&lengths=5,3")
@example(text="lengths=&select=")
@given(text=st.text(max_size=300) | st.text("=&num_layers123%", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    found = read_link(text)
    assert found.values or found.refused
    for name, value in found.values.items():
        LINKED[name].check(value)


@pytest.mark.parametrize("name", list(PRESETS))
def test_out_and_back(name: str) -> None:
    values: dict[str, Any] = replace(PRESETS[name], seed=3).values()
    values |= {"select": "out.0.backward", "sample": 1}
    found = read_link(write_link(values))
    assert (found.values, found.refused) == (values, [])


def open_link(explorer: Explorer, link: object) -> None:
    tell(explorer.stage, {"action": "open", "link": link})


def test_a_link_brings_back_everything(explorer: Explorer) -> None:
    other = Explorer()
    other.state.update(num_layers=4, batch_first=False, seed=5, dropout=0.25)
    other.select("x.1")
    other.stage.sample = 2
    open_link(explorer, other.stage.share["link"])
    assert explorer.state.snapshot.question == other.state.snapshot.question
    assert (explorer.stage.selection, explorer.stage.sample) == ("x.1", 2)
    # How often a page was drawn is no part of what it hands out.
    assert explorer.stage.share | {"showing": 0} == other.stage.share | {"showing": 0}


def told(explorer: Explorer) -> list[str]:
    """All that the page lists of a link."""
    return [part for notice in explorer.stage.view["notices"] for part in notice["parts"]]


@pytest.mark.parametrize("link", [*REFUSED, None, 3, ["num_layers=2"]])
def test_a_bad_link_changes_nothing_and_is_said(explorer: Explorer, link: object) -> None:
    before = explorer.state.values
    open_link(explorer, link)
    assert explorer.state.values == before
    assert explorer.stage.selection == "h_n.3"
    headings = [notice["heading"] for notice in explorer.stage.view["notices"]]
    assert headings == (["This link cannot be read"] if isinstance(link, str) else [])
    explorer.state.update(seed=1)
    assert explorer.stage.view["notices"] == []


def test_every_part_that_cannot_be_taken_is_told_and_the_rest_is_taken(explorer: Explorer) -> None:
    open_link(
        explorer,
        "num_layers=3&hidden_size=0&zoom=2&num_layers=4&tab=cell&step=9&bias=no&select=h_n.6"
        "&sample=3&layer=3&time=5&seq_len=4&chunk=4&direction=up&seed=7",
    )
    values = explorer.state.values
    assert (values["num_layers"], values["hidden_size"], values["seed"]) == (3, 3, 7)
    assert (explorer.stage.selection, explorer.stage.sample) == ("h_n.3", 0)
    assert (explorer.stage.choices["tab"], explorer.stage.choices["layer"]) == ("cell", 0)
    (notice,) = explorer.stage.view["notices"]
    assert notice["heading"] == "Not all of this link could be taken over"
    assert notice["parts"] == [
        "hidden_size=0 is too small: use 1 or more",
        "'zoom' is no setting of this page",
        "num_layers='4' comes second: num_layers stands in it twice",
        "step=9 is too large: use 4 or less",
        "bias='no' is neither True nor False: write one of them",
        "direction='up' is not known: use 'forward' or 'backward'",
        "sample=3 is too large: use 2 or less",
        "layer=3 is too large: use 2 or less",
        "time=5 is too large: use 3 or less",
        "chunk=4 is too large: use 3 or less",
        "select='h_n.6' is no slice of this picture",
    ]


def test_a_slice_is_looked_for_in_the_picture_of_the_link(explorer: Explorer) -> None:
    open_link(explorer, "num_layers=4&select=h_n.7")
    assert (explorer.stage.selection, told(explorer)) == ("h_n.7", [])
    open_link(explorer, "num_layers=2&select=h_n.6")
    assert told(explorer) == ["select='h_n.6' is no slice of this picture"]
    assert explorer.stage.selection == "h_n.3"  # in the place of h_n.7, which is gone too
    open_link(explorer, "bidirectional=False&select=h_n.1&direction=backward")
    assert told(explorer) == ["direction='backward' is not known: use 'forward'"]
    assert explorer.stage.selection == "h_n.1"


def test_a_flood_is_told_in_few_words(explorer: Explorer) -> None:
    open_link(explorer, "&".join(f"a{i}=1" for i in range(3000)))
    assert told(explorer)[-2:] == ["'a29' is no setting of this page", "and 2,970 more"]
    open_link(explorer, "seed=2&" * 3000)
    assert told(explorer)[-1] == "and 2,969 more"
    assert explorer.state.values["seed"] == 2


def test_an_expression_that_is_none_is_told_and_stays_to_be_mended(explorer: Explorer) -> None:
    open_link(explorer, "vector=out[:&seed=3")
    (part,) = told(explorer)
    assert part.startswith("vector='out[:' cannot be measured: ")
    assert part.endswith("; it stands in its field, below 'What to feed the head'")
    assert explorer.stage.choices["vector"] == "out[:"
    explorer.stage.choices = explorer.stage.choices | {"vector": "out[:, 0]"}
    assert told(explorer) == []


@pytest.mark.parametrize("code", hostile.HOSTILE, ids=range(len(hostile.HOSTILE)))
def test_a_hostile_expression_is_never_evaluated(
    explorer: Explorer, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise AssertionError("nobody looks at it")

    monkeypatch.setattr("lstm_shapes.expression.grammar.Expression.evaluate", fail)
    open_link(explorer, f"seed=3&vector={quote(code[:4000], errors='replace')}")
    assert explorer.state.values["seed"] == 3
    assert len(told(explorer)) <= 1
    assert all(len(part) < 500 for part in told(explorer))


def test_before_torch_is_there_the_expression_of_a_link_waits(
    explorer: Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(explorer.state), "_torch_here", False)
    open_link(explorer, "vector=out[:&zoom=1&seed=3")
    assert told(explorer) == ["'zoom' is no setting of this page"]
    monkeypatch.undo()
    explorer.state.change()
    assert len(told(explorer)) == 2


def test_values_that_do_not_fit_each_other_are_explained_as_if_typed(explorer: Explorer) -> None:
    open_link(explorer, "proj_size=3&seed=2")
    (notice,) = explorer.stage.view["notices"]
    assert (notice["argument"], notice["parts"]) == ("proj_size", [])
    open_link(explorer, write_link(PRESETS["Classifier"].values()))
    assert explorer.state.snapshot.status == "measured"


def test_what_is_handed_out_can_be_taken_whole(explorer: Explorer) -> None:
    explorer.stage.sample = 2
    explorer.stage.choices |= {"layer": 1, "time": 4, "direction": "backward", "chunk": 4}
    explorer.state.update(num_layers=1, bidirectional=False, batch_size=1, seq_len=2)
    link = explorer.stage.share["link"]
    assert "sample=" not in link  # the start's
    assert "chunk=1" in link
    assert "time=" not in link  # the last step there is, where the start is too
    open_link(Explorer(), link)
    assert told(explorer) == []


def test_each_explorer_has_a_place_and_the_first_tells_of_parts_that_have_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Explorer, "_made", 0)
    with recorded():
        first, second = Explorer(), Explorer()
    assert [each.stage.place for each in (first, second)] == [0, 1]
    for each in (first, second):
        tell(each.stage, {"action": "open", "link": "seed=1", "parts": 3})
    told_of = "the address is for 3 explorers, with ';' between them, and this page has 2"
    assert (told(first), told(second)) == ([told_of], [])
    tell(first.stage, {"action": "open", "link": "seed=2", "parts": 2})
    assert told(first) == []


def test_a_number_typed_beside_the_picture_is_refused_by_name(explorer: Explorer) -> None:
    tell(explorer.stage, {"action": "typed", "link": "sample=1.5"})
    (notice,) = explorer.stage.view["notices"]
    assert notice["heading"].startswith("This cannot be taken: sample='1.5' is no whole number")
    tell(explorer.stage, {"action": "typed", "link": "sample=3"})
    (notice,) = explorer.stage.view["notices"]
    assert "sample=3 is too large: use 2 or less" in notice["heading"]
    assert explorer.stage.sample == 0


def test_a_link_to_what_is_too_large_allocates_nothing(explorer: Explorer) -> None:
    open_link(explorer, f"num_layers={10**15}&hidden_size={10**15}&seq_len={10**15}")
    assert explorer.state.snapshot.status == "predicted"


def test_the_address_needs_no_further_quoting(explorer: Explorer) -> None:
    link = explorer.stage.share["link"]
    assert quote(link, safe="=&.") == link
    assert len(link) < 450
