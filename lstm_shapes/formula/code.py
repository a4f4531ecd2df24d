"""Python code that picks or turns a part of a call's tensors."""

from __future__ import annotations

from lstm_shapes.config import InputSizes, Settings
from lstm_shapes.formula.shapes import time_axis

Index = tuple["int | tuple[int, int] | None", ...]
"""An index, an entry per axis: an int, a (start, stop), or None for the whole axis."""

CODE_NAMES = {"input": "x"}


def code_of(tensor: str, index: Index, width: int = 0) -> str:
    """An index as Python code; ``width`` is the size of the last axis.

    >>> code_of("out", (None, 0, (3, 6)), 6)
    'out[:, 0, 3:]'
    """
    shown = [_subscript(entry, width) for entry in index]
    while shown and shown[-1] == ":":
        shown.pop()
    name = CODE_NAMES.get(tensor, tensor)
    return f"{name}[{', '.join(shown)}]" if shown else name


def _subscript(entry: int | tuple[int, int] | None, width: int) -> str:
    if not isinstance(entry, tuple):
        return ":" if entry is None else str(entry)
    start, stop = entry
    return f"{start or ''}:{'' if stop == width else stop}"


def flip_code(name: str, settings: Settings, sizes: InputSizes) -> str:
    """Code that reverses a tensor in time.

    >>> flip_code("x", Settings(4, 3), InputSizes(seq_len=5, batch_size=2))
    'x.flip(0)'
    """
    if sizes.lengths is None:
        return f"{name}.flip({time_axis(settings, sizes)})"
    return f"reverse_time({name}, batch_first={settings.batch_first}, lengths=lengths)"


def mirrored(sizes: InputSizes) -> str:
    """The step that stands at t in a reversed sequence."""
    return "L-1-t" if sizes.lengths is None else "length-1-t"
