"""How long a move of the num_layers slider takes, from key press to the frame that shows it.

Three pages on Voila, moved in turn: the explorer, an ``ipywidgets.interact`` cell that only
prints the three shapes, and a slider that is echoed in HTML. Run it alone, nothing beside:

    python -m tests.benchmark [moves]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import nbformat
from jupyter_client.session import Session
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from lstm_shapes.explorer.presets import FIRST_QUESTION
from lstm_shapes.explorer.stage import Stage
from lstm_shapes.explorer.state import State
from tests.browser.conftest import ARGUMENTS, chromium, serve
from tests.fake_comm import recorded

START = {"num_layers": 4, "bidirectional": True, "seq_len": 12}
WARM_UP = 6
EXPLORER = f"from lstm_shapes import Explorer\nExplorer(**{START})"
INTERACT = """\
import torch
from ipywidgets import IntSlider, interact

torch.set_num_threads(1)

@interact(num_layers=IntSlider(4, 1, 8))
def shapes(num_layers):
    module = torch.nn.LSTM(4, 3, num_layers, batch_first=True, bidirectional=True)
    out, (h_n, c_n) = module(torch.randn(3, 12, 4))
    print(f"out {tuple(out.shape)} h_n {tuple(h_n.shape)} c_n {tuple(c_n.shape)}")
"""
ECHO = """\
from ipywidgets import HTML, IntSlider, VBox

slider, echo = IntSlider(4, min=1, max=8), HTML("num_layers 4")
slider.observe(lambda change: setattr(echo, "value", f"num_layers {change['new']}"), "value")
VBox([slider, echo])
"""
# When a page shows a number of layers: in the explorer the cards and the figure.
SHOWN = {
    "explorer": """n =>
        document.querySelector("[data-tensor=h_n]")?.dataset.shape === `${2 * n},3,3`
        && document.querySelector(`.ls-figure [data-slice="h_n[${2 * n - 1}]"]`)
        && !document.querySelector(`.ls-figure [data-slice="h_n[${2 * n}]"]`)""",
    "interact": "n => document.body.textContent.includes(`c_n (${2 * n}, 3, 3)`)",
    "echo": "n => document.body.textContent.includes(`num_layers ${n}`)",
}
# From the key press to just after the frame in which the page shows it.
CLOCK = """shown => {
    window.shown = eval(shown);
    window.watch = (layers) => window.took = new Promise((resolve) => {
        addEventListener("keydown", (event) => {
            const look = () => requestAnimationFrame(() => {
                if (!window.shown(layers)) return look();
                const { port1, port2 } = new MessageChannel();
                port1.onmessage = () => resolve(performance.now() - event.timeStamp);
                port2.postMessage(0);
            });
            look();
        }, { once: true, capture: true });
    });
}"""


def write_notebooks(folder: Path) -> None:
    for name, source in {"explorer": EXPLORER, "interact": INTERACT, "echo": ECHO}.items():
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
        nbformat.write(notebook, folder / f"{name}.ipynb")


def open_page(browser: Browser, url: str, name: str) -> tuple[Page, Locator]:
    """The page, once it shows its start, and its num_layers slider."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.goto(f"{url}/voila/render/{name}.ipynb")
    page.wait_for_function(SHOWN[name], arg=4, timeout=60_000)
    page.evaluate(CLOCK, f"({SHOWN[name]})")
    sliders = page.get_by_role("slider")
    named = page.get_by_role("slider", name="num_layers", exact=True)
    return page, named if name == "explorer" else sliders.first


def move(page: Page, slider: Locator, layers: int, key: str) -> float:
    """Milliseconds of one move."""
    page.bring_to_front()
    slider.focus()
    page.evaluate("layers => { window.watch(layers) }", layers)
    page.keyboard.press(key)
    took: float = page.evaluate("window.took")
    return took


def measure_pages(moves: int) -> dict[str, list[float]]:
    """Milliseconds of each move: to 5 layers and back to 4, the pages in turn."""
    took: dict[str, list[float]] = {name: [] for name in SHOWN}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        work = Path(folder)
        write_notebooks(work)
        command = [str(Path(sys.executable).parent / "voila"), folder]
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        with serve(work, command, ready="is running at") as url:
            pages = {name: open_page(browser, url, name) for name in SHOWN}
            for i in range(WARM_UP + moves):
                layers, key = (4, "ArrowLeft") if i % 2 else (5, "ArrowRight")
                for name, (page, slider) in pages.items():
                    milliseconds = move(page, slider, layers, key)
                    if i >= WARM_UP:
                        took[name].append(milliseconds)
        browser.close()
    return took


def measure_kernel(
    moves: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, list[float]]:
    """Milliseconds of each update in the kernel alone, by what it is spent on: the run, the
    scene with its panel up to the messages, and the messages' way to the wire.

    Args:
        moves: how many are measured, after those that warm up.
        clock: seconds.
    """
    took: dict[str, list[float]] = {"run": [], "scene": [], "send": []}
    session = Session(key=b"benchmark")
    with recorded() as wire:
        state, stage = State(FIRST_QUESTION, **START), Stage()
        assert state.wait(60)
        for i in range(WARM_UP + moves):
            wire.sent.clear()
            times = [clock()]
            state.update(num_layers=4 + (i + 1) % 2)
            times.append(clock())
            stage.show(state.snapshot)
            times.append(clock())
            for message in wire.to(stage):
                session.serialize(session.msg("comm_msg", {"data": message.data}))
            times.append(clock())
            if i >= WARM_UP:
                for name, (before, after) in zip(took, pairwise(times), strict=True):
                    took[name].append(1000 * (after - before))
    return took


def report(title: str, took: dict[str, list[float]]) -> None:
    print(f"{title:<24}{'p50':>8}{'p95':>8}   ms, {len(next(iter(took.values())))} moves")
    for name, values in took.items():
        cuts = statistics.quantiles(values, n=20, method="inclusive")
        print(f"  {name:<22}{cuts[9]:8.1f}{cuts[18]:8.1f}")


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    report("key press to frame", measure_pages(count))
    report("kernel, of the explorer", measure_kernel(count))
