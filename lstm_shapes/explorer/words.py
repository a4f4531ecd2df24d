"""The words of the page that are the same whatever is asked: sent once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypedDict

from lstm_shapes.config import ARGUMENTS, Direction
from lstm_shapes.explorer.choices import GROUPS, TABS, Tab
from lstm_shapes.explorer.glossary import TAB_TERMS, TERMS
from lstm_shapes.explorer.route import RouteName
from lstm_shapes.explorer.routes import ROUTES
from lstm_shapes.picture.scene import Link
from lstm_shapes.picture.svg import ARROWS, LINKS, TITLE


class ShareButton(TypedDict):
    """A button below the picture: what it hands out, and its name."""

    way: Literal["link", "call", "code", "svg", "png", "csv", "pt"]
    words: str


class RouteWords(TypedDict):
    """What the bar of the routes says: their names, and the buttons of a walk."""

    heading: str
    names: Mapping[RouteName, str]
    steps: str
    back: str
    next: str
    leave: str
    again: str
    mistake: str


class ToolRecord(TypedDict):
    """A button of the page: its sign, its name, and what it does, with its keys."""

    sign: str
    name: str
    words: str


class ToolsRecord(TypedDict):
    """The small buttons above the stage. ``themes`` are the choices of the theme, in a served
    page alone."""

    label: str
    undo: ToolRecord
    redo: ToolRecord
    reset: ToolRecord
    full: ToolRecord
    leave: ToolRecord
    help: ToolRecord
    theme: str
    themes: Mapping[Theme, str]


class KeyRecord(TypedDict):
    """Keys that do the same, and what they do."""

    keys: list[str]
    words: str


class HelpRecord(TypedDict):
    """The dialog with the keys and the glossary; ``none`` is said where no term fits."""

    heading: str
    keys: list[KeyRecord]
    glossary: str
    filter: str
    none: str
    close: str


Theme = Literal["system", "light", "dark"]
"""What decides on the colours of a served page."""

Absence = Literal["earlier", "lost", "ended"]
"""How a page can be without its kernel: it was saved with a notebook and opened later; the
connection is lost or nothing answers, which may pass; the kernel is gone for good."""


class AbsenceRecord(TypedDict):
    """What is said of it; ``button`` opens the page anew, where that helps."""

    heading: str
    text: str
    button: str


class PageRecord(TypedDict):
    """What stands on the page, or is read out, and never changes.

    ``served`` are the buttons of a page with an address of its own, ``embedded`` those of a
    notebook; ``served_without`` and ``embedded_without`` is what they say while no kernel answers
    them, and ``of_earlier`` what a card says then; ``gone`` says that the slice at its ``{}`` is
    not drawn; ``steps`` is by how much the number field of an argument moves with the arrow keys;
    ``browser`` is the name of the browser's tab; ``local`` says that a link leads to this machine
    only; ``go_there`` is the button to the field that is refused; ``glossary`` has a line for every
    control, symbol and term, in the order of the alphabet, and ``tab_terms`` those beside a panel.
    """

    title: str
    hint: str
    network: str
    directions: Mapping[Direction, str]
    links: Mapping[Link, str]
    numbers_of: str
    sample: str
    cure: str
    nothing: str
    gone: str
    found: str
    served: list[ShareButton]
    embedded: list[ShareButton]
    served_without: Mapping[Absence, AbsenceRecord]
    embedded_without: Mapping[Absence, AbsenceRecord]
    of_earlier: str
    copied: str
    by_hand: str
    to_copy: str
    settings: str
    presets: str
    steps: Mapping[str, str]
    tabs: Mapping[Tab, str]
    groups: Mapping[str, Sequence[Tab]]
    routes: RouteWords
    tools: ToolsRecord
    browser: str
    local: str
    go_there: str
    glossary: Mapping[str, str]
    terms: str
    tab_terms: Mapping[Tab, Sequence[str]]
    help: HelpRecord


_BELOW: list[ShareButton] = [
    {"way": "code", "words": "Copy code"},
    {"way": "svg", "words": "Save SVG"},
    {"way": "png", "words": "Save PNG"},
    {"way": "csv", "words": "Save numbers as CSV"},
    {"way": "pt", "words": "Save tensors as .pt"},
]

_LOST: AbsenceRecord = {
    "heading": "The kernel does not answer.",
    "text": "The connection to it is lost, or it is stopped. The page shows what it showed last; "
    "it comes back by itself as soon as the kernel answers.",
    "button": "",
}
_START_AGAIN: AbsenceRecord = {
    "heading": "The kernel of this page has ended.",
    "text": "The page shows what it showed last, and nothing on it is live. What you have set is "
    "kept in the address of the page: opened anew, it goes on from there, with a new kernel.",
    "button": "Open the page anew",
}
_RUN_AGAIN = "To make it live, run the cell again, or run this call, which starts where this is:"

_SERVED: Mapping[Absence, AbsenceRecord] = {
    "earlier": _START_AGAIN,
    "lost": _LOST,
    "ended": _START_AGAIN,
}
_EMBEDDED: Mapping[Absence, AbsenceRecord] = {
    "earlier": {
        "heading": "This is a picture of an earlier run.",
        "text": f"It was saved with the notebook, and no kernel is behind it. {_RUN_AGAIN}",
        "button": "",
    },
    "lost": _LOST,
    "ended": {
        "heading": "The kernel of this page has ended.",
        "text": "It was restarted or shut down, or it crashed. The page shows what it showed last, "
        f"and nothing on it is live. {_RUN_AGAIN}",
        "button": "",
    },
}

_TOOLS: ToolsRecord = {
    "label": "page",
    "undo": {"sign": "↶", "name": "Undo", "words": "Takes back the last change (Ctrl+Z)."},
    "redo": {
        "sign": "↷",
        "name": "Redo",
        "words": "Makes the change again that was taken back (Ctrl+Shift+Z).",
    },
    "reset": {"sign": "⟲", "name": "Reset", "words": "Shows what the page started with."},
    "full": {
        "sign": "□",
        "name": "Full screen",
        "words": "Fills the screen with larger type, for a projector.",
    },
    "leave": {"sign": "□", "name": "Leave full screen", "words": "Escape does the same."},
    "help": {
        "sign": "?",
        "name": "Keys and glossary",
        "words": "Lists what each key does and what each word means (?).",
    },
    "theme": "theme",
    "themes": {"system": "system theme", "light": "light theme", "dark": "dark theme"},
}

_HELP: HelpRecord = {
    "heading": "Keys",
    "keys": [
        {
            "keys": ["Tab"],
            "words": "Goes to the next control, to the next group of slices in the picture, or to "
            "the sizes of the next tensor.",
        },
        {
            "keys": ["←", "→", "↑", "↓"],
            "words": "On a slice or a size, go to the one beside it. On a tab or a step, ← and → "
            "do the same. On a slider, change the value.",
        },
        {
            "keys": ["Enter", "Space"],
            "words": "Pins the slice, so that what belongs to it stays lit. The second time "
            "releases it.",
        },
        {
            "keys": ["Escape"],
            "words": "Hides the box at the pointer. The next time it releases the pinned slice.",
        },
        {"keys": ["Ctrl+Z"], "words": "Takes back the last change."},
        {
            "keys": ["Ctrl+Shift+Z", "Ctrl+Y"],
            "words": "Makes the change again that was taken back.",
        },
        {
            "keys": ["Ctrl+Enter"],
            "words": "In a text of several lines, does what the button below it does.",
        },
        {"keys": ["?"], "words": "Opens this list."},
    ],
    "glossary": "Glossary",
    "filter": "Find a word",
    "none": "No line of the glossary has this word.",
    "close": "Close",
}

PAGE: PageRecord = {
    "title": TITLE,
    "hint": "Point at any slice, or move the focus to it.",
    "network": "The network unrolled over layers, directions and time",
    "directions": ARROWS,
    "links": LINKS,
    "numbers_of": "numbers of sample",
    "sample": "sample",
    "cure": "Apply the cure",
    "nothing": "Point at any slice, or move the focus to it: the cell that wrote it, what holds "
    "the same numbers and what was read for it light up.",
    "gone": "`{}` is not in this picture.",
    "found": "on this run:",
    "served": [{"way": "link", "words": "Copy link"}, *_BELOW],
    "embedded": [{"way": "call", "words": "Copy call"}, *_BELOW],
    "served_without": _SERVED,
    "embedded_without": _EMBEDDED,
    "of_earlier": "of an earlier run, not live",
    "copied": "copied",
    "by_hand": "This page may not copy by itself. Copy this: ",
    "to_copy": "to be copied",
    "settings": "Settings of the module and of its input",
    "presets": "presets",
    "steps": {name: str(each.step) for name, each in ARGUMENTS.items() if each.slider},
    "tabs": TABS,
    "groups": GROUPS,
    "routes": {
        "heading": "What do you want to do?",
        "names": {name: route.title for name, route in ROUTES.items()},
        "steps": "Steps of this walk",
        "back": "Back",
        "next": "Next",
        "leave": "Leave",
        "again": "Back to this step",
        "mistake": "The usual mistake",
    },
    "tools": _TOOLS,
    "browser": "LSTM shapes",
    "local": "This link works on this computer only, because the page is served from it.",
    "go_there": "Go to the field",
    "glossary": TERMS,
    "terms": "Words used here:",
    "tab_terms": TAB_TERMS,
    "help": _HELP,
}
