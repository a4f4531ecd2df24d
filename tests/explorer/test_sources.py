"""How the page's files become one script and one sheet."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from lstm_shapes.explorer import sources


def modules(folder: Path, **texts: str) -> Path:
    """Modules in a folder, by name; ``parts_x`` stands in a folder of its own."""
    for name, text in texts.items():
        path = folder / f"{name.replace('_', '/')}.js"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_every_module_has_a_scope_of_its_own(tmp_path: Path, node: str) -> None:
    """Two private names that are the same, a renamed import, one module used twice."""
    folder = modules(
        tmp_path,
        page="""import { double } from "./double.js";
import {
  half as halve,
  NAME,
} from "./parts/half.js";

const factor = 100;
export default { run: () => [NAME, double(halve(factor)), factor] };
""",
        double="""// import { nothing } from "./a-comment.js";
/** @import { Type } from "./records.js" */
import { count } from "./parts/count.js";

const factor = 2;
export function double(value) {
  return count(value * factor);
}
""",
        parts_half="""import { count } from "./count.js";
import { double } from "../double.js";

const factor = 0.5;
export const NAME = "half";
export const half = (value) => count(value * factor);
export class Twice {
  of = double;
}
export async function later() {}
""",
        parts_count="""let factor = 0;
export function count(value) {
  factor++;
  return value + factor;
}
""",
    )
    text = sources.joined(folder, "page.js")
    assert not re.search(r"^import", text, re.M)
    assert text.count("\nexport ") == 1
    (tmp_path / "joined.mjs").write_text(text, encoding="utf-8")
    code = "import page from './joined.mjs'; console.log(JSON.stringify(page.run()))"
    done = subprocess.run(
        [node, "--input-type=module", "-e", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == '["half",104,100]\n'


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ('import all from "./other.js";', "this form cannot be joined: import all"),
        ('import * as all from "./other.js";', "this form cannot be joined: import * as"),
        ('import "./other.js";', "this form cannot be joined"),
        ('import { a } from "somewhere";', "this form cannot be joined"),
        ('import { b } from "./other.js";', "other.js exports no b"),
        ('import { a } from "./gone.js";', "there is no ./gone.js"),
        ('import { a } from "../../other.js";', "there is no ../../other.js"),
        ('export * from "./other.js";', "this form cannot be joined"),
        ("export { a };", "this form cannot be joined"),
        ("export let a = 1;", "this form cannot be joined"),
        ('const a = await import("./other.js");', "only import statements"),
        ("const here = import.meta.url;", "only import statements"),
    ],
)
def test_what_cannot_be_joined_is_said_with_its_place(
    tmp_path: Path, statement: str, message: str
) -> None:
    modules(tmp_path, page=f"// first\n\n{statement}\n", other="export const a = 1;\n")
    with pytest.raises(sources.SourceError, match=re.escape(f"page.js:3: {message}")):
        sources.joined(tmp_path, "page.js")


def test_a_default_export_is_the_entrys_alone(tmp_path: Path) -> None:
    modules(tmp_path, page='import { a } from "./other.js";\n', other="export default 1;\n")
    with pytest.raises(sources.SourceError, match=r"other\.js:1: this form cannot be joined"):
        sources.joined(tmp_path, "page.js")


def test_modules_that_import_each_other_are_refused(tmp_path: Path) -> None:
    modules(
        tmp_path,
        page='import { a } from "./one.js";\n',
        one='import { b } from "./two.js";\nexport const a = 1;\n',
        two='import { a } from "./one.js";\nexport const b = 1;\n',
    )
    with pytest.raises(
        sources.SourceError,
        match=re.escape("two.js:1: modules import each other: one.js → two.js → one.js"),
    ):
        sources.joined(tmp_path, "page.js")


def test_the_page_is_joined_from_all_its_modules() -> None:
    text = sources.script()
    assert len(re.findall(r"^export ", text, re.M)) == 1
    assert not re.search(r"^import ", text, re.M)
    folders = (sources.WEB, sources.WEB / "parts", sources.WEB / "panels")
    files = {path.relative_to(sources.WEB) for folder in folders for path in folder.glob("*.js")}
    scopes = set(re.findall(r"^const (module_\w+) = ", text, re.M))
    expected = {f"module_{'_'.join(path.with_suffix('').parts)}" for path in files}
    # An entry has none, here or below a report, and types are only for the compiler.
    assert scopes == expected - {"module_page", "module_reported", "module_records"}


def test_all_sheets_are_gathered_the_pictures_own_first() -> None:
    text = sources.styles()
    sheets = [*sources.WEB.rglob("*.css"), *sources.PICTURE.glob("*.css")]
    own = [sheet for sheet in sheets if "node_modules" not in sheet.parts]
    assert len(own) > 8
    assert sum(len(sheet.read_text(encoding="utf-8")) + 1 for sheet in own) - 1 == len(text)
    assert text.index("--ls-forward:") < text.index(".ls-figure text") < text.index(".ls-page")
