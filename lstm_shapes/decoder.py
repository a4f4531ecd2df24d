"""The question of a decoder: how wide it is, and how the encoder's directions are combined for it.

The decoder has as many layers as the encoder and one direction. With proj_size it is built with
a projection too, since h and c then have different widths: without one a decoder takes both in
the same width, and only two linear layers can make them so.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import get_args

from lstm_shapes.config import Combine, DecoderWidth, Settings

VOCABULARY = 10
"""Tokens that the decoder can write."""

START = 0
"""The token that a decoder reads first, before it has written any."""

EMBEDDING = 8
"""Features of an embedded token, which are the decoder's input_size."""

DECODER_STEPS = 4
"""Steps that the decoder makes."""

LARGEST_DECODER = 64
"""The largest hidden_size of a decoder of another width."""

ONE_DIRECTION: tuple[Combine, ...] = ("forward", "linear")
"""The combinations of a single direction. The others give what the first does."""


def widths(encoder: Settings) -> tuple[DecoderWidth, ...]:
    """The widths that differ: of an encoder of one direction, D·H_out is H_out.

    >>> widths(Settings(4, 3)), widths(Settings(4, 3, bidirectional=True))
    (('same', 'other'), ('same', 'double', 'other'))
    """
    found: tuple[DecoderWidth, ...] = get_args(DecoderWidth)
    return found if encoder.bidirectional else tuple(each for each in found if each != "double")


def combinations(encoder: Settings) -> tuple[Combine, ...]:
    """The combinations that differ for an encoder.

    >>> combinations(Settings(4, 3))
    ('forward', 'linear')
    """
    found: tuple[Combine, ...] = get_args(Combine)
    return found if encoder.bidirectional else ONE_DIRECTION


def nearest_pair(
    encoder: Settings, width: DecoderWidth, combine: Combine
) -> tuple[DecoderWidth, Combine]:
    """The chosen width and combination, or those that are the same for one direction.

    >>> nearest_pair(Settings(4, 3), "double", "concat")
    ('same', 'forward')
    """
    return (
        width if width in widths(encoder) else "same",
        combine if combine in combinations(encoder) else "forward",
    )


def decoder_settings(encoder: Settings, width: DecoderWidth, size: int) -> Settings:
    """The decoder of a width.

    Args:
        encoder: the module whose final states the decoder starts from.
        width: ``"same"`` for the width of one direction, ``"double"`` for that of all directions
            side by side, ``"other"`` for ``size``.
        size: the hidden_size of a decoder of another width. Such a decoder has no projection.

    >>> from lstm_shapes.snippet import constructor
    >>> encoder = Settings(4, 5, num_layers=2, bidirectional=True, proj_size=3)
    >>> constructor(decoder_settings(encoder, "double", 7))
    'nn.LSTM(8, 10, num_layers=2, proj_size=6)'
    >>> constructor(decoder_settings(encoder, "other", 7))
    'nn.LSTM(8, 7, num_layers=2)'
    """
    times = encoder.num_directions if width == "double" else 1
    return replace(
        encoder,
        input_size=EMBEDDING,
        hidden_size=size if width == "other" else times * encoder.hidden_size,
        proj_size=0 if width == "other" else times * encoder.proj_size,
        bidirectional=False,
        dropout=0.0,
    )


def size_alike(encoder: Settings, twin: Settings, size: int) -> int:
    """The size of a decoder of another width that fits a smaller twin as ``size`` fits the encoder.

    Args:
        encoder: the module that is asked about.
        twin: the same in smaller sizes.
        size: the hidden_size of the decoder, from 1 to LARGEST_DECODER.

    >>> encoder, twin = Settings(4, 20, bidirectional=True), Settings(2, 5, bidirectional=True)
    >>> [size_alike(encoder, twin, size) for size in (20, 40, 5, 7)]
    [5, 10, 6, 7]
    """
    known: tuple[DecoderWidth, ...] = ("same", "double")
    alike = {
        decoder_settings(encoder, width, size).hidden_size: decoder_settings(twin, width, size)
        for width in known
    }
    if size in alike:
        return alike[size].hidden_size
    taken = {each.hidden_size for each in alike.values()}
    nearest = chain(range(size, LARGEST_DECODER + 1), range(size, 0, -1))
    return next(each for each in nearest if each not in taken)
