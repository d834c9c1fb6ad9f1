"""Simulated strategies do what they are said to do: outcomes are counted anew from rows and assignments."""

from __future__ import annotations

import datetime as dt
from functools import cache
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest, chisquare

from keepbook.errors import KeepbookError
from keepbook.simulate import OUTCOME_DAYS, SHIPPING, SHIPPING_REGIONS, UPTAKE, Simulated, simulate
from keepbook.simulate import experiments_truth as truth_of

START, DAYS, LAST = dt.date(2023, 1, 1), 731, pd.Timestamp("2024-12-31")
VOUCHER, CADENCE, LOYALTY = "winback_voucher", "contact_cadence", "loyalty_tier"
TREATED = {VOUCHER: "voucher", CADENCE: "weekly", LOYALTY: "tier"}
METRICS = ["retained", "orders", "revenue"]
BEFORE, CHANGE, AFTER = (pd.Timestamp(day) for day in ("2023-07-01", "2024-01-01", "2024-07-01"))


@cache
def shop(customers: int = 4000, seed: int = 1, experiments: bool = True) -> Simulated:
    return simulate(customers, START, DAYS, seed, experiments)


def genuine(made: Simulated) -> pd.DataFrame:
    """Lines cleaned the naive way; returns in part are left out, as both arms have them alike."""
    lines = made.transactions.to_pandas().drop_duplicates().dropna(subset="customer_id")
    lines = lines[lines["amount"] != 0]
    by_order = lines.groupby("order_id")["amount"]
    undone = (by_order.transform("sum").abs() < 0.005) & (by_order.transform("min") < 0)
    lines = lines[~undone & (lines["amount"] > 0)]
    return lines.assign(date=pd.to_datetime(lines["date"]))


def assigned(made: Simulated, name: str) -> pd.DataFrame:
    """One row per customer of an experiment: variant, day, treated, tier."""
    lines = made.assignments.to_pandas().query("experiment == @name").set_index("customer_id")
    tier = made.customers.to_pandas().set_index("customer_id")["tier"]
    day = lines["assigned_at"].dt.normalize()
    return lines.assign(day=day, treated=lines["variant"] == TREATED[name], tier=tier)


def outcomes(made: Simulated, name: str) -> pd.DataFrame:
    """The same, with what each customer did on the outcome days."""
    people = assigned(made, name)
    rows = genuine(made).merge(people["day"], left_on="customer_id", right_index=True)
    after = (rows["date"] - rows["day"]).dt.days
    rows = rows[(after >= 0) & (after < OUTCOME_DAYS)]
    by_customer = rows.groupby("customer_id")
    found = pd.DataFrame({"orders": by_customer["date"].nunique(), "revenue": by_customer["amount"].sum()})
    people = people.join(found).fillna({"orders": 0, "revenue": 0})
    return people.assign(retained=(people["orders"] > 0).astype(float))


def differences(people: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Treatment − control of each metric, and its standard error."""
    arms = people.groupby("treated")[METRICS]
    mean, error = arms.mean(), arms.var() / arms.count().iloc[0, 0]
    error.loc[True] *= arms.count().iloc[0, 0] / arms.count().iloc[1, 0]
    return mean.loc[True] - mean.loc[False], error.sum() ** 0.5


def sample_ratio(people: pd.DataFrame) -> float:
    return float(chisquare([people["treated"].sum(), (~people["treated"]).sum()]).pvalue)


def marks(frame: pd.DataFrame) -> pd.Series:
    return frame.value_counts(dropna=False)


# ── what is added, and what is not touched ──────────────────────────────────────────────────────────────


def test_without_experiments_there_are_none() -> None:
    """That nothing else has moved is held by hashes in test_costs."""
    plain = shop(experiments=False)
    assert plain.assignments.num_rows == 0
    assert plain.assignments.schema == shop().assignments.schema
    assert plain.effects == {}
    assert plain.customers.column_names == ["customer_id", "acquired_on", "tier"]


def test_rows_are_only_added() -> None:
    plain, tried = shop(experiments=False), shop()
    before, after = plain.transactions.to_pandas(), tried.transactions.to_pandas()
    gone = marks(before).sub(marks(after), fill_value=0)
    assert (gone <= 0).all()
    added = after[~after["order_id"].isin(before["order_id"])]
    assert len(added) == len(after) - len(before) > 0
    assert added["order_id"].is_unique
    assert added["customer_id"].notna().all()
    assert added["amount"].gt(0).all()
    pd.testing.assert_frame_equal(after.drop(added.index).reset_index(drop=True), before)
    assert after["date"].is_monotonic_increasing
    assert tried.customers.select(plain.customers.column_names).equals(plain.customers)
    assert (tried.costs, tried.dirt) == (plain.costs, plain.dirt)


def test_seed() -> None:
    one, same, other = (simulate(300, START, DAYS, seed, True) for seed in (1, 1, 2))
    assert one.transactions.equals(same.transactions)
    assert one.customers.equals(same.customers)
    assert one.assignments.equals(same.assignments)
    assert one.effects == same.effects
    assert not one.assignments.equals(other.assignments)


@pytest.mark.parametrize(
    ("customers", "days"), [(1, 1), (1, 731), (3, 2), (20, 60), (50, 250), (60, 400), (300, 365)]
)
def test_small_shops(customers: int, days: int) -> None:
    made = simulate(customers, START, days, 3, True)
    last = pd.Timestamp(START) + pd.Timedelta(days=days - 1)
    assert pd.to_datetime(made.transactions["date"].to_pandas()).max() <= last
    held = set(made.assignments["experiment"].to_pylist())
    assert made.effects.keys() - {SHIPPING} == held
    for name in held:
        assert assigned(made, name)["day"].max() + pd.Timedelta(days=OUTCOME_DAYS - 1) <= last


# ── who is assigned, and to which arm ───────────────────────────────────────────────────────────────────


def silence(made: Simulated, name: str) -> pd.Series:
    """Days since the last purchase before the day of assignment."""
    people = assigned(made, name)
    rows = genuine(made).merge(people["day"], left_on="customer_id", right_index=True)
    last = rows[rows["date"] < rows["day"]].groupby("customer_id")["date"].max()
    return (people["day"] - last).dt.days


def test_customers_qualify() -> None:
    assert silence(shop(), VOUCHER).min() == 90
    assert silence(shop(), CADENCE).max() < 90
    assert silence(shop(), LOYALTY).max() < 365


def test_every_customer_is_assigned_once_and_followed_to_the_end() -> None:
    lines = shop().assignments.to_pandas()
    assert not lines.duplicated(["experiment", "customer_id"]).any()
    assert set(lines["customer_id"]) <= set(shop().customers["customer_id"].to_pylist())
    assert lines["assigned_at"].max().normalize() + pd.Timedelta(days=OUTCOME_DAYS - 1) <= LAST
    span = assigned(shop(), VOUCHER)["day"].agg(["min", "max"])
    assert 80 < (span["max"] - span["min"]).days < 95
    assert lines.groupby(["experiment", "variant"])["cost"].first().to_dict() == {
        (VOUCHER, "no_voucher"): 0,
        (VOUCHER, "voucher"): 0.9,
        (CADENCE, "monthly"): 0,
        (CADENCE, "weekly"): 0.4,
        (LOYALTY, "no_tier"): 0,
        (LOYALTY, "tier"): 0,
    }


def test_two_experiments_overlap_a_little_and_the_broken_one_stands_apart() -> None:
    voucher, cadence, loyalty = (set(assigned(shop(), name).index) for name in (VOUCHER, CADENCE, LOYALTY))
    assert 0.05 < len(voucher & cadence) / len(voucher) < 0.25
    assert not loyalty & (voucher | cadence)


def test_sample_ratios() -> None:
    """Two sound splits give p-values that are even over seeds; the broken one is found each time."""
    seeds = range(1, 21)
    broken = [sample_ratio(assigned(shop(seed=seed), LOYALTY)) for seed in seeds]
    assert max(broken) < 0.001
    for name in (VOUCHER, CADENCE):
        sound = [sample_ratio(assigned(shop(seed=seed), name)) for seed in seeds]
        assert min(sound) > 0.001
        assert binomtest(sum(p < 0.5 for p in sound), len(sound), 0.5).pvalue > 0.001


def test_the_broken_split_lost_treated_customers_who_had_been_silent() -> None:
    people = assigned(shop(), LOYALTY).assign(silent=silence(shop(), LOYALTY) >= 90)
    cells = people.groupby(["treated", "silent"]).size()
    assert cells[True, True] < 0.25 * cells[False, True]
    assert binomtest(cells[True, False], cells[True, False] + cells[False, False]).pvalue > 0.001


# ── what is true ────────────────────────────────────────────────────────────────────────────────────────


def deviations(name: str, customers: int, seeds: range) -> pd.DataFrame:
    """One row per seed: by how many standard errors the observed differences are off the truth."""
    rows = []
    for seed in seeds:
        made = simulate(customers, START, DAYS, seed, True)
        seen, error = differences(outcomes(made, name))
        rows.append((seen - pd.Series(made.effects[name])) / error)
    return pd.DataFrame(rows)


@pytest.mark.parametrize("name", [VOUCHER, CADENCE])
@pytest.mark.parametrize("seeds", [range(1, 31), pytest.param(range(1, 401), marks=pytest.mark.slow)])
def test_observed_differences_scatter_around_the_true_effect(name: str, seeds: range) -> None:
    off = deviations(name, 4000, seeds)
    assert (off.mean().abs() < 4 / len(seeds) ** 0.5).all()
    assert (off.abs() < 4.5).all(axis=None)


def test_the_broken_split_shows_a_lift_that_is_not_there() -> None:
    off = deviations(LOYALTY, 4000, range(1, 21))
    assert (off.mean() > 1).all()


def test_nothing_is_nothing() -> None:
    for name in (CADENCE, LOYALTY):
        assert shop().effects[name] == dict.fromkeys(METRICS, 0.0)


def test_the_voucher_pays_and_one_tier_takes_it_up_most() -> None:
    """In a large shop: who was not coming anyway (about nine in ten) comes back at the tier's rate."""
    made = shop(60_000, 5)
    people = outcomes(made, VOUCHER)
    for tier, uptake in UPTAKE.items():
        own = people[people["tier"] == tier]
        seen, error = differences(own)
        baseline = own.loc[~own["treated"], "retained"].mean()
        assert abs(seen["retained"] - uptake * (1 - baseline)) < 4 * error["retained"], tier
        assert abs(seen["revenue"] - uptake * 40) < 4 * error["revenue"], tier  # 6 × 20 / 3 an order
    assert UPTAKE["plus"] > 2 * max(UPTAKE["basic"], UPTAKE["gold"])
    seen, error = differences(outcomes(shop(), VOUCHER))
    assert seen["revenue"] - 0.9 > 2 * error["revenue"]
    assert shop().effects[VOUCHER]["retained"] > 0.09


def test_truth_of_settings() -> None:
    settings = SimpleNamespace(customers=4000, start=START, days=DAYS, seed=1, experiments=True)
    truth = truth_of(settings, margin=0.25)
    assert truth.keys() == {VOUCHER, CADENCE, LOYALTY, SHIPPING}
    assert truth[VOUCHER] == shop().effects[VOUCHER] | {"margin": shop().effects[VOUCHER]["revenue"] / 4}
    settings.experiments = False
    assert truth_of(settings) == {}


# ── the change ──────────────────────────────────────────────────────────────────────────────────────────


def panel(made: Simulated) -> pd.DataFrame:
    """One row per customer known before the panel: treated, and each metric a month, after − before."""
    rows, people = genuine(made), made.customers.to_pandas().set_index("customer_id")
    people = people[pd.to_datetime(people["acquired_on"]) < BEFORE]
    rows = rows[rows["customer_id"].isin(people.index) & (rows["date"] >= BEFORE) & (rows["date"] < AFTER)]
    cells = rows.groupby(["customer_id", rows["date"].dt.to_period("M")]).agg(
        orders=("date", "nunique"), revenue=("amount", "sum")
    )
    cells = cells.assign(retained=1.0, after=cells.index.get_level_values("date") >= CHANGE.to_period("M"))
    sums = cells.groupby(["customer_id", "after"])[METRICS].sum().unstack(fill_value=0).fillna(0) / 6
    change = sums.xs(True, axis=1, level=1) - sums.xs(False, axis=1, level=1)
    joined = people.join(change).fillna(dict.fromkeys(METRICS, 0))
    return joined.assign(treated=joined["region"].isin(SHIPPING_REGIONS))


@pytest.mark.parametrize("seeds", [range(1, 31), pytest.param(range(1, 401), marks=pytest.mark.slow)])
def test_difference_in_differences_scatters_around_the_effect_of_free_shipping(seeds: range) -> None:
    off = []
    for seed in seeds:
        made = simulate(4000, START, DAYS, seed, True)
        seen, error = differences(panel(made))
        off.append((seen - pd.Series(made.effects[SHIPPING])) / error)
    frame = pd.DataFrame(off)
    assert (frame.mean().abs() < 4 / len(seeds) ** 0.5).all()
    assert (frame.abs() < 4.5).all(axis=None)


def test_free_shipping_is_found_in_the_demo() -> None:
    seen, error = differences(panel(shop()))
    assert (seen > 2 * error).all()


def test_free_shipping_ended_and_newer_customers_had_none() -> None:
    before = set(shop(experiments=False).transactions["order_id"].to_pylist())
    added = genuine(shop())
    added = added[~added["order_id"].isin(before)]
    people = shop().customers.to_pandas().set_index("customer_id").loc[added["customer_id"]]
    shipped = (added["date"] < AFTER).to_numpy()
    assert added["date"].min() >= CHANGE
    assert set(people.loc[shipped, "region"]) == set(SHIPPING_REGIONS)
    assert (pd.to_datetime(people.loc[shipped, "acquired_on"]) < BEFORE).all()
    vouched = assigned(shop(), VOUCHER).query("treated").index
    assert set(people.index[~shipped]) <= set(vouched)


def test_regions_and_depots_say_nothing_of_tiers() -> None:
    people = shop(60_000, 5).customers.to_pandas()
    assert people.groupby("region")["depot"].nunique().to_dict() == dict.fromkeys(
        ("north", "south", "east", "west"), 5
    )
    assert people["depot"].nunique() == 20
    grid = pd.crosstab(people["region"], people["tier"]).to_numpy()
    expected = np.outer(grid.sum(axis=1), grid.sum(axis=0)) / grid.sum()
    assert chisquare(grid.ravel(), expected.ravel(), ddof=5).pvalue > 0.001


# ── other names and prices ──────────────────────────────────────────────────────────────────────────────

NAMES = {
    "gold": "金卡会员",
    "north": "华北",
    "web": "小程序",
    "voucher": "发券",
    VOUCHER: "唤醒券",
}


def test_other_names_change_nothing_else() -> None:
    plain = shop(600)
    named = simulate(600, START, DAYS, 1, True, names=NAMES)
    renamed = NAMES | {f"north {n}": f"华北 {n}" for n in range(1, 6)}
    for table in ("transactions", "customers", "costs", "assignments"):
        one, other = (getattr(made, table).to_pandas() for made in (plain, named))
        pd.testing.assert_frame_equal(one.replace(renamed), other)
        assert getattr(plain, table).schema == getattr(named, table).schema
    assert named.effects["唤醒券"] == plain.effects[VOUCHER] and VOUCHER not in named.effects
    assert {"华北 1", "华北 5"} <= set(named.customers["depot"].to_pylist())


def test_the_price_level_is_a_factor_on_all_money() -> None:
    """To the cent that amounts are rounded to, and returns, which are shares of rounded amounts."""
    plain, dear = shop(600), simulate(600, START, DAYS, 1, True, price_level=5)
    one, other = (made.transactions.to_pandas() for made in (plain, dear))
    genuine_lines = (one["amount"] > 0) & (other["amount"] > 0) & (one["order_id"] == other["order_id"])
    assert genuine_lines.mean() > 0.9
    assert (5 * one["amount"] - other["amount"])[genuine_lines].abs().max() < 0.05
    for column in ("marketing_cost", "sales_cost", "servicing_cost"):
        costs = (np.array(made.costs[column]) for made in (plain, dear))
        np.testing.assert_allclose(np.array([5, -1]) @ np.stack([*costs]), 0, atol=0.05)
    assert set(dear.assignments["cost"].to_pylist()) == {0.0, 4.5, 2.0}
    for name in (VOUCHER, "free_shipping"):
        assert dear.effects[name]["orders"] == plain.effects[name]["orders"]
        assert dear.effects[name]["revenue"] == pytest.approx(5 * plain.effects[name]["revenue"], abs=0.05)


def test_a_name_that_the_simulator_does_not_know() -> None:
    with pytest.raises(KeepbookError, match="The simulator has nothing called 'nort'") as caught:
        simulate(600, START, DAYS, 1, True, names={"nort": "华北"})
    assert caught.value.do == "Correct it; did you mean 'north'?"
