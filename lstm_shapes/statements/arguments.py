"""Where dropout acts, shown by running a module in train() and in eval()."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import Tensor
from torch.nn.functional import dropout
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from lstm_shapes.formula.arguments import SHOWN_DROPOUT
from lstm_shapes.live.run import Run
from lstm_shapes.live.terms import own_terms, seeded
from lstm_shapes.live.variants import layer_runs, with_dropout
from lstm_shapes.statements.claim import Claim, recomputed


def dropout_claims(run: Run) -> tuple[Claim, ...]:
    """Where dropout acts and where it does not, on the run's module and input.

    The module is run in train(), on the CPU, with the settings' dropout, or 0.5 if that is 0.

    Returns:
        Nothing for a run without samples.

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
            f"a single layer has none above it, and nothing is dropped{_warned(run)}",
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
        "it acts on what layer 0 hands up, after its cells",
    )
    by_hand, note = recomputed(_between_layers(run, p), one.out, one)
    yield Claim(
        "dropout-by-hand",
        "dropping by hand between the layers, and not after the last, gives the same out",
        by_hand,
        f"the layers run one by one, nn.functional.dropout between them, from the same seed{note}",
    )
    last = layer_runs(run)[-1]
    on_zeros = replace(last, input=torch.zeros_like(last.input))
    alone = with_dropout(on_zeros, 0.0, training=False)
    same, note = recomputed(with_dropout(run, 1.0).out, alone.out, alone)
    yield Claim(
        "dropout-all",
        "with dropout=1 out is that of the last layer run on zeros",
        same,
        f"everything was dropped between the layers, and nothing of out{note}",
    )


def _warned(run: Run) -> str:
    """What torch said of it when the module was built."""
    return "".join(f"; torch warns: {remark}" for remark in run.remarks if "dropout" in remark)


def _why_twice(same: bool, p: float) -> str:
    if p == 1:
        return "with dropout=1 everything is dropped, each time"
    if same:
        return "this time the same elements were dropped, or none"
    return "other elements are dropped each time, between the layers"


def _between_layers(run: Run, p: float) -> Tensor:
    """Out of the layers run one by one on the CPU, with dropout between them."""
    *lower, last = layer_runs(run)
    x = run.input.to("cpu")
    # The seed of the call that this is held against; the layers themselves draw nothing.
    with own_terms("cpu"), seeded(0):
        for layer in lower:
            x = _dropped(with_dropout(replace(layer, input=x), 0.0, training=False), p)
    return with_dropout(replace(last, input=x), 0.0, training=False).out


def _dropped(layer: Run, p: float) -> Tensor:
    """What a layer hands up in train(); where it is packed, only steps that are read count."""
    if layer.sizes.lengths is None:
        return dropout(layer.out, p, training=True)
    first, lengths = layer.settings.batch_first, list(layer.sizes.lengths)
    packed = pack_padded_sequence(layer.out, lengths, first, enforce_sorted=False)
    handed = packed._replace(data=dropout(packed.data, p, training=True))
    return pad_packed_sequence(handed, first, total_length=layer.sizes.seq_len)[0]
