"""Writes settings and pictures as Python code that can be copied and run.

The code uses torch and no part of this package. The tests run it and compare its numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, fields, replace
from itertools import pairwise

from lstm_shapes.config import InputSizes, Settings
from lstm_shapes.formula.code import CODE_NAMES
from lstm_shapes.formula.shapes import tensor_shapes
from lstm_shapes.picture.scene import Scene, Slice


def constructor(settings: Settings) -> str:
    """Write the call that builds a module; arguments that have their default are left out.

    Args:
        settings: the module.

    Returns:
        An expression, which needs ``from torch import nn``.

    >>> constructor(Settings(4, 3, num_layers=2, bidirectional=True))
    'nn.LSTM(4, 3, num_layers=2, bidirectional=True)'
    """
    return constructor_of({field.name: getattr(settings, field.name) for field in fields(settings)})


def constructor_of(arguments: Mapping[str, object]) -> str:
    """Write the call that builds a module from arguments that may be invalid.

    Args:
        arguments: values by the names of the fields of :class:`~lstm_shapes.Settings`;
            missing ones have their default.

    >>> constructor_of({"kind": "GRU", "input_size": 4, "hidden_size": 3, "dropout": 0.5})
    'nn.GRU(4, 3, dropout=0.5)'
    """
    shown = []
    for field in fields(Settings):
        value = arguments.get(field.name, field.default)
        if field.default is MISSING:
            shown.append(repr(value))
        elif field.name != "kind" and value != field.default:
            shown.append(f"{field.name}={value!r}")
    return f"nn.{arguments.get('kind', 'LSTM')}({', '.join(shown)})"


def script(picture: Scene, seed: int = 0, device: str = "cpu", select: str = "") -> str:
    """Write a program that makes the call of a picture and asserts the shape of every tensor.

    Args:
        picture: from :func:`~lstm_shapes.unroll`.
        seed: the seed of the weights and the input, as for :func:`~lstm_shapes.run`.
        device: where the module runs, as for :func:`~lstm_shapes.run`.
        select: the id or the code of a slice; the program then also asserts which numbers the
            slice holds. Empty for none.

    Returns:
        The program. Its numbers are those of :func:`~lstm_shapes.run`.

    Raises:
        ArgumentError: the picture has no such slice, or the slice stands for several.

    >>> from lstm_shapes import InputSizes, unroll
    >>> picture = unroll(Settings(4, 3), InputSizes(seq_len=5, batch_size=2))
    >>> print(script(picture, select="h_n[0]"))
    import torch
    from torch import nn
    <BLANKLINE>
    torch.manual_seed(0)
    module = nn.LSTM(4, 3).eval()
    x = torch.randn(2, 5, 4).transpose(0, 1).contiguous()
    with torch.no_grad():
        out, (h_n, c_n) = module(x)
    <BLANKLINE>
    assert x.shape == (5, 2, 4)
    assert out.shape == (5, 2, 3)
    assert h_n.shape == (1, 2, 3)
    assert c_n.shape == (1, 2, 3)
    <BLANKLINE>
    assert torch.equal(h_n[0], out[4])
    """
    settings = picture.settings
    named = tensor_shapes(settings, picture.sizes)
    shapes = {CODE_NAMES.get(name, name): shape.shape for name, shape in named.items()}
    states = "(h_n, c_n)" if settings.kind == "LSTM" else "h_n"
    moved = "" if device == "cpu" else f'.to("{device}")'
    lines = [
        *_opening(settings, seed, _packing(picture.sizes)),
        _drawn(settings, picture.sizes),
        *_padded(settings, picture.sizes),
        *([f"module, x = module{moved}, x{moved}"] if moved else []),
        "with torch.no_grad():",
        *(f"    {line}" for line in _call(settings, picture.sizes, states)),
        "",
        *(f"assert {name}.shape == {shapes[name]}"
          for name in ("x", "out", "h_n", "c_n") if name in shapes),
        *(["", *_proof(picture, picture.pick(select), states)] if select else []),
    ]  # fmt: skip
    return "\n".join(lines)


def _drawn(settings: Settings, sizes: InputSizes) -> str:
    """The line that draws the input as :func:`~lstm_shapes.run` does: batch first, so that the
    numbers are the same with batch_first=True and without."""
    shape = tensor_shapes(replace(settings, batch_first=True), sizes)["input"].shape
    moved = sizes.batch_size is not None and not settings.batch_first
    return f"x = torch.randn{shape}" + (".transpose(0, 1).contiguous()" if moved else "")


def _packing(sizes: InputSizes) -> str:
    """The import that a call with lengths needs; empty without lengths."""
    if sizes.lengths is None:
        return ""
    return "from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence"


def _padded(settings: Settings, sizes: InputSizes) -> list[str]:
    """Lines that set the padding of x to zero; none without lengths."""
    if sizes.lengths is None:
        return []
    mask = f"torch.arange({sizes.seq_len}) >= lengths.unsqueeze(1)"
    return [
        f"lengths = torch.tensor({list(sizes.lengths)})",
        f"x[{mask if settings.batch_first else f'({mask}).t()'}] = 0",
    ]


def _call(settings: Settings, sizes: InputSizes, states: str, part: str = "") -> list[str]:
    """Lines that call the module, or a part of it; with lengths, out is padded as x is."""
    out, module = f"{part}out", part.removesuffix("_") or "module"
    if sizes.lengths is None:
        return [f"{out}, {states} = {module}(x)"]
    first = ", batch_first=True" if settings.batch_first else ""
    pack = [f"packed = pack_padded_sequence(x, lengths{first}, enforce_sorted=False)"]
    return [
        *([] if part else pack),
        f"{part}data, {states} = {module}(packed)",
        f"{out}, _ = pad_packed_sequence({part}data{first}, total_length={sizes.seq_len})",
    ]


def _opening(settings: Settings, seed: int, *also: str) -> list[str]:
    """Lines that import what is needed, set the seed and build the module."""
    return [
        "import torch",
        "from torch import nn",
        *filter(None, also),
        "",
        f"torch.manual_seed({seed})",
        f"module = {constructor(settings)}.eval()",
    ]


def _proof(picture: Scene, chosen: Slice, states: str) -> list[str]:
    """Lines that assert which numbers a slice holds, and which cell wrote them."""
    if "h_0" in chosen.id:
        zeros = re.sub(r"\w+", lambda name: f"torch.zeros_like({name[0]})", states)
        given, got = ("x", "[0], out") if picture.sample is None else ("packed", "[0][0], data[0]")
        return ["# States that are not given are zeros.",
                f"torch.testing.assert_close(module({given}, {zeros}){got})"]  # fmt: skip
    lines: list[str] = []
    for held in chosen.holds:
        same = [each.code for each in picture.slices.values() if each.code and held in each.holds]
        lines += [f"assert torch.equal({one}, {other})" for one, other in pairwise(same)]
    cells = picture.writers(chosen.id)
    if cells and cells[0].layer != picture.settings.num_layers - 1:
        return lines + _part(picture, cells, states)
    if lines:
        return lines
    keys = set(chosen.holds)
    alone = [each for each in picture.slices.values() if each.code and keys & set(each.holds)]
    return [f"assert {each.code}.shape == {_shape(picture, each)}" for each in alone]


def _shape(picture: Scene, each: Slice) -> tuple[int, ...]:
    sizes = tensor_shapes(picture.settings, picture.sizes)[each.tensor].shape
    shape = []
    for entry, size in zip(each.where, sizes, strict=True):
        if not isinstance(entry, int):
            start, stop = entry or (0, size)
            shape.append(stop - start)
    return tuple(shape)


def _part(picture: Scene, cells: list[Slice], states: str) -> list[str]:
    """Lines that compute h of a layer below the last, which the module does not return."""
    layer = cells[0].layer or 0
    layers = f"the module up to layer {layer}," if layer else "layer 0 by itself,"
    made = constructor(replace(picture.settings, num_layers=layer + 1, dropout=0.0))
    part_states = re.sub(r"\w+", lambda name: f"part_{name[0]}", states)
    lines = [
        f"# {layers} with the same weights: its out is what layer {layer} writes",
        f"part = {made}.eval().to(x.device)",
        "part.load_state_dict(module.state_dict(), strict=False)",
        "with torch.no_grad():",
        *(f"    {line}" for line in _call(picture.settings, picture.sizes, part_states, "part_")),
    ]
    for cell in cells:
        h = picture.slices[f"out.{cell.step}.{cell.direction}"]
        lines.append(f"h = part_{h.code}  # layer {layer}, {cell.direction}, t = {cell.step}")
        lines.append(f"assert h.shape == {_shape(picture, h)}")
        keys = set(cell.holds)
        rows = (each for each in picture.slices.values() if each.kind in ("h_n", "c_n"))
        finals = [each.code for each in rows if keys & set(each.holds)]
        lines += [f"torch.testing.assert_close({code}, part_{code})" for code in finals]
        lines += [f"torch.testing.assert_close({code}, h)" for code in finals if code[0] == "h"]
    return lines


def vector_script(
    settings: Settings, sizes: InputSizes, seed: int, vector: str, out_features: int
) -> str:
    """Write a program that feeds a vector to a linear layer and prints what the vector has read.

    Args:
        settings: the module.
        sizes: its input.
        seed: the seed of the weights and the input, as for :func:`~lstm_shapes.run`.
        vector: an expression in the grammar of ``expression.grammar``, such as ``h_n[-1]``.
        out_features: how many outputs the linear layer has.

    Returns:
        The program; it measures with a gradient, as :func:`~lstm_shapes.coverage` does.

    >>> from lstm_shapes import InputSizes
    >>> print(vector_script(Settings(4, 3), InputSizes(5, 2), 0, "h_n[-1]", 2))
    import torch
    from torch import nn
    <BLANKLINE>
    torch.manual_seed(0)
    module = nn.LSTM(4, 3).eval()
    x = torch.randn(2, 5, 4).transpose(0, 1).contiguous()
    x.requires_grad_()
    out, (h_n, c_n) = module(x)
    vector = h_n[-1]
    head = nn.Linear(vector.shape[-1], 2)
    print(head.in_features, tuple(head(vector).shape))
    <BLANKLINE>
    # True at each (L, N) of the input that the first entry of vector has read:
    (gradient,) = torch.autograd.grad(vector[0].sum(), x)
    print((gradient != 0).any(dim=-1))
    """
    named = tensor_shapes(settings, sizes)
    states = "(h_n, c_n)" if settings.kind == "LSTM" else "h_n"
    leading = ", ".join(axis.symbol for axis in named["input"].axes[:-1])
    imported, defined = _names_in(vector, settings, sizes)
    lines = [
        *_opening(settings, seed, imported, _packing(sizes)),
        _drawn(settings, sizes),
        *_padded(settings, sizes),
        "x.requires_grad_()",
        *_call(settings, sizes, states),
        *defined,
        f"vector = ({vector})" if "\n" in vector else f"vector = {vector}",
        f"head = nn.Linear(vector.shape[-1], {out_features})",
        "print(head.in_features, tuple(head(vector).shape))",
        "",
        f"# True at each ({leading}) of the input that the first entry of vector has read:",
        "(gradient,) = torch.autograd.grad(vector[0].sum(), x)",
        "print((gradient != 0).any(dim=-1))",
    ]
    return "\n".join(lines)


def _names_in(vector: str, settings: Settings, sizes: InputSizes) -> tuple[str, list[str]]:
    """What the names in an expression need in a program: an import, and lines that define them."""
    # Only where something can be run: torch is imported by what is asked here.
    from lstm_shapes.expression.names import ALIASES, size_names
    from lstm_shapes.expression.operations import BARE

    used = dict.fromkeys(re.findall(r"(?<![.\w])[A-Za-z_]\w*", vector))
    bare = [name for name in used if name in BARE and re.search(rf"(?<![.\w]){name}\(", vector)]
    known = size_names(settings, sizes)
    return f"from torch import {', '.join(sorted(bare))}" if bare else "", [
        *(f"{name} = {ALIASES[name]}" for name in used if name in ALIASES),
        *(f"{name} = {known[name]}" for name in used if name in known),
    ]
