"""Who stays: the facts that its findings and tiles state."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from keepbook.cohorts import Projection, Retention
from keepbook.cohorts.page.figures import headline_periods
from keepbook.cohorts.triangle import shift
from keepbook.page.elements import Tile
from keepbook.stats.intervals import difference, share
from keepbook.tables import Tables
from keepbook.text import (
    age_name,
    calendar_name,
    catalogue,
    cohort_name,
    day,
    estimate,
    interval,
    listed,
    money,
    number,
    percent,
    period_name,
    points,
    within_sentence,
)
from keepbook.unit import Unit

say = catalogue("cohorts")
RECENT_COHORTS = 6  # behind what one more percentage point is worth
TOO_WIDE = 0.5  # an interval of a share that says nothing


# ── tiles ───────────────────────────────────────────────────────────────────────────────────────────────


def tiles(result: Retention, bridge: pd.DataFrame, churn: pd.DataFrame, unit: Unit) -> list[Tile]:
    """First and later retention, customers lost, and net revenue retention, each against what came before."""
    after = result.average[result.average["period"] > 0]
    later = [age for age in (6, 3) if (after["period"] == age).any()][:1]
    shown = after[after["period"].isin([1, *later])]
    found = [_retention_tile(row, result) for _i, row in shown.iterrows()]
    if len(churn):
        found.append(_churn_tile(churn, unit))
    rates = bridge.dropna(subset=["nrr"])
    return [*found, _nrr_tile(rates, unit)] if len(rates) else found


def _retention_tile(row: pd.Series, result: Retention) -> Tile:
    age = age_name(result.choices, row.label)
    reached = _reached(result, row.period)
    compared = _halves(reached, result)
    return Tile(
        name=f"retention_{result.choices.period}_{row.label}",
        headline=row.period == 1,
        label=say("tile-retention", age=age),
        value=row.retention,
        ci_lower=row.ci_lower,
        ci_upper=row.ci_upper,
        compared=say("tile-retention.compared"),
        definition=say("tile-retention.definition", age=age),
        history=tuple(reached["retention"]),
        **(compared.as_change() if compared else {}),
    )


@dataclass(frozen=True)
class Halves:
    """The newer half of the cohorts against the older, at one age: difference with its interval."""

    change: float
    lower: float
    upper: float
    since: pd.Timestamp

    def as_change(self) -> dict[str, Any]:
        return {"change": self.change, "change_lower": self.lower, "change_upper": self.upper}


def _reached(result: Retention, period: int) -> pd.DataFrame:
    """The complete cells of one age, oldest cohort first."""
    cells = result.cells
    return cells[(cells["period"] == period) & cells["complete"]].sort_values("cohort")


def _halves(reached: pd.DataFrame, result: Retention) -> Halves | None:
    """None where there are fewer than four cohorts, or where older ones have had longer to come back."""
    settled = reached[~reached["warm_up"]]
    if len(settled) < 4 or result.choices.rule == "on_or_after":
        return None
    middle, alpha = len(settled) // 2, result.choices.alpha
    old, new = settled.iloc[:middle], settled.iloc[middle:]
    recent, former = (share(half["active"].sum(), half["size"].sum(), alpha) for half in (new, old))
    lower, upper = difference(recent, former)
    return Halves(recent[0] - former[0], lower, upper, new["cohort"].iloc[0])


def _change(estimates: pd.DataFrame) -> dict[str, Any]:
    """The last estimate against the one before it, of one row (value, lower, upper) per period."""
    if len(estimates) < 2:
        return {}
    before, last = ((float(v), float(lo), float(hi)) for v, lo, hi in estimates.tail(2).to_numpy())
    lower, upper = difference(last, before)
    return {"change": last[0] - before[0], "change_lower": lower, "change_upper": upper}


def _churn_tile(churn: pd.DataFrame, unit: Unit) -> Tile:
    last, period = churn.iloc[-1], calendar_name(unit.cohort_period)
    return Tile(
        name="logo_churn",
        label=say("tile-churn", period=period),
        value=last.churn,
        ci_lower=last.ci_lower,
        ci_upper=last.ci_upper,
        compared=say("tile-churn.compared", period=period),
        definition=say("tile-churn.definition", period=period, days=unit.churn_after),
        history=tuple(churn["churn"]),
        rising_is_good=False,
        **_change(churn[["churn", "ci_lower", "ci_upper"]]),
    )


def _nrr_tile(rates: pd.DataFrame, unit: Unit) -> Tile:
    """Without a change: neighbouring rates share a period, and the season lies between them."""
    last, period = rates.iloc[-1], calendar_name(unit.cohort_period)
    return Tile(
        name="nrr",
        headline=True,
        label=say("tile-nrr"),
        value=last.nrr,
        ci_lower=last.nrr_ci_lower,
        ci_upper=last.nrr_ci_upper,
        definition=say("tile-nrr.definition", period=period),
        history=tuple(rates["nrr"]),
    )


# ── sentences ───────────────────────────────────────────────────────────────────────────────────────────


def findings(
    result: Retention, churn: pd.DataFrame, projected: Projection | None, tables: Tables, unit: Unit
) -> list[str]:
    """Who stays, whether that changes, what it is worth, who is lost, where it leads."""
    sentences = [_who_stays(result, tables), _trend(result), _worth(result, unit), _lost(churn, unit)]
    return [sentence for sentence in [*sentences, _heading(projected, result)] if sentence]


def _who_stays(result: Retention, tables: Tables) -> str:
    after_last = shift(result.cohorts["cohort"].tail(1), 1, result.choices.period).iloc[0]
    shares = [
        say(
            "who-stays-share",
            estimate=estimate(percent(row.retention), interval(row.ci_lower, row.ci_upper)),
            age=age_name(result.choices, row.label),
        )
        for row in headline_periods(result).itertuples()
    ]
    return say(
        "who-stays",
        n=result.customers,
        start=day(result.cohorts["cohort"].min() if result.left_out else tables.window.start),
        end=day(min((after_last - pd.Timedelta(days=1)).date(), tables.window.as_of)),
        left=result.left_out,
        shares=listed(shares) or None,
        period=period_name(result.choices),
    )


def _trend(result: Retention) -> str:
    """Do newer cohorts return more than older ones?"""
    compared = _halves(_reached(result, 1), result)
    if compared is None:
        return ""
    less = compared.upper < 0
    return say(
        "trend",
        verdict="more" if compared.lower > 0 else "less" if less else "same",
        change=estimate(points(compared.change), interval(compared.lower, compared.upper, points)),
        age=age_name(result.choices, _reached(result, 1)["label"].iloc[0]),
        since=cohort_name(compared.since, result.choices.period),
        before_data=less and (result.left_out > 0 or result.cohorts["warm_up"].any()),
    )


def _worth(result: Retention, unit: Unit) -> str:
    """What one more percentage point would bring: arithmetic on the newest complete cohorts, no forecast."""
    first = _reached(result, 1).tail(RECENT_COHORTS)
    if first["active"].sum() == 0 or result.choices.rule == "on_or_after":
        return ""
    per_head, size = first["revenue"].sum() / first["active"].sum(), first["size"].mean()
    return say(
        "worth",
        age=age_name(result.choices, first["label"].iloc[0]),
        period=period_name(result.choices),
        gain=money(size * 0.01 * per_head, unit.currency),
        size=number(size),
        each=money(per_head, unit.currency),
    )


def _lost(churn: pd.DataFrame, unit: Unit) -> str:
    if churn.empty:
        return ""
    last = churn.iloc[-1]
    return say(
        "lost",
        when=within_sentence(last.period_start, unit.cohort_period),
        lost=int(last.lost),
        start=int(last.at_start),
        share=estimate(percent(last.churn), interval(last.ci_lower, last.ci_upper)),
        days=unit.churn_after,
        gained=int(last.gained),
    )


def _heading(projected: Projection | None, result: Retention) -> str:
    if projected is None or not projected.curve["projected"].any():
        return ""
    last = projected.curve.iloc[-1]
    if last.ci_upper - last.ci_lower > TOO_WIDE:
        return ""
    return say(
        "heading",
        share=estimate(percent(last.fitted), interval(last.ci_lower, last.ci_upper)),
        period=period_name(result.choices),
        last=int(last.period),
        held=len(projected.holdout),
        error=points(projected.holdout_error).lstrip("+"),
    )
