"""Numbers as text for people to read."""

from __future__ import annotations

NARROW = "\u202f"
"""A narrow space at which a browser does not break the line."""


def grouped(number: int) -> str:
    """Write a number with a narrow space between its thousands.

    Args:
        number: any int.

    >>> grouped(12_000).replace(NARROW, " ")
    '12 000'
    """
    return f"{number:,}".replace(",", NARROW)


def human_bytes(count: int) -> str:
    """Write a number of bytes in the largest unit of which there is at least one.

    Args:
        count: bytes, 0 or more.

    Returns:
        The number in B, KiB, MiB and so on, rounded down. One decimal is written for numbers
        below 10, unless it is 0.

    >>> human_bytes(480), human_bytes(96 * 2**30), human_bytes(1536)
    ('480 B', '96 GiB', '1.5 KiB')
    """
    unit = 0
    while unit < len(_UNITS) - 1 and count >= 1024 ** (unit + 1):
        unit += 1
    # Only ints are used, since a count may be too large for a float.
    whole, rest = divmod(count, 1024**unit)
    tenth = rest * 10 // 1024**unit
    shown = f"{whole:,}.{tenth}" if tenth and whole < 10 else f"{whole:,}"
    return f"{shown} {_UNITS[unit]}"


_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
