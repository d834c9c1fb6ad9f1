"""For whom it works: segments by hand, what is left out, and when segments are said to differ."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from cohort_data import ENGINE, buys, purchases_of
from experiment_data import experiment
from scipy.stats import binom, ttest_ind

from keepbook import experiments as ex
from keepbook.errors import DataError, NotEnoughData, UnitFileError
from keepbook.experiments.segments import NEVER, SEGMENT, Segments, by_segment, together, with_segment
from keepbook.stats.moments import moments_of
from keepbook.tables import open_tables
from keepbook.unit import Unit

Shop = Callable[..., Unit]
ASSIGNED = dt.date(2024, 4, 1)


def people(rows: dict[str, dict[str, Any]], name: str = "grouped") -> Any:
    """Outcomes of customers: column → value, under their names."""
    frame = pd.DataFrame.from_dict(rows, orient="index").rename_axis("customer_id").reset_index()
    return table(frame, name)


def table(frame: pd.DataFrame, name: str = "grouped") -> Any:
    ENGINE.con.register("rows", pa.Table.from_pandas(frame, preserve_index=False))
    ENGINE.raw_sql(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM rows")
    return ENGINE.table(name)


def segmented(each: Any, column: str, rows: list[Any]) -> dict[str, str]:
    tables: Any = SimpleNamespace(
        customers_table=None, purchases=purchases_of(rows, "grouped_purchases"), attributes=None
    )
    frame = with_segment(each, column, tables).to_pandas()
    return dict(zip(frame["customer_id"], frame[SEGMENT], strict=True))


# ── the built-in segments ───────────────────────────────────────────────────────────────────────────────


def test_rfm_tiers_by_hand() -> None:
    """Nine customers, ranked alike by silence and days with a purchase, and but for two by money.

    Scores of silence, days and money: 9 for the best three, 6 for the next, 3 for the last. c1, the best,
    spent least: 3 + 3 + 1 = 7; c9, the last, most: 1 + 1 + 3 = 5. By that c3 falls to 3 + 3 + 2, c6 to
    2 + 2 + 1 and nobody's tier with it: c2 and c3 are high, c7 and c8 low.
    """
    rows = []
    for i in range(1, 10):  # c1 bought last, i days before, and on 10 - i days
        days = [ASSIGNED - dt.timedelta(days=i + 20 * k) for k in range(10 - i)]
        rows += buys(f"c{i}", *map(str, days), amount={1: 0.01, 9: 1000.0}.get(i, 100.0 - i))
    rows += buys("c10", "2024-04-01", "2024-05-01", amount=9999)  # on the day and later: not known then
    rows += [("c10", dt.date(2024, 1, 1), -5.0, False)]
    each = people({f"c{i}": {"variant": "none", "assigned_on": ASSIGNED} for i in range(1, 12)})
    tiers = dict.fromkeys(("c1", "c4", "c5", "c6", "c9"), "middle")
    tiers |= {"c2": "high", "c3": "high", "c7": "low", "c8": "low"}
    assert segmented(each, "rfm", rows) == tiers | dict.fromkeys(("c10", "c11"), "no purchase before")


def test_rfm_looks_at_the_days_before_each_customers_own_assignment() -> None:
    rows = buys("early", "2024-03-01") + buys("late", "2024-03-01")
    each = people(
        {
            "early": {"variant": "none", "assigned_on": dt.date(2024, 3, 1)},
            "late": {"variant": "none", "assigned_on": dt.date(2024, 3, 2)},
        }
    )
    found = segmented(each, "rfm", rows)
    assert found["early"] == "no purchase before"
    assert found["late"] != "no purchase before"


def test_cohorts_are_quarters_and_years_where_there_are_many() -> None:
    each = people({f"c{i}": {"variant": "none", "assigned_on": dt.date(2024, 6, 1)} for i in range(4)})
    rows = buys("c0", "2023-12-31", "2024-02-01") + buys("c1", "2024-01-01") + buys("c2", "2024-04-01")
    rows += [("c2", dt.date(2023, 1, 1), -5.0, False)]  # a return opens no cohort
    assert segmented(each, "cohort", rows) == {"c0": "2023-Q4", "c1": "2024-Q1", "c2": "2024-Q2", "c3": NEVER}
    starts = pd.date_range("2021-01-01", periods=13, freq="QS").strftime("%Y-%m-%d")
    old = [row for i, day in enumerate(starts) for row in buys(f"old{i}", day)]
    assert segmented(each, "cohort", rows + old)["c0"] == "2023-Q4"  # who is in no arm makes no cohort
    names = [f"c{i}" for i in range(4)] + [f"old{i}" for i in range(13)]
    each = people({name: {"variant": "none", "assigned_on": dt.date(2024, 6, 1)} for name in names})
    found = segmented(each, "cohort", rows + old)
    assert [found[f"c{i}"] for i in range(4)] == ["2023", "2024", "2024", NEVER]


def test_no_segment_is_made_of_what_came_after_the_assignment() -> None:
    """Who first bought later was in no cohort yet; to be in one means to have been retained."""
    each = people({f"c{i}": {"variant": "none", "assigned_on": ASSIGNED} for i in range(3)})
    rows = buys("c0", "2024-03-31") + buys("c1", "2024-04-01") + buys("c2", "2024-05-01")
    found = segmented(each, "cohort", rows)
    assert found["c0"] == "2024-Q1"
    assert found["c1"] == found["c2"]
    assert found["c1"] != "2024-Q2"


# ── effects by segment ──────────────────────────────────────────────────────────────────────────────────


def drawn(rng: np.random.Generator, n: int, effect: dict[str, float], rare: int = 0) -> pd.DataFrame:
    """Customers of some tiers, evenly, and a few of another one."""
    tiers = rng.choice(sorted(effect), n)
    frame = pd.DataFrame({"variant": np.where(np.arange(n) % 2, "voucher", "none"), "tier": tiers})
    if rare:
        frame.loc[: rare - 1, "tier"] = "rare"
    gain = frame["tier"].map(effect).fillna(0) * (frame["variant"] == "voucher")
    return frame.assign(customer_id=[f"c{i}" for i in range(n)], calls=rng.normal(10, 3, n) + gain)


def all_parts(frame: pd.DataFrame) -> list[Segments]:
    everybody = frame["variant"].value_counts().rename("mature").reset_index()
    each = table(frame.rename(columns={"tier": SEGMENT}))
    study: Any = SimpleNamespace(
        experiment=experiment(),
        unit=SimpleNamespace(alpha=0.05),
        moments={"calls": moments_of(each, ["calls"])},
        treatments=sorted(set(frame["variant"]) - {"none"}),
        known_intake=SimpleNamespace(arms=everybody),
    )
    return by_segment(study, each, "tier", "calls")


def parts(frame: pd.DataFrame) -> Segments:
    made = all_parts(frame)
    assert len(made) == 1
    return made[0]


def test_effects_of_segments_are_those_of_their_customers() -> None:
    frame = drawn(np.random.default_rng(1), 400, {"gold": 1.0, "plus": 0.0})
    found = parts(frame)
    assert (found.column, found.variant, found.metric, found.left_out) == ("tier", "voucher", "calls", 0)
    for row in found.effects.itertuples():
        own = frame[frame["tier"] == row.segment].groupby("variant")["calls"]
        known = ttest_ind(own.get_group("voucher"), own.get_group("none"), equal_var=False)
        assert (row.n_control, row.n_treatment) == (own.size()["none"], own.size()["voucher"])
        assert row.effect == pytest.approx(own.mean()["voucher"] - own.mean()["none"])
        assert row.pvalue == pytest.approx(known.pvalue)
    assert list(found.effects["segment"]) == ["gold", "plus"]
    mean = found.effects["effect"].mean()
    assert ((found.effects["shrunk"] - mean).abs() < (found.effects["effect"] - mean).abs() + 0.2).all()


def test_small_segments_and_customers_without_one_are_left_out_and_counted() -> None:
    """58 in a rare tier, 29 of either arm; 7 in none; two more with 30 of either arm stay."""
    frame = drawn(np.random.default_rng(2), 265, {"gold": 0.0, "plus": 0.0}, rare=58)
    frame.loc[58:64, "tier"] = None
    frame.loc[65:124, "tier"] = "just"
    found = parts(frame)
    assert found.left_out == 58 + 7
    sizes = found.effects.set_index("segment")[["n_control", "n_treatment"]]
    assert sorted(sizes.index) == ["gold", "just", "plus"]
    assert sizes.loc["just"].tolist() == [30, 30]
    assert sizes.to_numpy().sum() + found.left_out == 265


def test_a_customer_whose_outcome_is_not_known_is_in_no_segment() -> None:
    frame = drawn(np.random.default_rng(3), 300, {"gold": 0.0, "plus": 0.0})
    frame.loc[:9, "calls"] = None
    assert parts(frame).left_out == 10


@pytest.mark.parametrize(
    ("tiers", "what"),
    [
        (1, "Not shown: effects by tier. Fewer than two segments have 30 customers in both arms."),
        (13, "Not shown: effects by tier. It has 13 values; 12 are the most that make segments."),
    ],
)
def test_what_makes_no_segments(tiers: int, what: str) -> None:
    frame = drawn(np.random.default_rng(4), 1300, {f"t{i:02}": 0.0 for i in range(tiers)})
    with pytest.raises(NotEnoughData) as reason:
        parts(frame)
    assert str(reason.value) == what


def test_segments_in_which_all_values_are_alike_are_not_called_small() -> None:
    frame = drawn(np.random.default_rng(5), 400, {"gold": 0.0, "plus": 0.0}).assign(calls=1.0)
    with pytest.raises(NotEnoughData) as reason:
        parts(frame)
    assert str(reason.value) == "Not shown: effects by tier. All customers of a segment are alike in calls."


def test_three_arms_make_two_parts() -> None:
    frame = drawn(np.random.default_rng(6), 600, {"gold": 0.0, "plus": 0.0})
    frame["variant"] = np.array(["none", "voucher", "call"])[np.arange(600) % 3]
    made = all_parts(frame)
    assert sorted(part.variant for part in made) == ["call", "voucher"]
    for part in made:
        sizes = part.effects[["n_control", "n_treatment"]].to_numpy()
        assert sizes.sum() + part.left_out == 400


def test_clusters_within_segments() -> None:
    """Every shop has customers of both tiers; its units are shops, and customers are counted as such."""
    frame = drawn(np.random.default_rng(7), 600, {"gold": 0.0, "plus": 0.0})
    frame["cluster"] = frame["variant"] + (np.arange(600) // 2 % 8).astype(str)
    found = parts(frame)
    assert found.effects[["n_control", "n_treatment"]].to_numpy().sum() == 600
    for row in found.effects.itertuples():
        own = frame[frame["tier"] == row.segment].groupby("variant")["calls"].mean()
        assert row.effect == pytest.approx(own["voucher"] - own["none"])


# ── do segments differ? ─────────────────────────────────────────────────────────────────────────────────

RUNS = [60, pytest.param(1000, marks=pytest.mark.slow)]


@pytest.mark.parametrize("runs", RUNS)
def test_segments_that_do_not_differ_are_seldom_said_to(runs: int) -> None:
    """The same effect in all: p < 0.1 in a tenth of them, but for what chance does once in a thousand."""
    rng = np.random.default_rng(11)
    found = [
        parts(drawn(rng, 400, dict.fromkeys(["a", "b", "c", "d"], 1.0))).interaction for _ in range(runs)
    ]
    hits = int((np.array(found) < 0.1).sum())
    print(f"the same effect in four segments: p < 0.1 in {hits / runs:.1%} of {runs}")
    assert binom.ppf(0.0005, runs, 0.1) <= hits <= binom.ppf(0.9995, runs, 0.1)


@pytest.mark.parametrize("runs", [20, pytest.param(300, marks=pytest.mark.slow)])
def test_segments_that_differ_are_found(runs: int) -> None:
    """3 more calls in one of four, 4.5 times the error of 3 √(2/50) · √(1 + 1/3) it is told by."""
    rng = np.random.default_rng(12)
    found = [parts(drawn(rng, 400, {"a": 3.0, "b": 0.0, "c": 0.0, "d": 0.0})) for _ in range(runs)]
    assert np.mean([one.interaction < 0.05 for one in found]) > 0.8
    best = [one.effects.loc[one.effects["shrunk"].idxmax(), "segment"] for one in found]
    assert np.mean([name == "a" for name in best]) > 0.9


def part_of(column: str, interaction: float, pvalues: list[float]) -> Segments:
    """One with these p-values and nothing else."""
    return Segments(column, "voucher", "calls", pd.DataFrame({"pvalue": pvalues}), interaction, 0)


def test_p_is_corrected_for_all_segments_of_a_page() -> None:
    """Holm: of p .01, .02, .04, .5 the first times 4, the next times 3, …; of the interactions likewise."""
    tier, region = together([part_of("tier", 0.2, [0.04, 0.01]), part_of("region", 0.03, [0.5, 0.02])])
    assert list(tier.effects["pvalue_adjusted"]) == pytest.approx([0.08, 0.04])
    assert list(region.effects["pvalue_adjusted"]) == pytest.approx([0.5, 0.06])
    assert (tier.interaction, region.interaction) == pytest.approx((0.2, 0.06))


@pytest.mark.parametrize("runs", RUNS)
def test_one_false_finding_among_all_segments_is_as_rare_as_promised(runs: int) -> None:
    """Three columns of four segments each, none with any effect: any corrected p below .1 in a tenth."""
    rng, hits = np.random.default_rng(13), 0
    for _ in range(runs):
        frame = drawn(rng, 400, dict.fromkeys(["a", "b", "c", "d"], 0.0))
        columns = [frame, *(frame.assign(tier=rng.permutation(frame["tier"])) for _ in range(2))]
        found = together([parts(one) for one in columns])
        hits += min(part.effects["pvalue_adjusted"].min() for part in found) < 0.1
    print(f"no effect in thrice four segments: any corrected p < 0.1 in {hits / runs:.1%} of {runs}")
    assert hits <= binom.ppf(0.9995, runs, 0.1)


# ── from the unit file ──────────────────────────────────────────────────────────────────────────────────


PEOPLE = 400


def unit_of(shop: Shop, *segments: str, columns: str = "customer_id,tier,region") -> Unit:
    """Customers with a tier (two), a region (twenty), and the same under any other name."""
    rng, start = np.random.default_rng(8), dt.date(2024, 1, 1)
    rows = [(i, day) for i in range(PEOPLE) for day in rng.integers(1, 120, 3).tolist()]
    lines = "".join(f"c{i},{start + dt.timedelta(days=day)},{10 + day}\n" for i, day in rows)
    arms = "".join(f"e,c{i},{('none', 'voucher')[i % 2]},2024-03-01\n" for i in range(PEOPLE))
    values = "".join(f"c{i},{('gold', 'plus')[i // 2 % 2]},r{i // 2 % 20}\n" for i in range(PEOPLE))
    return shop(
        "customer_id,date,amount\n" + lines,
        customers=columns + "\n" + values,
        assignments="experiment,customer_id,variant,assigned_at\n" + arms,
        experiments=[{"name": "e", "control": "none", "outcome_days": 30, "segments": list(segments)}],
    )


def by(unit: Unit) -> list[Segments]:
    with open_tables(unit) as tables:
        return ex.segment_effects(ex.study_of(tables, unit, unit.experiments[0]), tables, "retained")


def test_segments_of_the_unit_file(shop: Shop) -> None:
    made = by(unit_of(shop, "tier", "rfm"))
    assert [part.column for part in made] == ["tier", "rfm"]
    assert list(made[0].effects["segment"]) == ["gold", "plus"]
    assert made[0].effects[["n_control", "n_treatment"]].to_numpy().tolist() == [[100, 100], [100, 100]]
    assert made[0].left_out == 0


def test_a_misspelt_segment_is_told(shop: Shop) -> None:
    with pytest.raises(UnitFileError) as error:
        by(unit_of(shop, "Tier"))
    assert "Write it alike." in str(error.value)
    with pytest.raises(DataError) as fault:
        by(unit_of(shop, "teir"))
    assert str(fault.value) == (
        "The source lacks the column 'teir' for teir.\n"
        "  where:    params/shop.yaml, customers\n"
        "  expected: one of the columns there are: 'customer_id', 'tier', 'region'\n"
        "  do:       Map it under `columns:` in the unit file."
    )


def test_a_column_that_makes_no_segments_leaves_the_others(shop: Shop) -> None:
    (part,) = by(unit_of(shop, "tier", "region"))
    assert part.column == "tier"
    assert part.not_shown == (
        "Not shown: effects by region. It has 20 values; 12 are the most that make segments.",
    )


def test_a_treatment_too_small_for_segments_leaves_the_others() -> None:
    frame = drawn(np.random.default_rng(9), 400, {"gold": 0.0, "plus": 0.0})
    frame.loc[1, "variant"] = "vouchre"
    (part,) = all_parts(frame)
    assert part.variant == "voucher"
    assert part.not_shown == (
        "Not shown: effects by tier of vouchre. Fewer than two segments have 30 customers in both arms.",
    )


OURS = ["variant", "cluster", "orders", "revenue", "margin", "retained", "customers", "size", "count"]


@pytest.mark.parametrize("name", OURS)
def test_a_segment_may_be_called_as_one_of_our_columns(shop: Shop, name: str) -> None:
    made = by(unit_of(shop, name, columns=f"customer_id,{name},region"))
    assert list(made[0].effects["segment"]) == ["gold", "plus"]
    assert made[0].effects[["n_control", "n_treatment"]].to_numpy().tolist() == [[100, 100], [100, 100]]


@pytest.mark.parametrize("name", ["date", "n", "select", "a b", "Ebene", "segment", "mean revenue", "变量"])
def test_a_segment_may_have_any_other_name(shop: Shop, name: str) -> None:
    made = by(unit_of(shop, name, columns=f"customer_id,{name},region"))
    assert made[0].effects[["n_control", "n_treatment"]].to_numpy().tolist() == [[100, 100], [100, 100]]
