"""Where in the user's own code something happens: read from the frames that are running."""

from __future__ import annotations

import inspect
import linecache
import os
from pathlib import Path
from types import FrameType

import torch

from lstm_shapes.explain.model.report import Place

_OURS = str(Path(__file__).resolve().parents[2])
_TORCH = str(Path(torch.__file__).resolve().parent)
RUNS = str(Path(__file__).with_name("passes.py"))
"""Where the copy of the model is run."""

_NOT_THEIRS = (_OURS + os.sep, _TORCH + os.sep, "<frozen", "<string>", "<__array_function__")


def user_place() -> Place | None:
    """The innermost line that is neither torch's nor this package's; ``None`` if there is none."""
    frame: FrameType | None = inspect.currentframe()
    while frame is not None:
        if frame.f_code.co_filename == RUNS:
            return None  # behind the run of the copy stands whoever has called explain
        if theirs(frame.f_code.co_filename):
            return place_of(frame, frame.f_lineno)
        frame = frame.f_back
    return None


def theirs(file: str) -> bool:
    """Whether a file is the user's own: neither torch's, nor this package's, nor installed."""
    return not file.startswith(_NOT_THEIRS) and "site-packages" not in file


def place_of(frame: FrameType, line: int) -> Place:
    """A line of a function that is running."""
    file = frame.f_code.co_filename
    code = linecache.getline(file, line, frame.f_globals).strip()
    return Place(file, line, frame.f_code.co_name, code)
