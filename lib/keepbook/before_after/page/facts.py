"""What a change did that was not assigned at random: the facts of findings and key figures."""

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import pandas as pd

from keepbook.before_after import BeforeAfter, verdict_of
from keepbook.before_after.checks import Row, past_error
from keepbook.before_after.page.checks import facts_of
from keepbook.before_after.verdict import failed_check, gap_share
from keepbook.page.effects import difference
from keepbook.page.elements import Finding, Tile
from keepbook.text import (
    Show,
    catalogue,
    chance,
    change_format,
    day,
    estimate,
    interval,
    joined,
    number,
    percent,
    short_format,
)
from keepbook.unit import Unit

say = catalogue("before_after")
DAYS_A_YEAR = 365.25
MAX_FINDINGS, MAX_TILES = 6, 3
KINDS = {"money": "money", "number": "decimal", "share": "points"}  # of a metric → of a key figure

Truth = dict[str, float] | None


# ── figures to reckon with ──────────────────────────────────────────────────────────────────────────────


def reckoned(result: BeforeAfter, row: Row, value: str, limits: str | None = None) -> Row:
    """A value and its limits, widened where the same comparison erred by more at earlier dates.

    Parameters
    ----------
    row : of effects, or of money, which is that of revenue.
    """
    limits, metric = limits or value, row.get("metric", "revenue")
    times, middle = past_error(result.placebo, metric), float(row[value])
    lower, upper = (middle + times * (float(row[f"{limits}_{end}"]) - middle) for end in ("lower", "upper"))
    return {"value": middle, "lower": lower, "upper": upper, "widened": times > 1}


def amount(figure: Row, kind: str, currency: str | None) -> str:
    """A figure in bold before its range, in the digits that it leaves: `4.8 EUR (1.7–7.9)`.

    Parameters
    ----------
    kind : `money`, `decimal`, `points` or `percent`. Where the whole range is above 0 no sign is written.
    """
    shown = currency if kind == "money" else None
    show, bare = (_unsigned(short_format(kind, one, *_ends(figure))) for one in (shown, None))
    if kind == "points" and figure["lower"] < 0:
        bare = short_format(kind, None, *_ends(figure))
    limits = interval(figure["lower"], figure["upper"], bare)
    return (
        estimate(show(figure["value"]), limits) if math.isfinite(figure["lower"]) else show(figure["value"])
    )


def _ends(figure: Row) -> tuple[float, float, float]:
    return figure["value"], figure["lower"], figure["upper"]


def _unsigned(show: Show) -> Show:
    return lambda value: show(value).lstrip("+")


def turned(figure: Row) -> Row:
    """The same as so much less."""
    return figure | {"value": -figure["value"], "lower": -figure["upper"], "upper": -figure["lower"]}


def money_name(result: BeforeAfter) -> str:
    """What the change earns: the profit, or the gain where its cost is not stated."""
    return "gain" if result.change.cost is None else "profit"


def of_a_year(result: BeforeAfter) -> float:
    """What the total of all periods from the date on is times for a year."""
    after = result.periods[result.periods["is_after"]]
    return DAYS_A_YEAR / float(after["days"].sum())


def stake(result: BeforeAfter) -> float | None:
    """Money a year that hangs on it: what is earned or lost; where neither is believed, what it costs."""
    total, times = result.money.iloc[-1] if len(result.money) else None, of_a_year(result)
    if total is None or result.deciding["metric"] != "revenue":
        return None
    known = total["cost"] if failed_check(result) else total[money_name(result)]
    return abs(float(known)) * times if pd.notna(known) else None


# ── findings ────────────────────────────────────────────────────────────────────────────────────────────


def findings(result: BeforeAfter, unit: Unit, truth: Truth = None) -> list[str]:
    """Money, the other metrics, what may speak against it, who was compared, the truth of simulated data.

    Parameters
    ----------
    truth : metric → true effect per customer and month, of a simulated unit.
    """
    told: list[str] = [*_money(result, unit), *_others(result)]
    if failed_check(result):
        told = [Finding(say("measured-only"), stake(result))]
    told += [*_doubts(result), _who(result), *_truth(result, unit, truth)]
    return told[:MAX_FINDINGS]


def _money(result: BeforeAfter, unit: Unit) -> Iterator[str]:
    """What it comes to in a year where it is beyond chance, and when it pays."""
    if result.deciding["metric"] != "revenue":
        return
    verdict, name, facts = verdict_of(result), money_name(result), facts_of(result, unit)
    each, total = (reckoned(result, dict(result.money.iloc[at]), name) for at in (0, -1))
    if verdict.lower > 0 or verdict.upper < 0:
        times, more = of_a_year(result), verdict.value > 0
        year = {key: total[key] * times for key in ("value", "lower", "upper")}
        text = say("year", more=more, amount=amount(year if more else turned(year), "money", unit.currency))
        yield Finding(text, stake(result))
    if name == "profit" or each["value"] > 0:
        yield say(
            "pays",
            stated=name == "profit",
            chance=chance(result.money["chance"].iloc[0]),
            needed=_margin_needed(result, unit),
            gain=amount(each, "money", unit.currency),
            **facts,
        )


def _margin_needed(result: BeforeAfter, unit: Unit) -> str | None:
    """The margin from which on it pays, where that is known to be below all of the revenue."""
    cost, row = result.change.cost, result.deciding
    figure = reckoned(result, row, "effect", "ci")
    if not cost or not figure["lower"] > cost:
        return None
    show = partial(percent, digits=0)
    limits = interval(cost / figure["upper"], cost / figure["lower"], show)
    return estimate(show(cost / figure["value"]), limits)


def _others(result: BeforeAfter) -> Iterator[str]:
    """The metrics that do not decide, and of which of them nothing is to be believed."""
    rows = [row for row in result.effects.to_dict("records") if row["metric"] != result.deciding["metric"]]
    if not rows:
        return
    parts = [say("other", metric=row["metric"], effect=difference(row)) for row in rows]
    failed = [row["metric"] for row in rows if _fails(result, row["metric"])]
    told = [say("others", period=result.change.period, parts=say("between-parts").join(parts))]
    if failed:
        names = joined(say("metric-in-sentence", metric=metric) for metric in failed)
        told.append(say("others-fail", metrics=names))
    yield say("between-sentences").join(told)


def _fails(result: BeforeAfter, metric: str) -> bool:
    return "no" in (result.credibility(check, metric) for check in ("pre_trend", "placebo"))


def _doubts(result: BeforeAfter) -> Iterator[str]:
    """What could not be told and might explain it."""
    metric, told = result.deciding["metric"], []
    if result.credibility("trend", metric) == "open":
        told.append(say("drift"))
    levels, row = result.credibility("levels", metric), result.deciding
    if levels == "open":
        told.append(say("unlike-open"))
    if levels == "no" and not stated_why(result):
        told.append(say("unlike", share=percent(gap_share(row), 0), above=row["gap_before"] > 0))
    if not result.compared and not result.year_before:
        told.append(say("season"))
    if told:
        yield say("between-sentences").join(told)


def stated_why(result: BeforeAfter) -> bool:
    """Whether the decision itself says how unlike the groups were."""
    verdict = verdict_of(result)
    return not verdict.failure and verdict.choice not in ("cost-open", "money-open")


def _who(result: BeforeAfter) -> str:
    """Who is compared with whom, or who counts; and of how many that is not known."""
    facts, size = facts_of(result), result.groups.set_index("group")[["customers", "newer"]].sum(axis=1)
    if not result.compared:
        return say("who", n=result.customers, others=0, **facts)
    taking = result.groups.set_index("group")["customers"]
    told = [say("who", n=int(taking["treated"]), others=int(taking["comparison"]), **facts)]
    if "unlisted" in size:
        told.append(say("unlisted", n=int(size["unlisted"])))
    return say("between-sentences").join(told)


def _truth(result: BeforeAfter, unit: Unit, truth: Truth) -> Iterator[str]:
    """The true effect on the metric that decides; those on the others stand in the table."""
    known, row = comparable_truth(result, truth), result.deciding
    if row["metric"] in known:
        value = change_format(row["kind"], unit.currency, known[row["metric"]])(known[row["metric"]])
        yield say("truth", metric=row["metric"], value=value, period="month")


def comparable_truth(result: BeforeAfter, truth: Truth) -> dict[str, float]:
    """The true effects, where they are known of periods like those compared: they are per month."""
    return truth if truth and result.change.period == "month" else {}


# ── who they are ────────────────────────────────────────────────────────────────────────────────────────


def members(result: BeforeAfter, group: str) -> str:
    """Who is in a group, as the unit file says: `region: north or east`."""
    asked = result.change
    if result.ages:
        return say("of-ages", ages=result.ages, period=asked.period)
    if group == "treated":
        return say("who-treated", conditions=in_words(asked.treated))
    return say("who-comparison", unit=asked.comparison_unit, conditions=in_words(asked.comparison))


def in_words(conditions: Mapping[str, Any] | None) -> str | None:
    """Conditions of the unit file for a reader: `region: north or east; tier: not gold`; None without any."""
    stated = (conditions or {}).items()
    parts = [say("condition", column=column, value=_value(value)) for column, value in stated]
    return say("between-parts").join(parts) or None


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return say("condition-or").join(map(_value, value))
    if isinstance(value, dict):
        return say("condition-all").join(say(f"condition-{key}", x=_value(one)) for key, one in value.items())
    if isinstance(value, bool):
        return say("condition-bool", value=value)
    return day(value) if isinstance(value, dt.date) else str(value)


# ── key figures ─────────────────────────────────────────────────────────────────────────────────────────


def tiles(result: BeforeAfter, unit: Unit) -> list[Tile]:
    """Money in all, what decides and the next metric; none where a check fails.

    Money a customer and period stands in the decision already.
    """
    if failed_check(result):
        return []
    decides = result.deciding
    made = [_money_tile(result, unit)] if decides["metric"] == "revenue" else []
    others = [row for row in result.effects.to_dict("records") if row["metric"] != decides["metric"]]
    lifts = [row for row in [decides, *others] if pd.notna(row["lift"])]
    return [*made, *(_lift_tile(result, row) for row in lifts)][:MAX_TILES]


def _money_tile(result: BeforeAfter, unit: Unit) -> Tile:
    name, facts = money_name(result), facts_of(result, unit)
    stated = name == "profit"
    facts |= {"n": result.customers, "times": number(result.customer_periods), "stated": stated}
    facts |= {"kept": stated and unit.margin != 1}
    figure = reckoned(result, dict(result.money.iloc[-1]), name)
    label, definition = say("tile-total", **facts), say("tile-total.definition", **facts)
    return _tile(figure, f"{name}_total", label, definition, say("tile-total.basis", **facts), "money")


def _lift_tile(result: BeforeAfter, row: Row) -> Tile:
    facts = {"metric": row["metric"], "period": result.change.period}
    label, definition = say("tile-lift", **facts), say("tile-lift.definition", **facts)
    return _tile(reckoned(result, row, "lift"), f"lift_{row['metric']}", label, definition, "", "percent")


def _tile(figure: Row, name: str, label: str, definition: str, basis: str, kind: str) -> Tile:
    """A key figure; its range says so where it comes from earlier dates."""
    known = math.isfinite(figure["lower"])
    lower, upper = (figure[end] if known else None for end in ("lower", "upper"))
    basis = say("tile-past") if known and figure["widened"] else basis
    evidence = "money" if kind == "money" else "effects"
    return Tile(
        name, label, figure["value"], definition, lower, upper, basis=basis, kind=kind, evidence=evidence
    )
