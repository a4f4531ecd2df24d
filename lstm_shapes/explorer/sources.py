"""The page's JavaScript and CSS, each kept in files of one subject, each sent as one text.

A widget's module cannot import a file beside it: it reaches the page as text, where
nothing is beside it. So the modules are joined; they share one scope, in which every
name stands once.
"""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
SCRIPTS = (
    "dom.js",
    "cards.js",
    "directions.js",
    "head.js",
    "scrambled.js",
    "cell.js",
    "parameters.js",
    "arguments.js",
    "lengths.js",
    "states.js",
    "reproducibility.js",
    "article.js",
    "figure.js",
    "share.js",
    "panels.js",
    "stage.js",
)
STYLES = (
    "../tokens.css",
    "page.css",
    "rail.css",
    "stage.css",
    "picture.css",
    "../figure.css",
    "panels.css",
    "directions.css",
    "head.css",
    "topics.css",
    "lengths.css",
)


def script() -> str:
    """All modules as one: without imports, and exporting the last one's default alone."""
    joined = "\n".join((HERE / name).read_text(encoding="utf-8") for name in SCRIPTS)
    return re.sub(r"^import .*\n|^export (?!default)", "", joined, flags=re.M)


def styles() -> str:
    """All style sheets as one."""
    return "\n".join((HERE / name).read_text(encoding="utf-8") for name in STYLES)
