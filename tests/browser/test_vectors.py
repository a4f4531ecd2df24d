"""What a vector has read, own expressions, the head, and reshapes that scramble."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.contrast import worst_contrast
from tests.browser.explorer_page import ExplorerPage


@pytest.fixture
def feeding(explorer: ExplorerPage) -> ExplorerPage:
    """The page with one bidirectional layer, at the head's tab."""
    explorer.type("num_layers", 1)
    explorer.expect_shapes({"input": "3,5,4", "out": "3,5,6", "h_n": "2,3,3", "c_n": "2,3,3"})
    explorer.open_tab("What to feed the head")
    return explorer


def vector(explorer: ExplorerPage, code: str) -> Locator:
    return explorer.page.locator(f'[data-vector="{code}"]')


def squares(found: Locator, part: str, of: str = "sample 0") -> str:
    """A row of squares as x and o, filled and not."""
    row = found.locator(f'[data-part="{part}"] [data-of="{of}"] .ls-square')
    expect(row.first).to_be_visible()
    return "".join("x" if s.get_attribute("data-read") == "true" else "o" for s in row.all())


def type_own(explorer: ExplorerPage, text: str) -> None:
    field = explorer.page.get_by_role("textbox", name="vector")
    field.fill(text)
    field.press("Enter")


def test_the_usual_vectors_show_what_each_half_has_read(feeding: ExplorerPage) -> None:
    for code, forward, backward, sound in (
        ("out[:, -1]", "xxxxx", "oooox", "false"),
        ("out[:, 0]", "xoooo", "xxxxx", "false"),
        ("torch.cat([h_n[-2], h_n[-1]], dim=-1)", "xxxxx", "xxxxx", "true"),
        ("h_n[-1]", "ooooo", "xxxxx", "false"),
        ("out.mean(dim=1)", "xxxxx", "xxxxx", "true"),
    ):
        row = vector(feeding, code)
        expect(row).to_have_attribute("data-sound", sound)
        assert (squares(row, "forward"), squares(row, "backward")) == (forward, backward), code
    mixing = vector(feeding, "h_n.view(N, -1)")
    assert squares(mixing, "forward", "sample 1") == "xxxxx"
    expect(mixing).to_contain_text(
        "vector[0] has read samples 0, 1, so it is no longer one sample per row"
    )


def test_in_a_stack_the_layers_own_input_tells(explorer: ExplorerPage) -> None:
    explorer.open_tab("What to feed the head")
    last = vector(explorer, "out[:, -1]")
    assert squares(last, "backward") == "xxxxx"
    assert squares(last, "backward", "the last layer's input") == "oooox"


def test_a_chosen_vector_gets_its_head(feeding: ExplorerPage) -> None:
    head = feeding.page.get_by_role("region", name="Feed the head")
    expect(head.locator("[data-in-features]")).to_have_text("nn.Linear(6, 2)")
    vector(feeding, "h_n[-1]").get_by_role("button").click()
    expect(head.locator("[data-in-features]")).to_have_attribute("data-in-features", "3")
    expect(head.locator("[data-head-shape]")).to_have_attribute("data-head-shape", "3,2")
    expect(head).to_contain_text("the forward direction is not in it")
    expect(head.get_by_label("program")).to_contain_text("vector = h_n[-1]")
    expect(feeding.page.get_by_role("textbox", name="vector")).to_have_value("h_n[-1]")


def test_ones_own_expression_is_measured(feeding: ExplorerPage) -> None:
    type_own(feeding, "stack([out[:, 2, :3], out[:, 2, 3:]]).mean(0)")
    own = vector(feeding, "stack([out[:, 2, :3], out[:, 2, 3:]]).mean(0)")
    expect(own).to_have_attribute("data-shape", "3,3")
    assert (squares(own, "forward"), squares(own, "backward")) == ("xxxoo", "ooxxx")
    type_own(feeding, "out[:, 2]")
    own = vector(feeding, "out[:, 2]")
    assert (squares(own, "forward"), squares(own, "backward")) == ("xxxoo", "ooxxx")
    expect(feeding.page.locator("[data-in-features]")).to_have_text("nn.Linear(6, 2)")


@pytest.mark.parametrize(
    ("text", "spot"),
    [
        ("out[:, 7]", ":, 7"),
        ("outt[:, -1]", "outt"),
        ("__import__('os').system('true')", "'"),
        ("out.view(10**12)", "10**12"),
        ("<img src=x onerror=alert(1)>", "<"),
    ],
)
def test_what_is_not_in_the_grammar_is_pointed_at(
    feeding: ExplorerPage, text: str, spot: str
) -> None:
    type_own(feeding, text)
    expect(feeding.alert).to_contain_text(text)
    expect(feeding.alert.locator("mark")).to_have_text(spot)
    # The rest stands, and what follows is answered.
    expect(vector(feeding, "out[:, -1]")).to_be_visible()
    type_own(feeding, "out[:, 1]")
    expect(feeding.alert).to_have_count(0)
    expect(vector(feeding, "out[:, 1]")).to_be_visible()


def test_an_expression_is_in_the_address(feeding: ExplorerPage, browser: Browser) -> None:
    type_own(feeding, "out[:, 1:3].mean(dim=1)")
    expect(vector(feeding, "out[:, 1:3].mean(dim=1)")).to_be_visible()
    feeding.page.wait_for_url("**/*#*tab=vectors*vector=out*")
    other = ExplorerPage(browser.new_page())
    other.page.goto(feeding.page.url)
    expect(vector(other.measured(), "out[:, 1:3].mean(dim=1)")).to_be_visible()
    other.page.close()


def test_the_classifier_is_run_as_written_and_repaired(feeding: ExplorerPage) -> None:
    found = feeding.page.get_by_role("region", name="A widely read classifier")
    rows = found.locator("[data-version]")
    expect(rows).to_have_count(8)
    for row in rows.all():
        repaired = row.get_attribute("data-version") == "repaired"
        assert row.get_attribute("data-right") == str(repaired).lower()
        assert ("(3, 1)" in (row.text_content() or "")) == repaired
    expect(found.get_by_label("as written")).to_contain_text("self.fc(h_n.squeeze(0))")


def test_what_may_be_written_is_told_and_stays_open(feeding: ExplorerPage) -> None:
    about = feeding.page.locator("details")
    expect(about.get_by_text("masked_fill").first).not_to_be_visible()
    about.get_by_text("What may be written here").click()
    feeding.type("batch_size", 2)
    feeding.measured()
    expect(vector(feeding, "out[:, -1]")).to_contain_text("(2, 6)")
    expect(about.get_by_text("masked_fill").first).to_be_visible()


def test_what_is_too_large_is_measured_on_a_smaller_twin(feeding: ExplorerPage) -> None:
    feeding.type("hidden_size", 4000)
    panel = feeding.page.locator(".ls-panel")
    expect(panel).to_contain_text("a smaller module of the same structure was measured")
    expect(vector(feeding, "out[:, -1]")).to_be_visible()
    expect(panel).to_contain_text("nn.Linear(8000, 2)")
    feeding.type("hidden_size", 3)
    expect(panel).not_to_contain_text("a smaller module of the same structure was measured")


def test_the_keys_go_from_tab_to_tab(explorer: ExplorerPage) -> None:
    explorer.page.get_by_role("tab", name="Directions").focus()
    for name in ("States", "What to feed the head"):
        explorer.page.keyboard.press("ArrowRight")
        expect(explorer.page.locator(":focus")).to_have_text(name)
        expect(explorer.page.get_by_role("tabpanel", name=name)).to_be_visible()
    explorer.page.keyboard.press("ArrowLeft")
    expect(explorer.page.locator(":focus")).to_have_text("States")
    explorer.at_tab("States")


def test_elements_that_landed_elsewhere_are_outlined(explorer: ExplorerPage) -> None:
    explorer.open_tab("Right shape, wrong data")
    pair = explorer.page.locator("[data-scramble=rows]")
    wrong, right = pair.locator(".ls-side").all()
    assert right.locator("[data-wrong]").count() == 0
    # h_n is (4, 3, 3): row 0 of view(3, -1) begins with layer 0 forward of samples 0, 1, 2.
    first = wrong.locator(".ls-elements").first.locator(".ls-element").all_text_contents()
    assert first[:7] == ["s0l0→0", "s0l0→1", "s0l0→2", "s1l0→0", "s1l0→1", "s1l0→2", "s2l0→0"]
    assert wrong.locator("[data-wrong]").count() == 30
    expect(explorer.claim("scramble-rows")).to_have_attribute("data-holds", "false")
    explorer.type("batch_size", 1)
    expect(explorer.claim("scramble-rows")).to_have_attribute("data-holds", "true")
    expect(pair.locator("[data-wrong]")).to_have_count(0)
    explorer.switch("batched").click()
    expect(explorer.page.get_by_role("tabpanel")).to_contain_text(
        "there are no samples that could be mixed up"
    )


@pytest.mark.parametrize("name", ["What to feed the head", "Right shape, wrong data"])
def test_both_tabs_read_well_in_both_themes_and_fit(themed: ExplorerPage, name: str) -> None:
    themed.open_tab(name)
    panel = themed.page.get_by_role("tabpanel")
    for closed in panel.locator("summary").all():
        closed.click()
    expect(panel.locator("code").first).to_be_visible()
    assert worst_contrast(themed.page) >= 4.5
    wide = "() => document.documentElement.scrollWidth <= innerWidth"
    for width in (1280, 390):
        themed.page.set_viewport_size({"width": width, "height": 844})
        assert themed.page.evaluate(wide), width
