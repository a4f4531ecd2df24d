"""The statements of a widely read article about nn.LSTM, each evaluated on a run.

``_SAYS`` lists them. Most are decided by claims that other files of this room make.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice

from lstm_shapes.config import Kind
from lstm_shapes.formula.arguments import SHOWN_DROPOUT
from lstm_shapes.live.run import Run
from lstm_shapes.live.variants import with_kind
from lstm_shapes.statements.arguments import dropout_claims
from lstm_shapes.statements.cell import cell_claims
from lstm_shapes.statements.claim import Claim
from lstm_shapes.statements.classifier import ClassifierResult, classifier_results, too_large
from lstm_shapes.statements.directions import direction_claims
from lstm_shapes.statements.reproducibility import reproduce

SAMPLES = 3
"""The batch size that is suggested for a run without samples."""


@dataclass(frozen=True)
class Verdict:
    """Whether a statement holds on a run.

    Attributes:
        holds: whether it holds; ``None`` if the run's settings cannot show it.
        finding: what was found, with the run's own numbers; or why nothing could be found.
        show: if nothing could be found, arguments with which the statement can be evaluated.
    """

    holds: bool | None
    finding: str
    show: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Statement:
    """One statement of the article.

    Attributes:
        id: a name that stays the same between versions.
        says: the statement, shortened.
        verdict: whether it holds on the run.
    """

    id: str
    says: str
    verdict: Verdict


def article_statements(run: Run) -> tuple[Statement, ...]:
    """Evaluate every statement of the article on a run.

    Args:
        run: from :func:`~lstm_shapes.run`.

    Returns:
        All statements, in the order of ``_SAYS``.

    Source: torch documentation, ``torch.nn.LSTM``, ``torch.nn.RNN``.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3, bias=False), InputSizes(seq_len=5, batch_size=2))
    >>> for statement in article_statements(made)[2:6]:
    ...     print(statement.id, statement.verdict.holds, dict(statement.verdict.show))
    out-shape None {'batch_first': True}
    state-shape True {}
    bias-zero False {}
    dropout-layers None {'num_layers': 2, 'dropout': 0.5}
    """
    return run.kept("article", lambda: tuple(_statements(run)))


def _statements(run: Run) -> Iterator[Statement]:
    for name, (says, needs, find) in _SAYS.items():
        yield Statement(name, says, _verdict(run, needs.split(), find))


def _verdict(run: Run, needs: Sequence[str], find: Callable[[Run], Verdict]) -> Verdict:
    """Evaluate a statement, or say everything that the run lacks to evaluate it."""
    lacks = [lack for name in ("samples", *needs) if (lack := _NEEDS[name](run))]
    if lacks:
        show = {name: value for _, changes in lacks for name, value in changes.items()}
        return Verdict(None, "; ".join(why for why, _ in lacks), show)
    return find(run)


Lack = tuple[str, Mapping[str, object]]
"""Why a run cannot show a statement, and arguments with which it could."""


def _unless(fits: bool, why: str, **show: object) -> Lack | None:
    return None if fits else (why, show)


def _no_samples(run: Run) -> Lack | None:
    if run.out.numel():
        return None
    some = replace(run, sizes=replace(run.sizes, batch_size=SAMPLES))
    _, show = _too_large(some) or ("", {"batch_size": SAMPLES})
    return "there are no samples", show


def _one_token(run: Run) -> Lack | None:
    """With one step of one sample, both axes have size 1, and swapping them changes nothing."""
    both = (run.sizes.batch_size or 1) > 1 or run.sizes.seq_len > 1
    return _unless(both, "the input is one step of one sample", seq_len=5, lengths=None)


def _too_large(run: Run) -> Lack | None:
    refusal = too_large(run.settings, run.sizes)
    if refusal:
        small = {"input_size": 4, "hidden_size": 3, "proj_size": 0, "num_layers": 2}
        sizes = {"batch_size": SAMPLES, "seq_len": 5, "lengths": None}
        return f"too large to be measured: {refusal}", small | sizes
    return None


_NEEDS: Mapping[str, Callable[[Run], Lack | None]] = {
    "samples": _no_samples,
    "batch": lambda run: _unless(
        run.sizes.batch_size is not None, "the input has no batch", batched=True
    ),
    "batch_first": lambda run: _unless(
        run.settings.batch_first, "the module has batch_first=False", batch_first=True
    ),
    "no-bias": lambda run: _unless(not run.settings.bias, "the module has bias=True", bias=False),
    "layers": lambda run: _unless(
        run.settings.num_layers > 1, "a single layer has no layer above it", num_layers=2
    ),
    "dropout": lambda run: _unless(
        run.settings.dropout > 0, "the module has dropout=0", dropout=SHOWN_DROPOUT
    ),
    "directions": lambda run: _unless(
        run.settings.bidirectional, "the module has one direction", bidirectional=True
    ),
    "steps": lambda run: _unless(
        max(run.sizes.lengths or [run.sizes.seq_len]) > 1,
        "a single step cannot be reversed",
        seq_len=5,
        lengths=None,
    ),
    "bias": lambda run: _unless(run.settings.bias, "the module has bias=False", bias=True),
    "tanh": lambda run: _unless(
        run.settings.nonlinearity == "tanh",
        "the module has nonlinearity='relu'",
        nonlinearity="tanh",
    ),
    "no-projection": lambda run: _unless(
        not run.settings.proj_size, "the module projects h", proj_size=0
    ),
    "cell-state": lambda run: _unless(
        run.settings.kind == "LSTM", f"nn.{run.settings.kind} has no c_n", kind="LSTM"
    ),
    "tokens": _one_token,
    "small": _too_large,
}
"""What statements may need, by name; each finds what a run lacks, or None if it lacks nothing."""


def _cell(run: Run, kind: Kind) -> Verdict:
    of = with_kind(run, kind)
    claim = cell_claims(of)[0]
    return Verdict(claim.holds, f"computed by hand for every step: {claim.reason}")


def _out_shape(run: Run) -> Verdict:
    features = run.settings.hidden_size * run.settings.num_directions
    return _shapes((run.sizes.batch_size, run.sizes.seq_len, features), run, "out")


def _state_shape(run: Run) -> Verdict:
    rows = run.settings.num_layers * run.settings.num_directions
    return _shapes((rows, run.sizes.batch_size, run.settings.hidden_size), run, "h_n", "c_n")


def _shapes(said: tuple[int | None, ...], run: Run, *names: str) -> Verdict:
    measured = {name: run.shapes()[name] for name in names}
    found = ", ".join(f"{name} is {shape}" for name, shape in measured.items())
    if set(measured.values()) == {said}:
        return Verdict(True, found)
    projected = f": with proj_size={run.settings.proj_size} h has that many features"
    return Verdict(False, f"{found}, not {said}{projected}")


def _bias(run: Run) -> Verdict:
    names = [name for name in run.weights if "bias" in name]
    found = f"none of the {len(run.weights)} parameters is a bias, so there is nothing to be 0"
    if names:
        found = f"there are {', '.join(names[:4])}"
    zero = all(not bool(run.weights[name].any()) for name in names)
    return Verdict(bool(names) and zero, found)


def _dropout(run: Run) -> Verdict:
    found = {claim.id: claim for claim in dropout_claims(run)}
    by_hand = found["dropout-by-hand"]
    return Verdict(not by_hand.holds, f"{_mark(by_hand)} {by_hand.statement}")


def _classified(run: Run, judge: Callable[[ClassifierResult], Verdict]) -> Verdict:
    """Judge the classifier as written, with the directions of the run and its layers, 2 at most."""
    layers, both = min(run.settings.num_layers, 2), run.settings.bidirectional
    return next(
        judge(finding)
        for finding in classifier_results(run.settings, run.sizes, run.seed)
        if finding.version == "as written"
        and (finding.num_layers, finding.bidirectional) == (layers, both)
    )


def _reads(finding: ClassifierResult) -> Verdict:
    samples = sum(map(any, finding.read))
    steps = sum(map(any, zip(*finding.read, strict=True)))
    read = f"its first probability has read {samples} of {len(finding.read)} samples"
    found = f"{read} and {steps} of {len(finding.read[0])} steps: the LSTM takes the batch for time"
    right = finding.right
    return Verdict(right, "the first probability is of the first sample" if right else found)


def _squeezes(finding: ClassifierResult) -> Verdict:
    one = len(finding.shape) == 2
    rows = "one row, which squeeze removed" if one else "several rows, and squeeze removed none"
    more = "; there is a row for each step, since the LSTM takes the batch for time" if one else ""
    return Verdict(one, f"it returns {finding.shape}: h_n has {rows}{more}")


def _flip(run: Run) -> Verdict:
    found: dict[str, Claim] = {claim.id: claim for claim in direction_claims(run)}
    flipped, by_hand = found["flip-anyway"], found["hand-built"]
    finding = f"{_mark(flipped)} {flipped.statement}; {_mark(by_hand)} {by_hand.statement}"
    return Verdict(
        flipped.holds, f"{finding}: a pair built by hand needs the flip; nn.LSTM makes it itself"
    )


def _mark(claim: Claim) -> str:
    return "✓" if claim.holds else "✗"


def _not_reproducible(run: Run) -> Verdict:
    # The first three runs belong to the first trial, which makes the module again from its seed,
    # or calls a user's own again.
    (trial,) = next(islice(reproduce(run, repeats=3), 2, None)).trials
    again = "calls of the module" if run.observed else "runs from the seed"
    same = f"{trial.equal} of {trial.runs - 1} more {again} are equal bit for bit"
    return Verdict(trial.equal < trial.runs - 1, f"{same} on {run.device}")


_SAYS: Mapping[str, tuple[str, str, Callable[[Run], Verdict]]] = {
    "rnn-step": (
        "A plain RNN computes h = tanh(W_ih x + b_ih + W_hh h' + b_hh), with the same weights "
        "at every step",
        "bias tanh",
        partial(_cell, kind="RNN"),
    ),
    "lstm-cell": (
        "An LSTM cell has gates i, f, o and a candidate g: c = f ⊙ c' + i ⊙ g, h = o ⊙ tanh(c)",
        "no-projection",
        partial(_cell, kind="LSTM"),
    ),
    "out-shape": (
        "With batch_first=True out is (batch, seq_len, hidden_size · directions)",
        "batch batch_first",
        _out_shape,
    ),
    "state-shape": (
        "h_n and c_n are (layers · directions, batch, hidden_size)",
        "batch cell-state",
        _state_shape,
    ),
    "bias-zero": ("bias=False initialises the biases to 0", "no-bias", _bias),
    "dropout-layers": ("dropout acts after every layer", "layers dropout", _dropout),
    "classifier-input": (
        "The classifier, nn.LSTM without batch_first, takes x of (batch, seq, feature)",
        "batch small tokens",
        partial(_classified, judge=_reads),
    ),
    "classifier-squeeze": (
        "In the classifier h_n.squeeze(0) removes the axis of layers and directions",
        "batch small",
        partial(_classified, judge=_squeezes),
    ),
    "flip-first": (
        "The backward output has to be reversed before it is joined with the forward one",
        "directions steps",
        _flip,
    ),
    "not-reproducible": (
        "bidirectional=True cannot be reproduced with a fixed seed",
        "directions",
        _not_reproducible,
    ),
}
"""By id of each statement: its text, what a run needs to show it, and the function that judges."""
