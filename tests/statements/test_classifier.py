"""The widely read classifier: what it returns as written, and what the repaired one has read."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lstm_shapes import InputSizes, Settings
from lstm_shapes.config import Kind
from lstm_shapes.formula.budget import READING
from lstm_shapes.statements.classifier import AsWritten, Repaired, classifier_results, too_large


@hypothesis_settings(max_examples=25, deadline=None)
@given(st.integers(1, 4), st.integers(1, 5), st.integers(1, 6), st.integers(1, 4))
def test_as_written_it_takes_the_batch_for_time(
    samples: int, steps: int, hidden: int, features: int
) -> None:
    findings = classifier_results(Settings(features, hidden), InputSizes(steps, samples))
    assert [finding.version for finding in findings].count("repaired") == len(findings) // 2 == 4
    for finding in findings:
        rows = finding.num_layers * (1 + finding.bidirectional)
        first = (finding.num_layers, finding.bidirectional)
        if finding.version == "repaired":
            assert finding.shape == (samples, 1)
            assert finding.right, first
            continue
        # One probability a step instead of one a sample, and an axis for the rows.
        assert finding.shape == ((steps, 1) if rows == 1 else (rows, steps, 1))
        # Step 0 of every sample instead of every step of sample 0.
        read = {
            (i, t) for i, each in enumerate(finding.read) for t, seen in enumerate(each) if seen
        }
        assert read == {(i, 0) for i in range(samples)}
        assert finding.right == (rows == 1 and samples == steps == 1)


def test_where_batch_and_time_are_as_long_not_even_the_shape_tells() -> None:
    finding = classifier_results(Settings(4, 3), InputSizes(seq_len=3, batch_size=3))[0]
    assert (finding.version, finding.shape) == ("as written", (3, 1))
    assert not finding.right


def test_unbatched_counts_as_one_sample_and_none_as_nothing_to_run() -> None:
    shapes = {each.shape for each in classifier_results(Settings(4, 3), InputSizes(5, None))}
    assert shapes == {(5, 1), (1, 1), (2, 5, 1), (4, 5, 1)}
    assert classifier_results(Settings(4, 3), InputSizes(5, 0)) == ()


MOST = READING.cell_steps // 4  # of two layers and directions


@pytest.mark.parametrize("kind", ["LSTM", "RNN"])
@pytest.mark.parametrize(
    ("steps", "samples", "needed"),
    [
        (MOST, 1, 0),
        (MOST + 1, 1, MOST + 1),
        (1, MOST, 0),
        (1, MOST + 1, MOST + 1),
        (MOST, None, 0),
        (MOST + 1, None, MOST + 1),
        (1, 12000, 12000),
        (2, 0, 0),
    ],
)
def test_many_samples_are_as_much_too_large_as_many_steps(
    steps: int, samples: int | None, needed: int, kind: Kind
) -> None:
    refusal = too_large(Settings(1, 1, kind=kind), InputSizes(steps, samples))
    told = f"needs {4 * needed:,} cell steps (limit {READING.cell_steps})"
    assert refusal == (told if needed else "")


@given(st.integers(1, 400), st.integers(1, 400), st.integers(1, 400))
def test_which_axis_is_long_is_no_matter(steps: int, samples: int, hidden: int) -> None:
    module = Settings(4, hidden)
    one, other = InputSizes(steps, samples), InputSizes(samples, steps)
    assert bool(too_large(module, one)) == bool(too_large(module, other))


def test_the_repaired_one_learns_what_the_other_cannot() -> None:
    """Whether a sequence's first feature sums above zero: only who reads it whole can say."""
    torch.manual_seed(0)
    x = torch.randn(64, 6, 2)
    y = (x[..., 0].sum(1, keepdim=True) > 0).float()
    model = Repaired(2, 8, 1, bidirectional=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(60):
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
    assert ((model(x) > 0.5) == y.bool()).float().mean() > 0.9
    # As written there is no prediction a sample to be compared with.
    assert AsWritten(2, 8, 1, bidirectional=True)(x).shape == (2, 6, 1)


def test_the_users_random_state_is_left_alone() -> None:
    state = torch.get_rng_state()
    one, other = (classifier_results(Settings(4, 3), InputSizes(5, 2), seed=7) for _ in range(2))
    assert one == other
    assert torch.equal(torch.get_rng_state(), state)
