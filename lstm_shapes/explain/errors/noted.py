"""Adds the explanation to an exception that passes, so that it stands under the traceback."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lstm_shapes.explain.errors.error import explain_error

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_HEAD = "lstm_shapes explains:"


@contextmanager
def explained(module: object = None) -> Iterator[None]:
    """Add an explanation to every known error that is raised inside.

    The exception passes as it is, with its type and its traceback; the explanation is a note of
    it, which Python 3.11 and later and IPython show under the traceback. Before Python 3.11 it is
    also printed to stderr. An error that is not known gets no note. Works as a decorator too.

    Args:
        module: as for :func:`~lstm_shapes.explain_error`.

    Raises:
        ArgumentTypeError: the module is no recurrent module.

    Source: "Enriching Exceptions with Notes" in the documentation of Python.

    >>> import torch
    >>> try:
    ...     with explained():
    ...         torch.nn.LSTM(4, 3)(torch.zeros(5, 2, 4).double())
    ... except ValueError as error:
    ...     print(error.__notes__[0].splitlines()[4])
    x is of dtype float64, and the weights of the module are float32. NumPy's floats are float64, \
and torch.from_numpy keeps that.
    """
    explain_error("", module)  # refuses a wrong module before anything runs
    try:
        yield
    except Exception as error:
        _note(error, module)
        raise


def _note(error: Exception, module: object) -> None:
    """Add the explanation to an error, once."""
    found = explain_error(error, module)
    notes = getattr(error, "__notes__", [])
    if (
        not found.known
        or not isinstance(notes, list)
        or any(str(note).startswith(_HEAD) for note in notes)
    ):
        return
    note = f"{_HEAD}\n\n{found}"
    if sys.version_info >= (3, 11):
        error.add_note(note)
    else:
        error.__dict__["__notes__"] = [*notes, note]
        print(note, file=sys.stderr)


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Give a notebook the cell magic ``%%explained``: called by ``%load_ext lstm_shapes``.

    A cell that begins with ``%%explained`` runs as it would without, but for ``await`` outside of
    functions; a known error in it is shown with its explanation under the traceback.

    Args:
        shell: the running IPython.

    Source: "IPython extensions" in the documentation of IPython.

    >>> from IPython.core.interactiveshell import InteractiveShell
    >>> shell = InteractiveShell.instance()
    >>> load_ipython_extension(shell)
    >>> "explained" in shell.magics_manager.magics["cell"]
    True
    """

    def cell(line: str, code: str) -> object:
        tree = ast.parse(str(shell.input_transformer_manager.transform_cell(code)))
        name = shell.compile.cache(code, shell.execution_count)
        shown = tree.body[-1:] if not code.rstrip().endswith(";") else []
        last = ast.Expression(shown[0].value) if shown and isinstance(shown[0], ast.Expr) else None
        if last:
            tree.body.pop()
        with explained():
            exec(compile(tree, name, "exec"), shell.user_ns)
            if last:
                return eval(compile(last, name, "eval"), shell.user_ns)
        return None

    shell.magics_manager.register_function(cell, magic_kind="cell", magic_name="explained")
