"""The steps from out to a merged result, run: what ``shapes.direction_shapes`` predicts."""

from __future__ import annotations

from typing import get_args

from torch import Tensor

from lstm_shapes.directions import (
    MergeMode,
    decoder_states,
    final_features,
    final_features_from_out,
    merge_directions,
    reverse_time,
    split_directions,
)
from lstm_shapes.live import Run, layer_by_layer, one_direction


def direction_tensors(run: Run) -> dict[str, Tensor]:
    """What the functions of ``directions`` make of a run.

    Returns:
        By the names of :func:`~lstm_shapes.direction_shapes`.

    >>> from lstm_shapes import InputSizes, Settings
    >>> from lstm_shapes.live import run
    >>> made = run(Settings(4, 3, bidirectional=True), InputSizes(seq_len=5, batch_size=2))
    >>> direction_tensors(made)["reading order"].shape
    torch.Size([5, 2, 3])
    """
    first, lengths = run.settings.batch_first, run.sizes.lengths
    if not run.settings.bidirectional:
        last = final_features_from_out(
            run.out, bidirectional=False, batch_first=first, lengths=lengths
        )
        return {"final": last}
    forward, backward = split_directions(run.out)
    ends = run.h_n[-2], run.h_n[-1]
    return {
        "final": final_features(run.h_n, bidirectional=True),
        "forward": forward,
        "backward": backward,
        "reading order": reverse_time(backward, batch_first=first, lengths=lengths),
        **{mode: merge_directions(forward, backward, mode) for mode in get_args(MergeMode)},
        **{f"final {mode}": merge_directions(*ends, mode) for mode in ("sum", "mean", "max")},
        "decoder": decoder_states(run.h_n, bidirectional=True),
    }


def hand_built_pair(run: Run) -> dict[str, Tensor]:
    """Two unidirectional modules with the weights of the last layer's two directions.

    They are run by hand on what that layer reads, the second on the reversed sequence, as
    anyone would who builds a bidirectional module from two.

    Args:
        run: of a bidirectional module.

    Returns:
        ``forward`` and ``backward`` as the two return them, the second in reading order;
        ``unflipped``, the two joined as they are; ``turned``, the second flipped to input
        order; ``concat``, joined after that.

    Raises:
        ArgumentError: the module has one direction.

    >>> import torch
    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3, bidirectional=True), InputSizes(seq_len=5, batch_size=2))
    >>> pair = hand_built_pair(made)
    >>> torch.equal(pair["concat"], made.out), torch.equal(pair["unflipped"], made.out)
    (True, False)
    """
    last = layer_by_layer(run)[-1]
    first, lengths = run.settings.batch_first, run.sizes.lengths
    flipped = reverse_time(last.input, batch_first=first, lengths=lengths)
    forward = one_direction(last, "forward", last.input).out
    backward = one_direction(last, "backward", flipped).out
    turned = reverse_time(backward, batch_first=first, lengths=lengths)
    return {
        "forward": forward,
        "backward": backward,
        "unflipped": merge_directions(forward, backward),
        "turned": turned,
        "concat": merge_directions(forward, turned),
    }
