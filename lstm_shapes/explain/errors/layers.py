"""Messages of what stands around a recurrent module: Linear, Embedding, losses, views, indices.

Other code raises them too, so that a sentence about a recurrent module begins with where it
holds.
"""

from __future__ import annotations

import math

from lstm_shapes.explain.errors.call import Call, sized
from lstm_shapes.explain.errors.known import Known, Numbers, Words, always

_LAST = "out[:, -1] with batch_first=True, or h_n[-1]"


def _product(numbers: Numbers, call: Call) -> Words:
    first, second = numbers["first"], numbers["second"]
    rows, columns, wanted = numbers["rows"], first, second
    cause = (
        f"The first matrix has {sized(columns, 'column')}, and the second {sized(wanted, 'row')}; "
        "they must be as many. Where an nn.Linear was called, its input has "
        f"{sized(columns, 'feature')} in the last axis, and its in_features is {wanted}."
    )
    if columns == 2 * wanted:
        cause += (
            " Twice as many is what out of a bidirectional module has: hidden_size of each "
            "direction."
        )
    elif wanted == 2 * columns:
        cause += (
            " Half as many is what out of one direction has, or one row of h_n, where both "
            "directions are expected."
        )
    elif columns and wanted % columns == 0:
        cause += (
            f" {wanted} is {wanted // columns} × {columns}: several steps or rows put side by side."
        )
    cause += f" The input has {sized(rows, 'row')} in all, over its other axes."
    cure = (
        "Behind a recurrent module in_features is D·hidden_size (D is 2 if bidirectional, else "
        "1; proj_size counts where there is one). Do not fit the input to it with view or reshape."
    )
    return Words(cause, cure, f"linear = nn.Linear({columns}, {numbers['columns']})\nlinear(x)")


def _sizes(numbers: Numbers, call: Call) -> Words:
    a, b, axis = numbers["a"], numbers["b"], numbers["axis"]
    cause = (
        f"Two tensors are computed with each other, element by element, and axis {axis} has size "
        f"{a} in one and {b} in the other."
    )
    large, small = max(a, b), min(a, b)
    if axis == 0 and small > 1 and large % small == 0:
        cause += (
            f" {large} is {large // small} × {small}. Where {small} are the samples, the larger "
            "one has a row for each layer or direction, or for each step, of every sample: "
            "h_n.view(-1, hidden_size) gives D·num_layers × N rows."
        )
    elif axis == 1:
        cause += (
            " If axis 1 is time, the two have another number of steps; if it is features, another "
            "width."
        )
    cure = (
        f"Take one vector for each sample before: {_LAST} for one direction, "
        "torch.cat([h_n[-2], h_n[-1]], dim=-1) for two. Sequences of different lengths "
        "are padded to one length first."
    )
    return Words(cause, cure, "out, (h_n, c_n) = lstm(x)\nvector = h_n[-1]")


def _view(numbers: Numbers, call: Call) -> Words:
    shape, size = numbers["shape"], numbers["size"]
    fixed = math.prod(each for each in shape if each >= 0)
    cause = f"The tensor has {size} elements. "
    if -1 in shape:
        cause += f"The shape {list(shape)} needs a multiple of {fixed}."
    else:
        cause += f"The shape {list(shape)} has {fixed}."
    cause += (
        " Often a written batch size meets a smaller last batch, or hidden_size stands where out "
        "has two directions, or a layer count is missing."
    )
    cure = (
        "Write no number that can be asked of the tensor: out.size(0), out.size(-1). And mind "
        "that a view that fits may still mix samples and steps: to exchange axes, use transpose."
    )
    return Words(cause, cure, "out, (h_n, c_n) = lstm(x)\nflat = out.reshape(out.size(0), -1)")


def _too_many_indices(numbers: Numbers, call: Call) -> Words:
    axes = numbers["axes"]
    cause = (
        f"The tensor has {sized(axes, 'axis', 'axes')}, and more were indexed. squeeze() without "
        "an axis takes out every axis of size 1: with a batch of one sample, or with one step, "
        "that is one more than is meant. An unbatched input (L, H_in) gives an out of two axes, "
        "too."
    )
    cure = "Leave squeeze() out, or name its axis: squeeze(0)."
    return Words(cause, cure, "out, (h_n, c_n) = lstm(x)\nout[:, -1, :]")


def _index_range(numbers: Numbers, call: Call) -> Words:
    cause = (
        "An index is too large or negative. Where an nn.Embedding was called, a token id is "
        "num_embeddings or more: ids go from 0 to num_embeddings - 1, and an id for padding or for "
        "unknown words counts too. Where a batch was packed with enforce_sorted=False, there are "
        "more lengths than samples."
    )
    cure = "Make the embedding as large as the largest id plus one, or find the id that is wrong."
    return Words(cause, cure, "embedding = nn.Embedding(int(ids.max()) + 1, 8)\nembedding(ids)")


def _class_target(numbers: Numbers, call: Call) -> Words:
    cause = (
        "CrossEntropyLoss takes integers as classes only if the target has one axis less than the "
        "scores: scores (N, C) and target (N). Here both have the same shape, so that the target "
        f"is taken for probabilities, which must be floats, and it is {numbers['got']}. With "
        "scores (N), the axis of the classes was lost before: by squeeze(), or by [:, -1] behind "
        "the nn.Linear, which takes the last class instead of the last step."
    )
    cure = "Give scores (N, C) and class numbers (N). Take the last step before the nn.Linear."
    code = "scores = nn.Linear(out.size(-1), 5)(out[:, -1])\nnn.CrossEntropyLoss()(scores, target)"
    return Words(cause, cure, code)


def _target_size(numbers: Numbers, call: Call) -> Words:
    expected, got = numbers["expected"], numbers["got"]
    cause = (
        f"The target should be of shape {expected}, and is {got}. CrossEntropyLoss takes the "
        "classes in axis 1 of the scores, (N, C, L). An nn.Linear behind out gives (N, L, C), "
        "with the classes last."
    )
    cure = "Bring the classes into axis 1, or join samples and steps in both."
    code = "scores = nn.Linear(out.size(-1), 5)(out)\n"
    return Words(cause, cure, code + "nn.CrossEntropyLoss()(scores.transpose(1, 2), targets)")


def _batch_sizes(numbers: Numbers, call: Call) -> Words:
    got, wanted = numbers["got"], numbers["expected"]
    cause = f"There are {sized(got, 'row')} of scores for {sized(wanted, 'target')}."
    if wanted and got % wanted == 0:
        cause += (
            f" {got} is {got // wanted} × {wanted}: a row for each step, or for each layer or "
            "direction, of every sample. view(-1, features) puts them all into axis 0."
        )
    else:
        cause += " Axis 0 may be time: without batch_first=True it is, in x and in out."
    cure = f"Take one vector for each sample before the nn.Linear: {_LAST}."
    code = "scores = nn.Linear(out.size(-1), 5)(out[:, -1])\nnn.CrossEntropyLoss()(scores, target)"
    return Words(cause, cure, code)


def _cat(numbers: Numbers, call: Call) -> Words:
    cause = (
        "Tensors that are joined must have the same number of axes, and the same sizes but in the "
        "axis in which they are joined. out has (N, L, features) or (L, N, features), a row of "
        "h_n has (N, features), and h_n as a whole (D·num_layers, N, features)."
    )
    cure = "Join like with like: two rows of h_n, or out with something of every step."
    return Words(cause, cure, "out, (h_n, c_n) = lstm(x)\ntorch.cat([h_n[-1], out[:, -1]], dim=-1)")


MESSAGES = (
    Known(
        "product",
        (
            "mat1 and mat2 shapes cannot be multiplied "
            "({rows:int}x{first:int} and {second:int}x{columns:int})",
        ),
        _product,
        general=True,
    ),
    Known(
        "sizes-differ",
        (
            "The size of tensor a ({a:int}) must match the size of tensor b ({b:int}) at "
            "non-singleton dimension {axis:int}",
        ),
        _sizes,
        general=True,
    ),
    Known("view-size", ("shape '{shape:shape}' is invalid for input of size {size:int}",), _view),
    Known(
        "view-strides",
        ("view size is not compatible with input tensor's size and stride",),
        always(
            "view needs numbers that lie in memory in the order of the axes. After transpose, "
            "permute or a slice they do not.",
            "Use reshape, which copies where it must. Ask first whether the axes stand in the "
            "order that is meant: a layout of (L, N, features) has to be transposed before "
            "samples are made rows.",
            "out, (h_n, c_n) = lstm(x)\nout.transpose(0, 1).reshape(out.size(1), -1)",
        ),
    ),
    Known(
        "too-many-indices",
        ("too many indices for tensor of dimension {axes:int}",),
        _too_many_indices,
    ),
    Known(
        "no-such-axis",
        (
            "Dimension out of range (expected to be in range of [{least:int}, {most:int}], but "
            "got {got:int})",
        ),
        always(
            "Axis {got} was asked for, and the tensor has axes up to {most}. An axis was lost "
            "before, as by squeeze() or by taking one step, or the input was unbatched.",
            "Print the shape just before this line. Name the axis of squeeze, or give the batch "
            "axis back with unsqueeze(0); the last axis is -1, however many there are.",
            "out, (h_n, c_n) = lstm(x)\nout.softmax(dim=-1)",
        ),
        general=True,
    ),
    Known(
        "embedding-dtype",
        ("Expected tensor for argument #1 'indices' to have one of the following scalar types",),
        always(
            "nn.Embedding takes the numbers of words, and they must be integers; it was given "
            "floats. torch.zeros and torch.randn make floats, as does NumPy; what comes out of an "
            "embedding needs no second one.",
            "Give integer ids. If x is floats that are features already, it needs no embedding.",
            "embedding(ids.long())",
        ),
    ),
    Known("index-range", ("index out of range in self",), _index_range, general=True),
    Known(
        "class-probabilities",
        ("Expected floating point type for target with class probabilities, got {got:word}",),
        _class_target,
    ),
    Known(
        "class-dtype",
        (
            "expected target dtype to be Long or Byte, but got {got:word}",
            "expected scalar type Long but found {got:word}",
        ),
        always(
            "The target of CrossEntropyLoss or NLLLoss is the number of a class, an int64, and it "
            "is {got}.",
            "Convert the target. For two classes with one score use BCEWithLogitsLoss, which takes "
            "floats.",
            "scores = nn.Linear(out.size(-1), 5)(out[:, -1])\n"
            "nn.CrossEntropyLoss()(scores, target.long())",
        ),
    ),
    Known("class-axis", ("Expected target size {expected:shape}, got {got:shape}",), _target_size),
    Known(
        "class-batch",
        ("Expected input batch_size ({got:int}) to match target batch_size ({expected:int})",),
        _batch_sizes,
    ),
    Known(
        "class-target-axes",
        ("0D or 1D target tensor expected, multi-target not supported",),
        always(
            "The target has an axis too many: (N, 1), or one-hot rows, where (N) is needed.",
            "Take the axis out; of one-hot rows take the class with argmax(dim=1).",
            "scores = nn.Linear(out.size(-1), 5)(out[:, -1])\n"
            "nn.CrossEntropyLoss()(scores, target.reshape(-1))",
        ),
    ),
    Known(
        "class-range",
        ("Target {got:int} is out of bounds",),
        always(
            "The target is class {got}, and the scores have no such class: classes count from 0 to "
            "out_features of the last nn.Linear, less one. A padded step needs ignore_index.",
            "Give as many out_features as there are classes, and count classes from 0.",
            "scores = nn.Linear(out.size(-1), int(target.max()) + 1)(out[:, -1])\n"
            "nn.CrossEntropyLoss()(scores, target)",
        ),
    ),
    Known(
        "target-shape",
        (
            "Target size ({expected:shape}) must be the same as input size ({got:shape})",
            "Using a target size ({expected:shape}) that is different to the input size "
            "({got:shape})",
        ),
        always(
            "The target is of shape {expected}, and what it is compared with of shape {got}. An "
            "nn.Linear with one feature gives (N, 1), and targets mostly are (N).",
            "Take the axis of size 1 out with squeeze(-1), which names it; squeeze() would take "
            "the samples too where there is one.",
            "scores = nn.Linear(out.size(-1), 1)(out[:, -1])\n"
            "nn.BCEWithLogitsLoss()(scores.squeeze(-1), target.float())",
        ),
    ),
    Known(
        "join",
        (
            "Tensors must have same number of dimensions: got {first:int} and {second:int}",
            "Sizes of tensors must match except in dimension {axis:int}",
        ),
        _cat,
        general=True,
    ),
    Known(
        "stack",
        (
            "stack expects each tensor to be equal size, but got {first:shape} at entry {at:int} "
            "and {second:shape}",
        ),
        always(
            "Tensors of different shapes, {first} and {second}, cannot be stacked. In a DataLoader "
            "these are sequences of different lengths.",
            "Pad them to one length, and keep the lengths to pack the batch; in a DataLoader this "
            "is done by a collate_fn.",
            "x = pad_sequence(sequences, batch_first=True)\n"
            "lengths = [len(each) for each in sequences]",
        ),
    ),
    Known(
        "state-dict",
        ("Error(s) in loading state_dict",),
        always(
            "The saved weights are those of another module: of other sizes, another number of "
            "layers or directions (_l1, _reverse), another kind (a GRU has 3 blocks of rows, an "
            "LSTM 4), or of a wrapper that puts a prefix before the names (module., of "
            "nn.DataParallel).",
            "Make the module with the arguments that it had when it was saved. strict=False hides "
            "missing weights: they then stay random.",
            "saved = lstm.state_dict()\nlstm.load_state_dict(saved)",
        ),
    ),
)
"""Every known message of what stands around a recurrent module."""
