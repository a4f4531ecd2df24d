from __future__ import annotations

import copy
import pickle
import re
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lstm_shapes import InputSizes, Limits, OverBudget, Settings, estimate, run
from lstm_shapes.formula.budget import check
from lstm_shapes.formula.numbers import human_bytes
from lstm_shapes.live.layers import layer_runs
from lstm_shapes.statements.directions import direction_claims
from tests.strategies import settings, sizes


@hypothesis_settings(max_examples=300, deadline=None)
@given(settings(), sizes())
def test_the_estimate_covers_every_tensor_of_the_run(module: Settings, asked: InputSizes) -> None:
    made = run(module, asked)
    tensors = [*made.tensors().values(), *made.module.parameters()]
    tensors += [layer.out for layer in layer_runs(made)[:-1]]
    held = sum(t.numel() * t.element_size() for t in tensors)
    # Beside what is held there are initial states and one layer's gates.
    assert held <= estimate(module, asked).bytes <= 8 * held


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
            "needs 600,024,000,000 multiply-adds (limit 1,000,000,000); "
            "needs 6,000,000 gate values (limit 5,000,000): use smaller sizes, or "
            "limits=Limits(bytes=160_044_400_240, multiply_adds=600_024_000_000, "
            "gate_values=6_000_000)",
        ),
        (
            Settings(4, 3, num_layers=65),
            InputSizes(5, 3),
            "needs 65 cells (limit 64): use smaller sizes, or limits=Limits(cells=65)",
        ),
        (
            Settings(4, 3),
            InputSizes(100_000, None),
            "needs 100,000 cell steps (limit 4,000): "
            "use at most 4,000 steps, or limits=Limits(cell_steps=100_000)",
        ),
    ],
)
def test_a_refusal_says_what_a_run_would_need(
    module: Settings, asked: InputSizes, message: str
) -> None:
    with pytest.raises(OverBudget) as caught:
        run(module, asked)
    assert str(caught.value) == message
    assert caught.value.limits == Limits()
    assert caught.value.cost == estimate(module, asked)
    assert f"{caught.value.excess}: {caught.value.cure}" == message
    for again in (pickle.loads(pickle.dumps(caught.value)), copy.deepcopy(caught.value)):
        assert (str(again), again.cost) == (message, caught.value.cost)


few = st.builds(
    Limits,
    bytes=st.integers(0, 9_000),
    multiply_adds=st.integers(0, 9_000),
    gate_values=st.integers(0, 900),
    cell_steps=st.integers(0, 40),
    cells=st.integers(0, 5),
)


@hypothesis_settings(max_examples=300, deadline=None)
@given(settings(), sizes(), few | st.just(Limits()))
def test_the_cure_of_a_refusal_is_enough(module: Settings, asked: InputSizes, few: Limits) -> None:
    asked = replace(asked, seq_len=100 * asked.seq_len)
    try:
        check(estimate(module, asked), few)
    except OverBudget as refusal:
        raised = eval(refusal.cure.partition("limits=")[2], {"Limits": Limits})
        check(refusal.cost, raised)
        if steps := re.search(r"at most ([\d,]+) step", refusal.cure):
            lengths = asked.lengths
            fewer = int(steps[1].replace(",", ""))
            assert fewer < asked.seq_len
            lengths = lengths and [min(length, fewer) for length in lengths]
            check(estimate(module, InputSizes(fewer, asked.batch_size, lengths)), few)
    else:
        assert all(getattr(estimate(module, asked), each) <= few for each, few in vars(few).items())


AT_THE_LIMIT = [
    (Settings(1, 1, num_layers=64), InputSizes(62, 1)),
    (Settings(1, 1, num_layers=32, bidirectional=True, kind="GRU"), InputSizes(62, 400)),
    (Settings(4, 3, bidirectional=True, proj_size=2), InputSizes(2_000, 3)),
    (Settings(256, 256, bidirectional=True), InputSizes(40, 20)),
    (Settings(1_000, 1_600), InputSizes(1, 1)),
    (Settings(900_000, 1, bidirectional=True), InputSizes(1, 6, [1] * 6)),
]


@pytest.mark.parametrize(("module", "asked"), AT_THE_LIMIT)
def test_whatever_passes_the_limits_does_not_freeze_the_page(
    module: Settings, asked: InputSizes
) -> None:
    cost = estimate(module, asked)
    limits = Limits()
    used = {name: getattr(cost, name) / getattr(limits, name) for name in vars(limits)}
    assert max(used.values()) > 0.6, f"not at a limit: {used}"
    check(cost)
    began = time.perf_counter()
    assert direction_claims(run(module, asked))
    # Far from a measurement: what froze the page before there were such limits took minutes.
    assert time.perf_counter() - began < 20


def test_limits_can_be_raised_and_lowered() -> None:
    module, asked = Settings(4, 3), InputSizes(seq_len=4_001, batch_size=1)
    assert run(module, asked, limits=Limits(cell_steps=5_000)).out.shape == (4_001, 1, 3)
    with pytest.raises(OverBudget, match=r"needs 1\.\d KiB \(limit 100 B\)"):
        check(estimate(module, InputSizes(5, 3)), Limits(bytes=100))


def test_bytes_beyond_floats_are_written_out() -> None:
    assert human_bytes(10**400).endswith(" EiB")
    assert human_bytes(1023) == "1,023 B"
