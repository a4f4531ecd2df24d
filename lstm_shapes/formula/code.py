"""Python code for a part of a tensor, or for a tensor reversed in time.

The picture, the statements and the copied scripts all show code made here, so that the same
part of a tensor is written in the same way everywhere.
"""

from __future__ import annotations

from lstm_shapes.config import InputSizes, Settings
from lstm_shapes.formula.shapes import time_axis

Index = tuple["int | tuple[int, int] | None", ...]
"""An index with one entry per axis: an int, a (start, stop), or None for the whole axis."""

CODE_NAMES = {"input": "x"}
"""The tensors that have another name in code; ``input`` is also a function of Python."""


def code_of(tensor: str, index: Index, width: int = 0) -> str:
    """Write an index into a tensor as Python code.

    Args:
        tensor: the tensor's name, such as ``out``; ``input`` is written ``x``.
        index: one entry per axis; whole axes at the end are not written.
        width: the size of the last axis; a stop that equals it is not written.

    Returns:
        Code, such as ``h_n[1]``, or the name alone if the index takes every axis whole.

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
    """Write code that reverses a tensor in time.

    Args:
        name: the code of the tensor, with the axes of out.
        settings: the module; its batch_first says which axis is time.
        sizes: its input. With lengths, ``flip`` would move the padding to the front, so the
            code calls :func:`~lstm_shapes.reverse_time` instead.

    Returns:
        An expression; with lengths it uses a variable named ``lengths``.

    >>> flip_code("x", Settings(4, 3), InputSizes(seq_len=5, batch_size=2))
    'x.flip(0)'
    """
    if sizes.lengths is None:
        return f"{name}.flip({time_axis(settings, sizes)})"
    return f"reverse_time({name}, batch_first={settings.batch_first}, lengths=lengths)"


def mirrored(sizes: InputSizes) -> str:
    """Write which step of the input stands at step t of the reversed sequence.

    Args:
        sizes: the input; with lengths each sample is reversed within its own length.

    >>> mirrored(InputSizes(seq_len=5, batch_size=2))
    'L-1-t'
    """
    return "L-1-t" if sizes.lengths is None else "length-1-t"
