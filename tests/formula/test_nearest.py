"""The nearest sizes: each is accepted, and the next larger one is not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lstm_shapes import InputSizes, Settings
from lstm_shapes.formula.budget import OverBudget, check, estimate
from lstm_shapes.formula.nearest import Nearest, nearest_sizes, with_size
from tests.strategies import settings

large = st.sampled_from([1, 3, 24, 130, 4_001, 100_000, 10**12])


def fits(module: Settings, asked: InputSizes) -> bool:
    try:
        check(estimate(module, asked))
    except OverBudget:
        return False
    return True


def changed(
    module: Settings, asked: InputSizes, found: Nearest, **others: int
) -> tuple[Settings, InputSizes]:
    for name, size in {**found.sizes, **others}.items():
        module, asked = with_size(module, asked, name, size)
    return module, asked


@hypothesis_settings(max_examples=200, deadline=None)
@given(settings(), large, large, large, st.one_of(st.none(), large), large)
def test_each_is_accepted_and_the_next_larger_is_not(
    module: Settings, read: int, hidden: int, steps: int, samples: int | None, layers: int
) -> None:
    for name, value in (("input_size", read), ("num_layers", layers)):
        module, _ = with_size(module, InputSizes(1, 1), name, value)
    if hidden > module.proj_size:
        module, _ = with_size(module, InputSizes(1, 1), "hidden_size", hidden)
    asked = InputSizes(steps, samples)
    found = nearest_sizes(module, asked)
    assert bool(found) != fits(module, asked)
    for each in found:
        assert fits(*changed(module, asked, each))
        assert fits(*changed(module, asked, each, **{each.searched: each.most}))
        assert not fits(*changed(module, asked, each, **{each.searched: each.most + 1}))
        chosen = each.sizes[each.searched]
        assert each.most / 1.1 < chosen <= each.most
        # Nothing else is touched where one argument is enough.
        assert len(each.sizes) == 1 or all(len(other.sizes) > 1 for other in found)


def test_lengths_are_cut_with_the_sizes_as_the_page_cuts_them() -> None:
    asked = InputSizes(100_000, 3, [100_000, 2, 90_000])
    (found,) = nearest_sizes(Settings(4, 3), asked)
    assert changed(Settings(4, 3), asked, found)[1] == InputSizes(4_000, 3, [4_000, 2, 4_000])


def test_a_projection_that_holds_hidden_size_up_leaves_nothing_to_offer() -> None:
    module = Settings(300, 8_192, proj_size=8_000)
    assert nearest_sizes(module, InputSizes(100_000, 64)) == ()
