from __future__ import annotations

from lstm_shapes import (
    InputSizes,
    NamedShape,
    Settings,
    direction_shapes,
    parameter_count,
    parameter_shapes,
    tensor_shapes,
)


def lines(shapes: dict[str, NamedShape]) -> list[str]:
    return [str(shape) for shape in shapes.values()]


def test_batch_first_swaps_two_axes_of_input_and_out_and_leaves_the_states() -> None:
    asked = InputSizes(seq_len=5, batch_size=3)
    first = tensor_shapes(Settings(4, 3, batch_first=True), asked)
    last = tensor_shapes(Settings(4, 3), asked)
    for name in ("input", "out"):
        batch, seq, features = first[name].axes
        assert last[name].axes == (seq, batch, features)
    for name in ("h_0", "c_0", "h_n", "c_n"):
        assert first[name] == last[name]


def test_unbatched_has_no_batch_axis_and_batch_first_means_nothing() -> None:
    asked = InputSizes(seq_len=5, batch_size=None)
    shapes = tensor_shapes(Settings(4, 3, batch_first=True), asked)
    assert lines(shapes)[0] == "input  (5, 4)  (seq, features)  (L, H_in)"
    assert shapes == tensor_shapes(Settings(4, 3), asked)
    assert shapes["h_n"].shape == (1, 3)


def test_a_projection_narrows_h_and_not_c() -> None:
    shapes = tensor_shapes(
        Settings(4, 5, bidirectional=True, proj_size=2), InputSizes(seq_len=6, batch_size=3)
    )
    assert lines({name: shapes[name] for name in ("out", "h_n", "c_n")}) == [
        "out  (6, 3, 4)  (seq, batch, features)  (L, N, D·H_out)",
        "h_n  (2, 3, 2)  (layer × direction, batch, features)  (D·num_layers, N, H_out)",
        "c_n  (2, 3, 5)  (layer × direction, batch, features)  (D·num_layers, N, H_cell)",
    ]


def test_gru_and_rnn_have_no_cell_state() -> None:
    asked = InputSizes(seq_len=5, batch_size=3)
    for kind, rows in (("GRU", "3·H_out"), ("RNN", "H_out")):
        module = Settings(4, 3, kind=kind)
        assert list(tensor_shapes(module, asked)) == ["input", "h_0", "out", "h_n"]
        assert next(parameter_shapes(module)).axes[0].symbol == rows


def test_one_direction_has_nothing_to_split() -> None:
    assert lines(direction_shapes(Settings(4, 3), InputSizes(5, None))) == [
        "final  (3,)  (features)  (D·H_out)"
    ]


def test_the_layer_above_reads_both_directions() -> None:
    names = {shape.name: shape for shape in parameter_shapes(Settings(4, 3, 2, bidirectional=True))}
    assert str(names["weight_ih_l1_reverse"]) == (
        "weight_ih_l1_reverse  (12, 6)  (gate × hidden, features)  (4·H_cell, D·H_out)"
    )


def test_astronomic_sizes_are_exact() -> None:
    module = Settings(10**6, 10**6, num_layers=10**12, bidirectional=True, batch_first=True)
    shapes = tensor_shapes(module, InputSizes(seq_len=10**12, batch_size=10**12))
    count = parameter_count(module)
    assert shapes["out"].shape == (10**12, 10**12, 2 * 10**6)
    assert shapes["h_n"].shape == (2 * 10**12, 10**12, 10**6)
    layer = 8 * 10**6 * (2 * 10**6 + 10**6 + 2)
    assert count == 10**12 * layer - 8 * 10**12  # layer 0 reads 10**6 features, not twice that
