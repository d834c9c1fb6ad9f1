"""Interrupted time series: against statsmodels, on shops where the truth is certain, and how often it errs.

False findings for 5 % meant, in 8 + 6 periods whose neighbours are alike by 0, 0.2, 0.4, 0.6 and 0.8: ours 1,
2, 3, 5 and 10 %; Newey–West errors with two lags, corrected for few periods, 19, 23, 29 and 36 % and more.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from before_after_panels import Floats, change, tables
from clv_data import SHOPS, START, people, purchases_of
from scipy import stats

from keepbook.before_after import estimates
from keepbook.before_after.estimates import Estimate, regress
from keepbook.before_after.interrupted_series import (
    Series,
    effect_row,
    lines_of,
    placebos,
    segmented,
    series_of,
    trend,
)
from keepbook.before_after.periods import periods_of
from keepbook.errors import NotEnoughData
from keepbook.tables import Tables, Window
from keepbook.unit import Change


def design(before: int, after: int) -> tuple[Floats, Floats]:
    """Numbers of the periods, and columns: one, period, after, period within after from its middle."""
    numbers = np.arange(-before, after)
    late = (numbers >= 0) * 1.0
    columns = [np.ones(len(numbers)), numbers, late, late * (numbers - numbers[numbers >= 0].mean())]
    return numbers, np.column_stack(columns[: 4 if after > 1 else 3])


def autoregressive(rng: np.random.Generator, length: int, alike: float) -> Floats:
    y = rng.standard_normal(length)
    y[0] /= (1 - alike**2) ** 0.5
    for i in range(1, length):
        y[i] += alike * y[i - 1]
    return y


# ─────────────────────────────────────────────────────────────────────────────────────────────── the line


@pytest.mark.parametrize("one", [0.0, 0.3, 0.8])
def test_for_one_autocorrelation_it_is_generalised_least_squares(
    one: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(estimates, "AUTOCORRELATIONS", np.array([one]))
    numbers, columns = design(9, 4)
    y = autoregressive(np.random.default_rng(1), 13, 0.5) + 0.3 * numbers
    apart = np.abs(np.subtract.outer(numbers, numbers))
    fitted = sm.GLS(y, columns, sigma=one**apart).fit(use_t=True)
    lines = segmented(y, numbers)
    for found, k in ((lines.effect, 2), (lines.slope, 1), (lines.bend, 3)):
        assert found.value == pytest.approx(fitted.params[k], rel=1e-9)
        assert found.error == pytest.approx(fitted.bse[k], rel=1e-9)
        assert found.pvalue == pytest.approx(fitted.pvalues[k], rel=1e-9)
        assert found.interval(0.1) == pytest.approx(fitted.conf_int(0.1)[k], rel=1e-9)
    first = fitted.t_test([[0, 0, 1, -1.5]])  # in the first period, 1.5 before the middle of four
    assert (lines.level.value, lines.level.error) == pytest.approx(
        (first.effect[0], first.sd[0, 0]), rel=1e-9
    )


def test_the_average_over_autocorrelations_by_another_way() -> None:
    """Restricted likelihood from contrasts without a mean, and the distribution from draws."""
    numbers, columns = design(10, 4)
    y = autoregressive(np.random.default_rng(2), 14, 0.5)
    blind = np.linalg.svd(columns)[0][:, 4:]  # orthogonal to all columns
    apart = np.abs(np.subtract.outer(numbers, numbers))
    rng, likely, draws = np.random.default_rng(3), [], []
    for one in estimates.AUTOCORRELATIONS:
        alike_ = one**apart / (1 - one**2)
        inner = blind.T @ alike_ @ blind
        squares = y @ blind @ np.linalg.inv(inner) @ blind.T @ y
        likely.append(np.linalg.det(inner) ** -0.5 * squares ** (-10 / 2))
        fitted = sm.GLS(y, columns, sigma=alike_).fit()
        draws.append(fitted.params[2] + fitted.bse[2] * rng.standard_t(10, 200_000))
    weights = np.array(likely) / sum(likely)
    found = segmented(y, numbers).effect
    np.testing.assert_allclose(found.weights, weights, rtol=1e-6)
    taken = np.concatenate([rng.choice(d, int(1e6 * w)) for d, w in zip(draws, weights, strict=True)])
    lower, upper = found.interval(0.05)
    assert (lower, upper) == pytest.approx(np.quantile(taken, [0.025, 0.975]), abs=0.02)
    assert found.value == pytest.approx(taken.mean(), abs=0.01)
    assert found.above(0.5) == pytest.approx((taken > 0.5).mean(), abs=0.005)
    assert found.below(lower) == pytest.approx(0.025) and found.above(upper) == pytest.approx(0.025)
    assert found.pvalue == pytest.approx(2 * min((taken > 0).mean(), (taken < 0).mean()), abs=0.01)


def test_one_estimate_is_students_t() -> None:
    one = Estimate.of(2.0, 0.5, 7)
    assert one.interval(0.05) == pytest.approx(stats.t.interval(0.95, 7, 2.0, 0.5))
    assert one.pvalue == pytest.approx(2 * stats.t.sf(4, 7)) and one.above(1.5) == pytest.approx(
        stats.t.cdf(1, 7)
    )
    moved = one.times(3.0, less=1.0)
    assert (moved.value, moved.error) == (5.0, 1.5)
    assert np.isnan([Estimate.of(1.0, 0.0, 7).pvalue, *Estimate.of(1.0, 0.0, 7).interval(0.05)]).all()


def test_one_period_after_has_no_slope_and_a_straight_line_no_doubt() -> None:
    rng = np.random.default_rng(4)
    lines = segmented(rng.normal(0, 1, 9), np.arange(-8, 1))
    assert np.isnan(lines.bend.value) and lines.level.value == pytest.approx(lines.effect.value)
    numbers = np.arange(-8, 3)
    exact = segmented(5 + 2.0 * numbers + 3 * (numbers >= 0), numbers)
    assert exact.effect.value == pytest.approx(3) and exact.slope.value == pytest.approx(2)
    assert np.isnan(exact.effect.pvalue)


# ──────────────────────────────────────────────────────────────────────────────────────────── error rates


def false_findings(runs: int, before: int, after: int, alike: float | None, seed: int) -> tuple[float, float]:
    """Of ours, and of Newey–West errors with two lags; autocorrelation None: any of 0 … 0.95."""
    rng = np.random.default_rng(seed)
    _numbers, columns = design(before, after)
    row, ours, others = np.eye(columns.shape[1])[2:3], 0, 0
    for _ in range(runs):
        y = autoregressive(rng, before + after, rng.uniform(0, 0.95) if alike is None else alike)
        ours += regress(y, columns, row)[0].pvalue < 0.05
        hac = {"maxlags": 2, "use_correction": True}
        others += sm.OLS(y, columns).fit(cov_type="HAC", cov_kwds=hac, use_t=True).pvalues[2] < 0.05
    return ours / runs, others / runs


def test_false_findings_are_as_many_as_said() -> None:
    ours, newey_west = false_findings(400, 8, 6, None, seed=1)
    assert abs(ours - 0.05) < 3 * (0.05 * 0.95 / 400) ** 0.5
    assert newey_west > 0.2


@pytest.mark.slow
@pytest.mark.parametrize(("before", "after"), [(8, 1), (8, 6), (12, 3), (24, 12)])
def test_false_findings_at_length(before: int, after: int) -> None:
    ours, _newey_west = false_findings(8000, before, after, None, seed=before + after)
    assert abs(ours - 0.05) < 3 * (0.05 * 0.95 / 8000) ** 0.5


@pytest.mark.slow
@pytest.mark.parametrize(
    ("one", "most", "others"), [(0.0, 0.02, 0.15), (0.4, 0.04, 0.25), (0.6, 0.065, 0.3), (0.8, 0.12, 0.35)]
)
def test_false_findings_by_autocorrelation(one: float, most: float, others: float) -> None:
    ours, newey_west = false_findings(3000, 8, 6, one, seed=7)
    assert ours < most and newey_west > others


# ─────────────────────────────────────────────────────────────────────────────── who counts, and how much


def ageing_shop(weeks: int, lift: float = 0.0, new: tuple[int, ...] = (60, 120, 180)) -> pd.DataFrame:
    """Every week new customers come, now few, now many; of those of age a, one in (1 + a) buys for 10 + a.

    From the week of the date on they pay more by `lift`. Whoever the data begin with is of no week.
    """
    rows = []
    monday = pd.Timestamp("2024-01-01")
    for come in range(-weeks, 9):
        names = [f"W{come}-{i}" for i in range(new[come % len(new)])]
        for age in range(0, 9 - come):
            share = names if age == 0 else names[: len(names) // (1 + age % 5)]
            money = (10 + age) * (1 + lift * (come + age >= 0))
            day = monday + pd.Timedelta(weeks=come + age, days=2)
            rows += [(name, day, money, True) for name in share]
    return pd.DataFrame(rows, columns=["customer", "date", "money", "bought"])


def measured(rows: pd.DataFrame, asked: Change, start: str) -> Series:
    there = tables(rows, start=start, as_of="2024-03-03")
    return series_of(there, asked, periods_of(asked, there.window.start, there.window.as_of))


ASKED = change(before=10, after=8)


def test_ageing_and_growth_are_no_effect() -> None:
    """60, 120 or 180 customers come a week; of 60, 30, 20, 15, 12, 60, 30 buy at the ages 1 … 6.

    The data begin 30 weeks before the date: a fifth of these ages count, 1 … 6.
    """
    found = measured(ageing_shop(30), ASKED, "2023-06-05")
    assert found.ages == 6
    weight = {"revenue": 0.0, "retained": 0.0}
    sizes = {age: sum((60, 120, 180)[(k - age) % 3] for k in range(-10, 8)) for age in range(1, 7)}
    for age, size in sizes.items():
        weight["retained"] += size / (1 + age % 5) / sum(sizes.values())
        weight["revenue"] += size / (1 + age % 5) * (10 + age) / sum(sizes.values())
    assert found.mean["retained"] == pytest.approx([weight["retained"]] * 18)
    assert found.mean["orders"] == pytest.approx([weight["retained"]] * 18)
    assert found.mean["revenue"] == pytest.approx([weight["revenue"]] * 18)
    assert effect_row(found, "revenue", 0.05)["effect"] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("start", "asked", "before", "ages"),
    [
        ("2023-06-05", None, 12, 6),  # 30 weeks
        ("2023-06-05", 8, 8, 6),
        ("2023-06-05", 19, 19, 6),
        ("2023-06-05", 40, 19, 6),  # 6 weeks to know customers of 6 ages, and 5 of doubt whether they are new
        ("2023-08-28", None, 12, 3),  # 18 weeks
        ("2023-09-18", None, 10, 3),  # 15
        ("2023-10-09", None, 9, 2),  # 12
        ("2023-10-16", None, 8, 2),  # 11
        ("2023-10-23", None, 9, 1),  # 10: of two ages only 7 weeks would be left
        ("2023-10-30", None, 8, 1),  # 9
    ],
)
def test_the_ages_that_count_follow_from_the_data(
    start: str, asked: int | None, before: int, ages: int
) -> None:
    found = measured(ageing_shop(30), change(before=asked, after=8), start)
    assert (found.periods.before, found.ages) == (before, ages)


def test_a_known_lift_is_recovered_exactly() -> None:
    found = measured(ageing_shop(30, lift=0.2), ASKED, "2023-06-05")
    row = effect_row(found, "revenue", 0.05)
    assert row["lift"] == pytest.approx(0.2) and row["treated_after"] == pytest.approx(
        1.2 * row["treated_before"]
    )
    assert row["counterfactual"] == pytest.approx(row["treated_before"])
    assert effect_row(found, "retained", 0.05)["effect"] == pytest.approx(0, abs=1e-9)


def test_means_and_their_errors_by_hand() -> None:
    """With pandas: per age and period mean and variance, weighted by the age's share of all."""
    rng = np.random.default_rng(5)
    rows = ageing_shop(30)
    rows["money"] = (rows["money"] * rng.lognormal(0, 1, len(rows))).round(2)
    keep = rng.random(len(rows)) < 0.7
    keep |= rows.groupby("customer")["date"].transform("min") == rows["date"]
    rows = rows[keep]
    found = measured(rows, ASKED, "2023-06-05")
    week = (rows["date"] - pd.Timestamp("2024-01-01")).dt.days // 7
    come = week.groupby(rows["customer"]).min()
    money = rows.groupby([rows["customer"], week])["money"].sum()
    cells, sizes = {}, {}
    for age in range(1, 7):
        for k in range(-10, 8):
            who = come.index[come == k - age]
            each = money.reindex(pd.MultiIndex.from_product([who, [k]])).fillna(0).to_numpy()
            cells[age, k], sizes[age] = each, sizes.get(age, 0) + len(who)
    share = {age: n / sum(sizes.values()) for age, n in sizes.items()}
    for i, k in enumerate(range(-10, 8)):
        mean = sum(share[a] * cells[a, k].mean() for a in share)
        error = sum(share[a] ** 2 * cells[a, k].var(ddof=1) / len(cells[a, k]) for a in share) ** 0.5
        assert (found.mean["revenue"][i], found.error["revenue"][i]) == pytest.approx((mean, error), rel=1e-9)
        assert found.customers[i] == sum(len(cells[a, k]) for a in share)
    groups = found.groups.set_index("group")
    assert groups[["customers", "newer"]].to_numpy().sum() == rows["customer"].nunique()
    assert groups.loc["all", "customers"] == ((come >= -16) & (come < 7)).sum()
    assert groups.loc["all", "newer"] == (come >= 7).sum()
    assert found.customers_after == ((come >= -6) & (come < 7)).sum()  # at age 1 … 6 in a week 0 … 7


def test_months_of_different_length_are_no_effect() -> None:
    """Everybody buys every day for 1: a February of 29 days brings less, and its trend is flat."""
    days = pd.date_range("2022-06-01", "2024-06-30")
    rows = pd.concat(
        pd.DataFrame({"customer": [f"{m:%y%m}-{i}" for i in range(9)]}).merge(
            pd.DataFrame({"date": days[days >= m]}), how="cross"
        )
        for m in pd.date_range("2022-07-01", "2024-06-30", freq="MS")
    ).assign(money=1.0, bought=True)
    there = tables(rows, start="2022-06-01", as_of="2024-06-30")
    asked = change(period="month", before=10, after=3, date=dt.date(2024, 3, 1))
    found = series_of(there, asked, periods_of(asked, there.window.start, there.window.as_of))
    assert found.mean["revenue"] == pytest.approx(found.periods.days)
    row = effect_row(found, "revenue", 0.05)
    assert row["effect"] == pytest.approx(0, abs=1e-9) and row["slope"] == pytest.approx(0, abs=1e-9)
    assert row["treated_before"] == pytest.approx(found.periods.days.mean())
    assert trend(found, "revenue", 0.05)["counterfactual"].tolist() == pytest.approx(
        found.periods.days.tolist()
    )
    assert effect_row(found, "retained", 0.05)["effect"] == pytest.approx(0, abs=1e-9)


def test_placebo_dates_use_the_periods_before_alone() -> None:
    rng = np.random.default_rng(6)
    rows = ageing_shop(30, lift=5.0)
    rows["money"] = rows["money"] * rng.lognormal(0, 1, len(rows))
    found = measured(rows, ASKED, "2023-06-05")
    shown = placebos(found, "revenue", 0.05)
    assert shown["date"].tolist() == list(found.periods.edges[5:10])
    again = segmented(found.mean["revenue"][:10], np.arange(10) - 7).effect
    assert shown["effect"].iloc[2] == pytest.approx(again.value)
    assert lines_of(found, "revenue").effect.value > 3 * shown["effect"].abs().max()


def test_too_little_says_so() -> None:
    rows = ageing_shop(30)
    with pytest.raises(NotEnoughData) as caught:
        measured(rows, change(before=6, after=2), "2023-06-05")
    assert caught.value.what == (
        "Without a comparison group 8 whole weeks before 2024-01-01 are needed; 6 are asked for."
    )
    assert caught.value.do == "Set `before` to 8 or more, or leave it out."
    with pytest.raises(NotEnoughData) as caught:
        measured(rows, ASKED, "2023-10-31")
    assert caught.value.what == (
        "Without a comparison group 8 whole weeks before 2024-01-01 are needed, and one more before them "
        "from which customers are known; data begin on 2023-10-31."
    )
    assert caught.value.do == "Name customers to compare with (`treated` or `comparison_unit`)."
    with pytest.raises(NotEnoughData) as caught:
        measured(rows, change(period="month"), "2023-06-01")
    assert (
        caught.value.do
        == "Set `period: week`, so that more periods fit in, or name customers to compare with."
    )
    with pytest.raises(NotEnoughData) as caught:
        measured(ageing_shop(30, new=(1,)), ASKED, "2023-06-05")
    assert caught.value.what == (
        "In one of the periods only 6 customers count, who first bought up to 6 periods before; "
        "20 are needed."
    )


# ────────────────────────────────────────────────────────────────────────────────── shops without a change


def pareto_shop(seed: int) -> Tables:
    """Customers who come, buy and leave for two years, by the Pareto/NBD process; nothing else happens."""
    of = people(SHOPS["pareto_nbd"], 6000, 730.0, np.random.default_rng([seed, 3]))
    purchases = purchases_of(of, "pareto_shop")
    window = Window(START, START + dt.timedelta(days=729))
    return Tables(purchases, None, None, window, None)  # type: ignore[arg-type]


def falsely_found(runs: int, asked: Change) -> tuple[float, float]:
    """How often an effect is found, and the mean lift found."""
    rows = []
    for seed in range(runs):
        there = pareto_shop(seed)
        found = series_of(there, asked, periods_of(asked, there.window.start, there.window.as_of))
        rows.append(effect_row(found, "orders", 0.05))
    frame = pd.DataFrame(rows)
    return float((frame["pvalue"] < 0.05).mean()), float(frame["lift"].mean())


MONTHLY = change(period="month", after=6, date=dt.date(2024, 4, 1))


def test_a_shop_without_a_change() -> None:
    wrong, lift = falsely_found(6, MONTHLY)
    assert wrong <= 2 / 6
    assert abs(lift) < 3 * 0.11 / 6**0.5  # one shop's lift errs by 0.11


@pytest.mark.slow
@pytest.mark.parametrize(
    "asked", [MONTHLY, change(before=26, after=12, date=dt.date(2024, 4, 1))], ids=["month", "week"]
)
def test_shops_without_a_change(asked: Change) -> None:
    wrong, lift = falsely_found(200, asked)
    assert wrong < 0.05 + 3 * (0.05 * 0.95 / 200) ** 0.5
    assert abs(lift) < 0.025  # a closed group would seem to gain: its curve is no straight line
