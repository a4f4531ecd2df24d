"""The answer by running a user's own module on the user's own input, and leaving both alone.

What is called is not the module itself: it is a blank one of the same settings, with copies of
the weights in its place. So no hook fires, and nothing of the module can change.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from lstm_shapes.config import InputSizes, Settings
from lstm_shapes.errors import ArgumentError
from lstm_shapes.live.calls import call_as_given
from lstm_shapes.live.run import Run
from lstm_shapes.live.terms import own_terms, seeded
from lstm_shapes.recurrent import unwrapped


def observe(module: nn.Module, *args: Any, **kwargs: Any) -> Run:
    """Call a module of the user's own as its user calls it, and keep all that it returned.

    The call is made as in eval(), and the run holds copies: later training does not change it.
    The module, its mode, hooks and gradients, the random state, and the arguments are left bit
    for bit as they were. autocast has no influence.

    Args:
        module: an nn.LSTM, nn.GRU or nn.RNN, or an nn.LSTMCell, nn.GRUCell or nn.RNNCell; also
            one that torch.compile or nn.DataParallel has wrapped. Weights that are computed by a
            parametrization, by weight_norm or by pruning are computed as for a call in eval().
        args, kwargs: what the module is called with: x, (L, N, H_in) or (N, L, H_in) with
            batch_first, (L, H_in) unbatched, or a PackedSequence; and the states that it starts
            from, if any: h_0 (D·num_layers, N, H_out), or for an LSTM ``(h_0, c_0)`` with c_0
            (D·num_layers, N, H_cell). For a cell: x, (N, H_in) or (H_in,), and h (N, H_out), or
            for an LSTMCell ``(h, c)``.

    Returns:
        The run, as of :func:`~lstm_shapes.run`: a packed input is padded with zeros, and so is
        its out. The call of a cell is the run of one layer on a sequence of one step, with x as
        (1, N, H_in) or (1, H_in). There is no limit to its sizes. Where the module is in train()
        and dropout would have acted, a remark says so.

    Raises:
        ArgumentTypeError: no such module; see :meth:`Settings.of`.
        ArgumentError: the module is on the meta device.
        Exception: what torch itself raises of a wrong call, unchanged.

    Source: torch documentation, ``torch.nn.LSTM`` and ``torch.nn.LSTMCell``, "Inputs" and
    "Outputs".

    >>> lstm = nn.LSTM(4, 3, bidirectional=True, batch_first=True)
    >>> x = torch.randn(2, 5, 4)
    >>> made = observe(lstm, x)
    >>> made.shapes()
    {'input': (2, 5, 4), 'out': (2, 5, 6), 'h_n': (2, 2, 3), 'c_n': (2, 2, 3)}
    >>> torch.equal(made.out, lstm(x)[0])
    True
    >>> observe(nn.GRUCell(4, 3), torch.randn(2, 4)).shapes()
    {'input': (1, 2, 4), 'out': (1, 2, 3), 'h_n': (1, 2, 3)}
    >>> observe(lstm, torch.randn(2, 5, 7))
    Traceback (most recent call last):
    ...
    RuntimeError: input.size(-1) must be equal to input_size. Expected 4, got 7
    """
    settings, inside = Settings.of(module), unwrapped(module)
    cell = isinstance(inside, nn.RNNCellBase)
    device = _device(inside)
    with own_terms(device.type, torch.get_num_threads(), torch.is_grad_enabled()), seeded(0):
        weights = dict(_weights(inside))
        given, named = _copied(args), _copied(kwargs)
        returned = call_as_given(weights, settings, given, named, cell)
        call = _Call(settings, *_in_order(given, named))
        seen = call.of_cell(returned) if cell else call.of_module(returned)
    made = Run(
        settings,
        seen.sizes,
        seed=0,
        device=str(device) if device.index else device.type,
        weights={f"{name}_l0": each for name, each in weights.items()} if cell else weights,
        input=seen.x.detach(),
        out=seen.out.detach(),
        h_n=seen.h_n.detach(),
        c_n=None if seen.c_n is None else seen.c_n.detach(),
    )
    states = tuple(state.detach() for state in seen.states)
    return replace(made, remarks=_remarks(inside, settings), states=states, observed=True)


def _device(module: nn.Module) -> torch.device:
    """Where the weights are; refuse a module without numbers."""
    device = next(module.parameters()).device
    if device.type == "meta":
        name = type(module).__name__
        problem = "is on the meta device, where it has no numbers"
        raise ArgumentError("module", name, problem, "give module.to_empty(device='cpu')")
    return device


def _weights(module: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """Copies of the weights that a call in eval() would use, by the names the module has."""
    hooks = vars(module)["_forward_pre_hooks"].values()
    computed = {_computes(hook): hook for hook in hooks}
    parameters = vars(module)["_parameters"]
    for name in vars(module).get("_flat_weights_names", _OF_A_CELL):
        if parameters.get(name, name) is not None:  # as the biases of a cell without them are
            with torch.enable_grad():  # so that a weight says whether it has a gradient
                weight = _weight(module, name, computed)
            yield name, weight.detach().clone().requires_grad_(weight.requires_grad)


_OF_A_CELL = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def _computes(hook: object) -> str:
    """The name of the weight that a hook computes before each call; empty for other hooks."""
    if hasattr(hook, "compute_weight"):  # of torch.nn.utils.weight_norm and spectral_norm
        return str(getattr(hook, "name", ""))
    return str(getattr(hook, "_tensor_name", ""))  # of torch.nn.utils.prune


def _weight(module: nn.Module, name: str, computed: Mapping[str, Any]) -> Tensor:
    if name in getattr(module, "parametrizations", ()):
        # In train() some change what they hold, such as the vectors of spectral_norm.
        own = copy.deepcopy(cast(Any, module).parametrizations[name])
        return cast(Tensor, own.eval()())
    hook = computed.get(name)
    if hook is None:
        return cast(Tensor, getattr(module, name))
    if hasattr(hook, "apply_mask"):
        return cast(Tensor, hook.apply_mask(module))
    settles = {"do_power_iteration": False} if hasattr(hook, "n_power_iterations") else {}
    return cast(Tensor, hook.compute_weight(module, **settles))


def _copied(value: Any) -> Any:
    """The same arguments with copies of their tensors; what is none is given back."""
    if isinstance(value, Tensor):
        return value.detach().clone().requires_grad_(value.requires_grad)
    if isinstance(value, PackedSequence):
        return PackedSequence(*map(_copied, value))
    if isinstance(value, (tuple, list)):
        return type(value)(map(_copied, value)) if type(value) in (tuple, list) else value
    return {name: _copied(each) for name, each in value.items()} if type(value) is dict else value


def _in_order(given: Sequence[Any], named: Mapping[str, Any]) -> tuple[Any, Any]:
    """x and the states of a call that torch has taken, however they were named."""
    x, *hx = (*given, *(named[name] for name in ("input", "hx") if name in named))
    return x, next(iter(hx), None)


@dataclass(frozen=True)
class _Seen:
    """A call as a run has it."""

    sizes: InputSizes
    x: Tensor
    out: Tensor
    h_n: Tensor
    c_n: Tensor | None
    states: tuple[Tensor, ...]


@dataclass(frozen=True)
class _Call:
    """A call that torch has taken.

    Attributes:
        settings: the module.
        x, hx: what it was called with.
    """

    settings: Settings
    x: Any
    hx: Any

    @property
    def states(self) -> tuple[Tensor, ...]:
        """The states by themselves: none, h_0, or h_0 and c_0."""
        if self.hx is None:
            return ()
        return (self.hx,) if isinstance(self.hx, Tensor) else tuple(self.hx)

    def of_module(self, returned: Any) -> _Seen:
        """What an nn.LSTM, nn.GRU or nn.RNN has returned."""
        (out, final), first, x = returned, self.settings.batch_first, self.x
        lengths = None
        if isinstance(x, PackedSequence):
            x, steps = pad_packed_sequence(x, first)
            out, lengths = pad_packed_sequence(out, first)[0], tuple(steps.tolist())
        samples = None if x.dim() == 2 else x.shape[0 if first else 1]
        seq_len = x.shape[1 if first and x.dim() == 3 else 0]
        h_n, c_n = final if isinstance(final, tuple) else (final, None)
        return _Seen(InputSizes(seq_len, samples, lengths), x, out, h_n, c_n, self.states)

    def of_cell(self, returned: Any) -> _Seen:
        """What a cell has returned: as of one layer, on a sequence of one step."""
        x, *states = (each.unsqueeze(0) for each in (self.x, *self.states))
        h, *c = returned if isinstance(returned, tuple) else (returned,)
        h_n, *c_n = (each.unsqueeze(0) for each in (h, *c))
        sizes = InputSizes(1, None if self.x.dim() == 1 else len(self.x))
        return _Seen(sizes, x, h_n, h_n, next(iter(c_n), None), tuple(states))


def _remarks(module: nn.Module, settings: Settings) -> tuple[str, ...]:
    if not (module.training and settings.dropout and settings.num_layers > 1):
        return ()
    dropout = f"dropout={settings.dropout}"
    return (f"the module is in train() with {dropout}; this run is made as in eval(), without it",)
