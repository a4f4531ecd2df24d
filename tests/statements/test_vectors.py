"""What the usual vectors have read, and what labels say of an expression's axes."""

from __future__ import annotations

import contextlib
import io
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings

from lstm_shapes import ExpressionError, InputSizes, OverBudget, Run, Settings, run
from lstm_shapes.errors import ArgumentError
from lstm_shapes.expression.axes import axes_of, name_of
from lstm_shapes.expression.grammar import Expression, parse
from lstm_shapes.expression.labels import element_labels, labels_of_result
from lstm_shapes.expression.values import evaluate
from lstm_shapes.live.variants import with_gradients
from lstm_shapes.snippet import vector_script
from lstm_shapes.statements import padding
from lstm_shapes.statements.heads import linear_layer_for, usual_vectors
from lstm_shapes.statements.rows import Row
from lstm_shapes.statements.scrambled import scramble_claims, scrambles
from lstm_shapes.statements.vectors import Reading, readings
from tests.strategies import seeds, settings, sizes

BOTH = Settings(4, 3, num_layers=2, batch_first=True, bidirectional=True)
ASKED = InputSizes(seq_len=5, batch_size=3)
ONE = replace(BOTH, bidirectional=False)


def read(module: Settings, asked: InputSizes, code: str, sample: int = 0) -> Reading:
    (found,) = readings(run(module, asked), [parse(code)], sample)
    assert isinstance(found, Reading), found
    return found


def steps_read(reading: Reading) -> dict[str, list[tuple[int, int]]]:
    """By half every sample and step that was read."""
    return {
        half.part: [
            (i, t) for i, each in enumerate(half.read) for t, seen in enumerate(each) if seen
        ]
        for half in reading.halves
    }


ALL = [0, 1, 2, 3, 4]
FOUND: dict[str, tuple[list[int], list[int], str]] = {
    "out[:, -1]": (ALL, [4], "the backward half has read 1 of 5 steps"),
    "out[:, 0]": ([0], ALL, "the forward half has read 1 of 5 steps"),
    "torch.cat([h_n[-2], h_n[-1]], dim=-1)": (ALL, ALL, "both directions have read every step"),
    "h_n[-1]": ([], ALL, "the forward direction is not in it"),
    "out.mean(dim=1)": (ALL, ALL, "both directions have read every step"),
    "h_n.transpose(0, 1).flatten(1)": (ALL, ALL, "both directions have read every step"),
}


@pytest.mark.parametrize("code", list(FOUND))
@pytest.mark.parametrize("sample", [0, 2])
def test_what_each_half_of_the_usual_vectors_has_read(code: str, sample: int) -> None:
    forward, backward, verdict = FOUND[code]
    # One layer: in a stack the forward cell above has read all of x through the one below.
    found = read(replace(BOTH, num_layers=1), ASKED, code, sample)
    assert steps_read(found) == {
        "forward": [(sample, t) for t in forward],
        "backward": [(sample, t) for t in backward],
    }
    assert found.verdict == verdict
    assert found.sound == ("every step" in verdict)
    assert found.axes[0] == "batch"


def test_a_maximum_has_read_the_steps_that_won_and_is_no_mistake() -> None:
    module = replace(BOTH, num_layers=1)
    found = read(module, ASKED, "out.max(dim=1).values", sample=1)
    latest = run(module, ASKED).out[1, :, :3].max(0).indices.max()
    assert steps_read(found)["forward"] == [(1, t) for t in range(latest + 1)]
    assert found.sound
    assert found.verdict == (
        "every step took part; the filled ones are those that the result depends on here"
    )


@pytest.mark.parametrize("pooling", ["mean(dim=1)", "max(dim=1).values", "amax(1)", "sum(1)"])
def test_pooling_over_some_steps_is_not_taken_for_all(pooling: str) -> None:
    found = read(replace(BOTH, num_layers=1), ASKED, f"out[:, 1:3].{pooling}")
    assert not found.sound
    assert found.verdict.startswith("the forward half has read 3 of 5 steps")


@pytest.mark.parametrize(("sizes", "sample"), [(ASKED, 3), (ASKED, -1), (InputSizes(5, 0), 0)])
def test_a_sample_that_is_not_there_is_refused(sizes: InputSizes, sample: int) -> None:
    with pytest.raises(ArgumentError, match=r"sample=|batch_size=0 leaves no sample"):
        readings(run(BOTH, sizes), [parse("h_n[-1]")], sample)


def test_a_head_has_features_and_the_vectors_own_type() -> None:
    with pytest.raises(ArgumentError, match="out_features=0"):
        linear_layer_for(run(BOTH, ASKED), parse("h_n[-1]"), 0)
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        _, scores = linear_layer_for(run(BOTH, ASKED), parse("h_n[-1]"), 2)
    finally:
        torch.set_default_dtype(before)
    assert scores.dtype == torch.float32


def test_in_a_stack_the_last_layers_input_shows_what_x_hides() -> None:
    found = read(BOTH, ASKED, "out[:, -1]")
    # One step of a lower layer's output has read all of x.
    assert steps_read(found)["backward"] == [(0, t) for t in ALL]
    backward = found.halves[1].read_last
    assert backward is not None
    assert backward[0] == (False, False, False, False, True)
    assert found.verdict == "the backward half has read 1 of 5 steps of the last layer's input"
    assert read(replace(BOTH, num_layers=1), ASKED, "out[:, -1]").halves[1].read_last is None


def test_a_view_mixes_samples_and_gradients_show_it() -> None:
    found = read(BOTH, ASKED, "h_n.view(N, -1)", sample=1)
    assert not found.sound
    assert (
        found.verdict == "vector[1] has read samples 0, 1, 2, so it is no longer one sample per row"
    )
    assert {i for i, _ in [pair for half in steps_read(found).values() for pair in half]} == {
        0,
        1,
        2,
    }


def test_a_forgotten_batch_axis_is_found_in_either_order() -> None:
    time_first = replace(BOTH, batch_first=False, num_layers=1)
    assert read(time_first, ASKED, "out[-1]").row == "vector[0]"
    assert read(time_first, ASKED, "out", sample=2).row == "vector[:, 2]"
    assert "reads" not in read(time_first, ASKED, "out[:, -1]").verdict
    # out[:, -1] of time-first output is the last sample at every step: no sample's row.
    wrong = read(time_first, InputSizes(seq_len=3, batch_size=3), "out[:, -1]")
    assert not wrong.sound
    assert wrong.axes == ("seq", "direction × features")


@pytest.mark.parametrize(
    ("code", "sample", "row", "verdict"),
    [
        ("h_n[-1, 1:]", 2, "vector[1]", "it has 2 rows, for 3 samples"),
        ("h_n[-1, :2]", 2, "vector[0]", "it has 2 rows, for 3 samples"),
        ("h_n[-1].flip(0)", 0, "vector[2]", "vector[0] is of sample 2"),
    ],
)
def test_a_slice_or_a_flip_of_the_batch_is_seen(
    code: str, sample: int, row: str, verdict: str
) -> None:
    found = read(replace(BOTH, num_layers=1), ASKED, code, sample)
    assert (found.row, found.verdict) == (row, verdict)


def test_rows_of_one_feature_are_not_taken_for_samples() -> None:
    narrow = Settings(3, 1, bidirectional=True)
    found = read(narrow, InputSizes(seq_len=5, batch_size=8), "h_n.view(8, -1)", sample=2)
    assert found.row == "vector[2]"
    assert found.verdict == "vector[2] has read samples 4, 5, so it is no longer one sample per row"


JOINED = {
    "out[:, -1, :H_out] + out[:, -1, H_out:]": "the backward half has read 1 of 5 steps",
    "out.view(N, L, D, H_out).sum(2)[:, -1]": "the backward half has read 1 of 5 steps",
    "out.view(N, L, D, H_out).amax(2)[:, 0]": "the forward half has read 1 of 5 steps",
    "out[:, 2, :H_out] * out[:, 2, H_out:]": "the forward half has read 3 of 5 steps; "
    "the backward half has read 3 of 5 steps",
    "torch.softmax(out[:, -1], -1)": "the backward half has read 1 of 5 steps",
}


@pytest.mark.parametrize("code", list(JOINED))
def test_each_direction_is_followed_though_they_are_joined(code: str) -> None:
    found = read(replace(BOTH, num_layers=1), ASKED, code)
    assert (found.sound, found.verdict) == (False, JOINED[code])


def test_layers_are_told_apart_though_they_are_joined() -> None:
    for code, part in (("h_n[0] + h_n[-1]", "forward"), ("h_n[1] + h_n[2]", "backward")):
        says = f"the {part} half has read 0 of 5 steps of the last layer's input"
        assert read(BOTH, ASKED, code).verdict == says


def test_elements_made_of_both_directions_are_shown_by_direction() -> None:
    joined = read(replace(BOTH, num_layers=1), ASKED, "torch.stack([h_n[-2], h_n[-1]]).sum(0)")
    assert [half.part for half in joined.halves] == ["forward", "backward"]
    assert joined.sound
    ends = "torch.stack([out[:, -1, :3], out[:, -1, 3:]]).mean(0)"
    assert read(replace(BOTH, num_layers=1), ASKED, ends).shape == (3, 3)


def test_of_one_direction_nothing_is_missed() -> None:
    for code in ("out[:, -1]", "h_n[-1]"):
        assert read(ONE, ASKED, code).sound, code
    assert read(ONE, ASKED, "out[:, 0]").verdict == "it has read 1 of 5 steps"


def test_lengths_count_each_samples_own_steps() -> None:
    asked = InputSizes(5, 3, [5, 2, 1])
    final = "torch.cat([h_n[-2], h_n[-1]], dim=-1)"
    for sample, length in enumerate([5, 2, 1]):
        found = read(BOTH, asked, final, sample)
        assert found.sound
        assert steps_read(found)["forward"] == [(sample, t) for t in range(length)]
    # Of the padded out the last column is padding.
    padding = read(BOTH, asked, "out[:, -1]", sample=1)
    assert padding.verdict.startswith("the forward half has read nothing of sample 1")


def test_unbatched_there_is_one_row() -> None:
    found = read(BOTH, InputSizes(5, None), "torch.cat([h_n[-2], h_n[-1]])")
    assert (found.row, found.shape, found.sound) == ("vector", (6,), True)


def test_an_error_takes_the_place_of_its_reading_only() -> None:
    made = run(BOTH, ASKED)
    good, bad, again = readings(made, [parse("out[:, 0]"), parse("out[7]"), parse("h_n[-1]")])
    assert isinstance(good, Reading)
    assert isinstance(bad, ExpressionError)
    assert isinstance(again, Reading)


ENORMOUS = "(torch.cat([h_n[-2], h_n[-1]], -1) * 10000).exp()"


def test_what_is_infinite_in_one_vector_does_not_touch_the_others() -> None:
    usual = [each.code for each in usual_vectors(BOTH, ASKED)]
    alone = readings(run(BOTH, ASKED), usual)
    *beside, enormous = readings(run(BOTH, ASKED), [*usual, ENORMOUS])
    assert beside == alone
    assert isinstance(enormous, ExpressionError)
    assert enormous.problem == "this holds infinite numbers or NaN"


def test_infinity_on_the_way_does_not_touch_the_others_either() -> None:
    # Its value is finite, 1 / inf; its gradient is NaN.
    on_the_way = f"1 / {ENORMOUS} + 1 / (1 + {ENORMOUS})"
    sound, wrong = readings(run(BOTH, ASKED), ["torch.cat([h_n[-2], h_n[-1]], -1)", on_the_way])
    assert isinstance(sound, Reading)
    assert sound.sound
    assert isinstance(wrong, ExpressionError)


def test_gradients_that_vanish_in_float64_are_told() -> None:
    made = run(Settings(4, 1, kind="RNN"), InputSizes(seq_len=600, batch_size=2), seed=3)
    (found,) = readings(made, ["h_n[-1]"])
    assert isinstance(found, ExpressionError)
    assert "it cannot be told whether it depends on them" in found.problem


CONSTANT = {
    "torch.relu(out - 5).mean(1)": ("forward", "backward"),
    "torch.cat([h_n[-2], h_n[-1]], -1).clamp(min=2)": ("forward", "backward"),
    "torch.softmax(out, 1).sum(1)": ("forward", "backward"),
    "torch.cat([torch.relu(h_n[-2] - 1), h_n[-1]], 1)": ("forward",),
    "torch.relu(h_n[-2] - 1) + h_n[-1]": ("forward",),
    "torch.cat((h_n[-1], torch.softmax(out, 1).mean(1)), 1)": ("forward",),
    "h_n[-2] * h_n[-1] / h_n[-1]": ("backward",),
}


@pytest.mark.parametrize("code", list(CONSTANT))
def test_what_does_not_change_with_a_direction_has_not_read_it(code: str) -> None:
    found = read(replace(BOTH, num_layers=1), ASKED, code)
    expected = [f"the {part} half has read nothing of sample 0" for part in CONSTANT[code]]
    assert (found.sound, found.verdict) == (False, "; ".join(expected))


T = "torch.tensor([5, 3, 2])"
KEPT = f"(torch.arange(L)[None] < {T}[:, None]).unsqueeze(-1)"
BY_HAND = {
    f"out.masked_fill({KEPT}, 0).sum(1)": "it has read nothing of sample 0",
    f"out.masked_fill(~{KEPT}, 0).sum(1) / {T}[:, None]": "it has read 3 of 5 steps of sample 1",
    f"out.masked_fill(~{KEPT}, -torch.inf).amax(1)": "it has read 3 of 5 steps of sample 1",
    "h_n[-1] * torch.tensor([1, 0, 1])[:, None]": "it has read nothing of sample 1",
}


@pytest.mark.parametrize("code", list(BY_HAND))
def test_steps_that_numbers_leave_out_are_missed_in_every_sample(code: str) -> None:
    found = read(replace(ONE, num_layers=1), ASKED, code)
    assert (found.sound, found.verdict) == (False, BY_HAND[code])


SKIPPED = {
    "out[:, -1] + x.mean(1)[..., :1]": "the backward half has read 1 of 5 steps",
    "out[:, -1] * x.sum((1, 2))[:, None]": "the backward half has read 1 of 5 steps",
    "out[:, 0] + x[:, 1:2, 0]": "the forward half has read 1 of 5 steps",
}


@pytest.mark.parametrize("code", list(SKIPPED))
def test_the_input_itself_is_no_reading_of_a_direction(code: str) -> None:
    found = read(replace(BOTH, num_layers=1), ASKED, code)
    assert (found.sound, found.verdict) == (False, SKIPPED[code])


def test_the_steps_of_the_batch_are_another_samples_length() -> None:
    for code in ("h_n[-1] / L", "h_n[-1] * seq_len"):
        assert not read(ONE, InputSizes(5, 3, [3, 5, 2]), code).sound
        assert read(ONE, ASKED, code).sound


@pytest.mark.parametrize(
    ("code", "right"),
    [
        ("out.sum(1) / lengths", "out.sum(1) / lengths[:, None]"),
        ("h_n[-1] * torch.arange(1, N + 1)", "h_n[-1] * torch.arange(1, N + 1)[:, None]"),
    ],
)
def test_a_number_for_each_sample_is_no_feature(code: str, right: str) -> None:
    asked = InputSizes(5, 3, [5, 5, 5])
    found = read(ONE, asked, code)
    assert not found.sound
    assert found.verdict.startswith("its features are as many as the samples")
    assert read(ONE, asked, right).sound


def test_a_length_may_be_a_feature() -> None:
    code = "torch.cat([lengths[:, None].float(), h_n[-1]], 1)"
    for sample in range(3):
        assert read(ONE, InputSizes(5, 3, [3, 5, 2]), code, sample).sound


def test_what_is_computed_of_a_maximum_over_own_steps_has_read_them() -> None:
    after = "(torch.arange(L) >= lengths[:, None])[..., None]"
    largest = f"out.masked_fill({after}, -torch.inf).amax(1)"
    for code in (f"torch.tanh({largest})", f"torch.softmax({largest}, -1)"):
        assert read(BOTH, InputSizes(5, 3, [5, 2, 3]), code, sample=1).sound, code


@pytest.mark.parametrize("lengths", [[2, 5, 3], [5, 3, 2], [3, 5, 5]])
@pytest.mark.parametrize("of", ["lengths[0]", "lengths.min()", "lengths.max()"])
def test_another_samples_length_is_seen(lengths: list[int], of: str) -> None:
    found = read(ONE, InputSizes(5, 3, lengths), f"out.sum(1) / {of}")
    assert not found.sound
    assert "another sample's length, has changed it" in found.verdict


def test_what_can_never_win_is_no_padding() -> None:
    mask = "(torch.arange(L) >= lengths[:, None]).unsqueeze(-1)"
    code = f"out.masked_fill({mask}, -1).max(1)[0]"
    assert read(ONE, InputSizes(5, 3, [2, 5, 3]), code).sound


@pytest.mark.parametrize("code", ["h_n.view(N, -1)", "out[0, -1:]", "out.reshape(L, N, -1)[-1]"])
def test_what_is_right_for_one_sample_alone_is_told(code: str) -> None:
    found = read(ONE, InputSizes(5, 1), code)
    assert found.sound
    assert found.verdict.endswith("; of two samples it would not be one vector for each")
    right = read(ONE, InputSizes(5, 1), "h_n[-1]")
    assert right.verdict == "it has read every step"


def test_one_feature_is_a_vector_too() -> None:
    assert read(ONE, ASKED, "h_n[-1][:, :1]").sound
    assert read(BOTH, ASKED, "torch.cat((h_n[-2], h_n[-1]), 1).mean(1, keepdim=True)").sound


def test_digits_alone_are_no_padding() -> None:
    asked = InputSizes(20, 3, [20, 7, 13])
    assert read(BOTH, asked, "out.float().sum(dim=1) / lengths[:, None]").sound


def test_many_samples_of_few_lengths_take_few_evaluations(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as there are lengths, not as there are samples."""
    asked, calls = InputSizes(6, 40, [1 + b % 6 for b in range(40)]), []

    def counted(made: Run, expression: Expression) -> torch.Tensor:
        calls.append(made)
        return evaluate(made, expression)

    monkeypatch.setattr(padding, "evaluate", counted)
    made = with_gradients(run(replace(ONE, num_layers=1), asked))
    mean = parse("out.sum(1) / lengths[:, None]")
    assert padding.padding_in(mean, made, Row(0, 0)) is None
    assert len(calls) == 3 * (1 + 6)


def test_what_would_take_too_long_is_refused() -> None:
    made = run(Settings(4, 512), InputSizes(seq_len=100, batch_size=8))
    with pytest.raises(OverBudget, match="multiply-adds"):
        readings(made, [parse("h_n[-1]")])


@hypothesis_settings(max_examples=30, deadline=None)
@given(settings(), sizes(), seeds)
def test_every_usual_vector_fits_every_run(module: Settings, asked: InputSizes, seed: int) -> None:
    made = run(module, asked, seed=seed)
    if made.out.numel() == 0:
        return
    known = usual_vectors(module, asked)
    found = readings(made, [parse(candidate.code) for candidate in known])
    for candidate, reading in zip(known, found, strict=True):
        assert isinstance(reading, Reading), (candidate, reading)
        value = evaluate(made, parse(candidate.code))
        assert reading.shape == tuple(value.shape)
        layer, scores = linear_layer_for(made, parse(candidate.code), 2)
        assert layer.in_features == value.shape[-1]
        assert scores.shape == (*value.shape[:-1], 2)
    finals = [r for c, r in zip(known, found, strict=True) if "final" in c.name]
    assert finals
    assert all(isinstance(reading, Reading) and reading.sound for reading in finals)


@pytest.mark.parametrize(
    "code", [*FOUND, "out.max(dim=1).values", "h_n.view(N, -1)", "stack([out[:, 0], out[:, -1]])"]
)
def test_the_program_says_what_the_page_says(code: str) -> None:
    text = io.StringIO()
    with contextlib.redirect_stdout(text), torch.random.fork_rng():
        exec(vector_script(BOTH, ASKED, 0, code, 2), {})
    layer, scores = linear_layer_for(run(BOTH, ASKED), parse(code), 2)
    assert text.getvalue().startswith(f"{layer.in_features} {tuple(scores.shape)}\n")


@pytest.mark.parametrize("batch_first", [False, True])
def test_the_program_of_a_batch_with_lengths_packs_it(batch_first: bool) -> None:
    module, asked = replace(BOTH, batch_first=batch_first), InputSizes(5, 3, [3, 5, 2])
    code = "torch.cat([h_n[-2], h_n[-1]], dim=-1)"
    scope: dict[str, torch.Tensor] = {}
    with contextlib.redirect_stdout(io.StringIO()), torch.random.fork_rng():
        exec(vector_script(module, asked, 7, code, 2), scope)
    made = run(module, asked, seed=7)
    assert torch.equal(scope["x"], made.input)
    assert torch.equal(scope["vector"], evaluate(made, parse(code)))
    assert torch.equal(scope["out"], made.out)
    read = scope["gradient"].count_nonzero(dim=-1) > 0
    assert read.sum() == 3  # sample 0's own steps


def test_labels_say_where_each_element_comes_from() -> None:
    made = run(BOTH, ASKED)
    found = element_labels(BOTH, ASKED)
    for name, tensor in made.tensors().items():
        if name != "input":
            for coordinate in found:
                assert found[coordinate][name].shape == tensor.shape
    # Rebuild out from the halves by its labels alone.
    out, (layer, direction, sample, step, feature) = (
        made.out,
        (found[name]["out"].long() for name in ("layer", "direction", "sample", "step", "feature")),
    )
    halves = torch.stack(made.out.chunk(2, -1))
    assert (layer == 1).all()
    assert torch.equal(halves[direction, sample, step, feature], out)
    rows, sample, feature = (
        (found["layer"]["h_n"] * 2 + found["direction"]["h_n"]).long(),
        found["sample"]["h_n"].long(),
        found["feature"]["h_n"].long(),
    )
    assert torch.equal(made.h_n[rows, sample, feature], made.h_n)


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("out", ("batch", "seq", "direction × features")),
        ("out.transpose(0, 1)", ("seq", "batch", "direction × features")),
        ("h_n", ("layer × direction", "batch", "features")),
        ("h_n.view(2, 2, N, -1)", ("layer", "direction", "batch", "features")),
        ("h_n.view(N, -1)", ("layer × direction × batch", "layer × direction × batch × features")),
        ("h_n.transpose(0, 1).flatten(1)", ("batch", "layer × direction × features")),
        ("out.mean(dim=1)", ("batch", "direction × features")),
        ("out.max(dim=1).values", ("batch", "direction × features")),
        ("out[:, -1:]", ("batch", "?", "direction × features")),
        ("out.sum()", ()),
    ],
)
def test_axes_are_named_by_what_changes_along_them(code: str, names: tuple[str, ...]) -> None:
    expression = parse(code)
    found = axes_of(expression, BOTH, ASKED, labels_of_result(expression, BOTH, ASKED))
    assert tuple(map(name_of, found)) == names


@hypothesis_settings(max_examples=60, deadline=None)
@given(settings(), sizes(), seeds)
def test_a_scramble_is_one_unless_there_is_nothing_to_mix(
    module: Settings, asked: InputSizes, seed: int
) -> None:
    made = run(module, asked, seed=seed)
    claims = scramble_claims(made)
    rows = module.num_layers * module.num_directions
    pairs = scrambles(module, asked) if claims else ()
    assert bool(pairs) == bool(asked.batch_size)
    for pair in pairs:
        shapes = {evaluate(made, parse(code)).shape for code in (pair.wrong, pair.right)}
        assert len(shapes) == 1
        same, *refused = claims[pair.id]
        harmless = {
            "rows": asked.batch_size == 1 or rows == 1,
            "out": asked.batch_size == 1 or asked.seq_len == 1,
            "decoder": asked.batch_size == 1,
        }
        # Padding is zeros, equal wherever it stands.
        if asked.lengths is None or harmless[pair.id]:
            assert same.holds == harmless[pair.id], pair
        for claim in refused:
            viewable = True
            try:
                eval(claim.statement.removesuffix(" is refused"), {"out": made.out})
            except RuntimeError:
                viewable = False
            assert claim.holds != viewable
