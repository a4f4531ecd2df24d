from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from torch import Tensor
from torch.nn.utils.rnn import pack_sequence

from lstm_shapes import (
    ArgumentError,
    ArgumentTypeError,
    InputSizes,
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


def test_lengths_may_be_a_tensor(out: Tensor) -> None:
    lengths = torch.tensor([5, 2])
    by_list = reverse_time(out, batch_first=True, lengths=[5, 2])
    assert torch.equal(reverse_time(out, batch_first=True, lengths=lengths), by_list)


OPERATIONS: list[Callable[[Tensor], Tensor]] = [
    lambda x: merge_directions(*split_directions(x), "max"),
    lambda x: decoder_states(x, bidirectional=True),
    lambda x: final_features(x, bidirectional=True),
    lambda x: reverse_time(x, batch_first=True, lengths=[5, 2]),
    lambda x: final_features_from_out(x, bidirectional=True, batch_first=True, lengths=[5, 2]),
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


PACKED = pack_sequence([torch.zeros(2, 6), torch.zeros(1, 6)])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: split_directions(torch.zeros(2, 5)),
            "out=(2, 5) has 5 features, an odd number: "
            "give the output of a bidirectional module, (..., 2·H_out)",
        ),
        (
            lambda: split_directions(PACKED),
            "out='PackedSequence' is no tensor: "
            "give a tensor, from torch.nn.utils.rnn.pad_packed_sequence",
        ),
        (
            lambda: split_directions([[1.0, 2.0]]),
            "out='list' is no tensor: give a tensor",
        ),
        (
            lambda: merge_directions(torch.zeros(2, 3), torch.zeros(3, 3)),
            "backward=(3, 3) does not match forward, (2, 3): give both halves of the same output",
        ),
        (
            lambda: merge_directions(torch.zeros(2, 3), torch.zeros(2, 3), "avg"),
            "mode='avg' is not known: use one of ('concat', 'sum', 'mean', 'max')",
        ),
        (
            lambda: states_by_layer(torch.zeros(3, 2, 4), bidirectional=True),
            "state=(3, 2, 4) has 3 rows: give h_n or c_n, whose first axis is 2·num_layers",
        ),
        (
            lambda: decoder_states(torch.zeros(4), bidirectional=True),
            "state=(4,) has 1 axes: give a tensor of 2 or 3 axes",
        ),
        (
            lambda: reverse_time(torch.zeros(2, 5, 3), batch_first=True, lengths=[5, 6]),
            "lengths[1]=6 is too large: use 5 or less",
        ),
        (
            lambda: reverse_time(torch.zeros(2, 5, 3), batch_first=False, lengths=[2, 1]),
            "lengths=(2, 1) has 2 entries for batch_size=5: give one length per sample",
        ),
        (
            lambda: final_features_from_out(
                torch.zeros(5, 6), bidirectional=True, batch_first=True, lengths=[5]
            ),
            "lengths=(5,) needs samples: give batch_size=1 or more",
        ),
        (
            lambda: reverse_time(torch.zeros(2, 5, 3), batch_first=True, lengths=torch.tensor(5)),
            "lengths=5 is of type int: give one int per sample, as in [5, 3, 2]",
        ),
        (
            lambda: final_features_from_out(
                torch.zeros(2, 0, 6), bidirectional=True, batch_first=True
            ),
            "out=(2, 0, 6) has no steps: give one step or more",
        ),
    ],
)
def test_what_does_not_fit_is_refused_in_words(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        call()
    assert str(caught.value) == message
    of_type = "is no tensor" in message or "is of type" in message
    assert isinstance(caught.value, ArgumentTypeError) == of_type


def test_batch_first_cannot_be_forgotten(out: Tensor) -> None:
    with pytest.raises(TypeError, match="batch_first"):
        reverse_time(out)
    with pytest.raises(TypeError, match="batch_first"):
        final_features_from_out(out, bidirectional=True)
