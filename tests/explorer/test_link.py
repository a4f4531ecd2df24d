"""The state as an address: out and back, and nothing else gets in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lstm_shapes import Explorer
from lstm_shapes.explorer.link import LONGEST, LinkError, read_link, write_link
from lstm_shapes.explorer.presets import FIRST_QUESTION, PRESETS
from tests.fake_comm import tell

NAMES = {*FIRST_QUESTION.values(), "select", "sample"}

HOSTILE = [
    "",
    "&&&",
    "=",
    "num_layers",
    "num_layers=",
    "num_layers=1.5",
    "num_layers=1_000",
    "num_layers=٣",
    "num_layers=0x10",
    "num_layers=" + "9" * 21,
    "num_layers=2;rm -rf",
    "bias=1",
    "bias=true",
    "dropout=nan",
    "dropout=inf",
    "kind=<script>",
    "device=cpu'); import os",
    "select=<img src=x onerror=alert(1)>",
    "select=" + "a" * 41,
    "lengths=5,",
    "lengths=5,,2",
    "lengths=1.5",
    "lengths=None",
    "__class__=1",
    "values=1",
    "sample=one",
    "%00%ff%fe",
    "num_layers=2&" * 1000,
    "x" * (LONGEST + 1),
]


@pytest.mark.parametrize("link", HOSTILE)
def test_what_is_no_link_is_refused_in_words(link: str) -> None:
    with pytest.raises(LinkError) as refused:
        read_link(link)
    assert 10 < len(str(refused.value)) < 150


@example(text="num_layers=2&kind=GRU&bias=False&dropout=0.5&lengths=5,3")
@example(text="lengths=&select=")
@given(text=st.text(max_size=300) | st.text("=&num_layers123%", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        values = read_link(text)
    except LinkError:
        return
    assert values.keys() <= NAMES
    assert all(
        type(value) in (int, bool, float, str)
        or (name == "lengths" and (value is None or all(type(each) is int for each in value)))
        for name, value in values.items()
    )


@pytest.mark.parametrize("name", list(PRESETS))
def test_out_and_back(name: str) -> None:
    values: dict[str, Any] = replace(PRESETS[name], seed=3).values()
    values |= {"select": "out.0.backward", "sample": 1}
    assert read_link(write_link(values)) == values


def open_link(explorer: Explorer, link: object) -> None:
    tell(explorer.stage, {"action": "open", "link": link})


def test_a_link_brings_back_everything(explorer: Explorer) -> None:
    other = Explorer(num_layers=4, batch_first=False, seed=5, dropout=0.25, select="x.1", sample=2)
    open_link(explorer, other.stage.share["link"])
    assert explorer.state.snapshot.question == other.state.snapshot.question
    assert (explorer.stage.selection, explorer.stage.sample) == ("x.1", 2)
    # How often a page was drawn is no part of what it hands out.
    assert explorer.stage.share | {"showing": 0} == other.stage.share | {"showing": 0}


@pytest.mark.parametrize("link", [*HOSTILE, None, 3, ["num_layers=2"]])
def test_a_bad_link_changes_nothing_and_is_said(explorer: Explorer, link: object) -> None:
    before = explorer.state.values
    open_link(explorer, link)
    assert explorer.state.values == before
    assert explorer.stage.selection == "h_n.3"
    headings = [notice["heading"] for notice in explorer.stage.view["notices"]]
    if isinstance(link, str):
        (heading,) = headings
        assert heading.startswith("This link cannot be read: ")
        explorer.state.update(seed=1)
        assert explorer.stage.view["notices"] == []
    else:
        assert headings == []


@pytest.mark.parametrize(
    "link",
    ["num_layers=-1", "hidden_size=0&select=h_n.1", "kind=Trafo", "seed=-1", "device=tpu"],
)
def test_a_link_to_an_impossible_state_is_explained(explorer: Explorer, link: str) -> None:
    open_link(explorer, link)
    assert explorer.state.snapshot.status == "invalid"
    assert explorer.stage.view["notices"][0]["tone"] == "error"
    open_link(explorer, write_link(PRESETS["Classifier"].values()))
    assert explorer.state.snapshot.status == "measured"


def test_a_link_to_what_is_too_large_allocates_nothing(explorer: Explorer) -> None:
    open_link(explorer, f"num_layers={10**15}&hidden_size={10**15}&seq_len={10**15}")
    assert explorer.state.snapshot.status == "predicted"


def test_the_address_needs_no_further_quoting(explorer: Explorer) -> None:
    link = explorer.stage.share["link"]
    assert quote(link, safe="=&.") == link
    assert len(link) < 350
