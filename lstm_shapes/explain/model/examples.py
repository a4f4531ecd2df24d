"""Silent bugs as small models, broken and repaired, each kept as one text with both versions.

A text begins with its title, what people see of the bug, and the kind of the finding. Behind the
rule stands a program, in which ``-`` marks a line of the broken version and ``+`` one of the
repaired version. It makes ``model``, ``batch`` and, for some, ``target``.
"""

from __future__ import annotations

import linecache
import warnings
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from lstm_shapes.errors import check_choice

if TYPE_CHECKING:
    from lstm_shapes.explain.model.report import Report

ExampleName = Literal[
    "batch_first",
    "last_step",
    "one_direction",
    "view",
    "convolution",
    "layers",
    "padding",
    "mean",
    "order",
    "decoder",
    "future",
    "states",
    "one_sample",
    "dropout",
]
Version = Literal["broken", "repaired"]

EXAMPLES: tuple[ExampleName, ...] = get_args(ExampleName)
VERSIONS: tuple[Version, ...] = get_args(Version)

_FOLDER = Path(__file__).parent / "examples"
_HEAD = (
    "import torch",
    "from torch import nn",
    "from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence",
)


@dataclass(frozen=True)
class Example:
    """A silent bug.

    Attributes:
        name: its short name.
        title: what is wrong, in a few words.
        seen: what people see of it, in plain sentences.
        kind: of the finding.
        lines: of the program; each with ``-``, ``+`` or a blank before it.
    """

    name: str
    title: str
    seen: str
    kind: str
    lines: tuple[tuple[str, str], ...]

    def code(self, version: Version) -> str:
        """The program of one version, without its imports.

        >>> "batch_first=True" in example("batch_first").code("repaired")
        True
        """
        other = "+" if version == "broken" else "-"
        return "\n".join(text for mark, text in self.lines if mark != other)


@cache
def example(name: ExampleName) -> Example:
    """Read an example.

    Raises:
        ArgumentError: there is none of this name.
    """
    check_choice("name", name, EXAMPLES)
    text = (_FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    head, _, program = text.partition("---\n")
    title, seen, kind = head.splitlines()
    lines = tuple(_line(each) for each in program.rstrip().splitlines())
    return Example(name, title, seen, kind, lines)


def _line(line: str) -> tuple[str, str]:
    mark = line[:1] if line[:1] in ("-", "+") else " "
    return mark, f" {line[1:]}" if mark != " " else line


@lru_cache(maxsize=32)
def example_report(name: ExampleName, version: Version) -> Report:
    """Run an example and explain it.

    Args:
        name: of the example.
        version: which of the two.

    Raises:
        ArgumentError: there is no such example, or no such version.

    >>> [finding.kind for finding in example_report("last_step", "broken").findings]
    ['one_step']
    """
    # What there is to choose is known before torch is there.
    import torch

    from lstm_shapes.explain.model.explain import explain

    check_choice("version", version, VERSIONS)
    found = example(name)
    code = "\n".join([*_HEAD, "", "", found.code(version), ""])
    file = f"{name}.py"
    # So that the lines of the report can be read.
    linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
    made: dict[str, Any] = {"__name__": name}
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of torch, about the dropout that cannot act
        torch.default_generator.manual_seed(0)
        exec(compile(code, file, "exec"), made)
    return explain(made["model"], *made["batch"], target=made.get("target"))
