"""The answer by running: builds the real module, runs it, returns its tensors.

Nothing here looks at the formulas: what a tensor's shape is, is read off the tensor.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar, cast

import torch
from torch import Tensor, nn

from lstm_shapes.config import LARGEST_SEED, InputSizes, Settings, as_settings
from lstm_shapes.errors import ArgumentError, check_int, wrong_type
from lstm_shapes.formula.budget import INTERACTIVE, Limits, check, estimate
from lstm_shapes.live.axes import Ordered, as_returned, in_order
from lstm_shapes.live.calls import call_module, call_weights, construct, with_weights
from lstm_shapes.live.terms import own_terms, seeded
from lstm_shapes.tensors import padding_mask

_T = TypeVar("_T")


@dataclass(frozen=True, eq=False)
class Run:
    """One call of a real module, and all it returned.

    Attributes:
        settings, sizes: the question.
        seed, device: where weights and input come from, and where they are.
        weights: the module's parameters by their names in ``nn.LSTM``.
        input: as given to the module; with lengths it is padded with zeros, and packed on the
            way.
        out, h_n: what the module returned; out is padded to seq_len again.
        c_n: the cell states; ``None`` for GRU and RNN, which have none.
        remarks: what torch warned of when the module was built, and what else is to be known.
        built: the module that was called, if it was built with weights of its own.
        states: what the call started from, h_0 and for an LSTM c_0; empty where nothing was
            given, which counts as zeros.
        observed: whether module and input are a user's own, and not drawn from the seed.
    """

    settings: Settings
    sizes: InputSizes
    seed: int
    device: str
    weights: Mapping[str, Tensor]
    input: Tensor
    out: Tensor
    h_n: Tensor
    c_n: Tensor | None
    remarks: tuple[str, ...] = ()
    built: nn.RNNBase | None = field(default=None, repr=False)
    states: tuple[Tensor, ...] = ()
    observed: bool = False
    # A run with something replaced starts without what was computed of the other.
    _kept: dict[Hashable, object] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def module(self) -> nn.RNNBase:
        """A module with these weights, in eval(): the one that was called, where there is one."""
        return self.built or with_weights(self.settings, self.weights)

    @cached_property
    def ordered(self) -> Ordered:
        """The same tensors with their axes in one order, whatever ``batch_first`` is."""
        return in_order(self.settings, self.sizes, self.tensors())

    def kept(self, what: Hashable, make: Callable[[], _T]) -> _T:
        """What follows from this run: computed when first asked for, then kept with it.

        Args:
            what: a name for it, with all it depends on besides the run.
            make: computes it.
        """
        if what not in self._kept:
            self._kept[what] = make()
        return cast(_T, self._kept[what])

    def tensors(self) -> dict[str, Tensor]:
        """``input``, ``out``, ``h_n`` and, for an LSTM, ``c_n`` by name."""
        tensors = {"input": self.input, "out": self.out, "h_n": self.h_n}
        return tensors if self.c_n is None else tensors | {"c_n": self.c_n}

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The measured shapes of :meth:`tensors`."""
        return {name: tuple(tensor.shape) for name, tensor in self.tensors().items()}


def available_devices() -> tuple[str, ...]:
    """The devices a run can be made on here: ``cpu``, and ``cuda`` or ``mps`` if present."""
    found = ["cpu"]
    if torch.cuda.is_available():
        found.append("cuda")
    if torch.backends.mps.is_available():
        found.append("mps")
    return tuple(found)


def check_device(device: object) -> str:
    """Give a device by its name; refuse one that no run can be made on here.

    Args:
        device: a text such as ``"cpu"``, or a ``torch.device``.

    Raises:
        ArgumentTypeError: it is neither.
        ArgumentError: there is no such device here.

    >>> check_device(torch.device("cpu"))
    'cpu'
    """
    here = available_devices()
    named = str(device) if isinstance(device, torch.device) else device
    if not isinstance(named, str):
        raise wrong_type("device", device, f"give {_either(here)}")
    if named not in here:
        raise ArgumentError(
            "device", named, "is not here", f"use {_either(here)}", {"device": "cpu"}
        )
    return named


def _either(devices: tuple[str, ...]) -> str:
    return " or ".join(map(repr, devices))


def run(
    settings: Settings | nn.Module,
    sizes: InputSizes,
    *,
    seed: int = 0,
    device: str | torch.device = "cpu",
    limits: Limits = INTERACTIVE,
) -> Run:
    """Build the module from a seed and call it on a random input, without gradients.

    Parameters and input are float32 and drawn on the CPU, so they are the same on every
    device; ``batch_first`` moves axes of the input, and changes none of its numbers. The run
    takes one thread; runs of several threads wait for each other. The caller's threads, random
    state, default dtype and device, grad mode, inference mode and autocast have no influence
    and are left as they were.

    Args:
        settings: the module: its Settings, or a module as for :meth:`Settings.of`, whose weights
            play no part; :func:`~lstm_shapes.observe` calls it with its own.
        sizes: the input.
        seed: from 0 to 2**64 - 1.
        device: one of :func:`available_devices`, by its name or as a ``torch.device``.
        limits: the most the run may need; raise them to run what is too slow for
            interactive use.

    Returns:
        The call: input (N, L, H_in) or as ``settings`` and ``sizes`` say, and what the module
        made of it.

    Raises:
        OverBudget: the run would exceed ``limits``; nothing was allocated.
        ArgumentError: a seed out of range, or a device that is not there.
        ArgumentTypeError: neither Settings nor such a module, no InputSizes or Limits, or a seed
            or a device of another type.

    Source: torch documentation, ``torch.nn.LSTM``, "Outputs".

    >>> settings = Settings(4, 3, num_layers=2, batch_first=True, bidirectional=True)
    >>> run(settings, InputSizes(seq_len=5, batch_size=3)).shapes()
    {'input': (3, 5, 4), 'out': (3, 5, 6), 'h_n': (4, 3, 3), 'c_n': (4, 3, 3)}
    """
    settings = as_settings("settings", settings)
    cost = estimate(settings, sizes)
    check_int("seed", seed, at_least=0, at_most=LARGEST_SEED)
    check(cost, limits)
    device = check_device(device)
    with own_terms(device):
        with seeded(seed), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            module = construct(vars(settings), "cpu")
            x = _drawn(settings, sizes)
        x = _padded(x, settings, sizes)
        made = called(module.to(device), x.to(device), settings, sizes, seed, device)
    return replace(made, remarks=tuple(str(warning.message) for warning in caught))


def called(
    module: nn.RNNBase, x: Tensor, settings: Settings, sizes: InputSizes, seed: int, device: str
) -> Run:
    """The run of a module that has weights of its own."""
    weights = dict(module.named_parameters())
    returned = call_module(module, x, settings, sizes)
    return Run(settings, sizes, seed, device, weights, x, *returned, built=module)


def _drawn(settings: Settings, sizes: InputSizes) -> Tensor:
    """A random input. It is drawn batch first, so that batch_first moves axes and no number."""
    leading: tuple[int, ...] = (sizes.seq_len,)
    if sizes.batch_size is not None:
        leading = sizes.batch_size, sizes.seq_len
    x = torch.randn(*leading, settings.input_size, dtype=torch.float32, device="cpu")
    if sizes.batch_size is None or settings.batch_first:
        return x
    return x.transpose(0, 1).contiguous()


def _padded(x: Tensor, settings: Settings, sizes: InputSizes) -> Tensor:
    """Zeros behind the end of each sample, as ``pad_sequence`` makes them."""
    if sizes.lengths is None:
        return x
    behind = padding_mask(sizes.lengths, sizes.seq_len).unsqueeze(-1)
    return x.masked_fill(as_returned(behind, settings, sizes), 0.0)


def called_again(
    run: Run,
    settings: Settings,
    *,
    sizes: InputSizes | None = None,
    weights: Mapping[str, Tensor] | None = None,
    x: Tensor | None = None,
    states: Sequence[Tensor] | None = None,
    device: str = "",
    training: bool = False,
    threads: int = 1,
) -> Run:
    """Call a module with the run's weights on its input, but for what is given here.

    It starts from the run's states too, unless others are given; an empty tuple stands for none.

    Raises:
        ArgumentError: another device than the run's, which is not here.
    """
    sizes, device = sizes or run.sizes, device or run.device
    weights = run.weights if weights is None else weights
    x = run.input if x is None else x
    states = run.states if states is None else tuple(states)
    if device != run.device:
        device = check_device(device)
        weights = {name: weight.to(device) for name, weight in weights.items()}
        x, states = x.to(device), tuple(state.to(device) for state in states)
    with own_terms(device, threads, gradients=torch.is_grad_enabled() and x.requires_grad):
        returned = call_weights(weights, x, settings, sizes, states, training)
    made = Run(settings, sizes, run.seed, device, weights, x, *returned)
    return replace(made, states=states, observed=run.observed)
