"""Messages of backward: graphs that were freed, changed, or never made."""

from __future__ import annotations

from lstm_shapes.explain.errors.known import Known, always

_DETACH = "out, (h_n, c_n) = lstm(x)\nh_0, c_0 = h_n.detach(), c_n.detach()"

MESSAGES = (
    Known(
        "backward-twice",
        (
            "Trying to backward through the graph a second time",
            "Saved intermediate values of the graph are freed",
        ),
        always(
            "A part of the graph was used by an earlier backward() and is gone. With a recurrent "
            "module this mostly is a carried state: h_n and c_n of one batch are given to the "
            "next, and with them the whole graph of the earlier batches.",
            "Detach the states between batches: the numbers are carried on, the graph is cut. "
            "retain_graph=True, which torch suggests, would keep all earlier batches in memory and "
            "make each step slower.",
            _DETACH,
        ),
    ),
    Known(
        "inplace",
        (
            "one of the variables needed for gradient computation has been modified by an inplace "
            "operation: [{sort:word} {shape:shape}]",
            "one of the variables needed for gradient computation has been modified by an inplace",
        ),
        always(
            "A tensor that backward() needs was changed after it was used. Known causes are "
            "optimizer.step() between two uses of the same weights with a carried state, an "
            "operator that writes into its tensor (+=, relu_), and h[0] = … on states.",
            "Detach carried states before the next batch, call step() after the last backward() "
            "of the graph, and write x = x + 1 rather than x += 1.",
            _DETACH,
        ),
    ),
    Known(
        "inplace-leaf",
        (
            "leaf Variable that requires grad is being used in an in-place operation",
            "leaf Variable that requires grad has been used in an in-place operation",
        ),
        always(
            "A tensor that gradients are collected in, such as a learned h_0 or a weight, was "
            "written to.",
            "Work on a copy, or write under torch.no_grad() if no gradient of it is wanted.",
            "h_0 = h_0.clone()\nh_0[0] = 1",
        ),
    ),
    Known(
        "no-grad",
        ("does not require grad and does not have a grad_fn",),
        always(
            "backward() was called on a tensor that no graph leads to: it was computed under "
            "torch.no_grad(), cut by detach(), .data, .item() or NumPy, or all weights are frozen.",
            "Compute out and the loss with gradients on, from the module's own tensors.",
            "with torch.enable_grad():\n    out, (h_n, c_n) = lstm(x)\n    out.sum().backward()",
        ),
    ),
    Known(
        "no-scalar",
        ("grad can be implicitly created only for scalar outputs",),
        always(
            "backward() starts from one number, and this tensor has several.",
            "Make one number of it: a loss, or the sum or mean. A loss with reduction='none' has "
            "one number for each element.",
            "out, (h_n, c_n) = lstm(x)\nout.mean().backward()",
        ),
    ),
    Known(
        "numpy-grad",
        ("Can't call numpy() on Tensor that requires grad",),
        always(
            "NumPy knows no gradients, so that a tensor with a graph is not converted in silence.",
            "Detach it first; from a GPU also bring it to the CPU.",
            "out, (h_n, c_n) = lstm(x)\nout.detach().cpu().numpy()",
        ),
    ),
    Known(
        "deepcopy",
        ("Only Tensors created explicitly by the user",),
        always(
            "Something that holds a computed tensor was copied with copy.deepcopy: a module that "
            "keeps h_n or c_n of its last call as an attribute, or one whose weights are computed "
            "in each call (weight drop, weight_norm).",
            "Detach what is kept, or set it to None before copying; for weights use "
            "torch.nn.utils.parametrizations.",
            "out, (h_n, c_n) = lstm(x)\nkept = copy.deepcopy(h_n.detach())",
        ),
    ),
)
"""Every known message of autograd."""
