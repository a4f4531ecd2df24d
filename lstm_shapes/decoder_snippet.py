"""Writes an encoder, the states that its decoder starts from and the decoder's steps as a program.

The program uses torch and no part of this package. The tests run it and compare its numbers.
"""

from __future__ import annotations

from lstm_shapes.config import Combine, DecoderWidth, InputSizes, Settings
from lstm_shapes.decoder import DECODER_STEPS, EMBEDDING, START, VOCABULARY, decoder_settings
from lstm_shapes.formula.decoder import token_shape
from lstm_shapes.formula.shapes import tensor_shapes, time_axis
from lstm_shapes.picture.unroll import unroll
from lstm_shapes.snippet import constructor, script


def decoder_script(
    encoder: Settings,
    sizes: InputSizes,
    seed: int,
    width: DecoderWidth,
    combine: Combine,
    size: int,
) -> str:
    """Write a program that runs an encoder, and a decoder from its final states.

    Args:
        encoder, sizes, seed: the encoder's call, as for :func:`~lstm_shapes.run`.
        width, combine, size: as for :func:`~lstm_shapes.live.decoder.decoding`; they have to fit.

    Returns:
        The program. Its numbers are those of :func:`~lstm_shapes.live.decoder.decoding`; its last
        line prints the tokens that the decoder writes.

    >>> text = decoder_script(Settings(4, 3), InputSizes(5, 2), 0, "same", "forward", 5)
    >>> "decoded, _ = decoder(embedding(tokens), (h_0, c_0))" in text
    True
    """
    decoder = decoder_settings(encoder, width, size)
    lines = [
        "# The encoder: h_n and c_n are what it hands on.",
        script(unroll(encoder, sizes), seed),
        "",
        "# A decoder that starts from them, on tokens that are drawn at random.",
        *_combining(encoder, combine),
        f"torch.manual_seed({seed})",
        *_parts(encoder, decoder, sizes, combine),
        *_call(encoder, decoder, sizes, combine),
        "",
        *_stepping(decoder, sizes),
        "",
        *_loops(decoder, sizes),
    ]
    return "\n".join(lines)


def _names(settings: Settings) -> tuple[str, ...]:
    return ("h", "c") if settings.kind == "LSTM" else ("h",)


_JOINED = {
    "forward": "directions[:, 0].contiguous()",
    "sum": "directions.sum(dim=1)",
    "mean": "directions.mean(dim=1)",
    "concat": "torch.cat([directions[:, 0], directions[:, 1]], dim=-1)",
    "linear": "torch.cat([directions[:, 0], directions[:, 1]], dim=-1)",
}


def _combining(encoder: Settings, combine: Combine) -> list[str]:
    """A function that combines two directions; of one there is nothing to combine."""
    if not encoder.bidirectional:
        return []
    return [
        "def combine(state):",
        f"    directions = state.unflatten(0, ({encoder.num_layers}, 2))  # rows by layer",
        f"    return {_JOINED[combine]}",
        "",
        "",
    ]


def _parts(encoder: Settings, decoder: Settings, sizes: InputSizes, combine: Combine) -> list[str]:
    """The modules, in the order in which they are drawn."""
    d, asked = encoder.num_directions, InputSizes(DECODER_STEPS, sizes.batch_size)
    widths = {
        "h": (d * encoder.h_out, decoder.h_out),
        "c": (d * encoder.hidden_size, decoder.hidden_size),
    }
    bridges = _names(encoder) if combine == "linear" else ()
    return [
        f"decoder = {constructor(decoder)}.eval()",
        f"embedding = nn.Embedding({VOCABULARY}, {EMBEDDING})",
        f"score = nn.Linear({decoder.h_out}, {VOCABULARY})",
        *(f"linear_{name} = nn.Linear{widths[name]}" for name in bridges),
        f"tokens = torch.randint({VOCABULARY}, {token_shape(decoder, asked)})",
    ]


def _call(encoder: Settings, decoder: Settings, sizes: InputSizes, combine: Combine) -> list[str]:
    """The decoder's call, and the shapes of what goes in and comes out."""
    names, asked = _names(encoder), InputSizes(DECODER_STEPS, sizes.batch_size)
    shapes = tensor_shapes(decoder, asked)

    def state(name: str) -> str:
        joined = f"combine({name}_n)" if encoder.bidirectional else f"{name}_n"
        return f"linear_{name}({joined})" if combine == "linear" else joined

    given = "(h_0, c_0)" if len(names) == 2 else "h_0"
    return [
        "with torch.no_grad():",
        *(f"    {name}_0 = {state(name)}" for name in names),
        f"    decoded, _ = decoder(embedding(tokens), {given})",
        "",
        *(f"assert {name}_0.shape == {shapes[f'{name}_0'].shape}" for name in names),
        f"assert decoded.shape == {shapes['out'].shape}",
    ]


def _stepping(decoder: Settings, sizes: InputSizes) -> list[str]:
    """A function that makes one step of all layers."""
    if decoder.proj_size:
        axis = time_axis(decoder, sizes)
        return [
            "# nn.LSTMCell has no proj_size: the decoder is called on one step at a time.",
            "def step(x, states):",
            f"    out, states = decoder(x.unsqueeze({axis}), states)",
            f"    return out.squeeze({axis}), states",
            "",
            "",
            "start = (h_0, c_0)",
        ]
    pair = len(_names(decoder)) == 2
    return [
        "# One cell for each layer, with the decoder's weights.",
        "cells = [",
        *(f"    {_cell(decoder, layer)}," for layer in range(decoder.num_layers)),
        "]",
        "for layer, cell in enumerate(cells):",
        '    weights = {name: getattr(decoder, f"{name}_l{layer}") for name in cell.state_dict()}',
        "    cell.load_state_dict(weights)",
        "",
        "",
        "def step(x, states):",
        "    after = []",
        "    for cell, state in zip(cells, states):",
        "        state = cell(x, state)",
        f"        x = {'state[0]' if pair else 'state'}",
        "        after.append(state)",
        "    return x, after",
        "",
        "",
        f"start = {'list(zip(h_0, c_0))' if pair else 'list(h_0)'}  # the states of each layer",
    ]


def _cell(decoder: Settings, layer: int) -> str:
    width = decoder.input_size if layer == 0 else decoder.hidden_size
    more = "" if decoder.bias else ", bias=False"
    more += "" if decoder.nonlinearity == "tanh" else f", nonlinearity={decoder.nonlinearity!r}"
    return f"nn.{decoder.kind}Cell({width}, {decoder.hidden_size}{more})"


def _loops(decoder: Settings, sizes: InputSizes) -> list[str]:
    """The steps on the same tokens, and those on the tokens that were written."""
    at = "[:, t]" if time_axis(decoder, sizes) else "[t]"
    samples = () if sizes.batch_size is None else (sizes.batch_size,)
    return [
        "with torch.no_grad():",
        "    # Step by step on the same tokens: the same numbers.",
        "    states = start",
        f"    for t in range({DECODER_STEPS}):",
        f"        h, states = step(embedding(tokens{at}), states)",
        f"        torch.testing.assert_close(h, decoded{at})",
        "",
        "    # Greedy: each step reads the token that the step before has written.",
        f"    token, states, written = torch.full({samples}, {START}), start, []",
        f"    for _ in range({DECODER_STEPS}):",
        "        h, states = step(embedding(token), states)",
        "        token = score(h).argmax(dim=-1)",
        "        written.append(token)",
        "",
        "print(torch.stack(written))",
    ]
