"""Outcomes and totals that are there already give what customers one by one would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from experiment_units import HEAD, LAST, Shop, measured
from scipy.stats import ttest_ind

from keepbook import experiments as ex
from keepbook.tables import open_tables
from keepbook.unit import Unit

COMPARED = ["effect", "error", "ci_lower", "ci_upper", "pvalue"]

SPEND = {"none": [0, 0, 0, 12.5, 0, 30, 0, 0], "men": [0, 20, 0, 0, 45, 60, 10, 0], "women": [5, 0, 0] * 2}


def ready(kind: str, home: Path, shop: Shop, **keys: Any) -> Unit:
    each = pd.DataFrame([(arm_, value) for arm_, values in SPEND.items() for value in values])
    each.columns = pd.Index(["segment", "spend"])
    each["visit"] = (each["spend"] > 0).astype(int)
    table: dict[str, Any] = {"source": "ready.csv", "columns": {"variant": "segment"}}
    if kind == "totals":
        long = each.melt("segment", var_name="metric")
        long["metric"] = long["metric"].replace("spend", "revenue")
        sums = long.assign(squares=long["value"] ** 2).groupby(["segment", "metric"], as_index=False)
        frame = sums.agg(n=("value", "size"), sum=("value", "sum"), sum_squares=("squares", "sum"))
    else:
        frame = each
        table["columns"] |= {"revenue": "spend", "visit": "visit"}
    frame.to_csv(home / "ready.csv", index=False)
    metrics = {"revenue": "goal", "visit": "goal"}
    named = {"name": "mails", "control": "none", "metrics": metrics, kind: table, **keys}
    return shop(HEAD + LAST, experiments=[named], margin=0.5)


@pytest.mark.parametrize("kind", ["outcomes", "totals"])
def test_ready_tables(shop: Shop, home: Path, kind: str) -> None:
    unit = ready(kind, home, shop, cost={"men": 1.0, "women": 2.0}, ends="2024-06-30")
    with open_tables(unit) as tables:
        made = measured(unit, tables, "mails").study
        effects = ex.study_effects(made).set_index(["variant", "metric"])
        money = ex.study_money(made).set_index("variant")
        assert ex.study_verdict(made, ex.study_effects(made), ex.study_money(made), tables.window.as_of).final
    assert made.counts == {"none": 8, "men": 8, "women": 6}
    known = ttest_ind(SPEND["men"], SPEND["none"], equal_var=False)
    assert effects.loc[("men", "revenue"), "pvalue"] == pytest.approx(known.pvalue)
    assert effects.loc[("women", "revenue"), "effect"] == pytest.approx(10 / 6 - 42.5 / 8)
    assert effects.loc[("women", "visit"), "kind"] == "share"
    assert effects.loc[("men", "visit"), "effect"] == pytest.approx(4 / 8 - 2 / 8)
    assert effects["reduction"].eq(0).all()
    assert money.loc["men", "gain"] == pytest.approx((135 - 42.5) / 8 / 2)
    assert money.loc["men", "profit"] == pytest.approx((135 - 42.5) / 8 / 2 - 1)
    assert money["customers"].tolist() == [22, 22]
