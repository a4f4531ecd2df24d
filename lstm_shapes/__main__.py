"""The command ``lstm-shapes``, also ``python -m lstm_shapes``: the explorer in one step.

Voila and JupyterLab are imported only when one of them is started, and torch only by the
notebook's own kernel, so that help and refusals are there at once. The servers run in this
process: Ctrl+C and exit codes are then theirs on every system.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lstm_shapes import __version__

COMMAND = "lstm-shapes"
NOTEBOOK = "explorer.ipynb"
ABOUT = f"""
See, verify and debug the tensors of torch.nn.LSTM.

Without a command, {COMMAND} serves the explorer as a page and opens it in your
browser. Only this computer can reach the page. Press Ctrl+C here to stop.
"""
ABOUT_LAB = f"""
Open the explorer's notebook in JupyterLab, to look at it, run it and change it.

If the current folder has no {NOTEBOOK} yet, a copy of ours is put there. One that is
already there is opened as it is, and never overwritten.
"""
EXAMPLES = f"""
examples:
  {COMMAND}              serve the page and open it
  {COMMAND} --port 9000  serve it at http://localhost:9000
  {COMMAND} lab          open the notebook in JupyterLab
"""


def main(arguments: list[str] | None = None) -> None:
    """Do what the command line asks; it is ``sys.argv`` if no arguments are given."""
    start = argparse.Namespace(start=_serve, port=None, browser=True)
    asked = _parser().parse_args(arguments, start)
    try:
        asked.start(asked)
    except KeyboardInterrupt:
        # Pressed before the server was there to stop by itself.
        sys.exit(130)


def home() -> Path:
    """The folder with the notebook and Voila's settings: of a wheel, or a checkout's own."""
    package = Path(__file__).parent
    in_wheel = package / "dashboard"
    return in_wheel if (in_wheel / NOTEBOOK).is_file() else package.parent


def _parser() -> argparse.ArgumentParser:
    parser = _about(argparse.ArgumentParser(prog=COMMAND, allow_abbrev=False), ABOUT)
    parser.usage = f"{COMMAND} [command] [--port N] [--no-browser] [--version] [--help]"
    parser.epilog = EXAMPLES
    parser.add_argument("--version", action="version", version=f"{COMMAND} {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="command", prog=COMMAND)
    lab = commands.add_parser(
        "lab", help="open the explorer's notebook in JupyterLab", allow_abbrev=False
    )
    _about(lab, ABOUT_LAB).set_defaults(start=_open_in_lab)
    return parser


def _about(parser: argparse.ArgumentParser, text: str) -> argparse.ArgumentParser:
    """What every command has: its description, and the options of a server.

    An option that is not given leaves no trace, so that a command after it keeps its value.
    """
    parser.description = text
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "--port",
        metavar="N",
        type=_port,
        default=argparse.SUPPRESS,
        help="the port to serve at, a number from 1 to 65535; if another program has it, "
        "others near it are tried, and the address is printed",
    )
    parser.add_argument(
        "--no-browser",
        dest="browser",
        action="store_false",
        default=argparse.SUPPRESS,
        help="open no browser; the address is printed",
    )
    return parser


def _port(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a port number. Give a whole number from 1 to 65535, as in --port 8866"
        )
    return int(text)


def _serve(asked: argparse.Namespace) -> None:
    with _needed("voila", "Voila"):
        from voila.app import Voila
    print("Starting the explorer. Press Ctrl+C to stop it.", flush=True)
    voila = Voila.instance()
    # Ours first: it decides where the user's own settings say something else.
    voila.config_file_paths = [str(home()), *voila.config_file_paths]
    voila.initialize([str(home() / NOTEBOOK), *_server_options(asked, "Voila")])
    voila.start()


def _open_in_lab(asked: argparse.Namespace) -> None:
    with _needed("jupyterlab", "JupyterLab"):
        from jupyterlab.labapp import LabApp
    notebook = _notebook_here()
    shown = [
        f"--ServerApp.root_dir={notebook.parent}",
        f"--LabApp.default_url=/lab/tree/{NOTEBOOK}",
    ]
    LabApp.launch_instance([*shown, *_server_options(asked, "ServerApp")])


def _server_options(asked: argparse.Namespace, server: str) -> list[str]:
    port = [] if asked.port is None else [f"--{server}.port={asked.port}"]
    return port if asked.browser else [*port, "--no-browser"]


def _notebook_here() -> Path:
    """The notebook in the current folder: the one that is there, or else a copy of ours."""
    notebook = Path.cwd() / NOTEBOOK
    ours = (home() / NOTEBOOK).read_bytes()
    try:
        with notebook.open("xb") as copy:
            copy.write(ours)
    except FileExistsError:
        print(f"This folder already has {NOTEBOOK}: it is opened as it is.", flush=True)
    except OSError as problem:
        sys.exit(
            f"{COMMAND}: {notebook} cannot be written ({problem.strerror}). "
            "Go to a folder that you may write to, and try again."
        )
    else:
        print(f"A copy of the explorer's notebook is now in {notebook}.", flush=True)
    return notebook


@contextmanager
def _needed(package: str, name: str) -> Iterator[None]:
    """Say how to get a package that is not installed; the library alone does without it."""
    try:
        yield
    except ModuleNotFoundError as missing:
        if missing.name != package:
            raise
        sys.exit(
            f"{COMMAND}: {name} is not installed for {sys.executable}. "
            'Install it with: pip install "lstm-shapes[app]"'
        )


if __name__ == "__main__":
    main()
