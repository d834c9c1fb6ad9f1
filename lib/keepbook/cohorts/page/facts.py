"""Who stays: the facts that its findings, tiles and table state."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd

from keepbook.cohorts import Choices, Projection, Retention
from keepbook.cohorts.triangle import shift
from keepbook.page.elements import Shows, Table, Tile
from keepbook.stats.intervals import difference, share
from keepbook.tables import Tables
from keepbook.text import (
    MISSING,
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
tile = partial(Tile.of, say)
RECENT_COHORTS = 6  # behind what one more percentage point is worth
TOO_WIDE = 0.5  # an interval of a share that says nothing
WITHOUT_END = 10  # an upper limit so many times its estimate says nothing


def headline_periods(result: Retention) -> pd.DataFrame:
    """First and last period worth naming: the last that at least a quarter of the customers reached."""
    after = result.average[result.average["period"] > 0]
    carried = after[after["size"] >= result.customers / 4]
    return pd.concat([after.head(1), carried.tail(1)]).drop_duplicates("period")


def level_of(choices: Choices) -> str:
    """The level of intervals: `95 %`."""
    return percent(1 - choices.alpha, 0)


# ── tiles ───────────────────────────────────────────────────────────────────────────────────────────────


def tiles(result: Retention, bridge: pd.DataFrame, churn: pd.DataFrame, unit: Unit) -> list[Tile]:
    """First and later retention, customers lost, and net revenue retention, each against what came before."""
    after = result.average[result.average["period"] > 0]
    later = [age for age in (6, 3) if (after["period"] == age).any()][:1]
    shown = after[after["period"].isin([1, *later])]
    found = [_retention_tile(row, result) for _i, row in shown.iterrows()]
    facts = {"period": calendar_name(unit.cohort_period), "days": unit.churn_after}
    if len(churn):
        rates = churn[["churn", "ci_lower", "ci_upper"]].to_numpy(float)
        look = {"compared": say("tile-churn.compared", **facts), "rising_is_good": False, **_change(rates)}
        found.append(
            tile("tile-churn", facts, "logo_churn", rates[-1], history=tuple(churn["churn"]), **look)
        )
    rates = bridge.loc[bridge["nrr"].notna(), ["nrr", "nrr_ci_lower", "nrr_ci_upper"]].to_numpy(float)
    if len(rates):  # without a change: neighbouring rates share a period, and the season lies between them
        found.append(tile("tile-nrr", facts, "nrr", rates[-1], headline=True, history=tuple(rates[:, 0])))
    return found


def _retention_tile(row: pd.Series, result: Retention) -> Tile:
    reached = _reached(result, row.period)
    return tile(
        "tile-retention",
        {"age": age_name(result.choices, row.label)},
        f"retention_{result.choices.period}_{row.label}",
        row[["retention", "ci_lower", "ci_upper"]],
        headline=row.period == 1,
        compared=say("tile-retention.compared"),
        history=tuple(reached["retention"]),
        **_newer_half(reached, result),
    )


def _reached(result: Retention, period: int) -> pd.DataFrame:
    """The complete cells of one age, oldest cohort first."""
    cells = result.cells
    return cells[(cells["period"] == period) & cells["complete"]].sort_values("cohort")


def _newer_half(reached: pd.DataFrame, result: Retention) -> dict[str, float]:
    """The newer half of the cohorts against the older, at one age.

    Nothing where there are fewer than four cohorts, or where older ones have had longer to come back.
    """
    settled = reached[~reached["warm_up"]]
    if len(settled) < 4 or result.choices.rule == "on_or_after":
        return {}
    middle, alpha = len(settled) // 2, result.choices.alpha
    halves = (settled.iloc[:middle], settled.iloc[middle:])
    return _change([share(half["active"].sum(), half["size"].sum(), alpha) for half in halves])


def _change(estimates: Sequence[tuple[float, float, float]]) -> dict[str, float]:
    """The last estimate, with its limits, against the one before it; nothing where there is but one."""
    if len(estimates) < 2:
        return {}
    before, last = estimates[-2:]
    lower, upper = difference(last, before)
    return {"change": last[0] - before[0], "change_lower": lower, "change_upper": upper}


# ── sentences ───────────────────────────────────────────────────────────────────────────────────────────


def findings(
    result: Retention, churn: pd.DataFrame, projected: Projection | None, tables: Tables, unit: Unit
) -> list[str]:
    """Who stays, whether that changes, what it is worth, who is lost, where it leads."""
    sentences = [_who_stays(result, tables), _trend(result), _worth(result, unit), _lost(churn, unit)]
    return [sentence for sentence in [*sentences, _heading(projected, result)] if sentence]


def _who_stays(result: Retention, tables: Tables) -> str:
    choices, cohorts = result.choices, result.cohorts["cohort"]
    after_last = shift(cohorts.tail(1), 1, choices.period).iloc[0]
    shares = [
        say("who-stays-share", estimate=_estimate(row, row.retention), age=age_name(choices, row.label))
        for row in headline_periods(result).itertuples()
    ]
    return say(
        "who-stays",
        n=result.customers,
        start=day(cohorts.min() if result.left_out else tables.window.start),
        end=day(min((after_last - pd.Timedelta(days=1)).date(), tables.window.as_of)),
        left=result.left_out,
        shares=listed(shares) or None,
        period=period_name(choices),
    )


def _estimate(row: Any, value: float) -> str:
    return estimate(percent(value), interval(row.ci_lower, row.ci_upper))


def _trend(result: Retention) -> str:
    """Do newer cohorts return more than older ones?"""
    reached = _reached(result, 1)
    change = _newer_half(reached, result)
    if not change:
        return ""
    value, lower, upper = change.values()
    settled = reached.loc[~reached["warm_up"], "cohort"]
    return say(
        "trend",
        verdict="more" if lower > 0 else "less" if upper < 0 else "same",
        change=estimate(points(value), interval(lower, upper, points)),
        age=age_name(result.choices, reached["label"].iloc[0]),
        since=cohort_name(settled.iloc[len(settled) // 2], result.choices.period),
        before_data=upper < 0 and (result.left_out > 0 or result.cohorts["warm_up"].any()),
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
        share=_estimate(last, last.churn),
        days=unit.churn_after,
        gained=int(last.gained),
    )


def _heading(projected: Projection | None, result: Retention) -> str:
    if projected is None or not projected.curve["projected"].any():
        return ""
    last = projected.curve.iloc[-1]
    if last.ci_upper - last.ci_lower > TOO_WIDE:
        return ""
    return say("heading", share=_estimate(last, last.fitted), **projection_facts(projected, result))


def projection_facts(projected: Projection, result: Retention) -> dict[str, Any]:
    """How far a projection goes, and how far it was off where it could be checked."""
    return {
        "period": period_name(result.choices),
        "last": int(projected.curve["period"].iloc[-1]),
        "held": len(projected.holdout),
        "error": points(projected.holdout_error).lstrip("+"),
    }


# ── table ───────────────────────────────────────────────────────────────────────────────────────────────


def average_table(result: Retention) -> Table:
    """The average cohort, a row per period."""
    choices, numbers = result.choices, dict.fromkeys(("cohorts", "size", "active"), number)
    rows = result.average.assign(
        interval=_intervals(result.average, "retention", "ci"),
        revenue_interval=_intervals(result.average, "revenue_retention", "revenue_ci"),
    )
    shows: Shows = {"label": str, **numbers, "retention": percent, "interval": str}
    shows |= {"revenue_retention": percent, "revenue_interval": str}
    facts = {"clock": choices.clock, "period": choices.period, "level": level_of(choices)}
    return Table.of(say, "average-table", rows, shows, **facts)


def _intervals(frame: pd.DataFrame, value: str, limits: str) -> list[str]:
    """Intervals as text; missing where the upper limit says no more than that too few customers paid."""
    rows = frame[[value, f"{limits}_lower", f"{limits}_upper"]].itertuples(index=False)
    return [MISSING if high > WITHOUT_END * middle > 0 else interval(low, high) for middle, low, high in rows]
