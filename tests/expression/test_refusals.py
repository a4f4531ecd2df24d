"""What is refused, each with the text that says what to write instead."""

from __future__ import annotations

import pytest

from lstm_shapes import ExpressionError, InputSizes, Settings, run
from lstm_shapes.expression.values import evaluate

STAYS = "a tensor stays a tensor here: leave it out"
HEAD = "write only the vector that the head is given"
MODULE = "the module has been called already: write out, h_n or c_n"
NO_NAME = "nothing can be given a name here"
LOOK = "compare lengths or torch.arange(L), as in torch.arange(L) < lengths[:, None]"

# What is typed, the part that is pointed at, and the whole of what is said.
REFUSED = [
    ("out.numpy()", "numpy", f"there is no method numpy here: {STAYS}"),
    ("out.data", "data", f"data is not a method here: {STAYS}"),
    ("out[0, 0, 0].item()", "item", f"there is no method item here: {STAYS}"),
    ("out.cpu()", "cpu", "there is no method cpu here: the device makes no difference here: "
     "leave it out"),
    ("lengths.long()", "long", "there is no method long here: lengths and torch.arange are int64 "
     "already: leave it out"),
    ("out.add_(1)", "add_", "there is no method add_ here: nothing is changed in place here: "
     "write a + b"),
    ("out.relu_()", "relu_", "there is no method relu_ here: nothing is changed in place here: "
     "write relu"),
    ("nn.Linear(8, 2)(out)", "nn", "there is no nn here: write only the vector that the layer is "
     "given, and its functions as torch.relu(...)"),
    ("out[0](1)", "out[0]", "a function or a method is expected here, not out[0]: write "
     "tensor.method(...)"),
    ("nn.Linear(8, 2)", "nn", "there is no nn here: write only the vector that the layer is given, "
     "and its functions as torch.relu(...)"),
    ("self.fc(out[:, -1])", "self", "there is no self here: write only the tensor itself: out, h_n "
     "or c_n"),
    ("fc(out[:, -1])", "fc", f"there is no function fc here: {HEAD}"),
    ("lstm(x)[0]", "lstm", f"there is no function lstm here: {MODULE}"),
    ("F.softmax(out, dim=1)", "F", "there is no F here: write torch.softmax(...), torch.relu(...) "
     "and so on"),
    ("torch.nn.functional.relu(out)", "nn", "there is no torch.nn here: write only the vector that "
     "the layer is given, and its functions as torch.relu(...)"),
    ("lstm_out[:, -1]", "lstm_out", "there is no lstm_out here: write out"),
    ("hidden_state[-1]", "hidden_state", "there is no hidden_state here: write h_n"),
    ("out.unflatten(2, (2, 4))", "unflatten", "there is no method unflatten here: write view or "
     "reshape"),
    ("out.median(1)", "median", "there is no method median here: write mean, max or min"),
    ("torch.add(out, 1)", "add", "there is no function add here: write a + b"),
    ("sum(out)", "sum", "there is no function sum here: write tensor.sum(dim)"),
    ("float(1)", "float", "there is no function float here: write the number itself, such as "
     "0.5, or torch.inf"),
    ("torch.sum", "sum", "sum has to be called: write sum(...)"),
    ("vector = h_n[-1]", "vector = h_n[-1]", f"{NO_NAME}: write only what stands behind the ="),
    ("out, h = lstm(x)", "out, h = lstm(x)", f"{NO_NAME}: write only what stands behind the ="),
    ("(a := out)", "a := out", f"{NO_NAME}: write only what stands behind the :="),
    ("return h_n[-1]", "return h_n[-1]", "nothing is returned here: write only what stands behind "
     "return"),
    ("import torch", "import torch", "nothing is imported here: torch is there already: leave the "
     "line out"),
    ("out += 1", "out += 1", "nothing can be changed here: write the sum itself, as in a + b"),
    ("out\nout", "out\nout", "there are several statements here: write one expression"),
    ("lambda: out", "lambda: out", "a lambda makes no tensor: write only what stands behind its "
     "colon"),
    ("out if N else h_n", "out if N else h_n", "there is no if here: write only the tensor that is "
     "meant"),
    ("out and h_n", "out and h_n", "tensors are not joined by and, or: write & or | between "
     "masks, each in ( )"),
    ("[h for h in h_n]", "[h for h in h_n]", "there is no loop here: write [*tensor] for the rows "
     "of a tensor"),
    ("f'{out}'", "'", "' is not in this grammar: write names without quotes, and torch.inf for "
     "float('inf')"),
    ("{out}", "{", "{ is not in this grammar: write lists in [ ]"),
    ("out # last", "#", "# is not in this grammar: leave the comment out"),
    ("out % 2", "%", "% is not in this grammar: write a - a // b * b"),
    ("out ** 2", "out ** 2", "this operator is not here: write the product, as in a * a"),
    ("not out", "not out", "this operator is not here: write ~mask for the opposite of a mask"),
    ("+out", "+out", "this operator is not here: leave the + out"),
    ("out // 2", "out", "// takes whole numbers, not a vector: write / instead"),
    ("out > 0", "out", f"a comparison takes whole numbers, not a vector: {LOOK}"),
    ("out[out > 0]", "out", f"a comparison takes whole numbers, not a vector: {LOOK}"),
    ("N < L", "N < L", f"both sides are numbers: {LOOK}"),
    ("0 < lengths < 3", "0 < lengths < 3", "several comparisons cannot be chained on tensors: "
     "write (a < b) & (b < c)"),
    ("lengths is 3", "lengths is 3", "this comparison is not here: compare with < <= > >= == or "
     "!="),
    ("lengths > 2", "lengths > 2", "a mask alone is no vector: use it as in "
     "out.masked_fill(mask, 0)"),
    ("out.masked_fill(lengths, 0)", "lengths", "a mask is expected here, not lengths: make one by "
     "a comparison, such as torch.arange(L) < lengths[:, None]"),
    ("~out", "out", "a mask is expected here, not out: make one by a comparison, such as "
     "torch.arange(L) < lengths[:, None]"),
    ("out[h_n]", "h_n", "an index holds whole numbers, and these are not: make it of lengths, "
     "torch.arange(N) or torch.tensor([0, 1])"),
    ("out[0.5]", "0.5", "an integer, start:stop:step, ... or None is expected here, not 0.5: write "
     "digits or sizes by name, joined by + - * //, a list of them, or lengths - 1"),
    ("out.view(N / 2, -1)", "N / 2", "an integer is expected here, not N / 2: write digits or "
     "sizes by name, joined by + - * //"),
    ("out.view(N // (N - N), -1)", "N - N", "N - N is zero, which cannot divide a number: use "
     "another"),
    ("out * 1e999", "1e999", "this number is too large: write torch.inf"),
    ("out * 1_000", "1_000", "1_000 is not a number here: write digits only, as in 12, 0.5 or "
     "1e-9"),
    ("out * 0x10", "0x10", "0x10 is not a number here: write digits only, as in 12, 0.5 or 1e-9"),
    ("out * True", "True", "a tensor or a number is expected here, not True: write a number, or "
     "torch.arange(...) instead of range(...)"),
    ("out.chunk(2, -1)", "out.chunk(2, -1)", "there are 2 tensors here instead of one: take one by "
     "[0], or join them by torch.cat"),
    ("out.chunk(2, -1) + 1", "out.chunk(2, -1)", "there are 2 tensors here instead of one: take "
     "one by [0], or join them by torch.cat"),
    ("out.chunk(2, -1)[2]", "2", "there are only 2 here, counted from 0: use 0 to 1"),
    ("out.chunk(2, -1)[:, 0]", ":, 0", "one of several is taken by one integer: write [0], or [:2] "
     "for some"),
    ("h_n[-2], h_n[-1]", "h_n[-2], h_n[-1]", "there are 2 tensors here instead of one: take one by "
     "[0], or join them by torch.cat"),
    ("out.max(1)", "max(1)", "torch returns a pair here, (values, indices): add .values"),
    ("out.max(1)[1]", "1", "max(dim) has indices too, which cannot be used here: write .values or "
     "[0]"),
    ("out.max(1).indices", "indices", "max(dim) has indices too, which cannot be used here: write "
     ".values or [0]"),
    ("out.max((0, 1)).values", "max((0, 1))", "max takes one dim: for several write "
     "amax(dim=...)"),
    ("out.mean(1).values", "values", "only max(dim) and min(dim) have values: leave it out"),
    ("out.shape", "out.shape", "a tensor is expected here, not out.shape: write a name, "
     "tensor[...], tensor.method(...) or torch.function(...)"),
    ("torch.cat(h_n, 1)", "h_n", "a list of tensors is expected here, not h_n: write [a, b], or "
     "[*h_n] for its rows"),
    ("torch.cat([])", "cat([])", "the list is empty: write at least one tensor in it"),
    ("torch.cat([out, N])", "N", "a tensor is expected here, not N: write a name, tensor[...], "
     "tensor.method(...) or torch.function(...)"),
    ("out + range(N)", "range(N)", "a tensor or a number is expected here, not range(N): write a "
     "number, or torch.arange(...) instead of range(...)"),
    ("out.sum(1, keepdim=1)", "1", "True or False is expected here, not 1: write one of them"),
    ("len(obj=out)", "obj", "len takes no names: write the value alone"),
    ("out.T", "T", "T swaps the axes of a tensor of two, and this one has 3: write "
     ".transpose(-2, -1), or name the two axes to swap"),
    ("out + h_n", "out + h_n", "the shapes (3, 5, 8) and (4, 3, 4) do not fit: from the last axis "
     "on, both need the same size, or 1"),
    ("hiden[-1]", "hiden", "there is no hiden here: perhaps hidden"),
    ("q[-1]", "q", "there is no q here: the tensors are out, h_n, c_n, x, lengths; the numbers are "
     "N, L, D, H_in, H_cell, H_out, num_layers, input_size, hidden_size, proj_size, "
     "num_directions, seq_len, batch_size"),
    ("out.view(*N)", "N", "a tensor is expected here, not N: write a name, tensor[...], "
     "tensor.method(...) or torch.function(...)"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "spot", "says"), REFUSED, ids=lambda value: value[:24])
def test_what_is_refused_names_what_to_write(text: str, spot: str, says: str) -> None:
    module = Settings(6, 4, num_layers=2, batch_first=True, bidirectional=True)
    made = run(module, InputSizes(seq_len=5, batch_size=3, lengths=[5, 2, 3]))
    with pytest.raises(ExpressionError) as caught:
        evaluate(made, text)
    error = caught.value
    assert f"{error.problem}: {error.cure}" == says
    assert text[error.start : error.end] == spot
