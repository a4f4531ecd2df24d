"""The core needs no torch, the package no ipywidgets, and imports run one way."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import lstm_shapes

PACKAGE = Path(lstm_shapes.__file__).parent

# Each may import those on the lines above it, and from its own line what it is no rival of.
LAYERS = [
    ["config"],
    ["shapes"],
    ["budget", "effects"],
    ["live", "directions", "scene", "operations"],
    ["spots", "evaluation", "again"],
    ["indices", "cell"],
    ["grammar", "by_hand", "dropout", "initial", "reproducibility"],
    ["steps", "words", "snippet", "messages", "gradients", "origins"],
    ["claims", "layout", "vectors", "classifier", "packing"],
    ["evidence", "render", "reshapes", "article", "padding"],
    ["explorer"],
]


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
        "from lstm_shapes import InputSizes, Settings, estimate, tensor_shapes\n"
        "question = Settings(4, 3), InputSizes(5, 3)\n"
        "tensor_shapes(*question), estimate(*question)"
    )
    assert not loaded_by(code) & HEAVY


def test_running_loads_torch_but_no_widgets() -> None:
    loaded = loaded_by("from lstm_shapes import direction_claims, run, split_directions")
    assert "torch" in loaded
    assert not loaded & {"ipywidgets", "anywidget"}


def test_the_page_is_there_before_torch() -> None:
    code = (
        "import threading\n"
        "from lstm_shapes.explorer.state import State\n"
        "State._import_torch = lambda self: threading.Event().wait()\n"
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


def layer_of(module: str) -> int:
    return next(i for i, layer in enumerate(LAYERS) if module in layer)


def imports_of(source: str) -> set[str]:
    """The package's own modules that a source imports, at the top or late."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lstm_shapes."):
            found.add((node.module or "").split(".")[1])
        if isinstance(node, ast.ImportFrom) and node.module == "lstm_shapes":
            found |= {name.name for name in node.names}
        if isinstance(node, ast.Import):
            found |= {n.name.split(".")[1] for n in node.names if n.name.startswith("lstm_shapes.")}
    return found


def wrong_way(module: str, source: str) -> set[str]:
    here = layer_of(module)
    return {name for name in imports_of(source) - {module} if layer_of(name) >= here}


MODULES = [path for path in sorted(PACKAGE.rglob("*.py")) if path != PACKAGE / "__init__.py"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path) -> None:
    module = path.relative_to(PACKAGE).with_suffix("").parts[0]
    assert not wrong_way(module, path.read_text(encoding="utf-8"))


def test_formula_and_run_know_nothing_of_each_other() -> None:
    sources = {name: (PACKAGE / f"{name}.py").read_text() for name in ("live", "shapes")}
    assert "shapes" not in imports_of(sources["live"])
    assert imports_of(sources["shapes"]) == {"config"}


def test_the_one_way_check_can_fail() -> None:
    assert wrong_way("shapes", "from lstm_shapes.live import run") == {"live"}
    assert wrong_way("live", "def f():\n    import lstm_shapes.explorer.app") == {"explorer"}
    assert not wrong_way("live", "from lstm_shapes.budget import check")


def test_no_public_name_is_a_modules() -> None:
    # Importing a module sets its name in the package: it would hide the other.
    modules = {path.stem for path in PACKAGE.glob("*.py")}
    assert not modules & set(lstm_shapes.__all__)


def test_every_public_name_is_there() -> None:
    for name in lstm_shapes.__all__:
        assert getattr(lstm_shapes, name) is not None
    assert sorted(dir(lstm_shapes)) == sorted(lstm_shapes.__all__)
    with pytest.raises(AttributeError, match="no attribute 'lstm'"):
        _ = lstm_shapes.lstm
