"""The words of the page that are the same whatever is asked: sent once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypedDict

from lstm_shapes.config import Direction
from lstm_shapes.explorer.choices import TABS, Tab
from lstm_shapes.explorer.panels.legend import ARROWS
from lstm_shapes.picture.scene import Link
from lstm_shapes.picture.svg import CAPTION

TITLE = "Which cell wrote which slice"


class ShareButton(TypedDict):
    """A button below the picture: what it hands out, and its name."""

    way: Literal["link", "call", "code", "svg", "png"]
    words: str


class PageRecord(TypedDict):
    """What stands on the page, or is read out, and never changes.

    ``served`` are the buttons of a page with an address of its own, ``embedded`` those of a
    notebook; ``gone`` says that the slice at its ``{}`` is not drawn; ``caption_width`` is the
    most characters in a line of the saved picture's caption.
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
    caption_width: int
    copied: str
    by_hand: str
    to_copy: str
    presets: str
    panels: str
    tabs: Mapping[Tab, str]


_BELOW: list[ShareButton] = [
    {"way": "code", "words": "Copy code"},
    {"way": "svg", "words": "Save SVG"},
    {"way": "png", "words": "Save PNG"},
]

PAGE: PageRecord = {
    "title": TITLE,
    "hint": "hover or focus any slice",
    "network": "The network unrolled over layers, directions and time",
    "directions": ARROWS,
    "links": {
        "selected": "selected",
        "wrote": "wrote it",
        "same": "same numbers",
        "read": "was read",
    },
    "numbers_of": "numbers of sample",
    "sample": "sample",
    "cure": "Apply the cure",
    "nothing": "Point at, or focus, any slice: what wrote it, what holds the same numbers and "
    "what was read for it lights up.",
    "gone": "`{}` is not in this picture.",
    "found": "on this run:",
    "served": [{"way": "link", "words": "Copy link"}, *_BELOW],
    "embedded": [{"way": "call", "words": "Copy call"}, *_BELOW],
    "caption_width": CAPTION,
    "copied": "copied",
    "by_hand": "this page may not copy by itself: ",
    "to_copy": "to be copied",
    "presets": "presets",
    "panels": "panels",
    "tabs": TABS,
}
