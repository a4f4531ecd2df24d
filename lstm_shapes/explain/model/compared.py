"""Compares results: which samples move between two runs, and what a sample gives alone."""

from __future__ import annotations

import torch

from lstm_shapes.explain.model.passes import Run
from lstm_shapes.explain.model.reading import valid
from lstm_shapes.explain.model.study import Study


def moves_of(study: Study, run: Run) -> tuple[list[int], float]:
    """The samples whose result is another, and by how much at most."""
    moves: set[int] = set()
    most = 0.0
    for i, ((_, own), (_, other)) in enumerate(zip(study.base.results, run.results, strict=True)):
        state = study.results[i]
        if own.shape != other.shape or state.verdict != "apart":
            continue
        difference = (own.detach() - other.detach()).abs().nan_to_num()
        mask = valid(study, i)
        difference = difference if mask is None else difference * mask
        rows = difference.movedim(state.axis, 0)
        rows = rows.reshape(len(rows), -1)
        by_row = rows.amax(1) if rows.numel() else rows.sum(1)
        for row in (by_row > 0).nonzero().flatten().tolist():
            count = study.layout.samples
            moves.add(row // state.rows if state.rows > 1 else row % count)
        most = max(most, float(difference.max()))
    return sorted(moves), most


def differs_alone(study: Study) -> bool | None:
    """Whether a short sample has another result alone, without padding, beyond rounding.

    Returns:
        ``None`` where that cannot be compared.
    """
    if study.alone is None:
        return None  # the model does not take this number of steps or samples
    sample, length, alone, batch = study.alone
    same = []
    for i, ((_, own), (_, other)) in enumerate(zip(batch.results, alone.results, strict=False)):
        state = study.results[i]
        if state.verdict != "apart" or state.rows != 1 or own.dim() != other.dim():
            continue
        one = own.narrow(state.axis, sample, 1)
        for axis, (many, few) in enumerate(zip(one.shape, other.shape, strict=True)):
            if many != few == length:
                one = one.narrow(axis, 0, length)
        if one.shape == other.shape:
            same.append(torch.allclose(one, other, rtol=1e-7, atol=1e-10, equal_nan=True))
    return not all(same) if same else None


def same_results(one: Run, other: Run) -> bool:
    """Whether two runs gave the same results, bit for bit."""
    return len(one.results) == len(other.results) and all(
        a.shape == b.shape and torch.equal(a.nan_to_num(), b.nan_to_num())
        for (_, a), (_, b) in zip(one.results, other.results, strict=True)
    )
