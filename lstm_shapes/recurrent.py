"""What a module of the user's own is: which of torch's, in which wrapper, made with what.

Torch need not be there: a module is known by the names of its classes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from typing import Any, Literal, get_args

from lstm_shapes.errors import ArgumentTypeError, wrong_type

Kind = Literal["LSTM", "GRU", "RNN"]

_CELL = "Cell"
_WRAPPERS = ("DataParallel", "DistributedDataParallel")
_MOST_NAMED = 3
"""Of the recurrent modules that a model holds, how many an error names."""


def unwrapped(module: object) -> Any:
    """The module that torch.compile or nn.DataParallel has wrapped; any other is given back.

    >>> from torch import nn
    >>> unwrapped(nn.DataParallel(nn.LSTM(4, 3)))
    LSTM(4, 3)
    """
    inside: Any = module
    while True:
        names = {each.__name__ for each in type(inside).__mro__}
        if "_orig_mod" in getattr(inside, "_modules", ()):
            inside = inside.get_submodule("_orig_mod")
        elif names.intersection(_WRAPPERS) and hasattr(inside, "module"):
            inside = inside.module
        else:
            return inside


def class_of(module: object) -> Any:
    """The class of torch's that a recurrent module is an instance of; ``None`` for all else."""
    names = {kind + cell for kind in get_args(Kind) for cell in ("", _CELL)}
    for each in type(module).__mro__:
        if each.__module__ == "torch.nn.modules.rnn" and each.__name__ in names:
            return each
    return None


def arguments_of(argument: str, value: object, names: Collection[str]) -> dict[str, Any]:
    """The arguments that a recurrent module was made with, and its kind.

    Args:
        argument: the name that the error gives.
        value: a module as for :meth:`lstm_shapes.Settings.of`.
        names: the arguments to read. A cell has only some of them; nonlinearity is an RNN's.

    Raises:
        ArgumentTypeError: the value is something else.

    >>> from torch import nn
    >>> arguments_of("module", nn.GRUCell(4, 3), ["input_size", "num_layers"])
    {'input_size': 4, 'kind': 'GRU'}
    """
    module = unwrapped(value)
    made_of = class_of(module)
    if made_of is None:
        raise _not_recurrent(argument, module)
    if type(module).forward is not made_of.forward or "forward" in vars(module):
        problem = "has a forward of its own, of which only its code says what it computes"
        cure = f"give an nn.{made_of.__name__}, such as one that its forward calls"
        raise ArgumentTypeError(argument, type(module).__name__, problem, cure)
    kind = made_of.__name__.removesuffix(_CELL)
    read = set(names) - {"kind"} - (set() if kind == "RNN" else {"nonlinearity"})
    found = {name: getattr(module, name) for name in sorted(read) if hasattr(module, name)}
    return found | {"kind": kind}


def _not_recurrent(argument: str, module: Any) -> ArgumentTypeError:
    """The error for what is no recurrent module: it names those that stand in it."""
    name, wanted = type(module).__name__, "give an nn.LSTM, nn.GRU, nn.RNN or one of their cells"
    if isinstance(module, type) or not hasattr(module, "named_modules"):
        return wrong_type(argument, module, wanted)
    if ".quantized." in type(module).__module__:
        problem = "is quantized; quantized modules are not examined"
        return ArgumentTypeError(argument, name, problem, "give the module it was made of")
    if hasattr(module, "original_name"):
        problem = "is a script module; only the module it was made of can be examined"
        return ArgumentTypeError(argument, name, problem, "give that one")
    held = list(islice(_held(module), _MOST_NAMED + 1))
    if not held:
        problem = "is no recurrent module, and holds none"
        return ArgumentTypeError(argument, name, problem, wanted)
    code = [f"{argument}{_access(path)}" for path in held]
    listed = " or ".join(code[:_MOST_NAMED]) + (" …" if code[_MOST_NAMED:] else "")
    problem = f"is no recurrent module, but holds {'several' if len(held) > 1 else 'one'}"
    return ArgumentTypeError(argument, name, problem, f"give {listed}")


def _held(module: Any) -> Iterator[str]:
    """The paths of the recurrent modules in a model; one inside another is not among them."""
    last = ""
    for path, part in module.named_modules():
        if class_of(part) is not None and not (last and path.startswith(f"{last}.")):
            last = path
            yield path


def _access(path: str) -> str:
    """Code for a part of a module, from its path: ``[0]`` for a number, ``.name`` for a name."""
    return "".join(f"[{each}]" if each.isdigit() else f".{each}" for each in path.split("."))
