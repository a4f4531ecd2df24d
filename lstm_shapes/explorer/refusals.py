"""What is wrong with the values of the controls: every one that is refused, and its cure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from lstm_shapes.config import ARGUMENTS, Settings
from lstm_shapes.errors import LARGEST, ArgumentError, check_lengths
from lstm_shapes.snippet import constructor_of

_MODULE = {name for name, each in ARGUMENTS.items() if each.group == "module"}
_ASKED = {name for name, each in ARGUMENTS.items() if each.group != "run"} - {"kind", "batched"}
"""Arguments of which torch can be asked what it says of a value."""


@dataclass(frozen=True)
class Problem:
    """Why the controls' values have no answer: torch's words, the cause, the cure.

    Attributes:
        argument: the control to mark.
        torch_says: torch's own message; empty if torch takes the value without an error, and
            ``None`` if it was not asked.
        cause, cure: one plain clause each.
        code: the module as it should be built; empty if no fix is known, or if the module has
            other values that are refused.
        fix: values that mend it.
    """

    argument: str
    torch_says: str | None
    cause: str
    cure: str
    code: str = ""
    fix: Mapping[str, Any] = field(default_factory=dict)


def errors_of(values: Mapping[str, Any]) -> dict[str, ArgumentError]:
    """Find every value that is refused, each with its own error.

    An argument that depends on others is held against them only if they are not refused
    themselves: ``proj_size=2`` is no mistake where ``hidden_size=0`` is one.

    Args:
        values: by the names in ``ARGUMENTS``, unchecked.

    Returns:
        The errors by argument, in the order of ``ARGUMENTS``; none exactly if
        :meth:`Question.of` takes the values.

    >>> from lstm_shapes.explorer.presets import FIRST_QUESTION
    >>> values = FIRST_QUESTION.values() | {"hidden_size": 0, "dropout": 1.5, "proj_size": 2}
    >>> for error in errors_of(values).values():
    ...     print(error)
    hidden_size=0 is too small: use 1 or more
    dropout=1.5 is no probability: use 0 to 1
    """
    unused = set() if values["batched"] is True else {"batch_size", "lengths"}
    unused |= {"batch_size"} if values["batch_size"] is None else set()  # it is unbatched then
    found: dict[str, ArgumentError] = {}
    for name in ARGUMENTS.keys() - unused:
        _try(found, name, partial(ARGUMENTS[name].check, values[name]))
    if not found.keys() & {"hidden_size", "proj_size", "kind"}:
        together = {name: values[name] for name in ("hidden_size", "proj_size", "kind")}
        _try(found, "proj_size", partial(Settings, 1, **together))
    if not found.keys() & {"nonlinearity", "kind"}:
        together = {name: values[name] for name in ("nonlinearity", "kind")}
        _try(found, "nonlinearity", partial(Settings, 1, 1, **together))
    if "lengths" not in unused and values["lengths"] is not None:
        _try(found, "lengths", partial(_check_lengths, values, found))
    return {name: found[name] for name in ARGUMENTS if name in found}


def _try(found: dict[str, ArgumentError], name: str, check: Callable[[], object]) -> None:
    """Note the error of a check under the argument's name."""
    try:
        check()
    except ArgumentError as error:
        found[name] = error


def _check_lengths(values: Mapping[str, Any], refused: Mapping[str, ArgumentError]) -> None:
    """Refuse lengths that do not fit the sizes, as far as those are not refused themselves."""
    lengths, samples, steps = (values[name] for name in ("lengths", "batch_size", "seq_len"))
    if "batch_size" in refused:
        samples = len(lengths) if isinstance(lengths, (tuple, list)) else 1
    check_lengths(lengths, samples, LARGEST if "seq_len" in refused else steps)


def problems_of(
    values: Mapping[str, Any], errors: Mapping[str, ArgumentError], torch_here: bool
) -> tuple[Problem, ...]:
    """Explain each error: what torch says of the value, and the values that mend it.

    Args:
        values: all values, by the names in ``ARGUMENTS``.
        errors: of these values, by argument.
        torch_here: whether torch is imported, so that it can be asked.
    """
    return tuple(_explain(name, values, errors, torch_here) for name in errors)


def _explain(
    argument: str,
    values: Mapping[str, Any],
    errors: Mapping[str, ArgumentError],
    torch_here: bool,
) -> Problem:
    error = errors[argument]
    says = _torch_says(error.value, argument, values, errors) if torch_here else None
    fix = _mend(argument, values, errors)
    cause = error.cause
    if error.argument == "lengths" and says == "":
        cause += ", and leaves the other samples out"
    # A fix of the input is no other module: its control says it all.
    code = ""
    mended = {**values, **fix}
    if fix.keys() & _MODULE and not errors_of(mended).keys() & _MODULE:
        code = constructor_of(mended)
    return Problem(argument, says, cause, error.cure, code, fix)


def _torch_says(
    refused: object,
    argument: str,
    values: Mapping[str, Any],
    errors: Mapping[str, ArgumentError],
) -> str | None:
    """Torch's message about a value, beside no other value that is refused; ``None`` if it cannot
    be asked."""
    too_large = isinstance(refused, int) and refused > LARGEST
    value = values[argument]
    # Of what is no Python yet torch says nothing; one of the choices is what it is.
    typed = isinstance(value, str) and value not in ARGUMENTS[argument].choices
    beside = {name: value for name, value in values.items() if name not in errors}
    sizes_lack = argument == "lengths" and not beside.keys() >= {"seq_len", "batch_size"}
    if argument not in _ASKED or too_large or typed or sizes_lack:
        return None
    from lstm_shapes.live.torch_says import torch_message

    return torch_message(argument, {**beside, argument: values[argument]})


def _mend(
    argument: str, values: Mapping[str, Any], errors: Mapping[str, ArgumentError]
) -> dict[str, Any]:
    """Changes that mend one value, and what its cure would make wrong of those that were right;
    none if one has no obvious cure."""
    fix: dict[str, Any] = {}
    waiting = [errors[argument]]
    while waiting:
        if not waiting[0].fix:
            return {}
        fix |= waiting[0].fix
        behind = errors_of({**values, **fix})
        waiting = [
            error for name, error in behind.items() if name == argument or name not in errors
        ]
    return fix
