"""The command ``lstm-shapes explain``: models and batches by name, from files of a user's own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lstm_shapes.__main__ import main
from tests.test_imports import HEAVY, loaded_by

ROOT = Path(__file__).parents[3]

NETS = """\
import torch
from torch import nn

from layers_of_nets import Head


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(4, 3, batch_first=True, bidirectional=True)
        self.head = Head(6, 2)

    def forward(self, x):
        out, _ = self.lstm(x)
        return self.head(out[:, -1])


class Tagger(nn.Module):
    def __init__(self, size=4):
        super().__init__()
        self.lstm = nn.LSTM(size, 3, batch_first=True)

    def forward(self, x):
        from late_of_nets import tags

        return tags(self.lstm(x)[0])


class Sized(Tagger):
    def __init__(self, size):
        super().__init__(size)


class Packed(Tagger):
    def forward(self, packed):
        return self.lstm(packed)[1][0][-1]


def made():
    return Tagger()


def broken():
    raise OSError("no weights here")


class task:
    model = Tagger()


reader = Reader()
narrow = Tagger(5)
linear = nn.Linear(4, 2)
x = torch.randn(3, 7, 4)
listed = [x]
named = {"x": x}
numbered = {1: x}
packed = nn.utils.rnn.pack_padded_sequence(x, [7, 5, 2], batch_first=True)
lstm = nn.LSTM(4, 3)
word = "x"


def batch():
    return (x,)


def goal():
    return torch.randn(2)
"""
LAYERS = "from torch import nn\n\nclass Head(nn.Linear):\n    pass\n"
LATE = "def tags(out):\n    return out\n"


@pytest.fixture
def nets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with some files of a user's, which are run anew in each test."""
    before = set(sys.modules)
    for name, text in {"nets": NETS, "layers_of_nets": LAYERS, "late_of_nets": LATE}.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    yield tmp_path / "nets.py"
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", None)).startswith(str(tmp_path)):
            del sys.modules[name]


def code_of(*arguments: str) -> object:
    with pytest.raises(SystemExit) as ended:
        main(["explain", *arguments])
    return ended.value.code


def test_a_finding_is_printed_with_the_users_line(
    nets: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = list(sys.path)
    assert code_of("nets.py:reader", "nets.py:x") == 1
    shown = capsys.readouterr().out
    assert shown.startswith("Reader returned a tensor (3, 2)\n1 finding · ")
    assert "[one_step]" in shown
    assert "in forward, nets.py:14: out, _ = self.lstm(x)" in shown
    assert sys.path == path


def test_relative_imports_work_in_a_folder_that_does_not_say_that_it_is_a_package(
    nets: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (nets.parent / "shared_by_nets.py").write_text("SIZE = 3\n", encoding="utf-8")
    folder = nets.parent / "folder_of_nets"
    folder.mkdir()
    layers = "from torch import nn\nfrom ..shared_by_nets import SIZE\nlstm = nn.LSTM(4, SIZE)\n"
    (folder / "layers.py").write_text(layers, encoding="utf-8")
    train = "import torch\nfrom .layers import lstm\nx = torch.randn(7, 3, 4)\n"
    (folder / "train.py").write_text(train, encoding="utf-8")
    train = "folder_of_nets/train.py"
    assert code_of(f"{train}:lstm", f"{train}:x", "--batch-axis", "1") == 0
    assert "out    (7, 3, 3)  seq, batch, features" in capsys.readouterr().out


def test_what_reads_it_may_stop_reading(nets: Path) -> None:
    """As ``head`` does."""
    command = [sys.executable, "-m", "lstm_shapes", "explain", f"{nets}:Tagger", f"{nets}:x"]
    with subprocess.Popen(
        command,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as done:
        assert done.stdout is not None
        assert done.stderr is not None
        done.stdout.close()
        assert done.stderr.read() == ""
    assert done.returncode == 1


@pytest.mark.parametrize("model", ["Tagger", "made", "task.model"])
@pytest.mark.parametrize("batch", ["x", "listed", "named", "batch"])
def test_without_findings_the_code_is_zero(
    model: str, batch: str, nets: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert code_of(f"{nets}:{model}", f"nets.py:{batch}") == 0
    assert "Tagger returned a tensor (3, 7, 3)\nno findings" in capsys.readouterr().out


def test_a_packed_sequence_is_one_argument(nets: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert code_of("nets.py:Packed", "nets.py:packed") == 0
    assert "call 1 of 1: nn.LSTM(4, 3, batch_first=True), packed\n" in capsys.readouterr().out


def test_a_call_that_raises_is_explained(nets: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert code_of("nets.py:narrow", "nets.py:x") == 1
    shown = capsys.readouterr().out
    assert shown.startswith("Tagger raised RuntimeError\n")
    assert "make the module with input_size=4" in shown


def test_target_and_batch_axis_reach_the_report(
    nets: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert code_of("nets.py:lstm", "nets.py:x", "--batch-axis", "1") == 0
    shown = capsys.readouterr().out
    assert "input  (3, 7, 4)  seq, batch, features" in shown
    # It is called by no line of the user's, and not by the line that called the command.
    assert "\n  in " not in shown
    assert code_of("nets.py:Reader", "nets.py:x", "--target", "nets.py:goal") == 1
    assert "[broadcast]" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nets.py:reader"], "required: file.py:batch"),
        (["nets.py", "nets.py:x"], "argument file.py:model: 'nets.py' names no object in a file. "),
        (["nets.py:reader", "nets.py:"], "argument file.py:batch: 'nets.py:' names no object in"),
        (["net.py:reader", "nets.py:x"], "'net.py:reader' is in no file: there is no net.py. Give"),
        ([".:reader", "nets.py:x"], "'.:reader' is in no file"),
        (["a.ipynb:reader", "nets.py:x"], "In a notebook, call lstm_shapes.explain(model, x)"),
        (["a.txt:reader", "nets.py:x"], "is in a.txt, which is no Python file"),
        (["nets.py:raeder", "nets.py:x"], "nets.py has no raeder. Did you mean reader?"),
        (["nets.py:reader", "nets.py:zz"], "argument file.py:batch: 'nets.py:zz' is not there"),
        (["nets.py:x", "nets.py:x"], "'nets.py:x' is a Tensor, not an nn.Module. Name a model"),
        (["nets.py:batch", "nets.py:x"], "'nets.py:batch' is a tuple, not an nn.Module"),
        (["nets.py:linear", "nets.py:x"], "'nets.py:linear' holds no recurrent module. Give a"),
        (["nets.py:Sized", "nets.py:x"], "cannot be called without arguments (missing a required"),
        (["nets.py:reader", "nets.py:word"], "'nets.py:word' is a str, and no batch. Give a ten"),
        (["nets.py:reader", "nets.py:reader"], "is a Reader, and no batch"),
        (["nets.py:reader", "nets.py:numbered"], "is a dict whose keys are no names of arguments"),
        (["nets.py:reader", "nets.py:x", "--target", "nets.py:word"], "argument --target: 'nets"),
        (["nets.py:reader", "nets.py:x", "--batch-axis", "one"], "--batch-axis: 'one' is not an"),
    ],
)
def test_wrong_usage_is_refused_with_the_cure(
    arguments: list[str], told: str, nets: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.ipynb", "a.txt"):
        nets.with_name(name).touch()
    assert code_of(*arguments) == 2
    out, message = capsys.readouterr()
    assert out == ""
    assert message.startswith("usage: lstm-shapes explain ")
    assert told in message


@pytest.mark.parametrize(
    ("text", "name", "told"),
    [
        ("import layers_of_nests\n", "model", "No module named 'layers_of_nests'"),
        ("def model(:\n", "model", "SyntaxError: invalid syntax"),
        ("import sys\nsys.exit(3)\n", "model", "raised SystemExit"),
        ("def model():\n    raise OSError('no weights')\n", "model", "OSError: no weights"),
    ],
)
def test_what_a_file_raises_is_told_without_our_own_lines(
    text: str, name: str, told: str, nets: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nets.with_name("broken_net.py").write_text(text, encoding="utf-8")
    assert code_of(f"broken_net.py:{name}", "nets.py:x") == 2
    message = capsys.readouterr().err
    assert told in message
    assert 'broken_net.py", line ' in message
    assert "lstm_shapes" not in message


def test_a_file_of_a_package_may_import_by_relation(nets: Path) -> None:
    package = nets.parent / "package_of_nets" / "inner"
    package.mkdir(parents=True)
    for folder in (package, package.parent):
        (folder / "__init__.py").touch()
    (package / "size.py").write_text("SIZE = 4\n", encoding="utf-8")
    (package / "net.py").write_text(
        "from torch import nn\nfrom .size import SIZE\nmodel = nn.GRU(SIZE, 3, batch_first=True)\n",
        encoding="utf-8",
    )
    assert code_of(str(package / "net.py") + ":model", "nets.py:x") == 0


def test_a_file_that_is_called_as_a_module_of_pythons_does_no_harm(nets: Path) -> None:
    import json

    nets.with_name("json.py").write_text("from nets import Tagger as model\n", encoding="utf-8")
    assert code_of("json.py:model", "nets.py:x") == 0
    assert sys.modules["json"] is json
    del sys.modules["json_explained"]


def test_a_terminal_of_few_characters_gets_the_report(nets: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lstm_shapes", "explain", "nets.py:reader", "nets.py:x"],
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    # On a busy machine it may say on the standard error that it is under way.
    assert (done.returncode, b"Traceback" in done.stderr) == (1, False)
    assert b"[one_step]" in done.stdout


def test_help_and_refusals_are_there_without_torch(capsys: pytest.CaptureFixture[str]) -> None:
    assert code_of("--help") == 0
    shown = capsys.readouterr().out
    for expected in ("file.py:model", "--target", "--batch-axis N", "exit code", "train.py:batch"):
        assert expected in shown
    for arguments in (["--help"], ["gone.py:model", "gone.py:x"]):
        loaded = loaded_by(
            "from contextlib import suppress\nfrom lstm_shapes.__main__ import main\n"
            f"with suppress(SystemExit): main(['explain', *{arguments}])"
        )
        assert "argparse" in loaded
        assert not loaded & HEAVY
