"""Experiments made up for tests, customer by customer: what `keepbook.experiments` is held against."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keepbook.experiments import Study, Verdict, study_effects, study_money, study_verdict
from keepbook.experiments.sample_ratio import SampleRatio, sample_ratio
from keepbook.stats.moments import SIZE, Moments
from keepbook.tables.intake import Intake
from keepbook.unit import Experiment, Metric

Floats = NDArray[np.float64]

DAY = dt.date.fromisoformat
N = 500  # customers in an arm
SOUND = {"none": N, "voucher": N}
OVER = {"ends": "2024-03-31", "outcome_days": 30}


def arm(cluster: NDArray[np.int64] | None = None, **columns: Floats) -> Moments:
    """The moments of an arm by NumPy, not by the engine."""
    frame = pd.DataFrame(columns).astype(float)
    customers = len(frame)
    if cluster is not None:
        frame = frame.assign(**{SIZE: 1.0}).groupby(cluster).sum()
    cov = np.atleast_2d(np.cov(frame.to_numpy().T, ddof=1)) if len(frame) > 1 else np.zeros((1, 1))
    return Moments(
        tuple(frame), len(frame), customers, frame.mean().to_numpy(), cov, clustered=cluster is not None
    )


def spenders(n: int, rng: np.random.Generator, buys: float = 0.1, lift: float = 0.0) -> dict[str, Floats]:
    """Customers of whom most buy nothing: revenue with 90 % zeros and a long tail, and what they did before.

    Who bought before is likelier to buy again. `lift` adds buyers, as a share of those there would be.
    """
    loyal = rng.gamma(0.6, 1 / 0.6, n)
    chance = np.minimum(buys * loyal * (1 + lift), 0.95)
    before, after = rng.poisson(buys * loyal), rng.binomial(1, chance)
    orders = after * (1 + rng.poisson(0.3, n))
    basket = rng.lognormal(3.2, 0.6, n)
    spent, spent_before = (count * basket * rng.lognormal(0, 0.5, n) for count in (orders, before))
    return {
        "retained": after.astype(float),
        "orders": orders.astype(float),
        "revenue": spent,
        "margin": spent,
        "profit": spent,
        "pre_retained": (before > 0).astype(float),
        "pre_orders": before.astype(float),
        "pre_revenue": spent_before,
    }


def lift_of(
    mean_control: float, var_of_mean_control: float, mean_treatment: float, var_of_mean_treatment: float
) -> tuple[float, float]:
    """Lift and its standard error by the delta method, as GrowthBook has it; the library's is Fieller's.

    A. Deng, U. Knoblich & J. Lu (2018), Applying the Delta Method in Metric Analytics, KDD.
    """
    lift = mean_treatment / mean_control - 1
    variance = var_of_mean_treatment + (1 + lift) ** 2 * var_of_mean_control
    return lift, math.sqrt(variance) / mean_control


def experiment(**settings: object) -> Experiment:
    """An experiment of a unit file."""
    return Experiment.model_validate({"name": "voucher", "control": "none", **settings})


def role(name: str, margin: float | None = None, better: str = "higher") -> Metric:
    """A metric of a unit file; only a guardrail has a margin."""
    return Metric(role=name, margin=margin if name == "guardrail" else None, better=better)  # type: ignore[arg-type]


# ── of moments alone ─────────────────────────────────────────────────────────────────────────────────────

UNIT: Any = SimpleNamespace(alpha=0.05)
Groups = Mapping[str, dict[str, Moments]]  # metric → variant → its moments


def study(moments: Groups, named: Experiment) -> Study:
    """An experiment of which only moments are known."""
    counts = {name: one.count for arms in moments.values() for name, one in arms.items()}
    return Study(named, UNIT, moments, counts)


def effects_of(
    moments: Groups, metrics: Mapping[str, Metric], control: str, planned: int = 5000
) -> pd.DataFrame:
    named = experiment(control=control, planned=planned).model_copy(update={"metrics": metrics})
    return study_effects(study(moments, named))


def money_of(moments: Groups, named: Experiment, customers: int) -> pd.DataFrame:
    return study_money(study(moments, named.model_copy(update={"rollout_to": customers})))


def decide(
    named: Experiment,
    ratio: SampleRatio,
    effects: pd.DataFrame,
    money: pd.DataFrame | None,
    as_of: dt.date,
    intake: Intake | None = None,
) -> Verdict:
    known: Any = SimpleNamespace(experiment=named, ratio=ratio, intake=intake, unit=UNIT)
    return study_verdict(known, effects, money, as_of)


# ── what a verdict is made of ────────────────────────────────────────────────────────────────────────────


def intake_of(
    named: Experiment, first: str = "2024-03-01", last: str = "2024-03-31", assigned: int = N
) -> Intake:
    """An intake of which only days and counts are looked at."""
    counts = {"assigned": assigned, "mature": assigned, "clusters": math.nan}
    arms = pd.DataFrame({"variant": ["none", "voucher"], **counts})
    nothing = pd.DataFrame()
    return Intake(named, None, arms, nothing, 0, DAY(first), DAY(last), nothing)  # type: ignore[arg-type]


def earning(variant: str = "voucher", profit: float = 1.0, error: float = 0.2, **more: float) -> dict:
    """A row of money of 1,000 customers."""
    row = {"variant": variant, "gain": profit + 1, "profit": profit, "error": error, "max_loss": 0.1}
    return row | {"n": 2 * N, "planned": 5000, "carriers": 100.0} | more


def measured(
    *rows: Mapping[str, object], n: int = N, variants: tuple[str, ...] = ("voucher",)
) -> pd.DataFrame:
    """Effects: the goal of every variant, and more rows."""
    goals = [
        {"variant": name, "metric": "revenue", "role": "goal", "holds": "", "holds_always_valid": ""}
        for name in variants
    ]
    counts = {"n_control": n, "n_treatment": n}
    return pd.DataFrame([row | counts for row in [*goals, *map(dict, rows)]])


def guarded(
    holds: str,
    variant: str = "voucher",
    metric: str = "complaints",
    effect: float = 0.0,
    error: float = 0.1,
    better: str = "higher",
) -> dict:
    """A guardrail with a margin of a tenth; the control, 1, is known exactly."""
    row = {
        "variant": variant,
        "metric": metric,
        "role": "guardrail",
        "holds": holds,
        "holds_always_valid": holds,
    }
    row |= {"better": better, "margin": 0.1, "control": 1.0, "treatment": 1 + effect, "effect": effect}
    return row | {"error": error, "error_control": 0.0, "error_treatment": error}


def judged(
    *money: dict,
    effects: pd.DataFrame | None = None,
    as_of: str = "2024-04-29",
    counts: dict[str, int] = SOUND,
    assigned: int = N,
    **keys: Any,
) -> Verdict:
    """The verdict on an experiment assigned in March: by default over, its last day followed up today."""
    named = experiment(**(OVER | keys))
    return decide(
        named,
        sample_ratio(counts),
        measured(variants=tuple(row["variant"] for row in money)) if effects is None else effects,
        pd.DataFrame(money) if money else None,
        DAY(as_of),
        intake_of(named, assigned=assigned),
    )


def with_error(mean: float, error: float, n: int = 100_000) -> Moments:
    return Moments(("complaints",), n, n, np.array([mean]), np.array([[error**2 * n]]))
