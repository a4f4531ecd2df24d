"""What a vector has read, and the head that fits it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypedDict

from lstm_shapes.config import Question
from lstm_shapes.explorer.choices import LONGEST
from lstm_shapes.explorer.panels.axes import ResultAxis, result_axes
from lstm_shapes.explorer.panels.classifier import ClassifierRecord, classifier_record
from lstm_shapes.explorer.panels.fields import SampleField, sample_field
from lstm_shapes.explorer.panels.readings import (
    MOST_SQUARES,
    ReadingRecord,
    VectorRecord,
    fault_of,
    fault_record,
    vector_record,
)
from lstm_shapes.explorer.panels.without import why_not
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.formula.shapes import tensor_shapes
from lstm_shapes.picture.scene import elide
from lstm_shapes.snippet import vector_script

if TYPE_CHECKING:
    from lstm_shapes.live.run import Run

OWN = "your own"
"""What a vector is called that is none of the usual ones."""

CLASSES = 2
"""out_features of the head that is shown."""

HINT = (
    "Top row: the input steps that change this vector. A square is filled where the gradient "
    "∂vector/∂x[t], measured on this run, is not zero."
)
HINT_LAST = (
    "Bottom row: the same, counted at the last layer's input, which is the output of the layer "
    "below."
)


class OwnField(TypedDict):
    """The field for a vector of one's own, and what may be written there."""

    label: str
    name: str
    value: str
    longest: str
    button: str
    about: str
    grammar: str


class LinearRecord(TypedDict):
    """The linear layer that fits a vector, and what it makes of it."""

    layer: str
    in_features: str
    makes: str
    sizes: Sequence[str]
    shape: str
    axes: Sequence[ResultAxis]
    program_name: str
    program: str
    copy: str


class HeadRecord(TypedDict):
    """A head for the chosen vector; ``without`` says why there is none."""

    title: str
    about: str
    code: str
    reading: ReadingRecord
    linear: LinearRecord | None
    without: str


class VectorsPanel(TypedDict):
    """The usual vectors and the chosen one; ``own`` is the chosen one where it is none of them."""

    title: str
    hint: str
    sample_field: SampleField | None
    field: OwnField
    without: str
    chosen: str
    steps_title: str
    steps: Sequence[str]
    candidates: Sequence[VectorRecord]
    own: VectorRecord | None
    head: HeadRecord | None
    classifier: ClassifierRecord | None


def usual_vector(question: Question) -> str:
    """The vector that is fed to a head where nothing else is chosen."""
    if question.settings.bidirectional:
        return "torch.cat([h_n[-2], h_n[-1]], dim=-1)"
    return "h_n[-1]"


def vectors_view(
    snapshot: Snapshot,
    sample: int = 0,
    vector: str = "",
    asked: Question | None = None,
    lost: str = "",
) -> VectorsPanel:
    """The usual vectors and the chosen one, each with what it has read on the run.

    Args:
        sample: whose row is looked at.
        vector: expression of the chosen one; empty for the usual one.
        asked: the question itself, where the snapshot is that of a smaller twin.
        lost: why the chosen vector does not mean the same on the twin.
    """
    question, run = snapshot.question, snapshot.run
    chosen = vector or usual_vector(question)
    panel: VectorsPanel = {
        "title": "What has this vector read?",
        "hint": HINT,
        "sample_field": sample_field(question.sizes, sample),
        "field": _field(question, chosen, run),
        "without": why_not(snapshot, "measured by gradients"),
        "chosen": chosen,
        "steps_title": "t =",
        "steps": [],
        "candidates": [],
        "own": None,
        "head": None,
        "classifier": None,
    }
    if panel["without"] or run is None:
        return panel
    asked = asked or question
    candidates, own = _vectors(run, sample, chosen, lost)
    settings = question.settings
    listed = own or next(each for each in candidates if each["code"] == chosen)
    steps = elide(question.sizes.seq_len, MOST_SQUARES)
    return {
        **panel,
        "hint": f"{HINT} {HINT_LAST}" if settings.num_layers > 1 else HINT,
        "steps": ["…" if at is None else str(at) for at in steps],
        "candidates": candidates,
        "own": own,
        "head": _head(run, chosen, listed, asked),
        "classifier": classifier_record(
            settings.input_size, settings.hidden_size, question.sizes, question.seed
        ),
    }


def _field(question: Question, chosen: str, run: Run | None) -> OwnField:
    return {
        "label": "a vector of your own",
        "name": "vector",
        "value": chosen,
        "longest": str(LONGEST),
        "button": "Measure",
        "about": "What may be written here",
        # Without a run there may be no torch yet, in which the operations stand.
        "grammar": "" if run is None else _grammar(question),
    }


def _grammar(question: Question) -> str:
    """What an expression may be made of."""
    from lstm_shapes.expression.names import size_names
    from lstm_shapes.expression.operations import ATTRIBUTES, BUILTINS, FUNCTIONS, METHODS

    shapes = tensor_shapes(question.settings, question.sizes)
    tensors = [name for name in shapes if name in ("out", "h_n", "c_n")]
    lengths = ", `lengths`" if question.sizes.lengths is not None else ""
    sizes = size_names(question.settings, question.sizes)
    return (
        f"An expression is made of the tensors {_code(tensors)}, `x`{lengths}, the sizes "
        f"{_code(sizes)}, and numbers, joined by `+ - * / @`. Each tensor can be indexed and "
        "sliced in `[ ]`, with lists too, and has `out.size(0)` and "
        f"{', '.join(f'`out.{name}`' for name in ATTRIBUTES)}. A mask for `masked_fill` compares "
        "`lengths` and `torch.arange(L)`. The functions of torch are "
        f"{_code(FUNCTIONS)}; the methods of a tensor are {_code(METHODS)}; of Python there are "
        f"{_code(BUILTINS)}. What gives several tensors, such as `chunk`, needs an index behind it."
    )


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _vectors(
    run: Run, sample: int, chosen: str, lost: str
) -> tuple[list[VectorRecord], VectorRecord | None]:
    """The usual vectors, and the chosen one if it is none of them."""
    from lstm_shapes.expression.grammar import parse
    from lstm_shapes.expression.text import ExpressionError
    from lstm_shapes.statements.heads import usual_vectors
    from lstm_shapes.statements.vectors import readings

    known = usual_vectors(run.settings, run.sizes)
    named = [(candidate.code, candidate.name) for candidate in known]
    own: VectorRecord | None = None
    if chosen not in dict(named):
        if lost:
            own = {"code": chosen, "name": OWN, "reading": None, "fault": fault_of(chosen, lost)}
        else:
            named.append((chosen, OWN))
    expressions = []
    for code, name in named:
        try:
            expressions.append(parse(code))
        except ExpressionError as error:
            own = {"code": code, "name": name, "reading": None, "fault": fault_record(error)}
    found = readings(run, expressions, sample)
    records = [
        vector_record(run, name, each) for (_, name), each in zip(named, found, strict=False)
    ]
    return records[: len(known)], own or next(iter(records[len(known) :]), None)


def _head(run: Run, code: str, vector: VectorRecord, asked: Question) -> HeadRecord | None:
    """The head that fits the chosen vector; none for one that is wrong."""
    from lstm_shapes.expression.text import ExpressionError

    if vector["reading"] is None:
        return None
    record: HeadRecord = {
        "title": "Feed the head",
        "about": "A head is the layer that makes scores of the vector. The last axis of the "
        "vector must have as many features as the head's in_features.",
        "code": code,
        "reading": vector["reading"],
        "linear": None,
        "without": "",
    }
    try:
        return {**record, "linear": _linear(run, code, asked)}
    except ExpressionError as error:
        return {**record, "without": fault_record(error)["says"]}


def _linear(run: Run, code: str, asked: Question) -> LinearRecord:
    """The layer for the sizes that were asked for, whatever they were measured on."""
    from lstm_shapes.expression.grammar import parse
    from lstm_shapes.expression.sizes import shape_of
    from lstm_shapes.statements.heads import linear_layer_for

    if (run.settings, run.sizes) == (asked.settings, asked.sizes):
        layer, scores = linear_layer_for(run, parse(code), CLASSES)
        in_features, shape = layer.in_features, tuple(scores.shape)
    else:
        *before, in_features = shape_of(parse(code), asked.settings, asked.sizes)
        shape = (*before, CLASSES)
    *axes, _ = result_axes(run, code, shape)
    features: ResultAxis = {"role": "features", "name": "features", "size": str(CLASSES)}
    return {
        "layer": f"nn.Linear({in_features}, {CLASSES})",
        "in_features": str(in_features),
        "makes": "makes of it a tensor of shape",
        "sizes": [str(size) for size in shape],
        "shape": ",".join(map(str, shape)),
        "axes": [*axes, features],
        "program_name": "program",
        "program": vector_script(asked.settings, asked.sizes, asked.seed, code, CLASSES),
        "copy": "Copy program",
    }
