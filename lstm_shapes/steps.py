"""The steps from out to a merged result, run: what ``shapes.direction_shapes`` predicts."""

from __future__ import annotations

from torch import Tensor

from lstm_shapes.directions import (
    decoder_states,
    final_features,
    final_features_from_out,
    merge_directions,
    reverse_time,
    split_directions,
)
from lstm_shapes.live import Run


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
    return {
        "final": final_features(run.h_n, bidirectional=True),
        "forward": forward,
        "backward": backward,
        "reading order": reverse_time(backward, batch_first=first, lengths=lengths),
        "concat": merge_directions(forward, backward),
        "sum": merge_directions(forward, backward, "sum"),
        "mean": merge_directions(forward, backward, "mean"),
        "max": merge_directions(forward, backward, "max"),
        "decoder": decoder_states(run.h_n, bidirectional=True),
    }
