"""The answer by running: builds the real module, runs it, returns its tensors.

Nothing here looks at the formulas of ``shapes``: what a tensor's shape is, is read
off the tensor.
"""

from __future__ import annotations

import copy
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, cast, get_args

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from lstm_shapes.budget import INTERACTIVE, Limits, check, estimate
from lstm_shapes.config import ArgumentError, Direction, InputSizes, Settings, check_int

LARGEST_SEED = 2**64 - 1

# Random state, thread count and warning filters belong to the whole process.
_ONE_AT_A_TIME = threading.RLock()

# torch says once per process, on the first run with proj_size, which of its own
# implementations it takes. It is no remark on the settings.
_IMPLEMENTATION_NOTE = ".*not supported with oneDNN.*"


@dataclass(frozen=True, eq=False)
class Run:
    """One call of a real module, and all it returned.

    Attributes:
        module: in eval(), so dropout does nothing.
        input: as given to the module; with lengths padded with zeros, and packed on the way.
        out, h_n: what the module returned; out padded to seq_len again.
        c_n: the cell states; ``None`` for GRU and RNN, which have none.
        remarks: what torch warned of when the module was built.
    """

    settings: Settings
    sizes: InputSizes
    seed: int
    device: str
    module: nn.RNNBase
    input: Tensor
    out: Tensor
    h_n: Tensor
    c_n: Tensor | None
    remarks: tuple[str, ...] = ()

    @cached_property
    def _layers(self) -> tuple[Run, ...]:
        """Run once, however many ask."""
        return _run_layers(self)

    def tensors(self) -> dict[str, Tensor]:
        """``input``, ``out``, ``h_n`` and, for an LSTM, ``c_n`` by name."""
        tensors = {"input": self.input, "out": self.out, "h_n": self.h_n}
        return tensors if self.c_n is None else tensors | {"c_n": self.c_n}

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The measured shapes of :meth:`tensors`."""
        return {name: tuple(tensor.shape) for name, tensor in self.tensors().items()}


def available_devices() -> tuple[str, ...]:
    """Devices a run can be made on here: ``cpu``, and ``cuda`` or ``mps`` if present."""
    found = ["cpu"]
    if torch.cuda.is_available():
        found.append("cuda")
    if torch.backends.mps.is_available():
        found.append("mps")
    return tuple(found)


def run(
    settings: Settings,
    sizes: InputSizes,
    *,
    seed: int = 0,
    device: str = "cpu",
    limits: Limits = INTERACTIVE,
) -> Run:
    """Build the module from a seed and call it on a random input, without gradients.

    Parameters and input are float32, drawn on the CPU, so they are the same on every
    device. The run takes one thread, runs of several threads one after the other; the
    caller's threads, random state, default dtype and device, grad mode, inference mode
    and autocast are left as they were and have no influence.

    Args:
        seed: from 0 to 2**64 - 1.
        device: one of :func:`available_devices`.
        limits: raise them to run what is too slow for interactive use.

    Raises:
        OverBudget: the run would exceed ``limits``; nothing was allocated.
        ArgumentError: a seed out of range, or a device that is not there.

    Source: torch documentation, ``torch.nn.LSTM``, "Outputs".

    >>> settings = Settings(4, 3, num_layers=2, batch_first=True, bidirectional=True)
    >>> run(settings, InputSizes(seq_len=5, batch_size=3)).shapes()
    {'input': (3, 5, 4), 'out': (3, 5, 6), 'h_n': (4, 3, 3), 'c_n': (4, 3, 3)}
    """
    check_int("seed", seed, at_least=0, at_most=LARGEST_SEED)
    check(estimate(settings, sizes), limits)
    if device not in available_devices():
        here = ", ".join(available_devices())
        raise ArgumentError("device", device, "is not here", f"use {here}", {"device": "cpu"})
    with own_terms(device):
        with seeded(seed), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            module = construct(vars(settings), "cpu")
            x = torch.randn(_input_shape(settings, sizes), dtype=torch.float32, device="cpu")
        x = _padded(x, settings, sizes)
        remarks = tuple(str(warning.message) for warning in caught)
        called = call(module.to(device), x.to(device), settings, sizes, seed, device)
    return replace(called, remarks=remarks)


def layer_by_layer(run: Run) -> tuple[Run, ...]:
    """The same computation one layer at a time, each on the output of the one below.

    Returns:
        One run per layer, of a module with ``num_layers=1`` and that layer's weights:
        the out of every layer, of which nn.LSTM itself returns the last layer's only.

    >>> made = run(Settings(4, 3, num_layers=2), InputSizes(seq_len=5, batch_size=3))
    >>> [layer.shapes()["out"] for layer in layer_by_layer(made)]
    [(5, 3, 3), (5, 3, 3)]
    """
    return run._layers


def one_direction(run: Run, direction: Direction, x: Tensor) -> Run:
    """A unidirectional module with one direction's weights, run on ``x``.

    Args:
        run: of a module with one bidirectional layer; see :func:`layer_by_layer`.
        direction: whose weights to take.
        x: an input of the shape of ``run.input``.

    Raises:
        ArgumentError: the run has several layers or one direction, the direction is
            not known, or x has another shape.

    >>> both = run(Settings(4, 3, bidirectional=True), InputSizes(seq_len=5, batch_size=3))
    >>> alone = one_direction(both, "forward", both.input)
    >>> torch.equal(alone.out, both.out[..., :3])
    True
    """
    if direction not in get_args(Direction):
        raise ArgumentError("direction", direction, "is not known", f"use {get_args(Direction)}")
    if x.shape != run.input.shape:
        shape = tuple(run.input.shape)
        raise ArgumentError("x", tuple(x.shape), f"is not of shape {shape}", "give such an input")
    if run.settings.num_layers != 1 or not run.settings.bidirectional:
        raise ArgumentError(
            "run",
            run.settings,
            "is not of one bidirectional layer",
            "take one run of layer_by_layer(run)",
        )
    backward = direction == "backward"
    weights = {
        name.removesuffix("_reverse"): weight
        for name, weight in run.module.state_dict().items()
        if name.endswith("_reverse") == backward
    }
    return _with_weights(run, replace(run.settings, bidirectional=False), weights, x)


def with_gradients(run: Run) -> Run:
    """The same call once more, its input a leaf of autograd's graph.

    In float64 on the CPU, whatever the run's device: in float32 a gradient over some hundred
    steps becomes zero for want of digits, and cuDNN has none for a module in eval().

    Returns:
        A run whose out, h_n and c_n depend on its ``input``; the parameters do not take part.

    >>> made = with_gradients(run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2)))
    >>> torch.autograd.grad(made.out[1].sum(), made.input)[0].count_nonzero(dim=(1, 2))
    tensor([8, 8, 0, 0, 0])
    """
    with own_terms("cpu"), torch.enable_grad():
        module = copy.deepcopy(run.module).to("cpu", torch.float64).requires_grad_(False)
        x = run.input.to("cpu", torch.float64).requires_grad_()
        return call(module, x, run.settings, run.sizes, run.seed, "cpu")


_KINDS: Mapping[str, Any] = {"LSTM": nn.LSTM, "GRU": nn.GRU, "RNN": nn.RNN}

# The same, without the initial weights; drawing those takes longer than a small run.
_BLANK = {
    kind: type(kind, (module_class,), {"reset_parameters": lambda _: None})
    for kind, module_class in _KINDS.items()
}


def construct(
    arguments: Mapping[str, Any], device: str, kinds: Mapping[str, Any] = _KINDS
) -> nn.RNNBase:
    """A module in eval(), from arguments that may be unchecked."""
    given = dict(arguments)
    module_class = kinds[given.pop("kind")]
    if given.get("proj_size") == 0:
        del given["proj_size"]  # GRU and RNN refuse the argument before they look at its value
    module = module_class(**given, dtype=torch.float32, device=device)
    return cast(nn.RNNBase, module.eval())


def _input_shape(settings: Settings, sizes: InputSizes) -> tuple[int, ...]:
    if sizes.batch_size is None:
        return sizes.seq_len, settings.input_size
    if settings.batch_first:
        return sizes.batch_size, sizes.seq_len, settings.input_size
    return sizes.seq_len, sizes.batch_size, settings.input_size


def _padded(x: Tensor, settings: Settings, sizes: InputSizes) -> Tensor:
    """Zeros behind the end of each sample, as ``pad_sequence`` makes them."""
    if sizes.lengths is None:
        return x
    behind = padding_mask(sizes.lengths, sizes.seq_len)
    return x.masked_fill((behind if settings.batch_first else behind.t()).unsqueeze(-1), 0.0)


def padding_mask(lengths: Sequence[int], seq_len: int) -> Tensor:
    """Where there is padding, (N, L) on the CPU.

    >>> padding_mask([3, 1], 3)
    tensor([[False, False, False],
            [False,  True,  True]])
    """
    ends = torch.tensor(lengths, device="cpu").unsqueeze(1)
    return torch.arange(seq_len, device="cpu") >= ends


def _run_layers(run: Run) -> tuple[Run, ...]:
    weights: list[dict[str, Tensor]] = [{} for _ in range(run.settings.num_layers)]
    for name, weight in run.module.state_dict().items():
        kind, _, layer = name.removesuffix("_reverse").rpartition("_l")
        suffix = "_reverse" if name.endswith("_reverse") else ""
        weights[int(layer)][f"{kind}_l0{suffix}"] = weight
    runs: list[Run] = []
    x = run.input
    for layer_weights in weights:
        settings = replace(run.settings, num_layers=1, dropout=0.0, input_size=int(x.shape[-1]))
        runs.append(_with_weights(run, settings, layer_weights, x))
        x = runs[-1].out
    return tuple(runs)


def _with_weights(run: Run, settings: Settings, weights: Mapping[str, Tensor], x: Tensor) -> Run:
    with own_terms(run.device):
        module = construct(vars(settings), "meta", _BLANK)
        module.load_state_dict(dict(weights), assign=True)
        module.flatten_parameters()
        return call(module, x, settings, run.sizes, run.seed, run.device)


def call(
    module: nn.RNNBase,
    x: Tensor,
    settings: Settings,
    sizes: InputSizes,
    seed: int,
    device: str,
    states: Sequence[Tensor] = (),
) -> Run:
    """Call a module, packed where there are lengths, from given states or from zeros."""
    given: Any = x
    if sizes.lengths is not None:
        given = pack_padded_sequence(
            x, list(sizes.lengths), settings.batch_first, enforce_sorted=False
        )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", _IMPLEMENTATION_NOTE, UserWarning)
        out, final = module(given, _as_hx(states))
    if sizes.lengths is not None:
        out, _ = pad_packed_sequence(out, settings.batch_first, total_length=sizes.seq_len)
    h_n, c_n = final if isinstance(final, tuple) else (final, None)
    return Run(settings, sizes, seed, device, module, x, out, h_n, c_n)


def _as_hx(states: Sequence[Tensor]) -> Any:
    """As the module takes them: h_0 alone, or a pair with c_0; ``None`` for zeros."""
    return tuple(states) if len(states) == 2 else next(iter(states), None)


@contextmanager
def own_terms(device: str, threads: int = 1) -> Iterator[None]:
    """Run on one thread and without gradients, whatever the caller has set, and put it back.

    On small tensors torch's threads wait for each other longer than they compute.
    """
    with _ONE_AT_A_TIME:
        before = torch.get_num_threads()
        torch.set_num_threads(threads)
        try:
            with (
                torch.inference_mode(False),
                torch.no_grad(),
                torch.autocast(torch.device(device).type, enabled=False),
            ):
                yield
        finally:
            torch.set_num_threads(before)


@contextmanager
def seeded(seed: int, device: str = "cpu") -> Iterator[None]:
    """Draw from a seed; the CPU's generator is touched, and put back, on cuda that one's too."""
    devices = [torch.cuda.current_device()] if device == "cuda" else []
    with torch.random.fork_rng(devices):
        torch.default_generator.manual_seed(seed)
        if devices:
            torch.cuda.manual_seed(seed)
        yield
