"""The page's script alone, with a model in place of the kernel: what it is sent, and what it
says, is in a test's hands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Page

from lstm_shapes import Explorer
from lstm_shapes.explorer import sources
from lstm_shapes.explorer.view import packed

ADDRESS = "http://explorer.test/"
PACKED = ("view", "found", "panel")
NAMES = (
    "page",
    *PACKED,
    "picture",
    "slices",
    "choices",
    "share",
    "selection",
    "sample",
    "place",
    "room",
    "walk",
    "svg_style",
)

# As ipywidgets has it: traits are set at once, and heard of one by one.
MODEL = """
const bytes = (text) => new DataView(new TextEncoder().encode(text).buffer);
const taken = (values) => Object.fromEntries(Object.entries(values).map(
    ([name, [kind, value]]) => [name, kind === "packed" ? bytes(value) : value]));
window.model = {
    values: {}, heard: [], sent: [],
    get(name) { return this.values[name]; },
    set(name, value) { this.values[name] = value; this.sent.push([name, value]); },
    save_changes() {},
    send(content) { this.sent.push(["message", content]); },
    on(event, callback) { this.heard.push([event, callback]); },
    off(event, callback) {
        this.heard = this.heard.filter(([e, c]) => e !== event || c !== callback);
    },
    receive(values) {
        Object.assign(this.values, taken(values));
        for (const name of Object.keys(values)) {
            for (const [event, callback] of [...this.heard]) {
                if (event === `change:${name}`) callback();
            }
        }
    },
};
"""
START = """async (values) => {
    window.model.receive(values);
    const { default: page } = await import("/script.js");
    window.end = page.render({ model: window.model, el: document.querySelector("#stage") });
}"""
BODY = """<!doctype html><meta charset="utf-8"><style>{style}</style><script>{model}</script>
<body><div class="ls-app widget-box"><div class="ls-page widget-box">
<div class="ls-rail widget-box"></div><div id="stage"></div></div></div>"""


def traits(explorer: Explorer, **changes: Mapping[str, Any]) -> dict[str, tuple[str, Any]]:
    """All that the page reads, as it is sent, with some records changed."""
    values = {name: getattr(explorer.stage, name) for name in NAMES} | changes
    return {name: sent(name, value) for name, value in values.items()}


def sent(name: str, value: Any) -> tuple[str, Any]:
    if name in PACKED:
        return "packed", packed(value).decode()
    if name in ("picture", "slices"):
        return "packed", bytes(value).decode()
    return "plain", json.loads(json.dumps(value))


def draw(page: Page, values: dict[str, tuple[str, Any]]) -> None:
    """Open a page with the stage alone, and draw what it is sent."""
    body = BODY.format(style=sources.styles(), model=MODEL)
    kinds = {"": ("text/html", body), "script.js": ("text/javascript", sources.script())}

    def answer(route: Any) -> None:
        kind, text = kinds.get(route.request.url.removeprefix(ADDRESS), ("text/plain", ""))
        route.fulfill(body=text, content_type=f"{kind}; charset=utf-8")

    page.route(f"{ADDRESS}**", answer)
    page.goto(ADDRESS)
    page.evaluate(START, values)


def receive(page: Page, values: dict[str, tuple[str, Any]]) -> None:
    """A message of the kernel."""
    page.evaluate("values => window.model.receive(values)", values)
