"""Reads what is known of a call: of the module alone, and of the frames that an error came through.

Shapes, dtypes and arguments are copied as numbers and text. No frame, module or tensor is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import TracebackType
from typing import Any

from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from lstm_shapes.errors import ArgumentTypeError, wrong_type
from lstm_shapes.explain.errors.call import NO_CALL, Call, Given, Shape
from lstm_shapes.recurrent import class_of

_TORCH = "torch.nn.modules.rnn"
MOST_FRAMES = 10_000
"""So many frames of a traceback are looked at."""


def call_of(error: BaseException | None, module: object = None) -> Call:
    """Read what is known of the call that an error came from.

    Args:
        error: the error; its traceback is read. ``None`` if there is only text.
        module: the module, if the user gave it. It counts where the frames show none.

    Raises:
        ArgumentTypeError: the module is no recurrent module and no cell.

    >>> call_of(None, nn.GRU(4, 3, batch_first=True)).made(6)
    'nn.GRU(6, 3, batch_first=True)'
    """
    given = NO_CALL if module is None else _of_module(_checked(module))
    found = _of_frames(error.__traceback__) if error is not None else NO_CALL
    return found if found.kind else given


def _checked(module: object) -> nn.Module:
    if isinstance(module, (nn.RNNBase, nn.RNNCellBase)):
        return module
    cure = "give the nn.LSTM, GRU, RNN or cell that was called"
    if isinstance(module, nn.Module):
        kind = type(module).__name__
        cure += ", such as model.lstm"
        raise ArgumentTypeError("module", kind, "is no recurrent module", cure)
    raise wrong_type("module", module, cure)


def _of_module(module: nn.Module) -> Call:
    """What a recurrent module or a cell says of itself."""
    made_of = class_of(module)
    kind = "" if made_of is None else made_of.__name__
    weight = next(module.parameters(), None)
    sizes: dict[str, Any] = {
        name: int(getattr(module, name, 0) or 0)
        for name in ("input_size", "hidden_size", "num_layers", "proj_size")
    }
    return Call(
        kind,
        **sizes,
        directions=2 if getattr(module, "bidirectional", False) else 1,
        batch_first=bool(getattr(module, "batch_first", False)),
        dtype="" if weight is None else str(weight.dtype),
        device="" if weight is None else str(weight.device),
    )


def _of_frames(traceback: TracebackType | None) -> Call:
    """The call of the last recurrent module that an error went through."""
    found = NO_CALL
    for name, values in _frames(traceback):
        module = values.get("self")
        if name == "forward" and isinstance(module, (nn.RNNBase, nn.RNNCellBase)):
            found = _of_forward(module, values)
    return found


def _frames(traceback: TracebackType | None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The functions of torch's recurrent modules on the way of an error, and their variables."""
    for _ in range(MOST_FRAMES):
        if traceback is None:
            return
        frame = traceback.tb_frame
        if frame.f_globals.get("__name__") == _TORCH:
            yield frame.f_code.co_name, frame.f_locals
        traceback = traceback.tb_next


def _of_forward(module: nn.Module, values: Mapping[str, Any]) -> Call:
    call = _of_module(module)
    states = values.get("hx")
    given = tuple(map(_given, states)) if isinstance(states, (tuple, list)) else ()
    if isinstance(states, Tensor):
        given = (_given(states),)
    value = _given(values.get("orig_input", values.get("input")))
    if call.is_cell and values.get("is_batched") is False:
        value = replace(value, shape=value.shape and value.shape[1:])
    kind = type(states).__name__ if states is not None else ""
    return replace(call, input=value, states=given, states_type=kind, raised=True)


def _given(value: object) -> Given:
    kind = type(value).__name__
    if isinstance(value, PackedSequence):
        data, sizes = value.data, value.batch_sizes
        samples = int(sizes[0]) if type(sizes) is Tensor and sizes.numel() else 0
        return Given(kind, _shape(data), str(data.dtype), str(data.device), samples)
    if isinstance(value, Tensor):
        return Given("Tensor", _shape(value), str(value.dtype), str(value.device))
    return Given(kind)


def _shape(tensor: Tensor) -> Shape | None:
    """A tensor's shape; ``None`` where a compiler has put symbols for the numbers."""
    shape = tuple(tensor.shape)
    return shape if all(type(size) is int for size in shape) else None
