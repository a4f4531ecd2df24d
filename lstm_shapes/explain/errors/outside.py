"""Messages of tools that this package does not examine: they are recognised, and no more.

Quantization, compilation, export and MPS change how a module is computed. What is said here is
only what the message is about.
"""

from __future__ import annotations

from collections.abc import Callable

from lstm_shapes.explain.errors.call import Call
from lstm_shapes.explain.errors.known import Known, Numbers, Words

_CURE = (
    "Run the same call with the plain module, on the CPU, before it is changed by the tool. An "
    "error that stays can be explained; one that goes away belongs to the tool, where it should "
    "be reported."
)


def _outside(tool: str) -> Callable[[Numbers, Call], Words]:
    cause = f"This message comes from {tool}, which is not examined here: its cause is not known."

    def words(numbers: Numbers, call: Call) -> Words:
        return Words(cause, _CURE)

    return words


MESSAGES = (
    Known(
        "outside-quantization",
        (
            "The number of rows in the packB should be equal to K",
            "quantized::{name:word}",
            "Didn't find engine for operation quantized",
        ),
        _outside("a quantized module"),
    ),
    Known(
        "outside-compile",
        (
            "torch._dynamo.exc",
            "torch._dynamo hit",
            "torch._inductor",
            "tensors_saved_with_vc_check",
            "TorchDynamo",
            "BackendCompilerFailed",
            "InternalTorchDynamoError",
            "LoweringException",
            "FakeTensor",
            "torch.compile with ",
        ),
        _outside("torch.compile"),
        mention=True,
    ),
    Known(
        "outside-export",
        (
            "torch.onnx",
            "Exporting the operator",
            "ONNX export",
            "torch.export",
            "onnxruntime",
            "UnsupportedOperatorError",
            "Exporting a model to ONNX with a batch_size",
        ),
        _outside("an export, to ONNX or with torch.export"),
        mention=True,
    ),
    Known(
        "outside-script",
        ("RecursiveScriptModule", "torch.jit", "TorchScript", "Tracer cannot infer"),
        _outside("TorchScript"),
        mention=True,
    ),
    Known(
        "outside-mps",
        (
            "not currently implemented for the MPS device",
            "MPS backend",
            "MPSNDArray",
            "placeholder storage has not been allocated on MPS device",
            "'mps' device",
        ),
        _outside("MPS, Apple's GPU"),
        mention=True,
    ),
)
"""Every message that is recognised and not examined."""
