"""What README.zh.md shows works: its unit files load, its lines run, its links lead somewhere."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

import keepbook as kb
from conftest import REPOSITORY
from keepbook.page.elements import Decision
from keepbook.page.heat_table import HeatTable
from keepbook.tables.rows import Rows
from keepbook.unit import load_unit

README = (REPOSITORY / "README.zh.md").read_text(encoding="utf-8")
TO_COME = {"docs/zh-unit.png", "docs/zh-cohorts.png"}  # pictures, made of the finished pages


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", README, re.DOTALL)


def section(title: str) -> str:
    return README.partition(f"\n## {title}")[2].partition("\n## ")[0]


@pytest.fixture
def tea(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> kb.open:
    monkeypatch.setenv("KEEPBOOK_HOME", str(REPOSITORY))
    monkeypatch.chdir(tmp_path)
    return kb.open("tea")


def test_its_unit_files_load(home: Path) -> None:
    """The parts put together: a whole file, an experiment, a change."""
    short, whole, experiment, change = map(yaml.safe_load, blocks("yaml"))
    sample = yaml.safe_load((REPOSITORY / "params" / "tea.yaml").read_text(encoding="utf-8"))
    assert short.items() <= sample.items()
    experiment["experiments"][0]["ends"] = str(experiment["experiments"][0]["ends"])
    change["before_after"][0]["date"] = str(change["before_after"][0]["date"])
    customers = {"source": "客户.csv", "columns": {"customer_id": "客户编号", "地区": "地区"}}
    text = yaml.safe_dump({**whole, **experiment, **change, "customers": customers}, allow_unicode=True)
    (home / "params" / "acme.yaml").write_text(text, encoding="utf-8")
    unit = load_unit("acme", home)
    assert (unit.language, unit.currency, unit.experiments[0].title) == ("zh", "CNY", "沉默客户唤醒券")


def test_its_first_lines_run(tea: kb.open) -> None:
    _import, _open, heatmap, outlook, decision = ast.parse(blocks("python")[0]).body
    shown = [eval(ast.unparse(line), {"kb": kb, "shop": tea}) for line in (heatmap, outlook, decision)]
    assert isinstance(shown[0], HeatTable) and isinstance(shown[2], Decision)
    assert shown[1]._repr_html_()


def test_its_questions_are_answered(tea: kb.open) -> None:
    lines = re.findall(r"^\| [^|]+？ \| `(.*)` \|$", section("想自己探索"), re.MULTILINE)
    found: list[Any] = [eval(line, {"kb": kb, "shop": tea}) for line in lines]
    best, gold, weekly, _saved = found
    assert isinstance(best, Rows) and set(best.to_pandas()["地区"]) == {"华东"} and len(best) == 20
    first = gold.data.loc[gold.data["period"] == gold.data["period"].min()]
    assert len(first)
    assert set(weekly.data["cohort"].dt.day_of_week) == {0}
    assert (pd.read_csv("挽回名单.csv")["p_alive"] <= 0.3).all()


def test_links_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", README)
    assert {"README.md", "docs/zh-unit.png"} <= set(links)
    missing = {link for link in links if not (REPOSITORY / link).exists()}
    assert missing <= TO_COME
    english = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert "](README.zh.md)" in english
    for anchor in re.findall(r"\]\(README\.md#([^)]*)\)", README):
        headings = [
            re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-")
            for h in re.findall(r"^#+ (.*)$", english, re.M)
        ]
        assert anchor in headings
