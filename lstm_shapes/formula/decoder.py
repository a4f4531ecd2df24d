"""Which combinations of an encoder's directions fit a decoder, by formula."""

from __future__ import annotations

from lstm_shapes.config import Combine, InputSizes, Settings


def combined_sizes(encoder: Settings, combine: Combine) -> tuple[int, int] | None:
    """How many features h_0 and c_0 have when both directions are combined.

    Returns:
        Those of h_0 and of c_0; ``None`` for ``"linear"``, which gives any number.

    >>> encoder = Settings(4, 3, bidirectional=True)
    >>> combined_sizes(encoder, "sum"), combined_sizes(encoder, "concat")
    ((3, 3), (6, 6))
    """
    if combine == "linear":
        return None
    times = encoder.num_directions if combine == "concat" else 1
    return times * encoder.h_out, times * encoder.hidden_size


def fits(encoder: Settings, decoder: Settings, combine: Combine) -> bool:
    """Whether a decoder can start from the states that a combination gives.

    >>> from lstm_shapes.decoder import decoder_settings
    >>> encoder = Settings(4, 3, bidirectional=True)
    >>> fits(encoder, decoder_settings(encoder, "same", 5), "concat")
    False
    >>> fits(encoder, decoder_settings(encoder, "other", 6), "concat")
    True
    """
    given = combined_sizes(encoder, combine)
    return given is None or given == (decoder.h_out, decoder.hidden_size)


def token_shape(decoder: Settings, sizes: InputSizes) -> tuple[int, ...]:
    """The shape of the tokens that a decoder reads, in the order of its axes.

    >>> token_shape(Settings(4, 3, batch_first=True), InputSizes(seq_len=4, batch_size=2))
    (2, 4)
    """
    if sizes.batch_size is None:
        return (sizes.seq_len,)
    shape = (sizes.batch_size, sizes.seq_len)
    return shape if decoder.batch_first else shape[::-1]
