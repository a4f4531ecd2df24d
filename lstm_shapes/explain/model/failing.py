"""What is known of a call that raised: where, what the module was given, and who made that."""

from __future__ import annotations

from types import TracebackType

from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from lstm_shapes.explain.model.passes import Session
from lstm_shapes.explain.model.place import RUNS, place_of, theirs
from lstm_shapes.explain.model.report import Place
from lstm_shapes.explain.model.way import called


def failed_at(session: Session, error: BaseException) -> tuple[str, Place | None]:
    """Say where a call raised, in plain sentences, and give the user's line.

    Args:
        session: its last run raised the error.
        error: the exception.
    """
    place = _innermost(error.__traceback__)
    recorder = session.recorder
    if len(recorder.began) == len(recorder.calls):
        return "", place
    path, module, given = recorder.began[-1]
    x = given[0] if given else None
    data = x.data if isinstance(x, PackedSequence) else x
    if not isinstance(data, Tensor):
        return f"It was raised by {called(path, module)}, which was given no tensor.", place
    kind = "a packed sequence with data" if isinstance(x, PackedSequence) else "an input"
    says = f"It was raised by {called(path, module)}, which was given {kind} {tuple(data.shape)}"
    return f"{says}{_made_by(session, data)}.", place


def _innermost(traceback: TracebackType | None) -> Place | None:
    """The last line on the way of an error that is neither torch's nor this package's."""
    found = None
    while traceback is not None:
        frame = traceback.tb_frame
        if frame.f_code.co_filename == RUNS:
            found = None  # what stands before is whoever has called explain
        elif theirs(frame.f_code.co_filename):
            found = place_of(frame, traceback.tb_lineno)
        traceback = traceback.tb_next
    return found


def _made_by(session: Session, x: Tensor) -> str:
    """Which part of the model made a tensor, or which argument it is."""
    for leaf, value in zip(session.given.leaves, session.passed, strict=False):
        if value is x:
            return f", the argument {leaf.name}"
    names = _parameters(session.model)
    for operation in session.recorder.watch.operations:
        if operation.output is x:
            owners = [names[id(each)] for each in operation.inputs if id(each) in names]
            by = f"the layer {owners[0]}" if owners and owners[0] else f"{operation.name}()"
            where = f" at {operation.place}" if operation.place else ""
            return f", made by {by}{where}"
    for call in session.recorder.calls:
        if x in (call.out, call.h):
            return f", returned by {call.path or 'the model'}"
    return ""


def _parameters(model: nn.Module) -> dict[int, str]:
    return {id(p): path for path, m in model.named_modules() for p in m.parameters(recurse=False)}
