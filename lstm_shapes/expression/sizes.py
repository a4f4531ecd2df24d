"""What an expression says of sizes: the shape of its result by formula, and its largest number."""

from __future__ import annotations

import ast

import torch

from lstm_shapes.config import InputSizes, Settings
from lstm_shapes.expression.grammar import Expression
from lstm_shapes.expression.limits import shapes_alone
from lstm_shapes.expression.names import size_names, tensor_names
from lstm_shapes.expression.text import ExpressionError, Spots
from lstm_shapes.expression.tree import syntax_tree
from lstm_shapes.formula.shapes import tensor_shapes


def largest_number(text: str) -> int:
    """A number that none of those in an expression exceeds, nor what is computed of them.

    Every size that is larger may be made smaller down to it, and the numbers mean the same.

    Args:
        text: of an expression, which may be wrong; then it is 0.

    >>> largest_number("out[:, -1, :128]"), largest_number("h_n.view(2 * 2, N, -1)")
    (128, 4)
    >>> largest_number("out[:, L - 3 - 4]"), largest_number("out[..., :H_out // 8]")
    (7, 16)
    """
    try:
        tree = syntax_tree(Spots(text))
    except ExpressionError:
        return 0
    return max(_bound(node) for node in ast.walk(tree))


def _bound(node: ast.AST) -> int:
    """How large the numbers in a part of an expression can make its value, apart from sizes."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    if isinstance(node, ast.UnaryOp):
        return _bound(node.operand)
    if isinstance(node, ast.BinOp):
        left, right = _bound(node.left), _bound(node.right)
        if isinstance(node.op, ast.Mult):
            return max(left, 1) * max(right, 1)
        if isinstance(node.op, (ast.Div, ast.FloorDiv)):
            return max(left, 2 * right)  # of a size there has to be more than one share
        return left + right
    return 0


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
