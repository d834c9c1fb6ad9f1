"""Scores as a reader looks at them: totals add up, groups are counted by hand, thin data are stopped."""

from __future__ import annotations

import datetime as dt
import pickle
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pytest
from cohort_data import Row, buys, purchases_of

from keepbook import clv
from keepbook.clv import checks
from keepbook.clv.checks import ChecksFailed, draw_checks
from keepbook.errors import NotEnoughData
from keepbook.tables import Window
from keepbook.unit import Simulation

START, AS_OF = dt.date(2023, 1, 1), dt.date(2024, 6, 30)
WINDOW = Window(START, AS_OF)


def shop(customers: int = 700, seed: int = 3) -> list[Row]:
    """Customers who come over 400 days, buy at rates of their own and leave at random; money likewise."""
    rng = np.random.default_rng(seed)
    rows: list[Row] = []
    for n in range(customers):
        first = START + dt.timedelta(days=int(rng.integers(0, 400)))
        rate, stay, money = rng.gamma(1.2, 1 / 40), rng.exponential(250), rng.gamma(6, 4)
        gaps = np.cumsum(rng.exponential(1 / rate, 60))
        days = {0, *(int(gap) for gap in gaps if gap < min(stay, (AS_OF - first).days))}
        rows += [
            (f"c{n}", first + dt.timedelta(days=day), round(float(rng.gamma(5, money / 5)), 2) + 1, True)
            for day in sorted(days)
        ]
    return rows


ROWS = shop()


class Shop:
    """One fitted shop for the whole module."""

    def __init__(self) -> None:
        self.purchases = purchases_of(ROWS, "views")
        self.base = clv.customer_base(self.purchases, WINDOW, clv.Choices(model="mbg_nbd"))
        self.model = clv.fit(self.base)
        self.scores = clv.score(self.base, self.model)
        self.frame = self.scores.to_pandas()


@pytest.fixture(scope="module")
def made() -> Shop:
    return Shop()


def test_totals_are_those_of_the_customers(made: Shop) -> None:
    totals = clv.totals(made.scores)
    assert totals["customers"] == len({row[0] for row in ROWS}) == made.base.customers
    assert totals["customers"] == clv.count_customers(made.purchases, AS_OF)
    assert totals["spend_to_date"] == pytest.approx(sum(row[2] for row in ROWS))
    assert totals["clv"] == pytest.approx(clv.outlook(made.base, made.model)["value"].iloc[-1])


def test_top_customers_are_the_most_valuable(made: Shop) -> None:
    top = clv.top_customers(made.scores, 7)
    assert list(top["clv"]) == sorted(made.frame["clv"], reverse=True)[:7]
    assert list(clv.ranked(made.scores).customer_id.to_pandas()[:7]) == list(top["customer_id"])


def test_the_active_share_is_the_mean_probability_within_its_interval(made: Shop) -> None:
    share, lower, upper = clv.active_share(made.base, made.model)
    assert share == pytest.approx(made.frame["p_alive"].mean())
    assert 0 < lower < share < upper < 1


def test_groups_are_those_counted_by_hand(made: Shop) -> None:
    cells = clv.rf_matrix(made.base, made.scores)
    assert cells["customers"].sum() == len(made.frame)
    assert cells["clv"].sum() == pytest.approx(made.frame["clv"].sum())
    silent = made.frame["T"] - made.frame["recency"]
    for cell in cells.itertuples():
        inside = made.frame["frequency"].between(cell.bought, np.nan_to_num(cell.bought_until, nan=1e9))
        inside &= silent.between(cell.silent, np.nan_to_num(cell.silent_until, nan=1e9))
        own = made.frame[inside]
        assert len(own) == cell.customers
        assert own["p_alive"].mean() == pytest.approx(cell.p_alive)
        assert (own["p_alive"] < 0.5).sum() == cell.gone
        assert (own["expected_purchases"] < 0.5).sum() == cell.quiet


def test_weeks_of_silence_are_told_in_days() -> None:
    """Bought in the first of four weeks only: silent for 21 days, in the group from 14 to 29."""
    scores = ibis.memtable(
        {
            "frequency": [0],
            "recency": [0],
            "T": [3],
            "p_alive": [0.4],
            "expected_purchases": [1.0],
            "clv": [2.0],
        }
    )
    base: Any = SimpleNamespace(choices=clv.Choices(time_unit="week"))
    cell = clv.rf_matrix(base, scores).iloc[0]
    assert (cell.silent, cell.silent_until, cell.bought, cell.gone, cell.quiet) == (14, 29, 0, 1, 0)


def test_steps_of_money_hold_everybody(made: Shop) -> None:
    steps = clv.value_distribution(made.scores)
    assert steps["customers"].sum() == len(made.frame)
    assert steps["clv_share"].sum() == pytest.approx(1)
    for step in steps.itertuples():
        inside = (made.frame["clv"] >= step.lower) & (made.frame["clv"] < step.upper)
        assert inside.sum() == step.customers
    assert steps["lower"].iloc[0] == 0
    assert list(steps["lower"].iloc[1:]) == list(steps["upper"].iloc[:-1])


def test_nobody_worth_anything_has_no_steps() -> None:
    assert clv.value_distribution(ibis.memtable({"clv": [0.0, 0.0]})).empty


@pytest.mark.parametrize("period", ["month", "quarter", "week"])
def test_cohorts_are_by_first_purchase_and_add_up(made: Shop, period: Any) -> None:
    cohorts = clv.by_cohort(made.base, made.model, made.scores, period)
    alias = {"month": "M", "quarter": "Q", "week": "W-SUN"}[period]
    starts = pd.to_datetime(made.frame["first"]).dt.to_period(alias).dt.start_time
    by_hand = made.frame.groupby(starts)["clv"].agg(["sum", "size"])
    assert list(cohorts["cohort"]) == list(by_hand.index)
    assert cohorts["clv"].to_numpy() == pytest.approx(by_hand["sum"].to_numpy())
    assert list(cohorts["customers"]) == list(by_hand["size"])
    known = cohorts.dropna(subset=["each_lower"])
    assert len(known) == min(len(cohorts), 40)
    assert ((known["each_lower"] < known["each"]) & (known["each"] < known["each_upper"])).all()


def test_a_cohort_of_many_is_known_better_than_one_of_few(made: Shop) -> None:
    """The interval of a mean narrows with the root of the number; quarters hold three months."""
    wide = {}
    for period in ("month", "quarter"):
        cohorts = clv.by_cohort(made.base, made.model, made.scores, period)  # type: ignore[arg-type]
        wide[period] = ((cohorts["each_upper"] - cohorts["each_lower"]) / cohorts["each"]).median()
    assert wide["quarter"] < 0.8 * wide["month"]


# ── new customers ───────────────────────────────────────────────────────────────────────────────────────


def test_the_value_of_a_new_customer_grows_to_what_it_is_in_the_end(made: Shop) -> None:
    new = clv.new_customer(made.base, made.model)
    growing = clv.cumulative_value(made.base, made.model, new)
    assert list(growing["months"]) == list(range(13))
    first, last = growing.iloc[0], growing.iloc[-1]
    assert (first.value, first.purchases) == (pytest.approx(new.first), 0)
    assert (last.value, last.lower, last.upper) == pytest.approx((new.value, new.lower, new.upper))
    assert growing["value"].is_monotonic_increasing
    six = clv.new_customer(replace(made.base, choices=replace(made.base.choices, months=6)), made.model)
    assert growing["value"].iloc[6] == pytest.approx(six.value, rel=1e-3)


def test_newcomers_are_the_later_half_followed_for_long_enough(made: Shop) -> None:
    seen = clv.newcomers(made.purchases, made.base, made.model).set_index("months")
    lines = pd.DataFrame(ROWS, columns=["customer", "date", "money", "bought"])
    first = lines.groupby("customer")["date"].min()
    until = dt.date(2023, 12, 30)  # six months before the 30th of June
    since = START + (until - START) / 2
    row = seen.loc[6]
    assert (row.since.date(), row.until.date()) == (since, until)
    late = first[(first >= since) & (first <= until)]
    age = pd.to_datetime(lines["date"]) - pd.to_datetime(lines["customer"].map(first))
    within = lines[lines["customer"].isin(late.index) & (age.dt.days <= (AS_OF - until).days)]
    assert row.customers == len(late)
    assert row.seen == pytest.approx(within["money"].sum() / len(late))
    assert row.seen_lower < row.seen < row.seen_upper


def test_newcomers_bear_the_model_out_where_it_is_true(made: Shop) -> None:
    seen = clv.newcomers(made.purchases, made.base, made.model)
    assert ((seen["expected"] / seen["seen"]).between(0.8, 1.25)).all()


def test_customers_of_long_before_make_new_ones_look_too_good() -> None:
    """A panel: most buy from the first days on and often; those who come later buy twice a year."""
    rows = [row for n in range(400) for row in buys(f"old{n}", *_days("2023-01-02", 7 + n % 9, n))]
    rows += [row for n in range(200) for row in buys(f"new{n}", *_days("2023-10-01", 90 + n, n, most=3))]
    purchases = purchases_of(rows, "panel")
    base = clv.customer_base(purchases, WINDOW, clv.Choices(model="mbg_nbd"))
    seen = clv.newcomers(purchases, base, clv.fit_model(base))
    followed = seen[seen["months"] < 12]  # a year ago there were but old ones
    assert (followed["expected"] > 2 * followed["seen_upper"]).all()


def _days(start: str, gap: int, shift: int, most: int = 99) -> list[str]:
    first = dt.date.fromisoformat(start) + dt.timedelta(days=shift % 60)
    days = [first + dt.timedelta(days=gap * k + (k * k * shift) % 3) for k in range(most)]
    return [f"{day}" for day in days if day <= AS_OF]


def test_too_few_newcomers_are_not_looked_at() -> None:
    rows = [
        row
        for n in range(40)
        for row in buys(f"c{n}", f"2024-06-{1 + n % 20:02}", f"2024-06-{21 + n % 9:02}")
    ]
    purchases = purchases_of(rows, "late")
    base = clv.customer_base(purchases, Window(dt.date(2024, 6, 1), AS_OF), clv.Choices())
    assert clv.newcomers(purchases, base, None).empty  # type: ignore[arg-type]


# ── what the data cannot carry ──────────────────────────────────────────────────────────────────────────


def test_one_time_buyers_stop_every_figure() -> None:
    purchases = purchases_of([row for n in range(600) for row in buys(f"c{n}", "2023-02-01")], "once")
    base = clv.customer_base(purchases, WINDOW, clv.Choices())
    with pytest.raises(ChecksFailed, match="Not shown: the data cannot carry it") as caught:
        clv.checked(base)
    assert "Repeat buyers" in caught.value.what
    asked = clv.all_checks(base, caught.value)
    assert [check.name for check in asked] == [check.name for check in caught.value.checks]
    assert any(check.stops and not check.passed and check.follows for check in asked)


def test_a_base_that_passes_is_handed_on(made: Shop) -> None:
    assert clv.checked(made.base) is made.base
    names = [check.name for check in clv.all_checks(made.base, made.model)]
    assert len(names) == len(set(names)) > len(clv.all_checks(made.base, NotEnoughData("no model")))


def test_draws_that_are_all_the_same_stop(made: Shop) -> None:
    lone = replace(made.model, posterior=replace(made.model.posterior, effective=1.3))
    assert [check.stops for check in draw_checks(lone)] == [True]
    assert draw_checks(made.model) == []


def test_the_next_likeliest_stands_in_for_a_model_without_a_fit(made: Shop, monkeypatch: Any) -> None:
    """The likeliest has but one draw, and so no interval; for a model the file names nothing stands in."""
    auto = replace(made.base, choices=replace(made.base.choices, model="auto"))
    likeliest = checks.fit_model(auto)

    def fit_model(base: Any, evaluation: object = None) -> Any:
        model = fit_any(base, evaluation)
        if model.process is not likeliest.process:
            return model
        return replace(model, posterior=replace(model.posterior, effective=1.0))

    fit_any = checks.fit_model
    monkeypatch.setattr(checks, "fit_model", fit_model)
    assert checks.fit(auto).process is not likeliest.process
    only = replace(auto, choices=replace(auto.choices, model=likeliest.process.key))
    with pytest.raises(ChecksFailed, match="Different draws"):
        checks.fit(only)


def test_that_another_than_the_likeliest_is_shown_is_said(made: Shop) -> None:
    auto = replace(made.base, choices=replace(made.base.choices, model="auto"))
    held = made.model.comparison.assign(holdout_log_likelihood=[-2.0, -1.5, -1.0])
    other = replace(made.model, comparison=held)
    check = clv.all_checks(auto, other)[-1]
    assert (check.name, check.stops, check.needed) == ("Likeliest model", False, "Pareto/NBD")
    assert "Pareto/NBD gave held-out purchases a higher probability" in check.follows
    own = replace(other, comparison=held.assign(holdout_log_likelihood=[-2.0, -1.0, -1.5]))
    assert "Likeliest model" not in [check.name for check in clv.all_checks(auto, own)]


def test_a_stop_survives_the_way_out_of_a_kernel() -> None:
    assert pickle.loads(pickle.dumps(ChecksFailed("Not shown."))).what == "Not shown."


# ── known truth ─────────────────────────────────────────────────────────────────────────────────────────


def test_real_units_have_no_known_truth(made: Shop) -> None:
    real: Any = SimpleNamespace(simulated=False)
    assert clv.truth_of(real, SimpleNamespace(customers=None), made.base) is None  # type: ignore[arg-type]
    mapped, unmapped = SimpleNamespace(columns={"tier": "tier"}), SimpleNamespace(columns={"tier": "region"})
    shop = SimpleNamespace(simulation=Simulation)
    simulated: Any = SimpleNamespace(simulated=True, customers=mapped, transactions=shop)
    untiered: Any = SimpleNamespace(customers=ibis.memtable({"customer_id": ["c1"], "tier": ["platinum"]}))
    assert clv.truth_of(simulated, SimpleNamespace(customers=None), made.base) is None  # type: ignore[arg-type]
    assert clv.truth_of(simulated, untiered, made.base) is None
    simulated.customers = unmapped
    assert clv.truth_of(simulated, untiered, made.base) is None


def test_who_came_back_and_never_paid_is_expected_to_go_on_so() -> None:
    """Free samples are purchases; their takers are worth nothing, and the total is still the sum."""
    days = [(n, START + dt.timedelta(days=20 * n % 300 + 30 * k)) for n in range(80) for k in range(5)]
    free = [(f"free{n}", day, 0.0, True) for n, day in days]
    base = clv.customer_base(purchases_of(ROWS + free, "free"), WINDOW, clv.Choices(model="mbg_nbd"))
    model = clv.fit(base)
    scores = clv.score(base, model).to_pandas()
    takers = scores[scores["customer_id"].str.startswith("free")]
    assert base.unspendable == len(takers) == 80
    assert (takers["expected_purchases"] > 0).all()
    assert (takers[["expected_spend", "clv", "clv_lower", "clv_upper"]] == 0).all(axis=None)
    assert scores["clv"].sum() == pytest.approx(clv.outlook(base, model)["value"].iloc[-1], rel=1e-9)
