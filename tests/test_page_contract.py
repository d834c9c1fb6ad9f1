"""Every kind of page of every sample unit in a real browser: what it may cost a reader, and who can read it.

`pytest -s tests/test_page_contract.py -k budget` prints the table of budgets.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pages_data import (
    LAPTOP,
    PALE,
    PHONE,
    SMALL,
    TINY,
    WIDE,
    Budget,
    axe_findings,
    budget_of,
)
from words_data import faults

from keepbook.report import GLOSSARY
from keepbook.unit import unit_names

pytestmark = pytest.mark.browser

HOME = Path(__file__).parents[1]
REPORT = Budget(words=60, first_figure=560, printed=6, kilobytes=1000)
BUDGETS = {  # kind of page → the most it may take; the rest are reports
    "index": Budget(words=120, first_figure=800, printed=1, kilobytes=400),
    "summary": Budget(words=150, first_figure=800, printed=2, kilobytes=1000),
    "glossary": Budget(words=1200, first_figure=0, printed=2, kilobytes=100),
}
TYPICAL = 250  # kB that a page of a typical unit takes at most: the median over the sample units


def kind_of(path: Path, root: Path) -> str:
    """`index`, `summary`, `glossary`, or the name of the notebook."""
    parts = path.relative_to(root).parts
    if path.name == GLOSSARY:
        return "glossary"
    return {1: "index", 2: "summary"}.get(len(parts)) or parts[-2].partition("-")[0]


def pages_in(root: Path) -> list[Path]:
    return sorted(root.rglob("*.html"))


def one_of_each(reports: Path) -> dict[str, Path]:
    """A page of every kind, of demo where it has one; the Chinese ones beside the English ones."""
    found: dict[str, Path] = {}
    for tree in ("all", "zh"):
        own = {}
        for path in pages_in(reports / tree):
            if path.relative_to(reports / tree).parts[0] in ("demo", "index.html", GLOSSARY):
                own.setdefault(kind_of(path, reports / tree), path)
        found |= {f"{tree} {kind}": path for kind, path in own.items()}
    return found


@pytest.fixture
def open_page(browser: Any) -> Iterator[Any]:
    """Open a page; when the test is over, insist that it was quiet and asked for nothing."""
    contexts, noise, asked = [], [], []

    def opened(path: Path, **look: Any) -> Any:
        context = browser.new_context(viewport=LAPTOP, **look)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: noise.append(f"{path}: {message.text}"))
        page.on("pageerror", lambda error: noise.append(f"{path}: {error}"))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert noise == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def test_budget_of_every_page(open_page: Any, sample_reports: Path) -> None:
    root = sample_reports / "all"
    over, sizes = [], []
    print(f"\n{'page':58} {'words':>6} {'figure at':>9} {'A4':>3} {'kB':>5}")
    for path in pages_in(root):
        kind = kind_of(path, root)
        allowed = BUDGETS.get(kind, REPORT)
        page = open_page(path)
        found = budget_of(page, path, None if kind in ("index", "glossary") else "figure.kb-figure")
        page.context.close()
        name = path.relative_to(root).as_posix()
        print(f"{name:58} {found.words:6} {found.first_figure:9} {found.printed:3} {found.kilobytes:5}")
        sizes += [found.kilobytes] if kind not in BUDGETS else []
        over += [
            f"{name}: {field} {found[i]} > {allowed[i]}"
            for i, field in enumerate(Budget._fields)
            if found[i] > allowed[i]
        ]
    assert not over
    assert len({kind_of(path, root) for path in pages_in(root)}) >= 8, "a kind of page is missing"
    assert sorted(sizes)[len(sizes) // 2] <= TYPICAL


def test_every_page_speaks_plainly(sample_reports: Path) -> None:
    found = []
    for path in [*pages_in(sample_reports / "all"), *pages_in(sample_reports / "zh")]:
        if path.name != GLOSSARY:
            found += [f"{path.relative_to(sample_reports)}: {one}" for one in faults(path.read_text("utf-8"))]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_kind_of_page_is_open_to_everybody(open_page: Any, sample_reports: Path, scheme: str) -> None:
    """axe-core, with every fold open; and what it does not see: contrast in drawings and shaded cells."""
    found = []
    for name, path in one_of_each(sample_reports).items():
        page = open_page(path, color_scheme=scheme, bypass_csp=True)
        if scheme == "dark":
            page.evaluate("for (const fold of document.querySelectorAll('main details')) fold.open = true")
        faulty = axe_findings(page) + page.evaluate(PALE) + page.evaluate(TINY)
        found += [f"{name}: {fault}" for fault in faulty]
        page.context.close()
    assert not found, "\n".join(found)


def test_each_kind_of_page_is_read_on_a_phone(open_page: Any, sample_reports: Path) -> None:
    found = []
    for name, path in one_of_each(sample_reports).items():
        page = open_page(path)
        for width in (PHONE, {"width": 768, "height": 1024}):
            page.set_viewport_size(width)
            found += [
                f"{name} at {width['width']}: {fault}" for fault in page.evaluate(SMALL) + page.evaluate(WIDE)
            ]
        page.context.close()
    assert not found, "\n".join(found)


def test_a_mailed_page_keeps_its_data(open_page: Any, sample_reports: Path, tmp_path: Path) -> None:
    """Alone in a folder, every table and figure with a file still gives it, up to what a page can carry."""
    for name, path in one_of_each(sample_reports).items():
        mailed = tmp_path / name.replace(" ", "-") / "page.html"
        mailed.parent.mkdir()
        mailed.write_bytes(path.read_bytes())
        page = open_page(mailed)
        for foot in page.locator("figure .kb-foot-line:has(.kb-take)").all():
            assert foot.locator("a").count() == 0, name
            assert foot.locator("button", has_text="CSV").count() == 1, name
        page.context.close()


def test_the_same_numbers_in_both_languages(sample_reports: Path) -> None:
    import json

    for path in sorted((sample_reports / "zh" / "demo").rglob("key_figures.json")):
        other = sample_reports / "all" / "demo" / path.relative_to(sample_reports / "zh" / "demo")
        zh, en = (json.loads(one.read_text("utf-8")) for one in (path, other))
        numbers = ("value", "ci_lower", "ci_upper")
        for own, others in zip(zh["figures"], en["figures"], strict=True):
            assert own["name"] == others["name"], path
            here, there = ([figure[name] or 0.0 for name in numbers] for figure in (own, others))
            assert here == pytest.approx(there, rel=1e-9), path  # sums differ in their last bits
        assert len(zh["findings"]) == len(en["findings"])
        stakes = [[stake or 0.0 for stake in one["stakes"]] for one in (zh, en)]
        assert stakes[0] == pytest.approx(stakes[1])
        sums = [[one["left"] for one in record["identities"]] for record in (zh, en)]
        assert sums[0] == pytest.approx(sums[1])
        if "verdict" in en:
            assert zh["verdict"]["kind"] == en["verdict"]["kind"]
            assert zh["verdict"]["label"] != en["verdict"]["label"]


def test_the_sample_units_are_all_looked_at(sample_reports: Path) -> None:
    assert {path.name for path in (sample_reports / "all").iterdir() if path.is_dir()} >= set(
        unit_names(HOME)
    )
