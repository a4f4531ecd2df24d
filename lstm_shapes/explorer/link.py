"""The whole state as text: in a page's address, and as a Python call.

An address comes from anywhere, so what is read from one is held to names that there are, to the
form of their values and to their bounds, and nothing of it is evaluated. Whether values fit each
other is for the state to say, as of values that are typed.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from lstm_shapes.argument import LONGEST, Argument
from lstm_shapes.config import ARGUMENTS, Question
from lstm_shapes.errors import ArgumentError, check_text
from lstm_shapes.explorer.choices import CHOICES, TABS

SHOWN: Mapping[str, Argument] = {
    "select": Argument("Which slice is pinned.", form="text", name="select", at_most=40),
    "sample": Argument("Which sample's numbers are shown.", form="int", name="sample"),
}
"""What is looked at in the picture."""

LINKED: Mapping[str, Argument] = {**ARGUMENTS, **SHOWN, **CHOICES}
"""All that an address can hold."""

# What a text may be made of, and the cure for one that is not.
_LETTERS = {
    "select": (r"[\w.]*", "use the id of a slice, such as h_n.3"),
    "device": (r"[\w:]{1,16}", "use the name of a device, such as cpu"),
    "vector": (r"[ -~]*", "write it in the characters of a plain keyboard"),
    "call": (r"[^\x00-\x08\x0b-\x1f\x7f]*", "leave out what does not print"),
}


@dataclass
class Link:
    """What stands in an address.

    Attributes:
        values: by name, each one that its argument can have.
        refused: why each of the other parts was left out.
        typed: whether it was typed in a field instead.
    """

    values: dict[str, Any] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    typed: bool = False

    def leave_out(self, refused: Mapping[str, str]) -> None:
        """Leave out values, each for its reason."""
        self.values = {name: self.values[name] for name in self.values.keys() - refused.keys()}
        self.refused += refused.values()

    def told(self, torch_here: bool) -> list[str]:
        """All there is to say of it: also of the vector, once the grammar can be asked, which
        needs torch. It stays in its own field as it is, so that it can be mended there."""
        vector = self.values.get("vector", "")
        return [*self.refused, *(_unreadable(vector) if vector and torch_here else ())]


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


def read_link(text: str) -> Link:
    """Read such a part of an address: all that can be taken, and why the rest cannot.

    Args:
        text: what stands behind the ``#``, from anywhere.

    >>> read_link("num_layers=3&select=h_n.5").values
    {'num_layers': 3, 'select': 'h_n.5'}
    >>> read_link("num_layers=__import__&seq_len=0&zoom=2&seed=4")
    Link(values={'seed': 4}, refused=["num_layers='__import__' is no whole number: write one such \
as 12", 'seq_len=0 is too small: use 1 or more', "'zoom' is no setting of this page"], typed=False)
    """
    found = Link()
    if len(text) > LONGEST:
        found.refused.append(f"it has {len(text):,} characters, more than {LONGEST:,}")
        return found
    for name, value in parse_qsl(text, keep_blank_values=True):
        if name not in LINKED:
            found.refused.append(f"{name[:40]!r} is no setting of this page")
        elif name in found.values:
            found.refused.append(f"{name}={value[:40]!r} comes second: {name} stands in it twice")
        else:
            try:
                found.values[name] = _read(LINKED[name], value)
            except ArgumentError as error:
                found.refused.append(str(error))
    if not found.values and not found.refused:
        found.refused.append("there is no setting in it")
    return found


def _read(argument: Argument, text: str) -> Any:
    """The value that a text stands for, if the argument can have it."""
    value = argument.read(text)
    if argument.form == "text":
        check_text(argument.name, text, argument.at_most)
        letters, cure = _LETTERS[argument.name]
        # \w stands for letters and digits of other scripts too, without this.
        if not re.fullmatch(letters, text, re.ASCII):
            raise ArgumentError(argument.name, text, "has characters that it cannot have", cure)
    argument.check(value)
    return value


def _unreadable(vector: str) -> list[str]:
    """Why an expression cannot be measured, if it is none."""
    from lstm_shapes.expression.grammar import parse
    from lstm_shapes.expression.text import ExpressionError

    try:
        parse(vector)
    except ExpressionError as error:
        place = f"it stands in its field, below {TABS['vectors']!r}"
        return [f"vector={vector[:40]!r} cannot be measured: {error.problem}; {place}"]
    return []


def within(values: Mapping[str, Any], question: Question) -> dict[str, Any]:
    """What is looked at, by name, each value as near as a question has it: what is seen.

    >>> from lstm_shapes.explorer.presets import FIRST_QUESTION
    >>> values = {"sample": 2, "layer": 0, "time": 7, "chunk": 2, "direction": "backward"}
    >>> within(values, FIRST_QUESTION)
    {'sample': 2, 'layer': 0, 'time': 4, 'chunk': 2, 'direction': 'backward'}
    """
    found = {}
    for name, argument in _in_reach(question, values["sample"]).items():
        if argument.form == "int":
            found[name] = min(values[name], argument.at_most)
        else:
            found[name] = values[name] if values[name] in argument.choices else argument.choices[0]
    return found


def beyond(
    values: Mapping[str, Any], question: Question, sample: int, slices: Container[str]
) -> dict[str, str]:
    """Why a question has no such thing to look at, by the name of each value that is beyond it.

    Args:
        values: those of a link.
        question: the one that is shown.
        sample: the one that is looked at.
        slices: ids of all that can be pinned.
    """
    found = {}
    for name, argument in _in_reach(question, sample).items():
        if name in values:
            try:
                argument.check(values[name])
            except ArgumentError as error:
                found[name] = str(error)
    if values.get("select") and values["select"] not in slices:
        found["select"] = f"select={values['select']!r} is no slice of this picture"
    return found


def _in_reach(question: Question, sample: int) -> dict[str, Argument]:
    """The arguments of what is looked at, each as far as a question reaches."""
    settings, sizes = question.settings, question.sizes
    most = {
        "sample": sizes.samples - 1,
        "layer": settings.num_layers - 1,
        "time": sizes.steps_of(sample) - 1,
        "chunk": sizes.seq_len - 1,
    }
    found = {
        name: replace(LINKED[name], at_most=max(last, LINKED[name].at_least))
        for name, last in most.items()
    }
    return found | {"direction": replace(LINKED["direction"], choices=settings.directions)}


def write_call(values: Mapping[str, Any], start: Mapping[str, Any], given: str = "") -> str:
    """The Python call that shows the same.

    Args:
        values: by name.
        start: what the call shows without arguments.
        given: what stands before them, as code.

    >>> write_call({"num_layers": 3, "bias": True}, {"num_layers": 2, "bias": True})
    'Explorer(num_layers=3)'
    """
    shown = [f"{name}={value!r}" for name, value in values.items() if value != start.get(name)]
    return f"Explorer({', '.join([given, *shown] if given else shown)})"
