"""Silent bugs as small models, broken and repaired, each kept as one text with both versions.

A text begins with its title, what people see of the bug, and the kind of the finding. Behind the
rule stands a program as a diff writes it: before a line of the broken version alone is ``-``,
before one of the repaired version ``+``, and before all others a blank. Its last line is the call
of ``explain``, as a user writes it.
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
        """The program of one version, whole: it runs as it stands.

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
    lines = tuple((each[:1] or " ", each[1:]) for each in program.splitlines())
    return Example(name, title, seen, kind, lines)


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
    check_choice("version", version, VERSIONS)
    import torch  # what there is to choose is known before torch is there

    code = example(name).code(version)
    file = f"{name}.py"
    # So that the lines of the report can be read.
    linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
    program, _, call = code.rpartition("\n")
    made: dict[str, Any] = {"__name__": name}
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of torch, about the dropout that cannot act
        torch.default_generator.manual_seed(0)
        exec(compile(program, file, "exec"), made)
        report: Report = eval(compile(call, file, "eval"), made)
    return report
