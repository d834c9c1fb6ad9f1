"""The plan of the next test: what it needs, what it can find, and whether the formula's promise holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from keepbook.errors import DataError, suggestion
from keepbook.planning.past import WHO, History, Past, Who, past_of
from keepbook.planning.sample_size import LIFTS, Spread, detectable, needed, power_with, reach, spreads_of
from keepbook.planning.simulation import cells_of, found
from keepbook.stats.intervals import wilson
from keepbook.tables import Tables
from keepbook.text import _, number, percent
from keepbook.unit import Unit

SURE = 0.01  # chance that simulation and formula seem to differ though they do not, all rows together
MOST = 20_000  # customers of a simulated arm; in larger ones means are as good as normal


@dataclass(frozen=True)
class Plan:
    """What the next test needs, and what it can find.

    Half of the customers are treated. Lifts are relative to the present value. `cuped`: with the pre-period
    as covariate, as the page analyses a test.

    Attributes
    ----------
    who, outcome_days, pre_days, alpha, power : the design.
    history : facts of the past.
    needed : one row per metric and lift: metric, lift, effect (absolute), n_per_arm and n_per_arm_cuped
        (customers in either arm; missing where there is no room for such a lift), weeks (whole weeks of
        enrolment for the latter, 0 where the customers are there, infinite where too few come), ready_on
        (first day on which all outcomes are known if the test begins on `as_of`; missing where enrolment
        takes over a year). Those who come are taken to be like those who are there.
    detectable : one row per metric and number of customers, which are a quarter, half and all of those
        available now, and those there after 13 and 26 weeks: metric, customers (in both arms), weeks, mde and
        mde_lift (smallest effect found with chance `power`, absolute and relative; missing where it has no
        room), mde_plain and mde_lift_plain (without the pre-period), ready_on.
    simulated : one row per metric and lift: metric, lift, n_per_arm (as needed, or as many as there are after
        26 weeks), power (share of replications that find it), lower, upper (Wilson), formula (the same by
        the closed form), short (whether it is clearly less than that; by chance in 1 % of plans).
    false_positive : one row per metric: metric, n_per_arm (the smallest simulated), rate (share of
        replications that find an effect where there is none), lower, upper, replications.
    notes : what a reader must know, in sentences.
    """

    who: Who
    outcome_days: int
    pre_days: int
    alpha: float
    power: float
    history: History
    needed: pd.DataFrame
    detectable: pd.DataFrame
    simulated: pd.DataFrame
    false_positive: pd.DataFrame
    notes: tuple[str, ...]


def plan(
    tables: Tables,
    unit: Unit,
    *,
    outcome_days: int = 60,
    pre_days: int = 90,
    who: Who = "active",
    alpha: float | None = None,
    power: float = 0.8,
    seed: int | None = None,
    replications: int = 500,
    lifts: Sequence[float] = LIFTS,
) -> Plan:
    """Plans a test on the customers of the past.

    The test is taken to have begun `outcome_days` before `as_of`, with all who were eligible on that day:
    what they did since is what the control of the next test will do, seasons apart.

    Parameters
    ----------
    outcome_days, pre_days : as of an experiment; days from the assignment on, and before it.
    who : `active`: customers who bought in the `churn_after` days before; `silent`: those who bought longer
        ago, but within two years; `all`: both.
    alpha, seed : None for the unit's own. power : chance with which an effect shall be found. lifts : those
        that are planned for; 0.1 is 10 %.

    Raises
    ------
    NotEnoughData : too few customers, or too few of them who came back; with the number and its bound.
    DataError : the design is none.
    """
    alpha, seed = unit.alpha if alpha is None else alpha, unit.seed if seed is None else seed
    _check(who, outcome_days, pre_days, alpha, power, replications, lifts)
    past = past_of(tables, unit, who, outcome_days, pre_days)
    spreads, as_of = spreads_of(past), tables.window.as_of
    wanted = needed(spreads, past.history, as_of, outcome_days, alpha, power, lifts)
    played, false = _simulations(past, spreads, wanted, alpha, seed, replications)
    return Plan(
        who=who,
        outcome_days=outcome_days,
        pre_days=pre_days,
        alpha=alpha,
        power=power,
        history=past.history,
        needed=wanted,
        detectable=detectable(spreads, past.history, as_of, outcome_days, alpha, power),
        simulated=played,
        false_positive=false,
        notes=tuple(_notes(past, spreads, played, false, lifts, (pre_days, unit.churn_after), alpha)),
    )


def _check(
    who: str,
    outcome_days: int,
    pre_days: int,
    alpha: float,
    power: float,
    replications: int,
    lifts: Sequence[float],
) -> None:
    bounds = {
        "who": (who, who in WHO, ", ".join(WHO)),
        "outcome_days": (outcome_days, outcome_days >= 1, "1 or more"),
        "pre_days": (pre_days, pre_days >= 0, "0 or more"),
        "alpha": (alpha, 0 < alpha < 0.5, "above 0 and below 0.5"),
        "power": (power, 0.5 <= power < 1, "0.5 or more and below 1"),
        "replications": (replications, replications >= 1, "1 or more"),
        "lifts": (list(lifts), len(lifts) > 0 and min(lifts) > 0, "one or more shares above 0: 10 % is 0.1"),
    }
    for name, (value, good, expected) in bounds.items():
        if not good:
            do = f"Correct it{f': {suggestion(who, WHO)}' if name == 'who' else '.'}"
            raise DataError(f"The plan's {name} cannot be {value!r}.", expected=expected, do=do)


# ── simulation ──────────────────────────────────────────────────────────────────────────────────────────


def _simulations(
    past: Past,
    spreads: Mapping[str, Spread],
    wanted: pd.DataFrame,
    alpha: float,
    seed: int,
    replications: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """As `Plan.simulated` and `Plan.false_positive`; each simulation has random numbers of its own."""
    most = min(int(reach(past.history)[1].max()) // 2, MOST)
    rows, checks = [], []
    for i, (metric, spread) in enumerate(spreads.items()):
        own = wanted[(wanted["metric"] == metric) & wanted["n_per_arm_cuped"].notna()]
        if own.empty:
            continue
        cells = cells_of(past.each, spread)
        sizes = own["n_per_arm_cuped"].clip(upper=most).astype(int)
        for j, (lift, n) in enumerate([(0.0, sizes.min()), *zip(own["lift"], sizes, strict=True)]):
            rng = np.random.default_rng([seed, i, j])
            reached = float(spread.reached(lift))
            hits = found(cells, n, reached, alpha=alpha, replications=replications, rng=rng)
            rate = (hits / replications, *map(float, wilson(hits, replications, alpha)))
            if lift:
                formula = power_with(spread, lift, n, alpha, adjust=True)
                rows.append((metric, lift, n, *rate, formula))
            else:
                checks.append((metric, n, *rate, replications))
    columns = ["metric", "lift", "n_per_arm", "power", "lower", "upper", "formula"]
    check = ["metric", "n_per_arm", "rate", "lower", "upper", "replications"]
    played = pd.DataFrame(rows, columns=columns)
    _low, high = wilson((played["power"] * replications).round(), replications, SURE / max(len(played), 1))
    return played.assign(short=high < played["formula"]), pd.DataFrame(checks, columns=check)


# ── what a reader must know ─────────────────────────────────────────────────────────────────────────────


def _notes(
    past: Past,
    spreads: Mapping[str, Spread],
    played: pd.DataFrame,
    false: pd.DataFrame,
    lifts: Sequence[float],
    days: tuple[int, int],
    alpha: float,
) -> Iterator[str]:
    history, (pre_days, churn_after) = past.history, days
    yield from _short(played)
    yield from _alarms(false, alpha)
    yield from _no_room(spreads, history, max(lifts))
    if pre_days and not past.everybody.mean[past.everybody.at("pre_orders")]:
        text = _("Nobody had bought in the {days} days before: only a pre-period of over {most} days helps.")
        yield text.format(days=number(pre_days), most=number(max(pre_days, churn_after)))
    if not history.weeks:
        yield _("The data are too short to say how many customers come each week.")
    elif not history.per_week:
        text = _("In the last {weeks} weeks nobody became eligible: the test has only those who are there.")
        yield text.format(weeks=number(history.weeks))


def _short(played: pd.DataFrame) -> Iterator[str]:
    """Metrics with less simulated power than the formula says; the worst row of each."""
    text = _(
        "{metric}: a lift of {lift} is found in {power} of simulated tests with {n} customers per arm, where "
        "the formula promises {formula}: a few customers carry much of it. Plan for more."
    )
    for metric, rows in played[played["short"]].groupby("metric", sort=False):
        worst = rows.loc[(rows["formula"] - rows["power"]).idxmax()]
        yield text.format(
            metric=metric,
            lift=percent(worst["lift"], 0),
            n=number(worst["n_per_arm"]),
            power=percent(worst["power"], 0),
            formula=percent(worst["formula"], 0),
        )


def _alarms(false: pd.DataFrame, alpha: float) -> Iterator[str]:
    """Metrics whose tests find too much where there is nothing."""
    text = _("{metric}: with {n} customers per arm {rate} of tests find what is not there, over {alpha}.")
    for row in false.itertuples():
        low, _high = wilson(round(row.rate * row.replications), row.replications, SURE / len(false))
        if low > alpha:
            words = {"n": number(row.n_per_arm), "rate": percent(row.rate), "alpha": percent(alpha, 0)}
            yield text.format(metric=row.metric, **words)


def _no_room(spreads: Mapping[str, Spread], history: History, lift: float) -> Iterator[str]:
    for metric, spread in spreads.items():
        if metric == "retained" and spread.most < lift:
            text = _("retained: {share} of customers come back anyway, so no lift is above {most}.")
            yield text.format(share=percent(history.retained), most=percent(spread.most))
        elif not spread.most:
            text = _("{metric}: it is the same for all customers, or not above 0, so no lift can be planned.")
            yield text.format(metric=metric)
