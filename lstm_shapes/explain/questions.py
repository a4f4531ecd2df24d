"""What torch takes without an error, and is perhaps not what was meant.

Nothing here is an accusation: each is a question, with the sizes that gave rise to it, since a
call that looks strange may be right. A plain call gives rise to none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from lstm_shapes.explain.call import Call
from lstm_shapes.explain.cause import Layout, layout
from lstm_shapes.explain.trial import Outcome, try_call


@dataclass(frozen=True)
class Doubt:
    """A question about a call that torch takes.

    Attributes:
        kind: such as ``"moved_state"``.
        about: the argument or the axis that it is about.
        because: what of the call gave rise to it, with its sizes.
        asks: the question.
        instead: the call to make if the answer is that something else was meant; ``None`` if
            the call stays.
        code: lines of code for that case; may be empty.
    """

    kind: str
    about: str
    because: str
    asks: str
    instead: Call | None = None
    code: str = ""


def questions(call: Call, outcome: Outcome | None = None) -> tuple[Doubt, ...]:
    """Ask about what torch takes of a call in silence.

    Args:
        call: any.
        outcome: what became of it, if it was tried already.

    Returns:
        The questions; none for a call that torch refuses, which is explained instead.

    Source: torch documentation, ``torch.nn.LSTM``, "batch_first", "dropout", and
    ``torch.nn.utils.rnn.pack_padded_sequence``.

    >>> from lstm_shapes.explain.reading import read_call
    >>> asked = read_call("nn.LSTM(4, 3); x: (20, 4)")
    >>> questions(asked)[0].asks
    'Is x a batch of 20 samples, of one step each?'
    >>> questions(read_call("nn.LSTM(4, 3); x: (20, 8, 4); h_0: (1, 8, 3); c_0: (1, 8, 3)"))
    ()
    """
    outcome = outcome or try_call(call)
    if outcome.message:
        return ()
    if outcome.diagnosis is not None:
        return _in_silence(outcome)
    laid = layout(call)
    return tuple(doubt for ask in _ASKED if (doubt := ask(call, laid)))


def _in_silence(outcome: Outcome) -> tuple[Doubt, ...]:
    """A call that the documentation does not allow, and torch takes."""
    found = outcome.diagnosis
    if found is None or outcome.how == "predicted":
        return ()
    came = ", ".join(f"{shape.name} {shape.shape}" for shape in outcome.shapes)
    because = f"{found.cause} Torch takes it without an error, and gives {came}."
    asks = f"Was this meant? If not: {found.cure}"
    return (Doubt("in_silence", found.axis, because, asks, found.mended, found.code),)


def _unbatched(call: Call, laid: Layout) -> Doubt | None:
    """A 2-D x: one sequence, or a batch of single steps."""
    if call.cell or laid.batch is not None or call.states or call.x.shape[0] == 1:
        return None
    count, features = call.x.shape
    place = 1 if call.argument("batch_first") else 0
    shape = (*call.x.shape[:place], 1, *call.x.shape[place:])
    because = (
        f"x is {call.x.shape}: without a batch axis it is one sequence of {count} steps, of "
        f"{features} features each, and each step is read after the one before."
    )
    return Doubt(
        "unbatched",
        "x, number of axes",
        because,
        f"Is x a batch of {count} samples, of one step each?",
        replace(call, x=replace(call.x, shape=shape)),
        f"x = x.unsqueeze({place})",
    )


def _one_sample(call: Call, laid: Layout) -> Doubt | None:
    """N == 1: the batch may stand on the other axis, and squeeze() takes this one away."""
    if laid.samples != 1 or call.cell or laid.time is None:
        return None
    steps = call.x.shape[laid.time]
    because = f"x is {call.x.shape}: its axis {laid.batch} is the batch, of N = 1."
    if laid.time == 0 and steps > 1 and call.lengths is None:
        after = call.with_arguments(batch_first=True)
        after = replace(
            after,
            states=tuple(
                replace(each, shape=(each.shape[0], steps, each.shape[2])) for each in call.states
            ),
        )
        because += f" batch_first is False, so that axis 0 is time: one sample of {steps} steps."
        code = f"module = {after.constructor()}"
        code += "".join(f"\n{each.name} = x.new_zeros{each.shape}" for each in after.states)
        asks = f"Is x rather {steps} samples of one step, as unsqueeze(1) makes them?"
        return Doubt("one_sample", laid.axis(0), because, asks, after, code)
    asks = (
        "Is squeeze() called on what comes out? It takes every axis of size 1 away, the batch "
        "too; squeeze(0) of h_n takes the axis of layers alone."
    )
    return Doubt("squeeze", laid.axis(laid.batch or 0), because, asks)


def _one_step(call: Call, laid: Layout) -> Doubt | None:
    """L == 1 without states: the sequence may be in the features, or in a loop."""
    if laid.time is None or call.states or call.x.shape[laid.time] != 1 or laid.samples == 1:
        return None
    because = (
        f"x is {call.x.shape}: its axis {laid.time} is time, of a single step, and the states "
        "start from zeros: nothing is remembered from one step to another."
    )
    asks = (
        "Is this called in a loop? Then give it the states of the call before: module(x, "
        f"{'(h_n, c_n)' if call.pair else 'h_n'})."
    )
    if laid.features > 1:
        asks += f" Or are the {laid.features} features really {laid.features} steps of one number?"
    return Doubt("one_step", laid.axis(laid.time), because, asks)


USUAL = (8, 16, 32, 64, 128, 256, 512)
"""Sizes that batches usually have."""


def _time_first(call: Call, laid: Layout) -> Doubt | None:
    """batch_first left out, where the sizes look as if the batch stood first."""
    if laid.time != 0 or laid.batch is None or "batch_first" in dict(call.arguments):
        return None
    steps, samples = call.x.shape[0], call.x.shape[1]
    if call.states or call.lengths or steps not in USUAL or samples in (*USUAL, 0, 1, 2, 4):
        return None
    because = (
        f"x is {call.x.shape}, and batch_first is False where it is left out: L = {steps} steps "
        f"of N = {samples} samples. {steps} is a usual batch size, and {samples} is not."
    )
    after = call.with_arguments(batch_first=True)
    return Doubt(
        "time_first",
        laid.axis(0),
        because,
        "Is axis 0 of x the batch?",
        after,
        f"module = {after.constructor()}",
    )


def _moved_state(call: Call, laid: Layout) -> Doubt | None:
    """States whose first two axes have the same size, so that their order shows no error."""
    if call.cell or laid.samples != laid.rows or laid.rows == 1 or not call.states:
        return None
    name = call.states[0].name
    because = (
        f"{name} is {call.states[0].shape}: N = {laid.samples} and D·num_layers = {laid.rows} are "
        "equal, so torch cannot notice the two in the other order."
    )
    asks = f"Is axis 0 of {name} that of layers and directions? batch_first does not move it."
    return Doubt("moved_state", f"{name}, axes 0 and 1", because, asks)


def _float_lengths(call: Call, laid: Layout) -> Doubt | None:
    """Lengths with a fraction, which torch cuts off."""
    if call.lengths is None:
        return None
    cut = [each for each in call.lengths.values if isinstance(each, float) and each != int(each)]
    if not cut:
        return None
    whole = tuple(-int(-each // 1) for each in call.lengths.values)
    because = f"A length is {cut[0]}: torch cuts the fraction off, and reads {int(cut[0])} steps."
    return Doubt(
        "float_lengths",
        "lengths, dtype",
        because,
        "Are the lengths counted in steps of x? Shares of the longest sample have to be rounded.",
        replace(call, lengths=replace(call.lengths, values=whole)),
        "lengths = lengths.ceil().long()",
    )


def _shorter_out(call: Call, laid: Layout) -> Doubt | None:
    """No sample is as long as x: out has fewer steps than x."""
    if call.lengths is None or laid.time is None:
        return None
    longest, steps = int(max(call.lengths.values)), call.x.shape[laid.time]
    if longest == steps:
        return None
    because = (
        f"The longest of the lengths is {longest}, and x has L = {steps} steps: "
        f"pad_packed_sequence gives out {longest} steps."
    )
    asks = (
        f"Is out to be compared with x, or with a mask of {steps} steps? Then give "
        f"pad_packed_sequence total_length={steps}."
    )
    return Doubt("shorter_out", "lengths", because, asks)


def _dropout(call: Call, laid: Layout) -> Doubt | None:
    """Dropout with a single layer, which has nothing to act on."""
    share = call.argument("dropout")
    if call.cell or not share or call.argument("num_layers") > 1:
        return None
    because = (
        f"dropout={share} acts between layers, and there is one layer: it does nothing, and torch "
        "only warns."
    )
    after = call.with_arguments(num_layers=2)
    return Doubt(
        "dropout",
        "dropout",
        because,
        "Is out to be dropped from? Then put an nn.Dropout behind the module, or add a layer.",
        None if call.states else after,
        "" if call.states else f"module = {after.constructor()}",
    )


_ASKED: tuple[Callable[[Call, Layout], Doubt | None], ...] = (
    _unbatched,
    _one_sample,
    _one_step,
    _time_first,
    _moved_state,
    _float_lengths,
    _shorter_out,
    _dropout,
)
