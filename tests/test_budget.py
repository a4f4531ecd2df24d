from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings

from lstm_shapes import InputSizes, Limits, OverBudget, Settings, estimate, run
from lstm_shapes.budget import check, human_bytes
from tests.strategies import settings, sizes


@hypothesis_settings(max_examples=300, deadline=None)
@given(settings(), sizes())
def test_the_estimate_covers_every_tensor_of_the_run(module: Settings, asked: InputSizes) -> None:
    made = run(module, asked)
    tensors = [*made.tensors().values(), *made.module.parameters()]
    assert estimate(module, asked).bytes >= sum(t.numel() * t.element_size() for t in tensors)


def test_multiply_adds_and_cell_steps_count_what_is_read() -> None:
    module = Settings(4, 3, num_layers=2, bidirectional=True)
    whole = estimate(module, InputSizes(seq_len=5, batch_size=3))
    weights = 2 * 12 * (4 + 3) + 2 * 12 * (6 + 3)
    assert whole.multiply_adds == 5 * 3 * weights
    assert whole.cell_steps == 5 * 2 * 2
    packed = estimate(module, InputSizes(seq_len=5, batch_size=3, lengths=[5, 2, 1]))
    assert packed.multiply_adds == (5 + 2 + 1) * weights


@pytest.mark.parametrize(
    ("module", "asked", "message"),
    [
        (
            Settings(4, 100_000),
            InputSizes(5, 3),
            "needs 149 GiB (limit 64 MiB); "
            "needs 600,024,000,000 multiply-adds (limit 1,000,000,000)",
        ),
        (
            Settings(4, 3),
            InputSizes(100_000, None),
            "needs 100,000 cell steps (limit 4,000)",
        ),
    ],
)
def test_a_refusal_says_what_a_run_would_need(
    module: Settings, asked: InputSizes, message: str
) -> None:
    with pytest.raises(OverBudget) as caught:
        run(module, asked)
    assert str(caught.value) == message


def test_limits_can_be_raised_and_lowered() -> None:
    module, asked = Settings(4, 3), InputSizes(seq_len=4_001, batch_size=1)
    assert run(module, asked, limits=Limits(cell_steps=5_000)).out.shape == (4_001, 1, 3)
    with pytest.raises(OverBudget, match=r"needs 1\.\d KiB \(limit 100 B\)"):
        check(estimate(module, InputSizes(5, 3)), Limits(bytes=100))


def test_bytes_beyond_floats_are_written_out() -> None:
    assert human_bytes(10**400).endswith(" EiB")
    assert human_bytes(1023) == "1,023 B"
