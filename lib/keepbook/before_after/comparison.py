"""A change that was not assigned at random: all that can be said of before and after."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import t as student

from keepbook.before_after import did, panel
from keepbook.before_after import interrupted_series as series
from keepbook.before_after.checks import checks_of
from keepbook.before_after.contrasts import Pair
from keepbook.before_after.estimates import Estimate, Floats
from keepbook.before_after.money import money_of
from keepbook.before_after.panel import GROUPS, METRICS, Panel, panel_of
from keepbook.before_after.periods import Periods, periods_of
from keepbook.errors import DataError
from keepbook.stats.intervals import z_of
from keepbook.tables import Tables
from keepbook.unit import Change

Kind = Literal["difference-in-differences", "interrupted time series"]
WITH_LIMITS = ("", "_lower", "_upper")
COLUMNS = [
    *("metric", "kind", "treated_before", "treated_after", "comparison_before", "comparison_after"),
    *("effect", "error", "df", "ci_lower", "ci_upper", "pvalue"),
    *("counterfactual", "lift", "lift_lower", "lift_upper", "total", "total_lower", "total_upper"),
    *(
        f"{name}{end}"
        for name in ("proportional", "gap_before", "slope", "trended", "level", "bend")
        for end in WITH_LIMITS
    ),
    *("pre_trend_pvalue", "breakdown"),
]


@dataclass(frozen=True)
class BeforeAfter:
    """A before/after comparison.

    Metrics are per customer and period: `revenue` (net money), `orders` (days with a purchase), `retained`
    (share of customers who buy). Intervals leave `alpha` outside; missing is NaN.

    Attributes
    ----------
    change : what was introduced, when and for whom, as the unit file says.
    kind : how: against a comparison group, or against the trend of customers of the same ages before.
    ages : how many periods after that of the first purchase a customer counts, without a comparison group;
        0 with one, where all count in every period.
    year_before : whether a year or more lies before the date, so that a season could be told from an effect.
    customers : treated (or all) who count in any period from the date on.
    customer_periods : in how many of these they count, added up.
    groups : one row per group, all customers in one of them: group (treated, comparison; or all), customers
        (who take part), newer (who came too late to); of those who take part, missing where errors are by
        customer: clusters, effective (as how many of one size they count), largest (share of customers in
        the largest). Further groups take no part: neither, unlisted (not in the customers table),
        unclustered, older.
    periods : one row per period: period (0 begins on the date), start, end, days, is_after.
    levels : one row per metric, group and period: metric, group, period, start, mean, lower, upper,
        counterfactual, counterfactual_lower, counterfactual_upper (of treated or all: without the change).
    effects : one row per metric: metric, kind (money, number, share); treated_before, treated_after,
        comparison_before, comparison_after (means); effect, error, df, ci_lower, ci_upper, pvalue;
        counterfactual (treated_after without the change); lift (effect / counterfactual) and its limits;
        total (effect · customer_periods) and its limits; pre_trend_pvalue (joint test that the gap
        did not move before the date; or that the series was straight); breakdown (how many times the largest
        move seen before the date would undo the finding). With a comparison also, each with limits:
        proportional (the effect if the comparison's change carries over in proportion), gap_before (treated
        less comparison before the date), slope (of the gap before the date, per period), trended (the effect
        less that trend carried on). Without one: slope (of the trend), level (distance from it in the first
        period), bend (change of slope).
    event_study : one row per metric and period: metric, period, start, effect, ci_lower, ci_upper (each by
        itself); the gap less its mean before the date; or the distance from the trend, before the date of the
        means, from it on of the line fitted to them.
    placebo : one row per metric and earlier date: metric, date, effect, ci_lower, ci_upper, pvalue; from the
        periods before the true date alone.
    money : as `money_of`.
    checks : as `checks_of`.
    last_lines : of each unit, day of its last line, where that lies before the end of the periods.
    """

    change: Change
    kind: Kind
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
    alpha : significance level of intervals and checks.
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
    if compared:
        found = _against_others(panel_of(tables, change, periods, sister), sister is not None, alpha)
    else:
        found = _against_trend(series.series_of(tables, change, periods), alpha)
    effects = _totalled(found.effects, found.customer_periods)
    wanted = [name for name in METRICS if name in change.metrics]
    effects, levels, event_study, placebo = (
        frame[frame["metric"].isin(wanted)].reset_index(drop=True)
        for frame in (effects, found.levels, found.event_study, found.placebo)
    )
    return BeforeAfter(
        change=change,
        kind="difference-in-differences" if compared else "interrupted time series",
        ages=found.ages,
        year_before=periods.year_before,
        customers=found.customers,
        customer_periods=found.customer_periods,
        groups=found.groups,
        periods=periods.frame(),
        levels=levels,
        effects=effects,
        event_study=event_study,
        placebo=placebo,
        money=money_of(
            found.revenue,
            margin,
            change.cost,
            periods.after if compared else None,
            found.customer_periods,
            alpha,
        ),
        checks=checks_of(effects, placebo, found.groups, alpha),
        last_lines=tuple(w.last for w in windows if w.last and w.last < last),
    )


def participants(tables: Tables, change: Change) -> tuple[Periods, pd.DataFrame]:
    """The periods of a change and, as `BeforeAfter.groups`, its customers, without what they did.

    A change that is compared with another unit takes that unit's tables: see `before_after`.

    Raises
    ------
    NotEnoughData, DataError : as `before_after`.
    """
    assert change.comparison_unit is None
    periods = periods_of(change, tables.window.start, tables.window.as_of)
    return periods, (series if change.is_alone else panel).groups_of(tables, change, periods)


class _Parts(NamedTuple):
    """What either way of comparing finds, for all metrics."""

    groups: pd.DataFrame
    levels: pd.DataFrame
    effects: pd.DataFrame
    event_study: pd.DataFrame
    placebo: pd.DataFrame
    revenue: Estimate
    customers: int
    customer_periods: float
    ages: int = 0


def _against_others(panel: Panel, apart: bool, alpha: float) -> _Parts:
    periods = panel.periods
    pairs = {metric: Pair.of(panel.averages[metric], apart) for metric in METRICS}
    levels = [_levels_of(panel, metric, pair, alpha) for metric, pair in pairs.items()]
    return _Parts(
        groups=panel.groups,
        levels=pd.concat(levels, ignore_index=True),
        effects=_rows({metric: did.effect_row(pair, periods, alpha) for metric, pair in pairs.items()}),
        event_study=_stacked(
            {metric: did.event_study(pair, periods, alpha) for metric, pair in pairs.items()}
        ),
        placebo=_stacked({metric: did.placebos(pair, periods, alpha) for metric, pair in pairs.items()}),
        revenue=did.effect_of(pairs["revenue"], periods),
        customers=panel.averages["revenue"]["treated"].customers,
        customer_periods=float(panel.averages["revenue"]["treated"].customers * periods.after),
    )


def _against_trend(found: series.Series, alpha: float) -> _Parts:
    levels = {}
    for metric in METRICS:
        reach = z_of(alpha) * found.error[metric]
        shown = _limited(found.periods, "all", metric, found.mean[metric], reach)
        levels[metric] = pd.concat([shown, series.trend(found, metric, alpha)], axis=1)
    return _Parts(
        groups=found.groups,
        levels=pd.concat(levels.values(), ignore_index=True),
        effects=_rows({metric: series.effect_row(found, metric, alpha) for metric in METRICS}),
        event_study=_stacked({metric: series.distances(found, metric, alpha) for metric in METRICS}),
        placebo=_stacked({metric: series.placebos(found, metric, alpha) for metric in METRICS}),
        revenue=series.lines_of(found, "revenue").effect,
        customers=found.customers_after,
        customer_periods=float(found.customers[found.periods.is_after].sum()),
        ages=found.ages,
    )


def _levels_of(panel: Panel, metric: str, pair: Pair, alpha: float) -> pd.DataFrame:
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


def _totalled(effects: pd.DataFrame, customer_periods: float) -> pd.DataFrame:
    """The effect on all treated customers in all periods from the date on."""
    per_customer = {"total": "effect", "total_lower": "ci_lower", "total_upper": "ci_upper"}
    return effects.assign(**{total: effects[one] * customer_periods for total, one in per_customer.items()})
