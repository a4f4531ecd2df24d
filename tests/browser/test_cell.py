"""Inside one cell, its parameters, the arguments, and the states a run starts from."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from lstm_shapes import run
from lstm_shapes.explorer.presets import FIRST_QUESTION
from tests.browser.explorer_page import FIRST, ExplorerPage, link_to

TAGGER = run(FIRST_QUESTION.settings, FIRST_QUESTION.sizes)


def numbers(found: Locator) -> list[str]:
    expect(found.locator(".ls-num").first).to_be_visible()
    return found.locator(".ls-num").all_text_contents()


def rounded(values: list[float]) -> list[str]:
    return [f"{value:.2f}" for value in values]


def line(explorer: ExplorerPage, kind: str, name: str) -> Locator:
    return explorer.page.locator(f'[data-kind="{kind}"] [data-line="{name}"]')


def pick(explorer: ExplorerPage, group: str, name: str) -> None:
    choices = explorer.page.get_by_role("group", name=group, exact=True)
    choices.get_by_role("button", name=name).click()


def test_the_cell_shows_what_the_module_returned_line_by_line(explorer: ExplorerPage) -> None:
    explorer.opened(link_to(tab="cell", layer=1, direction="backward", time=3))
    kinds = explorer.page.locator("[data-kind]")
    assert kinds.evaluate_all("es => es.map((e) => e.dataset.kind)") == ["RNN", "GRU", "LSTM"]
    expect(explorer.page.locator("[data-kind][aria-current]")).to_have_attribute(
        "data-kind", "LSTM"
    )
    lines = explorer.page.locator('[data-kind="LSTM"] ol [data-line]')
    assert lines.evaluate_all("es => es.map((e) => e.dataset.line)") == list("ifgoch")
    assert numbers(line(explorer, "LSTM", "h")) == rounded(TAGGER.out[0, 3, 3:].tolist())
    expect(line(explorer, "LSTM", "f")).to_contain_text("sigmoid(W_if x + b_if + W_hf h' + b_hf)")
    expect(line(explorer, "LSTM", "f")).to_contain_text("rows 3:6")
    expect(explorer.page.locator('[data-kind="RNN"]')).to_contain_text("weight_ih_l1_reverse")
    for name in ("hand-out", "hand-h_n", "hand-c_n", "hand-layer-0"):
        expect(explorer.claim(name).last).to_have_attribute("data-holds", "true")
        expect(explorer.claim(name).last).to_contain_text("rounding may cause")


def test_layer_direction_step_and_sample_are_chosen(explorer: ExplorerPage) -> None:
    page = explorer.open_tab("Inside one cell").page
    says = page.locator(".ls-cell-panel .ls-scene-says")
    nothing = page.locator("[data-forgets]")
    expect(says).to_contain_text("h' and c' are what the cell wrote at t = 0")
    expect(nothing).to_have_count(0)
    explorer.opened(link_to(tab="cell", time=0))
    expect(nothing).to_contain_text("the forget gate has nothing to forget")
    expect(says).to_contain_text("layer 0, forward, t = 0: x is the input at t = 0; h' and c' are")
    expect(says).to_contain_text("zeros: it is the first step that is read")
    page.get_by_role("group", name="direction", exact=True).get_by_role(
        "button", name="backward"
    ).click()
    expect(says).to_contain_text("are what the cell wrote at t = 1")
    assert numbers(line(explorer, "LSTM", "h")) == rounded(TAGGER.h_n[1, 0].tolist())
    pick(explorer, "layer", "1")
    expect(says).to_contain_text("x is the output of layer 0 at t = 0")
    page.get_by_role("spinbutton", name="t", exact=True).press("ArrowUp")
    page.get_by_role("spinbutton", name="t", exact=True).press("Enter")
    expect(says).to_contain_text("layer 1, backward, t = 1")
    sample = page.get_by_role("tabpanel").get_by_role("spinbutton", name="sample")
    sample.fill("2")
    sample.press("Enter")
    expect(line(explorer, "LSTM", "h").locator(".ls-num").first).to_have_text(
        f"{TAGGER.out[2, 1, 3]:.2f}"
    )
    expect(page.locator("[data-strip] [data-marked]").first).to_have_attribute(
        "data-key", "forward.1"
    )


def test_a_line_lights_what_it_is_made_of(explorer: ExplorerPage) -> None:
    explorer.open_tab("Inside one cell")
    used = explorer.page.locator("[data-line][data-used]")
    line(explorer, "LSTM", "c").hover()
    assert used.evaluate_all("es => es.map((e) => e.dataset.line)") == ["c'", "i", "f", "g"]
    line(explorer, "GRU", "n").focus()
    assert used.evaluate_all("es => es.map((e) => e.dataset.line)") == ["x", "h'", "r"]
    explorer.page.get_by_role("heading", name="LSTM shapes").hover()
    expect(used).to_have_count(0)


def test_a_weight_lights_the_cells_that_use_it(explorer: ExplorerPage) -> None:
    page = explorer.open_tab("Parameters").page
    expect(page.locator("[data-count]")).to_have_text("480")
    panel = page.get_by_role("tabpanel")
    expect(panel).to_contain_text("✓ 480 measured")
    weight = page.locator('[data-parameter="weight_ih_l1_reverse"]')
    expect(weight).to_have_attribute("data-shape", "12,6")
    expect(weight).to_contain_text("(gate × hidden, features)")
    assert weight.locator(".ls-gate").all_text_contents() == ["0:3i", "3:6f", "6:9g", "9:12o"]
    lit = page.locator(".ls-figure [data-lit=true]")
    cells = {f"cell.1.backward.{step}" for step in range(5)}
    for point in (weight.hover, weight.focus):
        point()
        expect(lit).to_have_count(5)
        assert set(lit.evaluate_all("es => es.map((e) => e.dataset.id)")) == cells
        says = "weight_ih_l1_reverse is multiplied with the output of layer 0: 6 features"
        expect(page.locator(".ls-says")).to_contain_text(says)
        page.get_by_role("heading", name="LSTM shapes").hover()
        page.get_by_role("tab", name="Parameters").focus()
        expect(page.locator(".ls-says")).to_contain_text("h_n[3] = ")


def test_without_bias_there_are_none_and_with_projection_there_is_one_more(
    explorer: ExplorerPage,
) -> None:
    page = explorer.opened(link_to(tab="parameters", bias=False, proj_size=2)).page
    expect(page.get_by_role("tabpanel")).to_contain_text("there is no bias_ih and no bias_hh")
    expect(page.locator('[data-parameter^="bias"]')).to_have_count(0)
    expect(page.locator('[data-parameter="weight_hr_l0"]')).to_have_attribute("data-shape", "2,3")


def test_an_argument_says_what_it_would_change_and_does_it(explorer: ExplorerPage) -> None:
    page = explorer.open_tab("Arguments").page
    row = page.locator('[data-argument="batch_first"]')
    out = row.locator('[data-changed="out"]')
    expect(out).to_have_text("out(3, 5, 6) → (5, 3, 6)")
    expect(row).to_contain_text("h_n, c_n keep their shapes")
    expect(row).to_contain_text("✓ checked by running it")
    row.get_by_role("button").click()
    explorer.expect_shapes(FIRST | {"input": "5,3,4", "out": "5,3,6"})
    expect(out).to_have_text("out(5, 3, 6) → (3, 5, 6)")
    for name, holds in {"train": "false", "eval": "true", "by-hand": "true"}.items():
        expect(explorer.claim(f"dropout-{name}")).to_have_attribute("data-holds", holds)
    explorer.type("num_layers", 1)
    expect(explorer.claim("dropout-one-layer")).to_have_attribute("data-holds", "true")


def test_states_to_start_from_and_a_run_in_chunks(explorer: ExplorerPage) -> None:
    page = explorer.open_tab("States").page
    expect(page.locator('[data-state-of="c_0"]')).to_have_attribute("data-shape", "4,3,3")
    start = page.locator('[data-apart-of="start"]')
    pick(explorer, "start", "zeros")
    expect(page.locator(".ls-states-panel")).to_contain_text("the run is the one above")
    assert set(numbers(start)) == {"0"}
    page.get_by_role("group", name="start", exact=True).get_by_role(
        "button", name="carried"
    ).click()
    carried = page.locator('[data-state-of="h_0"] .ls-state-row').last
    expect(carried.locator(".ls-num").first).to_have_text(f"{TAGGER.h_n[3, 0, 0]:.2f}")
    assert set(numbers(start)) != {"0"}
    expect(explorer.claim("batch-first-states")).to_contain_text(
        "Expected hidden[0] size (4, 3, 3)"
    )
    expect(explorer.claim("chunks-backward")).to_have_attribute("data-holds", "false")
    explorer.switch("bidirectional").click()
    expect(explorer.claim("chunks-out")).to_have_attribute("data-holds", "true")
    page.get_by_role("spinbutton", name="cut at t").fill("4")
    page.get_by_role("spinbutton", name="cut at t").press("Enter")
    expect(explorer.claim("chunks-h_n")).to_have_attribute("data-holds", "true")


def test_what_is_chosen_is_in_the_address(explorer: ExplorerPage) -> None:
    link = link_to(tab="cell", layer=1, direction="backward", time=2, start="carried", chunk=3)
    page = explorer.opened(link).page
    chosen = page.get_by_role("group", name="direction", exact=True).locator("[aria-pressed=true]")
    expect(chosen).to_have_text("backward")
    pick(explorer, "layer", "0")
    page.wait_for_function("location.hash.includes('direction=backward&time=2')")
    assert "start=carried&chunk=3" in page.evaluate("location.hash")
