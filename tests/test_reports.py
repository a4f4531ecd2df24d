"""What people reported in public, reduced and run: each gets the right answer.

The numbers are those of the collection that the tests of this project started from. Each stands
for a kind, of which other tests generate more.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from lstm_shapes import (
    InputSizes,
    Settings,
    coverage,
    decoder_states,
    final_features,
    final_features_from_out,
    packed_order,
    pool_over_time,
    reverse_time,
    run,
    split_directions,
)
from lstm_shapes.errors import ArgumentError
from lstm_shapes.expression.grammar import parse
from lstm_shapes.statements.vectors import Reading, readings


def verdict(
    settings: Settings, sizes: InputSizes, code: str, sample: int = 0
) -> tuple[bool, str, tuple[str, ...]]:
    (found,) = readings(run(settings, sizes), [parse(code)], sample)
    assert isinstance(found, Reading), found
    return found.sound, found.verdict, found.axes


BOTH = Settings(4, 3, num_layers=2, bidirectional=True, batch_first=True)


def test_1_states_of_both_directions_joined_by_a_wrong_view() -> None:
    module = Settings(4, 3, bidirectional=True, batch_first=True)
    sound, says, axes = verdict(
        module, InputSizes(5, 3), "torch.cat([h_n[0], h_n[1]], 0).view(3, 6)"
    )
    assert (sound, says) == (
        False,
        "vector[0] has read samples 0, 1, so it is no longer one sample per row",
    )
    assert axes[0] == "direction × batch"
    h_n = torch.randn(2, 3, 3)
    right = torch.cat([h_n[0], h_n[1]], dim=-1).unsqueeze(0)
    assert torch.equal(decoder_states(h_n, bidirectional=True), right)


@pytest.mark.parametrize(("hidden_size", "samples"), [(8, 6), (6, 6), (3, 2), (3, 1)])
def test_13_rows_of_all_layers_taken_for_samples(hidden_size: int, samples: int) -> None:
    module = Settings(1, hidden_size, num_layers=2, batch_first=True)
    sound, says, axes = verdict(module, InputSizes(4, samples), f"h_n.view(-1, {hidden_size})")
    assert not sound
    if samples == 1:
        assert says == "no axis of it is the batch: its axes are (layer, features)"
    else:
        assert says == f"it has {2 * samples} rows, layer × batch, for {samples} samples"
        assert axes == ("layer × batch", "features")


@pytest.mark.parametrize(
    ("sizes", "says"),
    [
        (InputSizes(7, 1), "no axis of it is the batch: its axes are (seq)"),
        (InputSizes(1, 4), "it has no axis for the features"),
    ],
)
def test_17_squeeze_takes_an_axis_that_was_meant_to_stay(sizes: InputSizes, says: str) -> None:
    assert verdict(BOTH, sizes, "out.squeeze()[:, -1]")[:2] == (False, says)
    (refused,) = readings(run(BOTH, sizes), ["out.squeeze()[:, -1, :]"])
    assert "too many indices" in getattr(refused, "problem", "")


@pytest.mark.filterwarnings("ignore")
def test_19_a_quantized_module_has_read_who_knows_what() -> None:
    model = nn.Sequential(nn.Linear(4, 4), nn.LSTM(4, 3))
    quantized = torch.ao.quantization.quantize_dynamic(model, {nn.LSTM}, dtype=torch.qint8)
    x = torch.randn(5, 2, 4, requires_grad=True)
    with pytest.raises(ArgumentError, match="quantized"):
        coverage(quantized(x)[0], x)


def test_23_both_parts_of_what_a_module_returns() -> None:
    with pytest.raises(ArgumentError, match=r"give its part out, as in out, \(h_n, c_n\) = lstm"):
        split_directions(nn.LSTM(4, 3, bidirectional=True)(torch.randn(5, 2, 4)))  # type: ignore[arg-type]


def test_29_a_bridge_by_a_view() -> None:
    sound, says, _ = verdict(Settings(4, 2, num_layers=2), InputSizes(5, 3), "h_n.view(-1, 4)")
    assert (sound, says) == (
        False,
        "vector[0] has read samples 0, 1, so it is no longer one sample per row",
    )


def test_33_a_row_of_the_lower_layer() -> None:
    sound, says, _ = verdict(BOTH, InputSizes(5, 3), "torch.cat([h_n[2], h_n[1]], dim=1)")
    assert not sound
    assert says == "the backward half is of layer 0, not of the last layer"


def test_41_a_convolutions_axes_taken_for_steps_by_a_view() -> None:
    v = torch.randn(2, 3, 4, 5, requires_grad=True)  # (B, C, D, T)
    viewed, permuted = v.view(2, 5, 12), v.permute(0, 3, 1, 2).reshape(2, 5, 12)
    assert coverage(viewed[0, 0], v, together=(1, 2))[0].all()
    assert coverage(permuted[0, 0], v, together=(1, 2))[0].tolist() == [True, *[False] * 4]


def packed_not(bidirectional: bool) -> tuple[Tensor, Callable[..., Tensor]]:
    module = nn.LSTM(4, 3, batch_first=True, bidirectional=bidirectional)
    x = torch.randn(2, 5, 4)
    x[1, 3:] = 0
    return module(x)[0], lambda steps: module(x[1:, :steps])[0]


def test_45_a_padded_call_is_not_taken_for_a_packed_one() -> None:
    out, _ = packed_not(bidirectional=True)
    with pytest.raises(ArgumentError, match="pack_padded_sequence"):
        final_features_from_out(out, bidirectional=True, batch_first=True, lengths=[5, 3])
    out, alone = packed_not(bidirectional=False)
    final = final_features_from_out(out, bidirectional=False, batch_first=True, lengths=[5, 3])
    torch.testing.assert_close(final[1:], alone(3)[:, -1])


def test_50_a_cure_that_does_not_advise_what_was_given() -> None:
    assert packed_order([3, 5, 2], torch.tensor([1, 0, 2])).sorted_indices == (1, 0, 2)
    assert packed_order([3, 5, 2], np.array([1, 0, 2])).sorted_indices == (1, 0, 2)
    with pytest.raises(ArgumentError, match=r"use \[1, 0, 2\]"):
        packed_order([3, 5, 2], torch.tensor([0, 1, 2]))


def test_51_a_run_without_samples_has_no_sample() -> None:
    with pytest.raises(ArgumentError, match=r"batch_size=0 .*give a run of one sample or more"):
        readings(run(BOTH, InputSizes(5, 0)), [parse("h_n[-1]")])


def test_52_a_packed_sequence_is_no_final_state() -> None:
    packed = nn.utils.rnn.pack_padded_sequence(torch.randn(5, 2, 6), [5, 3])
    with pytest.raises(ArgumentError) as told:
        final_features(packed, bidirectional=True)  # type: ignore[arg-type]
    assert "the second thing that the module returns" in str(told.value)


def test_53_token_ids_are_not_reversed_along_the_samples() -> None:
    ids = torch.tensor([[1, 2, 3], [4, 5, 0]])
    with pytest.raises(ArgumentError, match="unsqueeze"):
        reverse_time(ids, batch_first=True)
    turned = reverse_time(ids.unsqueeze(-1), batch_first=True, lengths=[3, 2]).squeeze(-1)
    assert turned.tolist() == [[3, 2, 1], [5, 4, 0]]


@pytest.mark.parametrize("given", [("out[:, -1]",), (None,), (3,)])
def test_56_text_for_an_expression_is_read(given: tuple[object, ...]) -> None:
    made = run(BOTH, InputSizes(5, 3))
    if isinstance(given[0], str):
        (found,) = readings(made, given)  # type: ignore[arg-type]
        assert isinstance(found, Reading)
    else:
        with pytest.raises(ArgumentError, match="expression"):
            readings(made, given)  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", ["mean", "max", "sum", "last"])
def test_padding_is_pooled_over_by_no_one(mode: str) -> None:
    """What people write, and what is right: each sample alone, cut to its own steps."""
    torch.manual_seed(0)
    module = nn.LSTM(4, 3, batch_first=True)
    x, lengths = torch.randn(2, 5, 4), [5, 2]
    packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True)
    out, _ = nn.utils.rnn.pad_packed_sequence(module(packed)[0], batch_first=True)
    pooled = pool_over_time(
        out, bidirectional=False, batch_first=True, lengths=lengths, mode=mode  # type: ignore[arg-type]
    )  # fmt: skip
    for sample, length in enumerate(lengths):
        own = module(x[sample : sample + 1, :length])[0][0]
        expected = {"mean": own.mean(0), "max": own.amax(0), "sum": own.sum(0), "last": own[-1]}
        torch.testing.assert_close(pooled[sample], expected[mode])
