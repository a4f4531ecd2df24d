"""From an encoder's final states to a decoder: its states, its call, and its steps one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

from lstm_shapes.config import InputSizes, Question, Settings
from lstm_shapes.decoder import (
    DECODER_STEPS,
    EMBEDDING,
    LARGEST_DECODER,
    START,
    VOCABULARY,
    decoder_settings,
    nearest_pair,
    size_alike,
)
from lstm_shapes.decoder_snippet import decoder_script
from lstm_shapes.explorer.choices import Choices
from lstm_shapes.explorer.panels.claims import ClaimRecord, claim_records
from lstm_shapes.explorer.panels.combining import (
    CombineRecord,
    RefusedRecord,
    combine_record,
    refused_record,
)
from lstm_shapes.explorer.panels.fields import SampleField, StepField, sample_field, step_field
from lstm_shapes.explorer.panels.joined import LayerRow, layer_row
from lstm_shapes.explorer.panels.numbers import MOST_COLUMNS, and_more
from lstm_shapes.explorer.panels.without import why_not
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.explorer.view import ShapeRecord, shape_view
from lstm_shapes.formula.shapes import tensor_shapes
from lstm_shapes.snippet import constructor

if TYPE_CHECKING:
    from lstm_shapes.live.decoder import Decoding
    from lstm_shapes.live.run import Run

ABOUT = (
    "The module above is the encoder: it reads a sequence, and a decoder writes another one. Of "
    "all that was read the decoder gets the final states alone: they become its {states}. It has "
    "as many layers as the encoder and one direction, {so}."
)
COMBINED = "so the two directions of each layer have to be combined"
AS_IT_IS = "as the encoder has, so each row can be taken as it is"


class DecoderShape(TypedDict):
    """A tensor of the decoder's call, and what it is made of."""

    name: str
    made_of: str
    shape: ShapeRecord


class StartedRecord(TypedDict):
    """The decoder's call from the combined states."""

    title: str
    about: str
    code: str
    shapes: Sequence[DecoderShape]
    rows_title: str
    rows: Sequence[LayerRow]
    more: str


class GreedyRow(TypedDict):
    """One greedy step."""

    step: str
    read: str
    shape: str
    written: str


class GreedyRecord(TypedDict):
    """The tokens that the decoder writes, each read by the step after it."""

    title: str
    about: str
    heads: Sequence[str]
    rows: Sequence[GreedyRow]
    checked: str
    claims: Sequence[ClaimRecord]


class ProgramRecord(TypedDict):
    """All of it as a program."""

    title: str
    about: str
    name: str
    program: str
    copy: str


class DecoderPanel(TypedDict):
    """The encoder's final states, combined; the decoder from them; or why it refuses them."""

    about: str
    sample_field: SampleField | None
    combining: CombineRecord
    size_field: StepField | None
    without: str
    refused: RefusedRecord | None
    started: StartedRecord | None
    claims_title: str
    claims: Sequence[ClaimRecord]
    mistakes_title: str
    mistakes: Sequence[ClaimRecord]
    greedy: GreedyRecord | None
    program: ProgramRecord | None


def decoder_view(
    snapshot: Snapshot, sample: int, choices: Choices, asked: Question | None = None
) -> DecoderPanel:
    """The decoder of the chosen width, from the states combined as chosen.

    Args:
        sample: the batch item whose numbers are shown.
        asked: the question itself, where the snapshot is that of a smaller twin.
    """
    settings, sizes = snapshot.question.settings, snapshot.question.sizes
    width, combine = nearest_pair(settings, choices.width, choices.combine)
    question = asked or snapshot.question
    size = size_alike(question.settings, settings, choices.decoder_size)
    decoder = decoder_settings(settings, width, size)
    panel: DecoderPanel = {
        "about": ABOUT.format(
            states="h_0 and c_0" if settings.kind == "LSTM" else "h_0",
            so=COMBINED if settings.bidirectional else AS_IT_IS,
        ),
        "sample_field": sample_field(sizes, sample),
        "combining": combine_record(settings, width, combine, size),
        "size_field": _size_field(choices) if width == "other" else None,
        "without": why_not(snapshot, "run", "decoder"),
        "refused": None,
        "started": None,
        "claims_title": "What holds on this run",
        "claims": [],
        "mistakes_title": "Mistakes, and what they cost",
        "mistakes": [],
        "greedy": None,
        "program": None,
    }
    if panel["without"] or snapshot.run is None:
        return panel
    from lstm_shapes.live.decoder import decoding
    from lstm_shapes.statements.decoder import decoder_claims

    made = decoding(snapshot.run, width, combine, size)
    claims = decoder_claims(made)
    panel = {
        **panel,
        "claims": claim_records(each for each in claims if not each.mistake),
        "mistakes": claim_records(each for each in claims if each.mistake),
    }
    if made.run is None:
        refused = refused_record(settings, decoder, width, combine, made.refused)
        return {**panel, "refused": refused}
    program = decoder_script(
        question.settings, question.sizes, question.seed, width, combine, choices.decoder_size
    )
    return {
        **panel,
        "started": _started(snapshot, made, made.run, sample),
        "greedy": _greedy(made, decoder, sizes, sample),
        "program": _program(program, snapshot.run),
    }


def _size_field(choices: Choices) -> StepField:
    name = "decoder_size"
    return step_field(name, name, choices.decoder_size, 1, LARGEST_DECODER)


def _started(snapshot: Snapshot, made: Decoding, run: Run, sample: int) -> StartedRecord:
    from lstm_shapes.live.variants import final_states

    formula, finals = tensor_shapes(made.settings, run.sizes), final_states(made.encoder)
    measured = {
        f"{name}_0": tuple(state.shape) for name, state in zip("hc", made.states, strict=False)
    }
    of = {
        f"{name}_0": f"{name}_n {tuple(final.shape)}"
        for name, final in zip("hc", finals, strict=False)
    }
    given = f"({', '.join(measured)})" if len(measured) > 1 else "h_0"
    measured["out"], of["out"] = tuple(run.out.shape), f"decoder(y, {given})"
    return {
        "title": "The decoder starts from them",
        "about": f"y is what the decoder reads: {DECODER_STEPS} steps of random tokens, each made "
        f"{EMBEDDING} features by an nn.Embedding.",
        "code": f"decoder = {constructor(made.settings)}",
        "shapes": [
            {
                "name": name,
                "made_of": of[name],
                "shape": shape_view(formula[name], shape, snapshot),
            }
            for name, shape in measured.items()
        ],
        "rows_title": "Which rows of h_n become which row of h_0"
        + ("" if run.sizes.batch_size is None else f", of sample {sample}"),
        "rows": [
            layer_row(made, layer, sample) for layer in range(len(made.states[0]))[:MOST_COLUMNS]
        ],
        "more": and_more(len(made.states[0]), MOST_COLUMNS, "layers"),
    }


def _greedy(made: Decoding, decoder: Settings, sizes: InputSizes, sample: int) -> GreedyRecord:
    from lstm_shapes.statements.greedy import greedy_steps, step_claims

    steps, samples = greedy_steps(made), sizes.samples
    by = (
        "nn.LSTMCell has no proj_size, so the decoder itself is called on one step at a time."
        if decoder.proj_size
        else f"The steps are made by one nn.{decoder.kind}Cell for each layer, with the decoder's "
        "weights."
    )
    one = "1 sample, unbatched" if sizes.batch_size is None else f"sample {sample}"
    return {
        "title": "Greedy steps: the decoder reads what it writes",
        "about": f"There is no sequence to be read when a decoder writes one: each step reads the "
        f"token with the largest score of the step before. {by} An nn.Linear({decoder.h_out}, "
        f"{VOCABULARY}) gives the scores of {VOCABULARY} tokens. The table is of {one}. Nothing is "
        "trained here, so the tokens mean nothing.",
        "heads": ["step", "token read", "shape of h, last layer", "token written"],
        "rows": [
            {
                "step": str(step),
                "read": f"{START} (start)" if step == 0 else str(int(steps.read[step, sample])),
                "shape": str((samples, decoder.h_out)),
                "written": str(int(steps.written[step, sample])),
            }
            for step in range(DECODER_STEPS)
        ],
        "checked": "Single steps on y are compared with the decoder's out above, and the greedy "
        "steps with the decoder called once on all the tokens that they have read:",
        "claims": claim_records(step_claims(made)),
    }


def _program(program: str, run: Run) -> ProgramRecord:
    about = "It builds the encoder, combines its states, runs the decoder and makes its steps."
    own = " The weights are drawn from the seed: put your own module in their place."
    return {
        "title": "The same as a program",
        "about": about + own if run.observed else about,
        "name": "program",
        "program": program,
        "copy": "Copy program",
    }
