"""What is looked at below the picture: the tab, and what is chosen in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, get_args

from lstm_shapes.argument import Argument, declared
from lstm_shapes.config import Combine, DecoderWidth, Direction, MergeMode, Start
from lstm_shapes.decoder import LARGEST_DECODER
from lstm_shapes.errors import ArgumentError, check_int
from lstm_shapes.explain.model.examples import ExampleName, Version
from lstm_shapes.explorer.route import RouteName
from lstm_shapes.explorer.routes import MOST_STOPS, last_stop

Tab = Literal[
    "directions",
    "cell",
    "parameters",
    "arguments",
    "lengths",
    "states",
    "decoder",
    "vectors",
    "scrambled",
    "reproducibility",
    "article",
    "call",
    "explain",
]
Way = Literal["module", "pair", "flip"]

MERGES = get_args(MergeMode)
STARTS = get_args(Start)

TABS: Mapping[Tab, str] = {
    "directions": "Directions: split & realign",
    "cell": "Inside one cell",
    "parameters": "Parameters",
    "arguments": "Arguments",
    "lengths": "Variable lengths",
    "states": "States",
    "decoder": "Encoder to decoder",
    "vectors": "What to feed the head",
    "scrambled": "Right shape, wrong data",
    "reproducibility": "Reproducibility",
    "article": "Common statements, tested",
    "call": "Your call",
    "explain": "Silent bugs",
}
GROUPS: Mapping[str, tuple[Tab, ...]] = {
    "What is in out, h_n and c_n?": ("directions", "states"),
    "What do I feed the next layer?": ("vectors", "lengths", "decoder"),
    "How does it work inside?": ("cell", "parameters", "arguments"),
    "Is it right?": ("scrambled", "reproducibility", "article"),
    "My own code": ("call", "explain"),
}
"""The tabs in the order in which they are shown, by what they answer."""
WAYS: Mapping[Way, str] = {
    "module": "nn.LSTM's out",
    "pair": "hand-built pair",
    "flip": "flip anyway",
}
LAST_STEP = 4
LONGEST = 400
"""Characters of an expression that are taken. The grammar reads fewer, so that a text that is too
long gets the grammar's own error, which explains more."""
LONGEST_CALL = 6000
"""Characters of a typed call, or of a pasted error, that are taken: its end counts."""


@dataclass(frozen=True)
class Choices:
    """One valid set of choices.

    Args:
        tab: which panel is shown.
        step: the step of the directions that is shown, from 1.
        way: how the two directions were come by, or are treated.
        merge: how the two directions are merged.
        vector: the expression of the vector to feed a head with; empty for the usual one.
        layer, direction, time: the cell that is looked into. The nearest one there is, is shown.
            At the first step c is zero mostly, and the forget gate does nothing: the start is
            the second.
        start: the states that a run starts from.
        call: a call that was typed, or an error; empty for the call that is shown.
        bug: the silent bug that is shown.
        version: which version of the model with it.
        route: the walk that the page is on; empty for none.
        stop: the step of the walk, from 1.
        width: how wide the decoder is that starts from the run's final states.
        combine: how the directions are combined for it.
        decoder_size: its hidden_size, if it is of another width.
        chunk: the step at which a sequence is cut in two. The nearest one there is, is shown.

    Raises:
        ArgumentError: a choice that there is not.
    """

    tab: Annotated[Tab, Argument("Which panel is shown.")] = "directions"
    step: Annotated[int, Argument("Which step is shown.", at_least=1, at_most=LAST_STEP)] = 1
    way: Annotated[Way, Argument("How the directions were come by.")] = "module"
    merge: Annotated[MergeMode, Argument("How the directions are merged.")] = "concat"
    vector: Annotated[str, Argument("Which vector feeds the head.", at_most=LONGEST)] = ""
    layer: Annotated[int, Argument("Which layer's cell is shown.")] = 0
    direction: Annotated[Direction, Argument("Which direction's cell is shown.")] = "forward"
    time: Annotated[int, Argument("At which step the cell is shown.")] = 1
    start: Annotated[Start, Argument("What the run starts from.")] = "random"
    chunk: Annotated[int, Argument("At which step the sequence is cut.", at_least=1)] = 2
    width: Annotated[DecoderWidth, Argument("How wide the decoder is.")] = "double"
    combine: Annotated[Combine, Argument("How the directions are combined for the decoder.")] = (
        "concat"
    )
    decoder_size: Annotated[
        int,
        Argument(
            "The hidden_size of a decoder of another width.",
            at_least=1,
            at_most=LARGEST_DECODER,
        ),
    ] = 5
    call: Annotated[str, Argument("A call or an error.", at_most=LONGEST_CALL)] = ""
    bug: Annotated[ExampleName, Argument("Which silent bug is shown.")] = "last_step"
    version: Annotated[Version, Argument("Which version of the model is shown.")] = "broken"
    route: Annotated[RouteName, Argument("Which route is walked.")] = ""
    stop: Annotated[
        int, Argument("Which step of the route is shown.", at_least=1, at_most=MOST_STOPS)
    ] = 1

    def __post_init__(self) -> None:
        for name, argument in CHOICES.items():
            argument.check(getattr(self, name))
        check_int("stop", self.stop, at_least=1, at_most=last_stop(self.route))


CHOICES: Mapping[str, Argument] = declared(Choices, "view")
"""Every choice by its name."""


def nearest(values: Mapping[str, Any]) -> Choices:
    """The valid choices among those that a browser sent; the others are as at the start.

    >>> nearest({"tab": "vectors", "step": "<b>", "zoom": 3})
    Choices(tab='vectors', step=1, way='module', merge='concat', vector='', layer=0, \
direction='forward', time=1, start='random', chunk=2, width='double', \
combine='concat', decoder_size=5, call='', bug='last_step', version='broken', \
route='', stop=1)
    """
    found = Choices()
    for name in CHOICES:
        if name in values:
            try:
                found = replace(found, **{name: values[name]})
            except ArgumentError:
                continue  # the page itself sends no such value
    return found
