"""Parses the text of an expression into Python's syntax tree, and refuses what is no expression.

Python's parser only reads the text; nothing is evaluated. ``expression.grammar`` reads the tree.
"""

from __future__ import annotations

import ast
import re

from lstm_shapes.expression.refusals import CHARACTERS, STATEMENTS
from lstm_shapes.expression.text import ExpressionError, Spots, short

_DEEPEST = 60
"""The most levels that a syntax tree may have; a method call takes two."""

# These are refused before Python's parser sees the text. Only ASCII is let through: the parser
# counts columns in bytes, and takes some different names of other characters for the same name.
# The parser would also only warn of a number with letters behind it, such as "1if".
_CHARACTER = re.compile(r"[^\w\s.,:()\[\]=+*/<>!@&|~-]|[^\S \n\t]|[^\x00-\x7f]")
_NUMBER = re.compile(r"(?<![\w.])\.?\d(?:[eE][+-]|[\w.])*")
_PLAIN = re.compile(r"\d+|(?:\d+\.\d*|\.?\d+)(?:[eE][+-]?\d+)?")
_HIDDEN = re.compile(r"\b_\w*")
_WRITTEN = "use names, numbers and . , : ( ) [ ] = + - * / // @ < > ! & | ~"


def syntax_tree(spots: Spots) -> ast.expr:
    """Parse a text into the syntax tree of a Python expression.

    Args:
        spots: the text.

    Returns:
        The node of the whole expression.

    Raises:
        ExpressionError: the text is empty, has characters or numbers that the grammar does not
            have, is not Python, or is nested too deeply.

    >>> type(syntax_tree(Spots("out[:, -1]"))).__name__
    'Subscript'
    """
    whole = (0, len(spots.text))
    if not spots.source:
        raise spots.wrong(whole, "nothing is written here", "write a tensor, such as out")
    _check_characters(spots)
    try:
        node = ast.parse(spots.source, mode="eval").body
    except SyntaxError as error:
        raise _not_an_expression(spots, error) from error
    except (ValueError, MemoryError, RecursionError) as error:
        raise spots.wrong(whole, "Python cannot parse this", "write less in one") from error
    level: list[ast.AST] = [node]
    for _ in range(_DEEPEST):
        level = [child for parent in level for child in ast.iter_child_nodes(parent)]
    if level:
        raise spots.wrong(whole, "this is nested too deeply", "write a shorter expression")
    return node


def _check_characters(spots: Spots) -> None:
    """Refuse characters, numbers and names that are not in the grammar."""
    source, shift = spots.source, spots.lines[0]
    if found := _CHARACTER.search(source):
        shown = found[0] if found[0].isascii() and found[0].isprintable() else repr(found[0])
        cure = CHARACTERS.get(found[0], _WRITTEN)
        span = found.start() + shift, found.end() + shift
        raise spots.wrong(span, f"{shown} is not in this grammar", cure)
    for found in _NUMBER.finditer(source):
        if not _PLAIN.fullmatch(found[0]):
            span = found.start() + shift, found.end() + shift
            cure = "write digits only, as in 12, 0.5 or 1e-9"
            raise spots.wrong(span, f"{short(found[0])} is not a number here", cure)
    if found := _HIDDEN.search(source):
        span = found.start() + shift, found.end() + shift
        problem = f"{short(found[0])} is not in this grammar"
        raise spots.wrong(span, problem, "no name here starts with an underscore")


def _not_an_expression(spots: Spots, error: SyntaxError) -> ExpressionError:
    """The error for a text that Python refuses as an expression, or takes for a statement."""
    try:
        statements = ast.parse(spots.source).body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return spots.wrong(spots.spot(error), error.msg)
    whole = (0, len(spots.text))
    refused = STATEMENTS.get(type(statements[0]))
    if len(statements) > 1 and not isinstance(statements[0], (ast.Import, ast.ImportFrom)):
        return spots.wrong(whole, "there are several statements here", "write one expression")
    return spots.wrong(whole, *(refused or ("this is no expression", "write one tensor")))
