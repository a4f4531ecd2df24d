"""The command ``lstm-shapes explain``: a model and its batch by name, from the user's own files.

What can be refused by the words alone is refused before torch is imported.
"""

from __future__ import annotations

import ast
import difflib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from lstm_shapes.errors import ArgumentError

MODEL, BATCH, TARGET = "file.py:model", "file.py:batch", "--target"
"""The arguments, as the usage and the refusals name them."""

BY_NAME = "Give a file and the name of an object in it, as in train.py:model"
MADE = "write a function without arguments that makes it, and name that function"
BATCHES = (
    "give a tensor, a tuple or list of the arguments, a dict of keyword arguments, or a function "
    "without arguments that makes one of these"
)

_NOT_THEIRS = (__file__, "<frozen importlib")


class Misused(Exception):
    """A command line that cannot be followed; its text names the argument, the value and the cure.

    Args:
        argument: as the usage writes it.
        value: what was given.
        problem: what is wrong with it, a clause.
        cure: what to do instead, a sentence without its full stop.
    """

    def __init__(self, argument: str, value: str, problem: str, cure: str) -> None:
        super().__init__(f"argument {argument}: {value!r} {problem}. {cure}")


def explained_files(
    model: str, batch: str, target: str | None = None, batch_axis: int | None = None
) -> int:
    """Print the report on a model in a file.

    Args:
        model: ``file.py:name`` of an nn.Module, or of something that makes one when it is called
            without arguments: a class or a function.
        batch: ``file.py:name`` of what the model is called with: a tensor, a tuple or list of
            arguments, a dict of keyword arguments, or something that makes one of these.
        target: ``file.py:name`` of a tensor, or of something that makes one; ``None`` for none.
        batch_axis: as for :func:`~lstm_shapes.explain`.

    Returns:
        The exit code: 0 without findings, 1 with findings or if the call raises.

    Raises:
        Misused: there is no such file or name, the file itself raises, or the object is of the
            wrong type.
    """
    wanted = [_Named.read(MODEL, model), _Named.read(BATCH, batch)]
    wanted += [] if target is None else [_Named.read(TARGET, target)]
    with _Files().found() as files:
        # Later than the refusals above, which are there at once without torch.
        from torch import Tensor

        from lstm_shapes.explain.model.explain import explain

        module = _model(wanted[0], files)
        args, kwargs = _batch(wanted[1], files)
        goal = _made(wanted[2], files, Tensor) if target is not None else None
        if target is not None and not isinstance(goal, Tensor):
            problem = f"is a {type(goal).__name__}, not a tensor"
            raise Misused(TARGET, target, problem, "Give the targets of the batch")
        try:
            report = explain(module, *args, target=goal, batch_axis=batch_axis, **kwargs)
        except ArgumentError as refused:
            named = {"batch_axis": ("--batch-axis", str(batch_axis))}
            argument, value = named.get(refused.argument, (MODEL, model))
            raise Misused(argument, value, refused.problem, _sentence(refused.cure)) from None
    print(report)
    return 1 if report.findings or report.error is not None else 0


@dataclass(frozen=True)
class _Named:
    """An object in a file, as it was asked for.

    Attributes:
        argument: of the command, as the usage writes it.
        text: what was given for it.
        file: the file.
        name: the object's name in it; with dots, an attribute's.
    """

    argument: str
    text: str
    file: Path
    name: str

    @classmethod
    def read(cls, argument: str, text: str) -> _Named:
        path, _, name = text.rpartition(":")
        if not path or not all(part.isidentifier() for part in name.split(".")):
            raise Misused(argument, text, "names no object in a file", BY_NAME)
        file = Path(path).resolve()
        if not file.is_file():
            cure = f"Give the path of a file, as it is seen from {Path.cwd()}"
            raise Misused(argument, text, f"is in no file: there is no {path}", cure)
        if file.suffix != ".py":
            cure = "Give a file of Python code, whose name ends in .py"
            if file.suffix == ".ipynb":
                cure = "In a notebook, call lstm_shapes.explain(model, x) in a cell"
            raise Misused(argument, text, f"is in {file.name}, which is no Python file", cure)
        return cls(argument, text, file, name)

    def refused(self, problem: str, cure: str) -> Misused:
        return Misused(self.argument, self.text, problem, _sentence(cure))


@dataclass
class _Files:
    """The user's files, each run once, as Python runs a module that is imported."""

    _run: dict[Path, ModuleType] = field(default_factory=dict)

    @contextmanager
    def found(self) -> Iterator[_Files]:
        """While this lasts, a file may import its neighbours, also late, in ``forward``."""
        before = list(sys.path)
        try:
            yield self
        finally:
            sys.path[:] = before

    def object(self, named: _Named) -> Any:
        """The object of that name."""
        module = self._module(named)
        found: Any = module
        for part in named.name.split("."):
            try:
                found = getattr(found, part)
            except AttributeError:
                raise named.refused(*_no_such_name(named, module)) from None
        return found

    def _module(self, named: _Named) -> ModuleType:
        if named.file not in self._run:
            root, name = _importable(named.file)
            sys.path.insert(0, str(root))
            self._run[named.file] = _users(named, lambda: _loaded(named.file, name))
        return self._run[named.file]


def _importable(file: Path) -> tuple[Path, str]:
    """The folder to import a file from, and its name there: a file of a package has a longer one,
    so that its relative imports work. A folder is a package if it says so, or if its file imports
    what is beside it as of one."""
    parts, folder, levels = [file.stem], file.parent, _levels(file)
    if levels:  # a neighbour that it imports may reach further up
        levels = max(_levels(each) for each in folder.glob("*.py"))
    while (folder / "__init__.py").is_file() or len(parts) <= levels:
        parts.insert(0, folder.name)
        folder = folder.parent
    return folder, ".".join(parts)


def _levels(file: Path) -> int:
    """How many folders up the relative imports of a file reach; 0 without any."""
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError):  # it is told when the file is run
        return 0
    imports = [each for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)]
    return max((each.level for each in imports), default=0)


def _loaded(file: Path, name: str) -> ModuleType:
    """Run a file as a module, which its neighbours find under its name."""
    package = name.rpartition(".")[0]
    if package:
        importlib.import_module(package)
    there = sys.modules.get(name)
    if there is not None and Path(getattr(there, "__file__", None) or "").resolve() == file:
        return there  # a neighbour has imported it already
    if there is not None:  # such as a file that is called random.py
        name = f"{name}_explained"
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _users(named: _Named, run: Callable[[], Any]) -> Any:
    """Run code of the user's; what it raises is told as Python tells it, without our own frames."""
    try:
        return run()
    except (Exception, SystemExit) as error:
        place = error.__traceback__
        while place is not None and place.tb_frame.f_code.co_filename.startswith(_NOT_THEIRS):
            place = place.tb_next
        told = "".join(traceback.format_exception(type(error), error, place)).rstrip()
        raise named.refused(
            f"cannot be had: {named.file.name} raised {type(error).__name__}",
            "Its code is run as by an import; what only a script should do belongs below "
            f'if __name__ == "__main__":\n\n{told}',
        ) from None


def _made(named: _Named, files: _Files, kind: type | tuple[type, ...]) -> Any:
    """An object of a kind, made by what has the name if that is none itself."""
    found = files.object(named)
    if isinstance(found, kind) or not callable(found):
        return found
    try:
        inspect.signature(found).bind()
    except TypeError as missing:
        raise named.refused(f"cannot be called without arguments ({missing})", MADE) from None
    except ValueError:  # some callables of C tell nothing of their arguments
        pass
    return _users(named, found)


def _model(named: _Named, files: _Files) -> Any:
    from torch import nn

    model = _made(named, files, nn.Module)
    if not isinstance(model, nn.Module):
        problem = f"is a {type(model).__name__}, not an nn.Module"
        cure = f"name a model, its class if that takes no arguments, or else {MADE}"
        raise named.refused(problem, cure)
    return model


def _batch(named: _Named, files: _Files) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """What the model is called with: positional arguments, and those by keyword."""
    from torch import Tensor, nn
    from torch.nn.utils.rnn import PackedSequence

    batch = _made(named, files, (Tensor, tuple, list, Mapping, nn.Module))
    if isinstance(batch, (Tensor, PackedSequence)):  # a PackedSequence is a tuple too
        return (batch,), {}
    if isinstance(batch, (tuple, list)):
        return tuple(batch), {}
    if isinstance(batch, Mapping) and all(isinstance(name, str) for name in batch):
        return (), dict(batch)
    problem = f"is a {type(batch).__name__}, and no batch"
    if isinstance(batch, Mapping):
        problem = "is a dict whose keys are no names of arguments"
    raise named.refused(problem, f"{BATCHES}; of anything else a tuple with it, as in (batch,)")


def _no_such_name(named: _Named, module: ModuleType) -> tuple[str, str]:
    """What is said of a name that is not there, with the one that may be meant."""
    own = [name for name in vars(module) if not name.startswith("_")]
    near = difflib.get_close_matches(named.name, own, 1)
    cure = f"did you mean {near[0]}?" if near else "name something that the file defines"
    return f"is not there: {named.file.name} has no {named.name}", cure


def _sentence(clause: str) -> str:
    return clause[:1].upper() + clause[1:]
