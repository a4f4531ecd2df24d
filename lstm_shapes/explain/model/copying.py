"""Copies of values of any kind, tensors in them in another dtype, with what they share kept.

copy.deepcopy fails as a whole at one lock, at one tensor with a graph, and cannot convert. Here
each value that cannot be copied is shared, and the rest is copied.
"""

from __future__ import annotations

import copyreg
import enum
import weakref
from collections.abc import Callable, Iterable
from types import (
    BuiltinFunctionType,
    CellType,
    CodeType,
    EllipsisType,
    FunctionType,
    MethodType,
    ModuleType,
    NoneType,
)
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

_UNCHANGING = (
    *(NoneType, EllipsisType, int, float, complex, str, bytes, range, type, enum.Enum),
    *(ModuleType, BuiltinFunctionType, CodeType),
    *(torch.device, torch.layout, torch.memory_format, torch.Size, torch.jit.ScriptFunction),
)
_FOR_TRAINING = ("torch.utils.data.", "torch.optim.")
_PROTOCOL = 4


class Copier:
    """Copies values; the same value is the same copy, however often it is met.

    Attributes:
        dtype: what floating point tensors become; ``None`` if they keep their own.
        shared: what was not copied, by where it was met; its type.
    """

    def __init__(self, dtype: torch.dtype | None) -> None:
        self.dtype = dtype
        self.shared: dict[str, str] = {}
        # By id, as copy.deepcopy keeps them, because an object's own __deepcopy__ is given it.
        self._copies: dict[int, Any] = {}
        # An id stands for its value only as long as that one lives.
        self._alive: list[Any] = []
        self._flat: dict[tuple[int, torch.dtype, torch.device], Tensor] = {}

    def copied(self, value: Any, where: str) -> Any:
        """The copy of a value, or the value itself where it never changes or cannot be copied.

        Args:
            where: code for where it was met, such as ``model.hidden``.

        >>> state = [torch.zeros(2), "kept"]
        >>> made = Copier(torch.float64).copied({"a": state, "b": state}, "model.states")
        >>> made["a"], made["a"] is made["b"]
        ([tensor([0., 0.], dtype=torch.float64), 'kept'], True)
        """
        if isinstance(value, torch.dtype):
            return self._dtype_for(value)
        if isinstance(value, _UNCHANGING):
            return value
        if id(value) not in self._copies:
            try:
                made = self._made(value, where)
            except Exception:  # Anything may be raised by the code of a value's own class.
                self.shared[where] = type(value).__name__
                made = value
            self._keep(value, made)
        return self._copies[id(value)]

    def _keep(self, value: Any, made: Any) -> None:
        self._copies[id(value)] = made
        self._alive.append(value)

    def _dtype_for(self, dtype: torch.dtype) -> torch.dtype:
        return self.dtype if self.dtype is not None and dtype.is_floating_point else dtype

    def _made(self, value: Any, where: str) -> Any:
        """A copy of a value that was not met before."""
        if isinstance(value, Tensor):
            return self._tensor(value, where)
        if type(value) is tuple:
            items = tuple(self.copied(item, f"{where}[{at}]") for at, item in enumerate(value))
            # A list in it may hold the tuple itself.
            return self._copies.get(id(value), items)
        if isinstance(value, MethodType):
            function = self.copied(value.__func__, where)
            return MethodType(function, self.copied(value.__self__, f"{where}.__self__"))
        if isinstance(value, FunctionType):
            # What torch.compile has made of a function is taken off.
            compiled = vars(value).get("_torchdynamo_orig_callable")
            return self.copied(compiled, where) if compiled else self._function(value, where)
        if type(value) is weakref.ref:
            return self._reference(value, where)
        return self._object(value, where)

    def _tensor(self, value: Tensor, where: str) -> Tensor:
        """A leaf without a gradient, on a storage that is shared as the tensor's own is."""
        dtype = self._dtype_for(value.dtype)
        if is_lazy(value):
            lazy: Callable[..., Tensor] = type(value)
            return lazy(device=value.device, dtype=dtype)
        kind = type(value)
        if kind.__torch_dispatch__ is Tensor.__torch_dispatch__:
            plain = value.detach().as_subclass(Tensor)
            made = self._on_its_storage(plain, dtype)
            if issubclass(kind, nn.Parameter):
                made = nn.Parameter(made, requires_grad=False)
            if kind not in (Tensor, nn.Parameter):
                made = made.as_subclass(kind)
        else:
            made = value.detach().clone().to(dtype)
        self._keep(value, made)
        made.requires_grad_(value.requires_grad and value.is_leaf)
        for name, attribute in vars(value).items():
            vars(made)[name] = self.copied(attribute, f"{where}.{name}")
        return made

    def _on_its_storage(self, plain: Tensor, dtype: torch.dtype) -> Tensor:
        """A copy with the strides of a tensor; views of one storage are views of one copy."""
        special = plain.is_conj() or plain.is_neg() or plain.is_quantized or plain.is_nested
        if special or plain.layout is not torch.strided or plain.device.type == "meta":
            return plain.clone().to(dtype)
        storage = plain.untyped_storage()
        if not storage.data_ptr():
            return plain.clone().to(dtype)
        key = storage.data_ptr(), plain.dtype, plain.device
        if key not in self._flat:
            flat = torch.empty(0, dtype=plain.dtype, device=plain.device).set_(storage)
            self._flat[key] = flat.to(dtype, copy=True)
        made = torch.empty(0, dtype=dtype, device=plain.device)
        whole = self._flat[key].untyped_storage()
        return made.set_(whole, plain.storage_offset(), plain.shape, plain.stride())

    def _reference(self, value: weakref.ref[Any], where: str) -> weakref.ref[Any]:
        """A weak reference to the copy; to what is no part of the model, the same reference."""
        target = value()
        if isinstance(target, Tensor):
            return weakref.ref(self.copied(target, where))
        copy = self._copies.get(id(target), target)
        return value if copy is target else weakref.ref(copy)

    def _function(self, value: FunctionType, where: str) -> FunctionType:
        """A function whose closure holds modules, tensors or their methods, holding the copies."""
        wanted = (nn.Module, Tensor, MethodType, FunctionType)
        cells = dict(zip(value.__code__.co_freevars, value.__closure__ or (), strict=True))
        held = {name: cell for name, cell in cells.items() if isinstance(_content(cell), wanted)}
        named = self._named_globally(value)
        if not held and not named:
            return value
        own = {name: CellType() if name in held else cell for name, cell in cells.items()}
        space = value.__globals__ | named if named else value.__globals__
        made = FunctionType(
            value.__code__, space, value.__name__, value.__defaults__, tuple(own.values())
        )
        made.__kwdefaults__ = value.__kwdefaults__
        made.__module__, made.__qualname__ = value.__module__, value.__qualname__
        vars(made).update(vars(value))
        self._keep(value, made)
        for name, cell in held.items():
            own[name].cell_contents = self.copied(cell.cell_contents, f"{where}:{name}")
        return made

    def _named_globally(self, value: FunctionType) -> dict[str, Any]:
        """The global names in a function that stand for what has been copied, and its copies."""
        space = value.__globals__
        named = {name: space[name] for name in value.__code__.co_names if name in space}
        modules = {name: each for name, each in named.items() if isinstance(each, nn.Module)}
        copies = {name: self._copies.get(id(each), each) for name, each in modules.items()}
        return {name: made for name, made in copies.items() if made is not modules[name]}

    def _object(self, value: Any, where: str) -> Any:
        """Any other object, made anew in the way that its class says for pickling."""
        kind = type(value)
        if _is_only_shared(kind):
            self.shared[where] = kind.__name__
            return value
        if hasattr(kind, "__deepcopy__"):
            return value.__deepcopy__(self._copies)
        reduced = copyreg.dispatch_table.get(kind)
        parts: Any = reduced(value) if reduced else value.__reduce_ex__(_PROTOCOL)
        if isinstance(parts, str):  # The name of a global, of which there is one.
            return value
        make, arguments, state, items, pairs = (*parts, None, None, None)[:5]
        made = make(*(self.copied(each, where) for each in arguments))
        self._keep(value, made)
        if state is not None:
            self._give_state(made, state, where)
        for at, item in enumerate(items or ()):
            made.append(self.copied(item, f"{where}[{at}]"))
        for key, item in pairs or ():
            made[self.copied(key, where)] = self.copied(item, f"{where}[{key!r:.40}]")
        return made

    def _give_state(self, made: Any, state: Any, where: str) -> None:
        # Asked of the class: an object's own __getattr__ may need the state that it has not yet.
        if hasattr(type(made), "__setstate__"):
            made.__setstate__(self._state(state, where))
            return
        in_dict, in_slots = state if isinstance(state, tuple) and len(state) == 2 else (state, None)
        if in_dict:
            vars(made).update(self._state(in_dict, where))
        for name, item in (in_slots or {}).items():
            object.__setattr__(made, name, self.copied(item, f"{where}.{name}"))

    def _state(self, state: Any, where: str) -> Any:
        """The copy of an object's state; what is in it is named as the object's attribute."""
        if type(state) is not dict:
            return self.copied(state, where)
        return {name: self.copied(item, f"{where}.{name}") for name, item in state.items()}


def listed(parts: Iterable[str], most: int = 3) -> str:
    """Parts in a row, of which only the first are named.

    >>> listed(["a", "b", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    every = list(parts)
    more = f" and {len(every) - most} more" if every[most:] else ""
    return ", ".join(every[:most]) + more


def _content(cell: CellType) -> Any:
    """What a cell of a closure holds; an empty one raises ValueError."""
    try:
        return cell.cell_contents
    except ValueError:
        return None


def _is_only_shared(kind: type) -> bool:
    """Whether objects of a class are left alone: a copy of what frees something frees it twice.

    What belongs to training may be large, and a forward does not use it.
    """
    names = {(each.__module__ + ".", each.__name__) for each in kind.__mro__}
    training = any(module.startswith(_FOR_TRAINING) or name == "Trainer" for module, name in names)
    return training or hasattr(kind, "__del__")
