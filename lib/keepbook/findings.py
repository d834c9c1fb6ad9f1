"""What the results say, in sentences and tiles: every number with its interval and its definition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from keepbook.charts import UNIT_NAMES, cohort_name, headline_periods
from keepbook.cohorts import Projection, Retention
from keepbook.cohorts.intervals import difference, share
from keepbook.errors import NotEnoughData
from keepbook.params import Unit
from keepbook.tables import Tables
from keepbook.words import _, day, interval, money, number, percent, points


@dataclass(frozen=True)
class Tile:
    """One key figure.

    Attributes
    ----------
    name : key in key_figures.json. label : what it is called on the page. kind : `percent`, `number`, `money`.
    value, ci_lower, ci_upper : the figure and its interval, missing where there is none.
    change, change_lower, change_upper : against what `compared` names, with its interval.
    definition : how it is counted. history : its own past, oldest first. rising_is_good : which way is better.
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


# ── cohort retention ────────────────────────────────────────────────────────────────────────────────────


def cohort_tiles(result: Retention, bridge: pd.DataFrame, churn: pd.DataFrame, unit: Unit) -> list[Tile]:
    """First and later retention, churn, and net revenue retention, each against the period before."""
    after = result.average[result.average["period"] > 0]
    wanted = [after.iloc[0]] if len(after) else []
    later = [age for age in (6, 3) if (after["period"] == age).any()]
    if later:
        wanted.append(after[after["period"] == later[0]].iloc[0])
    tiles = [_retention_tile(row, result) for row in wanted]
    if len(churn):
        tiles.append(_churn_tile(churn, unit))
    rates = bridge.dropna(subset=["nrr"])
    if len(rates):
        tiles.append(_nrr_tile(rates, unit))
    return tiles


def _retention_tile(row: pd.Series, result: Retention) -> Tile:
    unit = UNIT_NAMES[result.choices.period]
    cells = result.cells
    at_age = cells[(cells["period"] == row.period) & cells["complete"]].sort_values("cohort")
    definition = _("Share of customers who buy again in {unit} {age} after their first purchase, average of all cohorts that reached it.")
    estimates = at_age[["retention", "ci_lower", "ci_upper"]]
    return Tile(
        name=f"retention_{result.choices.period}_{row.label}",
        label=_("Return in {unit} {age}").format(unit=unit, age=row.label),
        value=row.retention,
        ci_lower=row.ci_lower,
        ci_upper=row.ci_upper,
        compared=_("newest cohort vs. the one before"),
        **_change(estimates),
        definition=definition.format(unit=unit, age=row.label),
        history=tuple(at_age["retention"]),
    )


def _change(estimates: pd.DataFrame) -> dict[str, float]:
    """The last estimate against the one before it, given one row of (value, lower, upper) per period or cohort."""
    if len(estimates) < 2:
        return {}
    before, last = (tuple(map(float, row)) for row in estimates.tail(2).to_numpy())
    lower, upper = difference(last, before)
    return {"change": last[0] - before[0], "change_lower": lower, "change_upper": upper}


def _churn_tile(churn: pd.DataFrame, unit: Unit) -> Tile:
    last = churn.iloc[-1]
    definition = _("Customers at the start of the last complete {unit} who by its end have bought nothing for {days} days.")
    return Tile(
        name="logo_churn",
        label=_("Customers lost per {unit}").format(unit=UNIT_NAMES[unit.cohort_period]),
        value=last.churn,
        ci_lower=last.ci_lower,
        ci_upper=last.ci_upper,
        **_change(churn[["churn", "ci_lower", "ci_upper"]]),
        compared=_("vs. {unit} before").format(unit=UNIT_NAMES[unit.cohort_period]),
        definition=definition.format(unit=UNIT_NAMES[unit.cohort_period], days=number(unit.churn_after)),
        history=tuple(churn["churn"]),
        rising_is_good=False,
    )


def _nrr_tile(rates: pd.DataFrame, unit: Unit) -> Tile:
    last = rates.iloc[-1]
    definition = _("Revenue in the last complete {unit} from customers of before, as a share of all revenue one {unit} earlier.")
    return Tile(
        name="nrr",
        label=_("Net revenue retention"),
        value=last.nrr,
        ci_lower=last.nrr_ci_lower,
        ci_upper=last.nrr_ci_upper,
        change=last.nrr - rates["nrr"].iloc[-2] if len(rates) > 1 else None,  # both share a period: no interval
        compared=_("vs. {unit} before").format(unit=UNIT_NAMES[unit.cohort_period]),
        definition=definition.format(unit=UNIT_NAMES[unit.cohort_period]),
        history=tuple(rates["nrr"]),
    )


def cohort_findings(
    result: Retention, churn: pd.DataFrame, projected: Projection | NotEnoughData, tables: Tables, unit: Unit
) -> list[str]:
    """Who stays, whether that changes, what it is worth, where it leads."""
    sentences = [_who_stays(result, tables), _trend(result), _worth(result, unit), _lost(churn, unit)]
    return [sentence for sentence in [*sentences, _heading(projected, result)] if sentence]


def _who_stays(result: Retention, tables: Tables) -> str:
    named, unit = headline_periods(result), UNIT_NAMES[result.choices.period]
    since = result.cohorts["cohort"].min() if result.left_out else tables.window.start
    base = _("{customers} customers first bought between {start} and {end}.").format(
        customers=number(result.customers), start=day(since), end=day(tables.window.as_of)
    )
    if result.left_out:
        base += " " + _("{count} who first appear earlier are left out: they may have been customers before the data begin.").format(count=number(result.left_out))
    if named.empty:
        return base + " " + _("No {unit} after the first is over yet, so nothing can be said about who stays.").format(unit=unit)
    first, last = named.iloc[0], named.iloc[-1]
    text = _("{share} {ci} return in {unit} {age}").format(
        share=percent(first.retention), ci=interval(first.ci_lower, first.ci_upper), unit=unit, age=first.label
    )
    if len(named) > 1:
        text += _(", {share} {ci} in {unit} {age}").format(
            share=percent(last.retention), ci=interval(last.ci_lower, last.ci_upper), unit=unit, age=last.label
        )
    return f"{base} {text}."


def _trend(result: Retention) -> str:
    """Do newer cohorts return more than older ones? The difference of the two halves, with its interval."""
    cells = result.cells
    first = cells[(cells["period"] == 1) & cells["complete"] & ~cells["warm_up"]].sort_values("cohort")
    if len(first) < 4:
        return ""
    old, new = first.iloc[: len(first) // 2], first.iloc[len(first) // 2 :]
    recent, former = (share(half["active"].sum(), half["size"].sum(), result.choices.alpha) for half in (new, old))
    change, (low, high) = recent[0] - former[0], difference(recent, former)
    verdict = _("Newer cohorts return more often than older ones") if low > 0 else _("Newer cohorts return less often than older ones")
    if low <= 0 <= high:
        verdict = _("There is no clear change between newer and older cohorts")
    return _("{verdict}: {change} {ci} in {unit} {age}, first purchase since {since} against before.").format(
        verdict=verdict, change=points(change), ci=interval(low, high, points), unit=UNIT_NAMES[result.choices.period],
        age=first["label"].iloc[0], since=cohort_name(new["cohort"].iloc[0], result.choices.period),
    )  # fmt: skip


def _worth(result: Retention, unit: Unit) -> str:
    """What one more percentage point would bring: arithmetic on the newest complete cohorts, no forecast."""
    cells = result.cells
    first = cells[(cells["period"] == 1) & cells["complete"]].sort_values("cohort").tail(6)
    if first["active"].sum() == 0:
        return ""
    per_head, size = first["revenue"].sum() / first["active"].sum(), first["size"].mean()
    name = UNIT_NAMES[unit.cohort_period]
    return _("One percentage point more of them would be worth about {gain} per cohort in that {unit} alone: {size} new customers, {each} from each who returns.").format(
        gain=money(size * 0.01 * per_head, unit.currency), unit=name, size=number(size), each=money(per_head, unit.currency)
    )


def _lost(churn: pd.DataFrame, unit: Unit) -> str:
    if churn.empty:
        return ""
    last = churn.iloc[-1]
    return _("In {period}, {lost} of {start} customers were lost ({share} {ci}; nothing bought for {days} days) and {gained} won.").format(
        period=cohort_name(last.period_start, unit.cohort_period), lost=number(last.lost), start=number(last.at_start),
        share=percent(last.churn), ci=interval(last.ci_lower, last.ci_upper), days=number(unit.churn_after), gained=number(last.gained),
    )  # fmt: skip


def _heading(projected: Projection | NotEnoughData, result: Retention) -> str:
    if isinstance(projected, NotEnoughData) or not projected.curve["projected"].any():
        return ""
    last = projected.curve.iloc[-1]
    return _("If nothing changes, {share} {ci} will still buy in {unit} {age}; on its own past this projection was off by {error} on average.").format(
        share=percent(last.fitted), ci=interval(last.ci_lower, last.ci_upper), unit=UNIT_NAMES[result.choices.period],
        age=number(last.period), error=points(projected.holdout_error).lstrip("+"),
    )  # fmt: skip


def average_table(result: Retention) -> tuple[pd.DataFrame, dict[str, Callable[[Any], str]], str]:
    """The average cohort as a table: the frame, the columns to show with their formats, the caption."""
    frame = result.average
    low, high = frame["ci_lower"], frame["ci_upper"]
    level = percent(1 - result.choices.alpha, 0)
    named = frame.assign(
        interval=[interval(lo, hi) for lo, hi in zip(low, high, strict=True)],
        revenue_interval=[interval(lo, hi) for lo, hi in zip(frame["revenue_ci_lower"], frame["revenue_ci_upper"], strict=True)],
    ).rename(columns={
        "label": UNIT_NAMES[result.choices.period], "cohorts": _("cohorts"), "size": _("customers"), "active": _("active"),
        "retention": _("return"), "interval": level, "revenue_retention": _("revenue"), "revenue_interval": f"{level} ",
    })  # fmt: skip
    shows: list[Callable[[Any], str]] = [str, number, number, number, percent, str, percent, str]
    columns = [UNIT_NAMES[result.choices.period], _("cohorts"), _("customers"), _("active"), _("return"), level, _("revenue"), f"{level} "]
    caption = _("Customers: those whose period is over. Return: share active. Revenue: share of first-period revenue.")
    return named, dict(zip(columns, shows, strict=True)), caption
