"""The page's JavaScript and CSS, each kept in files of one subject, each sent as one text.

A widget's module cannot import a file beside it: it reaches the page as text, where
nothing is beside it. So the modules are joined. Each keeps a scope of its own: it becomes a
function that returns its exports, and is called once, after those it imports from.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

WEB = Path(__file__).parent / "web"
PICTURE = Path(__file__).parent.parent / "picture"
ENTRY = "page.js"

# The forms that the formatter leaves: a statement starts at the start of a line.
_IMPORT = re.compile(r'import \{(?P<names>[^{}]*)\} from "(?P<path>\.[^"\n]+)";')
_EXPORT = re.compile(r"export (?=(?:async )?(?:function|class|const) (?P<name>\w+)\b)")
_ENTRY_EXPORT = re.compile(r"export (?=default )")
_STATEMENT = re.compile(rf"^(?:{_IMPORT.pattern}|(?:import|export)\b.*)", re.M)
_ELSEWHERE = re.compile(r"^(?! *(?://|/?\*)).*?\bimport *[(.]", re.M)
_NAME = re.compile(r"(?P<there>\w+)(?: as (?P<here>\w+))?")


class SourceError(Exception):
    """A module that cannot be joined to the others: which, where and why."""

    def __init__(self, name: str, source: str, position: int, cause: str) -> None:
        super().__init__(f"{name}:{source.count(chr(10), 0, position) + 1}: {cause}")


def script() -> str:
    """All modules as one, with no import, and one export: the entry's default."""
    return joined(WEB, ENTRY)


def styles() -> str:
    """All style sheets as one."""
    return "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets())


def sheets() -> list[Path]:
    """The style sheets: the picture's own, which other places use too, then what is for the
    whole page, then what is for one topic. Within a folder their order does not matter."""
    found = [PICTURE / "tokens.css", PICTURE / "figure.css"]
    for folder in (WEB, WEB / "parts", WEB / "panels"):
        found += sorted(folder.glob("*.css"))
    return found


def joined(folder: Path, entry: str) -> str:
    """The modules that ``entry`` imports, directly or not, and itself, as one script.

    Raises:
        SourceError: a module has a form of import or export that is not known here, imports
            what is not there, or imports itself by way of others.
    """
    modules = _Modules(folder)
    modules.add(entry, is_entry=True)
    return "\n".join(modules.scripts)


class _Modules:
    """What was joined so far."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.scripts: list[str] = []
        self._exports: dict[str, list[str]] = {}
        self._open: list[str] = []

    def add(self, name: str, *, is_entry: bool = False) -> list[str]:
        """Join a module, after those it imports; returns the names it exports."""
        if name in self._exports:
            return self._exports[name]
        source = (self.folder / name).read_text(encoding="utf-8")
        if found := _ELSEWHERE.search(source):
            raise SourceError(name, source, found.start(), "only import statements can be joined")
        exports: list[str] = []
        self._open.append(name)

        def replaced(found: re.Match[str]) -> str:
            """An import or export statement as it stands in a function."""
            at = found.start()
            if known := _IMPORT.match(source, at):
                return self._import(name, source, known)
            if known := _EXPORT.match(source, at):
                exports.append(known["name"])
                return found[0].removeprefix("export ")
            if is_entry and _ENTRY_EXPORT.match(source, at):
                return found[0]
            raise SourceError(name, source, at, f"this form cannot be joined: {found[0]}")

        body = _STATEMENT.sub(replaced, source)
        self._open.pop()
        self._exports[name] = exports
        if is_entry:
            self.scripts.append(body)
        else:
            names = f"return {{ {', '.join(exports)} }};"
            self.scripts.append(f"const {_scope(name)} = (() => {{\n{body}{names}\n}})();")
        return exports

    def _import(self, name: str, source: str, found: re.Match[str]) -> str:
        other = _beside(name, found["path"])
        if other in self._open:
            ring = " → ".join([*self._open[self._open.index(other) :], other])
            raise SourceError(name, source, found.start(), f"modules import each other: {ring}")
        if other is None or not (self.folder / other).is_file():
            raise SourceError(name, source, found.start(), f"there is no {found['path']}")
        there = self.add(other)
        parts = []
        for each in filter(None, (part.strip() for part in found["names"].split(","))):
            known = _NAME.fullmatch(each)
            if known is None or known["there"] not in there:
                raise SourceError(name, source, found.start(), f"{other} exports no {each}")
            parts.append(": ".join(filter(None, known.group("there", "here"))))
        return f"const {{ {', '.join(parts)} }} = {_scope(other)};"


def _beside(name: str, path: str) -> str | None:
    """The module at a path as it is written in another; ``None`` if it is outside the folder."""
    parts: list[str] = list(PurePosixPath(name).parent.parts)
    for part in PurePosixPath(path).parts:
        if part != "..":
            parts.append(part)
        elif not parts:
            return None
        else:
            parts.pop()
    return "/".join(parts)


def _scope(name: str) -> str:
    """The variable that holds what a module exports."""
    return "module_" + re.sub(r"\W", "_", name.removesuffix(".js"))
