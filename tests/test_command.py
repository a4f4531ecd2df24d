"""The command ``lstm-shapes``: what it says, refuses and starts."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import lazy_loader
import pytest

import lstm_shapes
from lstm_shapes.__main__ import main
from tests.test_imports import HEAVY, loaded_by

ROOT = Path(__file__).parent.parent
COMMAND = [sys.executable, "-m", "lstm_shapes"]


@dataclass
class Server:
    """A server that has told its address; ``said`` is all it printed up to there."""

    process: subprocess.Popen[str]
    said: str
    url: str


@contextmanager
def started(command: list[str], folder: Path, work: Path, **more: str) -> Iterator[Server]:
    """Run a server from a folder until it tells its address. The settings and files that it
    finds are those in ``work``, and none of the user's."""
    places = {f"JUPYTER_{name.upper()}_DIR": work / name for name in ("config", "data", "runtime")}
    server = subprocess.Popen(
        [*command, "--no-browser"],
        cwd=folder,
        env=os.environ | {name: str(place) for name, place in places.items()} | more,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    too_long = threading.Timer(120, server.kill)
    too_long.start()
    assert server.stdout is not None
    said = ""
    try:
        for line in server.stdout:
            said += line
            if address := re.search(r"http://\S+", line):
                yield Server(server, said, address[0])
                break
        else:
            pytest.fail(f"the server told no address:\n{said}")
    finally:
        too_long.cancel()
        server.terminate()
        server.communicate(timeout=60)


def got(server: Server, url: str) -> bytes:
    """What a server answers, once it does: JupyterLab tells its address a little earlier."""
    while server.process.poll() is None:
        try:
            with urlopen(url) as answer:
                return answer.read()
        except URLError as problem:
            if not isinstance(problem.reason, ConnectionRefusedError):
                raise
    return pytest.fail("the server ended before it answered")


def configure(work: Path, name: str, settings: dict[str, dict[str, object]]) -> None:
    """Settings of the user's own, as in ~/.jupyter."""
    (work / "config").mkdir()
    (work / "config" / name).write_text(json.dumps(settings), encoding="utf-8")


@contextmanager
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def free_port() -> int:
    with taken_port() as port:
        return port


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str]:
    """The exit status of a command that ends by itself, and what it says about it."""
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    message = ended.value.code if isinstance(ended.value.code, str) else capsys.readouterr().err
    return 1 if isinstance(ended.value.code, str) else ended.value.code, message


def test_help_tells_what_can_be_done_and_how_to_stop(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["--help"])
    shown = capsys.readouterr().out
    for expected in ("torch.nn.LSTM", "--port N", "--no-browser", "JupyterLab", "Ctrl+C"):
        assert expected in shown
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["lab", "--help"])
    assert "never overwritten" in capsys.readouterr().out


@pytest.mark.parametrize("argument", ["--help", "--version", "--port=x"])
def test_what_needs_no_server_loads_neither_torch_nor_voila(argument: str) -> None:
    loaded = loaded_by(
        "from contextlib import suppress\nfrom lstm_shapes.__main__ import main\n"
        f"with suppress(SystemExit): main([{argument!r}])"
    )
    assert "argparse" in loaded
    assert not loaded & (HEAVY | {"voila", "jupyterlab", "jupyter_server", "tornado"})


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["--version"])
    assert capsys.readouterr().out == f"lstm-shapes {lstm_shapes.__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--port", "eight"], "--port: 'eight' is not a port number. Give a whole number from 1"),
        (["--port", "0"], "--port: '0' is not a port number"),
        (["lab", "--port", "65536"], "--port: '65536' is not a port number"),
        (["--port=-1"], "--port: '-1' is not a port number"),
        (["--prot=8866"], "unrecognized arguments: --prot=8866"),
        (["--no-brow"], "unrecognized arguments: --no-brow"),
        (["other.ipynb"], "invalid choice: 'other.ipynb'"),
        (["lab", "other.ipynb"], "unrecognized arguments: other.ipynb"),
    ],
)
def test_what_is_not_understood_is_refused_with_the_usage(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, message = refusal(capsys, *arguments)
    assert status == 2
    assert message.startswith("usage: lstm-shapes ")
    assert told in message


@pytest.mark.parametrize(("arguments", "name"), [([], "Voila"), (["lab"], "JupyterLab")])
def test_a_missing_program_is_told_with_the_cure(
    arguments: list[str], name: str, tmp_path: Path
) -> None:
    """In a Python that has nothing but what importing the package needs."""
    bare, folder = tmp_path / "bare", tmp_path / "folder"
    shutil.copytree(Path(lazy_loader.__file__).parent, bare / "lazy_loader")
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-S", "-m", "lstm_shapes", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (ROOT, bare)))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        f"lstm-shapes: {name} is not installed for {sys.executable}. "
        'Install it with: pip install "lstm-shapes[app]"\n',
    )
    assert list(folder.iterdir()) == []


def test_a_program_that_is_there_but_broken_is_not_called_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("voila")
    monkeypatch.setitem(sys.modules, "voila.app", None)
    with pytest.raises(ModuleNotFoundError, match=r"voila\.app"):
        main([])


@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder that refuses even root")
def test_a_folder_that_takes_no_copy_is_told_with_the_cure(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("jupyterlab")
    monkeypatch.chdir("/proc")
    status, message = refusal(capsys, "lab")
    assert status == 1
    assert message.startswith("lstm-shapes: /proc/explorer.ipynb cannot be written (")
    assert message.endswith("Go to a folder that you may write to, and try again.")


def test_a_port_in_use_is_told_and_ctrl_c_ends_the_server(tmp_path: Path) -> None:
    pytest.importorskip("voila")
    with (
        taken_port() as port,
        started([*COMMAND, f"--port={port}"], ROOT, tmp_path) as server,
    ):
        assert "Press Ctrl+C to stop" in server.said.splitlines()[0]
        assert f"The port {port} is already in use, trying another port." in server.said
        assert server.url != f"http://localhost:{port}/"
        # A page: with its kernel there is all that has to be ended.
        assert got(server, server.url)
        server.process.send_signal(signal.SIGINT)
        rest, _ = server.process.communicate(timeout=60)
    assert server.process.returncode == 0
    assert "Traceback" not in rest


def test_ctrl_c_while_starting_leaves_no_traceback() -> None:
    pytest.importorskip("voila")
    code = (
        "from voila.app import Voila\nfrom lstm_shapes.__main__ import main\n"
        "def pressed(*_): raise KeyboardInterrupt\n"
        "Voila.initialize = pressed\nmain([])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (130, "")


def test_the_users_own_settings_of_voila_count_where_they_do_not_clash(tmp_path: Path) -> None:
    pytest.importorskip("voila")
    own = {
        "Voila": {"custom_display_url": "http://at.home/"},
        "VoilaConfiguration": {"template": "a template that is not there"},
    }
    configure(tmp_path, "voila.json", own)
    port = free_port()
    command = [*COMMAND, f"--port={port}"]
    with started(command, tmp_path, tmp_path, PYTHONPATH=str(ROOT)) as server:
        assert server.url == "http://at.home/"
        assert b"<title>LSTM shapes</title>" in got(server, f"http://localhost:{port}")


@pytest.mark.parametrize("there", [False, True])
def test_lab_opens_a_copy_or_the_notebook_that_is_there(there: bool, tmp_path: Path) -> None:
    pytest.importorskip("jupyterlab")
    configure(tmp_path, "jupyter_server_config.json", {"ServerApp": {"allow_root": True}})
    folder = tmp_path / "a folder"
    folder.mkdir()
    notebook = folder / "explorer.ipynb"
    ours = (ROOT / "explorer.ipynb").read_bytes()
    expected = ours.replace(b"Explorer()", b"Explorer(num_layers=3)") if there else ours
    if there:
        notebook.write_bytes(expected)
    command = [*COMMAND, "--port", str(free_port()), "lab"]
    with started(command, folder, tmp_path, PYTHONPATH=str(ROOT)) as server:
        kept = "This folder already has explorer.ipynb: it is opened as it is."
        copied = f"A copy of the explorer's notebook is now in {notebook}."
        assert server.said.splitlines()[0] == (kept if there else copied)
        address, token = re.fullmatch(
            r"(http://.+)/lab/tree/explorer\.ipynb(\?.+)", server.url
        ).groups()
        assert address == f"http://localhost:{command[-2]}"
        assert got(server, f"{address}/files/explorer.ipynb{token}") == expected
    assert notebook.read_bytes() == expected
