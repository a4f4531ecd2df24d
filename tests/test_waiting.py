"""No test waits a fixed time, or for anything whatever: it waits for what it needs."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def fixed_waits(source: str) -> list[str]:
    """Calls that wait so long whatever happens; a sleep of 0 only gives way to others."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            gives_way = [ast.unparse(each) for each in node.args] == ["0"]
            if name == "wait_for_timeout" or (name == "sleep" and not gives_way):
                found.append(ast.unparse(node))
    return found


def test_no_test_waits_a_fixed_time() -> None:
    paths = sorted(HERE.rglob("*.py"))
    assert Path(__file__) in paths
    # Benchmarks move at a pace, and rest between what they measure.
    tests = [path for path in paths if not path.name.startswith("benchmark")]
    found = {path.name: fixed_waits(path.read_text(encoding="utf-8")) for path in tests}
    assert {name: waits for name, waits in found.items() if waits} == {}


def promises(source: str) -> list[str]:
    """Waits that take any outcome: to Playwright a promise is a yes, whatever comes of it."""
    tree = ast.parse(source)
    texts = {
        ast.unparse(node.targets[0]): ast.unparse(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".wait_for_function"):
            script = ast.unparse(node.args[0])
            if re.search(r"\basync\b|\bawait\b|\bPromise\b|\.then\(", texts.get(script, script)):
                found.append(script)
    return found


def test_no_test_takes_a_promise_for_an_answer() -> None:
    paths = sorted(HERE.rglob("*.py"))
    found = {path.name: promises(path.read_text(encoding="utf-8")) for path in paths}
    assert {name: waits for name, waits in found.items() if waits} == {}


@pytest.mark.parametrize(
    "script", ["async () => (await fetch('/')).ok", "read().then((text) => text === 'a')"]
)
def test_the_check_of_promises_can_fail(script: str) -> None:
    assert promises(f"page.wait_for_function({script!r}, arg=1)") == [repr(script)]
    assert promises(f"WAIT = {script!r}\npage.wait_for_function(WAIT)") == ["WAIT"]
    assert promises(f"page.evaluate({script!r})\npage.wait_for_function('() => ready')") == []


@pytest.mark.parametrize(
    "wait", ["page.wait_for_timeout(300)", "time.sleep(1)", "sleep(0.1)", "asyncio.sleep(seconds)"]
)
def test_the_check_of_waiting_can_fail(wait: str) -> None:
    assert fixed_waits(f"def test() -> None:\n    {wait}  # so long") == [wait]
    assert fixed_waits(f"asyncio.sleep(0)\nprint({wait!r})") == []
