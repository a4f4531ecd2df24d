"""The command ``lstm-shapes``, also ``python -m lstm_shapes``: the explorer, or a report.

Voila and JupyterLab are imported only when one of them is started, and torch only by the
notebook's own kernel, so that help and refusals are there at once. The servers run in this
process: Ctrl+C and exit codes are then theirs on every system.
"""

from __future__ import annotations

import argparse
import io
import os
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
ABOUT_EXPLAIN = """
Print what a model of your own does with the tensors of its LSTM, GRU or RNN, and which
silent mistakes it has.

The model and its batch are named by the file they are in. The file is run as by an import:
what stands below if __name__ == "__main__" is not run. A copy of the model is examined.

The exit code is 0 if nothing is found, 1 if something is found or the call of the model
raises, and 2 if the command cannot be followed.
"""
EXAMPLES = f"""
examples:
  {COMMAND}              serve the page and open it
  {COMMAND} --port 9000  serve it at http://localhost:9000
  {COMMAND} lab          open the notebook in JupyterLab
  {COMMAND} explain train.py:model train.py:batch
                           report on a model of your own
"""
EXAMPLES_EXPLAIN = f"""
examples:
  {COMMAND} explain train.py:model train.py:batch
      model is a module in train.py, and batch a tensor that it is called with
  {COMMAND} explain net.py:Tagger data.py:make_batch --target data.py:make_tags
      the class is called without arguments, and so are the two functions
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
    _about_explain(
        commands.add_parser(
            "explain", help="report on a model of your own, in a file", allow_abbrev=False
        )
    )
    return parser


def _about_explain(parser: argparse.ArgumentParser) -> None:
    parser.description = ABOUT_EXPLAIN
    parser.epilog = EXAMPLES_EXPLAIN
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "model",
        metavar="file.py:model",
        help="an nn.Module in a file, or a class or function that makes one without arguments",
    )
    parser.add_argument(
        "batch",
        metavar="file.py:batch",
        help="what the model is called with: a tensor, a tuple or list of arguments, a dict of "
        "keyword arguments, or a function that makes one of these",
    )
    parser.add_argument(
        "--target",
        metavar="file.py:name",
        help="the tensor that the loss holds the result against, or a function that makes it; "
        "with it their shapes and their steps are looked at too",
    )
    parser.add_argument(
        "--batch-axis",
        metavar="N",
        type=_axis,
        help="which axis of the first sequence is the batch, counted from 0, where it is not "
        "the first",
    )
    parser.set_defaults(start=_explain, refuse=parser.error)


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


def _axis(text: str) -> int:
    if text not in ("0", "1", "2", "3"):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not an axis. Give a whole number from 0 to 3, as in --batch-axis 1"
        )
    return int(text)


def _explain(asked: argparse.Namespace) -> None:
    from lstm_shapes.explain.model.command import Misused, explained_files

    # A terminal that has no ✓ prints another mark for it, and not a traceback.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        code = explained_files(asked.model, asked.batch, asked.target, asked.batch_axis)
        sys.stdout.flush()
    except BrokenPipeError:  # what it is piped to, such as head, has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Misused as misused:
        asked.refuse(str(misused))
    else:
        sys.exit(code)


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
