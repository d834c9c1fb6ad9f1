"""Scores as a reader looks at them: totals, top customers, groups of them, summed up in the engine."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Literal

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from keepbook.clv.base import Base
from keepbook.clv.future import simulate_futures, total
from keepbook.clv.model import CustomerModel, interval
from keepbook.clv.rfm import DAYS, Patterns

CohortPeriod = Literal["week", "month", "quarter"]
TRUNCATE = {"week": "W", "month": "M", "quarter": "Q"}
CALENDAR = {"week": "W-SUN", "month": "M", "quarter": "Q"}
FREQUENCY_STEPS = (0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89)  # repeat purchases, where a group begins
SILENCE_STEPS = (0, 7, 14, 30, 60, 90, 135, 180, 270, 365, 545, 730)  # days since the last purchase, likewise
MONEY_STEPS = (1, 2, 5)  # of a decade of money
PARAMETER_DRAWS, MAX_PATTERNS = 200, 2_000  # for the share of active customers
MAX_COHORTS = 40  # with an interval, the latest; more cannot be read


def totals(scores: ir.Table) -> pd.Series:
    """Totals over all customers: customers, expected_purchases, clv, spend_to_date."""
    sums = {name: scores[name].sum() for name in ("expected_purchases", "clv", "spend_to_date")}
    return scores.agg(customers=scores.count(), **sums).to_pandas().iloc[0]


def ranked(scores: ir.Table) -> ir.Table:
    """The scores, most valuable customers first."""
    return scores.order_by([scores.clv.desc(), scores.customer_id])


def with_attributes(scores: ir.Table, customers: ir.Table | None) -> ir.Table:
    """The scores and what the customers table knows of each; a name that both have is that of the scores."""
    if customers is None:
        return scores
    more = [name for name in customers.columns if name not in scores.columns]
    joined = scores.left_join(customers.select("customer_id", *more), "customer_id")
    return joined.select(*scores.columns, *more)


def top_customers(scores: ir.Table, rows: int = 15) -> pd.DataFrame:
    """The most valuable customers, one row each, as `score`."""
    return ranked(scores).limit(rows).to_pandas()


def active_share(base: Base, model: CustomerModel) -> tuple[float, float, float]:
    """Share of the customers expected to be alive, and its interval."""
    few = base.patterns.thin(MAX_PATTERNS)

    def share(params: np.ndarray, of: Patterns) -> float:
        alive = model.process.p_alive(params, of.frequency, of.recency, of.T)
        return float(np.average(alive, weights=of.customers))

    estimate = share(model.params, base.patterns)
    drawn = np.array([share(params, few) for params, _spend in model.draws(PARAMETER_DRAWS)])
    drawn += estimate - share(model.params, few)  # what thinning moved
    lower, upper = np.clip(interval(drawn, base.choices.alpha), 0, 1)
    return estimate, float(lower), float(upper)


def concentration(scores: ir.Table) -> pd.DataFrame:
    """How value is spread over customers, one row per hundredth of them, most valuable first: customers_share
    and value_share (cumulative, from 0 to 1).
    """
    part = scores.select("clv", part=ibis.ntile(100).over(order_by=scores.clv.desc()))
    sums = part.group_by("part").agg(value=part.clv.sum(), customers=part.count()).to_pandas()
    sums = sums.sort_values("part", ignore_index=True)
    all_value, customers = sums["value"].sum(), sums["customers"].sum()
    value_share = sums["value"].cumsum() / all_value if all_value > 0 else np.nan
    customers_share = sums["customers"].cumsum() / customers
    frame = pd.DataFrame({"customers_share": customers_share, "value_share": value_share})
    return pd.concat([pd.DataFrame(0.0, index=[0], columns=frame.columns), frame], ignore_index=True)


def share_held(curve: pd.DataFrame, top: float) -> float:
    """Share of value that the most valuable share of customers holds, by `concentration`."""
    share = float(np.interp(top, curve["customers_share"], curve["value_share"]))
    return share if np.isfinite(share) else 0.0


def rf_matrix(base: Base, scores: ir.Table) -> pd.DataFrame:
    """Customers by how often they came back and how long they have been silent.

    Returns
    -------
    DataFrame : one row per group that holds customers: bought and silent (where the group begins, in repeat
        purchases and in days), bought_until and silent_until (its last; missing in the last group),
        customers, p_alive and expected_purchases (means), gone and quiet (customers of whom less than an even
        chance, or than half a purchase, is left), clv (sum).
    """
    days = (scores["T"] - scores.recency) * DAYS[base.choices.time_unit]
    steps = {"bought": _step(scores.frequency, FREQUENCY_STEPS), "silent": _step(days, SILENCE_STEPS)}
    groups = scores.group_by(**steps).agg(
        customers=scores.count(),
        p_alive=scores.p_alive.mean(),
        expected_purchases=scores.expected_purchases.mean(),
        gone=(scores.p_alive < 0.5).sum(),
        quiet=(scores.expected_purchases < 0.5).sum(),
        clv=scores.clv.sum(),
    )
    frame = groups.to_pandas().sort_values(["bought", "silent"], ignore_index=True)
    for position, (name, edges) in enumerate({"bought": FREQUENCY_STEPS, "silent": SILENCE_STEPS}.items()):
        ends = dict(zip(range(len(edges)), [*(edge - 1 for edge in edges[1:]), np.nan], strict=True))
        frame.insert(2 * position + 1, f"{name}_until", frame[name].map(ends))
        frame[name] = frame[name].map(dict(enumerate(edges)))
    return frame


def _step(value: ir.NumericValue, edges: Sequence[float]) -> ir.IntegerValue:
    """The number of the group that a value falls into."""
    reached = [(value >= edge).cast("int64") for edge in edges[1:]]
    return sum(reached[1:], reached[0])


def value_distribution(scores: ir.Table) -> pd.DataFrame:
    """Customers by value, one row per step of 1, 2 and 5: lower, upper (money), customers, clv (sum),
    customers_share, clv_share. The first begins at 0: all who are worth less than a hundredth of the mean.
    """
    mean = float(scores.clv.mean().to_pandas() or 0)
    if mean <= 0:
        return pd.DataFrame(columns=["lower", "upper", "customers", "clv", "customers_share", "clv_share"])
    first, last = np.floor(np.log10(mean / 100)), np.ceil(np.log10(float(scores.clv.max().to_pandas())))
    edges = [step * 10.0**decade for decade in range(int(first), int(last) + 1) for step in MONEY_STEPS]
    edges = [0.0, *(edge for edge in edges if edge >= mean / 100)]
    steps = scores.group_by(step=_step(scores.clv, edges))
    groups = steps.agg(customers=scores.count(), clv=scores.clv.sum())
    frame = groups.to_pandas().set_index("step").reindex(range(len(edges) - 1), fill_value=0)
    frame.insert(0, "lower", edges[:-1])
    frame.insert(1, "upper", edges[1:])
    frame["customers_share"] = frame["customers"] / frame["customers"].sum()
    frame["clv_share"] = frame["clv"] / frame["clv"].sum()
    last = frame.index[frame["customers"] > 0].max()
    return frame.loc[:last].reset_index(drop=True)


def by_cohort(base: Base, model: CustomerModel, scores: ir.Table, period: CohortPeriod) -> pd.DataFrame:
    """What customers are worth by when they first bought.

    Returns
    -------
    DataFrame : one row per cohort: cohort (first day of its calendar period), customers, spend_to_date,
        p_alive (mean), expected_purchases, clv (sums), each, each_lower and each_upper (clv a customer).
        Limits are missing but for the latest 40 cohorts.
    """
    grouped = scores.group_by(cohort=scores["first"].truncate(TRUNCATE[period]).cast("date"))
    frame = grouped.agg(
        customers=scores.count(),
        spend_to_date=scores.spend_to_date.sum(),
        p_alive=scores.p_alive.mean(),
        expected_purchases=scores.expected_purchases.sum(),
        clv=scores.clv.sum(),
    ).to_pandas()
    frame["cohort"] = pd.to_datetime(frame["cohort"])
    frame = frame.sort_values("cohort", ignore_index=True)
    frame["each"] = frame["clv"] / frame["customers"]
    wide = _width(base, model, frame["cohort"].tail(MAX_COHORTS), period)
    for side in ("lower", "upper"):
        frame[f"each_{side}"] = frame["each"] * frame["cohort"].map(wide[side])
    return frame


def _width(base: Base, model: CustomerModel, cohorts: pd.Series, period: CohortPeriod) -> pd.DataFrame:
    """Limits of each cohort's value, as shares of its estimate. A pattern's T tells when its customers first
    bought, and so their cohort (of weeks, that of their middle)."""
    days, patterns, choices = DAYS[base.choices.time_unit], base.patterns, base.choices
    ago = pd.to_timedelta(patterns.T * days + (days - 1) / 2, unit="D")
    first = (pd.Timestamp(base.window.as_of) - ago).to_period(CALENDAR[period]).start_time
    t = choices.ahead(base.window.as_of, choices.months)
    futures = simulate_futures(base, model, t)
    limits = {}
    for cohort in cohorts:
        rows = np.asarray(first == cohort)
        if not rows.any():
            continue
        part = Patterns(*(getattr(patterns, one.name)[rows] for one in fields(patterns)))
        own = replace(futures, at=futures.at[rows])
        drawn = total(model, part, np.array([t]), choices.discount, own)
        middle = max(float(drawn.estimate[2, -1]), 1e-300)
        limits[cohort] = np.array(interval(drawn.draws(2, choices.seed)[:, -1], choices.alpha)) / middle
    return pd.DataFrame.from_dict(limits, orient="index", columns=["lower", "upper"])
