"""The page: controls on the left, the stage on the right, one state between them."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import ipywidgets as widgets

from lstm_shapes.config import FIRST_QUESTION
from lstm_shapes.errors import MOST_LENGTHS, one_each
from lstm_shapes.explorer.choices import CHOICES, Choices, nearest
from lstm_shapes.explorer.controls import Controls
from lstm_shapes.explorer.link import LinkError, read_link, write_call, write_link
from lstm_shapes.explorer.panels.notices import NoticeRecord, link_view
from lstm_shapes.explorer.panels.picture import axis_ids, drawn_for, nearest_sample
from lstm_shapes.explorer.stage import Stage
from lstm_shapes.explorer.state import Snapshot, State
from lstm_shapes.picture.scene import Scene
from lstm_shapes.picture.sentences import sentence
from lstm_shapes.picture.svg import svg
from lstm_shapes.picture.unroll import unroll
from lstm_shapes.snippet import script

WALKED: dict[str, Any] = {"step": 1, "way": "module", "merge": "concat"}
"""Choices that are walked through without the kernel, at their start."""

START = "h_n.3"
"""What is pinned when the page opens: the row of h_n that is most often taken wrongly."""


class Explorer(widgets.Box):
    """The interactive explorer, a widget: put it last in a cell.

    Args:
        select: code or id of the slice to pin, such as ``"h_n[1]"``; empty for none.
        sample: the batch item whose numbers are given.
        **values: where to start, by the controls' names; the rest is the first preset's.
            Also ``tab``, ``step``, ``way``, ``merge`` and ``vector``, what is looked at below
            the picture: see :class:`~lstm_shapes.explorer.choices.Choices`.

    Raises:
        TypeError: a name that no control has.
        ArgumentError: the picture has no such slice, or there is no such tab, step or way.

    Attributes:
        state: observe ``state.snapshot``, or set things with ``state.update(num_layers=3)``.
        controls, stage: its two halves.

    >>> explorer = Explorer(num_layers=1, hidden_size=8)
    >>> explorer.state.update(bidirectional=False)
    >>> explorer.state.snapshot.question.settings.hidden_size
    8
    """

    def __init__(self, *, select: str | None = None, sample: int = 0, **values: Any) -> None:
        start = FIRST_QUESTION
        chosen = Choices(**{name: values.pop(name) for name in CHOICES if name in values})
        self.state = State(start, **values)
        self.controls = Controls(self.state)
        self.stage = Stage(sample=sample, choices=asdict(chosen))
        self._start = start.values() | {"select": START, "sample": 0} | asdict(Choices())
        self._title = widgets.HTML()
        self._title.add_class("ls-title")
        rail = widgets.VBox([self._title, self.controls.widget])
        rail.add_class("ls-rail")
        # The outer box is what the page's width is measured on, the inner one is laid out.
        page = widgets.Box([rail, self.stage])
        page.add_class("ls-page")
        super().__init__([page])
        self.add_class("ls-app")
        self.stage.selection = START
        self._bad_link: list[NoticeRecord] = []  # said until something is changed
        self.stage.on_action(self._act)
        self.stage.observe(self._share, "selection")
        self.stage.observe(lambda _change: self._show(), "sample")
        self.stage.observe(lambda _change: self._draw(self.stage.draw_panel), "panel_seen")
        self.stage.observe(self._choose, "choices")
        self.state.observe(lambda _change: self._bad_link.clear(), "values")
        self.state.observe(lambda _change: self._show(), "snapshot")
        self._show()
        if select is not None:
            self.select(select)

    def select(self, name: str) -> None:
        """Pin a slice of the picture; an empty name releases it.

        Args:
            name: its code, such as ``"h_n[3]"``, or its id as in ``Copy call``.

        Raises:
            ArgumentError: the picture has no such slice.
        """
        known = not name or name in self._selectable()
        self.stage.selection = name if known else self._picture().pick(name).id

    def svg(self) -> str:
        """The linked picture as it stands, as an SVG document."""
        picture, selection = self._picture(), self._drawn_selection()
        caption = sentence(picture, picture.slices[selection]) if selection else ""
        return svg(picture, selection, caption.replace("`", ""))

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """The widget, and its picture for hosts that show no widgets."""
        bundle = super()._repr_mimebundle_(**options)
        bundle["image/svg+xml"] = self.svg()
        return bundle

    def _picture(self) -> Scene:
        question = self.state.snapshot.question
        return unroll(*drawn_for(question, nearest_sample(question.sizes, self.stage.sample)))

    def _selectable(self) -> set[str]:
        """Ids of all that can be pinned: slices, and the axes of the cards."""
        slices = {each.id for each in self._picture().slices.values() if not each.elided}
        return slices | axis_ids(self._picture()).keys()

    def _drawn_selection(self) -> str:
        """The selection if it is a slice of the picture, else nothing."""
        each = self._picture().slices.get(self.stage.selection)
        return "" if each is None or each.elided else each.id

    def _show(self) -> None:
        snapshot = self.state.snapshot
        self._draw(lambda: self.stage.show(snapshot, *self._bad_link))
        self._title.value = _title(snapshot)

    def _draw(self, draw: Callable[[], None]) -> None:
        """Draw the stage, or a part of it, and hand out what is seen then."""
        with self.stage.hold_sync():
            try:
                draw()
                self._share()
            # Jupyter keeps errors of callbacks to its log, where nobody sees them.
            except Exception as error:
                self.stage.fail(error)
                raise

    def _share(self, _change: object = None) -> None:
        """Hand out what is seen: the last good question where the newest has no answer."""
        question = self.state.snapshot.question
        # A selection that is not in the picture is nobody else's business.
        select = self.stage.selection if self.stage.selection in self._selectable() else ""
        sample = self.stage.view["sample"]
        values = question.values() | {"select": select, "sample": sample}
        values |= asdict(nearest(self.stage.choices))
        self.stage.share = {
            "pinned": self.stage.selection,
            "link": write_link(values),
            "call": write_call(values, self._start),
            "script": script(
                self._picture(), question.seed, question.device, self._drawn_selection()
            ),
        }

    def _choose(self, change: dict[str, Any]) -> None:
        """What is walked through without the kernel is only to be handed out."""
        before, now = (replace(nearest(change[at]), **WALKED) for at in ("old", "new"))
        if before == now:
            self._share()
        else:
            self._draw(self.stage.draw_panel)

    def _act(self, action: str, message: dict[str, Any]) -> None:
        problem = self.state.snapshot.problem
        if action == "fix" and problem is not None:
            self.state.update(**problem.fix)
        run = self.state.snapshot.run
        if action == "measure" and run is not None and run.out.numel():
            self._draw(lambda: self.stage.measurement.start(run))
        if action == "length":
            self._set_length(message.get("sample"), message.get("length"))
        if action == "stop":
            self._draw(self.stage.measurement.stop)
        if action == "open" and isinstance(message.get("link"), str):
            self._open(message["link"])
        # A page misses what is sent while it is being opened, such as the first run.
        if action == "ask":
            self.stage.send_state(
                ["view", "picture", "found", "panel", "share", "selection", "choices"]
            )
            self._title.send_state("value")
            self.controls.send_devices()

    def _set_length(self, sample: object, length: object) -> None:
        """One sample's length; without lengths all others are whole."""
        sizes = self.state.snapshot.question.sizes
        samples = sizes.batch_size or 0
        if type(sample) is int and 0 <= sample < samples <= MOST_LENGTHS:
            lengths = one_each(sizes.lengths or (), samples, sizes.seq_len)
            self.state.update(lengths=(*lengths[:sample], length, *lengths[sample + 1 :]))

    def _open(self, link: str) -> None:
        """Take over the state in an address, or say why not."""
        try:
            values = read_link(link, set(self._start))
        except LinkError as error:
            self._bad_link = [link_view(error)]
            self._show()
            return
        self._bad_link.clear()
        with self.stage.hold_sync():
            self.stage.selection = values.pop("select", self.stage.selection)
            self.stage.sample = values.pop("sample", self.stage.sample)
            chosen = {name: values.pop(name) for name in CHOICES if name in values}
            self.stage.choices = asdict(nearest(self.stage.choices | chosen))
            self.state.update(**values)


def _title(snapshot: Snapshot) -> str:
    module = f"torch.nn.{snapshot.question.settings.kind}"
    about = f"a live <code>{module}</code>"
    if snapshot.run is not None:
        import torch

        version = ".".join(torch.__version__.split(".")[:2])
        about += f" · torch {html.escape(version)} · {html.escape(snapshot.run.device)}"
    else:
        about += " · predicted"
    return f"<h1>LSTM shapes</h1><p>{about}</p>"
