"""No English word of ours on a Chinese page: what is read, in figures, folds and alternative texts too.

Covered are the page over all units and the pages of all notebooks whose sentences are in Chinese: those that
`MISSING` of test_text_files does not name any more.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup
from test_text_files import MISSING
from unmarked import unmarked, words_of

from conftest import REPOSITORY

# Names that no language has words for: programs, models and those who found them, codes.
NAMES = set(
    re.findall(
        r"\S+",
        """
    Keepbook keepbook Python JupyterLab DuckDB Parquet Excel XLSX PDF SQL HTML pandas numpy scipy
    duckdb ibis framework ibis-framework lifetimes seaborn BG NBD MBG Pareto Gamma sBG RFM CUPED RMST
    Fieller Holm Wilson Welch Kaplan Meier Poisson Bonferroni Bayes Newey West Kish Satterthwaite
    Efron Bühlmann Morris RMSE MAE Gini Brier AUC UTC EUR USD CNY LTV CAC NRR GRR alpha beta gamma
    Cochran Fader Hardie Lee Schmittlein
    Morrison Colombo McCarthy Batislam CDNOW Straub Fisher Benjamini
    Hochberg
    """,
    )
)
# Values of demo's simulated customers table.
SIMULATED = {"basic", "plus", "gold", "north", "east", "south", "west"}
# A column of a saved table: the name that its file has stands behind what it is called.
COLUMN = re.compile(r"([\u4e00-\u9fff）]) [A-Za-z]\w*(?=\s*</th>)")
HASH = re.compile(r"\b(?=[a-f]*\d)[0-9a-f]{8,}\b")


def covered() -> list[str]:
    """Notebooks by name."""
    found = []
    for path in sorted((REPOSITORY / "notebooks").glob("*.ipynb")):
        subject = json.loads(path.read_text(encoding="utf-8"))["metadata"].get("keepbook", {}).get("subject")
        found += [path.stem] if subject and subject not in MISSING.get("zh", {}) else []
    return found


def texts_of(unit: str) -> set[str]:
    """Keys and values of a unit file: what a page may take over from it as it is."""
    found, left = set[str](), [yaml.safe_load((REPOSITORY / "params" / f"{unit}.yaml").read_text("utf-8"))]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            left += [*one, *one.values()]
        elif isinstance(one, list):
            left += one
        elif isinstance(one, str):
            found |= {one, one.replace("_", " ")}
    return found | {f"{unit}.yaml"} | (SIMULATED if unit == "demo" else set())


def english_words(page: Path, *units: str) -> list[str]:
    allowed = set().union(*(texts_of(unit) for unit in units))
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    for data in soup.select(".kb-data-text"):  # tables to copy, as their files have them
        data.decompose()
    text = HASH.sub(" ", words_of(COLUMN.sub(r"\1", str(soup))))
    return unmarked(text, allowed | NAMES)


def test_there_are_pages_to_look_at() -> None:
    assert "8_next_test" in covered()


@pytest.mark.parametrize(("folder", "unit"), [("all", "tea"), ("zh", "demo")])
@pytest.mark.parametrize("notebook", covered())
def test_a_page_in_chinese(notebook: str, folder: str, unit: str, sample_reports: Path) -> None:
    pages = sorted((sample_reports / folder / unit).glob(f"{notebook}*/index.html"))
    pages += [sample_reports / folder / unit / "index.html"] if notebook.startswith("0_") else []
    assert pages
    for page in pages:
        assert english_words(page, unit) == [], page.parent.name


def test_the_page_over_all_units(sample_reports: Path) -> None:
    """Labels of key figures come from the pages; so it is looked at where all of those are covered."""
    notebooks = [path.stem for path in (REPOSITORY / "notebooks").glob("*.ipynb")]
    if {*notebooks} - {*covered()}:
        pytest.skip("some pages are not in Chinese yet")
    assert english_words(sample_reports / "zh" / "index.html", "demo") == []


def test_english_words_are_found(tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    text = "<p>留存率 retention <code>warm_up</code> 见 demo.yaml，BG/NBD，Win-back voucher</p>"
    page.write_text(f"{text}<svg><title>Lines</title></svg><th>留存率 ci_lower</th>", encoding="utf-8")
    assert english_words(page, "demo") == ["retention", "Lines"]
