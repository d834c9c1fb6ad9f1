"""How the methods did on the unit's own past, and what was fitted, in tables."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from keepbook.clv.page.terms import method_name, off_by
from keepbook.page.elements import Shows, Table
from keepbook.text import catalogue, currency_suffix, day, estimate, interval, number, percent

if TYPE_CHECKING:  # tables need no model, and its packages take long to load
    from keepbook.clv import CustomerModel, Evaluation, PastErrors
    from keepbook.clv.validation.measures import BestMethod

say = catalogue("clv")
three, four = (partial(number, digits=digits) for digits in (3, 4))


def cuts_table(evaluation: Evaluation, currency: str | None, errors: PastErrors | None = None) -> Table:
    """The cut-offs of the past that methods were tried at, and how far off the model shown was at each."""
    counts = ("customers_all", "customers", "holdout_purchases", "holdout_spend")
    shows: Shows = {"cut": day, "end": day, **dict.fromkeys(counts, number)}
    rows = evaluation.cuts
    if errors is not None:
        rows = rows.merge(errors.cuts[["cut", "money_error", "purchases_error"]], on="cut", how="left")
        shows |= {"purchases_error": _signed, "money_error": _signed}
    share = percent(evaluation.share) if evaluation.share < 1 else None
    return Table.of(say, "cuts-table", rows, shows, suffix=currency_suffix(currency), share=share)


def methods_table(evaluation: Evaluation, model: CustomerModel, target: str, asked: str = "auto") -> Table:
    """All methods for one target, over the cut-offs at which all of them could be tried.

    Parameters
    ----------
    asked : `model` of the unit's file.
    """
    best, methods, own = evaluation.best[target], evaluation.methods, model.process.label
    rows = methods[(methods["target"] == target) & methods["cut"].isin(pd.to_datetime(list(best.cuts)))]
    groups = rows.groupby("method", sort=False)
    means = groups[["mae", "rmse", "gini", "top_decile", "log_likelihood"]].mean()
    means["off"] = [_signed_span(*pair) for pair in groups["bias"].agg(["min", "max"]).to_numpy()]
    means = means.reindex([name for name in best.compared if name in means.index]).sort_values("rmse")
    means["method"] = [
        say("methods-table.marked", name=method_name(one), nearest=one == best.method, shown=one == own)
        for one in means.index
    ]
    counts, why = target == "purchases", None
    show = partial(number, digits=2 if counts or means["rmse"].max() < 100 else 0)
    shows: Shows = {
        "method": str,
        "off": str,
        "rmse": show,
        "mae": show,
        "gini": three,
        "top_decile": percent,
    }
    if counts:
        shows["log_likelihood"] = four
        why = " ".join(evaluation.absent["why"].drop_duplicates()) or None
    facts = {"target": target, "cuts": len(best.cuts), "why": why, **_ranked(best, own, asked)}
    name = "methods_purchases" if counts else "methods_money"
    return Table.of(say, "methods-table", means.reset_index(drop=True), shows, name, **facts)


def _ranked(best: BestMethod, shown: str, asked: str) -> dict[str, Any]:
    """Which method came nearest, by how much, and whether the simple formula would do."""
    named = partial(method_name, message="method-in-sentence")
    simple = "as-good" if best.simple_is_as_good else "worse"
    if best.simple_margin == 0 and best.simple_lower == 0:
        simple = "best"
    return {
        "n": len(best.compared),
        "best": named(best.method),
        "second": named(best.runner_up),
        "margin": estimate(percent(best.margin), interval(best.margin_lower, best.margin_upper)),
        "chance": not best.margin_lower > 0,
        "simple": simple,
        "simple_margin": estimate(
            percent(best.simple_margin), interval(best.simple_lower, best.simple_upper)
        ),
        "simple_off": off_by(best.simple_bias, 0),
        "best_off": off_by(best.bias, 0),
        "shown": shown if shown != best.method else None,
        "chosen": "likeliest" if asked == "auto" else "asked",
    }


def _signed_span(low: float, high: float) -> str:
    least, most = map(_signed, (low, high))
    return least if least == most else say("span", low=least, high=most)


def _signed(value: float) -> str:
    return percent(0.0, 0) if round(value, 2) == 0 else f"{'+' if value > 0 else ''}{percent(value, 0)}"


def parameters_table(model: CustomerModel, alpha: float) -> Table:
    """The fitted parameters with their intervals."""
    rows, why = model.parameters(alpha), "fitted" if model.spend.fit else model.spend.why
    rows["interval"] = [interval(row.ci_lower, row.ci_upper, four) for row in rows.itertuples()]
    shows: Shows = {"parameter": str, "estimate": four, "standard_error": four, "interval": str}
    facts = {"model": model.process.label, "why": why, "least": model.spend.least}
    level = percent(1 - alpha, 0)
    return Table.of(say, "parameters-table", rows, shows, "parameters", level=level, **facts)


def models_table(model: CustomerModel) -> Table:
    """The purchase models that were looked at, and which was chosen."""
    rows = model.comparison.assign(chosen=model.comparison["chosen"].map({True: "✓", False: ""}))
    one = partial(number, digits=1)
    shows: Shows = {"model": str, "holdout_log_likelihood": four, "log_likelihood": one, "chosen": str}
    return Table.of(say, "models-table", rows, shows)
