"""Units with one small experiment, and its page: the cells of the notebook run in this process."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from conftest import REPOSITORY
from keepbook import experiments as ex
from keepbook.errors import KeepbookError
from keepbook.tables import open_tables
from keepbook.unit import Unit

Shop = Callable[..., Unit]
Read = Callable[[Unit], "Page"]
NOTEBOOK = REPOSITORY / "notebooks" / "6_strategy_comparison.ipynb"
CELLS = [
    cell
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    if cell["cell_type"] == "code" and "clv.fit" not in "".join(cell["source"])  # of another page; takes long
]
SAID = next(i for i, cell in enumerate(CELLS) if "shop.findings" in "".join(cell["source"])) + 1
HEAD = "customer_id,date,amount\n"
ARMS = "experiment,customer_id,variant,assigned_at"
NEVER_SAID = re.compile(r"\bnan\b|\bNaN\b|\bNone\b|\binf\b|Traceback|NaT")
N = 120


class Page(dict):
    """A page as it stands: the verdict and all that is said, and the HTML."""

    label: str
    reason: str
    html: str
    findings: list[str]


def page(unit: Unit, monkeypatch: pytest.MonkeyPatch, whole: bool) -> Page:
    """Runs the notebook's code cells one after the other, as a kernel does; or only those of the findings."""
    monkeypatch.setenv("KEEPBOOK_HOME", str(unit.home))
    names: dict[str, Any] = {}
    shown: list[str] = []
    for cell in CELLS if whole else [*CELLS[:SAID], CELLS[-1]]:
        source = "".join(cell["source"])
        if "parameters" in cell["metadata"].get("tags", ()):
            source += f"\nunit, save_to = 'shop', {str(unit.home / 'out')!r}"
        tree = ast.parse(source)
        last = tree.body[-1]
        if isinstance(last, ast.Expr):
            exec(compile(ast.Module(tree.body[:-1], []), str(NOTEBOOK), "exec"), names)
            value = eval(compile(ast.Expression(last.value), str(NOTEBOOK), "eval"), names)
            shown.append(value.html if hasattr(value, "html") else repr(value))
        else:
            exec(compile(tree, str(NOTEBOOK), "exec"), names)
    record = json.loads((unit.home / "out" / "key_figures.json").read_text(encoding="utf-8"))
    made = Page(record)
    made.label, made.reason = record["verdict"]["label"], record["verdict"]["reason"]
    made.findings, made.html = record["findings"], "\n".join(shown)
    text = BeautifulSoup(made.html, "html.parser").get_text(" ")
    assert not NEVER_SAID.search(text), NEVER_SAID.search(text)
    return made


def lines_of(n: int = N, seed: int = 1, money: Callable[[float], float] = float) -> str:
    """Customers who buy now and then from January to June; the last day is 30 June."""
    rng = np.random.default_rng(seed)
    days = pd.date_range("2024-01-01", "2024-06-30").strftime("%Y-%m-%d")
    rows = [
        f"c{i},{days[at]},{money(spent):.2f}\n"
        for i in range(n)
        for at, spent in zip(rng.integers(0, len(days), 6), rng.lognormal(3, 0.5, 6), strict=True)
    ]
    return HEAD + "".join(rows) + "last,2024-06-30,1\n"


def arms_of(
    n: int = N, arms: tuple[str, ...] = ("none", "voucher"), day: str = "2024-03-01", more: str = ""
) -> str:
    """Customers in turn in the arms."""
    return "".join(f"e,c{i},{arms[i % len(arms)]},{day}{more}\n" for i in range(n))


def unit_of(
    shop: Shop, arms: str | None = None, lines: str | None = None, head: str = ARMS, **keys: Any
) -> Unit:
    top = {name: keys.pop(name) for name in ("timezone", "margin", "customers", "as_of") if name in keys}
    named = {"name": "e", "control": "none", "outcome_days": 30, "ends": "2024-03-01", "cost": 1.0} | keys
    named = {name: value for name, value in named.items() if value is not None}
    return shop(lines or lines_of(), assignments=f"{head}\n{arms or arms_of()}", experiments=[named], **top)


def refused(unit: Unit) -> str:
    with pytest.raises(KeepbookError) as error, open_tables(unit) as tables:
        ex.study_of(tables, unit, unit.experiments[0])
    return str(error.value)


def told(what: str, expected: str, do: str, where: str = "params/shop.yaml, assignments") -> str:
    return f"{what}\n  where:    {where}\n  expected: {expected}\n  do:       {do}"


def own(value: Callable[[int], str], name: str = "calls") -> dict[str, str]:
    rows = "".join(f"e,c{i},{('none', 'voucher')[i % 2]},2024-03-01,{value(i)}\n" for i in range(N))
    return {"arms": rows, "head": f"{ARMS},{name}"}
