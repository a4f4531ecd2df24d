"""All that a call of explain must leave as it was."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

HOOKS = (
    "_forward_hooks",
    "_forward_pre_hooks",
    "_backward_hooks",
    "_backward_pre_hooks",
    "_forward_hooks_with_kwargs",
    "_forward_pre_hooks_with_kwargs",
    "_state_dict_hooks",
    "_load_state_dict_pre_hooks",
)


def frozen(value: Any) -> Any:
    """A value that compares equal as long as nothing of it changes, and stands apart from it."""
    if isinstance(value, Tensor):
        grad = None if value.grad_fn is not None else value.grad
        return (
            "tensor",
            id(value),
            value.requires_grad,
            value.is_leaf,
            value._version,  # noqa: SLF001 -- tells a change that was taken back
            bits(value),
            None if grad is None else (id(grad), bits(grad)),
        )
    if isinstance(value, PackedSequence):
        return tuple(frozen(each) for each in value)
    if isinstance(value, nn.Module):
        return ("module", id(value))
    if isinstance(value, Mapping):
        return {key: frozen(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return (type(value).__name__, tuple(frozen(each) for each in value))
    return value if isinstance(value, (str, int, float, bool, type(None))) else id(value)


def bits(tensor: Tensor) -> tuple[Any, ...]:
    data = tensor.detach()
    return (str(data.dtype), tuple(data.shape), data.stride(), data.contiguous().numpy().tobytes())


def surroundings() -> dict[str, Any]:
    """The state of random numbers, and torch's settings."""
    name, keys, *rest = np.random.get_state()
    return {
        "torch": torch.get_rng_state().numpy().tobytes(),
        "python": random.getstate(),
        "numpy": (name, keys.tobytes(), *rest),
        "dtype": torch.get_default_dtype(),
        "grad": torch.is_grad_enabled(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "threads": torch.get_num_threads(),
        "mkldnn": torch.backends.mkldnn.enabled,
    }


def snapshot(model: nn.Module, args: Any, kwargs: Any) -> dict[str, Any]:
    """Everything that can be seen of a model, of its arguments and of what is around them."""
    modules = {}
    for name, module in model.named_modules(remove_duplicate=False):
        attributes = vars(module)
        modules[name] = {
            "type": type(module),
            "forward": attributes.get("forward"),
            "hooks": {each: list(attributes.get(each, ())) for each in HOOKS},
            "attributes": {key: frozen(each) for key, each in attributes.items()},
            "buffers": {key: frozen(each) for key, each in module.named_buffers(recurse=False)},
        }
    return {
        "modules": modules,
        "weights": {key: frozen(each) for key, each in model.named_parameters()},
        "arguments": frozen((args, kwargs)),
        "around": surroundings(),
    }
