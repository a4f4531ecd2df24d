"""The record of one evaluated statement, and when two computations count as the same.

Whether a claim holds is never assumed: the tensors of its two sides are compared on a run. A
common mistake is recorded as a claim too, and is expected not to hold. If it does hold, as with
a single step, its reason says why. The other files of this room make the claims.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from lstm_shapes.formula.numbers import distance
from lstm_shapes.live.run import Run

TOLERANCE = {"cpu": 2e-6, "cuda": 2e-4, "mps": 2e-4}
"""By device, the largest difference at which a recomputation counts as the same in float32. It is
multiplied by the square root of the number of terms that are summed, and by the largest number
that is compared if that is above 1, since rounding grows with both.

Only claims that compute the same numbers a second time use it. Another kernel may sum the terms
of a product in another order, as may other batches of steps with packed lengths, and CUDA
rounds to TF32 by default. The reason of such a claim names the difference. All other claims
compare bit for bit.
"""

DIGITS = {torch.float64: 16, torch.float16: 4, torch.bfloat16: 4}
"""The same for other dtypes, on every device, in units of their ``torch.finfo(dtype).eps``."""

COINCIDENCE = "true on this run by coincidence: cells that saturate give equal numbers"
"""The reason of a common mistake that holds although nothing in the settings makes it hold."""


@dataclass(frozen=True)
class Claim:
    """One statement about a run, and whether it holds.

    Attributes:
        id: a name that stays the same between versions.
        statement: the statement as code, with indices that fit the run's settings. It is a
            sentence where the code would need a loop.
        holds: whether the statement was found to hold on the run.
        reason: why it holds or does not hold, in one sentence.
        mistake: whether the statement is a common mistake, which is expected not to hold.
    """

    id: str
    statement: str
    holds: bool
    reason: str
    mistake: bool = False


def recomputed(again: Tensor, returned: Tensor, run: Run) -> tuple[bool, str]:
    """Compare a second computation of a tensor with what the run returned.

    Args:
        again: the tensor as it was computed again.
        returned: the tensor that the run returned.
        run: the run, whose device and sizes say how large a difference is allowed.

    Returns:
        Whether the two agree, and a note that names the difference. The note is empty if they
        are equal bit for bit.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2))
    >>> recomputed(made.h_n + 1, made.h_n, made)
    (False, ' (largest difference 1.00)')
    """
    if torch.equal(again, returned):
        return True, ""
    if again.shape != returned.shape:
        return False, f" (shapes {tuple(again.shape)} and {tuple(returned.shape)})"
    difference = largest_difference(again, returned)
    return difference <= allowed_difference(run), f" (largest difference {distance(difference)})"


def largest_difference(one: Tensor, other: Tensor) -> float:
    """Find the largest absolute difference between two tensors.

    Args:
        one: a tensor of any shape.
        other: a tensor of the same shape.

    Returns:
        The difference; 0 if the tensors have no elements.

    >>> largest_difference(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 5.0]))
    3.0
    """
    return float((one - other).abs().max()) if one.numel() else 0.0


def allowed_difference(run: Run) -> float:
    """Compute the largest difference at which a recomputation of a run counts as the same.

    Args:
        run: the run; its device, its dtype, its sizes and its largest number count, as
            ``TOLERANCE`` explains.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> f"{allowed_difference(run(Settings(5, 4), InputSizes(seq_len=5, batch_size=2))):.0e}"
    '6e-06'
    """
    terms = run.settings.input_size + run.settings.num_directions * run.settings.hidden_size
    dtype = run.out.dtype
    least = TOLERANCE.get(torch.device(run.device).type, TOLERANCE["cuda"])
    if dtype in DIGITS:
        least = DIGITS[dtype] * torch.finfo(dtype).eps
    return least * math.sqrt(terms) * run.kept("largest number", lambda: _largest(run))


def _largest(run: Run) -> float:
    """The largest finite number that a run returned, at least 1."""
    returned = [each for each in (run.out, run.h_n, run.c_n) if each is not None]
    finite = (each[each.isfinite()].abs() for each in returned)
    return max(1.0, *(float(each.max()) for each in finite if each.numel()))


def compared(name: str, statement: str, again: Tensor, returned: Tensor, run: Run) -> Claim:
    """Make the claim that a second computation gives what the run gave.

    Args:
        name: the id of the claim.
        statement: the statement of the claim.
        again: the tensor as it was computed again.
        returned: the tensor that the run returned, of the same shape.
        run: the run, whose device and sizes say how large a difference is allowed.

    Returns:
        A claim whose reason names the largest difference and the allowed one.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(5, 4), InputSizes(seq_len=5, batch_size=2))
    >>> compared("same", "h_n is the same", made.h_n, made.h_n, made).reason
    'the largest difference is 0; rounding may cause 6.0e-06'
    """
    difference, allowed = largest_difference(again, returned), allowed_difference(run)
    reason = (
        f"the largest difference is {distance(difference)}; rounding may cause {distance(allowed)}"
    )
    return Claim(name, statement, difference <= allowed, reason)
