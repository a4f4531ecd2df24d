"""A user's own module on its own input: what it returns, and that nothing of it changes."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn.utils import parametrizations, parametrize, prune
from torch.nn.utils.rnn import (
    PackedSequence,
    pack_padded_sequence,
    pack_sequence,
    pad_packed_sequence,
)

from lstm_shapes import (
    ArgumentError,
    ArgumentTypeError,
    InputSizes,
    Run,
    Settings,
    observe,
    parameter_shapes,
    tensor_shapes,
)
from lstm_shapes.live.layers import hidden_states, layer_runs
from lstm_shapes.live.variants import in_chunks, unpacked, with_gradients, with_kind
from lstm_shapes.statements.arguments import dropout_claims
from lstm_shapes.statements.article import article_statements
from lstm_shapes.statements.cell import cell_at, cell_claims
from lstm_shapes.statements.claim import Claim
from lstm_shapes.statements.directions import direction_claims
from lstm_shapes.statements.lengths import packing_claims, padded_against_packed
from lstm_shapes.statements.replicas import replica_claims
from lstm_shapes.statements.reproducibility import reproduce
from lstm_shapes.statements.states import chunk_claims, state_claims
from tests.strategies import seeds, settings, sizes

DTYPES = (torch.float32, torch.float64, torch.float16, torch.bfloat16)
KINDS = ("LSTM", "GRU", "RNN")


@dataclass
class Asked:
    """A module, and what it is called with."""

    module: nn.Module
    args: tuple[Any, ...]
    sizes: InputSizes

    def returned(self) -> dict[str, Tensor]:
        """What the module itself returns in eval(), by the names of a run's tensors."""
        out, final = copy.deepcopy(self.module).eval()(*self.args)
        if isinstance(out, PackedSequence):
            out, _ = pad_packed_sequence(out, self.module.batch_first)
        named = {"out": out, **zip_states(final)}
        return {name: tensor.detach() for name, tensor in named.items()}

    def observed(self) -> Run:
        return observe(self.module, *self.args)


def zip_states(final: Any) -> dict[str, Tensor]:
    return dict(zip(("h_n", "c_n"), final if isinstance(final, tuple) else (final,), strict=False))


@st.composite
def asked(
    draw: st.DrawFn, *, relu: bool = False, dtypes: tuple[torch.dtype, ...] = DTYPES
) -> Asked:
    """Any module on any input: of any dtype, from states or not, packed in any way or not."""
    made, dtype = draw(settings(relu=relu)), draw(st.sampled_from(dtypes))
    given_sizes = draw(sizes().filter(lambda each: each.batch_size != 0))
    named = dict(vars(made))
    module_class = getattr(nn, named.pop("kind"))
    for name, unused in (("proj_size", 0), ("nonlinearity", "tanh")):
        if named[name] == unused:
            del named[name]
    if made.num_layers == 1:
        named["dropout"] = 0.0  # torch warns of it
    with torch.random.fork_rng([]):
        torch.manual_seed(draw(st.integers(0, 2**32)))
        module = module_class(**named, dtype=dtype).train(draw(st.booleans()))
        shapes = tensor_shapes(made, given_sizes)
        x: Any = torch.randn(shapes["input"].shape, dtype=dtype)
        states = [
            torch.randn(shapes[name].shape, dtype=dtype)
            for name in ("h_0", "c_0")
            if name in shapes
        ]
    lengths = given_sizes.lengths
    if lengths is not None:
        in_order = draw(st.booleans())
        lengths = tuple(sorted(lengths, reverse=True)) if in_order else lengths
        x = pack_padded_sequence(x, list(lengths), made.batch_first, enforce_sorted=in_order)
        given_sizes = InputSizes(max(lengths), given_sizes.batch_size, lengths)
    hx = draw(st.sampled_from([(), (tuple(states) if len(states) == 2 else states[0],)]))
    return Asked(module, (x, *hx), given_sizes)


@hypothesis_settings(max_examples=200, deadline=None)
@given(asked(relu=True))
def test_a_run_is_the_modules_own_call_in_eval(call: Asked) -> None:
    made = call.observed()
    returned = call.returned()
    assert made.tensors().keys() - {"input"} == returned.keys()
    for name, tensor in returned.items():
        assert torch.equal(made.tensors()[name], tensor), name
    x, *hx = call.args
    if isinstance(x, PackedSequence):
        x, _ = pad_packed_sequence(x, call.module.batch_first)
    assert torch.equal(made.input, x)
    assert made.sizes == call.sizes
    assert made.settings == Settings.of(call.module)
    given_states = hx[0] if hx and isinstance(hx[0], tuple) else hx
    assert len(made.states) == len(given_states)
    assert all(map(torch.equal, made.states, given_states))
    assert made.weights.keys() == dict(call.module.named_parameters()).keys()
    assert not any(tensor.requires_grad for tensor in (*made.tensors().values(), *made.states))


@hypothesis_settings(max_examples=60, deadline=None)
@given(asked(relu=True))
def test_what_is_computed_again_is_the_modules_own_too(call: Asked) -> None:
    made, module = call.observed(), copy.deepcopy(call.module).eval()
    close = {"atol": 0.1, "rtol": 0.1} if made.out.dtype.itemsize == 2 else {}
    with torch.no_grad():
        x, *hx = call.args
        out, final = made.module(made.input if made.sizes.lengths is None else x, *hx)
        again = out if isinstance(out, Tensor) else pad_packed_sequence(out, module.batch_first)[0]
        torch.testing.assert_close(again, made.out, **close)
        padded = unpacked(made)
        out, final = module(made.input, *hx)
        named = {"out": out, **zip_states(final)}
        torch.testing.assert_close({name: padded.tensors()[name] for name in named}, named, **close)
    rows = torch.cat([layer.h_n for layer in layer_runs(made)])
    torch.testing.assert_close(rows, made.h_n, **close)
    torch.testing.assert_close(hidden_states(made)[-1], made.ordered.out, **close)
    followed = with_gradients(made)
    torch.testing.assert_close(followed.out.to(made.out), made.out, atol=0.1, rtol=0.1)
    assert with_kind(made, "GRU").out.dtype == made.out.dtype


def claims_of(made: Run) -> list[Claim]:
    """All claims that are made of a run."""
    claims = [*direction_claims(made), *cell_claims(made), *state_claims(made)]
    claims += [*replica_claims(made), *dropout_claims(made)]
    if made.sizes.lengths is not None:
        claims += packing_claims(made)
    elif made.sizes.seq_len > 1:
        claims += chunk_claims(made, made.sizes.seq_len // 2)
    return claims


ALIKE = {
    "decoder-view": lambda made: made.sizes.batch_size == 1,
    "padded-final": lambda made: min(made.sizes.lengths) == made.sizes.seq_len,
    "last-column": lambda made: min(made.sizes.lengths) == made.sizes.seq_len,
    "flip-anyway": lambda made: made.sizes.longest == 1,
    "hand-built-unflipped": lambda made: made.sizes.longest == 1,
    "backward-last": lambda made: made.sizes.seq_len == 1,
    "random-states": lambda made: False,
    "next-step": lambda made: False,
}
"""By mistake: where there is nothing to get wrong, so that it holds."""


@hypothesis_settings(max_examples=120, deadline=None)
@given(asked(dtypes=(torch.float32, torch.float64)))
def test_claims_hold_and_mistakes_do_not_as_on_an_own_run(call: Asked) -> None:
    made = call.observed()
    for claim in claims_of(made):
        if not claim.mistake:
            assert claim.holds, claim
        elif claim.id in ALIKE:
            assert claim.holds == ALIKE[claim.id](made), claim


@hypothesis_settings(max_examples=60, deadline=None)
@given(asked(dtypes=(torch.float16, torch.bfloat16)))
def test_claims_hold_in_half_precision(call: Asked) -> None:
    made = call.observed()
    for claim in claims_of(made):
        assert claim.holds or claim.mistake, claim
        if claim.id == "padded-final":
            assert claim.holds == (min(call.sizes.lengths or ()) == call.sizes.seq_len), claim


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("states", [False, True])
def test_a_packed_run_from_states_is_told_apart_from_the_padded_one(
    kind: str, states: bool
) -> None:
    torch.manual_seed(3)
    module = getattr(nn, kind)(4, 3, 2, bidirectional=True)
    x = pack_sequence([torch.randn(length, 4) for length in (2, 5, 4)], enforce_sorted=False)
    h_0 = torch.randn(4, 3, 3)
    hx = ((h_0, h_0 + 1) if kind == "LSTM" else h_0,) if states else ()
    made = observe(module, x, *hx)
    backward = [each for each in padded_against_packed(made) if each.direction == "backward"]
    for each in backward:
        assert [apart > 1e-6 for apart in each.h_n] == [True, False, True]
    # By hand each sample's backward cell starts at its own end, from its own row of the states.
    for sample, length in enumerate((2, 5, 4)):
        start = cell_at(made, 0, "backward", length - 1)
        expected = h_0[1, sample] if states else torch.zeros(3)
        assert torch.equal(start.h[sample], expected)
        own = observe(
            module,
            made.input[:length, sample],
            *(tuple(each[:, sample] for each in hx[0]) if kind == "LSTM" else hx[0][:, sample],)
            if states
            else (),
        )
        torch.testing.assert_close(own.h_n, made.h_n[:, sample])


def test_chunks_of_a_run_start_from_its_states() -> None:
    module, h_0 = nn.GRU(4, 3), torch.randn(1, 2, 3)
    made = observe(module, torch.randn(6, 2, 4), h_0)
    torch.testing.assert_close(in_chunks(made, 2).out, made.out)
    assert all(claim.holds for claim in chunk_claims(made, 2))


def test_the_statements_of_the_article_are_judged_on_a_users_own_run() -> None:
    module = nn.LSTM(4, 3, 2, batch_first=True, bidirectional=True, dropout=0.5).double()
    made = observe(module, torch.randn(2, 5, 4, dtype=torch.float64))
    found = {each.id: each.verdict for each in article_statements(made)}
    assert found["not-reproducible"].holds is False
    assert found["not-reproducible"].finding.startswith("2 of 2 more calls of the module")
    *_, last = reproduce(made, repeats=2)
    assert [trial.id for trial in last.trials][:3] == ["eval", "train", "train-seeded"]
    assert last.trials[0].equal == 1


# The call of a cell.


@hypothesis_settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(KINDS),
    st.integers(1, 6),
    st.integers(1, 6),
    st.none() | st.integers(0, 5),
    st.booleans(),
    st.booleans(),
    st.sampled_from(DTYPES),
    seeds,
)
def test_a_cells_call_is_the_run_of_one_step(
    kind: str,
    input_size: int,
    hidden_size: int,
    samples: int | None,
    bias: bool,
    states: bool,
    dtype: torch.dtype,
    seed: int,
) -> None:
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        cell = getattr(nn, f"{kind}Cell")(input_size, hidden_size, bias=bias, dtype=dtype)
        leading = () if samples is None else (samples,)
        x = torch.randn(*leading, input_size, dtype=dtype)
        h, c = torch.randn(2, *leading, hidden_size, dtype=dtype)
    hx = ((h, c) if kind == "LSTM" else h,) if states else ()
    made = observe(cell, x, *hx)
    own = cell(x, *hx)
    own_h, *own_c = own if isinstance(own, tuple) else (own,)
    assert torch.equal(made.out, own_h.unsqueeze(0))
    assert torch.equal(made.h_n, own_h.unsqueeze(0))
    assert (made.c_n is None) == (not own_c)
    assert all(torch.equal(made.c_n, each.unsqueeze(0)) for each in own_c if made.c_n is not None)
    assert torch.equal(made.input, x.unsqueeze(0))
    assert (made.settings, made.sizes) == (Settings.of(cell), InputSizes(1, samples))
    assert (
        made.shapes().items()
        <= {
            name: shape.shape for name, shape in tensor_shapes(made.settings, made.sizes).items()
        }.items()
    )
    assert list(made.weights) == [shape.name for shape in parameter_shapes(made.settings)]
    assert all(claim.holds or claim.mistake for claim in claims_of(made))


# Wrong calls, and what is no such module.


def wrong_calls() -> list[tuple[nn.Module, tuple[Any, ...], dict[str, Any]]]:
    lstm, gru, cell = nn.LSTM(4, 3, 2), nn.GRU(4, 3), nn.LSTMCell(4, 3)
    x, h = torch.randn(5, 2, 4), torch.randn(2, 2, 3)
    return [
        (lstm, (), {}),
        (lstm, (x, None, None), {}),
        (lstm, (x,), {"states": h}),
        (lstm, ([x],), {}),
        (lstm, (x.long(),), {}),
        (lstm, (x.double(),), {}),
        (lstm, (x[None],), {}),
        (lstm, (x[..., :3],), {}),
        (lstm, (x[:0],), {}),
        (lstm, (x, (h[:1], h)), {}),
        (lstm, (x, (h, h[:1])), {}),
        (lstm, (x, (h[:, 0], h[:, 0])), {}),
        (lstm, (x, (h.double(), h.double())), {}),
        (lstm, (x, h), {}),
        (gru, (x, (h, h)), {}),
        (gru, (x[:, 0], h[:1]), {}),
        (gru, (pack_padded_sequence(x, [5, 2]), h), {}),
        (cell, (x,), {}),
        (cell, (x[0], h[0]), {}),
        (cell, (x[0, :, :2],), {}),
        (cell, (x[0], (h[0, :1], h[0, :1])), {}),
    ]


@pytest.mark.parametrize(("module", "args", "named"), wrong_calls())
def test_a_wrong_call_raises_what_torch_does(
    module: nn.Module, args: tuple[Any, ...], named: dict[str, Any]
) -> None:
    with pytest.raises(Exception) as own:  # noqa: PT011
        module(*args, **named)
    with pytest.raises(Exception) as ours:  # noqa: PT011
        observe(module, *args, **named)
    assert type(ours.value) is type(own.value)
    assert str(ours.value) == str(own.value)


def test_after_a_wrong_call_the_next_is_as_before() -> None:
    module, x = nn.LSTM(4, 3), torch.randn(5, 2, 4)
    with pytest.raises(RuntimeError):
        observe(module, x[..., :3])
    assert torch.equal(observe(module, x).out, module(x)[0])


def test_the_arguments_may_be_named() -> None:
    module, x, h_0 = nn.GRU(4, 3), torch.randn(5, 2, 4), torch.randn(1, 2, 3)
    for made in (observe(module, x, hx=h_0), observe(module, input=x, hx=h_0)):
        assert torch.equal(made.out, module(x, h_0)[0])
        assert torch.equal(made.states[0], h_0)


def test_what_is_no_recurrent_module_is_refused() -> None:
    x = torch.randn(5, 2, 4)
    with pytest.raises(ArgumentTypeError, match=r"holds one: give module\[0\]"):
        observe(nn.Sequential(nn.LSTM(4, 3)), x)
    with pytest.raises(ArgumentError, match="is on the meta device, where it has no numbers"):
        observe(nn.LSTM(4, 3, device="meta"), x.to("meta"))


# Nothing changes.


def all_of(module: nn.Module, args: Any) -> list[Any]:
    """All that a call might change, in a form that compares by value."""

    def plain(value: Any) -> Any:
        if isinstance(value, Tensor):
            version = value._version  # noqa: SLF001
            return [value.dtype, value.requires_grad, version, id(value), value.tolist()]
        if isinstance(value, (tuple, list)):
            return [*map(plain, value)]
        return value

    return [
        {name: plain(each) for name, each in module.state_dict(keep_vars=True).items()},
        {name: plain(each.grad) for name, each in module.named_parameters()},
        [part.training for part in module.modules()],
        {name: id(each) for name, each in vars(module).items()},
        plain(args),
        torch.get_rng_state().tolist(),
        [torch.get_num_threads(), torch.is_grad_enabled(), torch.get_default_dtype()],
    ]


def with_grads(module: nn.Module) -> nn.Module:
    for parameter in module.parameters():
        parameter.grad = torch.ones_like(parameter)
    next(module.parameters()).requires_grad_(False)
    return module


@hypothesis_settings(max_examples=50, deadline=None)
@given(asked(relu=True), st.booleans())
def test_module_and_arguments_are_left_as_they_were(call: Asked, follow: bool) -> None:
    module = with_grads(call.module)
    if follow and isinstance(call.args[0], Tensor):
        call.args[0].requires_grad_()
    before = all_of(module, call.args)
    made = call.observed()
    claims_of(made)
    assert all_of(module, call.args) == before


def test_hooks_do_not_fire() -> None:
    module, x = nn.LSTM(4, 3), torch.randn(5, 2, 4)
    fired: list[str] = []
    module.register_forward_pre_hook(lambda *_: fired.append("before"))
    module.register_forward_hook(lambda *_: fired.append("after"))
    module.register_full_backward_hook(lambda *_: fired.append("backward"))
    hook = nn.modules.module.register_module_forward_hook(lambda *_: None)
    try:
        observe(module, x)
    finally:
        hook.remove()
    assert fired == []


def test_a_run_does_not_change_with_its_module_or_its_input() -> None:
    module, x, h_0 = nn.GRU(4, 3), torch.randn(5, 2, 4), torch.randn(1, 2, 3)
    made = observe(module, x, h_0)
    before = {name: each.clone() for name, each in (made.tensors() | dict(made.weights)).items()}
    start = made.states[0].clone()
    with torch.no_grad():
        for tensor in (*module.parameters(), x, h_0):
            tensor += 1
    assert all(torch.equal(before[n], t) for n, t in (made.tensors() | dict(made.weights)).items())
    assert torch.equal(made.states[0], start)


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode, torch.enable_grad])
def test_the_users_grad_mode_does_not_matter(mode: Callable[[], Any]) -> None:
    module = nn.LSTM(4, 3)
    with mode():
        x = torch.randn(5, 2, 4)
        made, own = observe(module, x), module(x)[0]
    assert torch.equal(made.out, own)
    assert all(claim.holds or claim.mistake for claim in claims_of(made))


def test_dropout_in_train_is_remarked_and_left_out() -> None:
    module, x = nn.LSTM(4, 3, 2, dropout=0.5), torch.randn(5, 2, 4)
    made = observe(module, x)
    assert module.training
    assert torch.equal(made.out, module.eval()(x)[0])
    (remark,) = made.remarks
    assert remark == (
        "the module is in train() with dropout=0.5; this run is made as in eval(), without it"
    )
    assert observe(module, x).remarks == ()
    assert observe(nn.LSTM(4, 3, 2), x).remarks == ()


# Weights that are computed.


class Doubled(nn.Module):
    """A parametrization that counts how often it was asked in train()."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("asked", torch.zeros(()))

    def forward(self, weight: Tensor) -> Tensor:
        self.asked += self.training
        return 2 * weight


def pruned(module: nn.Module) -> nn.Module:
    for name in ("weight_ih_l0", "weight_hh_l0"):
        prune.random_unstructured(module, name, 0.5)
    return module


def old_weight_norm(module: nn.Module) -> nn.Module:
    made = nn.utils.weight_norm(module, "weight_hh_l0")
    with torch.no_grad():
        made.weight_hh_l0_g.mul_(3)  # of which only the next call computes a weight
    return made


def old_spectral_norm(module: nn.Module) -> nn.Module:
    return nn.utils.spectral_norm(module, "weight_hh_l0")


def doubled(module: nn.Module) -> nn.Module:
    parametrize.register_parametrization(module, "weight_ih_l0", Doubled())
    return module


COMPUTED: dict[str, Callable[[nn.Module], nn.Module]] = {
    "parametrization": doubled,
    "weight_norm": lambda module: parametrizations.weight_norm(module, "weight_hh_l0"),
    "spectral_norm": lambda module: parametrizations.spectral_norm(module, "weight_hh_l0"),
    "orthogonal": lambda module: parametrizations.orthogonal(module, "weight_hh_l0"),
    "old weight_norm": old_weight_norm,
    "old spectral_norm": old_spectral_norm,
    "pruned": pruned,
}


@pytest.mark.filterwarnings("ignore:.*deprecated")
@pytest.mark.parametrize("name", COMPUTED)
@pytest.mark.parametrize("kind", KINDS)
def test_computed_weights_are_those_of_a_call(name: str, kind: str) -> None:
    torch.manual_seed(0)
    module, x = COMPUTED[name](getattr(nn, kind)(4, 3)), torch.randn(5, 2, 4)
    before = all_of(module, (x,))
    made = observe(module, x)
    assert all_of(module, (x,)) == before
    assert torch.equal(made.out, module.eval()(x)[0])
    assert all(claim.holds or claim.mistake for claim in claims_of(made))


def test_a_computed_weight_says_whether_it_is_learned() -> None:
    module = doubled(nn.LSTM(4, 3))
    module.bias_hh_l0.requires_grad_(False)
    learned = {name: each.requires_grad for name, each in observe_weights(module).items()}
    assert learned == {
        "weight_ih_l0": True,
        "weight_hh_l0": True,
        "bias_ih_l0": True,
        "bias_hh_l0": False,
    }


def observe_weights(module: nn.Module) -> dict[str, Tensor]:
    return dict(observe(module, torch.randn(5, 2, 4)).weights)


@pytest.mark.parametrize(
    "wrap", [nn.DataParallel, lambda each: torch.compile(each, backend="eager")]
)
def test_a_wrapped_module_is_its_own(wrap: Callable[[nn.Module], Any]) -> None:
    module, x = nn.LSTM(4, 3), torch.randn(5, 2, 4)
    assert torch.equal(observe(wrap(module), x).out, module(x)[0])
