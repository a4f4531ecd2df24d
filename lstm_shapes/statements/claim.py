"""One evaluated statement, and when two computations count as the same.

A claim is never assumed: ``holds`` is what a comparison of the two sides' tensors said. A
common mistake is a claim too, and is expected not to hold; where it happens to, as
with a single step, its reason says why.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from lstm_shapes.live.run import Run

TOLERANCE = {"cpu": 2e-6, "cuda": 2e-4, "mps": 2e-4}
"""Largest difference at which a recomputation still counts as the same, by device; times
the square root of the summed terms, with which rounding grows.

Only claims that run a second module use it: another kernel, or other batches of steps
with packed lengths, may sum the same product in another order, and CUDA by default
rounds to TF32. Their reason then names the difference; equality bit for bit is what is
found otherwise.
"""

COINCIDENCE = "true on this run by coincidence: cells that saturate give equal numbers"


@dataclass(frozen=True)
class Claim:
    """One evaluated statement.

    Attributes:
        id: stable name.
        statement: code, with the indices that fit the run's settings; a sentence where
            code would take a loop.
        holds: what was found on the run.
        reason: why, in one sentence.
        mistake: whether this is a common mistake, so that ``holds`` is expected False.
    """

    id: str
    statement: str
    holds: bool
    reason: str
    mistake: bool = False


def recomputed(again: Tensor, returned: Tensor, run: Run) -> tuple[bool, str]:
    """Whether a second computation agrees, and a note if not bit for bit."""
    if torch.equal(again, returned):
        return True, ""
    if again.shape != returned.shape:
        return False, f" (shapes {tuple(again.shape)} and {tuple(returned.shape)})"
    difference = largest_difference(again, returned)
    return difference <= allowed_difference(run), f" (largest difference {difference:.1e})"


def largest_difference(one: Tensor, other: Tensor) -> float:
    """Of two tensors of one shape, element by element."""
    return float((one - other).abs().max()) if one.numel() else 0.0


def allowed_difference(run: Run) -> float:
    """Up to which a recomputation of a run counts as the same; see ``TOLERANCE``."""
    terms = run.settings.input_size + run.settings.num_directions * run.settings.hidden_size
    return TOLERANCE[run.device] * math.sqrt(terms)


def compared(name: str, statement: str, again: Tensor, returned: Tensor, run: Run) -> Claim:
    """A claim that a second computation gives what a run did, with both differences named.

    Args:
        name: the claim's id.
    """
    difference, allowed = largest_difference(again, returned), allowed_difference(run)
    reason = f"largest difference {difference:.1e}, allowed {allowed:.1e}"
    return Claim(name, statement, difference <= allowed, reason)
