"""The numbers of a run as a file: a table of text, or tensors that torch.load reads."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from itertools import product
from typing import TYPE_CHECKING, Literal, NamedTuple

from lstm_shapes.explorer.panels.without import WITHOUT_RUN
from lstm_shapes.formula.numbers import grouped
from lstm_shapes.formula.shapes import tensor_shapes

if TYPE_CHECKING:
    from lstm_shapes.live.run import Run

Format = Literal["csv", "pt"]

MOST: Mapping[Format, int] = {"csv": 200_000, "pt": 5_000_000}
"""The most numbers in a file, so that neither the kernel nor the browser is kept busy for long."""

COLUMNS = ("tensor", "layer", "direction", "sample", "step", "feature", "value")


class NumbersFile(NamedTuple):
    """A file, or why there is none.

    Attributes:
        name: of the file.
        content: its bytes.
        refused: why there is none; empty if there is one.
    """

    name: str
    content: bytes = b""
    refused: str = ""


def numbers_file(run: Run | None, wanted: Format) -> NumbersFile:
    """All numbers of a run as a file.

    Args:
        run: whose numbers; ``None`` where nothing was run.
        wanted: ``"csv"`` for a table with one number in a line, ``"pt"`` for a dict with the
            tensors, the states that were given, the ``state_dict`` and the settings.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2))
    >>> numbers_file(made, "csv").content.splitlines()[0]
    b'tensor,layer,direction,sample,step,feature,value'
    """
    name = f"lstm.{wanted}"
    if run is None:
        return NumbersFile(name, refused=WITHOUT_RUN)
    tensors = [*run.tensors().values(), *(run.weights.values() if wanted == "pt" else ())]
    count = sum(each.numel() for each in tensors)
    if count > MOST[wanted]:
        return NumbersFile(
            name,
            refused=f"These are {grouped(count)} numbers, and a file of this kind takes "
            f"{grouped(MOST[wanted])} at most: choose smaller sizes.",
        )
    make: Mapping[Format, Callable[[Run], bytes]] = {"csv": _table, "pt": _saved}
    return NumbersFile(name, make[wanted](run))


def _table(run: Run) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_lines(run))
    return text.getvalue().encode()


def _lines(run: Run) -> Iterator[list[str]]:
    """One line per number; what a tensor has no axis for stays empty."""
    shapes, count = tensor_shapes(run.settings, run.sizes), run.settings.num_directions
    for name, tensor in run.tensors().items():
        axes = [axis.name for axis in shapes[name].axes]
        # So many digits give the same number back.
        digits = ".17g" if tensor.element_size() > 4 else ".9g"
        for index in product(*map(range, tensor.shape)):
            at = dict(zip(axes, index, strict=True))
            if (row := at.get("layer × direction")) is not None:
                place = [str(row // count), run.settings.directions[row % count]]
            else:
                place = ["", ""]
            where = [str(at.get(axis, "")) for axis in ("batch", "seq", "features")]
            yield [name, *place, *where, format(tensor[index].item(), digits)]


def _saved(run: Run) -> bytes:
    import torch

    states = dict(zip(("h_0", "c_0"), run.states, strict=False))
    found = {
        "settings": asdict(run.settings),
        "sizes": asdict(run.sizes),
        "seed": run.seed,
        "state_dict": {name: each.detach().cpu() for name, each in run.weights.items()},
        **{name: each.detach().cpu() for name, each in (run.tensors() | states).items()},
    }
    file = io.BytesIO()
    torch.save(found, file)
    return file.getvalue()
