from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import assume, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from lstm_shapes import (
    ArgumentError,
    InputSizes,
    Run,
    Settings,
    decoder_states,
    final_features,
    final_features_from_out,
    merge_directions,
    reverse_time,
    run,
    split_directions,
    states_by_layer,
)
from lstm_shapes.live.variants import unpacked, with_states
from tests.strategies import settings, sizes


@pytest.fixture
def out() -> Tensor:
    return torch.arange(2 * 5 * 6, dtype=torch.float32).reshape(2, 5, 6)


def test_split_and_concat_undo_each_other_and_split_copies_nothing(out: Tensor) -> None:
    forward, backward = split_directions(out)
    assert forward.tolist() == out[..., :3].tolist()
    assert backward.tolist() == out[..., 3:].tolist()
    assert torch.equal(merge_directions(forward, backward), out)
    forward.zero_()
    assert not out[..., :3].any()


@pytest.mark.parametrize(
    ("mode", "expected"), [("sum", [4.0, 1.0]), ("mean", [2.0, 0.5]), ("max", [3.0, 3.0])]
)
def test_merging_is_element_by_element(mode: Any, expected: list[float]) -> None:
    merged = merge_directions(torch.tensor([[1.0, 3.0]]), torch.tensor([[3.0, -2.0]]), mode)
    assert merged.tolist() == [expected]


@hypothesis_settings(max_examples=300, deadline=None)
@given(settings(), sizes())
def test_every_row_of_the_states_is_where_its_layer_and_direction_say(
    module: Settings, asked: InputSizes
) -> None:
    made = run(module, asked)
    states = states_by_layer(made.h_n, bidirectional=module.bidirectional)
    for row in range(made.h_n.shape[0]):
        layer, direction = divmod(row, module.num_directions)
        assert torch.equal(states[layer, direction], made.h_n[row])
        wide = decoder_states(made.h_n, bidirectional=module.bidirectional)[layer]
        half = slice(direction * module.h_out, (direction + 1) * module.h_out)
        assert torch.equal(wide[..., half], made.h_n[row])


@hypothesis_settings(max_examples=300, deadline=None)
@given(settings(), sizes())
def test_reversing_goes_by_each_samples_length_and_undoes_itself(
    module: Settings, asked: InputSizes
) -> None:
    x = run(module, asked).input
    first = module.batch_first
    flipped = reverse_time(x, batch_first=first, lengths=asked.lengths)
    assert torch.equal(reverse_time(flipped, batch_first=first, lengths=asked.lengths), x)
    if asked.batch_size is None:
        assert flipped.tolist() == x.tolist()[::-1]
        return
    before, after = (t if first else t.transpose(0, 1) for t in (x, flipped))
    for sample, length in enumerate(asked.lengths or [asked.seq_len] * asked.batch_size):
        steps = before[sample].tolist()
        assert after[sample].tolist() == steps[:length][::-1] + steps[length:]


@hypothesis_settings(max_examples=300, deadline=None)
@given(settings(), sizes())
def test_final_features_are_the_last_state_of_each_direction(
    module: Settings, asked: InputSizes
) -> None:
    made = run(module, asked)
    both = module.bidirectional
    expected = torch.cat([made.h_n[-2], made.h_n[-1]], dim=-1) if both else made.h_n[-1]
    assert torch.equal(final_features(made.h_n, bidirectional=both), expected)
    from_out = final_features_from_out(
        made.out, bidirectional=both, batch_first=module.batch_first, lengths=asked.lengths
    )
    assert torch.equal(from_out, expected)


def sample_alone(made: Run, sample: int) -> Tensor:
    """The final h of one sample, run by itself and cut to its length."""
    assert made.sizes.batch_size is not None
    x = made.input.select(0 if made.settings.batch_first else 1, sample)
    length = made.sizes.lengths[sample] if made.sizes.lengths else made.sizes.seq_len
    with torch.no_grad():
        _, final = made.module(x[:length])
    h_n = final[0] if made.settings.kind == "LSTM" else final
    return torch.cat(h_n[-made.settings.num_directions :].unbind(), dim=-1)


@hypothesis_settings(max_examples=300, deadline=None)
@given(settings(), sizes(), st.booleans())
def test_no_vector_that_has_read_padding_is_given_in_silence(
    module: Settings, asked: InputSizes, packed: bool
) -> None:
    assume(asked.batch_size)
    lengths = asked.lengths or [asked.seq_len] * asked.batch_size
    made = run(module, replace(asked, lengths=lengths))
    out = made.out if packed else unpacked(made).out
    has_padding = min(lengths) < asked.seq_len
    flags = {"bidirectional": module.bidirectional, "batch_first": module.batch_first}
    if has_padding and module.bidirectional and not packed:
        with pytest.raises(ArgumentError, match="as a backward half has that read padding: pack"):
            final_features_from_out(out, **flags, lengths=lengths)
        return
    final = final_features_from_out(out, **flags, lengths=lengths)
    for sample in range(asked.batch_size):
        torch.testing.assert_close(final[sample], sample_alone(made, sample))


@pytest.mark.parametrize("value", [0.0, 7.0, -1.0, math.inf, -math.inf, math.nan])
def test_any_number_is_taken_for_the_padding_of_a_packed_call(value: float) -> None:
    lstm, lengths = torch.nn.LSTM(4, 3, batch_first=True, bidirectional=True), [2, 5, 1]
    packed = pack_padded_sequence(torch.randn(3, 5, 4), lengths, True, enforce_sorted=False)
    out, (h_n, _) = lstm(packed)
    padded, _ = pad_packed_sequence(out, True, padding_value=value)
    final = final_features_from_out(padded, bidirectional=True, batch_first=True, lengths=lengths)
    assert torch.equal(final, final_features(h_n, bidirectional=True))


@hypothesis_settings(max_examples=100, deadline=None)
@given(settings(), st.sampled_from(["concat", "sum", "mean", "max"]), st.none() | st.integers(1, 4))
def test_joined_states_start_a_real_decoder(
    module: Settings, mode: Any, batch_size: int | None
) -> None:
    made = run(module, InputSizes(5, batch_size))
    both, layers = module.bidirectional, module.num_layers
    joined = [
        decoder_states(state, bidirectional=both, mode=mode)
        for state in (made.h_n, made.c_n)
        if state is not None
    ]
    for state, given_state in zip(joined, (made.h_n, made.c_n), strict=False):
        assert state.is_contiguous()
        for layer in range(layers):
            rows = given_state[layer * module.num_directions :][: module.num_directions].tolist()
            expected = torch.tensor([by_hand(mode, *pair) for pair in samples_of(rows, batch_size)])
            torch.testing.assert_close(state[layer].reshape(expected.shape), expected)
    projected = module.proj_size and joined[0].shape[-1]
    decoder = replace(
        module, hidden_size=joined[-1].shape[-1], proj_size=projected, bidirectional=False
    )
    started = with_states(run(decoder, InputSizes(5, batch_size)), joined)
    assert started.h_n.shape == joined[0].shape


def samples_of(rows: Any, batch_size: int | None) -> Any:
    """For each sample its row of each direction."""
    return zip(*(rows if batch_size is not None else [[row] for row in rows]), strict=True)


def by_hand(mode: str, *rows: list[float]) -> list[float]:
    """One sample's rows joined by plain Python."""
    if mode == "concat":
        return [each for row in rows for each in row]
    joined = {"sum": sum, "max": max, "mean": lambda pair: sum(pair) / len(pair)}[mode]
    return [joined(pair) for pair in zip(*rows, strict=True)]


def test_lengths_may_be_a_tensor(out: Tensor) -> None:
    lengths = torch.tensor([5, 2])
    by_list = reverse_time(out, batch_first=True, lengths=[5, 2])
    assert torch.equal(reverse_time(out, batch_first=True, lengths=lengths), by_list)


def cut(x: Tensor) -> Tensor:
    """x with the padding of a packed call whose lengths are 5 and 2."""
    x = x.clone()
    x[1, 2:] = 0
    return x


OPERATIONS: list[Callable[[Tensor], Tensor]] = [
    lambda x: merge_directions(*split_directions(x), "max"),
    lambda x: decoder_states(x, bidirectional=True),
    lambda x: final_features(x, bidirectional=True),
    lambda x: reverse_time(x, batch_first=True, lengths=[5, 2]),
    lambda x: final_features_from_out(cut(x), bidirectional=True, batch_first=True, lengths=[5, 2]),
    *(
        lambda x, mode=mode: decoder_states(x, bidirectional=True, mode=mode)
        for mode in ("sum", "max")
    ),
]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_gradients_pass_through(operation: Callable[[Tensor], Tensor]) -> None:
    x = torch.randn(2, 5, 6, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(operation, x)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64, torch.int64])
@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_dtype_and_device_are_kept(
    operation: Callable[[Tensor], Tensor], dtype: torch.dtype, device: str
) -> None:
    x = torch.arange(2 * 5 * 6).reshape(2, 5, 6).to(device, dtype)
    assert operation(x).dtype == dtype
    assert operation(x).device.type == device


def test_non_contiguous_states_are_taken() -> None:
    state = torch.arange(24.0).reshape(3, 2, 4).permute(2, 1, 0)
    assert torch.equal(states_by_layer(state, bidirectional=True)[1, 0], state[2])
    assert decoder_states(state, bidirectional=True).is_contiguous()
    assert decoder_states(state, bidirectional=False).is_contiguous()


def test_batch_first_cannot_be_forgotten(out: Tensor) -> None:
    with pytest.raises(TypeError, match="batch_first"):
        reverse_time(out)
    with pytest.raises(TypeError, match="batch_first"):
        final_features_from_out(out, bidirectional=True)
