"""The whole state as text: in a page's address, and as a Python call.

An address comes from anywhere, so what is read from one is held to names that there are
and to the plainest form of a value; whether the values fit is for the arguments to say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from lstm_shapes.argument import Argument, Form
from lstm_shapes.config import ARGUMENTS
from lstm_shapes.explorer.choices import CHOICES

LONGEST = 24_000
"""Characters an address may have; ours are about 320, but for as many lengths as may be."""

SHOWN: Mapping[str, Argument] = {
    "select": Argument("Which slice is pinned.", form="text", name="select", at_most=40),
    "sample": Argument("Which sample's numbers are shown.", form="int", name="sample"),
}
"""What is looked at in the picture."""

LINKED: Mapping[str, Argument] = {**ARGUMENTS, **SHOWN, **CHOICES}
"""All that an address can hold."""

_INT = r"[-+]?\d{1,20}"

# The plainest form of a value, and what is said of one that has another form. A text may hold any
# visible character; what it means is read by a grammar of its own.
_FORMS: Mapping[Form, tuple[str, str]] = {
    "int": (_INT, "no whole number"),
    "float": (r"[-+]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})(e[-+]?\d{1,3})?", "no number"),
    "bool": ("True|False", "neither True nor False"),
    "choice": (r"\w{1,16}", "not known"),
    "lengths": (rf"({_INT}(,{_INT})*)?", "no list of whole numbers"),
    "text": (rf"[ -~]{{0,{CHOICES['vector'].at_most}}}", "not known"),
}
_NAMES = {"select": r"[\w.]{0,40}", "device": r"[\w:]{1,16}"}
"""Texts that are names, which are held to the letters of one."""


class LinkError(ValueError):
    """An address that says nothing this page understands."""


def write_link(values: Mapping[str, Any]) -> str:
    """The part of an address behind the ``#``.

    Args:
        values: by name, of those in ``LINKED``.

    >>> write_link({"kind": "LSTM", "num_layers": 2, "bias": True, "select": "h_n.3"})
    'kind=LSTM&num_layers=2&bias=True&select=h_n.3'
    """
    shown = dict(values)
    for name in shown:
        if LINKED[name].form == "lengths":
            shown[name] = ",".join(map(str, shown[name] or ()))
    return urlencode(shown, safe=",")


def read_link(text: str) -> dict[str, Any]:
    """The values in such a part of an address.

    Args:
        text: what stands behind the ``#``, from anywhere.

    Returns:
        By name, each of its argument's type; whether it is in bounds was not looked at.

    Raises:
        LinkError: the text is too long, or something in it is not known or has no such form.

    >>> read_link("num_layers=3&select=h_n.5")
    {'num_layers': 3, 'select': 'h_n.5'}
    >>> read_link("num_layers=__import__")
    Traceback (most recent call last):
    ...
    lstm_shapes.explorer.link.LinkError: num_layers='__import__' is no whole number
    """
    if len(text) > LONGEST:
        raise LinkError(f"it has {len(text):,} characters, more than {LONGEST:,}")
    values: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        if name not in LINKED:
            raise LinkError(f"{name[:40]!r} is no setting")
        if name in values:
            raise LinkError(f"{name!r} stands in it twice")
        values[name] = _read(LINKED[name], value)
    if not values:
        raise LinkError("there is no setting in it")
    return values


def _read(argument: Argument, text: str) -> Any:
    form, problem = _FORMS[argument.form]
    # \d and \w stand for letters and digits of other scripts too, without this.
    if not re.fullmatch(_NAMES.get(argument.name, form), text, re.ASCII):
        raise LinkError(f"{argument.name}={text[:40]!r} is {problem}")
    if argument.form == "bool":
        return text == "True"
    if argument.form == "lengths":
        return tuple(int(length) for length in text.split(",")) if text else None
    return {"int": int, "float": float}.get(argument.form, str)(text)


def write_call(values: Mapping[str, Any], start: Mapping[str, Any]) -> str:
    """The Python call that shows the same.

    Args:
        values: by name.
        start: what the call shows without arguments.

    >>> write_call({"num_layers": 3, "bias": True}, {"num_layers": 2, "bias": True})
    'Explorer(num_layers=3)'
    """
    shown = [f"{name}={value!r}" for name, value in values.items() if value != start.get(name)]
    return f"Explorer({', '.join(shown)})"
