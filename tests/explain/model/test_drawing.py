"""A report as text and as HTML: the same facts, nothing from outside, and nothing unescaped."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from lstm_shapes.explain.model.drawing import drawn, shown_steps
from lstm_shapes.explain.model.examples import example_report
from lstm_shapes.explain.model.report import Finding, ModelQuestion, Place, Report, Step

HOSTILE = "<img src=x onerror=alert(1)>"


class Tags(HTMLParser):
    """The tags of a page, and its text without styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data


@pytest.fixture(scope="module")
def report() -> Report:
    return example_report("padding", "broken")


def test_text_and_drawing_tell_the_same_findings(report: Report) -> None:
    page = Tags(drawn(report))
    assert not page.open
    plain = re.sub(r"\s+", " ", str(report))
    for each in (*report.findings, *report.questions):
        for said in (each.title, each.says):
            assert said in page.text
            assert said in plain
    for check in report.checks:
        assert f"✓ {check.says}" in page.text
        assert f"✓ {check.says}" in plain
    for line in report.findings[0].added:
        assert f"+ {line}" in page.text
        assert f"+ {line}" in str(report)


def test_the_drawing_needs_nothing_from_outside(report: Report) -> None:
    html = drawn(report)
    assert not re.search(r"<script|<link|<img|@import|url\(|https?:", html)


def test_what_comes_from_the_user_is_escaped() -> None:
    place = Place(HOSTILE, 3, HOSTILE, HOSTILE)
    hostile = Report(
        HOSTILE,
        "a tensor (3, 2)",
        way=(Step(HOSTILE), Step(HOSTILE, recurrent=True)),
        findings=(Finding("view", HOSTILE, HOSTILE, place, (HOSTILE,), (HOSTILE,)),),
        questions=(ModelQuestion("argument", HOSTILE, HOSTILE, place),),
        out_of_reach=(HOSTILE,),
        error=ValueError(HOSTILE),
        test=HOSTILE,
    )
    page = Tags(drawn(hostile))
    assert "img" not in page.tags
    assert page.text.count(HOSTILE) >= 10


def test_what_is_read_is_told_by_marks_and_in_words(report: Report) -> None:
    html = drawn(report)
    assert re.search(r'aria-label="Of sample 1: .*read', html)
    assert "padding read" in html
    assert Tags(html).text.count("●") > 3


def test_the_picture_of_a_long_sequence_has_few_steps() -> None:
    shown = shown_steps(100_000, 50_000)
    assert len(shown) < 20
    assert {0, 49_999, 99_999} <= set(shown)


def test_a_report_without_findings_says_so(report: Report) -> None:
    clean = replace(report, findings=(), questions=())
    assert "no findings" in str(clean)
    assert "not what it seems" not in Tags(drawn(clean)).text


def test_prose_of_the_text_fits_a_terminal(report: Report) -> None:
    prose = [line for line in str(report).splitlines() if line.startswith("  ") and "(" not in line]
    assert prose
    assert max(map(len, prose)) <= 100
