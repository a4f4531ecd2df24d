"""The drawn part of the page: one widget, and the records that it sends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple, TypedDict

import anywidget
import traitlets

from lstm_shapes.config import Question
from lstm_shapes.explorer import sources
from lstm_shapes.explorer.choices import Choices, Tab, nearest
from lstm_shapes.explorer.measurement import Measurement
from lstm_shapes.explorer.panels.arguments import ArgumentsPanel, arguments_view
from lstm_shapes.explorer.panels.article import ArticlePanel, article_view
from lstm_shapes.explorer.panels.call import CallPanel, call_view
from lstm_shapes.explorer.panels.cards import CardRecord, cards_view
from lstm_shapes.explorer.panels.cell import CellPanel, cell_view
from lstm_shapes.explorer.panels.decoder import DecoderPanel, decoder_view
from lstm_shapes.explorer.panels.directions import DirectionsPanel, directions_view
from lstm_shapes.explorer.panels.explain import ExplainPanel, explain_view
from lstm_shapes.explorer.panels.lengths import LengthsPanel, lengths_view
from lstm_shapes.explorer.panels.notices import NoticeRecord, failure_view, notices_view
from lstm_shapes.explorer.panels.parameters import ParametersPanel, parameters_view
from lstm_shapes.explorer.panels.picture import (
    NO_SLICES,
    NOTHING_FOUND,
    PictureFoundRecord,
    PictureRecord,
    SlicesRecord,
    drawn_for,
    found_view,
    nearest_sample,
    picture_record,
    slices_record,
)
from lstm_shapes.explorer.panels.reproducibility import ReproducibilityPanel, reproducibility_view
from lstm_shapes.explorer.panels.scrambled import ScrambledPanel, scrambled_view
from lstm_shapes.explorer.panels.states import StatesPanel, states_view
from lstm_shapes.explorer.panels.vectors import VectorsPanel, vectors_view
from lstm_shapes.explorer.state import Snapshot, Status
from lstm_shapes.explorer.twin import stand_in
from lstm_shapes.explorer.view import View, packed
from lstm_shapes.explorer.walk import NO_WALK, WalkRecord
from lstm_shapes.explorer.words import PAGE, PageRecord
from lstm_shapes.picture.drawing import WIDTH
from lstm_shapes.picture.svg import style


class ViewRecord(TypedDict):
    """The notices and the cards.

    ``showing`` counts the views that were sent: records with the same number belong together.
    ``samples`` is how many there are, if batched; ``blame`` the arguments that are refused;
    ``pending`` says that the run is on its way, and all is by formula until then.
    """

    status: Status
    notices: list[NoticeRecord]
    cards: list[CardRecord]
    samples: str | None
    sample: int
    blame: list[str]
    showing: int
    pending: bool


class PanelRecord(TypedDict):
    """What all panels have in common: the tab, and which view the panel belongs to.

    ``smaller`` says that the panel was made of a smaller twin of the question, and of which.
    """

    tab: Tab
    state: Status
    showing: int
    smaller: str


class ShareRecord(TypedDict):
    """What the buttons hand out, with the selection and the view that it was made for; ``undo``,
    ``redo`` and ``reset`` say whether there is anywhere to go."""

    pinned: str
    showing: int
    link: str
    call: str
    script: str
    undo: bool
    redo: bool
    reset: bool


class Panels(TypedDict):
    """The record of each tab's panel, beside what all have in common."""

    directions: DirectionsPanel
    cell: CellPanel
    parameters: ParametersPanel
    arguments: ArgumentsPanel
    lengths: LengthsPanel
    states: StatesPanel
    decoder: DecoderPanel
    vectors: VectorsPanel
    scrambled: ScrambledPanel
    reproducibility: ReproducibilityPanel
    article: ArticlePanel
    call: CallPanel
    explain: ExplainPanel


class SvgStyle(TypedDict):
    """The style sheet of a saved picture, in each theme."""

    light: str
    dark: str


class Traits(TypedDict):
    """What the page reads of the stage."""

    page: PageRecord
    view: ViewRecord
    picture: PictureRecord
    slices: SlicesRecord
    found: PictureFoundRecord
    panel: PanelRecord
    choices: Choices
    walk: WalkRecord
    share: ShareRecord
    selection: str
    room: int
    place: int
    svg_style: SvgStyle


def stage_view(snapshot: Snapshot, sample: int = 0, showing: int = 0) -> ViewRecord:
    """What is drawn above the panels, as plain data."""
    batch_size = snapshot.question.sizes.batch_size
    return {
        "status": snapshot.status,
        "pending": snapshot.pending,
        "notices": notices_view(snapshot),
        "cards": cards_view(snapshot),
        "samples": None if batch_size is None else str(batch_size),
        "sample": sample,
        "blame": [problem.argument for problem in snapshot.problems],
        "showing": showing,
    }


def panel_view(
    snapshot: Snapshot,
    sample: int,
    choices: Choices,
    measurement: Measurement,
    room: int = WIDTH,
) -> View:
    """The panel of the chosen tab; the others are not computed."""
    on, says, lost = stand_in(snapshot, choices)
    measured = nearest_sample(on.question.sizes, sample)
    make: Mapping[str, Callable[[], Mapping[str, Any]]] = {
        "directions": lambda: directions_view(snapshot, sample, on if says else None),
        "cell": lambda: cell_view(on, measured, choices),
        "parameters": lambda: parameters_view(snapshot, sample, room),
        "arguments": lambda: arguments_view(snapshot),
        "lengths": lambda: lengths_view(snapshot, sample),
        "states": lambda: states_view(on, measured, choices),
        "decoder": lambda: decoder_view(on, measured, choices, snapshot.question),
        "vectors": lambda: vectors_view(on, measured, choices.vector, snapshot.question, lost),
        "scrambled": lambda: scrambled_view(on),
        "reproducibility": lambda: reproducibility_view(snapshot, measurement),
        "article": lambda: article_view(on),
        "call": lambda: call_view(snapshot, choices.call),
        "explain": lambda: explain_view(snapshot, choices.bug, choices.version),
    }
    common = {"tab": choices.tab, "state": snapshot.status, "smaller": says}
    return {**common, **make[choices.tab]()}


class Shown(NamedTuple):
    """What all of the page shows: the panels are made for it, and it comes back after an error."""

    snapshot: Snapshot
    showing: int
    view: View
    picture: bytes


class Stage(anywidget.AnyWidget):
    """Draws a snapshot; reports the actions it offers by name.

    Attributes:
        page: words that never change.
        view: the notices and the cards.
        picture: the network unrolled, as it is drawn; it is sent only when it changes.
        slices: what is known of the picture's slices, and of the cards' axes; likewise.
        found: what the run gave for the slices of the picture.
        panel: the chosen panel; it is made only while it is in view.
        selection: id of the slice that is pinned; empty if none is, and nothing is lit if
            the picture has no such slice.
        sample: the batch item whose numbers are given.
        room: the pixels that the page has for the picture; the page says so.
        place: which part of the page's address is this explorer's own, from 0.
        choices: the panel's tab and what is chosen in it, as in :class:`Choices`.
        panel_seen: whether the panel is in view; the page says so.
        walk: where a walk through the page is.
        share: what the buttons hand out.
        measurement: what takes longer than a panel may, when it was asked for.

    Args:
        labels_of: gives the words below the steps of a question's sample.
        **traits: where to start.
    """

    _esm = sources.script()
    _css = sources.styles()
    page = traitlets.Dict(dict(PAGE)).tag(sync=True)
    view = traitlets.Dict().tag(sync=True, to_json=lambda view, _: packed(view))
    picture = traitlets.Bytes().tag(sync=True)
    slices = traitlets.Bytes(packed(NO_SLICES)).tag(sync=True)
    found = traitlets.Dict(dict(NOTHING_FOUND)).tag(
        sync=True, to_json=lambda found, _: packed(found)
    )
    panel = traitlets.Dict().tag(sync=True, to_json=lambda panel, _: packed(panel))
    choices = traitlets.Dict(asdict(Choices())).tag(sync=True)
    panel_seen = traitlets.Bool(True).tag(sync=True)
    walk = traitlets.Dict(dict(NO_WALK)).tag(sync=True, to_json=lambda walk, _: packed(walk))
    share = traitlets.Dict().tag(sync=True)
    selection = traitlets.Unicode().tag(sync=True)
    sample = traitlets.Int().tag(sync=True)
    room = traitlets.Int(WIDTH).tag(sync=True)
    place = traitlets.Int().tag(sync=True)
    svg_style = traitlets.Dict({"light": style(), "dark": style("dark")}).tag(sync=True)

    _shown: Shown | None = None
    _showing = 0  # counts what was shown: what is late is of an older one
    _begun: Question | None = None  # whose shapes are shown, and the rest is not

    def __init__(
        self,
        labels_of: Callable[[Question, int], tuple[str, ...]] = lambda _question, _sample: (),
        **traits: Any,
    ) -> None:
        super().__init__(**traits)
        self._labels_of = labels_of
        self.measurement = Measurement(self._draw_measured, self.fail)

    def show(self, snapshot: Snapshot, *notices: NoticeRecord) -> None:
        """Draw all of a snapshot from now on, with more notices above its own."""
        for _ in self.steps_to_show(snapshot, *notices):
            continue

    def show_shapes(self, snapshot: Snapshot, *notices: NoticeRecord) -> None:
        """Draw the shapes and the picture of a snapshot, ahead of all the rest."""
        sample = nearest_sample(snapshot.question.sizes, self.sample)
        self._begin(snapshot)
        with self.hold_sync():
            self.picture = self._picture(snapshot.question, sample)
            self.view = self._view(snapshot, sample, notices)

    def steps_to_show(self, snapshot: Snapshot, *notices: NoticeRecord) -> Iterator[None]:
        """Draw all of a snapshot, in steps: it is sent with the last one, in one message."""
        sample = nearest_sample(snapshot.question.sizes, self.sample)
        picture = self._picture(snapshot.question, sample)
        slices = slices_record(*drawn_for(snapshot.question, sample, self.room))
        if self._begun is not snapshot.question:
            self._begin(snapshot)
        view = self._view(snapshot, sample, notices)
        found = dict(found_view(snapshot, self._showing, sample, self.room))
        yield
        self.measurement.keep_to(snapshot.run)
        now = Shown(snapshot, self._showing, view, picture)
        asked = self._looked_at()
        panel = self._panel(now)
        yield
        if asked != self._looked_at():  # a tab was chosen meanwhile, or the panel came into view
            panel = self._panel(now)
        with self.hold_sync():
            self.picture, self.view = picture, view
            self.slices, self.found = slices, found
            self.panel = panel
        self._begun, self._shown = None, now

    def draw_panel(self) -> None:
        """Draw the chosen panel of what is shown, if it is in view."""
        if self._shown is not None:
            self.panel = self._panel(self._shown)

    def send_all(self) -> None:
        """Send everything once more, for a page that may have missed it while it was opened."""
        drawn = ("view", "picture", "slices", "found", "panel")
        self.send_state([*drawn, "walk", "share", "selection", "choices"])

    def fail(self, error: Exception) -> None:
        """Say that the newest snapshot could not be drawn; what was shown before it stays."""
        view, self._begun = self.view, None
        if self._shown is not None:
            view, self.picture = self._shown.view, self._shown.picture
        failed = {"status": "invalid", "pending": False, "notices": [failure_view(error)]}
        self.view = {**view, **failed}

    def on_action(self, handler: Callable[[str, dict[str, Any]], None]) -> None:
        """Call ``handler`` with an action's name and the whole message when one is chosen."""

        def received(_widget: object, content: object, _buffers: object) -> None:
            if isinstance(content, dict) and isinstance(content.get("action"), str):
                handler(content["action"], content)

        self.on_msg(received)

    def _picture(self, question: Question, sample: int) -> bytes:
        drawn = drawn_for(question, sample, self.room)
        return picture_record(*drawn, self._labels_of(question, sample))

    def _begin(self, snapshot: Snapshot) -> None:
        self._showing += 1
        self._begun = snapshot.question

    def _view(self, snapshot: Snapshot, sample: int, notices: Sequence[NoticeRecord]) -> View:
        view = stage_view(snapshot, sample, self._showing)
        return {**view, "notices": [*notices, *view["notices"]]}

    def _looked_at(self) -> tuple[Choices, bool]:
        return nearest(self.choices), self.panel_seen

    def _panel(self, of: Shown) -> View:
        """The chosen panel; while none is in view, it stays as it is."""
        if not self.panel_seen:
            return self.panel
        sample = nearest_sample(of.snapshot.question.sizes, self.sample)
        chosen = nearest(self.choices)
        panel = panel_view(of.snapshot, sample, chosen, self.measurement, self.room)
        return {**panel, "showing": of.showing}

    def _draw_measured(self) -> None:
        """Draw what was measured, if that is what is looked at."""
        if nearest(self.choices).tab == "reproducibility":
            self.draw_panel()
