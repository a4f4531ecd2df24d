"""What a vector has read, and the head that fits it."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from lstm_shapes.config import InputSizes, Question, Settings
from lstm_shapes.explorer.panels.without import why_not
from lstm_shapes.explorer.state import Snapshot
from lstm_shapes.explorer.view import View
from lstm_shapes.formula.numbers import grouped
from lstm_shapes.picture.scene import elide
from lstm_shapes.snippet import vector_script

if TYPE_CHECKING:
    from lstm_shapes.expression.text import ExpressionError
    from lstm_shapes.live.run import Run
    from lstm_shapes.statements.vectors import Half, Reading

CLASSES = 2
"""out_features of the head that is shown."""

MOST_SQUARES = 9
"""Steps drawn of what was read; the middle of a longer sequence is left out, and counted."""

MOST_SAMPLES = 6
"""Samples drawn of those that a row has read."""


def usual_vector(question: Question) -> str:
    """The vector that is fed to a head where nothing else is chosen."""
    if question.settings.bidirectional:
        return "torch.cat([h_n[-2], h_n[-1]], dim=-1)"
    return "h_n[-1]"


def vectors_view(snapshot: Snapshot, sample: int = 0, vector: str = "") -> View:
    """The usual vectors and the chosen one, each with what it has read on the run.

    Args:
        sample: whose row is looked at.
        vector: expression of the chosen one; empty for the usual one.
    """
    question = snapshot.question
    chosen = vector or usual_vector(question)
    count = question.sizes.batch_size
    view: View = {
        "vector": chosen,
        "samples": count and str(count),
        "sample": sample,
        "without": why_not(snapshot, "measured by gradients"),
        "candidates": [],
        "own": None,
        "head": None,
        "classifier": None,
    }
    if view["without"] or snapshot.run is None:
        return view
    return view | _measured(snapshot.run, sample, chosen)


def _measured(run: Run, sample: int, chosen: str) -> View:
    from lstm_shapes.expression.grammar import parse
    from lstm_shapes.expression.text import ExpressionError
    from lstm_shapes.statements.vectors import readings, usual_vectors

    known = usual_vectors(run.settings, run.sizes)
    codes = [candidate.code for candidate in known]
    expressions = [parse(code) for code in codes]
    own: View | None = None
    if chosen not in codes:
        try:
            expressions.append(parse(chosen))
        except ExpressionError as error:
            own = _error(error)
    views = [_result(each) for each in readings(run, expressions, sample)]
    if own is None:
        own = views[codes.index(chosen) if chosen in codes else -1]
    for view, candidate in zip(views, known, strict=False):
        view["name"] = candidate.name
    return {
        "steps": _labels(run),
        "candidates": views[: len(known)],
        "own": own,
        "head": None if "error" in own else _head(run, chosen),
        "classifier": _classifier(
            run.settings.input_size, run.settings.hidden_size, run.sizes, run.seed
        ),
    }


def _result(found: Reading | ExpressionError) -> View:
    from lstm_shapes.expression.text import ExpressionError

    return _error(found) if isinstance(found, ExpressionError) else _reading(found)


def _error(error: ExpressionError) -> View:
    """What was typed, cut in three: before the spot, the spot, and behind it."""
    text, start, end = error.text, error.start, error.end
    return {
        "code": text,
        "error": {
            "parts": [text[:start], text[start:end], text[end:]],
            "problem": error.problem,
            "cure": error.cure,
        },
    }


def _reading(reading: Reading) -> View:
    return {
        "code": reading.code,
        "sizes": [grouped(size) for size in reading.shape],
        "shape": ",".join(map(str, reading.shape)),
        "axes": [{"role": _role(name), "name": name} for name in reading.axes],
        "halves": [_half(half, reading.sample) for half in reading.halves],
        "sound": reading.sound,
        "verdict": reading.verdict,
    }


def _role(name: str) -> str:
    """The colour of an axis; one that joins a batch or time with more is no axis any more."""
    if name in ("batch", "seq"):
        return name
    if "batch" in name or "seq" in name:
        return "mixed"
    return "layers" if "features" not in name and name != "?" else "features"


def _half(half: Half, sample: int) -> View:
    """The own sample's row of squares, the same of the last layer's input, and one for every
    other sample that was read."""
    own = sample if sample < len(half.read) else 0
    others = [i for i, steps in enumerate(half.read) if any(steps) and i != own]
    rows = [_row(half.read[own], f"sample {own}", "own")]
    if half.read_last is not None and not others:
        rows.append(_row(half.read_last[own], "the last layer's input", "last"))
    rows += [_row(half.read[i], f"sample {i}", "foreign") for i in others[:MOST_SAMPLES]]
    return {
        "part": half.part,
        "features": half.features,
        "rows": rows,
        "more": max(0, len(others) - MOST_SAMPLES),
    }


def _row(steps: Sequence[bool], of: str, role: str) -> View:
    return {
        "of": of,
        "role": role,
        "squares": [None if at is None else steps[at] for at in elide(len(steps), MOST_SQUARES)],
        "count": f"{sum(steps)} of {len(steps)}",
    }


def _labels(run: Run) -> list[str]:
    return ["…" if at is None else str(at) for at in elide(run.sizes.seq_len, MOST_SQUARES)]


def _head(run: Run, code: str) -> View | None:
    from lstm_shapes.expression.grammar import parse
    from lstm_shapes.expression.text import ExpressionError
    from lstm_shapes.statements.vectors import linear_layer_for

    try:
        layer, scores = linear_layer_for(run, parse(code), CLASSES)
    except ExpressionError as error:
        return {"error": str(error).split("\n", 1)[0]}
    return {
        "layer": f"nn.Linear({layer.in_features}, {layer.out_features})",
        "in_features": str(layer.in_features),
        "sizes": [grouped(size) for size in scores.shape],
        "shape": ",".join(map(str, scores.shape)),
        "program": vector_script(run.settings, run.sizes, run.seed, code, CLASSES),
    }


# Most changes of the module are none of the classifier's.
@lru_cache(maxsize=8)
def _classifier(input_size: int, hidden_size: int, sizes: InputSizes, seed: int) -> View:
    from lstm_shapes.statements.classifier import AsWritten, Repaired, classifier_results, too_large

    settings = Settings(input_size, hidden_size)
    refusal = too_large(settings, sizes)
    if refusal:
        return {"without": refusal}
    samples = 1 if sizes.batch_size is None else sizes.batch_size
    return {
        "without": "",
        "sources": [inspect.getsource(each).rstrip() for each in (AsWritten, Repaired)],
        "input": str((samples, sizes.seq_len, input_size)),
        "rows": [
            {
                "version": finding.version,
                "module": _module(finding.num_layers, finding.bidirectional),
                "shape": str(finding.shape),
                "read": _words(finding.read),
                "right": finding.right,
            }
            for finding in classifier_results(settings, sizes, seed)
        ],
    }


def _module(num_layers: int, bidirectional: bool) -> str:
    layers = f"{num_layers} layer{'s' * (num_layers > 1)}"
    return f"{layers}, {'two directions' if bidirectional else 'one direction'}"


def _words(read: Sequence[Sequence[bool]]) -> str:
    """What a first probability has read: samples and steps, each as a range of indices."""
    samples = [i for i, steps in enumerate(read) if any(steps)]
    steps = sorted({t for each in read for t, seen in enumerate(each) if seen})
    return f"x[{_range(samples)}, {_range(steps)}]"


def _range(indices: Sequence[int]) -> str:
    if not indices:
        return "nothing"
    first, last = indices[0], indices[-1]
    return str(first) if first == last else f"{first}..{last}"
