"""A decoder from an encoder's states, held against states and steps made sample by sample."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from torch import Tensor, nn

from lstm_shapes import ArgumentError, Claim, InputSizes, Run, Settings, observe, run
from lstm_shapes.config import Combine, DecoderWidth
from lstm_shapes.decoder import DECODER_STEPS, START
from lstm_shapes.formula.decoder import fits
from lstm_shapes.live.decoder import Decoding, combined, decoding
from lstm_shapes.statements import greedy
from lstm_shapes.statements.decoder import decoder_claims
from lstm_shapes.statements.greedy import greedy_steps, step_claims
from tests.strategies import seeds, settings, sizes

BOTH = Settings(4, 3, num_layers=2, batch_first=True, bidirectional=True)
ASKED = InputSizes(seq_len=5, batch_size=3)
PACKED = InputSizes(seq_len=5, batch_size=3, lengths=(3, 5, 2))
WIDTHS: tuple[DecoderWidth, ...] = ("same", "double", "other")
COMBINES: tuple[Combine, ...] = ("forward", "sum", "mean", "concat", "linear")

some = sizes().filter(lambda asked: asked.batch_size != 0)
pairs = st.tuples(st.sampled_from(WIDTHS), st.sampled_from(COMBINES), st.integers(1, 8))


def by_id(claims: tuple[Claim, ...]) -> dict[str, Claim]:
    return {claim.id: claim for claim in claims}


def of_sample(state: Tensor, row: int, sample: int) -> Tensor:
    return state[row] if state.dim() == 2 else state[row, sample]


def states_by_hand(made: Decoding) -> list[list[list[Tensor]]]:
    """By tensor, layer and sample what the decoder should start from, one vector at a time."""
    encoder, found = made.encoder, []
    finals = [encoder.h_n] if encoder.c_n is None else [encoder.h_n, encoder.c_n]
    d = 2 if encoder.settings.bidirectional else 1
    for i, final in enumerate(finals):
        layers = []
        for layer in range(encoder.settings.num_layers):
            samples = []
            for sample in range(encoder.sizes.samples):
                forward = of_sample(final, d * layer, sample)
                backward = of_sample(final, d * layer + d - 1, sample)
                side_by_side = torch.cat([forward, backward]) if d == 2 else forward
                vector = {
                    "forward": forward,
                    "sum": forward + backward if d == 2 else forward,
                    "mean": (forward + backward) / 2,
                    "concat": side_by_side,
                }.get(made.combine)
                if vector is None:
                    with torch.no_grad():
                        vector = made.bridges[i](side_by_side)
                samples.append(vector)
            layers.append(samples)
        found.append(layers)
    return found


def alone(made: Decoding, sample: int) -> tuple[nn.RNNBase, Any]:
    """The decoder as a module of its own, and one sample's states, unbatched."""
    kinds: dict[str, Any] = {"LSTM": nn.LSTM, "GRU": nn.GRU, "RNN": nn.RNN}
    asked = made.settings
    given: dict[str, Any] = {"num_layers": asked.num_layers, "bias": asked.bias}
    given |= {"proj_size": asked.proj_size} if asked.proj_size else {}
    given |= {"nonlinearity": asked.nonlinearity} if asked.kind == "RNN" else {}
    module = kinds[asked.kind](asked.input_size, asked.hidden_size, **given)
    module.load_state_dict(made.module.state_dict())
    states = [torch.stack([layer[sample] for layer in each]) for each in states_by_hand(made)]
    return module, tuple(states) if len(states) == 2 else states[0]


@hypothesis_settings(max_examples=120, deadline=None)
@example(BOTH, InputSizes(3, 3), 0, ("double", "concat", 5))  # H == N == L
@example(replace(BOTH, num_layers=1), InputSizes(1, 1), 0, ("same", "sum", 5))
@example(replace(BOTH, proj_size=2), PACKED, 0, ("other", "linear", 2))
@given(settings(), some, seeds, pairs)
def test_the_decoder_is_the_one_that_is_run_sample_by_sample(
    module: Settings, asked: InputSizes, seed: int, pair: tuple[DecoderWidth, Combine, int]
) -> None:
    made = decoding(run(module, asked, seed=seed), *pair)
    for state, layers in zip(made.states, states_by_hand(made), strict=True):
        expected = torch.stack([torch.stack(samples) for samples in layers])
        torch.testing.assert_close(state, expected[:, 0] if state.dim() == 2 else expected)
    assert (made.run is None) == bool(made.refused) == (not fits(module, made.settings, pair[1]))
    if made.run is None:
        return
    steps, tokens = greedy_steps(made), made.tokens
    out = made.run.ordered.out[0]
    for sample in range(asked.samples):
        decoder, states = alone(made, sample)
        own = tokens if tokens.dim() == 1 else tokens.select(1 - module.batch_first, sample)
        with torch.no_grad():
            h, _ = decoder(made.embedding(own), states)
            torch.testing.assert_close(out[:, sample], h)
            token = torch.tensor(START)
            for step in range(DECODER_STEPS):
                assert steps.read[step, sample] == token
                h, states = decoder(made.embedding(token).unsqueeze(0), states)
                torch.testing.assert_close(steps.h[step, sample], h[0])
                scores = made.score(h[0])
                token = steps.written[step, sample]
                assert scores[token] >= scores.max() - 1e-5


def expected_of(made: Decoding) -> dict[str, bool]:
    """Which claims there should be, and which of them hold."""
    asked, several = made.encoder.settings, made.encoder.sizes.samples > 1
    both, reshaped = asked.bidirectional, made.combine in ("concat", "linear")
    found = {"decoder-forward": True}
    found |= {"decoder-view": True, "decoder-backward": True} if both else {}
    if made.run is None:
        return found
    found |= {"decoder-combined": True, "decoder-layers": True, "decoder-start": False}
    found |= {"decoder-samples": True} if several else {}
    if both:
        found["decoder-backward-rows"] = made.combine != "forward"
        if reshaped:
            found["decoder-mixing-view"] = not several
        else:
            found["decoder-first-rows"] = asked.num_layers == 1 and made.combine == "forward"
    return found | ({"decoder-h-for-c": False} if asked.kind == "LSTM" else {})


@hypothesis_settings(max_examples=150, deadline=None)
@given(settings(), some, seeds, pairs)
def test_what_holds_and_what_is_a_mistake(
    module: Settings, asked: InputSizes, seed: int, pair: tuple[DecoderWidth, Combine, int]
) -> None:
    made = decoding(run(module, asked, seed=seed), *pair)
    claims = by_id(decoder_claims(made))
    assert {name: claim.holds for name, claim in claims.items()} == expected_of(made)
    assert all(claim.holds or claim.mistake for claim in claims.values())
    assert not any("saturate" in claim.reason for claim in claims.values())
    if made.run is not None:
        names = {f"loop-{name}" for name in made.run.tensors() if name != "input"}
        found = {claim.id: claim.holds for claim in step_claims(made)}
        steps = {"decoder-steps"} if made.settings.proj_size else names
        assert found == dict.fromkeys(steps | {"decoder-greedy"}, True)


def test_the_cost_of_a_mistake_is_what_the_decoder_gives_for_it() -> None:
    made = decoding(run(BOTH, ASKED), "double", "concat", 5)
    assert made.run is not None
    assert made.encoder.c_n is not None
    decoder = made.run.module
    mixed = made.encoder.h_n.view(2, 3, -1), made.encoder.c_n.view(2, 3, -1)
    with torch.no_grad():
        out, _ = decoder(made.run.input, mixed)
    far = float((out - made.run.out).abs().max())
    assert far > 0
    claim = by_id(decoder_claims(made))["decoder-mixing-view"]
    assert claim.statement == "h_n.view(2, 3, -1) == h_0"
    assert claim.reason.endswith(f"the decoder's out is up to {far:.2g} off")


def test_the_first_rows_have_the_right_shape_and_mix_layers_and_directions() -> None:
    made = decoding(run(replace(BOTH, num_layers=3), ASKED), "same", "sum", 5)
    claim = by_id(decoder_claims(made))["decoder-first-rows"]
    assert claim.statement == "h_n[:3] == h_0"
    assert "its row 1 is the backward direction of layer 0, and nothing of layer 2" in claim.reason
    one = decoding(run(replace(BOTH, num_layers=1), ASKED), "same", "sum", 5)
    claim = by_id(decoder_claims(one))["decoder-first-rows"]
    assert (claim.holds, "without the backward direction" in claim.reason) == (False, True)


@pytest.mark.parametrize("combine", COMBINES[:-1])
def test_of_a_packed_batch_each_sample_is_handed_on_as_if_it_were_alone(combine: Combine) -> None:
    encoder = run(BOTH, PACKED)
    made = combined(encoder.h_n, BOTH, combine)
    for sample, length in enumerate(PACKED.lengths or ()):
        with torch.no_grad():
            _, (h_n, _) = encoder.module(encoder.input[sample, :length])
        torch.testing.assert_close(made[:, sample], combined(h_n, BOTH, combine))


def swapped(encoder: Run, _: Decoding) -> Decoding:
    return decoding(replace(encoder, h_n=encoder.h_n.flip(0)), "double", "concat", 5)


def mixed(encoder: Run, made: Decoding) -> Decoding:
    assert encoder.c_n is not None
    states = tuple(state.reshape(2, 3, 6) for state in (encoder.h_n, encoder.c_n))
    return replace(made, states=states)


@pytest.mark.parametrize(
    ("tamper", "wrong"),
    [
        (swapped, {"decoder-forward", "decoder-backward"}),
        (mixed, {"decoder-combined", "decoder-layers", "decoder-samples"}),
    ],
)
def test_what_is_not_so_is_found_out(tamper: Any, wrong: set[str]) -> None:
    encoder = run(BOTH, ASKED)
    claims = decoder_claims(tamper(encoder, decoding(encoder, "double", "concat", 5)))
    assert {claim.id for claim in claims if not (claim.holds or claim.mistake)} == wrong


@pytest.mark.parametrize("proj_size", [0, 2])
def test_a_step_that_is_not_the_decoders_is_found_out(
    proj_size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = run(replace(BOTH, proj_size=proj_size), ASKED)
    made = decoding(encoder, "double", "concat", 5)
    assert made.run is not None
    off = replace(made, run=replace(made.run, out=made.run.out + 1e-3))
    wrong = {claim.id for claim in step_claims(off) if not claim.holds}
    assert wrong == {"decoder-steps" if proj_size else "loop-out"}
    steps = greedy_steps(made)
    shifted = replace(steps, read=steps.read.flip(0).add(1) % 10)
    monkeypatch.setattr(greedy, "greedy_steps", lambda _: shifted)
    assert {claim.id for claim in step_claims(made) if not claim.holds} == {"decoder-greedy"}


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
@pytest.mark.parametrize("unbatched", [True, False])
@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_it_starts_from_what_a_users_own_module_returned(
    kind: str, unbatched: bool, dtype: torch.dtype
) -> None:
    torch.manual_seed(0)
    module = getattr(nn, kind)(4, 3, num_layers=2, bidirectional=True).to(dtype)
    encoder = observe(module, torch.randn(5, 4, dtype=dtype) if unbatched else
                      torch.randn(5, 2, 4, dtype=dtype))  # fmt: skip
    for width, combine in (("double", "concat"), ("same", "mean"), ("other", "linear")):
        made = decoding(encoder, width, combine, 5)  # type: ignore[arg-type]
        assert made.run is not None
        assert made.run.out.dtype == dtype
        claims = decoder_claims(made) + step_claims(made)
        assert [claim for claim in claims if not (claim.holds or claim.mistake)] == []


def test_the_users_own_terms_have_no_influence_and_stay() -> None:
    encoder = run(BOTH, ASKED)
    first = decoding(encoder, "other", "linear", 5)
    torch.set_default_dtype(torch.float64)
    before, threads = torch.get_rng_state(), torch.get_num_threads()
    try:
        with torch.device("meta"):
            again = decoding(replace(encoder), "other", "linear", 5)
            claims = decoder_claims(again), step_claims(again)
    finally:
        torch.set_default_dtype(torch.float32)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.get_num_threads() == threads
    assert claims == (decoder_claims(first), step_claims(first))
    assert first.run is not None
    assert again.run is not None
    assert torch.equal(first.run.out, again.run.out)


def test_torchs_own_words_for_what_does_not_fit() -> None:
    for width, combine, words in (
        ("same", "concat", "Expected hidden[0] size (2, 3, 3), got [2, 3, 6]"),
        ("double", "mean", "Expected hidden[0] size (2, 3, 6), got [2, 3, 3]"),
        ("other", "sum", "Expected hidden[0] size (2, 3, 5), got [2, 3, 3]"),
    ):
        made = decoding(run(BOTH, ASKED), width, combine, 5)  # type: ignore[arg-type]
        assert (made.refused, made.run) == (words, None)
        with pytest.raises(ArgumentError, match="does not fit the decoder: choose a width"):
            made.started_from(())


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (("wide", "sum", 5), "width='wide' is not known: use 'same', 'double' or 'other'"),
        (("same", "max", 5), "combine='max' is not known: use 'forward'"),
        (("other", "linear", 0), "size=0 is too small: use 1 or more"),
        (("other", "linear", 65), "size=65 is too large: use 64 or less"),
        (("other", "linear", True), "size=True is of type bool: give an int"),
    ],
)
def test_what_there_is_not_is_refused(given: Any, text: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        decoding(run(BOTH, ASKED), *given)
    assert text in str(refused.value)


def test_without_samples_or_a_bridge_there_is_nothing_to_combine() -> None:
    with pytest.raises(ArgumentError, match="batch_size=0 leaves no state to start from"):
        decoding(run(BOTH, InputSizes(5, 0)), "same", "sum", 5)
    with pytest.raises(ArgumentError, match=r"bridge=None is missing: give an nn.Linear"):
        combined(torch.zeros(4, 2, 3), BOTH, "linear")
