"""Silent bugs to switch between broken and repaired, each explained live; and one's own model."""

from __future__ import annotations

from typing import TypedDict

from lstm_shapes.explain.model.examples import (
    EXAMPLES,
    Example,
    ExampleName,
    Version,
    example,
    example_report,
)
from lstm_shapes.explorer.panels.without import no_numbers
from lstm_shapes.explorer.state import Snapshot

ABOUT = (
    "Most mistakes with these tensors raise no error. Each of these models has one: it is run "
    "here, and explained as your own model would be. Switch to the repaired version to see what "
    "changes."
)
VERSIONS: dict[Version, str] = {"broken": "broken", "repaired": "repaired"}
OWN_ABOUT = (
    "In a notebook the report is drawn like the one above. In your tests, check raises an error "
    "with the findings. Your model is copied, and stays as it is."
)
OWN_CODE = """from lstm_shapes import check, explain

explain(model, x)  # call it as you call your model: explain(model, ids, lengths)
check(model, x)  # in a test: raises with what it finds"""


class ExplainLine(TypedDict):
    """A line of a program.

    ``mark`` says whether it is of one version alone. ``number`` is where it stands in the file that
    the report speaks of; a line that was taken out stands nowhere.
    """

    number: str
    mark: str
    text: str


class ExplainChoice(TypedDict):
    """One of some things to choose."""

    value: str
    words: str
    chosen: bool


class ExplainPanel(TypedDict):
    """One bug, one version of it, and its report, which is HTML that is ready to be shown."""

    without: str
    title: str
    about: str
    bugs_title: str
    bugs: list[ExplainChoice]
    versions_title: str
    versions: list[ExplainChoice]
    seen: str
    code_title: str
    lines: list[ExplainLine]
    code: str
    report_title: str
    report: str
    own_title: str
    own_about: str
    own_code: str
    copy: str


def explain_view(
    snapshot: Snapshot, bug: ExampleName = "last_step", version: Version = "broken"
) -> ExplainPanel:
    """The chosen bug; its report needs torch, which is there when the page has a run."""
    without = no_numbers(snapshot) if snapshot.pending else ""
    panel: ExplainPanel = {
        "without": without,
        "title": "",
        "about": ABOUT,
        "bugs_title": "Silent bugs",
        "bugs": [],
        "versions_title": "Version",
        "versions": [_choice(each, words, version) for each, words in VERSIONS.items()],
        "seen": "",
        "code_title": "",
        "lines": [],
        "code": "",
        "report_title": "What explain says about it",
        "report": "",
        "own_title": "On your own model",
        "own_about": OWN_ABOUT,
        "own_code": OWN_CODE,
        "copy": "Copy this code",
    }
    if without:
        return panel
    from lstm_shapes.explain.model.drawing import drawn

    shown = example(bug)
    panel["title"] = shown.title
    panel["bugs"] = [_choice(each, example(each).title, bug) for each in EXAMPLES]
    panel["seen"] = shown.seen
    panel["code_title"] = f"{bug}.py, {VERSIONS[version]}"
    panel["lines"] = _lines(shown, version)
    panel["code"] = shown.code(version)
    panel["report"] = drawn(example_report(bug, version))
    return panel


def _lines(shown: Example, version: Version) -> list[ExplainLine]:
    """The broken version with its mistake marked; the repaired one with what has changed."""
    lines: list[ExplainLine] = []
    number = 0
    for mark, text in shown.lines:
        if version == "broken" and mark == "+":
            continue
        is_there = version == "broken" or mark != "-"
        number += is_there
        lines.append({"number": str(number) if is_there else "", "mark": mark, "text": text})
    return lines


def _choice(value: str, words: str, chosen: str) -> ExplainChoice:
    return {"value": value, "words": words, "chosen": value == chosen}
