"""Messages about where numbers are and of which sort: devices, dtypes, cuDNN and oneDNN."""

from __future__ import annotations

from lstm_shapes.explain.errors.call import PAIRED, Call
from lstm_shapes.explain.errors.known import Known, Numbers, Words, always

_FLATTEN = "lstm.flatten_parameters()\nout, (h_n, c_n) = lstm(x)"
_MOVE = "lstm = lstm.to(device)\nx = x.to(device)\nout, (h_n, c_n) = lstm(x)"


def _devices(numbers: Numbers, call: Call) -> Words:
    what, first, second = numbers["what"], numbers["first"], numbers["second"]
    if what == "hidden":
        cause = (
            f"x is on {first}, and the states are on {second}. States that are made by hand, with "
            "torch.zeros, are on the CPU unless a device is given; no module moves them."
        )
        cure = "Make the states on the device of x, or leave them out, which means zeros there."
        return Words(cause, cure, _moved_states(call))
    cause = f"x is on {first}, and the weights of the module are on {second}."
    cure = (
        "Bring both to one device. module.to(device) moves a module as it is; x.to(device) returns "
        "a copy, which has to be kept: x = x.to(device)."
    )
    if "meta" in (first, second):
        cure += " What is on meta has shapes and no numbers: make it again on a real device."
        device = "x.device" if second == "meta" else '"cpu"'
        code = f"{call.name} = {call.name}.to_empty(device={device})"
        return Words(
            cause, cure, f"{code}\n{call.run('torch.zeros_like(x, device=' + device + ')')}"
        )
    return Words(cause, cure, _MOVE)


def _moved_states(call: Call) -> str:
    if call.kind and call.kind not in PAIRED:
        return f"h_0 = torch.zeros(h_0.shape, device=x.device)\n{call.run(f'{call.x}, h_0')}"
    states = "h_0 = torch.zeros(h_0.shape, device=x.device)"
    run = (call if call.kind else Call("LSTM")).run(f"{call.x}, (h_0, c_0)")
    return f"{states}\nc_0 = torch.zeros(c_0.shape, device=x.device)\n{run}"


def state_dtype(call: Call) -> Words:
    """Explain states of another dtype than the weights, as seen of the call."""
    got = next(each.dtype for each in call.states if each.dtype != call.dtype)
    cause = (
        f"The states are of dtype {got.removeprefix('torch.')}, and x and the weights are "
        f"{call.dtype.removeprefix('torch.')}. All of them must be the same."
    )
    cure = "Convert the states to the dtype of the weights, or leave them out, which means zeros."
    names = ("h", "c") if call.is_cell else ("h_0", "c_0")
    given = f"{names[0]}.to({call.dtype})"
    if call.kind in PAIRED:
        given = f"({given}, {names[1]}.to({call.dtype}))"
    return Words(cause, cure, call.run(f"{call.x}, {given}"))


def _product_dtype(numbers: Numbers, call: Call) -> Words:
    first, second = numbers["first"], numbers["second"]
    cause = (
        f"Two tensors are multiplied, one of dtype {first} and the other of dtype {second}. In a "
        "module one is the input, or the states, and the other the weights."
    )
    if first.lower() in ("long", "int", "short", "byte", "bool"):
        cause += " Integers are mostly token ids, which an nn.Embedding makes vectors of."
    if first.lower() == "double":
        cause += " NumPy's floats are double."
    cure = "Convert x, and the states where you give them, to the dtype of the weights."
    return Words(cause, cure, "x = x.to(next(module.parameters()).dtype)\nmodule(x)")


MESSAGES = (
    Known(
        "devices",
        (
            "Input and {what:word} tensors are not at the same device, found input tensor at "
            "{first:word} and {other:word} tensor at {second:word}",
        ),
        _devices,
    ),
    Known(
        "devices",
        (
            "Expected all tensors to be on the same device",
            "Tensor on device {first:word} is not on the expected device {second:text}!",
            "Input type (torch.cuda.{rest:text}) and weight type (torch.{other:text}) should be "
            "the same",
            "expected all tensors to be on the same device",
        ),
        always(
            "The tensors of one computation are on different devices: the input, the states, or "
            "the weights. Moving a module does not move states that were made by hand, and lists "
            "of modules that are no nn.ModuleList stay behind.",
            "Bring all to one device, states included: torch.zeros(…, device=x.device). "
            "x.to(device) returns a copy, which has to be kept. Lengths to pack stay on the CPU.",
            _MOVE,
        ),
    ),
    Known(
        "no-cuda",
        ("Torch not compiled with CUDA enabled", "Found no NVIDIA driver on your system"),
        always(
            "A CUDA device was asked for, and this installation of torch or this machine has none.",
            "Ask before, and take the CPU otherwise.",
            'device = "cuda" if torch.cuda.is_available() else "cpu"\n' + _MOVE,
        ),
    ),
    Known(
        "mixed-dtype",
        (
            "could not create a primitive descriptor for the {rest:text}LSTM",
            "could not create a primitive descriptor for an LSTM",
            "get_mkldnn_dtype",
        ),
        always(
            "On the CPU an LSTM is computed by oneDNN, which takes one dtype for all: the input, "
            "the states and the weights are of different dtypes, or of one it does not know. "
            "torch checks the input alone, so that it is mostly the states.",
            "Convert h_0 and c_0 to the dtype of the weights, or leave them out, which means zeros "
            "of the input's dtype.",
            "dtype = next(lstm.parameters()).dtype\nout, (h_n, c_n) = lstm(x.to(dtype), "
            "(h_0.to(dtype), c_0.to(dtype)))",
        ),
        general=True,
    ),
    Known(
        "product-dtype",
        (
            "mat1 and mat2 must have the same dtype, but got {first:word} and {second:word}",
            "expected m1 and m2 to have the same dtype, but got: {first:word} != {second:word}",
            "expected scalar type {second:sort} but found {first:word}",
        ),
        _product_dtype,
        general=True,
    ),
    Known(
        "cudnn-eval-backward",
        ("cudnn RNN backward can only be called in training mode",),
        always(
            "The module is in eval() and a gradient is asked for. On CUDA, cuDNN keeps what a "
            "gradient needs only in training mode; on the CPU there is no such limit.",
            "For gradients of a module in eval(), as for saliency or an attack, run it without "
            "cuDNN. Or call module.train() and set every dropout to eval() on its own.",
            "with torch.backends.cudnn.flags(enabled=False):\n    out, (h_n, c_n) = lstm(x)\n"
            "out.sum().backward()",
        ),
    ),
    Known(
        "cudnn-weights",
        (
            "RNN module weights are not part of single contiguous chunk of memory",
            "rnn: hx is not contiguous",
        ),
        always(
            "cuDNN wants the weights of a module in one piece of memory. They are not any more: "
            "after a copy, in nn.DataParallel, after weights were set or wrapped by hand (weight "
            "drop, pruning), or loaded. It is a warning mostly: the result is right, and each call "
            "copies the weights.",
            "Call flatten_parameters() once after the weights were changed, in nn.DataParallel at "
            "the start of forward. It does nothing on the CPU.",
            _FLATTEN,
        ),
    ),
    Known(
        "cudnn-not-supported",
        ("CUDNN_STATUS_NOT_SUPPORTED", "cuDNN error: CUDNN_STATUS_BAD_PARAM"),
        always(
            "cuDNN was given a call that it does not take. This error may appear if the input is "
            "not contiguous, as after transpose or permute, and where a size is 0 or very large.",
            "Give contiguous tensors, states too. If that does not help, run this call without "
            "cuDNN to see the real cause.",
            "out, (h_n, c_n) = lstm(x.contiguous(), (h_0.contiguous(), c_0.contiguous()))",
        ),
    ),
    Known(
        "cuda-failed",
        (
            "CUDNN_STATUS_EXECUTION_FAILED",
            "CUDNN_STATUS_INTERNAL_ERROR",
            "CUDNN_STATUS_MAPPING_ERROR",
            "CUDNN_STATUS_ALLOC_FAILED",
            "CUDA error: device-side assert triggered",
            "CUBLAS_STATUS_{rest:word}",
        ),
        always(
            "The GPU failed, and the message does not say why. It is reported late, at a call that "
            "need not be the wrong one. Known causes are an index that is too large (a token id in "
            "an nn.Embedding, a class in a loss), too little memory, and a driver that does not "
            "fit.",
            "Run the same call on the CPU, where a wrong index or a wrong size has a message of "
            "its own, or set the environment variable CUDA_LAUNCH_BLOCKING=1.",
            'out, (h_n, c_n) = lstm.to("cpu")(x.to("cpu"))',
        ),
    ),
    Known(
        "cuda-memory",
        ("CUDA out of memory",),
        always(
            "The GPU has not enough memory for this call. What a recurrent module keeps for the "
            "gradient grows with samples × steps × hidden_size × layers. It also grows from batch "
            "to batch if states or losses are kept with their graph.",
            "Give smaller batches or fewer steps, detach carried states, keep loss.item() rather "
            "than the loss, and evaluate under torch.no_grad().",
            "with torch.no_grad():\n    out, (h_n, c_n) = lstm(x)",
        ),
    ),
)
"""Every known message about devices, dtypes and the libraries that compute."""
