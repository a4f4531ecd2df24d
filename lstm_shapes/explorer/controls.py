"""The widgets: one row an argument, each in step with the state."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import ipywidgets as widgets

from lstm_shapes.config import ARGUMENTS
from lstm_shapes.errors import LARGEST, ArgumentError
from lstm_shapes.explorer.presets import PRESETS
from lstm_shapes.explorer.state import State

RAIL: Mapping[str, tuple[str, ...]] = {
    "Module": (
        "kind",
        "batch_first",
        "bidirectional",
        "num_layers",
        "hidden_size",
        "input_size",
        "proj_size",
        "dropout",
        "bias",
        "nonlinearity",
    ),
    "Input": ("batch_size", "seq_len", "lengths", "batched", "seed", "device"),
}
"""The arguments in the order in which they are asked, under their headings. What each control is
made of follows from ``config.ARGUMENTS``."""

MOST_BITS = 10_000
"""Of an int that a field shows. Python does not write the longest at all."""

KEPT = ("seed", "device")
"""The arguments that a preset leaves as they are."""


class Controls:
    """The rail of controls.

    Attributes:
        widget: the rail.
        inputs: the widgets that hold an argument's value, by argument: a slider and a
            number for sizes.
        rows: the row of each argument.
        presets: the buttons of the usual questions.

    Args:
        answer: called when something was typed, with the reason if it cannot be taken.
    """

    def __init__(self, state: State, answer: Callable[[ArgumentError | None], None]) -> None:
        self._state = state
        self._answer = answer
        self._writing = False
        self.inputs: dict[str, list[Any]] = {}
        self.rows = {name: self._row(name) for names in RAIL.values() for name in names}
        self.presets = widgets.ToggleButtons(options=list(PRESETS), value=None)
        self.presets.add_class("ls-presets")
        self.presets.observe(self._choose_preset, "value")
        self.widget = widgets.VBox(
            [
                _heading("Presets"),
                self.presets,
                *(
                    part
                    for title, names in RAIL.items()
                    for part in (_heading(title), *(self.rows[name] for name in names))
                ),
            ]
        )
        self.widget.add_class("ls-controls")
        state.observe(lambda _change: self._offer_devices(), "devices")
        state.observe(lambda _change: self._show(), "values")
        self._offer_devices()

    def _offer_devices(self) -> None:
        """Let the user choose among devices; with one there is nothing to choose."""
        with self._silently():
            (dropdown,) = self.inputs["device"]
            dropdown.options = self._state.devices
        self.rows["device"].layout.display = None if len(self._state.devices) > 1 else "none"
        self._show()

    def send_devices(self) -> None:
        """Send again what a page may have missed that was just being opened."""
        for widget in (*self.inputs["device"], self.rows["device"].layout):
            widget.send_state()

    def _row(self, name: str) -> Any:
        parts = _inputs(name)
        self.inputs[name] = parts
        for part in parts:
            part.observe(lambda change, name=name: self._take(name, change["new"]), "value")
        row = widgets.HBox(parts)
        row.add_class("ls-row")
        row.add_class(f"ls-{name}")
        return row

    def _take(self, name: str, value: Any) -> None:
        if self._writing:
            return
        argument, refused = ARGUMENTS[name], None
        try:
            taken = argument.read(value) if isinstance(value, str) else value
        except ArgumentError as error:
            # A list is long: it stays, to be mended, and the state refuses it with all the rest.
            taken = value
            refused = None if argument.form == "lengths" else error
        if refused is None:
            self._state.change(**{name: taken})
        self._answer(refused)
        if isinstance(value, str):
            self._show()  # the field may hold the same value in other words

    def _choose_preset(self, change: dict[str, Any]) -> None:
        if not self._writing and change["new"] is not None:
            question = PRESETS[change["new"]]
            kept = {name: self._state.values[name] for name in KEPT}
            self._state.change(**(question.values() | kept))

    def _show(self) -> None:
        values = self._state.values
        with self._silently():
            for name, parts in self.inputs.items():
                for part in parts:
                    _write(part, values[name])
            for part in (*self.inputs["batch_size"], *self.inputs["lengths"]):
                part.disabled = not values["batched"]
            # A value that is refused stays in reach, so that it can be put right here too.
            unused = values["kind"] != "RNN" and values["nonlinearity"] == "tanh"
            self.rows["nonlinearity"].layout.display = "none" if unused else None
            self.presets.value = _preset_of(values)

    @contextmanager
    def _silently(self) -> Iterator[None]:
        """Write into widgets without taking that for the user's doing."""
        self._writing = True
        try:
            yield
        finally:
            self._writing = False


def _inputs(name: str) -> list[Any]:
    """The widgets of one argument, by what its values look like; the last one carries its name."""
    argument = ARGUMENTS[name]
    if argument.form == "lengths":
        hint = "all seq_len"
        return [widgets.Text(description=name, placeholder=hint, continuous_update=False)]
    if argument.form == "bool":
        return [widgets.Checkbox(description=name, indent=False)]
    if argument.form == "choice":
        return [widgets.ToggleButtons(description=name, options=argument.choices)]
    if argument.slider is None:
        return [widgets.Dropdown(description=name, options=(argument.default,))]
    low, high = argument.slider
    slider = widgets.IntSlider if argument.form == "int" else widgets.FloatSlider
    return [
        slider(min=low, max=high, step=argument.step, readout=False),
        # A text reaches the kernel as it was typed, and shows a number of any size exactly; the
        # page makes a number field of it.
        widgets.Text(description=name, continuous_update=False),
    ]


def _write(part: Any, value: Any) -> None:
    """Set a widget's value if it can hold it; what it cannot is what the alert is about."""
    if isinstance(part, widgets.Text):
        part.value = _written(value)
    elif _can_hold(part, value):
        # A slider, which has bounds, goes as far as it reaches.
        low, high = getattr(part, "min", value), getattr(part, "max", value)
        part.value = min(max(value, low), high)


def _written(value: Any) -> str:
    """A value as it stands in its field; empty for none, and for one that has no end."""
    if isinstance(value, tuple):
        return ", ".join(map(_written, value))
    endless = isinstance(value, int) and value.bit_length() > MOST_BITS
    return "" if value is None or endless else str(value)


def _can_hold(part: Any, value: Any) -> bool:
    if isinstance(part, widgets.Checkbox):
        return isinstance(value, bool)
    if isinstance(part, (widgets.ToggleButtons, widgets.Dropdown)):
        return value in part.options
    numbers = int if isinstance(part.value, int) else (int, float)
    # No larger than what every reader of JSON takes.
    return isinstance(value, numbers) and not isinstance(value, bool) and abs(value) <= LARGEST


def _preset_of(values: dict[str, Any]) -> str | None:
    for name, preset in PRESETS.items():
        wanted = preset.values()
        if {key: wanted[key] for key in wanted.keys() - KEPT}.items() <= values.items():
            return name
    return None


def _heading(text: str) -> Any:
    heading = widgets.HTML(f"<h2>{text}</h2>")
    heading.add_class("ls-heading")
    return heading
