"""Findings on states: carried from call to call, with a graph or to another batch; h for c."""

from __future__ import annotations

import torch
from torch import Tensor

from lstm_shapes.explain.errors.error import explain_error
from lstm_shapes.explain.model.compared import same_results
from lstm_shapes.explain.model.found import Found
from lstm_shapes.explain.model.numbers import positions
from lstm_shapes.explain.model.passes import Run
from lstm_shapes.explain.model.reading import Readings, valid_total
from lstm_shapes.explain.model.report import Check, Finding, ModelQuestion
from lstm_shapes.explain.model.study import Study, with_samples


def carried(study: Study, found: Found) -> None:
    """Call the copy twice, and look whether the second call goes on from the first."""
    session, base = study.session, study.base
    if not base.calls:
        return
    first = session.run(keep=True)
    try:
        second = session.run(keep=True, again=True)
    except Exception as error:
        _raised(found, error, study, "A second call of the model raises an error")
        return
    start = _goes_on(first, second)
    if start is None:
        zeros = all(not bool(state.any()) for call in base.calls[:1] for state in call.states)
        says = (
            "The states start from zeros at each call"
            if zeros
            else ("A second call starts from the same states as the first")
        )
        found.checks.append(Check("states", says, "the model was called twice"))
    else:
        _graph(study, found, first, second, start)
    if base.calls[0].states or start is not None:
        _other_batch(study, found)
    session.restart()


def _goes_on(first: Run, second: Run) -> int | None:
    """The number of the call whose states differ in the second call of the model."""
    for one, other in zip(first.calls, second.calls, strict=False):
        if len(one.states) != len(other.states) or any(
            a.shape != b.shape or not torch.equal(a, b)
            for a, b in zip(one.states, other.states, strict=True)
        ):
            return one.number
    return None


def _graph(study: Study, found: Found, first: Run, second: Run, start: int) -> None:
    call = second.calls[start]
    tensors: list[Tensor] = [leaf for leaf in first.leaves if leaf is not None]
    tensors += [each.leaf for each in first.entries if each.leaf is not None]
    gradients = study.session.gradients(valid_total(study, second), tensors)
    led = any(each is not None and bool((each != 0).any()) for each in gradients)
    name = call.path or "model"
    if not led or not _first_matters(study, second):
        if not found.has("carried_graph"):
            found.questions.append(
                ModelQuestion(
                    "carried_states",
                    f"Is it meant that {name} goes on from the states of the last call?",
                    "The model keeps them, without their graph: a second call with the same input "
                    "gives another result. Between sequences that do not belong together, they "
                    "have to be reset.",
                    call.place,
                )
            )
        return
    title = f"The states of {name} are kept with their graph"
    says = (
        "The model keeps the states of a call and starts the next one from them, and they were "
        "not detached: gradients of the second call lead to the input of the first, and other "
        "numbers there change its result. A second backward() raises an error, or training slows "
        "down with each step as the graph grows."
    )
    found.findings.append(
        Finding(
            "carried_graph",
            title,
            says,
            call.place,
            (),
            ("self.hidden = tuple(state.detach() for state in hidden)",),
            call.path,
        )
    )


def _first_matters(study: Study, second: Run) -> bool:
    """Whether other numbers in a first call change the result of a second."""
    session, layout = study.session, study.layout
    main = study.session.given.leaves[layout.main].tensor
    where: list[Tensor | None] = [None] * len(session.given.leaves)
    where[layout.main] = positions(layout, layout.main, main, padded=False)
    study.run_with(where)
    again = session.run(again=True)
    return not same_results(second, again)


def _other_batch(study: Study, found: Found) -> None:
    """Look whether states that are kept fit a batch of another size."""
    count = study.layout.samples
    if count < 1:
        return
    session = study.session
    other = count - 1 if count > 1 else 2
    smaller = with_samples(session.given, study.layout, other)
    try:
        session.run([leaf.value for leaf in smaller.leaves], given=smaller)
    except Exception as error:
        _of_one_size(study, found, error, other)
        return
    session.run()
    try:
        session.run([leaf.value for leaf in smaller.leaves], given=smaller, again=True)
    except Exception as error:
        title = f"After a batch of {count}, a batch of {other} raises an error"
        _raised(found, error, study, title)


def _of_one_size(study: Study, found: Found, error: Exception, other: int) -> None:
    """Look whether the model holds states for batches of one size alone."""
    held = study.base.calls[0].states
    given = any(value is state for value in study.base.passed for state in held)
    if held and not given and explain_error(error).kind == "state-size":
        title = (
            f"The states are made for a batch of {study.layout.samples}: {other} raises an error"
        )
        _raised(found, error, study, title)


def _raised(found: Found, error: Exception, study: Study, title: str) -> None:
    explanation = explain_error(error)
    says = (
        "The model keeps the states of a call, and starts the next call from them. They have a "
        f"row for each sample of the last batch, and torch says: {explanation.message}. The last "
        "batch of an epoch is often smaller."
    )
    call = study.base.calls[0]
    state = "hidden" if call.c is None else "hidden[0]"
    added = (
        f"if hidden is not None and {state}.shape[1] != x.shape[0]:",
        "    hidden = None  # starts from zeros",
    )
    found.findings.append(Finding("carried_batch", title, says, call.place, (), added, call.path))


def c_from_h(study: Study, readings: Readings, found: Found) -> None:
    """Look for an LSTM that is given h for c too, while the c of an earlier call is never read."""
    if not readings.sure.get("c", False):
        return
    for reading in readings.each:
        call = reading.call
        if len(call.states) != 2:
            continue
        h, c = call.states
        if h.shape != c.shape or not torch.equal(h, c) or not bool(h.any()):
            continue
        earlier = [r for r in readings.each if r.call.number < call.number and r.c is not None]
        if not earlier or any(r.c is not None and bool(r.c.any()) for r in earlier):
            continue
        name, source = call.path or "model", earlier[-1].call.path or "model"
        title = f"{name} is given h for c too"
        says = (
            f"Both states it starts from are the same numbers, {tuple(h.shape)}, and the c of "
            f"{source} is never read: no gradient leads there, and other numbers there change "
            "nothing. c is what an LSTM remembers, and h only what it shows of it."
        )
        code = call.place.code if call.place else ""
        found.findings.append(
            Finding(
                "c_from_h",
                title,
                says,
                call.place,
                (code,) if code else (),
                ("out, (h_n, c_n) = decoder(y, (h_n, c_n))",),
                call.path,
            )
        )
        return
