"""Right shape, wrong data: two reshapes side by side, every element labelled with its origin."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.explorer.view import View

if TYPE_CHECKING:
    from torch import Tensor

    from lstm_shapes.live.run import Run
    from lstm_shapes.statements.scrambled import Scramble

MOST_ROWS, MOST_CELLS = 4, 12
"""Entries of the first axis that are drawn, and elements of each."""

ARROW = {0: "→", 1: "←"}


def scrambled_view(snapshot: Snapshot) -> View:
    """The usual scrambles, each with its repaired form, and whether both are the same."""
    view: View = {"without": "", "pairs": []}
    if snapshot.run is None:
        return view | {"without": "Nothing is compared without a run"}
    if snapshot.run.out.numel() == 0:
        return view | {"without": "Without a sample there is nothing to compare"}
    if snapshot.question.sizes.batch_size is None:
        return view | {"without": "Unbatched: there is no batch axis to be mixed up"}
    from lstm_shapes.statements.scrambled import scramble_claims, scrambles

    claims = scramble_claims(snapshot.run)
    pairs = scrambles(snapshot.question.settings, snapshot.question.sizes)
    return view | {
        "pairs": [
            _pair(snapshot.run, pair) | {"claims": [asdict(each) for each in claims[pair.id]]}
            for pair in pairs
        ]
    }


def _pair(run: Run, pair: Scramble) -> View:
    from lstm_shapes.expression.grammar import parse
    from lstm_shapes.expression.labels import axis_names, labels_of_result

    wrong, right = (
        labels_of_result(parse(code), run.settings, run.sizes) for code in (pair.wrong, pair.right)
    )
    sides = []
    for code, labelled, other in ((pair.wrong, wrong, right), (pair.right, right, right)):
        axes = [
            {"name": name, "size": size}
            for name, size in zip(axis_names(labelled), labelled["sample"].shape, strict=True)
        ]
        sides.append({"code": code, "axes": axes, "rows": _rows(labelled, other, pair)})
    return {"id": pair.id, "name": pair.name, "sides": sides}


def _rows(labelled: dict[str, Tensor], meant: dict[str, Tensor], pair: Scramble) -> list[View]:
    """The first entries along the first axis, flattened; what is not meant there is marked."""
    flat = {name: each.flatten(1)[:MOST_ROWS, :MOST_CELLS] for name, each in labelled.items()}
    wanted = {name: each.flatten(1)[:MOST_ROWS, :MOST_CELLS] for name, each in meant.items()}
    count, length = flat["sample"].shape
    total = labelled["sample"][0].numel()
    return [
        {
            "name": f"[{row}]",
            "more": max(0, total - MOST_CELLS),
            "cells": [
                {
                    "sample": int(flat["sample"][row, i]),
                    "text": _text({name: int(each[row, i]) for name, each in flat.items()}, pair),
                    "band": "backward" if flat["direction"][row, i] else "forward",
                    "wrong": any(bool(flat[n][row, i] != wanted[n][row, i]) for n in flat),
                }
                for i in range(length)
            ],
        }
        for row in range(count)
    ]


def _text(labels: dict[str, int], pair: Scramble) -> str:
    """An element in few letters: its step, or its layer, then direction and feature."""
    place = f"t{labels['step']}" if pair.id == "out" else f"l{labels['layer']}"
    return f"{place}{ARROW[labels['direction']]}{labels['feature']}"
