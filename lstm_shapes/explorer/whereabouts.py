"""Where the page is: all that is seen of it as values, and how it gets elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from lstm_shapes.config import InputSizes, Settings
from lstm_shapes.explorer.choices import nearest
from lstm_shapes.explorer.history import History
from lstm_shapes.explorer.link import within, write_link
from lstm_shapes.explorer.panels.picture import drawn_for, nearest_sample, scene_of
from lstm_shapes.explorer.selection import fitting, selectable
from lstm_shapes.explorer.stage import Stage
from lstm_shapes.explorer.state import State
from lstm_shapes.picture.scene import Scene


class Whereabouts:
    """What a state and a stage show together.

    Args:
        state, stage: as they start.

    Attributes:
        start: every value at the start, which reset and the links come back to.
        moving: whether several things are changing that are one step.
    """

    def __init__(self, state: State, stage: Stage) -> None:
        self._state = state
        self._stage = stage
        # A link has no value that is refused, and so the start has none.
        self.start = {**state.values, **state.snapshot.question.values(), **self._looked_at()}
        self._start_seen = self._seen()
        self._history = History(self.start)
        self.moving = False
        # What was pinned, and what is in its place.
        self._wanted = self._fitted = stage.selection

    def picture_of(self) -> tuple[Settings, InputSizes, int, int]:
        """What the picture is drawn of: settings, sizes, sample and width."""
        question = self._state.snapshot.question
        sample = nearest_sample(question.sizes, self._stage.sample)
        return drawn_for(question, sample, self._stage.room)

    @property
    def picture(self) -> Scene:
        """The network as it is drawn."""
        return scene_of(*self.picture_of())

    def drawn_selection(self) -> str:
        """The selection if it is a slice of the picture, else nothing."""
        each = self.picture.slices.get(self._stage.selection)
        return "" if each is None or each.elided else each.id

    def values(self) -> dict[str, Any]:
        """All that is seen, by name. If the newest values are invalid, it is of the last valid
        question."""
        question = self._state.snapshot.question
        seen = self._looked_at() | {"sample": nearest_sample(question.sizes, self._stage.sample)}
        # A selection that is not in the picture is nobody else's business.
        if seen["select"] not in selectable(self.picture):
            seen["select"] = ""
        return question.values() | seen

    def here(self) -> dict[str, Any]:
        """All that undo and redo bring back: also values that are refused."""
        return {**self._state.values, **self._looked_at()}

    def note(self) -> None:
        """Take down where the page is, to come back to it."""
        self._history.note(self.here())

    def ways(self) -> dict[str, bool]:
        """Which of the ways lead anywhere."""
        return {
            "undo": self._history.can_go_back,
            "redo": self._history.can_go_forth,
            "reset": self.here() != self.start,
        }

    def link(self) -> str:
        """The link that leads here: it names what differs from the start."""
        known = self._start_seen
        return write_link({name: it for name, it in self._seen().items() if it != known.get(name)})

    def travel(self, way: str) -> None:
        """Go back or forth in what was shown, or to the start, which is a step like others.

        Args:
            way: ``"undo"``, ``"redo"`` or ``"reset"``.
        """
        self.note()
        if way == "reset":
            self._history.rest()
            self._history.note(self.start)
            self._history.rest()
        there = {"undo": self._history.back, "redo": self._history.forth}.get(
            way, lambda: self.start
        )()
        with self.at_once():
            self.look_at(there)
            self._state.change(**{name: there[name] for name in self._state.values})

    def look_at(self, values: Mapping[str, Any]) -> None:
        """Pin and choose what values say; a value for all that is looked at is in them."""
        self._stage.selection, self._stage.sample = values["select"], values["sample"]
        self._stage.choices = asdict(nearest(values))

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Let several things change as one step."""
        self.moving = True
        try:
            yield
        finally:
            self.moving = False
        self.fit()

    def fit(self) -> None:
        """Pin what is in the place of a slice that is gone, and the slice again once it is back."""
        if self.moving:
            return
        if self._stage.selection != self._fitted:
            self._wanted = self._stage.selection
        self._fitted = fitting(self._wanted, self.picture)
        self._stage.selection = self._fitted

    def _looked_at(self) -> dict[str, Any]:
        """What is looked at, by name, as it was chosen."""
        shown = {"select": self._stage.selection, "sample": self._stage.sample}
        return shown | asdict(nearest(self._stage.choices))

    def _seen(self) -> dict[str, Any]:
        """All that a link can say, each value as it is seen."""
        values = self.values()
        return values | within(values, self._state.snapshot.question)
