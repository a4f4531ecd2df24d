"""Numbers as people read them."""

from __future__ import annotations

NARROW = "\u202f"
"""A narrow space at which no line is broken."""


def grouped(number: int) -> str:
    """A number with its thousands set apart.

    >>> grouped(12_000).replace(NARROW, " ")
    '12 000'
    """
    return f"{number:,}".replace(",", NARROW)


def human_bytes(count: int) -> str:
    """A count of bytes in the largest binary unit that leaves a number above 1.

    >>> human_bytes(480), human_bytes(96 * 2**30), human_bytes(1536)
    ('480 B', '96 GiB', '1.5 KiB')
    """
    unit = 0
    while unit < len(_UNITS) - 1 and count >= 1024 ** (unit + 1):
        unit += 1
    # Integers throughout: a count may be too large for a float.
    whole, rest = divmod(count, 1024**unit)
    tenth = rest * 10 // 1024**unit
    shown = f"{whole:,}.{tenth}" if tenth and whole < 10 else f"{whole:,}"
    return f"{shown} {_UNITS[unit]}"


_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
