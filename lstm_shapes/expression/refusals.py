"""What people type that is not in the grammar, and how each is said in it."""

from __future__ import annotations

import ast
from collections.abc import Mapping

_MODULE = "the module has been called already: write out, h_n or c_n"
_HEAD = "write only the vector that the head is given"

FOREIGN: Mapping[str, str] = {
    "nn": "write only the vector that the layer is given, and its functions as torch.relu(...)",
    "self": "write only the tensor itself: out, h_n or c_n",
    "F": "write torch.softmax(...), torch.relu(...) and so on",
    "np": "write torch's function, such as torch.cat(...)",
    "numpy": "write torch's function, such as torch.cat(...)",
}
"""Names of modules and objects that are not there, with what to write instead."""

_STAYS = "a tensor stays a tensor here: leave it out"
_DEVICE = "the device makes no difference here: leave it out"
_INTEGERS = "lengths and torch.arange are int64 already: leave it out"

LEFT_OUT: Mapping[str, str] = {
    "numpy": _STAYS,
    "tolist": _STAYS,
    "item": _STAYS,
    "data": _STAYS,
    "cpu": _DEVICE,
    "cuda": _DEVICE,
    "to": "device and type stay: leave it out, or write .float() or .double()",
    "long": _INTEGERS,
    "int": _INTEGERS,
    "type": "the type stays: leave it out, or write .float() or .double()",
    "half": "write .float() or .double()",
    "requires_grad_": "gradients are followed where they are needed: leave it out",
    "backward": "gradients are followed where they are needed: leave it out",
    "print": "the result is shown anyway: leave print out",
}
"""Functions, methods and attributes that change nothing here."""

OTHERWISE: Mapping[str, str] = {
    **dict.fromkeys(("lstm", "rnn", "gru", "model", "net", "module", "LSTM"), _MODULE),
    **dict.fromkeys(("fc", "linear", "head", "classifier", "Linear", "dropout"), _HEAD),
    "pack_padded_sequence": _MODULE,
    "pad_packed_sequence": "out is padded again: write out",
    "rearrange": "write view, reshape, transpose or permute",
    "einsum": "write matmul, or a * b and sum",
    "unflatten": "write view or reshape",
    "median": "write mean, max or min",
    "where": "write tensor.masked_fill(mask, number)",
    **dict.fromkeys(("lstm_out", "outputs", "rnn_out", "gru_out"), "write out"),
    **dict.fromkeys(("hn", "ht", "hidden_state", "h_t"), "write h_n"),
    **dict.fromkeys(("cn", "ct", "cell_state", "c_t"), "write c_n"),
    "sum": "write tensor.sum(dim)",
    "max": "write tensor.max(dim).values, or torch.maximum(a, b)",
    "min": "write tensor.min(dim).values, or torch.minimum(a, b)",
    "float": "write the number itself, such as 0.5, or torch.inf",
    "add": "write a + b",
    "sub": "write a - b",
    "mul": "write a * b",
    "div": "write a / b",
    "average": "write mean",
    "mm": "write a @ b",
    "logical_not": "write ~mask",
    "zeros": "write the number itself",
    "ones": "write the number itself",
    "zip": "write torch.stack([...]) or torch.cat([...])",
    "reversed": "write tensor.flip(dim)",
    "sorted": "take what is needed by an index",
    "ndim": "write the number of axes itself",
    "dim": "write the number of axes itself",
    "numel": "write the product of the sizes",
}
"""Functions and methods that have another name here."""

IN_PLACE = "nothing is changed in place here"
"""Why a method that ends in ``_`` is refused."""

_ONE = "write one expression that gives the tensor"

NODES: Mapping[type[ast.expr], tuple[str, str]] = {
    ast.Lambda: ("a lambda makes no tensor", "write only what stands behind its colon"),
    ast.IfExp: ("there is no if here", "write only the tensor that is meant"),
    ast.BoolOp: ("tensors are not joined by and, or", "write & or | between masks, each in ( )"),
    ast.NamedExpr: ("nothing can be given a name here", "write only what stands behind the :="),
    ast.ListComp: ("there is no loop here", "write [*tensor] for the rows of a tensor"),
    ast.GeneratorExp: ("there is no loop here", "write [*tensor] for the rows of a tensor"),
    ast.Starred: ("a * stands in a list or before sizes only", "write [*tensor], or leave it out"),
    ast.Slice: ("start:stop stands in [ ] behind a tensor only", "write tensor[start:stop]"),
}
"""Parts of Python that are not in the grammar."""

STATEMENTS: Mapping[type[ast.stmt], tuple[str, str]] = {
    ast.Assign: ("nothing can be given a name here", "write only what stands behind the ="),
    ast.AnnAssign: ("nothing can be given a name here", "write only what stands behind the ="),
    ast.AugAssign: ("nothing can be changed here", "write the sum itself, as in a + b"),
    ast.Return: ("nothing is returned here", "write only what stands behind return"),
    ast.Import: ("nothing is imported here", "torch is there already: leave the line out"),
    ast.ImportFrom: ("nothing is imported here", "torch is there already: leave the line out"),
    ast.If: ("there is no if here", "write only the tensor that is meant"),
    ast.For: ("there is no loop here", _ONE),
    ast.While: ("there is no loop here", _ONE),
    ast.With: ("there is no with here", _ONE),
    ast.FunctionDef: ("no function is defined here", _ONE),
    ast.ClassDef: ("no class is defined here", _ONE),
    ast.Assert: ("nothing is asserted here", _ONE),
    ast.Delete: ("nothing is deleted here", _ONE),
}
"""Statements of Python, of which none is in the grammar."""

CHARACTERS: Mapping[str, str] = {
    **dict.fromkeys("'\"", "write names without quotes, and torch.inf for float('inf')"),
    **dict.fromkeys("{}", "write lists in [ ]"),
    "#": "leave the comment out",
    ";": _ONE,
    "%": "write a - a // b * b",
    "^": "write & or | between masks",
}
"""Characters that are not in the grammar, with what to write instead."""

OPERATORS: Mapping[type[ast.operator | ast.unaryop], str] = {
    ast.Pow: "write the product, as in a * a",
    ast.LShift: "write the product",
    ast.RShift: "write a // b",
    ast.Not: "write ~mask for the opposite of a mask",
    ast.UAdd: "leave the + out",
}
"""Operators that are not in the grammar, with what to write instead."""
