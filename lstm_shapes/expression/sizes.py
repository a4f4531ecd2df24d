"""What an expression says of sizes: the shape of its result by formula, and its largest number."""

from __future__ import annotations

import ast
import math

import torch

from lstm_shapes.config import InputSizes, Settings
from lstm_shapes.expression.grammar import Expression
from lstm_shapes.expression.limits import shapes_alone
from lstm_shapes.expression.names import size_names, tensor_names
from lstm_shapes.expression.text import ExpressionError, Spots
from lstm_shapes.expression.tree import syntax_tree
from lstm_shapes.formula.shapes import tensor_shapes


def largest_number(text: str) -> int:
    """The largest number that stands in an expression, or that its numbers can be multiplied to.

    What it means does not change with sizes that are all larger.

    Args:
        text: of an expression, which may be wrong; then it is 0.

    >>> largest_number("out[:, -1, :128]"), largest_number("h_n.view(2 * 2, N, -1)")
    (128, 4)
    """
    try:
        tree = syntax_tree(Spots(text))
    except ExpressionError:
        return 0

    def numbers(node: ast.AST) -> list[int]:
        return [
            each.value
            for each in ast.walk(node)
            if isinstance(each, ast.Constant) and type(each.value) is int
        ]

    products = [
        math.prod(numbers(node))
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)
    ]
    return max([0, *numbers(tree), *products])


def shape_of(expression: Expression, settings: Settings, sizes: InputSizes) -> tuple[int, ...]:
    """The shape of an expression's result, for tensors of any size: none of them is made.

    Args:
        settings, sizes: the question.

    Raises:
        ExpressionError: the expression cannot be evaluated on tensors of these shapes.

    >>> from lstm_shapes.expression.grammar import parse
    >>> large = Settings(100, 256, bidirectional=True), InputSizes(seq_len=5000, batch_size=64)
    >>> shape_of(parse("torch.cat([h_n[-2], h_n[-1]], dim=-1)"), *large)
    (64, 512)
    """
    made = {
        name: torch.empty(shape.shape, device="meta")
        for name, shape in tensor_shapes(settings, sizes).items()
        if name not in ("h_0", "c_0")
    }
    with shapes_alone():
        result = expression.evaluate(tensor_names(sizes, made), size_names(settings, sizes))
    return tuple(result.shape)
