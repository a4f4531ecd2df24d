"""Whether text can be read: the contrast of WCAG 2, of what is seen with what is behind it."""

from __future__ import annotations

from playwright.sync_api import Page

LOWEST = """() => {
    // What color-mix() makes is given from 0 to 1, all else from 0 to 255.
    const channels = (text) => text.match(/[\\d.]+/g).map((n, i) =>
        text.startsWith("color(") && i < 3 ? n * 255 : Number(n));
    const luminance = ([r, g, b]) => [r, g, b]
        .map((c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = (element) => {
        const box = element.closest("g[data-id]")?.querySelector("rect");
        const fill = box ? getComputedStyle(box).fill : "none";
        if (fill !== "none") return channels(fill);
        for (let e = element; e; e = e.parentElement) {
            const color = channels(getComputedStyle(e).backgroundColor);
            if ((color[3] ?? 1) > 0.99) return color;
        }
        return [255, 255, 255];
    };
    const texts = [...document.querySelectorAll(".ls-app *")].filter((e) =>
        e.checkVisibility() && !e.matches(":disabled, style") &&
        [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()));
    return Math.min(...texts.map((e) => {
        const style = getComputedStyle(e);
        const color = e.tagName === "text" ? style.fill : style.color;
        const [a, b] = [channels(color), behind(e)].map(luminance);
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    }));
}"""


def worst_contrast(page: Page) -> float:
    """The lowest of any visible text."""
    ratio: float = page.evaluate(LOWEST)
    return ratio
