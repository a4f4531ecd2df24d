"""Variants of a run: the same weights and input, called once more with one thing changed.

What depends on the run alone is computed when it is first asked for, and kept with it.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal, get_args

import torch
from torch import Tensor

from lstm_shapes.config import Direction, InputSizes, Kind, Settings
from lstm_shapes.directions import merge_directions, reverse_time
from lstm_shapes.errors import ArgumentError, check_choice, check_int
from lstm_shapes.live.axes import as_returned, steps_first
from lstm_shapes.live.calls import call_weights, construct
from lstm_shapes.live.run import Run, called
from lstm_shapes.live.terms import own_terms, seeded

Start = Literal["zeros", "random", "carried"]


def layer_runs(run: Run) -> tuple[Run, ...]:
    """The same computation one layer at a time, each on the output of the one below.

    Returns:
        One run per layer, of a module with ``num_layers=1`` and that layer's weights:
        the out of every layer, of which nn.LSTM itself returns the last layer's only.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3, num_layers=2), InputSizes(seq_len=5, batch_size=3))
    >>> [layer.shapes()["out"] for layer in layer_runs(made)]
    [(5, 3, 3), (5, 3, 3)]
    """
    return run.kept("layers", lambda: _layer_runs(run))


def hidden_states(run: Run) -> Tensor:
    """h of every layer, direction and step, from the layers run one at a time.

    Returns:
        (num_layers, D, L, N, H_out), where N is 1 if the input is unbatched.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3, num_layers=2), InputSizes(seq_len=5, batch_size=2))
    >>> hidden_states(made).shape
    torch.Size([2, 1, 5, 2, 3])
    """
    return run.kept(
        "hidden states", lambda: torch.stack([layer.ordered.out for layer in layer_runs(run)])
    )


def one_direction(run: Run, direction: Direction, x: Tensor) -> Run:
    """A unidirectional module with one direction's weights, run on ``x``.

    Args:
        run: of a module with one bidirectional layer; see :func:`layer_runs`.
        direction: whose weights to take.
        x: an input of the shape of ``run.input``.

    Raises:
        ArgumentError: the run has several layers or one direction, the direction is
            not known, or x has another shape.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> both = run(Settings(4, 3, bidirectional=True), InputSizes(seq_len=5, batch_size=3))
    >>> alone = one_direction(both, "forward", both.input)
    >>> torch.equal(alone.out, both.out[..., :3])
    True
    """
    check_choice("direction", direction, get_args(Direction))
    if x.shape != run.input.shape:
        shape = tuple(run.input.shape)
        raise ArgumentError("x", tuple(x.shape), f"is not of shape {shape}", "give such an input")
    if run.settings.num_layers != 1 or not run.settings.bidirectional:
        raise ArgumentError(
            "run",
            run.settings,
            "is not of one bidirectional layer",
            "take one run of layer_runs(run)",
        )
    backward = direction == "backward"
    weights = {
        name.removesuffix("_reverse"): weight
        for name, weight in run.weights.items()
        if name.endswith("_reverse") == backward
    }
    return _again(run, replace(run.settings, bidirectional=False), weights=weights, x=x)


def hand_built_pair(run: Run) -> dict[str, Tensor]:
    """Two unidirectional modules with the weights of the last layer's two directions.

    They are run by hand on what that layer reads, the second on the reversed sequence, as
    anyone would who builds a bidirectional module from two.

    Args:
        run: of a bidirectional module.

    Returns:
        By name, each in the order of out's axes: ``forward`` and ``backward`` as the two
        modules return them, the second in reading order; ``unflipped``, the two joined as they
        are; ``turned``, the second flipped to input order; ``concat``, joined after that.

    Raises:
        ArgumentError: the module has one direction.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3, bidirectional=True), InputSizes(seq_len=5, batch_size=2))
    >>> pair = hand_built_pair(made)
    >>> torch.equal(pair["concat"], made.out), torch.equal(pair["unflipped"], made.out)
    (True, False)
    """
    return run.kept("hand-built pair", lambda: _hand_built_pair(run))


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
    x = run.input.detach().to("cpu", torch.float64).requires_grad_()
    weights = {
        name: weight.detach().to("cpu", torch.float64) for name, weight in run.weights.items()
    }
    there = replace(run, device="cpu", weights=weights)
    with torch.inference_mode(False), torch.enable_grad():
        return _again(there, run.settings, x=x)


def with_kind(run: Run, kind: Kind) -> Run:
    """A module of another kind with the same arguments and seed, called on the same input.

    Args:
        kind: ``"LSTM"``, ``"GRU"`` or ``"RNN"``. Another kind than LSTM has no projection.

    Raises:
        ArgumentError: the kind is not known.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2))
    >>> other = with_kind(made, "GRU")
    >>> type(other.module).__name__, other.input is made.input
    ('GRU', True)
    """
    check_choice("kind", kind, get_args(Kind))
    return run if kind == run.settings.kind else run.kept(kind, lambda: _with_kind(run, kind))


def unpacked(run: Run) -> Run:
    """The same module and input without packing: padding is read as if it were data.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2, lengths=[5, 2]))
    >>> padded = unpacked(made)
    >>> (made.out[2:, 1] == 0).all(), (padded.out[2:, 1] == 0).any()
    (tensor(True), tensor(False))
    """
    sizes = replace(run.sizes, lengths=None)
    return run.kept("unpacked", lambda: _again(run, run.settings, sizes=sizes))


def with_states(run: Run, states: Sequence[Tensor]) -> Run:
    """The same module and input, starting from given states instead of zeros.

    Args:
        states: h_0, (D·num_layers, N, H_out), and for an LSTM c_0, (D·num_layers, N, H_cell);
            without N if unbatched.

    Raises:
        RuntimeError: torch's own, where they do not fit.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2))
    >>> zeros = torch.zeros(1, 2, 3), torch.zeros(1, 2, 3)
    >>> torch.equal(with_states(made, zeros).out, made.out)
    True
    """
    return _again(run, run.settings, states=states)


def initial_states(run: Run, start: Start) -> tuple[Tensor, ...]:
    """States that a run may start from, of the shapes of h_n and c_n.

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


def final_states(run: Run) -> tuple[Tensor, ...]:
    """What a run ended with: h_n, and for an LSTM c_n."""
    return (run.h_n,) if run.c_n is None else (run.h_n, run.c_n)


def in_chunks(run: Run, at: int) -> Run:
    """The same input in two calls, the second starting from the states the first ended with.

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
    """The same module and input with another dropout.

    Args:
        dropout: the probability; the module's own does not matter.
        training: whether it is called in train(), or in eval().
        seed: what the elements to be dropped are drawn from.
        device: ``"cpu"`` or ``"cuda"``, whose generators can be put back.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3, num_layers=2), InputSizes(seq_len=5, batch_size=2))
    >>> one, other = (with_dropout(made, 0.5, seed=seed) for seed in (0, 1))
    >>> (one.out != other.out).any()
    tensor(True)
    """
    settings = replace(run.settings, dropout=dropout)
    with own_terms(device), seeded(seed, device):
        return _again(run, settings, device=device, training=training)


def call_again(run: Run, device: str, threads: int = 1) -> Run:
    """The same module and input once more, on a device and a number of threads.

    >>> from lstm_shapes import InputSizes, Settings, run
    >>> made = run(Settings(4, 3), InputSizes(seq_len=5, batch_size=2))
    >>> torch.equal(call_again(made, "cpu").out, made.out)
    True
    """
    return _again(run, run.settings, device=device, threads=threads)


def _again(
    run: Run,
    settings: Settings,
    *,
    sizes: InputSizes | None = None,
    weights: Mapping[str, Tensor] | None = None,
    x: Tensor | None = None,
    states: Sequence[Tensor] = (),
    device: str = "",
    training: bool = False,
    threads: int = 1,
) -> Run:
    """Call a module with the run's weights on its input, but for what is given here."""
    sizes, device = sizes or run.sizes, device or run.device
    weights = run.weights if weights is None else weights
    x = run.input if x is None else x
    if device != run.device:
        weights = {name: weight.to(device) for name, weight in weights.items()}
        x = x.to(device)
    with own_terms(device, threads, gradients=torch.is_grad_enabled() and x.requires_grad):
        returned = call_weights(weights, x, settings, sizes, states, training)
    return Run(settings, sizes, run.seed, device, weights, x, *returned)


def _layer_runs(run: Run) -> tuple[Run, ...]:
    weights: list[dict[str, Tensor]] = [{} for _ in range(run.settings.num_layers)]
    for name, weight in run.weights.items():
        kind, _, layer = name.removesuffix("_reverse").rpartition("_l")
        suffix = "_reverse" if name.endswith("_reverse") else ""
        weights[int(layer)][f"{kind}_l0{suffix}"] = weight
    runs: list[Run] = []
    x = run.input
    for of_layer in weights:
        settings = replace(run.settings, num_layers=1, dropout=0.0, input_size=int(x.shape[-1]))
        runs.append(_again(run, settings, weights=of_layer, x=x))
        x = runs[-1].out
    return tuple(runs)


def _hand_built_pair(run: Run) -> dict[str, Tensor]:
    last = layer_runs(run)[-1]
    first, lengths = run.settings.batch_first, run.sizes.lengths
    flipped = reverse_time(last.input, batch_first=first, lengths=lengths)
    forward = one_direction(last, "forward", last.input).out
    backward = one_direction(last, "backward", flipped).out
    turned = reverse_time(backward, batch_first=first, lengths=lengths)
    return {
        "forward": forward,
        "backward": backward,
        "unflipped": merge_directions(forward, backward),
        "turned": turned,
        "concat": merge_directions(forward, turned),
    }


def _with_kind(run: Run, kind: Kind) -> Run:
    settings = replace(run.settings, kind=kind, proj_size=0)
    with own_terms(run.device):
        with seeded(run.seed), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the run has them among its remarks
            module = construct(vars(settings), "cpu").to(run.device)
        return called(module, run.input, settings, run.sizes, run.seed, run.device)


def _in_chunks(run: Run, at: int) -> Run:
    steps = steps_first(run.input, run.settings, run.sizes)
    outs: list[Tensor] = []
    part, states = run, initial_states(run, "zeros")
    for start, count in ((0, at), (at, run.sizes.seq_len - at)):
        sizes = replace(run.sizes, seq_len=count)
        x = as_returned(steps.narrow(0, start, count), run.settings, sizes)
        part = _again(run, run.settings, sizes=sizes, x=x, states=states)
        outs.append(steps_first(part.out, run.settings, sizes))
        states = final_states(part)
    out = as_returned(torch.cat(outs), run.settings, run.sizes)
    return replace(run, out=out, h_n=part.h_n, c_n=part.c_n)
