"""The core needs no torch, the package no ipywidgets, and imports run one way, room by room."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import lstm_shapes

PACKAGE = Path(lstm_shapes.__file__).parent

# Each room may import from the rooms above it, and from nowhere else. Within a room files may
# import each other, one way too.
ROOMS = [
    "errors",
    "argument",
    "recurrent",
    "config",
    "decoder",
    "formula",
    "tensors",
    "directions",
    "pooling",
    "graph",
    "coverage",
    "cell",
    "live",
    "expression",
    "picture",
    "statements",
    "snippet",
    "decoder_snippet",
    "explain",
    "explorer",
    "__main__",
    "dashboard",
]
OUTSIDE = {"lstm_shapes", "lstm_shapes.__main__"}
"""The front door, and the command, which comes in by it."""


def loaded_by(code: str) -> set[str]:
    """Top-level modules in a fresh interpreter after running some code."""
    script = f"import sys\n{code}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


HEAVY = {"torch", "ipywidgets", "anywidget", "IPython", "numpy"}


def test_importing_the_package_loads_neither_torch_nor_ipywidgets() -> None:
    assert not loaded_by("import lstm_shapes") & HEAVY


def test_the_formula_answers_without_torch() -> None:
    code = (
        "from lstm_shapes import InputSizes, Settings, estimate, svg, tensor_shapes, unroll\n"
        "question = Settings(4, 3), InputSizes(5, 3)\n"
        "tensor_shapes(*question), estimate(*question), svg(unroll(*question))"
    )
    assert not loaded_by(code) & HEAVY


def test_running_loads_torch_but_no_widgets() -> None:
    loaded = loaded_by(
        "from lstm_shapes import run, split_directions\n"
        "from lstm_shapes.statements import article, slices"
    )
    assert "torch" in loaded
    assert not loaded & {"ipywidgets", "anywidget"}


def test_the_page_is_there_before_torch() -> None:
    code = (
        "import importlib, threading\n"
        "real = importlib.import_module\n"
        "def late(name, package=None):\n"
        "    if name.startswith('lstm_shapes.statements'): threading.Event().wait()\n"
        "    return real(name, package)\n"
        "import lstm_shapes.explorer.state as state\n"
        "state.import_module = late\n"
        "from lstm_shapes import Explorer; e = Explorer()\n"
        "assert e.state.snapshot.status == 'predicted', e.state.snapshot\n"
        "assert e.stage.view['cards'][1]['shape']['shape'] == '3,5,6'"
    )
    loaded = loaded_by(code)
    assert "ipywidgets" in loaded
    assert "torch" not in loaded


@pytest.mark.parametrize("heavy", ["torch", "ipywidgets"])
def test_the_check_can_fail(heavy: str) -> None:
    assert heavy in loaded_by(f"import lstm_shapes, {heavy}")


def imports_of(source: str) -> set[str]:
    """The package's own modules that a source imports, at the top or late."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lstm_shapes"):
            names = {f"{node.module}.{name.name}" for name in node.names}
            # Of `from lstm_shapes.statements import cell` the module is the name's.
            found |= {name for name in names if name in FILES} or {node.module or ""}
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names if each.name.startswith("lstm_shapes")}
    return found


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


FILES = {
    module_name(path): path for path in sorted(PACKAGE.rglob("*.py")) if "web" not in path.parts
}


def room_of(module: str) -> str:
    """The room that a module is in; the front door counts as the last, so that none uses it."""
    return module.split(".")[1] if "." in module else "explorer"


def wrong_way(module: str, source: str) -> set[str]:
    """What a module imports of a room that does not stand above its own."""
    here = ROOMS.index(room_of(module))
    others = {name for name in imports_of(source) if room_of(name) != room_of(module)}
    return {name for name in others if ROOMS.index(room_of(name)) >= here} | (
        imports_of(source) & {"lstm_shapes"}
    )


@pytest.mark.parametrize("module", [name for name in FILES if name not in OUTSIDE])
def test_imports_run_one_way(module: str) -> None:
    assert not wrong_way(module, FILES[module].read_text(encoding="utf-8"))


def test_every_file_is_in_a_room() -> None:
    assert {room_of(module) for module in FILES} == set(ROOMS)


def cycle_in(imported: dict[str, set[str]]) -> list[str]:
    """Modules that import each other in a ring; none if every import leads on."""
    done: set[str] = set()

    def follow(module: str, way: list[str]) -> list[str]:
        if module in way:
            return way[way.index(module) :]
        if module not in done:
            for other in sorted(imported.get(module, ())):
                if ring := follow(other, [*way, module]):
                    return ring
        done.add(module)
        return []

    return next((ring for module in imported if (ring := follow(module, []))), [])


def at_run_time(source: str) -> str:
    """A source without what only a type checker reads."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.body = [ast.Pass()]
    return ast.unparse(tree)


def test_no_files_import_each_other_in_a_ring() -> None:
    sources = {name: at_run_time(path.read_text(encoding="utf-8")) for name, path in FILES.items()}
    assert not cycle_in({name: imports_of(source) for name, source in sources.items()})


def test_formula_and_run_know_nothing_of_each_other() -> None:
    """What a run costs is asked of the formula; what comes out of it is not."""
    by_room: dict[str, set[str]] = {}
    for name, path in FILES.items():
        by_room.setdefault(room_of(name), set()).update(imports_of(path.read_text("utf-8")))
    formula = {name for name in by_room["live"] if room_of(name) == "formula"}
    assert formula == {"lstm_shapes.formula.budget"}
    assert {room_of(name) for name in by_room["formula"]} == {
        "errors",
        "argument",
        "config",
        "formula",
    }


def test_the_one_way_check_can_fail() -> None:
    late = "def f():\n    import lstm_shapes.explorer.app"
    assert wrong_way("lstm_shapes.live.run", late) == {"lstm_shapes.explorer.app"}
    up = "from lstm_shapes.live.run import run"
    assert wrong_way("lstm_shapes.formula.shapes", up) == {"lstm_shapes.live.run"}
    room = "from lstm_shapes.statements import cell"
    assert wrong_way("lstm_shapes.live.run", room) == {"lstm_shapes.statements.cell"}
    assert wrong_way("lstm_shapes.live.run", "from lstm_shapes import Settings") == {"lstm_shapes"}
    assert not wrong_way("lstm_shapes.live.run", "from lstm_shapes.formula.budget import check")
    assert cycle_in({"a": {"b"}, "b": {"c"}, "c": {"a"}}) == ["a", "b", "c"]
    assert not cycle_in({"a": {"b", "c"}, "b": {"c"}, "c": set()})


def test_every_public_name_is_there_whatever_was_imported_before() -> None:
    assert 25 <= len(lstm_shapes.__all__) <= 37
    for name in lstm_shapes.__all__:
        assert getattr(lstm_shapes, name) is not None
    assert sorted(dir(lstm_shapes)) == sorted(lstm_shapes.__all__)
    with pytest.raises(AttributeError, match="lstm_shapes attribute lstm"):
        _ = lstm_shapes.lstm
    # A module of the same name, once it is imported, must not stand in the function's place.
    script = "import lstm_shapes.coverage\nfrom lstm_shapes import coverage\nassert coverage(1, 2)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PACKAGE.parent, capture_output=True, text=True
    )
    assert "vector=1 is no tensor" in done.stderr
