"""The page: controls on the left, the stage on the right, one state between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any

import ipywidgets as widgets
from IPython.display import display

from lstm_shapes.config import ARGUMENTS
from lstm_shapes.errors import MOST_LENGTHS, ArgumentError, one_each
from lstm_shapes.explorer.brought import brought
from lstm_shapes.explorer.choices import CHOICES, Choices, nearest
from lstm_shapes.explorer.controls import Controls
from lstm_shapes.explorer.latest import Latest
from lstm_shapes.explorer.link import Link, beyond, read_link, write_call
from lstm_shapes.explorer.numbers_file import numbers_file
from lstm_shapes.explorer.panels.notices import NoticeRecord, link_view
from lstm_shapes.explorer.panels.picture import nearest_sample
from lstm_shapes.explorer.presets import FIRST_QUESTION
from lstm_shapes.explorer.selection import last_row, selectable
from lstm_shapes.explorer.stage import Stage
from lstm_shapes.explorer.state import Snapshot, State
from lstm_shapes.explorer.static import live_class, shapes_text, static_html
from lstm_shapes.explorer.title import title_html
from lstm_shapes.explorer.walk import arriving, walk_to, walk_view, whole
from lstm_shapes.explorer.whereabouts import Whereabouts
from lstm_shapes.explorer.words import PAGE
from lstm_shapes.picture.sentences import sentence
from lstm_shapes.picture.svg import svg
from lstm_shapes.snippet import script

WALKED = {name: CHOICES[name].default for name in ("step", "way", "merge", "stop", "route")}
"""Choices that the page walks through without the kernel, at their start."""


START = last_row(FIRST_QUESTION)
"""What is pinned when the page opens."""


class Explorer(widgets.Box):
    """The interactive explorer, a widget: put it last in a cell.

    Given a module of your own and its input, it shows that very call: your weights, your numbers,
    your states. The controls show what the module is; moving one asks what if, and says what of
    your call is kept.

    Args:
        module: an nn.LSTM, GRU, RNN or one of their cells, as :func:`~lstm_shapes.observe` takes
            it; ``None`` for the page's own examples.
        x: its input, padded, unbatched or packed.
        hx: the states it starts from; ``None`` for zeros.
        tokens: a word for each step, or a list of them for each sample, to stand below the steps.
        select: code or id of the slice to pin, such as ``"h_n[1]"``; empty for none.
        sample: the batch item whose numbers are given.
        **values: where to start, by the controls' names; the rest is the first preset's.
            Also ``route`` and ``stop`` of a walk, and ``tab``, ``step``, ``way``, ``merge`` and
            ``vector``, what is looked at below the picture: see
            :class:`~lstm_shapes.explorer.choices.Choices`.

    Raises:
        TypeError: a name that no control has.
        ArgumentError: the picture has no such slice, or there is no such tab, step or way; a
            module without x, or more tokens than steps.
        ArgumentTypeError: the module is none that can be observed.
        RuntimeError: torch's own, where the module does not take x or hx.

    Attributes:
        state: observe ``state.snapshot``, or set things with ``state.update(num_layers=3)``.
        controls, stage: its two halves.

    >>> explorer = Explorer(num_layers=1, hidden_size=8)
    >>> explorer.state.update(bidirectional=False)
    >>> explorer.state.snapshot.question.settings.hidden_size
    8
    >>> import torch
    >>> lstm = torch.nn.LSTM(10, 20, batch_first=True)
    >>> explorer = Explorer(lstm, torch.randn(1, 3, 10), tokens=["the", "cat", "sat"])
    >>> explorer.state.snapshot.run.shapes()["out"]
    (1, 3, 20)
    """

    _made = 0  # how many there are in this kernel: each has its place in the page's address

    def __init__(
        self,
        module: Any = None,
        x: Any = None,
        hx: Any = None,
        *,
        tokens: Any = None,
        select: str | None = None,
        sample: int = 0,
        **values: Any,
    ) -> None:
        if module is None and select is None:
            values = whole(values)
            select, sample = values.pop("select", None), values.pop("sample", sample)
        chosen = Choices(**{name: values.pop(name) for name in CHOICES if name in values})
        self._brought = brought(module, x, hx, tokens)
        question = self._brought.question
        self.state = State(question, self._brought.run, **values)
        self.controls = Controls(self.state, self._answer_typed)
        labels_of = self._brought.labels_of
        self.stage = Stage(labels_of, sample=sample, choices=asdict(chosen), place=Explorer._made)
        Explorer._made += 1
        pinned = last_row(question)
        self._start = question.values() | {"select": pinned, "sample": 0} | asdict(Choices())
        self._title = widgets.HTML()
        self._title.add_class("ls-title")
        rail = widgets.VBox([self._title, self.controls.widget])
        rail.add_class("ls-rail")
        # The outer box is what the page's width is measured on, the inner one is laid out.
        page = widgets.Box([rail, self.stage])
        page.add_class("ls-page")
        super().__init__([page])
        self.add_class("ls-app").add_class(live_class(self.model_id))
        self.stage.selection = pinned
        self._opened = Link()  # what is told of it is shown until something is changed
        self._newest = Latest(self.stage.fail)
        self._where = Whereabouts(self.state, self.stage)
        if select is not None:
            self.select(select)
            self._where = Whereabouts(self.state, self.stage)  # it starts with this pinned
        self._observe()
        self._show(opening=True)

    def _observe(self) -> None:
        self.stage.on_action(self.act)
        self.stage.observe(self._share, ["selection", "found"])
        self.stage.observe(lambda _change: self._where.fit(), "selection")
        self.stage.observe(lambda _change: self._show(), ["sample", "room"])
        self.stage.observe(lambda _change: self._draw(self.stage.draw_panel), "panel_seen")
        self.stage.observe(self._choose, "choices")
        self.state.observe(self._forget, "values")
        self.state.observe(lambda _change: self._where.fit(), "snapshot")
        self.state.observe(lambda _change: self._show(), "snapshot")

    def select(self, name: str) -> None:
        """Pin a slice of the picture; an empty name releases it.

        Args:
            name: its code, such as ``"h_n[3]"``, or its id as in ``Copy call``.

        Raises:
            ArgumentError: the picture has no such slice.
        """
        known = not name or name in selectable(self._where.picture)
        self.stage.selection = name if known else self._where.picture.pick(name).id

    def svg(self) -> str:
        """The linked picture as it stands, as an SVG document."""
        question, sample = self.state.snapshot.question, self.stage.sample
        labels = self._brought.labels_of(question, nearest_sample(question.sizes, sample))
        picture, selection = self._where.picture, self._where.drawn_selection()
        width = self._where.picture_of()[-1]
        return svg(picture, selection, self._caption(), labels, width)

    def act(self, action: str, message: Mapping[str, Any] | None = None) -> None:
        """Do what a button of the page asks for; what is not known does nothing.

        Args:
            action: ``"measure"`` and ``"stop"`` begin and end the measurement of reproducibility,
                ``"length"`` sets one sample's length, ``"open"`` takes over what a link names,
                ``"visit"`` the state in an address, where what it does not name is as at the
                start, ``"walk"`` that of a route's step; ``"undo"``, ``"redo"`` and ``"reset"`` go
                through what was shown; ``"typed"`` takes over one value that was typed in a
                field, ``"ask"`` sends everything once more to a page that may have missed some of
                it, ``"numbers"`` for the numbers as a file of a ``format``, ``"ping"`` is answered:
                the kernel is there.
            message: what the action needs: ``sample`` and ``length``, ``route`` and ``stop``, or
                ``link``; also ``parts``, for how many explorers the address is that the link is a
                part of.
        """
        given = message or {}
        if action == "ping":
            self.stage.send({})
        elif action == "measure":
            self._start_measuring()
        elif action == "stop":
            self._draw(self.stage.measurement.stop)
        elif action == "length":
            self._set_length(given.get("sample"), given.get("length"))
        elif action == "numbers" and (wanted := given.get("format")) in ("csv", "pt"):
            name, content, refused = numbers_file(self.state.snapshot.run, wanted)
            self.stage.send({"file": name, "refused": refused}, [content])
        elif action in ("undo", "redo", "reset"):
            self._travel(action)
        elif action in ("open", "visit", "typed") and isinstance(given.get("link"), str):
            visits = action == "visit"
            opened = read_link(given["link"]) if given["link"] or not visits else Link()
            opened.typed = action == "typed"
            self._refuse_parts(opened, given.get("parts"))
            known = bool(opened.values or not opened.refused)
            self._open(arriving(opened), whole=visits and known)
        elif action == "walk" and (stop := walk_to(given.get("route"), given.get("stop"))):
            self._open(stop, whole=True)
        elif action == "ask":
            self.stage.send_all()
            self._title.send_state("value")
            self.controls.send_devices()

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """The widget, and its picture for hosts that show no widgets."""
        bundle = super()._repr_mimebundle_(**options)
        bundle["image/svg+xml"] = self.svg()
        return bundle

    def _repr_html_(self) -> str:
        """The picture and the shapes as they stand, without anything that runs."""
        alt = f"{PAGE['network']}. {self._caption()}".strip()
        return static_html(self.svg(), alt, self._shapes(), self.model_id)

    def _ipython_display_(self) -> None:
        """Show the widget and, in an output of its own, what stands there where widgets are not
        drawn: a place that saves the widget's state may still be unable to draw it."""
        widget = super()._repr_mimebundle_()
        still = {"text/html": self._repr_html_(), "text/plain": self._shapes()}
        display(widget, still, raw=True)  # type: ignore[no-untyped-call]

    def __repr__(self) -> str:
        """The call that shows the same."""
        return write_call(self._where.values(), self._start, self._brought.call)

    def __str__(self) -> str:
        return f"{self!r}\n{self._shapes()}"

    def _shapes(self) -> str:
        return shapes_text(self.state.snapshot.question)

    def _caption(self) -> str:
        """What is said of the selection, if it is a slice of the picture."""
        picture, selection = self._where.picture, self._where.drawn_selection()
        said = sentence(picture, picture.slices[selection]) if selection else ""
        return said.replace("`", "")

    def _show(self, *, opening: bool = False) -> None:
        """Show the newest snapshot. If its run is still to be made, or the page has just opened,
        the shapes and the picture are sent at once."""
        snapshot = self.state.snapshot
        if opening or snapshot.run is None:
            self._draw(lambda: self.stage.show_shapes(snapshot, *self._told()))
        self._newest.start(self._measure() if snapshot.pending else self._finish(snapshot))

    def _measure(self) -> Iterator[None]:
        yield  # a newer state may be waiting
        self.state.measure()

    def _finish(self, snapshot: Snapshot) -> Iterator[None]:
        """Everything of a snapshot that will have no other run."""
        yield from self.stage.steps_to_show(snapshot, *self._told())
        self._title.value = title_html(snapshot)

    def _draw(self, draw: Callable[[], None]) -> None:
        """Draw the stage, or a part of it, and hand out what is seen then."""
        with self.stage.hold_sync():
            try:
                draw()
            # Jupyter keeps errors of callbacks to its log, where nobody sees them.
            except Exception as error:
                self.stage.fail(error)
                raise

    def _share(self, _change: object = None) -> None:
        """Take down where the page is, and update what the buttons hand out and what is
        said on a walk."""
        if self._where.moving:
            return
        self._where.note()
        question, ways = self.state.snapshot.question, self._where.ways()
        self.stage.walk = dict(walk_view(self.state.snapshot, nearest(self.stage.choices)))
        picture, selection = self._where.picture, self._where.drawn_selection()
        self.stage.share = {
            "pinned": self.stage.selection,
            "showing": self.stage.view["showing"],
            "link": self._where.link(),
            "call": repr(self),
            "script": script(picture, question.seed, question.device, selection),
            "undo": ways["undo"],
            "redo": ways["redo"],
            "reset": ways["reset"],
        }

    def _choose(self, change: dict[str, Any]) -> None:
        """Draw the panel for new choices; those that the page walks through by itself are only
        handed out."""
        before, now = (replace(nearest(change[at]), **WALKED) for at in ("old", "new"))
        if before != now:
            self._draw(self.stage.draw_panel)
        self._share()
        self._tell(Link())

    def _start_measuring(self) -> None:
        """Measure reproducibility of what is asked, even if its run is still to be made."""
        self.state.measure()
        run = self.state.snapshot.run
        if run is not None and run.out.numel():
            self._draw(lambda: self.stage.measurement.start(run))

    def _set_length(self, sample: object, length: object) -> None:
        """Set one sample's length; where there were no lengths all others are whole."""
        sizes = self.state.snapshot.question.sizes
        samples = sizes.batch_size or 0
        if type(sample) is not int or not 0 <= sample < samples <= MOST_LENGTHS:
            return
        try:
            taken = replace(ARGUMENTS["seq_len"], name=f"lengths[{sample}]").read(str(length))
        except ArgumentError as error:
            self._answer_typed(error)
            return
        lengths = one_each(sizes.lengths or (), samples, sizes.seq_len)
        self.state.change(lengths=(*lengths[:sample], taken, *lengths[sample + 1 :]))

    def _refuse_parts(self, opened: Link, parts: object) -> None:
        """Note that an address has parts for which there is no explorer; the first one does."""
        if type(parts) is int and parts > Explorer._made and not self.stage.place:
            opened.refused.append(
                f"the address is for {parts} explorers, with ';' between them, and this page has "
                f"{Explorer._made}"
            )

    def _open(self, opened: Link, *, whole: bool) -> None:
        """Take over what was read, as far as the page can show it, and say what cannot be. Of a
        whole state, what is not named is as at the start."""
        before = self._where.start if whole else self._where.here()
        with self.stage.hold_sync():
            with self._where.at_once():
                asked = {**before, **opened.values}
                self._where.look_at(asked)
                names = ARGUMENTS.keys() & (asked if whole else opened.values).keys()
                self.state.change(**{name: asked[name] for name in names})
                question, slices = self.state.snapshot.question, selectable(self._where.picture)
                sample = nearest_sample(question.sizes, self.stage.sample)
                refused = beyond(opened.values, question, sample, slices)
                if refused:
                    opened.leave_out(refused)
                    self._where.look_at({**before, **opened.values})
            self._share()
        self._tell(opened)

    def _travel(self, way: str) -> None:
        with self.stage.hold_sync():
            self._where.travel(way)
            self._share()
        self._tell(Link())

    def _forget(self, _change: object = None) -> None:
        self._opened = Link()

    def _answer_typed(self, refused: ArgumentError | None) -> None:
        """Say why what was typed cannot be taken; if it can, no longer what was said before."""
        self._tell(Link(refused=[str(refused)] if refused else [], typed=True))

    def _tell(self, opened: Link) -> None:
        told = self._told()
        self._opened = opened
        if told != self._told():
            self._show()

    def _told(self) -> list[NoticeRecord]:
        """What there is to say of the link, or the field, that was last heard of."""
        told = self._opened.told(self.state.snapshot.torch_here)
        return [link_view(self._opened, told)] if told else []
