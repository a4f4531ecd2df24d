"""The whole state as text: in a page's address, and as a Python call.

An address comes from anywhere, so what is read from one is held to names that there are
and to the plainest form of a value; whether the values fit is for ``config`` to say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

LONGEST = 24_000
"""Characters an address may have; ours are about 320, but for as many lengths as may be."""

_BOOLS = ("batch_first", "bidirectional", "bias", "batched")
_WORDS = {"kind": r"\w{1,8}", "device": r"[\w:]{1,16}", "select": r"[\w.]{0,40}"}
_WORDS |= dict.fromkeys(("tab", "way", "merge", "direction", "start"), r"\w{1,16}")
_WORDS |= {"vector": r"[ -~]{0,400}"}  # read by a grammar of its own
_FLOAT = r"[-+]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})(e[-+]?\d{1,3})?"
_LENGTHS = r"([-+]?\d{1,20}(,[-+]?\d{1,20})*)?"
_INT = r"[-+]?\d{1,20}"


class LinkError(ValueError):
    """An address that says nothing this page understands."""


def write_link(values: Mapping[str, Any]) -> str:
    """The part of an address behind the ``#``.

    >>> write_link({"kind": "LSTM", "num_layers": 2, "bias": True, "select": "h_n.3"})
    'kind=LSTM&num_layers=2&bias=True&select=h_n.3'
    """
    shown = values
    if "lengths" in values:
        shown = {**values, "lengths": ",".join(map(str, values["lengths"] or ()))}
    return urlencode(shown, safe=",")


def read_link(text: str, names: set[str]) -> dict[str, Any]:
    """The values in such a part of an address.

    Args:
        names: of those there are.

    Raises:
        LinkError: it is too long, or something in it is not known or has no such form.

    >>> read_link("num_layers=3&select=h_n.5", {"num_layers", "select"})
    {'num_layers': 3, 'select': 'h_n.5'}
    >>> read_link("num_layers=__import__", {"num_layers"})
    Traceback (most recent call last):
    ...
    lstm_shapes.explorer.link.LinkError: num_layers='__import__' is no whole number
    """
    if len(text) > LONGEST:
        raise LinkError(f"it has {len(text):,} characters, more than {LONGEST:,}")
    values: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        if name not in names:
            raise LinkError(f"{name[:40]!r} is no setting")
        if name in values:
            raise LinkError(f"{name!r} stands in it twice")
        values[name] = _read(name, value)
    if not values:
        raise LinkError("there is no setting in it")
    return values


def _read(name: str, value: str) -> Any:
    if name in _BOOLS:
        return _matching(name, value, "True|False", "neither True nor False") == "True"
    if name in _WORDS:
        return _matching(name, value, _WORDS[name], "not known")
    if name == "lengths":
        lengths = _matching(name, value, _LENGTHS, "no list of whole numbers")
        return tuple(int(length) for length in lengths.split(",")) if lengths else None
    if name == "dropout":
        return float(_matching(name, value, _FLOAT, "no number"))
    return int(_matching(name, value, _INT, "no whole number"))


def _matching(name: str, value: str, form: str, problem: str) -> str:
    # \d and \w stand for letters and digits of other scripts too, without this.
    if not re.fullmatch(form, value, re.ASCII):
        raise LinkError(f"{name}={value[:40]!r} is {problem}")
    return value


def write_call(values: Mapping[str, Any], start: Mapping[str, Any]) -> str:
    """The Python call that shows the same.

    Args:
        start: what the call shows without arguments.

    >>> write_call({"num_layers": 3, "bias": True}, {"num_layers": 2, "bias": True})
    'Explorer(num_layers=3)'
    """
    shown = [f"{name}={value!r}" for name, value in values.items() if value != start.get(name)]
    return f"Explorer({', '.join(shown)})"
