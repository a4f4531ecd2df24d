"""The README's commands and blocks are what they say."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    found = re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.M | re.S)
    assert found, f"no {language} block left in the README"
    return [block.strip() for block in found]


def first_command(language: str) -> str:
    return blocks(language)[0]


def test_the_python_blocks_run_and_print_what_is_shown() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(blocks("python"))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "\n".join(blocks("text"))


def test_the_two_commands_set_up_everything_from_a_fresh_clone() -> None:
    serve, test, *_ = blocks("sh")
    set_up = "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt && .venv/bin/"
    assert serve == f"{set_up}voila explorer.ipynb"
    assert test == f"{set_up}python -m pytest"


def test_ci_runs_the_readmes_test_command_and_no_copy_of_it() -> None:
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert "README.md" in script
    assert "-m pytest" not in script
    extract = next(line for line in script.splitlines() if line.startswith("test_command="))
    done = subprocess.run(
        ["bash", "-c", f'{extract}\necho "$test_command"'],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == blocks("sh")[1]


def test_the_first_screen_has_a_sentence_a_picture_and_a_snippet() -> None:
    head = README.split("## ", 1)[0]
    assert "```python" in head
    (picture,) = re.findall(r"!\[[^\]]{20,}\]\(([^)]+)\)", head)
    assert (ROOT / picture).read_bytes().startswith(b"\x89PNG")
    assert (ROOT / picture).stat().st_size < 200_000
