"""The contract between Python and JavaScript: the records of the explorer as JSDoc types.

``python -m tests.contract --write`` writes them anew; a test holds the file against them.
"""

from __future__ import annotations

import collections.abc
import dataclasses
import importlib
import inspect
import json
import pkgutil
import re
import sys
import types
from collections.abc import Iterable, Mapping
from pathlib import Path
from textwrap import wrap
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

import lstm_shapes.explorer

RECORDS = Path(lstm_shapes.explorer.__file__).parent / "web" / "records.js"
COMMAND = "python -m tests.contract --write"
WIDTH = 120
HEAD = f"""// The records that Python sends, and what is in them. Made from its types by
// {COMMAND}

export {{}};
"""

PLAIN = {str: "string", int: "number", float: "number", bool: "boolean", Any: "any"}
LISTS = (list, collections.abc.Sequence)
MAPS = (dict, collections.abc.Mapping)


class ContractError(Exception):
    """A record that JavaScript cannot be told of: which, and why."""


def typed_dicts() -> dict[str, type]:
    """All records that a module of the explorer defines, by name.

    Raises:
        ContractError: two have one name.
    """
    found: dict[str, type] = {}
    folder = lstm_shapes.explorer
    for module in pkgutil.walk_packages(folder.__path__, f"{folder.__name__}."):
        for name, each in vars(importlib.import_module(module.name)).items():
            own = is_typeddict(each) and each.__module__ == module.name
            if own and not name.startswith("_"):
                if name in found:
                    where = f"{found[name].__module__} and {module.name}"
                    raise ContractError(f"two records are called {name}: in {where}")
                found[name] = each
    return found


def written(records: Mapping[str, type]) -> str:
    """The text of records.js for these records, and for the tuples they are made of."""
    known = {**records, **dict(_parts(records.values()))}
    texts = [_typedef(name, known[name]) for name in sorted(known)]
    return "\n".join([HEAD, *texts])


def _parts(records: Iterable[type]) -> Iterable[tuple[str, type]]:
    """Named tuples and dataclasses that are sent within records."""
    for record in records:
        waiting: list[Any] = list(get_type_hints(record).values())
        while waiting:
            each = waiting.pop()
            waiting += get_args(each)
            if _is_named_tuple(each) or dataclasses.is_dataclass(each):
                yield each.__name__, each


def _is_named_tuple(each: object) -> bool:
    return isinstance(each, type) and issubclass(each, tuple) and hasattr(each, "_fields")


def _typedef(name: str, each: type) -> str:
    hints = get_type_hints(each)
    words = inspect.getdoc(each) or ""
    if not is_typeddict(each):
        words = words.partition("\n")[0]  # the rest is in the words of Python
    lines = [f" * {line}" for line in _wrapped(words, WIDTH - 3)]
    if _is_named_tuple(each):
        entries = ", ".join(f"{field}: {javascript(hint)}" for field, hint in hints.items())
        lines.append(f" * @typedef {{[{entries}]}} {name}")
    else:
        optional = getattr(each, "__optional_keys__", frozenset())
        lines.append(f" * @typedef {{object}} {name}")
        for field, hint in hints.items():
            shown = f"[{field}]" if field in optional else field
            lines.append(f" * @property {{{javascript(hint)}}} {shown}")
    return "\n".join(["/**", *(part for line in lines for part in _broken(line)), " */", ""])


def _broken(line: str) -> list[str]:
    """A line that is too long, broken where a type goes on: before a | or after a comma."""
    marked = re.sub(r" (?=\| )|(?<=,) ", "\n", line) if len(line) > WIDTH else line
    parts: list[str] = []
    for part in marked.split("\n"):
        if parts and len(f"{parts[-1]} {part}") <= WIDTH:
            parts[-1] += f" {part}"
        else:
            parts.append(f" *   {part}" if parts else part)
    return parts


def _wrapped(text: str, width: int) -> list[str]:
    """A docstring in lines; reStructuredText's roles and double backticks go."""
    plain = re.sub(r":\w+:`~?(?:[\w.]+\.)?(\w+)`", r"`\1`", text).replace("``", "`")
    paragraphs = re.split(r"\n\s*\n", plain)
    return [line for each in paragraphs for line in wrap(" ".join(each.split()), width)]


def javascript(hint: Any) -> str:
    """A type of Python as TypeScript writes it.

    >>> javascript(list[str | None]), javascript(Mapping[Literal["a", "b"], tuple[int, str]])
    ('(string | null)[]', 'Record<"a" | "b", [number, string]>')

    Raises:
        ContractError: there is none.
    """
    origin, inside = get_origin(hint), get_args(hint)
    if hint is None or hint is types.NoneType:
        return "null"
    if hint in PLAIN:
        return PLAIN[hint]
    if origin is Literal:
        return " | ".join(json.dumps(each, ensure_ascii=False) for each in inside)
    if origin in (Union, types.UnionType):
        return " | ".join(map(javascript, inside))
    if origin in LISTS:
        (item,) = map(javascript, inside)
        return f"({item})[]" if " | " in item and not item.startswith("Record<") else f"{item}[]"
    if origin in MAPS:
        return f"Record<{', '.join(map(javascript, inside))}>"
    if origin is tuple:
        if inside[1:] == (...,):
            return javascript(list[inside[0]])  # type: ignore[valid-type]
        return f"[{', '.join(map(javascript, inside))}]"
    if is_typeddict(hint) or _is_named_tuple(hint) or dataclasses.is_dataclass(hint):
        name: str = hint.__name__
        return name
    raise ContractError(f"no type of JavaScript for {hint}")


if __name__ == "__main__":
    text = written(typed_dicts())
    if sys.argv[1:] == ["--write"]:
        RECORDS.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
