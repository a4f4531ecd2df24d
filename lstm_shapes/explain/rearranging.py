"""Ways to bring the axes of an x into the order that a module takes, by what their sizes say."""

from __future__ import annotations

from dataclasses import dataclass

from lstm_shapes.explain.call import Call
from lstm_shapes.explain.cause import Shape


@dataclass(frozen=True)
class Way:
    """One way to make an x fit its module.

    Attributes:
        code: what is called on x, such as ``".permute(0, 2, 1)"``; empty if x stays.
        shape: the shape of x afterwards.
        because: what the sizes say, as a sentence; may be empty.
        cure: what to do, as a sentence.
        input_size: the module's input_size afterwards, if it changes.
    """

    code: str
    shape: Shape
    because: str
    cure: str
    input_size: int | None = None


def into_features(call: Call) -> Way:
    """A way to make the last axis of x, which has one too many or too few, the features.

    Args:
        call: one whose x has the right number of axes, and a last axis that is not input_size.
    """
    shape, wanted = call.x.shape, call.argument("input_size")
    if wanted == 1 and len(shape) == (1 if call.cell else 2):
        because = "With one feature a step, x needs a last axis of 1: it has none."
        cure = "Give every number an axis of its own."
        return Way(".unsqueeze(-1)", (*shape, 1), because, cure)
    if wanted in shape[:-1]:
        return _moved(call, shape, wanted)
    if not call.cell and len(shape) == 2 and wanted > 1 and shape[1] % wanted == 0:
        return _cut(call, shape, wanted)
    because = "No axis of x has that size."
    if call.kind in ("LSTM", "GRU", "RNN") and shape[-1] == 2 * wanted:
        because += (
            " It is twice as large: the out of a bidirectional module has 2·hidden_size features."
        )
    elif shape[-1] == 1:
        because += " Each step has a single number."
    return Way("", shape, because, f"Use input_size={shape[-1]}.", shape[-1])


def _moved(call: Call, shape: Shape, wanted: int) -> Way:
    """Another axis has input_size: it is moved to the end."""
    if len(shape) == 2:
        because = f"Axis 0 has {wanted}: the two axes are in the other order."
        return Way(".transpose(0, 1)", shape[::-1], because, "Transpose x.")
    first = call.argument("batch_first")
    if shape[1] == wanted:
        a, b, c = shape
        because = (
            f"Axis 1 has {wanted}: x looks like (N, C, L), as a convolution or an image with one "
            "row a feature gives it."
        )
        order: Shape
        moved: Shape
        order, moved = ((0, 2, 1), (a, c, b)) if first else ((2, 0, 1), (c, a, b))
    else:
        because = f"Axis 0 has {wanted}: the features stand first."
        order, moved = (1, 2, 0), (*shape[1:], shape[0])
    cure = "Move that axis to the end, with permute and not with view, which would mix the numbers."
    return Way(f".permute{order}", moved, because, cure)


def _cut(call: Call, shape: Shape, wanted: int) -> Way:
    """Rows that hold all steps of a sample one after another."""
    steps = shape[1] // wanted
    because = (
        f"{shape[1]} is {steps} × {wanted}: each row seems to hold {steps} steps of {wanted} "
        "features, as after flatten()."
    )
    cut = (shape[0], steps, wanted)
    cure = "Cut each row into its steps."
    code = f".reshape{cut}"
    return _ordered(call, Way(code, cut, because, cure))


def _ordered(call: Call, way: Way) -> Way:
    """A way that gives (N, L, H_in), with the axes in the order that the module takes."""
    if call.argument("batch_first"):
        return way
    n, steps, features = way.shape
    return Way(
        f"{way.code}.transpose(0, 1)",
        (steps, n, features),
        way.because,
        f"{way.cure} Then put time first, since batch_first is False.",
        way.input_size,
    )


def into_a_step(call: Call) -> Way:
    """A way to make one step for a cell, of an x with more than two axes or with none."""
    shape, wanted = call.x.shape, call.argument("input_size")
    if not shape:
        change = None if wanted == 1 else 1
        return Way(".reshape(1)", (1,), "", "Give the number an axis of features.", change)
    samples = {each.shape[0] for each in call.states if len(each.shape) == 2}
    module = f"nn.{call.kind.removesuffix('Cell')}"
    cure = f"Call the cell once for every step, in a loop; or use {module}, which does that."
    if samples == {shape[0]} and samples != {shape[1]} and len(shape) == 3:
        because = "A cell takes one step; the states have as many samples as axis 0 of x."
        return Way("[:, 0]", (shape[0], *shape[2:]), because, cure)
    because = "A cell takes one step; time is axis 0 here, as a cell has no batch_first."
    if not shape[0]:
        return Way(".flatten(0, 1)", (0, *shape[2:]), because, cure)
    return Way("[0]", shape[1:], because, cure)


def into_sequences(call: Call) -> Way:
    """A way to make (L, N, H_in) or (N, L, H_in), of an x with no, one, or more than three axes."""
    shape, wanted = call.x.shape, call.argument("input_size")
    if not shape:
        change = None if wanted == 1 else 1
        return Way(
            ".reshape(1, 1)", (1, 1), "", "Give the number a time and a features axis.", change
        )
    if len(shape) == 1:
        return _of_one_axis(shape[0], wanted)
    for axis in range(len(shape) - 1, -1, -1):
        rest = shape[:axis] + shape[axis + 1 :]
        if shape[axis] == 1 and len(rest) == 3 and rest[-1] == wanted:
            because = f"Axis {axis} has size 1, and without it the sizes fit."
            return Way(f".squeeze({axis})", rest, because, "Take that axis away, and no other.")
    if len(shape) == 4:
        return _of_an_image(call)
    size = 1
    for each in shape[2:]:
        size *= each
    because = "It looks like (N, L, …): the axes behind the second are one vector a step."
    change = None if size == wanted else size
    return _ordered(
        call,
        Way(".flatten(2)", (*shape[:2], size), because, "Make one axis of them.", change),
    )


def _of_one_axis(size: int, wanted: int) -> Way:
    if size == wanted:
        cure = "Give it a time axis."
        return Way(".unsqueeze(0)", (1, size), "It is one step of input_size features.", cure)
    if wanted > 1 and size and size % wanted == 0:
        steps = size // wanted
        because = f"{size} is {steps} × {wanted}: {steps} steps, one after another."
        return Way(f".reshape({steps}, {wanted})", (steps, wanted), because, "Cut it into steps.")
    because = f"It is a sequence of {size} numbers, so it has one feature a step."
    cure = "Give it an axis of features" + ("." if wanted == 1 else ", and use input_size=1.")
    return Way(".unsqueeze(-1)", (size, 1), because, cure, None if wanted == 1 else 1)


def _of_an_image(call: Call) -> Way:
    """Four axes: (N, C, H, W) of a convolution, or frames of a film."""
    n, c, h, w = call.x.shape
    wanted = call.argument("input_size")
    is_image = "It looks like (N, C, H, W), as a convolution gives it."
    if wanted == w and wanted not in (c * h, c * w, c, h * w):
        because = (
            f"Its last axis is input_size already: each sample has {c} sequences of {h} steps."
        )
        cure = "Make one batch of all of them."
        return _ordered(call, Way(".flatten(0, 1)", (n * c, h, w), because, cure))
    if wanted == c * w and wanted != c * h:
        because = f"{is_image} C × W = {wanted}: time runs down the image, along H."
        way = Way(".permute(0, 2, 1, 3).flatten(2)", (n, h, c * w), because, "One step a row.")
    elif wanted == c and wanted != c * h:
        because = f"{is_image} C = {wanted}: every place of the image is a step."
        way = Way(".flatten(2).permute(0, 2, 1)", (n, h * w, c), because, "One step a place.")
    elif wanted == h * w and wanted != c * h:
        because = f"It looks like (N, L, H, W), a film: H × W = {wanted} numbers a frame."
        way = Way(".flatten(2)", (n, c, h * w), because, "Make one axis of H and W.")
    else:
        because = f"{is_image} Time runs along W, and each column has C × H = {c * h} numbers."
        change = None if wanted == c * h else c * h
        cure = "Move W to axis 1, and make one axis of C and H."
        if change:
            cure += f" Use input_size={change}."
        way = Way(".permute(0, 3, 1, 2).flatten(2)", (n, w, c * h), because, cure, change)
    return _ordered(call, way)
