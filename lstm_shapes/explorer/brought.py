"""A call that somebody brings to the explorer: a module, its input, words for its steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from lstm_shapes.config import InputSizes, Question
from lstm_shapes.errors import ArgumentError, plain, wrong_type
from lstm_shapes.explorer.presets import FIRST_QUESTION

if TYPE_CHECKING:
    from lstm_shapes.live.run import Run

Labels = tuple[tuple[str, ...], ...]
"""A word for each step of each sample. One sample's words stand for all if there is no other."""


class Brought(NamedTuple):
    """What an explorer starts from.

    Attributes:
        question: what is asked first.
        run: the call that was brought; ``None`` without one.
        call: its arguments as code, for a copied call.
        labels: words for its steps.
    """

    question: Question = FIRST_QUESTION
    run: Run | None = None
    call: str = ""
    labels: Labels = ()

    def labels_of(self, question: Question, sample: int) -> tuple[str, ...]:
        """The words of one sample's steps, as far as a question is still about these samples.

        >>> Brought(labels=(("the", "cat"),)).labels_of(FIRST_QUESTION, 2)
        ('the', 'cat')
        """
        own = self.question.sizes
        if not self.labels or question.sizes.samples > own.samples:
            return ()
        words = self.labels[sample] if len(self.labels) > 1 else self.labels[0]
        return words[: question.sizes.seq_len]


def brought(module: Any, x: Any, hx: Any, tokens: Any) -> Brought:
    """Make the call that somebody brings, and read the words for its steps.

    Args:
        module: as :func:`~lstm_shapes.observe` takes it; ``None`` for no call.
        x, hx: the arguments of the call; ``None`` for states that are not given.
        tokens: one word for each step, or a list of them for each sample; ``None`` for none.

    Raises:
        ArgumentError: x without a module or a module without x, or more tokens than steps.
        ArgumentTypeError: the module is none that can be observed, or tokens are no list.
        Exception: any that the module raises.

    >>> brought(None, None, None, ["the", "cat"]).labels
    (('the', 'cat'),)
    """
    if module is None:
        for name, given in (("x", x), ("hx", hx)):
            if given is not None:
                raise ArgumentError(name, type(given).__name__, "has no module", "give both")
        return Brought(labels=_labels(tokens, FIRST_QUESTION.sizes))
    if x is None:
        problem = "is not given, and the module has to be called"
        raise ArgumentError("x", None, problem, "give its input too, as in Explorer(lstm, x)")
    from lstm_shapes.live.observe import observe

    run = observe(module, x) if hx is None else observe(module, x, hx)
    question = Question(run.settings, run.sizes, run.seed, run.device)
    call = "module, x" if hx is None else "module, x, hx"
    return Brought(question, run, call, _labels(tokens, run.sizes))


def _labels(tokens: Any, sizes: InputSizes) -> Labels:
    if tokens is None:
        return ()
    given = plain(tokens, "tokens")
    if not isinstance(given, Sequence) or isinstance(given, (str, bytes)):
        raise wrong_type("tokens", given, "give a list of words, one for each step")
    nested = bool(given) and all(isinstance(each, (list, tuple)) for each in given)
    samples = given if nested else [given]
    if nested and len(samples) != sizes.samples:
        problem = f"has {len(samples)} lists for {sizes.samples} samples"
        raise ArgumentError("tokens", given, problem, "give one list of words for each sample")
    for words in samples:
        if len(words) > sizes.seq_len:
            problem = f"has {len(words)} words for {sizes.seq_len} steps"
            raise ArgumentError("tokens", words, problem, "give one word for each step")
    return tuple(tuple(map(str, words)) for words in samples)
