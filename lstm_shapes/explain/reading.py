"""Reads a call from text, by a small grammar of its own: nothing of the text is ever run.

A call is a few lines, or parts between semicolons::

    nn.LSTM(16, 128, num_layers=2, batch_first=True)
    x: (32, 64, 16) float32
    h_0: (2, 32, 128)
    c_0: (2, 32, 128)
    packed, lengths [64, 50, …] enforce_sorted=False

What torch prints is read as well: ``x.shape = torch.Size([32, 64, 16])``, and the code that makes
a tensor: ``x = torch.randn(32, 64, 16)``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from lstm_shapes.argument import LONGEST, MOST_DIGITS
from lstm_shapes.errors import LARGEST, MOST_LENGTHS, ArgumentError, check_text
from lstm_shapes.explain.call import FLOATS, INTEGERS, POSITIONS, Call, Given, Lengths

MOST_AXES = 8
"""The most axes that a tensor is read with."""

EXAMPLE = "nn.LSTM(16, 128, batch_first=True); x: (32, 64, 16)"
"""A right call, as an error shows it."""

_ALIASES = {"half": "float16", "float": "float32", "double": "float64", "long": "int64"} | {
    "int": "int32",
    "short": "int16",
}
_NAMES = {
    **dict.fromkeys(("x", "input", "inputs", "X"), "x"),
    **dict.fromkeys(("h_0", "h0", "h"), "h_0"),
    **dict.fromkeys(("c_0", "c0", "c"), "c_0"),
    **dict.fromkeys(("hx", "hidden", "state"), "hx"),
}
_MODULE = re.compile(r"(?:\w{1,40} ?= ?)?(?:torch\.)?(?:nn\.)?(\w{1,40}) ?\((.*)\)")
_TENSOR = re.compile(r"(\w{1,40})(?:\.shape|\.size\(\))? ?[:=]? ?(.*)")
_MADE = re.compile(r"(?:torch\.)?(?:Size|randn|rand|zeros|ones|empty|tensor|Tensor) ?(?=[(\[])")
_LENGTHS = re.compile(r"(?:packed ?,? ?)?lengths? ?[:=]? ?(.*)|packed ?:? ?([\[(].*)")
_DEVICE = re.compile(r"(?:torch\.device\()?['\"]?(cpu|meta|cuda(?::\d{1,2})?|mps)['\"]?\)?")
_INT = re.compile(r"[-+]?\d[\d_]*", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\d+\.\d*|\.\d+|\d+(?=e))(e[-+]?\d{1,3})?", re.ASCII | re.IGNORECASE)


def read_call(text: str) -> Call:
    """Read a call of a recurrent module from text.

    Args:
        text: a line for the module, a line for x, and where they are given a line for each
            state and a line for the lengths, in any order.

    Returns:
        The call; whether torch takes it was not looked at.

    Raises:
        ArgumentTypeError: the text is no str.
        ArgumentError: a line that cannot be read; the error names it and says how to write it.

    Source: torch documentation, ``torch.nn.LSTM``, ``torch.nn.LSTMCell``, "Parameters".

    >>> print(read_call("lstm = torch.nn.LSTM(16, 128, 2); x.shape = torch.Size([5, 3, 16])"))
    nn.LSTM(16, 128, num_layers=2)
    x: (5, 3, 16)
    >>> read_call("nn.LSTM(16, 128)\\nx: (5, 3, 16")
    Traceback (most recent call last):
    ...
    lstm_shapes.errors.ArgumentError: line 2='x: (5, 3, 16' has a bracket that is not closed: \
write it as in x: (32, 64, 16)
    """
    check_text("call", text, LONGEST)
    module: tuple[str, tuple[tuple[str, Any], ...]] | None = None
    tensors: dict[str, Given] = {}
    lengths: Lengths | None = None
    for place, line in _lines(text):
        if found := _LENGTHS.fullmatch(line):
            _once(lengths is None, place, line)
            lengths = _read_lengths(found[1] or found[2] or "", place, line)
        elif (found := _MODULE.fullmatch(line)) and found[1] in POSITIONS:
            _once(module is None, place, line)
            module = found[1], _read_arguments(found[1], found[2], place)
        elif re.match(r"(\w{1,40} ?= ?)?(torch\.)?nn\.", line):
            cure = f"write one of {', '.join(POSITIONS)}, as in nn.LSTM(16, 128)"
            raise ArgumentError(place, line, "is no module that can be read", cure)
        elif found := _TENSOR.fullmatch(line):
            each = _read_tensor(found[1], found[2], place, line)
            _once(each.name not in tensors, place, line)
            tensors[each.name] = each
        else:
            raise _unread(place, line, "cannot be read")
    return _whole(text, module, tensors, lengths)


def _whole(text: str, module: Any, tensors: dict[str, Given], lengths: Lengths | None) -> Call:
    """The call, if no part of it is missing."""
    if module is None:
        raise ArgumentError("call", text, "has no module", f"write one, as in {EXAMPLE}")
    if "x" not in tensors:
        raise ArgumentError("call", text, "has no x", f"write its shape, as in {EXAMPLE}")
    if "hx" in tensors and len(tensors) > 2:
        problem = "has hx beside h_0 or c_0"
        raise ArgumentError("call", text, problem, "write hx for one tensor, or h_0 and c_0")
    if "c_0" in tensors and "h_0" not in tensors:
        raise ArgumentError("call", text, "has c_0 without h_0", "write both")
    states = tuple(tensors[name] for name in ("hx", "h_0", "c_0") if name in tensors)
    kind, arguments = module
    return Call(kind, arguments, tensors["x"], states, lengths)


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """The lines that are not empty, each with its place; brackets hold what is written over
    several lines together."""
    held, first, depth = "", 1, 0
    for number, row in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        for part in re.split(r"(;)", row.partition("#")[0]):
            if part == ";":
                if held:
                    yield f"line {first}", held
                held, depth = "", 0
                continue
            first = first if held else number
            held = " ".join(f"{held} {part}".split())
            depth += sum(map(part.count, "([")) - sum(map(part.count, ")]"))
        if depth <= 0:
            if held:
                yield f"line {first}", held
            held, depth = "", 0
    if held:
        yield f"line {first}", held


def _read_arguments(kind: str, text: str, place: str) -> tuple[tuple[str, Any], ...]:
    """The arguments of a module by torch's names; keywords that it does not have stand last."""
    found: dict[str, Any] = {}
    keywords = False
    for position, part in enumerate(_split(text)):
        match = re.fullmatch(r"(\w{1,40}) ?= ?(.*)", part)
        if match is None and (keywords or position >= len(POSITIONS[kind])):
            problem = "comes after a keyword" if keywords else "is one too many"
            raise ArgumentError(place, part, problem, "write it with its name, as in num_layers=2")
        keywords = match is not None
        name, value = (match[1], match[2]) if match else (POSITIONS[kind][position], part)
        if name in found:
            raise ArgumentError(place, part, f"gives {name} twice", "give it once")
        found[name] = _value(name, value, place)
    order = [name for name in POSITIONS[kind] if name in found]
    return tuple((name, found[name]) for name in [*order, *(set(found) - set(order))])


def _value(name: str, text: str, place: str) -> Any:
    """A number, True, False, a text between quotes, a dtype or a device."""
    if name == "dtype" and (dtype := _dtype(text)):
        return dtype
    if name == "device" and (device := _DEVICE.fullmatch(text)):
        return device[1]
    if name not in ("dtype", "device"):
        if text in ("True", "False"):
            return text == "True"
        if _INT.fullmatch(text) or _FLOAT.fullmatch(text):
            return _number(text, place)
        if quoted := re.fullmatch(r"(['\"])([\w .-]{0,40})\1", text):
            return quoted[2]
    form = {"dtype": "torch.float64", "device": "'cuda'"}.get(name, "a number, True or False")
    raise ArgumentError(place, f"{name}={text}", "cannot be read", f"write {form}")


def _read_tensor(name: str, text: str, place: str, line: str) -> Given:
    """A tensor from its name, its shape, and the words behind them."""
    if name not in _NAMES:
        raise _unread(place, line, f"names {name!r}, which is no part of a call")
    if made := _MADE.match(text):
        text = text[made.end() :]
    inner, words = _brackets(text, place, line)
    shape: list[str] = []
    named: list[str] = []
    for part in _split(inner):
        bare = part.strip("()[] ")
        (shape if _INT.fullmatch(bare) else named).append(bare)
    sizes = tuple(_number(size, place) for size in shape)
    if len(sizes) > MOST_AXES or min(sizes, default=0) < 0:
        raise _unread(place, line, f"has a size below 0 or more than {MOST_AXES} axes")
    dtype, device = "float32", "cpu"
    for word in [*named, *words]:
        bare = word.removeprefix("dtype=").removeprefix("device=")
        if found := _dtype(bare):
            dtype = found
        elif where := _DEVICE.fullmatch(bare):
            device = where[1]
        elif bare not in ("on", ""):
            raise _unread(place, line, f"has {bare[:40]!r}, which is no size, dtype or device")
    return Given(_NAMES[name], sizes, dtype, device)


def _read_lengths(text: str, place: str, line: str) -> Lengths:
    """Lengths, whether they have to be sorted, and where they are."""
    if made := _MADE.match(text):
        text = text[made.end() :]
    number = r"\d[\d_.]*(?:e[-+]?\d{1,3})?"
    zero_d = re.match(rf"0-d ?({number})?|\(? ?({number}) ?\)?(?= |$)", text)
    if zero_d:
        values: list[int | float] = [_number(zero_d[1] or zero_d[2] or "1", place)]
        words = _words(text[zero_d.end() :])
    else:
        inner, words = _brackets(text, place, line)
        parts = _split(inner.strip("()[] "))
        if bad := [each for each in parts if not (_INT.fullmatch(each) or _FLOAT.fullmatch(each))]:
            raise _unread(place, line, f"has {bad[0][:40]!r}, which is no length", "lengths")
        values = [_number(each, place) for each in parts]
    if len(values) > MOST_LENGTHS:
        raise _unread(place, line, f"has more than {MOST_LENGTHS} lengths", "lengths")
    enforce_sorted, device = True, "cpu"
    for word in words:
        if ordered := re.fullmatch(r"enforce_sorted=(True|False)", word):
            enforce_sorted = ordered[1] == "True"
        elif where := _DEVICE.fullmatch(word.removeprefix("device=")):
            device = where[1]
        elif word != "on":
            raise _unread(place, line, f"has {word[:40]!r} behind the lengths", "lengths")
    return Lengths(tuple(values), bool(zero_d), enforce_sorted, device)


def _brackets(text: str, place: str, line: str) -> tuple[str, list[str]]:
    """What stands between the first brackets, and the words behind them."""
    if not text.startswith(("(", "[")):
        raise _unread(place, line, "has no shape in brackets")
    depth = 0
    for end, letter in enumerate(text):
        depth += (letter in "([") - (letter in ")]")
        if depth == 0:
            return text[1:end].strip(), _words(text[end + 1 :])
    raise _unread(place, line, "has a bracket that is not closed")


def _words(text: str) -> list[str]:
    return re.sub(r" ?= ?", "=", text).replace(",", " ").split()


def _split(text: str) -> list[str]:
    """The parts between commas; one comma at the end is no part."""
    parts = [part.strip() for part in text.split(",")]
    return parts if parts[-1] else parts[:-1]


def _dtype(text: str) -> str | None:
    name = text.strip("'\"").removeprefix("torch.")
    name = _ALIASES.get(name, name)
    return name if name in (*FLOATS, *INTEGERS) else None


def _number(text: str, place: str) -> Any:
    if len(text) > MOST_DIGITS or (_INT.fullmatch(text) and abs(int(text)) > LARGEST):
        raise ArgumentError(place, text, "is too large", f"use {LARGEST} or less")
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and math.isfinite(value := float(text)):
        return value
    raise ArgumentError(place, text, "is no number", "write one such as 12")


def _once(first: bool, place: str, line: str) -> None:
    if not first:
        raise ArgumentError(place, line, "is there twice", "write each part of a call once")


def _unread(place: str, line: str, problem: str, part: str = "x") -> ArgumentError:
    forms = {"x": "x: (32, 64, 16)", "lengths": "packed, lengths [5, 3, 2]"}
    return ArgumentError(place, line, problem, f"write it as in {forms[part]}")
