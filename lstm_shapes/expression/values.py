"""The value of an expression on a run."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from lstm_shapes.expression.grammar import Expression
from lstm_shapes.expression.operations import REDUCTIONS, Reduction
from lstm_shapes.formula.shapes import symbols
from lstm_shapes.live.run import Run


def evaluate(
    run: Run, expression: Expression, reductions: Mapping[str, Reduction] = REDUCTIONS
) -> Tensor:
    """The value of an expression on a run.

    Args:
        reductions: as for :meth:`Expression.evaluate`.

    Raises:
        ExpressionError: as :meth:`Expression.evaluate` does.

    >>> import torch
    >>> from lstm_shapes import InputSizes, Settings, run
    >>> from lstm_shapes.expression.grammar import parse
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2))
    >>> torch.equal(evaluate(made, parse("out[L - 1]")), made.h_n[0])
    True
    """
    tensors = {name: tensor for name, tensor in run.tensors().items() if name != "input"}
    return expression.evaluate(tensors, symbols(run.settings, run.sizes), reductions)
