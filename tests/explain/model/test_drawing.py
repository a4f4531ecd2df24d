"""A report as text and as HTML: the same facts, nothing from outside, and nothing unescaped."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from lstm_shapes import Settings
from lstm_shapes.explain.model.drawing import drawn
from lstm_shapes.explain.model.drawn_reads import shown_steps
from lstm_shapes.explain.model.examples import example_report
from lstm_shapes.explain.model.report import (
    Finding,
    ModelCall,
    ModelQuestion,
    Place,
    ReadRow,
    Reads,
    Report,
    SeenTensor,
    Step,
)

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
    assert re.search(r'role="img" aria-label="Of sample 1, .*t = 2 to 5 padding that is read', html)
    page = Tags(html).text
    assert page.count("●") > 1
    assert page.count("◉") > 3
    assert "◉ padding that is read" in page


def reads(module: str, steps: int, read: set[int], sample: int = 0) -> Reads:
    states = tuple("read" if t in read else "written" for t in range(steps))
    row = ReadRow("out →", "forward", states)
    return Reads(module, sample, steps, (row,), (("h_n[0]", "forward", False),))


def call(module: str, number: int, repeats: int = 1) -> ModelCall:
    return ModelCall(
        module=module,
        constructor="nn.LSTM(4, 3)",
        settings=Settings(4, 3),
        cell=False,
        number=number,
        repeats=repeats,
        place=None,
        packed=False,
        lengths=(),
        rows=("layer 0, forward",),
        tensors=(SeenTensor("out", (5, 2, 3), ("seq", "batch", "features"), read="read"),),
    )


def test_the_picture_of_a_long_sequence_has_few_steps() -> None:
    shown = shown_steps(100_000, 50_000)
    assert len(shown) <= 14
    assert {0, 49_999, 99_999} <= set(shown)


@pytest.mark.parametrize("step", [0, 1, 60, 61, 118, 119])
def test_a_step_that_alone_is_read_is_drawn(step: int) -> None:
    report = Report("Net", "a tensor (2, 3)", calls=(call("rnn", 1),))
    html = drawn(replace(report, reads=(reads("rnn", 120, {step}),)))
    assert html.count('class="ls-report-read"') == 1
    assert f'title="t = {step}: read">●</td>' in html
    assert f"t = {step} read" in html


def test_steps_that_are_left_out_do_not_hide_what_is_read() -> None:
    report = Report("Net", "a tensor (2, 3)", calls=(call("rnn", 1),))
    html = drawn(replace(report, reads=(reads("rnn", 120, set(range(0, 120, 2))),)))
    assert "some of them are read" in html
    assert "60 of 120 steps read" in html


def test_no_step_is_left_out_twice() -> None:
    for steps in range(1, 60):
        for length in range(1, steps + 1):
            shown = shown_steps(steps, length, [length // 2])
            assert len(shown) <= 14
            assert (None, None) not in pairwise(shown)
            known = [step for step in shown if step is not None]
            assert known == sorted(set(known))
            assert {0, length - 1, steps - 1} <= set(known)


def test_what_each_call_of_a_module_reads_stands_below_it() -> None:
    calls = (call("rnn", 1), call("rnn", 2))
    both = (reads("rnn", 5, {1}, sample=3), reads("rnn", 5, {2}, sample=7))
    page = Tags(drawn(Report("Net", "a tensor (2, 3)", calls=calls, reads=both))).text
    wanted = ["rnn, call 1 of 2", "sample 3 reads", "rnn, call 2 of 2", "sample 7 reads"]
    places = [page.index(each) for each in wanted]
    assert places == sorted(places)


def test_a_loop_is_one_call_and_many_calls_are_folded() -> None:
    calls = (call("cell", 1, repeats=12), *(call(f"rnns.{i}", 1) for i in range(5)))
    report = Report("Net", "a tensor (2, 3)", calls=calls)
    for told in (str(report), Tags(drawn(report)).text):
        assert "cell, call 1 of 12 in a loop" in told
        assert "rnns.4, call 1 of 1" in told
    assert "<summary>3 more calls</summary>" in drawn(report)


def test_a_report_without_findings_says_so(report: Report) -> None:
    clean = replace(report, findings=(), questions=())
    assert "no findings" in str(clean)
    html = drawn(clean)
    assert "not what it seems" not in Tags(html).text
    assert '<b class="ls-none">no findings</b>' in html


def test_the_text_fits_a_terminal_but_for_code(report: Report) -> None:
    place = Place("/home/ada/net.py", 7, "forward", "out = x")
    long = replace(
        report,
        calls=(replace(report.calls[0], tensors=(LONG,)),),
        checks=tuple(replace(each, evidence="measured " * 20) for each in report.checks),
        questions=(ModelQuestion("argument", "Is it meant?", "It is seen. " * 20, place),),
    )
    code = ("  in forward, ", "    + ", "    - ")
    lines = [line for line in str(long).splitlines() if not line.startswith(code)]
    assert max(map(len, lines)) <= 100
    assert "  net.py:7, in forward" in lines


LONG = SeenTensor(
    "h_n", (4, 32, 128), ("layer × direction", "batch", "features"), read="row 1 is read, " * 8
)
