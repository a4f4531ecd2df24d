"""How an encoder's directions are combined for a decoder: the choices, and which of them fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from lstm_shapes.config import Combine, DecoderWidth, Settings
from lstm_shapes.decoder import combinations, decoder_settings, widths
from lstm_shapes.formula.decoder import combined_sizes, fits
from lstm_shapes.formula.numbers import grouped


class CombineOption(TypedDict):
    """A value of a choice, and what is said of it."""

    value: str
    words: str


class OptionsField(TypedDict):
    """One of a few values, each with words of its own; the choice is called ``name``."""

    name: str
    label: str
    about: str
    options: Sequence[CombineOption]
    chosen: str


class CombineRecord(TypedDict):
    """How wide the decoder is, how the directions are combined, and what that means."""

    width: OptionsField
    combine: OptionsField
    says: str


class CureRecord(TypedDict):
    """A choice that fits."""

    name: str
    value: str
    words: str


class RefusedRecord(TypedDict):
    """What torch says of states that do not fit the decoder, why, and what would fit."""

    heading: str
    text: str
    cures: Sequence[CureRecord]


SAYS: dict[Combine, str] = {
    "forward": "Only the forward direction's rows are taken, `h_n[0::2]`. What the backward "
    "direction has read is lost to the decoder.",
    "sum": "The two directions of each layer are added, feature by feature. The decoder cannot "
    "tell any more which direction a number came from.",
    "mean": "The two directions of each layer are added and halved, feature by feature, so that "
    "the numbers stay about as large as those of one direction.",
    "concat": "The two directions of each layer stand side by side. Nothing is lost, and "
    "h_0 is twice as wide as one direction.",
    "linear": "Both directions of each layer go side by side through an `nn.Linear`, which makes "
    "as many features of them as the decoder has. It is trained with the decoder.",
}
SAYS_ONE: dict[Combine, str] = {
    "forward": "There is one direction: row k of `h_n` is the h_0 of the decoder's layer k.",
    "linear": "Row k of `h_n` goes through an `nn.Linear`, which makes as many features of it as "
    "the decoder has. It is trained with the decoder.",
}
TWO_LINEAR = " There is one for h and one for c, because they are different numbers."
PROJECTED = (
    " With proj_size h has fewer features than c. The decoder has a proj_size too, so that it "
    "takes both as they are."
)
NOT_PROJECTED = (
    " With proj_size h has fewer features than c. A decoder without proj_size takes both in one "
    "width, which only linear layers can make."
)


def combine_record(
    encoder: Settings, width: DecoderWidth, combine: Combine, size: int
) -> CombineRecord:
    """Both choices, each with what it gives: a combination that does not fit says so."""
    decoder = decoder_settings(encoder, width, size)
    says = (SAYS if encoder.bidirectional else SAYS_ONE)[combine]
    if combine == "linear" and encoder.kind == "LSTM":
        says += TWO_LINEAR
    if encoder.proj_size:
        says += PROJECTED if decoder.proj_size else NOT_PROJECTED
    return {
        "width": {
            "name": "width",
            "label": "width",
            "about": "How wide the decoder is",
            "options": [
                {"value": each, "words": f"{each}: {_wide(decoder_settings(encoder, each, size))}"}
                for each in widths(encoder)
            ],
            "chosen": width,
        },
        "combine": {
            "name": "combine",
            "label": "combine",
            "about": "What becomes of the two directions"
            if encoder.bidirectional
            else "What becomes of each row",
            "options": [
                {"value": each, "words": _gives(encoder, decoder, each)}
                for each in combinations(encoder)
            ],
            "chosen": combine,
        },
        "says": says,
    }


def refused_record(
    encoder: Settings, decoder: Settings, width: DecoderWidth, combine: Combine, message: str
) -> RefusedRecord:
    """Why a decoder refuses its states, and the choices that fit.

    Args:
        message: torch's own.
    """
    given = combined_sizes(encoder, combine)
    h, c = given or (decoder.h_out, decoder.hidden_size)
    gives = f"gives h_0 {grouped(h)} features" + (
        f" and c_0 {grouped(c)}" if encoder.kind == "LSTM" and h != c else ""
    )
    cures: list[CureRecord] = [
        {"name": "width", "value": each, "words": f"Set width to {each}"}
        for each in widths(encoder)
        if each != width and fits(encoder, decoder_settings(encoder, each, 1), combine)
    ]
    other = _fitting(encoder, decoder)
    cures.append({"name": "combine", "value": other, "words": f"Set combine to {other}"})
    return {
        "heading": message,
        "text": f"The decoder has {_wide(decoder)}, and {combine} {gives}. The states that a "
        "module starts from need exactly the features of its own h and c.",
        "cures": cures,
    }


def _fitting(encoder: Settings, decoder: Settings) -> Combine:
    """The combination to choose for a decoder: one without parameters, if any fits."""
    order: tuple[Combine, ...] = ("concat", "sum", "forward", "linear")
    offered = [each for each in order if each in combinations(encoder)]
    return next(each for each in offered if fits(encoder, decoder, each))


def _wide(decoder: Settings) -> str:
    projected = f", proj_size {grouped(decoder.proj_size)}" if decoder.proj_size else ""
    return f"hidden_size {grouped(decoder.hidden_size)}{projected}"


def _gives(encoder: Settings, decoder: Settings, combine: Combine) -> str:
    """A combination with the features that it gives."""
    name = combine if encoder.bidirectional or combine == "linear" else "as it is"
    given = combined_sizes(encoder, combine)
    if given is None:
        return f"{name}: any number"
    features = f"{grouped(given[0])} features"
    if encoder.kind == "LSTM" and given[0] != given[1]:
        features = f"{grouped(given[0])} of h, {grouped(given[1])} of c"
    return f"{name}: {features}" + ("" if fits(encoder, decoder, combine) else " (does not fit)")
