"""What a route is made of: stops, each with a question, a panel and a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from lstm_shapes.config import Question
from lstm_shapes.explorer.costs import Cost

RouteName = Literal["", "tag", "classify", "decode", "predict", "lengths", "cell"]
"""The short names of the routes; empty for none."""

Look = Literal["cards", "picture", "panel"]
"""The part of the page that a step is about."""

_PROGRAMS = Path(__file__).parent / "programs"


@dataclass(frozen=True)
class Mistake:
    """What people often write instead.

    Attributes:
        text: what it is, in a plain sentence.
        cost: says what it does on a run of the step's question.
    """

    text: str
    cost: Cost


@dataclass(frozen=True)
class Stop:
    """One step of a route.

    Attributes:
        title: in a few words.
        text: one or two plain sentences, with ``{names}`` of shapes and sizes.
        question: what is asked.
        select: id of the slice that is pinned.
        tab: the panel.
        look: the part of the page that is meant.
        choices: what is chosen in the panel, by name.
        mistake: that people make here, if any.
    """

    title: str
    text: str
    question: Question
    select: str
    tab: str
    look: Look = "panel"
    choices: Mapping[str, Any] = field(default_factory=dict)
    mistake: Mistake | None = None


@dataclass(frozen=True)
class Route:
    """A walk to one goal.

    Attributes:
        title: the goal, as somebody would say it.
        stops: its steps; the last one hands out the program.
        name: of the program's file.
    """

    title: str
    stops: tuple[Stop, ...]
    name: str

    @property
    def program(self) -> str:
        """A program that reaches the goal, and asserts what the route says."""
        return (_PROGRAMS / f"{self.name}.txt").read_text(encoding="utf-8").strip()
