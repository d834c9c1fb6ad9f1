"""The plan of the next test: what it needs, what it can find, and whether the formula's promise holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from keepbook.errors import DataError, suggestion
from keepbook.planning import sample_size
from keepbook.planning.history import AUDIENCES, Audience, Baseline, History, baseline_of
from keepbook.planning.sample_size import LIFTS, Variation, power_with, ready_on, sizes_ahead, variations_of
from keepbook.planning.simulation import cells_of, detections
from keepbook.stats.intervals import wilson
from keepbook.tables import Tables
from keepbook.unit import Unit

SIMULATION_ALPHA = 0.01  # chance that simulation and formula seem to differ, of all rows together
MAX_ARM = 20_000  # customers of a simulated arm; in larger ones means are as good as normal


@dataclass(frozen=True)
class Plan:
    """What the next test needs, and what it can find.

    Half of the customers are treated. Lifts are relative to the present value. `cuped`: with the pre-period
    as covariate, as the page analyses a test.

    Attributes
    ----------
    audience, outcome_days, pre_days, alpha, power : as asked for, see `plan`.
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
        replications that find an effect where there is none), lower, upper, replications, inflated (whether
        it is clearly above `alpha`).
    largest_lift : metric → the largest lift there is room for; 0 where none can be planned.
    """

    audience: Audience
    outcome_days: int
    pre_days: int
    alpha: float
    power: float
    history: History
    needed: pd.DataFrame
    detectable: pd.DataFrame
    simulated: pd.DataFrame
    false_positive: pd.DataFrame
    largest_lift: Mapping[str, float]


def plan(
    tables: Tables,
    unit: Unit,
    *,
    outcome_days: int = 60,
    pre_days: int = 90,
    audience: Audience = "active",
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
    audience : `active`: customers who bought in the `churn_after` days before; `silent`: those who bought
        longer ago, but within two years; `all`: both.
    alpha, seed : None for the unit's own.
    power : chance with which an effect shall be found.
    replications : simulated tests of each lift; 0.1 of `lifts` is 10 %.

    Raises
    ------
    DataError : the design is none.

    >>> import keepbook as kb
    >>> shop = kb.open("demo")
    >>> made = plan(shop.tables, shop.unit, audience="all", replications=20)
    >>> made.history.eligible, made.history.available
    (3535, 3996)
    """
    alpha, seed = unit.alpha if alpha is None else alpha, unit.seed if seed is None else seed
    bounds = {
        "audience": (audience, audience in AUDIENCES, ", ".join(AUDIENCES)),
        "outcome_days": (outcome_days, outcome_days >= 1, "1 or more"),
        "pre_days": (pre_days, pre_days >= 0, "0 or more"),
        "alpha": (alpha, 0 < alpha < 0.5, "above 0 and below 0.5"),
        "power": (power, 0.5 <= power < 1, "0.5 or more and below 1"),
        "replications": (replications, replications >= 1, "1 or more"),
        "lifts": (list(lifts), len(lifts) > 0 and min(lifts) > 0, "one or more shares above 0: 10 % is 0.1"),
    }
    _check(bounds)
    baseline = baseline_of(tables, unit, audience, outcome_days, pre_days)
    history, variations = baseline.history, variations_of(baseline)
    needed = sample_size.needed(variations, history, alpha, power, lifts)
    detectable = sample_size.detectable(variations, history, alpha, power)
    for frame in (needed, detectable):
        frame["ready_on"] = ready_on(frame["weeks"], tables.window.as_of, outcome_days)
    simulated, false_positive = _simulations(baseline, variations, needed, alpha, seed, replications)
    return Plan(
        audience=audience,
        outcome_days=outcome_days,
        pre_days=pre_days,
        alpha=alpha,
        power=power,
        history=history,
        needed=needed,
        detectable=detectable,
        simulated=simulated,
        false_positive=false_positive,
        largest_lift={metric: one.largest_lift for metric, one in variations.items()},
    )


def _check(bounds: Mapping[str, tuple[Any, bool, str]]) -> None:
    """Parameter → its value, whether that is possible, and what is."""
    for name, (value, good, expected) in bounds.items():
        if not good:
            do = f"Correct it{f': {suggestion(value, AUDIENCES)}' if name == 'audience' else '.'}"
            raise DataError(f"The plan's {name} cannot be {value!r}.", expected=expected, do=do)


def _simulations(
    baseline: Baseline,
    variations: Mapping[str, Variation],
    wanted: pd.DataFrame,
    alpha: float,
    seed: int,
    replications: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """As `Plan.simulated` and `Plan.false_positive`; each simulation has random numbers of its own."""
    largest = min(int(sizes_ahead(baseline.history)[1].max()) // 2, MAX_ARM)
    rows, none = [], []
    for i, (metric, variation) in enumerate(variations.items()):
        own = wanted[(wanted["metric"] == metric) & wanted["n_per_arm_cuped"].notna()]
        if own.empty:
            continue
        cells = cells_of(baseline.outcomes, variation)
        sizes = own["n_per_arm_cuped"].clip(upper=largest).astype(int)
        for j, (lift, n) in enumerate([(0.0, sizes.min()), *zip(own["lift"], sizes, strict=True)]):
            rng = np.random.default_rng([seed, i, j])
            affected = float(variation.affected(lift))
            hits = detections(cells, n, affected, alpha=alpha, replications=replications, rng=rng)
            rate = (hits / replications, *map(float, wilson(hits, replications, alpha)))
            if lift:
                rows.append((metric, lift, n, *rate, power_with(variation, lift, n, alpha, adjust=True)))
            else:
                none.append((metric, n, *rate, replications))
    found = pd.DataFrame(rows, columns=["metric", "lift", "n_per_arm", "power", "lower", "upper", "formula"])
    _low, high = _cautious(found["power"], replications)
    false_positive = pd.DataFrame(
        none, columns=["metric", "n_per_arm", "rate", "lower", "upper", "replications"]
    )
    low, _high = _cautious(false_positive["rate"], replications)
    return found.assign(short=high < found["formula"]), false_positive.assign(inflated=low > alpha)


def _cautious(rates: pd.Series, replications: int) -> tuple[np.ndarray, np.ndarray]:
    """Limits of shares of replications, wide enough for all of them together."""
    return wilson((rates * replications).round(), replications, SIMULATION_ALPHA / max(len(rates), 1))
