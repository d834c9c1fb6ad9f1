"""A before/after comparison as a whole: from tables to effects, money, checks and sentences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from before_after_data import UNIT
from before_after_panels import DATE, SHOP_MEAN, Floats, change, rows_of, shop, tables
from scipy import stats
from test_before_after_series import ageing_shop

from keepbook.before_after import BeforeAfter, before_after
from keepbook.before_after.comparison import COLUMNS
from keepbook.before_after.page.checks import check_sentence, notes
from keepbook.before_after.page.decision import decision
from keepbook.errors import DataError, NotEnoughData
from keepbook.tables import Tables

BEFORE, AFTER, MANY = 6, 4, 1500


def unit(
    treated: Floats, comparison: Floats, name: str = "compared", shops: int = 40, **window: str
) -> Tables:
    """Customers of two tiers, each served by one of some shops of their tier."""
    n = len(treated) + len(comparison)
    names = [f"C{i:05d}" for i in range(n)]
    gold = np.arange(n) < len(treated)
    where = np.where(gold, np.arange(n) % shops, shops + np.arange(n) % shops).astype(str)
    people = {"customer_id": names, "tier": np.where(gold, "gold", "plus"), "shop": where}
    return tables(
        rows_of(np.concatenate([treated, comparison]).round(4), names, BEFORE), people, name=name, **window
    )


def panels(seed: int, lift: float = 0.0, level: float = 1.0) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    treated, comparison = shop(rng, MANY, BEFORE + AFTER), shop(rng, MANY, BEFORE + AFTER)
    after = np.arange(BEFORE + AFTER) >= BEFORE
    return treated * level * (1 + lift * after), comparison


ASKED = change(treated={"tier": "gold"}, before=BEFORE, after=AFTER, cost=0.5)


def told(result: BeforeAfter) -> list[str]:
    """What is to be known of who and what was counted."""
    return [note for _about, note in notes(result)]


def why(result: BeforeAfter) -> str:
    """What the page says of the decision."""
    return decision(result, UNIT).reason


@pytest.fixture(scope="module")
def found() -> BeforeAfter:
    return before_after(unit(*panels(1, lift=0.5)), ASKED, margin=0.4)


def test_frames(found: BeforeAfter) -> None:
    assert found.kind == "difference-in-differences" and "They were not randomised" in why(found)
    assert list(found.effects.columns) == COLUMNS
    assert found.effects[["metric", "kind"]].to_numpy().tolist() == [
        ["revenue", "money"],
        ["orders", "number"],
        ["retained", "share"],
    ]
    k = BEFORE + AFTER
    assert len(found.periods) == k and len(found.levels) == 3 * 2 * k and len(found.event_study) == 3 * k
    assert len(found.placebo) == 3 * (BEFORE - 1)
    assert found.groups["group"].tolist() == ["treated", "comparison"]
    assert found.groups["customers"].tolist() == [MANY, MANY] and found.groups["clusters"].isna().all()
    assert set(found.checks["holds"]) <= {"yes", "no", "open"}
    comparison = found.levels["group"] == "comparison"
    assert found.levels["counterfactual"].isna().tolist() == comparison.tolist()


def test_identities(found: BeforeAfter) -> None:
    """Effects from levels, from the event study, and in money."""
    row = found.effects.set_index("metric").loc["revenue"]
    levels = found.levels[found.levels["metric"] == "revenue"]
    means = levels.pivot(index="period", columns="group", values="mean")
    gap = means["treated"] - means["comparison"]
    assert row["effect"] == pytest.approx(gap.loc[0:].mean() - gap.loc[:-1].mean())
    study = found.event_study[found.event_study["metric"] == "revenue"].set_index("period")["effect"]
    assert row["effect"] == pytest.approx(study.loc[0:].mean())
    assert row["effect"] == pytest.approx(row["treated_after"] - row["counterfactual"])
    off = levels[(levels["group"] == "treated") & (levels["period"] >= 0)]
    assert row["effect"] == pytest.approx((off["mean"] - off["counterfactual"]).mean())
    assert row["total"] == pytest.approx(row["effect"] * MANY * AFTER)


def test_the_levels_intervals(found: BeforeAfter) -> None:
    own = panels(1, lift=0.5)[0]
    levels = found.levels[(found.levels["metric"] == "revenue") & (found.levels["group"] == "treated")]
    for k, row in enumerate(levels.to_dict("records")):
        low, high = stats.ttest_1samp(own[:, k], 0).confidence_interval()
        assert (row["mean"], row["lower"], row["upper"]) == pytest.approx(
            (own[:, k].mean(), low, high), rel=1e-5
        )
    shares = found.levels[found.levels["metric"] == "retained"]
    assert shares["lower"].min() >= 0 and shares["upper"].max() <= 1


def test_a_known_lift_is_recovered(found: BeforeAfter) -> None:
    row = found.effects.set_index("metric").loc["revenue"]
    assert row["ci_lower"] < 0.5 * SHOP_MEAN < row["ci_upper"] and row["ci_lower"] > 0
    assert row["lift_lower"] < 0.5 < row["lift_upper"]
    orders = found.effects.set_index("metric").loc["orders"]
    assert orders["ci_lower"] < 0 < orders["ci_upper"]  # they pay more, and come no more often


def test_money(found: BeforeAfter) -> None:
    """0.4 of the effect, less 0.5 per customer and period; 1,500 customers in 4 periods."""
    row = found.effects.set_index("metric").loc["revenue"]
    money = found.money.set_index("basis")
    assert money.index.tolist() == ["customer and period", "customer", "total"]
    one = money.loc["customer and period"]
    assert one["gain"] == pytest.approx(0.4 * row["effect"]) and one["gain_lower"] == pytest.approx(
        0.4 * row["ci_lower"]
    )
    assert one["profit"] == pytest.approx(0.4 * row["effect"] - 0.5)
    assert one["profit_upper"] == pytest.approx(0.4 * row["ci_upper"] - 0.5)
    assert one["error"] == pytest.approx(0.4 * row["error"])
    assert one["chance"] == pytest.approx(stats.t.cdf(one["profit"] / one["error"], row["df"]))
    for basis, factor in (("customer", AFTER), ("total", AFTER * MANY)):
        amounts = money.columns.drop("chance")
        assert money.loc[basis, amounts].tolist() == pytest.approx((one[amounts] * factor).tolist())
        assert money.loc[basis, "chance"] == pytest.approx(one["chance"])


def test_without_a_cost_there_is_no_profit() -> None:
    asked = ASKED.model_copy(update={"cost": None, "metrics": ("orders",)})
    found = before_after(unit(*panels(2)), asked)
    assert found.money["gain"].notna().all()
    assert found.money[["cost", "profit", "profit_lower", "error", "chance"]].isna().all(axis=None)
    assert any("states no cost" in note for note in told(found))
    for frame in (found.effects, found.levels, found.event_study, found.placebo):
        assert set(frame["metric"]) == {"orders"}


def test_clusters() -> None:
    found = before_after(unit(*panels(3), shops=20), ASKED.model_copy(update={"cluster": "shop"}))
    assert found.groups["clusters"].tolist() == [20, 20]
    assert found.effects["df"].between(19, 38).all()
    few = before_after(unit(*panels(3), shops=5), ASKED.model_copy(update={"cluster": "shop"}))
    assert few.credibility("clusters") == "no" and "has only 5 of them" in check_sentence(few, "clusters")
    assert found.credibility("clusters") == "yes"


def test_a_sister_unit() -> None:
    """The same customers as one unit of two tiers, or as two units with a tier each: the same effect."""
    treated, comparison = panels(4, lift=0.3)
    whole = before_after(unit(treated, comparison), ASKED)
    ours, theirs = unit(treated, comparison[:0], "ours"), unit(comparison, comparison[:0], "theirs")
    asked = change(comparison_unit="deli", before=BEFORE, after=AFTER, cost=0.5)
    apart = before_after(ours, asked, sister=theirs)
    pd.testing.assert_frame_equal(whole.effects, apart.effects)
    assert "They were not randomised: another cause would look the same." in why(apart)
    with pytest.raises(DataError, match="compared with 'deli', which is not open"):
        before_after(ours, asked)


def test_nothing_happened() -> None:
    found = before_after(unit(*panels(5)), ASKED)
    assert found.effects["pvalue"].min() > 0.001
    assert (found.effects.loc[found.effects["pvalue"] > 0.05, "breakdown"] == 0).all()
    for metric, pvalue in zip(found.effects["metric"], found.effects["pvalue"], strict=True):
        assert ("trend" in checks(found, metric)) == (pvalue < 0.05)  # without a finding, nothing to undo


def checks(found: BeforeAfter, metric: str = "revenue") -> dict[str, str]:
    return found.checks[found.checks["metric"] == metric].set_index("check")["holds"].to_dict()


def test_customers_chosen_by_what_they_bought() -> None:
    """Best customers of the last two periods before, of whom nothing but chance sets apart: they fall back.

    No change at all, and yet an effect is found: the periods before must speak against it.
    """
    rng = np.random.default_rng(6)
    everybody = shop(rng, 4000, BEFORE + AFTER)
    lately = everybody[:, BEFORE - 2 : BEFORE].sum(axis=1)
    best = lately > np.quantile(lately, 0.9)
    found = before_after(unit(everybody[best], everybody[~best]), ASKED)
    row = found.effects.set_index("metric").loc["revenue"]
    assert row["ci_upper"] < 0  # regression to the mean, taken for a loss
    assert checks(found)["pre_trend"] == checks(found)["placebo"] == checks(found)["levels"] == "no"
    sentence = check_sentence(found, "levels", "revenue")
    assert "above that of the comparison" in sentence and "chosen by what they had bought" in sentence
    assert row["breakdown"] < 1


def test_a_drift_is_no_effect() -> None:
    """Money of the treated grows by a fifth of the level each period, before and after alike."""
    rng = np.random.default_rng(7)
    treated, comparison = shop(rng, 6000, BEFORE + AFTER), shop(rng, 6000, BEFORE + AFTER)
    found = before_after(unit(treated * (1 + 0.2 * np.arange(BEFORE + AFTER)), comparison), ASKED)
    row = found.effects.set_index("metric").loc["revenue"]
    assert row["ci_lower"] > 0 and row["slope_lower"] < 0.2 * SHOP_MEAN < row["slope_upper"]
    assert row["trended_lower"] < 0 < row["trended_upper"]
    held = checks(found)
    assert held["pre_trend"] == "no" and held["placebo"] == "no" and held["trend"] in ("no", "open")


def test_a_shock_to_all_is_no_effect() -> None:
    treated, comparison = panels(8)
    shock = np.r_[np.ones(BEFORE), np.full(AFTER, 1.6)]
    found = before_after(unit(treated * shock, comparison * shock), ASKED)
    row = found.effects.set_index("metric").loc["revenue"]
    assert row["ci_lower"] < 0 < row["ci_upper"]
    assert row["treated_after"] > 1.3 * row["treated_before"]


def test_a_loss_and_its_words() -> None:
    found = before_after(unit(*panels(9, lift=-0.8)), ASKED)
    row = found.effects.set_index("metric").loc["revenue"]
    assert row["ci_upper"] < 0 and row["breakdown"] == pytest.approx(-row["ci_upper"] / largest_move(found))
    assert found.money["chance"].max() < 0.01


def largest_move(found: BeforeAfter) -> float:
    levels = found.levels[(found.levels["metric"] == "revenue") & (found.levels["period"] < 0)]
    means = levels.pivot(index="period", columns="group", values="mean")
    return float((means["treated"] - means["comparison"]).diff().abs().max())


# ─────────────────────────────────────────────────────────────────────────────── without a comparison group


def alone(rows: pd.DataFrame, **fields: Any) -> BeforeAfter:
    there = tables(rows, start="2023-06-05", as_of="2024-03-03")
    return before_after(there, change(before=10, after=8, **fields), margin=0.5)


def test_everybody_got_it() -> None:
    rng = np.random.default_rng(10)
    rows = ageing_shop(30, lift=0.5)
    rows["money"] = (rows["money"] * rng.lognormal(-0.02, 0.2, len(rows))).round(2)
    found = alone(rows, cost=1.0)
    assert found.kind == "interrupted time series" and "There is nobody to compare with" in why(found)
    row = found.effects.set_index("metric").loc["revenue"]
    assert row["lift_lower"] < 0.5 < row["lift_upper"] and row["ci_lower"] > 0
    assert list(found.effects.columns) == COLUMNS
    assert found.effects.filter(regex="comparison|proportional|gap_before|trended").isna().all(axis=None)
    assert set(found.checks["check"]) == {"pre_trend", "placebo"}
    assert found.groups["group"].tolist() == ["all", "older"]
    study = found.event_study[(found.event_study["metric"] == "revenue")].set_index("period")
    assert study["effect"].loc[0:].mean() == pytest.approx(row["effect"])
    assert study["ci_lower"].isna().tolist() == [True] * 10 + [False] * 8
    customers = row["total"] / row["effect"] / 8
    money = found.money.set_index("basis")
    assert money.index.tolist() == ["customer and period", "total"], "nobody counts in all periods"
    assert money.loc["total", "cost"] == found.customer_periods == pytest.approx(customers * 8)
    came = pd.Series([(60, 120, 180)[k % 3] for k in range(-16, 8)], range(-16, 8))
    assert customers == pytest.approx(np.mean([came.loc[k - 6 : k - 1].sum() for k in range(8)]))
    assert (found.customers, found.ages) == (came.loc[-6:6].sum(), 6)
    assert row["lift"] == pytest.approx(row["effect"] / row["counterfactual"])
    assert row["lift_upper"] == pytest.approx(row["ci_upper"] / (row["treated_after"] - row["ci_upper"]))


def test_notes_say_who_and_what() -> None:
    rows, names = (
        rows_of(np.ones((60, 10)), [f"C{i}" for i in range(60)], BEFORE),
        [f"C{i}" for i in range(57)],
    )
    late = pd.DataFrame(
        {"customer": ["late"], "date": [pd.Timestamp("2024-01-02")], "money": 9.0, "bought": True}
    )
    people = {"customer_id": [*names, "late"], "tier": ["gold", "plus"] * 29}
    there = tables(pd.concat([rows, late]), people, start="2023-11-20", as_of="2024-01-21")
    found = before_after(there, change(treated={"tier": "gold"}, before=8, after=4))
    said = "\n".join(told(found))
    for sentence in (
        "Customers take part who had bought before 2023-11-27;",
        "Left out: 1 customer who first bought on 2023-11-27 or later.",
        "Left out: 3 customers not in the customers table.",
        "Of 8 weeks asked for before 2024-01-01 only 5 begin within the data, after its first day.",
        "Of 4 weeks asked for from 2024-01-01 on only 3 are over within the data.",
        "a column that follows what customers buy, such as a tier, would sort them by the outcome itself.",
    ):
        assert sentence in said
    alone_said = "\n".join(told(alone(ageing_shop(30))))
    assert "customers count who first bought 1 to 6 weeks before: in every period others" in alone_said
    assert "from how far the data reach back, not from `before`" in alone_said
    short = before_after(
        tables(ageing_shop(30), start="2023-10-09", as_of="2024-03-03"), change(before=12, after=8)
    )
    assert (
        "Of 12 weeks asked for before 2024-01-01 only 9 are used: those before them tell who is how old a "
        "customer." in told(short)
    )
    assert "first bought 1 to 2 weeks before" in told(short)[0]
    assert "Left out: 1,620 customers who had first bought too long before the first period." in alone_said


def test_a_panel_without_purchases_says_nothing() -> None:
    """Known customers who never buy again: no effect, no doubt, no error."""
    silent = np.zeros((40, BEFORE + AFTER))
    found = before_after(unit(silent, silent), ASKED)
    assert (found.effects["effect"] == 0).all()
    assert found.effects[["error", "ci_lower", "pvalue", "lift", "breakdown"]].isna().all(axis=None)
    assert set(checks(found).values()) == {"open"}


def test_too_few_periods_for_everybody() -> None:
    there = tables(ageing_shop(30), start="2023-06-05", as_of="2024-03-03")
    with pytest.raises(NotEnoughData, match="8 whole weeks before 2024-01-01 are needed; 6 are asked for"):
        before_after(there, change(before=6, date=DATE))
