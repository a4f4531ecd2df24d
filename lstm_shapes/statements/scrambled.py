"""Reshapes that give the right shape but mix samples or steps, without any error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from lstm_shapes.config import InputSizes, Settings
from lstm_shapes.expression.grammar import parse
from lstm_shapes.expression.text import ExpressionError
from lstm_shapes.expression.values import evaluate
from lstm_shapes.live.run import Run
from lstm_shapes.statements.claim import COINCIDENCE, Claim


@dataclass(frozen=True)
class Scramble:
    """Two expressions that give the same shape: one that mixes the data, and one that is right.

    Attributes:
        id: a name that stays the same between versions.
        name: what the result is meant to be.
        wrong: code that mixes samples or steps.
        right: code that gives what is meant.
    """

    id: str
    name: str
    wrong: str
    right: str


def scrambles(settings: Settings, sizes: InputSizes) -> tuple[Scramble, ...]:
    """List the reshapes that are commonly written wrong, with the right code beside each.

    Args:
        settings: the module.
        sizes: its input.

    Returns:
        Two or three pairs of expressions, in which sizes stand as numbers. There are none for
        unbatched input, which has no samples to mix.

    Source: torch documentation, ``torch.nn.LSTM``, the note on splitting the directions,
    whose ``view`` is meant for ``batch_first=False``.

    >>> settings = Settings(4, 3, num_layers=2, batch_first=True, bidirectional=True)
    >>> for scramble in scrambles(settings, InputSizes(seq_len=5, batch_size=3)):
    ...     print(scramble.wrong, "|", scramble.right)
    h_n.view(3, -1) | h_n.transpose(0, 1).reshape(3, -1)
    out.reshape(5, 3, 2, 3) | out.transpose(0, 1).reshape(5, 3, 2, 3)
    h_n.view(2, 3, 6) | h_n.view(2, 2, 3, 3).transpose(1, 2).reshape(2, 3, 6)
    """
    return tuple(_scrambles(settings, sizes))


def _scrambles(settings: Settings, sizes: InputSizes) -> Iterator[Scramble]:
    samples, steps = sizes.batch_size, sizes.seq_len
    if samples is None:
        return
    layers, directions, width = settings.num_layers, settings.num_directions, settings.h_out
    yield Scramble(
        "rows",
        "one row per sample, made of all rows of h_n",
        f"h_n.view({samples}, -1)",
        f"h_n.transpose(0, 1).reshape({samples}, -1)",
    )
    wanted = (steps, samples) if settings.batch_first else (samples, steps)
    axes = ", ".join(map(str, (*wanted, directions, width)))
    yield Scramble(
        "out",
        "time first, with the directions apart"
        if settings.batch_first
        else "batch first, with the directions apart",
        f"out.reshape({axes})",
        f"out.transpose(0, 1).reshape({axes})",
    )
    if settings.bidirectional:
        joined = f"{layers}, {samples}, {directions * width}"
        yield Scramble(
            "decoder",
            "both directions side by side, for a decoder",
            f"h_n.view({joined})",
            f"h_n.view({layers}, {directions}, {samples}, {width})"
            f".transpose(1, 2).reshape({joined})",
        )


def scramble_claims(run: Run) -> dict[str, tuple[Claim, ...]]:
    """Evaluate on a run whether the wrong and the right code give the same tensor.

    Args:
        run: from :func:`~lstm_shapes.run`.

    Returns:
        By id of the scramble, the claims about it; none for a run without samples.

    >>> from lstm_shapes import run
    >>> made = run(Settings(4, 3, bidirectional=True), InputSizes(seq_len=5, batch_size=2))
    >>> for claim in scramble_claims(made)["rows"]:
    ...     print(claim.holds, claim.statement)
    False h_n.view(2, -1) == h_n.transpose(0, 1).reshape(2, -1)
    """
    if run.out.numel() == 0:
        return {}
    return run.kept(
        "scramble claims",
        lambda: {each.id: tuple(_claims(run, each)) for each in scrambles(run.settings, run.sizes)},
    )


def _claims(run: Run, scramble: Scramble) -> Iterator[Claim]:
    same = torch.equal(evaluate(run, parse(scramble.wrong)), evaluate(run, parse(scramble.right)))
    yield Claim(
        f"scramble-{scramble.id}",
        f"{scramble.wrong} == {scramble.right}",
        same,
        _why(run, scramble, same),
        mistake=True,
    )
    if scramble.id == "out":
        viewed = scramble.wrong.replace("reshape", "view")
        refused = _refusal(run, viewed)
        yield Claim(
            "view-refused",
            f"{viewed} is refused",
            bool(refused),
            refused or "out lies in memory so that view mixes as silently as reshape",
            mistake=True,
        )


def _why(run: Run, scramble: Scramble, same: bool) -> str:
    if not same:
        return (
            "the shape is the same and there is no error, but the elements come from other samples "
            "or steps"
        )
    one = run.sizes.batch_size == 1
    if one or (scramble.id == "out" and run.sizes.seq_len == 1):
        return "with one sample or one step there is nothing to mix"
    if scramble.id == "rows" and run.h_n.shape[0] == 1:
        return "h_n has a single row, in which the samples stand in order"
    return COINCIDENCE


def _refusal(run: Run, code: str) -> str:
    """Why torch refuses an expression; empty if torch evaluates it."""
    try:
        evaluate(run, parse(code))
    except ExpressionError as error:
        return f"torch says: {error.problem}"
    return ""
