"""How long a page takes from its address to its shapes, each time in a new browser.

The explorer as the README's first command serves it, and an ``ipywidgets.interact`` cell on Voila
as it comes. Run it alone:

    python -m tests.benchmark_start [times]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.benchmark import SHOWN, write_notebooks
from tests.browser.conftest import ARGUMENTS, chromium, serve, voila

CARD = "document.querySelector('[data-tensor=out]')?.dataset"
PLAIN = ["--template=lab", "--VoilaConfiguration.theme=light"]
REST = 2
"""Seconds in which the machine is quiet again."""

CARDS = {"shapes": f"() => {CARD}?.shape", "measured": f"() => {CARD}?.state === 'measured'"}
PAGES = {
    "explorer": CARDS,
    "interact": {"interact": f"() => document.body && ({SHOWN['interact']})(4)"},
}


def measure_starts(times: int) -> dict[str, list[float]]:
    """Seconds until each thing is seen, the pages in turn."""
    took: dict[str, list[float]] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        write_notebooks(folder)
        plain = [str(Path(sys.executable).parent / "voila"), str(folder / "interact.ipynb"), *PLAIN]
        urls = {
            "explorer": stack.enter_context(voila(folder / "served")),
            "interact": stack.enter_context(serve(folder, plain, ready="is running at")),
        }
        playwright = stack.enter_context(sync_playwright())
        for _ in range(times):
            for name, url in urls.items():
                time.sleep(REST)
                browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
                page = browser.new_page(viewport={"width": 1280, "height": 800})
                start = time.perf_counter()
                page.goto(url, wait_until="commit")
                for seen, holds in PAGES[name].items():
                    page.wait_for_function(holds, polling=20, timeout=60_000)
                    took.setdefault(f"{name}: {seen}", []).append(time.perf_counter() - start)
                browser.close()
    return took


def main() -> None:
    took = measure_starts(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
    *explorer, interact = took
    print(f"{'':<22}{'p50 s':>8}{'of interact':>14}   {len(took[interact])} starts")
    for name in (*explorer, interact):
        of = [ours / its for ours, its in zip(took[name], took[interact], strict=True)]
        print(f"{name:<22}{statistics.median(took[name]):8.2f}{statistics.median(of):14.2f}")


if __name__ == "__main__":
    main()
