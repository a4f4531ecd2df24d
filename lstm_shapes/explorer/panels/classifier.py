"""A widely read classifier, run as it is written, beside the one that was meant."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, TypedDict

from lstm_shapes.config import InputSizes, Question, Settings
from lstm_shapes.formula.twin import smaller_twin

if TYPE_CHECKING:
    from lstm_shapes.statements.classifier import ClassifierResult

HEADS = ("module", "version", "it returns", "its first probability has read", "verdict")


class VersionRecord(TypedDict):
    """One classifier, run: the shape it returned, and what its first probability has read."""

    version: str
    module: str
    shape: str
    read: str
    right: bool
    verdict: str


class SourceRecord(TypedDict):
    """The code of one version."""

    version: str
    code: str


class ClassifierRecord(TypedDict):
    """Both versions with one and two layers and directions."""

    name: str
    title: str
    about: str
    heads: Sequence[str]
    rows: Sequence[VersionRecord]
    sources: Sequence[SourceRecord]


# Most changes of the module are none of the classifier's.
@lru_cache(maxsize=8)
def classifier_record(
    input_size: int, hidden_size: int, sizes: InputSizes, seed: int
) -> ClassifierRecord:
    """Both versions on an input of the current sizes, or of smaller ones if these are too large.

    Args:
        seed: what weights and input are drawn from.
    """
    from lstm_shapes.statements.classifier import classifier_results, too_large

    settings = Settings(input_size, hidden_size)
    smaller = bool(too_large(settings, sizes))
    if smaller:
        twin = smaller_twin(Question(settings, sizes))
        settings, sizes = twin.settings, twin.sizes
    samples = 1 if sizes.batch_size is None else sizes.batch_size
    return {
        "name": "A widely read classifier",
        "title": "A widely read classifier, run as it is written",
        "about": _about((samples, sizes.seq_len, settings.input_size), smaller),
        "heads": HEADS,
        "rows": [_row(each) for each in classifier_results(settings, sizes, seed)],
        "sources": _sources(),
    }


def _about(shape: tuple[int, int, int], smaller: bool) -> str:
    twin = "It is too large to be measured while you wait, so it is made smaller here. "
    return (twin if smaller else "") + (
        f"The classifier is given x of shape `{shape}`, which is (batch, seq, features), as the "
        "text beside it asks for. As written, its nn.LSTM has no `batch_first=True`, so it takes "
        "the first axis for time. Its `squeeze(0)` removes an axis of size 1 only: with two "
        "layers or two directions it removes nothing. The shapes fit all the same, because "
        "`nn.Linear` takes any number of axes before the last, and the last one always has "
        "hidden_size features. So torch reports no error."
    )


def _sources() -> list[SourceRecord]:
    from lstm_shapes.statements.classifier import AsWritten, Repaired

    return [
        {"version": version, "code": inspect.getsource(made).rstrip()}
        for version, made in (("as written", AsWritten), ("repaired", Repaired))
    ]


def _row(result: ClassifierResult) -> VersionRecord:
    return {
        "version": result.version,
        "module": _module(result.num_layers, result.bidirectional),
        "shape": str(result.shape),
        "read": _read(result.read),
        "right": result.right,
        "verdict": "one probability for each sample; the first has read every step of sample 0, "
        "and nothing else"
        if result.right
        else "; ".join(_wrong(result)),
    }


def _wrong(result: ClassifierResult) -> Iterator[str]:
    """What is wrong with what a classifier returned."""
    samples, own = len(result.read), [len(result.read[0]) * (True,)]
    if result.shape != (samples, 1):
        yield f"it is not one probability for each of {samples} sample{'s' * (samples != 1)}"
    if list(result.read) != [*own, *[(False,) * len(own[0])] * (samples - 1)]:
        yield f"the first has not read {_read(own)}, which is sample 0, but {_read(result.read)}"


def _module(num_layers: int, bidirectional: bool) -> str:
    layers = f"{num_layers} layer{'s' * (num_layers > 1)}"
    return f"{layers}, {'two directions' if bidirectional else 'one direction'}"


def _read(read: Sequence[Sequence[bool]]) -> str:
    """What a first probability has read: samples and steps, each as a range of indices."""
    samples = [i for i, steps in enumerate(read) if any(steps)]
    steps = sorted({t for each in read for t, seen in enumerate(each) if seen})
    return f"x[{_range(samples)}, {_range(steps)}]"


def _range(indices: Sequence[int]) -> str:
    if not indices:
        return "nothing"
    first, last = indices[0], indices[-1]
    return str(first) if first == last else f"{first}..{last}"
