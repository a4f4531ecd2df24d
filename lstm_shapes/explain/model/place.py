"""Where in the user's own code something happens: read from the frames that are running."""

from __future__ import annotations

import inspect
import linecache
from pathlib import Path
from types import FrameType

import torch

from lstm_shapes.explain.model.report import Place

_OURS = str(Path(__file__).resolve().parents[2])
_TORCH = str(Path(torch.__file__).resolve().parent)
_NOT_THEIRS = (_OURS, _TORCH, "<frozen", "<string>", "<__array_function__")
_COMMAND = str(Path(__file__).resolve().with_name("command.py"))


def user_place() -> Place | None:
    """The innermost line that is neither torch's nor this package's; ``None`` if there is none."""
    frame: FrameType | None = inspect.currentframe()
    while frame is not None:
        file = frame.f_code.co_filename
        if file == _COMMAND:  # what called the command is not the user's code
            return None
        if not file.startswith(_NOT_THEIRS) and "site-packages" not in file:
            code = linecache.getline(file, frame.f_lineno, frame.f_globals).strip()
            return Place(file, frame.f_lineno, frame.f_code.co_name, code)
        frame = frame.f_back
    return None
