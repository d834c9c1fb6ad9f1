"""What is measured in pages that are open in a browser."""

from __future__ import annotations

from typing import Any

LAPTOP = 1280 - 16  # pixels beside the scroll bar
PAPER = 680  # an A4 page between its margins: 180 mm
WIDER = """boxes => boxes.filter(box => {
  const wide = box.firstElementChild.getBoundingClientRect().width;
  return Math.max(wide, box.scrollWidth) > box.clientWidth + 1;
}).map(box => box.querySelector("thead").innerText)"""


def tables_that_do_not_fit(page: Any) -> dict[str, list[str]]:
    """The heads of tables wider than their box: on a laptop beside the contents, and on paper."""
    found = {}
    for media, width in (("screen", LAPTOP), ("print", PAPER)):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(media=media)
        found[media] = page.locator(".kb-table:visible:has(thead)").evaluate_all(WIDER)
    return found
