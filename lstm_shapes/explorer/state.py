"""One observable state: what the controls say goes in, what there is to show comes out."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Literal

import traitlets

from lstm_shapes.budget import OverBudget, check, estimate
from lstm_shapes.config import ArgumentError, InputSizes, Settings
from lstm_shapes.snippet import constructor_of

if TYPE_CHECKING:
    from lstm_shapes.claims import Claim
    from lstm_shapes.live import Run

Status = Literal["measured", "predicted", "invalid"]

MODULE_ARGUMENTS = tuple(argument.name for argument in fields(Settings))


@dataclass(frozen=True)
class Question:
    """A valid question: what the page shows is the answer to it."""

    settings: Settings
    sizes: InputSizes
    seed: int = 0
    device: str = "cpu"

    def values(self) -> dict[str, Any]:
        """What the controls show for it, by argument; ``batched`` beside ``batch_size``."""
        batch_size = self.sizes.batch_size
        shown = {name: getattr(self.settings, name) for name in MODULE_ARGUMENTS}
        shown |= {"seq_len": self.sizes.seq_len, "batched": batch_size is not None}
        shown |= {"seed": self.seed, "device": self.device}
        return shown if batch_size is None else shown | {"batch_size": batch_size}


@dataclass(frozen=True)
class Problem:
    """Why the controls' values have no answer: torch's words, the cause, the cure.

    Attributes:
        argument: the control to mark.
        torch_says: torch's own message; empty if it takes the values in silence, and
            ``None`` while it is not there to be asked.
        cause, cure: one plain clause each.
        code: the module as it should be built; empty if no fix is known.
        fix: values that mend it.
    """

    argument: str
    torch_says: str | None
    cause: str
    cure: str
    code: str = ""
    fix: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Snapshot:
    """All there is to show at one moment.

    Attributes:
        question: the last valid one.
        run: its run; ``None`` while torch is loading, and over budget.
        claims: statements evaluated on the run.
        refusal: what a run would need; empty if it is not over budget.
        problem: what is wrong with values newer than the question.
    """

    question: Question
    run: Run | None = None
    claims: tuple[Claim, ...] = ()
    refusal: str = ""
    problem: Problem | None = None

    @property
    def status(self) -> Status:
        """What the shapes shown are; ``invalid``: the last good ones."""
        if self.problem:
            return "invalid"
        return "measured" if self.run else "predicted"


class State(traitlets.HasTraits):
    """The values of all controls, and the snapshot that follows from them.

    Observe ``values``, ``snapshot`` and ``devices`` (those there are); change things with
    :meth:`update` alone. While torch is being imported, by a thread of its own, the
    snapshot is predicted; then it is measured without further doing.

    Args:
        question: where to start.
        **values: what differs from it, valid or not.

    Raises:
        TypeError: a name that no control has.

    Attributes:
        ready: an event, set when the first snapshot is there that knows of torch, or
            that it is missing.
    """

    values = traitlets.Dict()
    devices = traitlets.Tuple(("cpu",))
    snapshot = traitlets.Instance(Snapshot)

    def __init__(self, question: Question, **values: Any) -> None:
        super().__init__(values={"batch_size": 3} | question.values(), snapshot=Snapshot(question))
        self._refuse_unknown(values)
        self.values = {**self.values, **values}
        self._lock = threading.RLock()
        self._torch_here = False
        self._torch_missing = ""
        self.ready = threading.Event()
        if "torch" in sys.modules:
            self._import_torch()
        else:
            threading.Thread(target=self._import_torch, daemon=True).start()

    def update(self, **changes: Any) -> None:
        """Set some values and answer the new question.

        Raises:
            TypeError: a name that no control has.
        """
        self._refuse_unknown(changes)
        with self._lock:
            self.values = {**self.values, **changes}
            self.snapshot = self._answer()

    def _refuse_unknown(self, names: Iterable[str]) -> None:
        unknown = set(names) - self.values.keys()
        if unknown:
            raise TypeError(f"no such argument: {', '.join(sorted(unknown))}")

    def _import_torch(self) -> None:
        try:
            from lstm_shapes.live import available_devices
        except ImportError as error:
            self._torch_missing = str(error)
        with self._lock:
            self._torch_here = not self._torch_missing
            self.snapshot = self._answer()
            if self._torch_here:
                self.devices = available_devices()
        self.ready.set()

    def _answer(self) -> Snapshot:
        try:
            return self._measure(_question(self.values))
        except ArgumentError as error:
            problem = _explain(error, self.values, torch_here=self._torch_here)
            return replace(self.snapshot, problem=problem)

    def _measure(self, question: Question) -> Snapshot:
        try:
            check(estimate(question.settings, question.sizes))
        except OverBudget as refusal:
            return Snapshot(question, refusal=str(refusal))
        if self._torch_missing:
            problem = Problem("", self._torch_missing, "nothing can be run", "install torch")
            return Snapshot(question, problem=problem)
        if not self._torch_here:
            return Snapshot(question)
        from lstm_shapes.claims import direction_claims
        from lstm_shapes.live import run

        try:
            made = run(
                question.settings, question.sizes, seed=question.seed, device=question.device
            )
            return Snapshot(question, made, direction_claims(made))
        # What a device cannot do, such as allocate, only the device knows.
        except RuntimeError as error:
            cause = f"the run failed on {question.device}"
            problem = Problem("device", str(error), cause, "use smaller sizes, or device='cpu'")
            return replace(self.snapshot, problem=problem)


def _question(values: Mapping[str, Any]) -> Question:
    settings = Settings(**{name: values[name] for name in MODULE_ARGUMENTS})
    sizes = InputSizes(values["seq_len"], values["batch_size"] if values["batched"] else None)
    return Question(settings, sizes, values["seed"], values["device"])


def _explain(error: ArgumentError, values: Mapping[str, Any], torch_here: bool) -> Problem:
    says = None
    if torch_here:
        from lstm_shapes.live import torch_message

        module = {name: values[name] for name in MODULE_ARGUMENTS}
        batch_size = values["batch_size"] if values["batched"] else None
        sizes = {"seq_len": values["seq_len"], "batch_size": batch_size}
        says = torch_message(module, sizes) or ""
    mended = {**values, **error.fix}
    # A fix of the input is no other module: its control says it all.
    code = constructor_of(mended) if error.fix.keys() & set(MODULE_ARGUMENTS) else ""
    cause = f"{error.argument}={error.value!r} {error.problem}"
    return Problem(error.argument, says, cause, error.cure, code, error.fix)
