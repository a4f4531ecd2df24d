"""What is declared agrees, and a wheel holds all that the package needs."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

import lstm_shapes
from tests.test_command import free_port, got, started
from tests.test_readme import blocks

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
EDITABLE = "-e ."  # this folder itself, with its command and its template for Voila


def test_conda_environment_agrees_with_pyproject() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert environment["channels"] == ["conda-forge"]
    *from_conda, from_pip = environment["dependencies"]
    assert from_pip == {"pip": [EDITABLE]}
    conda = bounds(from_conda)
    assert conda.pop("python") == PROJECT["project"]["requires-python"].removeprefix(">=")
    assert version(conda.pop("pip")) >= (21, 3)  # the first that installs a folder without setup.py
    # conda-forge calls it pytorch
    assert {"torch" if name == "pytorch" else name: v for name, v in conda.items()} == NEEDED | APP


def pins_of(path: Path) -> dict[str, list[str]]:
    """The exact versions in a file of requirements, which ends with this folder itself."""
    *lines, ours = path.read_text(encoding="utf-8").splitlines()
    assert ours == EDITABLE
    pins: dict[str, list[str]] = {}
    for line in lines:
        if not line.startswith("#"):
            name, pin = re.match(r"([a-z0-9.-]+)==([^ ;]+)( ; .+)?$", line).group(1, 2)
            pins.setdefault(name, []).append(pin)
    return pins


def test_the_tested_set_is_exact_and_holds_all_that_is_needed() -> None:
    pins = pins_of(ROOT / "requirements.txt")
    assert pins["torch"] == ["2.13.0"]
    for name, least in (NEEDED | APP | DEV).items():
        assert all(version(pin) >= version(least) for pin in pins[name]), name


def test_the_oldest_set_has_the_oldest_that_is_admitted() -> None:
    pins = pins_of(ROOT / ".ci" / "oldest.txt")
    for name, least in (NEEDED | APP).items():
        (pin,) = pins[name]
        assert re.fullmatch(rf"{re.escape(least)}(\.0)*", pin), name


def test_the_tests_run_on_the_tested_set(tmp_path: Path) -> None:
    """A fresh set-up has exactly the pins, so that a green run speaks for them."""
    if not Path(sys.prefix).is_relative_to(ROOT) or sys.version_info[:2] != (3, 11):
        pytest.skip("not in the README's environment on the Python that it was tested on")
    others = (ROOT / "requirements.txt").read_text(encoding="utf-8").removesuffix(f"{EDITABLE}\n")
    (tmp_path / "others.txt").write_text(others, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--dry-run", "-q", "-r", tmp_path / "others.txt"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Would install" not in done.stdout


def foreign(*paths: Path) -> set[str]:
    """What files import that is neither Python's nor ours."""
    imported = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                imported.add((node.module or "").partition(".")[0])
    return imported - set(sys.stdlib_module_names) - {"lstm_shapes"}


def test_the_package_imports_nothing_that_is_not_declared() -> None:
    """Only the command needs what its servers are."""
    command = ROOT / "lstm_shapes" / "__main__.py"
    library = set((ROOT / "lstm_shapes").rglob("*.py")) - {command}
    needed = {name.replace("-", "_") for name in NEEDED} - {"numpy"}  # torch imports it
    assert {name.lower() for name in foreign(*library)} == needed
    assert foreign(command) == set(APP)


@dataclass
class Environment:
    """A fresh environment with the wheel in it, and an empty folder elsewhere."""

    python: Path
    elsewhere: Path
    prefix: Path

    def said(self, *command: str | Path) -> str:
        """What a program of this environment prints, run from elsewhere."""
        program = self.python.parent / command[0]
        done = subprocess.run(
            [program, *command[1:]], cwd=self.elsewhere, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """A wheel built from the tree, in an environment of its own. Dependencies come from this
    environment, of which the package, if it is here, is left out."""
    work = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check"]
    build = ["wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(work), str(ROOT)]
    subprocess.run([*pip, *build], check=True, capture_output=True)
    (wheel,) = work.glob("*.whl")
    prefix, elsewhere = work / "env", work / "elsewhere"
    elsewhere.mkdir()
    venv.create(prefix, with_pip=False)
    for needed in ("labextensions", "nbconvert", "voila", "kernels"):
        shutil.copytree(
            Path(sysconfig.get_path("data")) / "share" / "jupyter" / needed,
            prefix / "share" / "jupyter" / needed,
            ignore=shutil.ignore_patterns("lstm_shapes"),
        )
    python = prefix / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    install = ["--python", str(python), "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run([*pip, *install], check=True, capture_output=True)
    environment = Environment(python, elsewhere, prefix)
    where = environment.said(
        "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"
    )
    dependencies = Path(where) / "dependencies.pth"
    dependencies.write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return environment


def contents(folder: Path) -> dict[Path, bytes]:
    """Every file below a folder."""
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_a_wheel_holds_what_the_page_is_made_of_and_no_tools(
    installed: Environment,
) -> None:
    code = (
        "import lstm_shapes.explorer as e, pathlib; print(pathlib.Path(e.__file__).parent / 'web')"
    )
    web = Path(installed.said("python", "-c", code))
    there = {path.relative_to(web) for path in web.rglob("*") if path.is_file()}
    here = ROOT / "lstm_shapes" / "explorer" / "web"
    folders = (here, here / "parts", here / "panels")
    files = {path.relative_to(here) for folder in folders for path in folder.glob("*.[jc]s*")}
    tools = {path.relative_to(here) for path in here.glob("*.json")} | {Path("records.js")}
    assert len(tools) > 3
    assert there == files - tools


def test_a_wheel_works_in_a_fresh_environment_from_another_folder(
    installed: Environment,
) -> None:
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
    home, *rest = installed.said("python", "-c", code).splitlines()
    assert Path(home).is_relative_to(installed.prefix)
    assert rest == ["(3, 3, 3)", "True True", "True"]


def test_there_is_one_version(installed: Environment) -> None:
    code = "from importlib.metadata import version; print(version('lstm-shapes'))"
    ours = lstm_shapes.__version__
    assert installed.said("python", "-c", code) == ours
    assert installed.said("lstm-shapes", "--version") == f"lstm-shapes {ours}"
    assert installed.said("python", "-m", "lstm_shapes", "--version") == f"lstm-shapes {ours}"


def test_a_wheel_brings_the_notebook_and_voilas_settings_and_template(
    installed: Environment,
) -> None:
    code = "import lstm_shapes.__main__ as command; print(command.home())"
    home = Path(installed.said("python", "-c", code))
    assert home.is_relative_to(installed.prefix)
    for name in ("explorer.ipynb", "voila.json"):
        assert (home / name).read_bytes() == (ROOT / name).read_bytes()
    ours = contents(ROOT / "lstm_shapes" / "dashboard" / "template")
    assert ours
    templates = installed.prefix / "share" / "jupyter" / "voila" / "templates"
    assert contents(templates / "lstm_shapes") == ours
    assert not (home / "template").exists()


def test_one_command_after_installing_serves_the_page(
    installed: Environment, tmp_path: Path
) -> None:
    (name,) = PROJECT["project"]["scripts"]
    assert name in blocks("sh")
    command = [str(installed.python.parent / name), f"--port={free_port()}"]
    with started(command, installed.elsewhere, tmp_path) as server:
        page = got(server, server.url).decode()
    assert "<title>LSTM shapes</title>" in page
    assert list(installed.elsewhere.iterdir()) == []


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A source distribution built from the tree, unpacked."""
    work = tmp_path_factory.mktemp("sdist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(work)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (archive,) = work.glob("*.tar.gz")
    subprocess.run([sys.executable, "-m", "tarfile", "-e", archive, work], check=True)
    return work / archive.name.removesuffix(".tar.gz")


def test_an_sdist_is_the_whole_checkout(unpacked: Path) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("no checkout, so that nothing says which files belong to it")
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True)
    checkout = {Path(name) for name in done.stdout.split("\0") if name}
    assert set(contents(unpacked)) == checkout | {Path("PKG-INFO")}


def test_an_sdist_passes_its_own_tests(unpacked: Path) -> None:
    """Those that read what stands beside the package, and some of the package itself."""
    tests = ["tests/test_readme.py", "tests/test_notebook.py", "tests/test_config.py"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-k", "not run", *tests],
        cwd=unpacked,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout
