"""Numbers as text for people to read, in one style for all of the page.

- What is counted, and a size in a sentence: a comma between its thousands, ``1,444,800``.
- In code and in shapes: as Python writes it, ``(64, 100000, 8192)``, where a comma would end it.
- An element of a tensor: a fixed number of decimals, ``-0.04``; what rounds to 0 has no sign.
- How far two numbers are apart: two digits, ``0.13`` or ``6.0e-08``, or one in
  a narrow cell; ``0`` alone means none.
- Bytes: in the largest unit of which there is one, ``96 GiB``.

The minus sign is Python's own, so that a number can be copied into code.
"""

from __future__ import annotations


def grouped(number: int) -> str:
    """Write a number with a comma between its thousands.

    Args:
        number: any int.

    >>> grouped(12_000)
    '12,000'
    """
    return f"{number:,}"


def element(number: float, decimals: int = 2) -> str:
    """Write an element of a tensor, or nan or inf as Python does.

    Args:
        number: the element.
        decimals: how many are written.

    >>> element(-0.041), element(-0.0001), element(0.25, 4)
    ('-0.04', '0.00', '0.2500')
    """
    text = f"{number:.{decimals}f}"
    return text if float(text) else text.removeprefix("-")


def distance(apart: float, digits: int = 2) -> str:
    """Write how far two numbers are apart.

    Args:
        apart: 0 or more.
        digits: of one below 0.01; 1 where there is little room.

    >>> distance(0.128), distance(6e-8), distance(6e-8, 1), distance(0.0)
    ('0.13', '6.0e-08', '6e-08', '0')
    """
    if not apart:
        return "0"
    return f"{apart:.2f}" if apart >= 0.01 else f"{apart:.{digits - 1}e}"


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
