"""Every method on the unit's own past: up to three cut-offs, knowing only what was known there."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from keepbook.clv.base import Choices, count_customers
from keepbook.clv.processes.fitters import PROCESSES
from keepbook.clv.validation import backtest, measures
from keepbook.clv.validation.backtest import ModelPrediction
from keepbook.clv.validation.baselines import (
    BOOSTING,
    HISTORICAL,
    MIN_REPEATERS,
    PERSISTENCE,
    Prediction,
    Split,
    boosting,
    historical,
    persistence,
    split,
)
from keepbook.clv.validation.measures import BestMethod, Cut, best_method
from keepbook.errors import NotEnoughData
from keepbook.tables import Window
from keepbook.text import catalogue, day

say = catalogue("clv")
TARGETS = ("purchases", "spend")
MEASURES = {name: getattr(measures, name) for name in ("bias", "mae", "rmse", "gini", "top_decile")}
MAX_CUTS = 3
MONTH = 365.25 / 12
HISTORY_PER_HOLDOUT = 3  # so that the earliest cut-off still knows as much as it predicts
MIN_HOLDOUT_DAYS = 28
MAX_CUSTOMERS = 100_000  # per cut-off: errors are then known to half a per cent
BUCKETS = 1_000_000


@dataclass(frozen=True)
class Evaluation:
    """How every method would have done on the unit's own past.

    At each cut-off the methods saw what was known there and predicted, for customers who had bought by then,
    periods with a purchase and gross money (`purchases`, `spend`) until the end of the holdout. Holdouts of
    neighbouring cut-offs overlap by half.
    """

    # One row per cut-off, newest first: cut, end, customers (evaluated), customers_all, holdout_purchases,
    # holdout_spend (gross), kept_share and holdout_kept_share (net over gross money, before and after the
    # cut: what returns leave).
    cuts: pd.DataFrame
    # One row per cut × method × target: cut, method, target, bias (Σ predicted / Σ actual − 1), mae, rmse,
    # gini (normalised), top_decile (share of the actual held by the tenth predicted highest),
    # log_likelihood (mean per customer; missing for methods that give no probabilities, and for spend).
    methods: pd.DataFrame
    # Cut, method, target, kind ("frequency" or "decile" of the prediction, 1 highest), group, customers,
    # predicted, actual (means), lower, upper (interval of actual).
    calibration: pd.DataFrame
    alive: pd.DataFrame  # cut, method, and the columns of the functions of `backtest` of these names
    coverage: pd.DataFrame
    transform: pd.DataFrame
    absent: pd.DataFrame  # one row per cut × method that could not be tried: cut, method (all: "–"), why
    best: dict[str, BestMethod]  # target → `BestMethod`
    share: float  # of the unit's customers, the share evaluated, chosen by a hash of customer_id; 1 for all

    @property
    def log_likelihoods(self) -> dict[str, float]:
        """Purchase model → log-likelihood a customer, over the cut-offs at which most could be fitted."""
        known = self.methods.dropna(subset=["log_likelihood"])
        counts = known.merge(self.cuts[["cut", "customers"]], on="cut")
        counts["total"] = counts["log_likelihood"] * counts["customers"]
        fitted = counts.groupby("cut")["method"].transform("size")
        sums = counts[fitted == fitted.max()].groupby("method", sort=False)[["total", "customers"]].sum()
        return {str(method): float(row.total / row.customers) for method, row in sums.iterrows()}


def evaluate(purchases: ir.Table, window: Window, choices: Choices) -> Evaluation:
    """Rolling-origin holdout: each method at up to three cut-offs of the unit's own past.

    A holdout is as long as value is counted ahead, a third of the history at most, in whole weeks. The last
    one ends at `window.as_of`, each earlier one half a length before; so what is known at a cut-off is never
    shorter than what is predicted.

    Raises
    ------
    NotEnoughData : the history is shorter than 12 weeks, or too few had bought again at every cut-off.
    """
    origins = origins_of(window, choices.months)
    customers = count_customers(purchases, window.as_of)
    # A hash shares out a little unevenly.
    share = 1.0 if customers <= MAX_CUSTOMERS else 0.99 * MAX_CUSTOMERS / customers
    bucket = purchases.customer_id.hash().abs() % BUCKETS
    sample = purchases if share == 1 else purchases.filter(bucket < int(share * BUCKETS))

    @cache
    def split_at(cut: dt.date, end: dt.date) -> Split:
        """One cut-off, made once, though it may also be what is learnt from for a later one."""
        return split(sample, window.start, cut, end, choices.time_unit)

    cuts: list[Cut] = []
    absent: list[tuple[dt.date, str, str]] = []
    for cut, end in origins:
        known = split_at(cut, end)
        again = int((known.customers["frequency"] > 0).sum())
        if again < MIN_REPEATERS:
            why = say("too-few-to-judge", cut=day(cut), again=again, least=MIN_REPEATERS)
            absent.append((cut, "–", why))
            continue
        predictions, lacking = _predictions(known, split_at, choices)
        absent += [(cut, method, why) for method, why in lacking.items()]
        cuts.append(Cut(known, predictions))
    if not cuts:
        raise NotEnoughData(say("no-cut-off", why=absent[0][2]), do=say("no-cut-off.do"))
    lacking_table = pd.DataFrame(absent, columns=["cut", "method", "why"])
    return Evaluation(
        cuts=_cut_table(cuts, purchases if share < 1 else None),
        **_tables(cuts, choices.alpha),
        absent=lacking_table.assign(cut=pd.to_datetime(lacking_table["cut"])),
        best={name: best_method(name, cuts, seed=choices.seed, alpha=choices.alpha) for name in TARGETS},
        share=share,
    )


def origins_of(window: Window, months: int) -> list[tuple[dt.date, dt.date]]:
    """Cut-offs and the last days of their holdouts, newest first."""
    length = int(min(months * MONTH, window.days / HISTORY_PER_HOLDOUT)) // 7 * 7
    if length < MIN_HOLDOUT_DAYS:
        least = HISTORY_PER_HOLDOUT * MIN_HOLDOUT_DAYS
        what = say("too-short-to-test", days=window.days, least=least)
        raise NotEnoughData(what, do=say("too-short-to-test.do"))
    step = length // 14 * 7
    cuts = [window.as_of - dt.timedelta(days=length + back * step) for back in range(MAX_CUTS)]
    return [(cut, cut + dt.timedelta(days=length)) for cut in cuts]


def _predictions(
    known: Split, split_at: Callable[[dt.date, dt.date], Split], choices: Choices
) -> tuple[dict[str, Prediction], dict[str, str]]:
    """Every method's prediction at a cut-off, and why others have none."""
    made: dict[str, Prediction] = {HISTORICAL: historical(known), PERSISTENCE: persistence(known)}
    lacking = {}
    money = backtest.spend_per_purchase(known, choices.prior)
    for process in PROCESSES:
        try:
            made[process.label] = backtest.predict(process, known, choices.prior, money)
        except NotEnoughData as error:
            lacking[process.label] = error.what
    length = known.end - known.cut
    origin = known.cut - length
    try:
        if (origin - known.start).days + 1 < max(length.days / 2, MIN_HOLDOUT_DAYS):
            raise NotEnoughData(say("nothing-to-learn-from", start=day(known.start)))
        made[BOOSTING] = boosting(known, split_at(origin, known.cut), seed=choices.seed)
    except NotEnoughData as error:
        lacking[BOOSTING] = error.what
    return made, lacking


def _cut_table(cuts: list[Cut], whole: ir.Table | None) -> pd.DataFrame:
    rows = []
    for known in (one.known for one in cuts):
        c = known.customers
        gross = float((c["repeat_spend"] + c["first_spend"]).sum())
        later = float(c["spend_holdout"].sum())
        rows.append(
            {
                "cut": pd.Timestamp(known.cut),
                "end": pd.Timestamp(known.end),
                "customers": len(c),
                "customers_all": len(c) if whole is None else count_customers(whole, known.cut),
                "holdout_purchases": int(c["purchases_holdout"].sum()),
                "holdout_spend": later,
                "kept_share": float(c["spend_to_date"].sum()) / gross if gross else np.nan,
                "holdout_kept_share": float(c["net_holdout"].sum()) / later if later else np.nan,
            }
        )
    return pd.DataFrame(rows)


def _tables(cuts: list[Cut], alpha: float) -> dict[str, pd.DataFrame]:
    """How near the methods came, in one table a question."""
    methods, groups = [], {}
    models: dict[str, dict[tuple, pd.DataFrame]] = {"alive": {}, "coverage": {}, "transform": {}}
    for one in cuts:
        known, cut = one.known, pd.Timestamp(one.known.cut)
        for method, made in one.predictions.items():
            likelihood = made.log_likelihood if isinstance(made, ModelPrediction) else np.nan
            for target, predicted in made.targets.items():
                actual = known.actual[target]
                row = {"cut": cut, "method": method, "target": target}
                row |= {name: measure(actual, predicted) for name, measure in MEASURES.items()}
                row["log_likelihood"] = likelihood if target == "purchases" else np.nan
                methods.append(row)
                by_frequency = measures.by_frequency(known.customers["frequency"])
                by = {"frequency": by_frequency, "decile": measures.by_decile(predicted)}
                for kind, group in by.items():
                    table = measures.calibration(actual, predicted, group, alpha)
                    groups[cut, method, target, kind] = table.assign(group=table["group"].astype(str))
            if isinstance(made, ModelPrediction):
                models["alive"][cut, method] = backtest.alive(made, known, alpha)
                models["coverage"][cut, method] = backtest.coverage(made, alpha)
                models["transform"][cut, method] = backtest.transform(made)
    tables = {name: _stacked(found, ["cut", "method"]) for name, found in models.items()}
    calibration = _stacked(groups, ["cut", "method", "target", "kind"])
    return tables | {"methods": pd.DataFrame(methods), "calibration": calibration}


def _stacked(tables: dict[tuple, pd.DataFrame], labels: list[str]) -> pd.DataFrame:
    """All tables in one, with what each is about in its first columns."""
    return pd.concat(tables, names=labels).reset_index(labels).reset_index(drop=True)
