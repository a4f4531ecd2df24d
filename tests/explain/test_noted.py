"""The explanation under the traceback: as a note, and in a notebook."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from lstm_shapes import ArgumentTypeError, explained

X = torch.randn(5, 2, 6)


def notes(error: BaseException) -> list[str]:
    return list(getattr(error, "__notes__", []))


def test_the_same_exception_passes_with_one_note() -> None:
    mine = RuntimeError("input.size(-1) must be equal to input_size. Expected 10, got 20")
    with pytest.raises(RuntimeError) as caught, explained(), explained():
        raise mine
    assert caught.value is mine
    (note,) = notes(mine)
    assert note.startswith("lstm_shapes explains:\n\ninput.size(-1)")
    assert "takes 10 features" in note


def test_an_unknown_error_gets_no_note() -> None:
    with pytest.raises(KeyError) as caught, explained():
        raise KeyError("a")
    assert notes(caught.value) == []


def test_it_decorates() -> None:
    @explained()
    def step() -> None:
        nn.LSTM(4, 3)(X)

    for _ in range(2):
        with pytest.raises(RuntimeError) as caught:
            step()
        assert len(notes(caught.value)) == 1
        assert "(5, 2, 6) has 6" in notes(caught.value)[0]


def test_a_wrong_module_is_refused_before_anything_runs() -> None:
    ran = []
    with (
        pytest.raises(ArgumentTypeError, match="is no recurrent module"),
        explained(nn.Linear(1, 1)),
    ):
        ran.append(1)
    assert not ran


def test_what_is_right_passes() -> None:
    with explained(nn.LSTM(4, 3)):
        out = nn.LSTM(4, 3)(X[..., :4])[0]
    assert out.shape == (5, 2, 3)


CELLS = r"""
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance(colors="NoColor")
for cell in (
    "%load_ext lstm_shapes",
    "import sys; assert 'torch' not in sys.modules",
    "%%explained\nimport torch\ny = 3\ny + 4",
    "assert _ == 7 and y == 3",
    "%%explained\nz = 5;",
    "assert z == 5",
):
    result = shell.run_cell(cell)
    assert result.success, cell
result = shell.run_cell("%%explained\ntorch.nn.LSTM(4, 3)(torch.zeros(5, 2, 6))")
assert isinstance(result.error_in_exec, RuntimeError)
"""


def test_a_cell_magic_shows_the_explanation_under_the_traceback(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CELLS],
        cwd=Path(__file__).parents[2],
        env={"IPYTHONDIR": str(tmp_path), "HOME": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    assert "The nn.LSTM takes 4 features in the last axis of x" in done.stdout
