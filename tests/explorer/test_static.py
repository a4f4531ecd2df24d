"""What is seen of an explorer where nothing runs: as text, and as HTML that asks for nothing."""

from __future__ import annotations

import re
from base64 import b64decode
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from lstm_shapes import Explorer
from lstm_shapes.explorer.static import static_html

SHAPES = """\
input  (3, 5, 4)  (batch, seq, features)  (N, L, H_in)
out  (3, 5, 6)  (batch, seq, features)  (N, L, D·H_out)
h_n  (6, 3, 3)  (layer × direction, batch, features)  (D·num_layers, N, H_out)"""


class Page(HTMLParser):
    """The tags of a piece of HTML with their attributes, and its text without style sheets."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem is None:
            self.text += data

    def only(self, tag: str) -> dict[str, str | None]:
        (attributes,) = [attributes for name, attributes in self.tags if name == tag]
        return attributes


def picture(page: Page) -> str:
    """The SVG document of the page's image."""
    kind, _, data = (page.only("img")["src"] or "").partition(",")
    assert kind == "data:image/svg+xml;base64"
    return b64decode(data).decode()


def test_it_is_written_as_the_call_that_shows_the_same_and_its_shapes(explorer: Explorer) -> None:
    assert repr(explorer) == "Explorer()"
    explorer.state.update(kind="GRU", num_layers=3)
    assert repr(explorer) == "Explorer(num_layers=3, kind='GRU')"
    assert str(explorer) == f"Explorer(num_layers=3, kind='GRU')\n{SHAPES}"
    assert str(eval(repr(explorer), {"Explorer": Explorer})) == str(explorer)
    explorer.state.update(hidden_size=-2)  # refused: the last good one is seen, here too
    assert str(explorer) == f"Explorer(num_layers=3, kind='GRU')\n{SHAPES}"


def test_the_html_is_the_picture_with_its_words_and_the_shapes(explorer: Explorer) -> None:
    explorer.state.update(kind="GRU", num_layers=3)
    page = Page(explorer._repr_html_())
    assert picture(page) == explorer.svg()
    assert ElementTree.fromstring(picture(page)).tag == "{http://www.w3.org/2000/svg}svg"
    assert SHAPES in page.text
    alt = page.only("img")["alt"] or ""
    assert alt.startswith(
        "The network unrolled over layers, directions and time. h_n[3] = h of layer 1"
    )
    explorer.select("")
    alt = Page(explorer._repr_html_()).only("img")["alt"] or ""
    assert alt == "The network unrolled over layers, directions and time."


def test_the_html_runs_nothing_and_asks_for_nothing(explorer: Explorer) -> None:
    html = explorer._repr_html_()
    page = Page(html)
    assert {tag for tag, _ in page.tags} == {"div", "style", "img", "pre", "p"}
    names = [name for _, attributes in page.tags for name in attributes]
    assert set(names) == {"class", "src", "alt", "style"}  # nothing that clashes, such as an id
    for text in (html, picture(page)):
        assert "url(" not in text
        assert "@import" not in text


def test_what_is_said_is_escaped() -> None:
    hostile = '</pre>"><script>alert(1)</script>'
    page = Page(static_html("<svg/>", alt=hostile, text=hostile, model_id="a"))
    assert "script" not in [tag for tag, _ in page.tags]
    assert page.only("img")["alt"] == hostile
    assert hostile in page.text


def test_each_looks_for_its_own_live_explorer(explorer: Explorer) -> None:
    other = Explorer()
    stills = [Page(each._repr_html_()).only("div")["class"] for each in (explorer, other)]
    assert stills[0] != stills[1]
    for each, still in zip((explorer, other), stills, strict=True):
        classes = each.get_state("_dom_classes")["_dom_classes"]
        (live,) = [name for name in classes if name.startswith("ls-live-")]
        html = each._repr_html_()
        assert set(re.findall(r"ls-live-\w+", html)) == {live}
        assert set(re.findall(r"ls-static-\w+", html)) == {still}


@pytest.mark.parametrize(
    ("values", "kib"),
    [({}, 30), ({"num_layers": 8, "seq_len": 200, "batch_size": 64, "hidden_size": 256}, 120)],
)
def test_what_a_notebook_keeps_of_it_is_small(values: dict[str, int], kib: int) -> None:
    assert len(Explorer(**values)._repr_html_()) < kib * 1024
