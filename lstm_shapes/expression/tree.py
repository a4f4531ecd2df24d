"""Parses the text of an expression into Python's syntax tree, and refuses what is no expression.

Python's parser only reads the text; nothing is evaluated. ``expression.grammar`` reads the tree.
"""

from __future__ import annotations

import ast
import re

from lstm_shapes.expression.text import Spots, short

_DEEPEST = 60
"""The most levels that a syntax tree may have; a method call takes two."""

# These are refused before Python's parser sees the text. Only ASCII is let through: the parser
# counts columns in bytes, and takes some different names of other characters for the same name.
# The parser would also only warn of a number with letters behind it, such as "1if".
_REFUSED = (
    (
        re.compile(r"[^\w\s.,:()\[\]=+*/-]|[^\S \n\t]|[^\x00-\x7f]"),
        "is not in this grammar",
        "use names, integers and . , : ( ) [ ] = + - * //",
    ),
    (re.compile(r"\b\d+[A-Za-z_.]\w*"), "is not an integer", "use digits only"),
    (re.compile(r"\b_\w*"), "is not in this grammar", "no name here starts with an underscore"),
)


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
    for pattern, problem, cure in _REFUSED:
        if found := pattern.search(spots.source):
            start, end = found.start() + spots.lines[0], found.end() + spots.lines[0]
            shown = found[0] if found[0].isascii() and found[0].isprintable() else repr(found[0])
            raise spots.wrong((start, end), f"{short(shown)} {problem}", cure)
    try:
        node = ast.parse(spots.source, mode="eval").body
    except SyntaxError as error:
        raise spots.wrong(spots.spot(error), error.msg) from error
    except (ValueError, MemoryError, RecursionError) as error:
        raise spots.wrong(whole, "Python cannot parse this") from error
    level: list[ast.AST] = [node]
    for _ in range(_DEEPEST):
        level = [child for parent in level for child in ast.iter_child_nodes(parent)]
    if level:
        raise spots.wrong(whole, "this is nested too deeply", "write a shorter expression")
    return node
