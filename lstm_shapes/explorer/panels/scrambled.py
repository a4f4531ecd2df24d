"""Right shape, wrong data: two reshapes side by side, every element labelled with its origin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypedDict

from lstm_shapes.explorer.panels.axes import ResultAxis, result_axes, result_labels
from lstm_shapes.explorer.panels.claims import ClaimRecord, claim_records
from lstm_shapes.explorer.panels.numbers import and_more
from lstm_shapes.explorer.panels.without import WITHOUT_RUN, WITHOUT_SAMPLE
from lstm_shapes.explorer.state import Snapshot

if TYPE_CHECKING:
    from torch import Tensor

    from lstm_shapes.live.run import Run
    from lstm_shapes.statements.claim import Claim
    from lstm_shapes.statements.scrambled import Scramble

MOST_ROWS, MOST_CELLS = 4, 12
"""Entries of the first axis that are drawn, and elements of each."""

BANDS = ("forward", "backward")
ARROW = {"forward": "→", "backward": "←"}

ABOUT = (
    "Each element is named by where it comes from: its sample (s), its layer (l) or step (t), an "
    "arrow for its direction, and its feature. On the left stands what is often written, on the "
    "right what was meant. An element is outlined where another one was meant to stand."
)


class ElementRecord(TypedDict):
    """One element, by where it comes from; ``wrong`` where another one was meant."""

    sample: int
    text: str
    band: str
    wrong: bool
    label: str


class ElementRow(TypedDict):
    """One entry of the first axis, its elements in a line."""

    name: str
    elements: Sequence[ElementRecord]


class ReshapeRecord(TypedDict):
    """One of the two expressions, and what became of the elements."""

    code: str
    axes: Sequence[ResultAxis]
    rows: Sequence[ElementRow]
    more: str


class ScrambleRecord(TypedDict):
    """What is often written, and what was meant."""

    id: str
    name: str
    sides: Sequence[ReshapeRecord]
    claims: Sequence[ClaimRecord]


class ScrambledPanel(TypedDict):
    """All pairs; ``about`` says how to read them, or why there are none."""

    without: str
    about: str
    pairs: Sequence[ScrambleRecord]


def scrambled_view(snapshot: Snapshot) -> ScrambledPanel:
    """The usual scrambles, each with its repaired form, and whether both are the same."""
    without, run = _without(snapshot), snapshot.run
    pairs = [] if without or run is None else _pairs(run)
    return {"without": without, "about": without or ABOUT, "pairs": pairs}


def _without(snapshot: Snapshot) -> str:
    if snapshot.run is None:
        return WITHOUT_RUN
    if snapshot.run.out.numel() == 0:
        return WITHOUT_SAMPLE
    if snapshot.question.sizes.batch_size is None:
        return (
            "The input is one sequence, without a batch, so there are no samples that could be "
            "mixed up: switch batched on to see it."
        )
    return ""


def _pairs(run: Run) -> list[ScrambleRecord]:
    from lstm_shapes.statements.scrambled import scramble_claims, scrambles

    claims = scramble_claims(run)
    return [_pair(run, pair, claims[pair.id]) for pair in scrambles(run.settings, run.sizes)]


def _pair(run: Run, pair: Scramble, claims: Iterable[Claim]) -> ScrambleRecord:
    meant = result_labels(run, pair.right)
    return {
        "id": pair.id,
        "name": pair.name,
        "sides": [_side(run, code, meant, pair) for code in (pair.wrong, pair.right)],
        "claims": claim_records(claims),
    }


def _side(run: Run, code: str, meant: Mapping[str, Tensor], pair: Scramble) -> ReshapeRecord:
    labelled = result_labels(run, code)
    more = and_more(labelled["sample"][0].numel(), MOST_CELLS, "elements in each row")
    rows = _rows(labelled, meant, pair)
    return {"code": code, "axes": result_axes(run, code), "rows": rows, "more": more}


def _rows(
    labelled: Mapping[str, Tensor], meant: Mapping[str, Tensor], pair: Scramble
) -> list[ElementRow]:
    """The first entries along the first axis, flattened; what is not meant there is marked."""
    found, wanted = _first(labelled), _first(meant)
    rows, length = next(iter(found.values())).shape
    return [
        {
            "name": f"[{row}]",
            "elements": [_element(found, wanted, (row, i), pair) for i in range(length)],
        }
        for row in range(rows)
    ]


def _first(labelled: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: each.flatten(1)[:MOST_ROWS, :MOST_CELLS] for name, each in labelled.items()}


def _element(
    found: Mapping[str, Tensor], wanted: Mapping[str, Tensor], at: tuple[int, int], pair: Scramble
) -> ElementRecord:
    """An element in few letters: its step, or its layer, then direction and feature."""
    labels = {name: int(each[at]) for name, each in found.items()}
    wrong = any(labels[name] != int(each[at]) for name, each in wanted.items())
    band = BANDS[labels["direction"]]
    place = f"t{labels['step']}" if pair.id == "out" else f"l{labels['layer']}"
    text = f"{place}{ARROW[band]}{labels['feature']}"
    label = f"sample {labels['sample']}, {text}" + (", wrong" if wrong else "")
    return {"sample": labels["sample"], "text": text, "band": band, "wrong": wrong, "label": label}
