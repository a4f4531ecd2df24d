"""Statements about the two biases of a cell, evaluated by running the module with others."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from lstm_shapes.live.run import Run, called_again
from lstm_shapes.statements.claim import Claim, recomputed

_MOVED = "with bias_hh added to bias_ih, and zeros in its place, out is the same"
_BUT_N = "the same for all rows but those of the gate n: out is the same"


def bias_claims(run: Run) -> tuple[Claim, ...]:
    """Evaluate whether only the sum of a cell's two biases matters.

    Args:
        run: from :func:`~lstm_shapes.run`.

    Returns:
        One claim, for a GRU two; none for a run without samples or a module without biases.

    Source: torch documentation, ``torch.nn.LSTM`` and ``torch.nn.GRU``, the equations.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3, kind="GRU"), InputSizes(seq_len=5, batch_size=2))
    >>> for claim in bias_claims(made):
    ...     print(claim.holds, claim.statement)
    False with bias_hh added to bias_ih, and zeros in its place, out is the same
    True the same for all rows but those of the gate n: out is the same
    """
    if run.out.numel() == 0 or not run.settings.bias:
        return ()
    return run.kept("bias claims", lambda: tuple(_claims(run)))


def _claims(run: Run) -> Iterator[Claim]:
    size, gru = run.settings.hidden_size, run.settings.kind == "GRU"
    same, note = _same(run, None)
    if not gru:
        reason = f"a cell adds both to the same sum{note}"
        yield Claim("bias-sum", _MOVED, same, reason)
        return
    # In the order of the gates r, z, n: the last third.
    no_n = not any(bias[2 * size :].any() for bias in _recurrent(run).values())
    held = "bias_hh of the gate n is zero here" if no_n else "it changes no more than rounding does"
    reason = f"{held if same else 'the gate n is tanh(W_in x + b_in + r ⊙ (W_hn h + b_hn))'}{note}"
    yield Claim("bias-sum", _MOVED, same, reason, mistake=True)
    but_n, note = _same(run, 2 * size)
    yield Claim("bias-sum-but-n", _BUT_N, but_n, f"r and z add both to the same sum{note}")


def _same(run: Run, rows: int | None) -> tuple[bool, str]:
    """Whether out stays as it is with the first rows of every bias_hh moved to its bias_ih."""
    weights = dict(run.weights)
    for name, recurrent in _recurrent(run).items():
        moved = torch.zeros_like(recurrent)
        moved[:rows] = recurrent.detach()[:rows]
        twin = name.replace("bias_hh", "bias_ih")
        weights[twin] = weights[twin].detach() + moved
        weights[name] = recurrent.detach() - moved
    return recomputed(called_again(run, run.settings, weights=weights).out, run.out, run)


def _recurrent(run: Run) -> dict[str, Tensor]:
    return {name: each for name, each in run.weights.items() if name.startswith("bias_hh")}
