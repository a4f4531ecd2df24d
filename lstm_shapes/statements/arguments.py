"""Statements about where dropout acts and what batch_first moves, evaluated by running a module.

What the other arguments change follows from the shapes, and is computed by
``formula.arguments``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import Tensor
from torch.nn.functional import dropout
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from lstm_shapes.formula.arguments import SHOWN_DROPOUT
from lstm_shapes.live.axes import as_returned, steps_first
from lstm_shapes.live.layers import layer_runs
from lstm_shapes.live.run import Run, called_again
from lstm_shapes.live.terms import own_terms, seeded
from lstm_shapes.live.variants import with_dropout
from lstm_shapes.statements.claim import Claim, recomputed


def batch_first_claims(run: Run) -> tuple[Claim, ...]:
    """Evaluate that batch_first moves axes of input and out, and changes no number.

    A module with the same weights and the other batch_first is called on the same input with its
    first two axes exchanged; unbatched, on the same input as it is.

    Args:
        run: from :func:`~lstm_shapes.run`.

    Returns:
        Two claims; none for a run without samples.

    Source: torch documentation, ``torch.nn.LSTM``, "batch_first".

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2))
    >>> for claim in batch_first_claims(made):
    ...     print(claim.holds, claim.statement)
    True out with batch_first=True == out.transpose(0, 1)
    True h_n and c_n with batch_first=True == h_n and c_n
    """
    if run.out.numel() == 0:
        return ()
    return run.kept("batch_first claims", lambda: _moved(run))


def _moved(run: Run) -> tuple[Claim, Claim]:
    batched = run.sizes.batch_size is not None
    settings = replace(run.settings, batch_first=not run.settings.batch_first)
    x = run.input.transpose(0, 1).contiguous() if batched else run.input
    other = called_again(run, settings, x=x)
    back = other.out.transpose(0, 1) if batched else other.out
    same, note = recomputed(back, run.out, run)
    kept, kept_note = recomputed(other.h_n, run.h_n, run)
    states = "h_n"
    if run.c_n is not None and other.c_n is not None:
        states = "h_n and c_n"
        cells, cells_note = recomputed(other.c_n, run.c_n, run)
        kept, kept_note = kept and cells, kept_note or cells_note
    value = f"batch_first={settings.batch_first}"
    moved = "the weights and the input's numbers are the same, and only two axes changed places"
    return (
        Claim(
            "batch-first-out",
            f"out with {value} == out{'.transpose(0, 1)' if batched else ''}",
            same,
            f"{moved if batched else 'unbatched input has no batch axis that could move'}{note}",
        ),
        Claim(
            "batch-first-states",
            f"{states} with {value} == {states}",
            kept,
            f"batch_first concerns input and out; states have their axes in one order{kept_note}",
        ),
    )


def dropout_claims(run: Run) -> tuple[Claim, ...]:
    """Evaluate where dropout acts and where it does not, on the module and input of a run.

    The module is run again on the CPU in train(), with its own dropout, or with 0.5 if its
    dropout is 0.

    Args:
        run: from :func:`~lstm_shapes.run`.

    Returns:
        The claims; none for a run without samples.

    Source: torch documentation, ``torch.nn.LSTM``, "dropout".

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3, num_layers=2), InputSizes(seq_len=5, batch_size=2))
    >>> for claim in dropout_claims(made):
    ...     print(claim.holds, claim.statement)
    False train() gives the same out twice
    True eval() gives the same out as without dropout
    True rows of h_n of layer 0 are the same in train() as in eval()
    True dropping by hand between the layers, and not after the last, gives the same out
    True with dropout=1 out is that of the last layer run on zeros
    """
    if run.out.numel() == 0:
        return ()
    return run.kept("dropout claims", lambda: tuple(_claims(run)))


def _claims(run: Run) -> Iterator[Claim]:
    p = run.settings.dropout or SHOWN_DROPOUT
    one, other = (with_dropout(run, p, seed=seed) for seed in (0, 1))
    still = with_dropout(run, 0.0, training=False)
    if run.settings.num_layers == 1:
        yield Claim(
            "dropout-one-layer",
            "train() gives the same out as eval()",
            torch.equal(one.out, still.out),
            f"a single layer has no layer above it, so nothing is dropped{_warned(run)}",
        )
        return
    twice = torch.equal(one.out, other.out)
    yield Claim(
        "dropout-train",
        "train() gives the same out twice",
        twice,
        _why_twice(twice, p),
        mistake=True,
    )
    yield Claim(
        "dropout-eval",
        "eval() gives the same out as without dropout",
        torch.equal(with_dropout(run, p, training=False).out, still.out),
        f"dropout={p} does nothing in eval()",
    )
    rows = slice(0, run.settings.num_directions)
    yield Claim(
        "dropout-first-layer",
        "rows of h_n of layer 0 are the same in train() as in eval()",
        torch.equal(one.h_n[rows], still.h_n[rows]),
        "dropout acts on what layer 0 hands up, after its cells have computed h",
    )
    by_hand, note = recomputed(_between_layers(run, p), one.out, one)
    yield Claim(
        "dropout-by-hand",
        "dropping by hand between the layers, and not after the last, gives the same out",
        by_hand,
        "the layers were run one by one, with nn.functional.dropout between them, "
        f"and from the same seed{note}",
    )
    last = layer_runs(run)[-1]
    on_zeros = replace(last, input=torch.zeros_like(last.input))
    alone = with_dropout(on_zeros, 0.0, training=False)
    same, note = recomputed(with_dropout(run, 1.0).out, alone.out, alone)
    yield Claim(
        "dropout-all",
        "with dropout=1 out is that of the last layer run on zeros",
        same,
        f"everything is dropped between the layers, and nothing is dropped from out{note}",
    )


def _warned(run: Run) -> str:
    """The warning about dropout that torch gave when the module was built; empty if none."""
    return "".join(f"; torch warns: {remark}" for remark in run.remarks if "dropout" in remark)


def _why_twice(same: bool, p: float) -> str:
    if p == 1:
        return "with dropout=1 everything is dropped, each time"
    if same:
        return "this time the same elements were dropped, or none that count"
    return "in each call other elements are dropped between the layers"


def _between_layers(run: Run, p: float) -> Tensor:
    """Run the layers one by one on the CPU with dropout between them, and return out."""
    *lower, last = layer_runs(run)
    x = run.input.to("cpu")
    # The same seed as in the call that is compared; running a layer draws no random numbers.
    with own_terms("cpu"), seeded(0):
        for layer in lower:
            x = _dropped(with_dropout(replace(layer, input=x), 0.0, training=False), p)
    return with_dropout(replace(last, input=x), 0.0, training=False).out


def _dropped(layer: Run, p: float) -> Tensor:
    """Apply dropout to the out of a layer, as train() does before the next layer.

    Packed input has no padding, so random numbers are drawn only for steps that are read.
    """
    if layer.sizes.lengths is None:
        # Laid out in memory as inside the module, steps first: in torch 2.5 and 2.6, which elements
        # are dropped depends on that.
        steps = steps_first(layer.out, layer.settings, layer.sizes).contiguous()
        return as_returned(dropout(steps, p, training=True), layer.settings, layer.sizes)
    first, lengths = layer.settings.batch_first, list(layer.sizes.lengths)
    packed = pack_padded_sequence(layer.out, lengths, first, enforce_sorted=False)
    handed = packed._replace(data=dropout(packed.data, p, training=True))
    return pad_packed_sequence(handed, first, total_length=layer.sizes.seq_len)[0]
