"""A copy of a user's model, in which nothing is the model's own: it can be run, changed, hooked.

The copy computes what the model computes, in the dtype that is asked for.
"""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from types import MethodType
from typing import Any

import torch
from torch import nn

from lstm_shapes.explain.model.copying import Copier, listed
from lstm_shapes.recurrent import unwrapped

_HOOKS = {
    "_forward_pre_hooks": ("_forward_pre_hooks_with_kwargs",),
    "_forward_hooks": ("_forward_hooks_with_kwargs", "_forward_hooks_always_called"),
    "_backward_pre_hooks": (),
    "_backward_hooks": (),
}
"""Where a module keeps its hooks, by number, and where more is kept under the same numbers."""
_BY_NAME = ("_parameters", "_buffers", "_modules")
_LONGEST = 60
_OF_TORCH = ("torch.nn.utils.", "torch.nn.modules.lazy.")


class OutOfReach(Exception):
    """A model of which no copy can be examined; it says why in a plain sentence."""


@dataclass(frozen=True)
class Twin:
    """A copy of a model.

    Attributes:
        model: the copy.
        remarks: in what the copy differs from the model, in full sentences.
    """

    model: nn.Module
    remarks: tuple[str, ...]


def twin_of(model: nn.Module, dtype: torch.dtype | None = torch.float64) -> Twin:
    """An independent copy of a model on the same device, without its gradients.

    Parameters, buffers and all tensors that are kept in attributes are copied; what the model
    shares, such as tied weights, the copy shares too. torch.compile and nn.DataParallel are taken
    off. Hooks are left out, except those with which torch computes weights. A tensor with a graph
    is copied without it.

    Args:
        dtype: what floating point tensors become; ``None`` to keep their own. Complex tensors
            and integers keep theirs.

    Raises:
        OutOfReach: a part of the model is a script module, is quantized, or cannot be copied.

    >>> lstm = nn.LSTM(4, 3)
    >>> twin = twin_of(nn.Sequential(lstm, lstm)).model
    >>> twin[0] is twin[1], twin[0] is lstm, twin[0].weight_ih_l0.dtype
    (True, False, torch.float64)
    """
    _check(model)
    copier = _ModuleCopier(dtype)
    with torch.inference_mode(False), torch.no_grad(), warnings.catch_warnings():
        # Of classes of the user's own, whose code says how they are copied.
        warnings.simplefilter("ignore")
        twin = copier.copied(model, "model")
    if _parts(twin) & _parts(model):
        raise OutOfReach("A part of the model cannot be copied. " + copier.remarks()[-1])
    return Twin(twin, copier.remarks())


def _check(model: nn.Module) -> None:
    """Refuse what has no Python code to follow, or no floating point weights."""
    for path, part in model.named_modules():
        name = f"model{_access(path)}"
        if isinstance(part, torch.jit.ScriptModule):
            problem = "is a script module, whose calls cannot be followed"
        elif any(".quantized." in f"{each.__module__}." for each in type(part).__mro__):
            problem = "is quantized, and quantized modules are not examined"
        else:
            continue
        raise OutOfReach(f"{name} {problem}: give the model that it was made of.")


def _parts(model: nn.Module) -> set[int]:
    """The identities of the modules, parameters and buffers of a model."""
    return {id(each) for each in (*model.modules(), *model.parameters(), *model.buffers())}


class _ModuleCopier(Copier):
    """Copies modules too."""

    def __init__(self, dtype: torch.dtype | None) -> None:
        super().__init__(dtype)
        self._left_out: list[str] = []

    def remarks(self) -> tuple[str, ...]:
        """What a user should know of the copy."""
        said = []
        if count := len(self._left_out):
            were = "hook of the model was" if count == 1 else "hooks of the model were"
            said.append(f"{count} {were} not called: {listed(self._left_out)}.")
        if self.shared:
            named = listed(f"{_short(where)} ({kind})" for where, kind in self.shared.items())
            said.append(f"The examined copy shares with the model what was not copied: {named}.")
        return tuple(said)

    def _made(self, value: Any, where: str) -> Any:
        if not isinstance(value, nn.Module) or isinstance(value, torch.jit.ScriptModule):
            return super()._made(value, where)
        inside = unwrapped(value)
        if inside is value:
            return self._module(value, where)
        self._hooks(vars(value), where)
        return self.copied(inside, where)

    def _module(self, module: nn.Module, where: str) -> nn.Module:
        """A module of the same class; no code of that class runs, so that none can fail."""
        made: nn.Module = object.__new__(type(module))
        self._keep(module, made)
        given = vars(module)
        hooks = self._hooks(given, where)
        for name, value in given.items():
            if name in hooks:
                vars(made)[name] = hooks[name]
            elif name in _BY_NAME:
                parts = {
                    key: self.copied(each, where + _access(key)) for key, each in value.items()
                }
                vars(made)[name] = type(value)(parts)
            # Set by module.compile().
            elif name != "_compiled_call_impl":
                vars(made)[name] = self.copied(value, f"{where}.{name}")
        for name in _slots(module):
            value = self.copied(getattr(module, name), f"{where}.{name}")
            object.__setattr__(made, name, value)
        return made

    def _hooks(self, given: dict[str, Any], where: str) -> dict[str, Any]:
        """The attributes in which a module has its hooks, with those of torch's own only."""
        made: dict[str, Any] = {}
        for name, beside in _HOOKS.items():
            every = given.get(name) or {}
            kept = {number: hook for number, hook in every.items() if _computes_weights(hook)}
            others = [hook for number, hook in every.items() if number not in kept]
            self._left_out += [f"{_name_of(hook)} at {where}" for hook in others]
            hooks = {number: self.copied(hook, f"{where}.{name}") for number, hook in kept.items()}
            made[name] = OrderedDict(hooks)
            for also in beside:
                flags = (given.get(also) or {}).items()
                made[also] = OrderedDict((number, flag) for number, flag in flags if number in kept)
        return made


def _computes_weights(hook: Any) -> bool:
    """Whether a hook is one with which torch makes a module's weights before it is called."""
    function = hook.__func__ if isinstance(hook, MethodType) else hook
    made_in = [function, *type(function).__mro__]
    return any(f"{getattr(each, '__module__', '')}.".startswith(_OF_TORCH) for each in made_in)


def _short(where: str) -> str:
    """Where something is, of which a sentence has room for the beginning."""
    return where if len(where) <= _LONGEST else f"{where[:_LONGEST]}…"


def _name_of(hook: Any) -> str:
    """What a user calls a hook: its function's name, or its class."""
    return str(getattr(hook, "__name__", type(hook).__name__))


def _slots(module: nn.Module) -> Iterator[str]:
    """The names of what a module keeps in slots."""
    for kind in type(module).__mro__:
        named = vars(kind).get("__slots__", ())
        for name in [named] if isinstance(named, str) else named:
            if name not in ("__dict__", "__weakref__") and hasattr(module, name):
                yield name


def _access(path: str) -> str:
    """Code for a part of a module, from its path: ``[0]`` for a number, ``.name`` for a name."""
    parts = path.split(".") if path else []
    return "".join(f"[{each}]" if each.isdigit() else f".{each}" for each in parts)
