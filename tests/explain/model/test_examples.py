"""The silent bugs that the page shows: broken they are found, repaired nothing is."""

from __future__ import annotations

import pytest

from lstm_shapes.errors import ArgumentError
from lstm_shapes.explain.model.examples import EXAMPLES, ExampleName, example, example_report


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_broken_version_has_its_finding_and_the_repaired_has_none(name: ExampleName) -> None:
    broken, repaired = example_report(name, "broken"), example_report(name, "repaired")
    assert [finding.kind for finding in broken.findings] == [example(name).kind]
    assert not repaired.findings
    assert not broken.out_of_reach + repaired.out_of_reach


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name != "dropout"])
def test_the_finding_is_at_a_line_that_the_example_has(name: ExampleName) -> None:
    (finding,) = example_report(name, "broken").findings
    assert finding.place is not None
    assert str(finding.place).startswith(f"{name}.py:")
    assert finding.place.code in example(name).code("broken")


def test_what_there_is_not_is_refused() -> None:
    with pytest.raises(ArgumentError, match="name='x' is not known"):
        example("x")  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="version='x' is not known"):
        example_report("view", "x")  # type: ignore[arg-type]
