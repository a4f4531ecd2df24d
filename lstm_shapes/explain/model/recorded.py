"""Records each call of a recurrent module or cell while a copy of the user's model runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from lstm_shapes.explain.model.place import user_place
from lstm_shapes.explain.model.report import Place
from lstm_shapes.explain.model.watch import Digest, Watch, digest_of
from lstm_shapes.recurrent import class_of

MOST_CALLS = 2_000
"""So many calls of one run are recorded; a longer loop is known by these."""


@dataclass(frozen=True)
class Outputs:
    """What a call returned, as changes to it are written: the same for modules and cells.

    Attributes:
        out: of a module out, padded or packed data; of a cell its h.
        h, c: the states after the call; c is ``None`` where there is none.
    """

    out: Tensor
    h: Tensor
    c: Tensor | None


@dataclass(frozen=True)
class RecordedCall:
    """A call of a recurrent module.

    Attributes:
        number: its place among all calls of the model.
        after: the number of the last operation before it.
        path: where the module is in the model.
        module: the copy that was called.
        place: in the user's code; only in a run that keeps tensors.
        x: the input; of a PackedSequence its data.
        states: what was given as states.
        out, h, c: what was returned; of a cell out and h are the same.
        packed: the input as a PackedSequence, if it is one.
        lengths: of a packed input.
        digests: of ``x``, ``out``, ``h`` and ``c``; packed ones as padded, (N, L, features).
    """

    number: int
    after: int
    path: str
    module: nn.Module
    place: Place | None
    x: Tensor
    states: tuple[Tensor, ...]
    out: Tensor
    h: Tensor
    c: Tensor | None
    packed: PackedSequence | None
    lengths: tuple[int, ...]
    digests: Mapping[str, Digest]

    @property
    def cell(self) -> bool:
        """Whether it is a single step of a cell."""
        return isinstance(self.module, nn.RNNCellBase)

    @property
    def batch_axis(self) -> int | None:
        """The axis of the (padded) input that the module takes for the batch."""
        if self.packed is not None:
            return 0
        if self.cell:
            return 0 if self.x.dim() == 2 else None
        if self.x.dim() == 2:
            return None
        return 0 if self.module.batch_first else 1

    @property
    def time_axis(self) -> int | None:
        """The axis of the (padded) input that the module takes for time."""
        if self.cell:
            return None
        return 0 if self.batch_axis in (None, 1) else 1

    def padded(self, data: Tensor) -> Tensor:
        """What belongs to the packed data as (N, L, features); else the tensor itself."""
        if self.packed is None:
            return data
        same = PackedSequence(
            data, self.packed.batch_sizes, self.packed.sorted_indices, self.packed.unsorted_indices
        )
        return pad_packed_sequence(same, batch_first=True)[0]


@dataclass
class Recorder:
    """Stands in the place of the forward of each recurrent module of a copy.

    Attributes:
        watch: the run that is watched now.
        edits: changes of what a call returns, by the call's number.
        calls: what was recorded in this run.
        began: the calls that were begun, with what they were given, also if they raised.
    """

    watch: Watch
    edits: Mapping[int, Callable[[Outputs], Outputs]] = field(default_factory=dict)
    calls: list[RecordedCall] = field(default_factory=list)
    began: list[tuple[str, nn.Module, tuple[Any, ...]]] = field(default_factory=list)

    def fresh(self, watch: Watch, edits: Mapping[int, Callable[[Outputs], Outputs]]) -> None:
        """Begin a new run."""
        self.watch, self.edits, self.calls, self.began = watch, edits, [], []

    def install(self, model: nn.Module) -> None:
        """Put the recorder into each recurrent module of a model, the model itself among them."""
        for path, module in model.named_modules():
            if class_of(module) is not None:
                module.forward = _Forward(self, path, module, module.forward)


@dataclass
class _Forward:
    recorder: Recorder
    path: str
    module: nn.Module
    forward: Callable[..., Any]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        watch = self.recorder.watch
        if watch.is_inside:  # a recurrent module within a recurrent module
            return self.forward(*args, **kwargs)
        with watch.inside():
            if set(kwargs) - {"input", "hx"}:  # torch says what it thinks of them
                return self.forward(*args, **kwargs)
            return self._called(_in_order(args, kwargs))

    def _called(self, given: tuple[Any, ...]) -> Any:
        recorder, watch = self.recorder, self.recorder.watch
        dtype = next((p.dtype for p in self.module.parameters() if p.is_floating_point()), None)
        if watch.dtype is not None and dtype is not None:
            given = tuple(_cast(each, dtype) for each in given)
        recorder.began.append((self.path, self.module, given))
        return self._recorded(given, self.forward(*given))

    def _recorded(self, given: tuple[Any, ...], returned: Any) -> Any:
        recorder = self.recorder
        outputs = _outputs(returned, isinstance(self.module, nn.RNNCellBase))
        number = len(recorder.calls)
        if outputs is None or number >= MOST_CALLS:
            return returned
        cell = isinstance(self.module, nn.RNNCellBase)
        if cell and recorder.watch.keep:
            # A cell computes h from its c: copies tell who else reads them.
            h, c = outputs.h.clone(), None if outputs.c is None else outputs.c.clone()
            outputs = Outputs(h, h, c)
            returned = _with(returned, outputs, cell)
        if edit := recorder.edits.get(number):
            outputs = edit(outputs)
            returned = _with(returned, outputs, cell)
        x = given[0]
        packed = x if isinstance(x, PackedSequence) else None
        lengths = tuple(pad_packed_sequence(x)[1].tolist()) if packed is not None else ()
        call = RecordedCall(
            number,
            recorder.watch.number,
            self.path,
            self.module,
            user_place() if recorder.watch.keep else None,
            packed.data if packed is not None else x,
            _states(given[1] if len(given) > 1 else None),
            outputs.out,
            outputs.h,
            outputs.c,
            packed,
            lengths,
            {},
        )
        tensors = {"x": call.padded(call.x), "out": call.padded(call.out), "h": call.h}
        tensors |= {} if call.c is None else {"c": call.c}
        digests = {name: digest_of(each) for name, each in tensors.items()}
        object.__setattr__(call, "digests", digests)
        recorder.calls.append(call)
        return returned


def _in_order(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[Any, ...]:
    """x and the states, however they were named."""
    return (*args, *(kwargs[name] for name in ("input", "hx") if name in kwargs))


def _states(given: Any) -> tuple[Tensor, ...]:
    if given is None:
        return ()
    return (given,) if isinstance(given, Tensor) else tuple(given)


def _cast(value: Any, dtype: torch.dtype) -> Any:
    if isinstance(value, PackedSequence):
        return value if value.data.dtype == dtype else value.to(dtype)
    if isinstance(value, Tensor):
        return value.to(dtype) if value.is_floating_point() else value
    return (
        type(value)(_cast(each, dtype) for each in value) if type(value) in (tuple, list) else value
    )


def _outputs(returned: Any, cell: bool) -> Outputs | None:
    """What a call returned; ``None`` for a forward that returns something else."""
    if cell:
        h, *c = returned if isinstance(returned, tuple) else (returned,)
        return Outputs(h, h, c[0] if c else None) if isinstance(h, Tensor) else None
    if not isinstance(returned, tuple) or len(returned) != 2:
        return None
    out, states = returned
    out = out.data if isinstance(out, PackedSequence) else out
    if isinstance(states, Tensor) and isinstance(out, Tensor):
        return Outputs(out, states, None)
    pair = isinstance(states, tuple) and len(states) == 2 and isinstance(out, Tensor)
    return Outputs(out, *states) if pair else None


def _with(returned: Any, outputs: Outputs, cell: bool) -> Any:
    """The same kind of result with other tensors."""
    states = outputs.h if outputs.c is None else (outputs.h, outputs.c)
    if cell:
        return states
    out = returned[0]
    if isinstance(out, PackedSequence):
        order = (out.batch_sizes, out.sorted_indices, out.unsorted_indices)
        return PackedSequence(outputs.out, *order), states
    return outputs.out, states
