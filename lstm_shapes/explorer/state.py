"""One observable state: what the controls say goes in, what there is to show comes out."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

import traitlets

from lstm_shapes.config import Question
from lstm_shapes.errors import (
    LARGEST,
    MOST_LENGTHS,
    ArgumentError,
    check_int,
    check_lengths,
    one_each,
    plain,
)
from lstm_shapes.explorer.memory import keep_few_primitives
from lstm_shapes.explorer.refusals import Problem, errors_of, problems_of
from lstm_shapes.formula.budget import OverBudget, check, estimate

if TYPE_CHECKING:
    from lstm_shapes.live.run import Run
    from lstm_shapes.live.what_if import WhatIf
    from lstm_shapes.statements.claim import Claim

Status = Literal["measured", "predicted", "invalid"]

FIRST_BATCH_SIZE = 3  # what an unbatched start is switched to
AT_ONCE = 0.05  # seconds; torch is there by then if it was imported before
FIRST_LOOK = 1.0  # seconds in which a page that has just come is left alone


@dataclass(frozen=True, eq=False)
class Snapshot:
    """All there is to show at one moment.

    Attributes:
        question: the last valid one.
        run: its run; ``None`` while it is to be made, and where it is refused.
        refusal: why there will be no run, as by its cost; empty if there is or will be one.
        problems: what is wrong with values newer than the question: each that is refused.
        pending: whether the run is still to be made, at once.
        torch_here: whether torch is imported, so that something can be run.
        own: the call that somebody brought, if any; the run is it, or asks what if.
        kept: what the run has of that call.
    """

    question: Question
    run: Run | None = None
    refusal: str = ""
    problems: tuple[Problem, ...] = ()
    pending: bool = False
    torch_here: bool = False
    own: Run | None = None
    kept: WhatIf | None = None

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The statements on order and alignment, evaluated on the run."""
        if self.run is None:
            return ()
        from lstm_shapes.statements.directions import direction_claims

        return direction_claims(self.run)

    @property
    def status(self) -> Status:
        """What the shapes shown are; ``invalid`` means that they are the last good ones."""
        if self.problems:
            return "invalid"
        return "measured" if self.run else "predicted"


class State(traitlets.HasTraits):
    """The values of all controls, and the snapshot that follows from them.

    Observe ``values``, ``snapshot`` and ``devices`` (those there are); change things with
    :meth:`update`, or with :meth:`change` and :meth:`measure`. While torch is being imported, in
    a thread that does nothing else, the snapshot is predicted; a running event loop, as Jupyter
    has, then measures it by itself.

    Args:
        question: where to start.
        own: a call that somebody brought, which answers the question.
        **values: what differs from it, valid or not.

    Raises:
        TypeError: a name that no control has.
    """

    values = traitlets.Dict()
    devices = traitlets.Tuple(("cpu",))
    snapshot = traitlets.Instance(Snapshot)

    def __init__(self, question: Question, own: Run | None = None, **values: Any) -> None:
        start = {"batch_size": FIRST_BATCH_SIZE} | question.values()
        super().__init__(values=start, snapshot=Snapshot(question, own, own=own))
        self._refuse_unknown(values)
        # As they were set: what is shown follows from them and the sizes.
        self._lengths = _taken(values.get("lengths", self.values["lengths"]))
        self.values = {**self.values, **values, "lengths": self._lengths}
        self._first = self._valid = self._complete = self.snapshot
        self._torch_error = ""
        self._torch_known = False
        self._loop = _running_loop()
        self._context = contextvars.copy_context()
        self._import = threading.Thread(target=self._import_torch, daemon=True)
        self._import.start()
        if not self.wait(AT_ONCE):
            self.snapshot = self._asked()

    def update(self, **changes: Any) -> None:
        """Set some values and answer the new question.

        Raises:
            TypeError: a name that no control has.
        """
        self._set(changes)
        self.snapshot = self._measured(self._asked())

    def change(self, **changes: Any) -> None:
        """Set some values; the new question is answered by formula, and :meth:`measure` is due.

        Raises:
            TypeError: a name that no control has.
        """
        self._set(changes)
        self.snapshot = self._asked()

    def measure(self) -> None:
        """Make the run of a question that was answered by formula alone so far."""
        if self.snapshot.pending:
            self.snapshot = self._measured(self.snapshot)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until torch is imported and the snapshot is measured, for code without an
        event loop.

        Args:
            timeout: seconds; ``None`` waits as long as it takes.

        Returns:
            Whether that is so, or else it is known why it cannot be.
        """
        self._import.join(timeout)
        if self._import.is_alive():
            return False
        self._torch_came()
        self.measure()
        return True

    def _set(self, changes: dict[str, Any]) -> None:
        self._refuse_unknown(changes)
        if "lengths" in changes:
            self._lengths = _taken(changes["lengths"])
        values = {**self.values, **changes, "lengths": self._lengths}
        if "lengths" not in changes:
            values["lengths"] = _fitted(values)
        self.values = values

    def _refuse_unknown(self, names: Iterable[str]) -> None:
        unknown = set(names) - self.values.keys()
        if unknown:
            raise TypeError(f"no such argument: {', '.join(sorted(unknown))}")

    def _import_torch(self) -> None:
        keep_few_primitives()
        try:
            import_module("lstm_shapes.statements.directions")
        # A torch that is missing raises ImportError, a broken one whatever it likes.
        except Exception as error:
            self._torch_error = f"{type(error).__name__}: {error}"
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._torch_came, context=self._context)

    def _torch_came(self) -> None:
        if self._torch_known:
            return
        self._torch_known = True
        self.snapshot = self._measured(self._asked())
        if not self._torch_error:
            from lstm_shapes.live.run import available_devices

            self.devices = available_devices()
            if self._loop is not None and not self._loop.is_closed():
                # No daemon: an interpreter that ends meanwhile would abort within torch.
                self._loop.call_later(FIRST_LOOK, threading.Thread(target=_prepare).start)

    def _asked(self) -> Snapshot:
        """What the values ask, answered by formula; for values that ask nothing valid, the last
        question that was, and all that is wrong with them."""
        errors = errors_of(self.values)
        if errors:
            if self._valid.run is None:  # it may not have been tried yet
                self._valid = self._predicted(self._valid.question)
            problems = problems_of(self.values, errors, self._torch_here)
            return replace(self._valid, problems=problems)
        self._valid = replace(self._predicted(Question.of(self.values)), own=self._first.own)
        return self._valid

    def _predicted(self, question: Question) -> Snapshot:
        for known in (self._complete, self._first):
            if known.run is not None and known.question == question:
                return replace(known, torch_here=self._torch_here)
        try:
            check(estimate(question.settings, question.sizes))
        except OverBudget as refusal:
            return Snapshot(question, refusal=refusal.excess, torch_here=self._torch_here)
        if self._torch_error:
            return Snapshot(question, refusal=f"torch cannot be imported: {self._torch_error}")
        return Snapshot(question, pending=self._torch_here, torch_here=self._torch_here)

    def _measured(self, snapshot: Snapshot) -> Snapshot:
        """The same with its run; the last one that was complete, where the run fails."""
        if not snapshot.pending:
            return snapshot
        try:
            made, kept = _answer(snapshot.question, snapshot.own)
        except ArgumentError as error:
            errors = {error.argument: error}
            return self._failed(problems_of(self.values, errors, self._torch_here))
        # What a device cannot do, such as allocate, only the device knows.
        except RuntimeError as error:
            cause = f"the run failed on {snapshot.question.device}"
            problem = Problem("device", str(error), cause, "use smaller sizes, or device='cpu'")
            return self._failed((problem,))
        done = replace(snapshot, run=made, kept=kept, pending=False, problems=())
        self._valid = self._complete = done
        return replace(self._valid, problems=snapshot.problems)

    def _failed(self, problems: tuple[Problem, ...]) -> Snapshot:
        self._valid = self._complete
        return replace(self._complete, problems=problems)

    @property
    def _torch_here(self) -> bool:
        return self._torch_known and not self._torch_error


def _answer(asked: Question, own: Run | None) -> tuple[Run, WhatIf | None]:
    """The run of a question, with as much as possible of a call that somebody brought."""
    if own is None:
        from lstm_shapes.live.run import run

        made = run(asked.settings, asked.sizes, seed=asked.seed, device=asked.device)
        return made, None
    from lstm_shapes.live.what_if import what_if

    kept = what_if(own, asked)
    return kept.run, kept


def _taken(lengths: Any) -> Any:
    """A tensor's, an array's or a list's lengths as a tuple; all else as it is."""
    given = plain(lengths)
    return tuple(given) if isinstance(given, list) else given


def _fitted(values: Mapping[str, Any]) -> Any:
    """Lengths that follow the sizes: cut to seq_len, one for every sample, new ones whole.

    What does not fit for another reason stays as it is, to be refused by name.
    """
    lengths, samples, seq_len = values["lengths"], values["batch_size"], values["seq_len"]
    if samples == 0 or not lengths:
        return None if samples == 0 else lengths
    try:
        check_int("seq_len", seq_len, at_least=1)
        check_int("batch_size", samples, at_least=1, at_most=MOST_LENGTHS)
        check_lengths(lengths, len(lengths), LARGEST)
    except ArgumentError:
        return lengths
    return one_each([min(length, seq_len) for length in lengths], samples, seq_len)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


@cache
def _prepare() -> None:
    """Let torch import what a backward pass of several vectors needs, which takes it half a
    second the first time, before somebody waits for it."""
    import torch

    from lstm_shapes.coverage import coverage_of_each

    x = torch.zeros(1, requires_grad=True, device="cpu")
    coverage_of_each([x * 2], [x])
