"""A user's code leaves no trace in the process, and draws the same numbers in each pass."""

from __future__ import annotations

import random
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from lstm_shapes.explain.model.alone import Draws, left_alone

ROOT = Path(__file__).parents[3]


def drawn() -> list[float]:
    """One number of each generator, among them dropout's."""
    mask = nn.functional.dropout(torch.ones(50)).sum().item()
    return [torch.rand(1).item(), mask, random.random(), float(np.random.rand())]


def settings() -> list[Any]:
    return [
        torch.is_grad_enabled(),
        torch.is_inference_mode_enabled(),
        torch.is_autocast_enabled("cpu"),
        torch.get_default_dtype(),
        torch.get_num_threads(),
        torch.are_deterministic_algorithms_enabled(),
        torch.is_deterministic_algorithms_warn_only_enabled(),
        torch.backends.cudnn.deterministic,
        torch.backends.cudnn.benchmark,
        list(warnings.filters),
    ]


def disturb() -> None:
    """Change what a model could change, and fail."""
    assert settings()[:3] == [True, False, False]
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(3)
    torch.manual_seed(7)
    random.seed(7)
    np.random.seed(7)
    warnings.simplefilter("error")
    raise KeyError("of the model's own")


def test_each_pass_draws_the_same_and_the_caller_draws_on() -> None:
    kept = Draws.now()
    expected = drawn()
    kept.put_back()
    with left_alone(["cpu"]) as draws:
        assert drawn() == expected
        assert drawn() != expected
        draws.put_back()
        assert drawn() == expected
    assert drawn() == expected
    assert drawn() != expected


def test_terms_are_the_callers_again_even_after_an_error() -> None:
    with (
        torch.inference_mode(),
        torch.autocast("cpu", dtype=torch.bfloat16),
    ):
        before, kept = settings(), Draws.now()
        expected = drawn()
        kept.put_back()
        with pytest.raises(KeyError), left_alone():
            disturb()
        assert settings() == before
        assert drawn() == expected


def test_strict_algorithms_of_the_caller_stay_strict() -> None:
    torch.use_deterministic_algorithms(True)
    try:
        with left_alone():
            assert torch.is_deterministic_algorithms_warn_only_enabled()
        assert torch.are_deterministic_algorithms_enabled()
        assert not torch.is_deterministic_algorithms_warn_only_enabled()
    finally:
        torch.use_deterministic_algorithms(False)


def test_gradients_are_followed_under_no_grad() -> None:
    weight = torch.ones(2, requires_grad=True)
    with torch.no_grad(), left_alone():
        weight.sum().backward()
    assert weight.grad is not None


def test_warnings_of_the_model_are_not_shown() -> None:
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        with left_alone():
            warnings.warn("of the model", stacklevel=1)
        assert not seen
        warnings.warn("of the caller", stacklevel=1)
    assert [str(each.message) for each in seen] == ["of the caller"]


@pytest.mark.skipif(not hasattr(torch.compiler, "set_stance"), reason="torch 2.5 has no stance")
def test_a_decorated_forward_runs_as_it_is_written() -> None:
    def refusing(*_: Any) -> Any:
        raise AssertionError("compiled")

    class Compiled(nn.Module):
        @torch.compile(backend=refusing)
        def forward(self, x: Tensor) -> Tensor:
            return x + 1

    with left_alone():
        assert Compiled()(torch.zeros(1)).item() == 1


def test_numpy_is_not_loaded_for_its_generator() -> None:
    code = (
        "import sys; from lstm_shapes.explain.model.alone import Draws\n"
        "sys.modules.pop('numpy', None)\n"
        "Draws.now().put_back()\n"
        "assert 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
def test_the_generator_of_a_device_is_put_back() -> None:
    with left_alone(["cuda"]) as draws:
        first = torch.rand(3, device="cuda")
        draws.put_back()
        assert torch.rand(3, device="cuda").equal(first)
    assert torch.rand(3, device="cuda").equal(first)
