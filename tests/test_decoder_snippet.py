"""The program of an encoder and its decoder runs as it stands, and gives the explorer's numbers."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
import torch

from lstm_shapes import InputSizes, Settings, run
from lstm_shapes.config import Combine, DecoderWidth
from lstm_shapes.decoder import combinations, decoder_settings, widths
from lstm_shapes.decoder_snippet import decoder_script
from lstm_shapes.formula.decoder import fits
from lstm_shapes.live.decoder import decoding
from lstm_shapes.statements.greedy import greedy_steps

BOTH = Settings(4, 3, num_layers=2, batch_first=True, bidirectional=True, dropout=0.5)
ENCODERS = {
    "two layers": (BOTH, InputSizes(5, 3)),
    "steps first": (replace(BOTH, batch_first=False), InputSizes(5, 3)),
    "lengths": (BOTH, InputSizes(5, 3, (3, 5, 2))),
    "one layer, one sample": (replace(BOTH, num_layers=1, dropout=0.0), InputSizes(1, 1)),
    "unbatched": (BOTH, InputSizes(5, None)),
    "proj_size": (replace(BOTH, proj_size=2), InputSizes(5, 2)),
    "proj_size, unbatched": (replace(BOTH, proj_size=2), InputSizes(5, None)),
    "GRU without bias": (replace(BOTH, kind="GRU", bias=False), InputSizes(5, 3)),
    "RNN with relu": (replace(BOTH, kind="RNN", nonlinearity="relu"), InputSizes(3, 2)),
    "one direction": (replace(BOTH, bidirectional=False, batch_first=False), InputSizes(5, 3)),
    "GRU, unbatched": (Settings(4, 3, kind="GRU"), InputSizes(5, None)),
}
FITTING = [
    (name, width, combine)
    for name, (encoder, _) in ENCODERS.items()
    for width, combine in product(widths(encoder), combinations(encoder))
    if fits(encoder, decoder_settings(encoder, width, 5), combine)
]


@pytest.mark.parametrize(("name", "width", "combine"), FITTING)
def test_the_program_runs_and_writes_the_same_tokens(
    name: str, width: DecoderWidth, combine: Combine, capsys: pytest.CaptureFixture[str]
) -> None:
    encoder, sizes = ENCODERS[name]
    program = decoder_script(encoder, sizes, 7, width, combine, 5)
    assert "lstm_shapes" not in program
    made = decoding(run(encoder, sizes, seed=7), width, combine, 5)
    assert made.run is not None
    names: dict[str, torch.Tensor] = {}
    exec(program, names)
    for code, state in zip(("h_0", "c_0"), made.states, strict=False):
        torch.testing.assert_close(names[code], state)
    torch.testing.assert_close(names["decoded"], made.run.out)
    written = greedy_steps(made).written
    expected = written[:, 0] if sizes.batch_size is None else written
    assert capsys.readouterr().out.strip() == str(expected)
