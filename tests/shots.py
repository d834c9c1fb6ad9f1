"""Pictures of every kind of page, to look at: `make shots`, or shots.py REPORTS FOLDER.

Of demo's pages and the page over all units: 1280, 768 and 390 px, the first screen at 1280 × 800, dark, on
paper, and in Chinese.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from pages_data import LAPTOP, PHONE, TABLET
from playwright.sync_api import sync_playwright

from conftest import NAMES, QUIET
from keepbook.runner import run

HOME = Path(__file__).parents[1]
LOOKS = {  # name of a picture → window, colours, medium, whether all of the page
    "first-screen": (LAPTOP, "light", "screen", False),
    "1280": (LAPTOP, "light", "screen", True),
    "768": (TABLET, "light", "screen", True),
    "390": (PHONE, "light", "screen", True),
    "dark": (LAPTOP, "dark", "screen", True),
    "print": ({"width": 680, "height": 1000}, "light", "print", True),
}


def pages_of(reports: Path) -> dict[str, Path]:
    """The pages over all, and those of demo and of the Chinese sample unit."""
    wanted = [reports / "index.html", reports / "glossary.html"]
    wanted += sorted(path for unit in ("demo", "tea") for path in (reports / unit).rglob("index.html"))
    names = (("-".join(path.relative_to(reports).with_suffix("").parts), path) for path in wanted)
    return {name.removesuffix("-index"): path for name, path in names if path.is_file()}


def main(reports: Path, folder: Path) -> None:
    """Takes all pictures, making the reports first where they are not there."""
    run(HOME, ["demo", "tea"], reports=reports)
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        program = os.environ.get("KEEPBOOK_BROWSER") or next(filter(None, map(shutil.which, NAMES)))
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        for name, path in pages_of(reports).items():
            for look, (window, scheme, medium, whole) in LOOKS.items():
                page = browser.new_page(viewport=window, color_scheme=scheme)
                page.emulate_media(media=medium)
                page.goto(path.as_uri())
                page.screenshot(path=folder / f"{name}.{look}.png", full_page=whole)
                page.close()
        browser.close()
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")


if __name__ == "__main__":
    main(*(Path(argument).resolve() for argument in sys.argv[1:3]))
