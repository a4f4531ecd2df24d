"""The dashboard, served by Voila and driven as a user would."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lstm_shapes.explorer.presets import PRESETS
from tests.browser.contrast import worst_contrast
from tests.browser.explorer_page import FIRST, ExplorerPage

CONTROLS: dict[str, tuple[Callable[[ExplorerPage], None], dict[str, str]]] = {
    "batch_first": (
        lambda e: e.switch("batch_first").click(),
        {"input": "5,3,4", "out": "5,3,6"},
    ),
    "bidirectional": (
        lambda e: e.switch("bidirectional").click(),
        {"out": "3,5,3", "h_n": "2,3,3", "c_n": "2,3,3"},
    ),
    "num_layers": (
        lambda e: e.slider("num_layers").press("ArrowRight"),
        {"h_n": "6,3,3", "c_n": "6,3,3"},
    ),
    "hidden_size": (
        lambda e: e.slider("hidden_size").press("ArrowLeft"),
        {"out": "3,5,4", "h_n": "4,3,2", "c_n": "4,3,2"},
    ),
    "input_size": (lambda e: e.type("input_size", 9), {"input": "3,5,9"}),
    "proj_size": (
        lambda e: e.slider("proj_size").press("ArrowRight"),
        {"out": "3,5,2", "h_n": "4,3,1"},
    ),
    "batch_size": (
        lambda e: e.type("batch_size", 7),
        {"input": "7,5,4", "out": "7,5,6", "h_n": "4,7,3", "c_n": "4,7,3"},
    ),
    "seq_len": (
        lambda e: e.slider("seq_len").press("ArrowRight"),
        {"input": "3,6,4", "out": "3,6,6"},
    ),
    "batched": (
        lambda e: e.switch("batched").click(),
        {"input": "5,4", "out": "5,6", "h_n": "4,3", "c_n": "4,3"},
    ),
    "preset": (
        lambda e: e.choose("Projected"),
        {"out": "3,5,4", "h_n": "4,3,2", "c_n": "4,3,5"},
    ),
}


@pytest.mark.parametrize("name", list(CONTROLS))
def test_each_control_changes_the_shapes_it_should_and_no_others(
    explorer: ExplorerPage, name: str
) -> None:
    act, changed = CONTROLS[name]
    explorer.expect_shapes(FIRST)
    act(explorer)
    explorer.expect_shapes(FIRST | changed)
    explorer.measured()
    expect(explorer.alert).to_have_count(0)


def test_settings_without_influence_change_no_shape(explorer: ExplorerPage) -> None:
    explorer.slider("seed").press("ArrowRight")
    explorer.type("dropout", 0.5)
    explorer.switch("bias").click()
    # Changes are answered in their order: with the last one the others were.
    code = "nn.LSTM(4, 3, num_layers=2, bias=False, batch_first=True, dropout=0.5"
    expect(explorer.page.locator(".ls-subtitle")).to_contain_text(code)
    expect(explorer.number("seed")).to_have_value("1")
    explorer.expect_shapes(FIRST)
    explorer.measured()


@pytest.mark.parametrize("kind", ["GRU", "RNN"])
def test_other_kinds_have_no_cell_state(explorer: ExplorerPage, kind: str) -> None:
    explorer.choose(kind)
    explorer.expect_shapes({name: shape for name, shape in FIRST.items() if name != "c_n"})
    expect(explorer.page.get_by_text(f"nn.{kind} has no cell state")).to_be_visible()


def test_no_code_shows_and_the_first_screen_holds_everything(loaded: ExplorerPage) -> None:
    page = loaded.page
    expect(page.locator(".jp-InputArea, .input_area")).to_have_count(0)
    expect(page.get_by_text("from lstm_shapes")).to_have_count(0)
    for part in (".ls-rail", ".ls-cards", ".ls-picture"):
        box = page.locator(part).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= 1280
        assert box["y"] + box["height"] <= 800
    scroller = page.locator("#rendered_cells")
    assert scroller.evaluate("e => e.scrollWidth <= e.clientWidth")


def test_the_controls_stay_beside_a_long_panel(explorer: ExplorerPage) -> None:
    explorer.open_tab("Inside one cell")
    explorer.page.locator(".ls-cell-panel .ls-claims").last.scroll_into_view_if_needed()
    expect(explorer.slider("num_layers")).to_be_in_viewport()
    explorer.slider("num_layers").press("ArrowRight")
    layers = explorer.page.get_by_role("group", name="layer", exact=True)
    expect(layers.get_by_role("button")).to_have_count(3)


def test_every_axis_has_a_name_and_a_symbol(explorer: ExplorerPage) -> None:
    card = explorer.card("h_n")
    expect(card).to_contain_text("(layer × direction, batch, features)")
    expect(card).to_contain_text("(D·num_layers, N, H_out)")
    expect(card).to_contain_text("✓ formula = measured")
    expect(card).to_have_attribute("aria-label", "h_n: layer × direction 4, batch 3, features 3")


def test_statements_are_evaluated_on_the_run(explorer: ExplorerPage) -> None:
    for name, holds in {"backward-first": "true", "backward-last": "false"}.items():
        expect(explorer.claim(name)).to_have_attribute("data-holds", holds)
    expect(explorer.claim("backward-last")).to_contain_text("backward[:, -1] == h_n[-1]")
    explorer.switch("batch_first").click()
    expect(explorer.claim("backward-last")).to_contain_text("backward[-1] == h_n[-1]")
    explorer.type("seq_len", 1)
    expect(explorer.claim("backward-last")).to_have_attribute("data-holds", "true")
    explorer.switch("bidirectional").click()
    expect(explorer.claim("backward-last")).to_have_count(0)
    expect(explorer.claim("last-step")).to_have_attribute("data-holds", "true")


def test_an_invalid_setting_is_explained_and_the_cure_applied(explorer: ExplorerPage) -> None:
    explorer.type("proj_size", 3)
    expect(explorer.alert).to_contain_text("torch: proj_size has to be smaller than hidden_size")
    expect(explorer.alert).to_contain_text("proj_size=3 is not smaller than hidden_size=3")
    expect(explorer.alert).to_contain_text("proj_size=2)")
    expect(explorer.number("proj_size")).to_have_attribute("aria-invalid", "true")
    explorer.expect_shapes(FIRST)
    for tensor in FIRST:
        expect(explorer.card(tensor)).to_have_attribute("data-state", "invalid")
    panel = explorer.page.get_by_role("tabpanel")
    expect(panel.get_by_text("Checked on the last valid run")).to_be_visible()
    explorer.choose("Apply the cure")
    expect(explorer.alert).to_have_count(0)
    expect(explorer.number("proj_size")).to_be_focused()
    explorer.measured().expect_shapes(FIRST | {"out": "3,5,4", "h_n": "4,3,2"})
    expect(explorer.number("proj_size")).to_have_attribute("aria-invalid", "false")


@pytest.mark.parametrize(
    ("name", "value", "alert"),
    [
        ("hidden_size", 0, "hidden_size must be greater than zero"),
        ("num_layers", -1, "num_layers must be greater than zero"),
        ("dropout", 1.5, "dropout should be a number in range [0, 1]"),
        ("seq_len", 0, "sequence length"),
        ("seed", -1, "seed=-1 is too small: "),
    ],
)
def test_any_bad_number_can_be_corrected(
    explorer: ExplorerPage, name: str, value: float, alert: str
) -> None:
    before = explorer.number(name).input_value()
    explorer.type(name, value)
    expect(explorer.alert).to_contain_text(alert.rstrip(": "))
    explorer.expect_shapes(FIRST)
    explorer.type(name, before)
    expect(explorer.alert).to_have_count(0)
    explorer.measured()


def test_all_that_is_refused_is_marked_and_each_has_its_cure(explorer: ExplorerPage) -> None:
    refused = {"seq_len": "0", "seed": "-1"}
    for name, value in refused.items():
        explorer.type(name, float(value))
    expect(explorer.alert).to_have_count(2)
    for name in refused:
        expect(explorer.number(name)).to_have_attribute("aria-invalid", "true")
    expect(explorer.number("hidden_size")).to_have_attribute("aria-invalid", "false")
    seed = explorer.alert.filter(has_text="seed=-1")
    seed.get_by_role("button", name="Apply the cure").click()
    expect(explorer.alert).to_have_count(1)
    expect(explorer.number("seed")).to_have_attribute("aria-invalid", "false")
    expect(explorer.number("seq_len")).to_have_attribute("aria-invalid", "true")
    explorer.expect_shapes(FIRST)
    explorer.choose("Apply the cure")
    expect(explorer.alert).to_have_count(0)
    explorer.measured()


def test_a_size_that_is_too_large_to_run_is_predicted(explorer: ExplorerPage) -> None:
    explorer.type("hidden_size", 100_000)
    expect(explorer.alert).to_contain_text("Predicted, not run: needs ")
    expect(explorer.card("out")).to_have_attribute("data-state", "predicted")
    expect(explorer.card("out")).to_have_attribute("data-shape", "3,5,200000")
    panel = explorer.page.locator(".ls-panel")
    expect(panel).to_contain_text("a smaller module of the same structure was measured")
    expect(panel).to_contain_text("nn.LSTM(2, 5, num_layers=2")
    expect(panel).to_contain_text("Checked on the smaller module")
    explorer.type("hidden_size", 3)
    expect(panel).not_to_contain_text("smaller module")
    explorer.measured().expect_shapes(FIRST)


def test_what_is_marked_can_be_told_where_the_system_chooses_the_colours(
    explorer: ExplorerPage,
) -> None:
    explorer.page.emulate_media(forced_colors="active")
    explorer.choose("2 · split the directions")
    outline = "e => getComputedStyle(e).outlineStyle"
    columns = explorer.page.locator(".ls-to .ls-column")
    expect(columns).to_have_count(10)
    styles = [each.locator(".ls-cells").evaluate(outline) for each in columns.all()]
    marked = [each.get_attribute("data-marked") is not None for each in columns.all()]
    assert [style == "solid" for style in styles] == marked
    assert sum(marked) == 2
    bands = [
        explorer.page.locator(f".ls-band.{side} .ls-num").first.evaluate(
            "e => getComputedStyle(e).backgroundColor"
        )
        for side in ("ls-forward", "ls-backward")
    ]
    assert bands[0] != bands[1]


def test_torchs_warning_is_shown(explorer: ExplorerPage) -> None:
    explorer.choose("Unbatched")
    explorer.type("dropout", 0.3)
    notices = explorer.page.locator(".ls-notices")
    told = notices.get_by_role("status").filter(has_text="torch warns: dropout option")
    expect(told).to_be_visible()


def test_moving_three_sliders_fast_ends_at_the_newest_state(explorer: ExplorerPage) -> None:
    for name in ("num_layers", "hidden_size", "seq_len"):
        explorer.slider(name).focus()
        for _ in range(6):
            explorer.page.keyboard.press("ArrowRight")
    explorer.expect_shapes({"input": "3,11,4", "out": "3,11,18", "h_n": "16,3,9", "c_n": "16,3,9"})
    expect(explorer.number("seq_len")).to_have_value("11")
    explorer.measured()


def test_everything_can_be_reached_by_keyboard(loaded: ExplorerPage) -> None:
    loaded.page.get_by_role("heading", name="LSTM shapes").click()
    seen: list[tuple[str, str]] = []
    for _ in range(80):
        loaded.page.keyboard.press("Tab")
        seen.append(
            tuple(
                loaded.page.evaluate("""(() => {
                    const e = document.activeElement;
                    const name = e.labels?.[0]?.textContent || e.ariaLabel || e.textContent;
                    return [e.getAttribute("role") || e.type || e.localName, name.trim()];
                })()""")
            )
        )
    sizes = ("num_layers", "hidden_size", "input_size", "proj_size", "dropout")
    sizes += ("batch_size", "seq_len", "seed")
    wanted = {(kind, name) for name in sizes for kind in ("slider", "number")}
    switches = ("batch_first", "bidirectional", "bias", "batched")
    wanted |= {("checkbox", name) for name in switches}
    wanted |= {("button", name) for name in ("LSTM", "GRU", "RNN", *PRESETS)}
    assert wanted <= set(seen)
    assert seen.index(("slider", "seed")) < seen.index(("number", "seed"))


def test_an_update_keeps_the_nodes_and_the_focus(explorer: ExplorerPage) -> None:
    window = explorer.page.evaluate_handle("window")
    for selector in ("[data-tensor=out]", "[data-claim=final]", ".ls-band"):
        explorer.page.locator(selector).first.evaluate(
            "(e, [window, name]) => { window[name] = e }", [window, selector]
        )
    explorer.slider("num_layers").press("ArrowRight")
    explorer.expect_shapes(FIRST | {"h_n": "6,3,3", "c_n": "6,3,3"})
    for selector in ("[data-tensor=out]", "[data-claim=final]", ".ls-band"):
        assert explorer.page.evaluate("s => document.querySelector(s) === window[s]", selector)
    expect(explorer.slider("num_layers")).to_be_focused()


def test_a_focused_button_survives_an_update(explorer: ExplorerPage) -> None:
    explorer.type("proj_size", 3)
    cure = explorer.page.get_by_role("button", name="Apply the cure")
    cure.focus()
    # A change that comes without a hand on a control: the switch's own click event.
    explorer.switch("batch_first").evaluate("e => e.click()")
    expect(explorer.alert).to_contain_text("nn.LSTM(4, 3, num_layers=2, bidirectional=True")
    expect(cure).to_be_focused()


def test_text_can_be_read(explorer: ExplorerPage) -> None:
    assert worst_contrast(explorer.page) >= 4.5


def test_the_dark_theme_is_dark_and_can_be_read(page: Page, dark_voila_url: str) -> None:
    page.goto(dark_voila_url)
    explorer = ExplorerPage(page).measured()
    (background,) = page.locator(".ls-rail").evaluate_all(
        "es => es.map(e => getComputedStyle(e).backgroundColor)"
    )
    assert max(int(part) for part in background[4:-1].split(",")) < 64
    assert worst_contrast(page) >= 4.5
    explorer.type("proj_size", 3)
    expect(explorer.alert).to_be_visible()
    assert worst_contrast(page) >= 4.5


def test_it_is_usable_on_a_phone(loaded: ExplorerPage) -> None:
    loaded.page.set_viewport_size({"width": 390, "height": 844})
    loaded.page.get_by_role("button", name="Settings of the module").click()
    assert loaded.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert loaded.page.locator("#rendered_cells").evaluate("e => e.scrollWidth") <= 390
    parts = loaded.page.locator(".ls-card, .ls-rail, .ls-row, .ls-part").all()
    boxes = [box for part in parts if (box := part.bounding_box()) is not None]
    assert len(boxes) > 20
    assert max(box["x"] + box["width"] for box in boxes) <= 390
    loaded.slider("num_layers").press("ArrowRight")
    expect(loaded.card("h_n")).to_have_attribute("data-shape", "6,3,3")
