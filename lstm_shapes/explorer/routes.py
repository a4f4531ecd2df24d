"""Routes: short walks through what the page has, each from a goal to a program that runs.

A step is a question, a slice of the picture, a panel and a sentence; some have the mistake that
people make there, with what it costs. Words between braces, as ``{out}``, are the shapes and sizes
of the step's own question, so that no sentence can be at odds with the page.
"""

from __future__ import annotations

from collections.abc import Mapping

from lstm_shapes.config import InputSizes, Question, Settings
from lstm_shapes.explorer import costs
from lstm_shapes.explorer.presets import PRESETS
from lstm_shapes.explorer.route import Mistake, Route, RouteName, Stop

_SIZES = InputSizes(seq_len=5, batch_size=3)
_ONE = Question(Settings(4, 3, batch_first=True), _SIZES)
_BOTH = Question(Settings(4, 3, batch_first=True, bidirectional=True), _SIZES)
_SENTENCES = Question(PRESETS["Classifier"].settings, InputSizes(seq_len=7, batch_size=3))
_ENCODER = PRESETS["Bi-LSTM tagger"]
_PACKED = PRESETS["Packed batch"]
_ENDS = "torch.cat([h_n[-2], h_n[-1]], dim=-1)"

_TAG = (
    Stop(
        "A batch of sequences goes in",
        "A tagger gives one answer for every step. Here `input` holds {N} sequences of {L} steps, "
        "and each step is a vector of {H_in} numbers, so its shape is {input}.",
        _BOTH, "x.2", "directions", "cards",
    ),
    Stop(
        "out has a vector for every step",
        "Read `out`: its shape is {out}, a vector of 2 · {H_out} numbers for each of the {L} "
        "steps. `h_n` has only the state that each direction ends in, which is for one answer "
        "for the whole sequence.",
        _BOTH, "out.2.forward", "directions", "picture",
    ),
    Stop(
        "Both directions are in the order of the input",
        "At step t the forward half of `out` has read x[0] to x[t], and the backward half has "
        "read x[t] to the last step. nn.LSTM has already put both in the order of the input, so "
        "each step's vector knows what stands before it and after it.",
        _BOTH, "out.2.backward", "directions", choices={"step": 4, "way": "flip"},
        mistake=Mistake(
            "People flip the backward half in time once more before they join the two.",
            costs.of_claim("flip-anyway", costs.directions),
        ),
    ),
    Stop(
        "Say which axis is the batch",
        "Without `batch_first=True` nn.LSTM takes the first axis for time. Nothing fails, since "
        "any number of steps is allowed, and the shape of `out` is the same.",
        _BOTH, "x.0", "explain", choices={"bug": "batch_first"},
        mistake=Mistake("People leave out `batch_first=True`.", costs.of_example("batch_first")),
    ),
    Stop(
        "A tagger that runs",
        "One Linear turns each step's vector into scores, a row of scores for every step. This "
        "program learns to mark each token that stands before or after a 0, which takes both "
        "directions.",
        _BOTH, "out.2.forward", "directions", "cards",
    ),
)  # fmt: skip

_CLASSIFY = (
    Stop(
        "One vector for the whole sequence",
        "A classifier gives one answer for a sequence, whatever its number of steps. `h_n` has "
        "the state that each layer and direction ends in: its shape is {h_n}, one row for each "
        "direction, and in each row a vector for each of the {N} sequences.",
        _SENTENCES, "h_n.1", "vectors", "cards",
    ),
    Stop(
        "Where each direction ends",
        "The forward direction ends at the last step, t = {last}. The backward direction reads "
        "from the last step to the first, so it ends at t = 0, and `h_n[-1]` is pinned there.",
        _SENTENCES, "h_n.1", "vectors", "picture",
    ),
    Stop(
        "The last step of out is not the answer",
        "`out[:, -1]` looks right: it is the last step of each sequence. The squares show what it "
        "has read.",
        _SENTENCES, "out.6.backward", "vectors", choices={"vector": "out[:, -1]"},
        mistake=Mistake(
            "People feed `out[:, -1]` to the classifier.", costs.of_vector("out[:, -1]")
        ),
    ),
    Stop(
        "Join the two ends",
        f"`{_ENDS}` joins the states that the two directions end in, and each of them has read "
        "the whole sequence.",
        _SENTENCES, "h_n.0", "vectors", choices={"vector": _ENDS},
        mistake=Mistake("People take `h_n[-1]` alone.", costs.of_vector("h_n[-1]")),
    ),
    Stop(
        "Keep the samples apart",
        "The axis of directions comes before the axis of the batch in `h_n`, so a view that "
        "starts with the batch cuts through the samples.",
        _SENTENCES, "h_n.1", "vectors", choices={"vector": "h_n.view(N, -1)"},
        mistake=Mistake("People write `h_n.view(N, -1)`.", costs.of_vector("h_n.view(N, -1)")),
    ),
    Stop(
        "A classifier that runs",
        "One Linear turns the joined vector into scores, a row of scores for every sequence. This "
        "program learns which sequences begin or end with a 0, which takes both ends.",
        _SENTENCES, "h_n.1", "vectors", "cards", choices={"vector": _ENDS},
    ),
)  # fmt: skip

_DECODE = (
    Stop(
        "The encoder hands over its states",
        "An encoder reads one sequence, and a decoder writes another. The decoder starts from "
        "the states that the encoder ends in: `h_n` is {h_n} and `c_n` is {c_n}.",
        _ENCODER, "h_n.3", "decoder", "cards",
    ),
    Stop(
        "Which row is which",
        "Row k of `h_n` is layer k // 2, direction k % 2, since there are two directions. So "
        "`h_n[1]` is the backward direction of layer 0, and the last layer has the last two rows.",
        _ENCODER, "h_n.1", "explain", "picture", {"bug": "layers"},
        Mistake(
            "People take the first rows of `h_n` for the last layer.", costs.of_example("layers")
        ),
    ),
    Stop(
        "Join the two directions of each layer",
        "A decoder reads in one direction, so for each of its layers it needs one h and one c. "
        "`torch.cat([h_n[0::2], h_n[1::2]], dim=-1)` joins the two directions of every layer, and "
        "the decoder's hidden_size is twice as large.",
        _ENCODER, "h_n.2", "decoder", choices={"width": "double", "combine": "concat"},
        mistake=Mistake(
            "People get the same shape with a plain view.",
            costs.of_claim("decoder-view", costs.directions),
        ),
    ),
    Stop(
        "The decoder needs c as well",
        "`c_n` is what an LSTM remembers, and `h_n` only what it shows of it. Combine both in the "
        "same way.",
        _ENCODER, "c_n.3", "decoder", choices={"width": "double", "combine": "concat"},
        mistake=Mistake(
            "People give the decoder h for both states.",
            costs.of_claim("decoder-h-for-c", costs.decoder),
        ),
    ),
    Stop(
        "An encoder and a decoder that run",
        "This program joins the states, runs the decoder on a given sequence, and then lets it "
        "write by itself: each step reads the token that the step before has written.",
        _ENCODER, "h_n.3", "decoder", "cards",
    ),
)  # fmt: skip

_PREDICT = (
    Stop(
        "The target is the next step",
        "To predict the next step, the model reads a sequence, and its target is the same "
        "sequence from one step later on. `out` has one vector for each step, {out}, and from "
        "each of them the next step is predicted.",
        _ONE, "out.2.forward", "directions", "cards",
    ),
    Stop(
        "Two directions see the answer",
        "With `bidirectional=True` the backward half of `out` at step t has read x[t] to the last "
        "step. The step that is to be predicted is among them.",
        _BOTH, "out.2.backward", "directions", "picture",
        mistake=Mistake(
            "People set `bidirectional=True`, and the loss falls to almost nothing.",
            costs.of_claim("next-step", costs.directions),
        ),
    ),
    Stop(
        "One direction reads only what came before",
        "With one direction `out` at step 2 was made from x[0], x[1] and x[2] alone: the picture "
        "marks them as read. This is what a model has when it writes by itself.",
        _ONE, "out.2.forward", "directions", "picture",
    ),
    Stop(
        "Go on where the last piece ended",
        "A long text is read in pieces. The states that one piece ends in are what the next one "
        "starts from: with them the pieces give the same `out` as the whole sequence.",
        _ONE, "h_n.0", "states", choices={"start": "carried", "chunk": 2},
        mistake=Mistake(
            "People start each piece from other states than those that the last one ended in.",
            costs.of_claim("random-states", costs.states),
        ),
    ),
    Stop(
        "A model that writes",
        "This program learns a sequence that repeats, and then writes it: each step reads what "
        "the step before has written, and starts from its states.",
        _ONE, "h_n.0", "states", "cards", {"start": "carried", "chunk": 2},
    ),
)  # fmt: skip

_LENGTHS = (
    Stop(
        "Sequences of different lengths",
        "The {N} sequences of this batch have {lengths} steps. They are padded with zeros to {L} "
        "steps, so that they fit in one tensor of shape {input}.",
        _PACKED, "x.4", "lengths", "cards",
    ),
    Stop(
        "Padding is read like anything else",
        "nn.LSTM does not know which steps are padding: zeros change the states too. The backward "
        "direction even starts in the padding.",
        _PACKED, "h_n.2", "lengths",
        mistake=Mistake(
            "People give nn.LSTM the padded batch as it is.",
            costs.of_claim("padded-final", costs.packing),
        ),
    ),
    Stop(
        "Pack the batch",
        "`pack_padded_sequence` leaves the padding out: every sequence is read in its own length, "
        "and `h_n` has the state after its own last step.",
        _PACKED, "h_n.2", "lengths",
        mistake=Mistake(
            "People still read the last step of `out`, `out[:, -1]`.",
            costs.of_claim("last-column", costs.packing),
        ),
    ),
    Stop(
        "Count only the steps that there are",
        "A mean over the steps of `out` has to leave out the padding: divide the sum by the "
        "sequence's own length.",
        _PACKED, "out.1.forward", "explain", choices={"bug": "mean"},
        mistake=Mistake("People take the mean over all steps.", costs.of_example("mean")),
    ),
    Stop(
        "A packed batch that runs",
        "This program packs a batch, and asserts that each sequence gets the same vector as it "
        "gets alone, for the states and for the mean.",
        _PACKED, "h_n.3", "lengths", "cards",
    ),
)  # fmt: skip

_CELL = (
    Stop(
        "One cell reads all steps",
        "The same cell, with the same weights, reads the steps one after another. From x[t] and "
        "the states h and c of the step before, it computes the next h and c. A cell is pinned: "
        "what it has read is marked.",
        _ONE, "cell.0.forward.2", "cell", "picture",
    ),
    Stop(
        "Four gates decide",
        "At each step f says how much of c is kept, i how much of the new value g is added to it, "
        "and o how much of c is shown as h.",
        _ONE, "cell.0.forward.2", "cell", choices={"time": 2},
        mistake=Mistake(
            "People expect c, the memory of the cell, in `out`.", costs.of_c
        ),
    ),
    Stop(
        "The weights of the four gates",
        "`weight_ih_l0` has 4 · {H_cell} rows, {H_cell} for each gate, in the order i, f, g, o. "
        "`weight_hh_l0` has as many, for the h of the step before.",
        _ONE, "h_n.0", "parameters",
    ),
    Stop(
        "Where the first step starts",
        "States that are not given are zeros. If you give them, they have the shapes of `h_n` and "
        "`c_n`: {h_n}, with the axis of layers and directions first.",
        _ONE, "h_0.0", "states",
        mistake=Mistake(
            "People put the batch first in h_0, since `batch_first=True`.",
            costs.of_claim("batch-first-states", costs.states),
        ),
    ),
    Stop(
        "A cell by hand",
        "This program computes every step from the weights, without nn.LSTM, and asserts that its "
        "numbers are those of nn.LSTM.",
        _ONE, "cell.0.forward.2", "cell", "cards", {"time": 2},
    ),
)  # fmt: skip

ROUTES: Mapping[RouteName, Route] = {
    "tag": Route("Tag every step", _TAG, "tag"),
    "classify": Route("Classify a sequence", _CLASSIFY, "classify"),
    "decode": Route("Encode and decode", _DECODE, "decode"),
    "predict": Route("Predict the next step", _PREDICT, "predict"),
    "lengths": Route("Variable lengths", _LENGTHS, "lengths"),
    "cell": Route("Understand the cell", _CELL, "cell"),
}
"""Every route by its short name, in the order in which they are offered."""

MOST_STOPS = max(len(route.stops) for route in ROUTES.values())


def last_stop(route: RouteName) -> int:
    """The number of a route's last step; 1 without a route.

    >>> last_stop("classify"), last_stop("")
    (6, 1)
    """
    return len(ROUTES[route].stops) if route else 1
