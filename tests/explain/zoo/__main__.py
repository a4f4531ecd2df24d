"""Prints what explain finds of the zoo: ``python -m tests.explain.zoo 10 classifier/``."""

from __future__ import annotations

import sys
import warnings

from tests.explain.zoo import CASES
from tests.explain.zoo.table import counted


def main(n: int = 10, beginning: str = "", first: int = 0) -> None:
    """The table over n random sizes, and each outcome that is wrong or untrue.

    Args:
        n: how many sizes each case is made for.
        beginning: of the names of the cases; all of them if empty.
        first: the seed of the first sizes.
    """
    warnings.simplefilter("ignore")
    table = counted([case for case in CASES if case.name.startswith(beginning)], n, first)
    print(table)
    print()
    for one in table.wrong:
        print(
            f"{one.case.name} at {one.dims}: missed {sorted(one.missed)}, "
            f"extra {sorted(one.extra)}, unasked {sorted(one.unasked)} {one.error}"
        )
    for one in table.untrue:
        print(f"{one.case.name} at {one.dims}: says what is not so: {' | '.join(one.untrue)}")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(
        int(arguments[0]) if arguments else 10,
        arguments[1] if len(arguments) > 1 else "",
        int(arguments[2]) if len(arguments) > 2 else 0,
    )
