"""What is known of an argument before it has a value, written beside the field that it fills.

Here too is the check that a record is given where one is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from fractions import Fraction
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from lstm_shapes.errors import (
    LARGEST,
    ArgumentError,
    check_bool,
    check_choice,
    check_int,
    check_probability,
    check_text,
    wrong_type,
)

Group = Literal["module", "input", "run", "view"]


Form = Literal["int", "float", "bool", "choice", "lengths", "text"]

LONGEST = 24_000
"""Characters that are read of what was typed: enough for as many lengths as may be."""

MOST_DIGITS = 400
"""Characters that are read of a single number. Python itself reads no int of more than 4,300."""

_DIGITS = rf"\d{{1,{MOST_DIGITS}}}"
_NUMBER = rf"[-+]?({_DIGITS}(\.({_DIGITS})?)?|\.{_DIGITS})(e[-+]?\d{{1,3}})?"


@dataclass(frozen=True)
class Argument:
    """All that is known of one argument before it has a value.

    Attributes:
        says: what it is for, in one or two plain sentences.
        at_least, at_most: the bounds of an int; of a text the most characters.
        slider: the smallest and the largest value a slider reaches; larger ones are typed.
        step: by how much a slider moves.
        name: as in ``nn.LSTM``, or as the control is labelled.
        group: whether it belongs to the module, to its input, to how it is run, or to what is
            looked at.
        form: what its values look like.
        choices: the values there are, if they are a few words.
        required: whether a value has to be given.
        default: its value where none is given.
    """

    says: str
    at_least: int = 0
    at_most: int = LARGEST
    slider: tuple[float, float] | None = None
    step: float = 1
    name: str = ""
    group: Group = "module"
    form: Form = "int"
    choices: tuple[str, ...] = ()
    required: bool = False
    default: Any = None

    def check(self, value: object) -> None:
        """Refuse a value that this argument cannot have, whatever the other arguments are.

        Raises:
            ArgumentError: the value is out of bounds, or not one of the choices.
            ArgumentTypeError: the value is of another type.

        >>> from lstm_shapes.config import ARGUMENTS
        >>> ARGUMENTS["num_layers"].check(0)
        Traceback (most recent call last):
        ...
        lstm_shapes.errors.ArgumentError: num_layers=0 is too small: use 1 or more
        """
        if self.form == "int":
            check_int(self.name, value, self.at_least, self.at_most)
        elif self.form == "bool":
            check_bool(self.name, value)
        elif self.form == "float":
            check_probability(self.name, value)
        elif self.form == "choice":
            check_choice(self.name, value, self.choices)
        elif self.form == "text":
            check_text(self.name, value, self.at_most)

    def read(self, text: str) -> Any:
        """Read a value as somebody types it, in a field or in an address.

        Args:
            text: a number as in ``"3"`` or ``"1e5"``, ``"True"`` or ``"False"``, lengths as in
                ``"5, 3, 1"``, or a text, which is taken as it is.

        Returns:
            A value of the argument's type; whether it is in bounds was not looked at. Without
            any length it is ``None``: all are whole.

        Raises:
            ArgumentError: the text has another form.

        >>> from lstm_shapes.config import ARGUMENTS
        >>> ARGUMENTS["seq_len"].read("1e5"), ARGUMENTS["lengths"].read("[5, 3, 1]")
        (100000, (5, 3, 1))
        >>> ARGUMENTS["seq_len"].read("1.5")
        Traceback (most recent call last):
        ...
        lstm_shapes.errors.ArgumentError: seq_len='1.5' is no whole number: write one such as 12
        """
        most = MOST_DIGITS if self.form in ("int", "float") else LONGEST
        check_text(self.name, text, most)
        if self.form in ("choice", "text"):
            return text
        value = _READERS[self.form](text.strip())
        if value is _UNREAD:
            raise ArgumentError(self.name, text, *_NOT_OF_THE_FORM[self.form])
        return value


_UNREAD = object()
"""What a reader gives for a text that has no such form."""


def _read_float(text: str) -> object:
    # \d stands for digits of other scripts too, without this.
    return float(text) if re.fullmatch(_NUMBER, text, re.ASCII | re.IGNORECASE) else _UNREAD


def _read_int(text: str) -> object:
    if not re.fullmatch(_NUMBER, text, re.ASCII | re.IGNORECASE):
        return _UNREAD
    exact = Fraction(text)
    return exact.numerator if exact.denominator == 1 else _UNREAD


def _read_lengths(text: str) -> object:
    """A list as people write one, or as Python or torch print it."""
    bare = re.sub(r"\s+", " ", text).removeprefix("tensor(").strip("[]() ")
    if not bare:
        return None
    entries = re.split(r" ?[,;] ?| ", re.sub(r" ?[,;]$", "", bare))
    lengths = tuple(map(_read_int, entries))
    return _UNREAD if _UNREAD in lengths else lengths


_READERS: Mapping[Form, Callable[[str], object]] = {
    "int": _read_int,
    "float": _read_float,
    "bool": lambda text: {"True": True, "False": False}.get(text, _UNREAD),
    "lengths": _read_lengths,
}
_NOT_OF_THE_FORM: Mapping[Form, tuple[str, str]] = {
    "int": ("is no whole number", "write one such as 12"),
    "float": ("is no number", "write one such as 0.5"),
    "bool": ("is neither True nor False", "write one of them"),
    "lengths": ("is no list of whole numbers", "write one for each sample, such as 5, 3, 2"),
}


def declared(record: type, group: Group) -> dict[str, Argument]:
    """The arguments that stand beside the fields of a record, each complete.

    Args:
        record: a dataclass, with an ``Argument`` in the annotation of some of its fields.
        group: what the arguments belong to.
    """
    hints = get_type_hints(record, include_extras=True)
    found = {}
    for field in fields(record):
        if get_origin(hints[field.name]) is Annotated:
            type_, argument = get_args(hints[field.name])
            form, choices = _form(type_)
            found[field.name] = replace(
                argument,
                name=field.name,
                group=group,
                form=form,
                choices=choices,
                required=field.default is MISSING,
                default=None if field.default is MISSING else field.default,
            )
    return found


def _form(type_: Any) -> tuple[Form, tuple[str, ...]]:
    """What the values of a type look like, and the words they are if there are only a few."""
    if get_origin(type_) is Literal:
        return "choice", get_args(type_)
    forms: Mapping[Any, Form] = {int: "int", float: "float", bool: "bool", str: "text"}
    plain = next(each for each in (*get_args(type_), type_) if each is not NoneType)
    return forms.get(plain, "lengths"), ()


def check_record(argument: str, value: object, record: type) -> None:
    """Refuse a value that is not of the record that a question asks for.

    Args:
        argument: the name that the error gives.
        value: what was given.
        record: a dataclass, such as :class:`lstm_shapes.Settings`.

    Raises:
        ArgumentTypeError: the value is something else. The error writes the record that belongs
            to it, if it is a dict, a tuple or a list from which one can be made.

    >>> from lstm_shapes import Settings
    >>> check_record("settings", (4, 3), Settings)
    Traceback (most recent call last):
    ...
    lstm_shapes.errors.ArgumentTypeError: settings=(4, 3) is of type tuple: \
give Settings(*settings)
    """
    if not isinstance(value, record):
        raise wrong_type(argument, value, f"give {_record_for(argument, value, record)}")


def _record_for(argument: str, value: Any, record: type) -> str:
    """Code for the record that belongs to a value; for most values only what it looks like."""
    required = (field.name for field in fields(record) if field.default is MISSING)
    looks_like = f"{record.__name__}({', '.join(required)})"
    try:
        if isinstance(value, Mapping):
            record(**value)
            return f"{record.__name__}(**{argument})"
        if type(value) in (tuple, list):  # no shape, which is a tuple too
            record(*value)
            return f"{record.__name__}(*{argument})"
    except (ArgumentError, TypeError):  # no such record can be made of it
        return looks_like
    return looks_like
