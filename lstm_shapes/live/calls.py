"""Calling a module: one that is built with weights of its own, or the blank of its kind."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from lstm_shapes.config import InputSizes, Settings

_KINDS: Mapping[str, Any] = {"LSTM": nn.LSTM, "GRU": nn.GRU, "RNN": nn.RNN}
_CELLS: Mapping[str, Any] = {"LSTM": nn.LSTMCell, "GRU": nn.GRUCell, "RNN": nn.RNNCell}


def _without_weights(module_class: Any) -> Any:
    """The same without initial weights: to draw those takes longer than a small run."""
    return type(module_class.__name__, (module_class,), {"reset_parameters": lambda _: None})


_BLANK = {kind: _without_weights(each) for kind, each in _KINDS.items()}
_BLANK_CELLS = {kind: _without_weights(each) for kind, each in _CELLS.items()}

# Neither is a remark on the settings: torch says once per process, on the first run with
# proj_size, which of its own implementations it takes; and on CUDA that weights which were not
# made together are copied together, which is all right for a single call.
_NOTES = (".*not supported with oneDNN.*", ".*not part of single contiguous chunk.*")

Returned = tuple[Tensor, Tensor, Tensor | None]
"""out, h_n and c_n; c_n is ``None`` for GRU and RNN."""


def construct(
    arguments: Mapping[str, Any], device: str, kinds: Mapping[str, Any] = _KINDS
) -> nn.RNNBase:
    """A module in eval(), from arguments that may be unchecked."""
    given = dict(arguments)
    module_class = kinds[given.pop("kind")]
    if given.get("proj_size") == 0:
        del given["proj_size"]  # GRU and RNN refuse the argument before they look at its value
    if given.get("nonlinearity") == "tanh":
        del given["nonlinearity"]  # LSTM and GRU have no such argument
    module = module_class(**given, dtype=torch.float32, device=device)
    return cast(nn.RNNBase, module.eval())


def with_weights(settings: Settings, weights: Mapping[str, Tensor]) -> nn.RNNBase:
    """A module of its own with these weights, in eval()."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # whoever asked has them among the run's remarks
        module = construct(vars(settings), "meta", _BLANK)
    module.load_state_dict(dict(weights), assign=True)
    module.flatten_parameters()
    return module


def call_module(
    module: Callable[..., Any],
    x: Tensor,
    settings: Settings,
    sizes: InputSizes,
    states: Sequence[Tensor] = (),
) -> Returned:
    """Call a module, packed where there are lengths, from given states or from zeros."""
    given: Any = x
    if sizes.lengths is not None:
        given = pack_padded_sequence(
            x, list(sizes.lengths), settings.batch_first, enforce_sorted=False
        )
    with warnings.catch_warnings():
        for note in _NOTES:
            warnings.filterwarnings("ignore", note, UserWarning)
        out, final = module(given, _as_hx(states))
    if sizes.lengths is not None:
        out, _ = pad_packed_sequence(out, settings.batch_first, total_length=sizes.seq_len)
    h_n, c_n = final if isinstance(final, tuple) else (final, None)
    return out, h_n, c_n


def call_weights(
    weights: Mapping[str, Tensor],
    x: Tensor,
    settings: Settings,
    sizes: InputSizes,
    states: Sequence[Tensor] = (),
    training: bool = False,
) -> Returned:
    """Call a module with given weights: the blank one of its settings, with these in place.

    Only within ``own_terms``, under which one call is made at a time: a blank is shared.
    """
    with _placed(_blank(settings).train(training), weights) as module:
        return call_module(module, x, settings, sizes, states)


def call_as_given(
    weights: Mapping[str, Tensor],
    settings: Settings,
    given: Sequence[Any],
    named: Mapping[str, Any],
    cell: bool = False,
) -> Any:
    """Call a module with given weights in eval() on arguments that may be wrong.

    What it returns is returned, and what it raises is raised: both are the module's own. As for
    ``call_weights``, only within ``own_terms``.

    Args:
        weights: by the names that the module has for them.
        settings: the module.
        given: its arguments in order.
        named: its arguments by name.
        cell: whether an nn.LSTMCell, nn.GRUCell or nn.RNNCell is called.
    """
    blank = (_blank_cell if cell else _blank)(settings).eval()
    with _placed(blank, weights) as module, warnings.catch_warnings():
        for note in _NOTES:
            warnings.filterwarnings("ignore", note, UserWarning)
        return module(*given, **named)


@contextmanager
def _placed(module: nn.Module, weights: Mapping[str, Tensor]) -> Iterator[Callable[..., Any]]:
    """A call of a blank with weights in its place."""
    # References of their own: torch may change how a module refers to its weights, and the run's
    # must stay as they are. Whether a weight requires a gradient decides how torch multiplies.
    placed = {
        name: weight.detach().requires_grad_(weight.requires_grad)
        for name, weight in weights.items()
    }
    try:
        yield lambda *given, **named: functional_call(module, placed, given, named)
    finally:
        # The blank outlives the run. Of the weights in its place it keeps a list, which is made
        # anew by each call; without this it would keep the weights as well.
        if isinstance(module, nn.RNNBase):
            vars(module)["_flat_weights"] = []


@lru_cache(maxsize=64)
def _blank_cell(settings: Settings) -> nn.Module:
    given: dict[str, Any] = {"input_size": settings.input_size, "hidden_size": settings.hidden_size}
    given |= {"bias": settings.bias, "device": "meta"}
    if settings.kind == "RNN":
        given |= {"nonlinearity": settings.nonlinearity}
    return cast(nn.Module, _BLANK_CELLS[settings.kind](**given))


@lru_cache(maxsize=64)
def _blank(settings: Settings) -> nn.RNNBase:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # whoever asked has them among the run's remarks
        return construct(vars(settings), "meta", _BLANK)


def _as_hx(states: Sequence[Tensor]) -> Any:
    """As the module takes them: h_0 alone, or a pair with c_0; ``None`` for zeros."""
    return tuple(states) if len(states) == 2 else next(iter(states), None)
