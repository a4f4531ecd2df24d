"""The fields of the panels: what can be set in them, and between which bounds.

Numbers go as text: JavaScript's own are exact only to 2**53.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypedDict

from lstm_shapes.config import InputSizes


class SampleField(TypedDict):
    """The batch item that is looked at."""

    label: str
    value: str
    most: str
    words: str


class StepField(TypedDict):
    """A whole number that is one of the choices, called ``name`` there."""

    name: str
    label: str
    value: str
    least: str
    most: str
    words: str


class PickField(TypedDict):
    """One of a few values, offered as buttons; it is called ``name`` among the choices."""

    name: str
    label: str
    values: Sequence[str]
    chosen: str


def sample_field(sizes: InputSizes, sample: int) -> SampleField | None:
    """The field that chooses a sample; ``None`` where there is none to be chosen."""
    if not sizes.batch_size:
        return None
    return {
        "label": "sample",
        "value": str(sample),
        "most": str(sizes.batch_size - 1),
        "words": f"of {sizes.batch_size}",
    }


def step_field(name: str, label: str, value: int, least: int, most: int) -> StepField:
    """A field for a whole number from ``least`` to ``most``."""
    return {
        "name": name,
        "label": label,
        "value": str(value),
        "least": str(least),
        "most": str(most),
        "words": f"from {least} to {most}",
    }


def pick_field(name: str, values: Iterable[object], chosen: object) -> PickField:
    """Buttons for a few values, named as the choice is."""
    listed = [str(value) for value in values]
    return {"name": name, "label": name, "values": listed, "chosen": str(chosen)}
