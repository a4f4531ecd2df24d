"""The page's JavaScript without a browser: its pure parts run by node, its words."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from lstm_shapes import InputSizes, Settings, unroll
from lstm_shapes.explorer import sources
from lstm_shapes.explorer.panels.picture import slices_record
from lstm_shapes.picture.drawing import WIDTH
from tests.javascript import strings

TESTS = sorted((Path(__file__).parent.parent / "web").glob("*.test.mjs"))
BOTH = Settings(4, 3, num_layers=2, bidirectional=True)
SCENES = {
    "LSTM": (BOTH, InputSizes(5, 3), 0),
    "GRU": (Settings(4, 3, kind="GRU", bidirectional=True, batch_first=True), InputSizes(5, 3), 0),
    "one direction": (Settings(4, 3, num_layers=3), InputSizes(4, None), 0),
    "lengths": (BOTH, InputSizes(5, 3, (2, 5, 3)), 2),
    "elided": (Settings(4, 3, num_layers=40, bidirectional=True), InputSizes(10**6, 3), 0),
}


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures as the page gets them, with what Python says is lit with each slice."""
    made = {}
    for name, (settings, sizes, sample) in SCENES.items():
        scene = unroll(settings, sizes, sample)
        made[name] = {
            "known": json.loads(slices_record(settings, sizes, sample, WIDTH)),
            "links": {each: scene.linked(each) for each in scene.slices},
        }
    path = tmp_path_factory.mktemp("scenes") / "scenes.json"
    path.write_text(json.dumps(made), encoding="utf-8")
    return path


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_pure_parts(node: str, scenes: Path, path: Path) -> None:
    done = subprocess.run(
        [node, "--test", str(path)],
        env=os.environ | {"LSTM_SHAPES_SCENES": str(scenes)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "# fail 0" in done.stdout
    assert "# skipped 0" in done.stdout


def test_there_are_tests_for_node() -> None:
    assert TESTS


WORD = re.compile(r"[(«]?[A-Za-z']{2,}[.,:;!?)»]*")


def prose(source: str) -> list[str]:
    """Texts in JavaScript that hold more than two words. A class, a selector, a number or a
    path is none: a word is made of letters alone, but for what it ends with."""
    found = []
    for text in strings(source):
        if len([word for word in text.split() if WORD.fullmatch(word)]) > 2:
            found.append(text)
    return found


FOLDERS = (sources.WEB, sources.WEB / "parts", sources.WEB / "panels")
MODULES = [path for folder in FOLDERS for path in sorted(folder.glob("*.js"))]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_words_stand_in_python(path: Path) -> None:
    assert prose(path.read_text(encoding="utf-8")) == []


def test_words_in_javascript_would_be_found() -> None:
    assert prose('h("p", {}, "hover or focus any slice")') == ["hover or focus any slice"]
    assert prose("const a = `numbers ${of(`the one ${x}`)} of sample`;") == ["numbers  of sample"]
    assert prose("// words may be in comments, as \"here they are\"\n/* 'and also here' */") == []
    assert prose('h("p", { class: "ls-card ls-far away" }, "same numbers")') == []
    assert prose('const sign = /it\'s a "quoted text here"/; f(\'ab cd\', "ef");') == []
