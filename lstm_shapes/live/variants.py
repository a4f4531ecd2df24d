"""Variants of a run: the same weights and input, called once more with one thing changed.

What depends on the run alone is computed when it is first asked for, and kept with it.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

import torch
from torch import Tensor

from lstm_shapes.config import LARGEST_SEED, Kind, Start
from lstm_shapes.errors import ArgumentError, ArgumentTypeError, check_choice, check_int
from lstm_shapes.live.axes import as_returned, steps_first
from lstm_shapes.live.calls import construct
from lstm_shapes.live.run import Run, called, called_again, check_device
from lstm_shapes.live.terms import own_terms, seeded
from lstm_shapes.tensors import check_tensor


def with_gradients(run: Run) -> Run:
    """The same call once more, its input a leaf of autograd's graph.

    It is made in float64 on the CPU, whatever the run's device: in float32 a gradient over some
    hundred steps becomes zero for want of digits, and cuDNN has no gradient for a module in
    eval().

    Returns:
        A run whose out, h_n and c_n depend on its ``input``; the parameters do not take part.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = with_gradients(run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2)))
    >>> torch.autograd.grad(made.out[1].sum(), made.input)[0].count_nonzero(dim=(1, 2))
    tensor([8, 8, 0, 0, 0])
    """
    there = _in_double(run, "cpu")
    with torch.inference_mode(False), torch.enable_grad():
        return called_again(there, run.settings, x=there.input.requires_grad_())


def widened(run: Run) -> Run:
    """The same call in float64 where the run's dtype has fewer digits than float32.

    In float16 and bfloat16 rounding alone can be as large as what a mistake changes.

    >>> from lstm_shapes import InputSizes, Settings, observe, run
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2))
    >>> widened(made) is made
    True
    >>> half = observe(torch.nn.LSTM(4, 3).bfloat16(), made.input.bfloat16())
    >>> widened(half).out.dtype
    torch.float64
    """
    if torch.finfo(run.out.dtype).bits >= torch.finfo(torch.float32).bits:
        return run
    wide = _in_double(run, run.device)
    return run.kept("widened", lambda: called_again(wide, run.settings))


def _in_double(run: Run, device: str) -> Run:
    """A run with the same weights, input and states in float64, to be called again."""

    def double(value: Tensor) -> Tensor:
        return value.detach().to(device, torch.float64, copy=True)

    weights = {name: double(weight) for name, weight in run.weights.items()}
    states = tuple(map(double, run.states))
    return replace(run, device=device, weights=weights, input=double(run.input), states=states)


def with_kind(run: Run, kind: Kind) -> Run:
    """A module of another kind with the same arguments and seed, called on the same input.

    Its weights are drawn from the run's seed, and it starts from zeros: what a user's own module
    has learned, and the states it was given, are of its own kind.

    Args:
        kind: ``"LSTM"``, ``"GRU"`` or ``"RNN"``. Another kind than LSTM has no projection,
            and of an RNN the nonlinearity is tanh.

    Raises:
        ArgumentError: the kind is not known.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2))
    >>> other = with_kind(made, "GRU")
    >>> type(other.module).__name__, other.input is made.input
    ('GRU', True)
    """
    check_choice("kind", kind, get_args(Kind))
    return (
        run
        if kind == run.settings.kind
        else run.kept(("kind", kind), lambda: _with_kind(run, kind))
    )


def unpacked(run: Run) -> Run:
    """The same module, input and states without packing: padding is read as if it were data.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2, lengths=[5, 2]))
    >>> padded = unpacked(made)
    >>> (made.out[2:, 1] == 0).all(), (padded.out[2:, 1] == 0).any()
    (tensor(True), tensor(False))
    """
    sizes = replace(run.sizes, lengths=None)
    return run.kept("unpacked", lambda: called_again(run, run.settings, sizes=sizes))


def with_states(run: Run, states: Sequence[Tensor]) -> Run:
    """The same module and input, starting from given states.

    Args:
        states: h_0, (D·num_layers, N, H_out), and for an LSTM c_0, (D·num_layers, N, H_cell);
            without N if unbatched.

    Raises:
        ArgumentTypeError: a tensor instead of a sequence, or no tensor in it.
        ArgumentError: too few or too many states.
        RuntimeError: torch's own, where their shapes do not fit.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2))
    >>> zeros = torch.zeros(1, 2, 3), torch.zeros(1, 2, 3)
    >>> torch.equal(with_states(made, zeros).out, made.out)
    True
    """
    wanted = "(h_0,)" if run.c_n is None else "(h_0, c_0)"
    if isinstance(states, Tensor):
        shape = tuple(states.shape)
        raise ArgumentTypeError("states", shape, "is a single tensor", f"give {wanted}")
    given = [check_tensor(f"states[{i}]", state) for i, state in enumerate(states)]
    if len(given) != len(final_states(run)):
        shapes = [tuple(state.shape) for state in given]
        problem = f"has {len(given)} state{'s' * (len(given) != 1)}"
        raise ArgumentError("states", shapes, problem, f"give {wanted}")
    return called_again(run, run.settings, states=given)


def initial_states(run: Run, start: Start) -> tuple[Tensor, ...]:
    """States that a run may start from, of the shapes of h_n and c_n.

    What the run itself started from does not matter here; see :attr:`Run.states`.

    Args:
        start: ``"zeros"`` as where nothing is given, ``"random"`` from the run's seed, or
            ``"carried"``: what the run ended with, for a sequence that goes on.

    Returns:
        h_0, and for an LSTM c_0.

    Raises:
        ArgumentError: there is no such start.

    Source: torch documentation, ``torch.nn.LSTM``, "Inputs".

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3, num_layers=2), InputSizes(seq_len=5, batch_size=2))
    >>> [state.shape for state in initial_states(made, "random")]
    [torch.Size([2, 2, 3]), torch.Size([2, 2, 3])]
    """
    check_choice("start", start, get_args(Start))
    final = final_states(run)
    if start == "carried":
        return final
    if start == "zeros":
        return tuple(torch.zeros_like(state) for state in final)
    with seeded(run.seed):
        drawn = (torch.randn(state.shape, dtype=state.dtype, device="cpu") for state in final)
        return tuple(state.to(run.device) for state in drawn)


def started_from(run: Run, start: Start) -> Run:
    """The same module and input, starting from :func:`initial_states`.

    Raises:
        ArgumentError: there is no such start.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2))
    >>> torch.equal(started_from(made, "zeros").out, made.out)
    True
    """
    return run.kept(("start", start), lambda: with_states(run, initial_states(run, start)))


def without_states(run: Run) -> Run:
    """The same module and input, called without states; the run itself, if it was.

    A user's own call is always made again: it may have been packed in another order, and then
    the last digits may differ.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2))
    >>> without_states(made) is made
    True
    """
    if not (run.states or run.observed):
        return run
    return run.kept("without states", lambda: called_again(run, run.settings, states=()))


def final_states(run: Run) -> tuple[Tensor, ...]:
    """What a run ended with: h_n, and for an LSTM c_n."""
    return (run.h_n,) if run.c_n is None else (run.h_n, run.c_n)


def in_chunks(run: Run, at: int) -> Run:
    """The same input in two calls, the second starting from the states the first ended with.

    The first starts where the run did.

    Args:
        at: the step at which it is cut, from 1 to seq_len - 1.

    Returns:
        Both outs joined in time, and the final states of the second call.

    Raises:
        ArgumentError: there is no such step, or the run has lengths: a chunk without a step of
            some sample cannot be packed.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2))
    >>> torch.allclose(in_chunks(made, 3).out, made.out, atol=1e-6)
    True
    """
    if run.sizes.seq_len == 1:
        raise ArgumentError("seq_len", 1, "is a single step", "give a run of two or more")
    check_int("at", at, at_least=1, at_most=run.sizes.seq_len - 1)
    if run.sizes.lengths is not None:
        raise ArgumentError(
            "lengths", run.sizes.lengths, "cannot be cut in time", "give a run without lengths"
        )
    return run.kept(("chunks", at), lambda: _in_chunks(run, at))


def with_dropout(
    run: Run, dropout: float, *, training: bool = True, seed: int = 0, device: str = "cpu"
) -> Run:
    """The same module, input and states with another dropout.

    Args:
        dropout: the probability; the module's own does not matter.
        training: whether it is called in train(), or in eval().
        seed: what the elements to be dropped are drawn from.
        device: ``"cpu"`` or ``"cuda"``, whose generators can be put back.

    Raises:
        ArgumentError: dropout is no probability, or the device is not here.
        ArgumentTypeError: a value of another type.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3, num_layers=2), InputSizes(seq_len=5, batch_size=2))
    >>> one, other = (with_dropout(made, 0.5, seed=seed) for seed in (0, 1))
    >>> (one.out != other.out).any()
    tensor(True)
    """
    settings, device = replace(run.settings, dropout=dropout), check_device(device)
    check_int("seed", seed, at_least=0, at_most=LARGEST_SEED)
    with own_terms(device), seeded(seed, device):
        return called_again(run, settings, device=device, training=training)


def call_again(run: Run, device: str, threads: int = 1) -> Run:
    """The same module, input and states once more, on a device and a number of threads.

    Raises:
        ArgumentError: another device than the run's, which is not here.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2))
    >>> torch.equal(call_again(made, "cpu").out, made.out)
    True
    """
    return called_again(run, run.settings, device=device, threads=threads)


def _with_kind(run: Run, kind: Kind) -> Run:
    settings = replace(run.settings, kind=kind, proj_size=0, nonlinearity="tanh")
    with own_terms(run.device):
        with seeded(run.seed), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the run has them among its remarks
            module = construct(vars(settings), "cpu").to(run.device, run.input.dtype)
        return called(module, run.input, settings, run.sizes, run.seed, run.device)


def _in_chunks(run: Run, at: int) -> Run:
    steps = steps_first(run.input, run.settings, run.sizes)
    outs: list[Tensor] = []
    part, states = run, run.states or initial_states(run, "zeros")
    for start, count in ((0, at), (at, run.sizes.seq_len - at)):
        sizes = replace(run.sizes, seq_len=count)
        x = as_returned(steps.narrow(0, start, count), run.settings, sizes)
        part = called_again(run, run.settings, sizes=sizes, x=x, states=states)
        outs.append(steps_first(part.out, run.settings, sizes))
        states = final_states(part)
    out = as_returned(torch.cat(outs), run.settings, run.sizes)
    return replace(run, out=out, h_n=part.h_n, c_n=part.c_n)
