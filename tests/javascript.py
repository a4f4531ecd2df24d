"""The texts in a JavaScript source: its string literals, and its templates without what is
put into them."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""(?P<skip>//[^\n]*|/\*.*?\*/|\s+)
    |(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    |(?P<template>`)
    |(?P<regex>/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/[a-z]*)
    |(?P<word>[\w$]+)
    |(?P<mark>.)""",
    re.X | re.S,
)
_CHUNK = re.compile(r"(?P<text>(?:\\.|[^`\\$]|\$(?!\{))*)(?P<end>`|\$\{)", re.S)
_BEFORE_REGEX = re.compile(r"[(,=:\[!&|?{};>]|return|typeof|^$")


def strings(source: str) -> list[str]:
    """Every text, in the order in which they end."""
    found: list[str] = []
    end = _code(source, 0, found)
    if end != len(source):
        raise ValueError(f"cannot be read from {source[end : end + 40]!r}")
    return found


def _code(source: str, at: int, found: list[str]) -> int:
    """Read code up to the brace that closes it, or to the end."""
    depth, before = 0, ""
    while at < len(source):
        token = _token(source, at, before)
        kind, text = token.lastgroup, token[0]
        if kind == "mark" and text == "}" and depth == 0:
            return at
        at = token.end()
        if kind == "string":
            found.append(text[1:-1])
        elif kind == "template":
            at = _template(source, at, found)
        elif kind == "mark":
            depth += {"{": 1, "}": -1}.get(text, 0)
        if kind != "skip":
            before = text
    return at


def _token(source: str, at: int, before: str) -> re.Match[str]:
    """The token at a place; a slash after a value divides."""
    found = _TOKEN.match(source, at)
    assert found is not None
    if found.lastgroup == "regex" and not _BEFORE_REGEX.fullmatch(before):
        found = re.compile(r"(?P<mark>.)").match(source, at)
        assert found is not None
    return found


def _template(source: str, at: int, found: list[str]) -> int:
    """Read a template whose first backtick was read."""
    texts = []
    while True:
        chunk = _CHUNK.match(source, at)
        if chunk is None:
            raise ValueError(f"a template does not end: {source[at : at + 40]!r}")
        texts.append(chunk["text"])
        at = chunk.end()
        if chunk["end"] == "`":
            found.append("".join(texts))
            return at
        at = _code(source, at, found) + 1
