"""What a vector has read, and the head that fits it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

from lstm_shapes.config import Question
from lstm_shapes.explorer.choices import LONGEST
from lstm_shapes.explorer.panels.axes import ResultAxis, result_axes, result_labels
from lstm_shapes.explorer.panels.classifier import ClassifierRecord, classifier_record
from lstm_shapes.explorer.panels.fields import SampleField, sample_field
from lstm_shapes.explorer.panels.readings import (
    MOST_SQUARES,
    ReadingRecord,
    VectorRecord,
    fault_record,
    vector_record,
)
from lstm_shapes.explorer.panels.without import why_not
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.formula.numbers import grouped
from lstm_shapes.formula.shapes import symbols, tensor_shapes
from lstm_shapes.picture.scene import elide
from lstm_shapes.snippet import vector_script

if TYPE_CHECKING:
    from lstm_shapes.live.run import Run

CLASSES = 2
"""out_features of the head that is shown."""

HINT = (
    "A square is filled where the vector depends on x[t]: there its gradient ∂vector/∂x[t], "
    "measured on this run, is not zero."
)
HINT_LAST = (
    "A low square is filled where it depends on y[t], which is what the last layer reads: the "
    "output of the layer below."
)


class OwnField(TypedDict):
    """The field for a vector of one's own, and what may be written there."""

    label: str
    name: str
    value: str
    longest: str
    button: str
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


def vectors_view(snapshot: Snapshot, sample: int = 0, vector: str = "") -> VectorsPanel:
    """The usual vectors and the chosen one, each with what it has read on the run.

    Args:
        sample: whose row is looked at.
        vector: expression of the chosen one; empty for the usual one.
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
    candidates, own = _vectors(run, sample, chosen)
    settings = question.settings
    listed = own or next(each for each in candidates if each["code"] == chosen)
    steps = elide(question.sizes.seq_len, MOST_SQUARES)
    return {
        **panel,
        "hint": f"{HINT} {HINT_LAST}" if settings.num_layers > 1 else HINT,
        "steps": ["…" if at is None else str(at) for at in steps],
        "candidates": candidates,
        "own": own,
        "head": _head(run, chosen, listed),
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
        # Without a run there may be no torch yet, in which the operations stand.
        "grammar": "" if run is None else _grammar(question),
    }


def _grammar(question: Question) -> str:
    """What an expression may be made of."""
    from lstm_shapes.expression.operations import FUNCTIONS, METHODS

    shapes = tensor_shapes(question.settings, question.sizes)
    tensors = [name for name in shapes if name in ("out", "h_n", "c_n")]
    sizes = symbols(question.settings, question.sizes)
    return (
        f"An expression is made of the tensors {_code(tensors)}, the sizes {_code(sizes)}, and "
        f"whole numbers. Each tensor can be indexed and sliced in `[ ]`. The functions of torch "
        f"are {_code(FUNCTIONS)}; the methods of a tensor are {_code(METHODS)}."
    )


def _code(names: Sequence[str] | dict[str, int]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _vectors(run: Run, sample: int, chosen: str) -> tuple[list[VectorRecord], VectorRecord | None]:
    """The usual vectors, and the chosen one if it is none of them."""
    from lstm_shapes.expression.grammar import parse
    from lstm_shapes.expression.text import ExpressionError
    from lstm_shapes.statements.vectors import readings, usual_vectors

    known = usual_vectors(run.settings, run.sizes)
    named = [(candidate.code, candidate.name) for candidate in known]
    own: VectorRecord | None = None
    if chosen not in dict(named):
        named.append((chosen, "your own"))
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


def _head(run: Run, code: str, vector: VectorRecord) -> HeadRecord | None:
    """The head that fits the chosen vector; none for one that is wrong."""
    from lstm_shapes.expression.grammar import parse
    from lstm_shapes.expression.text import ExpressionError
    from lstm_shapes.statements.vectors import linear_layer_for

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
        layer, scores = linear_layer_for(run, parse(code), CLASSES)
    except ExpressionError as error:
        return {**record, "without": fault_record(error)["says"]}
    *before, _ = result_axes(result_labels(run, code))
    features: ResultAxis = {"role": "features", "name": "features", "size": str(CLASSES)}
    linear: LinearRecord = {
        "layer": f"nn.Linear({layer.in_features}, {layer.out_features})",
        "in_features": str(layer.in_features),
        "makes": "makes of it a tensor of shape",
        "sizes": [grouped(size) for size in scores.shape],
        "shape": ",".join(map(str, scores.shape)),
        "axes": [*before, features],
        "program_name": "program",
        "program": vector_script(run.settings, run.sizes, run.seed, code, CLASSES),
        "copy": "Copy program",
    }
    return {**record, "linear": linear}
