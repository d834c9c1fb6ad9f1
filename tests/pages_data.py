"""What is measured in a page that is open in a browser: REPORTS' budget and contract, as numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from axe_playwright_python.sync_playwright import Axe

LAPTOP, TABLET, PHONE = ({"width": w, "height": h} for w, h in ((1280, 800), (768, 1024), (390, 844)))
A4_MARGIN = {"top": "16mm", "bottom": "18mm", "left": "15mm", "right": "15mm"}

# Words that a reader meets before the first figure, folds and the bar apart; a number alone is no word, and
# of Chinese two characters are one.
WORDS_BEFORE = """end => {
  const main = document.querySelector("main"), stop = end && main.querySelector(end);
  const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
  let text = "";
  for (let node; (node = walker.nextNode()); ) {
    if (stop && stop.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING) break;
    if (stop && stop.contains(node)) break;
    const box = node.parentElement;
    if (box.closest("details:not([open]), script, style, svg, [hidden], .kb-hidden-text")) continue;
    if (box.closest(".kb-foot, .kb-code")) continue;
    if (box.checkVisibility()) text += " " + node.textContent;
  }
  const han = (text.match(/\\p{Script=Han}/gu) || []).length;
  const words = text.replace(/\\p{Script=Han}/gu, " ").match(/\\p{L}[\\p{L}'’-]*/gu) || [];
  return words.length + Math.ceil(han / 2);
}"""
FIRST_FIGURE = "figure.kb-figure"
TOP_OF = """selector => {
  const found = [...document.querySelectorAll(selector)].find(one => one.checkVisibility());
  return found ? Math.round(found.getBoundingClientRect().top + scrollY) : null;
}"""
# Texts in less than 13 px, as a reader sees them; drawings are scaled.
SMALL = """() => {
  const small = new Set(), walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    const box = node.parentElement;
    if (!node.textContent.trim() || box.closest("script, style, title, desc, .kb-hidden-text")) continue;
    if (!box.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const scale = box.getScreenCTM ? box.getScreenCTM().a : 1;
    const size = parseFloat(getComputedStyle(box).fontSize) * scale;
    if (size < 12.95) small.add(`${size.toFixed(1)}: ${node.textContent.trim().slice(0, 40)}`);
  }
  return [...small];
}"""
# What is wider than the window, though it is no box that scrolls by itself.
WIDE = """() => {
  const room = document.documentElement.clientWidth + 1, wide = [];
  if (document.documentElement.scrollWidth > room) wide.push("the page");
  for (const box of document.querySelectorAll("main *"))
    if (box.checkVisibility() && !box.closest(".kb-table, .kb-scroll, pre")
        && box.getBoundingClientRect().right > room)
      wide.push(box.tagName + "." + box.getAttribute("class"));
  return wide;
}"""
# Texts whose colour is too near that of what lies behind them, in drawings and in shaded cells.
PALE = """() => {
  const linear = c => { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
  const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const behind = box => {
    for (; box; box = box.parentElement) {
      const [r, g, b, a = 1] = parse(getComputedStyle(box).backgroundColor);
      if (a > 0.5) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const pale = new Set();
  for (const box of document.querySelectorAll("svg text, td, th")) {
    if (!box.checkVisibility() || !box.textContent.trim()) continue;
    const style = getComputedStyle(box), drawn = box.tagName === "text";
    const ink = light(parse(drawn ? style.fill : style.color));
    const ground = light(behind(drawn ? box.closest("figure, div") : box));
    const ratio = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
    if (ratio < 4.5) pale.add(`${ratio.toFixed(2)}: ${box.textContent.trim().slice(0, 40)}`);
  }
  return [...pale];
}"""
# What a finger cannot hit: controls of less than 24 px, links within text apart.
TINY = """() => [...document.querySelectorAll("button, summary, input, .kb-bar a, .kb-take *")]
  .filter(one => one.checkVisibility())
  .filter(one => Math.min(one.getBoundingClientRect().height, one.getBoundingClientRect().width) < 23.5)
  .map(one => one.outerHTML.slice(0, 80))"""


class Budget(NamedTuple):
    """What REPORTS' table asks of a kind of page."""

    words: int  # before the first figure; of the page over all units, of the whole first screen
    first_figure: int  # px from the top at which it begins, at 1280 × 800
    printed: int  # A4 pages
    kilobytes: int


def budget_of(page: Any, path: Path, end: str | None = FIRST_FIGURE) -> Budget:
    """The same numbers as they are."""
    page.set_viewport_size(LAPTOP)
    words = page.evaluate(WORDS_BEFORE, end)
    top = page.evaluate(TOP_OF, FIRST_FIGURE)
    printed = page.pdf(format="A4", margin=A4_MARGIN, print_background=True)
    return Budget(words, top or 0, printed.count(b"/Type /Page\n"), round(path.stat().st_size / 1000))


def axe_findings(page: Any) -> list[str]:
    """What axe-core finds wrong, with the elements."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"][:3]]
