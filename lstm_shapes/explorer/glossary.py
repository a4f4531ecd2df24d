"""The glossary: one plain line or two for every control, symbol and term of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lstm_shapes.config import ARGUMENTS
from lstm_shapes.explorer.choices import Tab

SYMBOLS: Mapping[str, str] = {
    "D": "The number of directions: 2 if the module is bidirectional, else 1.",
    "L": "The length of the sequence: how many steps the input has.",
    "N": "The number of samples in the batch.",
    "H_in": "The number of features of each input step: `input_size`.",
    "H_cell": "The number of features of the cell state c: `hidden_size`.",
    "H_out": "The number of features of h: `proj_size` if that is above 0, else `hidden_size`. In "
    "`out` each direction has that many.",
}
"""As the documentation of torch.nn.LSTM writes sizes, except for `num_layers`, an argument."""

_TENSORS: Mapping[str, str] = {
    "input": "The sequence that the module reads: one vector of H_in features for each step.",
    "x": "The short name of the input: x[t] is its step t.",
    "out": "The tensor that torch calls output: h of the last layer at every step, forward and "
    "backward side by side. It has neither c nor the layers below.",
    "h_n": "The last h that each layer and direction wrote: forward at the last step of a sample, "
    "backward at step 0. It has one row for each layer and direction.",
    "c_n": "The cell state c that stands beside each row of h_n. Only an LSTM has it, and `out` "
    "has none of it.",
    "h_0": "The h that each layer and direction starts from; zeros where none is given.",
    "c_0": "The c that each layer and direction starts from; zeros where none is given.",
    "h": "The hidden state: the vector that a cell hands on to its next step and to the layer "
    "above. h = o · tanh(c) in an LSTM, which then projects it if `proj_size` is above 0.",
    "c": "The cell state: the memory of an LSTM's cell. It is handed from step to step, and never "
    "to the layer above.",
    "y": "The outputs of one layer at every step, its directions joined. The y of the last layer "
    "is `out`; the y of a layer below is what the next layer reads.",
}

_CELL: Mapping[str, str] = {
    "cell": "The computation that one layer and direction does at every step: from the input of "
    "the step and the h and c before it, it makes the next h and c.",
    "gate": "A vector of numbers between 0 and 1 that says how much of each feature passes. The "
    "four parts of an LSTM's weights are called i, f, g and o, in this order.",
    "i": "The input gate: how much of the new values g enters c.",
    "f": "The forget gate: how much of the old c is kept. At 0 all of it is forgotten.",
    "g": "The new values between -1 and 1 that may enter c, which i lets in. It is called the "
    "cell gate.",
    "o": "The output gate: how much of tanh(c) goes out as h.",
}

_TERMS: Mapping[str, str] = {
    "direction": "Forward reads the sequence from its first step, backward from its last one. "
    "Each has weights of its own.",
    "layer": "All the cells of one depth. Layer 0 reads the input, each further layer reads what "
    "the layer below wrote.",
    "row": "One entry of h_n or c_n along its first axis: each belongs to one layer and "
    "direction. With D = 2, row 2 · layer is its forward one, and the next row its backward one.",
    "step": "One position t in the sequence, counted from 0.",
    "sample": "One sequence of the batch.",
    "slice": "A part of a tensor that an index takes, such as `out[:, 0]`.",
    "reading order": "The order in which a cell reads the steps. The backward one starts at the "
    "last step, so what it wrote first stands last in `out`.",
    "realign": "To put vectors that were written in another order back at the steps that they "
    "belong to, so that both directions stand at the same t. torch does it in `out`.",
    "split": "To take the two directions of `out` apart: the first H_out features are forward, "
    "the others backward.",
    "merge": "To make one vector of the two directions: concat them, or take their sum, mean or "
    "maximum.",
    "padding": "The filling at the end of shorter samples, which makes all of a batch equally "
    "long. Without packing the module reads it like real steps.",
    "pack": "To tell the module the length of each sample by `pack_padded_sequence`, so that no "
    "cell reads padding.",
    "head": "The Linear layer that turns the vectors of the LSTM into logits.",
    "encoder": "A module that reads a sequence, and hands on what it has kept of it.",
    "decoder": "A module that writes a sequence step by step. It starts from what an encoder hands "
    "on.",
    "greedy": "At each step the token with the highest logit is taken, and is the input of the "
    "next step.",
    "logits": "One number for each class, before softmax makes probabilities of them. "
    "CrossEntropyLoss takes logits.",
    "predicted": "The shape follows from a formula, and was not compared with a run.",
    "measured": "The shape was read from the tensor that torch returned on the run in this page.",
    "smaller module of the same structure": "A module with the same layers and directions but "
    "fewer features, which is run where the one that was asked for is too large for this page.",
}

ARGUMENT_LINES: Mapping[str, str] = {name: each.says for name, each in ARGUMENTS.items()}

TERMS: Mapping[str, str] = dict(
    sorted(
        {**ARGUMENT_LINES, **SYMBOLS, **_TENSORS, **_CELL, **_TERMS}.items(),
        key=lambda term: (term[0].casefold(), term[0]),
    )
)
"""Every term with its line, in the order of the alphabet.

>>> print(TERMS["D"])
The number of directions: 2 if the module is bidirectional, else 1.
"""

TAB_TERMS: Mapping[Tab, Sequence[str]] = {
    "directions": ("direction", "split", "reading order", "realign", "merge"),
    "states": ("h_0", "c_0", "layer", "direction", "sample"),
    "vectors": ("head", "row", "direction", "padding", "sample"),
    "lengths": ("sample", "padding", "pack"),
    "decoder": ("encoder", "decoder", "direction", "greedy"),
    "cell": ("cell", "i", "f", "g", "o", "h", "c"),
    "parameters": ("layer", "D", "H_in", "H_cell", "H_out", "gate"),
    "arguments": ("D", "L", "N", "H_out", "predicted"),
    "scrambled": ("direction", "row", "layer", "sample"),
    "reproducibility": ("seed", "step"),
    "article": ("out", "h_n", "c_n", "y", "layer", "direction"),
    "call": ("h_0", "c_0", "lengths", "pack", "measured"),
    "explain": ("sample", "step", "padding", "direction"),
}
"""The terms that are explained beside each panel: words that stand in it, of an LSTM."""
