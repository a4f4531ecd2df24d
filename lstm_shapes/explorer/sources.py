"""The page's JavaScript and CSS, each kept in files of one subject, each sent as one text.

A widget's module cannot import a file beside it: it reaches the page as text, where
nothing is beside it. So the modules are joined; they share one scope, in which every
name stands once.
"""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent / "web"
SCRIPTS = (
    "dom.js",
    "parts/words.js",
    "parts/note.js",
    "parts/legend.js",
    "parts/table.js",
    "parts/shape.js",
    "parts/claims.js",
    "parts/fields.js",
    "parts/numbers.js",
    "cards.js",
    "panels/walk.js",
    "panels/directions.js",
    "panels/reading.js",
    "panels/classifier.js",
    "panels/vectors.js",
    "panels/scrambled.js",
    "panels/cell.js",
    "panels/parameters.js",
    "panels/arguments.js",
    "panels/tokens.js",
    "panels/padding.js",
    "panels/lengths.js",
    "panels/states.js",
    "panels/reproducibility.js",
    "panels/article.js",
    "figure.js",
    "share.js",
    "panels.js",
    "stage.js",
)
STYLES = (
    "../../picture/tokens.css",
    "page.css",
    "rail.css",
    "stage.css",
    "picture.css",
    "../../picture/figure.css",
    "panels.css",
    "panels/directions.css",
    "panels/vectors.css",
    "panels/scrambled.css",
    "parts/parts.css",
    "panels/cell.css",
    "panels/parameters.css",
    "panels/arguments.css",
    "panels/states.css",
    "panels/reproducibility.css",
    "panels/lengths.css",
)


def script() -> str:
    """All modules as one: without imports, and exporting the last one's default alone."""
    joined = "\n".join((HERE / name).read_text(encoding="utf-8") for name in SCRIPTS)
    return re.sub(r"^import .*\n|^export (?!default)", "", joined, flags=re.M)


def styles() -> str:
    """All style sheets as one."""
    return "\n".join((HERE / name).read_text(encoding="utf-8") for name in STYLES)
