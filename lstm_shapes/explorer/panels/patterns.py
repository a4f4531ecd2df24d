"""How code and einops write what is done to the two directions of out."""

from __future__ import annotations

from lstm_shapes.config import InputSizes, Settings
from lstm_shapes.formula.code import mirrored


def leading_axes(settings: Settings, sizes: InputSizes) -> str:
    """The leading axes of out, a letter each: n for batch, t for seq.

    >>> leading_axes(Settings(4, 3), InputSizes(seq_len=5, batch_size=2))
    't n'
    """
    if sizes.batch_size is None:
        return "t"
    return "n t" if settings.batch_first else "t n"


def turned_pattern(settings: Settings, sizes: InputSizes) -> str:
    """The pattern of a flip, which einops itself has no word for."""
    axes = leading_axes(settings, sizes)
    turned = axes.replace("t", "t'")
    return f"{axes} h -> {turned} h, t' = {mirrored(sizes)}"


def joined_pattern(settings: Settings, sizes: InputSizes) -> str:
    """The pattern of a concatenation at every step."""
    axes = leading_axes(settings, sizes)
    return f"d {axes} h -> {axes} (d h)"


def merge_code(mode: str, forward: str, backward: str) -> str:
    """Code that merges two tensors.

    >>> merge_code("mean", "h_n[-2]", "h_n[-1]")
    '(h_n[-2] + h_n[-1]) / 2'
    """
    return {
        "concat": f"torch.cat([{forward}, {backward}], -1)",
        "sum": f"{forward} + {backward}",
        "mean": f"({forward} + {backward}) / 2",
        "max": f"torch.maximum({forward}, {backward})",
    }[mode]


def decoder_code(settings: Settings, sizes: InputSizes) -> tuple[str, str]:
    """Code that joins both directions of h_n for each layer, and its pattern.

    >>> decoder_code(Settings(4, 3, bidirectional=True), InputSizes(seq_len=5, batch_size=None))
    ('h_n.view(1, 2, 3).reshape(1, 6)', '(l d) h -> l (d h)')
    """
    batch = () if sizes.batch_size is None else (sizes.batch_size,)
    apart = ", ".join(map(str, (settings.num_layers, 2, *batch, settings.h_out)))
    joined = ", ".join(map(str, (settings.num_layers, *batch, 2 * settings.h_out)))
    swap = ".transpose(1, 2)" if batch else ""
    pattern = "(l d) n h -> l n (d h)" if batch else "(l d) h -> l (d h)"
    return f"h_n.view({apart}){swap}.reshape({joined})", pattern
