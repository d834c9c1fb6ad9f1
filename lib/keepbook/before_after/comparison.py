"""A change that was not assigned at random: all that can be said of before and after."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.stats import t as student

from keepbook.before_after import did, panel
from keepbook.before_after import interrupted_series as series
from keepbook.before_after.checks import checks_of
from keepbook.before_after.estimates import NAN, Estimate, Floats
from keepbook.before_after.panel import GROUPS, METRICS, Panel, panel_of
from keepbook.before_after.periods import Periods, periods_of
from keepbook.errors import DataError
from keepbook.stats.intervals import z_of
from keepbook.tables import Tables
from keepbook.unit import Change

COLUMNS = [
    *("metric", "kind", *did.MEANS, "effect", "error", "df", "ci_lower", "ci_upper", "pvalue"),
    *("counterfactual", "lift", "lift_lower", "lift_upper", "total", "total_lower", "total_upper"),
    *("proportional", "proportional_lower", "proportional_upper"),
    *("gap_before", "gap_before_lower", "gap_before_upper", "slope", "slope_lower", "slope_upper"),
    *("trended", "trended_lower", "trended_upper", "level", "level_lower", "level_upper"),
    *("bend", "bend_lower", "bend_upper", "pre_trend_pvalue", "breakdown"),
]


@dataclass(frozen=True)
class BeforeAfter:
    """A before/after comparison.

    Metrics are per customer and period: `revenue` (net money), `orders` (days with a purchase), `retained`
    (share of customers who buy). Intervals leave `alpha` outside; missing is NaN.

    Attributes
    ----------
    kind : how: against a comparison group, or against the trend of customers of the same ages before.
    ages : how many periods after that of the first purchase a customer counts, without a comparison group;
        0 with one, where all count in every period.
    year_before : whether a year or more lies before the date, so that a season could be told from an effect.
    customers, customer_periods : treated (or all) who count in any period from the date on, and in how many
        of these they count, added up.
    groups : one row per group, all customers in one of them: group (treated, comparison; or all), customers
        (who take part), newer (who came too late to); of those who take part, missing where errors are by
        customer: clusters, effective (as how many of one size they count), largest (share of customers in
        it). Who takes no part: neither, unlisted (not in the customers table), unclustered, older (too old).
    periods : one row per period: period (0 begins on the date), start, end, days, is_after.
    levels : one row per metric, group and period: metric, group, period, start, mean, lower, upper,
        counterfactual, counterfactual_lower, counterfactual_upper (of treated or all: without the change).
    effects : one row per metric: metric, kind (money, number, share); treated_before, treated_after,
        comparison_before, comparison_after (means); effect, error, df, ci_lower, ci_upper, pvalue;
        counterfactual (treated_after without the change); with limits lift (effect / counterfactual), total
        (effect · customer_periods), and with a comparison proportional (the effect if the comparison's change
        carries over in proportion), gap_before (treated less comparison before the date), slope (of that gap,
        per period), trended (the effect less that trend carried on), or else slope (of the trend), level
        (distance from it in the first period), bend (change of slope); pre_trend_pvalue (joint test that the
        gap did not move before the date; or that the series was straight); breakdown (how many times the
        largest move seen before the date would undo the finding).
    event_study : one row per metric and period: metric, period, start, effect, ci_lower, ci_upper (each by
        itself); the gap less its mean before the date; or the distance from the trend, before the date of the
        means, from it on of the line fitted to them.
    placebo : one row per metric and earlier date: metric, date, effect, ci_lower, ci_upper, pvalue; from the
        periods before the true date alone.
    money : the effect on revenue in margin, one row per basis (`customer and period`, `customer` with a
        comparison, `total`): basis, gain, gain_lower, gain_upper (margin added), and where a cost is stated
        cost, profit, profit_lower, profit_upper, error, chance (that it earns, under a flat prior).
    checks : as `checks_of`.
    last_lines : of each unit, day of its last line, where that lies before the end of the periods.
    """

    change: Change
    kind: Literal["difference-in-differences", "interrupted time series"]
    ages: int
    year_before: bool
    customers: int
    customer_periods: float
    groups: pd.DataFrame
    periods: pd.DataFrame
    levels: pd.DataFrame
    effects: pd.DataFrame
    event_study: pd.DataFrame
    placebo: pd.DataFrame
    money: pd.DataFrame
    checks: pd.DataFrame
    last_lines: tuple[dt.date, ...]

    @property
    def compared(self) -> bool:
        """Whether there is a comparison group."""
        return self.kind == "difference-in-differences"

    @property
    def deciding(self) -> dict[str, Any]:
        """The row of effects that decides: revenue, or the first metric where it was not asked for."""
        rows = self.effects.set_index("metric", drop=False)
        return dict(rows.loc["revenue"] if "revenue" in rows.index else rows.iloc[0])

    def credibility(self, check: str, metric: str = "") -> str:
        """How a check came out: yes, no or open; empty where it was not made."""
        rows = self.checks
        own = rows[(rows["check"] == check) & (rows["metric"] == metric)]["holds"]
        return str(own.iloc[0]) if len(own) else ""


def before_after(
    tables: Tables, change: Change, margin: float = 1.0, alpha: float = 0.05, sister: Tables | None = None
) -> BeforeAfter:
    """Compares customers before and after a change that was not assigned at random.

    Parameters
    ----------
    margin : share of revenue that is earned.
    sister : tables of `change.comparison_unit`, open at the same time.

    Raises
    ------
    NotEnoughData : too few periods, customers or clusters.
    DataError : a condition does not fit the customers table, or the groups overlap.
    """
    if change.comparison_unit and sister is None:
        raise DataError(
            f"The change '{change.name}' is compared with '{change.comparison_unit}', which is not open.",
            do="Pass that unit's tables as `sister`.",
        )
    windows = [tables.window] + ([sister.window] if sister else [])
    periods = periods_of(change, max(w.start for w in windows), min(w.as_of for w in windows))
    compared, last = not change.is_alone, periods.edges[-1] - dt.timedelta(days=1)
    metrics = [metric for metric in METRICS if metric in change.metrics]
    if compared:
        averages = panel_of(tables, change, periods, sister)
        revenue, found = _against_others(averages, metrics, sister is not None, alpha)
    else:
        revenue, found = _against_trend(series.series_of(tables, change, periods), metrics, alpha)
    effects, customer_periods = found["effects"], found["customer_periods"]
    per_customer = {"total": "effect", "total_lower": "ci_lower", "total_upper": "ci_upper"}
    for total, name in per_customer.items():
        effects[total] = effects[name] * customer_periods
    each = {"customer": periods.after} if compared else {}  # else who counts does so in some of them only
    factors = {"customer and period": 1, **each, "total": customer_periods}
    return BeforeAfter(
        change=change,
        kind="difference-in-differences" if compared else "interrupted time series",
        year_before=periods.year_before,
        periods=periods.frame(),
        money=_money(revenue, margin, change.cost, factors, alpha),
        checks=checks_of(effects, found["placebo"], found["groups"], alpha),
        last_lines=tuple(w.last for w in windows if w.last and w.last < last),
        **found,
    )


def participants(tables: Tables, change: Change) -> tuple[Periods, pd.DataFrame]:
    """The periods and, as `BeforeAfter.groups`, customers of a change that no other unit is compared with."""
    assert change.comparison_unit is None
    periods = periods_of(change, tables.window.start, tables.window.as_of)
    return periods, (series if change.is_alone else panel).groups_of(tables, change, periods)


def _against_others(
    panel: Panel, metrics: Sequence[str], apart: bool, alpha: float
) -> tuple[Estimate, dict[str, Any]]:
    """The effect on revenue, and fields of `BeforeAfter`."""
    periods, customers = panel.periods, panel.averages["revenue"]["treated"].customers
    pairs = {metric: did.Pair.of(panel.averages[metric], apart) for metric in METRICS}
    own = {metric: pairs[metric] for metric in metrics}
    levels = [_levels(panel, metric, pair, alpha) for metric, pair in own.items()]
    studies = {metric: did.event_study(pair, periods, alpha) for metric, pair in own.items()}
    return did.effect_of(pairs["revenue"], periods), {
        "ages": 0,
        "customers": customers,
        "customer_periods": float(customers * periods.after),
        "groups": panel.groups,
        "levels": pd.concat(levels, ignore_index=True),
        "effects": _rows({metric: did.effect_row(pair, periods, alpha) for metric, pair in own.items()}),
        "event_study": _stacked(studies),
        "placebo": _stacked({metric: did.placebos(pair, periods, alpha) for metric, pair in own.items()}),
    }


def _against_trend(
    found: series.Series, metrics: Sequence[str], alpha: float
) -> tuple[Estimate, dict[str, Any]]:
    levels = []
    for metric in metrics:
        shown = _limited(found.periods, "all", metric, found.mean[metric], z_of(alpha) * found.error[metric])
        levels.append(pd.concat([shown, series.trend(found, metric, alpha)], axis=1))
    return series.lines_of(found, "revenue").effect, {
        "ages": found.ages,
        "customers": found.customers_after,
        "customer_periods": float(found.customers[found.periods.is_after].sum()),
        "groups": found.groups,
        "levels": pd.concat(levels, ignore_index=True),
        "effects": _rows({metric: series.effect_row(found, metric, alpha) for metric in metrics}),
        "event_study": _stacked({metric: series.distances(found, metric, alpha) for metric in metrics}),
        "placebo": _stacked({metric: series.placebos(found, metric, alpha) for metric in metrics}),
    }


def _levels(panel: Panel, metric: str, pair: did.Pair, alpha: float) -> pd.DataFrame:
    frames = []
    for group in GROUPS:
        own = panel.averages[metric][group]
        reach = student.ppf(1 - alpha / 2, own.units - 1) * np.sqrt(np.maximum(np.diag(own.cov), 0.0))
        frames.append(_limited(panel.periods, group, metric, own.mean, reach))
    frames[0] = pd.concat([frames[0], did.counterfactual(pair, panel.periods, alpha)], axis=1)
    return pd.concat(frames, ignore_index=True)


def _limited(periods: Periods, group: str, metric: str, mean: Floats, reach: Floats) -> pd.DataFrame:
    """Means with limits; what cannot be below 0 or above 1 has none there."""
    least, most = (-np.inf if metric == "revenue" else 0.0), (1.0 if metric == "retained" else np.inf)
    limits = {"lower": np.clip(mean - reach, least, most), "upper": np.clip(mean + reach, least, most)}
    columns = {"metric": metric, "group": group, "period": periods.numbers, "start": periods.edges[:-1]}
    return pd.DataFrame(columns | {"mean": mean} | limits)


def _rows(rows: Mapping[str, Mapping[str, float]]) -> pd.DataFrame:
    frame = pd.DataFrame([{"metric": metric, "kind": METRICS[metric], **row} for metric, row in rows.items()])
    return frame.reindex(columns=COLUMNS)


def _stacked(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    named = [frame.assign(metric=metric)[["metric", *frame.columns]] for metric, frame in frames.items()]
    return pd.concat(named, ignore_index=True)


def _money(
    revenue: Estimate, margin: float, cost: float | None, factors: Mapping[str, float], alpha: float
) -> pd.DataFrame:
    """As `BeforeAfter.money`, from the effect per customer and period, times a factor for each basis."""
    rows = []
    for basis, factor in factors.items():
        spent = NAN if cost is None else cost * factor
        gain, profit = (revenue.times(margin * factor, less) for less in (0.0, spent))
        row = {"basis": basis, **gain.columns("gain", alpha), "cost": spent}
        row |= profit.columns("profit", alpha)
        rows.append(row | {"error": NAN if cost is None else profit.error, "chance": profit.above(0)})
    return pd.DataFrame(rows)
