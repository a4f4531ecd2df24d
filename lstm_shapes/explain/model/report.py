"""The report on a model: plain records, which text and drawing are made of. No torch is needed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, is_dataclass, replace
from importlib import import_module
from typing import Any, Literal

from lstm_shapes.config import Settings
from lstm_shapes.explain.errors.explanation import Explanation

Shape = tuple[int, ...]

FindingKind = Literal[
    "batch_first",
    "view",
    "rows",
    "samples_mix",
    "order",
    "time_axis",
    "direction_unread",
    "one_step",
    "lower_layer",
    "halves",
    "padding",
    "pooling",
    "c_from_h",
    "future",
    "carried_graph",
    "carried_batch",
    "batch_of_one",
    "unused",
    "dropout",
    "broadcast",
    "outputs_unread",
]
"""The short names of the findings, which stay the same between versions."""


@dataclass(frozen=True)
class Place:
    """A place in the user's own code.

    Attributes:
        file: the path of the file; of a notebook's cell what Python calls it.
        line: the line, counted from 1.
        function: the name of the function.
        code: the text of the line, without its indentation; empty if it cannot be read.

    >>> print(Place("/home/ada/sentiment.py", 19, "forward", "last = out[:, -1]"))
    sentiment.py:19
    """

    file: str
    line: int
    function: str
    code: str = ""

    def __str__(self) -> str:
        name = self.file.replace("\\", "/").rpartition("/")[2]
        return f"{name}:{self.line}"


@dataclass(frozen=True)
class SeenTensor:
    """A tensor of a call.

    Attributes:
        name: ``input``, ``h_0``, ``c_0``, ``out``, ``h_n`` or ``c_n``; of a cell ``input``, ``h``,
            ``c``, ``h_1`` and ``c_1``.
        shape: its sizes. Of a packed sequence those of the padded tensor.
        axes: the name of each axis: ``batch``, ``seq``, ``features``, ``layer × direction``.
        dtype: such as ``"float32"``.
        read: what the rest of the model reads of it, in words; empty for what the call was given.
    """

    name: str
    shape: Shape
    axes: tuple[str, ...]
    dtype: str = "float32"
    read: str = ""


@dataclass(frozen=True)
class ModelCall:
    """A call of a recurrent module or cell within a model; calls of a loop are one of these.

    Attributes:
        module: where the module is in the model, such as ``"encoder.rnn"``; empty for the model
            itself.
        constructor: the code that makes such a module, such as ``nn.LSTM(100, 128)``.
        settings: the arguments of the module; a cell is a module of one layer.
        cell: whether it is a cell, which computes a single step.
        number: which of the model's calls of this module it is, counted from 1.
        repeats: how many calls of a loop this stands for; its tensors are those of the first.
        place: where in the user's code it is called; ``None`` if that is not known.
        packed: whether its input is a PackedSequence.
        lengths: the length of each sample, if the input is packed.
        rows: what each row of h_n is, such as ``layer 1, backward``; of a cell empty.
        tensors: all that the call was given, and all that it returned.
        own: the user's module, its input and its states, for the explorer; not part of the data.
    """

    module: str
    constructor: str
    settings: Settings
    cell: bool
    number: int
    repeats: int
    place: Place | None
    packed: bool
    lengths: tuple[int, ...]
    rows: tuple[str, ...]
    tensors: tuple[SeenTensor, ...]
    own: Any = field(default=None, compare=False, repr=False)

    @property
    def name(self) -> str:
        """The module as it is written, or ``model`` for the model itself."""
        return self.module or "model"


@dataclass(frozen=True)
class Finding:
    """Something silent that is wrong, measured in two independent ways.

    Attributes:
        kind: a short name that stays the same between versions, see :data:`FindingKind`.
        title: what is wrong, in one sentence.
        says: what that means and how it was measured, with numbers, in full sentences.
        place: where in the user's code it happens; ``None`` if that is not known.
        removed, added: the cure as a diff: lines of the user's code, and what to write instead.
        module: the module it is about, as in :attr:`ModelCall.module`; empty for none.
    """

    kind: FindingKind
    title: str
    says: str
    place: Place | None = None
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    module: str = ""


@dataclass(frozen=True)
class ModelQuestion:
    """Something that may be meant, and is a mistake if it is not.

    Attributes:
        kind: a short name that stays the same between versions.
        title: the question, in one sentence.
        says: what was seen, in full sentences.
        place: where in the user's code; ``None`` if that is not known.
    """

    kind: str
    title: str
    says: str
    place: Place | None = None


@dataclass(frozen=True)
class Check:
    """Something that was looked at, and is as it should be.

    Attributes:
        kind: a short name that stays the same between versions.
        says: what holds, in one sentence.
        evidence: how that was measured, with numbers.
    """

    kind: str
    says: str
    evidence: str = ""


StepState = Literal["read", "written", "padding", "padding read"]
"""What is drawn for one step: it is read by the result, or not; it is padding, and that is read or
not."""


@dataclass(frozen=True)
class ReadRow:
    """One line of the drawing of what a result reads.

    Attributes:
        label: such as ``out →``, ``out ←`` or ``x``.
        direction: ``forward`` or ``backward``; empty for an input.
        steps: one state for each step.
    """

    label: str
    direction: str
    steps: tuple[StepState, ...]


@dataclass(frozen=True)
class Reads:
    """What the result of one sample reads of one call.

    Attributes:
        module: of which call, as in :attr:`ModelCall.module`.
        sample: the sample.
        length: its length; all steps if it has no padding.
        rows: by step: the halves of out, and the input.
        states: of each row of h_n, and of c_n: its name, such as ``h_n[1]``, its direction, and
            whether the result reads it.
    """

    module: str
    sample: int
    length: int
    rows: tuple[ReadRow, ...]
    states: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True)
class Step:
    """One box of the way from the arguments to the result.

    Attributes:
        text: such as ``ids (32, 40)``, ``emb`` or ``out[:, -1]``.
        recurrent: whether it is a recurrent module.
    """

    text: str
    recurrent: bool = False


@dataclass(frozen=True)
class Report:
    """What was found of a model, on one call of it.

    Attributes:
        model: the name of the model's class.
        result: what the call returned, in words, such as ``a tensor (32, 2)``.
        way: from the arguments through the model's parts to the result.
        calls: each call of a recurrent module or cell, in order; those of a loop are one.
        findings: what is wrong.
        questions: what is wrong unless it is meant.
        checks: what was looked at and is as it should be.
        out_of_reach: what could not be measured, and why, in full sentences.
        reads: what the result of one sample reads, for each call.
        error: the exception that the call raised; ``None`` if it raised none.
        explanation: of that error.
        failed: which module raised it, and what it was given, in a sentence; empty if none did.
        place: the user's line that raised it; ``None`` if it raised none.
        forward_passes, backward_passes: how many were made, on copies of the model.
        milliseconds: how long it all took.
        test: code that asserts all this in a user's tests.

    >>> print(Report("Tagger", "a tensor (3, 7, 5)"))
    Tagger returned a tensor (3, 7, 5)
    no findings · no questions · no checks · 0 forward and 0 backward passes, 0 ms
    """

    model: str
    result: str
    way: tuple[Step, ...] = ()
    calls: tuple[ModelCall, ...] = ()
    findings: tuple[Finding, ...] = ()
    questions: tuple[ModelQuestion, ...] = ()
    checks: tuple[Check, ...] = ()
    out_of_reach: tuple[str, ...] = ()
    reads: tuple[Reads, ...] = ()
    error: BaseException | None = field(default=None, compare=False)
    explanation: Explanation | None = None
    failed: str = ""
    place: Place | None = None
    forward_passes: int = 0
    backward_passes: int = 0
    milliseconds: float = 0.0
    test: str = ""

    @property
    def examined(self) -> bool:
        """Whether anything was looked at."""
        return bool(self.findings or self.questions or self.checks)

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data: dicts, lists, numbers and texts, which JSON can hold.

        >>> Report("Tagger", "a tensor (3, 7, 5)").to_dict()["result"]
        'a tensor (3, 7, 5)'
        """
        error = None if self.error is None else _said(self.error)
        data: dict[str, Any] = _plain(replace(self, error=None))
        return data | {"error": error}

    def __str__(self) -> str:
        from lstm_shapes.explain.model.text import text_of

        return text_of(self)

    def _repr_html_(self) -> str:
        from lstm_shapes.explain.model.drawing import drawn

        return drawn(self)

    def _ipython_display_(self) -> None:
        """Show the drawing, and in an output of its own the buttons, where they can act."""
        from IPython.core.getipython import get_ipython
        from IPython.display import display

        still = {"text/html": self._repr_html_(), "text/plain": str(self)}
        display(still, raw=True)  # type: ignore[no-untyped-call]
        if getattr(get_ipython(), "kernel", None) is None:
            return
        with suppress(ModuleNotFoundError):  # ipywidgets may be missing
            # This display is the one way up into the explorer, which reports know nothing of.
            buttons = import_module("lstm_shapes.explorer.reported").bundle_of(self)
            display(buttons, raw=True)  # type: ignore[no-untyped-call]


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def _plain(value: object) -> Any:
    """A value as JSON knows it."""
    if is_dataclass(value):
        kept = (each.name for each in fields(value) if each.name != "own")
        return {name: _plain(getattr(value, name)) for name in kept}
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(each) for each in value]
    return value if isinstance(value, (str, int, float, bool)) or value is None else str(value)
