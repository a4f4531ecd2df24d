"""What is declared agrees, and a wheel holds all that the package needs."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
import yaml

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def bounds(lines: list[str]) -> dict[str, str]:
    """``{"torch": "2.4"}`` of ``["torch>=2.4"]``; anything but an open lower bound is an error."""
    return dict(re.match(r"([A-Za-z0-9-]+)>=([\d.]+)(;|$)", line).group(1, 2) for line in lines)


def version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


NEEDED = bounds(PROJECT["project"]["dependencies"])
APP = bounds(PROJECT["project"]["optional-dependencies"]["app"])
DEV = bounds(PROJECT["dependency-groups"]["dev"])


def test_conda_environment_agrees_with_pyproject() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert environment["channels"] == ["conda-forge"]
    conda = bounds(environment["dependencies"])
    assert conda.pop("python") == PROJECT["project"]["requires-python"].removeprefix(">=")
    # conda-forge calls it pytorch
    assert {"torch" if name == "pytorch" else name: v for name, v in conda.items()} == NEEDED | APP


def test_the_tested_set_is_exact_and_holds_all_that_is_needed() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins: dict[str, list[str]] = {}
    for line in lines:
        if not line.startswith("#"):
            name, pin = re.match(r"([a-z0-9-]+)==([^ ;]+)( ; .+)?$", line).group(1, 2)
            pins.setdefault(name, []).append(pin)
    assert pins["torch"] == ["2.13.0"]
    for name, least in (NEEDED | APP | DEV).items():
        assert all(version(pin) >= version(least) for pin in pins[name]), name


def test_the_tests_run_on_the_tested_set() -> None:
    """A fresh set-up has exactly the pins, so that a green run speaks for them."""
    if not Path(sys.prefix).is_relative_to(ROOT):
        pytest.skip("not in the README's environment")
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--dry-run", "-q", "-r", "requirements.txt"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Would install" not in done.stdout


def test_the_package_imports_nothing_that_is_not_declared() -> None:
    imported = set()
    for path in (ROOT / "lstm_shapes").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").partition(".")[0])
    foreign = imported - set(sys.stdlib_module_names) - {"lstm_shapes"}
    assert foreign == {name.replace("-", "_") for name in NEEDED}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A wheel built from the tree, in an environment of its own: its python, and a folder
    elsewhere. Dependencies come from this environment, in which the package is not."""
    work = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check"]
    build = ["wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(work), str(ROOT)]
    subprocess.run([*pip, *build], check=True, capture_output=True)
    (wheel,) = work.glob("*.whl")
    venv.create(work / "env", with_pip=False)
    binaries = work / "env" / ("Scripts" if sys.platform == "win32" else "bin")
    python = binaries / "python"
    install = ["--python", str(python), "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run([*pip, *install], check=True, capture_output=True)
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    done = subprocess.run([python, "-c", where], capture_output=True, text=True, check=True)
    dependencies = Path(done.stdout.strip()) / "dependencies.pth"
    dependencies.write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    elsewhere = work / "elsewhere"
    elsewhere.mkdir()
    return python, elsewhere


def test_a_wheel_holds_what_the_page_is_made_of_and_no_tools(
    installed: tuple[Path, Path],
) -> None:
    python, elsewhere = installed
    code = (
        "import lstm_shapes.explorer as e, pathlib; print(pathlib.Path(e.__file__).parent / 'web')"
    )
    done = subprocess.run(
        [python, "-c", code], cwd=elsewhere, capture_output=True, text=True, check=True
    )
    web = Path(done.stdout.strip())
    there = {path.relative_to(web) for path in web.rglob("*") if path.is_file()}
    here = ROOT / "lstm_shapes" / "explorer" / "web"
    folders = (here, here / "parts", here / "panels")
    files = {path.relative_to(here) for folder in folders for path in folder.glob("*.[jc]s*")}
    tools = {path.relative_to(here) for path in here.glob("*.json")} | {Path("records.js")}
    assert len(tools) > 3
    assert there == files - tools


def test_a_wheel_works_in_a_fresh_environment_from_another_folder(
    installed: tuple[Path, Path],
) -> None:
    python, elsewhere = installed
    code = """
import lstm_shapes, pathlib
from lstm_shapes import Explorer
from lstm_shapes.explorer import sources
home = pathlib.Path(lstm_shapes.__file__).parent
explorer = Explorer(num_layers=3)
explorer.state.wait(60)
explorer.state.update(bidirectional=False)
print(home)
print(explorer.state.snapshot.run.shapes()["h_n"])
print(len(sources.script()) > 1000, len(sources.styles()) > 1000)
print((home / "py.typed").is_file())
"""
    done = subprocess.run(
        [python, "-c", code], cwd=elsewhere, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    home, *rest = done.stdout.splitlines()
    assert Path(home).is_relative_to(python.parent.parent)
    assert rest == ["(3, 3, 3)", "True True", "True"]
