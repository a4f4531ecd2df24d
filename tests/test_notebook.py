"""The notebook is thin, stripped, and runs."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parent.parent
PATH = ROOT / "explorer.ipynb"
MORE = """
_explorer = _
_explorer.state.wait(60)
print(_explorer.state.snapshot.status, _explorer.state.snapshot.run.shapes()["out"])
"""


@pytest.fixture
def notebook() -> nbformat.NotebookNode:
    return nbformat.read(PATH, as_version=4)


def test_it_is_thin_and_its_outputs_are_stripped(notebook: nbformat.NotebookNode) -> None:
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert 1 <= len(cells) <= 5
    for cell in cells:
        assert cell.outputs == []
        assert cell.execution_count is None
        definitions = (ast.FunctionDef, ast.ClassDef, ast.Lambda)
        assert not any(isinstance(node, definitions) for node in ast.walk(ast.parse(cell.source)))
    assert "widgets" not in notebook.metadata


def test_it_runs_and_measures(notebook: nbformat.NotebookNode) -> None:
    notebook.cells.append(nbformat.v4.new_code_cell(MORE))
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(ROOT)}})
    client.execute()
    shown, printed = (cell.outputs for cell in notebook.cells if cell.cell_type == "code")
    assert "application/vnd.jupyter.widget-view+json" in shown[0].data
    assert printed[0].text == "measured (3, 5, 6)\n"
