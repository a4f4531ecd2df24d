"""Variable lengths: the padded input, what packing makes of it, and what it saves it from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

from lstm_shapes.config import InputSizes
from lstm_shapes.errors import MOST_LENGTHS, one_each
from lstm_shapes.explorer.link import write_link
from lstm_shapes.explorer.panels.claims import ClaimRecord, claim_records
from lstm_shapes.explorer.panels.fields import SampleField, sample_field
from lstm_shapes.explorer.panels.padding import PaddingRecord, padding_record
from lstm_shapes.explorer.panels.tokens import MOST_SAMPLES, MOST_STEPS, TokenGrid, token_grids
from lstm_shapes.explorer.panels.without import why_not
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.formula.numbers import grouped
from lstm_shapes.picture.scene import elide

if TYPE_CHECKING:
    from torch.nn.utils.rnn import PackedSequence

    from lstm_shapes.live.run import Run

CLAIMS = ("forward-last", "backward-first", "backward-last", "reading-order", "last-step")
"""Of the run's claims on order and alignment those in which lengths play a part."""

ABOUT = (
    "The samples of one batch may differ in length. The shorter ones are padded with zeros, and "
    "the batch is packed, so that no cell reads the padding."
)


class LengthField(TypedDict):
    """The length of one sample, to be changed."""

    label: str
    name: str
    value: str
    most: str


class LengthLink(TypedDict):
    """A button that opens other lengths."""

    label: str
    link: str


class LengthsEditor(TypedDict):
    """The lengths, and what can be done to them; ``more`` says which are not listed."""

    fields: Sequence[LengthField]
    more: str
    links: Sequence[LengthLink]


class PackedPart(TypedDict):
    """One attribute of the packed batch."""

    name: str
    value: str


class OptionRecord(TypedDict):
    """One option of packing or unpacking: code, and what becomes of it.

    ``torch`` is torch's own message, if it has one.
    """

    code: str
    says: str
    torch: str


class PackedRecord(TypedDict):
    """Everything that follows from lengths, measured on the run."""

    grids: Sequence[TokenGrid]
    parts: Sequence[PackedPart]
    padding: PaddingRecord
    options_title: str
    options: Sequence[OptionRecord]
    claims_title: str
    claims: Sequence[ClaimRecord]


class LengthsPanel(TypedDict):
    """The lengths to be edited, and what follows from them; without it is said why not."""

    about: str
    editor: LengthsEditor
    without: str
    sample_field: SampleField | None
    packed: PackedRecord | None


def lengths_view(snapshot: Snapshot, sample: int = 0) -> LengthsPanel:
    """The lengths to be edited, and all that follows from them.

    Args:
        sample: the batch item whose out is shown, packed and padded.
    """
    sizes, without = snapshot.question.sizes, _without(snapshot)
    packed: PackedRecord | None = None
    if not without and sizes.lengths is not None and snapshot.run is not None:
        packed = _packed(snapshot, snapshot.run, sizes.lengths, sample)
    return {
        "about": ABOUT,
        "editor": _editor(sizes),
        "without": without,
        "sample_field": sample_field(sizes, sample),
        "packed": packed,
    }


def _without(snapshot: Snapshot) -> str:
    sizes = snapshot.question.sizes
    if sizes.batch_size is None:
        return (
            "The input is one sequence, without a batch, so nothing is padded: switch batched on "
            "to see what lengths do."
        )
    if not sizes.batch_size:
        return "batch_size is 0, so there are no lengths: set batch_size to 1 or more."
    if sizes.lengths is None:
        return (
            "Every sample has seq_len steps, so nothing is padded and nothing has to be packed: "
            "set lengths that differ, or take the example."
        )
    return why_not(snapshot, "compared with the padded batch")


def _editor(sizes: InputSizes) -> LengthsEditor:
    lengths, samples = _editable(sizes), sizes.batch_size or 0
    more = ""
    if samples > MOST_SAMPLES:
        more = f"The {grouped(samples - MOST_SAMPLES)} others are set in the field beside."
        more = more if lengths else "There are too many samples to be set one by one."
    whole: list[LengthLink] = []
    if sizes.lengths:
        whole = [{"label": "all seq_len steps long", "link": write_link({"lengths": None})}]
    return {
        "fields": [
            {
                "label": f"b={b}",
                "name": f"lengths[{b}]",
                "value": str(length),
                "most": str(sizes.seq_len),
            }
            for b, length in enumerate(lengths)
        ],
        "more": more,
        "links": [*whole, {"label": "an example", "link": _example(sizes)}],
    }


def _editable(sizes: InputSizes) -> list[int]:
    """The lengths that are offered to be changed; none where there are too many to be set."""
    samples = sizes.batch_size or 0
    if samples > MOST_LENGTHS:
        return []
    return list(one_each(sizes.lengths or (), samples, sizes.seq_len)[:MOST_SAMPLES])


def _example(sizes: InputSizes) -> str:
    """A link to lengths that differ, unsorted, the second one whole."""
    samples = sizes.batch_size or 0
    samples = samples if 0 < samples <= MOST_LENGTHS else 3
    steps = max(sizes.seq_len, 3)
    shares = (0.6, 1.0, 0.4, 0.8, 0.2)
    lengths = tuple(max(1, int(steps * shares[b % len(shares)])) for b in range(samples))
    return write_link(
        {"batched": True, "batch_size": samples, "seq_len": steps, "lengths": lengths}
    )


def _packed(snapshot: Snapshot, run: Run, lengths: Sequence[int], sample: int) -> PackedRecord:
    from lstm_shapes.live.lengths import packed_input
    from lstm_shapes.statements.lengths import packing_claims

    packed = packed_input(run)
    order = [] if packed.sorted_indices is None else packed.sorted_indices.tolist()
    alignment = [claim for claim in snapshot.claims if claim.id in CLAIMS]
    return {
        "grids": token_grids(run, lengths, order, tuple(packed.data.shape)),
        "parts": _parts(packed),
        "padding": padding_record(run, sample),
        "options_title": "Options of packing and unpacking",
        "options": _options(run),
        "claims_title": "Checked on this run",
        "claims": claim_records([*packing_claims(run), *alignment]),
    }


def _parts(packed: PackedSequence) -> list[PackedPart]:
    """The attributes of the packed batch, by the names that torch has for them."""
    rows, shape = len(packed.data), tuple(packed.data.shape)
    order, undo = packed.sorted_indices, packed.unsorted_indices
    return [
        {"name": "data", "value": f"{shape}: {grouped(rows)} rows, one for each step that is read"},
        {"name": "batch_sizes", "value": _some(packed.batch_sizes.tolist())},
        {"name": "sorted_indices", "value": _some([] if order is None else order.tolist())},
        {"name": "unsorted_indices", "value": _some([] if undo is None else undo.tolist())},
    ]


def _some(numbers: Sequence[int]) -> str:
    """The first and last of many numbers."""
    shown = (
        "…" if place is None else str(numbers[place]) for place in elide(len(numbers), MOST_STEPS)
    )
    return f"[{', '.join(shown)}]"


def _options(run: Run) -> list[OptionRecord]:
    """What torch makes of the options, asked on this run."""
    from lstm_shapes.live.lengths import out_padded_again
    from lstm_shapes.live.torch_says import enforce_sorted_message, total_length_message

    steps, refusal = run.sizes.seq_len, enforce_sorted_message(run)
    plain, padded = (tuple(out_padded_again(run, total).shape) for total in (None, steps))
    return [
        {
            "code": "enforce_sorted=True",
            "says": "torch refuses it:" if refusal else "torch takes it.",
            "torch": refusal,
        },
        {
            "code": "pad_packed_sequence(packed)",
            "says": f"pads to the longest sample: out is {plain}.",
            "torch": "",
        },
        {
            "code": f"pad_packed_sequence(packed, total_length={steps})",
            "says": f"pads to seq_len: out is {padded}.",
            "torch": "",
        },
        {
            "code": "a total_length below the longest sample",
            "says": "torch refuses it:",
            "torch": total_length_message(run),
        },
    ]
