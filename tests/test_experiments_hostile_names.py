"""Names of arms, metrics and segments that are meant to do harm are text wherever they stand."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from experiment_pages import (
    NOTEBOOK,
    Read,
    Shop,
    arms_of,
    lines_of,
    own,
    unit_of,
)

from conftest import write_unit
from keepbook.runner import run

SCRIPT, FORMULA, RIGHT = "<script>alert(1)</script>", "=cmd()", "v\u202egnp.exe"
LONG, EMOJI, PICTURE = "x" * 1000, "🎁 & `kind` {0} %s", '"><img src=x onerror=alert(1)>'


@pytest.mark.parametrize("name", ["a $\\frac{$ b", "$x^$"])
def test_a_name_with_dollars_is_no_formula(shop: Shop, read_page: Read, name: str) -> None:
    made = read_page(unit_of(shop, arms_of(arms=("none", name))))
    assert name in BeautifulSoup(made.html, "html.parser").get_text()


def test_a_metric_with_dollars_is_no_formula(shop: Shop, read_page: Read) -> None:
    name = "$\\frac{$"
    made = own(lambda i: str(i % 5), name)
    assert read_page(unit_of(shop, **made, metrics={"revenue": "goal", name: "goal"})).label


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a unit whose arms, titles and segments are meant to do harm, through a kernel."""
    home = tmp_path_factory.mktemp("hostile")
    for folder in ("params", "notebooks"):
        (home / folder).mkdir()
    (home / "notebooks" / NOTEBOOK.name).write_bytes(NOTEBOOK.read_bytes())
    arms = (SCRIPT, FORMULA, RIGHT, LONG, EMOJI)
    frame = pd.DataFrame({"experiment": "e", "customer_id": [f"c{i}" for i in range(400)]})
    frame["variant"] = [arms[i % 5] for i in range(400)]
    frame["assigned_at"] = "2024-03-01"
    tiers = pd.DataFrame({"customer_id": frame["customer_id"]})
    tiers["tier"] = [(PICTURE, "=1+1")[i // 5 % 2] for i in range(400)]
    write_unit(
        home,
        lines_of(400),
        customers=tiers.to_csv(index=False),
        assignments=frame.to_csv(index=False),
        experiments=[
            {
                "name": "e",
                "title": f"{PICTURE} {RIGHT}",
                "question": SCRIPT,
                "control": SCRIPT,
                "outcome_days": 30,
                "ends": "2024-03-01",
                "cost": 1.0,
                "segments": ["tier"],
            }
        ],
    )
    (outcome,) = run(home, jobs=1, reports=home / "reports")
    assert (outcome.status, outcome.fault) == ("made", "")
    return home / "reports" / "shop"


def test_hostile_names_are_text_on_the_page(hostile: Path) -> None:
    (path,) = hostile.glob("*/index.html")
    soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    assert not [tag for tag in soup.find_all("script") if "alert" in tag.get_text()]
    assert not soup.find_all(lambda tag: any(name.startswith("on") for name in tag.attrs))
    assert not soup.find_all("img", src="x")
    text = soup.get_text(" ")
    for name in (SCRIPT, FORMULA, EMOJI, PICTURE):
        assert name in text or name.replace("`", "") in text, name
    assert "Traceback" not in text


def test_hostile_names_are_no_formulas(hostile: Path) -> None:
    (folder,) = hostile.glob("*/tables")
    read = 0
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                for cell in row:
                    read += 1
                    number = re.fullmatch(r"[+-]?[\d.]+(e[+-]?\d+)?", cell)
                    assert number or not cell.startswith(("=", "+", "-", "@", "\t")), (path.name, cell)
    assert read > 100
    assert any("'=cmd()" in path.read_text(encoding="utf-8") for path in folder.glob("*.csv"))


def test_names_that_turn_text_around_do_not(hostile: Path) -> None:
    (path,) = hostile.glob("*/index.html")
    assert "\u202e" not in path.read_text(encoding="utf-8")


def test_no_warning_is_on_the_page(hostile: Path) -> None:
    (path,) = hostile.glob("*/notebook.ipynb")
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", ()):
            assert output.get("name") != "stderr", output
