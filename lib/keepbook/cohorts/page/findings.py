"""Who stays, in sentences and tiles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from keepbook.cohorts import Projection, Retention
from keepbook.cohorts.calendar import shift
from keepbook.cohorts.page.figures import headline_periods
from keepbook.errors import NotEnoughData
from keepbook.page.elements import Tile
from keepbook.stats.intervals import difference, share
from keepbook.tables import Tables
from keepbook.text import (
    MISSING,
    _,
    age_name,
    calendar_name,
    cohort_name,
    day,
    interval,
    money,
    number,
    percent,
    period_name,
    plural,
    points,
    within_sentence,
)
from keepbook.unit import Unit

RECENT_COHORTS = 6  # behind what one more percentage point is worth
TOO_WIDE = 0.5  # an interval of a share that says nothing
WITHOUT_END = 10  # an upper limit so many times its estimate says nothing either


# ── tiles ───────────────────────────────────────────────────────────────────────────────────────────────


def cohort_tiles(result: Retention, bridge: pd.DataFrame, churn: pd.DataFrame, unit: Unit) -> list[Tile]:
    """First and later retention, customers lost, and net revenue retention, each against what came before."""
    after = result.average[result.average["period"] > 0]
    later = [age for age in (6, 3) if (after["period"] == age).any()][:1]
    tiles = [_retention_tile(row, result) for _i, row in after[after["period"].isin([1, *later])].iterrows()]
    if len(churn):
        tiles.append(_churn_tile(churn, unit))
    rates = bridge.dropna(subset=["nrr"])
    if len(rates):
        tiles.append(_nrr_tile(rates, unit))
    return tiles


def _retention_tile(row: pd.Series, result: Retention) -> Tile:
    age = age_name(result.choices, row.label)
    reached = _reached(result, row.period)
    compared = _halves(reached, result)
    definition = _(
        "Share of customers who buy again in {age} after their first purchase, average of all cohorts that "
        "reached it."
    )
    return Tile(
        name=f"retention_{result.choices.period}_{row.label}",
        headline=row.period == 1,
        label=_("Return in {age}").format(age=age),
        value=row.retention,
        ci_lower=row.ci_lower,
        ci_upper=row.ci_upper,
        compared=_("newer half of the cohorts vs. older"),
        definition=definition.format(age=age),
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
    definition = _(
        "Customers at the start of the last complete {period} who by its end have bought nothing for {days} "
        "days."
    )
    return Tile(
        name="logo_churn",
        label=_("Customers lost, last {period}").format(period=period),
        value=last.churn,
        ci_lower=last.ci_lower,
        ci_upper=last.ci_upper,
        compared=_("vs. {period} before").format(period=period),
        definition=definition.format(period=period, days=number(unit.churn_after)),
        history=tuple(churn["churn"]),
        rising_is_good=False,
        **_change(churn[["churn", "ci_lower", "ci_upper"]]),
    )


def _nrr_tile(rates: pd.DataFrame, unit: Unit) -> Tile:
    """Without a change: neighbouring rates share a period, and the season lies between them."""
    last, period = rates.iloc[-1], calendar_name(unit.cohort_period)
    definition = _(
        "Revenue in the last complete {period} from customers who had bought earlier, as a share of all "
        "revenue one {period} before; the season is not taken out."
    )
    return Tile(
        name="nrr",
        headline=True,
        label=_("Net revenue retention"),
        value=last.nrr,
        ci_lower=last.nrr_ci_lower,
        ci_upper=last.nrr_ci_upper,
        definition=definition.format(period=period),
        history=tuple(rates["nrr"]),
    )


# ── sentences ───────────────────────────────────────────────────────────────────────────────────────────


def cohort_findings(
    result: Retention,
    churn: pd.DataFrame,
    projected: Projection | NotEnoughData,
    tables: Tables,
    unit: Unit,
) -> list[str]:
    """Who stays, whether that changes, what it is worth, who is lost, where it leads."""
    sentences = [_who_stays(result, tables), _trend(result), _worth(result, unit), _lost(churn, unit)]
    return [sentence for sentence in [*sentences, _heading(projected, result)] if sentence]


def _who_stays(result: Retention, tables: Tables) -> str:
    named = headline_periods(result)
    since = result.cohorts["cohort"].min() if result.left_out else tables.window.start
    after_last = shift(result.cohorts["cohort"].tail(1), 1, result.choices.period).iloc[0]
    until = min((after_last - pd.Timedelta(days=1)).date(), tables.window.as_of)
    sentences = [
        _("{customers} first bought between {start} and {end}.").format(
            customers=plural(result.customers, _("customer"), _("customers")),
            start=day(since),
            end=day(until),
        )
    ]
    if result.left_out:
        left_out = _(
            "{count} who first appear earlier are left out: they may have been customers before the data "
            "begin."
        )
        sentences.append(left_out.format(count=number(result.left_out)))
    if named.empty:
        nothing = _("No {period} after the first is over yet, so nothing can be said about who stays.")
        return " ".join([*sentences, nothing.format(period=period_name(result.choices))])
    shares = [
        _("{share} {interval} return in {age}").format(
            share=percent(row.retention),
            interval=interval(row.ci_lower, row.ci_upper),
            age=age_name(result.choices, row.label),
        )
        for row in named.itertuples()
    ]
    return " ".join([*sentences, ", ".join(shares) + "."])


def _trend(result: Retention) -> str:
    """Do newer cohorts return more than older ones?"""
    compared = _halves(_reached(result, 1), result)
    if compared is None:
        return ""
    verdict = _("There is no clear change between newer and older cohorts")
    if compared.lower > 0:
        verdict = _("Newer cohorts return more often than older ones")
    if compared.upper < 0:
        verdict = _("Newer cohorts return less often than older ones")
    text = _("{verdict}: {change} {interval} in {age}, first purchase since {since} against before.").format(
        verdict=verdict,
        change=points(compared.change),
        interval=interval(compared.lower, compared.upper, points),
        age=age_name(result.choices, _reached(result, 1)["label"].iloc[0]),
        since=cohort_name(compared.since, result.choices.period),
    )
    if compared.upper < 0 and (result.left_out or result.cohorts["warm_up"].any()):
        text += " " + _("Part of it may be that older cohorts still hold customers of before the data begin.")
    return text


def _worth(result: Retention, unit: Unit) -> str:
    """What one more percentage point would bring: arithmetic on the newest complete cohorts, no forecast."""
    first = _reached(result, 1).tail(RECENT_COHORTS)
    if first["active"].sum() == 0 or result.choices.rule == "on_or_after":
        return ""
    per_head, size = first["revenue"].sum() / first["active"].sum(), first["size"].mean()
    text = _(
        "If one percentage point more of a cohort returned in {age}, that {period} would bring about {gain} "
        "more: {size} new customers, {each} from each who returns (plain arithmetic on the latest cohorts)."
    )
    return text.format(
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
    text = _(
        "In {when}, {lost} of all {start} customers active at its start were lost ({share} {interval}; "
        "nothing bought for {days} days), and {gained} were new or came back."
    )
    return text.format(
        when=within_sentence(last.period_start, unit.cohort_period),
        lost=number(last.lost),
        start=number(last.at_start),
        share=percent(last.churn),
        interval=interval(last.ci_lower, last.ci_upper),
        days=number(unit.churn_after),
        gained=number(last.gained),
    )


def _heading(projected: Projection | NotEnoughData, result: Retention) -> str:
    if isinstance(projected, NotEnoughData) or not projected.curve["projected"].any():
        return ""
    last = projected.curve.iloc[-1]
    if last.ci_upper - last.ci_lower > TOO_WIDE:
        return ""
    text = _(
        "If nothing changes, {share} {interval} will still buy in {period} {age}; over the last {held} "
        "observed periods this projection was off by {error} on average."
    )
    return text.format(
        share=percent(last.fitted),
        interval=interval(last.ci_lower, last.ci_upper),
        period=period_name(result.choices),
        age=number(last.period),
        held=number(len(projected.holdout)),
        error=points(projected.holdout_error).lstrip("+"),
    )


# ── tables ──────────────────────────────────────────────────────────────────────────────────────────────


def average_table(result: Retention) -> tuple[pd.DataFrame, dict[str, Callable[[Any], str]], str]:
    """The average cohort as a table: the frame, its columns with their formats, the caption."""
    frame, level = result.average, percent(1 - result.choices.alpha, 0)
    shown: dict[str, tuple[Any, Callable[[Any], str]]] = {
        period_name(result.choices): (frame["label"], str),
        _("cohorts"): (frame["cohorts"], number),
        _("customers"): (frame["size"], number),
        _("active"): (frame["active"], number),
        _("return"): (frame["retention"], percent),
        _("{level} interval").format(level=level): (_intervals(frame, ""), str),
        _("revenue"): (frame["revenue_retention"], percent),
        _("{level} interval of revenue").format(level=level): (_intervals(frame, "revenue_"), str),
    }
    caption = _(
        "Customers: those whose period is over. Return: share active. Revenue: share of first-period revenue."
    )
    columns = pd.DataFrame({name: values for name, (values, _show) in shown.items()})
    return columns, {name: show for name, (_values, show) in shown.items()}, caption


def _intervals(frame: pd.DataFrame, prefix: str) -> list[str]:
    """Intervals as text; missing where the upper limit says no more than that too few customers paid."""
    value = frame["revenue_retention" if prefix else "retention"]
    rows = zip(value, frame[f"{prefix}ci_lower"], frame[f"{prefix}ci_upper"], strict=True)
    return [MISSING if high > WITHOUT_END * middle > 0 else interval(low, high) for middle, low, high in rows]
