"""Where dropout acts, shown by running a module in train() and in eval()."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import Tensor

from lstm_shapes.again import with_dropout
from lstm_shapes.effects import SHOWN_DROPOUT
from lstm_shapes.evaluation import COINCIDENCE, Claim, recomputed
from lstm_shapes.live import Run, layer_by_layer


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
    False out has dropped elements, zeros, in train()
    True with dropout=1 out is that of the last layer run on zeros
    """
    return tuple(_claims(run)) if run.out.numel() else ()


def _claims(run: Run) -> Iterator[Claim]:
    p = run.settings.dropout or SHOWN_DROPOUT
    one, other = (with_dropout(run, p, seed=seed) for seed in (0, 1))
    still = with_dropout(run, 0.0, training=False)
    if run.settings.num_layers == 1:
        yield Claim(
            "dropout-one-layer",
            "train() gives the same out as eval()",
            torch.equal(one.out, still.out),
            "a single layer has no layer above it: torch warns, and drops nothing",
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
        "it acts on what layer 0 hands up, behind its cells",
    )
    yield from _behind_the_last(run, one.out, p)


def _behind_the_last(run: Run, out: Tensor, p: float) -> Iterator[Claim]:
    read = out
    if run.sizes.lengths is not None:
        behind = torch.arange(run.sizes.seq_len) >= torch.tensor(run.sizes.lengths).unsqueeze(1)
        read = out[~(behind if run.settings.batch_first else behind.t())]
    zeros = int((read == 0).sum())
    yield Claim(
        "dropout-last-layer",
        "out has dropped elements, zeros, in train()",
        zeros > 0,
        f"{zeros} of {read.numel()} elements are zero: it does not act behind the last layer",
        mistake=True,
    )
    last = layer_by_layer(run)[-1]
    on_zeros = replace(last, input=torch.zeros_like(last.input))
    alone = with_dropout(on_zeros, 0.0, training=False)
    same, note = recomputed(with_dropout(run, 1.0).out, alone.out, alone)
    yield Claim(
        "dropout-all",
        "with dropout=1 out is that of the last layer run on zeros",
        same,
        f"everything was dropped between the layers, and nothing of out{note}",
    )


def _why_twice(same: bool, p: float) -> str:
    if p == 1:
        return "with dropout=1 everything is dropped, each time"
    return COINCIDENCE if same else "other elements are dropped each time, between the layers"
