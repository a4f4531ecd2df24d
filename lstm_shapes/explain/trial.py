"""Makes a call and says what came out: the shapes, or torch's message and why, and the cure run."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from lstm_shapes.config import InputSizes, Settings
from lstm_shapes.errors import ArgumentError
from lstm_shapes.explain.call import FLOATS, Call, Given, program
from lstm_shapes.explain.cause import Diagnosis, layout
from lstm_shapes.explain.diagnosis import diagnose
from lstm_shapes.explain.wrong_input import axes, features
from lstm_shapes.explain.wrong_module import wrong_module
from lstm_shapes.explain.wrong_states import wrong_states
from lstm_shapes.formula.budget import INTERACTIVE, OverBudget, check, estimate
from lstm_shapes.formula.shapes import Axis, NamedShape, tensor_shapes
from lstm_shapes.live.terms import own_terms, seeded

How = Literal["run", "simulated", "predicted"]

MOST_CURES = 6
"""How many mistakes of one call are mended, one after another."""


@dataclass(frozen=True)
class Outcome:
    """What became of a call.

    Attributes:
        call: the call.
        how: ``"run"``; ``"simulated"``, where another device stood for one that is not here; or
            ``"predicted"``, where it was too large or too dangerous to run, and the formula or a
            rule answers.
        note: how it was asked, in a sentence; empty for a call that was simply run.
        message: the first line of torch's message; empty if torch takes the call, or was not
            asked.
        shapes: of ``out``, ``h_n``, ``c_n``, or of a cell's ``h_1``, ``c_1``; empty if it failed.
        diagnosis: why torch refuses the call; also where torch takes one that its documentation
            does not allow.
        after: what became of the diagnosis's mended call; ``None`` if there is none.
    """

    call: Call
    how: How
    note: str
    message: str
    shapes: tuple[NamedShape, ...]
    diagnosis: Diagnosis | None
    after: Outcome | None

    @property
    def mended(self) -> Outcome | None:
        """What became of the call once all that is wrong with it was mended."""
        last = self
        while last.after is not None:
            last = last.after
        return None if last is self else last

    def program(self) -> str:
        """A program with the call's tensors, all the cures, and the call that then runs."""
        last, edits = self, []
        while last.diagnosis is not None and last.after is not None:
            edits.append(last.diagnosis.code)
            last = last.after
        return program(self.call, "\n".join(edits), last.call)


def try_call(call: Call) -> Outcome:
    """Make a call, and where it fails say why, mend it, and make it again.

    Args:
        call: any, from :func:`lstm_shapes.explain.reading.read_call`.

    Returns:
        What became of it. Nothing of the caller's is changed: not the random numbers, not the
        number of threads, not the default dtype.

    Source: torch documentation, ``torch.nn.LSTM``, ``torch.nn.LSTMCell``, "Inputs", "Outputs".

    >>> from lstm_shapes.explain.reading import read_call
    >>> found = try_call(read_call("nn.LSTM(64, 8, batch_first=True); x: (32, 64, 50)"))
    >>> found.message
    'input.size(-1) must be equal to input_size. Expected 64, got 50'
    >>> found.diagnosis.code
    'x = x.permute(0, 2, 1)'
    >>> print(found.mended.shapes[0])
    out  (32, 50, 8)  (batch, seq, features)  (N, L, D·H_out)
    """
    return _try(call, MOST_CURES)


def _try(call: Call, cures: int) -> Outcome:
    found = diagnose(call)
    here, note = _stand_in(call)
    how: How = "simulated" if note else "run"
    message = ""
    shapes: tuple[NamedShape, ...] = ()
    if not _affordable(call):
        how, note = "predicted", "This call is too large to be made here: rules answer."
        if found is None:
            note = "This call is too large to be made here: the formula answers."
            shapes = _predicted(call)
    elif _unchecked(call):
        how, note = "predicted", UNCHECKED
    else:
        message, measured = _attempt(here)
        shapes = _named(call, measured)
    after = None
    if found is not None and found.mended is not None and cures:
        after = _try(found.mended, cures - 1)
    return Outcome(call, how, note, message, shapes, found, after)


UNCHECKED = (
    "Torch does not look at these sizes, and may read memory that is not x's or the states', or "
    "end the whole process: this call was not made."
)
"""Said of the calls that end the process with a segmentation fault, seen on torch 2.13."""


def _unchecked(call: Call) -> bool:
    """Whether torch would read beyond the tensors of a call, for want of a check."""
    if diagnose(replace(call, lengths=None)) is None or wrong_module(call) or axes(call):
        return False
    if call.cell:
        return any(len(each.shape) == 3 - len(call.x.shape) for each in call.states)
    if call.kind != "LSTM" or call.lengths is None:
        return False
    # Lengths that are all the same take another way through an LSTM, which is quicker.
    if len(set(map(int, call.lengths.values))) == 1 and features(call):
        return True
    found = wrong_states(call)
    return found is not None and found.kind != "pair"


def _stand_in(call: Call) -> tuple[Call, str]:
    """The call on devices that are here, and a sentence about those that are not."""
    lengths_on = "cpu" if call.lengths is None else call.lengths.device
    module_on = str(call.argument("device"))
    all_on = {module_on, lengths_on, *(each.device for each in (call.x, *call.states))}
    if all_on == {"cpu"}:
        return call, ""
    # The device of the module stands on the CPU, and every other on the meta device.
    main = module_on.removesuffix(":0")

    def place(device: str) -> str:
        return "cpu" if device.removesuffix(":0") == main else "meta"

    x, *states = (replace(each, device=place(each.device)) for each in (call.x, *call.states))
    lengths = call.lengths
    if lengths is not None:
        elsewhere = lengths.device != "cpu"
        # Sorting would already fail on the meta device, where there are no numbers.
        ordered = lengths.enforce_sorted or elsewhere
        lengths = replace(lengths, device="meta" if elsewhere else "cpu", enforce_sorted=ordered)
    there = call if "device" not in dict(call.arguments) else call.with_arguments(device=None)
    note = f"This was asked without {', '.join(sorted(all_on - {'cpu'})) or 'that device'}: "
    note += "the CPU stands for the module's device, and the meta device for any other."
    return replace(there, x=x, states=tuple(states), lengths=lengths), note


def _affordable(call: Call) -> bool:
    """Whether the call can be made while someone waits, whether it is right or not."""

    def size(name: str) -> int:
        value = call.argument(name)
        return max(int(value), 1) if isinstance(value, (int, float)) else 1

    settings = Settings(
        size("input_size"),
        size("hidden_size"),
        size("num_layers") if not call.cell else 1,
        bidirectional=bool(call.argument("bidirectional")),
    )
    shape = call.x.shape
    # Whichever axis is time, and however many samples the numbers of x make.
    steps = 1 if call.cell else max(shape[:2], default=1) or 1
    vectors = _numel(call.x) // (max(shape[-1:], default=1) or 1)
    try:
        cost = estimate(settings, InputSizes(steps, -(-vectors // steps)))
        beside = 8 * sum(map(_numel, (call.x, *call.states)))
        check(replace(cost, bytes=cost.bytes + beside), INTERACTIVE)
    except (OverBudget, ArgumentError):  # or sizes that no tensor has
        return False
    sizes = (size for each in (call.x, *call.states) for size in each.shape)
    return max(sizes, default=0) < 2**31


def _numel(given: Given) -> int:
    return math.prod(given.shape)


def _attempt(call: Call) -> tuple[str, Sequence[Tensor]]:
    """Torch's message, or the tensors that came out."""
    returned: list[Tensor] = []
    with own_terms("cpu"), seeded(0), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        message = _message(lambda: returned.extend(_make(call)))
    return message, returned


def _message(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    # Torch raises errors of many types; the message of any of them is the answer.
    except Exception as error:
        return str(error).strip().split("\n", 1)[0] or type(error).__name__
    return ""


def _make(call: Call) -> Sequence[Tensor]:
    """Build the module and the tensors, and make the call."""
    named = dict(call.arguments)
    named["dtype"] = getattr(torch, str(call.argument("dtype")))
    named.setdefault("device", "cpu")
    module = getattr(nn, call.kind)(**named).eval()
    x, *states = map(_tensor, (call.x, *call.states))
    given: Any = x
    first = bool(call.argument("batch_first"))
    if call.lengths is not None:
        lengths = torch.tensor(
            call.lengths.values[0] if call.lengths.zero_d else call.lengths.values,
            device=call.lengths.device,
        )
        given = pack_padded_sequence(x, lengths, first, call.lengths.enforce_sorted)
    hx = tuple(states) if len(states) == 2 else next(iter(states), None)
    made = module(given, hx)
    if call.cell:
        return made if isinstance(made, tuple) else (made,)
    out, final = made
    if call.lengths is not None:
        out, _ = pad_packed_sequence(out, first)
    return (out, *(final if isinstance(final, tuple) else (final,)))


def _tensor(given: Given) -> Tensor:
    dtype = getattr(torch, given.dtype)
    if given.dtype in FLOATS and given.device != "meta":
        return torch.randn(given.shape, dtype=dtype, device=given.device)
    return torch.zeros(given.shape, dtype=dtype, device=given.device)


def _named(call: Call, measured: Sequence[Tensor]) -> tuple[NamedShape, ...]:
    """The shapes that came out, with the names that the formula gives to their axes."""
    if not measured:
        return ()
    try:
        expected = _predicted(call)
    except ArgumentError:
        expected = ()
    names = ("h_1", "c_1") if call.cell else ("out", "h_n", "c_n")
    found = []
    for place, tensor in enumerate(measured):
        axes = expected[place].axes if place < len(expected) else ()
        if len(axes) != tensor.dim():
            axes = (Axis("features", "?", 0),) * tensor.dim()
        sized = (replace(axis, size=size) for axis, size in zip(axes, tensor.shape, strict=True))
        found.append(NamedShape(names[place], tuple(sized)))
    return tuple(found)


def _predicted(call: Call) -> tuple[NamedShape, ...]:
    """The shapes by formula, of a call whose module and number of axes are right.

    Raises:
        ArgumentError: the module, or a size of x, is none that the formula takes.
    """
    laid, settings = layout(call), call.settings()
    steps = 1 if laid.time is None else call.x.shape[laid.time]
    if call.lengths is not None and call.lengths.values:
        steps = int(max(call.lengths.values))
    shapes = tensor_shapes(settings, InputSizes(steps, laid.samples))
    if not call.cell:
        return tuple(shapes[name] for name in ("out", "h_n", "c_n") if name in shapes)
    return tuple(
        NamedShape(name, shapes[state].axes[1:])
        for name, state in (("h_1", "h_n"), ("c_1", "c_n"))
        if state in shapes
    )
