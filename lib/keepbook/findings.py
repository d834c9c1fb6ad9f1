"""What the results say, in sentences and tiles: every number with its interval and its definition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from keepbook.charts import CALENDAR, cohort_name, headline_periods, period_name
from keepbook.cohorts import Projection, Retention
from keepbook.cohorts.intervals import difference, share
from keepbook.errors import NotEnoughData
from keepbook.params import Unit
from keepbook.tables import Tables
from keepbook.words import _, day, interval, money, number, percent, plural, points

RECENT_COHORTS = 6  # behind what one more percentage point is worth


@dataclass(frozen=True)
class Tile:
    """One key figure.

    Attributes
    ----------
    name : key in key_figures.json. label : what the page calls it. kind : `percent`, `number` or `money`.
    value, ci_lower, ci_upper : the figure and its interval, missing where there is none.
    change, change_lower, change_upper : against what `compared` names, with its interval where one is known.
    definition : how it is counted. history : its own past, oldest first. rising_is_good : more is better.
    """

    name: str
    label: str
    value: float
    definition: str
    ci_lower: float | None = None
    ci_upper: float | None = None
    change: float | None = None
    change_lower: float | None = None
    change_upper: float | None = None
    compared: str = ""
    kind: str = "percent"
    history: tuple[float, ...] = ()
    rising_is_good: bool = True


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
    period, cells = period_name(result.choices), result.cells
    reached = cells[(cells["period"] == row.period) & cells["complete"]].sort_values("cohort")
    definition = _(
        "Share of customers who buy again in {period} {age} after their first purchase, average of all "
        "cohorts that reached it."
    )
    return Tile(
        name=f"retention_{result.choices.period}_{row.label}",
        label=_("Return in {period} {age}").format(period=period, age=row.label),
        value=row.retention,
        ci_lower=row.ci_lower,
        ci_upper=row.ci_upper,
        compared=_("newest cohort vs. the one before"),
        definition=definition.format(period=period, age=row.label),
        history=tuple(reached["retention"]),
        **_change(reached[["retention", "ci_lower", "ci_upper"]]),
    )


def _change(estimates: pd.DataFrame) -> dict[str, Any]:
    """The last estimate against the one before it, of one row (value, lower, upper) per period or cohort."""
    if len(estimates) < 2:
        return {}
    before, last = ((float(v), float(lo), float(hi)) for v, lo, hi in estimates.tail(2).to_numpy())
    lower, upper = difference(last, before)
    return {"change": last[0] - before[0], "change_lower": lower, "change_upper": upper}


def _churn_tile(churn: pd.DataFrame, unit: Unit) -> Tile:
    last, period = churn.iloc[-1], CALENDAR[unit.cohort_period]
    definition = _(
        "Customers at the start of the last complete {period} who by its end have bought nothing for {days} "
        "days."
    )
    return Tile(
        name="logo_churn",
        label=_("Customers lost per {period}").format(period=period),
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
    """Its change bears no interval: neighbouring rates share a period, so they are not independent."""
    last, period = rates.iloc[-1], CALENDAR[unit.cohort_period]
    definition = _(
        "Revenue in the last complete {period} from customers of before, as a share of all revenue one "
        "{period} earlier."
    )
    return Tile(
        name="nrr",
        label=_("Net revenue retention"),
        value=last.nrr,
        ci_lower=last.nrr_ci_lower,
        ci_upper=last.nrr_ci_upper,
        change=last.nrr - rates["nrr"].iloc[-2] if len(rates) > 1 else None,
        compared=_("vs. {period} before").format(period=period),
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
    named, period = headline_periods(result), period_name(result.choices)
    since = result.cohorts["cohort"].min() if result.left_out else tables.window.start
    sentences = [
        _("{customers} first bought between {start} and {end}.").format(
            customers=plural(result.customers, _("customer"), _("customers")),
            start=day(since),
            end=day(tables.window.as_of),
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
        return " ".join([*sentences, nothing.format(period=period)])
    shares = [
        _("{share} {interval} return in {period} {age}").format(
            share=percent(row.retention),
            interval=interval(row.ci_lower, row.ci_upper),
            period=period,
            age=row.label,
        )
        for row in named.itertuples()
    ]
    return " ".join([*sentences, ", ".join(shares) + "."])


def _trend(result: Retention) -> str:
    """Do newer cohorts return more than older ones? The two halves compared, with an interval."""
    cells, alpha = result.cells, result.choices.alpha
    first = cells[(cells["period"] == 1) & cells["complete"] & ~cells["warm_up"]].sort_values("cohort")
    if len(first) < 4:
        return ""
    old, new = first.iloc[: len(first) // 2], first.iloc[len(first) // 2 :]
    recent, former = (share(half["active"].sum(), half["size"].sum(), alpha) for half in (new, old))
    low, high = difference(recent, former)
    verdict = _("There is no clear change between newer and older cohorts")
    if low > 0:
        verdict = _("Newer cohorts return more often than older ones")
    if high < 0:
        verdict = _("Newer cohorts return less often than older ones")
    text = _("{verdict}: {change} {interval} in {period} {age}, first purchase since {since} against before.")
    return text.format(
        verdict=verdict,
        change=points(recent[0] - former[0]),
        interval=interval(low, high, points),
        period=period_name(result.choices),
        age=first["label"].iloc[0],
        since=cohort_name(new["cohort"].iloc[0], result.choices.period),
    )


def _worth(result: Retention, unit: Unit) -> str:
    """What one more percentage point would bring: arithmetic on the newest complete cohorts, no forecast."""
    cells = result.cells
    reached = cells[(cells["period"] == 1) & cells["complete"]].sort_values("cohort")
    first = reached.tail(RECENT_COHORTS)
    if first["active"].sum() == 0:
        return ""
    per_head, size = first["revenue"].sum() / first["active"].sum(), first["size"].mean()
    text = _(
        "One percentage point more of them would be worth about {gain} per cohort in that {period} alone: "
        "{size} new customers, {each} from each who returns (plain arithmetic on the latest cohorts)."
    )
    return text.format(
        gain=money(size * 0.01 * per_head, unit.currency),
        period=period_name(result.choices),
        size=number(size),
        each=money(per_head, unit.currency),
    )


def _lost(churn: pd.DataFrame, unit: Unit) -> str:
    if churn.empty:
        return ""
    last = churn.iloc[-1]
    text = _(
        "In {when}, {lost} of {start} customers were lost ({share} {interval}; nothing bought for {days} "
        "days) and {gained} won."
    )
    return text.format(
        when=cohort_name(last.period_start, unit.cohort_period),
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
    text = _(
        "If nothing changes, {share} {interval} will still buy in {period} {age}; on its own past this "
        "projection was off by {error} on average."
    )
    return text.format(
        share=percent(last.fitted),
        interval=interval(last.ci_lower, last.ci_upper),
        period=period_name(result.choices),
        age=number(last.period),
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
    return [
        interval(*pair) for pair in zip(frame[f"{prefix}ci_lower"], frame[f"{prefix}ci_upper"], strict=True)
    ]
