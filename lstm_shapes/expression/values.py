"""The value of an expression on a run."""

from __future__ import annotations

from torch import Tensor

from lstm_shapes.errors import wrong_type
from lstm_shapes.expression.computing import VALUES, Computing
from lstm_shapes.expression.grammar import Expression, as_expression
from lstm_shapes.expression.names import size_names, tensor_names
from lstm_shapes.live.run import Run


def evaluate(run: Run, expression: Expression | str, computing: Computing = VALUES) -> Tensor:
    """The value of an expression on a run.

    Args:
        run: gives the tensors and the sizes by name: those of ``expression.names``.
        expression: from :func:`~lstm_shapes.expression.grammar.parse`, or its text.
        computing: as for :meth:`Expression.evaluate`.

    Returns:
        A tensor of any shape, made of floating-point numbers.

    Raises:
        ExpressionError: as :func:`~lstm_shapes.expression.grammar.parse` and
            :meth:`Expression.evaluate` do, and for one of whole numbers alone, such as lengths.
        ArgumentTypeError: the run is none, or the expression is neither.

    Source: torch documentation, ``torch.nn.LSTM``, "Outputs".

    >>> import torch
    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3, num_layers=2), InputSizes(seq_len=5, batch_size=2))
    >>> torch.equal(evaluate(made, "output[seq_len - 1]"), made.h_n[-1])
    True
    >>> evaluate(made, "h_n[-2] + h_n[-1]").shape
    torch.Size([2, 3])
    """
    if not isinstance(run, Run):
        raise wrong_type("run", run, "give what lstm_shapes.run(settings, sizes) returns")
    read = as_expression(expression)
    tensors = tensor_names(run.sizes, run.tensors())
    made = read.evaluate(tensors, size_names(run.settings, run.sizes), computing)
    if not made.is_floating_point():
        raise read.of_sizes_alone()
    return made
