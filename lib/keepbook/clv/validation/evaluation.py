"""Every method on the unit's own past: up to three cut-offs, knowing only what was known there."""

import datetime as dt
from dataclasses import dataclass

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
from keepbook.clv.validation.ranking import BestMethod, Cut, best_method
from keepbook.errors import NotEnoughData
from keepbook.tables import Window
from keepbook.text import catalogue, day

say = catalogue("clv")
TARGETS = ("purchases", "spend")
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

    Attributes
    ----------
    cuts : one row per cut-off, newest first: cut, end, customers (evaluated), customers_all,
        holdout_purchases, holdout_spend (gross), kept_share and holdout_kept_share (net over gross money,
        before and after the cut: what returns leave).
    methods : one row per cut × method × target: cut, method, target, bias (Σ predicted / Σ actual − 1), mae,
        rmse, gini (normalised), top_decile (share of the actual held by the tenth predicted highest),
        log_likelihood (mean per customer; missing for methods that give no probabilities, and for spend).
    calibration : cut, method, target, kind ("frequency" or "decile" of the prediction, 1 highest), group,
        customers, predicted, actual (means), lower, upper (interval of actual).
    alive : cut, method, bin, customers, p_alive, expected, returned, lower, upper; as `backtest.alive`.
    coverage : cut, method, level, customers, covered, lower, upper; as `backtest.coverage`.
    transform : cut, method, bin, share; as `backtest.transform`.
    absent : one row per cut × method that could not be tried: cut, method (all: "–"), why.
    best : target → `BestMethod`.
    share : of the unit's customers, the share evaluated, chosen by a hash of customer_id; 1 for all.
    """

    cuts: pd.DataFrame
    methods: pd.DataFrame
    calibration: pd.DataFrame
    alive: pd.DataFrame
    coverage: pd.DataFrame
    transform: pd.DataFrame
    absent: pd.DataFrame
    best: dict[str, BestMethod]
    share: float

    @property
    def log_likelihoods(self) -> dict[str, float]:
        """Purchase model → log-likelihood of the held-out purchases, mean per customer.

        Over the cut-offs at which most models could be fitted, so that all of them answer for the same.
        """
        counts = self.methods.dropna(subset=["log_likelihood"]).merge(
            self.cuts[["cut", "customers"]], on="cut"
        )
        counts["total"] = counts["log_likelihood"] * counts["customers"]
        fitted = counts.groupby("cut")["method"].transform("size")
        sums = counts[fitted == fitted.max()].groupby("method", sort=False)[["total", "customers"]].sum()
        return {str(method): float(row.total / row.customers) for method, row in sums.iterrows()}

    @property
    def simple_is_as_good(self) -> dict[str, bool]:
        """Target → whether the historical formula is as good as the nearest method."""
        return {target: best.simple_is_as_good for target, best in self.best.items()}


def evaluate(purchases: ir.Table, window: Window, choices: Choices) -> Evaluation:
    """Rolling-origin holdout: each method at up to three cut-offs of the unit's own past.

    A holdout is as long as value is counted ahead (`choices.months`), a third of the history at most, in
    whole weeks. The last one ends at `window.as_of`, each earlier one half a length before; so what is known
    at a cut-off is never shorter than what is predicted.

    Parameters
    ----------
    purchases : one row per customer and day, as `Tables.purchases`. window : the observed days.

    Raises
    ------
    NotEnoughData : the history is shorter than 12 weeks, or too few had bought again at every cut-off.
    """
    origins = origins_of(window, choices.months)
    customers = count_customers(purchases, window.as_of)
    share = (
        1.0 if customers <= MAX_CUSTOMERS else 0.99 * MAX_CUSTOMERS / customers
    )  # a hash shares out a little unevenly
    sample = purchases if share == 1 else _sampled(purchases, share)
    splits: dict[dt.date, Split] = {}
    cuts, absent = [], []
    for cut, end in origins:
        known = _split(sample, window, cut, end, choices, splits)
        again = int((known.customers["frequency"] > 0).sum())
        if again < MIN_REPEATERS:
            why = say("too-few-to-judge", cut=day(cut), again=again, least=MIN_REPEATERS)
            absent.append((cut, "–", why))
            continue
        predictions, lacking = _predictions(known, sample, window, choices, splits)
        absent += [(cut, method, why) for method, why in lacking]
        cuts.append(Cut(known, predictions))
    if not cuts:
        raise NotEnoughData(say("no-cut-off", why=absent[0][2]), do=say("no-cut-off.do"))
    totals = _cut_table(cuts, purchases if share < 1 else None)
    return _evaluation(cuts, totals, absent, share, choices)


def origins_of(window: Window, months: int) -> list[tuple[dt.date, dt.date]]:
    """Cut-offs and the last days of their holdouts, newest first.

    Raises
    ------
    NotEnoughData : a third of the history is less than four weeks.
    """
    length = int(min(months * MONTH, window.days / HISTORY_PER_HOLDOUT)) // 7 * 7
    if length < MIN_HOLDOUT_DAYS:
        least = HISTORY_PER_HOLDOUT * MIN_HOLDOUT_DAYS
        raise NotEnoughData(
            say("too-short-to-test", days=window.days, least=least), do=say("too-short-to-test.do")
        )
    step = length // 14 * 7
    cuts = [window.as_of - dt.timedelta(days=length + back * step) for back in range(MAX_CUTS)]
    return [(cut, cut + dt.timedelta(days=length)) for cut in cuts]


def _sampled(purchases: ir.Table, share: float) -> ir.Table:
    """The purchases of so many of the customers, always the same ones."""
    bucket = purchases.customer_id.hash().abs() % BUCKETS
    return purchases.filter(bucket < int(share * BUCKETS))


def _split(
    purchases: ir.Table,
    window: Window,
    cut: dt.date,
    end: dt.date,
    choices: Choices,
    splits: dict[dt.date, Split],
) -> Split:
    """One cut-off, made once: all holdouts are of one length."""
    if cut not in splits:
        splits[cut] = split(purchases, window.start, cut, end, choices.time_unit)
    return splits[cut]


def _predictions(
    known: Split, purchases: ir.Table, window: Window, choices: Choices, splits: dict[dt.date, Split]
) -> tuple[dict[str, Prediction], list[tuple[str, str]]]:
    """Every method's prediction at a cut-off, and why others have none."""
    made: dict[str, Prediction] = {HISTORICAL: historical(known), PERSISTENCE: persistence(known)}
    lacking = []
    money = backtest.spend_per_purchase(known, choices.prior)
    for process in PROCESSES:
        try:
            made[process.label] = backtest.predict(process, known, choices.prior, money)
        except NotEnoughData as error:
            lacking.append((process.label, error.what))
    length = known.end - known.cut
    origin = known.cut - length
    try:
        if (origin - window.start).days + 1 < max(length.days / 2, MIN_HOLDOUT_DAYS):
            raise NotEnoughData(say("nothing-to-learn-from", start=day(window.start)))
        earlier = _split(purchases, window, origin, known.cut, choices, splits)
        made[BOOSTING] = boosting(known, earlier, seed=choices.seed)
    except NotEnoughData as error:
        lacking.append((BOOSTING, error.what))
    return made, lacking


def _cut_table(cuts: list[Cut], whole: ir.Table | None) -> pd.DataFrame:
    rows = []
    for one in cuts:
        c, known = one.known.customers, one.known
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


def _evaluation(
    cuts: list[Cut],
    totals: pd.DataFrame,
    absent: list[tuple[dt.date, str, str]],
    share: float,
    choices: Choices,
) -> Evaluation:
    scores, groups = [], []
    models: dict[str, list[pd.DataFrame]] = {"alive": [], "coverage": [], "transform": []}
    for one in cuts:
        known, cut = one.known, pd.Timestamp(one.known.cut)
        for method, made in one.predictions.items():
            scores += [(cut, method, target, *_scored(known, made, target)) for target in made.targets]
            groups += [
                _labelled(table, cut, method, target=target)
                for target in made.targets
                for table in _calibrated(known, made, target, choices.alpha)
            ]
            if isinstance(made, ModelPrediction):
                models["alive"].append(_labelled(backtest.alive(made, known, choices.alpha), cut, method))
                models["coverage"].append(_labelled(backtest.coverage(made, choices.alpha), cut, method))
                models["transform"].append(_labelled(backtest.transform(made), cut, method))
    numbers = ["bias", "mae", "rmse", "gini", "top_decile", "log_likelihood"]
    lacking = pd.DataFrame(absent, columns=["cut", "method", "why"])
    return Evaluation(
        cuts=totals,
        methods=pd.DataFrame(scores, columns=["cut", "method", "target", *numbers]),
        calibration=pd.concat(groups, ignore_index=True),
        **{name: pd.concat(tables, ignore_index=True) for name, tables in models.items()},
        absent=lacking.assign(cut=pd.to_datetime(lacking["cut"])),
        best={
            target: best_method(target, cuts, seed=choices.seed, alpha=choices.alpha) for target in TARGETS
        },
        share=share,
    )


def _scored(known: Split, made: Prediction, target: str) -> tuple[float, ...]:
    """The measures of one method, in the order of their columns."""
    actual, predicted = known.actual[target], made.targets[target]
    return (
        measures.bias(actual, predicted),
        measures.mae(actual, predicted),
        measures.rmse(actual, predicted),
        measures.gini(actual, predicted),
        measures.top_share(actual, predicted),
        made.log_likelihood if isinstance(made, ModelPrediction) and target == "purchases" else float("nan"),
    )


def _calibrated(known: Split, made: Prediction, target: str, alpha: float) -> list[pd.DataFrame]:
    """Predicted and actual means by frequency and by tenth of the prediction."""
    actual, predicted = known.actual[target], made.targets[target]
    by = {
        "frequency": measures.by_frequency(known.customers["frequency"]),
        "decile": measures.by_decile(predicted),
    }
    tables = []
    for kind, group in by.items():
        table = measures.calibration(actual, predicted, group, alpha)
        tables.append(table.assign(kind=kind, group=table["group"].astype(str)))
    return tables


def _labelled(table: pd.DataFrame, cut: pd.Timestamp, method: str, **more: str) -> pd.DataFrame:
    """The table with what it is about in its first columns."""
    labels = {"cut": cut, "method": method, **more}
    if "kind" in table:
        labels["kind"] = table["kind"]
        table = table.drop(columns="kind")
    return pd.DataFrame(labels, index=table.index).join(table)
